//! `math`: functions of integers of any size.

use crate::object::Value;
use crate::vm::number::{converting, dividing, multiplying};
use crate::vm::{Result, Vm};
use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// The items of `*integers`.
pub(super) fn integers(vm: &mut Vm, values: &[Value]) -> Result<Vec<BigInt>> {
    let items = values[0].get::<crate::object::TupleObj>().map_or(Vec::new(), |t| t.items().to_vec());
    items.iter().map(|item| vm.index(item)).collect()
}

/// A greatest common divisor takes bit after bit off the longer number.
fn afford_gcd(vm: &mut Vm, x: &BigInt, y: &BigInt) -> Result<()> {
    let bits = x.bits().max(y.bits());
    vm.afford((bits / 64).saturating_mul(bits) / 64)
}

pub(super) fn gcd(vm: &mut Vm, values: &[Value]) -> Result {
    let mut result = BigInt::zero();
    for n in integers(vm, values)? {
        afford_gcd(vm, &result, &n)?;
        result = result.gcd(&n);
    }
    Ok(vm.bigint(result))
}

pub(super) fn lcm(vm: &mut Vm, values: &[Value]) -> Result {
    let mut result = BigInt::one();
    for n in integers(vm, values)? {
        afford_gcd(vm, &result, &n)?;
        result = if n.is_zero() { n } else { result.lcm(&n) };
        if result.is_zero() {
            break;
        }
    }
    Ok(vm.bigint(result))
}

pub(super) fn isqrt(vm: &mut Vm, values: &[Value]) -> Result {
    let n = vm.index(&values[0])?;
    if n.is_negative() {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    vm.afford(converting(n.bits()).saturating_mul(4))?;
    Ok(vm.bigint(n.sqrt()))
}

/// The product of `low..=high`, by halves so that the factors have like sizes.
pub(super) fn range_product(low: u64, high: u64) -> BigUint {
    if low > high {
        return BigUint::one();
    }
    if high - low < 8 {
        return (low..=high).map(BigUint::from).product();
    }
    let middle = low + (high - low) / 2;
    range_product(low, middle) * range_product(middle + 1, high)
}

/// A product of `factors` that is `bits` long, made by halves.
fn afford_product(vm: &mut Vm, factors: u64, bits: u64) -> Result<()> {
    vm.afford((factors / 8).saturating_add(multiplying(bits / 2, bits / 2).saturating_mul(3)))
}

/// A product of `factors` that is `bits` long; beyond machine words it is made factor by factor.
fn afford_falling(vm: &mut Vm, n: &BigInt, factors: u64) -> Result<()> {
    let bits = factors.saturating_mul(n.bits());
    afford_product(vm, factors, bits)?;
    if n.bits() <= 64 { Ok(()) } else { vm.afford(dividing(bits, n.bits()).saturating_mul(factors / 2)) }
}

pub(super) fn factorial(vm: &mut Vm, values: &[Value]) -> Result {
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
    afford_product(vm, u64::from(n), u64::from(n) * u64::from(n.max(2).ilog2()))?;
    Ok(vm.bigint(range_product(2, u64::from(n)).into()))
}

/// `n * (n - 1) * … ` with `k` factors.
pub(super) fn falling(n: &BigInt, k: u64) -> BigInt {
    match n.to_u64() {
        Some(n) => range_product(n - k + 1, n).into(),
        None => (0..k).map(|i| n - i).product(),
    }
}

/// `n` and `k` of `perm` and `comb`; `None` when the result is zero.
pub(super) fn chosen(vm: &mut Vm, values: &[Value]) -> Result<Option<(BigInt, BigInt)>> {
    let (n, k) = (vm.index(&values[0])?, vm.index(&values[1])?);
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    Ok(if k > n { None } else { Some((n, k)) })
}

pub(super) fn perm(vm: &mut Vm, values: &[Value]) -> Result {
    if values[1].is_none() {
        return factorial(vm, &values[..1]);
    }
    let Some((n, k)) = chosen(vm, values)? else { return Ok(Value::index(0)) };
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    vm.check_bits(k.saturating_mul(n.bits()))?;
    afford_falling(vm, &n, k)?;
    Ok(vm.bigint(falling(&n, k)))
}

pub(super) fn comb(vm: &mut Vm, values: &[Value]) -> Result {
    let Some((n, k)) = chosen(vm, values)? else { return Ok(Value::index(0)) };
    let k = k.clone().min(&n - &k);
    let Some(k) = k.to_u64() else {
        return Err(vm.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let bits = k.saturating_mul(n.bits());
    vm.check_bits(bits)?;
    afford_falling(vm, &n, k)?;
    vm.afford(dividing(bits, k.saturating_mul(64 - u64::from(k.leading_zeros()))))?;
    let below: BigInt = range_product(2, k).into();
    Ok(vm.bigint(falling(&n, k) / below))
}
