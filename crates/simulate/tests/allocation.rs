//! Once its arrays have grown to what the load needs, a run allocates nothing. Alone in its binary, since it counts for
//! the whole process.

use plimsoll_simulate::program::{
    Arrivals, Call, Component, Cpu, Distribution, Group, Lock, Need, Operation, Pause, Pool, Program, Publish, Retries,
    Step, Topic,
};
use plimsoll_simulate::{Nanos, Options, Run, Seed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// A system that uses most mechanisms at a load that it bears well.
fn program() -> Program {
    let mut program = Program::default();
    let time = program.add_distribution(Distribution::exponential(Nanos::from_millis(4)));
    let pause = program.add_distribution(Distribution::exponential(Nanos::from_millis(2)));
    let lock = program.add_lock(Lock { keys: 100, skew: 0.8, holders: 1, wait: Some(time.into()) });
    let topic = program.add_topic(Topic { broker: None, partitions: 4, keys: 0 });
    let store = program.add_component(Component { cpu: Cpu::Shared { cores: 2.0 }, ..Component::default() });
    let query = program.add_operation(Operation::new(store, 1, vec![Step::cpu(time)]));
    let middle = Component { workers: Some(2), queue: Default::default(), ..Component::with_replicas(3) };
    let middle = program.add_component(middle);
    let pool = program.add_pool(Pool { owner: Some(middle), size: 4, wait: Some(time.into()) });
    let retries = Retries { backoff: Pause::Drawn(pause.into()), ..Retries::at_most(2) };
    let call =
        Call { timeout: Some(Nanos::from_millis(50)), retries: Some(retries), pool: Some(pool), ..Call::to(query) };
    let (one, other) = (program.add_call(call.clone()), program.add_call(call));
    let branches = vec![vec![Step::Call(one)], vec![Step::Call(other)]];
    let steps = vec![
        Step::cpu(time),
        Step::Lock { lock, does: vec![Step::hold(time)] },
        Step::Fork { needs: Need::All, branches },
        Step::Publish(Publish { topic, times: 1.0, hold: None, outbox: Some(time.into()) }),
    ];
    let work = program.add_operation(Operation::new(middle, 2, steps));
    let reader = program.add_component(Component { slots: Some(4), ..Component::default() });
    let handle = program.add_operation(Operation::new(reader, 3, vec![Step::hold(time)]));
    program.add_group(Group {
        topic,
        operation: handle,
        prefetch: 10,
        acknowledged: Default::default(),
        redeliveries: Some(3),
        pause: Pause::None,
        dead_letters: None,
        ordering: Default::default(),
    });
    let enter = program.add_call(Call { timeout: Some(Nanos::from_millis(200)), ..Call::to(work) });
    program.add_open_journey(1, vec![Step::Call(enter)], Arrivals::poisson(100.0));
    program
}

#[test]
fn no_event_allocates_in_steady_state() {
    let options = Options::until(Nanos::NEVER);
    let mut run = Run::new(&program(), Seed(1), &options).expect("the program can be run");
    run.advance(Nanos::from_secs(6_000));
    let before = run.ended();
    let region = Region::new(COUNTING);
    run.advance(Nanos::from_secs(7_000));
    let counted = region.change();
    assert!(run.ended() - before > 90_000);
    assert_eq!((counted.allocations, counted.reallocations), (0, 0), "{counted:?}");
}
