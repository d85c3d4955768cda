//! Which unknowns matter: attributes that nobody claims, of the components that most others lean on.
//!
//! Only *unknown* counts, not *looked for and not there*: that is an answer, and the audit's business.

use plimsoll_model::{Call, CallId, ComponentId, ComponentKind, Field};

use super::{Outline, Presence, presence};

/// How many callers make an unknown matter: one caller's trouble stays with that caller.
const FAN_IN_THAT_MATTERS: usize = 2;

/// What decides how a component fares under load and in a rollout.
const ASKED: [(Field, &str); 4] = [
    (Field::Replicas, "copies"),
    (Field::CpuRequest, "cpu"),
    (Field::MemoryLimit, "memory limit"),
    (Field::Readiness, "readiness"),
];

/// A component of which something is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownComponent {
    pub(crate) id: ComponentId,
    pub(crate) fan_in: usize,
    pub(crate) unknown: Vec<&'static str>,
}

/// Components whose unknowns matter, those with the most callers first.
pub(crate) fn unknown_components(outline: &Outline<'_>) -> Vec<UnknownComponent> {
    let mut rows: Vec<UnknownComponent> = outline
        .own()
        .filter(|(id, row)| row.kind != ComponentKind::External && presence(outline, *id) != Presence::Elsewhere)
        .filter(|(id, _)| outline.fan_in(*id) >= FAN_IN_THAT_MATTERS)
        .map(|(id, _)| UnknownComponent { id, fan_in: outline.fan_in(id), unknown: unknown(outline, id) })
        .filter(|row| !row.unknown.is_empty())
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.fan_in), row.id));
    rows
}

fn unknown(outline: &Outline<'_>, id: ComponentId) -> Vec<&'static str> {
    if presence(outline, id) == Presence::Unknown {
        return vec!["how it runs"];
    }
    let unknown = |field| outline.view.deployment(id, field).is_unknown();
    ASKED.iter().filter(|(field, _)| unknown(*field)).map(|(_, word)| *word).collect()
}

/// Calls that wait for an answer and of whose timeout nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UnknownCalls {
    /// How many calls wait for an answer.
    pub(crate) waiting: usize,
    /// Those of unknown timeout, into the most called components first.
    pub(crate) unknown: Vec<CallId>,
}

/// Calls without a claim on their timeout.
pub(crate) fn unknown_calls(outline: &Outline<'_>) -> UnknownCalls {
    let waiting: Vec<(CallId, &Call)> = outline.calls().filter(|(_, c)| c.protocol.is_synchronous()).collect();
    let mut unknown: Vec<(CallId, &Call)> =
        waiting.iter().copied().filter(|(id, _)| outline.view.call(*id, Field::Timeout).is_unknown()).collect();
    unknown.sort_by_key(|(id, call)| (std::cmp::Reverse(outline.fan_in(call.to)), *id));
    UnknownCalls { waiting: waiting.len(), unknown: unknown.into_iter().map(|(id, _)| id).collect() }
}
