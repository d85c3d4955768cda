//! What is not known: how far the line moves over the range of each assumption, and where it lies over all of them.

use plimsoll_model::Model;

use super::ask::{Asked, options};
use super::changes;
use super::line::Unknown;
use super::passing;
use crate::assumptions::{Taken, Value};
use crate::compile::{Override, compile};
use crate::program::Program;
use crate::search::{self, Line, Progress, Verdict, find};
use crate::statistics::Interval;

/// One end of the range of one assumption, as a program.
struct End {
    /// Which of the assumptions.
    of: usize,
    tried: Override,
    program: Program,
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
    let programs: Vec<&Program> = ends.iter().map(|end| &end.program).collect();
    let moved = changes::measured(asked, program, &programs, line, &mut *told);
    let change = |at: usize| moved[at].change.map(|change| change.difference.value);
    let mut unknowns: Vec<(f64, Unknown)> = open
        .iter()
        .enumerate()
        .map(|(of, taken)| {
            let own: Vec<Option<f64>> =
                ends.iter().enumerate().filter(|(_, end)| end.of == of).map(|(at, _)| change(at)).collect();
            // An end that leaves the program as it is moves nothing; one that leaves no line cannot be told.
            let known = own.iter().all(Option::is_some);
            let furthest = own.iter().flatten().map(|change| change.abs()).fold(0.0, f64::max);
            (if known { furthest } else { f64::INFINITY }, unknown(taken, known.then_some(furthest)))
        })
        .collect();
    unknowns.sort_by(|a, b| b.0.total_cmp(&a.0));
    // What does not move the line by its own interval is no unknown that matters to it.
    let least = line.interval().map_or(0.0, |line| asked.question.precision / 2.0 * line.value);
    unknowns.retain(|(change, _)| least < *change);
    let matters = |index: usize| {
        moved[index].real && change(index).is_none_or(|change| least < change.abs()) || moved[index].change.is_none()
    };
    let over = over_all(model, asked, line, &ends, &change, &matters, told);
    (unknowns.into_iter().map(|(_, unknown)| unknown).collect(), over)
}

fn is_open(taken: &Taken) -> bool {
    taken.overridden.is_none() && !taken.assumption.range().is_empty()
}

fn unknown(taken: &Taken, change: Option<f64>) -> Unknown {
    let range: Vec<String> = taken.assumption.range().iter().map(Value::to_string).collect();
    let says = match (range.as_slice(), taken.value.number()) {
        ([low, .., high], Some(_)) => format!("{low} to {high}"),
        (words, _) => words.join(", "),
    };
    Unknown {
        field: if taken.subject.is_empty() { "the system".to_owned() } else { taken.subject.clone() },
        assumption: taken.assumption.name().to_owned(),
        range: says,
        line_change_per_s: change,
    }
}

/// Every end of every range that gives another program.
fn ends(model: &Model, asked: &Asked<'_>, program: &Program, open: &[&Taken]) -> Vec<End> {
    let mut ends = Vec::new();
    for (of, taken) in open.iter().enumerate() {
        for tried in taken.variants().into_iter().map(Override::Assume) {
            // What cannot be compiled at an end of its range tells nothing about the line.
            if let Ok(compiled) = compile(model, &options(asked.question, vec![tried.clone()])) {
                let other = passing::from_the_start(&compiled.program);
                if other != *program {
                    ends.push(End { of, tried, program: other });
                }
            }
        }
    }
    ends
}

/// The line with every assumption at its worse end, and with every one at its better end.
fn over_all(
    model: &Model,
    asked: &Asked<'_>,
    line: &Line,
    ends: &[End],
    change: &dyn Fn(usize) -> Option<f64>,
    matters: &dyn Fn(usize) -> bool,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Option<Interval> {
    let at = line.interval()?;
    if !(0..ends.len()).any(matters) {
        return None;
    }
    // An end that cannot be told leaves no line: that is as bad as it gets.
    let value = |index: usize| change(index).unwrap_or(-at.value);
    let mut bounds = [at.low, at.high];
    for (bound, sign) in bounds.iter_mut().zip([-1.0, 1.0]) {
        let mut chosen: Vec<Override> = Vec::new();
        for of in ends.iter().map(|end| end.of).collect::<std::collections::BTreeSet<_>>() {
            let best = (0..ends.len())
                .filter(|index| ends[*index].of == of)
                .max_by(|a, b| (sign * value(*a)).total_cmp(&(sign * value(*b))))
                .filter(|index| 0.0 < sign * value(*index) && matters(*index));
            chosen.extend(best.map(|index| ends[index].tried.clone()));
        }
        if chosen.is_empty() {
            continue;
        }
        let Ok(compiled) = compile(model, &options(asked.question, chosen)) else { continue };
        let other = Asked::new(asked.question, &compiled);
        let program = passing::from_the_start(&compiled.program);
        let mut backend = other.backend(vec![&program], &mut *told);
        let search = search::Options { precision: 0.05, ..other.search() };
        match find(&mut backend, &other.promises(), &search).verdict {
            Verdict::Holds(line) => *bound = if sign < 0.0 { line.low.min(*bound) } else { line.high.max(*bound) },
            Verdict::BrokenAtRest { .. } if sign < 0.0 => *bound = 0.0,
            Verdict::Unbounded { tried } if sign > 0.0 => *bound = tried.max(*bound),
            _ => {}
        }
    }
    Some(Interval::new(at.value, bounds[0], bounds[1]))
}
