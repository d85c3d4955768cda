//! What `plimsoll loadline` prints on a terminal.

use plimsoll_simulate::answer::{LoadLines, ScenarioLine};

use super::words;
use crate::chart::{Plot, plot};
use crate::figure::{figure, time};
use crate::survey::Colour;
use crate::survey::paint::{Ink, paint};
use crate::words::{clean, counted, cut};

/// How the text is laid out.
#[derive(Clone, Debug)]
pub struct TextOptions {
    /// Characters in a line.
    pub width: usize,
    /// Whether text carries colour.
    pub colour: Colour,
    /// How many moves, unknowns and rungs are shown of each.
    pub most: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 100, colour: Colour::Plain, most: 6 }
    }
}

/// The width of the keys at the left.
const KEY: usize = 11;

/// The load lines as text, with a newline at the end of each line.
pub fn text(lines: &LoadLines, options: &TextOptions) -> String {
    let mut sheet = Sheet { options, out: String::new() };
    let head = format!("{} · {}", clean(&lines.system), clean(&lines.environment));
    sheet.row(Ink::Heading, &head);
    if lines.scenarios.len() > 1 {
        overview(&mut sheet, &lines.scenarios);
    }
    for scenario in &lines.scenarios {
        section(&mut sheet, scenario, lines.scenarios.len() <= 3);
    }
    if lines.scenarios.is_empty() {
        sheet.row(
            Ink::Unknown,
            "nothing was promised to anybody: state `promises` in plimsoll.yaml, or run `plimsoll init`",
        );
    } else {
        sheet.out.push('\n');
        sheet.key("next", Ink::Text, &words::next(&lines.scenarios));
    }
    sheet.out
}

/// One row for each scenario and journey.
fn overview(sheet: &mut Sheet<'_>, scenarios: &[ScenarioLine]) {
    let widest = |of: fn(&ScenarioLine) -> &str, head: usize| {
        scenarios.iter().map(|scenario| of(scenario).chars().count()).max().unwrap_or(0).max(head)
    };
    let (a, b) = (widest(|s| &s.id, 8), widest(|s| &s.journey, 7));
    sheet.out.push('\n');
    let head =
        format!("  {:a$}  {:b$}  {:>10}  {:>9}  {:>9}  breaks first", "scenario", "journey", "line", "bound", "peak");
    sheet.row(Ink::Quiet, &head);
    for scenario in scenarios {
        let breaks = scenario.breaks.as_ref().map_or(String::new(), |breaks| {
            let by = breaks.resource.as_ref().map_or(String::new(), |resource| format!(" ({resource})"));
            format!("{}{by}", breaks.promise)
        });
        let row = format!(
            "  {:a$}  {:b$}  {:>10}  {:>9}  {:>9}  {}",
            clean(&scenario.id),
            clean(&scenario.journey),
            words::short_line(scenario),
            scenario.bound_per_s.map_or("–".to_owned(), figure),
            scenario.expected_peak_per_s.map_or("–".to_owned(), figure),
            clean(&breaks),
        );
        sheet.row(if scenario.holds_the_peak() { Ink::Text } else { Ink::Problem }, row.trim_end());
    }
}

fn section(sheet: &mut Sheet<'_>, scenario: &ScenarioLine, draw: bool) {
    sheet.out.push('\n');
    let title = format!("{} · {}", clean(&scenario.journey), clean(&scenario.id));
    sheet.row(Ink::Heading, &title);
    let ink = if scenario.holds_the_peak() { Ink::Text } else { Ink::Problem };
    sheet.key("load line", ink, &words::line(scenario));
    sheet.key("bound", Ink::Text, &clean(&words::bound(scenario)));
    if let Some(inferred) = words::inferred(scenario) {
        sheet.key("journeys", Ink::Unknown, &clean(&inferred));
    }
    if let Some(peak) = words::peak(scenario) {
        sheet.key("expected", ink, &peak);
    }
    if let Some(breaks) = words::breaks(scenario) {
        sheet.key("breaks", Ink::Text, &clean(&breaks));
    }
    if let Some(at_rest) = words::at_rest(scenario) {
        sheet.key("", Ink::Problem, &at_rest);
    }
    if let Some(two_minds) = words::two_minds(scenario) {
        sheet.key("two minds", Ink::Problem, &two_minds);
    }
    if draw {
        drawing(sheet, scenario);
    }
    let ladder: Vec<String> =
        scenario.ladder.iter().map(|rung| format!("{} {}", rung.resource, figure(rung.bound_per_s))).collect();
    if !ladder.is_empty() {
        let most = ladder.len().min(sheet.options.most + 2);
        let rest = if most < ladder.len() { format!(" · {} more", ladder.len() - most) } else { String::new() };
        sheet.key("ladder", Ink::Text, &clean(&format!("{}{rest}", ladder[..most].join(" · "))));
    }
    moves(sheet, scenario);
    unknowns(sheet, scenario);
    if !scenario.assumptions.is_empty() {
        let names = scenario.assumptions.iter().map(|assumed| assumed.name.as_str());
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let text = format!("{} ({})", counted(scenario.assumptions.len(), "assumption"), names.join(", "));
        sheet.key("rests on", Ink::Quiet, &clean(&text));
    }
}

/// p95 and failures against load.
fn drawing(sheet: &mut Sheet<'_>, scenario: &ScenarioLine) {
    let points: Vec<(f64, f64)> = scenario.curve.iter().map(|point| (point.load, point.p95_s.value)).collect();
    let shares: Vec<(f64, f64)> = scenario.curve.iter().map(|point| (point.load, 1.0 - point.success.value)).collect();
    let width = sheet.options.width.saturating_sub(KEY + 14).min(72);
    if points.len() < 2 || width < 20 {
        return;
    }
    let lines = plot(&Plot {
        width,
        height: 8,
        points: &points,
        y_label: time,
        x_label: figure,
        upright: scenario.line().map(|line| line.value),
        level: None,
        names: ("p95", "failing"),
        shares: &shares,
    });
    sheet.out.push('\n');
    for (row, line) in lines.iter().enumerate() {
        let key = if row == 0 { "" } else { "  " };
        sheet.row(Ink::Text, &format!("{key}  {line}"));
    }
    let legend = format!(
        "  offered load in {}; │ the line; failing: each step is three times as much, a full block is all",
        scenario.unit
    );
    sheet.row(Ink::Quiet, &legend);
    sheet.out.push('\n');
}

fn moves(sheet: &mut Sheet<'_>, scenario: &ScenarioLine) {
    let real: Vec<&_> = scenario.moves.iter().filter(|moved| moved.real).collect();
    for (at, moved) in real.iter().take(sheet.options.most).enumerate() {
        let text = format!("{} {} → {}: {}", moved.knob, moved.from, moved.to, words::change(moved, scenario.unit));
        sheet.key(if at == 0 { "moves it" } else { "" }, Ink::Text, &clean(&text));
    }
    let still = scenario.moves.len() - real.len();
    if still > 0 {
        let names = scenario.moves.iter().filter(|m| !m.real).map(|m| m.knob.as_str());
        let names: Vec<&str> = names.take(sheet.options.most).collect();
        let more = if names.len() < still { format!(" and {} more", still - names.len()) } else { String::new() };
        let key = if real.is_empty() { "moves it" } else { "" };
        sheet.key(key, Ink::Quiet, &clean(&format!("not: {}{more}", names.join(", "))));
    }
}

fn unknowns(sheet: &mut Sheet<'_>, scenario: &ScenarioLine) {
    for (at, unknown) in scenario.unknowns.iter().take(sheet.options.most).enumerate() {
        let first = if at == 0 { ": state it first" } else { "" };
        let text = format!(
            "{} ({}, {}) {}{first}",
            unknown.field,
            unknown.assumption,
            unknown.range,
            words::unsure(unknown, scenario.unit)
        );
        sheet.key(if at == 0 { "unsure" } else { "" }, Ink::Unknown, &clean(&text));
    }
}

struct Sheet<'o> {
    options: &'o TextOptions,
    out: String,
}

impl Sheet<'_> {
    fn row(&mut self, ink: Ink, text: &str) {
        self.out.push_str(&paint(self.options.colour, ink, &cut(text, self.options.width)));
        self.out.push('\n');
    }

    /// A key at the left and a sentence beside it, which wraps between words.
    fn key(&mut self, key: &str, ink: Ink, text: &str) {
        let room = self.options.width.saturating_sub(KEY + 2).max(30);
        let mut rows = vec![String::new()];
        for word in text.split(' ') {
            let row = rows.last_mut().expect("there is a row");
            if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > room {
                rows.push(word.to_owned());
            } else {
                if !row.is_empty() {
                    row.push(' ');
                }
                row.push_str(word);
            }
        }
        for (at, row) in rows.iter().enumerate() {
            let key = if at == 0 { key } else { "" };
            let key = paint(self.options.colour, Ink::Quiet, &format!("{key:<KEY$}"));
            let line = format!("{key}{}", paint(self.options.colour, ink, row));
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }
}
