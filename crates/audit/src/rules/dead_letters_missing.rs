//! # A message that comes back for ever
//! Finds consumers to whom a message is handed out again without a limit, or that have a limit and nowhere for what is beyond
//! it.
//! ## Why
//! One message that cannot be handled blocks the ones behind it, or uses up the consumer with its returns. Dropped after the
//! last try, it is lost, and nobody knows.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { operations: { place: { does: [{ publish: orders.placed }] } } }
//!   fulfil:
//!     operations:
//!       pack: { consumes: { topic: orders.placed, redelivery: { max: unlimited } }, does: [{ spend: { hold: 20ms } }] }
//!   events: { kind: broker, technology: nats }
//! topics: { orders.placed: { broker: events } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { operations: { place: { does: [{ publish: orders.placed }] } } }
//!   fulfil:
//!     operations:
//!       pack:
//!         consumes: { topic: orders.placed, redelivery: { max: 5 }, dead_letters: orders.dead }
//!         does: [{ spend: { hold: 20ms } }]
//!   events: { kind: broker, technology: nats }
//! topics: { orders.placed: { broker: events } }
//! ```
//! ## Do
//! Hand out a message five times at most, with growing pauses; then put it where people see it, with a way to play it again.

use plimsoll_model::behaviour::work::Consumes;
use plimsoll_model::{Call, CallId, ComponentKind, EvidenceId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "DAT-004",
    slug: "dead-letters-missing",
    severity: Severity::Error,
    page: Page::head_of(include_str!("dead_letters_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let broker = |call: &Call| estate.model().component(call.to).kind == ComponentKind::Broker;
    for (id, call) in estate.calls().filter(|(_, call)| broker(call)) {
        let (limit, limit_at) = limit(estate, id, call);
        let target = estate.view.call(id, Field::CallDeadLetters);
        let stated = supposed(estate, call).any(|(consumes, _)| consumes.dead_letters.is_some());
        match limit {
            None => {}
            Some(None) => found.fail(Of::Delivery(id), limit_at, "is delivered again without a limit"),
            Some(Some(_)) if target.value().is_some() || stated => found.pass(),
            Some(Some(times)) if target.is_absent() => {
                let says = format!("is delivered {times} times, and then lost: there are no dead letters");
                found.fail(Of::Delivery(id), limit_at.into_iter().chain(evidence_of(&target)), says);
            }
            Some(Some(_)) => {
                let consumer = &estate.model().component(call.from).id;
                found.unknown(&Of::Delivery(id), format!("where messages go that {consumer} cannot handle"));
            }
        }
    }
}

/// How often a message is handed out: nobody says, without a limit, or so many times; and where that stands.
fn limit(estate: &Estate<'_>, id: CallId, call: &Call) -> (Option<Option<u64>>, Option<EvidenceId>) {
    let declared = estate.view.call(id, Field::Deliveries);
    if let Some(text) = declared.value().map(ToString::to_string) {
        return (Some(text.parse().ok()), evidence_of(&declared));
    }
    let said =
        supposed(estate, call).find_map(|(consumes, at)| Some((consumes.redelivery.as_ref()?.max.at_most(), at)));
    said.map_or((None, None), |(max, at)| (Some(max), Some(at)))
}

/// What plimsoll.yaml says of the caller's subscriptions.
fn supposed<'m>(estate: &Estate<'m>, call: &Call) -> impl Iterator<Item = (&'m Consumes, EvidenceId)> {
    let works = estate.model().behaviour.works_of(call.from);
    let said = works.filter_map(|work| estate.says(work, |doing| doing.consumes.as_ref()));
    said.map(|consumes| (&consumes.value, consumes.evidence))
}
