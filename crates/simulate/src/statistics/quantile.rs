//! Quantiles of one long run, with intervals from its batches.

use super::batch_means::ratio_of_sums;
use super::interval::Interval;

/// Values that were counted rather than kept, such as a histogram.
pub trait Counted {
    /// How many values.
    fn total(&self) -> f64;
    /// How many values lie above one.
    fn above(&self, value: f64) -> f64;
    /// The value that a share of all lies at or below; the share is clamped to 0–1.
    fn value_at(&self, share: f64) -> f64;
}

/// A quantile that a run is too short for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{effective:.0} independent requests are too few for this quantile, which needs {needed:.0}")]
pub struct TooFew {
    /// How many independent requests would tell as much as the run does.
    pub effective: f64,
    /// How many it takes.
    pub needed: f64,
}

/// Independent requests that must lie beyond a quantile before it is printed: ten, so that a p99.9 takes 10 000.
pub const BEYOND: f64 = 10.0;

/// The quantile of a run at a share, such as 0.99, with its interval.
///
/// The run is cut into sections (batches); the share of each that lies beyond the quantile of the whole tells, by
/// [`ratio_of_sums`], how uncertain the share is, and the histogram of the whole turns that into a value. Sections of unequal size weigh as
/// they are; against the spread of the sections' own quantiles, nothing is biased where a section holds few values.
///
/// # Errors
/// [`TooFew`] where fewer than ten independent requests lie beyond it, or where there are too few batches.
///
/// # Source
/// Sectioning: Asmussen and Glynn, "Stochastic Simulation", 2007, III.5a; by the share rather than the value: Alexopoulos, Goldsman
/// and others, "Sequest", 2019, section 2 (the indicator process).
pub fn quantile<H: Counted>(share: f64, whole: &H, batches: &[H], confidence: f64) -> Result<Interval, TooFew> {
    assert!(0.0 < share && share < 1.0, "{share}");
    let tail = 1.0 - share;
    let needed = BEYOND / tail;
    let value = whole.value_at(share);
    let beyond: Vec<f64> = batches.iter().map(|batch| batch.above(value)).collect();
    let totals: Vec<f64> = batches.iter().map(Counted::total).collect();
    let ratio = ratio_of_sums(&beyond, &totals, confidence).ok_or(TooFew { effective: 0.0, needed })?;
    let effective = effective(ratio.interval.value, ratio.variance_of_mean, whole.total());
    if effective < needed {
        return Err(TooFew { effective, needed });
    }
    let (fewer, more) = (ratio.interval.value - ratio.interval.low, ratio.interval.high - ratio.interval.value);
    Ok(Interval::new(value, whole.value_at(share - fewer), whole.value_at(share + more)))
}

/// How many independent requests would give a share with this variance; never more than there are.
pub fn effective(share: f64, variance_of_mean: f64, requests: f64) -> f64 {
    if variance_of_mean <= 0.0 { requests } else { (share * (1.0 - share) / variance_of_mean).min(requests) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::{MM1, covered};

    /// Values that are kept and sorted: the plainest thing that can be asked for quantiles.
    struct Kept(Vec<f64>);

    impl Kept {
        fn of(values: &[f64]) -> Self {
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            Self(values)
        }
    }

    impl Counted for Kept {
        fn total(&self) -> f64 {
            self.0.len() as f64
        }
        fn above(&self, value: f64) -> f64 {
            (self.0.len() - self.0.partition_point(|kept| *kept <= value)) as f64
        }
        fn value_at(&self, share: f64) -> f64 {
            let at = (share.clamp(0.0, 1.0) * self.0.len() as f64).ceil() as usize;
            self.0[at.clamp(1, self.0.len()) - 1]
        }
    }

    fn of_queue(load: f64, requests: usize, share: f64, seed: u64) -> Result<Interval, TooFew> {
        let run = MM1 { load, requests, batches: 200, seed }.run();
        let batches: Vec<Kept> = run.latencies.chunks_exact(run.batch).map(Kept::of).collect();
        quantile(share, &Kept::of(&run.latencies), &batches, 0.95)
    }

    #[test]
    fn the_p99_of_a_queue_is_covered() {
        let exact = 100_f64.ln() / 0.2;
        let hits = covered(100, |seed| of_queue(0.8, 300_000, 0.99, seed).is_ok_and(|p99| p99.covers(exact)));
        assert!((89..=100).contains(&hits), "{hits} of 100");
    }

    #[test]
    fn the_median_of_a_queue_is_covered() {
        let exact = 2_f64.ln() / 0.3;
        let hits = covered(100, |seed| of_queue(0.7, 100_000, 0.5, seed).is_ok_and(|p50| p50.covers(exact)));
        assert!((89..=100).contains(&hits), "{hits} of 100");
    }

    #[test]
    fn a_p999_of_too_few_is_refused() {
        let refused = of_queue(0.8, 20_000, 0.999, 1).unwrap_err();
        assert!(refused.effective < 10_000.0 && (refused.needed - 10_000.0).abs() < 1e-6, "{refused}");
        assert!(of_queue(0.5, 3_000_000, 0.999, 1).is_ok());
    }
}
