//! The audit as one JSON document, `plimsoll-audit/1`; within /1 it changes only by addition.

use std::collections::BTreeMap;

use plimsoll_audit::{Finding, State};
use serde_json::{Value, json};

use super::Judged;
use super::place::spots;

/// The audit as JSON, pretty, with a last newline.
pub fn json(judged: &Judged<'_>) -> String {
    let audit = judged.audit;
    let findings: Vec<Value> = audit.findings.iter().map(|finding| finding_json(judged, finding)).collect();
    let unknowns = audit.unknowns.iter();
    let unknowns: Vec<Value> = unknowns
        .map(|u| json!({ "rule": u.rule.id, "slug": u.rule.slug, "subject": u.subject, "settled_by": u.settled_by }))
        .collect();
    let passes: serde_json::Map<String, Value> =
        audit.passes.iter().map(|(rule, count)| (rule.id.to_owned(), json!(count))).collect();
    let idle: Vec<Value> =
        audit.idle_waivers.iter().map(|waiver| json!({ "rule": waiver.rule, "on": waiver.on })).collect();
    let document = json!({
        "format": "plimsoll-audit/1",
        "system": judged.model.system,
        "environment": judged.environment.map(|id| judged.model.environment(id).id.clone()),
        "findings": findings,
        "unknowns": unknowns,
        "passes": passes,
        "idle_waivers": idle,
        "stale_debt": audit.stale_debt,
    });
    pretty(&document)
}

/// A document, pretty, with a last newline.
pub(super) fn pretty(document: &Value) -> String {
    let mut out = serde_json::to_string_pretty(document).expect("the form has string keys only");
    out.push('\n');
    out
}

fn finding_json(judged: &Judged<'_>, finding: &Finding) -> Value {
    let places: Vec<Value> = spots(judged.model, finding)
        .into_iter()
        .map(|s| json!({ "source": s.source, "path": s.path, "line": s.line, "column": s.column, "note": s.note }))
        .collect();
    json!({
        "rule": finding.rule.id,
        "slug": finding.rule.slug,
        "severity": finding.severity.word(),
        "subject": finding.subject,
        "says": finding.says,
        "why": finding.rule.page.section("Why"),
        "do": finding.rule.page.section("Do"),
        "places": places,
        "at_risk": judged.at_risk(finding),
        "owner": finding.owner,
        "fingerprint": finding.fingerprint,
        "state": state_json(&finding.state),
    })
}

fn state_json(state: &State) -> Value {
    match state {
        State::Open => json!({ "is": "open" }),
        State::Waived { because, owner, until } => {
            json!({ "is": "waived", "because": because, "owner": owner, "until": until })
        }
        State::WaiverExpired { until } => json!({ "is": "waiver_expired", "until": until }),
        State::Debt => json!({ "is": "debt" }),
    }
}

/// What an earlier report found: rule and subject, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    open: BTreeMap<String, String>,
}

impl Earlier {
    /// Reads a report that [`json()`] wrote.
    ///
    /// # Errors
    /// What is wrong with the text, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
        if document["format"] != "plimsoll-audit/1" {
            return Err(String::from("is not a report of `plimsoll audit --format json`"));
        }
        let findings = document["findings"].as_array().cloned().unwrap_or_default();
        let counts = |finding: &&Value| matches!(finding["state"]["is"].as_str(), Some("open" | "waiver_expired"));
        let row = |finding: &Value| {
            let name = format!("{} {}", finding["rule"].as_str()?, finding["subject"].as_str()?);
            Some((finding["fingerprint"].as_str()?.to_owned(), name))
        };
        Ok(Self { open: findings.iter().filter(counts).filter_map(row).collect() })
    }

    /// The open findings, as a baseline takes them.
    pub fn open(&self) -> &BTreeMap<String, String> {
        &self.open
    }

    /// What is new, fixed and expired since then, one line each.
    pub fn changes(&self, findings: &[Finding]) -> Vec<String> {
        let now: BTreeMap<&str, &Finding> =
            findings.iter().filter(|f| f.counts()).map(|f| (f.fingerprint.as_str(), f)).collect();
        let new = findings.iter().filter(|f| f.counts() && !self.open.contains_key(&f.fingerprint));
        let mut lines: Vec<String> = new
            .map(|finding| {
                let expired = matches!(finding.state, State::WaiverExpired { .. });
                let word = if expired { "expired" } else { "new" };
                format!("{word}: {} {}", finding.rule.id, finding.subject)
            })
            .collect();
        let gone = self.open.iter().filter(|(fingerprint, _)| !now.contains_key(fingerprint.as_str()));
        lines.extend(gone.map(|(_, name)| format!("fixed: {name}")));
        lines
    }
}
