//! SARIF 2.1.0 as GitHub and GitLab take it: one run for each repository, joined evidence as related locations.
//!
//! A result stands in the run of the repository of its main place; places in other repositories are related locations with
//! that repository's name as base. A run without results is written all the same: it closes old alerts.
//!
//! # Source
//! OASIS SARIF 2.1.0; "SARIF support for code scanning", GitHub Docs (limits: 25,000 results a run, 1,000 locations a
//! result, 20 tags a rule).

use plimsoll_audit::{Finding, Rule, Severity, State, rules};
use serde_json::{Value, json};

use super::Judged;
use super::json::pretty;
use super::place::{Spot, spots};

/// GitHub takes no more results in a run.
const RESULTS_MAX: usize = 25_000;
/// GitHub takes no more locations for a result.
const LOCATIONS_MAX: usize = 1_000;

/// The audit as SARIF, pretty, with a last newline.
pub fn sarif(judged: &Judged<'_>) -> String {
    let sources = judged.model.files.sources();
    let runs: Vec<Value> = match sources {
        [] => vec![run(judged, "")],
        sources => sources.iter().map(|source| run(judged, source)).collect(),
    };
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    }))
}

fn run(judged: &Judged<'_>, source: &str) -> Value {
    let first = judged.model.files.sources().first().map_or("", String::as_str);
    let of = |finding: &&Finding| {
        let spots = spots(judged.model, finding);
        // A finding without a place stands in the first repository's run.
        spots.first().map_or(first, |spot| spot.source.as_str()) == source
    };
    let results: Vec<Value> = judged
        .audit
        .findings
        .iter()
        .filter(of)
        .take(RESULTS_MAX)
        .map(|finding| result(judged, finding, source))
        .collect();
    let rules: Vec<Value> = rules::all().iter().map(|rule| rule_json(rule)).collect();
    let category = if source.is_empty() { String::from("plimsoll/") } else { format!("plimsoll/{source}/") };
    json!({
        "tool": { "driver": {
            "name": "plimsoll",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        } },
        "automationDetails": { "id": category },
        "columnKind": "unicodeCodePoints",
        "results": results,
    })
}

fn level(severity: Severity) -> &'static str {
    severity.word()
}

fn rule_json(rule: &Rule) -> Value {
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    };
    json!({
        "id": rule.id,
        "name": rule.slug,
        "shortDescription": { "text": rule.page.title() },
        "fullDescription": { "text": rule.page.summary() },
        "help": { "text": rule.page.section("Do"), "markdown": rule.page.text() },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": [rule.pack()], "precision": "high", "problem.severity": severity },
    })
}

fn result(judged: &Judged<'_>, finding: &Finding, source: &str) -> Value {
    let spots = spots(judged.model, finding);
    let (main, others) = match spots.split_first() {
        Some((main, others)) => (vec![location(main, source, None)], others),
        None => (Vec::new(), &[][..]),
    };
    let others = others.iter().take(LOCATIONS_MAX).enumerate();
    let related: Vec<Value> = others.map(|(index, spot)| location(spot, source, Some(index))).collect();
    let mut says = format!("{} {}.", finding.subject, finding.says);
    let risk = judged.at_risk(finding);
    if !risk.is_empty() {
        says.push_str(&format!(" At risk: {}.", risk.join(", ")));
    }
    let mut out = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.severity),
        "message": { "text": says },
        "locations": main,
        "relatedLocations": related,
        "partialFingerprints": { "plimsoll/v1": finding.fingerprint, "primaryLocationLineHash": finding.fingerprint },
    });
    let suppression = match &finding.state {
        State::Waived { because, until, .. } => Some(
            json!({ "kind": "external", "status": "accepted", "justification": format!("{because} (until {until})") }),
        ),
        State::Debt => Some(json!({ "kind": "external", "status": "accepted", "justification": "known debt" })),
        State::Open | State::WaiverExpired { .. } => None,
    };
    out["suppressions"] = Value::Array(suppression.into_iter().collect());
    out
}

fn location(spot: &Spot, run: &str, id: Option<usize>) -> Value {
    let mut artifact = json!({ "uri": uri(&spot.path) });
    if spot.source != run {
        artifact["uriBaseId"] = Value::String(spot.source.clone());
    }
    let mut out = json!({
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": { "startLine": spot.line, "startColumn": spot.column },
        },
    });
    if let Some(id) = id {
        out["id"] = json!(id);
        out["message"] = json!({ "text": spot.note });
    }
    out
}

/// A relative path as a URI reference (RFC 3986): everything but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_becomes_a_relative_reference() {
        assert_eq!(super::uri("deploy/a b#c.yaml"), "deploy/a%20b%23c.yaml");
    }
}
