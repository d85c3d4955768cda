//! Changes to try: every knob by its own step, or those that were asked for.

use plimsoll_model::Model;

use super::ask::{Asked, Changes, NoAnswer, Question, options};
use super::line::{Move, Rung};
use super::passing;
use crate::compile::{Compiled, Knob, KnobKind, Override, compile};
use crate::program::Program;
use crate::search::{self, Line, Progress, Variant};

/// A system with one thing changed.
#[derive(Clone, Debug)]
pub(super) struct Variation {
    knob: String,
    from: String,
    to: String,
    program: Program,
}

/// What is to be tried.
///
/// # Errors
/// A key that is neither a knob nor an assumption, or a value that is none; with what there is.
pub(super) fn wanted(
    model: &Model,
    compiled: &Compiled,
    question: &Question,
    ladder: &[Rung],
) -> Result<Vec<Variation>, NoAnswer> {
    match &question.changes {
        Changes::None => Ok(Vec::new()),
        Changes::All => {
            let near = compiled.knobs.iter().filter(|knob| is_near(knob, ladder));
            Ok(near.map(|knob| step(compiled, knob)).collect())
        }
        Changes::These(asked) => {
            asked.iter().map(|(key, value)| asked_for(model, compiled, question, key, value)).collect()
        }
    }
}

/// Resources that fill first; what stands further up the ladder does not move a line that it is far from.
const RUNGS_NEAR: usize = 4;

/// Whether a knob is worth a try where nobody names one: how long callers wait, and what belongs to the resources that fill first.
/// How long the work itself takes is code, not a knob that an operator turns; `--what-if` tries it.
fn is_near(knob: &Knob, ladder: &[Rung]) -> bool {
    let of = knob.name.split(['.', ' ']).next().unwrap_or_default();
    let belongs = || ladder.iter().take(RUNGS_NEAR).any(|rung| rung.resource.split([' ', '.']).next() == Some(of));
    match knob.kind {
        KnobKind::Timeout(_) => true,
        KnobKind::Time(_) => false,
        _ => belongs(),
    }
}

/// A knob, turned by its own step.
fn step(compiled: &Compiled, knob: &Knob) -> Variation {
    let mut program = passing::from_the_start(&compiled.program);
    knob.turn(&mut program, knob.step);
    Variation { knob: knob.name.clone(), from: shown(knob.kind, knob.value), to: shown(knob.kind, knob.step), program }
}

fn asked_for(
    model: &Model,
    compiled: &Compiled,
    question: &Question,
    key: &str,
    value: &str,
) -> Result<Variation, NoAnswer> {
    let change = Override::parse(key, value).map_err(|problem| NoAnswer::Change(format!("`{key}`: {problem}")))?;
    let changed = compile(model, &options(question, vec![change]))
        .map_err(|errors| NoAnswer::Change(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let knob = compiled.knobs.iter().find(|knob| knob.name == key).map(|knob| shown(knob.kind, knob.value));
    let taken = || compiled.assumptions.iter().find(|taken| key.starts_with(taken.assumption.name()));
    Ok(Variation {
        knob: key.to_owned(),
        from: knob.or_else(|| Some(taken()?.value.to_string())).unwrap_or_else(|| "as it is".to_owned()),
        to: value.to_owned(),
        program: passing::from_the_start(&changed.program),
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
    variations: &[Variation],
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Vec<Move> {
    let turned: Vec<&Program> = variations.iter().map(|variation| &variation.program).collect();
    let moved = measured(asked, program, &turned, line, told);
    let mut moves: Vec<Move> = variations
        .iter()
        .zip(moved)
        .map(|(variation, moved)| Move {
            knob: variation.knob.clone(),
            from: variation.from.clone(),
            to: variation.to.clone(),
            change: moved.change,
            real: moved.real,
        })
        .collect();
    let size = |moved: &Move| moved.change.map_or(0.0, |change| change.difference.value.abs());
    moves.sort_by(|a, b| b.real.cmp(&a.real).then(size(b).total_cmp(&size(a))));
    moves
}

/// The line's change for each other program, by pairs of runs.
pub(super) fn measured(
    asked: &Asked<'_>,
    program: &Program,
    others: &[&Program],
    line: &Line,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Vec<search::Moved> {
    let programs: Vec<&Program> = std::iter::once(program).chain(others.iter().copied()).collect();
    let variants: Vec<Variant> = (1..programs.len()).map(Variant).collect();
    let budget = 3_000_000 * (variants.len() as u64 + 1);
    let options = search::Options { budget, ..asked.search() };
    let mut backend = asked.backend(programs, told);
    search::moves(&mut backend, &asked.promises(), line, &variants, &options)
}
