//! A run in even steps: what happened between two looks at it, small enough to keep hundreds.
//!
//! Steps are batches for intervals, and points of the time line. How many of the first are left out is decided by the series that
//! settles slowest (MSER-5), once all are there, since nobody knows beforehand.

use std::collections::BTreeMap;

use crate::Nanos;
use crate::measurements::{ComponentUse, Failed, Flow, Histogram, Level, Measurements};
use crate::program::Failure;
use crate::statistics::quantile::{Counted, quantile};
use crate::statistics::{Interval, ratio_of_sums, warm_up};

/// What happened in one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) length: Nanos,
    pub(super) journeys: Vec<FlowStep>,
    pub(super) operations: Vec<FlowStep>,
    pub(super) calls: Vec<FlowStep>,
    /// Component by component, then pools, locks and groups.
    pub(super) uses: Vec<UseStep>,
}

/// Requests in one step.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowStep {
    pub(super) offered: u64,
    pub(super) retries: u64,
    pub(super) failed: BTreeMap<Failure, u64>,
    /// Latency of those that succeeded.
    pub(super) latency: Times,
    /// What they waited.
    pub(super) waited: Times,
}

/// Times that were counted, without the buckets that hold nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    count: u64,
    sum_s: f64,
    /// From, to (in nanoseconds), how many; in order.
    buckets: Vec<(u64, u64, u64)>,
}

/// A resource in one step; integrals in nanoseconds times the number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct UseStep {
    /// What was used of slots, workers and cores, and what there was.
    pub(super) slots: (f64, f64),
    pub(super) workers: (f64, f64),
    pub(super) cores: (f64, f64),
    pub(super) queue: f64,
    pub(super) open: f64,
    pub(super) waited_s: f64,
    pub(super) waits: u64,
}

impl Step {
    /// Between two looks at the same run.
    pub(super) fn between(earlier: &Measurements, later: &Measurements) -> Self {
        let since = later.since(earlier);
        let flows = |flows: &[Flow]| flows.iter().map(FlowStep::of).collect();
        let waiting = |queue: &Level, waited: &Histogram| UseStep {
            queue: queue.integral as f64,
            waited_s: waited.sum() as f64 * 1e-9,
            waits: waited.count(),
            ..UseStep::default()
        };
        let components = since.components.iter().map(UseStep::of);
        let pools = since.pools.iter().map(|used| waiting(&used.queue, &used.waited));
        let locks = since.locks.iter().map(|used| waiting(&used.queue, &used.waited));
        let groups = since.groups.iter().map(|used| waiting(&used.backlog, &used.age));
        Self {
            length: since.measured,
            journeys: flows(&since.journeys),
            operations: flows(&since.operations),
            calls: flows(&since.calls),
            uses: components.chain(pools).chain(locks).chain(groups).collect(),
        }
    }

    /// Several steps as one.
    pub(super) fn together(steps: &[Self]) -> Self {
        let mut all = steps.first().cloned().unwrap_or_default();
        for step in steps.iter().skip(1) {
            all.length += step.length;
            for (mine, theirs) in [
                (&mut all.journeys, &step.journeys),
                (&mut all.operations, &step.operations),
                (&mut all.calls, &step.calls),
            ] {
                mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| mine.add(theirs));
            }
            all.uses.iter_mut().zip(&step.uses).for_each(|(mine, theirs)| mine.add(theirs));
        }
        all
    }
}

impl FlowStep {
    fn of(flow: &Flow) -> Self {
        Self {
            offered: flow.offered,
            retries: flow.retries,
            failed: flow.failed.iter().map(|Failed { failure, count }| (*failure, *count)).collect(),
            latency: Times::of(&flow.latency),
            waited: Times::of(&flow.waited),
        }
    }

    fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.retries += other.retries;
        for (failure, count) in &other.failed {
            *self.failed.entry(*failure).or_default() += count;
        }
        self.latency.add(&other.latency);
        self.waited.add(&other.waited);
    }

    /// How many failed.
    pub(super) fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// The share of those that ended that succeeded; 1 where none ended.
    pub(super) fn success(&self) -> f64 {
        let ended = self.latency.count + self.failures();
        if ended == 0 { 1.0 } else { self.latency.count as f64 / ended as f64 }
    }
}

impl Times {
    fn of(histogram: &Histogram) -> Self {
        Self {
            count: histogram.count(),
            sum_s: histogram.sum() as f64 * 1e-9,
            buckets: histogram.buckets().map(|(from, to, count)| (from.0, to.0, count)).collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_s += other.sum_s;
        let mut merged: BTreeMap<u64, (u64, u64)> =
            self.buckets.iter().map(|(from, to, count)| (*from, (*to, *count))).collect();
        for (from, to, count) in &other.buckets {
            merged.entry(*from).or_insert((*to, 0)).1 += count;
        }
        self.buckets = merged.into_iter().map(|(from, (to, count))| (from, to, count)).collect();
    }

    /// How many.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }
}

/// Interpolated within buckets, which are 0.8 % wide at most.
impl Counted for &Times {
    fn total(&self) -> f64 {
        self.count as f64
    }

    fn above(&self, value: f64) -> f64 {
        let limit = value * 1e9;
        let share = |from: u64, to: u64| ((to as f64 - limit) / (to - from).max(1) as f64).clamp(0.0, 1.0);
        self.buckets
            .iter()
            .rev()
            .take_while(|bucket| limit < bucket.1 as f64)
            .map(|(from, to, count)| share(*from, *to) * *count as f64)
            .sum()
    }

    fn value_at(&self, share: f64) -> f64 {
        let rank = share.clamp(0.0, 1.0) * self.count as f64;
        let mut below = 0.0;
        for (from, to, count) in &self.buckets {
            let upto = below + *count as f64;
            if rank <= upto {
                let part = (rank - below) / *count as f64;
                return (*from as f64 + part.max(0.0) * (to - from) as f64) * 1e-9;
            }
            below = upto;
        }
        self.buckets.last().map_or(0.0, |(_, to, _)| *to as f64 * 1e-9)
    }
}

impl UseStep {
    fn of(used: &ComponentUse) -> Self {
        let share = |used: u128, there: u128| (used as f64, there as f64);
        Self {
            slots: share(used.open.integral, used.slots.integral),
            workers: share(used.busy.integral, used.workers.integral),
            cores: share(used.cpu.integral * 1000, used.millicores.integral),
            queue: used.queue.integral as f64,
            open: used.open.integral as f64,
            waited_s: used.waited.sum() as f64 * 1e-9,
            waits: used.waited.count(),
        }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in
            [(&mut self.slots, other.slots), (&mut self.workers, other.workers), (&mut self.cores, other.cores)]
        {
            *mine = (mine.0 + theirs.0, mine.1 + theirs.1);
        }
        self.queue += other.queue;
        self.open += other.open;
        self.waited_s += other.waited_s;
        self.waits += other.waits;
    }
}

/// How many steps at the beginning are warm-up: the longest cut that any component or journey asks for.
pub(super) fn warm_up_steps(steps: &[Step]) -> usize {
    let Some(first) = steps.first() else { return 0 };
    let series = |of: &dyn Fn(&Step) -> f64| -> Vec<f64> { steps.iter().map(of).collect() };
    let uses = (0..first.uses.len()).map(|at| series(&|step| step.uses[at].open + step.uses[at].queue));
    let journeys = (0..first.journeys.len()).map(|at| series(&|step| step.journeys[at].latency.sum_s));
    let all: Vec<Vec<f64>> = uses.chain(journeys).collect();
    warm_up::slowest(all.iter().map(Vec::as_slice))
}

/// The mean over requests, with its interval.
pub(super) fn mean(batches: &[&Times], confidence: f64) -> Option<Interval> {
    let sums: Vec<f64> = batches.iter().map(|batch| batch.sum_s).collect();
    let counts: Vec<f64> = batches.iter().map(|batch| batch.count as f64).collect();
    ratio_of_sums(&sums, &counts, confidence).map(|ratio| ratio.interval.at_least(0.0))
}

/// A quantile over requests, with its interval.
pub(super) fn quantile_of(share: f64, whole: &Times, batches: &[&Times], confidence: f64) -> Option<Interval> {
    if whole.count == 0 {
        return None;
    }
    quantile(share, &whole, batches, confidence).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_empty_buckets_say_what_the_histogram_says() {
        let mut histogram = Histogram::default();
        (1..2000_u64).for_each(|at| histogram.record(Nanos(at * at * 1_000)));
        let times = Times::of(&histogram);
        for share in [0.01, 0.5, 0.95, 0.999] {
            let (mine, theirs) = ((&times).value_at(share), histogram.quantile(share).unwrap().as_secs_f64());
            assert!((mine / theirs - 1.0).abs() < 1e-3, "{share}: {mine} {theirs}");
            let (mine, theirs) = ((&times).above(theirs), histogram.above(Nanos::from_secs_f64(theirs)));
            assert!((mine - theirs).abs() < 0.01, "{share}: {mine} {theirs}");
        }
    }
}
