//! What a run or a search says, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::line::Line;
use super::run::{Measured, Plan};
use super::tally::{Kept, Latency};
use super::{Format, Found};

/// A run as JSON.
#[derive(Serialize)]
pub struct Run {
    format: Format,
    #[serde(flatten)]
    plan: Plan,
    offered: u64,
    done: u64,
    refused: u64,
    late: u64,
    failed: u64,
    without_problem: u64,
    statuses: BTreeMap<u16, u64>,
    success: f64,
    latency: Latency,
    promise: Kept,
    sent_late_p99_ms: f64,
    cpu_busy: Option<f64>,
}

impl Run {
    /// Of what was measured.
    pub fn of(measured: &Measured) -> Self {
        let tally = &measured.tally;
        Self {
            format: Format::Run,
            plan: measured.plan,
            offered: tally.offered,
            done: tally.done,
            refused: tally.refused,
            late: tally.late,
            failed: tally.failed,
            without_problem: tally.without_problem,
            statuses: tally.statuses.clone(),
            success: tally.success(),
            latency: tally.latency(),
            promise: tally.kept(measured.plan.journey.promise()),
            sent_late_p99_ms: tally.sent_late_p99_ms(),
            cpu_busy: measured.cpu_busy,
        }
    }
}

/// A search as JSON.
#[derive(Serialize)]
pub struct Search {
    format: Format,
    line: Line,
    line_per_s: Option<f64>,
    runs: Vec<Run>,
}

impl Search {
    /// Of what was found.
    pub fn of(found: &Found) -> Self {
        let runs = found.runs.iter().map(Run::of).collect();
        Self { format: Format::Line, line: found.line, line_per_s: found.line.per_s(), runs }
    }
}

/// A run for people.
pub fn run(measured: &Measured) -> String {
    let (plan, tally, latency) = (&measured.plan, &measured.tally, measured.tally.latency());
    let promise = plan.journey.promise();
    let mut text = format!(
        "{} at {:.1}/s for {:.0} s (seed {})\n  offered {}   done {}   refused {}   late {}   failed {}\n",
        plan.journey,
        plan.rate_per_s,
        plan.span_s,
        plan.seed,
        tally.offered,
        tally.done,
        tally.refused,
        tally.late,
        tally.failed,
    );
    let ms = |name, value: f64| format!("{name} {value:.1}");
    let _ = writeln!(
        text,
        "  latency ms   {}   from the intended start",
        [
            ms("mean", latency.mean_ms),
            ms("p50", latency.p50_ms),
            ms("p95", latency.p95_ms),
            ms("p99", latency.p99_ms),
            ms("p99.9", latency.p999_ms),
            ms("max", latency.max_ms),
        ]
        .join("   "),
    );
    let _ = write!(
        text,
        "  promise {}   success {:.2} % of {:.1} %",
        verdict(tally.kept(promise)),
        tally.success() * 100.0,
        promise.success * 100.0
    );
    if let Some(limit) = promise.latency_p95_ms {
        let _ = write!(text, ", p95 {:.0} ms of {limit:.0} ms", latency.p95_ms);
    }
    let cpu = measured.cpu_busy.map_or_else(|| "unknown".to_owned(), |busy| format!("{:.0} %", busy * 100.0));
    let _ =
        writeln!(text, "\n  the generator was {:.1} ms late at its p99; cores busy {cpu}", tally.sent_late_p99_ms());
    if 0 < tally.without_problem {
        let _ = writeln!(text, "  {} errors came without a problem document", tally.without_problem);
    }
    text
}

/// A run in one line, as a search reports on its way.
pub fn brief(measured: &Measured) -> String {
    let tally = &measured.tally;
    format!(
        "{} at {:6.1}/s: {}   done {:.2} %   p95 {:.0} ms   cores busy {:.0} %",
        measured.plan.journey,
        measured.plan.rate_per_s,
        verdict(tally.kept(measured.plan.journey.promise())),
        tally.success() * 100.0,
        tally.latency().p95_ms,
        measured.cpu_busy.unwrap_or(f64::NAN) * 100.0,
    )
}

/// A search for people.
pub fn search(found: &Found) -> String {
    match found.line {
        Line::Between { held_per_s, broke_per_s } => {
            format!(
                "line {:.1}/s   held at {held_per_s:.1}, broke at {broke_per_s:.1}   {} runs\n",
                (held_per_s + broke_per_s) / 2.0,
                found.runs.len()
            )
        }
        Line::BrokenAtRest { broke_per_s } => format!("none: broken at rest ({broke_per_s:.1}/s)\n"),
        Line::Beyond { held_per_s } => format!("line above {held_per_s:.1}/s, the highest rate tried\n"),
    }
}

fn verdict(kept: Kept) -> &'static str {
    match kept {
        Kept::Held => "held",
        Kept::SuccessBroken => "BROKEN by success",
        Kept::LatencyBroken => "BROKEN by latency",
    }
}
