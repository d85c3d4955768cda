//! One load, tried with as many runs as it takes to tell on which side of the line it lies.

use super::laboratory::{Course, Experiment, Laboratory, Observation, Variant};
use super::promise::Promise;
use crate::statistics::sequential::{Verdict as Told, mean_against};

/// A run that was made.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) load: f64,
    pub(super) seed: u64,
    pub(super) seen: Observation,
}

/// On which side of the line a load lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// All promises hold.
    Holds,
    /// The promise with this index breaks; of several, the one that is furthest beyond what it allows.
    Breaks(usize),
}

/// How runs of a probe are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub(super) variant: Variant,
    pub(super) requests: u64,
    /// The first seed; the others follow.
    pub(super) seed: u64,
    pub(super) fewest: usize,
    pub(super) most: usize,
}

/// The error rate of a decision. A wrong one is found by the fresh seeds at the end, and costs time, not truth.
const ERROR: f64 = 0.05;

/// Tries a load: a few runs, and twice as many as long as they leave it open. What is open at the end goes by its sign.
pub(super) fn probe(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    load: f64,
    effort: Effort,
) -> (Side, Vec<Run>) {
    let mut runs: Vec<Run> = Vec::new();
    let mut wanted = effort.fewest;
    loop {
        let from = runs.len();
        let experiments: Vec<Experiment> = (from..wanted)
            .map(|at| Experiment {
                variant: effort.variant,
                load,
                seed: effort.seed + at as u64,
                requests: effort.requests,
            })
            .collect();
        let seen = laboratory.observe(&experiments);
        runs.extend(experiments.iter().zip(seen).map(|(experiment, seen)| Run { load, seed: experiment.seed, seen }));
        match told(promises, &runs) {
            Some(side) => return (side, runs),
            None if wanted >= effort.most => return (by_sign(promises, &runs), runs),
            None => wanted = (2 * wanted).min(effort.most),
        }
    }
}

/// The side, where the runs are clear about it.
fn told(promises: &[Promise], runs: &[Run]) -> Option<Side> {
    let growing = runs.iter().filter(|run| run.seen.course == Course::Growing).count();
    if 2 * growing > runs.len() {
        return Some(by_sign(promises, runs));
    }
    let verdicts: Vec<Told> = (0..promises.len())
        .map(|at| match pooled(runs, at) {
            // Nothing bad in many requests needs no test of spread, of which there is none.
            (bad, all) if bad == 0.0 && all * promises[at].allowed > 10.0 => Told::Below,
            (bad, all) if bad == all && all > 0.0 => Told::Above,
            _ => mean_against(promises[at].allowed, &shares(runs, at), ERROR),
        })
        .collect();
    if verdicts.contains(&Told::Above) {
        return Some(by_sign(promises, runs));
    }
    verdicts.iter().all(|told| *told == Told::Below).then_some(Side::Holds)
}

/// The side by the pooled shares alone.
fn by_sign(promises: &[Promise], runs: &[Run]) -> Side {
    let excess = |at: usize| {
        let (bad, all) = pooled(runs, at);
        if all > 0.0 { bad / all / promises[at].allowed } else { 0.0 }
    };
    let worst = (0..promises.len()).max_by(|a, b| excess(*a).total_cmp(&excess(*b))).unwrap_or(0);
    let growing = runs.iter().filter(|run| run.seen.course == Course::Growing).count();
    if excess(worst) > 1.0 || 2 * growing > runs.len() { Side::Breaks(worst) } else { Side::Holds }
}

pub(super) fn pooled(runs: &[Run], promise: usize) -> (f64, f64) {
    runs.iter()
        .fold((0.0, 0.0), |(bad, all), run| (bad + run.seen.judged[promise].bad, all + run.seen.judged[promise].all))
}

fn shares(runs: &[Run], promise: usize) -> Vec<f64> {
    let judged = runs.iter().map(|run| run.seen.judged[promise]);
    judged.filter(|judged| judged.all > 0.0).map(|judged| judged.bad / judged.all).collect()
}
