//! Changes to try: every knob by its own step, or those that were asked for.

use plimsoll_model::Model;

use super::ask::{Asked, Changes, NoAnswer, options};
use super::line::{Move, Rung};
use crate::compile::{Compiled, Knob, KnobKind, Override, compile};
use crate::program::Program;
use crate::search::{self, Depth, Judge, Line, Moved, Progress, Promise, Try, Variant};

/// A knob turned.
#[derive(Clone, Debug)]
pub(super) struct Variation {
    knob: String,
    from: String,
    to: String,
    system: Other,
}

/// A system that differs in something.
#[derive(Clone, Debug)]
pub(super) struct Other {
    pub(super) program: Program,
    pub(super) judges: Vec<Judge>,
    /// How many times as high its bound is.
    pub(super) guess: f64,
}

impl Other {
    /// What is asked about, compiled otherwise.
    pub(super) fn new(asked: &Asked<'_>, compiled: &Compiled) -> Self {
        let other = Asked::new(asked.question, compiled);
        let guess = match (asked.bound(), other.bound()) {
            (Some(ours), Some(theirs)) if 0.0 < ours && 0.0 < theirs => theirs / ours,
            _ => 1.0,
        };
        Self { program: other.searched(), judges: other.judges, guess }
    }
}

/// What is to be tried.
///
/// # Errors
/// A key that is neither a knob nor an assumption, or a value that is none; with what there is.
pub(super) fn wanted(model: &Model, asked: &Asked<'_>) -> Result<Vec<Variation>, NoAnswer> {
    match &asked.question.changes {
        Changes::None => Ok(Vec::new()),
        Changes::All => {
            let near = asked.compiled.knobs.iter().filter(|knob| is_near(knob, &asked.ladder));
            Ok(near.filter_map(|knob| step(model, asked, knob)).collect())
        }
        Changes::These(these) => these.iter().map(|(key, value)| asked_for(model, asked, key, value)).collect(),
    }
}

/// Resources that fill first; what stands further up the ladder does not move a line that it is far from.
const RUNGS_NEAR: usize = 4;

/// Whether a knob is worth a try where nobody names one: how long and how often callers wait, what
/// caches find, and what belongs to the resources that fill first.
/// How long the work itself takes is code, not a knob that an operator turns; `--what-if` tries it.
fn is_near(knob: &Knob, ladder: &[Rung]) -> bool {
    let of = knob.name.split(['.', ' ']).next().unwrap_or_default();
    let belongs = || ladder.iter().take(RUNGS_NEAR).any(|rung| rung.resource.split([' ', '.']).next() == Some(of));
    match knob.kind {
        KnobKind::Timeout(_) | KnobKind::Retries(_) | KnobKind::CacheHit(_) => true,
        KnobKind::Time(_) => false,
        _ => belongs(),
    }
}

/// A knob, turned by its own step; `None` where that gives no system.
fn step(model: &Model, asked: &Asked<'_>, knob: &Knob) -> Option<Variation> {
    let turned = Override::Turn { knob: knob.name.clone(), value: knob.step };
    let compiled = compile(model, &options(asked.question, vec![turned])).ok()?;
    let (from, to) = (shown(knob.kind, knob.value), shown(knob.kind, knob.step));
    Some(Variation { knob: knob.name.clone(), from, to, system: Other::new(asked, &compiled) })
}

fn asked_for(model: &Model, asked: &Asked<'_>, key: &str, value: &str) -> Result<Variation, NoAnswer> {
    let change = Override::parse(key, value).map_err(|problem| NoAnswer::Change(format!("`{key}`: {problem}")))?;
    let changed = compile(model, &options(asked.question, vec![change]))
        .map_err(|errors| NoAnswer::Change(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let knobs = &asked.compiled.knobs;
    let knob = knobs.iter().find(|knob| knob.name == key).map(|knob| shown(knob.kind, knob.value));
    let taken = || asked.compiled.assumptions.iter().find(|taken| key.starts_with(taken.assumption.name()));
    Ok(Variation {
        knob: key.to_owned(),
        from: knob.or_else(|| Some(taken()?.value.to_string())).unwrap_or_else(|| "as it is".to_owned()),
        to: value.to_owned(),
        system: Other::new(asked, &changed),
    })
}

/// A value with its unit.
fn shown(kind: KnobKind, value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    match kind {
        KnobKind::Timeout(_) | KnobKind::Time(_) if rounded < 1.0 => format!("{}ms", (rounded * 1e6).round() / 1e3),
        KnobKind::Timeout(_) | KnobKind::Time(_) => format!("{rounded}s"),
        KnobKind::CacheHit(_) => format!("{}%", (rounded * 1e4).round() / 1e2),
        KnobKind::Quota(_) => format!("{rounded}/s"),
        _ => format!("{rounded}"),
    }
}

/// How far each variation moves the line, the furthest first, those that may be chance last.
pub(super) fn moves(
    asked: &Asked<'_>,
    program: &Program,
    line: &Line,
    variations: Vec<Variation>,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Vec<Move> {
    let systems: Vec<&Other> = variations.iter().map(|variation| &variation.system).collect();
    let moved = measured(asked, program, &systems, line, Depth::Interval, told);
    let of = |(variation, moved): (&Variation, Moved)| Move {
        knob: variation.knob.clone(),
        from: variation.from.clone(),
        to: variation.to.clone(),
        change: moved.change,
        real: moved.real,
    };
    let mut moves: Vec<Move> = variations.iter().zip(moved).map(of).collect();
    let size = |moved: &Move| moved.change.map_or(0.0, |change| change.difference.value.abs());
    moves.sort_by(|a, b| b.real.cmp(&a.real).then(size(b).total_cmp(&size(a))));
    moves
}

/// The line's change for each other system, by pairs of runs.
pub(super) fn measured(
    asked: &Asked<'_>,
    program: &Program,
    others: &[&Other],
    line: &Line,
    depth: Depth,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Vec<Moved> {
    let own = asked.promises();
    let promises: Vec<Vec<Promise>> =
        others.iter().map(|other| other.judges.iter().map(|judge| judge.promise.clone()).collect()).collect();
    let tries: Vec<Try<'_>> = others
        .iter()
        .zip(&promises)
        .enumerate()
        .map(|(at, (other, promises))| Try { variant: Variant(at + 1), promises, guess: other.guess })
        .collect();
    let programs = std::iter::once(program).chain(others.iter().map(|other| &other.program)).collect();
    let mut backend = asked.backend(programs, told);
    backend.judges.extend(others.iter().map(|other| other.judges.as_slice()));
    let budget = 2_000_000 * (tries.len() as u64 + 1);
    let options = search::Options { budget, ..asked.search() };
    search::moves(&mut backend, &own, line, &tries, &options, depth)
}
