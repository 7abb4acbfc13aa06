//! From a source text to a result: compile it, build a machine around it, run it, say how it
//! ended. Thin on purpose; what a program means is decided below.
//!
//! ```text
//!   text --syntax--> tree --compiler--> code --vm--> exit status
//!                       \__ mistakes: drawn or in CPython's words, nothing is run
//! ```
//!
//! The program runs on a native stack of its own, which is large (reserved, not used):
//! `repr` of deeply nested data and natives that call back need it. `exit` says what is printed
//! at the end and which status the process gets; `source` compiles; `loader` finds files;
//! `session` runs one input after another, `complete` says what may follow the cursor there.

mod complete;
mod exit;
mod import;
mod loader;
mod marks;
mod options;
mod session;
mod source;

pub use loader::{LoadError, decode, load};
pub use options::{Clock, Color, Dump, Options, Program, hash_key};
pub use session::{After, Next, Session};
pub use source::{compile_file, diagnose, show};

use crate::host::{Host, RealHost, Stream, VirtualHost};
use crate::object::{Baton, Dict, Ref, Value, cycle, heap, set_hash_key};
use crate::stack;
use crate::vm::Vm;

/// Native stack that is left to what asks nobody before it goes deeper.
pub const STACK_MARGIN: usize = 512 << 10;

/// Opens the door to the outside that the options ask for.
pub fn host(options: &Options) -> Box<dyn Host> {
    match options.clock {
        Clock::Real => Box::new(RealHost::seeded(options.seed)),
        Clock::Virtual(second) => Box::new(VirtualHost::new(second, options.seed.unwrap_or(0))),
    }
}

/// Compiles and runs a program; the result is the exit status of the process.
pub fn run(program: Program, options: Options) -> u8 {
    stack::on_new(options.stack, |lowest| run_here(&program, &options, lowest + STACK_MARGIN))
}

fn run_here(program: &Program, options: &Options, native_limit: usize) -> u8 {
    let mut host = host(options);
    let source = std::sync::Arc::new(program.source.clone());
    let compiled = compile_file(&source);
    let color = use_color(options, host.as_ref());
    let drawn = host.is_terminal(Stream::Err);
    source::dump(options.dump, &source, &compiled, host.as_mut());
    for warning in &compiled.warnings {
        // A closed standard error leaves nobody to tell.
        let _ = host.write_err(source::warning_text(&source, warning).as_bytes());
    }
    let code = match compiled.code {
        Ok(code) => code,
        Err(errors) => {
            // CPython stops at its first error; a person at a terminal gets to see them all.
            let shown = if drawn { errors.len() } else { 1 };
            for error in errors.iter().take(shown) {
                let _ = host.write_err(show(&source, error, drawn, color).as_bytes());
            }
            return 1;
        }
    };
    let _baton = Baton::take();
    let mut vm = machine(host, options, &program.argv, native_limit);
    vm.path = vec![program.folder.clone()];
    let main = main_module(&mut vm, program.file.as_deref());
    vm.remember_source(&code);
    heap::mark_baseline();
    let result = vm.run_code(&code, &main, None).map(drop);
    let status = exit::finish(&mut vm, result, &main);
    if options.check_refs {
        exit::report_left_objects(&mut vm);
    }
    // The process ends: taking the machine apart object by object would only take time.
    std::mem::forget(vm);
    status
}

/// Whether messages on standard error are coloured.
pub fn use_color(options: &Options, host: &dyn Host) -> bool {
    match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => host.is_terminal(Stream::Err),
    }
}

/// A machine with every type, builtin and module, and the limits of `options`; `argv` is what
/// `sys.argv` shows. The caller holds the baton.
pub fn machine(mut host: Box<dyn Host>, options: &Options, argv: &[String], native_limit: usize) -> Vm {
    let key = match options.fixed_seed() {
        Some(seed) => hash_key(seed),
        None => {
            let mut bytes = [0; 16];
            host.entropy(&mut bytes);
            let word =
                |at: usize| bytes[at..at + 8].iter().fold(0, |word: u64, &byte| word << 8 | u64::from(byte));
            (word(0), word(8))
        }
    };
    set_hash_key(key);
    heap::set_separate(options.stress_heap);
    let mut vm = Vm::new(host);
    vm.thread.native_limit = native_limit;
    vm.argv = argv.to_vec();
    vm.compile_hook = Some(source::compile_text);
    vm.import_hook = Some(import::import);
    vm.marks_hook = Some(marks::marks);
    crate::types::install(&mut vm);
    crate::builtins::install(&mut vm);
    crate::stdlib::install(&mut vm);
    crate::asyncio::install(&mut vm);
    if let Some(depth) = options.max_depth {
        vm.recursion_limit = depth;
    }
    if let Some(steps) = options.max_steps {
        vm.limit_steps(steps);
    }
    if let Some(bytes) = options.max_memory {
        vm.limit_memory(bytes);
    }
    heap::set_stress(options.stress_gc);
    vm
}

/// The namespace of `__main__`.
fn main_module(vm: &mut Vm, file: Option<&str>) -> Ref<Dict> {
    let module = vm.new_module("__main__");
    let dict = module.dict.clone();
    drop(vm.modules.set_text("__main__", module.into_value()));
    drop(dict.set_text("__package__", Value::NONE));
    let annotations = vm.new_dict().into_value();
    drop(dict.set_text("__annotations__", annotations));
    let builtins = vm.modules.get_text("builtins").unwrap_or(Value::NONE);
    drop(dict.set_text("__builtins__", builtins));
    if let Some(file) = file {
        drop(dict.set_text("__file__", vm.str(file)));
        drop(dict.set_text("__cached__", Value::NONE));
    }
    dict
}

/// Collects garbage until nothing more comes free.
fn collect_all(vm: &mut Vm) {
    vm.method_cache.forget();
    while cycle::collect() > 0 {}
}
