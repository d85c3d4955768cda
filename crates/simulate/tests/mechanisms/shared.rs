//! What requests share: locks, caches, topics, quotas; and how replicas are chosen.

use plimsoll_simulate::Nanos;
use plimsoll_simulate::program::{
    Acknowledged, Balancing, Cache, CacheContent, Call, Cause, Component, Cpu, Failure, Fetch, Group, Lock, Look,
    Ordering, Pause, Publish, Refusal, Step, TokenBucket, Topic, Warmth,
};

use super::small::{Small, failed_by, ms, near, paced};

#[test]
fn a_lock_is_held_by_one_at_a_time() {
    let mut small = Small::default();
    let (time, wait) = (small.fixed(50), small.fixed(500));
    let lock = small.program.add_lock(Lock { keys: 1, skew: 0.0, holders: 1, wait: Some(wait.into()) });
    let (_, ask) = small.add(Component::default(), vec![Step::Lock { lock, does: vec![Step::hold(time)] }]);
    small.users(Call::to(ask), paced(100.0));
    let measured = small.run(100);
    near("twenty a second", measured.journeys[0].completed as f64, 2_000.0, 0.02);
    near("held", measured.locks[0].held.mean(measured.measured), 1.0, 0.01);
    assert_eq!(failed_by(&measured.journeys[0], Cause::LockWait), measured.journeys[0].failed());
}

fn cached(content: CacheContent, fetch: Fetch) -> Small {
    let mut small = Small::default();
    let store = small.keeps(100);
    let cache = small.program.add_cache(Cache { component: None, content, fetch });
    let on_miss = vec![Step::Call(small.program.add_call(Call::to(store)))];
    let look = Look { cache, hold: None, timeout: None, on_miss };
    let (_, ask) = small.add(Component::default(), vec![Step::Look(look)]);
    small.users(Call::to(ask), paced(200.0));
    small
}

#[test]
fn a_cache_finds_its_share() {
    let measured = cached(CacheContent::Ratio { hit: 0.95, refill: 0 }, Fetch::Each).run(200);
    near("hits", measured.caches[0].hit(), 0.95, 0.01);
    near("fetches", measured.calls[0].offered as f64, 0.05 * 40_000.0, 0.1);
}

#[test]
fn a_cache_of_keys_finds_what_was_asked_for_lately() {
    let keys = |entries, expiry| CacheContent::Keys { keys: 100, skew: 0.0, entries, expiry, at_start: Warmth::Cold };
    let hits = |content| cached(content, Fetch::Each).run(500).caches[0].hit();
    // Every key is as likely: the share of those that it holds.
    near("a quarter", hits(keys(25, None)), 0.25, 0.03);
    near("all", hits(keys(100, None)), 1.0, 0.01);
    // A key is asked for twice a second, and kept for a second after it was fetched: some 2 of 3 find it.
    near("expiring", hits(keys(100, Some(Nanos::from_secs(1)))), 0.655, 0.05);
}

#[test]
fn one_fetch_serves_all_who_miss_at_once() {
    let content = CacheContent::Keys {
        keys: 1,
        skew: 0.0,
        entries: 1,
        expiry: Some(Nanos::from_secs(1)),
        at_start: Warmth::Cold,
    };
    // 20 miss during a fetch of 100 ms. The last of their fetches ends 195 ms after the first miss, then all hit for 1 s.
    let each = cached(content, Fetch::Each).run(110);
    near("a stampede", each.calls[0].offered as f64, 20.0 * 110.0 / 1.195, 0.03);
    let single = cached(content, Fetch::Single).run(110);
    near("one fetch", single.calls[0].offered as f64, 100.0, 0.03);
    near("the others wait", single.caches[0].joined as f64, 1_900.0, 0.03);
    assert_eq!(single.journeys[0].failed(), 0);
}

#[test]
fn a_quota_grants_its_burst_and_its_rate() {
    let mut small = Small::default();
    let quota = TokenBucket { per_second: 45.0, burst: 90.0, then: Refusal::RefuseWith(429) };
    let time = small.fixed(1);
    let (_, charge) = small.add(Component { quota: Some(quota), ..Component::default() }, vec![Step::hold(time)]);
    small.users(Call::to(charge), paced(60.0));
    let measured = small.run(100);
    near("granted", measured.journeys[0].completed as f64, 90.0 + 4_500.0, 0.01);
    assert_eq!(measured.components[0].over_quota, measured.journeys[0].failed());
    assert!(measured.journeys[0].failed.iter().all(|each| each.failure == Failure { code: 429, cause: Cause::Quota }));
}

/// A topic whose messages take so long, and fail with some odds.
fn messages(partitions: u32, prefetch: u32, fails: f64, ordering: Ordering) -> Small {
    let mut small = Small::default();
    let topic = small.program.add_topic(Topic { broker: None, partitions, keys: 0 });
    let time = small.fixed(100);
    let failure = Failure::stated(500);
    let steps = vec![Step::hold(time), Step::Fail { odds: fails, failure }];
    let (_, handle) = small.add(Component::with_replicas(2), steps);
    small.program.add_group(Group {
        topic,
        operation: handle,
        prefetch,
        acknowledged: Acknowledged::After,
        redeliveries: Some(2),
        pause: Pause::None,
        dead_letters: None,
        ordering,
    });
    let publish = Publish { topic, times: 1.0, hold: None, outbox: None };
    let (_, place) = small.add(Component::default(), vec![Step::Publish(publish)]);
    small.users(Call::to(place), paced(50.0));
    small
}

#[test]
fn messages_are_handled_as_fast_as_prefetch_allows() {
    let measured = messages(0, 3, 0.0, Ordering::Free).run(100);
    let group = &measured.groups[0];
    assert_eq!(group.published, measured.journeys[0].completed);
    near("50 a second", group.handled as f64, 5_000.0, 0.01);
    // One at a time for each of three parts: 30 a second, and the backlog grows by 20.
    let measured = messages(3, 3, 0.0, Ordering::PerPartition).run(100);
    near("30 a second", measured.groups[0].handled as f64, 3_000.0, 0.02);
    near("backlog", measured.groups[0].backlog.highest as f64, 2_000.0, 0.03);
}

#[test]
fn messages_that_fail_are_handed_out_again_and_then_given_up() {
    let measured = messages(0, 10, 0.5, Ordering::Free).run(200);
    let group = &measured.groups[0];
    let published = group.published as f64;
    near("again", group.redelivered as f64, published * (0.5 + 0.25), 0.05);
    near("given up", group.dead as f64, published * 0.125, 0.1);
    near("handled", group.handled as f64, published * 0.875, 0.02);
}

/// The greatest and the least share that a replica gets, of so many.
fn shares(balancing: Balancing, replicas: usize) -> (f64, f64) {
    let mut small = Small::default();
    let time = small.exponential(20);
    let component = Component { workers: Some(1), balancing, ..Component::with_replicas(replicas) };
    let (_, ask) = small.add(component, vec![Step::cpu(time)]);
    small.users(Call::to(ask), paced(25.0 * replicas as f64));
    let measured = small.run(200);
    let ended: Vec<f64> = measured.replicas.iter().map(|replica| replica.ended as f64).collect();
    let total: f64 = ended.iter().sum();
    (ended.iter().copied().fold(0.0, f64::max) / total, ended.iter().copied().fold(total, f64::min) / total)
}

#[test]
fn balancing_spreads_requests() {
    let (most, least) = shares(Balancing::RoundRobin, 4);
    assert!(most - least < 0.001, "{most} {least}");
    for even in [Balancing::Random, Balancing::LeastRequests, Balancing::TwoChoices, Balancing::ConsistentHash] {
        let (most, least) = shares(even, 4);
        assert!(0.23 < least && most < 0.27, "{even:?}: {most} {least}");
    }
}

#[test]
fn one_connection_sticks_to_one_replica() {
    let mut small = Small::default();
    let time = small.fixed(1);
    let back = Component { balancing: Balancing::Sticky, ..Component::with_replicas(4) };
    let (_, ask) = small.add(back, vec![Step::hold(time)]);
    let call = small.program.add_call(Call::to(ask));
    let (_, front) = small.add(Component::default(), vec![Step::Call(call)]);
    small.users(Call::to(front), paced(100.0));
    let measured = small.run(10);
    assert_eq!(measured.replicas.iter().take(4).filter(|replica| replica.ended > 0).count(), 1);
}

#[test]
fn less_chance_is_less_waiting() {
    let wait = |balancing| {
        let mut small = Small::default();
        let time = small.exponential(10);
        let component = Component { workers: Some(1), balancing, ..Component::with_replicas(8) };
        let (_, ask) = small.add(component, vec![Step::cpu(time)]);
        let arrivals = plimsoll_simulate::program::Arrivals::poisson(640.0);
        small.users(Call::to(ask), arrivals);
        small.run(300).journeys[0].waited.mean()
    };
    let waits = [
        Balancing::SharedQueue,
        Balancing::LeastRequests,
        Balancing::TwoChoices,
        Balancing::RoundRobin,
        Balancing::Random,
    ]
    .map(wait);
    assert!(waits.is_sorted(), "{waits:?}");
    // By chance each replica is an M/M/1 at 0.8: 40 ms.
    near("random", waits[4].as_secs_f64(), 0.040, 0.05);
}

#[test]
fn a_quota_of_cpu_stands_still_where_a_share_is_slow() {
    let latency = |cpu| {
        let mut small = Small::default();
        let time = small.fixed(20);
        let (_, ask) = small.add(Component { cpu, ..Component::default() }, vec![Step::cpu(time)]);
        small.users(Call::to(ask), paced(5.0));
        let measured = small.run(100);
        (measured.journeys[0].latency.longest(), measured.components[0].throttled.integral)
    };
    // One 20 ms job at half a core: 40 ms under a share, 20 ms under a quota.
    assert_eq!(latency(Cpu::Shared { cores: 0.5 }), (ms(40), 0));
    assert_eq!(latency(Cpu::quota(0.5)), (ms(20), 0));
}
