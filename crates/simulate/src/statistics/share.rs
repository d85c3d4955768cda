//! How likely something is that happened so many times in so many independent runs.

use super::interval::Interval;
use super::special::{beta_quantile, normal_quantile};

/// The exact interval: it covers with at least the confidence, whatever the share.
///
/// # Source
/// Clopper and Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial", 1934.
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> Interval {
    assert!(successes <= trials && 0 < trials, "{successes} of {trials}");
    let (k, n) = (successes as f64, trials as f64);
    let tail = (1.0 - confidence) / 2.0;
    let low = if successes == 0 { 0.0 } else { beta_quantile(tail, k, n - k + 1.0) };
    let high = if successes == trials { 1.0 } else { beta_quantile(1.0 - tail, k + 1.0, n - k) };
    Interval::new(k / n, low, high)
}

/// The shorter interval that covers with the confidence on average over shares.
///
/// # Source
/// Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
pub fn wilson(successes: u64, trials: u64, confidence: f64) -> Interval {
    assert!(successes <= trials && 0 < trials, "{successes} of {trials}");
    let (k, n) = (successes as f64, trials as f64);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let half = z * (k * (n - k) / n + z * z / 4.0).sqrt() / (n + z * z);
    Interval::new(k / n, (centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(interval: Interval, low: f64, high: f64) {
        assert!((interval.low - low).abs() < 5e-5 && (interval.high - high).abs() < 5e-5, "{interval:?}");
    }

    #[test]
    fn ten_of_hundred_is_between_the_printed_bounds() {
        check(clopper_pearson(10, 100, 0.95), 0.0490, 0.1762);
        check(wilson(10, 100, 0.95), 0.0552, 0.1744);
    }

    #[test]
    fn never_is_not_impossible() {
        // The rule of three: 3 ÷ n, to its next digit.
        check(clopper_pearson(0, 300, 0.95), 0.0, 1.0 - 0.025_f64.powf(1.0 / 300.0));
        check(clopper_pearson(300, 300, 0.95), 0.025_f64.powf(1.0 / 300.0), 1.0);
    }

    /// Exactly, by summing the binomial: no chance is involved.
    #[test]
    fn the_exact_interval_covers_for_every_share() {
        let n = 40_u64;
        for step in 1..100 {
            let p = f64::from(step) / 100.0;
            let mut weight = (1.0 - p).powi(40);
            let mut covered = 0.0;
            for k in 0..=n {
                if clopper_pearson(k, n, 0.95).covers(p) {
                    covered += weight;
                }
                weight *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            }
            assert!(covered >= 0.95 - 1e-12, "{p}: {covered}");
        }
    }
}
