//! Measuring the line where narrowing found it, with seeds that had no say in where that is.

use super::laboratory::{Course, Experiment, Laboratory, Stage, Variant};
use super::line::{Account, Certainty, Options};
use super::pilot::{Place, trials};
use super::probe::{Run, pooled};
use super::promise::Promise;
use crate::statistics::series::{mean, variance};
use crate::statistics::{Interval, Root, Trial, root};

/// The line, measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) line: Interval,
    pub(super) breaks: Option<usize>,
    pub(super) steepness: f64,
    pub(super) certainty: Certainty,
    pub(super) run_requests: u64,
}

/// Runs that are made before the first look; divisible by the loads and by the cores that people have.
const FIRST: usize = 24;
/// Requests in a run at first.
const REQUESTS: u64 = 30_000;
/// The longest run: beyond it the system is so near its limit that its warm-up cannot be waited for.
const LONGEST: u64 = 960_000;

/// The widest look around: beyond it the curve is no straight line, and the place was wrong.
const WIDEST: f64 = 0.15;

/// Measures the line around a place.
pub(super) fn measure(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    options: &Options,
    place: Place,
    account: &mut Account,
) -> Measured {
    let mut seeds = options.seed + 1_000_000;
    let mut design = Design { variant: options.variant, centre: place.load, spread: spread(place), requests: REQUESTS };
    let mut runs: Vec<Run> = Vec::new();
    let mut wanted = FIRST;
    // What is known if nothing better comes: the bracket.
    let mut known = Measured {
        line: Interval::new(place.load, place.low, place.high),
        breaks: None,
        steepness: 0.0,
        certainty: Certainty::BudgetSpent,
        run_requests: REQUESTS,
    };
    for _ in 0..24 {
        let affordable = (account.left() / design.cost()) as usize;
        let count = wanted.saturating_sub(runs.len()).min(affordable) / 3 * 3;
        if count == 0 {
            return known;
        }
        let made = design.run(laboratory, runs.len(), count, seeds);
        account.count(&made);
        runs.extend(made);
        let expected = account.cost + design.cost() * wanted.saturating_sub(runs.len()) as u64;
        let told = account.progress(Stage::Measuring, expected, (known.line.low, known.line.high));
        let goes_on = laboratory.goes_on(&told);
        let Some((line, first, steepness)) = first_to_break(promises, &runs, options.confidence) else {
            if !goes_on {
                return Measured { certainty: Certainty::Interrupted, ..known };
            }
            // No rise, or nothing bad: look around more widely, as far as that makes sense.
            if design.spread >= WIDEST {
                return at_the_bound(&runs, options, place).unwrap_or(known);
            }
            design.spread = (design.spread * 2.0).min(WIDEST);
            (seeds, wanted) = start_again(seeds, &mut runs);
            continue;
        };
        known = Measured { line, breaks: Some(first), steepness, run_requests: design.requests, ..known };
        if !goes_on {
            return Measured { certainty: Certainty::Interrupted, ..known };
        }
        if unsettled(&runs, first) && design.requests < LONGEST {
            design.requests *= 2;
            (seeds, wanted) = start_again(seeds, &mut runs);
            continue;
        }
        // The straight line through three loads is good between them, and a little beyond.
        if (line.value / design.centre).ln().abs() > 1.5 * design.spread {
            design.centre = line.value.clamp(design.centre * 0.7, design.centre * 1.4);
            (seeds, wanted) = start_again(seeds, &mut runs);
            continue;
        }
        let ratio = line.relative() / options.precision;
        if ratio <= 1.0 {
            return Measured { certainty: Certainty::Reached, ..known };
        }
        // As many as the spread seen so far asks for, but not all at once on the word of a few.
        let asked = (runs.len() as f64 * ratio * ratio * 1.1).ceil() as usize;
        wanted = asked.min(4 * runs.len()).next_multiple_of(6);
    }
    known
}

/// Where nothing is ever bad, a promise breaks only when the queue grows without end: beyond the bound.
fn at_the_bound(runs: &[Run], options: &Options, place: Place) -> Option<Measured> {
    let bound = options.bound.filter(|bound| place.low * 0.9 < *bound && *bound < place.high * 1.1)?;
    let level = runs.iter().filter(|run| run.seen.course == Course::Level);
    let clean = level.flat_map(|run| &run.seen.judged).all(|judged| judged.bad == 0.0);
    clean.then_some(Measured {
        line: Interval::new(bound, place.low.min(bound), bound),
        breaks: None,
        steepness: 0.0,
        certainty: Certainty::Reached,
        run_requests: REQUESTS,
    })
}

/// Fresh seeds and no runs, for another design.
fn start_again(seeds: u64, runs: &mut Vec<Run>) -> (u64, usize) {
    let next = seeds + runs.len() as u64;
    runs.clear();
    (next, FIRST)
}

fn spread(place: Place) -> f64 {
    ((place.high / place.low).ln() / 2.0).clamp(0.025, 0.06)
}

/// Three loads around a centre, taken in turn by one seed after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Design {
    pub(super) variant: Variant,
    pub(super) centre: f64,
    /// The distance of the outer loads, as a share.
    pub(super) spread: f64,
    pub(super) requests: u64,
}

impl Design {
    pub(super) fn run(&self, laboratory: &mut impl Laboratory, from: usize, count: usize, seeds: u64) -> Vec<Run> {
        let at = |index: usize| self.centre * (1.0 + self.spread * [-1.0, 0.0, 1.0][index % 3]);
        let experiments: Vec<Experiment> = (from..from + count)
            .map(|index| Experiment {
                variant: self.variant,
                load: at(index),
                seed: seeds + index as u64,
                requests: self.requests,
            })
            .collect();
        let seen = laboratory.observe(&experiments);
        experiments.iter().zip(seen).map(|(made, seen)| Run { load: made.load, seed: made.seed, seen }).collect()
    }

    /// Requests of a run with its warm-up, roughly.
    fn cost(&self) -> u64 {
        self.requests + self.requests / 4
    }
}

/// The lowest of the roots, whose promise it is, and how steep it is there.
///
/// Where two promises break at nearly the same load, the line is below both: its bounds are the lower of each.
pub(super) fn first_to_break(promises: &[Promise], runs: &[Run], confidence: f64) -> Option<(Interval, usize, f64)> {
    // Runs that did not come to rest would be missing above the line: they count as all bad.
    let growing = runs.iter().filter(|run| run.seen.course == Course::Growing).count();
    let roots: Vec<(usize, Root)> = (0..promises.len())
        .filter_map(|promise| {
            let trials: Vec<Trial> =
                if growing == 0 { trials(runs, promise).collect() } else { all_trials(runs, promise) };
            Some((promise, root(&trials, promises[promise].allowed, confidence)?))
        })
        .collect();
    let (first, of_first) = roots.iter().copied().min_by(|a, b| a.1.load.value.total_cmp(&b.1.load.value))?;
    let lowest =
        |bound: fn(&Interval) -> f64| roots.iter().map(|(_, root)| bound(&root.load)).fold(f64::INFINITY, f64::min);
    let line = Interval::new(of_first.load.value, lowest(|load| load.low), lowest(|load| load.high));
    Some((line, first, of_first.steepness))
}

fn all_trials(runs: &[Run], promise: usize) -> Vec<Trial> {
    let of = |run: &Run| {
        let judged = run.seen.judged[promise];
        let bad = if run.seen.course == Course::Growing { judged.all.max(1.0) } else { judged.bad };
        Trial { load: run.load, seed: run.seed, bad, all: judged.all.max(1.0) }
    };
    runs.iter().map(of).collect()
}

/// Whether the second halves of the runs were clearly worse than the first: then the warm-up was too short.
fn unsettled(runs: &[Run], promise: usize) -> bool {
    /// One-sided at 0.1 %, since each search asks a few times.
    const CLEAR: f64 = 3.1;
    let growth: Vec<f64> =
        runs.iter().map(|run| run.seen.judged[promise]).map(|judged| judged.bad - 2.0 * judged.bad_early).collect();
    let error = (variance(&growth) / growth.len() as f64).sqrt();
    pooled(runs, promise).0 > 0.0 && mean(&growth) > CLEAR * error
}
