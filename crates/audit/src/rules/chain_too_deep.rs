//! # A chain of calls that is too deep
//! Finds ways from an entry of the system along which more than four calls wait for one another.
//! ## Why
//! Each call adds its latency and its chance of failing, and a timeout at the top must be longer than all below together.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { show: { does: [{ call: a.ask, timeout: 1s }] } } }
//!   a: { operations: { ask: { does: [{ call: b.ask, timeout: 1s }] } } }
//!   b: { operations: { ask: { does: [{ call: c.ask, timeout: 1s }] } } }
//!   c: { operations: { ask: { does: [{ call: d.ask, timeout: 1s }] } } }
//!   d: { operations: { ask: { does: [{ call: e.ask, timeout: 1s }] } } }
//!   e: { operations: { ask: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   web: { kind: gateway, operations: { show: { does: [{ call: a.ask, timeout: 1s }, { call: b.ask, timeout: 1s }] } } }
//!   a: { operations: { ask: { does: [{ call: c.ask, timeout: 1s }] } } }
//!   b: { operations: { ask: { does: [{ spend: { cpu: 5ms } }] } } }
//!   c: { operations: { ask: { does: [{ spend: { cpu: 5ms } }] } } }
//! ```
//! ## Do
//! Call from higher up, side by side; send what need not be waited for as an event; keep a copy of what is read often.

use plimsoll_model::{CallId, ComponentId, ComponentKind};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-005",
    slug: "chain-too-deep",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("chain_too_deep.rs")),
    check,
};

/// More calls than this that wait for one another are too many.
const DEPTH_MAX: usize = 4;

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let model = estate.model();
    let calls: Vec<_> = estate.calls().filter(|(_, call)| call.protocol.is_synchronous()).collect();
    let called = |id: ComponentId| calls.iter().any(|(_, call)| call.to == id && call.from != id);
    let enters = |id: ComponentId| {
        let kind = model.component(id).kind;
        matches!(kind, ComponentKind::Gateway | ComponentKind::Frontend) || !called(id)
    };
    let asks = |id: ComponentId| calls.iter().any(|(_, call)| call.from == id);
    for (id, _) in estate.components().filter(|(id, _)| enters(*id) && asks(*id)) {
        let mut way = Vec::new();
        let mut longest = Vec::new();
        let mut budget = 100_000;
        walk(&calls, id, &mut vec![id], &mut way, &mut longest, &mut budget);
        if longest.len() > DEPTH_MAX {
            let last = |call: &CallId| model.component(model.calls[call.index()].to).id.as_str();
            let names: Vec<&str> = longest.iter().map(last).collect();
            let says = format!("waits through {} calls in a row: {}", longest.len(), names.join(" → "));
            let places = longest.iter().filter_map(|call| model.calls[call.index()].evidence.first().copied());
            found.fail(Of::Component(id), places, says);
        } else {
            found.pass();
        }
    }
}

/// The longest way from a component that meets none twice. The budget bounds the steps on dense graphs, where the answer
/// is then a long way, perhaps not the longest.
fn walk(
    calls: &[(CallId, &plimsoll_model::Call)],
    at: ComponentId,
    met: &mut Vec<ComponentId>,
    way: &mut Vec<CallId>,
    longest: &mut Vec<CallId>,
    budget: &mut u32,
) {
    if way.len() > longest.len() {
        longest.clone_from(way);
    }
    for (id, call) in calls.iter().filter(|(_, call)| call.from == at) {
        if met.contains(&call.to) || *budget == 0 {
            continue;
        }
        *budget -= 1;
        met.push(call.to);
        way.push(*id);
        walk(calls, call.to, met, way, longest, budget);
        way.pop();
        met.pop();
    }
}
