//! What plimsoll.yaml says of the audit itself: waivers, severities, parts of the system.

use expect_test::{Expect, expect};
use plimsoll_audit::{Audit, Day, Options, State, audit};
use plimsoll_read::source::Source;
use plimsoll_read::survey;

const SHOP: &str = "
plimsoll: 1
components:
  web: { kind: gateway, tier: 1, operations: { buy: { does: [{ call: payments.charge, timeout: 1s }] } } }
  payments: { tier: 3, operations: { charge: { does: [{ call: psp.charge, timeout: 10s }] } } }
  psp: { kind: external, operations: { charge: { does: [{ spend: { hold: 400ms } }] } } }
";

fn run(more: &str, today: &str) -> Audit {
    let text = format!("{SHOP}{more}");
    let model = survey::survey(vec![Source::memory(&[("plimsoll.yaml", &text)])], &survey::Options::default());
    assert_eq!(model.configuration_errors, 0, "{:?}", model.problems);
    let options = Options { only: vec![String::from("REL-001")], today: Day::parse(today), ..Options::default() };
    audit(model.by_default(), &options)
}

#[track_caller]
fn check(more: &str, today: &str, expect: &Expect) {
    let audit = run(more, today);
    let lines = audit.findings.iter().map(|finding| {
        let state = match &finding.state {
            State::Open => String::new(),
            State::Waived { because, owner, until } => format!(" [waived until {until} by {owner}: {because}]"),
            State::WaiverExpired { until } => format!(" [waiver expired on {until}]"),
            State::Debt => String::from(" [debt]"),
        };
        format!("{} {} {}{state}\n", finding.severity.word(), finding.subject, finding.says)
    });
    expect.assert_eq(&lines.collect::<String>());
}

#[test]
fn a_breach_is_open() {
    check(
        "",
        "2026-11-28",
        &expect![[r#"
        error payments → psp waits 10s, and web gives up after 1s
    "#]],
    );
}

#[test]
fn a_waiver_holds_to_the_end_of_its_last_day_and_is_shown() {
    let waiver = "waivers: [{ rule: deadline-order, on: payments -> psp, because: psp mends it, owner: money, until: 2026-11-28 }]";
    check(
        waiver,
        "2026-11-28",
        &expect![[r#"
        error payments → psp waits 10s, and web gives up after 1s [waived until 2026-11-28 by money: psp mends it]
    "#]],
    );
    check(
        waiver,
        "2026-11-29",
        &expect![[r#"
        error payments → psp waits 10s, and web gives up after 1s [waiver expired on 2026-11-28]
    "#]],
    );
}

#[test]
fn a_waiver_that_fits_nothing_is_named() {
    let waiver = "waivers: [{ rule: REL-001, on: web, because: none, owner: money, until: 2026-11-28 }]";
    assert_eq!(run(waiver, "2026-11-01").idle_waivers.len(), 1);
}

#[test]
fn a_rule_is_milder_or_off_for_a_part_of_the_system() {
    check(
        "standards: { rules: { REL-001: { severity: note } } }",
        "2026-11-28",
        &expect![[r#"
        note payments → psp waits 10s, and web gives up after 1s
    "#]],
    );
    check(
        "standards: { scopes: [{ tier: [3], rules: { REL-001: { severity: off } } }] }",
        "2026-11-28",
        &expect![[""]],
    );
    check(
        "standards: { scopes: [{ tier: [2], rules: { REL-001: { severity: off } } }] }",
        "2026-11-28",
        &expect![[r#"
            error payments → psp waits 10s, and web gives up after 1s
        "#]],
    );
}
