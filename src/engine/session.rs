//! A session: one machine and one namespace for many inputs, as a prompt needs them. What is
//! shown and how it is typed is the business of `repl`; what an input means is decided here.
//!
//! An input is compiled so that the values of its expression statements are shown. When it
//! awaits something at its top level it is a coroutine, which the session's loop drives to its
//! end (`asyncio::prompt`); [`Session::turn`] lets the tasks go on while a person types.

use super::{Options, exit, machine, main_module, show, source, use_color};
use crate::asyncio::prompt;
use crate::bytecode::{Code, disasm};
use crate::compiler::{self, Mode};
use crate::diagnostics::Diagnostic;
use crate::host::{Host, Stream};
use crate::object::{Baton, BoundMethod, Class, CodeObj, Dict, ExcObj, Function, GenObj, Ref, Value, heap};
use crate::source::SourceFile;
use crate::syntax;
use crate::vm::{Raised, Result, Vm};
use std::sync::Arc;

pub use prompt::Next;

/// What comes after an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The next input.
    Continue,
    /// The program wants to leave, with this status.
    Leave(u8),
}

/// The names in `sys` for what stands in front of an input's lines.
const PROMPTS: [(&str, &str); 2] = [("ps1", ">>> "), ("ps2", "... ")];

/// A machine that is asked again and again.
pub struct Session {
    pub(super) vm: Vm,
    pub(super) main: Ref<Dict>,
    /// How many inputs there were: the number in the name of the next.
    inputs: usize,
    drawn: bool,
    color: bool,
    _baton: Baton,
}

impl Session {
    /// Sets up a machine whose modules are found in the current folder.
    pub fn open(host: Box<dyn Host>, options: &Options, native_limit: usize) -> Session {
        let baton = Baton::take();
        let drawn = host.is_terminal(Stream::Err);
        let color = use_color(options, host.as_ref());
        let mut vm = machine(host, options, &[String::new()], native_limit);
        vm.path = vec![String::new()];
        // A module that cannot be imported shows itself when the program does.
        if let Ok(sys) = vm.import_module("sys") {
            for (name, text) in PROMPTS {
                let text = vm.str(text);
                let _ = vm.set_attr_text(&sys, name, text);
            }
        }
        prompt::open(&mut vm);
        let main = main_module(&mut vm, None);
        heap::mark_baseline();
        Session { vm, main, inputs: 0, drawn, color, _baton: baton }
    }

    /// `sys.ps1` and `sys.ps2` as they are now. What is there becomes a text each time; a prompt
    /// that fails is empty, one that is deleted is as before.
    pub fn prompts(&mut self) -> (String, String) {
        let [first, further] = PROMPTS.map(|(name, usual)| {
            let sys = self.vm.import_module("sys");
            match sys.and_then(|sys| self.vm.get_attr_text(&sys, name)) {
                Ok(value) => self.vm.text_of(&value).unwrap_or_default(),
                Err(_) => usual.to_owned(),
            }
        });
        (first, further)
    }

    /// Shows a text that is no output of the program.
    pub fn show(&mut self, text: &str) {
        // A closed standard output shows itself when the program writes.
        let _ = self.vm.host.write_out(text.as_bytes()).and_then(|()| self.vm.host.flush_out());
    }

    /// Runs an input and shows what comes of it: values, a traceback, mistakes.
    pub fn evaluate(&mut self, text: &str) -> After {
        // An interrupt that came before the input was not meant for it.
        self.vm.host.take_interrupt();
        let name = format!("<python-input-{}>", self.inputs);
        self.inputs += 1;
        let result = match self.compile(&name, text) {
            Ok(code) => self.run(&code),
            Err((source, errors)) => {
                self.show_mistakes(&source, &errors);
                return After::Continue;
            }
        };
        self.ended(result.map(drop))
    }

    fn compile(
        &mut self,
        name: &str,
        text: &str,
    ) -> std::result::Result<Arc<Code>, (Arc<SourceFile>, Vec<Diagnostic>)> {
        let text = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        let source = Arc::new(SourceFile::new(name, &text));
        let parsed = syntax::parse(&source.text);
        if !parsed.errors.is_empty() {
            return Err((source, parsed.errors));
        }
        let options =
            compiler::Options { mode: Mode::Prompt, top_level_await: true, ..compiler::Options::default() };
        let mut warnings = parsed.warnings;
        let compiled = compiler::compile_with_warnings(&parsed.module, &source, &options, &mut warnings);
        for warning in &warnings {
            self.vm.write_err(&source::warning_text(&source, warning));
        }
        let code = compiled.map_err(|errors| (source, errors))?;
        self.vm.remember_source(&code);
        Ok(code)
    }

    fn run(&mut self, code: &Arc<Code>) -> Result {
        let value = self.vm.run_code(code, &self.main, None)?;
        if code.flags.coroutine { prompt::drive(&mut self.vm, &value) } else { Ok(value) }
    }

    /// Reports what a run raised, after the finalisers that wait.
    fn ended(&mut self, result: Result<()>) -> After {
        let settled = self.vm.safepoint();
        let mut after = After::Continue;
        for raised in [result, settled].into_iter().filter_map(std::result::Result::err) {
            let reported = self.report(raised);
            if after == After::Continue {
                after = reported;
            }
        }
        // The report may have released the last reference to something with a finaliser.
        if let Err(raised) = self.vm.safepoint() {
            self.vm.report_unraisable(raised, "Exception ignored in", &Value::NONE);
        }
        // A closed standard output shows itself at the next write.
        let _ = self.vm.host.flush_out();
        after
    }

    fn report(&mut self, raised: Raised) -> After {
        if raised.is(&self.vm.exceptions.system_exit) {
            return After::Leave(exit::report(&mut self.vm, raised));
        }
        let _ = self.vm.host.flush_out();
        let exception = raised.0;
        if let Err(other) = self.call_excepthook(&exception) {
            let text = self.vm.format_exception(&other.0);
            self.vm.write_err(&format!("Error in sys.excepthook:\n{text}\nOriginal exception was:\n"));
            let text = self.vm.format_exception(&exception);
            self.vm.write_err(&text);
        }
        After::Continue
    }

    /// `sys.excepthook`, with what `sys.last_exc` and its kin are to show.
    fn call_excepthook(&mut self, exception: &Ref<ExcObj>) -> Result<()> {
        let vm = &mut self.vm;
        let sys = vm.import_module("sys")?;
        let class = vm.class_of(exception.as_value()).to_value();
        let traceback = Value::peek(&exception.traceback);
        let value = exception.to_value();
        for (name, value) in [
            ("last_exc", &value),
            ("last_type", &class),
            ("last_value", &value),
            ("last_traceback", &traceback),
        ] {
            vm.set_attr_text(&sys, name, value.clone())?;
        }
        let hook = vm.get_attr_text(&sys, "excepthook")?;
        vm.call(&hook, &[class, value, traceback]).map(drop)
    }

    fn show_mistakes(&mut self, source: &SourceFile, errors: &[Diagnostic]) {
        // CPython stops at its first error; a person at a terminal gets to see them all.
        let shown = if self.drawn { errors.len() } else { 1 };
        for error in errors.iter().take(shown) {
            let text = show(source, error, self.drawn, self.color);
            self.vm.write_err(&text);
        }
    }

    /// Lets the tasks go on without waiting, and says when there will be more to do.
    pub fn turn(&mut self) -> (Next, After) {
        let turned = prompt::turn(&mut self.vm);
        let settled = self.vm.safepoint();
        let raised = match turned.and_then(|next| settled.map(|()| next)) {
            Ok(next) => {
                let _ = self.vm.host.flush_out();
                return (next, After::Continue);
            }
            Err(raised) => raised,
        };
        let idle = Value::peek(&raised.0.traceback).is_none();
        if idle && raised.is(&self.vm.exceptions.keyboard_interrupt) {
            // No task was busy: the interrupt was meant for the line that is typed.
            return (Next::Ready, After::Continue);
        }
        (Next::Ready, self.ended(Err(raised)))
    }

    /// Whether the program has a global of that name.
    pub fn has_global(&self, name: &str) -> bool {
        self.main.get_text(name).is_some()
    }

    /// One line for each task that is not done.
    pub fn tasks(&mut self) -> String {
        let mut text = String::new();
        for task in prompt::tasks(&mut self.vm) {
            match self.vm.repr_text(&task) {
                Ok(shown) => text.push_str(&shown),
                Err(raised) => text.push_str(self.vm.exception_only(&raised.0).trim_end()),
            }
            text.push('\n');
        }
        text
    }

    /// The bytecode of the function that `text` names, else of `text` itself; or what is wrong.
    pub fn listing(&mut self, text: &str) -> std::result::Result<String, String> {
        if let Some(value) = self.find_object(text) {
            let codes = codes_of(&value);
            if codes.is_empty() {
                let class = self.vm.type_name(&value);
                return Err(format!("don't know how to disassemble {class} objects\n"));
            }
            return Ok(codes.iter().map(|code| disasm::listing(code)).collect());
        }
        match self.compile("<dis>", text) {
            Ok(code) => Ok(disasm::listing(&code)),
            Err((source, errors)) => {
                Err(errors.iter().take(1).map(|error| show(&source, error, self.drawn, self.color)).collect())
            }
        }
    }

    /// Forgets every global and cancels every task.
    pub fn reset(&mut self) -> After {
        let closed = prompt::close(&mut self.vm);
        let kept = ["__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtins__"];
        for (name, _) in self.main.items() {
            if let Some(name) = name.downcast()
                && !kept.contains(&crate::object::Str::as_str(&name))
            {
                drop(self.main.remove_name(&name));
            }
        }
        drop(self.vm.builtins.remove_name(&heap::intern("_")));
        let annotations = self.vm.new_dict().into_value();
        drop(self.main.set_text("__annotations__", annotations));
        self.ended(closed)
    }

    /// The machine's clock that never goes back, in nanoseconds.
    pub fn now(&mut self) -> i64 {
        self.vm.host.monotonic()
    }

    /// Ends the session as `asyncio.run` and a program end: tasks are cancelled, finalisers
    /// run, output is flushed.
    pub fn close(mut self, status: u8) -> u8 {
        let result = prompt::close(&mut self.vm);
        let status = match self.ended(result) {
            After::Continue => status,
            After::Leave(other) => other,
        };
        let ended = exit::finish(&mut self.vm, Ok(()), &self.main);
        // The process ends: taking the machine apart object by object would only take time.
        std::mem::forget(self);
        if ended == 0 { status } else { ended }
    }
}

/// The code behind a function, method, coroutine or class.
fn codes_of(value: &Value) -> Vec<Arc<Code>> {
    if let Some(function) = value.get::<Function>() {
        vec![function.code.code.clone()]
    } else if let Some(method) = value.get::<BoundMethod>() {
        codes_of(&method.function)
    } else if let Some(code) = value.get::<CodeObj>() {
        vec![code.code.clone()]
    } else if let Some(class) = value.get::<Class>() {
        class.dict().items().iter().flat_map(|(_, member)| codes_of(member)).collect()
    } else if let Some(generator) = value.get::<GenObj>()
        && generator.state.get() != crate::object::GenState::Finished
    {
        vec![generator.frame().function().code.code.clone()]
    } else {
        Vec::new()
    }
}
