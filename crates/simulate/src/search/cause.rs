//! Which mechanism is behind a promise that breaks, and on which resource: from what two runs measured.
//!
//! One run at rest tells what belongs to the work, one just beyond the line what the load adds. What the bad requests died of, or
//! where the added waiting is, names the resource; what else grew names the mechanism: attempts, misses, copies that are gone.
//!
//! Not here: names. Causes are told in ids of the program.
//! Always: a cause is a reading of measurements, with the figure that it is read from.

use crate::answer::Mechanism;
use crate::measurements::{ComponentUse, Flow, Measurements};
use crate::program::{
    CacheContent, CacheId, CallId, Cause as Failing, ComponentId, FaultKind, GroupId, JourneyId, LockId, PoolId,
    Program,
};

/// What a cause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A component: its cores, workers or slots.
    Component(ComponentId),
    /// A pool of connections.
    Pool(PoolId),
    /// A lock.
    Lock(LockId),
    /// A cache.
    Cache(CacheId),
    /// Who reads a topic.
    Group(GroupId),
    /// A call.
    Call(CallId),
}

/// Why a promise breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// How.
    pub mechanism: Mechanism,
    /// Where.
    pub resource: Option<Resource>,
    /// The figures that say so.
    pub because: Because,
}

/// The figures behind a reason.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Because {
    /// So large a share of failures is of this kind.
    Failures {
        /// Which kind.
        kind: Failing,
        /// The share.
        share: f64,
    },
    /// So large a share of the added waiting is there, and so much of it is in use.
    Waiting {
        /// The share of what the load adds.
        share: f64,
        /// How much of the resource is in use, where it has a limit.
        utilisation: Option<f64>,
    },
    /// So many attempts are made for each request, against so many at rest.
    Attempts {
        /// Beyond the line.
        beyond: f64,
        /// At rest.
        at_rest: f64,
    },
    /// So large a share of looks finds nothing, against so large a one at rest.
    Misses {
        /// Beyond the line.
        beyond: f64,
        /// At rest.
        at_rest: f64,
    },
    /// Each thing in a cache is fetched so many times while one fetch would do.
    Fetches {
        /// How many times.
        times: f64,
    },
    /// The busiest copy does so many times as much as an average one.
    Uneven {
        /// How many times.
        times: f64,
    },
    /// So many copies serve, of so many.
    Copies {
        /// How many serve on average.
        up: f64,
        /// How many there are.
        of: f64,
    },
    /// Nobody waits: the work alone takes so long.
    Nothing,
}

/// Finds the reason for which a journey's promise breaks, from a run at rest and one beyond the line.
pub fn reason(program: &Program, journey: JourneyId, at_rest: &Measurements, beyond: &Measurements) -> Reason {
    let sight = Sight { program, journey, at_rest, beyond };
    let found = sight.of_failures().or_else(|| sight.of_waiting());
    let Some(found) = found else {
        return sight.by_itself();
    };
    sight.behind(found)
}

struct Sight<'a> {
    program: &'a Program,
    journey: JourneyId,
    at_rest: &'a Measurements,
    beyond: &'a Measurements,
}

/// A queue: where, how long all waited there in nanoseconds, how full it is.
struct Queue {
    resource: Resource,
    waited: f64,
    utilisation: Option<f64>,
}

impl Sight<'_> {
    fn flow<'m>(&self, measured: &'m Measurements) -> &'m Flow {
        &measured.journeys[self.journey.0 as usize]
    }

    fn requests(&self, measured: &Measurements) -> f64 {
        let flow = self.flow(measured);
        ((flow.completed + flow.failed()) as f64).max(1.0)
    }

    /// The most frequent way to fail, where failures are what the load adds.
    fn of_failures(&self) -> Option<Reason> {
        let flow = self.flow(self.beyond);
        let per_request = |flow: &Flow, measured: &Measurements, kind: Failing| {
            let count: u64 = flow.failed.iter().filter(|each| each.failure.cause == kind).map(|each| each.count).sum();
            count as f64 / self.requests(measured)
        };
        let added = |kind: Failing| {
            per_request(flow, self.beyond, kind) - per_request(self.flow(self.at_rest), self.at_rest, kind)
        };
        let total: f64 = Failing::ALL.iter().map(|kind| added(*kind).max(0.0)).sum();
        let kind = *Failing::ALL.iter().max_by(|a, b| added(**a).total_cmp(&added(**b)))?;
        if total <= 1e-4 || added(kind) < 0.3 * total {
            return None;
        }
        let because = Because::Failures { kind, share: added(kind) / total };
        let of = |mechanism, resource| Some(Reason { mechanism, resource, because });
        match kind {
            Failing::Quota | Failing::RateLimit => {
                of(Mechanism::Quota, self.turned_away().or_else(|| self.longest_queue().map(|queue| queue.resource)))
            }
            Failing::PoolWait => of(Mechanism::Pool, self.fullest_pool()),
            Failing::Connections => of(Mechanism::DatabaseCeiling, self.most_connections()),
            Failing::LockWait => of(Mechanism::Lock, self.longest_lock()),
            Failing::NoReplica | Failing::ReplicaLost | Failing::Network => {
                of(Mechanism::ZoneLoss, self.fewest_up().map(|(component, ..)| Resource::Component(component)))
            }
            Failing::Stated | Failing::Fault | Failing::Broker => of(Mechanism::Failures, self.worst_call()),
            // These say that somebody waited too long, not for what.
            _ => None,
        }
    }

    /// The resource where most of the added waiting is.
    fn of_waiting(&self) -> Option<Reason> {
        let queues = self.queues();
        let total: f64 = queues.iter().map(|queue| queue.waited.max(0.0)).sum();
        let longest = queues.into_iter().max_by(|a, b| a.waited.total_cmp(&b.waited))?;
        // A microsecond a request is nothing to break a promise by.
        if longest.waited < 1e3 {
            return None;
        }
        let mechanism = match longest.resource {
            Resource::Component(component) => self.scarcest(component),
            Resource::Pool(_) => Mechanism::Pool,
            Resource::Lock(_) => Mechanism::Lock,
            Resource::Group(_) => Mechanism::WorkerLimit,
            Resource::Cache(_) | Resource::Call(_) => Mechanism::SlowDependency,
        };
        let because = Because::Waiting { share: longest.waited / total, utilisation: longest.utilisation };
        Some(Reason { mechanism, resource: Some(longest.resource), because })
    }

    fn longest_queue(&self) -> Option<Queue> {
        self.queues().into_iter().max_by(|a, b| a.waited.total_cmp(&b.waited))
    }

    /// What was waited for each request beyond the line and not at rest, everywhere.
    fn queues(&self) -> Vec<Queue> {
        let (requests, resting) = (self.requests(self.beyond), self.requests(self.at_rest));
        // Those still waiting are in the level of the queue; those who gave up are in no histogram. The level counts both.
        let added = |beyond: u128, at_rest: u128| beyond as f64 / requests - at_rest as f64 / resting;
        let mut queues = Vec::new();
        for (at, (beyond, at_rest)) in self.beyond.components.iter().zip(&self.at_rest.components).enumerate() {
            let component = ComponentId(at as u32);
            queues.push(Queue {
                resource: Resource::Component(component),
                waited: added(beyond.queue.integral, at_rest.queue.integral)
                    + added(stretched(beyond), stretched(at_rest)),
                utilisation: beyond.utilisation(),
            });
        }
        for (at, (beyond, at_rest)) in self.beyond.pools.iter().zip(&self.at_rest.pools).enumerate() {
            let waited = added(beyond.queue.integral, at_rest.queue.integral);
            queues.push(Queue { resource: Resource::Pool(PoolId(at as u32)), waited, utilisation: None });
        }
        for (at, (beyond, at_rest)) in self.beyond.locks.iter().zip(&self.at_rest.locks).enumerate() {
            let waited = added(beyond.queue.integral, at_rest.queue.integral);
            queues.push(Queue { resource: Resource::Lock(LockId(at as u32)), waited, utilisation: None });
        }
        queues
    }

    /// Whether a component is short of cores or of workers.
    fn scarcest(&self, component: ComponentId) -> Mechanism {
        let used = &self.beyond.components[component.0 as usize];
        let share = |integral: u128, there: u128| if there == 0 { 0.0 } else { integral as f64 / there as f64 };
        let cores = share(used.cpu.integral * 1000, used.millicores.integral);
        let others =
            share(used.busy.integral, used.workers.integral).max(share(used.open.integral, used.slots.integral));
        // A worker that computes all the time fills cores and workers alike; the cores are what is scarce then.
        if cores > 0.0 && others < cores * 1.1 { Mechanism::Saturation } else { Mechanism::WorkerLimit }
    }

    /// What lies behind a full resource: copies that are gone, one copy that does the work of all, attempts that come again,
    /// a cache that has nothing, copies that come too late.
    fn behind(&self, found: Reason) -> Reason {
        self.storm()
            .or_else(|| self.stampede())
            .or_else(|| self.lost(&found))
            .or_else(|| self.scaler(&found))
            .or_else(|| self.uneven(&found))
            .unwrap_or(found)
    }

    fn storm(&self) -> Option<Reason> {
        let attempts = |measured: &Measurements, at: usize| {
            let call = &measured.calls[at];
            1.0 + call.retries as f64 / (call.offered as f64).max(1.0)
        };
        let worst = (0..self.beyond.calls.len())
            .max_by(|a, b| attempts(self.beyond, *a).total_cmp(&attempts(self.beyond, *b)))?;
        let (beyond, at_rest) = (attempts(self.beyond, worst), attempts(self.at_rest, worst));
        // A third more attempts than at rest: each of them makes the next one likelier.
        (beyond > 1.33 * at_rest).then_some(Reason {
            mechanism: Mechanism::RetryStorm,
            resource: Some(Resource::Call(CallId(worst as u32))),
            because: Because::Attempts { beyond, at_rest },
        })
    }

    /// A cache whose entries expire is fetched anew by everybody at once, or one that was emptied by everybody until it is full.
    fn stampede(&self) -> Option<Reason> {
        let flushed = self.program.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Flush(_)));
        let missed = |measured: &Measurements, at: usize| 1.0 - measured.caches[at].hit();
        let at = (0..self.beyond.caches.len()).max_by_key(|at| self.beyond.caches[*at].misses)?;
        let (beyond, at_rest) = (missed(self.beyond, at), missed(self.at_rest, at));
        let fetches = self.fetches_of_one(at);
        // Two fetches of each thing in the time that it is kept: one of them was for nothing.
        (flushed || beyond > at_rest + 0.1 || fetches > 2.0).then_some(Reason {
            mechanism: Mechanism::CacheStampede,
            resource: Some(Resource::Cache(CacheId(at as u32))),
            because: if fetches > 2.0 {
                Because::Fetches { times: fetches }
            } else {
                Because::Misses { beyond, at_rest }
            },
        })
    }

    /// How often a thing is fetched in the time that the cache keeps it; 0 where nothing expires.
    fn fetches_of_one(&self, at: usize) -> f64 {
        let CacheContent::Keys { keys, entries, expiry: Some(expiry), .. } = self.program.caches[at].content else {
            return 0.0;
        };
        let fetched = (self.beyond.caches[at].misses - self.beyond.caches[at].joined) as f64;
        let lives = self.beyond.measured.0 as f64 / expiry.0.max(1) as f64 * f64::from(keys.min(entries).max(1));
        fetched / lives.max(1.0)
    }

    /// The component with the smallest share of its copies up.
    fn fewest_up(&self) -> Option<(ComponentId, f64, f64)> {
        let of = |at: usize| {
            let (up, of) = (self.up(at), self.program.components[at].replicas.len().max(1) as f64);
            (ComponentId(at as u32), up, of)
        };
        (0..self.beyond.components.len()).map(of).min_by(|a, b| (a.1 / a.2).total_cmp(&(b.1 / b.2)))
    }

    fn up(&self, at: usize) -> f64 {
        self.beyond.components[at].up.mean(self.beyond.measured)
    }

    /// Copies of the full component are gone: with their zone, or for a while now and then.
    fn lost(&self, found: &Reason) -> Option<Reason> {
        let Some(Resource::Component(component)) = found.resource else { return None };
        let at = component.0 as usize;
        let described = &self.program.components[at];
        if described.autoscaler.is_some() {
            return None;
        }
        let (up, of) = (self.up(at), described.replicas.len().max(1) as f64);
        if up > 0.985 * of {
            return None;
        }
        let places = self.program.faults.iter().any(|fault| {
            matches!(
                fault.kind,
                FaultKind::LosePlaces(_)
                    | FaultKind::LoseNode(_)
                    | FaultKind::LoseReplicas { .. }
                    | FaultKind::LoseComponent(_)
            )
        });
        let mechanism = if places { Mechanism::ZoneLoss } else { Mechanism::Pause };
        Some(Reason { mechanism, resource: found.resource, because: Because::Copies { up, of } })
    }

    /// The full component would have more copies, and has not yet.
    fn scaler(&self, found: &Reason) -> Option<Reason> {
        let Some(Resource::Component(component)) = found.resource else { return None };
        let at = component.0 as usize;
        self.program.components[at].autoscaler.as_ref()?;
        let (up, of) = (self.up(at), self.program.components[at].replicas.len() as f64);
        (up < 0.95 * of).then_some(Reason {
            mechanism: Mechanism::SlowScaler,
            resource: found.resource,
            because: Because::Copies { up, of },
        })
    }

    /// One copy does far more than an average one.
    fn uneven(&self, found: &Reason) -> Option<Reason> {
        let Some(Resource::Component(component)) = found.resource else { return None };
        let first: usize = self.program.components[..component.0 as usize].iter().map(|c| c.replicas.len()).sum();
        let count = self.program.components[component.0 as usize].replicas.len();
        let busy: Vec<f64> = self
            .beyond
            .replicas
            .get(first..first + count)?
            .iter()
            .map(|replica| replica.busy.integral as f64)
            .collect();
        let average = busy.iter().sum::<f64>() / busy.len().max(1) as f64;
        let busiest = busy.iter().copied().fold(0.0, f64::max);
        (count > 1 && busiest > 1.4 * average).then_some(Reason {
            mechanism: Mechanism::HotPartition,
            resource: found.resource,
            because: Because::Uneven { times: busiest / average },
        })
    }

    /// Nobody waits for anybody: what is bad is so by itself.
    fn by_itself(&self) -> Reason {
        let flow = self.flow(self.beyond);
        let failing = flow.failed() as f64 / self.requests(self.beyond);
        let slow = self.program.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Operation { .. }));
        let (mechanism, resource) = match (failing > 1e-3, slow) {
            (_, true) => (Mechanism::SlowDependency, self.worst_call()),
            (true, false) => (Mechanism::Failures, self.worst_call()),
            (false, false) => (Mechanism::ServiceTime, None),
        };
        Reason { mechanism, resource, because: Because::Nothing }
    }

    fn turned_away(&self) -> Option<Resource> {
        let away = |at: &usize| self.beyond.components[*at].over_quota;
        let worst = (0..self.beyond.components.len()).max_by_key(away)?;
        (away(&worst) > 0).then_some(Resource::Component(ComponentId(worst as u32)))
    }

    fn fullest_pool(&self) -> Option<Resource> {
        let waiting = |at: &usize| self.beyond.pools[*at].queue.integral;
        let worst = (0..self.beyond.pools.len()).max_by_key(waiting)?;
        Some(Resource::Pool(PoolId(worst as u32)))
    }

    fn longest_lock(&self) -> Option<Resource> {
        let waiting = |at: &usize| self.beyond.locks[*at].queue.integral;
        let worst = (0..self.beyond.locks.len()).max_by_key(waiting)?;
        Some(Resource::Lock(LockId(worst as u32)))
    }

    fn most_connections(&self) -> Option<Resource> {
        let open = |at: &usize| self.beyond.components[*at].connections.highest;
        let worst = (0..self.beyond.components.len()).max_by_key(open)?;
        Some(Resource::Component(ComponentId(worst as u32)))
    }

    /// The call that fails most often; the deepest of several, which is where it begins.
    fn worst_call(&self) -> Option<Resource> {
        let failing = |at: &usize| self.beyond.calls[*at].failed();
        let worst = (0..self.beyond.calls.len()).max_by_key(failing)?;
        (failing(&worst) > 0).then_some(Resource::Call(CallId(worst as u32)))
    }
}

/// Time at work beyond the CPU time that was used, where cores are shared: the others' turns.
fn stretched(used: &ComponentUse) -> u128 {
    let full = used.millicores.integral > 0 && used.cpu.integral * 1000 > used.millicores.integral / 2;
    if full { used.busy.integral.saturating_sub(used.cpu.integral) } else { 0 }
}
