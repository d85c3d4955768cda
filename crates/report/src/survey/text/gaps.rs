//! What the survey does not know, and says so: names that did not join, drift, unknowns, files not read, problems.

use plimsoll_model::LooseKind;

use super::paint::Ink;
use super::sheet::{Sheet, name_column};
use super::table::{Column, Table};
use crate::survey::outline::{self, Outline, arrow};
use crate::words::{clean, counted, first_place, grouped, place};

/// Names that nothing provides, or that several could.
pub(crate) fn loose(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let rows = outline::loose_first(outline.model);
    if rows.is_empty() {
        return;
    }
    let ambiguous = rows.iter().filter(|row| row.kind == LooseKind::Ambiguous).count();
    let unmatched = rows.iter().filter(|row| row.kind == LooseKind::Unmatched).count();
    let dangling = rows.len() - ambiguous - unmatched;
    let counts = [(dangling, "dangling"), (ambiguous, "ambiguous"), (unmatched, "unmatched")];
    let counts = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect::<Vec<_>>();
    sheet.heading("NAMES THAT DID NOT JOIN", &counts.join(", "));
    for row in &rows[..sheet.shown(rows.len())] {
        let at = first_place(outline.model, &row.evidence).unwrap_or_default();
        sheet.sentence(Ink::Problem, &format!("{at}  {}", clean(&row.message)));
        let candidates: Vec<String> = row.candidates.iter().map(|name| clean(name)).collect();
        if !candidates.is_empty() {
            sheet.sentence(Ink::Quiet, &format!("  could be {}", candidates.join(", ")));
        }
    }
    sheet.rest(rows.len());
}

/// Claims that disagree.
pub(crate) fn drift(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let rows = outline::drift(outline);
    if rows.is_empty() {
        return;
    }
    sheet.heading("DRIFT", "claims that disagree; the first one counts");
    for row in &rows[..sheet.shown(rows.len())] {
        let said = |(value, at): &(String, String)| format!("{value} ({at})");
        let others: Vec<String> = row.others.iter().map(said).collect();
        sheet.sentence(
            Ink::Problem,
            &format!("{} {}: {} ≠ {}", row.subject, row.field, said(&row.winner), others.join(" ≠ ")),
        );
    }
    sheet.rest(rows.len());
}

/// Unknowns, those that most others lean on first.
pub(crate) fn unknowns(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let components = outline::unknown_components(outline);
    let calls = outline::unknown_calls(outline);
    if components.is_empty() && calls.unknown.is_empty() {
        return;
    }
    sheet.heading("UNKNOWN, AND IT MATTERS", "most callers first");
    let shown = &components[..sheet.shown(components.len())];
    let names = outline.names(shown.iter().map(|row| row.id));
    let column = name_column(names.iter()).max("timeouts".len());
    for (row, name) in shown.iter().zip(names) {
        let mut pieces = vec![(Ink::Quiet, format!("{},", counted(row.fan_in, "caller")))];
        pieces.extend(super::parts::listed(row.unknown.iter().map(|w| (*w).to_owned()).collect(), Ink::Unknown));
        sheet.beside(&(Ink::Kind(outline.model.component(row.id).kind), name), column, &pieces);
    }
    sheet.rest(components.len());
    if let Some(first) = calls.unknown.first() {
        let call = &outline.model.calls[first.index()];
        let said = format!(
            "of {} of {} that wait, {} {} {} first",
            grouped(calls.unknown.len()),
            counted(calls.waiting, "call"),
            outline.name(call.from),
            arrow(call.protocol),
            outline.name(call.to)
        );
        let pieces: Vec<(Ink, String)> = said.split(' ').map(|word| (Ink::Unknown, word.to_owned())).collect();
        sheet.beside(&(Ink::Text, "timeouts".to_owned()), column, &pieces);
    }
}

/// What was not read, by kind; each file when everything is asked for.
pub(crate) fn not_read(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let kinds = outline::not_read_kinds(outline.model);
    if kinds.is_empty() {
        return;
    }
    sheet.heading("NOT READ", &counted(outline.model.not_read.len(), "file"));
    let column = |narrowest, leaves| Column { head: "", narrowest, leaves };
    let mut table = Table::of(&[column(3, 0), column(30, 0), column(64, 0), column(24, 1)]);
    for row in &kinds {
        let more = if row.other_reasons > 0 {
            format!(", and {}", counted(row.other_reasons, "other reason"))
        } else {
            String::new()
        };
        table.row(vec![
            (Ink::Text, format!("{:>3}", grouped(row.count))),
            (Ink::Text, clean(&row.kind)),
            (Ink::Text, format!("{}{more}", clean(&row.reason))),
            (Ink::Quiet, format!("{}{}", if row.count > 1 { "such as " } else { "" }, clean(&row.example))),
        ]);
    }
    sheet.table(&table);
    if sheet.options.unmatched || sheet.options.evidence {
        for row in &outline.model.not_read {
            sheet.whole(Ink::Quiet, &format!("  {}  {}", clean(&row.path), clean(&row.reason)));
        }
    }
}

/// What a reader could not use.
pub(crate) fn problems(sheet: &mut Sheet<'_>, outline: &Outline<'_>) {
    let rows = &outline.model.problems;
    if rows.is_empty() {
        return;
    }
    sheet.heading("PROBLEMS", "reading went on");
    for row in &rows[..sheet.shown(rows.len())] {
        let at = place(&outline.model.files, row.at);
        sheet.sentence(Ink::Problem, &format!("{at}  {}", clean(&row.message)));
    }
    sheet.rest(rows.len());
}
