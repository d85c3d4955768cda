//! Two minds: loads at which the system stays well if it is well, and ill once something made it ill.
//!
//! What can keep a system ill is there or not: attempts that come again, or caches that fill only by answers in time. Where it is, a
//! short surge (with every such cache emptied) is laid over the system a little below its line. If it does not come back, both edges
//! are searched: where it tips by itself, and up to where it recovers.
//!
//! Not here: whether a run came back (`search::recovery`).
//!
//! # Source
//! Bronson, Aghayev, Charapko and Zhu, "Metastable Failures in Distributed Systems", HotOS 2021; Huang and others, "Metastable
//! Failures in the Wild", OSDI 2022: a trigger (load, or capacity) and an amplifier (of load, or of what work costs).

use super::ask::{Asked, CONFIDENCE};
use super::rest::rest_seconds;
use crate::Nanos;
use crate::program::{CacheContent, CacheId, Fault, FaultKind, Program};
use crate::search::{self, Experiment, Hysteresis, Laboratory, Length, Passing, Progress, Variant, collapsed};

/// How many times the load of a surge is: enough to fill the queues of a system that is at a third of its bound.
const SURGE: f64 = 5.0;
/// A system that is ill at this share of its line and does not come back has two minds.
const ASKED_AT: f64 = 0.9;
/// Runs of that question: all of them come back where the share of those that do not is below a third, nine times in ten.
const ASKED: u64 = 6;
/// Requests of one run after the surge, where that makes no more than `LONGEST` seconds.
const REQUESTS: f64 = 20_000.0;
/// Longer than any drain of a surge that a system has room for, in seconds.
const LONGEST: f64 = 600.0;
/// Runs for one edge.
const MOST_RUNS: usize = 160;
/// Half of an edge's interval, as a share of it.
const PRECISION: f64 = 0.03;

/// Between which loads the system has two minds, of a system whose line is known; `None` where it always comes back.
pub(super) fn hysteresis(
    asked: &Asked<'_>,
    program: &Program,
    line: f64,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Option<Hysteresis> {
    if !amplifies(program) {
        return None;
    }
    let times = Times::of(asked, program, line);
    let disturbed = times.disturbed(program);
    let mut backend = asked.backend(vec![program, &disturbed], told);
    backend.length = Length::Time { until: times.until, judged_from: times.judged_from };
    let promises = asked.promises();
    let seed = asked.question.seed + 6_000_000;
    let made: Vec<Experiment> = (0..ASKED)
        .map(|at| Experiment { variant: Variant(1), load: ASKED_AT * line, seed: seed + at, requests: 0 })
        .collect();
    if backend.observe(&made).iter().all(|seen| !collapsed(&promises, seen)) {
        return None;
    }
    let question = |variant, between| Passing {
        variant: Variant(variant),
        allowed: 0.05,
        precision: PRECISION.max(asked.question.precision),
        confidence: CONFIDENCE,
        most_runs: MOST_RUNS,
        requests: 0,
        seed,
        between,
    };
    let top = 1.5 * asked.bound().map_or(line, |bound| bound.max(line));
    let (well, ill) = (question(0, (0.5 * line, top)), question(1, (0.05 * line, line)));
    Some(search::hysteresis(&mut backend, &promises, &well, &ill))
}

/// Whether anything in the system can keep it ill.
fn amplifies(program: &Program) -> bool {
    let again = |retries: &crate::program::Retries| retries.max != Some(0);
    program.calls.iter().any(|call| call.retries.as_ref().is_some_and(again)) || caches(program).next().is_some()
}

/// Caches that find what was put there: emptied, they find nothing.
fn caches(program: &Program) -> impl Iterator<Item = CacheId> + '_ {
    let filled = program.caches.iter().enumerate();
    filled.filter(|(_, cache)| matches!(cache.content, CacheContent::Keys { .. })).map(|(at, _)| CacheId(at as u32))
}

/// When the surge is, and when it is judged.
struct Times {
    from: Nanos,
    over: Nanos,
    judged_from: Nanos,
    until: Nanos,
}

impl Times {
    fn of(asked: &Asked<'_>, program: &Program, line: f64) -> Self {
        // The longest that an attempt may take: until then nobody tries again.
        let timeouts = program.calls.iter().filter(|call| call.retries.is_some()).filter_map(|call| call.timeout);
        let patience = timeouts.map(Nanos::as_secs_f64).fold(rest_seconds(asked.compiled), f64::max);
        let per_s = asked.rate_per_s * line / asked.load;
        let after = (REQUESTS / per_s).max(30.0 * patience).min(LONGEST.max(30.0 * patience));
        let surge = (after / 60.0).max(3.0 * patience);
        let at = Nanos::from_secs_f64;
        let from = 0.2 * after;
        let over = from + surge;
        Self { from: at(from), over: at(over), judged_from: at(over + after), until: at(over + 1.2 * after) }
    }

    /// The program with the surge, and its caches emptied at its beginning.
    fn disturbed(&self, program: &Program) -> Program {
        let mut program = program.clone();
        let kind = FaultKind::Load { factor: SURGE };
        let mut faults = vec![Fault { from: self.from, until: self.over, kind }];
        faults.extend(caches(&program).map(|cache| Fault {
            from: self.from,
            until: self.over,
            kind: FaultKind::Flush(cache),
        }));
        program.faults.extend(faults);
        program
    }
}
