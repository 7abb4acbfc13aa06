//! The modules that `import` finds without a file. Those that need the machine are in Rust, one
//! file each; the others are Python programs under `python/`, compiled at their first import.
//! `math` comes with its own file.

mod contextvars;
mod deque;
mod fileio;
mod functools;
mod gc;
mod hashes;
mod internals;
mod itertools;
mod json;
pub mod library;
mod math;
mod operator;
mod ordered;
mod os;
mod random;
mod sys;
mod time;
mod tuplegetter;
mod types;
mod weakref;

use crate::object::{Dict, Ref};
use crate::vm::{CompileMode, ModuleTable, Result, Vm};

/// Makes all modules of this room available to `import`; after `builtins::install`.
pub fn install(vm: &mut Vm) {
    vm.library_names = Some(library::has_module);
    vm.add_modules(RUST);
    vm.add_modules(PYTHON);
}

/// Runs the text of a module in its namespace.
pub fn run_python(vm: &mut Vm, dict: &Ref<Dict>, name: &str, text: &str) -> Result<()> {
    let Some(compile) = vm.compile_hook else {
        return Err(vm.import_error("no compiler is installed"));
    };
    // What is native in CPython leaves no trace: see `FramePtr::is_hidden`.
    let place = if NATIVE.contains(&name) { "native" } else { "frozen" };
    let code = compile(vm, text, &format!("<{place} {name}>"), CompileMode::Module)?;
    let builtins = vm.builtins.to_value();
    drop(dict.set_text("__builtins__", builtins));
    if PACKAGES.contains(&name) {
        // Their modules are rows of the same table: there is no folder to look into.
        let path = vm.list(Vec::new());
        drop(dict.set_text("__path__", path));
        drop(dict.set_text("__package__", vm.str(name)));
    }
    vm.run_code(&code, dict, None).map(drop)
}

/// Modules that are native in CPython, whole or all but little.
const NATIVE: &[&str] = &["array", "binascii", "bisect", "cmath", "datetime", "io", "struct"];

/// The modules of the library that have modules inside.
const PACKAGES: &[&str] = &["collections", "importlib", "json", "logging"];

/// Modules that are made here.
const RUST: ModuleTable = &[
    ("sys", sys::fill),
    ("time", time::fill),
    ("math", math::fill),
    ("gc", gc::fill),
    ("contextvars", contextvars::fill),
    ("types", types::fill),
    ("operator", operator::fill),
    ("itertools", itertools::fill),
    ("_fileio", fileio::fill),
    ("_internals", internals::fill),
    ("functools", functools::fill),
    ("weakref", weakref::fill),
    ("_collections", deque::fill),
    ("_random", random::fill),
    ("_hashes", hashes::fill),
    ("_json", json::fill),
    ("_os", os::fill),
];

macro_rules! python_modules {
    ($($name:literal $file:literal)*) => {
        /// Modules that are Python programs.
        const PYTHON: ModuleTable = &[
            $(($name, |vm, dict| {
                run_python(vm, dict, $name, include_str!(concat!("python/", $file)))
            })),*
        ];
    };
}

python_modules! {
    "array" "array.py"
    "contextlib" "contextlib.py"
    "collections" "collections.py"
    "_collections_abc" "collections_abc.py"
    "abc" "abc.py"
    "atexit" "atexit.py"
    "inspect" "inspect.py"
    "heapq" "heapq.py"
    "bisect" "bisect.py"
    "cmath" "cmath.py"
    "codecs" "codecs.py"
    "copy" "copy.py"
    "copyreg" "copyreg.py"
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
    "pprint" "pprint.py"
    "pydoc" "pydoc.py"
    "queue" "queue.py"
    "secrets" "secrets.py"
    "shlex" "shlex.py"
    "struct" "struct.py"
    "uuid" "uuid.py"
    "_strptime" "strptime.py"
    "errno" "errno.py"
    "platform" "platform.py"
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
