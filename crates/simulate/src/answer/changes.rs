//! Changes to try: every knob by its own step, or those that were asked for.

use super::ask::{Asked, Changes, NoAnswer, Question};
use super::line::Move;
use crate::compile::{Compiled, Knob, KnobKind};
use crate::program::Program;
use crate::search::{self, Line, Progress, Variant};

/// A knob and the value to set it to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variation {
    pub(super) knob: Knob,
    pub(super) value: f64,
}

/// What is to be tried.
///
/// # Errors
/// A name that is no knob, or a value that is no number; with the nearest names.
pub(super) fn wanted(compiled: &Compiled, question: &Question) -> Result<Vec<Variation>, NoAnswer> {
    match &question.changes {
        Changes::None => Ok(Vec::new()),
        Changes::All => {
            let step = |knob: &Knob| Variation { knob: knob.clone(), value: knob.step };
            Ok(compiled.knobs.iter().map(step).collect())
        }
        Changes::These(asked) => asked.iter().map(|(key, value)| found(compiled, key, value)).collect(),
    }
}

fn found(compiled: &Compiled, key: &str, value: &str) -> Result<Variation, NoAnswer> {
    let Some(knob) = compiled.knobs.iter().find(|knob| knob.name == key) else {
        let (owner, _) = key.rsplit_once('.').unwrap_or((key, ""));
        let mut near: Vec<&str> =
            compiled.knobs.iter().map(|knob| knob.name.as_str()).filter(|name| name.starts_with(owner)).collect();
        if near.is_empty() {
            near = compiled.knobs.iter().map(|knob| knob.name.as_str()).collect();
        }
        near.truncate(12);
        return Err(NoAnswer::Change(format!("there is no knob `{key}`; there are {}", near.join(", "))));
    };
    let number = parsed(knob.kind, value)
        .ok_or_else(|| NoAnswer::Change(format!("`{value}` cannot be set to `{key}`; write it like `{}`", shown(knob.kind, knob.step))))?;
    Ok(Variation { knob: knob.clone(), value: number })
}

/// A value as people write it, in the unit of its knob.
fn parsed(kind: KnobKind, text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && 0.0 <= *number);
    match kind {
        KnobKind::Timeout(_) | KnobKind::Time(_) => {
            let units = [("ms", 1e-3), ("us", 1e-6), ("s", 1.0), ("m", 60.0)];
            units.iter().find_map(|(unit, seconds)| Some(number(text.strip_suffix(unit)?)? * seconds))
        }
        KnobKind::CacheHit(_) => match text.strip_suffix('%') {
            Some(percent) => number(percent).map(|percent| percent / 100.0),
            None => number(text),
        },
        KnobKind::Quota(_) => number(text.strip_suffix("/s").unwrap_or(text)),
        _ => number(text),
    }
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
    let turned: Vec<Program> = variations
        .iter()
        .map(|variation| {
            let mut turned = program.clone();
            variation.knob.turn(&mut turned, variation.value);
            turned
        })
        .collect();
    let moved = measured(asked, program, &turned, line, told);
    let mut moves: Vec<Move> = variations
        .iter()
        .zip(moved)
        .map(|(variation, moved)| Move {
            knob: variation.knob.name.clone(),
            from: shown(variation.knob.kind, variation.knob.value),
            to: shown(variation.knob.kind, variation.value),
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
    others: &[Program],
    line: &Line,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Vec<search::Moved> {
    let programs: Vec<&Program> = std::iter::once(program).chain(others).collect();
    let variants: Vec<Variant> = (1..programs.len()).map(Variant).collect();
    let budget = 3_000_000 * (variants.len() as u64 + 1);
    let options = search::Options { budget, ..asked.search() };
    let mut backend = asked.backend(programs, told);
    search::moves(&mut backend, &asked.promises(), line, &variants, &options)
}
