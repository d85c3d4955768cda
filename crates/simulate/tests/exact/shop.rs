//! The checkout of the example shop: a tandem of stations with a deadline, whose figures were computed apart from any
//! code of ours.

use plimsoll_simulate::measurements::Measurements;
use plimsoll_simulate::program::{
    Access, Arrivals, Balancing, Call, Component, Cpu, Deadline, Distribution, Draw, Failures, Operation, Program,
    Queue, Refusal, Retries, Site, Step, TokenBucket,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

/// How many replicas there are of each.
#[derive(Clone, Copy)]
struct Shop {
    gateway: usize,
    orders: usize,
    pricing: usize,
    stock: usize,
    payments: usize,
    slots: u32,
    quota: f64,
    balancing: Balancing,
}

const TODAY: Shop = Shop {
    gateway: 3,
    orders: 4,
    pricing: 2,
    stock: 3,
    payments: 4,
    slots: 5,
    quota: 45.0,
    balancing: Balancing::SharedQueue,
};

impl Shop {
    fn program(self, rate: f64) -> Program {
        let mut program = Program::default();
        let millis = |program: &mut Program, ms: u64| {
            program.add_distribution(Distribution::exponential(Nanos::from_millis(ms)))
        };
        let service = |replicas, cores| Component {
            workers: Some(1),
            cpu: Cpu::Shared { cores },
            balancing: self.balancing,
            ..Component::with_replicas(replicas)
        };
        let mut key = 0;
        let mut add = |program: &mut Program, component: Component, steps: Vec<Step>| {
            let component = program.add_component(component);
            key += 1;
            program.add_operation(Operation::new(component, key, steps))
        };
        let pricing = millis(&mut program, 20);
        let pricing = add(&mut program, service(self.pricing, 0.5), vec![Step::cpu(pricing)]);
        let stock = millis(&mut program, 25);
        let stock = add(&mut program, service(self.stock, 0.5), vec![Step::cpu(stock)]);
        // 420 ms in all by one draw: 20 are the shop's own, 400 the provider's.
        let part = |program: &mut Program, ms| {
            let gamma = program.add_distribution(Distribution::gamma(Nanos::from_millis(ms), 0.25));
            Step::hold(Draw { from: gamma, site: Site::Shared(1) })
        };
        let at_provider = part(&mut program, 400);
        let quota = TokenBucket { per_second: self.quota, burst: 90.0, then: Refusal::RefuseWith(429) };
        let provider = Component { quota: Some(quota), ..Component::default() };
        let charge = add(&mut program, provider, vec![at_provider]);
        let charge = program.add_call(Call { timeout: Some(Nanos::from_secs(1)), ..Call::to(charge) });
        let own = part(&mut program, 20);
        let half_a_second = program.add_distribution(Distribution::Fixed(Nanos::from_millis(500)));
        let pool = Component {
            slots: Some(self.slots),
            balancing: self.balancing,
            queue: Queue { wait: Some(half_a_second.into()), then: Refusal::RefuseWith(429), ..Queue::default() },
            ..Component::with_replicas(self.payments)
        };
        let payments = add(&mut program, pool, vec![own, Step::Call(charge)]);
        let work = program.add_distribution(Distribution::exponential(Nanos::from_micros(37_500)));
        let store = Component { workers: Some(4), cpu: Cpu::Shared { cores: 4.0 }, ..Component::default() };
        let insert = add(&mut program, store, vec![Step::cpu(work)]);
        let work = millis(&mut program, 20);
        let mut steps = vec![Step::cpu(work)];
        for target in [pricing, stock, payments] {
            let call = Call { timeout: Some(Nanos::from_millis(1_500)), ..Call::to(target) };
            steps.push(Step::Call(program.add_call(call)));
        }
        steps.push(Step::Call(program.add_call(Call { access: Access::Write, ..Call::to(insert) })));
        let place = add(&mut program, service(self.orders, 0.5), steps);
        program.operations[place.index()].deadline = Deadline::HandedOn;
        let patience = Nanos::from_millis(1_500);
        let retries = Retries { on: Failures::with_codes(&[503]), ..Retries::at_most(2) };
        let call = program.add_call(Call {
            timeout: Some(patience),
            within: Some(patience),
            retries: Some(retries),
            ..Call::to(place)
        });
        let work = millis(&mut program, 10);
        let checkout = add(&mut program, service(self.gateway, 1.0), vec![Step::cpu(work), Step::Call(call)]);
        let enter = program.add_call(Call::to(checkout));
        program.add_open_journey(1, vec![Step::Call(enter)], Arrivals::poisson(rate));
        program
    }

    fn measure(self, rate: f64, seconds: u64) -> Measurements {
        let options = Options { warm_up: Nanos::from_secs(100), ..Options::until(Nanos::from_secs(100 + seconds)) };
        run(&self.program(rate), Seed(30), &options).expect("the shop can be run")
    }
}

/// The 95 % quantile in seconds, and the share of those that fail in percent.
#[track_caller]
fn check(shop: Shop, rate: f64, p95: f64, failing: Option<f64>) {
    let measured = shop.measure(rate, 20_000);
    let checkout = &measured.journeys[0];
    let found = checkout.latency.quantile(0.95).expect("some come through").as_secs_f64();
    assert!((found / p95 - 1.0).abs() < 0.025, "p95 {found} for {p95} at {rate}/s");
    if let Some(failing) = failing {
        let found = 100.0 * (1.0 - checkout.success());
        assert!((found - failing).abs() < 0.25 * failing, "failing {found} % for {failing} % at {rate}/s");
    }
}

#[test]
fn the_shop_today() {
    check(TODAY, 12.0, 0.840, None);
    check(TODAY, 42.0, 1.143, Some(0.387));
    check(TODAY, 43.0, 1.215, Some(0.846));
}

#[test]
fn the_shop_without_a_zone() {
    let shop = Shop { gateway: 2, orders: 2, pricing: 1, stock: 2, payments: 2, ..TODAY };
    check(shop, 12.0, 0.915, None);
    check(shop, 18.0, 1.129, Some(0.438));
    check(shop, 19.0, 1.216, Some(1.040));
}

#[test]
fn the_shop_after_the_ladder() {
    let shop = Shop { pricing: 3, stock: 4, slots: 8, quota: 72.0, ..TODAY };
    check(shop, 50.4, 0.885, None);
    check(shop, 67.0, 1.161, Some(0.412));
    check(shop, 67.5, 1.189, Some(0.575));
}
