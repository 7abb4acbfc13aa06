//! `int`: text form, construction, arithmetic of any size, bytes.
//!
//! Integers that fit are held inline; larger ones, and every instance of a subclass, are an
//! `IntObj`. `Vm::int_like` reads them all.

use super::format;
use super::operators::{comparisons, operators};
use super::str::properties;
use super::{bytes, float};
use crate::object::{BytesObj, IntObj, Ref, Special, Str, Value, heap};
use crate::vm::native::{Row, class_method, getter, method, static_raw};
use crate::vm::number::{converting, dividing, hash_big, multiplying};
use crate::vm::{BinaryOp, CompareOp, Result, Vm};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cell::Cell;

/// The most digits that text conversions take (`sys.set_int_max_str_digits`); 0: no limit.
pub struct DigitLimit(pub Cell<usize>);

impl Default for DigitLimit {
    fn default() -> DigitLimit {
        DigitLimit(Cell::new(4300))
    }
}

const LIMIT_HINT: &str = "use sys.set_int_max_str_digits() to increase the limit";

/// The integer in decimal.
pub fn decimal_text(vm: &mut Vm, n: &BigInt) -> Result<String> {
    let limit = vm.extension::<DigitLimit>().0.get();
    // A number of d digits has more than 3.32 * (d - 1) bits.
    let long = |digits: usize| n.bits() as f64 > 3.3219 * digits as f64;
    let refusal = |limit: usize| {
        format!("Exceeds the limit ({limit} digits) for integer string conversion; {LIMIT_HINT}")
    };
    if limit > 0 && long(limit + 2) {
        return Err(vm.value_error(refusal(limit)));
    }
    vm.afford(converting(n.bits()))?;
    let text = n.to_string();
    if limit > 0 && text.trim_start_matches('-').len() > limit {
        return Err(vm.value_error(refusal(limit)));
    }
    Ok(text)
}

/// Why a text is not an integer.
enum BadText {
    Invalid,
    TooLong(usize),
}

/// Reads an integer in a base (0: as a literal says).
fn parse(text: &str, base: u32, limit: usize) -> std::result::Result<BigInt, BadText> {
    let text = if text.is_ascii() { text.to_owned() } else { properties::to_ascii_digits(text) };
    let text = text.trim_matches(properties::is_space);
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = text.get(..2).map(str::to_ascii_lowercase);
    let marked = match lower.as_deref() {
        Some("0b") => 2,
        Some("0o") => 8,
        Some("0x") => 16,
        _ => 0,
    };
    let (base, digits) = match (base, marked) {
        (0, 0) => (10, text),
        (0, _) => (marked, strip_mark(text)),
        (_, _) if base == marked => (base, strip_mark(text)),
        _ => (base, text),
    };
    let bytes = digits.as_bytes();
    let fine = !bytes.is_empty()
        && bytes[0] != b'_'
        && bytes[bytes.len() - 1] != b'_'
        && !digits.contains("__")
        && bytes.iter().all(|&b| b == b'_' || (b as char).is_digit(base));
    // In a literal, a number other than zero does not begin with a zero.
    if !fine {
        return Err(BadText::Invalid);
    }
    let plain = digits.replace('_', "");
    if limit > 0 && plain.len() > limit && !base.is_power_of_two() {
        return Err(BadText::TooLong(plain.len()));
    }
    let n = BigInt::parse_bytes(plain.as_bytes(), base).ok_or(BadText::Invalid)?;
    Ok(if negative { -n } else { n })
}

/// Drops `0x`; one underscore may follow it.
fn strip_mark(text: &str) -> &str {
    let rest = text.get(2..).unwrap_or("");
    rest.strip_prefix('_').unwrap_or(rest)
}

/// `int(text, base)`; `value` is shown in the error.
pub fn from_text(vm: &mut Vm, text: &str, base: u32, value: &Value) -> Result<BigInt> {
    let limit = vm.extension::<DigitLimit>().0.get();
    let trimmed = text.trim_matches(properties::is_space);
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let octal_like = base == 0
        && unsigned.len() > 1
        && unsigned.starts_with('0')
        && unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && unsigned.bytes().any(|b| (b'1'..=b'9').contains(&b));
    // Digits of a base that is a power of two fall into place; others are multiplied.
    if limit == 0 || text.len() <= limit {
        heap::spend_bytes(text.len());
        if !base.is_power_of_two() {
            vm.afford(converting(text.len() as u64 * 4))?;
        }
    }
    let parsed = if octal_like { Err(BadText::Invalid) } else { parse(text, base, limit) };
    match parsed {
        Ok(n) => Ok(n),
        Err(BadText::Invalid) => {
            let shown = match bytes::buffer(value) {
                Some(data) => bytes::literal(&data, false),
                None => vm.repr_text(value)?,
            };
            Err(vm.value_error(format!("invalid literal for int() with base {base}: {shown}")))
        }
        Err(BadText::TooLong(digits)) => Err(vm.value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; {LIMIT_HINT}"
        ))),
    }
}

fn text_of(value: &Value) -> Option<String> {
    if let Some(text) = value.get::<Str>() {
        return Some(text.as_str().to_owned());
    }
    // Letters that are digits or spaces elsewhere are none in bytes.
    let plain = |&byte: &u8| if byte.is_ascii() { byte as char } else { '?' };
    bytes::buffer(value).map(|data| data.iter().map(plain).collect())
}

/// `int(value)` with a single argument.
pub fn from_value(vm: &mut Vm, value: &Value) -> Result<BigInt> {
    if let Some(n) = value.as_int() {
        return Ok(BigInt::from(n));
    }
    if let Some(x) = value.as_float() {
        let n = float::to_integer(vm, x.trunc())?;
        return vm.index(&n);
    }
    if let Some(method) = vm.special(value, Special::Int) {
        let result = vm.call(&method, &[value.clone()])?;
        return match vm.int_like(&result) {
            Some(n) => {
                vm.warn_of_subclass(&result, &vm.types.int.clone(), "__int__")?;
                Ok(n)
            }
            None => {
                let got = vm.type_name(&result);
                Err(vm.type_error(format!("__int__ returned non-int (type {got})")))
            }
        };
    }
    if vm.special(value, Special::Index).is_some() {
        return vm.index(value);
    }
    if let Some(method) = vm.special(value, Special::Trunc) {
        let category = vm.exceptions.deprecation_warning.clone();
        vm.warn(&category, "The delegation of int() to __trunc__ is deprecated.")?;
        let result = vm.call(&method, &[value.clone()])?;
        if vm.int_like(&result).is_some() || vm.special(&result, Special::Index).is_some() {
            return vm.index(&result);
        }
        let got = vm.type_name(&result);
        return Err(vm.type_error(format!("__trunc__ returned non-Integral (type {got})")));
    }
    // Of what has a buffer, the error shows the bytes.
    let (text, shown) = match (text_of(value), bytes::buffer(value)) {
        (Some(text), None) => (Some(text), value.clone()),
        (Some(text), Some(_)) if value.is::<BytesObj>() => (Some(text), value.clone()),
        (_, Some(data)) => (Some(data.iter().map(|&b| b as char).collect()), vm.bytes(data.into_owned())),
        (None, None) => (None, Value::NONE),
    };
    match text {
        Some(text) => from_text(vm, &text, 10, &shown),
        None => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
            )))
        }
    }
}

/// A short run of ASCII digits with at most a sign before it: the usual text of a number.
fn short_decimal(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    if digits.is_empty() || digits.len() > 14 {
        return None;
    }
    let mut n: i64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        n = n * 10 + i64::from(byte - b'0');
    }
    Some(if text.starts_with('-') { -n } else { n })
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    if let ([class, value], []) = (values, names)
        && class.is_same(vm.types.int.as_value())
    {
        if value.is_int() {
            return Ok(value.clone());
        }
        if heap::is_exact_str(value)
            && let Some(n) = value.get::<Str>().and_then(|text| short_decimal(text.as_str()))
        {
            return Ok(vm.int(n));
        }
        if let Some(x) = value.as_float().filter(|x| x.abs() < 1e14) {
            return Ok(vm.int(x as i64));
        }
    }
    let class = super::class_argument(vm, values, &vm.types.int.clone())?;
    let given = values.len() - names.len();
    let args = &values[1..given];
    let mut base = args.get(1).cloned();
    for (name, value) in names.iter().zip(&values[given..]) {
        if name.as_str() != "base" {
            return Err(vm.unexpected_keyword("int", name.as_str(), &["base"]));
        }
        base = Some(value.clone());
    }
    if args.len() > 2 {
        return Err(vm.type_error(format!("int expected at most 2 arguments, got {}", args.len())));
    }
    let n = match (args.first(), base) {
        (None, None) => BigInt::zero(),
        (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
        (Some(value), None) => from_value(vm, value)?,
        (Some(value), Some(base)) => {
            let base = vm.index_clamped(&base)?;
            if base != 0 && !(2..=36).contains(&base) {
                return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            match text_of(value).filter(|_| super::memoryview::content(value).is_none()) {
                Some(text) => from_text(vm, &text, base as u32, value)?,
                None => return Err(vm.type_error("int() can't convert non-string with explicit base")),
            }
        }
    };
    if class.is_same(&vm.types.int) {
        return Ok(vm.bigint(n));
    }
    Ok(heap::alloc(&class, IntObj { value: n }).into_value())
}

/// The receiver, which the caller of the method has checked to be an `int`.
fn receiver(vm: &Vm, values: &[Value]) -> BigInt {
    values.first().and_then(|v| vm.int_like(v)).unwrap_or_default()
}

fn operation(vm: &mut Vm, op: BinaryOp, values: &[Value], reflected: bool) -> Result {
    let Some(other) = vm.int_like(&values[1]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let own = receiver(vm, values);
    if reflected { vm.big_binary(op, &other, &own) } else { vm.big_binary(op, &own, &other) }
}

operators! { operation:
    add radd BinaryOp::Add;
    sub rsub BinaryOp::Sub;
    mul rmul BinaryOp::Mul;
    true_divide rtrue_divide BinaryOp::Div;
    floor_divide rfloor_divide BinaryOp::FloorDiv;
    modulo rmodulo BinaryOp::Mod;
    shift_left rshift_left BinaryOp::LShift;
    shift_right rshift_right BinaryOp::RShift;
    and rand BinaryOp::And;
    or ror BinaryOp::Or;
    xor rxor BinaryOp::Xor;
}

fn divide_with_rest(vm: &mut Vm, x: &BigInt, y: &BigInt) -> Result {
    if y.is_zero() {
        return Err(vm.zero_division_error("integer division or modulo by zero"));
    }
    vm.afford(dividing(x.bits(), y.bits()))?;
    let (quotient, rest) = x.div_mod_floor(y);
    let pair = [vm.bigint(quotient), vm.bigint(rest)];
    Ok(vm.tuple(pair))
}

fn divmod(vm: &mut Vm, values: &[Value]) -> Result {
    match vm.int_like(&values[1]) {
        Some(other) => {
            let own = receiver(vm, values);
            divide_with_rest(vm, &own, &other)
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn rdivmod(vm: &mut Vm, values: &[Value]) -> Result {
    match vm.int_like(&values[1]) {
        Some(other) => {
            let own = receiver(vm, values);
            divide_with_rest(vm, &other, &own)
        }
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `pow(base, exponent, modulus)`
fn power_modulo(vm: &mut Vm, base: &BigInt, exponent: &BigInt, modulus: &BigInt) -> Result {
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let magnitude = modulus.abs();
    if magnitude.is_one() {
        return Ok(vm.int(0));
    }
    // The inverse is found by divisions; a power takes a product and a division for each bit.
    let bits = magnitude.bits();
    let each = multiplying(bits, bits).saturating_add(dividing(bits.saturating_mul(2), bits));
    vm.afford(dividing(base.bits(), bits))?;
    vm.afford(each.saturating_mul(exponent.bits().saturating_mul(3) / 2))?;
    if exponent.is_negative() {
        vm.afford(dividing(bits.saturating_mul(2), bits))?;
    }
    let (mut base, mut exponent) = (base.mod_floor(&magnitude), exponent.clone());
    if exponent.is_negative() {
        let gcd = base.extended_gcd(&magnitude);
        if !gcd.gcd.is_one() {
            return Err(vm.value_error("base is not invertible for the given modulus"));
        }
        base = gcd.x.mod_floor(&magnitude);
        exponent = -exponent;
    }
    let mut result = base.modpow(&exponent, &magnitude);
    // The result has the sign of the modulus.
    if modulus.is_negative() && !result.is_zero() {
        result -= magnitude;
    }
    Ok(vm.bigint(result))
}

fn pow(vm: &mut Vm, values: &[Value]) -> Result {
    let Some(exponent) = vm.int_like(&values[1]) else { return Ok(Value::NOT_IMPLEMENTED) };
    let own = receiver(vm, values);
    if values[2].is_none() {
        return vm.big_binary(BinaryOp::Pow, &own, &exponent);
    }
    match vm.int_like(&values[2]) {
        Some(modulus) => power_modulo(vm, &own, &exponent, &modulus),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn rpow(vm: &mut Vm, values: &[Value]) -> Result {
    let swapped = [values[1].clone(), values[0].clone(), values[2].clone()];
    if vm.int_like(&swapped[0]).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    pow(vm, &swapped)
}

fn neg(vm: &mut Vm, values: &[Value]) -> Result {
    let n = -receiver(vm, values);
    Ok(vm.bigint(n))
}

/// The plain `int` of this value: what `+`, `int()`, `real` and their kin give.
fn plain(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    Ok(vm.bigint(n))
}

fn abs(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values).abs();
    Ok(vm.bigint(n))
}

fn truth(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(!receiver(vm, values).is_zero()))
}

fn invert(vm: &mut Vm, values: &[Value]) -> Result {
    let n = -receiver(vm, values) - 1;
    Ok(vm.bigint(n))
}

fn to_float(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    vm.big_to_float(&n).map(Value::float)
}

fn comparison(vm: &mut Vm, op: CompareOp, values: &[Value]) -> Result {
    match vm.int_like(&values[1]) {
        Some(other) => Ok(Value::bool(op.holds(receiver(vm, values).cmp(&other)))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

comparisons! { comparison }

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let hash = hash_big(&receiver(vm, values));
    Ok(vm.int(hash))
}

fn repr(vm: &mut Vm, values: &[Value]) -> Result {
    if let Some(n) = values[0].as_int() {
        return Ok(vm.str(itoa::Buffer::new().format(n)));
    }
    let n = receiver(vm, values);
    let text = decimal_text(vm, &n)?;
    Ok(vm.str(text))
}

fn format_method(vm: &mut Vm, values: &[Value]) -> Result {
    let spec = format::spec_argument(vm, &values[1])?;
    if spec.is_empty() {
        return Ok(vm.str_of(&values[0])?.into_value());
    }
    if let Some(n) = values[0].as_int()
        && let Some(text) = format::quick_int(n, spec.as_str())
    {
        return Ok(vm.str(text));
    }
    let n = receiver(vm, values);
    let class = vm.type_name(&values[0]);
    let text = format::format_int(vm, &n, spec.as_str(), &class)?;
    Ok(vm.str(text))
}

fn round(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    let Some(digits) = values[1].bound() else { return Ok(vm.bigint(n)) };
    let digits = vm.index(digits)?;
    if !digits.is_negative() {
        return Ok(vm.bigint(n));
    }
    // A unit beyond twice the number leaves nothing.
    let places = match (-digits).to_u32() {
        Some(places) if u64::from(places) <= n.bits() / 3 + 2 => places,
        _ => return Ok(vm.int(0)),
    };
    vm.afford(converting(n.bits()))?;
    let unit = BigInt::from(10).pow(places);
    let (quotient, rest) = n.div_mod_floor(&unit);
    let twice: BigInt = rest * 2;
    let up = twice > unit || (twice == unit && quotient.is_odd());
    Ok(vm.bigint((quotient + u8::from(up)) * unit))
}

fn bit_length(vm: &mut Vm, values: &[Value]) -> Result {
    let bits = receiver(vm, values).bits();
    Ok(vm.int(bits as i64))
}

fn bit_count(vm: &mut Vm, values: &[Value]) -> Result {
    let ones: u32 = receiver(vm, values).magnitude().iter_u64_digits().map(u64::count_ones).sum();
    Ok(vm.int(i64::from(ones)))
}

/// Whether `byteorder` says little-endian.
fn little_endian(vm: &mut Vm, function: &str, value: &Value) -> Result<bool> {
    match vm.expect_text(value, &format!("{function}() argument 'byteorder'"))? {
        "little" => Ok(true),
        "big" => Ok(false),
        _ => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn to_bytes(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    let length = vm.index_i64(&values[1])?;
    let little = little_endian(vm, "to_bytes", &values[2])?;
    let signed = vm.truth(&values[3])?;
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.value_error("length argument must be non-negative"));
    };
    if n.is_negative() && !signed {
        return Err(vm.overflow_error("can't convert negative int to unsigned"));
    }
    format::check_length(vm, length)?;
    let room = length as u64 * 8;
    let needed = if signed {
        let bits = if n.is_negative() { (-&n - 1i32).bits() } else { n.bits() };
        if n.is_zero() { 0 } else { bits + 1 }
    } else {
        n.bits()
    };
    if needed > room {
        return Err(vm.overflow_error("int too big to convert"));
    }
    let mut data = if signed { n.to_signed_bytes_le() } else { n.magnitude().to_bytes_le() };
    data.resize(length, if n.is_negative() { 0xFF } else { 0 });
    if !little {
        data.reverse();
    }
    Ok(vm.bytes(data))
}

fn from_bytes(vm: &mut Vm, values: &[Value]) -> Result {
    let little = little_endian(vm, "from_bytes", &values[2])?;
    let signed = vm.truth(&values[3])?;
    let data = super::bytes::to_byte_vector(vm, &values[1])?;
    heap::spend_items(data.len());
    let n = match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(&data),
        (false, true) => BigInt::from_signed_bytes_be(&data),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, &data),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, &data),
    };
    let n = vm.bigint(n);
    if values[0].is_same(vm.types.int.as_value()) { Ok(n) } else { vm.call(&values[0], &[n]) }
}

fn as_integer_ratio(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    let pair = [vm.bigint(n), Value::index(1)];
    Ok(vm.tuple(pair))
}

fn is_integer(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::TRUE)
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let n = receiver(vm, values);
    let n = vm.bigint(n);
    Ok(vm.tuple([n]))
}

fn sizeof(vm: &mut Vm, values: &[Value]) -> Result {
    // CPython keeps 30 bits in each digit of four bytes.
    let digits = receiver(vm, values).bits().div_ceil(30).max(1);
    Ok(vm.int(24 + 4 * digits as i64))
}

fn real(vm: &mut Vm, value: &Value) -> Result {
    plain(vm, std::slice::from_ref(value))
}

fn imag(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::index(0))
}

fn denominator(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::index(1))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", repr),
    method("__hash__(self, /)", hash),
    method("__lt__(self, value, /)", lt),
    method("__le__(self, value, /)", le),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", gt),
    method("__ge__(self, value, /)", ge),
    method("__add__(self, value, /)", add),
    method("__radd__(self, value, /)", radd),
    method("__sub__(self, value, /)", sub),
    method("__rsub__(self, value, /)", rsub),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", rmul),
    method("__mod__(self, value, /)", modulo),
    method("__rmod__(self, value, /)", rmodulo),
    method("__divmod__(self, value, /)", divmod),
    method("__rdivmod__(self, value, /)", rdivmod),
    method("__pow__(self, value, mod=None, /)", pow),
    method("__rpow__(self, value, mod=None, /)", rpow),
    method("__neg__(self, /)", neg),
    method("__pos__(self, /)", plain),
    method("__abs__(self, /)", abs),
    method("__bool__(self, /)", truth),
    method("__invert__(self, /)", invert),
    method("__lshift__(self, value, /)", shift_left),
    method("__rlshift__(self, value, /)", rshift_left),
    method("__rshift__(self, value, /)", shift_right),
    method("__rrshift__(self, value, /)", rshift_right),
    method("__and__(self, value, /)", and),
    method("__rand__(self, value, /)", rand),
    method("__xor__(self, value, /)", xor),
    method("__rxor__(self, value, /)", rxor),
    method("__or__(self, value, /)", or),
    method("__ror__(self, value, /)", ror),
    method("__int__(self, /)", plain),
    method("__float__(self, /)", to_float),
    method("__floordiv__(self, value, /)", floor_divide),
    method("__rfloordiv__(self, value, /)", rfloor_divide),
    method("__truediv__(self, value, /)", true_divide),
    method("__rtruediv__(self, value, /)", rtrue_divide),
    method("__index__(self, /)", plain),
    method("conjugate(self, /)", plain),
    method("bit_length(self, /)", bit_length),
    method("bit_count(self, /)", bit_count),
    method("to_bytes(self, /, length=1, byteorder='big', *, signed=False)", to_bytes),
    class_method("from_bytes(type, /, bytes, byteorder='big', *, signed=False)", from_bytes),
    method("as_integer_ratio(self, /)", as_integer_ratio),
    method("__trunc__(self, /)", plain),
    method("__floor__(self, /)", plain),
    method("__ceil__(self, /)", plain),
    method("__round__(self, ndigits=<unrepresentable>, /)", round),
    method("__getnewargs__(self, /)", getnewargs),
    method("__format__(self, format_spec, /)", format_method),
    method("__sizeof__(self, /)", sizeof),
    method("is_integer(self, /)", is_integer),
    getter("real", real),
    getter("imag", imag),
    getter("numerator", real),
    getter("denominator", denominator),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.int.clone();
    vm.add_rows(&class, METHODS);
}
