//! The survey as one page that needs nothing else: style, script and map stand in it, and it asks nobody for anything.
//!
//! The map comes first, the same content as tables below it, for those who cannot or need not see a map. The state worth
//! sharing is in the address: `#component=orders`, `#call=orders>payments`, `&environment=staging`.
//!
//! Always: every name is escaped; the page holds under a policy that forbids all but inline style and script.

mod data;
use crate::escape;
mod map;
mod shape;
mod tables;

use plimsoll_model::{ComponentKind, Model};

use super::PageOptions;
use super::outline::{FROM_THE_EDGE, Grid, Outline, gap_grids, not_read_files, page_grids};
use crate::words::{clean, counted, plural};
use escape::html as escaped;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// What the page may do: be itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The survey as one HTML file. The same model gives the same bytes.
pub fn html(model: &Model, options: &PageOptions) -> String {
    let outline = Outline::of(model, options.environment);
    let title = escaped(&outline.title());
    let edges = map::edges(&outline);
    let data = escape::json(&data::data(&outline, &edges).to_string());
    let grids: Vec<Grid> = page_grids(&outline).into_iter().chain(gap_grids(&outline)).collect();
    let sections: String = grids.iter().map(|grid| tables::section(&outline, grid)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · survey</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#tables\">Skip the map</a>\n\
         <header class=\"top\"><h1>{title}</h1><p>{summary}</p></header>\n\
         <main>\n{toolbar}<div id=\"stage\">\n{map}</div>\n\
         <div class=\"below-map\"><p class=\"hint\">{HINT}</p>{zoom}</div>\n\
         <div id=\"tables\" tabindex=\"-1\">\n{contents}{sections}{files}</div>\n</main>\n\
         <aside id=\"panel\" aria-labelledby=\"panel-title\" hidden></aside>\n\
         <script type=\"application/json\" id=\"data\">{data}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        summary = summary(&outline),
        toolbar = toolbar(&outline),
        map = map::map(&outline, &edges),
        zoom = ZOOM,
        contents = contents(&grids),
        files = files(&outline),
    )
}

const HINT: &str = "A full line: the caller waits for the answer. A dashed line: it does not. Enter opens what is chosen; \
    drag or arrow keys move the map, <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> or Ctrl and wheel scale it.";

const ZOOM: &str = "<div class=\"zoom\" role=\"group\" aria-label=\"Scale of the map\">\
    <button type=\"button\" data-zoom=\"in\" aria-label=\"Larger\">+</button>\
    <button type=\"button\" data-zoom=\"out\" aria-label=\"Smaller\">−</button>\
    <button type=\"button\" data-zoom=\"fit\" aria-label=\"Fit the map\">fit</button></div>\n";

fn summary(outline: &Outline<'_>) -> String {
    let model = outline.model;
    let mut parts = vec![
        format!("<b>{}</b>", counted(outline.own().count(), "component")),
        format!("<b id=\"flows\">{}</b>", counted(outline.flow_count(), "flow")),
        format!("read {}", counted(model.files_read, "file")),
    ];
    if let Some(environment) = outline.environment() {
        parts.insert(0, format!("<span id=\"where\">{}</span>", escaped(&clean(environment))));
    }
    let linked = |anchor: &str, text: String| format!("<a href=\"#{anchor}\">{text}</a>");
    if !model.not_read.is_empty() {
        parts.push(linked("not-read", format!("{} not read", model.not_read.len())));
    }
    if !model.loose.is_empty() {
        parts.push(linked("loose", format!("{} did not join", counted(model.loose.len(), "name"))));
    }
    if !model.problems.is_empty() {
        parts.push(linked("problems", counted(model.problems.len(), "problem")));
    }
    parts.join(" · ")
}

/// Search and filters; the buttons of the kinds are the legend as well.
fn toolbar(outline: &Outline<'_>) -> String {
    let kinds: String = outline.by_kind().into_iter().map(|(kind, ids)| kind_button(kind, ids.len())).collect();
    let mut owners: Vec<String> = outline.own().filter_map(|(_, row)| row.owner.as_deref().map(clean)).collect();
    owners.sort();
    owners.dedup();
    let owners = owners.into_iter().map(|owner| (owner.clone(), owner));
    let environments =
        outline.model.environments.iter().enumerate().map(|(index, row)| (index.to_string(), clean(&row.id)));
    let shown = outline.view.environment.map(|id| id.0.to_string());
    format!(
        "<form class=\"tools\" role=\"search\" aria-label=\"Find and filter\">\
         <label class=\"find\">Find <input type=\"search\" id=\"find\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"name, technology, owner\"></label>\
         <fieldset><legend>Kinds</legend>{kinds}</fieldset>{}{}\
         <output id=\"shown\" aria-live=\"polite\"></output></form>\n",
        select("owner", "Owner", "everybody", owners, None),
        select("environment", "Environment", "all", environments, shown.as_deref()),
    )
}

fn kind_button(kind: ComponentKind, count: usize) -> String {
    debug_assert!(FROM_THE_EDGE.contains(&kind));
    let word = kind.word();
    let label = if count == 1 { word.to_owned() } else { plural(word) };
    format!(
        "<button type=\"button\" class=\"kind kind-{word}\" data-kind=\"{word}\" aria-pressed=\"true\">\
         <svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path class=\"icon\" d=\"{}\"/></svg>{label} <small>{count}</small></button>",
        shape::icon(kind)
    )
}

fn select(
    id: &str,
    label: &str,
    all: &str,
    options: impl Iterator<Item = (String, String)>,
    chosen: Option<&str>,
) -> String {
    let option = |(value, name): (String, String)| {
        let selected = if chosen == Some(&value) { " selected" } else { "" };
        format!("<option value=\"{}\"{selected}>{}</option>", escaped(&value), escaped(&name))
    };
    let options: String = options.map(option).collect();
    if options.is_empty() {
        return String::new();
    }
    format!("<label>{label} <select id=\"{id}\"><option value=\"\">{all}</option>{options}</select></label>")
}

/// Links to the tables.
fn contents(grids: &[Grid]) -> String {
    let link = |grid: &Grid| {
        format!("<li><a href=\"#{}\">{} <small>{}</small></a></li>", grid.id, escaped(grid.title), grid.rows.len())
    };
    let links: String = grids.iter().map(link).collect();
    if links.is_empty() {
        links
    } else {
        format!("<nav aria-label=\"Tables\"><ul class=\"contents\">{links}</ul></nav>\n")
    }
}

/// Every file that was not read, behind a fold.
fn files(outline: &Outline<'_>) -> String {
    let grid = not_read_files(outline.model);
    if grid.rows.is_empty() {
        return String::new();
    }
    let title = format!("{} ({})", grid.title, grid.rows.len());
    format!("<details class=\"files\"><summary>{title}</summary>\n{}</details>\n", tables::section(outline, &grid))
}
