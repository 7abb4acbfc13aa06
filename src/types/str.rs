//! `str`: construction, operators, iteration, and the table of all methods. A string is a Rust
//! string; positions that Python sees count characters.
//!
//! Beside this file: `search`, `split` (and join), `pad` (and strip), `letters` (case, kinds,
//! translation), as for `bytes`; `properties` (what characters are), `codec` (encodings),
//! `template` (`str.format`). `%` is in `types/percent`, the format mini-language in
//! `types/format`.

mod charmap;
pub mod codec;
mod escapes;
mod letters;
mod pad;
pub mod properties;
mod search;
mod split;
mod tables;
pub mod template;

pub use search::search_range;

use super::iterators::iterator_self;
use super::operators::comparisons;
use super::reduce;
use super::slice;
use super::{format, percent};
use crate::object::{Class, Kind, Opaque, Ref, SliceObj, Special, Str, Tracer, TupleObj, Value, heap};
use crate::source::surrogate::code_of;
use crate::vm::native::{Row, method, next, static_method, static_raw};
use crate::vm::{CompareOp, Result, Vm};
use compact_str::CompactString;
use num_traits::ToPrimitive;
use std::cell::Cell;

/// Classes of the iterators over text and bytes.
#[derive(Default)]
pub struct TextIterators {
    /// Over ASCII text, and over any other: CPython names them apart.
    pub str_ascii_iterator: Option<Ref<Class>>,
    pub str_iterator: Option<Ref<Class>>,
    pub bytes_iterator: Option<Ref<Class>>,
    pub bytearray_iterator: Option<Ref<Class>>,
}

/// The receiver's text; the caller of a method has checked the receiver.
fn text(value: &Value) -> &str {
    value.get::<Str>().map_or("", Str::as_str)
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.str.clone())?;
    let given = values.len() - names.len();
    if given > 4 {
        return Err(vm.type_error(format!("str expected at most 3 arguments, got {}", values.len() - 1)));
    }
    let mut args: [Option<&Value>; 3] =
        [values[..given].get(1), values[..given].get(2), values[..given].get(3)];
    for (name, value) in names.iter().zip(&values[given..]) {
        match ["object", "encoding", "errors"].iter().position(|n| *n == name.as_str()) {
            Some(at) if args[at].is_none() => args[at] = Some(value),
            Some(at) => {
                return Err(vm.type_error(format!(
                    "argument for str() given by name ('{}') and position ({})",
                    name.as_str(),
                    at + 1
                )));
            }
            None => {
                return Err(vm.unexpected_keyword("str", name.as_str(), &["object", "encoding", "errors"]));
            }
        }
    }
    let result = match args {
        [None, ..] => vm.str(""),
        [Some(value), None, None] => vm.str_of(value)?.into_value(),
        [Some(value), encoding, errors] => {
            for (name, given) in [("encoding", encoding), ("errors", errors)] {
                if let Some(given) = given.filter(|given| !given.is::<Str>()) {
                    // With the module, unlike elsewhere, if it is another one than the program's.
                    let class = vm.class_of(given).clone();
                    let got = super::object::full_name(vm, &class);
                    let got = got.strip_prefix("__main__.").unwrap_or(&got);
                    return Err(vm.type_error(format!("str() argument '{name}' must be str, not {got}")));
                }
            }
            let encoding = name_argument(vm, encoding, "utf-8", "str() argument 'encoding'")?;
            let errors = name_argument(vm, errors, "strict", "str() argument 'errors'")?;
            decode_object(vm, value, &encoding, &errors)?
        }
    };
    if class.is_same(&vm.types.str) {
        return Ok(result);
    }
    Ok(heap::alloc(&class, Str::new(text(&result))).into_value())
}

/// An encoding or error handler name.
pub fn name_argument(vm: &mut Vm, value: Option<&Value>, default: &str, what: &str) -> Result<String> {
    match value {
        None => Ok(default.to_owned()),
        // None is no special case here, as it is elsewhere.
        Some(value) if value.is_none() => Err(vm.type_error(format!("{what} must be str, not NoneType"))),
        Some(value) => Ok(vm.expect_text(value, what)?.to_owned()),
    }
}

fn decode_object(vm: &mut Vm, value: &Value, encoding: &str, errors: &str) -> Result {
    if value.is::<Str>() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let Some(data) = super::bytes::buffer(value) else {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {name} found")));
    };
    // Nothing to decode: whether there is such an encoding is not asked.
    if data.is_empty() {
        return Ok(vm.str(""));
    }
    let text = codec::decode(vm, &data, encoding, errors)?;
    Ok(vm.str(text))
}

// ---- operators

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.str(properties::repr(text(&values[0]))))
}

fn to_str(vm: &mut Vm, values: &[Value]) -> Result {
    plain(vm, &values[0])
}

/// The same text as an exact `str`.
fn plain(vm: &mut Vm, value: &Value) -> Result {
    if heap::is_exact_str(value) { Ok(value.clone()) } else { Ok(vm.str(text(value))) }
}

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let hash = values[0].get::<Str>().map_or(0, Str::hash);
    Ok(vm.int(hash))
}

fn comparison(_: &mut Vm, op: CompareOp, values: &[Value]) -> Result {
    Ok(match (values[0].get::<Str>(), values[1].get::<Str>()) {
        (Some(a), Some(b)) => {
            heap::spend_bytes(a.as_str().len().min(b.as_str().len()));
            Value::bool(op.holds(crate::vm::compare::compare_text(a.as_str(), b.as_str())))
        }
        _ => Value::NOT_IMPLEMENTED,
    })
}

comparisons! { comparison }

fn len(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::index(values[0].get::<Str>().map_or(0, Str::len)))
}

fn add(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(other) => {
            let text = text(&values[0]);
            vm.room(text.len() + other.as_str().len())?;
            Ok(vm.joined([text, other.as_str()]))
        }
        None => Err(vm.cannot_join(&values[0], &values[1])),
    }
}

/// How often a sequence of `length` is repeated; `None` for a foreign operand.
pub fn repetitions(vm: &mut Vm, count: &Value, length: usize) -> Result<Option<usize>> {
    if let Some(n) = count.as_int()
        && n >= 0
        && let Some(total) = (n as usize).checked_mul(length).filter(|total| *total < 1 << 40)
    {
        vm.room(total)?;
        return Ok(Some(n as usize));
    }
    if vm.int_like(count).is_none() && vm.special(count, Special::Index).is_none() {
        return Ok(None);
    }
    let count = vm.index(count)?;
    let Some(count) = count.to_i64() else {
        return Err(vm.overflow_error("cannot fit 'int' into an index-sized integer"));
    };
    if count < 0 {
        return Ok(Some(0));
    }
    match (count as usize).checked_mul(length) {
        Some(total) if total < 1 << 40 => {
            vm.room(total)?;
            Ok(Some(count as usize))
        }
        _ => Err(vm.memory_error("")),
    }
}

fn mul(vm: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    match repetitions(vm, &values[1], text.len())? {
        Some(count) => {
            if count == 1 {
                return plain(vm, &values[0]);
            }
            if text.len() * count <= 24 {
                let mut short = CompactString::default();
                (0..count).for_each(|_| short.push_str(text));
                return Ok(vm.str(short));
            }
            let text = text.repeat(count);
            Ok(vm.str(text))
        }
        None => Err(vm.cannot_count(&values[1])),
    }
}

fn modulo(vm: &mut Vm, values: &[Value]) -> Result {
    let text = percent::format_text(vm, text(&values[0]), &values[1])?;
    Ok(vm.str(text))
}

fn rmodulo(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(template) => {
            let text = percent::format_text(vm, template.as_str(), &values[0])?;
            Ok(vm.str(text))
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn contains(vm: &mut Vm, values: &[Value]) -> Result {
    match values[1].get::<Str>() {
        Some(part) => {
            let text = text(&values[0]);
            let found = search::find_text(text, part.as_str());
            heap::spend_bytes(found.unwrap_or(text.len()));
            Ok(Value::bool(found.is_some()))
        }
        None => {
            let name = vm.type_name(&values[1]);
            Err(vm.type_error(format!("'in <string>' requires string as left operand, not {name}")))
        }
    }
}

fn get_item(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(string) = values[0].get::<Str>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if let Some(slice) = values[1].get::<SliceObj>() {
        let slice = slice::bounds(vm, slice, || string.len())?;
        if slice.step == 1 {
            if slice.count == string.len() {
                return plain(vm, &values[0]);
            }
            let text = string.slice(slice.start as usize, slice.start as usize + slice.count);
            return Ok(vm.str(text));
        }
        let text: String = if string.is_ascii() {
            let bytes = string.as_str().as_bytes();
            slice.indices().filter_map(|i| bytes.get(i)).map(|&b| b as char).collect()
        } else {
            heap::spend_items(string.len());
            let chars: Vec<char> = string.as_str().chars().collect();
            slice.indices().filter_map(|i| chars.get(i)).collect()
        };
        return Ok(vm.str(text));
    }
    let index = match values[1].as_int() {
        Some(index) => index,
        None => index_argument(vm, &values[1], "string indices must be integers, not")?,
    };
    let at = if index < 0 { index + string.len() as i64 } else { index };
    match usize::try_from(at).ok().and_then(|at| string.char_at(at)) {
        Some(c) => Ok(vm.char(c)),
        None => Err(vm.index_error("string index out of range")),
    }
}

/// An index of a sequence: TypeError with `refusal` for what is no integer, IndexError for
/// what no sequence has room for.
pub fn index_argument(vm: &mut Vm, value: &Value, refusal: &str) -> Result<i64> {
    if vm.int_like(value).is_none() && vm.special(value, Special::Index).is_none() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("{refusal} '{name}'")));
    }
    match vm.index(value)?.to_i64() {
        Some(n) => Ok(n),
        None => {
            let name = vm.type_name(value);
            Err(vm.index_error(format!("cannot fit '{name}' into an index-sized integer")))
        }
    }
}

fn format_method(vm: &mut Vm, values: &[Value]) -> Result {
    let spec = format::spec_argument(vm, &values[1])?;
    if spec.is_empty() {
        return Ok(vm.str_of(&values[0])?.into_value());
    }
    let class = vm.type_name(&values[0]);
    let text = format::format_str(vm, text(&values[0]), spec.as_str(), &class)?;
    Ok(vm.str(text))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let text = vm.str(text(&values[0]));
    Ok(vm.tuple([text]))
}

fn sizeof(vm: &mut Vm, values: &[Value]) -> Result {
    let text = text(&values[0]);
    let widest = text.chars().map(code_of).max().unwrap_or(0);
    let count = text.chars().count() as i64;
    Ok(vm.int(match widest {
        0..=0x7F => 41 + count,
        0x80..=0xFF => 57 + count + 1,
        0x100..=0xFFFF => 58 + 2 * count + 1,
        _ => 60 + 4 * count + 1,
    }))
}

// ---- iteration

/// The iterator over a string; `text` becomes unbound at the end.
struct StrIterator {
    text: Cell<Value>,
    /// Byte offset of the next character.
    offset: Cell<usize>,
}

impl Opaque for StrIterator {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.cell(&self.text);
    }
    fn clear(&self) {
        drop(self.text.take());
    }
}

fn iter(vm: &mut Vm, values: &[Value]) -> Result {
    let classes = vm.extension::<TextIterators>();
    let class = if text(&values[0]).is_ascii() {
        classes.str_ascii_iterator.clone()
    } else {
        classes.str_iterator.clone()
    };
    let class = class.expect("`install` makes it");
    let text = Cell::new(values[0].clone());
    Ok(heap::new_opaque(&class, StrIterator { text, offset: Cell::new(0) }))
}

fn iterator_next(vm: &mut Vm, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = value.opaque::<StrIterator>() else { return Ok(None) };
    let held = Value::peek(&iterator.text);
    let offset = iterator.offset.get();
    match held.get::<Str>().and_then(|s| s.as_str().get(offset..)?.chars().next()) {
        Some(c) => {
            iterator.offset.set(offset + c.len_utf8());
            Ok(Some(vm.char(c)))
        }
        None => {
            drop(iterator.text.take());
            Ok(None)
        }
    }
}

fn iterator_length_hint(_: &mut Vm, values: &[Value]) -> Result {
    let left = values[0].opaque::<StrIterator>().map_or(0, |iterator| {
        let held = Value::peek(&iterator.text);
        held.get::<Str>().map_or(0, |s| s.as_str()[iterator.offset.get()..].chars().count())
    });
    Ok(Value::index(left))
}

fn iterator_reduce(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(iterator) = values[0].opaque::<StrIterator>() else {
        return Err(super::wrong_receiver(vm, &values[0], "str_iterator"));
    };
    let held = Value::peek(&iterator.text);
    let at = held.get::<Str>().map_or(0, |s| s.as_str()[..iterator.offset.get()].chars().count());
    let empty = vm.str("");
    reduce::by_position(vm, &iterator.text, at, empty)
}

fn iterator_setstate(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(iterator) = values[0].opaque::<StrIterator>() else {
        return Err(super::wrong_receiver(vm, &values[0], "str_iterator"));
    };
    let held = Value::peek(&iterator.text);
    if let Some(held) = held.get::<Str>() {
        let at = reduce::position(vm, &values[1], usize::MAX)?;
        let text = held.as_str();
        iterator.offset.set(text.char_indices().nth(at).map_or(text.len(), |(offset, _)| offset));
    }
    Ok(Value::NONE)
}

const ITERATOR: &[Row] = &[
    method("__iter__(self, /)", iterator_self),
    next(iterator_next),
    method("__length_hint__(self, /)", iterator_length_hint),
    method("__reduce__(self, /)", iterator_reduce),
    method("__setstate__(self, object, /)", iterator_setstate),
];

// ---- encoding, formatting

fn encode(vm: &mut Vm, values: &[Value]) -> Result {
    let encoding = vm.expect_text(&values[1], "encode() argument 'encoding'")?;
    let errors = vm.expect_text(&values[2], "encode() argument 'errors'")?;
    let data = codec::encode(vm, &values[0], encoding, errors)?;
    Ok(vm.bytes(data))
}

fn format_call(vm: &mut Vm, values: &[Value]) -> Result {
    let args = values[1].get::<TupleObj>().map_or(&[][..], |t| t.items());
    let source = template::Source::Arguments(args, &values[2]);
    let text = template::format(vm, text(&values[0]), &source)?;
    Ok(vm.str(text))
}

fn format_map(vm: &mut Vm, values: &[Value]) -> Result {
    let source = template::Source::Mapping(&values[1]);
    let text = template::format(vm, text(&values[0]), &source)?;
    Ok(vm.str(text))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__str__(self, /)", to_str),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__iter__(self, /)", iter),
    method("__mod__(self, value, /)", modulo),
    method("__rmod__(self, value, /)", rmodulo),
    method("__len__(self, /)", len),
    method("__getitem__(self, key, /)", get_item),
    method("__add__(self, value, /)", add),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", mul),
    method("__contains__(self, key, /)", contains),
    method("encode(self, /, encoding='utf-8', errors='strict')", encode),
    method("replace(self, old, new, /, count=-1)", search::replace),
    method("split(self, /, sep=None, maxsplit=-1)", split::split),
    method("rsplit(self, /, sep=None, maxsplit=-1)", split::rsplit),
    method("join(self, iterable, /)", split::join),
    method("capitalize(self, /)", letters::capitalize),
    method("casefold(self, /)", letters::casefold),
    method("title(self, /)", letters::title),
    method("center(self, width, fillchar=' ', /)", pad::center),
    method("count(self, sub[, start[, end]], /)", search::count),
    method("expandtabs(self, /, tabsize=8)", pad::expandtabs),
    method("find(self, sub[, start[, end]], /)", search::find),
    method("partition(self, sep, /)", split::partition),
    method("index(self, sub[, start[, end]], /)", search::index),
    method("ljust(self, width, fillchar=' ', /)", pad::ljust),
    method("lower(self, /)", letters::lower),
    method("lstrip(self, chars=None, /)", pad::lstrip),
    method("rfind(self, sub[, start[, end]], /)", search::rfind),
    method("rindex(self, sub[, start[, end]], /)", search::rindex),
    method("rjust(self, width, fillchar=' ', /)", pad::rjust),
    method("rstrip(self, chars=None, /)", pad::rstrip),
    method("rpartition(self, sep, /)", split::rpartition),
    method("splitlines(self, /, keepends=False)", split::splitlines),
    method("strip(self, chars=None, /)", pad::strip),
    method("swapcase(self, /)", letters::swapcase),
    method("translate(self, table, /)", letters::translate),
    method("upper(self, /)", letters::upper),
    method("startswith(self, prefix[, start[, end]], /)", search::startswith),
    method("endswith(self, suffix[, start[, end]], /)", search::endswith),
    method("removeprefix(self, prefix, /)", search::removeprefix),
    method("removesuffix(self, suffix, /)", search::removesuffix),
    method("isascii(self, /)", letters::isascii),
    method("islower(self, /)", letters::islower),
    method("isupper(self, /)", letters::isupper),
    method("istitle(self, /)", letters::istitle),
    method("isspace(self, /)", letters::isspace),
    method("isdecimal(self, /)", letters::isdecimal),
    method("isdigit(self, /)", letters::isdigit),
    method("isnumeric(self, /)", letters::isnumeric),
    method("isalpha(self, /)", letters::isalpha),
    method("isalnum(self, /)", letters::isalnum),
    method("isidentifier(self, /)", letters::isidentifier),
    method("isprintable(self, /)", letters::isprintable),
    method("zfill(self, width, /)", pad::zfill),
    method("format(self, /, *args, **kwargs)", format_call),
    method("format_map(self, mapping, /)", format_map),
    method("__format__(self, format_spec, /)", format_method),
    static_method("maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", letters::maketrans),
    method("__sizeof__(self, /)", sizeof),
    method("__getnewargs__(self, /)", getnewargs),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.str.clone();
    vm.add_rows(&class, METHODS);
    let object = vm.types.object.clone();
    let iterator = vm.new_class("str_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let ascii = vm.new_class("str_ascii_iterator", "builtins", &object, Kind::Opaque, 0, ITERATOR);
    let classes = vm.extension::<TextIterators>();
    classes.str_iterator = Some(iterator);
    classes.str_ascii_iterator = Some(ascii);
}
