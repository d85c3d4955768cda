//! Tests that may be looked at after every run: a decision now, or more runs, at no cost to the error rate.
//!
//! A fixed-size test that is repeated until it says yes will say yes. Each test here bounds the probability that it *ever*
//! errs, so that a search may stop a probe as soon as it is clear.

use super::series::mean;
use super::special::ln_gamma;

/// What the runs so far say of a mean against a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mean is below the limit.
    Below,
    /// The mean is above the limit.
    Above,
    /// Too early to say.
    Open,
}

/// Whether the mean of independent replications lies above or below a limit, of unknown variance.
///
/// The error of a decision at any time is at most `error` for normal replications; means of a thousand requests or more are
/// close to it.
///
/// # Source
/// The mixture sequential probability ratio test (mSPRT) of Robbins, 1970, for the t statistic, with a normal prior on the
/// mean in units of the spread: Wang and Ramdas, "Anytime-valid t-tests and confidence sequences for Gaussian means with
/// unknown variance", 2025, theorem 3.2.
pub fn mean_against(limit: f64, replications: &[f64], error: f64) -> Verdict {
    /// Small, so that a mean far from the limit is decided after four replications; a near one takes more.
    const WEIGHT: f64 = 0.1;
    if replications.len() < 3 {
        return Verdict::Open;
    }
    let n = replications.len() as f64;
    let sum: f64 = replications.iter().map(|x| x - limit).sum();
    let squares: f64 = replications.iter().map(|x| (x - limit).powi(2)).sum();
    if squares <= 0.0 {
        return Verdict::Open;
    }
    let left = (squares - sum * sum / (n + WEIGHT)) / squares;
    let ln_evidence = 0.5 * (WEIGHT / (n + WEIGHT)).ln() - n / 2.0 * left.ln();
    match (ln_evidence >= (1.0 / error).ln(), mean(replications) < limit) {
        (false, _) => Verdict::Open,
        (true, true) => Verdict::Below,
        (true, false) => Verdict::Above,
    }
}

/// Whether an event that happened in `successes` of `trials` independent runs is more or less likely than a limit.
///
/// Exact for any number of runs and looks.
///
/// # Source
/// Robbins' beta-binomial mixture, 1970; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
/// confidence sequences", 2021, section 2.
pub fn share_against(limit: f64, successes: u64, trials: u64, error: f64) -> Verdict {
    assert!(successes <= trials && 0.0 < limit && limit < 1.0, "{successes} of {trials} against {limit}");
    let (k, f) = (successes as f64, (trials - successes) as f64);
    // A uniform prior: B(k + 1, f + 1) against the likelihood at the limit.
    let ln_mixture = ln_gamma(k + 1.0) + ln_gamma(f + 1.0) - ln_gamma(k + f + 2.0);
    let ln_evidence = ln_mixture - k * limit.ln() - f * (1.0 - limit).ln();
    match (ln_evidence >= (1.0 / error).ln(), k < limit * (k + f)) {
        (false, _) => Verdict::Open,
        (true, true) => Verdict::Below,
        (true, false) => Verdict::Above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::{Uniform, covered};

    /// 400 histories of 200 looks each at a true limit; at most 5 % may ever be decided. 31 or more of 400 happen by chance one
    /// time in 200 if exactly 5 % did.
    #[test]
    fn looking_after_every_run_errs_no_more_often_than_stated() {
        let wrong = covered(400, |seed| {
            let mut chance = Uniform::new(seed);
            let mut seen = Vec::new();
            (0..200).any(|_| {
                seen.push((0..12).map(|_| chance.draw()).sum::<f64>());
                mean_against(6.0, &seen, 0.05) != Verdict::Open
            })
        });
        assert!(wrong <= 30, "{wrong} of 400");
        let wrong = covered(400, |seed| {
            let mut chance = Uniform::new(seed);
            let mut hits = 0;
            (1..=500).any(|trials| {
                hits += u64::from(chance.draw() < 0.1);
                share_against(0.1, hits, trials, 0.05) != Verdict::Open
            })
        });
        assert!(wrong <= 30, "{wrong} of 400");
    }

    #[test]
    fn what_is_clear_is_decided_soon() {
        assert_eq!(mean_against(1.0, &[0.1, 0.12, 0.09, 0.11], 0.01), Verdict::Below);
        assert_eq!(mean_against(1.0, &[2.1, 2.2, 2.0, 2.15, 2.1], 0.01), Verdict::Above);
        assert_eq!(mean_against(1.0, &[0.9, 1.2, 0.8, 1.1], 0.01), Verdict::Open);
        assert_eq!(share_against(0.05, 10, 10, 0.01), Verdict::Above);
        assert_eq!(share_against(0.5, 0, 12, 0.01), Verdict::Below);
        assert_eq!(share_against(0.5, 6, 12, 0.01), Verdict::Open);
    }
}
