//! `complex`: text form, construction, arithmetic.

use super::float::{self, float_value};
use super::format;
use super::operators::operators;
use super::str::properties::to_ascii_digits;
use crate::object::{ComplexObj, Ref, Special, Str, Value, heap};
use crate::vm::native::{Row, getter, method, static_raw};
use crate::vm::number::hash_f64;
use crate::vm::{Result, Vm};
use num_traits::FromPrimitive;

#[derive(Clone, Copy, PartialEq)]
struct Complex {
    re: f64,
    im: f64,
}

const ONE: Complex = Complex { re: 1.0, im: 0.0 };

impl Complex {
    fn times(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    /// Division by Smith's method; `None` for a zero divisor.
    fn over(self, other: Complex) -> Option<Complex> {
        let (re, im) = (other.re.abs(), other.im.abs());
        if re >= im {
            if re == 0.0 {
                return None;
            }
            let ratio = other.im / other.re;
            let scale = other.re + other.im * ratio;
            Some(Complex { re: (self.re + self.im * ratio) / scale, im: (self.im - self.re * ratio) / scale })
        } else if im >= re {
            let ratio = other.re / other.im;
            let scale = other.re * ratio + other.im;
            Some(Complex { re: (self.re * ratio + self.im) / scale, im: (self.im * ratio - self.re) / scale })
        } else {
            Some(Complex { re: f64::NAN, im: f64::NAN })
        }
    }

    /// Power with a whole exponent, by squaring.
    fn whole_power(self, exponent: u32) -> Complex {
        let (mut result, mut square, mut left) = (ONE, self, exponent);
        while left > 0 {
            if left & 1 == 1 {
                result = result.times(square);
            }
            left >>= 1;
            if left > 0 {
                square = square.times(square);
            }
        }
        result
    }

    /// `None` for zero to a negative or complex power, and where the angle is infinite: CPython takes the domain
    /// error of the sine for that of a zero.
    fn power(self, exponent: Complex) -> Option<Complex> {
        if exponent.im == 0.0 && exponent.re == exponent.re.floor() && exponent.re.abs() <= 100.0 {
            let size = self.whole_power(exponent.re.abs() as u32);
            return if exponent.re > 0.0 { Some(size) } else { ONE.over(size) };
        }
        if self.re == 0.0 && self.im == 0.0 {
            return if exponent.im != 0.0 || exponent.re < 0.0 {
                None
            } else {
                Some(Complex { re: 0.0, im: 0.0 })
            };
        }
        let size = self.re.hypot(self.im);
        let angle = self.im.atan2(self.re);
        let (mut length, mut phase) = (size.powf(exponent.re), angle * exponent.re);
        if exponent.im != 0.0 {
            length /= (angle * exponent.im).exp();
            phase += exponent.im * size.ln();
        }
        (!phase.is_infinite()).then(|| Complex { re: length * phase.cos(), im: length * phase.sin() })
    }
}

/// The number in a `complex` object.
fn own(value: &Value) -> Complex {
    value.get::<ComplexObj>().map_or(Complex { re: 0.0, im: 0.0 }, |c| Complex { re: c.re, im: c.im })
}

/// A number that complex arithmetic takes.
fn operand(vm: &mut Vm, value: &Value) -> Result<Option<Complex>> {
    if value.is::<ComplexObj>() {
        return Ok(Some(own(value)));
    }
    if let Some(re) = float_value(value) {
        return Ok(Some(Complex { re, im: 0.0 }));
    }
    match vm.int_like(value) {
        Some(n) => Ok(Some(Complex { re: vm.big_to_float(&n)?, im: 0.0 })),
        None => Ok(None),
    }
}

/// `repr()` of a complex number.
pub fn repr(re: f64, im: f64) -> String {
    let part = |x: f64| float::shortest(x, false, false);
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", part(im));
    }
    let sign = if im.is_sign_negative() && !im.is_nan() { "" } else { "+" };
    format!("({}{sign}{}j)", part(re), part(im))
}

/// Reads `1+2j`, `(1+2j)`, `2j`, `1`.
fn parse(text: &str) -> Option<Complex> {
    let space = super::str::properties::is_space;
    let ascii = to_ascii_digits(text);
    let mut text = ascii.trim_matches(space);
    if let Some(inner) = text.strip_prefix('(') {
        text = inner.strip_suffix(')')?.trim_matches(space);
    }
    if text.is_empty() || text.contains(space) {
        return None;
    }
    let Some(body) = text.strip_suffix(['j', 'J']) else {
        return Some(Complex { re: float::parse(text)?, im: 0.0 });
    };
    // The last sign that does not belong to an exponent begins the imaginary part.
    let bytes = body.as_bytes();
    let split = (0..bytes.len())
        .rev()
        .find(|&i| matches!(bytes[i], b'+' | b'-') && (i == 0 || !matches!(bytes[i - 1], b'e' | b'E')));
    let (re, im) = body.split_at(split.unwrap_or(0));
    let im = match im {
        "" | "+" => 1.0,
        "-" => -1.0,
        _ => float::parse(im)?,
    };
    let re = if re.is_empty() { 0.0 } else { float::parse(re)? };
    Some(Complex { re, im })
}

fn new(vm: &mut Vm, values: &[Value], names: &[Ref<Str>]) -> Result {
    let class = super::class_argument(vm, values, &vm.types.complex.clone())?;
    if let [_, only] = values
        && names.is_empty()
        && class.is_same(&vm.types.complex)
        && vm.class_of(only).is_same(&class)
    {
        return Ok(only.clone());
    }
    let given = values.len() - names.len();
    if values.len() > 3 {
        return Err(
            vm.type_error(format!("complex() takes at most 2 arguments ({} given)", values.len() - 1))
        );
    }
    let mut args = [values[..given].get(1).cloned(), values[..given].get(2).cloned()];
    for (name, value) in names.iter().zip(&values[given..]) {
        match ["real", "imag"].iter().position(|n| *n == name.as_str()) {
            Some(at) if args[at].is_none() => args[at] = Some(value.clone()),
            _ => {
                return Err(vm.unexpected_keyword("complex", name.as_str(), &["real", "imag"]));
            }
        }
    }
    let [real, imag] = args;
    let number = if let Some((given, text)) = real.as_ref().and_then(|v| Some((v, v.get::<Str>()?))) {
        if imag.is_some() {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        match parse(text.as_str()) {
            Some(number) => number,
            None if float::without_underscores(&to_ascii_digits(text.as_str())).is_none() => {
                let shown = vm.repr_text(given)?;
                return Err(vm.value_error(format!("could not convert string to complex: {shown}")));
            }
            None => return Err(vm.value_error("complex() arg is a malformed string")),
        }
    } else {
        if imag.as_ref().is_some_and(|v| v.is::<Str>()) {
            return Err(vm.type_error("complex() second arg can't be a string"));
        }
        let re = match &real {
            Some(value) => part(vm, value, "first argument must be a string or a number")?,
            None => Complex { re: 0.0, im: 0.0 },
        };
        match &imag {
            Some(value) => {
                let counts =
                    [Special::Float, Special::Index].into_iter().any(|s| vm.special(value, s).is_some());
                if !counts && !vm.class_of(value).is_subclass_of(&vm.types.complex) {
                    let got = vm.type_name(value);
                    return Err(
                        vm.type_error(format!("complex() second argument must be a number, not '{got}'"))
                    );
                }
                let im = part(vm, value, "second argument must be a number")?;
                // Parts that were not complex have no imaginary zero to add.
                let complex = |v: &Value| v.is::<ComplexObj>();
                Complex {
                    re: if complex(value) { re.re - im.im } else { re.re },
                    im: if real.as_ref().is_some_and(complex) { re.im + im.re } else { im.re },
                }
            }
            None => re,
        }
    };
    Ok(heap::alloc(&class, ComplexObj { re: number.re, im: number.im }).into_value())
}

fn part(vm: &mut Vm, value: &Value, wanted: &str) -> Result<Complex> {
    if value.is::<ComplexObj>() {
        return Ok(own(value));
    }
    if let Some(method) = vm.special(value, Special::Complex) {
        let result = vm.call(&method, &[value.clone()])?;
        if result.is::<ComplexObj>() {
            vm.warn_of_subclass(&result, &vm.types.complex.clone(), "__complex__")?;
            return Ok(own(&result));
        }
        let got = vm.type_name(&result);
        return Err(vm.type_error(format!("__complex__ returned non-complex (type {got})")));
    }
    match float::to_float(vm, value)? {
        Some(re) => Ok(Complex { re, im: 0.0 }),
        None => {
            let got = vm.type_name(value);
            Err(vm.type_error(format!("complex() {wanted}, not '{got}'")))
        }
    }
}

type Operation = fn(&mut Vm, Complex, Complex) -> Result<Complex>;

fn operation(vm: &mut Vm, apply: Operation, values: &[Value], reflected: bool) -> Result {
    let Some(other) = operand(vm, &values[1])? else { return Ok(Value::NOT_IMPLEMENTED) };
    let own = own(&values[0]);
    let result = if reflected { apply(vm, other, own)? } else { apply(vm, own, other)? };
    Ok(vm.complex(result.re, result.im))
}

fn plus(_: &mut Vm, a: Complex, b: Complex) -> Result<Complex> {
    Ok(Complex { re: a.re + b.re, im: a.im + b.im })
}

fn minus(_: &mut Vm, a: Complex, b: Complex) -> Result<Complex> {
    Ok(Complex { re: a.re - b.re, im: a.im - b.im })
}

fn product(_: &mut Vm, a: Complex, b: Complex) -> Result<Complex> {
    Ok(a.times(b))
}

fn quotient(vm: &mut Vm, a: Complex, b: Complex) -> Result<Complex> {
    match a.over(b) {
        Some(result) => Ok(result),
        None => Err(vm.zero_division_error("complex division by zero")),
    }
}

fn raise_to(vm: &mut Vm, a: Complex, b: Complex) -> Result<Complex> {
    match a.power(b) {
        None => Err(vm.zero_division_error("0.0 to a negative or complex power")),
        Some(result) if result.re.is_infinite() || result.im.is_infinite() => {
            Err(vm.overflow_error("complex exponentiation"))
        }
        Some(result) => Ok(result),
    }
}

operators! { operation:
    add radd plus;
    sub rsub minus;
    mul rmul product;
    div rdiv quotient;
    plain_pow plain_rpow raise_to;
}

fn pow(vm: &mut Vm, values: &[Value]) -> Result {
    refuse_modulus(vm, values)?;
    plain_pow(vm, values)
}

fn rpow(vm: &mut Vm, values: &[Value]) -> Result {
    refuse_modulus(vm, values)?;
    plain_rpow(vm, values)
}

/// A third argument of `pow` is refused before anything is calculated, but behind an exponent that is no
/// number.
fn refuse_modulus(vm: &mut Vm, values: &[Value]) -> Result<()> {
    if !values[2].is_none() && operand(vm, &values[1])?.is_some() {
        return Err(vm.value_error("complex modulo"));
    }
    Ok(())
}

fn neg(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(vm.complex(-own.re, -own.im))
}

fn pos(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(vm.complex(own.re, own.im))
}

fn abs(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    let size = own.re.hypot(own.im);
    if size.is_infinite() && own.re.is_finite() && own.im.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(Value::float(size))
}

fn truth(_: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(Value::bool(own.re != 0.0 || own.im != 0.0))
}

/// `None` when the other is no number.
fn equal(vm: &mut Vm, values: &[Value]) -> Option<bool> {
    let own = own(&values[0]);
    if values[1].is::<ComplexObj>() || float_value(&values[1]).is_some() {
        let other = operand(vm, &values[1]).ok()??;
        return Some(own == other);
    }
    // An integer is compared exactly, however large.
    let n = vm.int_like(&values[1])?;
    Some(own.im == 0.0 && own.re.fract() == 0.0 && num_bigint::BigInt::from_f64(own.re) == Some(n))
}

fn eq(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(equal(vm, values).map_or(Value::NOT_IMPLEMENTED, Value::bool))
}

fn ne(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(equal(vm, values).map_or(Value::NOT_IMPLEMENTED, |equal| Value::bool(!equal)))
}

fn unordered(_: &mut Vm, _: &[Value]) -> Result {
    Ok(Value::NOT_IMPLEMENTED)
}

fn hash(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    let identity = values[0].id();
    let (re, im) = (hash_f64(own.re, identity), hash_f64(own.im, identity));
    let hash = re.wrapping_add(im.wrapping_mul(1_000_003));
    Ok(vm.int(if hash == -1 { -2 } else { hash }))
}

fn show(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(vm.str(repr(own.re, own.im)))
}

fn format_method(vm: &mut Vm, values: &[Value]) -> Result {
    let spec = format::spec_argument(vm, &values[1])?;
    if spec.is_empty() {
        return Ok(vm.str_of(&values[0])?.into_value());
    }
    let own = own(&values[0]);
    let class = vm.type_name(&values[0]);
    let text = format::format_complex(vm, own.re, own.im, spec.as_str(), &class)?;
    Ok(vm.str(text))
}

fn conjugate(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(vm.complex(own.re, -own.im))
}

fn getnewargs(vm: &mut Vm, values: &[Value]) -> Result {
    let own = own(&values[0]);
    Ok(vm.tuple([Value::float(own.re), Value::float(own.im)]))
}

fn real(_: &mut Vm, value: &Value) -> Result {
    Ok(Value::float(own(value).re))
}

fn imag(_: &mut Vm, value: &Value) -> Result {
    Ok(Value::float(own(value).im))
}

const METHODS: &[Row] = &[
    static_raw("__new__(cls, *args, **kwargs)", new),
    method("__repr__(self, /)", show),
    method("__hash__(self, /)", hash),
    method("__lt__(self, value, /)", unordered),
    method("__le__(self, value, /)", unordered),
    method("__eq__(self, value, /)", eq),
    method("__ne__(self, value, /)", ne),
    method("__gt__(self, value, /)", unordered),
    method("__ge__(self, value, /)", unordered),
    method("__add__(self, value, /)", add),
    method("__radd__(self, value, /)", radd),
    method("__sub__(self, value, /)", sub),
    method("__rsub__(self, value, /)", rsub),
    method("__mul__(self, value, /)", mul),
    method("__rmul__(self, value, /)", rmul),
    method("__pow__(self, value, mod=None, /)", pow),
    method("__rpow__(self, value, mod=None, /)", rpow),
    method("__neg__(self, /)", neg),
    method("__pos__(self, /)", pos),
    method("__abs__(self, /)", abs),
    method("__bool__(self, /)", truth),
    method("__truediv__(self, value, /)", div),
    method("__rtruediv__(self, value, /)", rdiv),
    method("conjugate(self, /)", conjugate),
    method("__complex__(self, /)", pos),
    method("__getnewargs__(self, /)", getnewargs),
    method("__format__(self, format_spec, /)", format_method),
    getter("real", real),
    getter("imag", imag),
];

pub fn install(vm: &mut Vm) {
    let class = vm.types.complex.clone();
    vm.add_rows(&class, METHODS);
}
