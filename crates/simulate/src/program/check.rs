//! What must hold before a program is run.

use super::call::Draws;
use super::{
    Arrivals, Balancing, Batch, CacheContent, Cpu, Draw, FaultKind, Need, OperationFault, Pause, Program, Rate, Starts,
    Step,
};

/// Why a program cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{array}[{index}]: {what}")]
pub struct ProgramError {
    /// The array of the program.
    pub array: &'static str,
    /// The position in it.
    pub index: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// One position that is being checked.
struct Spot<'p> {
    program: &'p Program,
    array: &'static str,
    index: usize,
}

impl Spot<'_> {
    fn must(&self, holds: bool, what: &'static str) -> Result<(), ProgramError> {
        if holds { Ok(()) } else { Err(ProgramError { array: self.array, index: self.index, what }) }
    }

    fn draws(&self, of: &dyn Draws) -> Result<(), ProgramError> {
        let mut known = true;
        of.draws(&mut |draw: Draw| known &= draw.from.index() < self.program.distributions.len());
        self.must(known, "a draw from a distribution that is not there")
    }

    fn share(&self, share: f64) -> Result<(), ProgramError> {
        self.must((0.0..=1.0).contains(&share), "a share is not between 0 and 1")
    }

    fn rate(&self, per_second: f64) -> Result<(), ProgramError> {
        let holds = per_second.is_finite() && 0.0 <= per_second;
        self.must(holds, "a rate is negative or not finite")
    }

    fn positive(&self, number: f64, what: &'static str) -> Result<(), ProgramError> {
        self.must(number.is_finite() && 0.0 < number, what)
    }

    fn component(&self, index: usize) -> Result<(), ProgramError> {
        self.must(index < self.program.components.len(), "a component that is not there")
    }

    fn operation(&self, index: usize) -> Result<(), ProgramError> {
        self.must(index < self.program.operations.len(), "an operation that is not there")
    }
}

pub(super) fn check(program: &Program) -> Result<(), ProgramError> {
    // Operations and calls are numbered with 16 bits in frames, to keep those small.
    let most = usize::from(u16::MAX) - 1;
    for (array, index) in [("operations", program.operations.len()), ("calls", program.calls.len())] {
        if index > most {
            return Err(ProgramError { array, index, what: "there are more than 65,534" });
        }
    }
    let spots = |array, count| (0..count).map(move |index| Spot { program, array, index });
    for (spot, each) in spots("distributions", program.distributions.len()).zip(&program.distributions) {
        spot.must(each.is_sound(), "parameters that describe no distribution")?;
    }
    for (spot, each) in spots("components", program.components.len()).zip(&program.components) {
        component(&spot, each)?;
    }
    for (spot, each) in spots("operations", program.operations.len()).zip(&program.operations) {
        spot.component(each.component.index())?;
        spot.share(each.fails)?;
        steps(&spot, &each.steps)?;
    }
    for (spot, each) in spots("calls", program.calls.len()).zip(&program.calls) {
        call(&spot, each)?;
    }
    program.check_fallbacks()?;
    program.check_callers()?;
    for (spot, each) in spots("pools", program.pools.len()).zip(&program.pools) {
        spot.must(0 < each.size, "a pool without connections")?;
        each.owner.map_or(Ok(()), |owner| spot.component(owner.index()))?;
    }
    for (spot, each) in spots("locks", program.locks.len()).zip(&program.locks) {
        spot.must(0 < each.keys && 0 < each.holders, "a lock that nobody can hold")?;
        spot.rate(each.skew)?;
    }
    for (spot, each) in spots("caches", program.caches.len()).zip(&program.caches) {
        each.component.map_or(Ok(()), |component| spot.component(component.index()))?;
        match each.content {
            CacheContent::Ratio { hit, .. } => spot.share(hit)?,
            CacheContent::Keys { keys, skew, .. } => {
                spot.must(0 < keys, "a cache of nothing")?;
                spot.rate(skew)?;
            }
        }
    }
    for (spot, each) in spots("groups", program.groups.len()).zip(&program.groups) {
        spot.must(each.topic.index() < program.topics.len(), "a topic that is not there")?;
        spot.must(each.dead_letters.is_none_or(|t| t.index() < program.topics.len()), "a topic that is not there")?;
        spot.operation(each.operation.index())?;
        spot.must(0 < each.prefetch, "a group that takes no message")?;
        let endless = each.redeliveries.is_none() && each.pause == Pause::None;
        spot.must(!endless, "messages that are handed out again without end and without a pause")?;
    }
    for (spot, each) in spots("journeys", program.journeys.len()).zip(&program.journeys) {
        steps(&spot, &each.steps)?;
    }
    for (spot, each) in spots("sources", program.sources.len()).zip(&program.sources) {
        match each.starts {
            Starts::Journey(journey) => {
                spot.must(journey.index() < program.journeys.len(), "a journey that is not there")?;
            }
            Starts::Job(operation) => spot.operation(operation.index())?,
        }
        arrivals(&spot, &each.arrivals)?;
    }
    for (spot, each) in spots("faults", program.faults.len()).zip(&program.faults) {
        spot.must(each.from <= each.until, "it ends before it begins")?;
        fault(&spot, &each.kind)?;
    }
    Ok(())
}

fn component(spot: &Spot<'_>, component: &super::Component) -> Result<(), ProgramError> {
    spot.draws(component)?;
    spot.must(component.slots != Some(0) && component.workers != Some(0), "it takes nothing in: no slot or no worker")?;
    let cores = match component.cpu {
        Cpu::Unlimited => 1.0,
        Cpu::Shared { cores } => cores,
        Cpu::Quota { cores, period, threads } => {
            spot.must(0 < period.0 && 0.0 < threads, "a quota without a period or a thread")?;
            cores
        }
    };
    spot.positive(cores, "it has no CPU")?;
    let places = spot.program.network.places.max(1);
    spot.must(component.replicas.iter().all(|each| each.place.0 < places), "a place that is not there")?;
    if let Some(quota) = component.quota {
        spot.rate(quota.per_second)?;
        spot.must(1.0 <= quota.burst, "a token bucket that never holds a token")?;
    }
    if let Some(adaptive) = component.adaptive {
        spot.must(0 < adaptive.min && adaptive.min <= adaptive.max, "an adaptive limit without room")?;
    }
    if let Some(scaler) = component.autoscaler {
        let listed = component.replicas.len() as u64;
        spot.must(scaler.min <= scaler.max && u64::from(scaler.max) <= listed, "it scales beyond its replicas")?;
        spot.must(0 < scaler.every.0, "it looks without a pause")?;
    }
    if let Some(rollout) = component.rollout {
        spot.must(0 < rollout.at_once, "a rollout that replaces nothing")?;
        spot.share(rollout.fails)?;
    }
    spot.must(component.balancing != Balancing::PerConnection { connections: 0 }, "no connection")
}

fn call(spot: &Spot<'_>, call: &super::Call) -> Result<(), ProgramError> {
    spot.operation(call.target.index())?;
    spot.rate(call.times)?;
    spot.draws(call)?;
    spot.must(call.pool.is_none_or(|pool| pool.index() < spot.program.pools.len()), "a pool that is not there")?;
    spot.must(call.balancing != Some(Balancing::SharedQueue), "a shared queue is the callee's own")?;
    spot.must(call.balancing != Some(Balancing::PerConnection { connections: 0 }), "no connection")?;
    if let Some(limit) = call.rate_limit {
        spot.rate(limit.per_second)?;
        spot.must(1.0 <= limit.burst, "a token bucket that never holds a token")?;
    }
    if let Some(retries) = &call.retries {
        let endless = retries.max.is_none() && retries.backoff == Pause::None;
        spot.must(!endless, "it is tried again without end and without a pause")?;
    }
    if let Some(breaker) = call.breaker {
        spot.share(breaker.opens_at)?;
        spot.must(0 < breaker.probes && 0 < breaker.over.0, "a breaker without probes or window")?;
    }
    steps(spot, &call.fallback)
}

fn steps(spot: &Spot<'_>, list: &[Step]) -> Result<(), ProgramError> {
    for step in list {
        match step {
            Step::Call(call) => {
                spot.must(call.index() < spot.program.calls.len(), "a call that is not there")?;
            }
            Step::Publish(publish) => {
                spot.must(publish.topic.index() < spot.program.topics.len(), "a topic that is not there")?;
                spot.rate(publish.times)?;
            }
            Step::Look(look) => {
                spot.must(look.cache.index() < spot.program.caches.len(), "a cache that is not there")?;
                steps(spot, &look.on_miss)?;
            }
            Step::Lock { lock, does } => {
                spot.must(lock.index() < spot.program.locks.len(), "a lock that is not there")?;
                steps(spot, does)?;
            }
            Step::Branch(ways) => {
                ways.iter().try_for_each(|way| spot.share(way.odds).and_then(|()| steps(spot, &way.does)))?;
                spot.must(ways.iter().map(|way| way.odds).sum::<f64>() <= 1.0 + 1e-9, "odds of more than 1 in all")?;
            }
            Step::Fork { needs, branches } => {
                let enough = match needs {
                    Need::All => true,
                    Need::First(count) => (1..=branches.len()).contains(&(*count as usize)),
                };
                spot.must(enough, "a fork that needs more branches than it has, or none")?;
                branches.iter().try_for_each(|branch| steps(spot, branch))?;
            }
            Step::Fail { odds, .. } => spot.share(*odds)?,
            Step::Compute { .. } | Step::Sleep(_) | Step::Return(_) => {}
        }
    }
    list.iter().try_for_each(|step| spot.draws(step))
}

fn arrivals(spot: &Spot<'_>, arrivals: &Arrivals) -> Result<(), ProgramError> {
    let Arrivals::Open { rate, batch, surges, .. } = arrivals else {
        let Arrivals::Closed { think, .. } = arrivals else { return Ok(()) };
        return spot.must(think.from.index() < spot.program.distributions.len(), "a distribution that is not there");
    };
    match rate {
        Rate::Constant(per_second) => spot.rate(*per_second)?,
        Rate::Points { points, every, .. } => {
            spot.must(points.first().is_some_and(|first| first.at.0 == 0), "points that do not begin at time 0")?;
            spot.must(points.is_sorted_by_key(|point| point.at), "points that are not in order of time")?;
            let last = points.last().map_or(0, |point| point.at.0);
            spot.must(every.is_none_or(|every| 0 < every.0 && last <= every.0), "points beyond their period")?;
            points.iter().try_for_each(|point| spot.rate(point.per_second))?;
        }
        Rate::Swing { mean, by, every } => {
            spot.rate(*mean)?;
            spot.rate(*by)?;
            spot.must(0 < every.0, "a swing without a period")?;
        }
        Rate::Modes(modes) => {
            spot.must(!modes.is_empty() && modes.iter().all(|mode| 0 < mode.lasts.0), "a mode without length")?;
            modes.iter().try_for_each(|mode| spot.rate(mode.per_second))?;
        }
    }
    if let Batch::Geometric { mean } = batch {
        spot.must(mean.is_finite() && 1.0 <= *mean, "batches of less than one")?;
    }
    for surge in surges {
        spot.rate(surge.factor)?;
        spot.must(surge.every.is_none_or(|every| surge.lasts <= every && 0 < every.0), "surges that overlap")?;
    }
    Ok(())
}

fn fault(spot: &Spot<'_>, kind: &FaultKind) -> Result<(), ProgramError> {
    match kind {
        FaultKind::LoseReplicas { component, .. }
        | FaultKind::LoseComponent(component)
        | FaultKind::Failover(component)
        | FaultKind::DiskFull(component) => spot.component(component.index()),
        FaultKind::Operation { operation, fault: OperationFault { hang, fail, slow, .. } } => {
            spot.operation(operation.index())?;
            spot.share(*hang)?;
            spot.share(*fail)?;
            spot.rate(*slow)
        }
        FaultKind::Flush(cache) => spot.must(cache.index() < spot.program.caches.len(), "a cache that is not there"),
        FaultKind::CutPlaces { loss, .. } => spot.share(*loss),
        FaultKind::CutComponents { one, other, loss } => {
            spot.component(one.index())?;
            spot.component(other.index())?;
            spot.share(*loss)
        }
        FaultKind::Load { factor } => spot.rate(*factor),
        FaultKind::LosePlaces(_) | FaultKind::LoseNode(_) => Ok(()),
    }
}
