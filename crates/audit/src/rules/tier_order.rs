//! # What is critical waits for what is not
//! Finds operations of a tier-1 component that wait for another tier-1 component and also for one of a lower tier.
//! ## Why
//! Such an operation is as available as the least of those that it waits for: the lower tier's nights and weekends become
//! tier 1's.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders:
//!     tier: 1
//!     operations: { place: { does: [{ call: payments.charge, timeout: 1s }, { call: hints.suggest, timeout: 1s }] } }
//!   payments: { tier: 1, operations: { charge: { does: [{ spend: { cpu: 5ms } }] } } }
//!   hints: { tier: 3, operations: { suggest: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders:
//!     tier: 1
//!     operations:
//!       place:
//!         does:
//!           - call: payments.charge
//!             timeout: 1s
//!           - call: hints.suggest
//!             timeout: 1s
//!             fallback: [{ spend: { cpu: 0ms } }]
//!   payments: { tier: 1, operations: { charge: { does: [{ spend: { cpu: 5ms } }] } } }
//!   hints: { tier: 3, operations: { suggest: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Do
//! Go on without the answer (a fallback), ask after the answer was given, or raise the tier with what that takes.

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};
use crate::walks::Leg;

pub(super) const RULE: Rule = Rule {
    id: "REL-007",
    slug: "tier-order",
    severity: Severity::Error,
    page: Page::head_of(include_str!("tier_order.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (work, row) in estate.works().filter(|(_, row)| estate.tier(row.component) == Some(1)) {
        // What has a fallback is not waited for when it fails.
        let hard: Vec<Leg<'_>> = estate
            .legs(work)
            .into_iter()
            .filter(|leg| leg.guards.fallback.is_empty() && leg.to != row.component)
            .collect();
        // An operation that only passes a lower tier's service on is of that tier itself.
        if !hard.iter().any(|leg| estate.tier(leg.to) == Some(1)) {
            continue;
        }
        for leg in &hard {
            match estate.tier(leg.to) {
                Some(1) => found.pass(),
                Some(tier) => {
                    let callee = &estate.model().component(leg.to).id;
                    let of = leg.to_work.map_or(Of::Work(work), |to| Of::Asked { by: row.component, work: to });
                    let places = std::iter::once(leg.evidence).chain(estate.tier_evidence(leg.to));
                    found.fail(of, places, format!("is of tier 1 and waits for {callee}, which is of tier {tier}"));
                }
                None => {
                    let callee = &estate.model().component(leg.to).id;
                    found.unknown(&Of::Work(work), format!("the tier of {callee}"));
                }
            }
        }
    }
}
