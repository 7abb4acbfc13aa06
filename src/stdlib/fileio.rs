//! `_fileio`: what `io.py` asks the operating system for, through the host. The numbers 0, 1 and
//! 2 are the standard streams.

use crate::host::{FileMode, Stream};
use crate::object::{Dict, Ref, Value};
use crate::types::bytes;
use crate::vm::native::{Row, function};
use crate::vm::{Raised, Result, Vm};

/// The OSError of a number of the operating system.
fn failure(vm: &mut Vm, code: i32) -> Raised {
    vm.os_error_code(code)
}

fn descriptor(vm: &mut Vm, value: &Value) -> Result<i32> {
    let number = vm.index_i64(value)?;
    match i32::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

fn open(vm: &mut Vm, args: &[Value]) -> Result {
    let path = vm.expect_text(&args[0], "open() argument 'path'")?.to_owned();
    let letters = vm.expect_text(&args[1], "open() argument 'mode'")?.to_owned();
    let mode = FileMode { kind: letters.chars().next().unwrap_or('r'), update: letters.ends_with('+') };
    match vm.host.open_file(&path, mode) {
        Ok(number) => Ok(vm.int(i64::from(number))),
        Err(code) => {
            let raised = failure(vm, code);
            raised.0.set_field("filename", args[2].clone());
            Err(raised)
        }
    }
}

fn read(vm: &mut Vm, args: &[Value]) -> Result {
    let (number, limit) = (descriptor(vm, &args[0])?, vm.index_i64(&args[1])?);
    let limit = usize::try_from(limit).ok();
    let found = match number {
        0 => return read_input(vm, limit).map(|data| vm.bytes(data)),
        _ => vm.host.read_file(number, limit),
    };
    match found {
        Ok(data) => Ok(vm.bytes(data)),
        Err(code) => Err(failure(vm, code)),
    }
}

/// Standard input, which the host gives by lines; what a limit cuts off waits in `LeftOver`.
fn read_input(vm: &mut Vm, limit: Option<usize>) -> Result<Vec<u8>> {
    let mut data = std::mem::take(&mut vm.extension::<LeftOver>().0);
    match limit {
        None => loop {
            let line = vm.read_line()?;
            if line.is_empty() {
                return Ok(data);
            }
            data.extend(line);
        },
        Some(limit) => {
            if data.is_empty() {
                data = vm.read_line()?;
            }
            if data.len() > limit {
                vm.extension::<LeftOver>().0 = data.split_off(limit);
            }
            Ok(data)
        }
    }
}

/// Bytes of standard input that were read but not asked for yet.
#[derive(Default)]
struct LeftOver(Vec<u8>);

fn write(vm: &mut Vm, args: &[Value]) -> Result {
    let number = descriptor(vm, &args[0])?;
    let Some(data) = bytes::buffer(&args[1]) else {
        let got = vm.type_name(&args[1]);
        return Err(vm.type_error(format!("a bytes-like object is required, not '{got}'")));
    };
    let written = match number {
        1 => vm.host.write_out(&data),
        2 => vm.host.write_err(&data),
        _ => vm.host.write_file(number, &data),
    };
    match written {
        Ok(()) => Ok(Value::index(data.len())),
        Err(code) => Err(failure(vm, code)),
    }
}

fn flush(vm: &mut Vm, args: &[Value]) -> Result {
    let flushed = match descriptor(vm, &args[0])? {
        0 | 2 => Ok(()),
        1 => vm.host.flush_out(),
        number => vm.host.flush_file(number),
    };
    match flushed {
        Ok(()) => Ok(Value::NONE),
        Err(code) => Err(failure(vm, code)),
    }
}

fn seek(vm: &mut Vm, args: &[Value]) -> Result {
    let number = descriptor(vm, &args[0])?;
    let (offset, whence) = (vm.index_i64(&args[1])?, vm.index_i64(&args[2])?);
    match vm.host.seek_file(number, offset, whence) {
        Ok(position) => Ok(vm.bigint(position.into())),
        Err(code) => Err(failure(vm, code)),
    }
}

fn truncate(vm: &mut Vm, args: &[Value]) -> Result {
    let number = descriptor(vm, &args[0])?;
    let size = u64::try_from(vm.index_i64(&args[1])?);
    // A negative size is the operating system's "Invalid argument".
    let done = size.map_err(|_| 22).and_then(|size| vm.host.truncate_file(number, size));
    match done {
        Ok(()) => Ok(Value::NONE),
        Err(code) => Err(failure(vm, code)),
    }
}

fn isatty(vm: &mut Vm, args: &[Value]) -> Result {
    let terminal = match descriptor(vm, &args[0])? {
        0 => Ok(vm.host.is_terminal(Stream::In)),
        1 => Ok(vm.host.is_terminal(Stream::Out)),
        2 => Ok(vm.host.is_terminal(Stream::Err)),
        number => vm.host.is_terminal_file(number),
    };
    match terminal {
        Ok(terminal) => Ok(Value::bool(terminal)),
        Err(code) => Err(failure(vm, code)),
    }
}

fn close(vm: &mut Vm, args: &[Value]) -> Result {
    let number = descriptor(vm, &args[0])?;
    match if number <= 2 { Ok(()) } else { vm.host.close_file(number) } {
        Ok(()) => Ok(Value::NONE),
        Err(code) => Err(failure(vm, code)),
    }
}

const FUNCTIONS: &[Row] = &[
    function("open(path, mode, filename, /)", open),
    function("read(number, limit, /)", read),
    function("write(number, data, /)", write),
    function("flush(number, /)", flush),
    function("seek(number, offset, whence, /)", seek),
    function("truncate(number, size, /)", truncate),
    function("isatty(number, /)", isatty),
    function("close(number, /)", close),
];

/// Puts everything into the namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "_fileio", FUNCTIONS);
    Ok(())
}
