//! How futures, tasks, callbacks and coroutines show themselves, word for word as in CPython.

use super::futures::{self, State as FutureState};
use super::{LIBRARY, State, coroutines, debug};
use crate::object::{Dict, Function, GenObj, GenState, ListObj, SetObj, Str, TupleObj, Value};
use crate::vm::{Result, Vm};

/// A callback to show.
pub(super) enum Shown {
    Text(String),
    Callable(Value),
}

/// `repr` of a future or task.
pub(super) fn future(vm: &mut Vm, value: &Value) -> Result<String> {
    if vm.extension::<State>().showing.contains(&value.id()) {
        return Ok("...".to_owned());
    }
    vm.extension::<State>().showing.push(value.id());
    let text = future_text(vm, value);
    vm.extension::<State>().showing.pop();
    text
}

fn future_text(vm: &mut Vm, value: &Value) -> Result<String> {
    let Some(this) = futures::of(value) else { return Ok(String::new()) };
    let mut words = Vec::new();
    words.push(
        match this.state() {
            FutureState::Pending if this.task().is_some_and(|task| task.cancels.get() > 0) => "cancelling",
            FutureState::Pending => "pending",
            FutureState::Cancelled => "cancelled",
            FutureState::Finished => "finished",
        }
        .to_owned(),
    );
    if let Some(task) = this.task() {
        let name = task.name(vm);
        words.push(format!("name={}", vm.repr_text(&name)?));
        let coroutine = Value::peek(&task.coroutine);
        if !coroutine.is_none() && !coroutine.is_unbound() {
            let code = Value::peek(&task.code);
            words.push(format!("coro=<{}>", coroutine_text(vm, &coroutine, &code)?));
        }
        let waiter = Value::peek(&task.waiter);
        if !waiter.is_none() {
            words.push(format!("wait_for={}", vm.repr_text(&waiter)?));
        }
    }
    if let Some(exception) = this.peek_exception() {
        words.push(format!("exception={}", vm.repr_text(&exception)?));
    } else if let Some(result) = this.peek_result() {
        words.push(format!("result={}", short_repr(vm, &result, 6)?));
    }
    let callbacks = this.callbacks_shown();
    if let (Some(first), Some(last)) = (callbacks.first(), callbacks.last()) {
        let first_text = shown_text(vm, first)?;
        words.push(match callbacks.len() {
            1 => format!("cb=[{first_text}]"),
            2 => format!("cb=[{first_text}, {}]", shown_text(vm, last)?),
            n => format!("cb=[{first_text}, <{} more>, {}]", n - 2, shown_text(vm, last)?),
        });
    }
    let origin = debug::origin(this);
    Ok(format!("<{} {}{origin}>", vm.class_of(value).name_text(), words.join(" ")))
}

fn shown_text(vm: &mut Vm, shown: &Shown) -> Result<String> {
    match shown {
        Shown::Text(text) => Ok(text.clone()),
        Shown::Callable(callable) => callback_source(vm, callable),
    }
}

/// `main() at x.co:3`
pub(super) fn callback_source(vm: &mut Vm, callable: &Value) -> Result<String> {
    let mut text = String::new();
    let mut suffix = "()".to_owned();
    let mut target = callable.clone();
    // Partial applications show the function inside, once more called.
    while vm.class_of(&target).name_text() == "partial" {
        let inside = vm.get_attr_text(&target, "func")?;
        suffix.push_str("()");
        target = inside;
    }
    let mut named = false;
    for attribute in ["__qualname__", "__name__"] {
        let name = vm.intern(attribute);
        if let Ok(Some(found)) = vm.get_attr_optional(&target, &name)
            && vm.truth(&found)?
        {
            text.push_str(&vm.text_of(&found)?);
            named = true;
            break;
        }
    }
    if !named {
        text.push_str(&vm.repr_text(&target)?);
    }
    text.push_str(&suffix);
    if let Some(function) = target.get::<Function>() {
        let code = &function.code.code;
        text.push_str(&format!(" at {}:{}", code.source.0.name, code.first_line));
    }
    Ok(text)
}

/// `main() running at x.co:5`; `code` is what a finished coroutine no longer knows.
fn coroutine_text(vm: &mut Vm, coroutine: &Value, code: &Value) -> Result<String> {
    if let Some(sleep) = coroutine.opaque::<coroutines::Sleep>() {
        let (what, line) = sleep.place();
        return Ok(format!("{}() {what} at {LIBRARY}/tasks.py:{line}", sleep.name()));
    }
    let name = match coroutine.get::<GenObj>() {
        Some(generator) => {
            let name = generator.qualname();
            vm.text_of(&name)?
        }
        None => match vm.get_attr_text(coroutine, "__qualname__") {
            Ok(name) => vm.text_of(&name)?,
            Err(_) => format!("<{} without __name__>", vm.type_name(coroutine)),
        },
    };
    let Some(generator) = coroutine.get::<GenObj>() else { return Ok(format!("{name}()")) };
    if generator.state.get() == GenState::Finished {
        return Ok(match code.get::<crate::object::CodeObj>() {
            Some(code) => {
                let code = &code.code;
                format!("{name}() done, defined at {}:{}", code.source.0.name, code.first_line)
            }
            None => format!("{name}()"),
        });
    }
    let frame = generator.frame();
    let code = &frame.code().code;
    let line = match code.spans.get(frame.index()) {
        Some(span) if !frame.is_fresh() => code.source.0.lines.line(span.start),
        _ => code.first_line,
    };
    Ok(format!("{name}() running at {}:{line}", code.source.0.name))
}

/// `reprlib.repr`: a `repr` of limited length.
fn short_repr(vm: &mut Vm, value: &Value, level: usize) -> Result<String> {
    if let Some(list) = value.get::<ListObj>() {
        let items = list.to_vec();
        return short_sequence(vm, &items, level, ["[", "]"], 6);
    }
    if let Some(tuple) = value.get::<TupleObj>() {
        let items = tuple.items().to_vec();
        let close = if items.len() == 1 && level > 0 { ",)" } else { ")" };
        return short_sequence(vm, &items, level, ["(", close], 6);
    }
    if let Some(dict) = value.get::<Dict>() {
        if dict.is_empty() {
            return Ok("{}".to_owned());
        }
        if level == 0 {
            return Ok("{...}".to_owned());
        }
        let mut parts = Vec::new();
        for (key, item) in dict.items().into_iter().take(4) {
            let key = short_repr(vm, &key, level - 1)?;
            parts.push(format!("{key}: {}", short_repr(vm, &item, level - 1)?));
        }
        if dict.len() > 4 {
            parts.push("...".to_owned());
        }
        return Ok(format!("{{{}}}", parts.join(", ")));
    }
    if let Some(set) = value.get::<SetObj>()
        && !set.is_empty()
        && vm.type_name(value) == "set"
    {
        let items = set.keys();
        return short_sequence(vm, &items, level, ["{", "}"], 6);
    }
    let text = vm.repr_text(value)?;
    let limit = if vm.int_like(value).is_some() { 40 } else { 30 };
    let length = text.chars().count();
    if length <= limit {
        return Ok(text);
    }
    if let Some(string) = value.get::<Str>() {
        // Quoting may lengthen what is left, so the text is cut before and after.
        let cut: String = string.as_str().chars().take(limit).collect();
        let cut = vm.str(cut);
        let text = vm.repr_text(&cut)?;
        return Ok(middle_cut(&text, &vm.repr_text(value)?, limit));
    }
    Ok(middle_cut(&text, &text, limit))
}

/// The beginning of one text and the end of another, with dots between.
fn middle_cut(front: &str, back: &str, limit: usize) -> String {
    let head = (limit - 3) / 2;
    let tail = limit - 3 - head;
    let start: String = front.chars().take(head).collect();
    let length = back.chars().count();
    let end: String = back.chars().skip(length.saturating_sub(tail)).collect();
    format!("{start}...{end}")
}

fn short_sequence(
    vm: &mut Vm,
    items: &[Value],
    level: usize,
    brackets: [&str; 2],
    limit: usize,
) -> Result<String> {
    let [open, close] = brackets;
    if level == 0 && !items.is_empty() {
        return Ok(format!("{open}...{close}"));
    }
    let mut parts = Vec::new();
    for item in items.iter().take(limit) {
        parts.push(short_repr(vm, item, level - 1)?);
    }
    if items.len() > limit {
        parts.push("...".to_owned());
    }
    Ok(format!("{open}{}{close}", parts.join(", ")))
}
