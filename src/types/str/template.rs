//! `str.format` and `str.format_map`: replacement fields with numbering, attributes, items,
//! conversions, and specs that contain fields themselves.
//!
//! Source: the Python library reference, "Format String Syntax".

use super::super::format::read_number;
use crate::object::{Dict, Value, heap};
use crate::vm::{Result, Vm};

/// Where fields take their values from.
pub enum Source<'v> {
    /// Positional arguments, and a dict of keyword arguments.
    Arguments(&'v [Value], &'v Value),
    Mapping(&'v Value),
}

/// How fields without a number are counted.
#[derive(PartialEq)]
enum Numbering {
    Undecided,
    Automatic(usize),
    Manual,
}

/// Fields may contain fields in their spec, and those none.
const DEEPEST: u32 = 2;

/// Formats a template.
pub fn format(vm: &mut Vm, template: &str, source: &Source<'_>) -> Result<String> {
    let chars: Vec<char> = template.chars().collect();
    expand(vm, &chars, source, &mut Numbering::Undecided, DEEPEST)
}

fn expand(
    vm: &mut Vm,
    chars: &[char],
    source: &Source<'_>,
    numbering: &mut Numbering,
    depth: u32,
) -> Result<String> {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut out = String::with_capacity(chars.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match (c, chars.get(at)) {
            ('{', Some('{')) | ('}', Some('}')) => {
                out.push(c);
                at += 1;
            }
            ('}', _) => return Err(vm.value_error("Single '}' encountered in format string")),
            ('{', None) => return Err(vm.value_error("Single '{' encountered in format string")),
            ('{', Some(_)) => {
                let field = Field::parse(vm, chars, &mut at)?;
                let text = field.render(vm, source, numbering, depth)?;
                out.push_str(&text);
            }
            _ => out.push(c),
        }
    }
    Ok(out)
}

/// A replacement field: `{name!conversion:spec}`.
struct Field<'t> {
    name: &'t [char],
    conversion: Option<char>,
    spec: &'t [char],
}

impl<'t> Field<'t> {
    /// Parses what follows a brace, and the closing one.
    fn parse(vm: &mut Vm, chars: &'t [char], at: &mut usize) -> Result<Field<'t>> {
        let start = *at;
        let mut end = None;
        while let Some(&c) = chars.get(*at) {
            *at += 1;
            match c {
                '{' => return Err(vm.value_error("unexpected '{' in field name")),
                '[' => {
                    while chars.get(*at).is_some_and(|&c| c != ']') {
                        *at += 1;
                    }
                }
                '}' | ':' | '!' => {
                    end = Some(c);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else {
            return Err(vm.value_error("expected '}' before end of string"));
        };
        let name = &chars[start..*at - 1];
        let mut field = Field { name, conversion: None, spec: &[] };
        if end == '}' {
            return Ok(field);
        }
        if end == '!' {
            let Some(&conversion) = chars.get(*at) else {
                return Err(vm.value_error("end of string while looking for conversion specifier"));
            };
            *at += 1;
            field.conversion = Some(conversion);
            match chars.get(*at) {
                Some('}') => {
                    *at += 1;
                    return Ok(field);
                }
                Some(':') => *at += 1,
                Some(_) => return Err(vm.value_error("expected ':' after conversion specifier")),
                None => {}
            }
        }
        let start = *at;
        let mut open = 1;
        while let Some(&c) = chars.get(*at) {
            *at += 1;
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                field.spec = &chars[start..*at - 1];
                return Ok(field);
            }
        }
        Err(vm.value_error("unmatched '{' in format spec"))
    }

    fn render(
        &self,
        vm: &mut Vm,
        source: &Source<'_>,
        numbering: &mut Numbering,
        depth: u32,
    ) -> Result<String> {
        let value = self.value(vm, source, numbering)?;
        let value = match self.conversion {
            None => value,
            Some('r') => vm.repr(&value)?.into_value(),
            Some('s') => vm.str_of(&value)?.into_value(),
            Some('a') => vm.ascii(&value)?.into_value(),
            Some(c) => {
                return Err(vm.value_error(if ('!'..'\u{7f}').contains(&c) {
                    format!("Unknown conversion specifier {c}")
                } else {
                    format!("Unknown conversion specifier \\x{:x}", c as u32)
                }));
            }
        };
        let spec = if self.spec.contains(&'{') || self.spec.contains(&'}') {
            expand(vm, self.spec, source, numbering, depth - 1)?
        } else {
            self.spec.iter().collect()
        };
        let spec = heap::new_str(spec);
        Ok(vm.format(&value, &spec)?.as_str().to_owned())
    }

    /// The object that the field names.
    fn value(&self, vm: &mut Vm, source: &Source<'_>, numbering: &mut Numbering) -> Result {
        let first = self.name.iter().position(|c| matches!(c, '.' | '[')).unwrap_or(self.name.len());
        let (name, mut rest) = self.name.split_at(first);
        let number = if name.is_empty() {
            None
        } else {
            let mut end = 0;
            match read_number(name, &mut end) {
                Ok(Some(n)) if end == name.len() => Some(n),
                Ok(_) => None,
                Err(()) => return Err(vm.value_error("Too many decimal digits in format string")),
            }
        };
        let mut value = if name.is_empty() || number.is_some() {
            let index = next_number(vm, number, numbering)?;
            let Source::Arguments(arguments, _) = source else {
                return Err(vm.value_error("Format string contains positional fields"));
            };
            match arguments.get(index) {
                Some(value) => value.clone(),
                None => {
                    return Err(vm.index_error(format!(
                        "Replacement index {index} out of range for positional args tuple"
                    )));
                }
            }
        } else {
            let key = vm.str(name.iter().collect::<String>());
            match source {
                Source::Arguments(_, keywords) => {
                    let found = match keywords.downcast::<Dict>() {
                        Some(dict) => vm.dict_get(&dict, &key)?,
                        None => None,
                    };
                    match found {
                        Some(value) => value,
                        None => return Err(vm.key_error(&key)),
                    }
                }
                Source::Mapping(mapping) => vm.get_item(mapping, &key)?,
            }
        };
        while let Some((&mark, after)) = rest.split_first() {
            if mark == '.' {
                let end = after.iter().position(|c| matches!(c, '.' | '[')).unwrap_or(after.len());
                if end == 0 {
                    return Err(vm.value_error("Empty attribute in format string"));
                }
                let name = vm.intern(&after[..end].iter().collect::<String>());
                value = vm.get_attr(&value, &name)?;
                rest = &after[end..];
            } else if mark == '[' {
                let Some(end) = after.iter().position(|&c| c == ']') else {
                    return Err(vm.value_error("Missing ']' in format string"));
                };
                if end == 0 {
                    return Err(vm.value_error("Empty attribute in format string"));
                }
                let mut digits = 0;
                let key = match read_number(&after[..end], &mut digits) {
                    Ok(Some(n)) if digits == end => vm.int(n as i64),
                    Ok(_) => vm.str(after[..end].iter().collect::<String>()),
                    Err(()) => {
                        return Err(vm.value_error("Too many decimal digits in format string"));
                    }
                };
                value = vm.get_item(&value, &key)?;
                rest = &after[end + 1..];
            } else {
                return Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
        Ok(value)
    }
}

/// The argument's number, written or counted; the two do not mix.
fn next_number(vm: &mut Vm, written: Option<usize>, numbering: &mut Numbering) -> Result<usize> {
    match (written, &*numbering) {
        (Some(_), Numbering::Automatic(_)) => {
            Err(vm.value_error("cannot switch from automatic field numbering to manual field specification"))
        }
        (None, Numbering::Manual) => {
            Err(vm.value_error("cannot switch from manual field specification to automatic field numbering"))
        }
        (Some(n), Numbering::Undecided | Numbering::Manual) => {
            *numbering = Numbering::Manual;
            Ok(n)
        }
        (None, Numbering::Undecided) => {
            *numbering = Numbering::Automatic(1);
            Ok(0)
        }
        (None, &Numbering::Automatic(n)) => {
            *numbering = Numbering::Automatic(n + 1);
            Ok(n)
        }
    }
}
