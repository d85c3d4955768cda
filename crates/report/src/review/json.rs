//! The review as one JSON document, `plimsoll-review/1`; within /1 it changes only by addition.

use plimsoll_model::{EvidenceId, Model};
use plimsoll_review::{Change, Held};
use plimsoll_simulate::search::Verdict as Searched;
use serde_json::{Value, json};

use super::Reviewed;
use crate::words::first_place;

/// The review as JSON, pretty, with a last newline.
pub fn json(reviewed: &Reviewed<'_>) -> String {
    let review = reviewed.review;
    let reasons = review.reasons.iter();
    let reasons: Vec<Value> =
        reasons.map(|reason| json!({ "verdict": reason.verdict.word(), "says": reason.says })).collect();
    let changes: Vec<Value> = review.changes.iter().map(|change| change_json(reviewed, change)).collect();
    let breaks = review.breaks.iter();
    let breaks: Vec<Value> =
        breaks.map(|each| json!({ "what": each.what, "noun": each.noun.word(), "used_by": each.used_by })).collect();
    let new = review.standing.new.iter();
    let new: Vec<Value> = new
        .map(|finding| {
            json!({
                "rule": finding.rule.id,
                "slug": finding.rule.slug,
                "severity": finding.severity.word(),
                "subject": finding.subject,
                "says": finding.says,
                "place": reviewed.finding_place(finding),
                "owner": finding.owner,
                "fingerprint": finding.fingerprint,
            })
        })
        .collect();
    let fixed = review.standing.fixed.iter();
    let fixed: Vec<Value> = fixed
        .map(|known| json!({ "rule": known.rule, "severity": known.severity.word(), "subject": known.subject }))
        .collect();
    let journeys = review.journeys.iter();
    let journeys: Vec<Value> = journeys
        .map(|change| {
            json!({
                "id": change.journey,
                "base": change.base.as_ref().map(held_json),
                "head": change.head.as_ref().map(held_json),
            })
        })
        .collect();
    let document = json!({
        "format": "plimsoll-review/1",
        "base": reviewed.base_name,
        "head": reviewed.head_name,
        "verdict": review.verdict.word(),
        "reasons": reasons,
        "journeys": journeys,
        "breaks": breaks,
        "new_findings": new,
        "fixed_findings": fixed,
        "changes": changes,
    });
    let mut out = serde_json::to_string_pretty(&document).expect("the form has string keys only");
    out.push('\n');
    out
}

fn change_json(reviewed: &Reviewed<'_>, change: &Change) -> Value {
    let place = |model: &Model, id: Option<EvidenceId>| id.and_then(|id| first_place(model, &[id]));
    json!({
        "kind": change.kind.word(),
        "noun": change.noun.word(),
        "name": change.name,
        "field": change.field,
        "from": change.from,
        "to": change.to,
        "in_base": place(reviewed.base.model, change.in_base),
        "in_head": place(reviewed.head.model, change.in_head),
    })
}

fn held_json(held: &Held) -> Value {
    let attempts = held.attempts.iter();
    let attempts: Vec<Value> = attempts
        .map(|each| {
            let times = each.times.is_finite().then_some(each.times);
            json!({ "component": each.component, "times": times, "by": each.by })
        })
        .collect();
    let ceiling = held.ceiling.as_ref().map(|ceiling| {
        json!({
            "share": ceiling.share,
            "promised": ceiling.promised,
            "days": ceiling.days,
            "minutes_lost": ceiling.minutes_lost(),
            "minutes_allowed": ceiling.minutes_allowed(),
            "unknown": ceiling.unknown,
        })
    });
    json!({
        "bound_per_s": held.bound.as_ref().map(|(bound, _)| bound),
        "binds": held.bound.as_ref().map(|(_, binds)| binds),
        "line_per_s": held.line.as_ref().and_then(|line| match line.verdict {
            Searched::Holds(line) => Some(json!({ "value": line.value, "low": line.low, "high": line.high })),
            _ => None,
        }),
        "line": held.line.as_ref().map(crate::loadline::words::short_line),
        "ceiling": ceiling,
        "chain": held.chain,
        "attempts": attempts,
        "inverted_timeouts": held.inverted,
        "problem": held.problem,
    })
}
