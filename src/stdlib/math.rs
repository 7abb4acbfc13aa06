//! The module `math`: functions of real numbers, and of integers of any size.
//!
//! Functions that the Rust library lacks are the crate `libm`'s (error function) or are computed
//! here as CPython does (gamma function).

use crate::object::{Dict, Ref, Special, Value};
use crate::types::float::{ratio, real_argument, rounded_ratio, to_integer};
use crate::vm::native::{Row, function};
use crate::vm::number::frexp as split_float;
use crate::vm::{BinaryOp, Result, Vm};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

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
    cbrt f64::cbrt, false;
    cos f64::cos, false;
    cosh f64::cosh, true;
    erf libm::erf, false;
    erfc libm::erfc, false;
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

// ---- sums and products

/// An exact sum, rounded once: non-overlapping partial sums from small to large.
struct ExactSum {
    partials: Vec<f64>,
}

impl ExactSum {
    fn add(&mut self, mut x: f64) {
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let mut y = self.partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        self.partials.push(x);
    }

    fn total(mut self) -> f64 {
        let Some(mut high) = self.partials.pop() else { return 0.0 };
        let mut low = 0.0;
        while let Some(y) = self.partials.pop() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half an ulp off, and what is left points the same way: round away from even.
        if let Some(&last) = self.partials.last()
            && ((low < 0.0 && last < 0.0) || (low > 0.0 && last > 0.0))
        {
            let twice = low * 2.0;
            let x = high + twice;
            if twice == x - high {
                high = x;
            }
        }
        high
    }
}

fn fsum(vm: &mut Vm, values: &[Value]) -> Result {
    let mut sum = ExactSum { partials: Vec::new() };
    let (mut special, mut infinities) = (0.0, 0.0);
    for item in vm.collect(&values[0])? {
        let x = real_argument(vm, &item)?;
        if x.is_finite() {
            sum.add(x);
            if sum.partials.last().is_some_and(|p| !p.is_finite()) {
                return Err(vm.overflow_error("intermediate overflow in fsum"));
            }
        } else {
            special += x;
            if x.is_infinite() {
                infinities += x;
            }
        }
    }
    if special != 0.0 {
        if infinities.is_nan() {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(special));
    }
    Ok(Value::float(sum.total()))
}

fn prod(vm: &mut Vm, values: &[Value]) -> Result {
    let mut result = values[1].clone();
    for item in vm.collect(&values[0])? {
        result = vm.binary(BinaryOp::Mul, &result, &item)?;
    }
    Ok(result)
}

fn sumprod(vm: &mut Vm, values: &[Value]) -> Result {
    let (p, q) = (vm.collect(&values[0])?, vm.collect(&values[1])?);
    if p.len() != q.len() {
        return Err(vm.value_error("Inputs are not the same length"));
    }
    let floats = p.iter().chain(&q).any(|v| v.is_float())
        && p.iter().chain(&q).all(|v| v.is_float() || vm.int_like(v).is_some());
    if floats {
        // Products split into a rounded part and its error, summed exactly.
        let mut sum = ExactSum { partials: Vec::new() };
        let mut plain = 0.0;
        for (x, y) in p.iter().zip(&q) {
            let (x, y) = (real_argument(vm, x)?, real_argument(vm, y)?);
            let product = x * y;
            plain += product;
            sum.add(product);
            sum.add(x.mul_add(y, -product));
        }
        return Ok(Value::float(if plain.is_finite() { sum.total() } else { plain }));
    }
    let mut total = Value::index(0);
    for (x, y) in p.iter().zip(&q) {
        let product = vm.binary(BinaryOp::Mul, x, y)?;
        total = vm.binary(BinaryOp::Add, &total, &product)?;
    }
    Ok(total)
}

/// The length of a vector, scaled against overflow and summed exactly.
fn vector_length(parts: &[f64]) -> f64 {
    if parts.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if parts.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = parts.iter().fold(0f64, |most, x| most.max(x.abs()));
    if largest == 0.0 || parts.len() == 1 {
        return largest;
    }
    // Exact squares as fractions, and an exact root: correctly rounded whatever the sizes.
    let fractions: Vec<(BigInt, BigInt)> = parts.iter().map(|&x| ratio(x)).collect();
    let places = fractions.iter().map(|(_, d)| d.bits() - 1).max().unwrap_or(0);
    let total: BigInt = fractions
        .iter()
        .map(|(n, d)| {
            let scaled: BigInt = n << (places - (d.bits() - 1));
            &scaled * &scaled
        })
        .sum();
    root_of_ratio(&total, -2 * places as i64)
}

/// The square root of `n * 2**exponent`, where the exponent is even, correctly rounded.
fn root_of_ratio(n: &BigInt, exponent: i64) -> f64 {
    let missing = 130u64.saturating_sub(n.bits());
    let shift = missing + missing % 2;
    let shifted: BigInt = n << shift;
    let mut root = shifted.sqrt() << 1u32;
    // A sticky bit stands for what the integer root leaves.
    let half: BigInt = &root >> 1u32;
    if &half * &half != shifted {
        root += 1;
    }
    rounded_ratio(&root, (exponent - shift as i64) / 2 - 1).unwrap_or(f64::INFINITY)
}

fn hypot(vm: &mut Vm, values: &[Value]) -> Result {
    let parts = values[0].get::<crate::object::TupleObj>().map_or(Vec::new(), |t| t.items().to_vec());
    let mut numbers = Vec::with_capacity(parts.len());
    for part in &parts {
        numbers.push(real_argument(vm, part)?);
    }
    Ok(Value::float(vector_length(&numbers)))
}

fn dist(vm: &mut Vm, values: &[Value]) -> Result {
    let (p, q) = (vm.collect(&values[0])?, vm.collect(&values[1])?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut numbers = Vec::with_capacity(p.len());
    for (x, y) in p.iter().zip(&q) {
        numbers.push(real_argument(vm, x)? - real_argument(vm, y)?);
    }
    Ok(Value::float(vector_length(&numbers)))
}

// ---- integers

/// The items of `*integers`.
fn integers(vm: &mut Vm, values: &[Value]) -> Result<Vec<BigInt>> {
    let items = values[0].get::<crate::object::TupleObj>().map_or(Vec::new(), |t| t.items().to_vec());
    items.iter().map(|item| vm.index(item)).collect()
}

fn gcd(vm: &mut Vm, values: &[Value]) -> Result {
    let result = integers(vm, values)?.iter().fold(BigInt::zero(), |gcd, n| gcd.gcd(n));
    Ok(vm.bigint(result))
}

fn lcm(vm: &mut Vm, values: &[Value]) -> Result {
    let mut result = BigInt::one();
    for n in integers(vm, values)? {
        result = if n.is_zero() { n } else { result.lcm(&n) };
        if result.is_zero() {
            break;
        }
    }
    Ok(vm.bigint(result))
}

fn isqrt(vm: &mut Vm, values: &[Value]) -> Result {
    let n = vm.index(&values[0])?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(vm.bigint(n.sqrt()))
}

/// The product of `low..=high`, by halves so that the factors have like sizes.
fn range_product(low: u64, high: u64) -> BigUint {
    if low > high {
        return BigUint::one();
    }
    if high - low < 8 {
        return (low..=high).map(BigUint::from).product();
    }
    let middle = low + (high - low) / 2;
    range_product(low, middle) * range_product(middle + 1, high)
}

fn factorial(vm: &mut Vm, values: &[Value]) -> Result {
    if values[0].is_float() {
        return Err(vm.type_error("'float' object cannot be interpreted as an integer"));
    }
    let n = vm.index(&values[0])?;
    if n.is_negative() {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = n.to_u32().filter(|&n| i64::from(n) <= i64::from(i32::MAX)) else {
        return Err(vm.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX)));
    };
    vm.check_bits(u64::from(n) * 32)?;
    Ok(vm.bigint(range_product(2, u64::from(n)).into()))
}

/// `n * (n - 1) * … ` with `k` factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    match n.to_u64() {
        Some(n) => range_product(n - k + 1, n).into(),
        None => (0..k).map(|i| n - i).product(),
    }
}

/// `n` and `k` of `perm` and `comb`; `None` when the result is zero.
fn chosen(vm: &mut Vm, values: &[Value]) -> Result<Option<(BigInt, BigInt)>> {
    let (n, k) = (vm.index(&values[0])?, vm.index(&values[1])?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    Ok(if k > n { None } else { Some((n, k)) })
}

fn perm(vm: &mut Vm, values: &[Value]) -> Result {
    if values[1].is_none() {
        return factorial(vm, &values[..1]);
    }
    let Some((n, k)) = chosen(vm, values)? else { return Ok(Value::index(0)) };
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    vm.check_bits(k.saturating_mul(n.bits()))?;
    Ok(vm.bigint(falling(&n, k)))
}

fn comb(vm: &mut Vm, values: &[Value]) -> Result {
    let Some((n, k)) = chosen(vm, values)? else { return Ok(Value::index(0)) };
    let k = k.clone().min(&n - &k);
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    vm.check_bits(k.saturating_mul(n.bits()))?;
    let below: BigInt = range_product(2, k).into();
    Ok(vm.bigint(falling(&n, k) / below))
}

// ---- error function and gamma function

/// Lanczos' approximation of the gamma function: where it is centred, and the coefficients of the
/// two polynomials, lowest power first. These are the numbers that CPython computes with, so that
/// results agree to the last bit.
const LANCZOS: f64 = 6.024_680_040_776_73;
const LANCZOS_TOP: [f64; 13] = [
    23_531_376_880.410_76,
    42_919_803_642.649_1,
    35_711_959_237.355_67,
    17_921_034_426.037_21,
    6_039_542_586.352_028,
    1_439_720_407.311_721_6,
    248_874_557.862_054_17,
    31_426_415.585_400_194,
    2_876_370.628_935_372_5,
    186_056.265_395_223_48,
    8_071.672_002_365_816,
    210.824_277_751_579_36,
    2.506_628_274_631_000_2,
];
const LANCZOS_BOTTOM: [f64; 13] = [
    0.0,
    39_916_800.0,
    120_543_840.0,
    150_917_976.0,
    105_258_076.0,
    45_995_730.0,
    13_339_535.0,
    2_637_558.0,
    357_423.0,
    32_670.0,
    1925.0,
    66.0,
    1.0,
];

fn lanczos_sum(x: f64) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    if x < 5.0 {
        for i in (0..LANCZOS_TOP.len()).rev() {
            top = top * x + LANCZOS_TOP[i];
            bottom = bottom * x + LANCZOS_BOTTOM[i];
        }
    } else {
        // From the other end, in powers of 1/x: large arguments do not overflow.
        for i in 0..LANCZOS_TOP.len() {
            top = top / x + LANCZOS_TOP[i];
            bottom = bottom / x + LANCZOS_BOTTOM[i];
        }
    }
    top / bottom
}

/// `sin(pi * x)` without the error of a rounded pi.
fn sin_pi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = x.abs() % 2.0;
    let result = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * result
}

fn gamma(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    if x.is_nan() || x == f64::INFINITY {
        return Ok(Value::float(x));
    }
    if x == f64::NEG_INFINITY || x == 0.0 || (x < 0.0 && x == x.floor()) {
        return Err(domain(vm));
    }
    let result = gamma_of(x);
    if result.is_infinite() { Err(range(vm)) } else { Ok(Value::float(result)) }
}

fn gamma_of(x: f64) -> f64 {
    let size = x.abs();
    if x == x.floor() && x <= 23.0 {
        // These factorials are exact floats.
        return (2..x as u32).fold(1.0, |product, n| product * f64::from(n));
    }
    if size < 1e-20 {
        return 1.0 / x;
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY };
    }
    let centre = LANCZOS - 0.5;
    let y = size + centre;
    // What rounding took from `y`, to be given back.
    let lost = if size > centre { (y - size) - centre } else { (y - centre) - size };
    let lost = lost * LANCZOS / y;
    let power = |part: f64| y.powf(part);
    if x < 0.0 {
        let mut result = -std::f64::consts::PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        result -= lost * result;
        if size < 140.0 {
            result / power(size - 0.5)
        } else {
            let root = power(size / 2.0 - 0.25);
            result / root / root
        }
    } else {
        let mut result = lanczos_sum(size) / y.exp();
        result += lost * result;
        if size < 140.0 {
            result * power(size - 0.5)
        } else {
            // The power in two steps, so that it does not overflow early.
            let root = power(size / 2.0 - 0.25);
            result * root * root
        }
    }
}

/// `ln(pi)`
const LOG_PI: f64 = 1.144_729_885_849_400_2;

fn lgamma(vm: &mut Vm, values: &[Value]) -> Result {
    let x = real_argument(vm, &values[0])?;
    if x.is_nan() {
        return Ok(Value::float(x));
    }
    if x.is_infinite() {
        return Ok(Value::float(f64::INFINITY));
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(domain(vm)) } else { Ok(Value::float(0.0)) };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(Value::float(-size.ln()));
    }
    let mut result = lanczos_sum(size).ln() - LANCZOS;
    result += (size - 0.5) * ((size + LANCZOS - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LOG_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    if result.is_infinite() { Err(range(vm)) } else { Ok(Value::float(result)) }
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
    function("dist(p, q, /)", dist),
    function("erf(x, /)", erf),
    function("erfc(x, /)", erfc),
    function("exp(x, /)", exp),
    function("exp2(x, /)", exp2),
    function("expm1(x, /)", expm1),
    function("fabs(x, /)", fabs),
    function("factorial(n, /)", factorial),
    function("floor(x, /)", floor),
    function("fma(x, y, z, /)", fma),
    function("fmod(x, y, /)", fmod),
    function("frexp(x, /)", frexp),
    function("fsum(seq, /)", fsum),
    function("gamma(x, /)", gamma),
    function("gcd(*integers)", gcd),
    function("hypot(*coordinates)", hypot),
    function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose),
    function("isfinite(x, /)", isfinite),
    function("isinf(x, /)", isinf),
    function("isnan(x, /)", isnan),
    function("isqrt(n, /)", isqrt),
    function("lcm(*integers)", lcm),
    function("ldexp(x, i, /)", ldexp),
    function("lgamma(x, /)", lgamma),
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
    function("sumprod(p, q, /)", sumprod),
    function("trunc(x, /)", trunc),
    function("prod(iterable, /, *, start=1)", prod),
    function("perm(n, k=None, /)", perm),
    function("comb(n, k, /)", comb),
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

pub fn install(vm: &mut Vm) {
    vm.add_module("math", fill);
}
