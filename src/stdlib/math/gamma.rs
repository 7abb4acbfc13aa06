//! `math`: the gamma function, computed as CPython does.

use super::{domain, range};
use crate::object::Value;
use crate::types::float::real_argument;
use crate::vm::{Result, Vm};

/// Lanczos' approximation of the gamma function: where it is centred, and the coefficients of the
/// two polynomials, lowest power first. These are the numbers that CPython computes with, so that
/// results agree to the last bit.
pub(super) const LANCZOS: f64 = 6.024_680_040_776_73;
pub(super) const LANCZOS_TOP: [f64; 13] = [
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
pub(super) const LANCZOS_BOTTOM: [f64; 13] = [
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

pub(super) fn lanczos_sum(x: f64) -> f64 {
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
pub(super) fn sin_pi(x: f64) -> f64 {
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

pub(super) fn gamma(vm: &mut Vm, values: &[Value]) -> Result {
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

pub(super) fn gamma_of(x: f64) -> f64 {
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
pub(super) const LOG_PI: f64 = 1.144_729_885_849_400_2;

pub(super) fn lgamma(vm: &mut Vm, values: &[Value]) -> Result {
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
