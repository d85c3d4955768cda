//! # A callee waits longer than its caller
//! Finds calls that may go on after those above them have given up: all attempts of a call together take longer than the
//! shortest deadline on the way to it; or the calls of an operation, one after the other, take longer than its caller waits
//! and the deadline is not handed on.
//! ## Why
//! The user has the error, and the work below goes on: it holds slots and connections for an answer that nobody reads. Under
//! load that is what keeps a slow third party from being a small fault.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! journeys: { checkout: { steps: [web.buy] } }
//! components:
//!   web: { kind: gateway, operations: { buy: { does: [{ call: payments.charge, timeout: 1.5s }] } } }
//!   payments: { operations: { charge: { does: [{ call: psp.charge, timeout: 10s }] } } }
//!   psp: { kind: external, operations: { charge: { does: [{ spend: { hold: 400ms } }] } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! journeys: { checkout: { steps: [web.buy] } }
//! components:
//!   web: { kind: gateway, operations: { buy: { does: [{ call: payments.charge, timeout: 1.5s }] } } }
//!   payments: { operations: { charge: { does: [{ call: psp.charge, timeout: 1s }] } } }
//!   psp: { kind: external, operations: { charge: { does: [{ spend: { hold: 400ms } }] } } }
//! ```
//! ## Do
//! Give each call less than its caller has left, retries and pauses included; hand the deadline on, so that every call below
//! gets what is left of it.

use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::WorkId;
use plimsoll_model::behaviour::guard::Guards;
use plimsoll_model::behaviour::work::{Deadline, Step};
use plimsoll_model::{CallId, EvidenceId, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};
use crate::walks::Leg;

pub(super) const RULE: Rule = Rule {
    id: "REL-001",
    slug: "deadline-order",
    severity: Severity::Error,
    page: Page::head_of(include_str!("deadline_order.rs")),
    check,
};

/// The shortest time that somebody above waits, and who that is.
#[derive(Clone, Copy)]
struct Above<'m> {
    nanos: u64,
    evidence: EvidenceId,
    who: &'m str,
}

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let above = shortest(estate);
    for (work, _) in estate.works() {
        let Some(above) = above[work.index()] else { continue };
        if !hands_on(estate, work) {
            in_a_row(estate, work, above, found);
        }
        for leg in estate.legs(work) {
            let Some((nanos, evidence)) = longest(leg.guards) else { continue };
            if nanos > above.nanos {
                let (waits, limit) = (said(leg.guards, nanos), Value::Nanos(above.nanos));
                let says = format!("waits {waits}, and {} gives up after {limit}", above.who);
                found.fail(of(estate, &leg), [evidence, above.evidence], says);
            } else {
                found.pass();
            }
        }
    }
}

/// For each operation the shortest time that anybody on a way to it waits for one attempt. Shortens until nothing changes;
/// cost: calls times the number of different timeouts, at most.
fn shortest<'m>(estate: &Estate<'m>) -> Vec<Option<Above<'m>>> {
    let mut above: Vec<Option<Above<'m>>> = vec![None; estate.model().behaviour.works.len()];
    let mut open: Vec<WorkId> = estate.works().map(|(work, _)| work).collect();
    while let Some(work) = open.pop() {
        let who = estate.model().component(estate.model().behaviour.work(work).component).id.as_str();
        for leg in estate.legs(work) {
            let Some(to) = leg.to_work else { continue };
            let own = leg.guards.timeout.as_ref();
            let own = own.map(|timeout| Above { nanos: timeout.value.0, evidence: timeout.evidence, who });
            let given = [above[work.index()], own].into_iter().flatten().min_by_key(|above| above.nanos);
            let known = above[to.index()].map_or(u64::MAX, |above| above.nanos);
            if let Some(given) = given.filter(|given| given.nanos < known) {
                above[to.index()] = Some(given);
                open.push(to);
            }
        }
    }
    above
}

fn hands_on(estate: &Estate<'_>, work: WorkId) -> bool {
    let deadline = estate.says(work, |doing| doing.deadline.as_ref());
    deadline.is_some_and(|deadline| deadline.value == Deadline::HandedOn)
}

/// Calls that follow each other, where each is short enough and all together are not.
fn in_a_row(estate: &Estate<'_>, work: WorkId, above: Above<'_>, found: &mut Found<'_>) {
    let Some(steps) = estate.doing(work) else { return };
    let (total, places) = sum(steps);
    let single = places.len() < 2;
    if single || total <= above.nanos {
        return;
    }
    let says = format!(
        "may wait {} for {} calls in a row, and {} gives up after {}; its deadline is not handed on",
        Value::Nanos(total),
        places.len(),
        above.who,
        Value::Nanos(above.nanos)
    );
    found.fail(Of::Work(work), std::iter::once(above.evidence).chain(places), says);
}

/// How long steps may wait for others: one after the other adds up, at once takes the longest.
fn sum(steps: &[Claim<Step>]) -> (u64, Vec<EvidenceId>) {
    let mut total = 0_u64;
    let mut places = Vec::new();
    for step in steps {
        let (nanos, own) = match &step.value {
            Step::Call(call) => longest(&call.guards).map_or((0, Vec::new()), |(nanos, at)| (nanos, vec![at])),
            Step::Query(query) => longest(&query.guards).map_or((0, Vec::new()), |(nanos, at)| (nanos, vec![at])),
            Step::Seq(inner) => sum(inner),
            Step::Lock(lock) => sum(&lock.does),
            Step::Cache(cache) => {
                let (nanos, own) = sum(&cache.on_miss);
                (nanos + cache.timeout.as_ref().map_or(0, |timeout| timeout.value.0), own)
            }
            Step::Branch(ways) => longest_of(ways.iter().map(|way| sum(&way.does))),
            Step::All(inner) => longest_of(inner.iter().map(|each| sum(std::slice::from_ref(each)))),
            Step::First(first) => longest_of(first.of.iter().map(|each| sum(std::slice::from_ref(each)))),
            Step::Spend(_) | Step::Publish(_) | Step::Sleep(_) | Step::Fail(_) => (0, Vec::new()),
            // What follows an answer is not waited for.
            Step::Return(_) => break,
        };
        total = total.saturating_add(nanos);
        places.extend(own);
    }
    (total, places)
}

fn longest_of(ways: impl Iterator<Item = (u64, Vec<EvidenceId>)>) -> (u64, Vec<EvidenceId>) {
    ways.max_by_key(|(nanos, _)| *nanos).unwrap_or_default()
}

/// How long all attempts may take together, as far as it is stated, and where. Pauses between attempts come on top.
fn longest(guards: &Guards) -> Option<(u64, EvidenceId)> {
    let attempts = attempts(guards);
    let each = guards.timeout.as_ref().map(|timeout| (timeout.value.0.saturating_mul(attempts), timeout.evidence));
    let within = guards.within.as_ref().map(|within| (within.value.0, within.evidence));
    [each, within].into_iter().flatten().min_by_key(|(nanos, _)| *nanos)
}

fn attempts(guards: &Guards) -> u64 {
    let retries = guards.retries.as_ref().and_then(|retries| retries.value.max.at_most()).unwrap_or(0);
    retries.saturating_add(1)
}

/// `10s`, or `4 × 2s` where it is tried again.
fn said(guards: &Guards, nanos: u64) -> String {
    match (attempts(guards), &guards.timeout) {
        (attempts, Some(timeout)) if attempts > 1 && timeout.value.0.saturating_mul(attempts) == nanos => {
            format!("{attempts} × {}", Value::Nanos(timeout.value.0))
        }
        _ => Value::Nanos(nanos).to_string(),
    }
}

fn of(estate: &Estate<'_>, leg: &Leg<'_>) -> Of {
    let from = leg.in_work.map(|work| estate.model().behaviour.work(work).component);
    let call = estate.model().call_ids().find(|(_, call)| Some(call.from) == from && call.to == leg.to);
    match (call, leg.in_work) {
        (Some((id, _)), _) => Of::Call(CallId(id.0)),
        (None, Some(work)) => Of::Work(work),
        (None, None) => Of::Component(leg.to),
    }
}
