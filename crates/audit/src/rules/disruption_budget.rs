//! # A disruption budget that is missing or blocks
//! Finds workloads of several copies without a disruption budget, and budgets that let no copy be moved: as many must stay
//! as run at least.
//! ## Why
//! Without a budget an upgrade of the cluster may move all copies at once. With one that allows nothing the upgrade hangs
//! on this workload, at night, until somebody deletes the budget.
//! ## Broken
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ---
//! apiVersion: policy/v1
//! kind: PodDisruptionBudget
//! metadata: { name: orders }
//! spec: { minAvailable: 3, selector: { matchLabels: { app: orders } } }
//! ```
//! ## Right
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ---
//! apiVersion: policy/v1
//! kind: PodDisruptionBudget
//! metadata: { name: orders }
//! spec: { maxUnavailable: 1, selector: { matchLabels: { app: orders } } }
//! ```
//! ## Do
//! State `maxUnavailable: 1`: it stays right when the number of copies changes.

use plimsoll_model::{Answer, ComponentId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-023",
    slug: "disruption-budget",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("disruption_budget.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, deployment) in estate.deployed() {
        let ask = |field| estate.view.deployment(id, field);
        let Some(copies) = least_copies(estate, id).filter(|copies| *copies > 1) else { continue };
        let (stay, may_miss) = (ask(Field::DisruptionMinAvailable), ask(Field::DisruptionMaxUnavailable));
        if let Some(count) = stay.value().and_then(|value| amount(&value.to_string(), copies)) {
            match copies <= count {
                true => blocks(found, id, &stay, format!("must keep {count} copies of {copies}: none can be moved")),
                false => found.pass(),
            }
        } else if let Some(count) = may_miss.value().and_then(|value| amount(&value.to_string(), copies)) {
            match count {
                0 => blocks(found, id, &may_miss, String::from("may never miss a copy: none can be moved")),
                _ => found.pass(),
            }
        } else if stay.is_absent() && may_miss.is_absent() {
            let places = evidence_of(&stay).into_iter().chain(deployment.evidence.iter().copied());
            found.fail(Of::Component(id), places, "has no disruption budget");
        }
    }
}

fn blocks(found: &mut Found<'_>, id: ComponentId, answer: &Answer<'_>, says: String) {
    found.fail(Of::Component(id), evidence_of(answer), says);
}

/// How many copies run at least.
fn least_copies(estate: &Estate<'_>, id: ComponentId) -> Option<u64> {
    let ask = |field| estate.view.deployment(id, field).count();
    ask(Field::ScalerMin).or_else(|| ask(Field::Replicas))
}

/// A number, or a percentage of the copies, rounded up as Kubernetes rounds both
/// (<https://kubernetes.io/docs/tasks/run-application/configure-pdb/>).
fn amount(text: &str, copies: u64) -> Option<u64> {
    match text.strip_suffix('%') {
        Some(share) => Some(share.parse::<u64>().ok()?.saturating_mul(copies).div_ceil(100)),
        None => text.parse().ok(),
    }
}
