//! How a run ends: the traceback of what nobody caught, the status of `sys.exit`, the last
//! flush, and the release of everything the program made.

use super::collect_all;
use crate::object::{Dict, Kind, Ref, Str, TracebackObj, TupleObj, Value, cycle, heap};
use crate::vm::{Raised, Result, Vm};

/// CPython's status when the last flush of standard output fails.
const FLUSH_FAILED: u8 = 120;
/// What a shell shows for a program that an interrupt ended.
const INTERRUPTED: u8 = 130;

/// Reports how the program ended, releases what it made and flushes its output.
pub(super) fn finish(vm: &mut Vm, result: Result<()>, main: &Ref<Dict>) -> u8 {
    let result = result.and_then(|()| vm.safepoint());
    vm.limit_memory_of_end();
    let mut interrupted = false;
    let mut status = 0;
    if let Err(raised) = result {
        interrupted = raised.is(&vm.exceptions.keyboard_interrupt);
        let lives_on = passed_a_coroutine(&raised);
        status = report(vm, raised);
        // What the exception alone kept dies before the modules do.
        if !lives_on && let Err(other) = vm.safepoint() {
            vm.report_unraisable(other, "Exception ignored in", &Value::NONE);
        }
    }
    run_exit_functions(vm);
    vm.start_closing();
    release(vm, main);
    if vm.is_out_of_steps() {
        // A program that catches the error has not run to its end all the same.
        status = status.max(1);
    }
    if let Err(code) = vm.host.flush_out() {
        let error = vm.os_error_code(code);
        let error = vm.exception_only(&error.0);
        let text = format!("Exception ignored on flushing sys.stdout:\n{}\n", error.trim_end());
        // When standard error is closed as well there is nobody left to tell.
        let _ = vm.host.write_err(text.as_bytes());
        return FLUSH_FAILED;
    }
    if interrupted {
        vm.host.die_of_interrupt();
        return INTERRUPTED;
    }
    status
}

/// What `atexit` is to call when the program ends; an exception is told, and the next one is called.
fn run_exit_functions(vm: &mut Vm) {
    let Some(module) = vm.modules.get_text("atexit") else { return };
    let taken = vm.call_method(&module, "_take_all", &[]).unwrap_or(Value::NONE);
    for entry in taken.get::<TupleObj>().map(TupleObj::items).unwrap_or_default() {
        let Some([function, args, keywords]) = entry.get::<TupleObj>().map(TupleObj::items) else { continue };
        let mut values = args.get::<TupleObj>().map(|args| args.items().to_vec()).unwrap_or_default();
        let mut names = Vec::new();
        for (name, value) in keywords.get::<Dict>().map(Dict::items).unwrap_or_default() {
            names.extend(name.downcast::<Str>());
            values.push(value);
        }
        if let Err(raised) = vm.call_kw(function, &values, &names) {
            let shown = vm.repr_text(function).unwrap_or_else(|_| "<object repr() failed>".to_owned());
            let message = format!("Exception ignored in atexit callback {shown}");
            vm.report_unraisable(raised, &message, &Value::UNBOUND);
        }
    }
}

/// Whether a traceback goes through a coroutine. Its task, CPython's frames of the loop and the
/// exception hold each other, and die with the modules.
fn passed_a_coroutine(raised: &Raised) -> bool {
    let mut at = Value::peek(&raised.0.traceback).downcast::<TracebackObj>();
    while let Some(entry) = at {
        if entry.function().code.code.flags.coroutine {
            return true;
        }
        at = Value::peek(&entry.next).downcast::<TracebackObj>();
    }
    false
}

/// Prints an exception that nobody caught; for SystemExit its message, if any.
pub(super) fn report(vm: &mut Vm, raised: Raised) -> u8 {
    // A failing flush is reported at the very end.
    let _ = vm.host.flush_out();
    if !raised.is(&vm.exceptions.system_exit) {
        report_exception(vm, &raised);
        return 1;
    }
    let code = raised.0.field("code");
    if code.is_none() || code.is_unbound() {
        return 0;
    }
    if let Some(number) = vm.int_like(&code) {
        return (number & num_bigint::BigInt::from(0xFF)).try_into().unwrap_or(u8::MAX);
    }
    if let Ok(text) = vm.text_of(&code) {
        let _ = vm.host.write_err(format!("{text}\n").as_bytes());
    }
    1
}

/// `sys.excepthook` if the program has set one, else the traceback; and what may help.
fn report_exception(vm: &mut Vm, raised: &Raised) {
    let exception = raised.0.as_value().clone();
    let sys = vm.modules.get_text("sys");
    let of_sys = |vm: &mut Vm, name: &str| sys.as_ref().and_then(|sys| vm.get_attr_text(sys, name).ok());
    let hook = of_sys(vm, "excepthook");
    let original = of_sys(vm, "__excepthook__");
    if let (Some(hook), Some(original)) = (hook, original)
        && !hook.is_same(&original)
    {
        let class = vm.class_of(&exception).to_value();
        let traceback = Value::peek(&raised.0.traceback);
        let Err(second) = vm.call(&hook, &[class, exception.clone(), traceback]) else { return };
        if second.is(&vm.exceptions.system_exit) {
            report(vm, second);
            return;
        }
        vm.write_err("Error in sys.excepthook:\n");
        let text = vm.format_exception(&second.0);
        vm.write_err(&text);
        vm.write_err("\nOriginal exception was:\n");
    }
    let mut text = vm.format_exception(&raised.0);
    text.extend(crate::stdlib::library::help(vm, &raised.0));
    vm.write_err(&text);
}

/// Releases the program's globals. CPython's last collection finds all of them at once, so that
/// finalisers run while every name is still there; then nothing is left that could tell the order.
fn release(vm: &mut Vm, main: &Ref<Dict>) {
    if heap::grown() {
        collect_all(vm);
        settle(vm);
    }
    cycle::queue_reachable(main.as_value());
    settle(vm);
    for (name, value) in main.items() {
        let builtin = name.get::<crate::object::Str>().is_some_and(|n| n.as_str() == "__builtins__");
        if !builtin && let Some(position) = name.downcast().and_then(|n| main.find_name(&n)) {
            drop(value);
            drop(main.set_value_at(position, Value::NONE));
            settle(vm);
        }
    }
    if heap::grown() {
        collect_all(vm);
    }
    settle(vm);
}

/// Runs the finalisers that wait; what they raise is reported by the machine.
fn settle(vm: &mut Vm) {
    if let Err(raised) = vm.safepoint() {
        vm.report_unraisable(raised, "Exception ignored in", &Value::NONE);
    }
}

/// `CO_CHECK=refs`: names the kinds of objects that a program leaves behind although nothing can
/// reach them any more.
pub(super) fn report_left_objects(vm: &mut Vm) {
    collect_all(vm);
    settle(vm);
    for (kind, count) in heap::census() {
        if matches!(kind, Kind::Generator | Kind::Exception | Kind::Traceback | Kind::Frame) {
            let _ = vm.host.write_err(format!("left at exit: {count} {kind:?}\n").as_bytes());
        }
    }
}
