//! Where something was made: the frames that ran at that moment, for coroutines whose origin is tracked
//! and for what asyncio keeps in debug mode.

use super::Vm;
use crate::object::{GenObj, Ref, Str, TupleObj, Value};

impl Vm {
    /// `(filename, line, name)` of the frames that run, innermost first; at most `most` of them.
    pub fn stack_origin(&self, most: usize) -> Value {
        let frames = std::iter::successors(self.shown_frame(), |frame| frame.shown_below());
        let places: Vec<Value> = frames
            .take(most)
            .map(|frame| {
                let code = &frame.code().code;
                let span = code.spans.get(frame.index()).copied().unwrap_or_default();
                let source = &code.source.0;
                let line = i64::from(source.lines.line(span.start));
                self.tuple([self.str(&*source.name), self.int(line), self.str(&*code.name)])
            })
            .collect();
        self.tuple(places)
    }

    /// `sys.set_coroutine_origin_tracking_depth` asked for it.
    #[cold]
    #[inline(never)]
    pub(crate) fn note_coroutine_origin(&mut self, coroutine: &Ref<GenObj>) {
        let origin = self.stack_origin(self.thread.origin_depth);
        coroutine.set_origin(origin);
    }

    /// The warning about a coroutine that nobody awaited; `origin` is unbound when it is not known.
    pub fn never_awaited_text(&mut self, name: &str, origin: &Value) -> String {
        let mut text = format!("coroutine '{name}' was never awaited");
        if origin.bound().is_some() {
            text.push_str("\nCoroutine created at (most recent call last)\n");
            text.push_str(&self.origin_text(origin));
        }
        text
    }

    /// The lines that show an origin, outermost first, without the last line's end.
    pub fn origin_text(&mut self, origin: &Value) -> String {
        let Some(places) = origin.get::<TupleObj>() else { return String::new() };
        let mut lines = Vec::new();
        for place in places.items().iter().rev() {
            let Some([file, line, name]) = place.get::<TupleObj>().map(TupleObj::items) else { continue };
            let (Some(file), Some(name)) = (file.get::<Str>(), name.get::<Str>()) else { continue };
            let line = line.as_int().and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
            lines.push(format!("  File \"{}\", line {line}, in {}", file.as_str(), name.as_str()));
            let source = self.source_of(file.as_str());
            let text = source.as_ref().map_or("", |source| source.lines.line_text(&source.text, line).trim());
            if !text.is_empty() {
                lines.push(format!("    {text}"));
            }
        }
        lines.join("\n")
    }
}
