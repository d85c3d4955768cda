//! Draws by key: a function of who draws and where, with no state in between.
//!
//! A key is a 64-bit number that stands for a request's way through the code (seed, journey, ordinal, call, attempt); a
//! site stands for a step. Both are mixed into bits, and the bits make a variate. Where a variate needs more bits (one
//! ziggurat draw in a hundred), the same key gives them by counting.
//!
//! Always: no library function whose last bit differs between machines.
//!
//! # Source
//! Mixing: the folded 128-bit multiplication of wyhash (Wang Yi), two rounds. Gamma: Marsaglia and Tsang, "A Simple Method
//! for Generating Gamma Variables", ACM TOMS 2000.

use super::ziggurat;
use crate::math;
use crate::program::Distribution;

const A: u64 = 0xa076_1d64_78bd_642f;
const B: u64 = 0xe703_7ed1_a0b4_28db;
const C: u64 = 0x8ebc_6af0_9c88_c6e3;

#[inline(always)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// Mixes two numbers into one.
#[inline(always)]
pub(crate) const fn mix(key: u64, site: u64) -> u64 {
    fold(fold(key ^ A, site ^ B) ^ C, key ^ B)
}

/// Bits for one purpose; more of them by counting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits {
    key: u64,
    count: u64,
}

impl Bits {
    #[inline(always)]
    pub(crate) const fn of(key: u64, site: u64) -> Self {
        Self { key: mix(key, site), count: 0 }
    }

    /// The next 64.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> u64 {
        let bits = if self.count == 0 { self.key } else { mix(self.key, self.count) };
        self.count += 1;
        bits
    }

    /// Between 0 and 1, neither of them.
    #[inline]
    pub(crate) fn uniform(&mut self) -> f64 {
        ziggurat::open(self.next())
    }

    /// One of `count` positions.
    #[inline]
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        // Multiplication in place of the remainder; the bias of 2^-32 is far below what a run can see.
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u32
    }

    /// Exponential with mean 1.
    #[inline(always)]
    pub(crate) fn exponential(&mut self) -> f64 {
        ziggurat::exponential(&mut || self.next())
    }

    /// Standard normal.
    #[inline]
    pub(crate) fn normal(&mut self) -> f64 {
        ziggurat::normal(&mut || self.next())
    }

    /// Gamma with scale 1.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * math::pow(self.uniform(), 1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let root = 1.0 + c * z;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = self.uniform();
            if u < 1.0 - 0.0331 * (z * z) * (z * z) || math::ln(u) < 0.5 * z * z + d * (1.0 - v + math::ln(v)) {
                return d * v;
            }
        }
    }

    /// A whole number of at least 1 with a mean.
    pub(crate) fn geometric(&mut self, mean: f64) -> u64 {
        if mean <= 1.0 {
            return 1;
        }
        // The number of trials until the first success, by inversion.
        let more = math::ln(self.uniform()) / math::ln(1.0 - 1.0 / mean);
        1 + more as u64
    }

    /// From a distribution, in nanoseconds.
    #[inline(always)]
    pub(crate) fn draw(&mut self, from: &Distribution) -> f64 {
        match from {
            Distribution::Exponential { mean } => mean * self.exponential(),
            Distribution::Fixed(nanos) => nanos.0 as f64,
            other => self.draw_other(other),
        }
    }

    fn draw_other(&mut self, from: &Distribution) -> f64 {
        match from {
            Distribution::Fixed(nanos) => nanos.0 as f64,
            Distribution::Exponential { mean } => mean * self.exponential(),
            Distribution::Lognormal { mu, sigma } => math::exp(mu + sigma * self.normal()),
            Distribution::Gamma { shape, scale } => scale * self.gamma(*shape),
            Distribution::Uniform { low, high } => low + (high - low) * self.uniform(),
            Distribution::Geometric { mean, unit } => self.geometric(*mean) as f64 * unit.0 as f64,
            Distribution::Samples(values) => values[self.below(values.len() as u32) as usize].0 as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, mix};
    use crate::Nanos;
    use crate::program::Distribution;

    const DRAWS: u64 = 400_000;

    /// Mean and coefficient of variation of many draws, each by a key of its own.
    fn moments(from: &Distribution) -> (f64, f64) {
        let draw = |ordinal| Bits::of(mix(7, ordinal), 3).draw(from);
        let mean = (0..DRAWS).map(draw).sum::<f64>() / DRAWS as f64;
        let square = (0..DRAWS).map(|ordinal| (draw(ordinal) - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        (mean, square.sqrt() / mean)
    }

    /// Within five standard errors: a false alarm in a million or so.
    #[track_caller]
    fn expect_moments(from: &Distribution, mean: f64, cv: f64) {
        let (found_mean, found_cv) = moments(from);
        let error = 5.0 * cv.max(0.01) / (DRAWS as f64).sqrt();
        assert!((found_mean / mean - 1.0).abs() < error, "mean {found_mean} for {mean}");
        assert!((found_cv - cv).abs() < 0.03 * cv.max(0.1), "cv {found_cv} for {cv}");
        assert!((from.mean() / mean - 1.0).abs() < 1e-6, "stated mean {}", from.mean());
    }

    #[test]
    fn distributions_have_their_moments() {
        let mean = Nanos::from_millis(20);
        let nanos = mean.0 as f64;
        expect_moments(&Distribution::Fixed(mean), nanos, 0.0);
        expect_moments(&Distribution::exponential(mean), nanos, 1.0);
        expect_moments(&Distribution::lognormal(mean, 0.5), nanos, 0.5);
        expect_moments(&Distribution::gamma(mean, 0.25), nanos, 0.25);
        expect_moments(&Distribution::gamma(mean, 1.5), nanos, 1.5);
        expect_moments(&Distribution::Uniform { low: 0.0, high: 2.0 * nanos }, nanos, 1.0 / 3.0_f64.sqrt());
        expect_moments(&Distribution::Geometric { mean: 3.0, unit: Nanos(100) }, 300.0, (2.0_f64 / 3.0).sqrt());
        let samples = Distribution::samples(vec![Nanos(10), Nanos(30)]);
        expect_moments(&samples, 20.0, 0.5);
    }

    /// Kolmogorov's distance of many draws from their distribution function.
    #[track_caller]
    fn expect_shape(mut variates: Vec<f64>, share_below: impl Fn(f64) -> f64) {
        variates.sort_by(f64::total_cmp);
        let count = variates.len() as f64;
        let distance = variates.iter().enumerate().map(|(rank, x)| {
            let at = share_below(*x);
            (at - rank as f64 / count).abs().max((at - (rank + 1) as f64 / count).abs())
        });
        let distance = distance.fold(0.0, f64::max) * count.sqrt();
        // Exceeded once in 10^5 by chance.
        assert!(distance < 2.47, "distance {distance}");
    }

    #[test]
    fn the_exponential_ziggurat_has_the_shape_of_the_exponential() {
        let variates = (0..DRAWS).map(|ordinal| Bits::of(mix(1, ordinal), 0).exponential()).collect();
        expect_shape(variates, |x| 1.0 - (-x).exp());
    }

    #[test]
    fn the_normal_ziggurat_has_the_shape_of_the_normal() {
        // The distribution function by its alternating series, which is exact enough between -6 and 6.
        let share_below = |x: f64| {
            let (mut term, mut sum, mut n) = (x, x, 0.0);
            while term.abs() > 1e-12 {
                n += 1.0;
                term *= x * x / (2.0 * n + 1.0);
                sum += term;
            }
            0.5 + sum * (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
        };
        let variates = (0..DRAWS).map(|ordinal| Bits::of(mix(2, ordinal), 0).normal()).collect();
        expect_shape(variates, share_below);
    }

    #[test]
    fn neighbouring_keys_and_sites_are_independent() {
        let variates: Vec<f64> = (0..DRAWS).map(|ordinal| Bits::of(ordinal / 8, ordinal % 8).uniform()).collect();
        let pairs = variates.windows(2).map(|pair| (pair[0] - 0.5) * (pair[1] - 0.5)).sum::<f64>();
        let correlation = 12.0 * pairs / DRAWS as f64;
        assert!(correlation.abs() < 5.0 / (DRAWS as f64).sqrt(), "correlation {correlation}");
        expect_shape(variates, |x| x);
    }
}
