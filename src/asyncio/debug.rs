//! What a loop says without being asked: reports through the logger `asyncio`, and in debug mode
//! the steps that took long and where futures were made.

use super::events::{Loop, Ready};
use super::{LIBRARY, format, futures};
use crate::object::{Dict, ExcObj, Ref, Str, TupleObj, Value};
use crate::vm::{Result, Vm};

/// Lines of CPython's library in which a task or future is made on behalf of a program.
pub(super) const CREATE_TASK: &str = "tasks.py:410";
pub(super) const ENSURE_FUTURE: &str = "tasks.py:748";
pub(super) const RUNNER: &str = "runners.py:100";
const TASK_GROUP: &str = "taskgroups.py:173";
pub(super) const CREATE_FUTURE: &str = "base_events.py:460";

/// Frames that are kept of the place where something was made.
pub(super) const STACK_DEPTH: usize = 10;

/// Whether the environment asks for debug mode; what a program has put into `os.environ` counts as well.
pub(super) fn asked_for(vm: &mut Vm) -> bool {
    const NAME: &str = "PYTHONASYNCIODEBUG";
    if let Some(os) = vm.modules.get_text("os") {
        let name = vm.str(NAME);
        let found = vm
            .get_attr_text(&os, "environ")
            .and_then(|environ| vm.call_method(&environ, "get", &[name]))
            .and_then(|found| vm.truth(&found));
        return found.unwrap_or(false);
    }
    vm.host.environment(NAME).is_some_and(|text| !text.is_empty())
}

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

/// Notes where a future or task was made: in the line of CPython's library `line`, or where the program is.
pub(super) fn note_origin(vm: &mut Vm, made: &Value, line: Option<&str>) {
    let Some(future) = futures::of(made) else { return };
    let event_loop = future.event_loop();
    if !super::events::of(&event_loop).is_some_and(|event_loop| event_loop.debug.get()) {
        return;
    }
    drop(future.created.replace(made_here(vm, line)));
}

/// What is kept about a place: what `repr` shows, and the frames that run.
pub(super) fn made_here(vm: &mut Vm, line: Option<&str>) -> Value {
    let place = match line {
        Some(line) => format!("{LIBRARY}/{line}"),
        None => here(vm),
    };
    vm.tuple([vm.str(place), vm.stack_origin(STACK_DEPTH)])
}

/// The two of [`made_here`].
fn parts(created: &Value) -> Option<(&Value, &Value)> {
    match created.get::<TupleObj>()?.items() {
        [place, stack] => Some((place, stack)),
        _ => None,
    }
}

/// `file:line` of what was kept.
pub(super) fn place(created: &Value) -> Option<&str> {
    Some(parts(created)?.0.get::<Str>()?.as_str())
}

/// Adds `source_traceback` to the context of a report, when it is known where the subject was made.
pub(super) fn add_traceback(vm: &mut Vm, context: &Dict, created: &Value) -> Result<()> {
    let Some((_, stack)) = parts(created) else { return Ok(()) };
    let items = stack.get::<TupleObj>().map_or(&[][..], |stack| stack.items());
    let entries = items.iter().rev().map(|item| {
        let fields = item.get::<TupleObj>().map_or(&[][..], |fields| fields.items());
        let fields: Vec<Value> = fields.iter().cloned().chain([Value::NONE]).collect();
        vm.tuple(fields)
    });
    let entries = vm.list(entries.collect());
    let traceback = vm.import_module("traceback")?;
    let summary = vm.get_attr_text(&traceback, "StackSummary")?;
    let stack = vm.call_method(&summary, "from_list", &[entries])?;
    drop(context.set_text("source_traceback", stack));
    Ok(())
}

/// How a report shows where its subject was made.
pub(super) fn traceback_text(vm: &mut Vm, what: &str, stack: &Value) -> Result<String> {
    let traceback = vm.import_module("traceback")?;
    let lines = vm.call_method(&traceback, "format_list", &[stack.clone()])?;
    let empty = vm.str("");
    let joined = vm.call_method(&empty, "join", &[lines])?;
    let text = vm.text_of(&joined)?;
    Ok(format!("{what} created at (most recent call last):\n{}", text.trim_end()))
}

/// `file:line` of the Python code that runs.
fn here(vm: &Vm) -> String {
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
    match (place(&Value::peek(&future.created)), &future.part) {
        (Some(place), _) => format!(" created at {place}"),
        (None, futures::Part::Plain) => format!(" created at {LIBRARY}/{CREATE_FUTURE}"),
        (None, _) => String::new(),
    }
}
