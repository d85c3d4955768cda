//! Intervals from one long run: batches that grow until neighbours are strangers, and what is left of bias corrected.

use super::interval::Interval;
use super::series::{lag_one, mean, merged, neighbours_are_independent, skewness, variance};
use super::special::t_quantile;

/// The batches that a run is cut into at least; fewer tell too little of their own spread.
const FEWEST: usize = 20;
/// The level of the test that stops growing. Loose on purpose: stopping too early makes an interval too narrow.
const LEVEL: f64 = 0.2;

/// A mean over requests, with what the batches tell of its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The interval.
    pub interval: Interval,
    /// How many independent requests would tell as much, where the spread of a single one is known.
    pub variance_of_mean: f64,
    /// Batches that the interval rests on.
    pub batches: usize,
    /// Whether neighbouring batches passed the test of independence; if not, the interval is widened by their correlation.
    pub independent: bool,
}

/// The interval of a ratio of sums over one run, such as seconds by requests, with their sums for each batch in order.
///
/// Batches of equal time hold unequal numbers of requests, so the spread is that of the residuals `sum − ratio × count`.
/// Neighbours are merged until von Neumann's test finds no correlation; the interval then corrects for the skewness and
/// the correlation that remain. `None` for fewer than twenty batches or where nothing was counted.
///
/// # Source
/// Tafazzoli, Wilson, Lada and Steiger, "Performance of Skart: A Skewness- and Autoregression-Adjusted Batch-Means
/// Procedure for Simulation Analysis", INFORMS Journal on Computing 23(2), 2011, section 2; residuals as in Law,
/// "Simulation Modeling and Analysis", 5th edition, 9.5.3 (ratio estimators).
pub fn ratio_of_sums(sums: &[f64], counts: &[f64], confidence: f64) -> Option<Ratio> {
    assert_eq!(sums.len(), counts.len());
    let total: f64 = counts.iter().sum();
    if sums.len() < FEWEST || total <= 0.0 {
        return None;
    }
    let ratio = sums.iter().sum::<f64>() / total;
    let residuals: Vec<f64> = sums.iter().zip(counts).map(|(sum, count)| sum - ratio * count).collect();
    let (grown, independent) = grown(&residuals);
    let weight = total / grown.len() as f64;
    let scaled: Vec<f64> = grown.iter().map(|residual| residual / weight).collect();
    let (interval, variance_of_mean) = adjusted(ratio, &scaled, confidence);
    Some(Ratio { interval, variance_of_mean, batches: grown.len(), independent })
}

/// Merges neighbours until they are independent, or until no more than the fewest batches are left.
fn grown(residuals: &[f64]) -> (Vec<f64>, bool) {
    let mut size = 1;
    loop {
        let batches = merged(residuals, size);
        if neighbours_are_independent(&batches, LEVEL) {
            return (batches, true);
        }
        // Grow by half rather than to the double, so that fewer batches are lost past the point of independence.
        let next = (size * 3).div_ceil(2);
        if residuals.len() / next < FEWEST {
            return (batches, false);
        }
        size = next;
    }
}

/// The interval of a mean from independent, equally weighted values around 0, such as replications: Student's, corrected
/// for skewness.
pub fn of_replications(values: &[f64], confidence: f64) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    let centre = mean(values);
    let around: Vec<f64> = values.iter().map(|value| value - centre).collect();
    Some(skewed(centre, &around, variance(values) / values.len() as f64, confidence))
}

fn adjusted(centre: f64, residuals: &[f64], confidence: f64) -> (Interval, f64) {
    let lag = lag_one(residuals).clamp(0.0, 0.9);
    let error = variance(residuals) / residuals.len() as f64 * (1.0 + lag) / (1.0 - lag);
    (skewed(centre, residuals, error, confidence), error)
}

/// Johnson's modified t interval with Willink's cubic correction, as Skart uses it.
fn skewed(centre: f64, residuals: &[f64], error: f64, confidence: f64) -> Interval {
    let n = residuals.len() as f64;
    let t = t_quantile(0.5 + confidence / 2.0, n - 1.0);
    let beta = skewness(residuals) / (6.0 * n.sqrt());
    let bend = |zeta: f64| {
        if beta.abs() < 1e-6 { zeta } else { ((1.0 + 6.0 * beta * (zeta - beta)).cbrt() - 1.0) / (2.0 * beta) }
    };
    let scale = error.sqrt();
    Interval::new(centre, centre - bend(t) * scale, centre - bend(-t) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::{MM1, covered};

    /// Of 100 intervals at 95 %, 88 or fewer cover by chance one time in 240: tests of this kind stand here six times, so that
    /// the family fails by chance one time in forty at most. (Seeds are fixed: it either holds or it does not.)
    #[test]
    fn the_mean_of_a_queue_is_covered() {
        let hits = covered(100, |seed| {
            let run = MM1 { load: 0.8, requests: 300_000, batches: 400, seed }.run();
            let counts = vec![run.batch as f64; run.sums.len()];
            ratio_of_sums(&run.sums, &counts, 0.95).is_some_and(|ratio| ratio.interval.covers(5.0))
        });
        assert!((89..=100).contains(&hits), "{hits} of 100");
    }

    #[test]
    fn an_interval_that_takes_requests_for_independent_is_the_one_that_we_do_not_use() {
        let hits = covered(100, |seed| {
            let run = MM1 { load: 0.8, requests: 100_000, batches: 100_000, seed }.run();
            let error = 1.96 * (variance(&run.sums) / run.sums.len() as f64).sqrt();
            (mean(&run.sums) - 5.0).abs() < error
        });
        assert!(hits < 40, "{hits} of 100");
    }

    #[test]
    fn too_few_batches_give_no_interval() {
        assert_eq!(ratio_of_sums(&[1.0; 19], &[1.0; 19], 0.95), None);
        assert_eq!(ratio_of_sums(&[0.0; 30], &[0.0; 30], 0.95), None);
        assert_eq!(of_replications(&[1.0], 0.95), None);
    }

    #[test]
    fn unequal_batches_weigh_as_much_as_they_hold() {
        let counts: Vec<f64> = (0..40).map(|at| f64::from(1 + at % 3)).collect();
        let sums: Vec<f64> = counts.iter().map(|count| 2.0 * count).collect();
        let ratio = ratio_of_sums(&sums, &counts, 0.95).unwrap();
        assert_eq!((ratio.interval.value, ratio.interval.half_width() < 1e-12), (2.0, true));
    }
}
