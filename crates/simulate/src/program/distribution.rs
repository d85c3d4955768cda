//! How long things take: distributions in nanoseconds, and draws from them.
//!
//! A draw is a function of the request and of where in the code it happens, never of how many draws came before. So
//! changing one knob leaves every other draw as it was, and two runs can be compared pair by pair.

use super::id::DistributionId;
use crate::math;
use crate::time::Nanos;

/// A distribution of a length of time, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Fixed(Nanos),
    /// Without memory.
    Exponential {
        /// Nanoseconds.
        mean: f64,
    },
    /// `exp(mu + sigma z)` nanoseconds, `z` standard normal.
    Lognormal {
        /// Logarithm of the median in nanoseconds.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Gamma.
    Gamma {
        /// 1 / cv².
        shape: f64,
        /// Nanoseconds; the mean is `shape * scale`.
        scale: f64,
    },
    /// Anything between two ends, all equally likely.
    Uniform {
        /// The least, in nanoseconds.
        low: f64,
        /// The greatest, in nanoseconds.
        high: f64,
    },
    /// Whole multiples of `unit`, at least one, geometrically distributed.
    Geometric {
        /// The mean number of units, at least 1.
        mean: f64,
        /// What is counted.
        unit: Nanos,
    },
    /// One of measured values, all equally likely; sorted.
    Samples(Vec<Nanos>),
}

impl Distribution {
    /// Exponential with a mean.
    pub fn exponential(mean: Nanos) -> Self {
        Self::Exponential { mean: mean.0 as f64 }
    }

    /// Lognormal with a mean and a coefficient of variation.
    ///
    /// # Source
    /// Moments of the lognormal distribution: sigma² = ln(1 + cv²), mu = ln(mean) − sigma²/2.
    pub fn lognormal(mean: Nanos, cv: f64) -> Self {
        let variance = math::ln(1.0 + cv * cv);
        Self::Lognormal { mu: math::ln(mean.0 as f64) - variance / 2.0, sigma: variance.sqrt() }
    }

    /// Lognormal with a median and the value that one in a hundred exceeds.
    pub fn lognormal_by_quantiles(p50: Nanos, p99: Nanos) -> Self {
        /// The 99 % quantile of the standard normal distribution.
        const Z99: f64 = 2.326_347_874_040_841;
        let mu = math::ln(p50.0 as f64);
        Self::Lognormal { mu, sigma: (math::ln(p99.0 as f64) - mu) / Z99 }
    }

    /// Gamma with a mean and a coefficient of variation above 0.
    pub fn gamma(mean: Nanos, cv: f64) -> Self {
        let shape = 1.0 / (cv * cv);
        Self::Gamma { shape, scale: mean.0 as f64 / shape }
    }

    /// Measured values in any order.
    pub fn samples(mut values: Vec<Nanos>) -> Self {
        values.sort_unstable();
        Self::Samples(values)
    }

    /// The mean in nanoseconds.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(nanos) => nanos.0 as f64,
            Self::Exponential { mean } => *mean,
            Self::Lognormal { mu, sigma } => math::exp(mu + sigma * sigma / 2.0),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::Geometric { mean, unit } => mean * unit.0 as f64,
            Self::Samples(values) => values.iter().map(|each| each.0 as f64).sum::<f64>() / values.len().max(1) as f64,
        }
    }

    /// Whether the parameters describe a distribution.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Exponential { mean } => mean.is_finite() && 0.0 <= *mean,
            Self::Lognormal { mu, sigma } => mu.is_finite() && sigma.is_finite() && 0.0 <= *sigma,
            Self::Gamma { shape, scale } => [shape, scale].iter().all(|each| each.is_finite() && 0.0 < **each),
            Self::Uniform { low, high } => high.is_finite() && 0.0 <= *low && low <= high,
            Self::Geometric { mean, .. } => mean.is_finite() && 1.0 <= *mean,
            Self::Samples(values) => !values.is_empty() && values.is_sorted(),
        }
    }
}

/// What decides a draw, beside the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Site {
    /// Where in its operation the step stands, each hop and attempt apart.
    #[default]
    Position,
    /// A number of the author's in place of the position, so that steps put before it change nothing. Each hop and
    /// attempt apart.
    Named(u32),
    /// A number that parts of one request share: whatever draws under it is slow together.
    Shared(u32),
}

/// A draw from a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// From which.
    pub from: DistributionId,
    /// What decides it.
    pub site: Site,
}

impl Draw {
    /// A draw that its position decides.
    pub const fn of(from: DistributionId) -> Self {
        Self { from, site: Site::Position }
    }
}

impl From<DistributionId> for Draw {
    fn from(from: DistributionId) -> Self {
        Self::of(from)
    }
}
