//! How much of the beginning to leave out: a run that starts empty sees too good a world at first.

use super::series::{lag_one, mean};

/// Values that are averaged before a cut is looked for.
const TOGETHER: usize = 5;

/// How many values at the beginning of a series to leave out, by MSER-5; never more than half.
///
/// Averages of five in a row are cut where the standard error of what remains is least. Ask it of the series that mixes
/// slowest, such as the longest queue, since one run has one warm-up.
///
/// # Source
/// White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", 1997; White, Cobb and Spratt,
/// "A Comparison of Five Steady-State Truncation Heuristics for Simulation", 2000 (MSER-5, at most half).
pub fn mser5(series: &[f64]) -> usize {
    let averages: Vec<f64> = series.chunks_exact(TOGETHER).map(mean).collect();
    let count = averages.len();
    // From the back, so that each cut costs one step: sums of the values from `cut` on.
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut best = (0, f64::INFINITY);
    for cut in (0..count).rev() {
        sum += averages[cut];
        squares += averages[cut].powi(2);
        if cut > count / 2 {
            continue;
        }
        let kept = (count - cut) as f64;
        let error = (squares - sum * sum / kept).max(0.0) / (kept * kept);
        if error <= best.1 {
            best = (cut, error);
        }
    }
    best.0 * TOGETHER
}

/// The cut that the slowest of several series of one run asks for: the one whose neighbours are most alike, since it forgets the
/// beginning last. The longest of all cuts would be that of the unluckiest series.
pub fn slowest<'a>(series: impl IntoIterator<Item = &'a [f64]>) -> usize {
    let pace = |series: &[f64]| lag_one(&series.chunks_exact(TOGETHER).map(mean).collect::<Vec<_>>());
    series.into_iter().max_by(|a, b| pace(a).total_cmp(&pace(b))).map_or(0, mser5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::Uniform;

    fn noise(seed: u64) -> impl Iterator<Item = f64> {
        let mut chance = Uniform::new(seed);
        std::iter::repeat_with(move || chance.draw())
    }

    #[test]
    fn what_settles_is_cut_where_it_has_settled() {
        let series: Vec<f64> =
            noise(1).take(1000).enumerate().map(|(at, x)| x - 20.0 * (-(at as f64) / 30.0).exp()).collect();
        let cut = mser5(&series);
        assert!((60..=200).contains(&cut), "{cut}");
        let level: Vec<f64> = noise(2).take(1000).collect();
        assert_eq!(slowest([level.as_slice(), series.as_slice()]), cut);
    }

    #[test]
    fn never_more_than_half_is_cut() {
        let rising: Vec<f64> = (0..1000).map(f64::from).collect();
        assert!(mser5(&rising) <= 500);
        assert_eq!(mser5(&[1.0, 2.0]), 0);
    }
}
