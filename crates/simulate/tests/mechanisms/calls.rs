//! What protects a caller: timeouts, retries, budgets, breakers, hedges, bulkheads, rate limits, pools, fallbacks.

use plimsoll_simulate::Nanos;
use plimsoll_simulate::program::{
    Answer, Breaker, Call, Cause, Component, Deadline, Failure, Failures, Hedge, Jitter, LateWork, Need, Pause, Pool,
    Refusal, Retries, Step, TokenBucket,
};

use super::small::{Small, failed_by, ms, near, paced};

#[test]
fn a_timeout_ends_an_attempt_and_retries_follow_with_growing_pauses() {
    let mut small = Small::default();
    let slow = small.keeps(10_000);
    let backoff = Pause::Growing { first: ms(100), factor: 2.0, most: ms(150) };
    let retries = Retries { backoff, ..Retries::at_most(2) };
    small.users(Call { timeout: Some(ms(300)), retries: Some(retries), ..Call::to(slow) }, paced(1.0));
    let measured = small.run(100);
    let users = &measured.journeys[0];
    assert_eq!(users.completed, 0);
    // Three attempts of 300 ms with pauses of 100 and 150 between.
    assert_eq!(users.latency_failed.longest(), ms(3 * 300 + 100 + 150));
    assert_eq!(failed_by(users, Cause::Timeout), users.failed());
    near("attempts", measured.calls[0].offered as f64, 3.0 * users.failed() as f64, 0.05);
    // Abandoned attempts run on: ten seconds of each are open at once.
    near("open", measured.operations[0].open_at_end as f64, 3.0 * 10.0, 0.1);
}

#[test]
fn late_work_that_stops_gives_its_place_back() {
    let stopped = |late_work| {
        let mut small = Small::default();
        let time = small.fixed(1_000);
        let one = Component { workers: Some(1), ..Component::default() };
        let (_, slow) = small.add(one, vec![Step::cpu(time)]);
        small.program.operations[slow.index()].late_work = late_work;
        small.users(Call { timeout: Some(ms(100)), ..Call::to(slow) }, paced(2.0));
        small.run(100)
    };
    let runs_on = stopped(LateWork::RunsOn);
    near("one a second is worked off all the same", runs_on.operations[0].completed as f64, 100.0, 0.05);
    let stops = stopped(LateWork::Stops);
    assert_eq!(stops.operations[0].completed, 0);
    near("busy for 100 of 500 ms", stops.components[0].busy.mean(stops.measured), 0.2, 0.02);
}

#[test]
fn within_bounds_all_attempts_together() {
    let mut small = Small::default();
    let slow = small.keeps(10_000);
    let retries = Retries::at_most(9);
    let call = Call { timeout: Some(ms(300)), within: Some(ms(700)), retries: Some(retries), ..Call::to(slow) };
    small.users(call, paced(1.0));
    let measured = small.run(50);
    assert_eq!(measured.journeys[0].latency_failed.longest(), ms(700));
    near("attempts", measured.calls[0].offered as f64, 3.0 * measured.journeys[0].failed() as f64, 0.1);
}

#[test]
fn a_deadline_is_handed_on() {
    let with = |deadline| {
        let mut small = Small::default();
        let slow = small.keeps(10_000);
        let inner = small.program.add_call(Call { timeout: Some(Nanos::from_secs(5)), ..Call::to(slow) });
        let own = small.fixed(50);
        let (_, middle) = small.add(Component::default(), vec![Step::hold(own), Step::Call(inner)]);
        small.program.operations[middle.index()].deadline = deadline;
        small.users(Call { timeout: Some(ms(200)), ..Call::to(middle) }, paced(1.0));
        small.run(50)
    };
    let handed_on = with(Deadline::HandedOn);
    assert_eq!(handed_on.calls[0].latency_failed.longest(), ms(150));
    assert_eq!(failed_by(&handed_on.calls[0], Cause::Deadline), handed_on.calls[0].failed());
    assert_eq!(with(Deadline::Ignored).calls[0].latency_failed.longest(), Nanos::from_secs(5));
}

/// Attempts for each request where so many fail and retries have a budget.
fn amplification(budget: Option<f64>) -> f64 {
    let mut small = Small::default();
    let failure = Failure::stated(503);
    let (_, broken) = small.add(Component::default(), vec![Step::Fail { odds: 1.0, failure }]);
    let backoff = Pause::Growing { first: ms(10), factor: 1.0, most: ms(10) };
    let retries = Retries { backoff, jitter: Jitter::Full, budget, ..Retries::at_most(3) };
    small.users(Call { retries: Some(retries), ..Call::to(broken) }, paced(100.0));
    let measured = small.run(100);
    measured.calls[0].offered as f64 / measured.journeys[0].offered as f64
}

#[test]
fn retries_amplify_and_a_budget_bounds_them() {
    near("without a budget", amplification(None), 4.0, 0.01);
    near("with a budget", amplification(Some(0.2)), 1.2, 0.01);
}

#[test]
fn only_the_failures_that_are_meant_are_tried_again() {
    let attempts = |code| {
        let mut small = Small::default();
        let failure = Failure::stated(code);
        let (_, broken) = small.add(Component::default(), vec![Step::Fail { odds: 1.0, failure }]);
        let retries = Retries { on: Failures::with_codes(&[503]), ..Retries::at_most(2) };
        small.users(Call { retries: Some(retries), ..Call::to(broken) }, paced(10.0));
        let measured = small.run(10);
        measured.calls[0].offered / measured.journeys[0].offered
    };
    assert_eq!((attempts(503), attempts(500)), (3, 1));
}

#[test]
fn a_breaker_lets_one_probe_through_each_time() {
    let mut small = Small::default();
    let failure = Failure::stated(500);
    let (_, broken) = small.add(Component::default(), vec![Step::Fail { odds: 1.0, failure }]);
    let breaker = Breaker {
        opens_at: 0.5,
        over: Nanos::from_secs(10),
        open_for: Nanos::from_secs(5),
        at_least: 20,
        probes: 1,
        slow: None,
    };
    small.users(Call { breaker: Some(breaker), ..Call::to(broken) }, paced(10.0));
    let measured = small.run(200);
    // 20 calls open it; then one probe in five seconds.
    let passed = failed_by(&measured.calls[0], Cause::Stated);
    assert!((20 + 38..=20 + 41).contains(&passed), "{passed}");
}

#[test]
fn a_hedge_takes_the_faster_of_two() {
    let mut small = Small::default();
    // Half of the attempts take 10 ms, half a second.
    let time =
        small.program.add_distribution(plimsoll_simulate::program::Distribution::samples(vec![ms(10), ms(1_000)]));
    let (_, uneven) = small.add(Component::default(), vec![Step::hold(time)]);
    let hedge = Hedge { after: ms(20), max: 1, budget: None };
    small.users(Call { hedge: Some(hedge), ..Call::to(uneven) }, paced(50.0));
    let measured = small.run(400);
    let users = &measured.journeys[0];
    near("half are hedged", measured.calls[0].hedges as f64, 0.5 * users.offered as f64, 0.05);
    // 10 ms, 30 ms, 1 s at a half, a quarter and a quarter.
    near("mean", users.latency.mean().as_secs_f64(), 0.5 * 0.010 + 0.25 * 0.030 + 0.25, 0.05);
}

#[test]
fn a_bulkhead_and_a_rate_limit_refuse_what_is_beyond_them() {
    let mut small = Small::default();
    let slow = small.keeps(1_000);
    small.users(Call { at_most: Some(3), ..Call::to(slow) }, paced(10.0));
    let measured = small.run(100);
    near("three a second pass", measured.journeys[0].completed as f64, 300.0, 0.05);
    assert_eq!(failed_by(&measured.journeys[0], Cause::Bulkhead), measured.journeys[0].failed());

    let limited = |then| {
        let mut small = Small::default();
        let quick = small.keeps(1);
        let limit = TokenBucket { per_second: 4.0, burst: 2.0, then };
        small.users(Call { rate_limit: Some(limit), ..Call::to(quick) }, paced(10.0));
        small.run(100)
    };
    near("four a second pass", limited(Refusal::Refuse).journeys[0].completed as f64, 402.0, 0.01);
    let waits = limited(Refusal::Wait);
    assert_eq!(waits.journeys[0].failed(), 0);
    near("and four a second where they wait", waits.journeys[0].completed as f64, 402.0, 0.01);
}

#[test]
fn a_pool_lends_its_connections_and_keeps_them_as_long_as_asked() {
    let with = |hold: Option<u64>| {
        let mut small = Small::default();
        let store = small.keeps(50);
        let own = small.program.add_component(Component::default());
        let wait = small.fixed(30);
        let pool = small.program.add_pool(Pool { owner: Some(own), size: 2, wait: Some(wait.into()) });
        let hold = hold.map(|hold| small.fixed(hold).into());
        let query = small.program.add_call(Call { pool: Some(pool), hold, ..Call::to(store) });
        let steps = vec![Step::Call(query)];
        let ask = small.program.add_operation(plimsoll_simulate::program::Operation::new(own, 9, steps));
        small.users(Call::to(ask), paced(100.0));
        small.run(100)
    };
    // Two connections of 50 ms each serve 40 a second; who waits longer than 30 ms fails.
    let measured = with(None);
    near("served", measured.journeys[0].completed as f64, 4_000.0, 0.02);
    near("lent", measured.pools[0].lent.mean(measured.measured), 2.0, 0.01);
    assert_eq!(failed_by(&measured.journeys[0], Cause::PoolWait), measured.journeys[0].failed());
    near("served, kept longer", with(Some(125)).journeys[0].completed as f64, 1_600.0, 0.02);
}

#[test]
fn a_fallback_stands_in_and_an_ignored_call_holds_nobody_up() {
    let mut small = Small::default();
    let (_, broken) = small.add(Component::default(), vec![Step::Fail { odds: 1.0, failure: Failure::stated(500) }]);
    let (instead, slow) = (small.fixed(7), small.keeps(5_000));
    let risky = small.program.add_call(Call { fallback: vec![Step::hold(instead)], ..Call::to(broken) });
    let tell = small.program.add_call(Call { answer: Answer::Ignored, times: 2.0, ..Call::to(slow) });
    let (_, ask) = small.add(Component::default(), vec![Step::Call(risky), Step::Call(tell)]);
    small.users(Call::to(ask), paced(10.0));
    let measured = small.run(100);
    assert_eq!(measured.journeys[0].failed(), 0);
    assert_eq!(measured.journeys[0].latency.longest(), ms(7));
    near("two for each", measured.calls[1].offered as f64, 2.0 * measured.journeys[0].offered as f64, 0.01);
}

#[test]
fn a_fork_takes_as_long_as_it_needs() {
    let took = |needs| {
        let mut small = Small::default();
        let branches = [10, 30, 20].map(|millis| {
            let part = small.keeps(millis);
            vec![Step::Call(small.program.add_call(Call::to(part)))]
        });
        let (_, ask) = small.add(Component::default(), vec![Step::Fork { needs, branches: branches.to_vec() }]);
        small.users(Call::to(ask), paced(10.0));
        small.run(10).journeys[0].latency.longest()
    };
    assert_eq!(took(Need::All), ms(30));
    assert_eq!(took(Need::First(1)), ms(10));
    assert_eq!(took(Need::First(2)), ms(20));
}

#[test]
fn an_early_answer_leaves_the_rest_to_itself() {
    let mut small = Small::default();
    let (before, after) = (small.fixed(10), small.fixed(400));
    let (component, ask) =
        small.add(Component::default(), vec![Step::hold(before), Step::Return(None), Step::hold(after)]);
    small.users(Call::to(ask), paced(10.0));
    let measured = small.run(100);
    assert_eq!(measured.journeys[0].latency.longest(), ms(10));
    near("4.1 at work", measured.components[component.index()].busy.mean(measured.measured), 4.1, 0.01);
}
