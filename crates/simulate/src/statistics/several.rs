//! Several questions at once: of twenty changes that do nothing, one looks as if it did.

use super::batch_means::of_replications;
use super::interval::Interval;
use super::series::{mean, variance};
use super::special::t_cdf;

/// What a change did, over pairs of runs that differ by it alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The difference with its interval, which belongs to this one question.
    pub difference: Interval,
    /// The probability of at least such a difference if the change did nothing; two-sided.
    pub chance: f64,
}

/// The change over paired differences; `None` of fewer than two.
pub fn paired(differences: &[f64], confidence: f64) -> Option<Change> {
    let difference = of_replications(differences, confidence)?;
    let n = differences.len() as f64;
    let error = (variance(differences) / n).sqrt();
    let centre = mean(differences);
    let chance = match (error > 0.0, centre == 0.0) {
        (true, _) => 2.0 * t_cdf(-(centre / error).abs(), n - 1.0),
        (false, true) => 1.0,
        (false, false) => 0.0,
    };
    Some(Change { difference, chance })
}

/// Which of several questions may be answered with yes, so that the probability of one wrong yes or more is at most `error`.
///
/// # Source
/// Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979.
pub fn holm(chances: &[f64], error: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut yes = vec![false; chances.len()];
    for (rank, at) in order.into_iter().enumerate() {
        if chances[at] > error / (chances.len() - rank) as f64 {
            break;
        }
        yes[at] = true;
    }
    yes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_stops_at_the_first_that_may_be_chance() {
        // 0.01 ≤ 0.05 ÷ 4, 0.015 ≤ 0.05 ÷ 3, 0.03 > 0.05 ÷ 2: the third stops the fourth as well.
        assert_eq!(holm(&[0.03, 0.01, 0.04, 0.015], 0.05), [false, true, false, true]);
        assert_eq!(holm(&[], 0.05), [false; 0]);
    }

    #[test]
    fn a_pair_that_differs_always_alike_is_no_chance() {
        let change = paired(&[2.0, 2.1, 1.9, 2.0, 2.05], 0.95).unwrap();
        assert!(change.chance < 1e-5 && change.difference.low > 1.85, "{change:?}");
        let change = paired(&[0.3, -0.2, 0.1, -0.25], 0.95).unwrap();
        assert!(change.chance > 0.5 && change.difference.covers(0.0), "{change:?}");
        assert_eq!(paired(&[1.0], 0.95), None);
    }
}
