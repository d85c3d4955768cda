//! The load lines for a pull request or a wiki.

use plimsoll_simulate::answer::{LoadLines, ScenarioLine};

use super::words;
use crate::figure::figure;
use crate::words::clean;

/// The load lines as Markdown.
pub fn markdown(lines: &LoadLines) -> String {
    let mut out = format!("# Load lines of {}\n\nEnvironment: {}\n\n", cell(&lines.system), cell(&lines.environment));
    out.push_str(
        "| scenario | journey | load line | bound | expected peak | breaks first |\n|---|---|---|---|---|---|\n",
    );
    for scenario in &lines.scenarios {
        out.push_str(&format!(
            "| {} | {} | {}{} | {} | {} | {} |\n",
            cell(&scenario.id),
            cell(&scenario.journey),
            if scenario.holds_the_peak() { "" } else { "**short** " },
            cell(&words::line(scenario)),
            cell(&words::bound(scenario)),
            cell(&words::peak(scenario).unwrap_or_else(|| "–".to_owned())),
            cell(&words::breaks(scenario).or_else(|| words::at_rest(scenario)).unwrap_or_else(|| "–".to_owned())),
        ));
    }
    for scenario in &lines.scenarios {
        section(&mut out, scenario);
    }
    out
}

fn section(out: &mut String, scenario: &ScenarioLine) {
    if scenario.ladder.is_empty() && scenario.moves.is_empty() && scenario.unknowns.is_empty() {
        return;
    }
    out.push_str(&format!("\n## {} · {}\n", cell(&scenario.journey), cell(&scenario.id)));
    for sentence in [words::inferred(scenario), words::two_minds(scenario)].into_iter().flatten() {
        out.push_str(&format!("\n{}\n", cell(&sentence)));
    }
    if !scenario.ladder.is_empty() {
        out.push_str("\n| resource | bound | from |\n|---|---|---|\n");
        for rung in &scenario.ladder {
            let bound = figure(rung.bound_per_s);
            out.push_str(&format!(
                "| {} | {bound} {} | {} |\n",
                cell(&rung.resource),
                scenario.unit,
                cell(&rung.formula)
            ));
        }
    }
    if !scenario.moves.is_empty() {
        out.push_str("\n| what moves it | from | to | the line | real |\n|---|---|---|---|---|\n");
        for moved in &scenario.moves {
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                cell(&moved.knob),
                cell(&moved.from),
                cell(&moved.to),
                cell(&words::change(moved, scenario.unit)),
                if moved.real { "yes" } else { "no" }
            ));
        }
    }
    if !scenario.unknowns.is_empty() {
        out.push_str("\n| not known | assumed | over | effect |\n|---|---|---|---|\n");
        for unknown in &scenario.unknowns {
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                cell(&unknown.field),
                cell(&unknown.assumption),
                cell(&unknown.range),
                cell(&words::unsure(unknown, scenario.unit))
            ));
        }
    }
}

/// Text that stays in its cell and is no markup.
pub(crate) fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
