//! Whether a system comes back once what disturbed it is over, and up to which load.
//!
//! A run of a passing disturbance either recovers or does not, so each is one trial of a coin. The load at which the
//! coin turns is found by a logistic curve; the metastable line is the pair of loads between which a system that is well stays
//! well and one that is ill stays ill.

use super::laboratory::{Experiment, Laboratory, Observation, Progress, Stage, Variant};
use super::line::Certainty;
use super::promise::Promise;
use crate::statistics::Interval;
use crate::statistics::root::{Trial, crossing, root};
use crate::statistics::sequential::{Verdict as Told, share_against};
use crate::statistics::share::clopper_pearson;

/// A question about a disturbance that passes. The laboratory's variant runs it and judges the last stretch alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passing {
    /// Which variant has the disturbance.
    pub variant: Variant,
    /// How likely a collapse may be: 0.05.
    pub allowed: f64,
    /// Half of the interval's width, as a share of the load.
    pub precision: f64,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// The greatest number of runs.
    pub most_runs: usize,
    /// Requests that a run measures in its last stretch.
    pub requests: u64,
    /// The first seed.
    pub seed: u64,
    /// A load from which it surely recovers, and one from which it surely does not.
    pub between: (f64, f64),
}

/// Where it no longer comes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Collapse {
    /// The greatest load from which it comes back with all but the allowed probability; `None` where it comes back from every load
    /// that was tried, or from none.
    pub onset: Option<Interval>,
    /// What was tried: load, and the probability of collapse with its exact interval.
    pub tried: Vec<(f64, Interval)>,
    /// How sure it is.
    pub certainty: Certainty,
}

/// Both edges of the range in which a system has two minds.
#[derive(Clone, Debug, PartialEq)]
pub struct Hysteresis {
    /// Without a disturbance it stays well up to here.
    pub tips_at: Collapse,
    /// Once ill, it recovers up to here.
    pub recovers_at: Collapse,
}

/// Whether the last stretch of a run is a collapse. Bad requests beyond which it is one: ten times what is allowed, and at least a quarter. A system that
/// comes back is far below, one that does not far above.
pub fn collapsed(promises: &[Promise], seen: &Observation) -> bool {
    promises.iter().zip(&seen.judged).any(|(promise, judged)| {
        let limit = (10.0 * promise.allowed).max(0.25).min(0.5 + promise.allowed / 2.0);
        judged.bad > limit * judged.all || judged.all == 0.0
    })
}

/// Runs in one set.
const TOGETHER: usize = 8;
/// Runs of a load before narrowing goes on.
const MOST_OF_A_LOAD: usize = 32;

/// Finds the load up to which a system comes back from a disturbance.
///
/// Narrows by exact sequential tests, then fits a logistic curve to all runs around the place. Deterministic.
pub fn collapse(laboratory: &mut impl Laboratory, promises: &[Promise], question: &Passing) -> Collapse {
    let mut coins = Coins { promises, question, trials: Vec::new(), cost: 0, goes_on: true };
    let (mut low, mut high) = question.between;
    // Both ends must be what they are said to be.
    if coins.likely(laboratory, low) {
        return coins.told(None);
    }
    if !coins.likely(laboratory, high) {
        return coins.told(None);
    }
    while high / low > 1.0 + 2.0 * question.precision && coins.affordable() {
        let middle = (low * high).sqrt();
        if coins.likely(laboratory, middle) { high = middle } else { low = middle }
    }
    // Around the place, where the coin is undecided: each seed one load, spread over the turn.
    let mut onset = None;
    while coins.affordable() {
        let centre = coins.crossing().unwrap_or((low * high).sqrt()).clamp(low / 1.1, high * 1.1);
        for share in [0.98, 1.0, 1.02, 1.04] {
            coins.toss(laboratory, centre * share);
        }
        onset = coins.root();
        if onset.is_some_and(|onset| onset.relative() <= question.precision) {
            break;
        }
    }
    coins.told(onset.or(Some(Interval::new((low * high).sqrt(), low, high))))
}

/// The metastable line: how far a well system stays well, and from where an ill one recovers.
pub fn hysteresis(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    undisturbed: &Passing,
    disturbed: &Passing,
) -> Hysteresis {
    let tips_at = collapse(laboratory, promises, undisturbed);
    Hysteresis { tips_at, recovers_at: collapse(laboratory, promises, disturbed) }
}

struct Coins<'a> {
    promises: &'a [Promise],
    question: &'a Passing,
    trials: Vec<Trial>,
    cost: u64,
    goes_on: bool,
}

impl Coins<'_> {
    /// Whether a collapse at a load is likelier than allowed; more runs until it is clear, then by the sign.
    fn likely(&mut self, laboratory: &mut impl Laboratory, load: f64) -> bool {
        let from = self.trials.len();
        loop {
            self.toss(laboratory, load);
            let here = &self.trials[from..];
            let bad = here.iter().filter(|trial| trial.bad > 0.0).count() as u64;
            match share_against(self.question.allowed, bad, here.len() as u64, 0.05) {
                Told::Above => return true,
                Told::Below => return false,
                Told::Open if here.len() >= MOST_OF_A_LOAD || !self.affordable() => {
                    return bad as f64 > self.question.allowed * here.len() as f64;
                }
                Told::Open => {}
            }
        }
    }

    fn toss(&mut self, laboratory: &mut impl Laboratory, load: f64) {
        let first = self.question.seed + self.trials.len() as u64;
        let experiments: Vec<Experiment> = (first..first + TOGETHER as u64)
            .map(|seed| Experiment { variant: self.question.variant, load, seed, requests: self.question.requests })
            .collect();
        for (made, seen) in experiments.iter().zip(laboratory.observe(&experiments)) {
            self.cost += seen.cost;
            let bad = f64::from(u8::from(collapsed(self.promises, &seen)));
            self.trials.push(Trial { load, seed: made.seed, bad, all: 1.0 });
        }
        let runs = self.trials.len() as u64;
        let expected = self.cost / runs * self.question.most_runs as u64;
        let progress = Progress { stage: Stage::Measuring, done: self.cost, expected, between: self.question.between };
        self.goes_on = laboratory.goes_on(&progress);
    }

    fn affordable(&self) -> bool {
        self.goes_on && self.trials.len() < self.question.most_runs
    }

    fn crossing(&self) -> Option<f64> {
        crossing(&self.trials, self.question.allowed)
    }

    fn root(&self) -> Option<Interval> {
        root(&self.trials, self.question.allowed, self.question.confidence).map(|root| root.load)
    }

    fn told(&self, onset: Option<Interval>) -> Collapse {
        let mut loads: Vec<f64> = self.trials.iter().map(|trial| trial.load).collect();
        loads.sort_by(f64::total_cmp);
        loads.dedup();
        let tried = loads.into_iter().map(|load| {
            let here = self.trials.iter().filter(|trial| trial.load == load);
            let bad = here.clone().filter(|trial| trial.bad > 0.0).count() as u64;
            (load, clopper_pearson(bad, here.count() as u64, self.question.confidence))
        });
        let certainty = match (self.goes_on, onset) {
            (false, _) => Certainty::Interrupted,
            (true, Some(onset)) if onset.relative() <= self.question.precision => Certainty::Reached,
            (true, None) => Certainty::Reached,
            (true, Some(_)) => Certainty::BudgetSpent,
        };
        Collapse { onset, tried: tried.collect(), certainty }
    }
}
