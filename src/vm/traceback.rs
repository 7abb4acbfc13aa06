//! Exceptions as text, in CPython's format.

use super::Vm;
use crate::object::{Class, ExcObj, ListObj, Ref, Str, TracebackObj, TupleObj, Value, heap};
use crate::source::marked_line;
use std::collections::HashSet;

/// A repeated entry is shown this often before it is counted.
const REPEATS: usize = 3;
/// Members of a group that are shown, and groups inside groups.
const GROUP_WIDTH: usize = 15;
const GROUP_DEPTH: usize = 10;

/// How much an entry of a traceback shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// File, line and function.
    Places,
    /// The text of the line as well.
    Lines,
    /// And what part of it failed.
    Markers,
}

impl Vm {
    /// "Traceback (most recent call last): …" with causes and contexts.
    pub fn format_exception(&mut self, exc: &Ref<ExcObj>) -> String {
        let mut out = String::new();
        let mut seen = HashSet::new();
        self.format_chain(exc, &mut seen, &mut out, "", &mut false);
        out
    }

    /// `open` says whether the line below a group's last member is still to be drawn: nested
    /// groups that end together share it.
    fn format_chain(
        &mut self,
        exc: &Ref<ExcObj>,
        seen: &mut HashSet<u64>,
        out: &mut String,
        indent: &str,
        open: &mut bool,
    ) {
        // The chain is walked first and printed from its far end, without recursion.
        let mut chain = vec![(exc.clone(), "")];
        seen.insert(exc.id());
        loop {
            let last = chain[chain.len() - 1].0.clone();
            let (cause, context) = (Value::peek(&last.cause), Value::peek(&last.context));
            let next = if let Some(cause) = cause.downcast::<ExcObj>() {
                Some((cause, "The above exception was the direct cause of the following exception:"))
            } else if let (Some(context), false) = (context.downcast::<ExcObj>(), last.suppress_context.get())
            {
                Some((context, "During handling of the above exception, another exception occurred:"))
            } else {
                None
            };
            match next {
                Some((exc, text)) if seen.insert(exc.id()) => chain.push((exc, text)),
                _ => break,
            }
        }
        for i in (0..chain.len()).rev() {
            let exc = chain[i].0.clone();
            self.format_one(&exc, seen, out, indent, open);
            if i > 0 {
                let text = chain[i].1;
                out.push_str(&format!("{indent}\n{indent}{text}\n{indent}\n"));
            }
        }
        if indent.is_empty() {
            *out = out.replace("\n\n\n", "\n\n");
        }
    }

    fn format_one(
        &mut self,
        exc: &Ref<ExcObj>,
        seen: &mut HashSet<u64>,
        out: &mut String,
        indent: &str,
        open: &mut bool,
    ) {
        let group = self.group_members(exc);
        // Each group indents what is in it by two characters more, the first by six.
        let depth = (indent.len() / 2).saturating_sub(1);
        if group.is_some() && depth > GROUP_DEPTH {
            out.push_str(&format!("{indent}... (max_group_depth is {GROUP_DEPTH})\n"));
            return;
        }
        let header = if group.is_some() && indent.is_empty() {
            "  + Exception Group Traceback (most recent call last):\n"
        } else if group.is_some() {
            "Exception Group Traceback (most recent call last):\n"
        } else {
            "Traceback (most recent call last):\n"
        };
        let inner = match (&group, indent.is_empty()) {
            (Some(_), true) => "  | ".to_owned(),
            _ => indent.to_owned(),
        };
        let traceback = Value::peek(&exc.traceback);
        if traceback.get::<TracebackObj>().is_some() {
            if group.is_some() && indent.is_empty() {
                out.push_str(header);
            } else {
                out.push_str(&format!("{indent}{header}"));
            }
            for line in self.format_traceback(&traceback).lines() {
                out.push_str(&format!("{inner}{line}\n"));
            }
        }
        for line in self.exception_only(exc).lines() {
            out.push_str(&format!("{inner}{line}\n"));
        }
        let Some(members) = group else { return };
        let outer =
            if indent.is_empty() { "  ".to_owned() } else { indent.trim_end_matches("| ").to_owned() };
        let count = members.len().min(GROUP_WIDTH + 1);
        *open = false;
        for (i, member) in members.iter().enumerate().take(count) {
            *open |= i + 1 == count;
            let sign = if i == 0 { "+-+" } else { "  +" };
            let title = if i < GROUP_WIDTH { (i + 1).to_string() } else { "...".to_owned() };
            out.push_str(&format!("{outer}{sign}---------------- {title} ----------------\n"));
            let deeper = format!("{outer}  | ");
            if i >= GROUP_WIDTH {
                let more = members.len() - GROUP_WIDTH;
                let plural = if more == 1 { "" } else { "s" };
                out.push_str(&format!("{deeper}and {more} more exception{plural}\n"));
            } else if let Some(member) = member.downcast::<ExcObj>() {
                self.format_chain(&member, seen, out, &deeper, open);
            }
            if i + 1 == count && std::mem::take(open) {
                out.push_str(&format!("{outer}  +------------------------------------\n"));
            }
        }
    }

    fn group_members(&self, exc: &Ref<ExcObj>) -> Option<Vec<Value>> {
        if !exc.header().class().is_subclass_of(&self.exceptions.base_exception_group) {
            return None;
        }
        exc.field("exceptions").get::<TupleObj>().map(|t| t.items().to_vec())
    }

    /// The lines `  File "…", line N, in f` with source and markers.
    pub fn format_traceback(&mut self, traceback: &Value) -> String {
        self.format_traceback_as(traceback, Detail::Markers)
    }

    /// The same with as much detail as wanted.
    pub(crate) fn format_traceback_as(&mut self, traceback: &Value, detail: Detail) -> String {
        let mut out = String::new();
        let mut at = traceback.clone();
        let mut last: Option<(String, u32, String)> = None;
        let mut repeats = 0;
        let flush = |out: &mut String, repeats: usize| {
            if repeats > REPEATS {
                let more = repeats - REPEATS;
                let plural = if more == 1 { "" } else { "s" };
                out.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
            }
        };
        while let Some(entry) = at.downcast::<TracebackObj>() {
            let code = &entry.function().code.code;
            let source = &code.source.0;
            let key = (source.name.to_string(), entry.line(), code.name.to_string());
            if last.as_ref() == Some(&key) {
                repeats += 1;
            } else {
                flush(&mut out, repeats);
                repeats = 1;
                last = Some(key);
            }
            if repeats <= REPEATS {
                out.push_str(&self.format_entry_as(&entry, detail));
            }
            at = Value::peek(&entry.next);
        }
        flush(&mut out, repeats);
        out
    }

    /// One entry: place, source line and markers.
    pub fn format_entry(&mut self, entry: &TracebackObj) -> String {
        self.format_entry_as(entry, Detail::Markers)
    }

    fn format_entry_as(&mut self, entry: &TracebackObj, detail: Detail) -> String {
        let code = &entry.function().code.code;
        let source = &code.source.0;
        let line = entry.line();
        let place = format!("  File \"{}\", line {line}, in {}\n", source.name, code.name);
        if detail == Detail::Places { place } else { place + &self.excerpt(entry, detail == Detail::Markers) }
    }

    /// `ValueError: message`, the last line of a traceback, with notes behind.
    pub fn exception_only(&mut self, exc: &Ref<ExcObj>) -> String {
        let class = exc.header().class().clone();
        let name = self.qualified_class_name(&class);
        let text = match self.str_of(exc.as_value()) {
            Ok(text) => text.as_str().to_owned(),
            Err(_) => "<exception str() failed>".to_owned(),
        };
        let mut out = if class.is_subclass_of(&self.exceptions.syntax_error) {
            self.syntax_error_lines(exc, &name)
        } else if text.is_empty() {
            format!("{name}\n")
        } else {
            format!("{name}: {text}{}\n", self.suggestion(exc))
        };
        let notes = heap::intern("__notes__");
        if let Ok(Some(notes)) = self.get_attr_optional(exc.as_value(), &notes)
            && !notes.is_none()
        {
            let shown: Vec<super::Result<String>> = match (notes.get::<ListObj>(), notes.get::<TupleObj>()) {
                (Some(list), _) => list.to_vec().iter().map(|note| self.text_of(note)).collect(),
                (_, Some(tuple)) => tuple.items().iter().map(|note| self.text_of(note)).collect(),
                _ => vec![self.repr_text(&notes)],
            };
            for text in shown {
                out.push_str(text.as_deref().unwrap_or("<note str() failed>"));
                out.push('\n');
            }
        }
        out
    }

    /// `module.Class`, without the module for builtins and the main program.
    pub fn qualified_class_name(&mut self, class: &Ref<Class>) -> String {
        let qualname = class.qualname.borrow().as_str().to_owned();
        let module = class.dict().get_text("__module__");
        match module.as_ref().and_then(|m| m.get::<Str>()) {
            Some(module) if !matches!(module.as_str(), "builtins" | "__main__") => {
                format!("{}.{qualname}", module.as_str())
            }
            _ => qualname,
        }
    }

    fn syntax_error_lines(&mut self, exc: &Ref<ExcObj>, name: &str) -> String {
        let text = |value: Value| value.get::<Str>().map(|s| s.as_str().to_owned());
        let mut out = String::new();
        let filename = text(exc.field("filename"));
        let line = exc.field("lineno").as_int();
        let message = exc.field("msg");
        let message = match self.truth(&message) {
            Ok(true) if message.bound().is_some() => self.text_of(&message).ok(),
            _ => None,
        };
        let message = message.unwrap_or_else(|| "<no detail available>".to_owned());
        let mut place = String::new();
        match (&filename, line) {
            (_, Some(line)) => {
                let filename = filename.as_deref().filter(|name| !name.is_empty()).unwrap_or("<string>");
                out.push_str(&format!("  File \"{filename}\", line {line}\n"));
            }
            (Some(filename), None) => place = format!(" ({filename})"),
            (None, None) => {}
        }
        if let Some(source) = text(exc.field("text")) {
            let (from, last) = (exc.field("offset").as_int(), exc.field("end_lineno").as_int());
            // Without an end, the first column alone is marked.
            let to = exc.field("end_offset").as_int().filter(|&to| to != 0).or(from);
            out.push_str(&marked_line(&source, from, to.filter(|_| last == line)));
        }
        out.push_str(&format!("{name}: {message}{place}\n"));
        out
    }

    /// ". Did you mean: 'x'?" for names, attributes and imports.
    fn suggestion(&mut self, exc: &Ref<ExcObj>) -> String {
        let class = exc.header().class().clone();
        let is_import = class.is_subclass_of(&self.exceptions.import_error);
        let is_name = class.is_subclass_of(&self.exceptions.name_error);
        let wrong = exc.field(if is_import { "name_from" } else { "name" });
        let Some(wrong) = wrong.get::<Str>().map(|name| name.as_str().to_owned()) else {
            return String::new();
        };
        let mut own = None;
        let candidates = if is_import {
            self.names_of_import(exc)
        } else if is_name {
            own = self.attribute_of_self(exc, &wrong);
            self.visible_names(exc)
        } else if class.is_subclass_of(&self.exceptions.attribute_error) {
            self.names_of_object(exc)
        } else {
            return String::new();
        };
        // Who did not write an underscore did not mean one.
        let hide = !is_name && !wrong.starts_with('_') && !self.object_is_self(exc);
        let mut candidates: Vec<&str> =
            candidates.iter().map(String::as_str).filter(|name| !hide || !name.starts_with('_')).collect();
        // Of equally close names CPython takes the first: as they were bound, or by the alphabet.
        if !is_name {
            candidates.sort_unstable();
            candidates.dedup();
        }
        let best = own.or_else(|| super::suggest::closest(&wrong, &candidates).map(str::to_owned));
        let forgotten = is_name && self.library_names.is_some_and(|has| has(&wrong));
        match (best, forgotten) {
            (Some(best), true) => {
                format!(". Did you mean: '{best}'? Or did you forget to import '{wrong}'?")
            }
            (Some(best), false) => format!(". Did you mean: '{best}'?"),
            (None, true) => format!(". Did you forget to import '{wrong}'?"),
            (None, false) => String::new(),
        }
    }

    /// The innermost entry of an exception's traceback.
    fn innermost(&self, exc: &Ref<ExcObj>) -> Option<Ref<TracebackObj>> {
        let mut at = Value::peek(&exc.traceback).downcast::<TracebackObj>()?;
        while let Some(next) = Value::peek(&at.next).downcast::<TracebackObj>() {
            at = next;
        }
        Some(at)
    }

    /// `self` in the innermost frame of a traceback.
    fn innermost_self(&mut self, exc: &Ref<ExcObj>) -> Option<Value> {
        let entry = self.innermost(exc)?.to_value();
        let frame = self.get_attr_text(&entry, "tb_frame").ok()?;
        let locals = self.get_attr_text(&frame, "f_locals").ok()?;
        let name = self.str("self");
        self.get_item(&locals, &name).ok()
    }

    /// `self.name`, when that is what a name could have meant.
    fn attribute_of_self(&mut self, exc: &Ref<ExcObj>, name: &str) -> Option<String> {
        let this = self.innermost_self(exc)?;
        let found = self.get_attr_optional(&this, &heap::intern(name)).ok()?;
        found.map(|_| format!("self.{name}"))
    }

    fn object_is_self(&mut self, exc: &Ref<ExcObj>) -> bool {
        let object = exc.field("obj");
        !object.is_unbound() && self.innermost_self(exc).is_some_and(|this| this.is_same(&object))
    }

    /// Names that the innermost frame of a traceback could have meant.
    fn visible_names(&self, exc: &Ref<ExcObj>) -> Vec<String> {
        let Some(entry) = self.innermost(exc) else { return Vec::new() };
        let function = entry.function();
        let locals = function.code.locals.iter().map(|n| n.as_str().to_owned());
        let mut names: Vec<String> = locals.filter(|n| !n.is_empty()).collect();
        for dict in [&function.globals, &function.builtins] {
            let keys = dict.items().into_iter().map(|(key, _)| key);
            names.extend(keys.filter_map(|k| k.get::<Str>().map(|s| s.as_str().to_owned())));
        }
        names
    }

    /// What `dir()` shows of the object that lacks an attribute.
    fn names_of_object(&mut self, exc: &Ref<ExcObj>) -> Vec<String> {
        let object = exc.field("obj");
        if object.is_unbound() { Vec::new() } else { self.names_of(&object) }
    }

    /// What `dir()` shows of the module, or its outermost package, that lacks a name.
    fn names_of_import(&mut self, exc: &Ref<ExcObj>) -> Vec<String> {
        let name = exc.field("name");
        let top = name.get::<Str>().and_then(|n| n.as_str().split('.').next().map(str::to_owned));
        match top.and_then(|top| self.modules.get_text(&top)) {
            Some(module) => self.names_of(&module),
            None => Vec::new(),
        }
    }

    fn names_of(&mut self, object: &Value) -> Vec<String> {
        let Some(dir) = self.builtins.get_text("dir") else { return Vec::new() };
        let names = self.call(&dir, std::slice::from_ref(object)).and_then(|names| self.collect(&names));
        let names = names.unwrap_or_default();
        names.iter().filter_map(|n| n.get::<Str>().map(|n| n.as_str().to_owned())).collect()
    }
}
