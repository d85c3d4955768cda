//! Journeys and the sources of their requests.

use super::distribution::Draw;
use super::id::{JourneyId, OperationId};
use super::step::Step;
use crate::time::Nanos;

/// What users come for: the steps that they take themselves, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// A number of its name, which keys its draws; two journeys have different ones.
    pub key: u64,
    /// Its rank where a component serves by priority: lower ones first.
    pub rank: u8,
    /// How long a user waits for the whole of it.
    pub patience: Option<Draw>,
    /// What they do: calls, pauses, branches. They have no replica, so that `Compute` takes its time and nothing else.
    pub steps: Vec<Step>,
}

/// Where requests of a journey, or runs of a scheduled job, come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// A number of its name, which keys its draws.
    pub key: u64,
    /// What comes.
    pub starts: Starts,
    /// How it comes.
    pub arrivals: Arrivals,
    /// Whether the load factor of a run applies.
    pub scaling: Scaling,
}

/// What a source starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// A request of a journey.
    Journey(JourneyId),
    /// A run of an operation by itself (a scheduled job).
    Job(OperationId),
}

/// Whether the load factor of a run applies to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scaling {
    /// It does.
    #[default]
    Scaled,
    /// It stays as it is.
    Kept,
}

/// How requests come.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// They come whatever happens.
    Open {
        /// How many, when.
        rate: Rate,
        /// How they are spaced.
        spacing: Spacing,
        /// How many come at once.
        batch: Batch,
        /// Passing surges; where several apply they multiply.
        surges: Vec<Surge>,
    },
    /// A fixed number of users who come again after an answer and some thought. They begin with a thought.
    Closed {
        /// How many.
        users: u32,
        /// How long one thinks.
        think: Draw,
    },
}

impl Arrivals {
    /// Independent of each other, so many per second.
    pub const fn poisson(per_second: f64) -> Self {
        Self::Open {
            rate: Rate::Constant(per_second),
            spacing: Spacing::Poisson,
            batch: Batch::One,
            surges: Vec::new(),
        }
    }
}

/// The rate of an open load, per second, over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Rate {
    /// Always the same.
    Constant(f64),
    /// Given at points, the first at time 0. Holds a ramp, a daily curve, a recorded profile.
    Points {
        /// In order of time.
        points: Vec<RatePoint>,
        /// What is between two points.
        between: Between,
        /// It begins again after so long; `None` stays at the last point.
        every: Option<Nanos>,
    },
    /// `mean + by · sin(2π t / every)`, never below 0.
    Swing {
        /// Per second.
        mean: f64,
        /// Per second.
        by: f64,
        /// From one peak to the next.
        every: Nanos,
    },
    /// A Markov-modulated Poisson process: modes follow each other in turn.
    Modes(Vec<Mode>),
}

/// The rate at a point of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// When.
    pub at: Nanos,
    /// Per second.
    pub per_second: f64,
}

/// What is between two points of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// The rate of the earlier one.
    Steps,
    /// A straight line.
    Lines,
}

/// One mode of a modulated load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mode {
    /// The rate in it.
    pub per_second: f64,
    /// The mean of its exponentially distributed length.
    pub lasts: Nanos,
}

/// How single requests are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Spacing {
    /// Independent of each other.
    #[default]
    Poisson,
    /// At equal distances (of the integrated rate).
    Paced,
}

/// How many come at once.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Batch {
    /// One.
    #[default]
    One,
    /// Always so many.
    Fixed(u32),
    /// At least one, geometrically distributed.
    Geometric {
        /// At least 1.
        mean: f64,
    },
}

/// A passing surge of a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surge {
    /// How many times the load.
    pub factor: f64,
    /// When the first one begins.
    pub from: Nanos,
    /// For how long.
    pub lasts: Nanos,
    /// From one to the next; `None` happens once.
    pub every: Option<Nanos>,
}
