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
use plimsoll_model::behaviour::work::{Deadline, Step};
use plimsoll_model::{EvidenceId, Field, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};
use crate::walks::{self, Leg};

pub(super) const RULE: Rule = Rule {
    id: "REL-001",
    slug: "deadline-order",
    severity: Severity::Error,
    page: Page::head_of(include_str!("deadline_order.rs")),
    check,
};

/// Nobody is looked for further up: a circle of calls is another rule's.
const HEIGHT_MAX: u32 = 32;

/// The shortest time that somebody above waits, and who that is.
#[derive(Clone, Copy)]
struct Above<'m> {
    nanos: u64,
    evidence: EvidenceId,
    who: &'m str,
    /// How many calls above the judged one it is: of equal times the uppermost counts.
    height: u32,
}

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let above = shortest(estate);
    for (work, _) in estate.works() {
        let Some(above) = above[work.index()] else { continue };
        let handed_on = hands_on(estate, work);
        if !handed_on {
            in_a_row(estate, work, above, found);
        }
        for leg in estate.legs(work) {
            let Some(whole) = longest(estate, &leg) else { continue };
            // Attempts of a call that is given what is left end with it; one that is longer by itself never fits.
            let judged = if handed_on { timeout(estate, &leg).unwrap_or(whole) } else { whole };
            if judged.0 > above.nanos {
                let (waits, limit) = (said(estate, &leg, whole.0), Value::Nanos(above.nanos));
                let says = format!("waits {waits}, and {} gives up after {limit}", above.who);
                let places = [Some(whole.1), Some(above.evidence), leg.guards.timeout.as_ref().map(|t| t.evidence)];
                found.fail(of(estate, &leg), places.into_iter().flatten(), says);
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
            let own = timeout(estate, &leg).map(|(nanos, evidence)| Above { nanos, evidence, who, height: 1 });
            let upper = above[work.index()].map(|above| Above { height: above.height + 1, ..above });
            let rank = |above: &Above<'_>| (above.nanos, std::cmp::Reverse(above.height));
            let given = [upper, own].into_iter().flatten().filter(|a| a.height <= HEIGHT_MAX).min_by_key(rank);
            let known = above[to.index()].as_ref().map(rank);
            if let Some(given) = given.filter(|given| known.is_none_or(|known| rank(given) < known)) {
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
    let (total, places) = sum(estate, work, steps);
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
fn sum(estate: &Estate<'_>, work: WorkId, steps: &[Claim<Step>]) -> (u64, Vec<EvidenceId>) {
    let mut total = 0_u64;
    let mut places = Vec::new();
    let one = |step: &Claim<Step>| sum(estate, work, std::slice::from_ref(step));
    for step in steps {
        let (nanos, own) = match &step.value {
            Step::Call(_) | Step::Query(_) => {
                let leg = walks::legs(std::slice::from_ref(step), Some(work)).into_iter().next();
                leg.and_then(|leg| longest(estate, &leg)).map_or((0, Vec::new()), |(nanos, at)| (nanos, vec![at]))
            }
            Step::Seq(inner) => sum(estate, work, inner),
            Step::Lock(lock) => sum(estate, work, &lock.does),
            Step::Cache(cache) => {
                let (nanos, own) = sum(estate, work, &cache.on_miss);
                (nanos.saturating_add(cache.timeout.as_ref().map_or(0, |timeout| timeout.value.0)), own)
            }
            Step::Branch(ways) => longest_of(ways.iter().map(|way| sum(estate, work, &way.does))),
            Step::All(inner) => longest_of(inner.iter().map(one)),
            Step::First(first) => longest_of(first.of.iter().map(one)),
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

/// How long one attempt waits: as a file declares it, else as plimsoll.yaml says.
fn timeout(estate: &Estate<'_>, leg: &Leg<'_>) -> Option<(u64, EvidenceId)> {
    let declared = estate.declared(leg, Field::Timeout);
    let said = leg.guards.timeout.as_ref().map(|timeout| (timeout.value.0, timeout.evidence));
    declared.or(said)
}

/// How often it is asked at most.
fn attempts(estate: &Estate<'_>, leg: &Leg<'_>) -> u64 {
    let declared = estate.declared(leg, Field::RetriesMax).map(|(max, _)| max);
    let said = leg.guards.retries.as_ref().and_then(|retries| retries.value.max.at_most());
    declared.or(said).unwrap_or(0).saturating_add(1)
}

/// How long all attempts may take together, as far as it is stated, and where. Pauses between attempts come on top.
fn longest(estate: &Estate<'_>, leg: &Leg<'_>) -> Option<(u64, EvidenceId)> {
    let attempts = attempts(estate, leg);
    let each = timeout(estate, leg).map(|(nanos, evidence)| (nanos.saturating_mul(attempts), evidence));
    let within = leg.guards.within.as_ref().map(|within| (within.value.0, within.evidence));
    [each, within].into_iter().flatten().min_by_key(|(nanos, _)| *nanos)
}

/// `10s`, or `4 × 2s` where it is tried again.
fn said(estate: &Estate<'_>, leg: &Leg<'_>, nanos: u64) -> String {
    match (attempts(estate, leg), timeout(estate, leg)) {
        (attempts, Some((each, _))) if attempts > 1 && each.saturating_mul(attempts) == nanos => {
            format!("{attempts} × {}", Value::Nanos(each))
        }
        _ => Value::Nanos(nanos).to_string(),
    }
}

fn of(estate: &Estate<'_>, leg: &Leg<'_>) -> Of {
    match (estate.call_of(leg), leg.in_work) {
        (Some(id), _) => Of::Call(id),
        (None, Some(work)) => Of::Work(work),
        (None, None) => Of::Component(leg.to),
    }
}
