//! Scenarios that pass: whether the system comes back, and up to which load.

use plimsoll_model::Model;

use super::ask::{Asked, CONFIDENCE};
use super::line::ScenarioLine;
use crate::Nanos;
use crate::compile::Compiled;
use crate::program::{FaultKind, Program};
use crate::search::{self, Certainty, Length, Line, Passing, Progress, Variant, Verdict, collapse, find};
use crate::statistics::Interval;

/// Before a fault begins: long enough to be in full swing.
const BEFORE: Nanos = Nanos::from_secs(60);
/// After it is over, before the judging: what comes back at all comes back in this time.
const AFTER: Nanos = Nanos::from_secs(120);
/// How long is judged.
const JUDGED: Nanos = Nanos::from_secs(60);

/// Whether everything that goes wrong is over at some time.
pub(super) fn passes(program: &Program) -> bool {
    !program.faults.is_empty() && program.faults.iter().all(|fault| is_over(fault).is_some())
}

fn is_over(fault: &crate::program::Fault) -> Option<Nanos> {
    match fault.kind {
        // Once, at its beginning.
        FaultKind::Flush(_) => Some(fault.from),
        _ => (fault.until != Nanos::NEVER).then_some(fault.until),
    }
}

/// What lasts to the end of the run is there from its start: then the long run is what is asked about.
pub(super) fn from_the_start(program: &Program) -> Program {
    let mut program = program.clone();
    for fault in program.faults.iter_mut().filter(|fault| fault.until == Nanos::NEVER) {
        fault.from = Nanos::ZERO;
    }
    program
}

/// The program with its faults moved to soon after the start, and when the last of them is over.
fn soon(program: &Program) -> (Program, Nanos) {
    let mut program = program.clone();
    let first = program.faults.iter().map(|fault| fault.from).min().unwrap_or(Nanos::ZERO);
    let mut over = Nanos::ZERO;
    for fault in &mut program.faults {
        fault.from = fault.from.saturating_sub(first) + BEFORE;
        if fault.until != Nanos::NEVER {
            fault.until = fault.until.saturating_sub(first) + BEFORE;
        }
        over = over.max(is_over(fault).unwrap_or(fault.from));
    }
    (program, over)
}

/// The greatest load from which the system comes back.
///
/// `today` is the system before and after: what passes has no bound of its own, and nothing comes back beyond the line of today.
pub(super) fn line(
    model: &Model,
    asked: &Asked<'_>,
    today: &Compiled,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> ScenarioLine {
    let before = Asked::new(asked.question, today);
    let steady = before.searched();
    let roughly = search::Options { precision: 0.1, budget: 4_000_000, ..before.search() };
    let top = match find(&mut before.backend(vec![&steady], &mut *told), &before.promises(), &roughly).verdict {
        Verdict::Holds(line) => 1.3 * line.high,
        // What is broken at rest is so whatever passes.
        Verdict::BrokenAtRest { .. } => before.bound().unwrap_or(asked.load),
        Verdict::Unbounded { tried } => tried,
    };
    let (program, over) = soon(&asked.compiled.program);
    let judged_from = over + AFTER;
    let until = judged_from + JUDGED;
    let mut backend = asked.backend(vec![&program], told);
    backend.length = Length::Time { until, judged_from };
    let question = Passing {
        variant: Variant::default(),
        allowed: 0.05,
        precision: asked.question.precision,
        confidence: CONFIDENCE,
        most_runs: 400,
        requests: 0,
        seed: asked.question.seed,
        between: (top / 100.0, top),
    };
    let found = collapse(&mut backend, &asked.promises(), &question);
    let verdict = match (found.onset, found.tried.first(), found.tried.last()) {
        (Some(onset), ..) => Verdict::Holds(onset),
        (None, Some((load, likely)), _) if likely.value > question.allowed => {
            Verdict::BrokenAtRest { load: *load, share: likely.value }
        }
        (None, _, Some((load, _))) => Verdict::Unbounded { tried: *load },
        (None, _, None) => Verdict::Holds(Interval::new(0.0, question.between.0, question.between.1)),
    };
    let line = Line {
        verdict,
        breaks: None,
        certainty: if found.onset.is_some() { found.certainty } else { Certainty::Reached },
        steepness: 0.0,
        cost: 0,
        run_requests: 0,
    };
    let bound = before.ladder.first();
    let (bound_per_s, binds) = (bound.map(|rung| rung.bound_per_s), bound.map(|rung| rung.resource.clone()));
    ScenarioLine { bound_per_s, binds, ladder: before.ladder.clone(), ..asked.answer(model, &line) }
}
