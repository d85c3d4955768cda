//! Where a share that grows with load crosses a limit, from trials at loads around it.

use super::interval::Interval;
use super::jackknife::{Groups, jackknife};

/// One run: at a load, so many of so many requests were bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The load, above 0.
    pub load: f64,
    /// Trials of one seed at several loads hang together, and count as one.
    pub seed: u64,
    /// Bad requests; not necessarily whole, since a histogram interpolates.
    pub bad: f64,
    /// All requests.
    pub all: f64,
}

/// The load at which the share crosses the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Root {
    /// The load with its interval.
    pub load: Interval,
    /// How steeply the log-odds of the share rise with the logarithm of the load.
    pub steepness: f64,
}

/// Finds where the share of bad requests crosses `limit`.
///
/// Fits log-odds of the share as a straight line in the logarithm of the load, which near the crossing is as good as any
/// curve, by weighted likelihood; the interval is the jackknife's over seeds, so that correlation inside a run and between
/// the loads of a seed is counted. `None` where the trials show no rise, or fewer than four seeds.
///
/// # Source
/// Logistic regression by iterated weighted squares: McCullagh and Nelder, "Generalized Linear Models", 2nd edition, 4.4.
pub fn root(trials: &[Trial], limit: f64, confidence: f64) -> Option<Root> {
    assert!(0.0 < limit && limit < 1.0, "{limit}");
    let whole = fit(trials.iter().copied(), limit)?;
    let groups = Groups::of(trials.iter().map(|trial| trial.seed));
    let found = jackknife(groups.count(), confidence, |left_out| {
        let kept = trials.iter().copied().filter(|trial| Some(groups.of_seed(trial.seed)) != left_out);
        // A group without which no line can be drawn says that the line is not known.
        fit(kept, limit).map(|(ln, _)| ln)
    })?;
    let exp = |ln: f64| ln.exp();
    let load = Interval::new(exp(found.interval.value), exp(found.interval.low), exp(found.interval.high));
    Some(Root { load, steepness: whole.1 })
}

/// Where the share crosses the limit, roughly: the line through all trials, without an interval.
pub fn crossing(trials: &[Trial], limit: f64) -> Option<f64> {
    fit(trials.iter().copied(), limit).map(|(ln, _)| ln.exp())
}

/// The logarithm of the root, and the slope.
fn fit(trials: impl Iterator<Item = Trial> + Clone, limit: f64) -> Option<(f64, f64)> {
    let (mut bad, mut all, mut weighted) = (0.0, 0.0, 0.0);
    for trial in trials.clone() {
        bad += trial.bad;
        all += trial.all;
        weighted += trial.load.ln() * trial.all;
    }
    if bad <= 0.0 || bad >= all {
        return None;
    }
    let middle = weighted / all;
    let (mut level, mut slope) = ((bad / (all - bad)).ln(), 0.0);
    for _ in 0..50 {
        // One step of iterated weighted squares: two equations in level and slope.
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for trial in trials.clone() {
            let x = trial.load.ln() - middle;
            let share = 1.0 / (1.0 + (-(level + slope * x)).exp());
            let error = trial.bad - trial.all * share;
            let weight = trial.all * share * (1.0 - share);
            g0 += error;
            g1 += error * x;
            h00 += weight;
            h01 += weight * x;
            h11 += weight * x * x;
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant <= 1e-12 * h00 * h00 {
            return None;
        }
        let (a, b) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        // Half of a long step: far from the answer the weights are wrong.
        let damp = (2.0 / a.abs().max(1e-300)).min(1.0).min(200.0 / b.abs().max(1e-300));
        level += damp * a;
        slope += damp * b;
        if a.abs() < 1e-10 && b.abs() < 1e-8 {
            break;
        }
    }
    if !(slope > 0.0 && slope.is_finite() && level.is_finite()) {
        return None;
    }
    Some((middle + ((limit / (1.0 - limit)).ln() - level) / slope, slope))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::{MM1, covered};

    /// P(latency > 20) ≤ 1 % holds below 1 − ln(100) ÷ 20 = 0.7697 for M/M/1.
    const SLOWEST: f64 = 20.0;
    const LIMIT: f64 = 0.01;

    fn of_queue(seed: u64) -> Option<Root> {
        let trials: Vec<Trial> = (0..24)
            .map(|at| {
                let load = 0.77 * [0.98, 1.0, 1.02][at % 3];
                let seed = seed * 1000 + at as u64;
                let run = MM1 { load, requests: 20_000, batches: 20, seed }.run();
                let bad = run.latencies.iter().filter(|latency| **latency > SLOWEST).count();
                Trial { load, seed, bad: bad as f64, all: 20_000.0 }
            })
            .collect();
        root(&trials, LIMIT, 0.95)
    }

    #[test]
    fn the_line_of_a_queue_is_covered() {
        let exact = 1.0 - 100_f64.ln() / SLOWEST;
        let hits = covered(100, |seed| of_queue(seed + 1).is_some_and(|root| root.load.covers(exact)));
        assert!((89..=100).contains(&hits), "{hits} of 100");
    }

    #[test]
    fn shares_that_lie_on_a_line_give_its_root_exactly() {
        let share = |load: f64| 1.0 / (1.0 + (-(8.0 * (load / 50.0).ln() - 3.0)).exp());
        let trials: Vec<Trial> = (0..12)
            .map(|at| {
                let load = 44.0 + f64::from(at);
                Trial { load, seed: at as u64, bad: 1e4 * share(load), all: 1e4 }
            })
            .collect();
        let limit = share(47.5);
        let found = root(&trials, limit, 0.95).unwrap();
        assert!((found.load.value - 47.5).abs() < 1e-6 && (found.steepness - 8.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn no_rise_and_no_seeds_give_no_root() {
        let flat: Vec<Trial> =
            (0..8).map(|at| Trial { load: 1.0 + at as f64, seed: at, bad: 10.0 - at as f64, all: 100.0 }).collect();
        assert_eq!(root(&flat, 0.05, 0.95), None);
        assert_eq!(root(&flat[..3], 0.05, 0.95), None);
    }
}
