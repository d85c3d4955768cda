//! One run, measured.

use super::Assumed;
use crate::statistics::Interval;

/// What a run showed.
#[derive(Clone, Debug, PartialEq)]
pub struct RunAnswer {
    /// The system's name.
    pub system: String,
    /// The environment that was asked about.
    pub environment: String,
    /// The scenario; `None` is as things are today.
    pub scenario: Option<String>,
    /// The seed that gives this run again.
    pub seed: u64,
    /// How long it ran, in simulated seconds.
    pub horizon_s: f64,
    /// What of it was left out at the beginning.
    pub warmup_s: f64,
    /// Everything that was supposed.
    pub assumptions: Vec<Assumed>,
    /// Journeys, as their users saw them.
    pub journeys: Vec<FlowAnswer>,
    /// Operations, as their components saw them.
    pub operations: Vec<FlowAnswer>,
    /// Calls, as their callers saw them.
    pub calls: Vec<FlowAnswer>,
    /// What was used.
    pub resources: Vec<ResourceAnswer>,
    /// Promises and whether this run kept them.
    pub promises: Vec<Kept>,
    /// What happened when.
    pub timeline: Vec<Moment>,
    /// Faults of the scenario: from, until (both in seconds), what.
    pub faults: Vec<(f64, Option<f64>, String)>,
    /// Why it was ended before its time, if it was.
    pub ended: Option<String>,
}

/// Requests that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowAnswer {
    /// The name.
    pub id: String,
    /// How many came.
    pub offered_per_s: f64,
    /// How many ended with success.
    pub completed_per_s: f64,
    /// How many ended otherwise, by kind.
    pub failed: Vec<Failing>,
    /// Attempts beyond the first; of calls.
    pub retries_per_s: f64,
    /// How long those took that succeeded.
    pub latency: Times,
}

/// Requests that failed in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Failing {
    /// In which: `429 quota`.
    pub kind: String,
    /// How many.
    pub per_s: f64,
}

/// Times in seconds. `None` where the run is too short for the figure, which is then better not printed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// The mean.
    pub mean: Option<Interval>,
    /// Half were faster.
    pub p50: Option<Interval>,
    /// 95 of 100 were faster.
    pub p95: Option<Interval>,
    /// 99 of 100 were faster.
    pub p99: Option<Interval>,
    /// 999 of 1000 were faster.
    pub p999: Option<Interval>,
}

/// What was used.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceAnswer {
    /// The name: `payments slots`.
    pub id: String,
    /// The share of it that was in use; `None` where it has no limit.
    pub utilisation: Option<f64>,
    /// How many waited for it on average.
    pub queue_mean: f64,
    /// How long they waited on average, those who did not wait included.
    pub wait_s: f64,
}

/// A promise in this run.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// What it says.
    pub says: String,
    /// The share of requests that it counts as bad.
    pub bad: f64,
    /// The share that it allows.
    pub allowed: f64,
}

/// A stretch of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When it began, in seconds.
    pub from_s: f64,
    /// When it ended.
    pub until_s: f64,
    /// Per journey, in the order of the answer's.
    pub journeys: Vec<JourneyMoment>,
}

/// A journey in a stretch of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JourneyMoment {
    /// How many came.
    pub offered_per_s: f64,
    /// The share of those that ended that succeeded.
    pub success: f64,
    /// 95 of 100 that succeeded were faster; `None` where none did.
    pub p95_s: Option<f64>,
}
