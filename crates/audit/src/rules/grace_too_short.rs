//! # A copy is killed before its requests are done
//! Finds workloads whose grace period is shorter than what runs before the stop and the longest time that a caller waits.
//! ## Why
//! At each rollout the requests that are under way when the grace ends are cut off; with retries they come again, elsewhere,
//! half done.
//! ## Broken
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       terminationGracePeriodSeconds: 10
//!       containers: [{ name: orders, image: "shop/orders:1.4.0", lifecycle: { preStop: { sleep: { seconds: 5 } } } }]
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { show: { does: [{ call: orders.place, timeout: 8s }] } } }
//!   orders: { operations: { place: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Right
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       terminationGracePeriodSeconds: 30
//!       containers: [{ name: orders, image: "shop/orders:1.4.0", lifecycle: { preStop: { sleep: { seconds: 5 } } } }]
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { show: { does: [{ call: orders.place, timeout: 8s }] } } }
//!   orders: { operations: { place: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Do
//! Give at least the pause before the stop and the longest deadline of a caller; shorten deadlines that nobody needs.

use plimsoll_model::{ComponentId, EvidenceId, Field, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-026",
    slug: "grace-too-short",
    severity: Severity::Error,
    page: Page::head_of(include_str!("grace_too_short.rs")),
    check,
};

/// What Kubernetes gives where nothing is stated
/// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>).
const GRACE_NS: u64 = 30_000_000_000;

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, _) in estate.deployed() {
        let ask = |field| estate.view.deployment(id, field);
        let grace = ask(Field::TerminationGrace);
        let Some(grace_ns) = grace.count().or_else(|| grace.is_absent().then_some(GRACE_NS)) else { continue };
        let Some((wait_ns, by)) = longest_wait(estate, id) else { continue };
        let pre_stop = ask(Field::PreStop);
        let pause_ns = pre_stop.value().and_then(|value| pause_ns(&value.to_string())).unwrap_or(0);
        let needed_ns = pause_ns.saturating_add(wait_ns);
        if grace_ns < needed_ns {
            let says = format!(
                "is given {} to end, and needs {}: {} before the stop and {} for who waits longest",
                Value::Nanos(grace_ns),
                Value::Nanos(needed_ns),
                Value::Nanos(pause_ns),
                Value::Nanos(wait_ns)
            );
            let places = evidence_of(&grace).into_iter().chain(by).chain(evidence_of(&pre_stop));
            found.fail(Of::Component(id), places, says);
        } else {
            found.pass();
        }
    }
}

/// The longest time that a caller waits for it, in nanoseconds.
fn longest_wait(estate: &Estate<'_>, id: ComponentId) -> Option<(u64, Option<EvidenceId>)> {
    let waits = estate.calls().filter(|(_, call)| call.to == id).filter_map(|(call, _)| {
        let timeout = estate.view.call(call, Field::Timeout);
        Some((timeout.count()?, evidence_of(&timeout)))
    });
    waits.max_by_key(|(wait, _)| *wait)
}

/// The pause of a hook such as `sleep 5s`, in nanoseconds. What a command does is not known.
fn pause_ns(text: &str) -> Option<u64> {
    text.strip_prefix("sleep ")?.strip_suffix('s')?.parse::<u64>().ok()?.checked_mul(1_000_000_000)
}
