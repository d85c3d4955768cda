//! Prometheus' alerting and recording rules.
//!
//! # Source
//! "Alerting rules" and "Recording rules", Prometheus documentation. Burn alerts: "The Site Reliability Workbook", chapter 5.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Alert, Origin};
use crate::redact;
use crate::tree::Node;

/// Labels that name a component, in rules and in matchers. Both spellings of OpenTelemetry's `service.name` are among them.
const NAMING: [&str; 9] = [
    "service",
    "service_name",
    "component",
    "app",
    "app_kubernetes_io_name",
    "job",
    "deployment",
    "container",
    "workload",
];

/// Rules that lead to rules; a circle ends here.
const HOPS_MAX: usize = 8;

/// The alerts of a file.
pub(super) fn read(groups: &Node) -> Vec<Alert> {
    let rules: Vec<&Node> =
        groups.items().iter().flat_map(|group| group.get("rules").map(Node::items).unwrap_or_default()).collect();
    let records: BTreeMap<&str, &str> =
        rules.iter().filter_map(|rule| Some((rule.str_at("record")?, rule.str_at("expr")?))).collect();
    rules.iter().filter_map(|rule| alert(rule, &records)).collect()
}

fn alert(rule: &Node, records: &BTreeMap<&str, &str>) -> Option<Alert> {
    let name = rule.get("alert")?;
    let expression = rule.str_at("expr").unwrap_or_default();
    let mut about: BTreeSet<String> = BTreeSet::new();
    let labels = rule.get("labels").map(Node::entries).unwrap_or_default();
    about.extend(
        labels.iter().filter(|e| NAMING.contains(&e.key.as_str())).filter_map(|e| e.value.as_str()).map(str::to_owned),
    );
    let whole = unfolded(expression, records);
    about.extend(named(&whole));
    let objective = labels.iter().find(|entry| matches!(entry.key.as_str(), "slo" | "sloth_slo" | "slo_name"));
    let objective = objective.and_then(|entry| entry.value.as_str()).map(str::to_owned);
    let title = name.as_str()?;
    let burns = objective.is_some() || title.to_ascii_lowercase().contains("burn");
    let runbook = rule.at_path(&["annotations", "runbook_url"]).or_else(|| rule.at_path(&["annotations", "runbook"]));
    Some(Alert {
        name: redact::value("alert", title).into_owned(),
        about: about.into_iter().map(|name| redact::value("service", &name).into_owned()).collect(),
        objective,
        burns,
        runbook: runbook.and_then(Node::as_str).map(|link| redact::value("url", link).into_owned()),
        origin: Origin::of(name),
    })
}

/// An expression together with those of the recording rules that it names.
fn unfolded(expression: &str, records: &BTreeMap<&str, &str>) -> String {
    let mut out = expression.to_owned();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![expression];
    for _ in 0..HOPS_MAX {
        let mut next = Vec::new();
        for text in open {
            for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))) {
                if let Some((name, inner)) = records.get_key_value(word)
                    && met.insert(name)
                {
                    out.push('\n');
                    out.push_str(inner);
                    next.push(*inner);
                }
            }
        }
        open = next;
    }
    out
}

/// Values of naming labels in matchers that ask for one value, or for one of several: `{service="orders"}`, `=~"a|b"`.
fn named(expression: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = expression;
    while let Some(equals) = rest.find('=') {
        let (before, after) = rest.split_at(equals);
        let label =
            before.trim_end().rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
        let after = after[1..].trim_start_matches(['~', ' ']);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        if let (Some(quote), true) = (quote, NAMING.contains(&label) && !before.trim_end().ends_with('!'))
            && let Some(value) = after[1..].split(quote).next()
        {
            let plain = |part: &&str| !part.is_empty() && !part.contains(['.', '*', '+', '[', '(']);
            out.extend(value.split('|').filter(plain).map(str::to_owned));
        }
        rest = after;
    }
    out
}
