//! What goes wrong, and what is left of it when it is over.

use plimsoll_simulate::measurements::Measurements;
use plimsoll_simulate::program::{
    Access, Arrivals, Call, Cause, Component, Fault, FaultKind, HealthCheck, Network, OperationFault, PlaceId, Replica,
    ServedBy, Step, TopicId,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

use super::small::{Small, failed_by, ms, near, paced};

const MINUTE: Nanos = Nanos::from_secs(60);

fn fault(small: &mut Small, from: u64, until: u64, kind: FaultKind) {
    small.program.add_fault(Fault { from: Nanos::from_secs(from), until: Nanos::from_secs(until), kind });
}

/// A run with windows of ten seconds.
fn by_windows(small: &Small, seconds: u64) -> Measurements {
    let options = Options { window: Some(Nanos::from_secs(10)), ..Options::until(Nanos::from_secs(seconds)) };
    run(&small.program, Seed(1), &options).expect("the program can be run")
}

/// Failures in each window.
fn failures(measured: &Measurements) -> Vec<u64> {
    let failed = |window: &plimsoll_simulate::measurements::Window| {
        window.journeys[0].failed.iter().map(|each| each.count).sum()
    };
    measured.windows.iter().map(failed).collect()
}

/// Two replicas in two places, 10 requests a second.
fn two_places(health_check: Option<HealthCheck>) -> Small {
    let mut small = Small::default();
    small.program.network = Network { places: 2, links: Vec::new() };
    let time = small.fixed(1);
    let replica = |place| Replica { place: PlaceId(place), ..Replica::default() };
    let balancing = plimsoll_simulate::program::Balancing::RoundRobin;
    let replicas = vec![replica(0), replica(1)];
    let component = Component { replicas, balancing, health_check, ..Component::default() };
    let (_, ask) = small.add(component, vec![Step::hold(time)]);
    small.users(Call::to(ask), paced(10.0));
    fault(&mut small, 20, 50, FaultKind::LosePlaces(vec![PlaceId(1)]));
    small
}

#[test]
fn a_lost_place_is_known_at_once_or_by_health_checks() {
    let at_once = by_windows(&two_places(None), 60);
    assert_eq!(failures(&at_once), [0, 0, 0, 0, 0, 0]);
    near("half are up", at_once.windows[3].up[0], 1.0, 0.001);
    let check = HealthCheck { every: Nanos::from_secs(2), timeout: Nanos::from_secs(1), fails: 2, passes: 1 };
    let checked = by_windows(&two_places(Some(check)), 60);
    // Between 3 and 5 seconds in which every second request goes to the lost one.
    let failed = failures(&checked);
    assert!((14..=26).contains(&failed[2]), "{failed:?}");
    assert_eq!(failed.iter().sum::<u64>(), failed[2]);
}

#[test]
fn a_lost_component_leaves_nobody_to_ask() {
    let mut small = Small::default();
    let ask = small.keeps(1);
    small.users(Call::to(ask), paced(10.0));
    let component = small.program.operations[ask.index()].component;
    fault(&mut small, 20, 40, FaultKind::LoseComponent(component));
    let measured = by_windows(&small, 60);
    // The one that comes at the very moment of the repair finds it starting.
    assert_eq!(failures(&measured), [0, 0, 100, 100, 1, 0]);
    near("up", measured.components[0].works.mean(measured.measured), 40.0 / 60.0, 0.001);
}

#[test]
fn an_operation_hangs_fails_slows_and_is_delayed() {
    let mut small = Small::default();
    let ask = small.keeps(100);
    small.users(Call { timeout: Some(ms(1_000)), ..Call::to(ask) }, Arrivals::poisson(100.0));
    let kind = |fault| FaultKind::Operation { operation: ask, fault };
    fault(&mut small, 0, 100, kind(OperationFault { hang: 0.375, ..OperationFault::default() }));
    fault(&mut small, 100, 200, kind(OperationFault { fail: 0.2, ..OperationFault::default() }));
    fault(&mut small, 200, 300, kind(OperationFault { delay: ms(200), ..OperationFault::default() }));
    let measured = by_windows(&small, 300);
    let users = &measured.journeys[0];
    near("hanging", failed_by(users, Cause::Timeout) as f64, 3_750.0, 0.07);
    near("failing", failed_by(users, Cause::Fault) as f64, 2_000.0, 0.08);
    assert_eq!(measured.windows[25].journeys[0].latency.longest(), ms(300));

    let mut small = Small::default();
    let time = small.fixed(100);
    let (_, ask) = small.add(Component::default(), vec![Step::cpu(time)]);
    small.users(Call::to(ask), paced(10.0));
    let slow = OperationFault { slow: 3.0, ..OperationFault::default() };
    fault(&mut small, 10, 20, FaultKind::Operation { operation: ask, fault: slow });
    let measured = by_windows(&small, 30);
    assert_eq!(measured.windows[1].journeys[0].latency.longest(), ms(300));
    let afterwards = measured.windows[2].journeys[0].latency.quantile(0.5).expect("some came");
    near("afterwards", afterwards.as_secs_f64(), 0.1, 0.01);
}

#[test]
fn a_failover_stops_writes_and_leaves_reads() {
    let mut small = Small::default();
    let time = small.fixed(1);
    let store = Component { served_by: ServedBy::ReplicasForReads, ..Component::with_replicas(2) };
    let (store, query) = small.add(store, vec![Step::hold(time)]);
    let read = small.program.add_call(Call::to(query));
    small.users(Call { access: Access::Write, ..Call::to(query) }, paced(10.0));
    small.program.add_open_journey(2, vec![Step::Call(read)], paced(10.0));
    fault(&mut small, 20, 50, FaultKind::Failover(store));
    let measured = by_windows(&small, 60);
    assert_eq!(failures(&measured), [0, 0, 100, 100, 100, 0]);
    assert_eq!(measured.journeys[1].failed(), 0);
    // Afterwards the other one is the primary, and the old one reads.
    assert!(measured.replicas.iter().all(|replica| replica.ended > 100));
}

#[test]
fn a_full_disk_refuses_writes_and_a_cut_loses_what_crosses_it() {
    let mut small = Small::default();
    let ask = small.keeps(1);
    let store = small.program.operations[ask.index()].component;
    let inner = small.program.add_call(Call { access: Access::Write, timeout: Some(ms(100)), ..Call::to(ask) });
    let (front, enter) = small.add(Component::default(), vec![Step::Call(inner)]);
    small.users(Call::to(enter), paced(10.0));
    fault(&mut small, 10, 20, FaultKind::DiskFull(store));
    fault(&mut small, 30, 40, FaultKind::CutComponents { one: front, other: store, loss: 1.0 });
    let measured = by_windows(&small, 50);
    assert_eq!(failures(&measured), [0, 100, 0, 99, 1]);
    assert_eq!(failed_by(&measured.journeys[0], Cause::Timeout), 100);
}

#[test]
fn more_load_for_a_while() {
    let mut small = Small::default();
    let ask = small.keeps(1);
    small.users(Call::to(ask), paced(10.0));
    fault(&mut small, 10, 20, FaultKind::Load { factor: 3.0 });
    let measured = by_windows(&small, 30);
    let offered: Vec<u64> = measured.windows.iter().map(|window| window.journeys[0].offered).collect();
    assert!(offered.iter().zip([100, 300, 100]).all(|(found, wanted)| found.abs_diff(wanted) <= 1), "{offered:?}");
}

#[test]
fn messages_wait_for_their_broker() {
    use plimsoll_simulate::program::{Acknowledged, Group, Ordering, Pause, Publish, Topic};
    let mut small = Small::default();
    let broker = small.program.add_component(Component::default());
    let topic: TopicId = small.program.add_topic(Topic { broker: Some(broker), partitions: 0, keys: 0 });
    let handle = small.keeps(10);
    small.program.add_group(Group {
        topic,
        operation: handle,
        prefetch: 10,
        acknowledged: Acknowledged::After,
        redeliveries: None,
        pause: Pause::Growing { first: ms(10), factor: 2.0, most: ms(100) },
        dead_letters: None,
        ordering: Ordering::Free,
    });
    let outbox = small.fixed(5);
    let publish = Publish { topic, times: 1.0, hold: None, outbox: Some(outbox.into()) };
    let (_, place) = small.add(Component::default(), vec![Step::Publish(publish)]);
    small.users(Call::to(place), paced(10.0));
    fault(&mut small, 10, 40, FaultKind::LoseComponent(broker));
    let measured = by_windows(&small, 60);
    assert_eq!(measured.journeys[0].failed(), 0);
    let group = &measured.groups[0];
    assert!((298..=302).contains(&group.backlog.highest), "{}", group.backlog.highest);
    assert!(group.published - group.handled <= 1);
    assert!(MINUTE == measured.measured && Nanos::from_secs(29) < group.age.longest());
}
