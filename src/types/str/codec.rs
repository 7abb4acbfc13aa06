//! Encodings: UTF-8, ASCII, Latin-1, UTF-16 and UTF-32, with the error handlers of CPython and
//! those that a program registers. Tables of other encodings are in `charmap`, what is written with
//! backslashes in `escapes`. Lone surrogates are translated as `source::surrogate` says.

use super::{charmap, escapes, properties};
use crate::object::{Class, Ref, Str, TupleObj, Value, heap};
use crate::source::surrogate::{char_of, code_of, is_surrogate};
use crate::vm::{Raised, Result, Vm};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Codec {
    Utf8,
    Utf8Signed,
    Ascii,
    Latin1,
    /// The number of a table in `charmap`.
    Charmap(usize),
    UnicodeEscape,
    RawUnicodeEscape,
    /// Unit size in bytes, and byte order where the name says it.
    Wide(usize, Option<Endian>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Endian {
    Little,
    Big,
}

impl Codec {
    fn named(name: &str) -> Option<Codec> {
        let parts = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let name = parts.join("-").to_ascii_lowercase();
        Some(match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "cp65001" => Codec::Utf8,
            "utf-8-sig" | "utf8-sig" => Codec::Utf8Signed,
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => Codec::Ascii,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => {
                Codec::Latin1
            }
            "utf-16" | "utf16" | "u16" => Codec::Wide(2, None),
            "utf-16-le" | "utf-16le" | "utf16le" => Codec::Wide(2, Some(Endian::Little)),
            "utf-16-be" | "utf-16be" | "utf16be" => Codec::Wide(2, Some(Endian::Big)),
            "utf-32" | "utf32" | "u32" => Codec::Wide(4, None),
            "utf-32-le" | "utf-32le" => Codec::Wide(4, Some(Endian::Little)),
            "utf-32-be" | "utf-32be" => Codec::Wide(4, Some(Endian::Big)),
            "unicode-escape" | "unicodeescape" => Codec::UnicodeEscape,
            "raw-unicode-escape" | "rawunicodeescape" => Codec::RawUnicodeEscape,
            other => return charmap::find(other).map(Codec::Charmap),
        })
    }

    /// The name that error messages use.
    fn name(self) -> &'static str {
        match self {
            Codec::Utf8 | Codec::Utf8Signed => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Charmap(_) => "charmap",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
            Codec::Wide(2, None) => "utf-16",
            Codec::Wide(2, Some(Endian::Little)) => "utf-16-le",
            Codec::Wide(2, Some(Endian::Big)) => "utf-16-be",
            Codec::Wide(_, None) => "utf-32",
            Codec::Wide(_, Some(Endian::Little)) => "utf-32-le",
            Codec::Wide(_, Some(Endian::Big)) => "utf-32-be",
        }
    }
}

/// What CPython calls the encoding, whatever of its names is given.
pub fn canonical_name(name: &str) -> Option<&'static str> {
    Some(match Codec::named(name)? {
        Codec::Latin1 => "iso8859-1",
        Codec::Utf8Signed => "utf-8-sig",
        Codec::UnicodeEscape => "unicode-escape",
        Codec::RawUnicodeEscape => "raw-unicode-escape",
        Codec::Charmap(number) => charmap::name(number),
        codec => codec.name(),
    })
}

/// Error handlers that the program registered, by name.
#[derive(Default)]
struct Handlers(Vec<(String, Value)>);

/// `codecs.register_error(name, handler)`
pub fn register_handler(vm: &mut Vm, name: String, handler: Value) {
    let handlers = &mut vm.extension::<Handlers>().0;
    handlers.retain(|(known, _)| *known != name);
    handlers.push((name, handler));
}

/// The handler that the program registered under a name.
pub fn registered_handler(vm: &mut Vm, name: &str) -> Option<Value> {
    vm.extension::<Handlers>().0.iter().find(|(known, _)| known == name).map(|(_, handler)| handler.clone())
}

/// Calls a registered handler: what to put in place, and where to go on.
fn ask_handler(
    vm: &mut Vm,
    errors: &str,
    error: Raised,
    length: usize,
    what: &str,
) -> Result<(Value, usize)> {
    let Some(handler) = registered_handler(vm, errors) else { return Err(unknown_handler(vm, errors)) };
    let answer = vm.call(&handler, &[error.into_value()])?;
    let (kinds, parts) = (if what == "encoding" { "str/bytes" } else { "str" }, answer.get::<TupleObj>());
    let parts = parts.map_or(&[][..], TupleObj::items);
    let fits = |value: &Value| {
        value.get::<Str>().is_some() || what == "encoding" && value.kind() == Some(crate::object::Kind::Bytes)
    };
    let [replacement, position] = parts else {
        return Err(vm.type_error(format!("{what} error handler must return ({kinds}, int) tuple")));
    };
    if !fits(replacement) || vm.int_like(position).is_none() {
        return Err(vm.type_error(format!("{what} error handler must return ({kinds}, int) tuple")));
    }
    let given = vm.index_clamped(position)?;
    let position = if given < 0 { given + length as i64 } else { given };
    match usize::try_from(position) {
        Ok(position) if position <= length => Ok((replacement.clone(), position)),
        _ => Err(vm.index_error(format!("position {given} from error handler out of bounds"))),
    }
}

fn codec(vm: &mut Vm, name: &str) -> Result<Codec> {
    match Codec::named(name) {
        Some(codec) => Ok(codec),
        None => {
            let class = vm.exceptions.lookup_error.clone();
            Err(vm.raised(&class, format!("unknown encoding: {name}")))
        }
    }
}

#[cold]
fn unknown_handler(vm: &mut Vm, errors: &str) -> Raised {
    let class = vm.exceptions.lookup_error.clone();
    vm.raised(&class, format!("unknown error handler name '{errors}'"))
}

/// A UnicodeEncodeError or UnicodeDecodeError.
#[cold]
fn unicode_error(
    vm: &mut Vm,
    class: &Ref<Class>,
    encoding: &str,
    object: Value,
    range: (usize, usize),
    reason: &str,
) -> Raised {
    let (encoding, reason) = (vm.str(encoding), vm.str(reason));
    let (start, end) = (Value::index(range.0), Value::index(range.1));
    let args = vec![encoding.clone(), object.clone(), start.clone(), end.clone(), reason.clone()];
    let exc = vm.exception(class, args);
    exc.set_field("encoding", encoding);
    exc.set_field("object", object);
    exc.set_field("start", start);
    exc.set_field("end", end);
    exc.set_field("reason", reason);
    Raised(exc)
}

// ---- encoding

/// The bytes of a string.
pub fn encode(vm: &mut Vm, string: &Value, encoding: &str, errors: &str) -> Result<Vec<u8>> {
    let codec = codec(vm, encoding)?;
    let text = string.get::<Str>().map_or("", Str::as_str);
    heap::spend_items(text.len());
    let mut out = Vec::with_capacity(text.len());
    match codec {
        Codec::UnicodeEscape => return Ok(escapes::encode(text, false)),
        Codec::RawUnicodeEscape => return Ok(escapes::encode(text, true)),
        Codec::Utf8Signed => out.extend_from_slice(b"\xef\xbb\xbf"),
        Codec::Wide(size, None) => put_unit(&mut out, 0xFEFF, size, Endian::Little),
        _ => {}
    }
    if codec == Codec::Utf8 && !text.chars().any(is_surrogate)
        || text.is_ascii() && !matches!(codec, Codec::Wide(..))
    {
        out.extend_from_slice(text.as_bytes());
        return Ok(out);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        if put(&mut out, codec, chars[at]) {
            at += 1;
            continue;
        }
        // One-byte encodings and UTF-8 report a whole run, the others a character.
        let start = at;
        let most = if matches!(codec, Codec::Wide(..)) { start + 1 } else { chars.len() };
        while at < most && !put(&mut Vec::new(), codec, chars[at]) {
            at += 1;
        }
        at = refused(vm, &mut out, codec, string, &chars, (start, at), errors)?;
    }
    Ok(out)
}

/// Appends a character; false when the encoding has no place for it.
fn put(out: &mut Vec<u8>, codec: Codec, c: char) -> bool {
    let code = code_of(c);
    match codec {
        Codec::Ascii if code < 0x80 => out.push(code as u8),
        Codec::Latin1 if code < 0x100 => out.push(code as u8),
        Codec::Charmap(number) => match charmap::encoded(number, c) {
            Some(byte) => out.push(byte),
            None => return false,
        },
        Codec::Ascii | Codec::Latin1 | Codec::UnicodeEscape | Codec::RawUnicodeEscape => return false,
        _ if is_surrogate(c) => return false,
        Codec::Utf8 | Codec::Utf8Signed => {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Codec::Wide(2, endian) => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                put_unit(out, u32::from(*unit), 2, endian.unwrap_or(Endian::Little));
            }
        }
        Codec::Wide(size, endian) => put_unit(out, code, size, endian.unwrap_or(Endian::Little)),
    }
    true
}

fn put_unit(out: &mut Vec<u8>, unit: u32, size: usize, endian: Endian) {
    let bytes = unit.to_le_bytes();
    match endian {
        Endian::Little => out.extend_from_slice(&bytes[..size]),
        Endian::Big => out.extend(bytes[..size].iter().rev()),
    }
}

/// What the error handler does with characters that cannot be encoded; the result is where encoding
/// goes on.
fn refused(
    vm: &mut Vm,
    out: &mut Vec<u8>,
    codec: Codec,
    string: &Value,
    chars: &[char],
    range: (usize, usize),
    errors: &str,
) -> Result<usize> {
    let run = &chars[range.0..range.1];
    let reason = match codec {
        Codec::Ascii => "ordinal not in range(128)",
        Codec::Latin1 => "ordinal not in range(256)",
        Codec::Charmap(_) => "character maps to <undefined>",
        _ => "surrogates not allowed",
    };
    let strict = |vm: &mut Vm| {
        let class = vm.exceptions.unicode_encode_error.clone();
        unicode_error(vm, &class, codec.name(), string.clone(), range, reason)
    };
    let mut replacement = String::new();
    match errors {
        "strict" => return Err(strict(vm)),
        "ignore" => {}
        "replace" => replacement.extend(run.iter().map(|_| '?')),
        "backslashreplace" => run.iter().for_each(|&c| properties::escape(&mut replacement, code_of(c))),
        "xmlcharrefreplace" => {
            run.iter().for_each(|&c| replacement.push_str(&format!("&#{};", code_of(c))));
        }
        "namereplace" => run.iter().for_each(|&c| match unicode_names2::name(c) {
            Some(name) if !is_surrogate(c) => replacement.push_str(&format!("\\N{{{name}}}")),
            _ => properties::escape(&mut replacement, code_of(c)),
        }),
        // A byte is no unit of a wide encoding.
        "surrogateescape" if matches!(codec, Codec::Wide(..)) => return Err(strict(vm)),
        "surrogateescape" => {
            for &c in run {
                match code_of(c) {
                    code @ 0xDC80..=0xDCFF => out.push((code - 0xDC00) as u8),
                    _ => return Err(strict(vm)),
                }
            }
        }
        "surrogatepass" => {
            for &c in run {
                match (codec, code_of(c)) {
                    (Codec::Utf8 | Codec::Utf8Signed, code @ 0xD800..=0xDFFF) => out.extend_from_slice(&[
                        0xE0 | (code >> 12) as u8,
                        0x80 | (code >> 6 & 0x3F) as u8,
                        0x80 | (code & 0x3F) as u8,
                    ]),
                    (Codec::Wide(size, endian), code) => {
                        put_unit(out, code, size, endian.unwrap_or(Endian::Little));
                    }
                    _ => return Err(strict(vm)),
                }
            }
        }
        _ => {
            let error = strict(vm);
            let (given, position) = ask_handler(vm, errors, error, chars.len(), "encoding")?;
            match given.get::<Str>() {
                Some(text) if text.as_str().chars().all(|c| put(&mut Vec::new(), codec, c)) => {
                    replacement.push_str(text.as_str());
                    for letter in replacement.chars() {
                        let _ = put(out, codec, letter);
                    }
                }
                Some(_) => return Err(strict(vm)),
                None => out.extend_from_slice(&crate::types::bytes::buffer(&given).unwrap_or_default()),
            }
            return Ok(position);
        }
    }
    replacement.chars().for_each(|c| {
        put(out, codec, c);
    });
    Ok(range.1)
}

// ---- decoding

/// The text that bytes stand for.
pub fn decode(vm: &mut Vm, data: &[u8], encoding: &str, errors: &str) -> Result<String> {
    let codec = codec(vm, encoding)?;
    heap::spend_items(data.len());
    match codec {
        Codec::Utf8 => decode_utf8(vm, data, errors),
        Codec::Utf8Signed => decode_utf8(vm, data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data), errors),
        Codec::Latin1 => Ok(data.iter().map(|&b| b as char).collect()),
        Codec::Ascii => {
            let mut out = String::with_capacity(data.len());
            let mut at = 0;
            while at < data.len() {
                if data[at] < 0x80 {
                    out.push(data[at] as char);
                    at += 1;
                } else {
                    let reason = "ordinal not in range(128)";
                    at = malformed(vm, &mut out, codec, data, (at, at + 1), reason, errors)?;
                }
            }
            Ok(out)
        }
        Codec::Charmap(number) => {
            let mut out = String::with_capacity(data.len());
            let mut at = 0;
            while at < data.len() {
                match charmap::decoded(number, data[at]) {
                    Some(c) => {
                        out.push(c);
                        at += 1;
                    }
                    None => {
                        let reason = "character maps to <undefined>";
                        at = malformed(vm, &mut out, codec, data, (at, at + 1), reason, errors)?;
                    }
                }
            }
            Ok(out)
        }
        Codec::UnicodeEscape => escapes::decode(vm, data, &mut |vm, out, range, reason| {
            malformed(vm, out, codec, data, range, reason, errors)
        }),
        Codec::RawUnicodeEscape => escapes::decode_raw(vm, data, &mut |vm, out, range, reason| {
            malformed(vm, out, codec, data, range, reason, errors)
        }),
        Codec::Wide(size, endian) => decode_wide(vm, size, endian, data, errors),
    }
}

fn decode_utf8(vm: &mut Vm, data: &[u8], errors: &str) -> Result<String> {
    let mut out = String::new();
    let mut at = 0;
    loop {
        let error = match std::str::from_utf8(&data[at..]) {
            Ok(rest) => {
                out.push_str(rest);
                return Ok(out);
            }
            Err(error) => error,
        };
        let start = at + error.valid_up_to();
        out.push_str(std::str::from_utf8(&data[at..start]).unwrap_or(""));
        if errors == "surrogatepass"
            && let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] = data[start..]
        {
            let code = 0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
            out.extend(char_of(code));
            at = start + 3;
            continue;
        }
        let (end, reason) = match error.error_len() {
            None => (data.len(), "unexpected end of data"),
            Some(_) if matches!(data[start], 0x80..=0xC1 | 0xF5..=0xFF) => (start + 1, "invalid start byte"),
            Some(length) => (start + length, "invalid continuation byte"),
        };
        at = malformed(vm, &mut out, Codec::Utf8, data, (start, end), reason, errors)?;
    }
}

fn decode_wide(
    vm: &mut Vm,
    size: usize,
    endian: Option<Endian>,
    data: &[u8],
    errors: &str,
) -> Result<String> {
    let unit = |at: usize, endian: Endian| -> Option<u32> {
        let bytes = data.get(at..at + size)?;
        let fold = |n: u32, b: &u8| n << 8 | u32::from(*b);
        Some(match endian {
            Endian::Little => bytes.iter().rev().fold(0, fold),
            Endian::Big => bytes.iter().fold(0, fold),
        })
    };
    let mut at = 0;
    let endian = match endian {
        Some(endian) => endian,
        None => {
            // A byte order mark decides, and is not part of the text.
            let marked = [Endian::Little, Endian::Big].into_iter().find(|&e| unit(0, e) == Some(0xFEFF));
            at = if marked.is_some() { size } else { 0 };
            marked.unwrap_or(Endian::Little)
        }
    };
    // Messages name the byte order, found or assumed.
    let codec = Codec::Wide(size, Some(endian));
    let mut out = String::new();
    while at < data.len() {
        let Some(first) = unit(at, endian) else {
            at = malformed(vm, &mut out, codec, data, (at, data.len()), "truncated data", errors)?;
            continue;
        };
        if size == 4 {
            match char::from_u32(first) {
                Some(c) => {
                    out.push(c);
                    at += 4;
                }
                None => {
                    let reason = if first > 0x10FFFF {
                        "code point not in range(0x110000)"
                    } else {
                        "code point in surrogate code point range(0xd800, 0xe000)"
                    };
                    at = malformed(vm, &mut out, codec, data, (at, at + 4), reason, errors)?;
                }
            }
            continue;
        }
        match first {
            0xD800..=0xDBFF => match unit(at + 2, endian) {
                Some(second @ 0xDC00..=0xDFFF) => {
                    let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                    out.extend(char::from_u32(code));
                    at += 4;
                }
                Some(_) => {
                    let reason = "illegal UTF-16 surrogate";
                    at = malformed(vm, &mut out, codec, data, (at, at + 2), reason, errors)?;
                }
                None => {
                    let reason = "unexpected end of data";
                    at = malformed(vm, &mut out, codec, data, (at, data.len()), reason, errors)?;
                }
            },
            0xDC00..=0xDFFF => {
                at = malformed(vm, &mut out, codec, data, (at, at + 2), "illegal encoding", errors)?;
            }
            _ => {
                out.extend(char::from_u32(first));
                at += 2;
            }
        }
    }
    Ok(out)
}

/// What the error handler does with bytes that cannot be decoded; the result is where decoding
/// goes on.
fn malformed(
    vm: &mut Vm,
    out: &mut String,
    codec: Codec,
    data: &[u8],
    range: (usize, usize),
    reason: &str,
    errors: &str,
) -> Result<usize> {
    let run = &data[range.0..range.1];
    let strict = |vm: &mut Vm| {
        let class = vm.exceptions.unicode_decode_error.clone();
        let object = vm.bytes(data);
        unicode_error(vm, &class, codec.name(), object, range, reason)
    };
    match errors {
        "strict" | "surrogatepass" => return Err(strict(vm)),
        "ignore" => {}
        "replace" => out.push('\u{FFFD}'),
        "backslashreplace" => run.iter().for_each(|&b| properties::escape(out, u32::from(b))),
        "surrogateescape" => {
            let high = run.iter().take_while(|&&b| b >= 0x80).count();
            if high == 0 {
                return Err(strict(vm));
            }
            out.extend(run[..high].iter().filter_map(|&b| char_of(0xDC00 + u32::from(b))));
            return Ok(range.0 + high);
        }
        "xmlcharrefreplace" | "namereplace" => {
            return Err(vm.type_error("don't know how to handle UnicodeDecodeError in error callback"));
        }
        _ => {
            let error = strict(vm);
            let (text, position) = ask_handler(vm, errors, error, data.len(), "decoding")?;
            out.push_str(text.get::<Str>().map_or("", Str::as_str));
            return Ok(position);
        }
    }
    Ok(range.1)
}
