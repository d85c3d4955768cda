//! Single stations, networks and closed systems.

use plimsoll_simulate::program::{
    Arrivals, AtStart, Batch, Call, ColdStart, Component, Cpu, Distribution, FailureClock, Failures, Interrupted,
    Jitter, Journey, Need, Operation, Pause, Priority, Queue, Rate, Refusal, Replica, ReplicaFailures, Retries,
    Scaling, Source, Spacing, Starts, Step, Way,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

use super::measured::{
    Length, System, UNIT, expect, mean_latency, mean_wait, measure, quantile, ratio, share_failing, share_waiting,
    units,
};

const LONG: Length = Length { warm_up: 2_000.0, window: 40_000.0, windows: 30 };

fn single(arrivals: Arrivals, component: Component, service: Distribution) -> System {
    let mut system = System::default();
    let service = system.distribution(service);
    let visit = system.station(component, vec![Step::cpu(service)]);
    let visit = system.visit(visit);
    system.journey(vec![visit], arrivals);
    system
}

fn one_server() -> Component {
    Component { workers: Some(1), ..Component::default() }
}

#[test]
fn a01_one_server() {
    let system = single(Arrivals::poisson(0.8), one_server(), Distribution::exponential(UNIT));
    let (measured, windows) = measure(&system, 1, LONG);
    expect("W", mean_latency(&windows), 5.0, 0.02);
    expect("Lq", ratio(&windows, |w| w.queue[0], |_| 1.0), 3.2, 0.03);
    expect("busy", ratio(&windows, |w| w.busy[0], |_| 1.0), 0.8, 0.01);
    expect("p99", quantile(&measured, &windows, 0.99), 23.025_851, 0.03);
    expect("p99.9", quantile(&measured, &windows, 0.999), 34.538_776, 0.05);
}

#[test]
fn a02_ten_servers() {
    let component = Component { workers: Some(10), ..Component::default() };
    let system = single(Arrivals::poisson(9.0), component, Distribution::exponential(UNIT));
    let (measured, windows) = measure(&system, 2, Length { warm_up: 1_000.0, window: 5_000.0, windows: 40 });
    expect("P(wait)", share_waiting(&windows, 0.0), 0.668_732, 0.01);
    expect("W", mean_latency(&windows), 1.668_732, 0.02);
    let wait = measured.journeys[0].waited.quantile(0.99).expect("some wait").as_secs_f64();
    assert!((wait / 4.202_798 - 1.0).abs() < 0.05, "p99 of the wait: {wait}");
}

#[test]
fn a02_ten_replicas_of_one_server_with_one_queue_are_ten_servers() {
    let shared = Component {
        workers: Some(1),
        balancing: plimsoll_simulate::program::Balancing::SharedQueue,
        ..Component::with_replicas(10)
    };
    let system = single(Arrivals::poisson(9.0), shared, Distribution::exponential(UNIT));
    let (_, windows) = measure(&system, 2, Length { warm_up: 1_000.0, window: 5_000.0, windows: 40 });
    expect("P(wait)", share_waiting(&windows, 0.0), 0.668_732, 0.01);
    expect("W", mean_latency(&windows), 1.668_732, 0.02);
}

#[test]
fn a03_loss() {
    let with_room = |room| Component {
        workers: Some(4),
        queue: Queue { length: Some(room), ..Queue::default() },
        ..Component::default()
    };
    let system = single(Arrivals::poisson(5.0), with_room(6), Distribution::exponential(UNIT));
    let (_, windows) = measure(&system, 3, Length { warm_up: 100.0, window: 5_000.0, windows: 40 });
    expect("loss", share_failing(&windows), 0.230_024, 0.01);
    expect("W of accepted", mean_latency(&windows), 1.910_739, 0.01);
    let ten = Component { workers: Some(10), ..with_room(0) };
    let system = single(Arrivals::poisson(8.0), ten, Distribution::exponential(UNIT));
    let (_, windows) = measure(&system, 3, Length { warm_up: 100.0, window: 5_000.0, windows: 40 });
    expect("Erlang B", share_failing(&windows), 0.121_661, 0.02);
}

#[test]
fn a04_fixed_service() {
    let system = single(Arrivals::poisson(0.8), one_server(), Distribution::Fixed(UNIT));
    let (_, windows) = measure(&system, 4, LONG);
    expect("Wq", mean_wait(&windows), 2.0, 0.02);
    expect("W", mean_latency(&windows), 3.0, 0.02);
}

#[test]
fn a05_lognormal_service() {
    let system = single(Arrivals::poisson(0.7), one_server(), Distribution::lognormal(UNIT, 2.0));
    let (_, windows) = measure(&system, 5, LONG);
    expect("Wq", mean_wait(&windows), 5.833_333, 0.05);
    expect("W", mean_latency(&windows), 6.833_333, 0.05);
}

#[test]
fn a06_processor_sharing_is_insensitive() {
    let cores = Component { cpu: Cpu::Shared { cores: 1.0 }, ..Component::default() };
    for service in [Distribution::lognormal(UNIT, 2.0), Distribution::exponential(UNIT), Distribution::Fixed(UNIT)] {
        let system = single(Arrivals::poisson(0.7), cores.clone(), service);
        let (_, windows) = measure(&system, 6, LONG);
        expect("W", mean_latency(&windows), 3.333_333, 0.02);
    }
    // Those of size 0.5 among others: 0.5 / (1 − 0.7), whatever the others are.
    let mut system = single(Arrivals::poisson(0.35), cores, Distribution::Fixed(units(0.5)));
    let large = system.distribution(Distribution::lognormal(units(1.5), 2.0));
    let component = system.program.operations[0].component;
    let key = system.key();
    let other = system.program.add_operation(Operation::new(component, key, vec![Step::cpu(large)]));
    let other = system.visit(other);
    system.journey(vec![other], Arrivals::poisson(0.35));
    let (_, windows) = measure(&system, 6, LONG);
    expect("W of size 0.5", mean_latency(&windows), 1.666_667, 0.02);
}

/// Two classes at one server: 0.3 of the first rank, 0.4 of the second.
fn ranked(priority: Priority) -> System {
    let component = Component { priority, ..one_server() };
    let mut system = single(Arrivals::poisson(0.3), component, Distribution::exponential(UNIT));
    let again = system.visit(plimsoll_simulate::program::OperationId(0));
    system.journey(vec![again], Arrivals::poisson(0.4));
    system.program.journeys[1].rank = 2;
    system
}

#[test]
fn a07_priority_without_interruption() {
    let (measured, windows) = measure(&ranked(Priority::NonPreemptive), 7, LONG);
    expect("Wq of the first", mean_wait(&windows), 1.0, 0.02);
    let second = measured.journeys[1].waited.mean().as_secs_f64();
    assert!((second / 3.333_333 - 1.0).abs() < 0.03, "Wq of the second: {second}");
}

#[test]
fn a07_priority_with_interruption() {
    // The first rank sees an M/M/1 of its own: 1 / (1 − 0.3). The second: 1 / ((1 − 0.3)(1 − 0.7)).
    let (measured, windows) = measure(&ranked(Priority::PreemptiveResume), 7, LONG);
    expect("W of the first", mean_latency(&windows), 1.0 / 0.7, 0.02);
    let second = measured.journeys[1].latency.mean().as_secs_f64();
    assert!((second / (1.0 / 0.21) - 1.0).abs() < 0.03, "W of the second: {second}");
}

#[test]
fn a08_open_network_with_feedback() {
    let mut system = System::default();
    let rates = [2.5, 2.2, 2.0].map(|rate: f64| system.exponential(1.0 / rate));
    let stations = rates.map(|service| system.servers(1, vec![Step::cpu(service)]));
    let [one, two, three] = stations;
    let calls = stations.map(|operation| system.program.add_call(Call::to(operation)));
    // Each station passes on what it has done: the routes are part of its code, behind its own work.
    let way = |odds, to: usize| Way { odds, does: vec![Step::Call(calls[to])] };
    let add = |system: &mut System, operation: plimsoll_simulate::program::OperationId, ways| {
        system.program.operations[operation.index()].steps.push(Step::Branch(ways));
    };
    add(&mut system, one, vec![way(0.6, 1), way(0.3, 2)]);
    add(&mut system, two, vec![way(0.5, 2)]);
    add(&mut system, three, vec![way(0.2, 0)]);
    // A call belongs to one caller: the entries have calls of their own, and so have the routes that others use too.
    let again = system.program.add_call(Call::to(three));
    system.program.operations[two.index()].steps[1] =
        Step::Branch(vec![Way { odds: 0.5, does: vec![Step::Call(again)] }]);
    let enter = system.visit(one);
    system.journey(vec![enter], Arrivals::poisson(1.0));
    let enter = system.visit(two);
    system.journey(vec![enter], Arrivals::poisson(0.5));
    let (measured, windows) = measure(&system, 8, Length { warm_up: 500.0, window: 20_000.0, windows: 40 });
    for (station, exact) in [0.913_043, 1.235_566, 0.934_066].into_iter().enumerate() {
        expect("L", ratio(&windows, |w| w.busy[station] + w.queue[station], |_| 1.0), exact, 0.03);
    }
    for (station, exact) in [1.193_182, 1.215_909, 0.965_909].into_iter().enumerate() {
        let rate = measured.operations[station].completed as f64 / measured.measured.as_secs_f64();
        assert!((rate / exact - 1.0).abs() < 0.01, "rate of station {station}: {rate}");
    }
    let sum = |f: fn(&plimsoll_simulate::measurements::JourneyWindow) -> f64| {
        move |w: &plimsoll_simulate::measurements::Window| w.journeys.iter().map(f).sum::<f64>()
    };
    let latency = ratio(&windows, sum(|j| j.latency.sum() as f64 / 1e9), sum(|j| j.latency.count() as f64));
    expect("W", latency, 2.055_117, 0.02);
}

/// A closed journey of users who think.
fn closed(system: &mut System, users: u32, think: f64, steps: Vec<Step>) {
    let think = system.exponential(think);
    let key = system.key();
    let journey = system.program.add_journey(Journey { key, rank: 1, patience: None, steps });
    let arrivals = Arrivals::Closed { users, think: think.into() };
    let source = Source { key, starts: Starts::Journey(journey), arrivals, scaling: Scaling::Scaled };
    system.program.add_source(source);
}

#[test]
fn a09_machine_repair() {
    let mut system = System::default();
    let service = system.exponential(1.0);
    let visit = system.servers(2, vec![Step::cpu(service)]);
    let visit = system.visit(visit);
    closed(&mut system, 20, 10.0, vec![visit]);
    let (_, windows) = measure(&system, 9, Length { warm_up: 1_000.0, window: 10_000.0, windows: 30 });
    expect("X", ratio(&windows, |w| w.journeys[0].latency.count() as f64, |_| 10_000.0), 1.654_791, 0.01);
    expect("R", mean_latency(&windows), 2.086_121, 0.02);
}

#[test]
fn a10_patience() {
    let mut system = System::default();
    let (service, patience) = (system.exponential(1.0), system.exponential(2.0));
    let queue = Queue { wait: Some(patience.into()), ..Queue::default() };
    let component = Component { workers: Some(10), queue, ..Component::default() };
    let visit = system.station(component, vec![Step::cpu(service)]);
    let visit = system.visit(visit);
    system.journey(vec![visit], Arrivals::poisson(11.0));
    let (_, windows) = measure(&system, 10, Length { warm_up: 100.0, window: 3_000.0, windows: 40 });
    expect("P(abandon)", share_failing(&windows), 0.147_746, 0.02);
    // All who wait: Little's law on the queue.
    expect("mean wait of all", ratio(&windows, |w| w.queue[0], |_| 11.0), 0.295_492, 0.02);
}

#[test]
fn a11_fork_and_join() {
    let mut system = System::default();
    let service = system.exponential(1.0);
    let visits: Vec<Vec<Step>> = (0..2)
        .map(|_| {
            let visit = system.servers(1, vec![Step::cpu(service)]);
            vec![system.visit(visit)]
        })
        .collect();
    system.journey(vec![Step::Fork { needs: Need::All, branches: visits }], Arrivals::poisson(0.6));
    let (_, windows) = measure(&system, 11, LONG);
    expect("T", mean_latency(&windows), 3.5625, 0.02);
}

/// One server that fails: every 20 on average, repaired in 4, what it does resumes.
fn failing(counted: FailureClock) -> System {
    let mut system = System::default();
    let (service, every, repair) = (system.exponential(1.0), system.exponential(20.0), system.exponential(4.0));
    let rule = ReplicaFailures { every: every.into(), repair: repair.into(), counted, work: Interrupted::Resumes };
    let component = Component { failures: Some(rule), ..one_server() };
    let visit = system.station(component, vec![Step::cpu(service)]);
    let visit = system.visit(visit);
    system.journey(vec![visit], Arrivals::poisson(0.5));
    system
}

#[test]
fn a12_failures() {
    let (_, windows) = measure(&failing(FailureClock::WhileBusy), 12, LONG);
    expect("W, failing while busy", mean_latency(&windows), 4.0, 0.03);
    let (_, windows) = measure(&failing(FailureClock::Always), 12, LONG);
    expect("W, failing at any time", mean_latency(&windows), 4.666_667, 0.03);
}

#[test]
fn a13_three_of_five() {
    let mut system = System::default();
    let (every, repair) = (system.exponential(100.0), system.exponential(2.0));
    let rule = ReplicaFailures {
        every: every.into(),
        repair: repair.into(),
        counted: FailureClock::Always,
        work: Interrupted::Lost,
    };
    let replica = Replica { at_start: AtStart::Up, ..Replica::default() };
    let component =
        Component { replicas: vec![replica; 5], failures: Some(rule), quorum: Some(3), ..Component::default() };
    system.program.add_component(component);
    let options = Options { warm_up: units(100.0), ..Options::until(units(20_000_000.0)) };
    let measured = run(&system.program, Seed(13), &options).expect("the program can be run");
    let down = 1.0 - measured.components[0].works.mean(measured.measured);
    // Unavailable 7.319e-5 of the time, in outages of a repair or so each: some hundreds of them.
    assert!((down / (1.0 - 0.999_926_81) - 1.0).abs() < 0.15, "unavailability {down:e}");
    let up = measured.components[0].up.mean(measured.measured);
    assert!((up / (5.0 * 0.5 / 0.51) - 1.0).abs() < 0.001, "{up}");
}

#[test]
fn a14_batches() {
    let arrivals = Arrivals::Open {
        rate: Rate::Constant(0.2),
        spacing: Spacing::Poisson,
        batch: Batch::Geometric { mean: 3.0 },
        surges: Vec::new(),
    };
    let system = single(arrivals, one_server(), Distribution::exponential(UNIT));
    let (_, windows) = measure(&system, 14, LONG);
    expect("L", ratio(&windows, |w| w.busy[0] + w.queue[0], |_| 1.0), 4.5, 0.03);
    expect("W", mean_latency(&windows), 7.5, 0.03);
}

#[test]
fn a15_closed_network() {
    let mut system = System::default();
    let visits = [0.5, 0.3, 0.2].map(|demand| {
        let service = system.exponential(demand);
        let visit = system.servers(1, vec![Step::cpu(service)]);
        system.visit(visit)
    });
    closed(&mut system, 20, 5.0, visits.to_vec());
    let (_, windows) = measure(&system, 15, Length { warm_up: 1_000.0, window: 5_000.0, windows: 40 });
    expect("X", ratio(&windows, |w| w.journeys[0].latency.count() as f64, |_| 5_000.0), 1.971_435, 0.01);
    expect("R", mean_latency(&windows), 5.144_896, 0.02);
}

#[test]
fn a16_retrial() {
    let mut system = System::default();
    let (service, pause) = (system.exponential(1.0), system.exponential(2.0));
    let queue = Queue { length: Some(0), then: Refusal::RefuseWith(429), ..Queue::default() };
    let visit = system.station(Component { queue, ..one_server() }, vec![Step::cpu(service)]);
    let retries = Retries {
        max: None,
        on: Failures::with_codes(&[429]),
        backoff: Pause::Drawn(pause.into()),
        jitter: Jitter::None,
        budget: None,
    };
    let call = system.program.add_call(Call { retries: Some(retries), ..Call::to(visit) });
    system.journey(vec![Step::Call(call)], Arrivals::poisson(0.6));
    let (_, windows) = measure(&system, 16, LONG);
    expect("W", mean_latency(&windows), 5.5, 0.03);
}

#[test]
fn a17_paced_arrivals() {
    let arrivals =
        Arrivals::Open { rate: Rate::Constant(0.8), spacing: Spacing::Paced, batch: Batch::One, surges: Vec::new() };
    let system = single(arrivals, one_server(), Distribution::exponential(UNIT));
    let (_, windows) = measure(&system, 17, LONG);
    expect("W", mean_latency(&windows), 2.692_731, 0.02);
    expect("P(wait)", share_waiting(&windows, 0.0), 0.628_630, 0.01);
}

#[test]
fn a18_cold_start_after_idle() {
    let mut system = System::default();
    let (service, start) = (system.exponential(1.0), system.exponential(10.0));
    let cold_start = Some(ColdStart { takes: start.into(), after_idle: Nanos::ZERO });
    let visit = system.station(Component { cold_start, ..one_server() }, vec![Step::cpu(service)]);
    let visit = system.visit(visit);
    system.journey(vec![visit], Arrivals::poisson(0.5));
    let (_, windows) = measure(&system, 18, LONG);
    expect("W", mean_latency(&windows), 12.0, 0.03);
}

#[test]
fn a19_sinusoidal_load() {
    // 100 + 60 sin(0.5 t): a period of 4π.
    const PARTS: usize = 64;
    let period = units(4.0 * std::f64::consts::PI);
    let arrivals = Arrivals::Open {
        rate: Rate::Swing { mean: 100.0, by: 60.0, every: period },
        spacing: Spacing::Poisson,
        batch: Batch::One,
        surges: Vec::new(),
    };
    let system = single(arrivals, Component::default(), Distribution::exponential(UNIT));
    let window = Nanos(period.0 / PARTS as u64);
    let options = Options { window: Some(window), ..Options::until(Nanos(period.0 * 400)) };
    let measured = run(&system.program, Seed(19), &options).expect("the program can be run");
    // The first harmonic of the number at work, over whole periods after the first.
    let (mut sine, mut cosine, mut mean) = (0.0, 0.0, 0.0);
    let windows = &measured.windows[PARTS..measured.windows.len() / PARTS * PARTS];
    for window in windows {
        let middle = f64::midpoint(window.from.as_secs_f64(), window.until.as_secs_f64());
        sine += window.busy[0] * (0.5 * middle).sin();
        cosine += window.busy[0] * (0.5 * middle).cos();
        mean += window.busy[0];
    }
    let count = windows.len() as f64;
    let amplitude = 2.0 * sine.hypot(cosine) / count;
    let lag = (-cosine).atan2(sine) / 0.5;
    assert!((mean / count - 100.0).abs() < 0.5, "mean {}", mean / count);
    assert!((amplitude / 53.665_631 - 1.0).abs() < 0.01, "amplitude {amplitude}");
    assert!((lag / 0.927_295 - 1.0).abs() < 0.02, "lag {lag}");
    assert!(((mean / count + amplitude) / 153.665_631 - 1.0).abs() < 0.01, "peak");
}
