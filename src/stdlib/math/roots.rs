//! `math`: the cube root, with the last bit of the C library that CPython calls: a polynomial for a
//! number between 1/2 and 1, one step of Halley's method, and a factor for the exponent.

use crate::vm::number::frexp;

/// From the highest power down; subtraction and addition alternate.
const START: [f64; 7] = [
    0.14526389938548637,
    0.7849323449766392,
    1.8346927748361308,
    2.4469312256353444,
    2.114994941673713,
    1.508191937815849,
    0.35489576504391984,
];

/// Cube roots of 1/4, 1/2, 1, 2 and 4.
const FACTORS: [f64; 5] =
    [1.0 / 1.5874010519681996, 1.0 / 1.2599210498948732, 1.0, 1.2599210498948732, 1.5874010519681996];

pub(super) fn cbrt(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let (part, exponent) = frexp(x.abs());
    let [a, b, c, d, e, f, g] = START;
    let root = (((((b - a * part) * part - c) * part + d) * part - e) * part + f) * part + g;
    let cube = root * root * root;
    let root = (part + part + cube) * root / (cube + cube + part);
    let rest = exponent % 3;
    let root = root * FACTORS[(rest + 2) as usize];
    // The result is never subnormal: a power of two changes nothing but the exponent.
    let root = root * 2f64.powi((exponent - rest) / 3);
    if x < 0.0 { -root } else { root }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_c_library() {
        for (x, root) in [(0.7, 0.8879040017426008), (27.0, 3.0000000000000004), (-1e-300, -1e-100)] {
            assert_eq!(cbrt(x), root, "cbrt({x})");
        }
    }
}
