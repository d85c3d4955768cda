//! What is not known, as tables: names that did not join, drift, unknowns, files not read, problems, environments.

use plimsoll_model::{EnvironmentId, Model};

use super::{Grid, Outline, Said, drift, loose_first, not_read_kinds, unknown_calls, unknown_components};
use crate::words::{clean, counted, place};

/// What the survey does not know. Empty tables are left out.
pub(crate) fn gap_grids(outline: &Outline<'_>) -> Vec<Grid> {
    let model = outline.model;
    let all = [
        loose(model),
        drifting(outline),
        unknowns(outline),
        timeouts(outline),
        not_read(model),
        problems(model),
        environments(outline),
    ];
    all.into_iter().filter(|grid| !grid.rows.is_empty()).collect()
}

fn loose(model: &Model) -> Grid {
    let row = |row: &plimsoll_model::Loose| {
        vec![
            Said::Text(row.kind.word().replace('_', " ")),
            Said::Code(clean(&row.name)),
            Said::Components(row.component.into_iter().collect()),
            Said::Message(clean(&row.message)),
            Said::Text(row.candidates.iter().map(|name| clean(name)).collect::<Vec<_>>().join(", ")),
            Said::Evidence(row.evidence.clone()),
        ]
    };
    Grid {
        id: "loose",
        title: "Names that did not join",
        caption: "Dangling names, which nothing provides, and ambiguous ones, which several could.".to_owned(),
        heads: vec!["kind", "name", "used by", "what is meant", "could be", "evidence"],
        rows: loose_first(model).into_iter().map(row).collect(),
    }
}

fn drifting(outline: &Outline<'_>) -> Grid {
    let row = |row: super::Drift| {
        let said = |(value, at): (String, String)| format!("{value} ({at})");
        let others: Vec<String> = row.others.into_iter().map(said).collect();
        vec![
            Said::Text(row.subject),
            Said::Text(row.field.to_owned()),
            Said::Text(said(row.winner)),
            Said::Text(others.join(" ≠ ")),
        ]
    };
    Grid {
        id: "drift",
        title: "Drift",
        caption: "Claims that disagree.".to_owned(),
        heads: vec!["of", "attribute", "what counts", "what disagrees"],
        rows: drift(outline).into_iter().map(row).collect(),
    }
}

fn unknowns(outline: &Outline<'_>) -> Grid {
    let row = |row: super::UnknownComponent| {
        vec![Said::Components(vec![row.id]), Said::Count(row.fan_in), Said::Text(row.unknown.join(", "))]
    };
    Grid {
        id: "unknown",
        title: "Unknown, and it matters",
        caption: "What nobody states of components with two callers or more.".to_owned(),
        heads: vec!["component", "callers", "unknown"],
        rows: unknown_components(outline).into_iter().map(row).collect(),
    }
}

fn timeouts(outline: &Outline<'_>) -> Grid {
    let calls = unknown_calls(outline);
    let row = |id: &plimsoll_model::CallId| {
        let call = &outline.model.calls[id.index()];
        vec![
            Said::Components(vec![call.from]),
            Said::Components(vec![call.to]),
            Said::Protocol(call.protocol),
            Said::Count(outline.fan_in(call.to)),
        ]
    };
    Grid {
        id: "timeouts",
        title: "Calls of unknown timeout",
        caption: format!(
            "{} of {} that wait for an answer; into the most called components first.",
            calls.unknown.len(),
            counted(calls.waiting, "call")
        ),
        heads: vec!["caller", "callee", "protocol", "callers of the callee"],
        rows: calls.unknown.iter().map(row).collect(),
    }
}

fn not_read(model: &Model) -> Grid {
    let row = |row: super::NotReadKind| {
        let others = if row.other_reasons > 0 {
            format!(", and {}", counted(row.other_reasons, "other reason"))
        } else {
            String::new()
        };
        vec![
            Said::Count(row.count),
            Said::Text(clean(&row.kind)),
            Said::Text(format!("{}{others}", clean(&row.reason))),
            Said::Code(clean(&row.example)),
        ]
    };
    Grid {
        id: "not-read",
        title: "Not read",
        caption: format!("{}, by kind, with the first of each.", counted(model.not_read.len(), "file")),
        heads: vec!["files", "kind", "why", "such as"],
        rows: not_read_kinds(model).into_iter().map(row).collect(),
    }
}

/// Every file that was not read.
pub(crate) fn not_read_files(model: &Model) -> Grid {
    let row = |row: &plimsoll_model::NotRead| {
        vec![Said::Code(clean(&row.path)), Said::Text(clean(&row.kind)), Said::Text(clean(&row.reason))]
    };
    Grid {
        id: "not-read-files",
        title: "Every file that was not read",
        caption: "In the order of the survey.".to_owned(),
        heads: vec!["file", "kind", "why"],
        rows: model.not_read.iter().map(row).collect(),
    }
}

fn problems(model: &Model) -> Grid {
    let row = |row: &plimsoll_model::Problem| {
        vec![Said::Code(place(&model.files, row.at)), Said::Message(clean(&row.message))]
    };
    Grid {
        id: "problems",
        title: "Problems",
        caption: "What could not be used; reading went on.".to_owned(),
        heads: vec!["place", "what"],
        rows: model.problems.iter().map(row).collect(),
    }
}

fn environments(outline: &Outline<'_>) -> Grid {
    let model = outline.model;
    let row = |(index, row): (usize, &plimsoll_model::Environment)| {
        let id = EnvironmentId(index as u32);
        let default = (model.default_environment == Some(id)).then(|| match &row.default_because {
            Some(because) => format!("default: {}", clean(because)),
            None => "default".to_owned(),
        });
        let shown = (outline.view.environment == Some(id)).then(|| "shown here".to_owned());
        let said: Vec<String> = [shown, default].into_iter().flatten().collect();
        vec![Said::Text(clean(&row.id)), Said::Code(clean(&row.variant)), Said::Text(said.join("; "))]
    };
    Grid {
        id: "environments",
        title: "Environments",
        caption: "Where it runs, and what each is rendered from.".to_owned(),
        heads: vec!["environment", "variant", "remark"],
        rows: model.environments.iter().enumerate().map(row).collect(),
    }
}
