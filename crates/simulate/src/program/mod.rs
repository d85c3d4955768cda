//! What the engine runs: a system in arrays, every name resolved to a position, every time in nanoseconds.
//!
//! It is built by hand as well as by `compile`:
//! ```
//! use plimsoll_simulate::program::{Arrivals, Call, Component, Distribution, Operation, Program, Step};
//! use plimsoll_simulate::{Nanos, Options, Seed, run};
//!
//! // M/M/1: one server, 1 s of work on average, 0.8 requests a second.
//! let mut program = Program::default();
//! let second = program.add_distribution(Distribution::exponential(Nanos::from_secs(1)));
//! let server = program.add_component(Component { workers: Some(1), ..Component::default() });
//! let visit = program.add_operation(Operation::new(server, 1, vec![Step::cpu(second)]));
//! let call = program.add_call(Call::to(visit));
//! program.add_open_journey(1, vec![Step::Call(call)], Arrivals::poisson(0.8));
//! let measured = run(&program, Seed(1), &Options::until(Nanos::from_secs(100_000)))?;
//! assert!((4.0..6.0).contains(&measured.journeys[0].latency.mean().as_secs_f64()));
//! # Ok::<(), plimsoll_simulate::program::ProgramError>(())
//! ```
//!
//! Not here: names, evidence and assumptions; `compile` keeps them beside, by the same ids.
//! Always: a program that [`Program::check`] accepts can be run.

mod call;
mod callers;
mod check;
mod component;
mod distribution;
mod elastic;
mod failure;
mod fault;
mod id;
mod load;
mod messaging;
mod network;
mod operation;
mod shared;
mod step;

pub use call::{Access, Answer, Breaker, Call, Hedge, Jitter, Outlier, Pause, Pool, Retries};
pub use check::ProgramError;
pub use component::{
    Adaptive, AtStart, Balancing, ColdStart, Component, Cpu, FailureClock, HealthCheck, Interrupted, Order, Priority,
    Queue, Replica, ReplicaFailures, ServedBy, Shed, TokenBucket, WarmUp,
};
pub use distribution::{Distribution, Draw, Site};
pub use elastic::{Autoscaler, Metric, Rollout};
pub use failure::{Cause, Failure, Failures, Refusal};
pub use fault::{Fault, FaultKind, OperationFault};
pub use id::{
    CacheId, CallId, ComponentId, DistributionId, FaultId, GroupId, JourneyId, LockId, OperationId, PlaceId, PoolId,
    SourceId, TopicId,
};
pub use load::{Arrivals, Batch, Between, Journey, Mode, Rate, RatePoint, Scaling, Source, Spacing, Starts, Surge};
pub use messaging::{Acknowledged, Group, Ordering, Topic};
pub use network::{Link, Network};
pub use operation::{Deadline, LateWork, Operation};
pub use shared::{Cache, CacheContent, Fetch, Lock, Warmth};
pub use step::{Look, Need, Publish, Step, Way};

/// A system as the engine runs it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Program {
    /// How long things take.
    pub distributions: Vec<Distribution>,
    /// Places and the way between them.
    pub network: Network,
    /// What runs.
    pub components: Vec<Component>,
    /// What components can be asked.
    pub operations: Vec<Operation>,
    /// From where in the code operations are asked.
    pub calls: Vec<Call>,
    /// Pools of connections.
    pub pools: Vec<Pool>,
    /// Locks.
    pub locks: Vec<Lock>,
    /// Caches.
    pub caches: Vec<Cache>,
    /// Topics.
    pub topics: Vec<Topic>,
    /// Who reads them.
    pub groups: Vec<Group>,
    /// What users come for.
    pub journeys: Vec<Journey>,
    /// Where requests come from.
    pub sources: Vec<Source>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// Writes a function that appends to an array and gives the id.
macro_rules! adds {
    ($($(#[doc = $doc:literal])+ $name:ident($array:ident: $Item:ty) -> $Id:ident;)+) => {
        $(
            $(#[doc = $doc])+
            pub fn $name(&mut self, item: $Item) -> $Id {
                self.$array.push(item);
                $Id(u32::try_from(self.$array.len() - 1).expect("a program has fewer than 2^32 of anything"))
            }
        )+
    };
}

impl Program {
    adds! {
        /// Adds a distribution.
        add_distribution(distributions: Distribution) -> DistributionId;
        /// Adds a component.
        add_component(components: Component) -> ComponentId;
        /// Adds an operation.
        add_operation(operations: Operation) -> OperationId;
        /// Adds a call.
        add_call(calls: Call) -> CallId;
        /// Adds a pool.
        add_pool(pools: Pool) -> PoolId;
        /// Adds a lock.
        add_lock(locks: Lock) -> LockId;
        /// Adds a cache.
        add_cache(caches: Cache) -> CacheId;
        /// Adds a topic.
        add_topic(topics: Topic) -> TopicId;
        /// Adds a group.
        add_group(groups: Group) -> GroupId;
        /// Adds a journey.
        add_journey(journeys: Journey) -> JourneyId;
        /// Adds a source.
        add_source(sources: Source) -> SourceId;
        /// Adds a fault.
        add_fault(faults: Fault) -> FaultId;
    }

    /// Adds a journey and the one source of its requests, both under the same key.
    pub fn add_open_journey(&mut self, key: u64, steps: Vec<Step>, arrivals: Arrivals) -> JourneyId {
        let journey = self.add_journey(Journey { key, rank: 1, patience: None, steps });
        self.add_source(Source { key, starts: Starts::Journey(journey), arrivals, scaling: Scaling::Scaled });
        journey
    }

    /// Checks that every id leads somewhere and every number is one that can be run.
    ///
    /// # Errors
    /// The first thing that is wrong, with the array and position that it is in.
    pub fn check(&self) -> Result<(), ProgramError> {
        check::check(self)
    }
}
