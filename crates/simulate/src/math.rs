//! Exponential, logarithm and sine of our own: the same bits on every machine. The library's differ in the last place from
//! one platform to the next, and one different bit makes another run.
//!
//! Only additions, multiplications, divisions and square roots are used, which IEEE 754 rounds in one way, and no fused
//! operation. Errors stay below 1e-15 relative, which no statistic sees.

/// The natural logarithm; of zero it is negative infinity, of a negative number not a number.
///
/// # Source
/// Argument reduction to `m` in [√½, √2) and the series 2 artanh((m − 1)/(m + 1)).
pub(crate) const fn ln(x: f64) -> f64 {
    if !x.is_finite() || x <= 0.0 {
        return if x == 0.0 {
            f64::NEG_INFINITY
        } else if x > 0.0 {
            x
        } else {
            f64::NAN
        };
    }
    // Numbers too small for a full mantissa are scaled first.
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * TWO_54, -54) } else { (x, 0) };
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1023 + shift;
    let mut mantissa = f64::from_bits(bits & MANTISSA | 1023 << 52);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let z = s * s;
    // 2 (s + s³/3 + s⁵/5 + …); |s| ≤ 0.1716, so that the term in s²³ is below 1e-18.
    let (mut tail, mut odd) = (0.0, 21.0);
    while odd > 1.0 {
        tail = tail * z + 1.0 / odd;
        odd -= 2.0;
    }
    let exponent = exponent as f64;
    exponent * LN2_HIGH + (exponent * LN2_LOW + 2.0 * (s + s * z * tail))
}

/// `e` to the power of `x`.
///
/// # Source
/// Argument reduction to |r| ≤ ln 2 / 2 with ln 2 in two parts (Cody and Waite), then the Taylor series.
pub(crate) const fn exp(x: f64) -> f64 {
    if x.is_nan() || x > 709.7 {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x < -745.2 {
        return 0.0;
    }
    let whole = (x * std::f64::consts::LOG2_E + if x < 0.0 { -0.5 } else { 0.5 }) as i64;
    let r = (x - whole as f64 * LN2_HIGH) - whole as f64 * LN2_LOW;
    // Horner from 1/13!; |r| ≤ 0.347, so that the next term is below 1e-17.
    let (mut sum, mut n) = (1.0, 13.0);
    while n > 0.0 {
        sum = 1.0 + sum * r / n;
        n -= 1.0;
    }
    // Two steps, so that results too small for a full mantissa come out.
    let half = whole / 2;
    sum * power_of_two(half) * power_of_two(whole - half)
}

/// `base` to the power of `exponent`, for a positive base.
pub(crate) const fn pow(base: f64, exponent: f64) -> f64 {
    exp(exponent * ln(base))
}

/// The sine of `turns` full turns.
pub(crate) fn sin_turns(turns: f64) -> f64 {
    // To [-0.25, 0.25] turns, where the series is short.
    let mut part = turns - turns.floor();
    if part > 0.75 {
        part -= 1.0;
    } else if part > 0.25 {
        part = 0.5 - part;
    }
    let x = part * std::f64::consts::TAU;
    let z = x * x;
    let mut sum = 1.0;
    for n in [20.0, 18.0, 16.0, 14.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0] {
        sum = 1.0 - sum * z / (n * (n + 1.0));
    }
    x * sum
}

/// The square root, by Newton's method, for tables that are made at compile time.
pub(crate) const fn sqrt(x: f64) -> f64 {
    let mut root = exp(ln(x) / 2.0);
    let mut step = 0;
    while step < 4 {
        root = (root + x / root) / 2.0;
        step += 1;
    }
    root
}

const MANTISSA: u64 = (1 << 52) - 1;
const TWO_54: f64 = (1_u64 << 54) as f64;
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

const fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn close(ours: f64, theirs: f64) -> bool {
        (ours - theirs).abs() <= 4e-15 * theirs.abs().max(1e-300)
    }

    proptest! {
        #[test]
        fn logarithms_agree_with_the_library(x in prop::num::f64::POSITIVE) {
            let (ours, theirs) = (super::ln(x), x.ln());
            prop_assert!(close(ours, theirs) || (ours - theirs).abs() < 1e-16, "{} {}", ours, theirs);
        }

        #[test]
        fn powers_agree_with_the_library(x in -700.0..700.0) {
            prop_assert!(close(super::exp(x), x.exp()), "{} {}", super::exp(x), x.exp());
        }

        #[test]
        fn sines_agree_with_the_library(turns in -50.0..50.0_f64) {
            let theirs = (turns * std::f64::consts::TAU).sin();
            prop_assert!((super::sin_turns(turns) - theirs).abs() < 1e-12);
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(super::ln(0.0), f64::NEG_INFINITY);
        assert!(super::ln(-1.0).is_nan());
        assert_eq!(super::ln(1.0), 0.0);
        assert_eq!(super::exp(0.0), 1.0);
        assert_eq!(super::exp(-1e9), 0.0);
        assert_eq!(super::exp(1e9), f64::INFINITY);
        assert!(close(super::pow(2.0, 10.0), 1024.0));
    }
}
