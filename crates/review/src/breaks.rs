//! What others can no longer rely on: operations, topics and components that went while somebody uses them.
//!
//! Not here: what changed inside a message. That an operation kept its name does not make it the same.

use plimsoll_model::{Call, Model, View};

use crate::changes::{Change, Kind, Noun};

/// Something that went, with whoever relies on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// What went: `stock grpc Reserve`.
    pub what: String,
    /// Which kind of thing it is.
    pub noun: Noun,
    /// Who uses it after the change, as far as the model shows; empty where nobody is known to.
    pub used_by: Vec<String>,
}

/// What went. A call that went with what it called is no break.
pub(crate) fn of(changes: &[Change], base: View<'_>, head: View<'_>) -> Vec<Break> {
    let gone = changes.iter().filter(|change| change.kind == Kind::Removed);
    gone.filter_map(|change| {
        let used_by = match change.noun {
            Noun::Operation => users_of_operation(&change.name, base.model, head.model)?,
            Noun::Topic => consumers(&change.name, base.model, head.model),
            _ => return None,
        };
        Some(Break { what: change.name.clone(), noun: change.noun, used_by })
    })
    .collect()
}

/// Who still calls the component whose operation went: those that are known to ask for that operation, else all callers.
/// `None` where the component itself went, which the calls tell.
fn users_of_operation(name: &str, base: &Model, head: &Model) -> Option<Vec<String>> {
    let component = name.split(' ').next()?;
    let owner = head.components.iter().position(|row| row.id == component)?;
    let before = base.components.iter().position(|row| row.id == component);
    let asked =
        |call: &&Call| call.to_operation.is_none_or(|id| name.ends_with(base.operations[id.index()].name.as_str()));
    let callers = base.calls.iter().filter(|call| Some(call.to.index()) == before).filter(asked);
    let mut names: Vec<String> = callers.map(|call| base.component(call.from).id.clone()).collect();
    names.retain(|name| still_calls(head, name, owner));
    names.sort();
    names.dedup();
    Some(names)
}

fn still_calls(head: &Model, from: &str, to: usize) -> bool {
    head.calls.iter().any(|call| call.to.index() == to && head.component(call.from).id == from)
}

fn consumers(topic: &str, base: &Model, head: &Model) -> Vec<String> {
    let row = base.topics.iter().find(|row| row.id == topic);
    let names = row.into_iter().flat_map(|row| &row.consumers).map(|id| base.component(*id).id.clone());
    names.filter(|name| head.components.iter().any(|row| row.id == *name)).collect()
}
