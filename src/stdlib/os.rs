//! `_os`: what the module `os` asks the operating system, through the host. Functions that can
//! fail return the error number; `python/os.py` makes the exception, which names the file.

use crate::host::FileStat;
use crate::object::{Dict, Ref, Value};
use crate::vm::native::{Row, function};
use crate::vm::{Result, Vm};

/// The result, or the error number.
fn answer(vm: &mut Vm, result: std::result::Result<(), i32>) -> Result {
    match result {
        Ok(()) => Ok(Value::NONE),
        Err(code) => Ok(vm.int(i64::from(code))),
    }
}

fn environment(vm: &mut Vm, _: &[Value]) -> Result {
    let mut pairs = Vec::new();
    for (name, value) in vm.host.variables() {
        let pair = [vm.str(name), vm.str(value)];
        pairs.push(vm.tuple(pair));
    }
    Ok(vm.list(pairs))
}

fn getcwd(vm: &mut Vm, _: &[Value]) -> Result {
    match vm.host.current_folder() {
        Ok(path) => Ok(vm.str(path)),
        Err(code) => Err(vm.os_error_code(code)),
    }
}

fn getpid(vm: &mut Vm, _: &[Value]) -> Result {
    let id = vm.host.process_id();
    Ok(vm.int(i64::from(id)))
}

fn machine(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(vm.str(std::env::consts::ARCH))
}

fn cpu_count(vm: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::index(vm.host.processors()))
}

fn strerror(vm: &mut Vm, args: &[Value]) -> Result {
    let code = vm.index_clamped(&args[0])?;
    let text = match i32::try_from(code) {
        Ok(code) => std::io::Error::from_raw_os_error(code).to_string(),
        Err(_) => format!("Unknown error {code}"),
    };
    Ok(vm.str(text.split(" (os error").next().unwrap_or_default()))
}

fn listdir(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    match vm.host.list_folder(path) {
        Ok(names) => {
            let names = names.into_iter().map(|name| vm.str(name)).collect();
            Ok(vm.list(names))
        }
        Err(code) => Ok(vm.int(i64::from(code))),
    }
}

/// `(mode, size, modified)`, the last in nanoseconds.
fn stat(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    let follow = vm.truth(&args[1])?;
    match vm.host.file_stat(path, follow) {
        Ok(FileStat { mode, size, modified }) => {
            let items = [vm.int(i64::from(mode)), vm.int(size as i64), vm.int(modified)];
            Ok(vm.tuple(items))
        }
        Err(code) => Ok(vm.int(i64::from(code))),
    }
}

fn chdir(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    let result = vm.host.enter_folder(path);
    answer(vm, result)
}

fn mkdir(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    let result = vm.host.make_folder(path);
    answer(vm, result)
}

fn rmdir(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    let result = vm.host.remove_folder(path);
    answer(vm, result)
}

fn remove(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "path")?;
    let result = vm.host.remove_file(path);
    answer(vm, result)
}

fn rename(vm: &mut Vm, args: &[Value]) -> Result {
    let from = vm.expect_text(&args[0], "src")?;
    let to = vm.expect_text(&args[1], "dst")?;
    let result = vm.host.rename(from, to);
    answer(vm, result)
}

const FUNCTIONS: &[Row] = &[
    function("environment()", environment),
    function("fspath(path)", |vm, args| vm.file_path(&args[0])),
    function("getcwd()", getcwd),
    function("getpid()", getpid),
    function("cpu_count()", cpu_count),
    function("machine()", machine),
    function("strerror(code, /)", strerror),
    function("listdir(path, /)", listdir),
    function("stat(path, follow, /)", stat),
    function("mkdir(path, /)", mkdir),
    function("chdir(path, /)", chdir),
    function("rmdir(path, /)", rmdir),
    function("remove(path, /)", remove),
    function("rename(src, dst, /)", rename),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_os", FUNCTIONS);
    Ok(())
}
