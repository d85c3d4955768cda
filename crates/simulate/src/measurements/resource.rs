//! What requests use: how full it was, how long they waited for it.

use super::Histogram;
use crate::time::Nanos;

/// A number that changes over time, integrated on each change: requests in a queue, workers at work, messages waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Level {
    /// Its integral over measured time, in nanoseconds times the number.
    pub integral: u128,
    /// The greatest.
    pub highest: u64,
}

impl Level {
    /// Its average over so much time.
    pub fn mean(&self, over: Nanos) -> f64 {
        if over.0 == 0 { 0.0 } else { self.integral as f64 / over.0 as f64 }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.integral += other.integral;
        self.highest = self.highest.max(other.highest);
    }
}

/// How a component was used, all of its replicas together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ComponentUse {
    /// Replicas that serve.
    pub up: Level,
    /// Time in which its quorum was up.
    pub works: Level,
    /// Requests that it has taken in and not answered, branches apart.
    pub open: Level,
    /// Requests that wait for a slot or worker.
    pub queue: Level,
    /// How long those waited that got one, those at once included; empty where only journeys were measured in detail.
    pub waited: Histogram,
    /// Requests at work: those that hold a worker, or compute where workers are not limited.
    pub busy: Level,
    /// CPU time used, in nanoseconds of one core.
    pub cpu: Level,
    /// Slots that there are, over all that serve; nothing where they are not limited.
    pub slots: Level,
    /// Workers that there are; nothing where they are not limited.
    pub workers: Level,
    /// Cores that there are, in thousandths; nothing where they are not limited.
    pub millicores: Level,
    /// Time in which CPU work stood still because its quota was used up, of all replicas.
    pub throttled: Level,
    /// Connections in use.
    pub connections: Level,
    /// Requests that its own token bucket turned away.
    pub over_quota: u64,
}

/// How one replica was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ReplicaUse {
    /// Time in which it serves.
    pub up: Level,
    /// Requests that it has taken in and not answered.
    pub open: Level,
    /// Requests at work.
    pub busy: Level,
    /// CPU time used.
    pub cpu: Level,
    /// Requests that ended on it.
    pub ended: u64,
}

/// How a pool was used.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PoolUse {
    /// Connections lent.
    pub lent: Level,
    /// Requests that wait for one.
    pub queue: Level,
    /// How long those waited that got one.
    pub waited: Histogram,
}

/// How a lock was used.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LockUse {
    /// Holders, of all keys.
    pub held: Level,
    /// Requests that wait, of all keys.
    pub queue: Level,
    /// How long those waited that got it.
    pub waited: Histogram,
}

/// How a cache was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CacheUse {
    /// Looks that found the answer.
    pub hits: u64,
    /// Looks that did not.
    pub misses: u64,
    /// Misses that waited for another's fetch.
    pub joined: u64,
}

/// How a group handled its messages.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GroupUse {
    /// Messages that came.
    pub published: u64,
    /// Messages that were handled.
    pub handled: u64,
    /// Messages handed out again.
    pub redelivered: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// Messages that wait to be handed out.
    pub backlog: Level,
    /// From coming to being handled.
    pub age: Histogram,
}

impl ComponentUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.up.merge(&other.up);
        self.works.merge(&other.works);
        self.open.merge(&other.open);
        self.queue.merge(&other.queue);
        self.waited.merge(&other.waited);
        self.busy.merge(&other.busy);
        self.cpu.merge(&other.cpu);
        self.slots.merge(&other.slots);
        self.workers.merge(&other.workers);
        self.millicores.merge(&other.millicores);
        self.throttled.merge(&other.throttled);
        self.connections.merge(&other.connections);
        self.over_quota += other.over_quota;
    }

    /// The share of what there is that was in use, of the scarcest: slots, workers or cores; `None` where none of them is
    /// limited.
    pub fn utilisation(&self) -> Option<f64> {
        let share = |used: u128, there: u128| (there > 0).then(|| used as f64 / there as f64);
        let shares = [
            share(self.open.integral, self.slots.integral),
            share(self.busy.integral, self.workers.integral),
            share(self.cpu.integral * 1000, self.millicores.integral),
        ];
        shares.into_iter().flatten().reduce(f64::max)
    }
}

impl ReplicaUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.up.merge(&other.up);
        self.open.merge(&other.open);
        self.busy.merge(&other.busy);
        self.cpu.merge(&other.cpu);
        self.ended += other.ended;
    }
}

impl PoolUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.lent.merge(&other.lent);
        self.queue.merge(&other.queue);
        self.waited.merge(&other.waited);
    }
}

impl LockUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.held.merge(&other.held);
        self.queue.merge(&other.queue);
        self.waited.merge(&other.waited);
    }
}

impl CacheUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.joined += other.joined;
    }

    /// The share of looks that found the answer; 0 where nobody looked.
    pub fn hit(&self) -> f64 {
        let looks = self.hits + self.misses;
        if looks == 0 { 0.0 } else { self.hits as f64 / looks as f64 }
    }
}

impl GroupUse {
    pub(super) fn merge(&mut self, other: &Self) {
        self.published += other.published;
        self.handled += other.handled;
        self.redelivered += other.redelivered;
        self.dead += other.dead;
        self.backlog.merge(&other.backlog);
        self.age.merge(&other.age);
    }
}
