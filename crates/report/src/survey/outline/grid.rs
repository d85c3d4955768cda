//! The survey as tables, which Markdown and the page lay out alike.
//!
//! Not here: what is unknown, drifting or unread (`gap_grid`).

use plimsoll_model::{ComponentId, EnvironmentId, EvidenceId, Field, Protocol};

use super::{Outline, Presence, Runs, built_with, presence, runs};
use crate::words::{clean, counted};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Words.
    Text(String),
    /// A sentence in which names stand between backticks.
    Message(String),
    /// A name that is copied, such as a path.
    Code(String),
    /// Names of components.
    Components(Vec<ComponentId>),
    /// What is spoken, and whether the caller waits.
    Protocol(Protocol),
    /// Where; empty for everywhere.
    Environments(Vec<EnvironmentId>),
    /// How many.
    Count(usize),
    /// How we know.
    Evidence(Vec<EvidenceId>),
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    /// The anchor.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) caption: String,
    pub(crate) heads: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Said>>,
}

/// What there is: components, calls, interfaces, stores, topics, supporting components. Empty tables are left out.
pub(crate) fn grids(outline: &Outline<'_>) -> Vec<Grid> {
    let all = [
        components(outline),
        calls(outline),
        interfaces(outline),
        stores(outline),
        topics(outline),
        supporting(outline),
    ];
    all.into_iter().filter(|grid| !grid.rows.is_empty()).collect()
}

fn components(outline: &Outline<'_>) -> Grid {
    let row = |id: ComponentId| {
        let row = outline.model.component(id);
        let Runs { copies, cpu, memory, probes, scaler } = match presence(outline, id) {
            Presence::Here => runs(outline, id),
            other => Runs { copies: absent(other).to_owned(), ..Runs::default() },
        };
        let owner = row.owner.as_deref().map(clean).unwrap_or_default();
        let mut cells = vec![
            Said::Components(vec![id]),
            Said::Text(row.kind.word().to_owned()),
            Said::Text(built_with(row)),
            Said::Code(owner),
            Said::Count(outline.fan_in(id)),
        ];
        cells.extend([copies, cpu, memory, probes, scaler].map(Said::Text));
        cells.push(Said::Evidence(row.evidence.clone()));
        cells
    };
    let ids = outline.by_kind().into_iter().flat_map(|(_, ids)| ids);
    let here = outline.environment().map(|name| format!(" as they run in {}", clean(name))).unwrap_or_default();
    Grid {
        id: "components",
        title: "Components",
        caption: format!(
            "{}{here}. CPU and memory: set aside/at most of one copy; none: not stated where it would be; ?: not known.",
            counted(outline.own().count(), "component")
        ),
        heads: vec![
            "component",
            "kind",
            "built with",
            "owner",
            "callers",
            "copies",
            "cpu",
            "memory",
            "probes",
            "scaler",
            "evidence",
        ],
        rows: ids.map(row).collect(),
    }
}

/// What stands for the copies of a component that does not run here.
pub(crate) const fn absent(presence: Presence) -> &'static str {
    match presence {
        Presence::Elsewhere => "not here",
        Presence::NotOurs => "–",
        Presence::Here | Presence::Unknown => "?",
    }
}

/// What the page shows: how components run stands in a table of its own, and everything is of all environments.
pub(crate) fn page_grids(outline: &Outline<'_>) -> Vec<Grid> {
    let all = [
        components_alone(outline),
        calls_anywhere(outline),
        interfaces(outline),
        topics(outline),
        deployments(outline),
        supporting(outline),
    ];
    all.into_iter().filter(|grid| !grid.rows.is_empty()).collect()
}

/// The components without how they run.
fn components_alone(outline: &Outline<'_>) -> Grid {
    let mut grid = components(outline);
    let runs = 5..10;
    grid.heads.drain(runs.clone());
    grid.rows.iter_mut().for_each(|row| drop(row.drain(runs.clone())));
    let here = outline.environment().map(|name| format!("; callers are those in {}", clean(name))).unwrap_or_default();
    grid.caption = format!("{}, from the edge inwards{here}.", counted(grid.rows.len(), "component"));
    grid
}

fn calls_anywhere(outline: &Outline<'_>) -> Grid {
    let mut grid = calls(outline);
    grid.heads.insert(4, "environments");
    grid.rows = outline
        .calls_anywhere()
        .map(|(_, call)| {
            let mut cells = call_cells(call);
            cells.insert(4, Said::Environments(call.environments.clone()));
            cells
        })
        .collect();
    grid.caption = format!("{} in all environments.", counted(grid.rows.len(), "call"));
    grid
}

fn deployments(outline: &Outline<'_>) -> Grid {
    let row = |row: &plimsoll_model::Deployment| {
        let there = outline.elsewhere(row.environment);
        let Runs { copies, cpu, memory, probes, scaler } = runs(&there, row.component);
        let one = |field| super::one(&there.view.deployment(row.component, field));
        let mut cells = vec![Said::Components(vec![row.component]), Said::Environments(vec![row.environment])];
        cells.extend([copies, cpu, memory, probes, scaler].map(Said::Text));
        cells.push(Said::Text(one(Field::Workload)));
        cells.push(Said::Text(one(Field::Image)));
        cells.push(Said::Evidence(row.evidence.clone()));
        cells
    };
    Grid {
        id: "deployments",
        title: "Deployments",
        caption: "How each runs in each environment. CPU and memory: set aside/at most of one copy.".to_owned(),
        heads: vec![
            "component",
            "environment",
            "copies",
            "cpu",
            "memory",
            "probes",
            "scaler",
            "workload",
            "image",
            "evidence",
        ],
        rows: outline.model.deployments.iter().map(row).collect(),
    }
}

fn call_cells(call: &plimsoll_model::Call) -> Vec<Said> {
    let waits = if call.protocol.is_synchronous() { "waits" } else { "does not wait" };
    vec![
        Said::Components(vec![call.from]),
        Said::Components(vec![call.to]),
        Said::Protocol(call.protocol),
        Said::Text(waits.to_owned()),
        Said::Evidence(call.evidence.clone()),
    ]
}

fn calls(outline: &Outline<'_>) -> Grid {
    let rows: Vec<Vec<Said>> = outline.calls().map(|(_, call)| call_cells(call)).collect();
    Grid {
        id: "calls",
        title: "Calls",
        caption: format!("{} between {}.", counted(rows.len(), "call"), counted(outline.flow_count(), "pair")),
        heads: vec!["caller", "callee", "protocol", "the caller", "evidence"],
        rows,
    }
}

fn interfaces(outline: &Outline<'_>) -> Grid {
    let row = |(index, row): (usize, &plimsoll_model::Interface)| {
        vec![
            row.component.map_or_else(|| Said::Text("no component found".to_owned()), |id| Said::Components(vec![id])),
            Said::Text(row.kind.word().to_owned()),
            Said::Code(clean(&row.name)),
            Said::Count(outline.operation_count(index)),
            Said::Evidence(row.evidence.clone()),
        ]
    };
    Grid {
        id: "interfaces",
        title: "Interfaces",
        caption: format!("{} in all.", counted(outline.model.operations.len(), "operation")),
        heads: vec!["component", "kind", "interface", "operations", "evidence"],
        rows: outline.model.interfaces.iter().enumerate().map(row).collect(),
    }
}

fn stores(outline: &Outline<'_>) -> Grid {
    use plimsoll_model::ComponentKind::{Cache, Store};
    let row = |(id, row): (ComponentId, &plimsoll_model::Component)| {
        let users: Vec<ComponentId> = outline.callers(id).collect();
        vec![
            Said::Components(vec![id]),
            Said::Text(row.kind.word().to_owned()),
            Said::Text(built_with(row)),
            if users.is_empty() { Said::Text("nobody that was found".to_owned()) } else { Said::Components(users) },
        ]
    };
    let kept = outline.own().filter(|(_, row)| matches!(row.kind, Store | Cache));
    Grid {
        id: "stores",
        title: "Stores and caches",
        caption: "What keeps data, and who uses it.".to_owned(),
        heads: vec!["store", "kind", "technology", "used by"],
        rows: kept.map(row).collect(),
    }
}

fn topics(outline: &Outline<'_>) -> Grid {
    let side = |ids: &Vec<ComponentId>| {
        if ids.is_empty() { Said::Text("?".to_owned()) } else { Said::Components(ids.clone()) }
    };
    let row = |topic: &plimsoll_model::Topic| {
        vec![
            Said::Code(clean(&topic.id)),
            side(&topic.producers),
            side(&topic.consumers),
            Said::Components(topic.users.clone()),
            Said::Components(topic.broker.into_iter().collect()),
            Said::Evidence(topic.evidence.clone()),
        ]
    };
    Grid {
        id: "topics",
        title: "Topics",
        caption: "Queues, streams and subjects: who sends, who receives, who only names it.".to_owned(),
        heads: vec!["topic", "producers", "consumers", "named by", "broker", "evidence"],
        rows: outline.model.topics.iter().map(row).collect(),
    }
}

fn supporting(outline: &Outline<'_>) -> Grid {
    let row = |(support, ids): (plimsoll_model::Support, Vec<ComponentId>)| {
        vec![Said::Text(support.word().to_owned()), Said::Components(ids)]
    };
    Grid {
        id: "supporting",
        title: "Supporting components",
        caption: "They serve the system and are not counted as part of it.".to_owned(),
        heads: vec!["for", "components"],
        rows: outline.supporting().into_iter().map(row).collect(),
    }
}
