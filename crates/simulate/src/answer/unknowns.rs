//! What is not known: how far the line moves over the range of each assumption, and where it lies over all of them.

use plimsoll_model::Model;

use super::ask::{Asked, options};
use super::changes::{Other, measured};
use super::line::Unknown;
use super::rest::rest_seconds;
use crate::assumptions::{Taken, Value};
use crate::compile::{Override, compile};
use crate::program::Program;
use crate::search::{self, Depth, Line, Moved, Progress, Verdict, find};
use crate::statistics::Interval;

/// One end of the range of one assumption, as a system.
struct End {
    /// Which of the assumptions.
    of: usize,
    tried: Override,
    system: Other,
    /// How long a request takes with nobody else there, in seconds.
    rest_s: f64,
}

/// The assumptions by how far they move the line, the furthest first, and between which loads the line lies over all ranges. Those that
/// plimsoll.yaml states are decisions and not unknowns.
pub(super) fn ranked(
    model: &Model,
    asked: &Asked<'_>,
    program: &Program,
    line: &Line,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> (Vec<Unknown>, Option<Interval>) {
    let open: Vec<&Taken> = asked.compiled.assumptions.iter().filter(|taken| is_open(taken)).collect();
    let ends = ends(model, asked, program, &open);
    match line.verdict {
        Verdict::Holds(at) => by_the_line(model, asked, program, (line, at), &open, &ends, told),
        Verdict::BrokenAtRest { .. } => by_the_rest(model, asked, &open, &ends, told),
        Verdict::Unbounded { .. } => (Vec::new(), None),
    }
}

fn is_open(taken: &Taken) -> bool {
    taken.overridden.is_none() && !taken.assumption.range().is_empty()
}

/// Where there is a line: by how far each end moves it.
fn by_the_line(
    model: &Model,
    asked: &Asked<'_>,
    program: &Program,
    (line, at): (&Line, Interval),
    open: &[&Taken],
    ends: &[End],
    told: &mut dyn FnMut(&Progress) -> bool,
) -> (Vec<Unknown>, Option<Interval>) {
    let systems: Vec<&Other> = ends.iter().map(|end| &end.system).collect();
    let moved = measured(asked, program, &systems, line, Depth::Rank, &mut *told);
    // What does not move the line by its own interval is no unknown that matters to it.
    let least = asked.question.precision / 2.0 * at.value;
    let matters = |moved: &Moved| {
        moved.change.is_none_or(|change| {
            let size = change.difference.value.abs();
            least < size && (2.0 * change.difference.half_width() < size || 3.0 * least < size)
        })
    };
    let mut unknowns: Vec<(f64, f64, Unknown)> = Vec::new();
    for (of, taken) in open.iter().enumerate() {
        let own = ends.iter().zip(&moved).filter(|(end, moved)| end.of == of && matters(moved));
        let own: Vec<Option<f64>> =
            own.map(|(_, moved)| moved.change.map(|change| change.difference.value.abs())).collect();
        if own.is_empty() {
            continue;
        }
        // An end that leaves no limit at all cannot be told, and matters most.
        let known = own.iter().all(Option::is_some);
        let furthest = own.iter().flatten().copied().fold(0.0, f64::max);
        let row = Unknown { line_change_per_s: known.then_some(furthest), ..unknown(taken) };
        // Several may each leave no line: then the one that takes the bound or the time furthest from where they are.
        let now = rest_seconds(asked.compiled);
        let far = |end: &End| end.system.guess.ln().abs().max((end.rest_s / now).ln().abs());
        let far = ends.iter().filter(|end| end.of == of).map(far).fold(0.0, f64::max);
        unknowns.push((if known { furthest } else { f64::INFINITY }, far, row));
    }
    unknowns.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    if unknowns.is_empty() {
        return (Vec::new(), None);
    }
    let unknowns = unknowns.into_iter().map(|(.., unknown)| unknown).collect();
    let value = |index: usize| match &moved[index] {
        moved if !matters(moved) => 0.0,
        moved => moved.change.map_or(f64::INFINITY, |change| change.difference.value),
    };
    let mut bounds = [at.low, at.high];
    for (bound, sign) in bounds.iter_mut().zip([-1.0, 1.0]) {
        let chosen = best(ends, |index| sign * value(index));
        match at_ends(model, asked, chosen, &mut *told) {
            Some(Verdict::Holds(line)) if sign < 0.0 => *bound = line.low.min(*bound),
            Some(Verdict::Holds(line)) => *bound = line.high.max(*bound),
            Some(Verdict::BrokenAtRest { .. }) if sign < 0.0 => *bound = 0.0,
            Some(Verdict::Unbounded { tried }) if sign > 0.0 => *bound = tried.max(*bound),
            _ => {}
        }
    }
    (unknowns, Some(Interval::new(at.value, bounds[0], bounds[1])))
}

/// Where no load holds: by how much less time a request takes at the better end, with nobody else there.
fn by_the_rest(
    model: &Model,
    asked: &Asked<'_>,
    open: &[&Taken],
    ends: &[End],
    told: &mut dyn FnMut(&Progress) -> bool,
) -> (Vec<Unknown>, Option<Interval>) {
    let now = rest_seconds(asked.compiled);
    let gain = |index: usize| {
        let end = &ends[index];
        // Where the time is the same, more room or a milder promise is better.
        let milder =
            if end.system.judges != asked.judges && end.rest_s == now { 1e-9 * leniency(&end.system) } else { 0.0 };
        now - end.rest_s + 1e-9 * (end.system.guess - 1.0) + milder
    };
    let mut unknowns: Vec<(f64, Unknown)> = Vec::new();
    for (of, taken) in open.iter().enumerate() {
        let own = (0..ends.len()).filter(|index| ends[*index].of == of).map(|index| now - ends[index].rest_s);
        let most = own.fold(0.0, f64::max);
        if 0.01 * now < most {
            unknowns.push((most, Unknown { rest_change_s: Some(most), ..unknown(taken) }));
        }
    }
    unknowns.sort_by(|a, b| b.0.total_cmp(&a.0));
    let chosen = best(ends, gain);
    let over = match at_ends(model, asked, chosen, told) {
        Some(Verdict::Holds(line)) => Some(Interval::new(0.0, 0.0, line.high)),
        Some(Verdict::Unbounded { tried }) => Some(Interval::new(0.0, 0.0, tried)),
        _ => None,
    };
    (unknowns.into_iter().map(|(_, unknown)| unknown).collect(), over)
}

/// How much a system's promises allow: seconds and shares alike, to tell which of two allows more.
fn leniency(system: &Other) -> f64 {
    let of = |judge: &search::Judge| match judge.promise.indicator {
        search::Indicator::Latency { within_s } | search::Indicator::Wait { within_s } => within_s,
        search::Indicator::Success => judge.promise.allowed,
    };
    system.judges.iter().map(of).sum()
}

/// Of each assumption the end of the greatest gain, where any gains.
fn best(ends: &[End], gain: impl Fn(usize) -> f64) -> Vec<Override> {
    let assumptions: std::collections::BTreeSet<usize> = ends.iter().map(|end| end.of).collect();
    let of = |of: usize| {
        let own = (0..ends.len()).filter(|index| ends[*index].of == of);
        let best = own.max_by(|a, b| gain(*a).total_cmp(&gain(*b)))?;
        (0.0 < gain(best)).then(|| ends[best].tried.clone())
    };
    assumptions.into_iter().filter_map(of).collect()
}

/// The line with every assumption at its chosen end.
fn at_ends(
    model: &Model,
    asked: &Asked<'_>,
    chosen: Vec<Override>,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Option<Verdict> {
    if chosen.is_empty() {
        return None;
    }
    let compiled = compile(model, &options(asked.question, chosen)).ok()?;
    let other = Asked::new(asked.question, &compiled);
    let program = other.searched();
    let mut backend = other.backend(vec![&program], told);
    let search = search::Options { precision: 0.05, ..other.search() };
    Some(find(&mut backend, &other.promises(), &search).verdict)
}

fn unknown(taken: &Taken) -> Unknown {
    let range: Vec<String> = taken.assumption.range().iter().map(Value::to_string).collect();
    let says = match (range.as_slice(), taken.value.number()) {
        ([low, .., high], Some(_)) => format!("{low} to {high}"),
        (words, _) => words.join(", "),
    };
    Unknown {
        field: if taken.subject.is_empty() { "the system".to_owned() } else { taken.subject.clone() },
        assumption: taken.assumption.name().to_owned(),
        range: says,
        line_change_per_s: None,
        rest_change_s: None,
    }
}

/// Every end of every range that gives another system.
fn ends(model: &Model, asked: &Asked<'_>, program: &Program, open: &[&Taken]) -> Vec<End> {
    let mut ends = Vec::new();
    for (of, taken) in open.iter().enumerate() {
        for tried in taken.variants().into_iter().map(Override::Assume) {
            // What cannot be compiled at an end of its range tells nothing about the line.
            if let Ok(compiled) = compile(model, &options(asked.question, vec![tried.clone()])) {
                let system = Other::new(asked, &compiled);
                if system.program != *program || system.judges != asked.judges {
                    ends.push(End { of, tried, rest_s: rest_seconds(&compiled), system });
                }
            }
        }
    }
    ends
}
