//! What a run measured: per journey, operation and call; per component, replica, pool, lock, cache and group; per window
//! of time.
//!
//! Counts and sums are integers, so that two runs merge exactly and in any order. Times average over measured time: what
//! came before the warm-up ended does not count.

mod flow;
mod histogram;
mod resource;
mod since;
mod trace;
mod window;

pub use flow::{Failed, Flow};
pub use histogram::Histogram;
pub use resource::{CacheUse, ComponentUse, GroupUse, Level, LockUse, PoolUse, ReplicaUse};
pub use trace::{Span, SpanKind};
pub use window::{JourneyWindow, Window};

use crate::time::Nanos;

/// What one run measured, or several together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Measurements {
    /// How many runs are in it.
    pub runs: u32,
    /// Simulated time that counts, of all runs together.
    pub measured: Nanos,
    /// Why it ended: the gravest of all runs.
    pub end: End,
    /// Events that were handled, those before the warm-up ended included.
    pub events: u64,
    /// A hash of every event with its time, in order: the same program and seed give the same one on every machine. Of
    /// several runs, their sum.
    pub trace: u64,
    /// Per journey.
    pub journeys: Vec<Flow>,
    /// Per operation: as the component that has it sees it.
    pub operations: Vec<Flow>,
    /// Per call: as the caller sees it, all attempts together.
    pub calls: Vec<Flow>,
    /// Per component.
    pub components: Vec<ComponentUse>,
    /// Per replica, component by component.
    pub replicas: Vec<ReplicaUse>,
    /// Per pool, all replicas of its owner together.
    pub pools: Vec<PoolUse>,
    /// Per lock, all keys together.
    pub locks: Vec<LockUse>,
    /// Per cache.
    pub caches: Vec<CacheUse>,
    /// Per group.
    pub groups: Vec<GroupUse>,
    /// Windows of equal length, from the start of the run (before the warm-up ended, too); those of merged runs are not
    /// kept.
    pub windows: Vec<Window>,
    /// Requests that were kept as traces, in the order of their ends; those of merged runs are not kept.
    pub spans: Vec<Span>,
}

/// Why a run ended; the later ones are graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum End {
    /// Nothing was left to happen.
    #[default]
    Drained,
    /// Its time was over.
    Time,
    /// So many requests had ended.
    Requests,
    /// More requests were open at once than it was to hold: the load is not sustained.
    Overfull,
}

impl Measurements {
    /// Adds another run of the same program. Exact, and the order does not matter.
    ///
    /// # Panics
    /// If they are of programs of different shape.
    pub fn merge(&mut self, other: &Self) {
        self.runs += other.runs;
        self.measured += other.measured;
        self.end = self.end.max(other.end);
        self.events += other.events;
        self.trace = self.trace.wrapping_add(other.trace);
        each(&mut self.journeys, &other.journeys, Flow::merge);
        each(&mut self.operations, &other.operations, Flow::merge);
        each(&mut self.calls, &other.calls, Flow::merge);
        each(&mut self.components, &other.components, ComponentUse::merge);
        each(&mut self.replicas, &other.replicas, ReplicaUse::merge);
        each(&mut self.pools, &other.pools, PoolUse::merge);
        each(&mut self.locks, &other.locks, LockUse::merge);
        each(&mut self.caches, &other.caches, CacheUse::merge);
        each(&mut self.groups, &other.groups, GroupUse::merge);
        self.windows.clear();
        self.spans.clear();
    }
}

fn each<T>(mine: &mut [T], theirs: &[T], merge: fn(&mut T, &T)) {
    assert_eq!(mine.len(), theirs.len(), "only runs of the same program are merged");
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| merge(mine, theirs));
}
