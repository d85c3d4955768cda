//! What runs: components with their replicas, and how a replica takes requests in.
//!
//! A **slot** is kept from the moment a request is taken until it is answered, waiting for others included; a **worker**
//! is kept only while the replica itself works on it; **cores** are what the work competes for.

use super::call::Draws;
use super::distribution::Draw;
use super::elastic::{Autoscaler, Rollout};
use super::failure::Refusal;
use super::id::PlaceId;
use crate::time::Nanos;

/// Something that runs or is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its replicas, those included that an autoscaler may add later. Empty stands for a third party without a limit.
    pub replicas: Vec<Replica>,
    /// How many requests one replica has open at once; `None` is without limit.
    pub slots: Option<u32>,
    /// How many requests one replica works on at once; `None` is without limit.
    pub workers: Option<u32>,
    /// How work gets cores.
    pub cpu: Cpu,
    /// What happens to requests that find no slot or worker.
    pub queue: Queue,
    /// How a request finds its replica, unless its call says otherwise.
    pub balancing: Balancing,
    /// What the rank of a request means to those that wait.
    pub priority: Priority,
    /// Which replicas answer.
    pub served_by: ServedBy,
    /// How many connections it accepts in all; a call through a pool takes one.
    pub connections: Option<u32>,
    /// How many requests it grants, whoever asks.
    pub quota: Option<TokenBucket>,
    /// A replica is slower after its start.
    pub warm_up: Option<WarmUp>,
    /// A replica that was idle must be made ready first.
    pub cold_start: Option<ColdStart>,
    /// A limit of slots that follows the latency; it replaces `slots`.
    pub adaptive: Option<Adaptive>,
    /// Requests that are turned away before the queue is full.
    pub shed: Option<Shed>,
    /// How callers learn that a replica is gone; `None` is at once.
    pub health_check: Option<HealthCheck>,
    /// How often replicas fail.
    pub failures: Option<ReplicaFailures>,
    /// It works while at least this many replicas are up; `None` is one.
    pub quorum: Option<u32>,
    /// How long a new replica takes until it serves; `None` is no time.
    pub start_up: Option<Draw>,
    /// How long another replica takes to step in for a lost primary; `None` waits for the primary itself.
    pub failover: Option<Draw>,
    /// Who changes the number of replicas.
    pub autoscaler: Option<Autoscaler>,
    /// A new version that is rolled out in the run.
    pub rollout: Option<Rollout>,
}

impl Default for Component {
    /// One replica without limits: whatever it does takes its time and nothing else.
    fn default() -> Self {
        Self {
            replicas: vec![Replica::default()],
            slots: None,
            workers: None,
            cpu: Cpu::Unlimited,
            queue: Queue::default(),
            balancing: Balancing::Random,
            priority: Priority::None,
            served_by: ServedBy::Any,
            connections: None,
            quota: None,
            warm_up: None,
            cold_start: None,
            adaptive: None,
            shed: None,
            health_check: None,
            failures: None,
            quorum: None,
            start_up: None,
            failover: None,
            autoscaler: None,
            rollout: None,
        }
    }
}

impl Component {
    /// So many replicas in place 0.
    pub fn with_replicas(count: usize) -> Self {
        Self { replicas: vec![Replica::default(); count], ..Self::default() }
    }
}

/// One copy of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Where it stands.
    pub place: PlaceId,
    /// On which node; replicas with the same number are lost together with it.
    pub node: u32,
    /// Whether it runs from the start, or only when an autoscaler or a rollout adds it.
    pub at_start: AtStart,
}

impl Default for Replica {
    fn default() -> Self {
        Self { place: PlaceId(0), node: 0, at_start: AtStart::Up }
    }
}

/// Whether a replica runs from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtStart {
    /// It serves.
    Up,
    /// It is not there yet.
    Off,
}

/// How the requests at work on one replica share its cores. A request uses at most one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cpu {
    /// Each has a core of its own.
    Unlimited,
    /// They share `cores` evenly at every moment: with `n` at work each runs at `min(1, cores / n)`. With `workers: 1`
    /// this is a constant rate.
    Shared {
        /// Cores, fractions included.
        cores: f64,
    },
    /// CFS bandwidth control: all run at full speed, at most one core each and `threads` together, until `cores × period`
    /// of CPU time is used, and none until the next period.
    ///
    /// # Source
    /// Turner, Rao and Rao, "CPU bandwidth control for CFS", Linux Symposium 2010.
    Quota {
        /// CPU time per period, as a number of cores.
        cores: f64,
        /// 100 ms in Linux and Kubernetes.
        period: Nanos,
        /// How many cores the node lends at once.
        threads: f64,
    },
}

impl Cpu {
    /// The quota of a Kubernetes CPU limit: periods of 100 ms, on a node with enough cores.
    pub const fn quota(cores: f64) -> Self {
        Self::Quota { cores, period: Nanos::from_millis(100), threads: f64::INFINITY }
    }
}

/// What happens to requests that find no slot or worker.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Queue {
    /// How many wait at most in one queue; `None` is without limit, 0 is none.
    pub length: Option<u32>,
    /// How long a request waits at most; `None` is without limit.
    pub wait: Option<Draw>,
    /// Who of those that wait is next.
    pub order: Order,
    /// What happens to those that find the queue full or have waited long enough.
    pub then: Refusal,
}

/// Who of those that wait is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// Who came first.
    #[default]
    FirstCome,
    /// Who came last.
    LastCome,
    /// Anybody.
    Random,
}

/// How a request finds its replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancing {
    /// One queue before all replicas. Only as a component's own.
    SharedQueue,
    /// By chance.
    Random,
    /// In turn.
    RoundRobin,
    /// The replica with the fewest open requests, by chance among equals.
    LeastRequests,
    /// The less busy one of two that are drawn.
    TwoChoices,
    /// By the request's key (rendezvous hashing).
    ConsistentHash,
    /// By chance, once for each of so many connections that a caller's replica keeps; a lost one is drawn again.
    PerConnection {
        /// At least 1.
        connections: u32,
    },
    /// One connection for each caller's replica, and so one replica as long as that is up.
    Sticky,
    /// By chance among those in the caller's own place while there are any.
    ZoneAware,
}

/// What the rank of a request means to those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Priority {
    /// Nothing.
    #[default]
    None,
    /// Lower ranks are served first; who is served is not disturbed.
    NonPreemptive,
    /// Lower ranks interrupt, and what they interrupted goes on afterwards where it was.
    PreemptiveResume,
}

/// Which replicas answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ServedBy {
    /// All.
    #[default]
    Any,
    /// The first one that is up.
    Primary,
    /// The first one takes writes, the others reads (it alone while there are no others).
    ReplicasForReads,
}

/// A token bucket: it holds at most `burst`, gains `per_second`, and each request takes one. Full at the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenBucket {
    /// Tokens per second.
    pub per_second: f64,
    /// How many it holds, at least 1.
    pub burst: f64,
    /// What happens to a request that finds none.
    pub then: Refusal,
}

/// A replica is slower after its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp {
    /// For how long.
    pub takes: Nanos,
    /// How many times as long work takes at the beginning; it falls to 1 in a straight line.
    pub slower: f64,
}

/// A replica that was idle must be made ready first; requests wait meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColdStart {
    /// How long that takes.
    pub takes: Draw,
    /// How long it must have been idle.
    pub after_idle: Nanos,
}

/// A limit of slots that follows the latency it sees: one more for each limit's worth of answers within the target, a
/// tenth fewer, at most once in a target's time, after one above it.
///
/// # Source
/// Additive increase, multiplicative decrease: Chiu and Jain, 1989; the form for servers is that of Netflix's
/// concurrency-limits (`AIMDLimit`, back-off ratio 0.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adaptive {
    /// The least number of slots; where it begins.
    pub min: u32,
    /// The greatest number of slots.
    pub max: u32,
    /// The latency that it aims at.
    pub target: Nanos,
}

/// Turns requests away while the oldest waiting one has waited longer than `above`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shed {
    /// The wait of the oldest.
    pub above: Nanos,
    /// Ranks up to this one are never turned away; 0 is nobody.
    pub keeps: u8,
    /// How they are answered.
    pub then: Refusal,
}

/// How callers learn that a replica is gone or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// From one check to the next.
    pub every: Nanos,
    /// How long a check waits.
    pub timeout: Nanos,
    /// After how many failures in a row a replica is left out.
    pub fails: u32,
    /// After how many successes in a row it is taken back.
    pub passes: u32,
}

/// How often replicas fail, each by itself, and how long that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaFailures {
    /// How long a replica works until it fails.
    pub every: Draw,
    /// How long until it works again.
    pub repair: Draw,
    /// Which time counts until the next failure.
    pub counted: FailureClock,
    /// What becomes of the work that a failure interrupts.
    pub work: Interrupted,
}

/// Which time counts until the next failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FailureClock {
    /// All time in which it is up.
    #[default]
    Always,
    /// Only time in which it works on requests.
    WhileBusy,
}

/// What becomes of the work that a failure interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Interrupted {
    /// It is lost and its caller gets an error; so do those who wait there and those who ask before it is known.
    #[default]
    Lost,
    /// It goes on where it was when the replica is back; those who wait go on waiting.
    Resumes,
    /// It begins again when the replica is back; those who wait go on waiting.
    Restarts,
}

/// The draws of a component, for validation.
impl Draws for Component {
    fn draws(&self, each: &mut dyn FnMut(Draw)) {
        let mut maybe = |draw: Option<Draw>| draw.map_or((), &mut *each);
        maybe(self.queue.wait);
        maybe(self.cold_start.map(|cold| cold.takes));
        maybe(self.failures.map(|failures| failures.every));
        maybe(self.failures.map(|failures| failures.repair));
        maybe(self.start_up);
        maybe(self.failover);
    }
}
