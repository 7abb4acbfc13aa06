//! The module `math`: functions of real numbers, and of integers of any size.
//!
//! Beside this file: `integers`, `sums`, `error_function`, `roots` and `gamma`; the
//! gamma function is computed as CPython does.

mod error_function;
mod gamma;
mod integers;
mod roots;
mod sums;

use crate::object::{Dict, Ref, Special, Value};
use crate::types::float::{ratio, real_argument, rounded_ratio, to_integer};
use crate::vm::native::{Row, function};
use crate::vm::number::frexp as split_float;
use crate::vm::{BinaryOp, Result, Vm};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

#[cold]
fn domain(vm: &mut Vm) -> crate::vm::Raised {
    vm.value_error("math domain error")
}

#[cold]
fn range(vm: &mut Vm) -> crate::vm::Raised {
    vm.overflow_error("math range error")
}

/// The result of a function of finite arguments: NaN is outside of its domain, an infinity
/// outside of the range of floats.
fn checked(vm: &mut Vm, result: f64, finite: bool, may_overflow: bool) -> Result {
    if result.is_nan() && finite {
        return Err(domain(vm));
    }
    if result.is_infinite() && finite {
        return Err(if may_overflow { range(vm) } else { domain(vm) });
    }
    Ok(Value::float(result))
}

macro_rules! functions {
    ($($name:ident $apply:expr, $may_overflow:literal;)*) => {
        $(fn $name(vm: &mut Vm, values: &[Value]) -> Result {
            let x = real_argument(vm, &values[0])?;
            let apply: fn(f64) -> f64 = $apply;
            let result = apply(x);
            // An infinite argument may be outside of the domain as well (`sin`).
            if x.is_infinite() && result.is_nan() {
                return Err(domain(vm));
            }
            checked(vm, result, x.is_finite(), $may_overflow)
        })*
    };
}

functions! {
    acos f64::acos, false;
    acosh inverse_cosh, false;
    asin f64::asin, false;
    asinh inverse_sinh, false;
    atan f64::atan, false;
    atanh inverse_tanh, false;
    cbrt roots::cbrt, false;
    cos f64::cos, false;
    cosh f64::cosh, true;
    erf error_function::erf, false;
    erfc error_function::erfc, false;
    exp f64::exp, true;
    exp2 f64::exp2, true;
    expm1 f64::exp_m1, true;
    fabs f64::abs, false;
    log1p f64::ln_1p, false;
    sin f64::sin, false;
    sinh f64::sinh, true;
    sqrt f64::sqrt, false;
    tan f64::tan, false;
    tanh f64::tanh, false;
    degrees |x| x * (180.0 / std::f64::consts::PI), true;
    radians |x| x * (std::f64::consts::PI / 180.0), true;
}

/// From here on the square of a number swallows 1.
const HUGE: f64 = 268_435_456.0;

/// Inverse hyperbolic functions, in the forms that lose nothing near zero and far out.
fn inverse_sinh(x: f64) -> f64 {
    use std::f64::consts::LN_2;
    let size = x.abs();
    if !x.is_finite() || size < 1.0 / HUGE {
        return x;
    }
    let result = if size > HUGE {
        size.ln() + LN_2
    } else if size > 2.0 {
        (2.0 * size + 1.0 / ((size * size + 1.0).sqrt() + size)).ln()
    } else {
        let square = size * size;
        (size + square / (1.0 + (1.0 + square).sqrt())).ln_1p()
    };
    result.copysign(x)
}

fn inverse_cosh(x: f64) -> f64 {
    use std::f64::consts::LN_2;
    if x < 1.0 {
        f64::NAN
    } else if x > HUGE {
        if x.is_finite() { x.ln() + LN_2 } else { x }
    } else if x > 2.0 {
        (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln()
    } else {
        let above = x - 1.0;
        (above + (2.0 * above + above * above).sqrt()).ln_1p()
    }
}

fn inverse_tanh(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.0 / HUGE {
        return x;
    }
    let result = if size < 0.5 {
        let twice = size + size;
        0.5 * (twice + twice * size / (1.0 - size)).ln_1p()
    } else {
        0.5 * ((size + size) / (1.0 - size)).ln_1p()
    };
    result.copysign(x)
}

fn atan2(vm: &mut Vm, values: &[Value]) -> Result {
    let (y, x) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    Ok(Value::float(y.atan2(x)))
}

fn copysign(vm: &mut Vm, values: &[Value]) -> Result {
    let (x, y) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    Ok(Value::float(x.copysign(y)))
}

fn fmod(vm: &mut Vm, values: &[Value]) -> Result {
    let (x, y) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    if y.is_infinite() && x.is_finite() {
        return Ok(Value::float(x));
    }
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(vm));
    }
    Ok(Value::float(result))
}

fn fma(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    let y = real_argument(vm, &values[1])?;
    let z = real_argument(vm, &values[2])?;
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(Value::float(result))
}

fn pow(vm: &mut Vm, values: &[Value]) -> Result {
    let (x, y) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(domain(vm));
    }
    let result = x.powf(y);
    checked(vm, result, x.is_finite() && y.is_finite(), true)
}

/// The remainder that is nearest to zero; ties to an even quotient.
fn remainder(vm: &mut Vm, values: &[Value]) -> Result {
    let (x, y) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    if x.is_nan() || y.is_nan() {
        return Ok(Value::float(x + y));
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain(vm));
    }
    if y.is_infinite() {
        return Ok(Value::float(x));
    }
    let size = y.abs();
    let below = x.abs() % size;
    let above = size - below;
    let rest = if below < above {
        below
    } else if below > above {
        -above
    } else {
        // A tie: the quotient is even when half of what is left is no odd multiple.
        below - 2.0 * ((0.5 * (x.abs() - below)) % size)
    };
    Ok(Value::float(1f64.copysign(x) * rest))
}

fn isfinite(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(real_argument(vm, &values[0])?.is_finite()))
}

fn isinf(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(real_argument(vm, &values[0])?.is_infinite()))
}

fn isnan(vm: &mut Vm, values: &[Value]) -> Result {
    Ok(Value::bool(real_argument(vm, &values[0])?.is_nan()))
}

fn isclose(vm: &mut Vm, values: &[Value]) -> Result {
    let mut numbers = [0.0; 4];
    for (number, value) in numbers.iter_mut().zip(values) {
        *number = real_argument(vm, value)?;
    }
    let [a, b, relative, absolute] = numbers;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::FALSE);
    }
    let difference = (b - a).abs();
    let close =
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute;
    Ok(Value::bool(close))
}

fn frexp(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    let (mantissa, exponent) = split_float(x);
    let exponent = vm.int(i64::from(exponent));
    Ok(vm.tuple([Value::float(mantissa), exponent]))
}

fn ldexp(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    if vm.int_like(&values[1]).is_none() {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    }
    let exponent = vm.index_clamped(&values[1])?.clamp(-10_000, 10_000);
    if x == 0.0 || !x.is_finite() {
        return Ok(Value::float(x));
    }
    let (numerator, denominator) = ratio(x.abs());
    // The denominator is a power of two.
    let exponent = exponent - (denominator.bits() as i64 - 1);
    let result = rounded_ratio(&numerator, exponent).unwrap_or(f64::INFINITY);
    if result.is_infinite() {
        return Err(range(vm));
    }
    Ok(Value::float(result.copysign(x)))
}

fn modf(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    let fraction = if x.is_infinite() { 0f64.copysign(x) } else { x.fract().copysign(x) };
    Ok(vm.tuple([Value::float(fraction), Value::float(x.trunc())]))
}

fn ulp(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?.abs();
    if x.is_nan() || x.is_infinite() {
        return Ok(Value::float(x));
    }
    let next = x.next_up();
    Ok(Value::float(if next.is_infinite() { x - x.next_down() } else { next - x }))
}

fn nextafter(vm: &mut Vm, values: &[Value]) -> Result {
    let (x, y) = (real_argument(vm, &values[0])?, real_argument(vm, &values[1])?);
    let steps = if values[2].is_none() {
        1
    } else {
        let steps = vm.index(&values[2])?;
        if steps.is_negative() {
            return Err(vm.value_error("steps must be a non-negative integer"));
        }
        steps.to_u64().unwrap_or(u64::MAX)
    };
    if steps == 0 {
        return Ok(Value::float(x));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(Value::float(x + y));
    }
    if x == y {
        return Ok(Value::float(y));
    }
    // Floats in order are integers in order, with the negative ones mirrored.
    let place = |x: f64| {
        let bits = x.to_bits() as i64;
        i128::from(if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits })
    };
    let (from, to) = (place(x), place(y));
    let reached =
        if from < to { (from + i128::from(steps)).min(to) } else { (from - i128::from(steps)).max(to) };
    let negative = reached < 0 || (reached == 0 && x < 0.0);
    let size = f64::from_bits(reached.unsigned_abs() as u64);
    Ok(Value::float(if negative { -size } else { size }))
}

// ---- logarithms

/// The logarithm of a large integer: of its leading bits as a number below 1, and of the power
/// of two.
fn log_of_big(n: &BigInt, log: fn(f64) -> f64) -> f64 {
    let shift = n.bits().saturating_sub(64);
    let leading = (n >> shift).to_f64().unwrap_or(f64::INFINITY);
    log(leading / 2f64.powi(64)) + log(2.0) * (shift + 64) as f64
}

/// A logarithm of a positive number of any kind.
fn logarithm(vm: &mut Vm, value: &Value, log: fn(f64) -> f64) -> Result<f64> {
    if let Some(n) = vm.int_like(value) {
        if !n.is_positive() {
            return Err(domain(vm));
        }
        return Ok(match n.to_f64() {
            Some(x) if x.is_finite() => log(x),
            _ => log_of_big(&n, log),
        });
    }
    let x = real_argument(vm, value)?;
    if x <= 0.0 {
        return Err(domain(vm));
    }
    Ok(log(x))
}

fn log(vm: &mut Vm, values: &[Value]) -> Result {
    let numerator = logarithm(vm, &values[0], f64::ln)?;
    let Some(base) = values[1].bound() else { return Ok(Value::float(numerator)) };
    let denominator = logarithm(vm, base, f64::ln)?;
    vm.float_binary(BinaryOp::Div, numerator, denominator)
}

fn log2(vm: &mut Vm, values: &[Value]) -> Result {
    logarithm(vm, &values[0], f64::log2).map(Value::float)
}

fn log10(vm: &mut Vm, values: &[Value]) -> Result {
    logarithm(vm, &values[0], f64::log10).map(Value::float)
}

// ---- rounding

/// `math.floor` and its kin: the special method, or the float's integer part.
fn rounded(vm: &mut Vm, value: &Value, special: Special, apply: fn(f64) -> f64) -> Result {
    if value.as_float().is_none()
        && let Some(method) = vm.special(value, special)
    {
        return vm.call(&method, &[value.clone()]);
    }
    if special == Special::Trunc && value.as_float().is_none() {
        let name = vm.type_name(value);
        return Err(vm.type_error(format!("type {name} doesn't define __trunc__ method")));
    }
    let x = real_argument(vm, value)?;
    to_integer(vm, apply(x))
}

fn floor(vm: &mut Vm, values: &[Value]) -> Result {
    rounded(vm, &values[0], Special::Floor, f64::floor)
}

fn ceil(vm: &mut Vm, values: &[Value]) -> Result {
    rounded(vm, &values[0], Special::Ceil, f64::ceil)
}

fn trunc(vm: &mut Vm, values: &[Value]) -> Result {
    rounded(vm, &values[0], Special::Trunc, f64::trunc)
}

const FUNCTIONS: &[Row] = &[
    function("acos(x, /)", acos),
    function("acosh(x, /)", acosh),
    function("asin(x, /)", asin),
    function("asinh(x, /)", asinh),
    function("atan(x, /)", atan),
    function("atan2(y, x, /)", atan2),
    function("atanh(x, /)", atanh),
    function("cbrt(x, /)", cbrt),
    function("ceil(x, /)", ceil),
    function("copysign(x, y, /)", copysign),
    function("cos(x, /)", cos),
    function("cosh(x, /)", cosh),
    function("degrees(x, /)", degrees),
    function("dist(p, q, /)", sums::dist),
    function("erf(x, /)", erf),
    function("erfc(x, /)", erfc),
    function("exp(x, /)", exp),
    function("exp2(x, /)", exp2),
    function("expm1(x, /)", expm1),
    function("fabs(x, /)", fabs),
    function("factorial(n, /)", integers::factorial),
    function("floor(x, /)", floor),
    function("fma(x, y, z, /)", fma),
    function("fmod(x, y, /)", fmod),
    function("frexp(x, /)", frexp),
    function("fsum(seq, /)", sums::fsum),
    function("gamma(x, /)", gamma::gamma),
    function("gcd(*integers)", integers::gcd),
    function("hypot(*coordinates)", sums::hypot),
    function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose),
    function("isfinite(x, /)", isfinite),
    function("isinf(x, /)", isinf),
    function("isnan(x, /)", isnan),
    function("isqrt(n, /)", integers::isqrt),
    function("lcm(*integers)", integers::lcm),
    function("ldexp(x, i, /)", ldexp),
    function("lgamma(x, /)", gamma::lgamma),
    function("log(x, base=<unrepresentable>, /)", log),
    function("log1p(x, /)", log1p),
    function("log10(x, /)", log10),
    function("log2(x, /)", log2),
    function("modf(x, /)", modf),
    function("pow(x, y, /)", pow),
    function("radians(x, /)", radians),
    function("remainder(x, y, /)", remainder),
    function("sin(x, /)", sin),
    function("sinh(x, /)", sinh),
    function("sqrt(x, /)", sqrt),
    function("tan(x, /)", tan),
    function("tanh(x, /)", tanh),
    function("sumprod(p, q, /)", sums::sumprod),
    function("trunc(x, /)", trunc),
    function("prod(iterable, /, *, start=1)", sums::prod),
    function("perm(n, k=None, /)", integers::perm),
    function("comb(n, k, /)", integers::comb),
    function("nextafter(x, y, /, *, steps=None)", nextafter),
    function("ulp(x, /)", ulp),
];

/// Fills the module's namespace.
pub fn fill(vm: &mut Vm, dict: &Ref<Dict>) -> Result<()> {
    vm.add_functions(dict, "math", FUNCTIONS);
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        drop(dict.set_text(name, Value::float(value)));
    }
    Ok(())
}
