//! What `plimsoll audit` prints on a terminal: the ten that matter most, each with its places, its journeys, its owner.

use plimsoll_audit::{Finding, Severity};

use super::{Judged, state_words};
use crate::survey::Colour;
use crate::words::{clean, counted, place_of};

/// How many findings are shown unless all are asked for.
const FIRST: usize = 10;
/// How many places stand behind a finding.
const PLACES: usize = 3;

/// How much is shown.
#[derive(Clone, Debug, Default)]
pub struct TextOptions {
    /// Whether text carries colour.
    pub colour: Colour,
    /// All findings, not the first ten.
    pub all: bool,
    /// Each unknown, not their number.
    pub unknown: bool,
    /// The paths as they were typed, for the command in the last line.
    pub paths: Vec<String>,
    /// What changed since an earlier report, one line each.
    pub since: Vec<String>,
}

/// The audit as text, with a newline at the end of each line.
pub fn text(judged: &Judged<'_>, options: &TextOptions) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(head(judged));
    line(format!("  {}", judged.summary()));
    for change in &options.since {
        line(format!("  {change}"));
    }
    line(String::new());
    let findings = &judged.audit.findings;
    let shown = if options.all { findings.len() } else { findings.len().min(FIRST) };
    for finding in &findings[..shown] {
        for part in rows(judged, finding, options.colour) {
            line(part);
        }
    }
    if shown < findings.len() {
        line(format!("… and {} more: --all lists them", findings.len() - shown));
    }
    for waiver in &judged.audit.idle_waivers {
        line(format!("  the waiver of {} on {} fits no finding: take it out", waiver.rule, waiver.on));
    }
    for entry in &judged.audit.stale_debt {
        line(format!("  stale in the baseline, since it is mended: {entry}"));
    }
    if options.unknown {
        for unknown in &judged.audit.unknowns {
            let wants = format!("unknown  {}  {}: state {}", unknown.rule.id, unknown.subject, unknown.settled_by);
            line(clean(&wants));
        }
    } else if let Some((fact, count)) = judged.audit.settles_most().first() {
        line(format!("would settle most: state {} ({})", clean(fact), counted(*count, "unknown")));
    }
    let paths = options.paths.join(" ");
    match findings.iter().find(|finding| finding.counts()) {
        Some(first) => line(format!("next  plimsoll explain {} ", first.rule.id).trim_end().to_owned()),
        None => line(format!("next  plimsoll loadline {paths}").trim_end().to_owned()),
    }
    out
}

fn head(judged: &Judged<'_>) -> String {
    let model = judged.model;
    let own = model.components.iter().filter(|component| component.support.is_none()).count();
    let mut parts = vec![clean(model.system.as_deref().unwrap_or("this system"))];
    parts.extend(judged.environment.map(|id| clean(&model.environment(id).id)));
    parts.push(counted(own, "component"));
    parts.push(counted(model.calls.len(), "flow"));
    parts.join(" · ")
}

fn rows(judged: &Judged<'_>, finding: &Finding, colour: Colour) -> Vec<String> {
    let word = paint(colour, finding, &format!("{:<8}", finding.severity.word()));
    let mut rows = vec![format!("{word} {}  {}", finding.rule.id, clean(&judged.sentence(finding)))];
    let mut parts: Vec<String> = Vec::new();
    let places = finding.evidence.iter().map(|id| place_of(judged.model, judged.model.evidence(*id)));
    let mut shown: Vec<String> = Vec::new();
    for place in places {
        if !shown.contains(&place) {
            shown.push(place);
        }
    }
    let more = shown.len().saturating_sub(PLACES);
    shown.truncate(PLACES);
    let mut where_ = shown.join(" · ");
    if more > 0 {
        where_.push_str(&format!(" and {more} more"));
    }
    parts.push(where_);
    let risk = judged.at_risk(finding);
    if !risk.is_empty() {
        parts.push(format!("risks {}", risk.join(", ")));
    }
    parts.push(finding.owner.clone().unwrap_or_else(|| String::from("no owner")));
    let indent = " ".repeat(18);
    rows.push(format!("{indent}{}", clean(&parts.join("   "))));
    if let Some(state) = state_words(&finding.state) {
        rows.push(format!("{indent}{}", clean(&state)));
    }
    rows
}

fn paint(colour: Colour, finding: &Finding, text: &str) -> String {
    let code = match (colour, finding.counts(), finding.severity) {
        (Colour::Plain, ..) => return text.to_owned(),
        (Colour::Ansi, false, _) => "2",
        (Colour::Ansi, true, Severity::Error) => "31",
        (Colour::Ansi, true, Severity::Warning) => "33",
        (Colour::Ansi, true, Severity::Note) => "36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
