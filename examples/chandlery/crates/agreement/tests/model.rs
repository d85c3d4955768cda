//! plimsoll.yaml says of timeouts, retries, pools, slots, demands and promises what the running code is told.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use agreement::{at, document, environment_in_base, environment_in_compose, milliseconds, scalar, text};
use proving::bench::journey::Journey;
use proving::prove::scenario::SCENARIOS;
use serde_yaml_ng::Value;
use stand_in::Behaviour;

fn model() -> Value {
    document("plimsoll.yaml")
}

/// The steps of an operation: those of production, or those that replace them on one machine.
fn steps(component: &str, operation: &str, environment: &str) -> Vec<Value> {
    let model = model();
    let operation = at(&model, &["components", component, "operations", operation]).unwrap();
    let here = at(operation, &["environments", environment, "does"]).or_else(|| at(operation, &["does"]));
    here.and_then(Value::as_sequence).unwrap().clone()
}

/// The step that calls this operation.
fn call(component: &str, operation: &str, environment: &str, callee: &str) -> Value {
    let steps = steps(component, operation, environment);
    let call = steps.iter().find(|step| at(step, &["call"]).and_then(Value::as_str) == Some(callee));
    call.unwrap_or_else(|| panic!("{component} {operation} calls {callee}")).clone()
}

/// What the component's own work takes on one machine: of all that it spends, the first.
fn held_locally(component: &str, operation: &str) -> Value {
    let steps = steps(component, operation, "local");
    let spend = steps.iter().find_map(|step| at(step, &["spend"])).unwrap();
    at(spend, &["environments", "local", "hold"]).or_else(|| at(spend, &["hold"])).unwrap().clone()
}

#[track_caller]
fn same_time(of: &str, model: Option<&Value>, told: Option<&String>) {
    let model = model.and_then(scalar).and_then(|text| milliseconds(&text));
    let told = told.and_then(|text| milliseconds(text));
    assert!(model.is_some(), "plimsoll.yaml says {of}");
    assert_eq!(model, told, "{of}: plimsoll.yaml, and what the service is told");
}

/// Who calls whom in which operation, and how the variables of that call begin.
const CALLS: [(&str, &str, &str, &str); 8] = [
    ("gateway", "POST /baskets/{id}/checkout", "orders.PlaceOrder", "ORDERS"),
    ("gateway", "GET /orders/{id}", "orders.GetOrder", "ORDERS"),
    ("gateway", "GET /products", "catalog.ListProducts", "CATALOG"),
    ("gateway", "PUT /baskets/{id}", "basket.PutBasket", "BASKET"),
    ("orders", "PlaceOrder", "pricing.Quote", "PRICING"),
    ("orders", "PlaceOrder", "stock.Reserve", "STOCK"),
    ("orders", "PlaceOrder", "payments.Charge", "PAYMENTS"),
    ("payments", "Charge", "psp.charge", "PSP"),
];

#[test]
fn calls_wait_and_try_again_as_the_model_says() {
    for (caller, operation, callee, prefix) in CALLS {
        for (environment, told) in
            [("production", environment_in_base(caller)), ("local", environment_in_compose(caller))]
        {
            let call = call(caller, operation, environment, callee);
            let of = format!("{caller} → {callee} in {environment}");
            same_time(&of, at(&call, &["timeout"]), told.get(&format!("{prefix}_TIMEOUT")));
            let retries = at(&call, &["retries", "max"]).and_then(scalar);
            assert_eq!(retries.as_ref(), told.get(&format!("{prefix}_RETRIES")), "{of}: retries");
        }
    }
}

#[test]
fn the_breaker_on_psp_opens_as_the_model_says() {
    let call = call("payments", "Charge", "production", "psp.charge");
    for told in [environment_in_base("payments"), environment_in_compose("payments")] {
        let opens_at = at(&call, &["breaker", "opens_at"]).and_then(scalar).unwrap();
        assert_eq!(opens_at.strip_suffix('%'), told.get("PSP_BREAKER_FAILURE_PERCENT").map(String::as_str));
        same_time("the breaker's window", at(&call, &["breaker", "over"]), told.get("PSP_BREAKER_WINDOW"));
        same_time("how long the breaker stays open", at(&call, &["breaker", "for"]), told.get("PSP_BREAKER_OPEN"));
    }
}

#[test]
fn pools_are_as_large_as_the_model_says() {
    for component in ["orders", "stock", "catalog"] {
        let model = model();
        let pool = at(&model, &["components", component, "pools", "main"]).unwrap();
        let local = at(&model, &["components", component, "environments", "local", "pools", "main"]).unwrap_or(pool);
        for (pool, told) in [(pool, environment_in_base(component)), (local, environment_in_compose(component))] {
            assert_eq!(at(pool, &["size"]).and_then(scalar).as_ref(), told.get("DATABASE_POOL_SIZE"), "{component}");
            same_time(
                &format!("{component}'s wait for a connection"),
                at(pool, &["wait"]),
                told.get("DATABASE_POOL_WAIT"),
            );
        }
    }
}

#[test]
fn events_leave_the_outbox_as_often_as_the_model_says() {
    for (environment, told) in
        [("production", environment_in_base("orders")), ("local", environment_in_compose("orders"))]
    {
        let steps = steps("orders", "PlaceOrder", environment);
        let publish = steps.iter().find(|step| at(step, &["publish"]).is_some()).unwrap();
        same_time(&format!("the outbox in {environment}"), at(publish, &["outbox"]), told.get("OUTBOX_RELAY_INTERVAL"));
    }
}

#[test]
fn payments_has_the_slots_that_the_model_says() {
    let model = model();
    let payments = at(&model, &["components", "payments"]).unwrap();
    let production = at(payments, &["serves", "slots"]).and_then(scalar);
    assert_eq!(production.as_ref(), environment_in_base("payments").get("PSP_SLOTS"));
    let local = at(payments, &["environments", "local", "serves", "slots"]).and_then(scalar);
    assert_eq!(local.as_ref(), environment_in_compose("payments").get("PSP_SLOTS"));
    for told in [environment_in_base("payments"), environment_in_compose("payments")] {
        same_time("the wait for a slot", at(payments, &["serves", "queue", "wait"]), told.get("PSP_SLOT_WAIT"));
    }
}

#[test]
fn on_one_machine_work_is_held_as_the_model_says() {
    for (component, operation) in [
        ("catalog", "ListProducts"),
        ("basket", "PutBasket"),
        ("orders", "PlaceOrder"),
        ("pricing", "Quote"),
        ("stock", "Reserve"),
    ] {
        let told = environment_in_compose(component);
        let hold = held_locally(component, operation);
        same_time(&format!("{component}'s hold"), at(&hold, &["mean"]), told.get("WORK_HOLD"));
        assert_eq!(at(&hold, &["distribution"]).and_then(Value::as_str), Some("exponential"), "{component}");
        assert_eq!(told.get("WORK_CV"), None, "{component}: exponential where nothing is said");
        let model = model();
        let workers = at(&model, &["components", component, "environments", "local", "serves", "workers"]);
        assert_eq!(workers.and_then(scalar).as_ref(), told.get("WORK_SLOTS"), "{component}");
    }
    let told = environment_in_compose("payments");
    let hold = held_locally("payments", "Charge");
    same_time("payments' hold", at(&hold, &["mean"]), told.get("WORK_HOLD"));
    assert_eq!(at(&hold, &["cv"]).and_then(scalar).as_ref(), told.get("WORK_CV"));
}

/// What compose.yaml tells a stand-in, what plimsoll.yaml says of it on one machine, and what it does where nobody tells it.
#[track_caller]
fn stand_in(name: &str, operation: &str, default: Behaviour) {
    let told = environment_in_compose(name);
    let behaviour = Behaviour::CALM.from_variables(|variable| told.get(variable).cloned()).unwrap();
    assert_eq!(behaviour, default, "{name}: compose.yaml, and the default of the program");
    let hold = held_locally(name, operation);
    let mean_ms = at(&hold, &["mean"]).and_then(scalar).and_then(|text| milliseconds(&text));
    assert_eq!(mean_ms, Some(behaviour.answer_after_mean_ms), "{name}");
    assert_eq!(at(&hold, &["cv"]).and_then(Value::as_f64), Some(behaviour.answer_after_cv), "{name}");
    let model = model();
    let quota = at(&model, &["components", name, "environments", "local", "quota"]);
    let rate = quota.and_then(|quota| at(quota, &["rate"])).and_then(scalar);
    let rate = rate.and_then(|rate| rate.strip_suffix("/s").and_then(|rate| rate.parse::<f64>().ok()));
    assert_eq!(rate, behaviour.quota_per_s, "{name}");
    if let Some(burst) = quota.and_then(|quota| at(quota, &["burst"])) {
        assert_eq!(burst.as_f64(), Some(behaviour.quota_burst), "{name}");
    }
}

#[test]
fn stand_ins_behave_as_the_model_says() {
    stand_in("psp", "charge", stand_in_psp::BEHAVIOUR);
    stand_in("mailer", "send", stand_in_mailer::BEHAVIOUR);
}

#[test]
fn databases_take_the_connections_that_the_model_says() {
    let model = model();
    for store in ["orders-db", "catalog-db"] {
        let connections = at(&model, &["components", store, "connections"]).and_then(scalar).unwrap();
        let compose = document("compose.yaml");
        let command = at(&compose, &["services", store, "command"]).and_then(Value::as_sequence).unwrap().clone();
        let wanted = format!("max_connections={connections}");
        assert!(command.iter().any(|word| word.as_str() == Some(&wanted)), "compose.yaml {store}: {wanted}");
        let base = text(&format!("deploy/base/{store}.yaml"));
        assert!(base.contains(&format!("max_connections: {connections}\n")), "deploy/base/{store}.yaml: {wanted}");
    }
}

#[test]
fn promises_are_those_that_are_measured_and_those_of_the_slos() {
    let model = model();
    for journey in Journey::ALL {
        let promise = |part: &str, key: &str| {
            let promise = at(&model, &["promises", &format!("{journey}-{part}")])?;
            assert_eq!(at(promise, &["on"]).and_then(scalar), Some(format!("journey {journey}")));
            at(promise, &[key]).and_then(scalar)
        };
        let success = promise("success", "success").and_then(|text| text.strip_suffix('%')?.parse::<f64>().ok());
        let measured = journey.promise();
        assert!((success.unwrap() / 100.0 - measured.success).abs() < 1e-9, "{journey}");
        let p95_ms = promise("latency", "p95").and_then(|text| milliseconds(&text));
        assert_eq!(p95_ms, measured.latency_p95_ms, "{journey}");
        let slos = agreement::documents(&format!("slo/{journey}.yaml"));
        let target = at(&slos[0], &["spec", "objectives", "0", "target"]).and_then(Value::as_f64);
        assert_eq!(target, Some(measured.success), "slo/{journey}.yaml");
    }
}

#[test]
fn the_gateways_histogram_has_a_bucket_at_the_promised_latency() {
    let promised_s = Journey::Checkout.promise().latency_p95_ms.unwrap() / 1e3;
    assert!(text("slo/checkout.yaml").contains(&format!("le=\"{promised_s}\"")), "slo/checkout.yaml counts by it");
    assert!(
        text("crates/service-kit/src/telemetry.rs").contains(&format!("{promised_s},")),
        "the kit's histogram has it"
    );
}

#[test]
fn every_proved_scenario_is_in_the_model_and_for_one_machine() {
    let model = model();
    for scenario in SCENARIOS {
        let environment = at(&model, &["scenarios", scenario.name, "environment"]).and_then(scalar);
        assert_eq!(environment.as_deref(), Some("local"), "{}", scenario.name);
    }
}
