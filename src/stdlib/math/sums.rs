//! `math`: sums that round once, products, lengths of vectors.

use crate::object::Value;
use crate::types::float::{ratio, real_argument, rounded_ratio};
use crate::vm::{BinaryOp, Result, Vm};
use num_bigint::BigInt;
use num_traits::Signed;

/// An exact sum, rounded once: non-overlapping partial sums from small to large.
pub(super) struct ExactSum {
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

pub(super) fn fsum(vm: &mut Vm, values: &[Value]) -> Result {
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
    // Nothing, and zeros of whatever sign, add up to zero.
    Ok(Value::float(sum.total() + 0.0))
}

pub(super) fn prod(vm: &mut Vm, values: &[Value]) -> Result {
    let mut result = values[1].clone();
    for item in vm.collect(&values[0])? {
        result = vm.binary(BinaryOp::Mul, &result, &item)?;
    }
    Ok(result)
}

pub(super) fn sumprod(vm: &mut Vm, values: &[Value]) -> Result {
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
pub(super) fn vector_length(parts: &[f64]) -> f64 {
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
pub(super) fn root_of_ratio(n: &BigInt, exponent: i64) -> f64 {
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

pub(super) fn hypot(vm: &mut Vm, values: &[Value]) -> Result {
    let parts = values[0].get::<crate::object::TupleObj>().map_or(Vec::new(), |t| t.items().to_vec());
    let mut numbers = Vec::with_capacity(parts.len());
    for part in &parts {
        numbers.push(real_argument(vm, part)?);
    }
    Ok(Value::float(vector_length(&numbers)))
}

pub(super) fn dist(vm: &mut Vm, values: &[Value]) -> Result {
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
