//! What compiles and what does not: systems in memory, from their files to a program or to errors as people read them.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use plimsoll_read::source::Source;
use plimsoll_simulate::bound::ladder;
use plimsoll_simulate::compile::{Options, compile};
use plimsoll_simulate::program::JourneyId;

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let options = plimsoll_read::survey::Options::default();
    let model = plimsoll_read::survey::survey(vec![Source::memory(files)], &options);
    let mut out = String::new();
    for problem in &model.problems {
        let _ = writeln!(out, "{}:{} {}", problem.at.line, problem.at.column, problem.message);
    }
    match compile(&model, &Options::default()) {
        Ok(compiled) => {
            for (index, name) in compiled.names.journeys.iter().enumerate() {
                let _ = writeln!(out, "journey {}", name.word);
                for rung in ladder(&compiled, JourneyId(index as u32)).rungs {
                    let _ = writeln!(out, "  {:.2}/s {} ({})", rung.bound_per_s, rung.resource, rung.formula);
                }
            }
            for taken in &compiled.assumptions {
                let _ = writeln!(out, "  {} {}: {}", taken.assumption.name(), taken.subject, taken.value);
            }
        }
        Err(errors) => {
            for error in errors {
                let at = error.evidence.and_then(|id| model.evidence(id).at).map_or(0, |at| at.line);
                let _ = writeln!(out, "{at}: {error}");
            }
        }
    }
    expect.assert_eq(&out);
}

#[track_caller]
fn check_yaml(text: &str, expect: Expect) {
    check(&[("plimsoll.yaml", &format!("plimsoll: 1\n{text}"))], expect);
}

#[test]
fn a_repository_without_plimsoll_yaml_compiles_on_named_assumptions() {
    const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web
          env: [{ name: STOCK_URL, value: 'http://stock:8080' }]
          resources: { limits: { cpu: 500m } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: stock }
spec:
  selector: { matchLabels: { app: stock } }
  template:
    metadata: { labels: { app: stock } }
    spec: { containers: [{ name: stock, image: shop/stock, ports: [{ containerPort: 8080 }], resources: { requests: { cpu: 250m } } }] }
---
apiVersion: v1
kind: Service
metadata: { name: stock }
spec: { selector: { app: stock }, ports: [{ port: 8080 }] }
";
    check(
        &[("deploy/shop.yaml", WEB)],
        expect![[r#"
        journey web
          50.00/s stock CPU (1 × 0.25 cores ÷ 0.005 s)
          300.00/s web CPU (3 × 0.5 cores ÷ 0.005 s)
          default-service-time stock: 5ms
          default-service-time web: 5ms
          default-shape stock: exponential
          default-shape web: exponential
          default-timeout web -> stock: 30s
          default-retries web -> stock: 0
          calls-per-request web -> stock: 1
          default-replicas stock: 1
          request-is-cores stock: 1
          cpu-limit web: quota
          default-balancing web: by protocol
          late-work : runs on
          no-network-time : 0s
          entry-by-shape web: where nobody calls
          default-load web: 1
          default-success web: 0.99
          default-latency web: 1s
    "#]],
    );
}

#[test]
fn a_cycle_without_end_is_an_error() {
    check_yaml(
        "journeys: { visit: { steps: [a.ask] } }
components:
  a: { operations: { ask: { does: [{ call: b.ask }] } } }
  b: { operations: { ask: { does: [{ call: a.ask }] } } }
",
        expect![[r#"
            5: a request of `b.ask` leads back to it without end; lower the odds of the way back, or take it out
        "#]],
    );
}

#[test]
fn a_promise_about_what_nobody_asks_is_an_error() {
    check_yaml(
        "journeys: { visit: { steps: [a.ask] } }
promises: { fast: { on: operation b.ask, p95: 1s } }
components:
  a: { operations: { ask: { does: [{ spend: { hold: 1s } }] } } }
  b: { operations: { ask: { does: [{ spend: { hold: 1s } }] } } }
",
        expect![[r#"
            3: promise `fast` is about `b.ask`, which no journey asks; name another operation or journey
        "#]],
    );
}

#[test]
fn a_load_that_no_machine_simulates_is_an_error() {
    check_yaml(
        "journeys: { visit: { steps: [a.ask], load: { open: 1000000000000/s } } }
components: { a: { operations: { ask: { does: [{ spend: { hold: 1s } }] } } } }
",
        expect![[r#"
            2: journey `visit` comes 1e12/s, more than can be simulated; at most 1e8/s
        "#]],
    );
}

#[test]
fn a_name_that_leads_nowhere_is_an_error_with_what_was_meant() {
    check_yaml(
        "journeys: { visit: { steps: [a.ask] } }
components:
  a: { operations: { ask: { does: [{ spend: { hold: 1s } }, { call: b.quote }, { call: c.quote }] } } }
  b: { operations: { quotes: { does: [{ spend: { hold: 1s } }] } } }
",
        expect![[r#"
            4:69 `b` has no operation `quote`; did you mean `quotes`?
            4:88 no component is called `c`; describe it under `components`, or write one of `a` and `b`
            journey visit
              default-shape a.ask work hold: exponential
              default-replicas a: 1
              late-work : runs on
              no-network-time : 0s
              default-load visit: 1
              default-success visit: 0.99
              default-latency visit: 1s
        "#]],
    );
}

#[test]
fn what_takes_nothing_in_is_an_error() {
    check_yaml(
        "journeys: { visit: { steps: [a.ask] } }
components: { a: { replicas: 0, serves: { slots: 0 }, operations: { ask: { does: [{ spend: { hold: 1s } }] } } } }
",
        expect![[r#"
            3: `a` has 0 slots, so it takes nothing in; give it at least one
            3: `a` has no copies, so nobody can ask it; say how many under `replicas`
        "#]],
    );
}

#[test]
fn nothing_to_ask_is_an_error() {
    check_yaml(
        "components: { db: { kind: store } }\n",
        expect![[r#"
        0: no journey is stated and none can be inferred: nothing here answers requests; state `journeys` in plimsoll.yaml
    "#]],
    );
}
