//! Conservation and scaling, over any program; Little's law and utilisation where they are exact.

use plimsoll_simulate::measurements::Flow;
use plimsoll_simulate::program::{Arrivals, Component, Distribution, Program, Rate};
use plimsoll_simulate::{Nanos, Options, Seed, run};
use proptest::prelude::*;

use super::any_program::any_program;

const RUN: Nanos = Nanos::from_secs(20);

fn is_conserved(flow: &Flow) -> bool {
    flow.open_at_start + flow.offered == flow.completed + flow.failed() + flow.open_at_end
}

/// The same program with every time so many times as long.
fn slower(program: &Program, factor: u64) -> Program {
    let mut slower = program.clone();
    for distribution in &mut slower.distributions {
        *distribution = match distribution.clone() {
            Distribution::Fixed(time) => Distribution::Fixed(Nanos(time.0 * factor)),
            Distribution::Exponential { mean } => Distribution::Exponential { mean: mean * factor as f64 },
            Distribution::Gamma { shape, scale } => Distribution::Gamma { shape, scale: scale * factor as f64 },
            other => other,
        };
    }
    for source in &mut slower.sources {
        if let Arrivals::Open { rate: Rate::Constant(rate), .. } = &mut source.arrivals {
            *rate /= factor as f64;
        }
    }
    slower
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_accounted_for(program in any_program(), seed: u64, warm_up in 0..10_u64) {
        let options = Options { warm_up: Nanos::from_secs(warm_up), ..Options::until(RUN) };
        let measured = run(&program, Seed(seed), &options).expect("any program can be run");
        for flow in measured.journeys.iter().chain(&measured.operations).chain(&measured.calls) {
            prop_assert!(is_conserved(flow), "{flow:?}");
        }
        for group in &measured.groups {
            prop_assert!(group.handled + group.dead <= group.published + group.backlog.highest + 1000);
        }
    }

    #[test]
    fn everything_drains_when_nothing_more_comes(program in any_program(), seed: u64) {
        let mut program = program;
        for source in &mut program.sources {
            if let Arrivals::Open { rate, .. } = &mut source.arrivals {
                let point = |at, per_second| plimsoll_simulate::program::RatePoint { at: Nanos::from_secs(at), per_second };
                let Rate::Constant(per_second) = rate.clone() else { continue };
                let between = plimsoll_simulate::program::Between::Steps;
                *rate = Rate::Points { points: vec![point(0, per_second), point(3, 0.0)], between, every: None };
            }
        }
        // What is dropped is open until somebody gives up.
        for call in &mut program.calls {
            call.timeout.get_or_insert(Nanos::from_secs(2));
        }
        let measured = run(&program, Seed(seed), &Options::until(Nanos::from_secs(4_000))).expect("it can be run");
        for (index, flow) in measured.journeys.iter().chain(&measured.operations).chain(&measured.calls).enumerate() {
            prop_assert_eq!(flow.open_at_end, 0, "flow {}: {:?}", index, flow.failed);
        }
    }

    #[test]
    fn an_idle_component_changes_nothing(program in any_program(), seed: u64) {
        let before = run(&program, Seed(seed), &Options::until(RUN)).expect("any program can be run");
        let mut more = program;
        more.add_component(Component { slots: Some(3), ..Component::with_replicas(2) });
        let after = run(&more, Seed(seed), &Options::until(RUN)).expect("any program can be run");
        prop_assert_eq!(before.journeys, after.journeys);
        prop_assert_eq!(before.trace, after.trace);
    }
}

/// Three stations in a row, of which the second shares its core.
fn tandem() -> Program {
    use plimsoll_simulate::program::{Call, Cpu, Operation, Step};
    let mut program = Program::default();
    let mut steps = Vec::new();
    for (index, (workers, cpu)) in
        [(Some(1), Cpu::Unlimited), (None, Cpu::Shared { cores: 1.0 }), (Some(2), Cpu::Unlimited)]
            .into_iter()
            .enumerate()
    {
        let time = program.add_distribution(Distribution::exponential(Nanos::from_millis(10)));
        let component = program.add_component(Component { workers, cpu, ..Component::default() });
        let visit = program.add_operation(Operation::new(component, index as u64 + 1, vec![Step::cpu(time)]));
        steps.push(Step::Call(program.add_call(Call::to(visit))));
    }
    program.add_open_journey(1, steps, Arrivals::poisson(70.0));
    program
}

#[test]
fn littles_law_and_the_utilisation_law_hold_exactly_over_a_drained_run() {
    // The integral of the number there is the sum of the times that each was there.
    let mut program = tandem();
    let Arrivals::Open { rate, .. } = &mut program.sources[0].arrivals else { panic!("it is open") };
    let point = |at, per_second| plimsoll_simulate::program::RatePoint { at: Nanos::from_secs(at), per_second };
    let between = plimsoll_simulate::program::Between::Steps;
    *rate = Rate::Points { points: vec![point(0, 70.0), point(500, 0.0)], between, every: None };
    let measured = run(&program, Seed(3), &Options::until(Nanos::from_secs(600))).expect("it can be run");
    for (component, operation) in measured.components.iter().zip(&measured.operations) {
        assert_eq!(component.open.integral, operation.latency.sum());
        assert_eq!(component.queue.integral, operation.waited.sum());
        // Work is counted where it begins, in whole nanoseconds.
        let busy = component.busy.integral as f64;
        if component.workers.integral > 0 {
            assert!((component.cpu.integral as f64 / busy - 1.0).abs() < 1e-6);
        }
    }
    let through: u128 = measured.operations.iter().map(|operation| operation.latency.sum()).sum();
    assert_eq!(through, measured.journeys[0].latency.sum());
}

#[test]
fn twice_the_time_of_everything_is_twice_every_latency() {
    let (one, two) = (tandem(), slower(&tandem(), 2));
    let once = run(&one, Seed(5), &Options::until(Nanos::from_secs(200))).expect("it can be run");
    let twice = run(&two, Seed(5), &Options::until(Nanos::from_secs(400))).expect("it can be run");
    let (once, twice) = (&once.journeys[0], &twice.journeys[0]);
    assert!(once.offered.abs_diff(twice.offered) <= 1);
    let ratio = twice.latency.mean().0 as f64 / once.latency.mean().0 as f64;
    assert!((ratio - 2.0).abs() < 1e-3, "{ratio}");
}

#[test]
fn more_replicas_are_never_worse_without_retries() {
    let mean = |replicas| {
        let mut program = tandem();
        for component in &mut program.components {
            component.replicas = vec![plimsoll_simulate::program::Replica::default(); replicas];
            component.balancing = plimsoll_simulate::program::Balancing::LeastRequests;
        }
        let measured = run(&program, Seed(7), &Options::until(Nanos::from_secs(500))).expect("it can be run");
        measured.journeys[0].latency.mean()
    };
    let means: Vec<Nanos> = (1..5).map(mean).collect();
    assert!(means.is_sorted_by(|more, fewer| more >= fewer), "{means:?}");
}
