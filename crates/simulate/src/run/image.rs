//! A program made ready to run: code flattened, components, calls and gates laid out in arrays, constant delays known.
//! Nothing in it changes in a run.

use super::code::{Code, DrawAt, Instruction};
use super::events::{Events, Ring};
use super::frame::NO_CODE;
use super::guard::{BreakerState, Bucket, Budget, Guard};
use super::options::EventList;
use crate::program::{
    Access, Answer, Arrivals, AtStart, Balancing, Call, Component, Cpu, Deadline, Distribution, Failure, Hedge, Jitter,
    LateWork, Network, Order, Outlier, Pause, Priority, Program, Refusal, Replica, Retries, ServedBy, Starts, Step,
    TokenBucket,
};

/// When a request gets the replica that serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// When it is sent.
    Sending,
    /// When it gets a slot of a shared queue.
    Slot,
    /// Each time that it gets a worker of a shared queue.
    Worker,
}

/// A component.
#[derive(Debug)]
pub(super) struct ComponentAt {
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) binding: Binding,
    pub(super) served_by: ServedBy,
    pub(super) slots: Option<u32>,
    pub(super) workers: Option<u32>,
    /// Work on one core takes this many times as long, whatever else runs; `None` where cores are shared.
    pub(super) slowness: Option<f64>,
    pub(super) cpu: Cpu,
    pub(super) policy: u32,
    pub(super) shed: Option<crate::program::Shed>,
    pub(super) adaptive: Option<crate::program::Adaptive>,
    pub(super) quota: Option<TokenBucket>,
    pub(super) connections: u32,
    pub(super) plain_arrival: bool,
    pub(super) source: Component,
    pub(super) cold_start: (DrawAt, u64),
    pub(super) fails_every: DrawAt,
    pub(super) repair: DrawAt,
    pub(super) start_up: DrawAt,
    pub(super) failover: DrawAt,
}

/// A replica.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReplicaAt {
    pub(super) component: u32,
    pub(super) place: u32,
    pub(super) node: u32,
    pub(super) at_start: AtStart,
}

/// An operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperationAt {
    pub(super) key: u64,
    pub(super) component: u32,
    pub(super) entry: u32,
    /// The computing step that it begins with, if it does.
    pub(super) begins: Option<(DrawAt, DrawAt)>,
    pub(super) fails: f64,
    pub(super) failure: Failure,
    pub(super) deadline: Deadline,
    pub(super) late_work: LateWork,
    pub(super) rank: Option<u8>,
    /// Nothing of the operation or its component asks how it ended, and its answer takes no time.
    pub(super) plain_end: bool,
}

/// A journey.
#[derive(Clone, Copy, Debug)]
pub(super) struct JourneyAt {
    pub(super) entry: u32,
    pub(super) rank: u8,
    pub(super) patience: DrawAt,
    /// The one bare call that it consists of: its request needs no frame for the user.
    pub(super) direct: Option<(u16, u32)>,
}

/// A call.
#[derive(Debug)]
pub(super) struct CallAt {
    pub(super) target: u16,
    pub(super) component: u32,
    /// Nothing to keep while it is open beyond the attempt itself.
    pub(super) plain: bool,
    /// As a plain one until an attempt fails: one answer is awaited, of one attempt after the other.
    pub(super) single: bool,
    /// It goes to the primary alone.
    pub(super) to_primary: bool,
    pub(super) times: f64,
    pub(super) answer: Answer,
    pub(super) access: Access,
    pub(super) timeout: u64,
    pub(super) timeout_ring: Option<Ring>,
    pub(super) within: u64,
    pub(super) retries: Option<Retries>,
    pub(super) backoff: DrawAt,
    pub(super) hedge: Option<Hedge>,
    pub(super) hedge_ring: Option<Ring>,
    /// Where its guards begin, one for each replica of the caller; `None` keeps none.
    pub(super) guards: Option<u32>,
    /// The first replica of its caller, where that is a component.
    pub(super) caller: Option<u32>,
    pub(super) members: u32,
    pub(super) breaker: Option<crate::program::Breaker>,
    pub(super) bucket: Option<TokenBucket>,
    pub(super) rate_limit: Option<Refusal>,
    pub(super) at_most: Option<u32>,
    pub(super) pool: Option<u32>,
    pub(super) hold: DrawAt,
    pub(super) balancing: Balancing,
    pub(super) outlier: Option<Outlier>,
}

/// How a gate treats those that wait, and who owns it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) owner: Owner,
    pub(super) ranks: u32,
    pub(super) order: Order,
    pub(super) priority: Priority,
    pub(super) length: u32,
    pub(super) wait: DrawAt,
    pub(super) wait_ring: Option<Ring>,
    pub(super) then: Refusal,
}

/// Whose gate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Component(u32),
    Pool(u32),
    Lock(u32),
}

/// A pool.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolAt {
    pub(super) size: u32,
    pub(super) policy: u32,
    /// The first replica of its owner and how many it has; the users are one.
    pub(super) owner: Option<(u32, u32)>,
}

/// A source.
#[derive(Clone, Debug)]
pub(super) struct SourceAt {
    pub(super) key: u64,
    pub(super) starts: Starts,
    pub(super) arrivals: Arrivals,
    pub(super) think: DrawAt,
    pub(super) scaled: bool,
}

/// A group's pause.
#[derive(Clone, Copy, Debug)]
pub(super) struct GroupAt {
    pub(super) backoff: DrawAt,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) code: Code,
    pub(super) distributions: Vec<Distribution>,
    pub(super) components: Vec<ComponentAt>,
    pub(super) replicas: Vec<ReplicaAt>,
    pub(super) operations: Vec<OperationAt>,
    pub(super) journeys: Vec<JourneyAt>,
    pub(super) calls: Vec<CallAt>,
    pub(super) pools: Vec<PoolAt>,
    pub(super) policies: Vec<Policy>,
    pub(super) sources: Vec<SourceAt>,
    pub(super) groups: Vec<GroupAt>,
    pub(super) group_rules: Vec<crate::program::Group>,
    pub(super) topics: Vec<crate::program::Topic>,
    pub(super) locks: Vec<crate::program::Lock>,
    pub(super) lock_policies: Vec<u32>,
    pub(super) caches: Vec<crate::program::Cache>,
    pub(super) faults: Vec<crate::program::Fault>,
    pub(super) network: Network,
    pub(super) link_delays: Vec<DrawAt>,
    /// Whether anything on the timeline or a rollout may make work slower.
    pub(super) slows: bool,
    /// Whether any way takes time or loses anything.
    pub(super) is_wide: bool,
    pub(super) constant_delays: Vec<u64>,
    pub(super) guards: u32,
    /// How many distinct ranks there are; frames carry positions among them.
    pub(super) ranks: Vec<u8>,
}

/// Whose position a draw of a component has: numbers that steps do not reach.
const OF_COMPONENT: u32 = 1 << 24;

impl Image {
    pub(super) fn of(program: &Program) -> Self {
        let mut code = Code::default();
        let ranks = ranks(program);
        let position = |rank: u8| ranks.iter().position(|each| *each == rank).unwrap_or(0) as u8;
        let mut delays = Delays::of(program);
        let mut first = 0;
        let mut replicas = Vec::new();
        let mut policies = Vec::new();
        let mut components = Vec::new();
        for (index, component) in program.components.iter().enumerate() {
            // A third party whose replicas nobody knows is one without limit.
            let unknown = [Replica::default()];
            let own = if component.replicas.is_empty() { &unknown[..] } else { &component.replicas };
            let count = own.len() as u32;
            let at =
                component_at(component, index as u32, first, &mut code, &mut policies, &delays, ranks.len() as u32);
            components.push(at);
            replicas.extend(own.iter().map(|replica| ReplicaAt {
                component: index as u32,
                place: replica.place.0,
                node: replica.node,
                at_start: replica.at_start,
            }));
            first += count;
        }
        let cut = |kind: &crate::program::FaultKind| {
            use crate::program::FaultKind::{CutComponents, CutPlaces};
            matches!(kind, CutPlaces { .. } | CutComponents { .. })
        };
        let is_wide = program.network.links.iter().any(|link| link.delay.is_some() || link.loss > 0.0)
            || program.faults.iter().any(|fault| cut(&fault.kind));
        let mut operations: Vec<OperationAt> = program
            .operations
            .iter()
            .map(|operation| (operation, code.add(program, &operation.steps)))
            .map(|(operation, entry)| OperationAt {
                key: operation.key,
                component: operation.component.0,
                entry,
                begins: None,
                fails: operation.fails,
                failure: operation.failure,
                deadline: operation.deadline,
                late_work: operation.late_work,
                rank: operation.rank.map(position),
                plain_end: operation.fails <= 0.0
                    && components[operation.component.index()].adaptive.is_none()
                    && !is_wide,
            })
            .collect();
        let mut guards = 0;
        let callers = program.callers();
        let calls: Vec<CallAt> = program
            .calls
            .iter()
            .enumerate()
            .map(|(index, call)| {
                let caller = callers[index].map(|component| &components[component.index()]);
                let replicas = caller.map_or(1, |caller| caller.count);
                call_at(call, program, caller.map(|caller| caller.first), replicas, &mut guards, &mut code, &delays)
            })
            .collect();
        let journeys = program
            .journeys
            .iter()
            .map(|journey| JourneyAt {
                entry: code.add(program, &journey.steps),
                rank: position(journey.rank),
                patience: code.add_draw(journey.patience, OF_COMPONENT),
                direct: direct(&journey.steps, &calls),
            })
            .collect();
        let pools = program.pools.iter().enumerate().map(|(index, pool)| {
            let wait = code.add_draw(pool.wait, OF_COMPONENT);
            policies.push(Policy::plain(Owner::Pool(index as u32), wait, delays.ring_of(&code, wait)));
            let owner = pool.owner.map(|owner| &components[owner.index()]).map(|owner| (owner.first, owner.count));
            PoolAt { size: pool.size, policy: policies.len() as u32 - 1, owner }
        });
        let pools = pools.collect();
        let mut lock_policies = Vec::new();
        for (index, lock) in program.locks.iter().enumerate() {
            let wait = code.add_draw(lock.wait, OF_COMPONENT);
            policies.push(Policy::plain(Owner::Lock(index as u32), wait, delays.ring_of(&code, wait)));
            lock_policies.push(policies.len() as u32 - 1);
        }
        let groups = program.groups.iter().map(|group| GroupAt { backoff: pause(group.pause, &mut code) });
        let groups = groups.collect();
        let sources = program.sources.iter().map(|source| {
            let think = match &source.arrivals {
                Arrivals::Open { .. } => DrawAt::NONE,
                Arrivals::Closed { think, .. } => code.add_draw(Some(*think), OF_COMPONENT + 1),
            };
            let scaled = source.scaling == crate::program::Scaling::Scaled;
            SourceAt { key: source.key, starts: source.starts, arrivals: source.arrivals.clone(), think, scaled }
        });
        let sources = sources.collect();
        let link_delays: Vec<DrawAt> =
            program.network.links.iter().map(|link| code.add_draw(link.delay, OF_COMPONENT + 2)).collect();
        code.note_means(&program.distributions);
        for operation in &mut operations {
            if let Instruction::Compute { cpu, hold } = code.instructions[operation.entry as usize] {
                operation.begins = Some((cpu, hold));
            }
        }
        Self {
            distributions: program.distributions.clone(),
            components,
            replicas,
            operations,
            journeys,
            calls,
            pools,
            policies,
            sources,
            groups,
            group_rules: program.groups.clone(),
            topics: program.topics.clone(),
            locks: program.locks.clone(),
            lock_policies,
            caches: program.caches.clone(),
            faults: program.faults.clone(),
            network: program.network.clone(),
            link_delays,
            slows: !program.faults.is_empty() || program.components.iter().any(|each| each.rollout.is_some()),
            is_wide,
            constant_delays: std::mem::take(&mut delays.constant),
            guards,
            ranks,
            code,
        }
    }

    /// The events of a run of it.
    pub(super) fn events(&self, list: EventList) -> Events {
        Events::new(list, &self.constant_delays)
    }
}

/// The distinct ranks, in order.
fn ranks(program: &Program) -> Vec<u8> {
    let journeys = program.journeys.iter().map(|journey| journey.rank);
    let mut ranks: Vec<u8> = journeys.chain(program.operations.iter().filter_map(|operation| operation.rank)).collect();
    if ranks.is_empty() {
        ranks.push(1);
    }
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// Delays that are always the same: each has a ring.
struct Delays {
    constant: Vec<u64>,
    /// Per distribution.
    fixed: Vec<Option<u64>>,
    events: Events,
}

impl Delays {
    fn of(program: &Program) -> Self {
        let fixed: Vec<Option<u64>> = program
            .distributions
            .iter()
            .map(|each| if let Distribution::Fixed(nanos) = each { Some(nanos.0) } else { None })
            .collect();
        let calls = program.calls.iter();
        let timeouts = calls.clone().filter_map(|call| call.timeout).map(|timeout| timeout.0);
        let hedges = calls.filter_map(|call| call.hedge).map(|hedge| hedge.after.0);
        let waits = program.components.iter().map(|component| component.queue.wait);
        let waits = waits.chain(program.pools.iter().map(|pool| pool.wait));
        let waits = waits.chain(program.locks.iter().map(|lock| lock.wait));
        let waits = waits.chain(program.journeys.iter().map(|journey| journey.patience));
        let waits = waits.flatten().filter_map(|draw| fixed[draw.from.index()]);
        let mut constant: Vec<u64> = timeouts.chain(hedges).chain(waits).collect();
        constant.sort_unstable();
        constant.dedup();
        let events = Events::new(EventList::Heap, &constant);
        Self { constant, fixed, events }
    }

    fn ring(&self, delay: u64) -> Option<Ring> {
        self.events.ring(delay)
    }

    /// The ring of a draw that is always the same.
    fn ring_of(&self, code: &Code, draw: DrawAt) -> Option<Ring> {
        let from = code.draws.get(draw.0 as usize)?.from;
        self.fixed[from as usize].and_then(|delay| self.ring(delay))
    }
}

impl Policy {
    /// First come, first served, of one rank, in a queue without end.
    fn plain(owner: Owner, wait: DrawAt, wait_ring: Option<Ring>) -> Self {
        Self {
            owner,
            ranks: 1,
            order: Order::FirstCome,
            priority: Priority::None,
            length: u32::MAX,
            wait,
            wait_ring,
            then: Refusal::Refuse,
        }
    }
}

fn component_at(
    component: &Component,
    index: u32,
    first: u32,
    code: &mut Code,
    policies: &mut Vec<Policy>,
    delays: &Delays,
    ranks: u32,
) -> ComponentAt {
    let wait = code.add_draw(component.queue.wait, OF_COMPONENT);
    policies.push(Policy {
        owner: Owner::Component(index),
        ranks: if component.priority == Priority::None { 1 } else { ranks },
        order: component.queue.order,
        priority: component.priority,
        length: component.queue.length.unwrap_or(u32::MAX),
        wait,
        wait_ring: delays.ring_of(code, wait),
        then: component.queue.then,
    });
    let shared = component.balancing == Balancing::SharedQueue;
    // Whatever closes a replica needs a gate to close.
    let closes = component.failures.is_some() || component.cold_start.is_some() || component.adaptive.is_some();
    let closes = closes || (shared && component.workers.is_none());
    let gateless = component.slots.is_none() && component.workers.is_none();
    let start = component.adaptive.map(|adaptive| adaptive.min);
    let slots = start.or(component.slots).or((closes && gateless).then_some(u32::MAX / 1024));
    let binding = match (shared, slots) {
        (false, _) => Binding::Sending,
        (true, Some(_)) => Binding::Slot,
        (true, None) => Binding::Worker,
    };
    let mut draw = |draw| code.add_draw(draw, OF_COMPONENT + 3);
    ComponentAt {
        first,
        count: component.replicas.len().max(1) as u32,
        binding,
        served_by: component.served_by,
        slots,
        workers: component.workers,
        slowness: slowness(component),
        cpu: component.cpu,
        policy: policies.len() as u32 - 1,
        shed: component.shed,
        adaptive: component.adaptive,
        quota: component.quota,
        connections: component.connections.unwrap_or(u32::MAX),
        plain_arrival: component.quota.is_none() && component.shed.is_none(),
        cold_start: component.cold_start.map_or((DrawAt::NONE, 0), |cold| (draw(Some(cold.takes)), cold.after_idle.0)),
        fails_every: draw(component.failures.map(|failures| failures.every)),
        repair: draw(component.failures.map(|failures| failures.repair)),
        start_up: draw(component.start_up),
        failover: draw(component.failover),
        source: component.clone(),
    }
}

/// How many times as long work takes, where that does not depend on what runs beside it.
fn slowness(component: &Component) -> Option<f64> {
    match (component.cpu, component.workers) {
        (Cpu::Unlimited, _) => Some(1.0),
        (Cpu::Shared { cores }, Some(1)) => Some(1.0 / cores.min(1.0)),
        (Cpu::Shared { cores }, Some(workers)) if f64::from(workers) <= cores => Some(1.0),
        _ => None,
    }
}

fn pause(pause: Pause, code: &mut Code) -> DrawAt {
    match pause {
        Pause::Drawn(draw) => code.add_draw(Some(draw), OF_COMPONENT + 4),
        Pause::None | Pause::Growing { .. } => DrawAt::NONE,
    }
}

fn call_at(
    call: &Call,
    program: &Program,
    caller: Option<u32>,
    caller_replicas: u32,
    guards: &mut u32,
    code: &mut Code,
    delays: &Delays,
) -> CallAt {
    let target = &program.operations[call.target.index()];
    let component = &program.components[target.component.index()];
    let budget = call.retries.as_ref().is_some_and(|retries| retries.budget.is_some())
        || call.hedge.is_some_and(|hedge| hedge.budget.is_some());
    let guarded = call.breaker.is_some()
        || call.rate_limit.is_some()
        || call.at_most.is_some()
        || call.outlier.is_some()
        || budget;
    let base = guarded.then_some(*guards);
    if guarded {
        *guards += caller_replicas;
    }
    let own =
        if component.balancing == Balancing::SharedQueue { Balancing::LeastRequests } else { component.balancing };
    let several = call.times != 1.0 || call.within.is_some() || call.retries.is_some() || call.hedge.is_some();
    let timeout = call.timeout.map_or(u64::MAX, |timeout| timeout.0);
    CallAt {
        target: u16::try_from(call.target.0).unwrap_or(NO_CODE),
        component: target.component.0,
        plain: !several && call.answer == Answer::Awaited,
        single: call.times == 1.0
            && call.answer == Answer::Awaited
            && call.within.is_none()
            && call.hedge.is_none()
            && base.is_none(),
        to_primary: match component.served_by {
            ServedBy::Primary => true,
            ServedBy::ReplicasForReads => call.access == Access::Write,
            ServedBy::Any => false,
        },
        times: call.times,
        answer: call.answer,
        access: call.access,
        timeout,
        timeout_ring: delays.ring(timeout),
        within: call.within.map_or(u64::MAX, |within| within.0),
        backoff: call.retries.as_ref().map_or(DrawAt::NONE, |retries| pause(retries.backoff, code)),
        retries: call.retries.clone(),
        hedge: call.hedge,
        hedge_ring: call.hedge.and_then(|hedge| delays.ring(hedge.after.0)),
        guards: base,
        caller,
        members: caller_replicas,
        breaker: call.breaker,
        bucket: call.rate_limit,
        rate_limit: call.rate_limit.map(|limit| limit.then),
        at_most: call.at_most,
        pool: call.pool.map(|pool| pool.0),
        hold: code.add_draw(call.hold, OF_COMPONENT),
        balancing: call.balancing.unwrap_or(own),
        outlier: call.outlier,
    }
}

/// The guards of all calls, as they are at the start.
pub(super) fn guards(image: &Image) -> Vec<Guard> {
    let mut guards = vec![Guard::default(); image.guards as usize];
    for called in &image.calls {
        let Some(base) = called.guards else { continue };
        let guard = Guard {
            breaker: called.breaker.map(BreakerState::new),
            bucket: called.bucket.map(Bucket::new),
            retries: Budget::new(called.retries.as_ref().and_then(|retries| retries.budget)),
            hedges: Budget::new(called.hedge.and_then(|hedge| hedge.budget)),
            open: 0,
            outliers: match called.outlier {
                Some(_) => vec![(0, 0); image.components[called.component as usize].count as usize],
                None => Vec::new(),
            },
        };
        guards[base as usize..(base + called.members) as usize].fill(guard);
    }
    guards
}

/// The one bare call that a journey consists of.
fn direct(steps: &[Step], calls: &[CallAt]) -> Option<(u16, u32)> {
    let [Step::Call(call)] = steps else { return None };
    let at = &calls[call.index()];
    let bare =
        at.plain && at.timeout == u64::MAX && at.guards.is_none() && at.pool.is_none() && at.hold == DrawAt::NONE;
    // The site of the first step of a journey.
    bare.then_some((call.0 as u16, 1))
}

/// How a pause grows and is spread, before attempt number `attempts + 1`, in nanoseconds.
pub(super) fn spread(jitter: Jitter, pause: f64, uniform: impl FnOnce() -> f64) -> f64 {
    match jitter {
        Jitter::None => pause,
        Jitter::Equal => pause * (0.5 + 0.5 * uniform()),
        Jitter::Full => pause * uniform(),
    }
}
