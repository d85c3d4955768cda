//! The map: components as boxes, who calls whom as lines, drawn where the layout puts them.
//!
//! It reads without script; the script adds the panel, search, filters, pan and zoom.
//! Not here: supporting components, which serve all and would hide the rest under their lines (they stand in a table).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use plimsoll_model::{CallId, ComponentId, EnvironmentId};

use super::shape;
use crate::escape::html;
use crate::layout::{Drawing, Line, Measures, Way, draw};
use crate::survey::outline::{Outline, Presence, presence, product, runs};
use crate::words::counted;

/// More boxes than that are no picture any more; the tables say the same.
const COMPONENTS_MAX: usize = 400;
/// Width of a character of a name at its size, somewhat above the mean of common faces.
const CHARACTER_WIDTH: f64 = 8.0;
/// What stands left and right of a name.
const BESIDE_NAME: f64 = 40.0;
const BOX_WIDTH: (f64, f64) = (132.0, 224.0);
const MARGIN: f64 = 16.0;
/// Up to so many lines, each says what it speaks; beyond, the chosen ones do.
const LABELLED_LINES_MAX: usize = 14;

/// A line of the map: all calls from one component to another that wait, or all that do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: ComponentId,
    pub(crate) to: ComponentId,
    pub(crate) waits: bool,
    pub(crate) calls: Vec<CallId>,
    /// Where it is; empty for everywhere.
    pub(crate) environments: Vec<EnvironmentId>,
}

/// The lines of the map in all environments.
pub(crate) fn edges(outline: &Outline<'_>) -> Vec<Edge> {
    let mut pairs: BTreeMap<(ComponentId, ComponentId, bool), Vec<CallId>> = BTreeMap::new();
    for (id, call) in outline.calls_anywhere() {
        pairs.entry((call.from, call.to, !call.protocol.is_synchronous())).or_default().push(id);
    }
    let edge = |((from, to, apart), calls): ((ComponentId, ComponentId, bool), Vec<CallId>)| {
        let rows = || calls.iter().map(|id| &outline.model.calls[id.index()]);
        let mut environments: Vec<EnvironmentId> = rows().flat_map(|call| call.environments.iter().copied()).collect();
        environments.sort_unstable();
        environments.dedup();
        if rows().any(|call| call.environments.is_empty()) {
            environments.clear();
        }
        Edge { from, to, waits: !apart, calls, environments }
    };
    pairs.into_iter().map(edge).collect()
}

/// The map as SVG, or a sentence where there is nothing to draw or too much.
pub(crate) fn map(outline: &Outline<'_>, edges: &[Edge]) -> String {
    let ids: Vec<ComponentId> = outline.by_kind().into_iter().flat_map(|(_, ids)| ids).collect();
    if ids.is_empty() {
        return "<p class=\"empty\">No component was found. <code>plimsoll explain readers</code> says what is read.</p>"
            .to_owned();
    }
    if ids.len() > COMPONENTS_MAX {
        return format!(
            "<p class=\"empty\">{} are too many for one picture (at most {COMPONENTS_MAX}); the tables below hold them all.</p>",
            counted(ids.len(), "component")
        );
    }
    let measures = measures(outline, &ids);
    let place: BTreeMap<ComponentId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let line = |edge: &Edge| Line { from: place[&edge.from], to: place[&edge.to], strand: u8::from(!edge.waits) };
    let lines: Vec<Line> = edges.iter().map(line).collect();
    let drawing = draw(ids.len(), &lines, &measures);
    svg(outline, &ids, edges, &drawing)
}

fn measures(outline: &Outline<'_>, ids: &[ComponentId]) -> Measures {
    let longest = ids.iter().map(|id| outline.name(*id).chars().count()).max().unwrap_or(0);
    let box_width = (longest as f64 * CHARACTER_WIDTH + BESIDE_NAME).round().clamp(BOX_WIDTH.0, BOX_WIDTH.1);
    Measures { box_width, box_height: 44.0, box_gap: 12.0, line_gap: 9.0, layer_gap: 88.0, layer_gap_of_many: 62.0 }
}

fn svg(outline: &Outline<'_>, ids: &[ComponentId], edges: &[Edge], drawing: &Drawing) -> String {
    let (width, height) = (drawing.width + 2.0 * MARGIN, drawing.height + 2.0 * MARGIN);
    let mut out = format!(
        "<svg id=\"map\" role=\"group\" aria-label=\"Map: {} and {}, callers left of whom they call\" \
         viewBox=\"{} {} {} {}\" data-width=\"{}\" data-height=\"{}\" preserveAspectRatio=\"xMidYMin meet\" \
         xmlns=\"http://www.w3.org/2000/svg\">\n{MARKERS}",
        counted(ids.len(), "component"),
        counted(edges.len(), "line"),
        number(-MARGIN),
        number(-MARGIN),
        number(width),
        number(height),
        number(width),
        number(height),
    );
    let labelled = if edges.len() <= LABELLED_LINES_MAX { " class=\"labelled\"" } else { "" };
    let _ = writeln!(out, "<g id=\"edges\"{labelled}>");
    let mut drawn = BTreeSet::new();
    for (index, (edge, way)) in edges.iter().zip(&drawing.ways).enumerate() {
        edge_group(&mut out, outline, index, edge, &Strokes::of(way, edge.waits, &mut drawn));
    }
    out.push_str("</g>\n<g id=\"nodes\">\n");
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|a, b| {
        let key = |at: usize| (drawing.boxes[at].x, drawing.boxes[at].y);
        key(*a).0.total_cmp(&key(*b).0).then(key(*a).1.total_cmp(&key(*b).1))
    });
    for at in order {
        node(&mut out, outline, ids[at], &drawing.boxes[at]);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Heads of the lines, by how much they matter at the moment.
const MARKERS: &str = "<defs>\
<marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7.4\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"head\" d=\"M0 .6L8 4L0 7.4z\"/></marker>\
<marker id=\"head-lit\" viewBox=\"0 0 8 8\" refX=\"7.4\" refY=\"4\" markerWidth=\"10\" markerHeight=\"10\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"head lit\" d=\"M0 .6L8 4L0 7.4z\"/></marker>\
</defs>\n";

/// How a line is drawn: whole when it is lit, and else only where no line before it runs, since dashes of several lines
/// on one trunk would fill each other's gaps.
struct Strokes {
    whole: String,
    own: String,
    /// Whether the last stretch is its own, which then carries the head.
    own_head: bool,
    label: (f64, f64),
}

impl Strokes {
    fn of(way: &Way, waits: bool, drawn: &mut BTreeSet<(bool, String, String)>) -> Self {
        let (mut whole, mut own) = (format!("M{}", point(way.start)), String::new());
        let (mut from, mut own_head) = (way.start, false);
        for [a, b, end] in &way.curves {
            let stretch = format!("C{} {} {}", point(*a), point(*b), point(*end));
            let is_own = drawn.insert((waits, point(from), stretch.clone()));
            if is_own {
                if !own_head {
                    let _ = write!(own, "M{}", point(from));
                }
                own.push_str(&stretch);
            }
            own_head = is_own;
            whole.push_str(&stretch);
            from = *end;
        }
        let first = way.curves.first().map_or(way.start, |curve| curve[2]);
        let label = ((way.start.0 + first.0) / 2.0, (way.start.1 + first.1) / 2.0);
        Self { whole, own, own_head, label }
    }
}

fn edge_group(out: &mut String, outline: &Outline<'_>, index: usize, edge: &Edge, strokes: &Strokes) {
    let spoken = spoken(outline, edge);
    let (from, to) = (html(&outline.name(edge.from)), html(&outline.name(edge.to)));
    let class = if edge.waits { "edge" } else { "edge apart" };
    let waits = if edge.waits { "waits" } else { "does not wait" };
    let arrow = if edge.waits { "→" } else { "⇢" };
    let head = if strokes.own_head { "" } else { " headless" };
    let _ = writeln!(
        out,
        "<g class=\"{class}\" data-edge=\"{index}\" role=\"button\" tabindex=\"-1\" \
         aria-label=\"{from} calls {to} over {spoken}, {waits}\"><title>{from} {arrow} {to} · {spoken}</title>\
         <path class=\"hit\" d=\"{whole}\"/><path class=\"line own{head}\" d=\"{own}\"/><path class=\"line whole\" d=\"{whole}\"/>\
         <text class=\"label\" x=\"{x}\" y=\"{y}\">{spoken}</text></g>",
        whole = strokes.whole,
        own = strokes.own,
        x = number(strokes.label.0),
        y = number(strokes.label.1 - 3.0),
    );
}

/// What an edge speaks.
pub(crate) fn spoken(outline: &Outline<'_>, edge: &Edge) -> String {
    edge.calls.iter().map(|id| outline.model.calls[id.index()].protocol.word()).collect::<Vec<_>>().join(", ")
}

fn point((x, y): (f64, f64)) -> String {
    format!("{} {}", number(x), number(y))
}

fn node(out: &mut String, outline: &Outline<'_>, id: ComponentId, place: &crate::layout::Place) {
    let row = outline.model.component(id);
    let name = outline.name(id);
    let room = ((place.width - BESIDE_NAME + 4.0) / CHARACTER_WIDTH) as usize;
    let kind = row.kind.word();
    let below = below(outline, id);
    let lid = if row.kind == plimsoll_model::ComponentKind::Store { 3.0 } else { 0.0 };
    let name_y = if below.is_empty() { 26.5 } else { 19.5 } + lid;
    let callees = outline.calls().filter(|(_, call)| call.from == id).count();
    let _ = writeln!(
        out,
        "<g class=\"node kind-{kind}\" data-component=\"{}\" data-room=\"{}\" role=\"button\" tabindex=\"0\" \
         aria-label=\"{}, {kind}{}; called by {}, makes {}\" transform=\"translate({} {})\"><title>{}</title>{}\
         <path class=\"icon\" transform=\"translate(9 {})\" d=\"{}\"/>\
         <text class=\"name\" x=\"31\" y=\"{name_y}\">{}</text><text class=\"below\" x=\"31\" y=\"{}\">{}</text></g>",
        id.0,
        room + 4,
        html(&name),
        if below.is_empty() { String::new() } else { format!(", {}", html(&below)) },
        outline.fan_in(id),
        counted(callees, "call"),
        number(place.x),
        number(place.y),
        html(&name),
        shape::outline(row.kind, place.width, place.height),
        number(place.height / 2.0 - 8.0),
        shape::icon(row.kind),
        html(&crate::words::cut(&name, room)),
        number(name_y + 14.5),
        html(&crate::words::cut(&below, room + 4)),
    );
}

/// What stands below a name: the product, and how many copies run.
fn below(outline: &Outline<'_>, id: ComponentId) -> String {
    let row = outline.model.component(id);
    let built = product(row);
    let copies = match presence(outline, id) {
        Presence::Here => match runs(outline, id).copies.as_str() {
            "?" | "none" => String::new(),
            copies => format!("× {copies}"),
        },
        Presence::Elsewhere => "not here".to_owned(),
        Presence::NotOurs | Presence::Unknown => String::new(),
    };
    [built, copies].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A coordinate with one digit, without a needless one.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
