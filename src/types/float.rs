//! `float`: construction, arithmetic, rounding; its texts are in `text` and `hex`.
//!
//! Floats are held inline; an instance of a subclass carries a [`FloatInstance`], and
//! [`float_value`] reads both.

mod hex;
mod text;

use super::operators::{comparisons, operators};
use super::{bytes, format};
use crate::object::{Opaque, Ref, Special, Str, Tracer, Value, heap};
use crate::vm::native::{Row, class_method, getter, method, static_raw};
use crate::vm::number::{compare, float_divmod, frexp, hash_f64};
use crate::vm::{BinaryOp, CompareOp, Result, Vm};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

pub(crate) use text::quiet;
pub(super) use text::without_underscores;
pub use text::{exponential, fixed, general, parse, repr, shortest};

/// The payload of an instance of a subclass of `float`.
pub struct FloatInstance(pub f64);

impl Opaque for FloatInstance {
    fn trace(&self, _: &mut Tracer<'_>) {}
    fn clear(&self) {}
}

/// The number in a `float` or an instance of a subclass of it.
#[inline]
pub fn float_value(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.opaque::<FloatInstance>().map(|f| f.0))
}

// ---- construction

/// `float(value)` for a value that is not a string.
pub fn to_float(vm: &mut Vm, value: &Value) -> Result<Option<f64>> {
    if let Some(x) = value.as_float() {
        return Ok(Some(x));
    }
    let exact_int = vm.class_of(value).is_same(&vm.types.int) || value.is_bool();
    if exact_int && let Some(n) = vm.int_like(value) {
        return vm.big_to_float(&n).map(Some);
    }
    if let Some(method) = vm.special(value, Special::Float) {
        let result = vm.call(&method, &[value.clone()])?;
        return match float_value(&result) {
            Some(x) if result.as_float().is_some() => Ok(Some(x)),
            Some(x) => {
                let method = format!("{}.__float__", vm.type_name(value));
                vm.warn_of_subclass(&result, &vm.types.float.clone(), &method)?;
                Ok(Some(x))
            }
            None => {
                let (class, got) = (vm.type_name(value), vm.type_name(&result));
                Err(vm.type_error(format!("{class}.__float__ returned non-float (type {got})")))
            }
        };
    }
    if vm.special(value, Special::Index).is_some() {
        let n = vm.index(value)?;
        return vm.big_to_float(&n).map(Some);
    }
    Ok(None)
}

/// The number in a float, whatever its class makes of `__float__`; else what `__float__` says.
pub fn as_double(vm: &mut Vm, value: &Value) -> Result<Option<f64>> {
    match float_value(value) {
        Some(x) => Ok(Some(x)),
        None => to_float(vm, value),
    }
}

/// A real number argument: `float(value)` without strings.
pub fn real_argument(vm: &mut Vm, value: &Value) -> Result<f64> {
    match as_double(vm, value)? {
        // The negative NaN of a `Value` is a signalling one, which some functions give back.
        Some(x) if x.is_nan() => Ok(f64::NAN.copysign(x)),
        Some(x) => Ok(x),
        None => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("must be real number, not {name}")))
        }
    }
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.float.clone())?;
    let exact = class.is_same(&vm.types.float);
    let args = super::positional(vm, "float", values, names)?;
    if args.len() > 1 {
        return Err(vm.type_error(format!("float expected at most 1 argument, got {}", args.len())));
    }
    let x = match args.first() {
        None => 0.0,
        Some(value) => from_value(vm, value)?,
    };
    Ok(if exact { Value::float(x) } else { heap::new_opaque(&class, FloatInstance(x)) })
}

fn from_value(vm: &mut Vm, value: &Value) -> Result<f64> {
    let special = || vm.special(value, Special::Float).is_some();
    let text = if let Some(text) = value.get::<Str>()
        && (heap::is_exact_str(value) || !special())
    {
        text.as_str().to_owned()
    } else if let Some(data) = bytes::buffer(value) {
        // Letters that are digits elsewhere are none in bytes.
        data.iter().map(|&byte| if byte.is_ascii() { byte as char } else { '?' }).collect()
    } else {
        return match to_float(vm, value)? {
            Some(x) => Ok(x),
            None => {
                let name = vm.type_name(value);
                Err(vm
                    .type_error(format!("float() argument must be a string or a real number, not '{name}'")))
            }
        };
    };
    match parse(&text) {
        Some(x) => Ok(x),
        None => {
            let shown = vm.repr_text(value)?;
            Err(vm.value_error(format!("could not convert string to float: {shown}")))
        }
    }
}

fn receiver(values: &[Value]) -> f64 {
    values.first().and_then(float_value).unwrap_or(0.0)
}

/// A number that float arithmetic takes: float or int.
fn operand(vm: &mut Vm, value: &Value) -> Result<Option<f64>> {
    if let Some(x) = float_value(value) {
        return Ok(Some(x));
    }
    match vm.int_like(value) {
        Some(n) => vm.big_to_float(&n).map(Some),
        None => Ok(None),
    }
}

fn operation(vm: &mut Vm, op: BinaryOp, values: &[Value], reflected: bool) -> Result {
    let Some(other) = operand(vm, &values[1])? else { return Ok(Value::NOT_IMPLEMENTED) };
    let own = receiver(values);
    if reflected { vm.float_binary(op, other, own) } else { vm.float_binary(op, own, other) }
}

operators! { operation:
    add radd BinaryOp::Add;
    sub rsub BinaryOp::Sub;
    mul rmul BinaryOp::Mul;
    true_divide rtrue_divide BinaryOp::Div;
    floor_divide rfloor_divide BinaryOp::FloorDiv;
    modulo rmodulo BinaryOp::Mod;
}

fn divide_with_rest(vm: &mut Vm, x: f64, y: f64) -> Result {
    if y == 0.0 {
        return Err(vm.zero_division_error("float divmod()"));
    }
    let (quotient, rest) = float_divmod(x, y);
    Ok(vm.tuple([Value::float(quotient), Value::float(rest)]))
}

fn divmod(vm: &mut Vm, values: &[Value]) -> Result {
    match operand(vm, &values[1])? {
        Some(other) => divide_with_rest(vm, receiver(values), other),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn rdivmod(vm: &mut Vm, values: &[Value]) -> Result {
    match operand(vm, &values[1])? {
        Some(other) => divide_with_rest(vm, other, receiver(values)),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn power(vm: &mut Vm, values: &[Value], reflected: bool) -> Result {
    if !values[2].is_none() {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    operation(vm, BinaryOp::Pow, values, reflected)
}

fn pow(vm: &mut Vm, values: &[Value]) -> Result {
    power(vm, values, false)
}

fn rpow(vm: &mut Vm, values: &[Value]) -> Result {
    power(vm, values, true)
}

fn neg(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::float(-receiver(values)))
}

fn pos(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::float(receiver(values)))
}

fn abs(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::float(receiver(values).abs()))
}

fn truth(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(receiver(values) != 0.0))
}

fn comparison(vm: &mut Vm, op: CompareOp, values: &[Value]) -> Result {
    let own = Value::float(receiver(values));
    let other = match float_value(&values[1]) {
        Some(x) => Value::float(x),
        None => match vm.int_like(&values[1]) {
            Some(n) => vm.bigint(n),
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
    };
    Ok(compare(op, &own, &other, vm).map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

comparisons! { comparison }

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let hash = hash_f64(receiver(values), values[0].id());
    Ok(vm.int(hash))
}

fn show(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.str(repr(receiver(values))))
}

fn format_method(vm: &mut Vm, values: &[Value]) -> Result {
    let spec = format::spec_argument(vm, &values[1])?;
    if spec.is_empty() {
        return Ok(vm.str_of(&values[0])?.into_value());
    }
    if let Some(x) = values[0].as_float()
        && let Some(text) = format::quick_float(x, spec.as_str())
    {
        return Ok(vm.str(text));
    }
    let class = vm.type_name(&values[0]);
    let text = format::format_float(vm, receiver(values), spec.as_str(), &class)?;
    Ok(vm.str(text))
}

// ---- rounding

/// The integer part as an `int`; errors for infinities and NaN.
pub fn to_integer(vm: &mut Vm, x: f64) -> Result {
    if x.abs() < 1e15 {
        return Ok(vm.int(x as i64));
    }
    if x.is_nan() {
        return Err(vm.value_error("cannot convert float NaN to integer"));
    }
    match BigInt::from_f64(x) {
        Some(n) => Ok(vm.bigint(n)),
        None => Err(vm.overflow_error("cannot convert float infinity to integer")),
    }
}

fn trunc(vm: &mut Vm, values: &[Value]) -> Result {
    to_integer(vm, receiver(values).trunc())
}

fn floor(vm: &mut Vm, values: &[Value]) -> Result {
    to_integer(vm, receiver(values).floor())
}

fn ceil(vm: &mut Vm, values: &[Value]) -> Result {
    to_integer(vm, receiver(values).ceil())
}

fn float(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::float(receiver(values)))
}

fn round(vm: &mut Vm, values: &[Value]) -> Result {
    let x = receiver(values);
    if values[1].is_none() {
        return to_integer(vm, x.round_ties_even());
    }
    let digits = vm.index_clamped(&values[1])?;
    if !x.is_finite() || digits > 323 {
        return Ok(Value::float(x));
    }
    if digits < -308 {
        return Ok(Value::float(0f64.copysign(x)));
    }
    let rounded = if digits >= 0 {
        fixed(x.abs(), digits as usize, false).parse().unwrap_or(x.abs())
    } else {
        round_to_tens(x.abs(), digits.unsigned_abs() as u32)
    };
    if rounded.is_infinite() {
        return Err(vm.overflow_error("rounded value too large to represent"));
    }
    Ok(Value::float(rounded.copysign(x)))
}

/// `x`, not negative, rounded to a multiple of `10**places`, half to even.
fn round_to_tens(x: f64, places: u32) -> f64 {
    let unit = BigInt::from(10).pow(places);
    let whole = BigInt::from_f64(x.trunc()).unwrap_or_else(BigInt::zero);
    let quotient = &whole / &unit;
    let rest: BigInt = (&whole - &quotient * &unit) * 2;
    let above = rest > unit || (rest == unit && (x.fract() > 0.0 || quotient.bit(0)));
    let rounded = (quotient + u8::from(above)) * unit;
    // Through text, which is read with a single, correct rounding.
    rounded.to_string().parse().unwrap_or(x)
}

fn as_integer_ratio(vm: &mut Vm, values: &[Value]) -> Result {
    let x = receiver(values);
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if x.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    let (numerator, denominator) = ratio(x);
    let pair = [vm.bigint(numerator), vm.bigint(denominator)];
    Ok(vm.tuple(pair))
}

/// A finite float as a fraction in lowest terms.
pub fn ratio(x: f64) -> (BigInt, BigInt) {
    let (mantissa, exponent) = frexp(x);
    if mantissa == 0.0 {
        return (BigInt::zero(), BigInt::from(1));
    }
    let whole = (mantissa * 2f64.powi(53)) as i64;
    let zeros = whole.trailing_zeros();
    let (whole, exponent) = (BigInt::from(whole >> zeros), exponent - 53 + zeros as i32);
    if exponent >= 0 {
        (whole << exponent as u32, BigInt::from(1))
    } else {
        (whole, BigInt::from(1) << exponent.unsigned_abs())
    }
}

fn is_integer(_: &mut Vm, values: &[Value]) -> Result {
    let x = receiver(values);
    Ok(Value::bool(x.is_finite() && x == x.trunc()))
}

fn conjugate(_: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::float(receiver(values)))
}

fn real(_: &mut Vm, value: &Value) -> Result {
    Ok(Value::float(float_value(value).unwrap_or(0.0)))
}

fn imag(_: &mut Vm, _: &Value) -> Result {
    Ok(Value::float(0.0))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(vm.tuple([Value::float(receiver(values))]))
}

fn getformat(vm: &mut Vm, values: &[Value]) -> Result {
    match vm.expect_text(&values[1], "__getformat__() argument")? {
        "double" | "float" => Ok(vm.str("IEEE, little-endian")),
        _ => Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
    }
}

/// `number * 2**exponent`, rounded once, half to even.
pub fn rounded_ratio(number: &BigInt, exponent: i64) -> Option<f64> {
    // Keep 53 bits, or fewer where the result is subnormal.
    let bits = number.bits() as i64;
    let lowest = (bits + exponent - 53).max(-1074);
    let drop = lowest - exponent;
    let kept = if drop <= 0 {
        number.clone()
    } else {
        let kept: BigInt = number >> drop as u64;
        let rest: BigInt = number - (&kept << drop as u64);
        let half = BigInt::from(1) << (drop - 1) as u64;
        let up = rest > half || (rest == half && kept.bit(0));
        kept + u8::from(up)
    };
    let exponent = if drop <= 0 { exponent } else { lowest };
    let mut x = kept.to_f64()?;
    let mut left = exponent;
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        x *= 2f64.powi(step as i32);
        left -= step;
    }
    debug_assert!(!kept.is_negative(), "the number is a magnitude");
    Some(x)
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", show),
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
    method("__pos__(self, /)", pos),
    method("__abs__(self, /)", abs),
    method("__bool__(self, /)", truth),
    method("__int__(self, /)", trunc),
    method("__float__(self, /)", float),
    method("__floordiv__(self, value, /)", floor_divide),
    method("__rfloordiv__(self, value, /)", rfloor_divide),
    method("__truediv__(self, value, /)", true_divide),
    method("__rtruediv__(self, value, /)", rtrue_divide),
    method("conjugate(self, /)", conjugate),
    method("__trunc__(self, /)", trunc),
    method("__floor__(self, /)", floor),
    method("__ceil__(self, /)", ceil),
    method("__round__(self, ndigits=None, /)", round),
    method("as_integer_ratio(self, /)", as_integer_ratio),
    class_method("fromhex(type, string, /)", hex::fromhex),
    method("hex(self, /)", hex::hex),
    method("is_integer(self, /)", is_integer),
    method("__getnewargs__(self, /)", getnewargs),
    class_method("__getformat__(type, typestr, /)", getformat),
    method("__format__(self, format_spec, /)", format_method),
    getter("real", real),
    getter("imag", imag),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.float.clone();
    vm.add_rows(&class, METHODS);
}
