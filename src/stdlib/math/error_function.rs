//! `math`: the error function, by the rational approximations of Sun's library.
//!
//! Four ranges of |x| have polynomials of their own. The terms are added in pairs, as the C
//! library adds them that CPython calls, so that results agree to the last bit.

/// `erf(1)`, nearly: what the second range adds to.
const MIDDLE: f64 = 8.45062911510467529297e-01;
/// `2 / sqrt(pi) - 1`
const SLOPE: f64 = 1.28379167095512586316e-01;

/// Below 0.84375, in `x * x`.
const NEAR: [&[f64]; 2] = [
    &[
        1.28379167095512558561e-01,
        -3.25042107247001499370e-01,
        -2.84817495755985104766e-02,
        -5.77027029648944159157e-03,
        -2.37630166566501626084e-05,
    ],
    &[
        1.0,
        3.97917223959155352819e-01,
        6.50222499887672944485e-02,
        5.08130628187576562776e-03,
        1.32494738004321644526e-04,
        -3.96022827877536812320e-06,
    ],
];

/// Below 1.25, in `|x| - 1`.
const AROUND_ONE: [&[f64]; 2] = [
    &[
        -2.36211856075265944077e-03,
        4.14856118683748331666e-01,
        -3.72207876035701323847e-01,
        3.18346619901161753674e-01,
        -1.10894694282396677476e-01,
        3.54783043256182359371e-02,
        -2.16637559486879084300e-03,
    ],
    &[
        1.0,
        1.06420880400844228286e-01,
        5.40397917702171048937e-01,
        7.18286544141962662868e-02,
        1.26171219808761642112e-01,
        1.36370839120290507362e-02,
        1.19844998467991074170e-02,
    ],
];

/// Below 1 / 0.35, in `1 / (x * x)`.
const FAR: [&[f64]; 2] = [
    &[
        -9.86494403484714822705e-03,
        -6.93858572707181764372e-01,
        -1.05586262253232909814e+01,
        -6.23753324503260060396e+01,
        -1.62396669462573470355e+02,
        -1.84605092906711035994e+02,
        -8.12874355063065934246e+01,
        -9.81432934416914548592e+00,
    ],
    &[
        1.0,
        1.96512716674392571292e+01,
        1.37657754143519042600e+02,
        4.34565877475229228821e+02,
        6.45387271733267880336e+02,
        4.29008140027567833386e+02,
        1.08635005541779435134e+02,
        6.57024977031928170135e+00,
        -6.04244152148580987438e-02,
    ],
];

/// From there on, in the same.
const FURTHER: [&[f64]; 2] = [
    &[
        -9.86494292470009928597e-03,
        -7.99283237680523006574e-01,
        -1.77579549177547519889e+01,
        -1.60636384855821916062e+02,
        -6.37566443368389627722e+02,
        -1.02509513161107724954e+03,
        -4.83519191608651397019e+02,
    ],
    &[
        1.0,
        3.03380607434824582924e+01,
        3.25792512996573918826e+02,
        1.53672958608443695994e+03,
        3.19985821950859553908e+03,
        2.55305040643316442583e+03,
        4.74528541206955367215e+02,
        -2.24409524465858183362e+01,
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
            return if size < 2.848094538889218e-306 {
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
    match size < 28.0 {
        true if x > 0.0 => tail(size) / size,
        true => 2.0 - tail(size) / size,
        false => 0.0,
    }
}
