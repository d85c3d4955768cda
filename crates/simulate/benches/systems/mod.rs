//! The systems as programs.

use plimsoll_simulate::Nanos;
use plimsoll_simulate::program::{
    Arrivals, Batch, Between, Call, Component, Distribution, Operation, Pause, Pool, Program, Rate, RatePoint, Retries,
    Scaling, Source, Spacing, Starts, Step,
};

fn stations(count: u64, servers: u32, rate: f64) -> Program {
    let mut program = Program::default();
    let second = program.add_distribution(Distribution::exponential(Nanos::from_secs(1)));
    let mut steps = Vec::new();
    for key in 0..count {
        let component = program.add_component(Component { workers: Some(servers), ..Component::default() });
        let visit = program.add_operation(Operation::new(component, key + 1, vec![Step::cpu(second)]));
        steps.push(Step::Call(program.add_call(Call::to(visit))));
    }
    program.add_open_journey(1, steps, Arrivals::poisson(rate));
    program
}

/// M/M/1 at 0.8.
pub(crate) fn one_server() -> Program {
    stations(1, 1, 0.8)
}

/// Twelve M/M/1 at 0.8 in a row.
pub(crate) fn tandem() -> Program {
    stations(12, 1, 0.8)
}

/// M/M/10 at 0.999, with so many queued at the start.
pub(crate) fn ten_servers(queued: u64) -> Program {
    let mut program = stations(1, 10, 9.99);
    if queued > 0 {
        let at_once = queued as f64 * 1e6;
        let point = |at, per_second| RatePoint { at: Nanos(at), per_second };
        let points = vec![point(0, at_once), point(1_000, 0.0)];
        let rate = Rate::Points { points, between: Between::Steps, every: None };
        let arrivals = Arrivals::Open { rate, spacing: Spacing::Paced, batch: Batch::One, surges: Vec::new() };
        let starts = Starts::Journey(plimsoll_simulate::program::JourneyId(0));
        program.add_source(Source { key: 2, starts, arrivals, scaling: Scaling::Kept });
    }
    program
}

/// Whether the chain arms its timeouts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timeouts {
    Armed,
    None,
}

/// Front (32 slots), back (16 slots), a pool of 8 connections to a store, 5 ms at each; 500 requests a second.
pub(crate) fn chain(timeouts: Timeouts) -> Program {
    let mut program = Program::default();
    let work = program.add_distribution(Distribution::exponential(Nanos::from_millis(5)));
    let pause = program.add_distribution(Distribution::exponential(Nanos::from_millis(20)));
    let store = program.add_component(Component::default());
    let query = program.add_operation(Operation::new(store, 1, vec![Step::hold(work)]));
    let back = program.add_component(Component { slots: Some(16), ..Component::default() });
    let pool = program.add_pool(Pool { owner: Some(back), size: 8, wait: None });
    let call = program.add_call(Call { pool: Some(pool), ..Call::to(query) });
    let handle = program.add_operation(Operation::new(back, 2, vec![Step::hold(work), Step::Call(call)]));
    let front = program.add_component(Component { slots: Some(32), ..Component::default() });
    let call = program.add_call(Call::to(handle));
    let enter = program.add_operation(Operation::new(front, 3, vec![Step::hold(work), Step::Call(call)]));
    let mut call = Call::to(enter);
    if timeouts == Timeouts::Armed {
        call.timeout = Some(Nanos::from_millis(100));
        call.retries = Some(Retries { backoff: Pause::Drawn(pause.into()), ..Retries::at_most(2) });
    }
    let call = program.add_call(call);
    program.add_open_journey(1, vec![Step::Call(call)], Arrivals::poisson(500.0));
    program
}
