//! The sentences that all faces share.

use plimsoll_simulate::answer::{Move, ScenarioLine, Unknown};
use plimsoll_simulate::search::{Certainty, Verdict};
use plimsoll_simulate::statistics::Interval;

use crate::figure::{bounds, figure, load, percent, signed, significant, time};
use crate::words::counted;

/// The line in one phrase: `42.3 /s (41.8–42.9, 95 %)`, or what is there instead.
///
/// A line that rests on assumptions is an interval over their ranges, with two digits.
pub(super) fn line(scenario: &ScenarioLine) -> String {
    let rests = || counted(scenario.assumptions.len(), "assumption");
    match (&scenario.verdict, &scenario.over_assumptions) {
        (Verdict::BrokenAtRest { .. }, None) if scenario.unknowns.is_empty() => "none: broken at rest".to_owned(),
        (Verdict::BrokenAtRest { .. }, None) => format!("none over all that {} may be: broken at rest", rests()),
        (Verdict::BrokenAtRest { .. }, Some(range)) => format!(
            "none as {} have it: broken at rest; up to {} {} over their ranges",
            rests(),
            significant(range.high, 2),
            scenario.unit
        ),
        (Verdict::Unbounded { tried }, _) => format!("none up to {}: unbounded", load(*tried, scenario.unit)),
        (Verdict::Holds(line), Some(range)) => format!(
            "between {} and {} {}, resting on {}; {} as they are taken",
            significant(range.low, 2),
            significant(range.high, 2),
            scenario.unit,
            rests(),
            significant(line.value, 2),
        ),
        (Verdict::Holds(line), None) if rests_unweighed(scenario) => format!(
            "about {} {}, if all of {} are right; leave out --line-only to see how far they move it",
            significant(line.value, 2),
            scenario.unit,
            rests()
        ),
        (Verdict::Holds(line), None) => {
            format!("{}  ({}, 95 %{})", load(line.value, scenario.unit), bounds(line), certainty(scenario.certainty))
        }
    }
}

/// The line in a table's cell.
pub(crate) fn short_line(scenario: &ScenarioLine) -> String {
    match (&scenario.verdict, &scenario.over_assumptions) {
        (Verdict::BrokenAtRest { .. }, _) => "none".to_owned(),
        (Verdict::Unbounded { .. }, _) => "unbounded".to_owned(),
        (Verdict::Holds(_), Some(range)) => format!("{}–{}", significant(range.low, 2), significant(range.high, 2)),
        (Verdict::Holds(line), None) if rests_unweighed(scenario) => format!("~{}", significant(line.value, 2)),
        (Verdict::Holds(line), None) => figure(line.value),
    }
}

/// Whether the line rests on assumed times whose ranges nobody asked about: then its own interval says little.
fn rests_unweighed(scenario: &ScenarioLine) -> bool {
    const TIMES: [&str; 3] = ["default-service-time", "default-query-time", "default-external-time"];
    scenario.unknowns.is_empty() && scenario.assumptions.iter().any(|assumed| TIMES.contains(&assumed.name.as_str()))
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Reached => "",
        Certainty::BudgetSpent => ", not as narrow as asked",
        Certainty::Interrupted => ", so far",
    }
}

/// Where requests enter, where nobody says what users come for.
pub(super) fn inferred(scenario: &ScenarioLine) -> Option<String> {
    let mut at =
        scenario.assumptions.iter().filter(|assumed| assumed.name == "entry-by-shape").map(|at| at.field.as_str());
    let first = at.next()?;
    let all = at.fold(first.to_owned(), |all, next| format!("{all} and {next}"));
    Some(format!(
        "inferred (entry-by-shape): requests enter at {all}, which nobody inside calls; state `journeys` in plimsoll.yaml"
    ))
}

/// Where it tips and where it recovers, where the system has two minds.
pub(super) fn two_minds(scenario: &ScenarioLine) -> Option<String> {
    let pair = scenario.metastable.as_ref()?;
    let at = |onset: &Interval| format!("{} ({})", load(onset.value, scenario.unit), bounds(onset));
    let tips = pair.tips_at.onset.as_ref().map_or("no load that was tried".to_owned(), at);
    let recovers = pair.recovers_at.onset.as_ref().map_or("no load that was tried".to_owned(), at);
    Some(format!("well, it tips at {tips}; once ill, it recovers by itself only below {recovers}"))
}

/// The bound in one phrase.
pub(super) fn bound(scenario: &ScenarioLine) -> String {
    match (scenario.bound_per_s, &scenario.binds) {
        (Some(bound), Some(binds)) => format!("{}, {binds}", load(bound, scenario.unit)),
        (Some(bound), None) => load(bound, scenario.unit),
        (None, _) => "none: nothing is limited".to_owned(),
    }
}

/// The expected peak and what it leaves: `12.0 /s, headroom 72 %`, or `50.4 /s, short by 8.10 /s`.
pub(super) fn peak(scenario: &ScenarioLine) -> Option<String> {
    let peak = scenario.expected_peak_per_s?;
    let Some(line) = scenario.line() else { return Some(load(peak, scenario.unit)) };
    let left = line.value - peak;
    let unit = scenario.unit;
    Some(if left < 0.0 {
        format!("{}, short by {}", load(peak, unit), load(-left, unit))
    } else {
        format!("{}, headroom {} %", load(peak, unit), significant(left / line.value * 100.0, 2))
    })
}

/// What breaks and why, in one sentence.
pub(crate) fn breaks(scenario: &ScenarioLine) -> Option<String> {
    let breaks = scenario.breaks.as_ref()?;
    let says = scenario.promises.iter().find(|promise| promise.name == breaks.promise);
    let promise = says.map_or(breaks.promise.clone(), |says| format!("{} ({})", says.name, says.says));
    let by = match (breaks.mechanism, &breaks.resource) {
        (Some(mechanism), Some(resource)) => format!(" by {} of {resource}", mechanism.word()),
        (Some(mechanism), None) => format!(" by {}", mechanism.word()),
        (None, _) => String::new(),
    };
    let because = if breaks.because.is_empty() { String::new() } else { format!(": {}", breaks.because) };
    Some(format!("{promise}{by}{because}"))
}

/// At rest: how many requests are bad.
pub(crate) fn at_rest(scenario: &ScenarioLine) -> Option<String> {
    match scenario.verdict {
        Verdict::BrokenAtRest { load: tried, share } => {
            Some(format!("{} of requests are bad at {} already", percent(share), load(tried, scenario.unit)))
        }
        _ => None,
    }
}

/// How far a change moves the line.
pub(super) fn change(moved: &Move, unit: &str) -> String {
    match &moved.change {
        None => "cannot be told".to_owned(),
        Some(change) => format!(
            "{} {unit}  ({} to {})",
            signed(change.difference.value),
            signed(change.difference.low),
            signed(change.difference.high)
        ),
    }
}

/// How far an unknown moves the line.
pub(super) fn unsure(unknown: &Unknown, unit: &str) -> String {
    match (unknown.line_change_per_s, unknown.rest_change_s) {
        (Some(change), _) => format!("moves the line by up to {} {unit}", significant(change, 2)),
        (None, Some(seconds)) => format!("a request may take {} less", time(seconds)),
        (None, None) => "its effect on the line cannot be told".to_owned(),
    }
}

/// The command that goes on from here.
pub(super) fn next(scenarios: &[ScenarioLine]) -> String {
    let short = scenarios.iter().find(|scenario| !scenario.holds_the_peak());
    match short {
        Some(scenario) if scenario.unknowns.is_empty() => {
            format!("plimsoll plan scale --journey {}", scenario.journey)
        }
        Some(_) => "state what `unsure` names in plimsoll.yaml, the first one first".to_owned(),
        None => "plimsoll loadline --format html > line.html".to_owned(),
    }
}
