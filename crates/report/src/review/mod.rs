//! Is this change safe: a review, in the faces that people and machines take.
//!
//! All of them tell the same rows. Not here: what is a reason to block (`plimsoll-review`).

mod json;
mod markdown;
mod text;

use plimsoll_audit::Finding;
use plimsoll_model::View;
use plimsoll_review::{Attempts, Break, Ceiling, Change, Held, JourneyChange, Kind, Noun, Review};
use plimsoll_simulate::search::Verdict as Searched;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::figure::{figure, percent, significant};
use crate::loadline::words;
use crate::words::{counted, first_place};

/// A review and the two sides that it compares.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// The review.
    pub review: &'a Review,
    /// The system before.
    pub base: View<'a>,
    /// The system after.
    pub head: View<'a>,
    /// What the base is called: a commit or a folder.
    pub base_name: &'a str,
    /// What the head is called.
    pub head_name: &'a str,
}

/// One line of a journey's table.
struct Row {
    what: &'static str,
    base: String,
    head: String,
    note: String,
}

/// What stands where one side has nothing.
const NONE: &str = "–";

impl Reviewed<'_> {
    /// `BLOCK (1 promise broken; 2 new errors: REL-001, REL-002)`.
    fn verdict(&self) -> String {
        let reasons: Vec<&str> = self.review.reasons.iter().map(|reason| reason.says.as_str()).collect();
        let word = self.review.verdict.word().to_uppercase();
        if reasons.is_empty() { word } else { format!("{word} ({})", reasons.join("; ")) }
    }

    /// `1 component, 1 flow added · 2 deployments changed`.
    fn counts(&self) -> String {
        let kinds = [Kind::Added, Kind::Removed, Kind::Changed];
        let nouns =
            [Noun::Component, Noun::Call, Noun::Operation, Noun::Topic, Noun::Deployment, Noun::Journey, Noun::Promise];
        let mut parts = Vec::new();
        for kind in kinds {
            let of = |noun: Noun| {
                let own = self.review.changes.iter().filter(|change| change.kind == kind && change.noun == noun);
                let mut names: Vec<&str> = own.map(|change| change.name.as_str()).collect();
                names.dedup();
                (!names.is_empty()).then(|| counted(names.len(), noun.word()))
            };
            let said: Vec<String> = nouns.into_iter().filter_map(of).collect();
            if !said.is_empty() {
                parts.push(format!("{} {}", said.join(", "), kind.word()));
            }
        }
        if parts.is_empty() { String::from("nothing changed in the model") } else { parts.join(" · ") }
    }

    /// Where the change stands, in the side that has it.
    fn place(&self, change: &Change) -> Option<String> {
        match (change.in_head, change.in_base) {
            (Some(id), _) => first_place(self.head.model, &[id]),
            (None, Some(id)) => first_place(self.base.model, &[id]),
            (None, None) => None,
        }
    }

    /// Where a new finding stands.
    fn finding_place(&self, finding: &Finding) -> String {
        first_place(self.head.model, &finding.evidence).unwrap_or_default()
    }
}

/// `replicas: 2 → 3`; what came or went has no figures.
fn difference(change: &Change) -> String {
    let text = |side: &Option<String>| side.clone().unwrap_or_else(|| String::from("unknown"));
    change.field.map_or_else(String::new, |field| format!("{field}: {} → {}", text(&change.from), text(&change.to)))
}

/// Who is hurt by what went.
fn hurt(each: &Break) -> String {
    let who = match each.used_by.as_slice() {
        [] => String::from("nobody is known to use it"),
        users => format!("used by {}", users.join(", ")),
    };
    format!("{} {who}", each.noun.word())
}

/// The table of a journey: a row for each thing that both sides can be asked.
fn rows(change: &JourneyChange) -> Vec<Row> {
    let mut out = Vec::new();
    let mut row = |what, of: &dyn Fn(&Held) -> Option<String>, note: String| {
        let side = |held: &Option<Held>| held.as_ref().and_then(of);
        let (base, head) = (side(&change.base), side(&change.head));
        if base.is_some() || head.is_some() {
            let shown = |side: Option<String>| side.unwrap_or_else(|| NONE.to_owned());
            out.push(Row { what, base: shown(base), head: shown(head), note });
        }
    };
    row("load line", &line, join([fall(change, line_figure), breaks(change)]));
    row("its bound", &bound, join([fall(change, |held| held.bound.as_ref().map(|(bound, _)| *bound)), binds(change)]));
    row("availability ceiling", &|held| Some(percent(held.ceiling.as_ref()?.share)), below(change));
    row("longest synchronous chain", &|held| Some(held.chain.to_string()), String::new());
    for (component, note) in asked(change) {
        let times = |held: &Held| {
            let own = held.attempts.iter().find(|attempts| attempts.component == component);
            own.map(|attempts| times(attempts.times))
        };
        row("attempts when it fails", &times, note);
    }
    row("timeouts", &|held| Some(String::from(if held.inverted.is_empty() { "in order" } else { "inverted" })), {
        let head = change.head.as_ref();
        head.map_or_else(String::new, |head| head.inverted.join("; "))
    });
    row("not worked out", &|held| held.problem.clone(), String::new());
    out
}

fn join(parts: [String; 2]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

fn line(held: &Held) -> Option<String> {
    held.line.as_ref().map(|line| match line.verdict {
        Searched::Holds(_) => format!("{} {}", words::short_line(line), line.unit),
        _ => words::short_line(line),
    })
}

fn line_figure(held: &Held) -> Option<f64> {
    match held.line.as_ref()?.verdict {
        Searched::Holds(line) => Some(line.value),
        Searched::BrokenAtRest { .. } => Some(0.0),
        Searched::Unbounded { .. } => None,
    }
}

fn bound(held: &Held) -> Option<String> {
    held.bound.as_ref().map(|(bound, _)| format!("{} /s", figure(*bound)))
}

/// `−38 %`; nothing where it stays within a thousandth.
fn fall(change: &JourneyChange, of: impl Fn(&Held) -> Option<f64>) -> String {
    let side = |held: &Option<Held>| held.as_ref().and_then(&of);
    let (Some(base), Some(head)) = (side(&change.base), side(&change.head)) else { return String::new() };
    let share = if base == 0.0 { 0.0 } else { head / base - 1.0 };
    match share {
        share if share.abs() < 0.001 => String::new(),
        share if share > 0.0 => format!("+{} %", significant(share * 100.0, 2)),
        share => format!("−{} %", significant(-share * 100.0, 2)),
    }
}

fn breaks(change: &JourneyChange) -> String {
    let line = change.head.as_ref().and_then(|head| head.line.as_ref());
    let breaks = line.and_then(|line| words::breaks(line).or_else(|| words::at_rest(line)));
    breaks.map_or_else(String::new, |breaks| format!("first to break: {breaks}"))
}

fn binds(change: &JourneyChange) -> String {
    let head = change.head.as_ref().and_then(|head| head.bound.as_ref());
    head.map_or_else(String::new, |(_, binds)| binds.clone())
}

/// `below the promised 99.5 %: 370.5 > 216.0 min in 30 days`.
fn below(change: &JourneyChange) -> String {
    let Some(ceiling) = change.head.as_ref().and_then(|head| head.ceiling.as_ref()) else { return String::new() };
    let Ceiling { promised: Some(promised), days, .. } = ceiling else { return String::new() };
    let (lost, allowed) = (ceiling.minutes_lost(), ceiling.minutes_allowed().unwrap_or_default());
    let word = if ceiling.keeps() { "keeps" } else { "below" };
    let sign = if ceiling.keeps() { "≤" } else { ">" };
    format!("{word} the promised {}: {lost:.1} {sign} {allowed:.1} min in {days:.0} days", percent(*promised))
}

fn times(times: f64) -> String {
    if times.is_infinite() { String::from("without end") } else { format!("{}×", significant(times, 2)) }
}

/// Components that are asked more often than before when they fail, with who tries how often.
fn asked(change: &JourneyChange) -> Vec<(String, String)> {
    let of = |held: &Option<Held>, name: &str| -> f64 {
        let own = held.iter().flat_map(|held| &held.attempts).find(|attempts| attempts.component == name);
        own.map_or(1.0, |attempts| attempts.times)
    };
    let head = change.head.iter().flat_map(|held| &held.attempts);
    let more = head.filter(|attempts: &&Attempts| attempts.times > of(&change.base, &attempts.component));
    more.map(|attempts| (attempts.component.clone(), format!("{}: {}", attempts.component, attempts.by))).collect()
}
