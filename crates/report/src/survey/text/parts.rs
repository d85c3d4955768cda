//! What the system consists of: the head line, its components, what supports it, where it runs, and what to do next.

use plimsoll_model::{Component, ComponentId, EnvironmentId, EvidenceId, Model};

use super::paint::Ink;
use super::sheet::Sheet;
use super::table::{Column, Table};
use crate::survey::outline::{self, Outline, Presence};
use crate::words::{clean, counted, place_of, plural};

const COLUMNS: [Column; 9] = [
    Column { head: "", narrowest: 8, leaves: 0 },
    Column { head: "", narrowest: 16, leaves: 0 },
    Column { head: "built with", narrowest: 10, leaves: 3 },
    Column { head: "owner", narrowest: 8, leaves: 4 },
    Column { head: "copies", narrowest: 6, leaves: 0 },
    Column { head: "cpu", narrowest: 9, leaves: 1 },
    Column { head: "memory", narrowest: 12, leaves: 2 },
    Column { head: "probes", narrowest: 10, leaves: 5 },
    Column { head: "scaler", narrowest: 6, leaves: 6 },
];

/// The head line: what was surveyed, and how much of it.
pub(crate) fn head(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let model = outline.model;
    let mut parts = vec![outline.title()];
    parts.extend(outline.environment().map(clean));
    parts.push(counted(outline.own().count(), "component"));
    parts.push(counted(outline.flow_count(), "flow"));
    parts.push(format!("read {}", counted(model.files_read, "file")));
    if !model.not_read.is_empty() {
        parts.push(format!("{} not read", model.not_read.len()));
    }
    sheet.out.push_str(&super::paint::paint(sheet.options.colour, Ink::Heading, &parts.join(" · ")));
    sheet.out.push('\n');
}

/// Components by kind and how each runs.
pub(crate) fn components(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let kinds = outline.by_kind();
    if kinds.is_empty() {
        return;
    }
    let counts = kinds.iter().map(|(kind, ids)| counted(ids.len(), kind.word())).collect::<Vec<_>>();
    sheet.heading("COMPONENTS", &counts.join(", "));
    let mut table = Table::of(&COLUMNS);
    for (kind, ids) in kinds {
        for (index, id) in ids.into_iter().enumerate() {
            let kind_word = if index == 0 { kind.word() } else { "" };
            component(&mut table, outline, kind_word, id);
            if sheet.options.evidence {
                notes(&mut table, outline.model, &outline.model.component(id).evidence);
            }
        }
    }
    sheet.table(&table);
    sheet.line(
        Ink::Quiet,
        "cpu, memory: set aside/at most of one copy · none: not stated where it would be · ?: not known",
    );
}

fn component(table: &mut Table, outline: &Outline<'_>, kind_word: &str, id: ComponentId) {
    let row: &Component = outline.model.component(id);
    let text = |text: &Option<String>| (Ink::Text, text.as_deref().map(clean).unwrap_or_default());
    let mut cells = vec![
        (Ink::Quiet, kind_word.to_owned()),
        (Ink::Kind(row.kind), outline.name(id)),
        (Ink::Text, outline::built_with(row)),
        text(&row.owner),
    ];
    match outline::presence(outline, id) {
        Presence::Here => {
            let runs = outline::runs(outline, id);
            cells.extend([runs.copies, runs.cpu, runs.memory, runs.probes, runs.scaler].map(inked));
        }
        presence => {
            cells.push(inked(outline::absent(presence).to_owned()));
            cells.extend(std::iter::repeat_with(|| inked(String::new())).take(4));
        }
    }
    table.row(cells);
}

fn inked(text: String) -> (Ink, String) {
    let ink = if text.contains('?') { Ink::Unknown } else { Ink::Text };
    (ink, text)
}

/// The places that show something, one a line.
pub(crate) fn notes(table: &mut Table, model: &Model, evidence: &[EvidenceId]) {
    for id in evidence {
        table.note(noted(model, *id));
    }
}

/// A place and what was seen there.
pub(crate) fn noted(model: &Model, id: EvidenceId) -> String {
    let evidence = model.evidence(id);
    match evidence.at {
        Some(_) if !evidence.note.is_empty() => {
            format!("{}  {}", place_of(model, evidence), clean(&evidence.note))
        }
        _ => place_of(model, evidence),
    }
}

/// Components that only support the system.
pub(crate) fn supporting(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let groups = outline.supporting();
    if groups.is_empty() {
        return;
    }
    sheet.heading("SUPPORTING", "not counted above");
    for (support, ids) in groups {
        let pieces = listed(outline.names(ids), Ink::Text);
        sheet.beside(&(Ink::Quiet, support.word().to_owned()), "monitoring".len(), &pieces);
    }
}

/// Names as pieces with commas.
pub(crate) fn listed(names: Vec<String>, ink: Ink) -> Vec<(Ink, String)> {
    let last = names.len().saturating_sub(1);
    let comma = |(index, name)| (ink, if index < last { format!("{name},") } else { name });
    names.into_iter().enumerate().map(comma).collect()
}

/// Where it runs, what each is rendered from, and why one is the default.
pub(crate) fn environments(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let model = outline.model;
    if model.environments.is_empty() {
        return;
    }
    sheet.heading(&plural("environment").to_uppercase(), "");
    let column = |narrowest| Column { head: "", narrowest, leaves: 0 };
    let mut table = Table::of(&[column(1), column(12), column(16)]);
    for (index, environment) in model.environments.iter().enumerate() {
        let shown = outline.view.environment == Some(EnvironmentId(index as u32));
        let (name, variant) = (clean(&environment.id), clean(&environment.variant));
        table.row(vec![
            (Ink::Heading, if shown { "▸" } else { " " }.to_owned()),
            (if shown { Ink::Heading } else { Ink::Text }, name.clone()),
            (Ink::Quiet, if variant == name { String::new() } else { variant }),
        ]);
    }
    sheet.table(&table);
    if let Some(default) = model.default_environment.map(|id| model.environment(id)) {
        let because = default.default_because.as_deref().map(|why| format!(": {}", clean(why))).unwrap_or_default();
        sheet.sentence(Ink::Quiet, &format!("{} is the default{because}", clean(&default.id)));
    }
}

/// The next useful command.
pub(crate) fn next(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let model = outline.model;
    let paths: String = sheet.options.paths.iter().map(|path| format!(" {}", quoted(path))).collect();
    let unsure = !model.loose.is_empty() || !model.not_read.is_empty() || !model.problems.is_empty();
    let command = if model.components.is_empty() {
        "plimsoll explain readers".to_owned()
    } else if unsure && !sheet.options.unmatched {
        format!("plimsoll survey --unmatched{paths}")
    } else {
        format!("plimsoll survey --format html{paths} > survey.html")
    };
    sheet.out.push_str(&format!("\nnext  {command}\n"));
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", clean(path).replace('\'', "'\\''"))
    }
}
