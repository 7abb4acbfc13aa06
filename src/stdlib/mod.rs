//! The modules that `import` finds without a file. Those that need the machine are in Rust, one
//! file each; the others are Python programs under `python/`, compiled at their first import.
//! `math` comes with its own file.

mod contextvars;
mod deque;
mod fileio;
mod gc;
mod hashes;
mod internals;
mod itertools;
mod json;
pub mod library;
mod math;
mod operator;
mod os;
mod random;
mod sys;
mod time;
mod types;
mod weakref;

use crate::object::{Dict, Ref, Value};
use crate::vm::{CompileMode, Result, Vm};

pub use sys::set_arguments;

/// Makes all modules of this room available to `import`; after `builtins::install`.
pub fn install(vm: &mut Vm) {
    vm.library_names = Some(library::has_module);
    vm.add_module("sys", sys::fill);
    vm.add_module("time", time::fill);
    vm.add_module("gc", gc::fill);
    vm.add_module("contextvars", contextvars::fill);
    vm.add_module("types", types::fill);
    vm.add_module("operator", operator::fill);
    vm.add_module("itertools", itertools::fill);
    vm.add_module("_fileio", fileio::fill);
    vm.add_module("_internals", internals::fill);
    math::install(vm);
    vm.add_module("weakref", weakref::fill);
    vm.add_module("_collections", deque::fill);
    vm.add_module("_random", random::fill);
    vm.add_module("_hashes", hashes::fill);
    vm.add_module("_json", json::fill);
    vm.add_module("_os", os::fill);
    for &(name, fill) in PYTHON {
        vm.add_module(name, fill);
    }
}

/// Runs the text of a module in its namespace.
pub fn run_python(vm: &mut Vm, dict: &Ref<Dict>, name: &str, text: &str) -> Result<()> {
    let Some(compile) = vm.compile_hook else {
        return Err(vm.import_error("no compiler is installed"));
    };
    // What is native in CPython leaves no trace: see `Vm::add_traceback`.
    let place = if NATIVE.contains(&name) { "native" } else { "frozen" };
    let code = compile(vm, text, &format!("<{place} {name}>"), CompileMode::Module)?;
    let builtins = vm.modules.get_text("builtins").unwrap_or(Value::NONE);
    drop(dict.set_text("__builtins__", builtins));
    if PACKAGES.contains(&name) {
        // Their modules are rows of the same table: there is no folder to look into.
        let path = vm.list(Vec::new());
        drop(dict.set_text("__path__", path));
        drop(dict.set_text("__package__", vm.str(name)));
    }
    vm.run_code(&code, dict, None).map(drop)
}

/// The modules of the library that have modules inside.
const PACKAGES: &[&str] = &["collections", "importlib", "json", "logging"];

/// The modules of which all that can fail is native in CPython. In others the namespace says which
/// functions and classes are, by the name `_native`.
const NATIVE: &[&str] = &["binascii", "bisect", "datetime", "io", "operator", "struct"];

type Fill = fn(&mut Vm, &Ref<Dict>) -> Result<()>;

macro_rules! python_modules {
    ($($name:literal $file:literal)*) => {
        /// Modules that are Python programs.
        const PYTHON: &[(&str, Fill)] = &[
            $(($name, |vm, dict| {
                run_python(vm, dict, $name, include_str!(concat!("python/", $file)))
            })),*
        ];
    };
}

python_modules! {
    "functools" "functools.py"
    "contextlib" "contextlib.py"
    "collections" "collections.py"
    "collections.abc" "collections_abc.py"
    "_collections_abc" "collections_abc.py"
    "abc" "abc.py"
    "inspect" "inspect.py"
    "heapq" "heapq.py"
    "bisect" "bisect.py"
    "copy" "copy.py"
    "keyword" "keyword.py"
    "__future__" "future.py"
    "enum" "enum.py"
    "dataclasses" "dataclasses.py"
    "typing" "typing.py"
    "warnings" "warnings.py"
    "traceback" "traceback.py"
    "reprlib" "reprlib.py"
    "numbers" "numbers.py"
    "io" "io.py"
    "random" "random.py"
    "base64" "base64.py"
    "binascii" "binascii.py"
    "datetime" "datetime.py"
    "hashlib" "hashlib.py"
    "hmac" "hmac.py"
    "os" "os.py"
    "posixpath" "posixpath.py"
    "os.path" "posixpath.py"
    "pprint" "pprint.py"
    "queue" "queue.py"
    "secrets" "secrets.py"
    "shlex" "shlex.py"
    "struct" "struct.py"
    "uuid" "uuid.py"
    "_strptime" "strptime.py"
    "fractions" "fractions.py"
    "json" "json.py"
    "json.decoder" "json_decoder.py"
    "json.encoder" "json_encoder.py"
    "statistics" "statistics.py"
    "string" "string.py"
    "textwrap" "textwrap.py"
    "logging" "logging.py"
    "logging.handlers" "logging_handlers.py"
    "importlib" "importlib.py"
    "linecache" "linecache.py"
}
