//! # Services that wait for each other in a circle
//! Finds circles of calls in which each waits for the next one's answer.
//! ## Why
//! A request that comes back to where it began holds two workers of the same service; under load all of them wait for one
//! another and nobody is left to answer. None of them can be deployed or started before the others.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders:
//!     operations:
//!       place: { does: [{ call: stock.reserve, timeout: 1s }] }
//!       show: { does: [{ spend: { cpu: 1ms } }] }
//!   stock: { operations: { reserve: { does: [{ call: orders.show, timeout: 1s }] } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders:
//!     operations:
//!       place: { does: [{ call: stock.reserve, timeout: 1s }] }
//!       show: { does: [{ spend: { cpu: 1ms } }] }
//!   stock: { operations: { reserve: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Do
//! Hand over in the first call what the callee asks back for, or send it as an event; a third service may own what both
//! need.

use plimsoll_model::{Call, CallId, ComponentId, ComponentKind};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-006",
    slug: "call-cycle",
    severity: Severity::Error,
    page: Page::head_of(include_str!("call_cycle.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let calls: Vec<(CallId, &Call)> = estate.calls().filter(|(_, call)| waits(estate, call)).collect();
    let count = estate.model().components.len();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, (_, call)) in calls.iter().enumerate() {
        next[call.from.index()].push(index);
    }
    for circle in circles(&calls, &next) {
        let names: Vec<&str> =
            circle.iter().map(|index| estate.model().component(calls[*index].1.from).id.as_str()).collect();
        let evidence = circle.iter().filter_map(|index| calls[*index].1.evidence.first().copied());
        let says = format!("waits for itself: {} → {}", names.join(" → "), names[0]);
        found.fail(Of::Component(calls[circle[0]].1.from), evidence, says);
    }
    found.passed += estate.components().count() - found.findings.len();
}

fn waits(estate: &Estate<'_>, call: &Call) -> bool {
    let serves = |id: ComponentId| {
        matches!(
            estate.model().component(id).kind,
            ComponentKind::Service | ComponentKind::Gateway | ComponentKind::Frontend | ComponentKind::Job
        )
    };
    call.protocol.is_synchronous() && call.from != call.to && serves(call.from) && serves(call.to)
}

/// One shortest circle through each group of components that reach each other, as indices of calls, beginning at the
/// component of the lowest id.
fn circles(calls: &[(CallId, &Call)], next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut told = vec![false; next.len()];
    for start in 0..next.len() {
        if told[start] {
            continue;
        }
        if let Some(circle) = shortest(calls, next, start) {
            for index in &circle {
                told[calls[*index].1.from.index()] = true;
            }
            found.push(circle);
        }
    }
    found
}

/// The shortest way from a component back to itself.
fn shortest(calls: &[(CallId, &Call)], next: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut came_by: Vec<Option<usize>> = vec![None; next.len()];
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for index in &next[at] {
            let to = calls[*index].1.to.index();
            if to == start {
                let mut way = vec![*index];
                let mut back = at;
                while back != start {
                    let by = came_by[back].expect("every component of the way was come to by a call");
                    way.push(by);
                    back = calls[by].1.from.index();
                }
                way.reverse();
                return Some(way);
            }
            if came_by[to].is_none() {
                came_by[to] = Some(*index);
                open.push_back(to);
            }
        }
    }
    None
}
