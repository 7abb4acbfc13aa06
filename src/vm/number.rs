//! Arithmetic and comparison of builtin numbers: `int` of any size, `bool`, `float`, mixed.
//! Instances of subclasses are not looked at here: they may override anything.

use super::arith::BinaryOp;
use super::compare::CompareOp;
use super::{Result, Vm};
use crate::object::{IntObj, Value, heap};
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The prime that CPython hashes numbers by.
const MODULUS: u64 = (1 << 61) - 1;

/// `hash()` of an integer.
#[inline]
pub fn hash_i64(n: i64) -> i64 {
    let magnitude = (n.unsigned_abs() % MODULUS) as i64;
    let hash = if n < 0 { -magnitude } else { magnitude };
    if hash == -1 { -2 } else { hash }
}

/// `hash()` of an inline integer, which is smaller than the modulus.
#[inline(always)]
pub fn hash_small(n: i64) -> i64 {
    if n == -1 { -2 } else { n }
}

/// `hash()` of a large integer.
pub fn hash_big(n: &BigInt) -> i64 {
    let rest = (n.magnitude() % MODULUS).to_u64().unwrap_or(0) as i64;
    let hash = if n.sign() == Sign::Minus { -rest } else { rest };
    if hash == -1 { -2 } else { hash }
}

/// `hash()` of a float; a NaN hashes by identity.
pub fn hash_f64(x: f64, identity: u64) -> i64 {
    if x.is_nan() {
        return identity as i64 & i64::MAX;
    }
    if x.is_infinite() {
        return if x > 0.0 { 314_159 } else { -314_159 };
    }
    if x == x.trunc() && x.abs() < 9e15 {
        return hash_i64(x as i64);
    }
    let (mut mantissa, mut exponent) = frexp(x.abs());
    let mut hash: u64 = 0;
    while mantissa != 0.0 {
        hash = ((hash << 28) & MODULUS) | (hash >> (61 - 28));
        mantissa *= 268_435_456.0;
        exponent -= 28;
        let part = mantissa as u64;
        mantissa -= part as f64;
        hash += part;
        if hash >= MODULUS {
            hash -= MODULUS;
        }
    }
    let turn = exponent.rem_euclid(61) as u32;
    if turn != 0 {
        hash = ((hash << turn) & MODULUS) | (hash >> (61 - turn));
    }
    let signed = if x < 0.0 { -(hash as i64) } else { hash as i64 };
    if signed == -1 { -2 } else { signed }
}

/// `x == mantissa * 2**exponent` with the mantissa in `0.5..1`.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32;
    if exponent == 0 {
        let (mantissa, exponent) = frexp(x * f64::from_bits(0x4350_0000_0000_0000));
        return (mantissa, exponent - 54);
    }
    (f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | 0x3FE0_0000_0000_0000), exponent - 1022)
}

/// A builtin number, borrowed.
pub enum Number<'v> {
    Small(i64),
    Big(&'v BigInt),
    Float(f64),
}

impl Number<'_> {
    pub fn to_big(&self) -> Option<Cow<'_, BigInt>> {
        match self {
            Number::Small(n) => Some(Cow::Owned(BigInt::from(*n))),
            Number::Big(n) => Some(Cow::Borrowed(n)),
            Number::Float(_) => None,
        }
    }
}

impl Vm {
    /// The number in an exact `int`, `bool` or `float`.
    #[inline]
    pub fn number<'v>(&self, value: &'v Value) -> Option<Number<'v>> {
        if let Some(n) = value.as_int() {
            return Some(Number::Small(n));
        }
        if let Some(x) = value.as_float() {
            return Some(Number::Float(x));
        }
        if let Some(b) = value.as_bool() {
            return Some(Number::Small(i64::from(b)));
        }
        let big = value.get::<IntObj>()?;
        if value.header()?.class().is_same(&self.types.int) { Some(Number::Big(&big.value)) } else { None }
    }

    /// `a op b` for two exact builtin numbers; `None` when one is something else.
    pub fn number_binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Option<Result> {
        let (x, y) = (self.number(a)?, self.number(b)?);
        Some(match (&x, &y) {
            (Number::Float(x), Number::Float(y)) => self.float_binary(op, *x, *y),
            (Number::Float(x), _) => match self.float_of(&y) {
                Ok(y) => self.float_binary(op, *x, y),
                Err(raised) => Err(raised),
            },
            (_, Number::Float(y)) => match self.float_of(&x) {
                Ok(x) => self.float_binary(op, x, *y),
                Err(raised) => Err(raised),
            },
            (Number::Small(x), Number::Small(y)) => {
                // `bool` has its own &, | and ^.
                if let (Some(p), Some(q)) = (a.as_bool(), b.as_bool()) {
                    match op {
                        BinaryOp::And => return Some(Ok(Value::bool(p & q))),
                        BinaryOp::Or => return Some(Ok(Value::bool(p | q))),
                        BinaryOp::Xor => return Some(Ok(Value::bool(p ^ q))),
                        _ => {}
                    }
                }
                match small_binary(op, *x, *y) {
                    Some(n) => Ok(self.int(n)),
                    None => self.big_binary(op, &BigInt::from(*x), &BigInt::from(*y)),
                }
            }
            _ => {
                let (x, y) = (x.to_big()?, y.to_big()?);
                self.big_binary(op, &x, &y)
            }
        })
    }

    fn float_of(&mut self, number: &Number<'_>) -> Result<f64> {
        match number {
            Number::Small(n) => Ok(*n as f64),
            Number::Float(x) => Ok(*x),
            Number::Big(n) => self.big_to_float(n),
        }
    }

    /// `float(n)`, rounded half to even; OverflowError when it is too large.
    pub fn big_to_float(&mut self, n: &BigInt) -> Result<f64> {
        match n.to_f64() {
            Some(x) if x.is_finite() => Ok(x),
            _ => Err(self.overflow_error("int too large to convert to float")),
        }
    }

    /// Integer arithmetic of any size.
    pub fn big_binary(&mut self, op: BinaryOp, x: &BigInt, y: &BigInt) -> Result {
        let n = match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => {
                let bits = x.bits().saturating_add(y.bits());
                self.check_bits(bits)?;
                // The way to the result takes as much again.
                self.room((bits / 4) as usize)?;
                self.afford(multiplying(x.bits(), y.bits()))?;
                x * y
            }
            BinaryOp::FloorDiv | BinaryOp::Mod if y.is_zero() => {
                return Err(self.zero_division_error(if op == BinaryOp::Mod {
                    "integer modulo by zero"
                } else {
                    "integer division or modulo by zero"
                }));
            }
            BinaryOp::FloorDiv => {
                self.afford(dividing(x.bits(), y.bits()))?;
                x.div_floor(y)
            }
            BinaryOp::Mod => {
                self.afford(dividing(x.bits(), y.bits()))?;
                x.mod_floor(y)
            }
            BinaryOp::Div => return self.big_true_divide(x, y),
            BinaryOp::Pow => return self.big_power(x, y),
            BinaryOp::LShift | BinaryOp::RShift => return self.big_shift(op, x, y),
            BinaryOp::And => x & y,
            BinaryOp::Or => x | y,
            BinaryOp::Xor => x ^ y,
            BinaryOp::MatMul => return Ok(Value::NOT_IMPLEMENTED),
        };
        Ok(self.bigint(n))
    }

    fn big_shift(&mut self, op: BinaryOp, x: &BigInt, y: &BigInt) -> Result {
        if y.is_negative() {
            return Err(self.value_error("negative shift count"));
        }
        let n = match (op, y.to_u64()) {
            (BinaryOp::LShift, _) if x.is_zero() => BigInt::zero(),
            (BinaryOp::LShift, Some(by)) => {
                self.check_bits(x.bits().saturating_add(by))?;
                x << by
            }
            (BinaryOp::LShift, None) => {
                return Err(self.overflow_error("too many digits in integer"));
            }
            (_, Some(by)) if by < x.bits().max(1) => x >> by,
            _ => BigInt::from(if x.is_negative() { -1 } else { 0 }),
        };
        Ok(self.bigint(n))
    }

    fn big_power(&mut self, x: &BigInt, y: &BigInt) -> Result {
        if y.is_negative() {
            let base = self.big_to_float(x)?;
            let exponent = self.big_to_float(y)?;
            return self.float_power(base, exponent);
        }
        let one = BigInt::from(1);
        if x.is_zero() || *x == one {
            return Ok(self.bigint(if y.is_zero() { one } else { x.clone() }));
        }
        if *x == -&one {
            return Ok(Value::index(1)).map(|v| if y.is_odd() { self.int(-1) } else { v });
        }
        let Some(exponent) = y.to_u32() else {
            return Err(self.memory_error(""));
        };
        let bits = x.bits().saturating_mul(u64::from(exponent));
        self.check_bits(bits)?;
        // Squarings of ever longer numbers: the last ones cost as much as all before them.
        self.afford(multiplying(bits / 2, bits / 2).saturating_mul(2))?;
        Ok(self.bigint(x.pow(exponent)))
    }

    /// A result of this many bits has to fit into memory.
    pub fn check_bits(&mut self, bits: u64) -> Result<()> {
        if bits > 1 << 35 {
            return Err(self.memory_error(""));
        }
        self.room((bits / 8) as usize)
    }

    /// `x / y`, correctly rounded.
    pub fn big_true_divide(&mut self, x: &BigInt, y: &BigInt) -> Result {
        if y.is_zero() {
            return Err(self.zero_division_error("division by zero"));
        }
        const EXACT: i64 = 1 << 53;
        if let (Some(p), Some(q)) = (x.to_i64(), y.to_i64())
            && (-EXACT..=EXACT).contains(&p)
            && (-EXACT..=EXACT).contains(&q)
        {
            return Ok(Value::float(p as f64 / q as f64));
        }
        self.afford(dividing(x.bits(), y.bits()))?;
        // Scale so that the integer quotient has 64 or 65 bits, keep a sticky bit, and let the
        // conversion to float round once.
        let shift = 65 - (x.bits() as i64 - y.bits() as i64);
        let (p, q) = (x.magnitude(), y.magnitude());
        let (quotient, rest) =
            if shift >= 0 { (p << shift as u64).div_rem(q) } else { p.div_rem(&(q << (-shift) as u64)) };
        let mut quotient = quotient;
        if !rest.is_zero() {
            quotient |= num_bigint::BigUint::from(1u8);
        }
        let value = quotient.to_f64().unwrap_or(f64::INFINITY);
        let scaled = scale(value, -shift, &quotient);
        if scaled.is_infinite() {
            return Err(self.overflow_error("integer division result too large for a float"));
        }
        Ok(Value::float(if (x.sign() == Sign::Minus) == (y.sign() == Sign::Minus) {
            scaled
        } else {
            -scaled
        }))
    }

    /// Float arithmetic.
    pub fn float_binary(&mut self, op: BinaryOp, x: f64, y: f64) -> Result {
        Ok(Value::float(match op {
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            BinaryOp::Div => {
                if y == 0.0 {
                    return Err(self.zero_division_error("float division by zero"));
                }
                x / y
            }
            BinaryOp::FloorDiv => {
                if y == 0.0 {
                    return Err(self.zero_division_error("float floor division by zero"));
                }
                float_divmod(x, y).0
            }
            BinaryOp::Mod => {
                if y == 0.0 {
                    return Err(self.zero_division_error("float modulo by zero"));
                }
                float_divmod(x, y).1
            }
            BinaryOp::Pow => return self.float_power(x, y),
            BinaryOp::MatMul
            | BinaryOp::LShift
            | BinaryOp::RShift
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Xor => return Ok(Value::NOT_IMPLEMENTED),
        }))
    }

    /// `x ** y` for floats; a complex result for a negative base and a fractional exponent.
    pub fn float_power(&mut self, x: f64, y: f64) -> Result {
        if x == 0.0 && y < 0.0 && y.is_finite() {
            return Err(self.zero_division_error("0.0 cannot be raised to a negative power"));
        }
        if x < 0.0 && x.is_finite() && y.is_finite() && y != y.trunc() {
            let (length, angle) = ((-x).powf(y), std::f64::consts::PI * y);
            if length.is_infinite() {
                return Err(self.overflow_error("complex exponentiation"));
            }
            return Ok(self.complex(length * angle.cos(), length * angle.sin()));
        }
        // Also for the negative NaN, which is a signalling one in a `Value`.
        let result = if y == 0.0 || x == 1.0 { 1.0 } else { x.powf(y) };
        if result.is_infinite() && x.is_finite() && y.is_finite() {
            let exc = self.exception(&self.exceptions.overflow_error, Vec::new());
            exc.args.set(self.tuple([Value::index(34), self.str("Numerical result out of range")]));
            return Err(super::Raised(exc));
        }
        Ok(Value::float(result))
    }
}

/// Products of machine words in the time of a step.
const PRODUCTS_A_STEP: f64 = 64.0;
/// From this many words on, factors are multiplied by parts.
const PARTS: f64 = 32.0;

/// The steps that a product of integers of so many bits counts for.
pub fn multiplying(x: u64, y: u64) -> u64 {
    let (x, y) = ((x / 64) as f64, (y / 64) as f64);
    let (short, long) = (x.min(y), x.max(y));
    // Pieces as long as the shorter factor, each by parts.
    let products = if short <= PARTS { short * long } else { long * PARTS * (short / PARTS).powf(0.585) };
    (products / PRODUCTS_A_STEP) as u64
}

/// The steps that a division counts for: each word of the quotient takes the divisor's length.
pub fn dividing(x: u64, y: u64) -> u64 {
    let (words, divisor) = (x.saturating_sub(y) / 64, y / 64);
    words.saturating_mul(divisor.max(1)) / PRODUCTS_A_STEP as u64
}

/// The steps that a change of base counts for.
pub fn converting(bits: u64) -> u64 {
    dividing(bits, bits / 2)
}

/// `value * 2**exponent`; for subnormal results the quotient is rounded at the right place.
fn scale(value: f64, exponent: i64, quotient: &num_bigint::BigUint) -> f64 {
    if quotient.is_zero() {
        return 0.0;
    }
    let top = quotient.bits() as i64 + exponent;
    if top > 1025 {
        return f64::INFINITY;
    }
    if top >= -1020 {
        // Normal: two exact steps.
        let half = exponent / 2;
        return value * power_of_two(half) * power_of_two(exponent - half);
    }
    if top < -1080 {
        return 0.0;
    }
    // Subnormal: round to a multiple of 2**-1074, half to even, in integers.
    let drop = (-1074 - exponent) as u64;
    let kept = quotient >> drop;
    let rest = quotient - (&kept << drop);
    let half = num_bigint::BigUint::from(1u8) << (drop - 1);
    let up = match rest.cmp(&half) {
        Ordering::Greater => true,
        Ordering::Equal => kept.is_odd(),
        Ordering::Less => false,
    };
    let units = kept.to_u64().unwrap_or(0) + u64::from(up);
    f64::from_bits(units)
}

fn power_of_two(exponent: i64) -> f64 {
    2f64.powi(exponent.clamp(-1074, 1023) as i32)
}

/// Floor division and modulo of floats, with CPython's signs.
pub fn float_divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest != 0.0 {
        if (y < 0.0) != (rest < 0.0) {
            rest += y;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(y);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(x / y)
    };
    (floor, rest)
}

/// Integer arithmetic on machine words; `None` when the result needs more room or an error.
#[inline]
pub fn small_binary(op: BinaryOp, x: i64, y: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        BinaryOp::FloorDiv if y != 0 => Some(Integer::div_floor(&x, &y)),
        BinaryOp::Mod if y != 0 => Some(Integer::mod_floor(&x, &y)),
        BinaryOp::And => Some(x & y),
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        BinaryOp::LShift if (0..62).contains(&y) => {
            let shifted = x.checked_shl(y as u32)?;
            if shifted >> y == x { Some(shifted) } else { None }
        }
        BinaryOp::RShift if y >= 0 => Some(x >> y.min(63)),
        BinaryOp::Pow if y >= 0 => x.checked_pow(u32::try_from(y).ok()?),
        _ => None,
    }
}

/// Comparison of exact builtin numbers of any kinds.
pub fn compare(op: CompareOp, a: &Value, b: &Value, vm: &Vm) -> Option<bool> {
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    let ordering = match (&x, &y) {
        (Number::Small(x), Number::Small(y)) => Some(x.cmp(y)),
        (Number::Float(x), Number::Float(y)) => x.partial_cmp(y),
        (Number::Float(x), other) => compare_float_int(*x, other),
        (other, Number::Float(y)) => compare_float_int(*y, other).map(Ordering::reverse),
        (x, y) => {
            let (x, y) = (x.to_big()?, y.to_big()?);
            heap::spend_bytes(x.bits().min(y.bits()) as usize / 8);
            Some(x.cmp(&y))
        }
    };
    Some(match ordering {
        Some(ordering) => op.holds(ordering),
        None => op.unordered(),
    })
}

/// Exact comparison of a float with an integer; `None` for NaN.
fn compare_float_int(x: f64, n: &Number<'_>) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    if let Number::Small(n) = n
        && n.unsigned_abs() < 1 << 53
    {
        return x.partial_cmp(&(*n as f64));
    }
    let whole = num_traits::FromPrimitive::from_f64(x.trunc()).unwrap_or_else(BigInt::zero);
    let n = n.to_big()?;
    Some(whole.cmp(&n).then_with(|| x.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)))
}
