//! What happened between two looks at one run: the later measurements without the earlier ones.
//!
//! Always: `earlier` merged with `later.since(earlier)` gives `later` again, but for the highest levels and longest times, of which
//! only those of the whole are known, and for windows and spans, which stay as they are.

use super::{CacheUse, ComponentUse, Failed, Flow, GroupUse, Level, LockUse, Measurements, PoolUse, ReplicaUse};

impl Measurements {
    /// What this run measured since an earlier look at it.
    ///
    /// # Panics
    /// If `earlier` is not an earlier look at the same run.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            runs: self.runs,
            measured: self.measured - earlier.measured,
            end: self.end,
            events: self.events - earlier.events,
            trace: self.trace,
            journeys: each(&self.journeys, &earlier.journeys, Flow::since),
            operations: each(&self.operations, &earlier.operations, Flow::since),
            calls: each(&self.calls, &earlier.calls, Flow::since),
            components: each(&self.components, &earlier.components, ComponentUse::since),
            replicas: each(&self.replicas, &earlier.replicas, ReplicaUse::since),
            pools: each(&self.pools, &earlier.pools, PoolUse::since),
            locks: each(&self.locks, &earlier.locks, LockUse::since),
            caches: each(&self.caches, &earlier.caches, CacheUse::since),
            groups: each(&self.groups, &earlier.groups, GroupUse::since),
            windows: self.windows.clone(),
            spans: self.spans.clone(),
        }
    }
}

fn each<T>(now: &[T], earlier: &[T], since: fn(&T, &T) -> T) -> Vec<T> {
    assert_eq!(now.len(), earlier.len(), "both looks are at the same run");
    now.iter().zip(earlier).map(|(now, earlier)| since(now, earlier)).collect()
}

impl Level {
    fn since(&self, earlier: &Self) -> Self {
        Self { integral: self.integral - earlier.integral, highest: self.highest }
    }
}

impl Flow {
    fn since(&self, earlier: &Self) -> Self {
        let before = |failed: &Failed| {
            earlier.failed.iter().find(|each| each.failure == failed.failure).map_or(0, |each| each.count)
        };
        let failed = self.failed.iter().map(|now| Failed { failure: now.failure, count: now.count - before(now) });
        Self {
            offered: self.offered - earlier.offered,
            open_at_start: earlier.open_at_end,
            open_at_end: self.open_at_end,
            completed: self.completed - earlier.completed,
            latency: self.latency.since(&earlier.latency),
            latency_failed: self.latency_failed.since(&earlier.latency_failed),
            waited: self.waited.since(&earlier.waited),
            failed: failed.filter(|failed| failed.count > 0).collect(),
            retries: self.retries - earlier.retries,
            hedges: self.hedges - earlier.hedges,
            late: self.late - earlier.late,
        }
    }
}

impl ComponentUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            up: self.up.since(&earlier.up),
            works: self.works.since(&earlier.works),
            open: self.open.since(&earlier.open),
            queue: self.queue.since(&earlier.queue),
            waited: self.waited.since(&earlier.waited),
            busy: self.busy.since(&earlier.busy),
            cpu: self.cpu.since(&earlier.cpu),
            slots: self.slots.since(&earlier.slots),
            workers: self.workers.since(&earlier.workers),
            millicores: self.millicores.since(&earlier.millicores),
            throttled: self.throttled.since(&earlier.throttled),
            connections: self.connections.since(&earlier.connections),
            over_quota: self.over_quota - earlier.over_quota,
        }
    }
}

impl ReplicaUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            up: self.up.since(&earlier.up),
            open: self.open.since(&earlier.open),
            busy: self.busy.since(&earlier.busy),
            cpu: self.cpu.since(&earlier.cpu),
            ended: self.ended - earlier.ended,
        }
    }
}

impl PoolUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            lent: self.lent.since(&earlier.lent),
            queue: self.queue.since(&earlier.queue),
            waited: self.waited.since(&earlier.waited),
        }
    }
}

impl LockUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            held: self.held.since(&earlier.held),
            queue: self.queue.since(&earlier.queue),
            waited: self.waited.since(&earlier.waited),
        }
    }
}

impl CacheUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            hits: self.hits - earlier.hits,
            misses: self.misses - earlier.misses,
            joined: self.joined - earlier.joined,
        }
    }
}

impl GroupUse {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            published: self.published - earlier.published,
            handled: self.handled - earlier.handled,
            redelivered: self.redelivered - earlier.redelivered,
            dead: self.dead - earlier.dead,
            backlog: self.backlog.since(&earlier.backlog),
            age: self.age.since(&earlier.age),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{End, Histogram};
    use super::*;
    use crate::Nanos;
    use crate::program::{Cause, Failure};

    fn look(times: &[u64], failed: u64) -> Measurements {
        let mut latency = Histogram::default();
        times.iter().for_each(|time| latency.record(Nanos(*time)));
        let failed = vec![Failed { failure: Failure::of(Cause::Quota), count: failed }];
        let flow = Flow { offered: times.len() as u64, latency, failed, ..Flow::default() };
        let measured = Nanos(10 * times.len() as u64);
        Measurements { measured, end: End::Time, journeys: vec![flow], ..Measurements::default() }
    }

    #[test]
    fn an_earlier_look_and_what_came_since_are_the_whole() {
        let (earlier, later) = (look(&[5, 900], 1), look(&[5, 900, 70_000, 6], 4));
        let since = later.since(&earlier);
        assert_eq!((since.measured, since.journeys[0].offered, since.journeys[0].failed[0].count), (Nanos(20), 2, 3));
        let mut whole = earlier;
        whole.merge(&since);
        assert!(whole.journeys[0].latency.buckets().eq(later.journeys[0].latency.buckets()));
        assert_eq!(whole.journeys[0].latency.sum(), later.journeys[0].latency.sum());
    }
}
