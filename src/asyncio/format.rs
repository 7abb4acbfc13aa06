//! How futures, tasks, callbacks and coroutines show themselves, word for word as in CPython.

use super::futures::{self, State as FutureState};
use super::{LIBRARY, State, coroutines, debug};
use crate::object::{Function, GenObj, GenState, Value};
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
        let short = super::part_function(vm, "reprlib", "repr")?;
        let text = vm.call(&short, &[result])?;
        words.push(format!("result={}", vm.text_of(&text)?));
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
    if let Some(function) = written(vm, callable)?.get::<Function>() {
        let code = &function.code.code;
        text.push_str(&format!(" at {}:{}", code.source.0.name, code.first_line));
    }
    Ok(text)
}

/// What somebody wrote, inside of its decorators and partial applications.
fn written(vm: &mut Vm, callable: &Value) -> Result {
    let wrapped = vm.intern("__wrapped__");
    let mut target = callable.clone();
    loop {
        vm.step()?;
        target = match vm.get_attr_optional(&target, &wrapped)? {
            Some(inside) => inside,
            None if vm.class_of(&target).name_text() == "partial" => vm.get_attr_text(&target, "func")?,
            None => return Ok(target),
        };
    }
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
