//! What a change does to the line, from pairs of runs that differ by it alone.

use super::finish::Design;
use super::laboratory::{Experiment, Laboratory, Stage, Variant};
use super::line::{Account, Line, Options, Verdict};
use super::pilot::{self, Found, trials};
use super::probe::Run;
use super::promise::Promise;
use crate::statistics::jackknife::{Groups, jackknife};
use crate::statistics::root::{Trial, crossing};
use crate::statistics::several::holm;
use crate::statistics::{Change, Interval};

/// What one change does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Which change.
    pub variant: Variant,
    /// How far the line moves, in the unit of loads, and how likely that is by chance. `None` where it cannot be told: the
    /// change leaves no line, or too little was affordable.
    pub change: Option<Change>,
    /// Whether it moves the line, after allowing for how many changes were tried.
    pub real: bool,
}

/// Seeds for each change.
const SEEDS: usize = 24;
/// Changes that move the line by less than this are measured at the very loads of the line, where pairs are closest.
const SMALL: f64 = 0.03;
/// Seeds and requests of the first look at a change, at the line alone: what it does not move by more than this share is told by that.
const LOOKS: u64 = 12;
const LOOK_REQUESTS: u64 = 10_000;
const NOTHING: f64 = 0.01;
/// How far apart the loads of a design lie, as a share.
const SPREAD: f64 = 0.03;

/// How far each variant moves the line of the system as it is.
///
/// Runs of a variant have the draws of the runs that they are compared with, so that most chance cancels. Whether a change is real is
/// decided by Holm's rule over all of them, at an error rate of 1 − confidence for the family; each interval is for itself.
pub fn moves(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    line: &Line,
    variants: &[Variant],
    options: &Options,
) -> Vec<Moved> {
    let Verdict::Holds(at) = line.verdict else {
        return variants.iter().map(|variant| Moved { variant: *variant, change: None, real: false }).collect();
    };
    let mut account = Account { cost: 0, budget: options.budget };
    let design = Design { variant: options.variant, centre: at.value, spread: SPREAD, requests: line.run_requests };
    let seeds = options.seed + 3_000_000;
    let base = design.run(laboratory, 0, SEEDS, seeds);
    account.count(&base);
    let at_line = look(laboratory, options.variant, at.value, seeds);
    account.count(&at_line);
    let mut pairs = Pairs { at_line, promises, base: &base, line, options, account: &mut account, design, seeds };
    let mut changes = Vec::new();
    for (done, variant) in variants.iter().enumerate() {
        changes.push(pairs.change(laboratory, *variant));
        let each = pairs.account.cost / (done as u64 + 1);
        let expected = each * variants.len() as u64;
        if !laboratory.goes_on(&pairs.account.progress(Stage::Moving, expected, (at.low, at.high))) {
            break;
        }
    }
    changes.resize(variants.len(), None);
    let chances: Vec<f64> = changes.iter().map(|change| change.map_or(1.0, |change| change.chance)).collect();
    let real = holm(&chances, 1.0 - options.confidence);
    let told = variants.iter().zip(changes).zip(real);
    told.map(|((variant, change), real)| Moved { variant: *variant, change, real }).collect()
}

/// A few runs at one load.
fn look(laboratory: &mut impl Laboratory, variant: Variant, load: f64, seeds: u64) -> Vec<Run> {
    let made: Vec<Experiment> =
        (seeds..seeds + LOOKS).map(|seed| Experiment { variant, load, seed, requests: LOOK_REQUESTS }).collect();
    let seen = laboratory.observe(&made);
    made.iter().zip(seen).map(|(made, seen)| Run { load, seed: made.seed, seen }).collect()
}

struct Pairs<'a> {
    at_line: Vec<Run>,
    promises: &'a [Promise],
    base: &'a [Run],
    line: &'a Line,
    options: &'a Options,
    account: &'a mut Account,
    design: Design,
    seeds: u64,
}

impl Pairs<'_> {
    fn change(&mut self, laboratory: &mut impl Laboratory, variant: Variant) -> Option<Change> {
        if let Some(nothing) = self.nothing(laboratory, variant) {
            return Some(nothing);
        }
        let first = self.run(laboratory, variant, self.design.centre);
        // Where the first look leads far away, it is the curve's shape that it tells of, not the place.
        let shift = ln_line(self.promises, &first).map(|ln| ln - self.design.centre.ln());
        let runs = match shift {
            Some(shift) if shift.abs() < SMALL => first,
            _ => {
                let centre = self.place(laboratory, variant)?;
                self.run(laboratory, variant, centre)
            }
        };
        let groups = Groups::of(self.base.iter().map(|run| run.seed));
        let kept = |runs: &[Run], left_out: Option<usize>| -> Vec<Run> {
            runs.iter().filter(|run| Some(groups.of_seed(run.seed)) != left_out).cloned().collect()
        };
        let difference = jackknife(groups.count(), self.options.confidence, |left_out| {
            let base = ln_line(self.promises, &kept(self.base, left_out))?;
            let changed = ln_line(self.promises, &kept(&runs, left_out))?;
            Some(changed - base)
        })?;
        let line = self.line.interval()?.value;
        let moved = |ln: f64| line * (ln.exp() - 1.0);
        let interval = difference.interval;
        Some(Change {
            difference: Interval::new(moved(interval.value), moved(interval.low), moved(interval.high)),
            chance: difference.chance,
        })
    }

    /// The change of one that does next to nothing, from runs at the line: the change of the share's log-odds, by their slope.
    fn nothing(&mut self, laboratory: &mut impl Laboratory, variant: Variant) -> Option<Change> {
        let line = self.line.interval()?.value;
        let changed = look(laboratory, variant, line, self.seeds);
        self.account.count(&changed);
        let promise = self.line.breaks.filter(|_| self.line.steepness > 0.0)?;
        // Another promise may break first with the change.
        let others = (0..self.promises.len()).filter(|other| *other != promise);
        if others.into_iter().any(|other| share(&changed, other, None) > 0.8 * self.promises[other].allowed) {
            return None;
        }
        let groups = self.at_line.len();
        let ln_odds = |runs: &[Run], left_out| {
            let share = share(runs, promise, left_out);
            (0.0 < share && share < 1.0).then(|| (share / (1.0 - share)).ln())
        };
        let moved = jackknife(groups, self.options.confidence, |left_out| {
            let odds = ln_odds(&changed, left_out)? - ln_odds(&self.at_line, left_out)?;
            Some(-odds / self.line.steepness)
        })?;
        let widest = moved.interval.low.abs().max(moved.interval.high.abs());
        (widest < NOTHING).then(|| Change { difference: moved.interval.times(line), chance: moved.chance })
    }

    fn run(&mut self, laboratory: &mut impl Laboratory, variant: Variant, centre: f64) -> Vec<Run> {
        let design = Design { variant, centre, ..self.design };
        let runs = design.run(laboratory, 0, SEEDS, self.seeds);
        self.account.count(&runs);
        runs
    }

    /// Where the line of a variant is, roughly.
    fn place(&mut self, laboratory: &mut impl Laboratory, variant: Variant) -> Option<f64> {
        let line = self.line.interval()?.value;
        let options = Options { variant, bound: None, start: line, ..*self.options };
        match pilot::narrow(laboratory, self.promises, &options, line / 1_000.0, self.account) {
            Found::Place(place) => Some(place.load),
            Found::Unbounded(_) | Found::Interrupted(..) => None,
        }
    }
}

/// The share of bad requests over runs, one of them left out perhaps.
fn share(runs: &[Run], promise: usize, left_out: Option<usize>) -> f64 {
    let kept = runs.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
    let judged = kept.map(|(_, run)| run.seen.judged[promise]);
    let (bad, all) = judged.fold((0.0, 0.0), |(bad, all), judged| (bad + judged.bad, all + judged.all));
    if all > 0.0 { bad / all } else { 0.0 }
}

/// The logarithm of the load at which the first promise breaks.
fn ln_line(promises: &[Promise], runs: &[Run]) -> Option<f64> {
    let crossings = promises.iter().enumerate().filter_map(|(at, promise)| {
        let trials: Vec<Trial> = trials(runs, at).collect();
        crossing(&trials, promise.allowed)
    });
    crossings.reduce(f64::min).map(f64::ln)
}
