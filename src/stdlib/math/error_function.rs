//! `math`: the error function, by the rational approximations of Sun's library.
//!
//! Four ranges of |x| have polynomials of their own. The terms are added in pairs, as the C
//! library adds them that CPython calls, so that results agree to the last bit.

/// `erf(1)`, nearly: what the second range adds to.
const MIDDLE: f64 = 0.8450629115104675;
/// `2 / sqrt(pi) - 1`
const SLOPE: f64 = 0.1283791670955126;

/// Below 0.84375, in `x * x`.
const NEAR: [&[f64]; 2] = [
    &[
        0.12837916709551256,
        -0.3250421072470015,
        -0.02848174957559851,
        -0.005770270296489442,
        -2.3763016656650163e-05,
    ],
    &[
        1.0,
        0.39791722395915535,
        0.0650222499887673,
        0.005081306281875766,
        0.00013249473800432164,
        -3.960228278775368e-06,
    ],
];

/// Below 1.25, in `|x| - 1`.
const AROUND_ONE: [&[f64]; 2] = [
    &[
        -0.0023621185607526594,
        0.41485611868374833,
        -0.3722078760357013,
        0.31834661990116175,
        -0.11089469428239668,
        0.035478304325618236,
        -0.002166375594868791,
    ],
    &[
        1.0,
        0.10642088040084423,
        0.540397917702171,
        0.07182865441419627,
        0.12617121980876164,
        0.01363708391202905,
        0.011984499846799107,
    ],
];

/// Below 1 / 0.35, in `1 / (x * x)`.
const FAR: [&[f64]; 2] = [
    &[
        -0.009864944034847148,
        -0.6938585727071818,
        -10.558626225323291,
        -62.375332450326006,
        -162.39666946257347,
        -184.60509290671104,
        -81.2874355063066,
        -9.814329344169145,
    ],
    &[
        1.0,
        19.651271667439257,
        137.65775414351904,
        434.56587747522923,
        645.3872717332679,
        429.00814002756783,
        108.63500554177944,
        6.570249770319282,
        -0.0604244152148581,
    ],
];

/// From there on, in the same.
const FURTHER: [&[f64]; 2] = [
    &[
        -0.0098649429247001,
        -0.799283237680523,
        -17.757954917754752,
        -160.63638485582192,
        -637.5664433683896,
        -1025.0951316110772,
        -483.5191916086514,
    ],
    &[
        1.0,
        30.33806074348246,
        325.7925129965739,
        1536.729586084437,
        3199.8582195085955,
        2553.0504064331644,
        474.52854120695537,
        -22.44095244658582,
    ],
];

/// A polynomial, two terms at a time.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let x2 = x * x;
    let x4 = x2 * x2;
    let powers = [1.0, x2, x4, x4 * x2, x4 * x4];
    let mut sum = 0.0;
    for (pair, power) in coefficients.chunks(2).zip(powers) {
        let term = if let [low, high] = pair { low + x * high } else { pair[0] };
        sum = if power == 1.0 && sum == 0.0 { term } else { sum + power * term };
    }
    sum
}

fn quotient([top, bottom]: [&[f64]; 2], x: f64) -> f64 {
    polynomial(top, x) / polynomial(bottom, x)
}

/// `x * erfc(x)` for 1.25 <= x < 28.
fn tail(x: f64) -> f64 {
    let part = quotient(if x < 1.0 / 0.35 { FAR } else { FURTHER }, 1.0 / (x * x));
    // The square in two parts: of a number with half the digits, and what is left.
    let short = f64::from_bits(x.to_bits() & 0xFFFF_FFFF_0000_0000);
    (-short * short - 0.5625).exp() * ((short - x) * (short + x) + part).exp()
}

pub(super) fn erf(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() {
        return x;
    }
    if size < 0.84375 {
        if size < 2f64.powi(-28) {
            // Multiplied and divided so that nothing is lost of the smallest numbers.
            return if size < 2f64.powi(-1015) {
                0.0625 * (16.0 * x + (16.0 * SLOPE) * x)
            } else {
                x + SLOPE * x
            };
        }
        return x + x * quotient(NEAR, x * x);
    }
    let result = if size < 1.25 {
        MIDDLE + quotient(AROUND_ONE, size - 1.0)
    } else if size < 6.0 {
        1.0 - tail(size) / size
    } else {
        1.0
    };
    if x < 0.0 { -result } else { result }
}

pub(super) fn erfc(x: f64) -> f64 {
    let size = x.abs();
    if x.is_nan() {
        return x;
    }
    if size < 0.84375 {
        if size < 2f64.powi(-56) {
            return 1.0 - x;
        }
        let part = quotient(NEAR, x * x);
        return if x < 0.25 { 1.0 - (x + x * part) } else { 0.5 - (x * part + (x - 0.5)) };
    }
    if size < 1.25 {
        let part = quotient(AROUND_ONE, size - 1.0);
        return if x > 0.0 { (1.0 - MIDDLE) - part } else { 1.0 + (MIDDLE + part) };
    }
    if x <= -6.0 {
        return 2.0;
    }
    if size >= 28.0 {
        0.0
    } else if x > 0.0 {
        tail(size) / size
    } else {
        2.0 - tail(size) / size
    }
}
