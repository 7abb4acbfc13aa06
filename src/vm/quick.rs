//! Arithmetic of inline integers and floats, as the loop does it where it stands. `None` is for
//! everything else: what is too large, and what raises.

use crate::object::Value;

#[inline(always)]
pub(super) fn int_div(x: i64, y: i64) -> Option<Value> {
    // Inline integers are exact as floats up to 2^49.
    if y != 0 { Some(Value::float(x as f64 / y as f64)) } else { None }
}

#[inline(always)]
pub(super) fn floor_div(x: i64, y: i64) -> Option<Value> {
    if y == 0 {
        return None;
    }
    let quotient = x / y;
    let quotient = if (x % y != 0) && ((x < 0) != (y < 0)) { quotient - 1 } else { quotient };
    Value::small_int(quotient)
}

#[inline(always)]
pub(super) fn floor_mod(x: i64, y: i64) -> Option<Value> {
    if y == 0 {
        return None;
    }
    let rest = x % y;
    Value::small_int(if rest != 0 && ((rest < 0) != (y < 0)) { rest + y } else { rest })
}

#[inline(always)]
pub(super) fn shift_left(x: i64, y: i64) -> Option<Value> {
    if (0..14).contains(&y) { Value::small_int(x << y) } else { None }
}

#[inline(always)]
pub(super) fn shift_right(x: i64, y: i64) -> Option<Value> {
    if (0..63).contains(&y) { Value::small_int(x >> y) } else { None }
}

#[inline(always)]
pub(super) fn quick_pow(x: f64, y: f64) -> Option<Value> {
    let result = if y == 0.5 && x > 0.0 && x.is_finite() { x.powf(y) } else { return None };
    Some(Value::float(result))
}
