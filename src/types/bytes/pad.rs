//! The ends of bytes: stripping, padding, tabs.

use super::{argument, buffer, data, kept, like};
use crate::object::Value;
use crate::types::format;
use crate::vm::{Result, Vm};

/// White space as `bytes.split` and `bytes.strip` see it.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

pub(super) fn trim<'d>(data: &'d [u8], drop: &dyn Fn(u8) -> bool, left: bool, right: bool) -> &'d [u8] {
    let start = if left { data.iter().position(|&b| !drop(b)).unwrap_or(data.len()) } else { 0 };
    let rest = &data[start..];
    let end = if right { rest.iter().rposition(|&b| !drop(b)).map_or(0, |at| at + 1) } else { rest.len() };
    &rest[..end]
}

fn stripped(vm: &mut Vm, values: &[Value], left: bool, right: bool) -> Result {
    let data = data(&values[0]);
    let rest = if values[1].is_none() {
        trim(&data, &is_space, left, right)
    } else {
        let set = argument(vm, &values[1])?;
        trim(&data, &move |byte| set.contains(&byte), left, right)
    };
    let rest = rest.to_vec();
    Ok(kept(vm, &values[0], rest))
}

pub(in crate::types) fn strip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, true, true)
}

pub(in crate::types) fn lstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, true, false)
}

pub(in crate::types) fn rstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, values, false, true)
}

fn padded(vm: &mut Vm, name: &str, values: &[Value], left: fn(usize, usize) -> usize) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let fill = match values[2].bound() {
        None => b' ',
        Some(value) => match buffer(value).as_deref() {
            Some([byte]) => *byte,
            Some(_) | None => {
                let got = vm.argument_name(value);
                return Err(vm.type_error(format!(
                    "{name}() argument 2 must be a byte string of length 1, not {got}"
                )));
            }
        },
    };
    let data = data(&values[0]);
    let missing = width.saturating_sub(data.len());
    format::check_length(vm, width)?;
    let before = left(missing, width);
    let mut out = vec![fill; before];
    out.extend_from_slice(&data);
    out.resize(data.len() + missing, fill);
    Ok(like(vm, &values[0], out))
}

pub(in crate::types) fn center(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "center", values, |missing, width| missing / 2 + (missing & width & 1))
}

pub(in crate::types) fn ljust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "ljust", values, |_, _| 0)
}

pub(in crate::types) fn rjust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, "rjust", values, |missing, _| missing)
}

pub(in crate::types) fn zfill(vm: &mut Vm, values: &[Value]) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    format::check_length(vm, width)?;
    let data = data(&values[0]);
    let sign = usize::from(matches!(data.first(), Some(b'+' | b'-')));
    let mut out = data[..sign].to_vec();
    out.resize(sign + width.saturating_sub(data.len()), b'0');
    out.extend_from_slice(&data[sign..]);
    Ok(like(vm, &values[0], out))
}

pub(in crate::types) fn expandtabs(vm: &mut Vm, values: &[Value]) -> Result {
    let Ok(size) = i32::try_from(vm.index_clamped(&values[1])?) else {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    };
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = Vec::new();
    let mut column = 0usize;
    for &byte in data(&values[0]).iter() {
        match byte {
            b'\t' => {
                if let Some(inside) = column.checked_rem(size) {
                    format::check_length(vm, out.len().saturating_add(size))?;
                    out.resize(out.len() + size - inside, b' ');
                    column += size - inside;
                }
            }
            _ => {
                out.push(byte);
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(like(vm, &values[0], out))
}
