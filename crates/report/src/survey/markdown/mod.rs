//! The survey for a pull request or a wiki: the picture first, then tables, and what is long behind a fold.
//!
//! Not here: what the tables say (`outline`).

pub(crate) mod mark;
mod mermaid;

use plimsoll_model::Model;

use super::PageOptions;
use super::outline::{Grid, Outline, Said, arrow, gap_grids, grids};
use crate::words::{clean, counted, place_of};

/// Above so many rows a table is folded, so that a pull request stays readable.
const ROWS_OPEN: usize = 20;
/// GitHub refuses comments of more than 65,536 characters; a table shows at most so many rows.
const ROWS_MAX: usize = 200;

/// The survey as GitHub Flavored Markdown, with a newline at the end.
pub fn markdown(model: &Model, options: &PageOptions) -> String {
    let outline = Outline::of(model, options.environment);
    let mut out = format!("# {}\n\n{}\n", mark::text(&outline.title()), summary(&outline));
    if let Some(chart) = mermaid::flowchart(&outline) {
        let legend = "A dotted line: the caller does not wait.";
        let chart = format!("```mermaid\n{chart}```\n\n{legend}\n");
        let title = "Map of the calls";
        let large = outline.own().count() > ROWS_OPEN * 2;
        out += &if large { folded(title, &chart) } else { format!("\n## {title}\n\n{chart}") };
    }
    for grid in grids(&outline).iter().chain(&gap_grids(&outline)) {
        out += &section(&outline, grid);
    }
    out
}

fn summary(outline: &Outline<'_>) -> String {
    let mut parts: Vec<String> = outline.environment().map(|name| mark::text(&clean(name))).into_iter().collect();
    parts.push(format!("**{}**", counted(outline.own().count(), "component")));
    parts.push(format!("**{}**", counted(outline.flow_count(), "flow")));
    parts.push(format!("read {}", counted(outline.model.files_read, "file")));
    if !outline.model.not_read.is_empty() {
        parts.push(format!("{} not read", outline.model.not_read.len()));
    }
    parts.join(" · ")
}

fn section(outline: &Outline<'_>, grid: &Grid) -> String {
    let body = format!("{}\n\n{}", mark::text(&grid.caption), table(outline, grid));
    if grid.rows.len() > ROWS_OPEN {
        folded(&format!("{} ({})", grid.title, grid.rows.len()), &body)
    } else {
        format!("\n## {}\n\n{body}", grid.title)
    }
}

fn folded(title: &str, body: &str) -> String {
    format!("\n<details>\n<summary>{}</summary>\n\n{body}\n</details>\n", mark::text(title))
}

fn table(outline: &Outline<'_>, grid: &Grid) -> String {
    let counts = |column: usize| grid.rows.iter().all(|row| matches!(row[column], Said::Count(_)));
    let rules: Vec<&str> = (0..grid.heads.len()).map(|c| if counts(c) { "--:" } else { "---" }).collect();
    let mut out = format!("| {} |\n| {} |\n", grid.heads.join(" | "), rules.join(" | "));
    for row in grid.rows.iter().take(ROWS_MAX) {
        let cells: Vec<String> = row.iter().map(|said| cell(outline, said)).collect();
        out += &format!("| {} |\n", cells.join(" | "));
    }
    if grid.rows.len() > ROWS_MAX {
        out += &format!("\n… and {} more, which `plimsoll survey --format html` shows.\n", grid.rows.len() - ROWS_MAX);
    }
    out
}

fn cell(outline: &Outline<'_>, said: &Said) -> String {
    match said {
        Said::Text(text) => mark::text(text),
        Said::Message(sentence) => mark::message(sentence),
        Said::Code(text) => mark::code(text),
        Said::Count(count) => count.to_string(),
        Said::Protocol(protocol) => format!("{} {}", arrow(*protocol), protocol.word()),
        Said::Environments(ids) => {
            let name = |id: &plimsoll_model::EnvironmentId| mark::text(&clean(&outline.model.environment(*id).id));
            ids.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Said::Components(ids) => {
            outline.names(ids.iter().copied()).iter().map(|name| mark::code(name)).collect::<Vec<_>>().join(", ")
        }
        Said::Evidence(ids) => {
            let first = ids.first().map(|id| mark::code(&place_of(outline.model, outline.model.evidence(*id))));
            let more = if ids.len() > 1 { format!(" and {} more", ids.len() - 1) } else { String::new() };
            first.map_or_else(String::new, |first| format!("{first}{more}"))
        }
    }
}
