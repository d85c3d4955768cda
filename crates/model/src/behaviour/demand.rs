//! How long something takes, as a distribution; how long somebody waits; how long a caller pauses.

use super::quantity::{Nanos, Number};
use super::told::{choice, choice_of, object};

choice! {
    /// The shape of a distribution.
    DistributionShape {
        /// Without memory; its coefficient of variation is 1.
        Exponential "exponential",
        /// Always the same.
        Fixed "fixed",
        /// By mean and `cv`, or by `p50` and `p99`.
        Lognormal "lognormal",
        /// By mean and `cv`.
        Gamma "gamma",
        /// Anything from `min` to `max`, all equally likely.
        Uniform "uniform",
        /// Whole numbers, by mean; for batches.
        Geometric "geometric",
    }
}

choice_of! {
    /// What is known of how the time is distributed.
    Law "law" {
        /// The mean alone; the shape is the assumption `default-shape`.
        Mean(Nanos) "mean",
        /// Mean and a shape that needs nothing else: `exponential`, `fixed` or `geometric`.
        Shape(MeanAndShape) "shape",
        /// Mean, coefficient of variation and shape: `lognormal` or `gamma`.
        Spread(MeanAndSpread) "spread",
        /// Lognormal by two quantiles.
        Quantiles(Quantiles) "quantiles",
        /// Anything of a range, all equally likely.
        Range(Range) "range",
        /// Measured values, drawn as they are.
        Samples(Samples) "samples",
    }
}

object! {
    /// A mean and a shape.
    MeanAndShape "mean_and_shape" {
        /// The mean, in nanoseconds.
        mean: Nanos;
        /// The shape.
        shape: DistributionShape;
    }
}

object! {
    /// A mean, a coefficient of variation and a shape.
    MeanAndSpread "mean_and_spread" {
        /// The mean, in nanoseconds.
        mean: Nanos;
        /// Standard deviation divided by mean.
        cv: Number;
        /// The shape.
        shape: DistributionShape;
    }
}

object! {
    /// Two quantiles.
    Quantiles "quantiles" {
        /// The median, in nanoseconds.
        p50: Nanos;
        /// What one in a hundred exceeds, in nanoseconds.
        p99: Nanos;
    }
}

object! {
    /// A range.
    Range "range" {
        /// The least, in nanoseconds.
        min: Nanos;
        /// The greatest, in nanoseconds.
        max: Nanos;
    }
}

object! {
    /// Measured values.
    Samples "samples" {
        /// The file that holds them.
        file: String;
        /// The values, in nanoseconds; none where the file could not be read.
        values: Vec<Nanos>;
    }
}

object! {
    /// How long something takes.
    Distribution "distribution" {
        /// How it is distributed.
        law: Law;
        /// Parts of one request with the same name here are slow together: one draw decides all of them.
        draw: Option<String>;
    }
}

choice_of! {
    /// A time limit.
    Wait "wait" {
        /// Exactly this long, in nanoseconds.
        Exactly(Nanos) "exactly",
        /// Drawn each time, where patience differs.
        Drawn(Distribution) "drawn",
    }
}

choice_of! {
    /// How long a caller pauses before it tries again.
    Pause "pause" {
        /// Exactly this long, in nanoseconds.
        Exactly(Nanos) "exactly",
        /// Drawn each time.
        Drawn(Distribution) "drawn",
        /// Longer each time.
        Growing(Growing) "growing",
    }
}

object! {
    /// Pauses that grow from one attempt to the next.
    Growing "growing" {
        /// The pause before the second attempt, in nanoseconds.
        first: Nanos;
        /// How many times as long each further pause is; 2 where nobody says.
        factor: Option<Number>;
        /// The longest pause, in nanoseconds.
        most: Option<Nanos>;
    }
}

/// z of the 99th percentile of the standard normal distribution.
///
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.1, to double precision.
const Z99: f64 = 2.326_347_874_040_841;

impl Distribution {
    /// A distribution without a name for its draw.
    pub const fn of(law: Law) -> Self {
        Self { law, draw: None }
    }

    /// The mean in seconds; `None` where it stands in a file of samples that could not be read.
    ///
    /// # Source
    /// The lognormal of two quantiles: median `exp(mu)`, `sigma = ln(p99 / p50) / z99`, mean `exp(mu + sigma² / 2)`.
    pub fn mean_seconds(&self) -> Option<f64> {
        Some(match &self.law {
            Law::Mean(mean) => mean.seconds(),
            Law::Shape(shape) => shape.mean.seconds(),
            Law::Spread(spread) => spread.mean.seconds(),
            Law::Quantiles(quantiles) => {
                let (p50, p99) = (quantiles.p50.seconds(), quantiles.p99.seconds());
                if p50 <= 0.0 {
                    return Some(0.0);
                }
                let sigma = (p99 / p50).ln() / Z99;
                p50 * (sigma * sigma / 2.0).exp()
            }
            Law::Range(range) => (range.min.seconds() + range.max.seconds()) / 2.0,
            Law::Samples(samples) if samples.values.is_empty() => return None,
            Law::Samples(samples) => {
                samples.values.iter().map(|value| value.seconds()).sum::<f64>() / samples.values.len() as f64
            }
        })
    }
}
