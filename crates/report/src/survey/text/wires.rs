//! What connects the components: calls, interfaces, who uses which store, topics.

use std::collections::BTreeMap;

use plimsoll_model::{ComponentId, ComponentKind, Protocol};

use super::paint::Ink;
use super::parts::{listed, noted};
use super::sheet::{Sheet, name_column};
use super::table::Cell;
use crate::survey::outline::{Outline, arrow, built_with};
use crate::words::{clean, counted, grouped};

/// Above so many rows, interfaces stand in running text instead of a line each.
const INTERFACE_LINES: usize = 24;

/// Above so many callers, those that make one call stand in running text.
const CALL_LINES: usize = 24;

/// Above so many stores, those with one user stand in running text: a shared store is the news.
const STORE_LINES: usize = 12;

/// Who calls whom, over what, and whether the caller waits.
pub(crate) fn calls(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let callers = outline.by_caller();
    if callers.is_empty() {
        return;
    }
    sheet.heading("CALLS", "→ waits for the answer   ⇢ does not wait");
    let names: Vec<String> = callers.keys().map(|id| outline.name(*id)).collect();
    let column = name_column(names.iter());
    let many = callers.len() > CALL_LINES && !sheet.options.evidence;
    let single = |protocols: &BTreeMap<Protocol, Vec<ComponentId>>| many && protocols.values().flatten().count() == 1;
    for ((id, protocols), name) in callers.iter().zip(&names).filter(|((_, protocols), _)| !single(protocols)) {
        let mut pieces: Vec<Cell> = Vec::new();
        for (protocol, callees) in protocols {
            let gap = if pieces.is_empty() { "" } else { "  " };
            pieces.push((Ink::Quiet, format!("{gap}{} {}", arrow(*protocol), protocol.word())));
            pieces.extend(listed(outline.names(callees.iter().copied()), Ink::Text));
        }
        let ink = Ink::Kind(outline.model.component(*id).kind);
        sheet.beside(&(ink, name.clone()), column, &pieces);
        if sheet.options.evidence {
            call_evidence(sheet, outline, *id);
        }
    }
    let brief = callers.iter().filter(|(_, protocols)| single(protocols));
    let said = brief.flat_map(|(from, protocols)| {
        protocols.iter().map(|(protocol, to)| {
            format!("{} {} {}", outline.name(*from), arrow(*protocol), outline.names(to.iter().copied()).join(", "))
        })
    });
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        sheet.beside(&(Ink::Quiet, "one call each".to_owned()), column.max(13), &listed(said, Ink::Text));
    }
}

fn call_evidence(sheet: &mut Sheet<'_>, outline: &Outline<'_>, from: ComponentId) {
    for call in outline.model.calls_from(from).iter().filter(|call| outline.is_shown(call)) {
        let head = format!("  {} {} {}", arrow(call.protocol), call.protocol.word(), outline.name(call.to));
        for id in &call.evidence {
            sheet.whole(Ink::Quiet, &format!("{head}  {}", noted(outline.model, *id)));
        }
    }
}

/// What each component can be asked, with how many operations.
pub(crate) fn interfaces(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let model = outline.model;
    if model.interfaces.is_empty() {
        return;
    }
    sheet.heading("INTERFACES", &counted(model.operations.len(), "operation"));
    let mut owners: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
    let mut unmatched: Vec<usize> = Vec::new();
    for (index, interface) in model.interfaces.iter().enumerate() {
        match interface.component {
            Some(id) => owners.entry(id).or_default().push(index),
            None => unmatched.push(index),
        }
    }
    if owners.len() > INTERFACE_LINES && !sheet.options.evidence {
        interfaces_in_running_text(sheet, outline, &owners);
    } else {
        interfaces_by_line(sheet, outline, &owners);
    }
    if !unmatched.is_empty() {
        sheet.line(Ink::Problem, &format!("{} of no component that was found", counted(unmatched.len(), "interface")));
        let shown = if sheet.options.unmatched { unmatched.len() } else { 0 };
        for index in &unmatched[..shown] {
            interface_evidence(sheet, outline, *index);
        }
    }
}

fn interfaces_by_line(sheet: &mut Sheet<'_>, outline: &Outline<'_>, owners: &BTreeMap<ComponentId, Vec<usize>>) {
    let names: Vec<String> = owners.keys().map(|id| outline.name(*id)).collect();
    let column = name_column(names.iter());
    for ((id, interfaces), name) in owners.iter().zip(names) {
        let said: Vec<String> = interfaces.iter().map(|index| interface(outline, *index)).collect();
        let ink = Ink::Kind(outline.model.component(*id).kind);
        sheet.beside(&(ink, name), column, &listed(said, Ink::Text));
        if sheet.options.evidence {
            interfaces.iter().for_each(|index| interface_evidence(sheet, outline, *index));
        }
    }
}

fn interfaces_in_running_text(
    sheet: &mut Sheet<'_>,
    outline: &Outline<'_>,
    owners: &BTreeMap<ComponentId, Vec<usize>>,
) {
    let said = |(id, interfaces): (&ComponentId, &Vec<usize>)| {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for index in interfaces {
            *kinds.entry(outline.model.interfaces[*index].kind.word()).or_default() += outline.operation_count(*index);
        }
        let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        format!("{} {}", outline.name(*id), kinds.join(" + "))
    };
    let pieces = listed(owners.iter().map(said).collect(), Ink::Text);
    sheet.beside(&(Ink::Text, String::new()), 0, &pieces);
}

fn interface(outline: &Outline<'_>, index: usize) -> String {
    let row = &outline.model.interfaces[index];
    format!("{} ({} {})", clean(&row.name), row.kind.word(), grouped(outline.operation_count(index)))
}

fn interface_evidence(sheet: &mut Sheet<'_>, outline: &Outline<'_>, index: usize) {
    for id in &outline.model.interfaces[index].evidence {
        sheet.whole(Ink::Quiet, &format!("  {}  {}", interface(outline, index), noted(outline.model, *id)));
    }
}

/// Stores and caches, and who uses them.
pub(crate) fn stores(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let keeps = |kind| matches!(kind, ComponentKind::Store | ComponentKind::Cache);
    let rows: Vec<ComponentId> = outline.own().filter(|(_, row)| keeps(row.kind)).map(|(id, _)| id).collect();
    if rows.is_empty() {
        return;
    }
    sheet.heading("STORES AND CACHES", "← used by");
    let names = outline.names(rows.iter().copied());
    let column = name_column(names.iter());
    let many = rows.len() > STORE_LINES && !sheet.options.evidence;
    let (brief, full): (Vec<_>, Vec<_>) =
        rows.into_iter().zip(names).partition(|(id, _)| many && outline.fan_in(*id) == 1);
    for (id, name) in full {
        let row = outline.model.component(id);
        let mut pieces = vec![(Ink::Text, built_with(row))];
        pieces.retain(|(_, text)| !text.is_empty());
        let users = outline.names(outline.callers(id));
        pieces.push((Ink::Quiet, "←".to_owned()));
        if users.is_empty() {
            pieces.push((Ink::Unknown, "nobody that was found".to_owned()));
        } else {
            pieces.extend(listed(users, Ink::Text));
        }
        sheet.beside(&(Ink::Kind(row.kind), name), column, &pieces);
    }
    if !brief.is_empty() {
        let names = brief.into_iter().map(|(_, name)| name).collect();
        sheet.beside(&(Ink::Quiet, "by one each".to_owned()), column.max(11), &listed(names, Ink::Text));
    }
}

/// Topics with who sends and who receives.
pub(crate) fn topics(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let model = outline.model;
    if model.topics.is_empty() {
        return;
    }
    sheet.heading("TOPICS", "producers ⇢ consumers");
    let names: Vec<String> = model.topics.iter().map(|topic| clean(&topic.id)).collect();
    let column = name_column(names.iter());
    for (topic, name) in model.topics.iter().zip(names) {
        let mut pieces = Vec::new();
        let directed = !(topic.producers.is_empty() && topic.consumers.is_empty());
        if directed || topic.users.is_empty() {
            pieces.extend(sides(outline, &topic.producers));
            pieces.push((Ink::Quiet, "⇢".to_owned()));
            pieces.extend(sides(outline, &topic.consumers));
        }
        if !topic.users.is_empty() {
            let said = if directed { "· named by" } else { "named by" };
            pieces.push((Ink::Quiet, said.to_owned()));
            pieces.extend(listed(outline.names(topic.users.iter().copied()), Ink::Text));
        }
        if let Some(broker) = topic.broker {
            pieces.push((Ink::Quiet, format!("· on {}", outline.name(broker))));
        }
        sheet.beside(&(Ink::Text, name), column, &pieces);
        if sheet.options.evidence {
            topic.evidence.iter().for_each(|id| sheet.whole(Ink::Quiet, &format!("  {}", noted(model, *id))));
        }
    }
}

fn sides(outline: &Outline<'_>, ids: &[ComponentId]) -> Vec<Cell> {
    if ids.is_empty() {
        vec![(Ink::Unknown, "?".to_owned())]
    } else {
        listed(outline.names(ids.iter().copied()), Ink::Text)
    }
}
