//! Finalisers, safepoints and limits: what happens between instructions.

use super::traceback::Detail;
use super::{Raised, Result, Vm};
use crate::host::EINTR;
use crate::object::{Class, Dict, GenKind, GenObj, GenState, Ref, Special, Str, Value, WeakRef, cycle, heap};
use crate::source::surrogate;
use std::sync::Arc;

/// How many collections may follow each other because finalisers of the last one ran.
const MOST_ROUNDS: usize = 8;

/// Whether the program's globals are being released.
#[derive(Default)]
struct Closing(bool);

impl Vm {
    /// Runs what waits: finalisers, weak reference callbacks, an interrupt. The machine comes
    /// here when `heap::pending` is set; exceptions of finalisers are reported, not raised.
    #[cold]
    #[inline(never)]
    pub fn safepoint(&mut self) -> Result<()> {
        heap::clear_pending();
        if !self.thread.overwritten.is_empty()
            && let Some(frame) = self.thread.frame
        {
            self.forget_overwritten(frame);
            if !self.thread.overwritten.is_empty() {
                heap::set_pending();
            }
        }
        // What one finaliser releases comes before what already waited, as if each had run at
        // the moment its object died.
        let mut waiting = heap::take_finalizers();
        waiting.reverse();
        while let Some(value) = waiting.pop() {
            self.finalize(value);
            if heap::has_finalizers() {
                let fresh = heap::take_finalizers();
                waiting.extend(fresh.into_iter().rev());
            }
        }
        if self.host.take_interrupt() {
            let class = self.exceptions.keyboard_interrupt.clone();
            return Err(Raised(self.exception(&class, Vec::new())));
        }
        if heap::over_limit() {
            return Err(self.memory_error(""));
        }
        Ok(())
    }

    fn finalize(&mut self, value: Value) {
        if let Some(weak) = value.downcast::<WeakRef>() {
            let callback = weak.callback.replace(Value::NONE);
            if !callback.is_none()
                && let Err(raised) = self.call(&callback, &[value])
            {
                self.report_unraisable(raised, "Exception ignored in", &callback);
            }
            return;
        }
        if let Some(generator) = value.downcast::<GenObj>() {
            drop(value);
            self.finalize_generator(&generator);
            return;
        }
        let class = self.class_of(&value).clone();
        let Some(method) = class.special(Special::Del) else { return };
        if let Err(raised) = self.call(&method, &[value]) {
            self.report_unraisable(raised, "Exception ignored in", &method);
        }
    }

    /// A generator dies: it is closed, or the loop is told, or a warning is given.
    pub fn finalize_generator(&mut self, generator: &Ref<GenObj>) {
        if generator.kind == GenKind::Coroutine && generator.state.get() == GenState::Created {
            self.warn_never_awaited(generator);
            return;
        }
        if generator.kind == GenKind::AsyncGenerator {
            let hook = generator.take_finalizer();
            if hook.bound().is_some() && !hook.is_none() && !generator.closed.get() {
                if let Err(raised) = self.call(&hook, &[generator.to_value()]) {
                    self.report_unraisable(raised, "Exception ignored in", &generator.to_value());
                }
                return;
            }
        }
        if let Err(raised) = self.close_generator(generator) {
            let value = generator.to_value();
            self.report_unraisable(raised, "Exception ignored in", &value);
        }
    }

    /// `RuntimeWarning: coroutine 'f' was never awaited`
    fn warn_never_awaited(&mut self, coroutine: &Ref<GenObj>) {
        let name = coroutine.qualname();
        let name = name.get::<Str>().map_or(String::new(), |s| s.as_str().to_owned());
        let text = self.never_awaited_text(&name, &coroutine.origin().unwrap_or(Value::UNBOUND));
        let category = self.exceptions.runtime_warning.clone();
        if let Err(raised) = self.warn(&category, &text) {
            let value = coroutine.to_value();
            self.report_unraisable(raised, "Exception ignored in", &value);
        }
    }

    /// `gc.collect()`: cycles, their finalisers, and what those leave.
    pub fn collect_garbage(&mut self) -> Result<usize> {
        self.method_cache.forget();
        let mut found = 0;
        for _ in 0..MOST_ROUNDS {
            let now = cycle::collect();
            found += now;
            let ran = heap::has_finalizers();
            self.safepoint()?;
            if now == 0 || !ran {
                break;
            }
        }
        Ok(found)
    }

    /// Issues a warning: the filters of the `warnings` module decide, when it is loaded.
    pub fn warn(&mut self, category: &Ref<Class>, text: &str) -> Result<()> {
        if let Some(module) = self.modules.get_text("warnings") {
            let warn = self.get_attr_text(&module, "warn")?;
            let message = self.str(text);
            return self.call(&warn, &[message, category.to_value()]).map(drop);
        }
        // What the default filters show: a deprecation concerns who wrote the script, not who imports it.
        if category.is_subclass_of(&self.exceptions.deprecation_warning) && !self.caller_is_main() {
            return Ok(());
        }
        if category.is_subclass_of(&self.exceptions.import_warning) {
            return Ok(());
        }
        let (filename, line, source) = self.caller_position();
        let key = format!("{filename}:{line}:{text}:{}", category.name_text());
        if !self.extension::<WarningsSeen>().0.insert(key) {
            return Ok(());
        }
        let mut out = format!("{filename}:{line}: {}: {text}\n", category.name_text());
        if !source.is_empty() {
            out.push_str(&format!("  {source}\n"));
        }
        // At exit CPython cannot load what would say this, unless it has before; when the modules
        // are gone it cannot in any case.
        let gone = self.extension::<Closing>().0;
        let said = &mut self.extension::<WarningsSeen>().1;
        let awaited = !text.lines().next().is_some_and(|first| first.ends_with("was never awaited"));
        *said |= !awaited && line > 0;
        if *said && !gone && !awaited {
            out.push_str("RuntimeWarning: Enable tracemalloc to get the object allocation traceback\n");
        }
        self.write_err(&out);
        Ok(())
    }

    /// Whether the top Python frame belongs to the module `__main__`.
    fn caller_is_main(&self) -> bool {
        let name = self.shown_frame().and_then(|frame| frame.globals().get_text("__name__"));
        name.is_some_and(|name| name.get::<Str>().is_some_and(|name| name.as_str() == "__main__"))
    }

    /// Issues a warning about a place that is known: the filters of `warnings` decide, when it
    /// is loaded.
    pub fn warn_at(&mut self, category: &Ref<Class>, text: &str, filename: &str, line: u32) -> Result<()> {
        let warnings = self.import_module("warnings")?;
        let explicit = self.get_attr_text(&warnings, "warn_explicit")?;
        let values = [self.str(text), category.to_value(), self.str(filename), self.int(i64::from(line))];
        self.call(&explicit, &values).map(drop)
    }

    /// File, line and stripped source line of the top Python frame.
    pub fn caller_position(&mut self) -> (String, u32, String) {
        let Some(frame) = self.shown_frame() else { return ("<sys>".to_owned(), 0, String::new()) };
        let code = &frame.code().code;
        let span = code.spans.get(frame.index()).copied().unwrap_or_default();
        let source = code.source.0.clone();
        let line = source.lines.line(span.start);
        // The text of an `exec` is no file that a line could be read from.
        let is_file = !source.name.starts_with('<')
            || self.source_of(&source.name).is_some_and(|known| Arc::ptr_eq(&known, &source));
        let text = if is_file { source.lines.line_text(&source.text, line).trim() } else { "" };
        (source.name.to_string(), line, text.to_owned())
    }

    /// Reports an exception that cannot be raised: by the hook that the program has set, if any. An unbound
    /// `object` stands for none: the message says all.
    pub fn report_unraisable(&mut self, raised: Raised, message: &str, object: &Value) {
        let Some(hook) = self.unraisable_hook() else {
            return self.report_ignored(raised, message, object);
        };
        let told = self.tell_hook(&hook, &raised, message, object);
        if let Err(other) = told {
            self.report_ignored(other, "Exception ignored in sys.unraisablehook", &hook);
        }
    }

    /// `sys.unraisablehook` when it is not the one that has always been there.
    fn unraisable_hook(&mut self) -> Option<Value> {
        let sys = self.modules.get_text("sys")?;
        let names = self.attribute_dict(&sys)?;
        let hook = names.get_text("unraisablehook")?;
        let own = names.get_text("__unraisablehook__");
        (!hook.is_none() && !own.is_some_and(|own| own.is_same(&hook))).then_some(hook)
    }

    fn tell_hook(&mut self, hook: &Value, raised: &Raised, message: &str, object: &Value) -> Result<()> {
        if Value::peek(&raised.0.traceback).is_none() {
            self.trace_here(raised);
        }
        let (name, bases, names) =
            (self.str("UnraisableHookArgs"), self.tuple([]), self.new_dict().into_value());
        let class = self.call(self.types.type_.clone().as_value(), &[name, bases, names])?;
        let args = self.call(&class, &[])?;
        let message = if message == "Exception ignored in" { Value::NONE } else { self.str(message) };
        for (name, value) in [
            ("exc_type", raised.class().to_value()),
            ("exc_value", raised.0.to_value()),
            ("exc_traceback", Value::peek(&raised.0.traceback)),
            ("err_msg", message),
            ("object", object.bound().cloned().unwrap_or(Value::NONE)),
        ] {
            self.set_attr_text(&args, name, value)?;
        }
        self.call(hook, &[args]).map(drop)
    }

    /// Reports an exception that cannot be raised, as `sys.__unraisablehook__` does.
    pub fn report_ignored(&mut self, raised: Raised, message: &str, object: &Value) {
        let object = match object.bound().map(|object| self.repr(object)) {
            Some(Ok(text)) => format!(": {}", text.as_str()),
            Some(Err(_)) => ": <object repr() failed>".to_owned(),
            None => ":".to_owned(),
        };
        if Value::peek(&raised.0.traceback).is_none() {
            self.trace_here(&raised);
        }
        let trace = Value::peek(&raised.0.traceback);
        // CPython writes this one without its library: no markers, and no lines when that is gone.
        let detail = if self.extension::<Closing>().0 { Detail::Places } else { Detail::Lines };
        let mut lines = self.format_traceback_as(&trace, detail);
        if !lines.is_empty() {
            lines.insert_str(0, "Traceback (most recent call last):\n");
        }
        let class = raised.0.header().class().clone();
        let mut last = self.qualified_class_name(&class);
        match self.str_of(raised.0.as_value()) {
            // Unlike elsewhere, also when there is no text.
            Ok(text) => last.push_str(&format!(": {}", text.as_str())),
            Err(_) => last.push_str(": <exception str() failed>"),
        }
        self.write_err(&format!("{message}{object}\n{lines}{last}\n"));
    }

    /// From now on there are no lines of files to show: the program's globals are being released.
    pub fn start_closing(&mut self) {
        self.extension::<Closing>().0 = true;
    }

    /// Writes to standard error; a closed one is ignored, as CPython does.
    pub fn write_err(&mut self, text: &str) {
        if let Some(sys) = self.modules.get_text("sys")
            && let Ok(stderr) = self.get_attr_text(&sys, "stderr")
        {
            if stderr.is_none() {
                return;
            }
            let text_value = self.str(text);
            if self.call_method(&stderr, "write", &[text_value]).is_ok() {
                return;
            }
        }
        // Nobody is left to tell when the stream is closed.
        let _ = self.host.write_err(surrogate::shown(text).as_bytes());
    }

    /// Writes to the real standard output.
    pub fn write_out(&mut self, text: &str) -> Result<()> {
        match self.host.write_out(text.as_bytes()) {
            Ok(()) => Ok(()),
            Err(code) => Err(self.os_error_code(code)),
        }
    }

    /// One line of standard input with its line ending, empty at the end; Ctrl-C raises KeyboardInterrupt.
    pub fn read_line(&mut self) -> Result<Vec<u8>> {
        loop {
            match self.host.read_line() {
                Ok(line) => return Ok(line),
                Err(EINTR) => self.look_outside()?,
                Err(code) => return Err(self.os_error_code(code)),
            }
        }
    }

    /// `OSError(code, message)` of the right subclass.
    pub fn os_error_code(&mut self, code: i32) -> Raised {
        let class = self.os_error_class(i64::from(code));
        let class = class.unwrap_or_else(|| self.exceptions.os_error.clone());
        let text = std::io::Error::from_raw_os_error(code).to_string();
        let text = text.split(" (os error").next().unwrap_or("").to_owned();
        let (number, text) = (self.int(i64::from(code)), self.str(text));
        let exc = self.exception(&class, vec![number.clone(), text.clone()]);
        exc.set_field("errno", number);
        exc.set_field("strerror", text);
        Raised(exc)
    }

    /// Whether a standard stream (0, 1 or 2) is a terminal.
    pub fn is_terminal(&self, number: i64) -> bool {
        use crate::host::Stream;
        self.host.is_terminal(match number {
            0 => Stream::In,
            1 => Stream::Out,
            _ => Stream::Err,
        })
    }

    /// The subclass of OSError for an error number (Linux numbers).
    pub fn os_error_class(&self, errno: i64) -> Option<Ref<Class>> {
        let e = &self.exceptions;
        Some(
            match errno {
                11 | 114 | 115 => &e.blocking_io_error,
                10 => &e.child_process_error,
                32 | 108 => &e.broken_pipe_error,
                103 => &e.connection_aborted_error,
                111 => &e.connection_refused_error,
                104 => &e.connection_reset_error,
                17 => &e.file_exists_error,
                2 => &e.file_not_found_error,
                4 => &e.interrupted_error,
                21 => &e.is_a_directory_error,
                20 => &e.not_a_directory_error,
                1 | 13 => &e.permission_error,
                3 => &e.process_lookup_error,
                110 => &e.timeout_error,
                _ => return None,
            }
            .clone(),
        )
    }

    /// RecursionError when the native stack is nearly used up: natives that call Python come
    /// here first.
    #[inline]
    pub fn check_native_stack(&mut self) -> Result<()> {
        if self.native_stack_low() {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn native_stack_low(&self) -> bool {
        let marker = 0u8;
        ((&raw const marker) as usize) < self.thread.native_limit
    }

    /// MemoryError when a growing container passes the memory limit.
    #[inline]
    pub fn check_memory(&mut self, items: usize) -> Result<()> {
        if items & 0xFFFF == 0xFFFF && heap::over_limit() {
            return Err(self.memory_error(""));
        }
        Ok(())
    }

    /// The namespace of `__main__`.
    pub fn main_namespace(&mut self) -> Ref<Dict> {
        if let Some(module) = self.modules.get_text("__main__")
            && let Some(module) = module.get::<crate::object::ModuleObj>()
        {
            return module.dict.clone();
        }
        let module = self.new_module("__main__");
        drop(module.dict.set_text("__package__", Value::NONE));
        let builtins = self.modules.get_text("builtins").unwrap_or(Value::NONE);
        drop(module.dict.set_text("__builtins__", builtins));
        let dict = module.dict.clone();
        drop(self.modules.set_text("__main__", module.into_value()));
        dict
    }
}

/// Warnings that were shown once and are not shown again.
#[derive(Default)]
struct WarningsSeen(std::collections::HashSet<String>, bool);
