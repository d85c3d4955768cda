//! Moments of a series of batches, and whether neighbours still know of each other.

use super::special::normal_quantile;

/// The mean; 0 of nothing.
pub fn mean(series: &[f64]) -> f64 {
    if series.is_empty() { 0.0 } else { series.iter().sum::<f64>() / series.len() as f64 }
}

/// The sample variance, with n − 1.
pub fn variance(series: &[f64]) -> f64 {
    let centre = mean(series);
    let squares: f64 = series.iter().map(|x| (x - centre).powi(2)).sum();
    if series.len() < 2 { 0.0 } else { squares / (series.len() - 1) as f64 }
}

/// The sample skewness, adjusted for its bias in small samples; 0 of fewer than three or of equal values.
pub fn skewness(series: &[f64]) -> f64 {
    let n = series.len() as f64;
    let spread = variance(series);
    if series.len() < 3 || spread <= 0.0 {
        return 0.0;
    }
    let centre = mean(series);
    let cubes: f64 = series.iter().map(|x| (x - centre).powi(3)).sum();
    n / ((n - 1.0) * (n - 2.0)) * cubes / spread.powf(1.5)
}

/// The correlation between neighbours, in −1 to 1; 0 of equal values.
pub fn lag_one(series: &[f64]) -> f64 {
    let centre = mean(series);
    let squares: f64 = series.iter().map(|x| (x - centre).powi(2)).sum();
    let products: f64 = series.windows(2).map(|pair| (pair[0] - centre) * (pair[1] - centre)).sum();
    if squares <= 0.0 { 0.0 } else { products / squares }
}

/// Whether neighbours are uncorrelated, as far as the series can tell, at the given level of a one-sided test.
///
/// Only positive correlation is looked for: it is what queues have, and what makes an interval too narrow.
///
/// # Source
/// Von Neumann, "Distribution of the Ratio of the Mean Square Successive Difference to the Variance", 1941; the normal
/// approximation of Young, 1941.
pub fn neighbours_are_independent(series: &[f64], level: f64) -> bool {
    let n = series.len() as f64;
    if series.len() < 8 {
        return false;
    }
    let centre = mean(series);
    let squares: f64 = series.iter().map(|x| (x - centre).powi(2)).sum();
    if squares <= 0.0 {
        return true;
    }
    let differences: f64 = series.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    let statistic = 1.0 - differences / (2.0 * squares);
    statistic < normal_quantile(1.0 - level) * ((n - 2.0) / (n * n - 1.0)).sqrt()
}

/// Neighbouring batches added up, `size` at a time; what is left over at the front is dropped, since it lies nearest to
/// the start.
pub fn merged(series: &[f64], size: usize) -> Vec<f64> {
    series[series.len() % size..].chunks_exact(size).map(|chunk| chunk.iter().sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::Uniform;

    #[test]
    fn moments_of_a_small_series_are_those_by_hand() {
        let series = [1.0, 2.0, 3.0, 10.0];
        assert_eq!(mean(&series), 4.0);
        assert!((variance(&series) - 50.0 / 3.0).abs() < 1e-12);
        assert!((skewness(&series) - 1.763_632_614_803_888).abs() < 1e-12);
        assert_eq!(merged(&series, 3), [15.0]);
    }

    #[test]
    fn the_test_passes_chance_and_refuses_a_random_walk() {
        let mut chance = Uniform::new(1);
        let noise: Vec<f64> = (0..200).map(|_| chance.draw()).collect();
        assert!(neighbours_are_independent(&noise, 0.1));
        let mut sum = 0.0;
        let walk: Vec<f64> = noise
            .iter()
            .map(|x| {
                sum += x - 0.5;
                sum
            })
            .collect();
        assert!(!neighbours_are_independent(&walk, 0.1));
        assert!(lag_one(&walk) > 0.8);
    }
}
