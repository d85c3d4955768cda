//! Requests that pass: how many came, how they ended, how long it took.

use super::Histogram;
use crate::program::Failure;

/// Requests of a journey, of an operation or of a call.
///
/// What came and ended in measured time counts; `offered == completed + failed()` + the change of what is open.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Flow {
    /// How many came.
    pub offered: u64,
    /// How many were open when measuring began.
    pub open_at_start: u64,
    /// How many were open at the end.
    pub open_at_end: u64,
    /// How many succeeded.
    pub completed: u64,
    /// From request to answer, of those that succeeded; empty where only journeys were measured in detail.
    pub latency: Histogram,
    /// From request to answer, of those that failed.
    pub latency_failed: Histogram,
    /// What those that succeeded spent waiting in queues: for slots, workers, connections and locks, here and below.
    pub waited: Histogram,
    /// How those that failed did, in the order of codes and causes.
    pub failed: Vec<Failed>,
    /// Attempts beyond the first, of calls.
    pub retries: u64,
    /// Second attempts beside the first, of calls.
    pub hedges: u64,
    /// Those whose caller had gone before they ended; they count as succeeded or failed all the same.
    pub late: u64,
}

/// How many failed in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// In which.
    pub failure: Failure,
    /// How many.
    pub count: u64,
}

impl Flow {
    /// How many failed, in all ways.
    pub fn failed(&self) -> u64 {
        self.failed.iter().map(|each| each.count).sum()
    }

    /// The share of those that ended that succeeded; 1 where none ended.
    pub fn success(&self) -> f64 {
        let ended = self.completed + self.failed();
        if ended == 0 { 1.0 } else { self.completed as f64 / ended as f64 }
    }

    /// Counts a failure.
    pub(crate) fn count_failure(&mut self, failure: Failure, count: u64) {
        // A handful of ways at most, and nearly always the first.
        match self.failed.iter_mut().find(|each| each.failure == failure) {
            Some(known) => known.count += count,
            None => self.failed.push(Failed { failure, count }),
        }
    }

    /// Adds what others saw.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.offered += other.offered;
        self.open_at_start += other.open_at_start;
        self.open_at_end += other.open_at_end;
        self.completed += other.completed;
        self.latency.merge(&other.latency);
        self.latency_failed.merge(&other.latency_failed);
        self.waited.merge(&other.waited);
        other.failed.iter().for_each(|each| self.count_failure(each.failure, each.count));
        self.failed.sort_by_key(|each| each.failure);
        self.retries += other.retries;
        self.hedges += other.hedges;
        self.late += other.late;
    }
}
