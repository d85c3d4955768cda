//! Distributions: each law once, and what decides a draw from it.

use plimsoll_model::behaviour::demand::{Distribution as Law, DistributionShape, Law as Form, Pause as Paused, Wait};
use plimsoll_model::behaviour::guard::Jitter as Spread;

use super::name::site;
use super::{Compiler, Fault};
use crate::assumptions::{Assumption, Value};
use crate::program::{Distribution, DistributionId, Draw, Jitter, Pause, Site};
use crate::time::Nanos;

impl Compiler<'_> {
    /// A draw from a stated law. `what` names what takes the time, in words that no neighbour shares.
    pub(super) fn draw(&mut self, law: &Law, what: &str) -> Draw {
        let from = self.law(&law.law, what);
        let site = match &law.draw {
            Some(shared) => Site::Shared(site(shared)),
            None => Site::Named(site(what)),
        };
        Draw { from, site }
    }

    /// A draw of work: nothing where it takes no time at all.
    pub(super) fn work(&mut self, law: &Law, what: &str) -> Option<Draw> {
        let draw = self.draw(law, what);
        (self.program.distributions[draw.from.index()] != Distribution::Fixed(Nanos::ZERO)).then_some(draw)
    }

    /// A draw of exactly so long.
    pub(super) fn exactly(&mut self, nanos: u64, what: &str) -> Draw {
        Draw { from: self.distribution(Distribution::Fixed(Nanos(nanos))), site: Site::Named(site(what)) }
    }

    /// A draw around an assumed mean, of the assumed shape.
    pub(super) fn assumed(&mut self, assumption: Assumption, subject: &str, what: &str) -> Draw {
        let mean = self.ledger.take(assumption, subject).count();
        let distribution = self.shaped(mean, subject);
        Draw { from: self.distribution(distribution), site: Site::Named(site(what)) }
    }

    pub(super) fn wait(&mut self, wait: &Wait, what: &str) -> Draw {
        match wait {
            Wait::Exactly(nanos) => self.exactly(nanos.0, what),
            Wait::Drawn(law) => self.draw(law, what),
        }
    }

    pub(super) fn pause(&mut self, pause: Option<&Paused>, what: &str) -> Pause {
        match pause {
            None => Pause::None,
            Some(Paused::Exactly(nanos)) => Pause::Drawn(self.exactly(nanos.0, what)),
            Some(Paused::Drawn(law)) => Pause::Drawn(self.draw(law, what)),
            Some(Paused::Growing(growing)) => Pause::Growing {
                first: Nanos(growing.first.0),
                factor: growing.factor.map_or(2.0, |factor| factor.0),
                most: growing.most.map_or(Nanos::NEVER, |most| Nanos(most.0)),
            },
        }
    }

    fn law(&mut self, law: &Form, what: &str) -> DistributionId {
        let distribution = match law {
            Form::Mean(mean) => self.shaped(mean.0, what),
            Form::Shape(shape) => with_shape(shape.mean.0, shape.shape),
            Form::Spread(spread) => with_spread(spread.mean.0, spread.cv.0, spread.shape),
            Form::Quantiles(q) if q.p50.0 == 0 => Distribution::Fixed(Nanos::ZERO),
            Form::Quantiles(q) => Distribution::lognormal_by_quantiles(Nanos(q.p50.0), Nanos(q.p99.0)),
            Form::Range(range) => Distribution::Uniform { low: range.min.0 as f64, high: range.max.0 as f64 },
            Form::Samples(samples) if samples.values.is_empty() => {
                self.error(Fault::FileNotRead { file: samples.file.clone() }, None);
                Distribution::Fixed(Nanos::ZERO)
            }
            Form::Samples(samples) => Distribution::samples(samples.values.iter().map(|v| Nanos(v.0)).collect()),
        };
        self.distribution(distribution)
    }

    /// A mean of which the shape is assumed.
    fn shaped(&mut self, mean: u64, subject: &str) -> Distribution {
        if mean == 0 {
            return Distribution::Fixed(Nanos::ZERO);
        }
        match self.ledger.take(Assumption::DefaultShape, subject) {
            Value::Word("fixed") => with_shape(mean, DistributionShape::Fixed),
            Value::Word("uniform") => Distribution::Uniform { low: 0.0, high: 2.0 * mean as f64 },
            // A shape that wants a coefficient of variation is taken with that of the exponential.
            Value::Word("lognormal") => Distribution::lognormal(Nanos(mean), 1.0),
            Value::Word("lognormal cv 2") => Distribution::lognormal(Nanos(mean), 2.0),
            _ => with_shape(mean, DistributionShape::Exponential),
        }
    }

    /// The id of a distribution, which stands in the program once.
    fn distribution(&mut self, distribution: Distribution) -> DistributionId {
        let known = self.program.distributions.iter().position(|each| *each == distribution);
        match known {
            Some(index) => DistributionId(index as u32),
            None => self.program.add_distribution(distribution),
        }
    }
}

fn with_shape(mean: u64, shape: DistributionShape) -> Distribution {
    match shape {
        _ if mean == 0 => Distribution::Fixed(Nanos::ZERO),
        DistributionShape::Fixed => Distribution::Fixed(Nanos(mean)),
        DistributionShape::Uniform => Distribution::Uniform { low: 0.0, high: 2.0 * mean as f64 },
        DistributionShape::Geometric | DistributionShape::Exponential => Distribution::exponential(Nanos(mean)),
        DistributionShape::Lognormal => Distribution::lognormal(Nanos(mean), 1.0),
        DistributionShape::Gamma => Distribution::gamma(Nanos(mean), 1.0),
    }
}

fn with_spread(mean: u64, cv: f64, shape: DistributionShape) -> Distribution {
    match shape {
        _ if mean == 0 || cv == 0.0 => Distribution::Fixed(Nanos(mean)),
        DistributionShape::Gamma => Distribution::gamma(Nanos(mean), cv),
        _ => Distribution::lognormal(Nanos(mean), cv),
    }
}

/// How a pause is spread.
pub(super) const fn jitter(spread: Option<Spread>) -> Jitter {
    match spread {
        None | Some(Spread::None) => Jitter::None,
        Some(Spread::Equal) => Jitter::Equal,
        Some(Spread::Full) => Jitter::Full,
    }
}
