//! What can be turned: each figure of a program that somebody could change, with what it is and a step to try.

use super::Names;
use crate::math;
use crate::program::{
    AtStart, CacheContent, CacheId, CallId, ComponentId, Cpu, Distribution, DistributionId, PoolId, Program, Replica,
    Retries,
};
use crate::time::Nanos;

/// A figure that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Its name, as `--what-if NAME=VALUE` takes it: `payments.slots`.
    pub name: String,
    /// What it turns.
    pub kind: KnobKind,
    /// Its value, in its unit: seconds for times, per second for rates, 0 to 1 for shares.
    pub value: f64,
    /// A larger or, for a time of work, smaller value to try: about a fifth more, at least one.
    pub step: f64,
}

/// What a knob turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KnobKind {
    /// How many copies run.
    Replicas(ComponentId),
    /// How many requests a copy has open at once.
    Slots(ComponentId),
    /// How many requests a copy works on at once.
    Workers(ComponentId),
    /// Cores of a copy.
    Cores(ComponentId),
    /// Requests per second that it grants.
    Quota(ComponentId),
    /// Connections that it accepts.
    Connections(ComponentId),
    /// Connections that a copy keeps.
    PoolSize(PoolId),
    /// How long an attempt waits, in seconds.
    Timeout(CallId),
    /// How often a call is tried again.
    Retries(CallId),
    /// The share of looks that find the answer.
    CacheHit(CacheId),
    /// The mean of a time of work, in seconds; the shape stays.
    Time(DistributionId),
}

/// Every knob of a program, sorted by name.
pub(super) fn all(program: &Program, names: &Names) -> Vec<Knob> {
    let mut out = Vec::new();
    let mut add =
        |name: String, kind, value, step| out.push(Knob { name, kind, value: rounded(value), step: rounded(step) });
    let more = |count: u32| f64::from(count) + (f64::from(count) / 5.0).ceil();
    for (index, component) in program.components.iter().enumerate() {
        let (id, word) = (ComponentId(index as u32), &names.components[index].word);
        let copies = component.replicas.iter().filter(|replica| replica.at_start == AtStart::Up).count() as u32;
        if 0 < copies {
            add(format!("{word}.replicas"), KnobKind::Replicas(id), f64::from(copies), more(copies));
        }
        if let Some(slots) = component.slots {
            add(format!("{word}.slots"), KnobKind::Slots(id), f64::from(slots), more(slots));
        }
        if let Some(workers) = component.workers {
            add(format!("{word}.workers"), KnobKind::Workers(id), f64::from(workers), more(workers));
        }
        if let Cpu::Shared { cores } | Cpu::Quota { cores, .. } = component.cpu {
            add(format!("{word}.cores"), KnobKind::Cores(id), cores, cores * 1.2);
        }
        if let Some(quota) = component.quota {
            add(format!("{word}.quota"), KnobKind::Quota(id), quota.per_second, quota.per_second * 1.2);
        }
        if let Some(connections) = component.connections {
            add(format!("{word}.connections"), KnobKind::Connections(id), f64::from(connections), more(connections));
        }
    }
    for (index, pool) in program.pools.iter().enumerate() {
        let word = names.pools[index].word.replace(' ', ".");
        let id = PoolId(index as u32);
        add(format!("{word}.size"), KnobKind::PoolSize(id), f64::from(pool.size), more(pool.size));
    }
    for (index, call) in program.calls.iter().enumerate() {
        let (id, word) = (CallId(index as u32), &names.calls[index].word);
        if let Some(timeout) = call.timeout {
            let seconds = timeout.as_secs_f64();
            add(format!("{word}.timeout"), KnobKind::Timeout(id), seconds, seconds * 1.2);
        }
        if let Some(max) = call.retries.as_ref().and_then(|retries| retries.max) {
            add(format!("{word}.retries"), KnobKind::Retries(id), f64::from(max), f64::from(max.saturating_sub(1)));
        }
    }
    for (index, cache) in program.caches.iter().enumerate() {
        if let CacheContent::Ratio { hit, .. } = cache.content {
            let id = CacheId(index as u32);
            // A fifth of the misses fewer.
            add(format!("{}.hit", names.caches[index].word), KnobKind::CacheHit(id), hit, hit + (1.0 - hit) / 5.0);
        }
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    out.dedup_by(|a, b| a.name == b.name);
    out
}

/// To a millionth, so that a fifth more of 1.5 reads 1.8.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

impl Knob {
    /// Turns it. Values that make no sense are taken to the nearest that does.
    pub fn turn(&self, program: &mut Program, value: f64) {
        let value = if value.is_finite() { value.max(0.0) } else { self.value };
        let count = value.round().clamp(1.0, f64::from(u32::MAX)) as u32;
        match self.kind {
            KnobKind::Replicas(id) => replicas(&mut program.components[id.index()].replicas, count as usize),
            KnobKind::Slots(id) => program.components[id.index()].slots = Some(count),
            KnobKind::Workers(id) => program.components[id.index()].workers = Some(count),
            KnobKind::Connections(id) => program.components[id.index()].connections = Some(count),
            KnobKind::PoolSize(id) => program.pools[id.index()].size = count,
            KnobKind::Cores(id) => match &mut program.components[id.index()].cpu {
                Cpu::Shared { cores } | Cpu::Quota { cores, .. } => *cores = value.max(0.001),
                Cpu::Unlimited => {}
            },
            KnobKind::Quota(id) => {
                if let Some(quota) = &mut program.components[id.index()].quota {
                    // What may come at once grows with the rate.
                    let times = if quota.per_second > 0.0 { value / quota.per_second } else { 1.0 };
                    quota.per_second = value;
                    quota.burst = (quota.burst * times).max(1.0);
                }
            }
            KnobKind::Timeout(id) => program.calls[id.index()].timeout = Some(Nanos::from_secs_f64(value)),
            KnobKind::Retries(id) => {
                let max = value.round() as u32;
                let call = &mut program.calls[id.index()];
                call.retries = match (max, call.retries.take()) {
                    (0, _) => None,
                    (max, Some(retries)) => Some(Retries { max: Some(max), ..retries }),
                    (max, None) => Some(Retries::at_most(max)),
                };
            }
            KnobKind::CacheHit(id) => {
                if let CacheContent::Ratio { hit, .. } = &mut program.caches[id.index()].content {
                    *hit = value.min(1.0);
                }
            }
            KnobKind::Time(id) => scale(&mut program.distributions[id.index()], value),
        }
    }
}

/// Makes it so many copies: further ones stand where the ones there are stand, in turn.
fn replicas(replicas: &mut Vec<Replica>, count: usize) {
    let own: Vec<Replica> = replicas.clone();
    let Some(highest) = own.iter().map(|replica| replica.node).max() else { return };
    replicas.truncate(count);
    for index in own.len()..count {
        let like = own[index % own.len()];
        replicas.push(Replica { node: highest + (index - own.len()) as u32 + 1, at_start: AtStart::Up, ..like });
    }
}

/// Gives a distribution another mean, in seconds, and keeps its shape.
fn scale(distribution: &mut Distribution, seconds: f64) {
    let mean = distribution.mean();
    if mean <= 0.0 {
        return;
    }
    let times = seconds * 1e9 / mean;
    match distribution {
        Distribution::Fixed(nanos) => *nanos = Nanos::from_secs_f64(seconds),
        Distribution::Exponential { mean } => *mean *= times,
        Distribution::Lognormal { mu, .. } => *mu += math::ln(times),
        Distribution::Gamma { scale, .. } => *scale *= times,
        Distribution::Uniform { low, high } => (*low, *high) = (*low * times, *high * times),
        Distribution::Geometric { unit, .. } => *unit = Nanos::from_nanos_f64(unit.0 as f64 * times),
        Distribution::Samples(values) => {
            values.iter_mut().for_each(|value| *value = Nanos::from_nanos_f64(value.0 as f64 * times));
        }
    }
}
