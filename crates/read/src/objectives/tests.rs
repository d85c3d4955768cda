//! What files of objectives and alerts say, in the smallest texts.

use expect_test::{Expect, expect};

use crate::corpus::Corpus;
use crate::source::Source;

#[track_caller]
fn check(text: &str, expect: &Expect) {
    let corpus = Corpus::open(vec![Source::memory(&[("rules.yaml", text)])]);
    let files: Vec<_> = corpus.ids().filter(|file| super::takes(&corpus, *file)).collect();
    let facts = super::read(&corpus, &files);
    let mut out = String::new();
    for each in &facts.objectives {
        let window = each.window.as_deref().unwrap_or("-");
        out.push_str(&format!(
            "{}: slo {} of {} {:?} {window}\n",
            each.origin.at.line, each.name, each.service, each.targets
        ));
    }
    for each in &facts.alerts {
        let burns = if each.burns { "burn alert" } else { "alert" };
        out.push_str(&format!("{}: {burns} {} of {:?}\n", each.origin.at.line, each.name, each.about));
    }
    expect.assert_eq(&out);
}

#[test]
fn an_objective_names_its_service_and_its_target() {
    check(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: orders-availability }\nspec:\n  service: orders\n  objectives: [{ target: 0.999 }]\n  timeWindow: [{ duration: 30d }]\n",
        &expect![[r#"
            3: slo orders-availability of orders ["0.999"] 30d
        "#]],
    );
}

#[test]
fn an_alert_is_about_what_its_labels_and_matchers_name() {
    check(
        "groups:\n- rules:\n  - alert: Slow\n    expr: 'latency{service_name=\"orders\", code!=\"200\", job!=\"x\"} > 1'\n    labels: { component: web }\n",
        &expect![[r#"
            3: alert Slow of ["orders", "web"]
        "#]],
    );
}

#[test]
fn recording_rules_are_followed() {
    check(
        "groups:\n- rules:\n  - record: orders:ratio1h\n    expr: rate(errors{app=~\"orders|stock\"}[1h])\n  - alert: Burn\n    expr: orders:ratio1h > 14.4 * 0.001\n    labels: { slo: orders-availability }\n",
        &expect![[r#"
            5: burn alert Burn of ["orders", "stock"]
        "#]],
    );
}

#[test]
fn the_operators_object_holds_rules_too() {
    check(
        "kind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - alert: Down\n      expr: up{job=\"orders\"} == 0\n",
        &expect![[r#"
            5: alert Down of ["orders"]
        "#]],
    );
}

#[test]
fn what_only_looks_like_rules_is_left_alone() {
    check("groups: [{ name: a }]\nalert: x\n", &expect![[""]]);
    check("groups:\n- rules:\n  - alert: [a]\n    expr: 3\n", &expect![[""]]);
}
