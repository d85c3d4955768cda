//! Narrowing: from a bracket as wide as the bound to a place that is right within a few percent.

use super::laboratory::{Course, Laboratory, Stage};
use super::line::{Account, Options};
use super::probe::{Effort, Run, Side, probe};
use super::promise::Promise;
use crate::statistics::root::{Trial, crossing};

/// Where the line is, roughly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// The load.
    pub(super) load: f64,
    /// The bracket around it.
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What narrowing came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    Place(Place),
    /// Holds at the greatest load that was tried.
    Unbounded(f64),
    Interrupted(f64, f64),
}

/// Requests in a run: enough to fill a queue near its limit, few enough for a dozen probes in a second.
const REQUESTS: u64 = 10_000;
/// The bracket that ends it, as a ratio.
const NARROW: f64 = 1.04;
/// How far beyond the bound a load may hold, by promises that allow refusals, before the line is called unbounded.
const BEYOND: f64 = 8.0;
/// Where there is no bound: how many times the stated load is tried.
const BEYOND_START: f64 = 1_000.0;

/// Narrows the bracket between rest, which holds, and the bound.
pub(super) fn narrow(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    options: &Options,
    rest: f64,
    account: &mut Account,
) -> Found {
    let effort = Effort { variant: options.variant, requests: REQUESTS, seed: options.seed + 100, fewest: 4, most: 16 };
    let mut search = Bracket { low: rest, high: None, ceiling: ceiling(options), runs: Vec::new() };
    let mut load = options.bound.map_or(options.start, |bound| 0.85 * bound);
    for _ in 0..40 {
        let effort = Effort { most: search.worth(effort.most), ..effort };
        let (side, runs) = probe(laboratory, promises, load, effort);
        account.count(&runs);
        search.learn(load, side, runs);
        let high = search.high.unwrap_or(search.ceiling);
        let expected = account.cost + 2_000_000.min(account.left());
        if !laboratory.goes_on(&account.progress(Stage::Narrowing, expected, (search.low, high))) {
            return Found::Interrupted(search.low, high);
        }
        match search.next(promises, options) {
            Next::Load(next) => load = next,
            Next::Place(place) => return Found::Place(place),
            Next::Unbounded => return Found::Unbounded(search.low),
        }
        if account.left() < account.budget / 2 {
            break;
        }
    }
    let high = search.high.unwrap_or(search.ceiling);
    Found::Place(Place { load: (search.low * high).sqrt(), low: search.low, high })
}

fn ceiling(options: &Options) -> f64 {
    options.bound.map_or(BEYOND_START * options.start, |bound| BEYOND * bound)
}

struct Bracket {
    low: f64,
    high: Option<f64>,
    ceiling: f64,
    runs: Vec<Run>,
}

enum Next {
    Load(f64),
    Place(Place),
    Unbounded,
}

impl Bracket {
    fn learn(&mut self, load: f64, side: Side, runs: Vec<Run>) {
        match side {
            Side::Holds => self.low = self.low.max(load),
            Side::Breaks(_) => self.high = Some(self.high.map_or(load, |high| high.min(load))),
        }
        // Noise may tell that a higher load holds and a lower one does not. Then both are near the line; keep them apart a little.
        if let Some(high) = self.high
            && high <= self.low
        {
            (self.low, self.high) = (high / NARROW.sqrt(), Some(self.low * NARROW.sqrt()));
        }
        self.runs.extend(runs);
    }

    /// How many runs a probe is worth: far from the line few tell the side, and a wrong one is found out later.
    fn worth(&self, most: usize) -> usize {
        match self.high.map_or(f64::INFINITY, |high| high / self.low) {
            ratio if ratio > 1.4 => most / 4,
            ratio if ratio > 1.15 => most / 2,
            _ => most,
        }
    }

    fn next(&self, promises: &[Promise], options: &Options) -> Next {
        let Some(high) = self.high else {
            return match options.bound {
                _ if self.low >= self.ceiling => Next::Unbounded,
                // Between 85 % of the bound and the bound is where most lines are.
                Some(bound) if self.low < 0.98 * bound => Next::Load(bound),
                _ => Next::Load((2.0 * self.low).min(self.ceiling)),
            };
        };
        // Without a crossing to go by, step down from what breaks: a line is rarely far below.
        let guess =
            self.guess(promises).unwrap_or(if 2.0 * self.low < high { 0.75 * high } else { (self.low * high).sqrt() });
        if high / self.low <= NARROW {
            let load = guess.clamp(self.low, high);
            return Next::Place(Place { load, low: self.low, high });
        }
        // Never so near an end that a wrong guess would make no progress.
        let margin = 0.15 * (high - self.low);
        Next::Load(guess.clamp(self.low + margin, high - margin))
    }

    /// The crossing of the first promise to break, from the runs that came to rest within the bracket or next to it.
    fn guess(&self, promises: &[Promise]) -> Option<f64> {
        let high = self.high.unwrap_or(self.ceiling);
        let near = |load: f64| self.low / 1.3 <= load && load <= high * 1.1;
        let crossings = (0..promises.len()).filter_map(|promise| {
            let trials: Vec<Trial> = trials(&self.runs, promise).filter(|trial| near(trial.load)).collect();
            crossing(&trials, promises[promise].allowed)
        });
        crossings.reduce(f64::min)
    }
}

/// The runs of a promise as trials; those that did not come to rest are no trials of a steady state.
pub(super) fn trials(runs: &[Run], promise: usize) -> impl Iterator<Item = Trial> + '_ {
    runs.iter().filter(|run| run.seen.course == Course::Level).map(move |run| {
        let judged = run.seen.judged[promise];
        Trial { load: run.load, seed: run.seed, bad: judged.bad, all: judged.all }
    })
}
