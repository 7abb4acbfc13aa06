//! What a loop says without being asked: reports through the logger `asyncio`, and in debug mode
//! the steps that took long and where futures were made.

use super::events::{Loop, Ready};
use super::{LIBRARY, format, futures};
use crate::object::{ExcObj, Ref, Value};
use crate::vm::{Result, Vm};

/// Lines of CPython's library in which a task or future is made on behalf of a program.
pub(super) const CREATE_TASK: &str = "tasks.py:410";
pub(super) const ENSURE_FUTURE: &str = "tasks.py:748";
pub(super) const RUNNER: &str = "runners.py:100";
const TASK_GROUP: &str = "taskgroups.py:173";
const CREATE_FUTURE: &str = "base_events.py:460";

/// Hands a message to the logger `asyncio`. As long as a program has neither imported `logging` nor
/// replaced `sys.stderr`, the outcome is known: warnings and errors go to standard error as they are.
pub(super) fn log(vm: &mut Vm, level: &str, text: &str, exception: Option<&Ref<ExcObj>>) -> Result<()> {
    if vm.modules.get_text("logging").is_none() {
        if level != "debug" {
            let told = exception.map(|exception| vm.format_exception(exception)).unwrap_or_default();
            vm.write_err(&format!("{text}\n{told}"));
        }
        return Ok(());
    }
    let logging = vm.import_module("logging")?;
    let name = vm.str("asyncio");
    let logger = vm.call_method(&logging, "getLogger", &[name])?;
    let method = vm.get_attr_text(&logger, level)?;
    let message = vm.str(text);
    match exception {
        Some(exception) => {
            let name = vm.intern("exc_info");
            vm.call_kw(&method, &[message, exception.to_value()], &[name]).map(drop)
        }
        None => vm.call(&method, &[message]).map(drop),
    }
}

/// What an entry of the ready queue is called in a report, which is made when it has run.
pub(super) enum Subject {
    Task(Value),
    Handle(Value),
    Callback(Value),
}

impl Subject {
    pub(super) fn of(entry: &Ready) -> Subject {
        match entry {
            Ready::Step(task) | Ready::Throw(task, _) | Ready::Wakeup(task, _) => Subject::Task(task.clone()),
            Ready::Handle(handle) => Subject::Handle(handle.clone()),
            Ready::Sleep(future, _) | Ready::Stop(future) | Ready::Gather(future, _) => {
                Subject::Handle(future.clone())
            }
            Ready::Call(callback, ..) => Subject::Callback(callback.clone()),
        }
    }
}

/// Reports an entry that took `nanoseconds`, if that is long.
pub(super) fn step_ended(vm: &mut Vm, this: &Loop, subject: &Subject, nanoseconds: i64) -> Result<()> {
    let seconds = nanoseconds as f64 / 1e9;
    if seconds < this.slow_callback_duration.get() {
        return Ok(());
    }
    let shown = match subject {
        Subject::Task(value) | Subject::Handle(value) => vm.repr_text(value)?,
        Subject::Callback(callback) => format!("<Handle {}>", format::callback_source(vm, callback)?),
    };
    log(vm, "warning", &format!("Executing {shown} took {seconds:.3} seconds"), None)
}

/// Notes where a task was made: in the line of CPython's library `line`, or where the program is.
pub(super) fn note_origin(vm: &mut Vm, task: &Value, line: Option<&str>) {
    let Some(future) = futures::of(task) else { return };
    let event_loop = future.event_loop();
    if !super::events::of(&event_loop).is_some_and(|event_loop| event_loop.debug.get()) {
        return;
    }
    let place = match line {
        Some(line) => format!("{LIBRARY}/{line}"),
        None => here(vm),
    };
    drop(future.created.replace(vm.str(place)));
}

/// `file:line` of the Python code that runs.
pub(super) fn here(vm: &Vm) -> String {
    let Some(frame) = vm.thread.frame else { return "?".to_owned() };
    let code = &frame.code().code;
    let source = &code.source.0;
    if &*source.name == "<asyncio.taskgroups>" {
        return format!("{LIBRARY}/{TASK_GROUP}");
    }
    let span = code.spans.get(frame.index()).copied().unwrap_or_default();
    format!("{}:{}", source.name, source.lines.line(span.start))
}

/// ` created at file:line` of a future, in debug mode.
pub(super) fn origin(future: &futures::Future) -> String {
    let event_loop = future.event_loop();
    if !super::events::of(&event_loop).is_some_and(|event_loop| event_loop.debug.get()) {
        return String::new();
    }
    let created = Value::peek(&future.created);
    match (created.get::<crate::object::Str>(), &future.part) {
        (Some(place), _) => format!(" created at {}", place.as_str()),
        (None, futures::Part::Plain) => format!(" created at {LIBRARY}/{CREATE_FUTURE}"),
        (None, _) => String::new(),
    }
}
