//! Windows of equal length, one after the other: batches for intervals, and the time line of a run with faults.

use super::Histogram;
use super::flow::Failed;
use crate::time::Nanos;

/// What happened in one window of time. Requests count where they ended.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Window {
    /// When it begins.
    pub from: Nanos,
    /// When it ends.
    pub until: Nanos,
    /// Per journey.
    pub journeys: Vec<JourneyWindow>,
    /// Requests at work on average, per component.
    pub busy: Vec<f64>,
    /// Requests that wait for a slot or worker on average, per component.
    pub queue: Vec<f64>,
    /// Replicas that serve on average, per component.
    pub up: Vec<f64>,
    /// Messages that wait on average, per group.
    pub backlog: Vec<f64>,
}

/// Requests of one journey in a window.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct JourneyWindow {
    /// How many came.
    pub offered: u64,
    /// From request to answer, of those that succeeded.
    pub latency: Histogram,
    /// What those spent waiting in queues.
    pub waited: Histogram,
    /// How those that failed did.
    pub failed: Vec<Failed>,
}
