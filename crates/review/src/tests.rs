//! What a review says of small systems, before and after one change each.

use expect_test::{Expect, expect};
use plimsoll_model::Model;
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options as Reading, survey};

use super::{Options, Review, review};

const BASE: &[(&str, &str)] = &[
    (
        "plimsoll.yaml",
        "plimsoll: 1
components:
  web: { kind: gateway, serves: { workers: 4 }, operations: { buy: { does: [{ spend: { cpu: 5ms } }, { call: orders.place, timeout: 1s, retries: { max: 2 } }] } } }
  orders: { serves: { workers: 2 }, operations: { place: { does: [{ spend: { cpu: 20ms } }] } } }
journeys:
  shop: { steps: [{ call: web.buy }], load: { open: 10/s } }
availability: { web: 99.9%, orders: 99.9% }
promises:
  shop-success: { on: journey shop, success: 99.5%, window: 30d }
",
    ),
    ("api/orders.proto", "syntax = \"proto3\";\npackage orders.v1;\nmessage M {}\nservice OrdersService { rpc Place(M) returns (M); rpc Cancel(M) returns (M); }\n"),
    ("compose.yaml", "services:\n  web: { image: shop/web, environment: { ORDERS_ADDR: 'orders:8080' } }\n  orders: { image: shop/orders }\n"),
];

fn model(files: &[(&str, &str)]) -> Model {
    let model = survey(vec![Source::memory(files)], &Reading::default());
    assert_eq!(model.configuration_errors, 0, "{:?}", model.problems);
    model
}

fn told(review: &Review) -> String {
    let mut out = format!("{}\n", review.verdict.word());
    for reason in &review.reasons {
        out.push_str(&format!("{}: {}\n", reason.verdict.word(), reason.says));
    }
    for change in &review.changes {
        let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "?".to_owned());
        let field = change
            .field
            .map_or_else(String::new, |field| format!(" {field} {} -> {}", text(&change.from), text(&change.to)));
        out.push_str(&format!("{} {} {}{field}\n", change.kind.word(), change.noun.word(), change.name));
    }
    for each in &review.breaks {
        out.push_str(&format!("gone {}, used by [{}]\n", each.what, each.used_by.join(", ")));
    }
    for finding in &review.standing.new {
        out.push_str(&format!("new {} {}\n", finding.rule.id, finding.subject));
    }
    for known in &review.standing.fixed {
        out.push_str(&format!("fixed {} {}\n", known.rule, known.subject));
    }
    for change in &review.journeys {
        for (side, held) in [("base", &change.base), ("head", &change.head)] {
            let Some(held) = held else { continue };
            let bound = held.bound.as_ref().map_or_else(String::new, |(bound, binds)| format!("{bound:.1} by {binds}"));
            let ceiling = held.ceiling.as_ref().map_or_else(String::new, |ceiling| format!("{:.6}", ceiling.share));
            let attempts: Vec<String> =
                held.attempts.iter().map(|each| format!("{} {}× ({})", each.component, each.times, each.by)).collect();
            out.push_str(&format!(
                "{} {side}: bound {bound}; ceiling {ceiling}; chain {}; {}\n",
                change.journey,
                held.chain,
                attempts.join(", ")
            ));
        }
    }
    out
}

#[track_caller]
fn check(base: &[(&str, &str)], head: &[(&str, &str)], expect: Expect) {
    let (base, head) = (model(base), model(head));
    let options = Options { today: None, simulate: false, precision: 0.02, seed: 1, budget: 1_000_000, threads: 1 };
    expect.assert_eq(&told(&review(base.by_default(), head.by_default(), &options, &mut |_, _| true)));
}

/// The base with one file changed.
fn with(path: &'static str, change: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    BASE.iter().map(|(name, text)| (*name, if *name == path { change(text) } else { (*text).to_owned() })).collect()
}

#[track_caller]
fn check_change(path: &'static str, change: impl Fn(&str) -> String, expect: Expect) {
    let head = with(path, change);
    assert!(head.iter().zip(BASE).any(|(after, before)| after.1 != before.1), "the change changes nothing");
    let head: Vec<(&str, &str)> = head.iter().map(|(path, text)| (*path, text.as_str())).collect();
    check(BASE, &head, expect);
}

#[test]
fn a_system_with_itself_is_no_change() {
    check(
        BASE,
        BASE,
        expect![[r#"
        no change
    "#]],
    );
}

#[test]
fn moved_lines_and_other_file_names_are_no_change() {
    let mut head: Vec<(&str, &str)> = BASE.to_vec();
    head[1].0 = "proto/orders/v1/orders.proto";
    let moved = format!("# What the shop promises.\n\n{}", BASE[0].1);
    head[0].1 = &moved;
    check(
        BASE,
        &head,
        expect![[r#"
        no change
    "#]],
    );
}

#[test]
fn a_new_synchronous_call_lowers_bound_and_ceiling_and_multiplies_attempts() {
    let change = |text: &str| {
        text.replace("{ spend: { cpu: 20ms } }", "{ spend: { cpu: 20ms } }, { call: points.add, timeout: 2s, retries: { max: 3 } }")
            .replace("journeys:", "  points: { serves: { workers: 1 }, operations: { add: { does: [{ spend: { cpu: 15ms } }] } } }\njourneys:")
            .replace("orders: 99.9% }", "orders: 99.9%, points: 99% }")
    };
    check_change(
        "plimsoll.yaml",
        change,
        expect![[r#"
        block
        block: 1 promise broken
        block: 2 new errors: REL-001, REL-002
        added component points
        added flow orders → points (http)
        new REL-001 orders → points
        new REL-002 orders → points.add
        shop base: bound 50.0 by orders CPU, 1 × 1 cores ÷ 0.02 s; ceiling 0.998001; chain 2; orders 3× (web 3)
        shop head: bound 50.0 by orders CPU, 1 × 1 cores ÷ 0.02 s; ceiling 0.988021; chain 3; orders 3× (web 3), points 12× (web 3 × orders 4)
    "#]],
    );
}

#[test]
fn an_operation_that_went_names_whoever_calls_its_component() {
    check_change(
        "api/orders.proto",
        |text| text.replace(" rpc Cancel(M) returns (M);", ""),
        expect![[r#"
        block
        block: 1 removal that others use
        removed operation orders Cancel
        gone orders Cancel, used by [web]
    "#]],
    );
}

#[test]
fn a_caller_that_went_too_is_not_hurt() {
    let head = &[BASE[0], ("api/orders.proto", "syntax = \"proto3\";\npackage orders.v1;\n"), BASE[2]];
    let head: Vec<(&str, &str)> = head
        .iter()
        .map(|(path, text)| {
            (*path, if *path == "compose.yaml" { "services:\n  orders: { image: shop/orders }\n" } else { text })
        })
        .filter(|(path, _)| *path != "plimsoll.yaml")
        .collect();
    let base: Vec<(&str, &str)> = BASE.iter().copied().filter(|(path, _)| *path != "plimsoll.yaml").collect();
    check(
        &base,
        &head,
        expect![[r#"
        warn
        warn: 2 removals that nobody is known to use
        removed component web
        removed flow web → orders (grpc)
        removed operation orders Cancel
        removed operation orders Place
        removed deployment web
        gone orders Cancel, used by []
        gone orders Place, used by []
        fixed DEL-003 web
        fixed REL-025 web
    "#]],
    );
}

#[test]
fn a_figure_of_a_deployment_is_told_from_and_to() {
    check_change(
        "compose.yaml",
        |text| text.replace("image: shop/orders", "image: shop/orders, deploy: { replicas: 3 }"),
        expect![[r#"
            pass
            changed deployment orders replicas none -> 3
            shop base: bound 50.0 by orders CPU, 1 × 1 cores ÷ 0.02 s; ceiling 0.998001; chain 2; orders 3× (web 3)
            shop head: bound 150.0 by orders CPU, 3 × 1 cores ÷ 0.02 s; ceiling 0.998001; chain 2; orders 3× (web 3)
        "#]],
    );
}
