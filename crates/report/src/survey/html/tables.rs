//! The same content as tables: for readers of screens, for print, for those who search.

use std::fmt::Write as _;

use plimsoll_model::{ComponentId, EnvironmentId, EvidenceId};

use crate::escape::{fragment, html};
use crate::survey::outline::{Grid, Outline, Said, arrow};
use crate::words::{clean, place_of};

/// One section: a heading, a table with its caption, a head for each column and row.
pub(crate) fn section(outline: &Outline<'_>, grid: &Grid) -> String {
    let mut out = format!(
        "<section class=\"part\" id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title} <small>{count}</small></h2>\n\
         <div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}-title\" tabindex=\"0\">\n<table>\n<caption>{caption}</caption>\n<thead><tr>",
        id = grid.id,
        title = html(grid.title),
        count = grid.rows.len(),
        caption = html(&grid.caption),
    );
    for (column, head) in grid.heads.iter().enumerate() {
        let class = if is_count(grid, column) { " class=\"count\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", html(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        table_row(&mut out, outline, row);
    }
    out.push_str("</tbody>\n</table>\n</div>\n</section>\n");
    out
}

fn is_count(grid: &Grid, column: usize) -> bool {
    grid.rows.iter().all(|row| matches!(row[column], Said::Count(_)))
}

fn table_row(out: &mut String, outline: &Outline<'_>, row: &[Said]) {
    let components: Vec<String> = row
        .iter()
        .flat_map(|said| match said {
            Said::Components(ids) => ids.as_slice(),
            _ => &[],
        })
        .map(|id| id.0.to_string())
        .collect();
    let environments: Vec<String> = row
        .iter()
        .flat_map(|said| match said {
            Said::Environments(ids) => ids.as_slice(),
            _ => &[],
        })
        .map(|id| id.0.to_string())
        .collect();
    out.push_str("<tr");
    if !components.is_empty() {
        let _ = write!(out, " data-components=\"{}\"", components.join(" "));
    }
    if !environments.is_empty() {
        let _ = write!(out, " data-environments=\"{}\"", environments.join(" "));
    }
    out.push('>');
    for (column, said) in row.iter().enumerate() {
        let class = if matches!(said, Said::Count(_)) { " class=\"count\"" } else { "" };
        let content = cell(outline, said);
        let _ = if column == 0 {
            write!(out, "<th scope=\"row\"{class}>{content}</th>")
        } else {
            write!(out, "<td{class}>{content}</td>")
        };
    }
    out.push_str("</tr>\n");
}

fn cell(outline: &Outline<'_>, said: &Said) -> String {
    match said {
        Said::Text(text) if text == "?" => "<abbr class=\"unknown\" title=\"not known\">?</abbr>".to_owned(),
        Said::Text(text) => html(text),
        Said::Message(sentence) => message(sentence),
        Said::Code(text) if text.is_empty() => String::new(),
        Said::Code(text) => format!("<code>{}</code>", html(text)),
        Said::Count(count) => count.to_string(),
        Said::Protocol(protocol) => {
            format!("<span aria-hidden=\"true\">{}</span> {}", arrow(*protocol), protocol.word())
        }
        Said::Components(ids) => components(outline, ids),
        Said::Environments(ids) => environments(outline, ids),
        Said::Evidence(ids) => evidence(outline, ids),
    }
}

fn components(outline: &Outline<'_>, ids: &[ComponentId]) -> String {
    let link = |id: &ComponentId| {
        let name = outline.name(*id);
        format!("<a href=\"#component={}\">{}</a>", fragment(&name), html(&name))
    };
    ids.iter().map(link).collect::<Vec<_>>().join(", ")
}

fn environments(outline: &Outline<'_>, ids: &[EnvironmentId]) -> String {
    if ids.is_empty() {
        return "all".to_owned();
    }
    let name = |id: &EnvironmentId| html(&clean(&outline.model.environment(*id).id));
    ids.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A sentence in which names stand between backticks.
fn message(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html(sentence);
    }
    let part = |(index, part): (usize, &&str)| {
        if index % 2 == 1 { format!("<code>{}</code>", html(part)) } else { html(part) }
    };
    parts.iter().enumerate().map(part).collect()
}

/// The first place; the others one click away.
fn evidence(outline: &Outline<'_>, ids: &[EvidenceId]) -> String {
    let said = |id: &EvidenceId| {
        let row = outline.model.evidence(*id);
        let note = if row.note.is_empty() || row.at.is_none() {
            String::new()
        } else {
            format!(" {}", html(&clean(&row.note)))
        };
        (format!("<code>{}</code>", html(&place_of(outline.model, row))), note)
    };
    match ids {
        [] => String::new(),
        [one] => said(one).0,
        [first, ..] => {
            let items: String = ids.iter().map(said).map(|(place, note)| format!("<li>{place}{note}</li>")).collect();
            format!(
                "<details><summary>{} <small>+{}</small></summary><ul>{items}</ul></details>",
                said(first).0,
                ids.len() - 1
            )
        }
    }
}
