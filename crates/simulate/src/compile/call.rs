//! Calls and what guards them: stated by a step, else by facts about the call, else assumed.

use plimsoll_model::behaviour::PoolId as ModelPoolId;
use plimsoll_model::behaviour::guard::{self as said, Failure as SaidFailure, Guards, PoolCounts, Reach};
use plimsoll_model::behaviour::serving::Balancing as Balanced;
use plimsoll_model::{self as model, EvidenceId, Field, Protocol};

use super::Compiler;
use super::component::{balancing, capped};
use super::draw::jitter;
use super::name::Name;
use crate::assumptions::{Assumption, Value};
use crate::bound::ClosedPool;
use crate::program::{
    Answer, Balancing, Breaker, Call, CallId, Cause, Failure, Failures, Hedge, Outlier, Pool, PoolId, Retries,
};
use crate::time::Nanos;

impl Compiler<'_> {
    /// Adds a call with its name and, where the callee has no balancing of its own, how its copy is found.
    pub(super) fn add_call(
        &mut self,
        mut call: Call,
        from: Option<model::ComponentId>,
        to: model::ComponentId,
        evidence: Option<EvidenceId>,
    ) -> CallId {
        if call.balancing.is_none() {
            call.balancing = self.default_balancing(from, to);
        }
        let target = self.names.operations[call.target.index()].word.clone();
        let caller = from.map_or("users", |from| self.model.component(from).id.as_str());
        self.names.calls.push(Name::new(format!("{caller} -> {target}"), evidence));
        self.program.add_call(call)
    }

    /// How a copy is found where nobody says: as the protocol and the platform do it. One copy needs no choice.
    fn default_balancing(&mut self, from: Option<model::ComponentId>, to: model::ComponentId) -> Option<Balancing> {
        let callee = self.component(to);
        let choice = self.program.components[callee.index()].replicas.len() > 1;
        if !choice || self.says(to, |s| s.balancing.as_ref()).is_some() {
            return None;
        }
        let word = self.model.component(to).id.clone();
        if let Value::Word(chosen) = self.ledger.take(Assumption::DefaultBalancing, word.as_str())
            && let Some(chosen) = Balanced::from_word(chosen)
        {
            return Some(balancing(chosen, 1)).filter(|chosen| *chosen != Balancing::SharedQueue);
        }
        // Users are many: each request is as if its copy were picked by itself.
        let from = from?;
        let grpc = self.model.calls_from(from).iter().any(|call| call.to == to && call.protocol == Protocol::Grpc);
        if grpc {
            return Some(Balancing::Sticky);
        }
        let connections = capped(self.ledger.take(Assumption::ConnectionsPerCopy, word).count()).max(1);
        Some(Balancing::PerConnection { connections })
    }

    /// Guards of a call of which only the call graph knows.
    pub(super) fn guard_by_facts(&mut self, call: &mut Call, from: model::ComponentId, to: model::ComponentId) {
        let edge = self.edge(from, to);
        call.timeout = self.timeout_by_facts(from, to, &edge);
        let retries = match self.call_fact(from, to, Field::RetriesMax) {
            Some(answer) => answer.count().unwrap_or(0),
            None => self.ledger.take(Assumption::DefaultRetries, edge).count(),
        };
        call.retries = (0 < retries).then(|| Retries::at_most(capped(retries)));
    }

    fn edge(&self, from: model::ComponentId, to: model::ComponentId) -> String {
        format!("{} -> {}", self.model.component(from).id, self.model.component(to).id)
    }

    /// How long a call waits: as a fact says, for ever where it is known to be absent, as assumed where nothing is known.
    fn timeout_by_facts(&mut self, from: model::ComponentId, to: model::ComponentId, edge: &str) -> Option<Nanos> {
        match self.call_fact(from, to, Field::Timeout) {
            Some(answer) => answer.count().map(Nanos),
            None => Some(Nanos(self.ledger.take(Assumption::DefaultTimeout, edge).count())),
        }
    }

    /// Guards that a step states. Users wait as long as they are not said to go away; callers as long as is assumed.
    pub(super) fn guard(
        &mut self,
        call: &mut Call,
        guards: &Guards,
        (from, to): (Option<model::ComponentId>, model::ComponentId),
        word: &str,
    ) {
        call.timeout = match (&guards.timeout, from) {
            (Some(timeout), _) => Some(Nanos(timeout.value.0)),
            (None, Some(from)) if guards.within.is_none() => {
                let edge = self.edge(from, to);
                self.timeout_by_facts(from, to, &edge)
            }
            _ => None,
        };
        call.within = guards.within.as_ref().map(|within| Nanos(within.value.0));
        call.retries = guards.retries.as_ref().and_then(|retries| self.retries(&retries.value, word));
        call.breaker = guards.breaker.as_ref().map(|breaker| self::breaker(&breaker.value));
        call.hedge = guards.hedge.as_ref().map(|hedge| Hedge {
            after: Nanos(hedge.value.after.0),
            max: hedge.value.max.map_or(1, |max| capped(max.0)).max(1),
            budget: hedge.value.budget.map(|budget| budget.fraction()),
        });
        call.at_most = guards.at_most.as_ref().map(|most| capped(most.value.0));
        call.rate_limit = guards.rate_limit.as_ref().map(|limit| self.bucket(&limit.value, word));
        call.fallback = self.steps(from, &guards.fallback, &format!("{word} fallback"));
    }

    /// How a call reaches its copy.
    pub(super) fn reach(&mut self, call: &mut Call, reach: &Reach, word: &str) {
        if reach.answer.as_ref().is_some_and(|answer| answer.value == said::Awaited::Ignored) {
            call.answer = Answer::Ignored;
        }
        call.balancing = reach.balancing.as_ref().map(|claim| {
            let connections = match claim.value {
                Balanced::PerConnection => capped(self.ledger.take(Assumption::ConnectionsPerCopy, word).count()),
                _ => 1,
            };
            balancing(claim.value, connections.max(1))
        });
        call.outlier = reach.outlier.as_ref().map(|claim| Outlier {
            after: capped(claim.value.after.0).max(1),
            out_for: Nanos(claim.value.stays.0),
            at_most: claim.value.at_most.map_or(1.0, |share| share.fraction()),
        });
    }

    fn retries(&mut self, retries: &said::Retries, word: &str) -> Option<Retries> {
        if retries.max.at_most() == Some(0) {
            return None;
        }
        Some(Retries {
            max: retries.max.at_most().map(capped),
            on: failures(&retries.on),
            backoff: self.pause(retries.backoff.as_ref(), &format!("{word} pause")),
            jitter: jitter(retries.jitter),
            budget: retries.budget.map(|budget| budget.fraction()),
        })
    }

    /// The pool that a call takes a connection from; one that counts for the bound alone is kept apart.
    pub(super) fn pool(&mut self, id: ModelPoolId, call: &mut Call, hold_said: bool) -> Option<usize> {
        let pool = &self.model.behaviour.pools[id.index()];
        let size = pool.says.along(&self.lineage, |says| says.size.as_ref())?;
        let hold = pool.says.along(&self.lineage, |says| says.hold.as_ref()).map(|claim| &claim.value);
        let counts = pool.says.along(&self.lineage, |says| says.counts.as_ref()).map(|claim| claim.value);
        let wait = pool.says.along(&self.lineage, |says| says.wait.as_ref()).map(|claim| &claim.value);
        let word = format!("{} {}", self.model.component(pool.component).id, pool.name);
        let owner = self.component(pool.component);
        if counts == Some(PoolCounts::ForTheBoundOnly) {
            let known = self.closed_pools.iter().position(|closed| closed.model == id);
            return Some(known.unwrap_or_else(|| {
                self.closed_pools.push(ClosedPool {
                    model: id,
                    owner,
                    size: capped(size.value.0),
                    hold_s: hold.and_then(|hold| hold.mean_seconds()),
                    calls: Vec::new(),
                });
                self.closed_pools.len() - 1
            }));
        }
        if let (Some(hold), false) = (hold, hold_said) {
            call.hold = Some(self.draw(hold, &format!("{word} hold")));
        }
        let ours = match self.pools.get(&id) {
            Some(known) => *known,
            None => {
                let wait = wait.map(|wait| self.wait(wait, &format!("{word} wait")));
                self.names.pools.push(Name::new(word, Some(size.evidence)));
                let ours = self.program.add_pool(Pool { owner: Some(owner), size: capped(size.value.0).max(1), wait });
                self.pools.insert(id, ours);
                ours
            }
        };
        call.pool = Some::<PoolId>(ours);
        None
    }
}

fn breaker(said: &said::Breaker) -> Breaker {
    Breaker {
        opens_at: said.opens_at.fraction(),
        over: Nanos(said.over.0.max(1)),
        open_for: Nanos(said.stays.0),
        // A share of very few calls says nothing; resilience4j and Polly begin at 100 and 100, Envoy at 5.
        at_least: said.at_least.map_or(20, |n| capped(n.0)),
        probes: said.probes.map_or(1, |n| capped(n.0)).max(1),
        slow: said.slow.map(|slow| Nanos(slow.0)),
    }
}

/// The statuses and causes that are meant; all where none is listed.
fn failures(on: &[SaidFailure]) -> Failures {
    if on.is_empty() || on.contains(&SaidFailure::Any) {
        return Failures::All;
    }
    let (mut codes, mut causes) = (Vec::new(), Vec::new());
    for failure in on {
        match failure {
            SaidFailure::Timeout => causes.extend([Cause::Timeout, Cause::Deadline]),
            SaidFailure::Refused => causes.extend([
                Cause::QueueFull,
                Cause::QueueWait,
                Cause::Shed,
                Cause::PoolWait,
                Cause::Connections,
                Cause::Bulkhead,
                Cause::RateLimit,
                Cause::Quota,
                Cause::NoReplica,
            ]),
            SaidFailure::Status(_) | SaidFailure::Grpc(_) | SaidFailure::Any => codes.push(status(*failure)),
        }
    }
    Failures::Only { codes, causes }
}

/// The HTTP status of a failure.
///
/// # Source
/// googleapis, google/rpc/code.proto: the HTTP mapping of each gRPC status.
pub(super) const fn status(failure: SaidFailure) -> u16 {
    match failure {
        SaidFailure::Status(status) => status,
        SaidFailure::Grpc(number) => match number {
            0 => 200,
            1 => 499,
            3 | 9 | 11 => 400,
            4 => 504,
            5 => 404,
            6 | 10 => 409,
            7 => 403,
            8 => 429,
            12 => 501,
            14 => 503,
            16 => 401,
            _ => 500,
        },
        SaidFailure::Timeout => 504,
        SaidFailure::Refused => 503,
        SaidFailure::Any => 500,
    }
}

/// A failure that a step states.
pub(super) fn stated(failure: SaidFailure) -> Failure {
    match failure {
        SaidFailure::Timeout => Failure::of(Cause::Timeout),
        other => Failure::stated(status(other)),
    }
}
