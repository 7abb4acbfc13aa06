//! `str`: stripping, padding, and tabs.

use super::{plain, properties, text};
use crate::object::{Str, Value, heap};
use crate::types::format;
use crate::vm::{Result, Vm};

pub(super) fn stripped(vm: &mut Vm, name: &str, values: &[Value], left: bool, right: bool) -> Result {
    let mut rest = text(&values[0]);
    if values[1].is_none() {
        if left {
            rest = rest.trim_start_matches(properties::is_space);
        }
        if right {
            rest = rest.trim_end_matches(properties::is_space);
        }
    } else {
        let Some(chars) = values[1].get::<Str>() else {
            return Err(vm.type_error(format!("{name} arg must be None or str")));
        };
        let chars: Vec<char> = chars.as_str().chars().collect();
        if left {
            rest = rest.trim_start_matches(chars.as_slice());
        }
        if right {
            rest = rest.trim_end_matches(chars.as_slice());
        }
    }
    heap::spend_bytes(text(&values[0]).len() - rest.len());
    if rest.len() == text(&values[0]).len() { plain(vm, &values[0]) } else { Ok(vm.str(rest)) }
}

pub(super) fn strip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "strip", values, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "lstrip", values, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, values: &[Value]) -> Result {
    stripped(vm, "rstrip", values, false, true)
}

/// Pads to `values[1]` characters with `values[2]`; `left` says how many of the missing ones
/// go to the left.
pub(super) fn padded(vm: &mut Vm, values: &[Value], left: fn(usize, usize) -> usize) -> Result {
    let width = vm.index_i64(&values[1])?;
    let fill = match values[2].get::<Str>() {
        Some(fill) => {
            let mut chars = fill.as_str().chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => c,
                _ => {
                    return Err(vm.type_error("The fill character must be exactly one character long"));
                }
            }
        }
        None => {
            let name = vm.type_name(&values[2]);
            return Err(vm.type_error(format!("The fill character must be a unicode character, not {name}")));
        }
    };
    let length = values[0].get::<Str>().map_or(0, Str::len);
    let width = usize::try_from(width).unwrap_or(0);
    if width <= length {
        return plain(vm, &values[0]);
    }
    format::check_length(vm, width)?;
    let missing = width - length;
    let before = left(missing, width);
    let mut out = String::new();
    out.extend(std::iter::repeat_n(fill, before));
    out.push_str(text(&values[0]));
    out.extend(std::iter::repeat_n(fill, missing - before));
    Ok(vm.str(out))
}

pub(super) fn center(vm: &mut Vm, values: &[Value]) -> Result {
    // An odd one goes to the left when the width is odd.
    padded(vm, values, |missing, width| missing / 2 + (missing & width & 1))
}

pub(super) fn ljust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, values, |_, _| 0)
}

pub(super) fn rjust(vm: &mut Vm, values: &[Value]) -> Result {
    padded(vm, values, |missing, _| missing)
}

pub(super) fn zfill(vm: &mut Vm, values: &[Value]) -> Result {
    let width = usize::try_from(vm.index_i64(&values[1])?).unwrap_or(0);
    let length = values[0].get::<Str>().map_or(0, Str::len);
    if width <= length {
        return plain(vm, &values[0]);
    }
    format::check_length(vm, width)?;
    let text = text(&values[0]);
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => text.split_at(text.len() - digits.len()),
        None => ("", text),
    };
    let text = format!("{sign}{}{digits}", "0".repeat(width - length));
    Ok(vm.str(text))
}

pub(super) fn expandtabs(vm: &mut Vm, values: &[Value]) -> Result {
    let Ok(size) = i32::try_from(vm.index_clamped(&values[1])?) else {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    };
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = String::new();
    let mut column = 0;
    for c in text(&values[0]).chars() {
        match c {
            '\t' => {
                if let Some(inside) = column_in(column, size) {
                    let spaces = size - inside;
                    format::check_length(vm, out.len().saturating_add(spaces))?;
                    out.extend(std::iter::repeat_n(' ', spaces));
                    column += spaces;
                }
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    Ok(vm.str(out))
}

pub(super) fn column_in(column: usize, size: usize) -> Option<usize> {
    column.checked_rem(size)
}
