//! # Retries that multiply
//! Finds operations that may be asked more than ten times for one request of a user when they fail, since each caller on the
//! way tries again.
//! ## Why
//! Three attempts at three levels are 27 requests. A service that has just come back is asked 27 times as much as before, and
//! goes down again: the storm keeps itself going.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { buy: { does: [{ call: orders.place, timeout: 1s, retries: { max: 2 } }] } } }
//!   orders: { operations: { place: { does: [{ call: stock.reserve, timeout: 200ms, retries: { max: 3 } }] } } }
//!   stock: { operations: { reserve: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { buy: { does: [{ call: orders.place, timeout: 1s, retries: { max: 2 } }] } } }
//!   orders: { operations: { place: { does: [{ call: stock.reserve, timeout: 200ms, retries: { max: 0 } }] } } }
//!   stock: { operations: { reserve: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Do
//! Try again at one level, the highest that can; give retries a budget of a tenth of the first attempts, pauses and jitter.

use plimsoll_model::behaviour::WorkId;
use plimsoll_model::{ComponentId, EvidenceId};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};
use crate::walks::Leg;

pub(super) const RULE: Rule = Rule {
    id: "REL-002",
    slug: "retry-storm",
    severity: Severity::Error,
    page: Page::head_of(include_str!("retry_storm.rs")),
    check,
};

/// More attempts than this for one request are a storm.
const ATTEMPTS_MAX: f64 = 10.0;
/// No way is followed further: a circle of calls is another rule's.
const DEPTH_MAX: usize = 32;

/// The attempts on the worst way so far.
#[derive(Clone)]
struct Way {
    attempts: f64,
    factors: Vec<(ComponentId, f64)>,
    places: Vec<EvidenceId>,
}

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let mut worst: Vec<f64> = vec![0.0; estate.model().behaviour.works.len()];
    let mut told: Vec<(Leg<'_>, Way)> = Vec::new();
    for (work, _) in estate.works() {
        let start = Way { attempts: 1.0, factors: Vec::new(), places: Vec::new() };
        descend(estate, work, &start, &mut worst, &mut told, 0);
    }
    for (leg, way) in &told {
        let name = |id: ComponentId| estate.model().component(id).id.as_str();
        let factors: Vec<String> = way.factors.iter().map(|(id, n)| format!("{} {}", name(*id), number(*n))).collect();
        let says = format!("may ask {} times for one request: {}", number(way.attempts), factors.join(" × "));
        let by = leg.in_work.map(|work| estate.model().behaviour.work(work).component);
        let of = match (by, leg.to_work) {
            (Some(by), Some(work)) => Of::Asked { by, work },
            _ => Of::Component(leg.to),
        };
        found.fail(of, way.places.iter().rev().copied(), says);
    }
    found.passed += estate.works().count();
}

/// Follows a way down. An operation is visited again only on a worse way than before.
fn descend<'m>(
    estate: &Estate<'m>,
    work: WorkId,
    way: &Way,
    worst: &mut Vec<f64>,
    told: &mut Vec<(Leg<'m>, Way)>,
    depth: usize,
) {
    if way.attempts <= worst[work.index()] || depth > DEPTH_MAX {
        return;
    }
    worst[work.index()] = way.attempts;
    let own = estate.model().behaviour.work(work).component;
    for leg in estate.legs(work) {
        let attempts = leg.attempts();
        let mut next = way.clone();
        next.attempts *= attempts;
        if attempts > 1.0 {
            next.factors.push((own, attempts));
            next.places.extend(leg.guards.retries.as_ref().map(|retries| retries.evidence));
        }
        // The call that brings it over ten, not those below it.
        if next.attempts > ATTEMPTS_MAX && attempts > 1.0 {
            told.retain(|(known, _)| (known.in_work, known.to_work, known.to) != (leg.in_work, leg.to_work, leg.to));
            told.push((leg.clone(), next.clone()));
        }
        if let Some(to) = leg.to_work {
            descend(estate, to, &next, worst, told, depth + 1);
        }
    }
}

fn number(n: f64) -> String {
    match n {
        n if n.is_infinite() => String::from("without end"),
        n if n.fract() == 0.0 => format!("{n:.0}"),
        n => format!("{n:.1}"),
    }
}
