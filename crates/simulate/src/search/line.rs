//! The line: from nothing known to an interval.

use super::finish::{self, Measured};
use super::laboratory::{Laboratory, Stage, Variant};
use super::pilot::{self, Found};
use super::probe::{Effort, Run, Side, probe};
use super::promise::Promise;
use crate::statistics::Interval;

/// How a search is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Which system.
    pub variant: Variant,
    /// Half of the interval's width that is asked for, as a share of the line: 0.02.
    pub precision: f64,
    /// The confidence of the interval: 0.95.
    pub confidence: f64,
    /// Requests that may be simulated in all, warm-ups included.
    pub budget: u64,
    /// The first seed.
    pub seed: u64,
    /// The load at which the scarcest resource is full, where one is: the search begins below it.
    pub bound: Option<f64>,
    /// A load to begin from where there is no bound, such as the stated one.
    pub start: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            variant: Variant::default(),
            precision: 0.02,
            confidence: 0.95,
            budget: 25_000_000,
            seed: 1,
            bound: None,
            start: 1.0,
        }
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The promises hold up to this load.
    Holds(Interval),
    /// A promise is broken even where hardly anybody comes: no load holds.
    BrokenAtRest {
        /// The load that was tried.
        load: f64,
        /// The share of requests that were bad.
        share: f64,
    },
    /// The promises hold however much comes, as far as was tried.
    Unbounded {
        /// The greatest load that was tried.
        tried: f64,
    },
}

/// How sure the interval is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// As narrow as was asked for.
    Reached,
    /// Wider than was asked for, since the budget is spent.
    BudgetSpent,
    /// The search was ended from outside; the interval is the bracket that it had.
    Interrupted,
}

/// The greatest load at which every promise holds, and which breaks first.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What came out.
    pub verdict: Verdict,
    /// The index of the promise that breaks first.
    pub breaks: Option<usize>,
    /// How sure it is.
    pub certainty: Certainty,
    /// How steeply the log-odds of the breaking promise rise with the logarithm of the load; 0 where that is not known.
    pub steepness: f64,
    /// Requests simulated.
    pub cost: u64,
    /// Requests in each run of the last stage: what a run must have to be past its warm-up here.
    pub run_requests: u64,
}

/// The share of the bound that counts as rest: nobody waits for anybody.
const REST: f64 = 0.02;

/// Finds the highest offered load at which every promise holds.
///
/// First asks whether the promises hold at rest, then narrows the bracket between rest and the bound by short runs, whose arrivals are
/// one stream at different speeds; then measures the line with fresh seeds around the place until the interval is as narrow as asked, so that
/// nothing that led there is counted twice. Loads and intervals are in the laboratory's unit. Deterministic.
///
/// # Source
/// Sequential tests: [`crate::statistics::sequential`]. The root: [`mod@crate::statistics::root`]. Two stages with fresh seeds:
/// Stein, "A Two-Sample Test for a Linear Hypothesis Whose Power is Independent of the Variance", 1945.
pub fn find(laboratory: &mut impl Laboratory, promises: &[Promise], options: &Options) -> Line {
    assert!(!promises.is_empty(), "a line needs a promise");
    let mut account = Account { cost: 0, budget: options.budget };
    let rest = REST * options.bound.unwrap_or(options.start);
    let at_rest = Effort { variant: options.variant, requests: 4_000, seed: options.seed, fewest: 4, most: 16 };
    let (side, runs) = probe(laboratory, promises, rest, at_rest);
    account.count(&runs);
    if let Side::Breaks(promise) = side {
        let (bad, all) = super::probe::pooled(&runs, promise);
        let verdict = Verdict::BrokenAtRest { load: rest, share: bad / all };
        return Line { verdict, breaks: Some(promise), ..Line::open(account.cost) };
    }
    match pilot::narrow(laboratory, promises, options, rest, &mut account) {
        Found::Unbounded(tried) => Line { verdict: Verdict::Unbounded { tried }, ..Line::open(account.cost) },
        Found::Interrupted(low, high) => Line {
            verdict: Verdict::Holds(Interval::new(0.5 * (low + high), low, high)),
            certainty: Certainty::Interrupted,
            ..Line::open(account.cost)
        },
        Found::Place(place) => {
            let Measured { line, breaks, steepness, certainty, run_requests } =
                finish::measure(laboratory, promises, options, place, &mut account);
            Line { verdict: Verdict::Holds(line), breaks, certainty, steepness, cost: account.cost, run_requests }
        }
    }
}

impl Line {
    fn open(cost: u64) -> Self {
        Self {
            verdict: Verdict::Unbounded { tried: 0.0 },
            breaks: None,
            certainty: Certainty::Reached,
            steepness: 0.0,
            cost,
            run_requests: 0,
        }
    }

    /// The line with its interval, where there is one.
    pub fn interval(&self) -> Option<Interval> {
        match self.verdict {
            Verdict::Holds(interval) => Some(interval),
            _ => None,
        }
    }
}

/// What has been spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) cost: u64,
    pub(super) budget: u64,
}

impl Account {
    pub(super) fn count(&mut self, runs: &[Run]) {
        self.cost += runs.iter().map(|run| run.seen.cost).sum::<u64>();
    }

    pub(super) fn left(&self) -> u64 {
        self.budget.saturating_sub(self.cost)
    }

    pub(super) fn progress(&self, stage: Stage, expected: u64, between: (f64, f64)) -> super::Progress {
        super::Progress { stage, done: self.cost, expected: expected.max(self.cost), between }
    }
}
