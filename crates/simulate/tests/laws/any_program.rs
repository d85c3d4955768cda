//! Programs by chance: a few components with any limits, operations that call one another, guards of every kind.

use plimsoll_simulate::Nanos;
use plimsoll_simulate::program::{
    Acknowledged, Answer, Arrivals, Balancing, Breaker, Cache, CacheContent, Call, Component, Cpu, Deadline,
    Distribution, DistributionId, Failures, Fault, FaultKind, Fetch, Group, Hedge, Interrupted, Jitter, LateWork, Lock,
    Look, Need, Operation, OperationId, Order, Ordering, Outlier, Pause, Pool, Priority, Program, Publish, Queue,
    Refusal, ReplicaFailures, Retries, Step, TokenBucket, Topic, Warmth, Way,
};
use proptest::prelude::*;

/// Choices, one after the other; none left is 0.
struct Choices {
    bytes: Vec<u8>,
    at: usize,
}

impl Choices {
    fn next(&mut self, below: u8) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte % below
    }

    /// One time in so many.
    fn one_in(&mut self, times: u8) -> bool {
        self.next(times) == times - 1
    }

    fn maybe<T>(&mut self, times: u8, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(times).then(|| of(self))
    }
}

/// Any program.
pub(crate) fn any_program() -> impl Strategy<Value = Program> {
    prop::collection::vec(any::<u8>(), 40..300).prop_map(program_of)
}

/// The program that some choices give.
pub(crate) fn program_of(bytes: Vec<u8>) -> Program {
    build(&mut Choices { bytes, at: 0 })
}

fn build(choose: &mut Choices) -> Program {
    let mut program = Program::default();
    let times: Vec<DistributionId> = [
        Distribution::exponential(Nanos::from_millis(10)),
        Distribution::Fixed(Nanos::from_millis(7)),
        Distribution::lognormal(Nanos::from_millis(15), 1.0),
        Distribution::gamma(Nanos::from_millis(5), 0.5),
        Distribution::exponential(Nanos::from_secs(5)),
    ]
    .into_iter()
    .map(|each| program.add_distribution(each))
    .collect();
    let lock = program.add_lock(Lock { keys: 3, skew: 0.5, holders: 1, wait: Some(times[2].into()) });
    let content = CacheContent::Keys {
        keys: 50,
        skew: 0.9,
        entries: 10,
        expiry: Some(Nanos::from_secs(1)),
        at_start: Warmth::Cold,
    };
    let cache = program.add_cache(Cache { component: None, content, fetch: Fetch::Single });
    let topic = program.add_topic(Topic { broker: None, partitions: u32::from(choose.next(4)), keys: 5 });
    for index in 0..2 + choose.next(4) {
        let component = component(choose, &times);
        let component = program.add_component(component);
        let mut steps = Vec::new();
        // What an operation calls stands before it, so that no cycle comes about.
        for _ in 0..1 + choose.next(3) {
            steps.push(step(choose, &mut program, &times, index, component, (lock, cache, topic)));
        }
        let operation = Operation {
            fails: if choose.one_in(4) { 0.05 } else { 0.0 },
            deadline: if choose.one_in(2) { Deadline::HandedOn } else { Deadline::Ignored },
            late_work: if choose.one_in(2) { LateWork::Stops } else { LateWork::RunsOn },
            ..Operation::new(component, u64::from(index) + 10, steps)
        };
        program.add_operation(operation);
    }
    let last = OperationId(program.operations.len() as u32 - 1);
    program.add_group(Group {
        topic,
        operation: OperationId(0),
        prefetch: 2,
        acknowledged: if choose.one_in(3) { Acknowledged::Before } else { Acknowledged::After },
        redeliveries: Some(2),
        pause: Pause::Drawn(times[0].into()),
        dead_letters: None,
        ordering: if choose.one_in(2) { Ordering::PerPartition } else { Ordering::Free },
    });
    let call = program.add_call(Call::to(last));
    let rate = 5.0 + f64::from(choose.next(40));
    let journey = program.add_open_journey(1, vec![Step::Call(call)], Arrivals::poisson(rate));
    program.journeys[journey.index()].patience = choose.maybe(3, |_| times[4].into());
    let call = program.add_call(Call::to(OperationId(0)));
    let other =
        program.add_open_journey(2, vec![Step::Sleep(times[0].into()), Step::Call(call)], Arrivals::poisson(3.0));
    program.journeys[other.index()].rank = 2;
    if choose.one_in(3) {
        let kind = FaultKind::LoseComponent(program.operations[0].component);
        program.add_fault(Fault { from: Nanos::from_secs(5), until: Nanos::from_secs(7), kind });
    }
    program
}

fn component(choose: &mut Choices, times: &[DistributionId]) -> Component {
    let cpu = match choose.next(4) {
        0 => Cpu::Unlimited,
        1 => Cpu::Shared { cores: 1.5 },
        2 => Cpu::Shared { cores: 0.5 },
        _ => Cpu::quota(0.5),
    };
    let balancing = [
        Balancing::SharedQueue,
        Balancing::Random,
        Balancing::RoundRobin,
        Balancing::LeastRequests,
        Balancing::TwoChoices,
        Balancing::ConsistentHash,
        Balancing::PerConnection { connections: 3 },
        Balancing::Sticky,
        Balancing::ZoneAware,
    ][choose.next(9) as usize];
    let queue = Queue {
        length: choose.maybe(3, |choose| u32::from(choose.next(8))),
        wait: choose.maybe(3, |choose| times[choose.next(4) as usize].into()),
        order: [Order::FirstCome, Order::LastCome, Order::Random][choose.next(3) as usize],
        then: [Refusal::Refuse, Refusal::RefuseWith(429), Refusal::Drop][choose.next(3) as usize],
    };
    let priority = [Priority::None, Priority::NonPreemptive, Priority::PreemptiveResume][choose.next(3) as usize];
    let failures = choose.maybe(5, |choose| ReplicaFailures {
        every: times[4].into(),
        repair: times[2].into(),
        counted: plimsoll_simulate::program::FailureClock::Always,
        work: [Interrupted::Lost, Interrupted::Resumes, Interrupted::Restarts][choose.next(3) as usize],
    });
    let slots = choose.maybe(2, |choose| 1 + u32::from(choose.next(5)));
    let workers = choose.maybe(2, |choose| 1 + u32::from(choose.next(3)));
    // Who is interrupted in a slot while others wait in slots for the lock that it holds waits for ever: a true deadlock,
    // which the law of draining would not survive.
    let inverts = priority == Priority::PreemptiveResume && slots.is_some() && workers.is_none();
    let priority = if inverts { Priority::NonPreemptive } else { priority };
    Component {
        slots,
        workers,
        cpu,
        balancing,
        queue,
        priority,
        failures,
        quota: choose.maybe(6, |_| TokenBucket { per_second: 20.0, burst: 5.0, then: Refusal::Refuse }),
        ..Component::with_replicas(1 + choose.next(3) as usize)
    }
}

type Shared =
    (plimsoll_simulate::program::LockId, plimsoll_simulate::program::CacheId, plimsoll_simulate::program::TopicId);

fn step(
    choose: &mut Choices,
    program: &mut Program,
    times: &[DistributionId],
    operations: u8,
    owner: plimsoll_simulate::program::ComponentId,
    shared: Shared,
) -> Step {
    let time = times[choose.next(4) as usize];
    let call = |choose: &mut Choices, program: &mut Program| {
        if operations == 0 {
            return Step::cpu(time);
        }
        let target = OperationId(u32::from(choose.next(operations)));
        let pool = choose.maybe(4, |_| program.add_pool(Pool { owner: Some(owner), size: 2, wait: Some(time.into()) }));
        let call = guarded(choose, target, pool, time);
        Step::Call(program.add_call(call))
    };
    match choose.next(10) {
        0 | 1 => Step::cpu(time),
        2 => Step::hold(time),
        3 => Step::Lock { lock: shared.0, does: vec![Step::hold(time)] },
        4 => {
            let on_miss = vec![call(choose, program)];
            Step::Look(Look { cache: shared.1, hold: Some(time.into()), timeout: Some(Nanos::from_millis(9)), on_miss })
        }
        5 if operations > 0 => {
            Step::Publish(Publish { topic: shared.2, times: 0.5, hold: None, outbox: choose.maybe(2, |_| time.into()) })
        }
        6 => {
            let branches = (0..2 + choose.next(2)).map(|_| vec![call(choose, program)]).collect();
            let needs = if choose.one_in(2) { Need::First(1) } else { Need::All };
            Step::Fork { needs, branches }
        }
        7 => Step::Branch(vec![Way { odds: 0.3, does: vec![call(choose, program)] }]),
        8 => Step::Return(None),
        _ => call(choose, program),
    }
}

fn guarded(
    choose: &mut Choices,
    target: OperationId,
    pool: Option<plimsoll_simulate::program::PoolId>,
    time: DistributionId,
) -> Call {
    Call {
        times: [1.0, 1.0, 1.5, 0.5][choose.next(4) as usize],
        answer: if choose.one_in(5) { Answer::Ignored } else { Answer::Awaited },
        // A request that is dropped, or lost with its way, is open until somebody gives up.
        timeout: Some(Nanos::from_millis(20 + 40 * u64::from(choose.next(4)))),
        within: choose.maybe(3, |_| Nanos::from_millis(120)),
        retries: choose.maybe(2, |choose| Retries {
            max: Some(u32::from(choose.next(3))),
            on: Failures::All,
            backoff: match choose.next(3) {
                0 => Pause::None,
                1 => Pause::Drawn(time.into()),
                _ => Pause::Growing { first: Nanos::from_millis(5), factor: 2.0, most: Nanos::from_millis(50) },
            },
            jitter: [Jitter::None, Jitter::Equal, Jitter::Full][choose.next(3) as usize],
            budget: choose.maybe(3, |_| 0.2),
        }),
        breaker: choose.maybe(5, |_| Breaker {
            opens_at: 0.5,
            over: Nanos::from_secs(1),
            open_for: Nanos::from_millis(300),
            at_least: 5,
            probes: 2,
            slow: None,
        }),
        hedge: choose.maybe(4, |_| Hedge { after: Nanos::from_millis(15), max: 2, budget: None }),
        pool,
        hold: choose.maybe(4, |_| time.into()),
        at_most: choose.maybe(5, |_| 2),
        rate_limit: choose.maybe(6, |choose| TokenBucket {
            per_second: 15.0,
            burst: 2.0,
            then: [Refusal::Refuse, Refusal::Wait, Refusal::Drop][choose.next(3) as usize],
        }),
        fallback: if choose.one_in(4) { vec![Step::hold(time)] } else { Vec::new() },
        outlier: choose.maybe(5, |_| Outlier { after: 3, out_for: Nanos::from_secs(1), at_most: 0.5 }),
        ..Call::to(target)
    }
}
