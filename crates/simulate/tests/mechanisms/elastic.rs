//! Replicas that come and go: autoscalers, rollouts, warm-ups, adaptive limits, shedding.

use plimsoll_simulate::program::{
    Adaptive, AtStart, Autoscaler, Balancing, Call, Cause, Component, Cpu, Metric, Replica, Rollout, Shed, Step, WarmUp,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

use super::small::{Small, failed_by, ms, near, paced};

/// So many replicas that run, and so many more that may.
fn replicas(up: usize, off: usize) -> Vec<Replica> {
    let of = |at_start| Replica { at_start, ..Replica::default() };
    [vec![of(AtStart::Up); up], vec![of(AtStart::Off); off]].concat()
}

fn scaler(metric: Metric) -> Autoscaler {
    Autoscaler {
        min: 2,
        max: 10,
        metric,
        every: Nanos::from_secs(15),
        tolerance: 0.1,
        down_after: Nanos::from_secs(300),
    }
}

#[test]
fn an_autoscaler_follows_the_load_with_its_delays() {
    let mut small = Small::default();
    let (time, start) = (small.fixed(10), small.fixed(20_000));
    let component = Component {
        replicas: replicas(2, 8),
        balancing: Balancing::RoundRobin,
        cpu: Cpu::Shared { cores: 1.0 },
        start_up: Some(start.into()),
        autoscaler: Some(scaler(Metric::Cpu { target: 0.6 })),
        ..Component::default()
    };
    let (_, ask) = small.add(component, vec![Step::cpu(time)]);
    // 168 a second at 10 ms use 84 % of two cores: ceil(2 × 84 ÷ 60) = 3.
    small.users(Call::to(ask), paced(168.0));
    let options = Options { window: Some(Nanos::from_secs(5)), ..Options::until(Nanos::from_secs(100)) };
    let measured = run(&small.program, Seed(1), &options).expect("it can be run");
    let up: Vec<f64> = measured.windows.iter().map(|window| window.up[0]).collect();
    // It looks at 15 s, and the third serves at 35 s.
    assert_eq!(up[..7], [2.0; 7]);
    assert_eq!(up[7..20], [3.0; 13], "{up:?}");
}

#[test]
fn an_autoscaler_takes_away_only_after_its_window() {
    let mut small = Small::default();
    let time = small.fixed(10);
    let component = Component {
        replicas: replicas(6, 4),
        balancing: Balancing::RoundRobin,
        autoscaler: Some(scaler(Metric::Rate { target: 10.0 })),
        ..Component::default()
    };
    let (_, ask) = small.add(component, vec![Step::hold(time)]);
    small.users(Call::to(ask), paced(60.0));
    // From 100 s on a third of the load: two replicas are wanted, five minutes later.
    let factor = plimsoll_simulate::program::FaultKind::Load { factor: 1.0 / 3.0 };
    let fault =
        plimsoll_simulate::program::Fault { from: Nanos::from_secs(100), until: Nanos::from_secs(1_000), kind: factor };
    small.program.add_fault(fault);
    let options = Options { window: Some(Nanos::from_secs(10)), ..Options::until(Nanos::from_secs(600)) };
    let measured = run(&small.program, Seed(1), &options).expect("it can be run");
    let up: Vec<f64> = measured.windows.iter().map(|window| window.up[0]).collect();
    assert!(up[..40].iter().all(|up| *up == 6.0), "{up:?}");
    assert!(up[43..].iter().all(|up| *up == 2.0), "{up:?}");
}

#[test]
fn a_bad_deploy_fails_its_share_until_it_is_taken_back() {
    let mut small = Small::default();
    let (time, start) = (small.fixed(1), small.fixed(5_000));
    let rollout = Rollout {
        at: Nanos::from_secs(20),
        at_once: 1,
        surge: 0,
        pause: Nanos::from_secs(5),
        fails: 0.5,
        slow: 1.0,
        back_after: Some(Nanos::from_secs(80)),
    };
    let component = Component {
        replicas: replicas(2, 0),
        balancing: Balancing::RoundRobin,
        start_up: Some(start.into()),
        rollout: Some(rollout),
        ..Component::default()
    };
    let (_, ask) = small.add(component, vec![Step::hold(time)]);
    small.users(Call::to(ask), paced(100.0));
    let options = Options { window: Some(Nanos::from_secs(10)), ..Options::until(Nanos::from_secs(120)) };
    let measured = run(&small.program, Seed(1), &options).expect("it can be run");
    let failed: Vec<u64> =
        measured.windows.iter().map(|window| window.journeys[0].failed.iter().map(|each| each.count).sum()).collect();
    assert_eq!((failed[0], failed[1], failed[10], failed[11]), (0, 0, 0, 0), "{failed:?}");
    near("all are new", failed[6] as f64, 500.0, 0.15);
    assert_eq!(failed_by(&measured.journeys[0], Cause::Fault), measured.journeys[0].failed());
}

#[test]
fn a_started_replica_is_slower_at_first() {
    let mut small = Small::default();
    let (time, start) = (small.fixed(10), small.fixed(0));
    let component = Component {
        warm_up: Some(WarmUp { takes: Nanos::from_secs(20), slower: 3.0 }),
        start_up: Some(start.into()),
        ..Component::default()
    };
    let (component, ask) = small.add(component, vec![Step::cpu(time)]);
    small.users(Call::to(ask), paced(10.0));
    let lost = plimsoll_simulate::program::FaultKind::LoseComponent(component);
    small.program.add_fault(plimsoll_simulate::program::Fault {
        from: Nanos::from_secs(10),
        until: Nanos::from_secs(20),
        kind: lost,
    });
    let options = Options { window: Some(Nanos::from_secs(10)), ..Options::until(Nanos::from_secs(50)) };
    let measured = run(&small.program, Seed(1), &options).expect("it can be run");
    let mean = |window: usize| measured.windows[window].journeys[0].latency.mean().as_secs_f64() * 1e3;
    assert_eq!(mean(0), 10.0);
    // From three times as long to once, over twenty seconds.
    near("the first ten", mean(2), 25.0, 0.02);
    near("the second ten", mean(3), 15.0, 0.02);
    assert_eq!(mean(4), 10.0);
}

#[test]
fn an_adaptive_limit_settles_where_the_latency_is_the_target() {
    let mut small = Small::default();
    let time = small.exponential(10);
    let component = Component {
        cpu: Cpu::Shared { cores: 1.0 },
        adaptive: Some(Adaptive { min: 1, max: 200, target: ms(50) }),
        queue: plimsoll_simulate::program::Queue { length: Some(0), ..Default::default() },
        ..Component::default()
    };
    let (_, ask) = small.add(component, vec![Step::cpu(time)]);
    small.users(Call::to(ask), plimsoll_simulate::program::Arrivals::poisson(300.0));
    let measured = small.run(500);
    // Three times what it can bear: it serves its 100 a second, about the target's 5 at once.
    near("served", measured.journeys[0].completed as f64, 50_000.0, 0.1);
    let open = measured.components[0].open.mean(measured.measured);
    assert!((2.0..6.0).contains(&open), "{open}");
}

#[test]
fn shedding_keeps_the_queue_short_for_those_who_matter() {
    let mut small = Small::default();
    let time = small.fixed(10);
    let shed = Shed { above: ms(50), keeps: 1, then: Default::default() };
    let component = Component { workers: Some(1), shed: Some(shed), ..Component::default() };
    let (_, ask) = small.add(component, vec![Step::cpu(time)]);
    small.users(Call::to(ask), paced(50.0));
    let other = small.program.add_call(Call::to(ask));
    let second = small.program.add_open_journey(2, vec![Step::Call(other)], paced(100.0));
    small.program.journeys[second.index()].rank = 2;
    let measured = small.run(100);
    assert_eq!(measured.journeys[0].failed(), 0);
    near("half of the others", failed_by(&measured.journeys[1], Cause::Shed) as f64, 5_000.0, 0.05);
    assert!(measured.journeys[0].latency.longest() < ms(120));
}
