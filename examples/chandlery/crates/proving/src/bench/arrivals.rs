//! When customers come: a Poisson process from a seed, which waits for nobody's answer.

use std::time::Duration;

use rand::{SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Exp};

/// Times since the start, one after the other, without end. The same rate and seed give the same times.
pub struct Arrivals {
    dice: SmallRng,
    gap_s: Exp<f64>,
    at_s: f64,
}

impl Arrivals {
    /// `rate_per_s` customers a second on average. `None` where the rate is not a finite number above 0.
    pub fn new(rate_per_s: f64, seed: u64) -> Option<Self> {
        let gap_s = (rate_per_s.is_finite() && 0.0 < rate_per_s).then(|| Exp::new(rate_per_s).ok())??;
        Some(Self { dice: SmallRng::seed_from_u64(seed), gap_s, at_s: 0.0 })
    }
}

impl Iterator for Arrivals {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.at_s += self.gap_s.sample(&mut self.dice);
        Some(Duration::from_secs_f64(self.at_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many come in each of `windows` seconds.
    fn counts(rate_per_s: f64, seed: u64, windows: usize) -> Vec<f64> {
        let mut counts = vec![0.0; windows];
        for at in Arrivals::new(rate_per_s, seed).unwrap() {
            match counts.get_mut(at.as_secs() as usize) {
                Some(count) => *count += 1.0,
                None => break,
            }
        }
        counts
    }

    #[test]
    fn the_rate_is_kept_and_the_count_of_a_second_varies_as_poisson_does() {
        let counts = counts(40.0, 1, 10_000);
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / counts.len() as f64;
        // Four standard errors: of the mean 4 × √(40 / 10,000) = 0.25, of variance ÷ mean 4 × √(2 / 10,000) = 0.057.
        assert!((mean - 40.0).abs() < 0.25, "{mean}");
        assert!((variance / mean - 1.0).abs() < 0.057, "{variance}");
    }

    #[test]
    fn a_seed_gives_the_same_times_again() {
        let times = |seed| Arrivals::new(5.0, seed).unwrap().take(100).collect::<Vec<_>>();
        assert_eq!(times(7), times(7));
        assert_ne!(times(7), times(8));
    }

    #[test]
    fn a_rate_that_is_none_gives_no_arrivals() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Arrivals::new(rate, 1).is_none(), "{rate}");
        }
    }
}
