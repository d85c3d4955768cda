//! How uncertain a figure is that was made of many runs, from what it becomes without some of them.

use super::interval::Interval;
use super::series::{mean, variance};
use super::special::{t_cdf, t_quantile};

/// Leaving out one seed of hundreds changes little and costs much: at most so many groups are left out in turn.
const GROUPS: usize = 40;

/// Seeds in groups of equal size, as far as they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    seeds: Vec<u64>,
}

impl Groups {
    /// Groups of the seeds that occur.
    pub fn of(seeds: impl Iterator<Item = u64>) -> Self {
        let mut seeds: Vec<u64> = seeds.collect();
        seeds.sort_unstable();
        seeds.dedup();
        Self { seeds }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.seeds.len().min(GROUPS)
    }

    /// The group of a seed that occurs.
    pub fn of_seed(&self, seed: u64) -> usize {
        self.seeds.partition_point(|other| *other < seed) % self.count().max(1)
    }
}

/// A figure with its interval, and how likely one as far from 0 would be by chance if it were 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jackknifed {
    /// The figure.
    pub interval: Interval,
    /// Two-sided.
    pub chance: f64,
}

/// The interval of a figure that is computed from groups of independent runs; it is asked for all of them, and without each in turn.
/// `None` of fewer than four groups, or where the figure cannot be computed.
///
/// # Source
/// Tukey's pseudo-values: Miller, "The Jackknife – a Review", Biometrika 61(1), 1974.
pub fn jackknife(groups: usize, confidence: f64, figure: impl Fn(Option<usize>) -> Option<f64>) -> Option<Jackknifed> {
    if groups < 4 {
        return None;
    }
    let whole = figure(None)?;
    let n = groups as f64;
    let pseudo: Vec<f64> =
        (0..groups).map(|group| Some(n * whole - (n - 1.0) * figure(Some(group))?)).collect::<Option<_>>()?;
    let error = (variance(&pseudo) / n).sqrt();
    let half = t_quantile(0.5 + confidence / 2.0, n - 1.0) * error;
    // The mean of the pseudo-values has less bias than the figure itself; a limit on the step keeps a wild one from harm.
    let centre = mean(&pseudo).clamp(whole - half, whole + half);
    if !(centre.is_finite() && half.is_finite()) {
        return None;
    }
    let chance = match (error > 0.0, centre == 0.0) {
        (true, _) => 2.0 * t_cdf(-(centre / error).abs(), n - 1.0),
        (false, true) => 1.0,
        (false, false) => 0.0,
    };
    Some(Jackknifed { interval: Interval::new(centre, centre - half, centre + half), chance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_it_is_the_interval_of_student() {
        let values = [1.0, 2.0, 4.0, 3.0, 2.5];
        let of = |left_out: Option<usize>| {
            let kept: Vec<f64> =
                values.iter().enumerate().filter(|(at, _)| Some(*at) != left_out).map(|(_, value)| *value).collect();
            Some(mean(&kept))
        };
        let found = jackknife(values.len(), 0.95, of).unwrap();
        let half = 2.776_445_105 * (variance(&values) / 5.0).sqrt();
        assert!((found.interval.value - 2.5).abs() < 1e-12 && (found.interval.half_width() - half).abs() < 1e-6);
        assert_eq!(jackknife(3, 0.95, of), None);
    }

    #[test]
    fn seeds_are_dealt_out_evenly() {
        let groups = Groups::of((0..100).map(|seed| seed * 7));
        assert_eq!(groups.count(), 40);
        let sizes: Vec<usize> =
            (0..40).map(|group| (0..100).filter(|seed| groups.of_seed(seed * 7) == group).count()).collect();
        assert!(sizes.iter().all(|size| (2..=3).contains(size)), "{sizes:?}");
    }
}
