//! # A retry of what must happen once
//! Finds calls that are tried again on an operation that does not have the effect of once when it is asked twice.
//! ## Why
//! The first attempt may have worked, and only its answer was lost. The second charges the customer again.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { operations: { place: { does: [{ call: payments.charge, timeout: 1s, retries: { max: 2 } }] } } }
//!   payments: { operations: { charge: { does: [{ spend: { cpu: 5ms } }], idempotent: no } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { operations: { place: { does: [{ call: payments.charge, timeout: 1s, retries: { max: 2 } }] } } }
//!   payments: { operations: { charge: { does: [{ spend: { cpu: 5ms } }], idempotent: by key } } }
//! ```
//! ## Do
//! Send a key that the callee remembers with its answer (the `Idempotency-Key` header, a field of the request), or do not
//! try again.

use plimsoll_model::behaviour::WorkId;
use plimsoll_model::behaviour::work::Idempotent;
use plimsoll_model::{EvidenceId, Field, Subject, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-003",
    slug: "retry-not-idempotent",
    severity: Severity::Error,
    page: Page::head_of(include_str!("retry_not_idempotent.rs")),
    check,
};

/// Whether asking twice has the effect of once.
enum Once {
    Yes,
    No(Option<EvidenceId>),
    Unknown,
}

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (work, row) in estate.works() {
        for leg in estate.legs(work) {
            let (Some(to), Some(retries)) = (leg.to_work, &leg.guards.retries) else { continue };
            let max = retries.value.max.at_most();
            if max == Some(0) {
                continue;
            }
            let of = Of::Asked { by: row.component, work: to };
            match once(estate, to) {
                Once::Yes => found.pass(),
                Once::Unknown => {
                    let name = estate.model().behaviour.work_name(to, estate.model());
                    found.unknown(&of, format!("whether {name} may be asked twice"));
                }
                Once::No(evidence) => {
                    let times = max.map_or_else(|| String::from("without end"), |max| format!("{max} times"));
                    let says = format!("is tried again {times}, and nothing makes two requests one");
                    let declared = estate.declared(&leg, Field::RetriesMax).map(|(_, evidence)| evidence);
                    let places = declared.into_iter().chain(evidence).chain([retries.evidence]);
                    found.fail(of, places, says);
                }
            }
        }
    }
}

fn once(estate: &Estate<'_>, work: WorkId) -> Once {
    if let Some(says) = estate.says(work, |doing| doing.idempotent.as_ref()) {
        return match says.value {
            Idempotent::No => Once::No(Some(says.evidence)),
            Idempotent::ByNature | Idempotent::ByKey | Idempotent::ByInbox => Once::Yes,
        };
    }
    let Some(operation) = estate.model().behaviour.work(work).operation else { return Once::Unknown };
    let declared = estate.view.ask(Subject::Operation(operation), Field::Idempotent);
    match declared.value() {
        Some(Value::Flag(true)) => return Once::Yes,
        Some(_) => return Once::No(evidence_of(&declared)),
        None if declared.is_absent() => return Once::No(evidence_of(&declared)),
        None => {}
    }
    let row = &estate.model().operations[operation.index()];
    // Methods that set or read have the effect of once (RFC 9110, section 9.2.2).
    match row.method.as_deref() {
        Some("GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE") => Once::Yes,
        _ => Once::Unknown,
    }
}
