//! What a change does to the line, from pairs of runs that differ by it alone.
//!
//! A change is looked at where the line is. Most do nothing there, and identical runs say so at once. What a change moves is followed
//! to where its own line is, by the secant through the looks, and measured there beside the system as it is.
//!
//! Always: runs of a change have the draws of the runs that they are compared with, so that most chance cancels.

use super::laboratory::{Course, Experiment, Laboratory, Stage, Variant};
use super::line::{Account, Line, Options, Verdict};
use super::probe::Run;
use super::promise::Promise;
use crate::statistics::jackknife::jackknife;
use crate::statistics::several::holm;
use crate::statistics::{Change, Interval};

/// What one change does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Which change.
    pub variant: Variant,
    /// How far the line moves, in the unit of loads, and how likely that is by chance. A change that leaves no line takes all of it.
    /// `None` where it cannot be told: no load breaks a promise any more, or too little was affordable.
    pub change: Option<Change>,
    /// Whether it moves the line, after allowing for how many changes were tried.
    pub real: bool,
}

/// A change that is to be tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Try<'a> {
    /// Which system.
    pub variant: Variant,
    /// What is promised there.
    pub promises: &'a [Promise],
    /// How many times as high the line may be by closed forms: 1 where they say nothing.
    pub guess: f64,
}

/// How well changes are to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// With an interval, and whether they are real.
    Interval,
    /// Roughly, to rank them.
    Rank,
}

impl Depth {
    /// Runs of a look, and requests in each.
    const fn look(self) -> (usize, u64) {
        match self {
            Self::Interval => (12, 10_000),
            Self::Rank => (4, 5_000),
        }
    }

    /// Runs of a step on the way to where a line is.
    const fn step(self) -> usize {
        match self {
            Self::Interval => 4,
            Self::Rank => 2,
        }
    }
}

/// Runs that must be identical before a change is said to do nothing.
const ALIKE: usize = 2;
/// Where the first look's own line is nearer than this, as a logarithm, the look is the measurement.
const NEAR: f64 = 0.01;
/// Steps of the secant at most.
const STEPS: usize = 14;
/// How often the runs of a measurement are doubled at most.
const DOUBLINGS: usize = 2;
/// Half of an interval that is narrow enough: this share of the line, or of the change.
const NARROW: (f64, f64) = (0.005, 0.2);
/// The log-odds of a promise are taken for so much higher where the backlog grows without end.
const GROWING: f64 = 4.0;

/// How far each change moves the line of the system as it is.
///
/// Whether a change is real is decided by Holm's rule over all of them, at an error rate of 1 − confidence for the family; each interval
/// is for itself. `promises` are those of the system as it is. Cost: 25,000 requests for a change that does nothing, some 400,000 for
/// one that moves the line, a tenth of it to rank.
///
/// # Source
/// Common random numbers: Glasserman and Yao, "Some Guidelines and Guarantees for Common Random Numbers", 1992. Holm, "A Simple
/// Sequentially Rejective Multiple Test Procedure", 1979.
pub fn moves(
    laboratory: &mut impl Laboratory,
    promises: &[Promise],
    line: &Line,
    tries: &[Try<'_>],
    options: &Options,
    depth: Depth,
) -> Vec<Moved> {
    let nothing = |each: &Try<'_>| Moved { variant: each.variant, change: None, real: false };
    let Verdict::Holds(at) = line.verdict else { return tries.iter().map(nothing).collect() };
    let mut pairs = Pairs {
        promises,
        line,
        at: at.value,
        options,
        account: Account { cost: 0, budget: options.budget },
        depth,
        base: Vec::new(),
    };
    let mut changes = Vec::new();
    for (done, each) in tries.iter().enumerate() {
        changes.push(pairs.change(laboratory, each));
        let expected = pairs.account.cost / (done as u64 + 1) * tries.len() as u64;
        let goes_on = laboratory.goes_on(&pairs.account.progress(Stage::Moving, expected, (at.low, at.high)));
        if !goes_on || pairs.account.left() == 0 {
            break;
        }
    }
    changes.resize(tries.len(), None);
    let chances: Vec<f64> = changes.iter().map(|change| change.map_or(1.0, |change| change.chance)).collect();
    let real = holm(&chances, 1.0 - options.confidence);
    let told = tries.iter().zip(changes).zip(real);
    told.map(|((each, change), real)| Moved { variant: each.variant, change, real }).collect()
}

struct Pairs<'a> {
    promises: &'a [Promise],
    line: &'a Line,
    /// The line itself.
    at: f64,
    options: &'a Options,
    account: Account,
    depth: Depth,
    /// The system as it is, at its line; as many runs as any change was given.
    base: Vec<Run>,
}

/// How far a load is beyond what is allowed, in log-odds, and by which promise.
#[derive(Clone, Copy, Debug)]
struct Excess {
    promise: usize,
    value: f64,
}

/// Where the line of a change is.
enum Place {
    /// Near this load, where it was looked at, with the steepness there.
    Near { load: f64, steepness: f64 },
    /// Nowhere: broken at rest.
    Nowhere,
    /// Beyond what was tried, or not affordable.
    Untold,
}

impl Pairs<'_> {
    fn change(&mut self, laboratory: &mut impl Laboratory, each: &Try<'_>) -> Option<Change> {
        let same_promises = each.promises == self.promises;
        let mut runs = self.runs(laboratory, each.variant, self.at, 0, ALIKE);
        self.widen_base(laboratory, ALIKE);
        if same_promises && alike(&runs, &self.base) {
            return Some(Change { difference: Interval::exact(0.0), chance: 1.0 });
        }
        let (look, _) = self.depth.look();
        let first = self.excess(each, &runs);
        let mut load = self.at;
        let mut steepness = self.steepness();
        // A first look that is clearly far away needs no second at the same place.
        if first.value.abs() < 10.0 * NEAR * steepness {
            runs.extend(self.runs(laboratory, each.variant, load, ALIKE, look));
        }
        self.widen_base(laboratory, look);
        let excess = self.excess(each, &runs);
        if NEAR * steepness < excess.value.abs() {
            match self.follow(laboratory, each, excess) {
                Place::Near { load: there, steepness: here } => (load, steepness) = (there, here),
                Place::Nowhere => return Some(Change { difference: Interval::exact(-self.at), chance: 0.0 }),
                Place::Untold => return None,
            }
            runs = self.runs(laboratory, each.variant, load, 0, look);
        } else if runs.len() < look {
            runs.extend(self.runs(laboratory, each.variant, load, runs.len(), look));
        }
        self.measure(laboratory, each, load, steepness, runs)
    }

    /// The change, from runs where its line is; more of them until it is known well enough.
    fn measure(
        &mut self,
        laboratory: &mut impl Laboratory,
        each: &Try<'_>,
        load: f64,
        steepness: f64,
        mut runs: Vec<Run>,
    ) -> Option<Change> {
        let mut known = None;
        for _ in 0..=DOUBLINGS {
            self.widen_base(laboratory, runs.len());
            let found = self.compared(each, load, steepness, &runs)?;
            let half = found.difference.half_width();
            known = Some(found);
            let (of_line, of_change) = NARROW;
            let enough = half < of_line * self.at || half < of_change * found.difference.value.abs();
            if self.depth == Depth::Rank || enough || self.account.left() == 0 {
                break;
            }
            let more = self.runs(laboratory, each.variant, load, runs.len(), 2 * runs.len());
            runs.extend(more);
        }
        known
    }

    /// The line of a change less the line as it is: how far apart the loads are, and what is left by the shares there.
    fn compared(&self, each: &Try<'_>, load: f64, steepness: f64, runs: &[Run]) -> Option<Change> {
        let promise = self.excess(each, runs).promise;
        let apart = (load / self.at).ln();
        let found = jackknife(runs.len(), self.options.confidence, |left_out| {
            let beyond = ln_odds(runs, promise, left_out) - self.limit(each, promise, runs.len(), left_out);
            Some(apart - beyond / steepness)
        })?;
        let moved = |ln: f64| self.at * (ln.clamp(-20.0, 20.0).exp() - 1.0);
        let interval = found.interval;
        let difference = Interval::new(moved(interval.value), moved(interval.low), moved(interval.high));
        Some(Change { difference, chance: found.chance })
    }

    /// Follows the secant to where the line of a change is.
    fn follow(&mut self, laboratory: &mut impl Laboratory, each: &Try<'_>, first: Excess) -> Place {
        /// Loads beyond these shares of the line are no line of it.
        const LOWEST: f64 = -6.9;
        const HIGHEST: f64 = 4.6;
        /// A bracket as narrow as this, as a logarithm, is a place.
        const CLOSE: f64 = 0.02;
        let steepness = self.steepness();
        let (mut x, mut y) = (0.0_f64, first.value);
        // What holds and what breaks, with how far each is from the limit.
        let mut holds: Option<(f64, f64)> = None;
        let mut breaks: Option<(f64, f64)> = None;
        let mut stride = 0.25_f64;
        let guess = each.guess.ln();
        let mut known = steepness;
        for step in 0..STEPS {
            if y < 0.0 {
                holds = Some((x, y))
            } else {
                breaks = Some((x, y))
            }
            let next = match (holds, breaks) {
                (Some((low, below)), Some((high, above))) => {
                    known = ((above - below) / (high - low)).max(0.5);
                    if high - low < CLOSE || y.abs() < 0.5 * CLOSE * known {
                        let x = low + (high - low) * (-below / (above - below)).clamp(0.1, 0.9);
                        return Place::Near { load: self.at * x.exp(), steepness: known.min(4.0 * steepness) };
                    }
                    // The secant, but never so near an end that a wrong one makes no progress.
                    let by_secant = low - below / known;
                    by_secant.clamp(low + 0.15 * (high - low), high - 0.15 * (high - low))
                }
                // Closed forms tell how far, where they tell the same direction.
                _ if step == 0 && guess * y < 0.0 && 0.02 < guess.abs() => guess,
                _ => {
                    stride *= 2.0;
                    x - (y / steepness).clamp(-stride, stride) - 0.02 * y.signum()
                }
            };
            if next < LOWEST {
                return Place::Nowhere;
            }
            if next > HIGHEST || self.account.left() == 0 {
                return Place::Untold;
            }
            let runs = self.runs(laboratory, each.variant, self.at * next.exp(), 0, self.depth.step());
            (x, y) = (next, self.excess(each, &runs).value);
        }
        match (holds, breaks) {
            (Some((low, _)), Some((high, _))) => {
                Place::Near { load: self.at * (0.5 * (low + high)).exp(), steepness: known.min(4.0 * steepness) }
            }
            (None, Some(_)) => Place::Nowhere,
            _ => Place::Untold,
        }
    }

    /// How steeply log-odds rise with the logarithm of the load.
    fn steepness(&self) -> f64 {
        // Where nothing is known, as steep as the share of a queue some way below its limit.
        if self.line.steepness > 0.0 { self.line.steepness } else { 10.0 }
    }

    /// The promise that is furthest beyond its limit. That which breaks first as it is, is judged by its share at the line.
    fn excess(&self, each: &Try<'_>, runs: &[Run]) -> Excess {
        let growing = runs.iter().filter(|run| run.seen.course == Course::Growing).count();
        let of = |promise: usize| {
            let odds = ln_odds(runs, promise, None) - self.limit(each, promise, runs.len(), None);
            let value = if 2 * growing > runs.len() { odds.max(0.0) + GROWING } else { odds };
            Excess { promise, value }
        };
        let all = (0..each.promises.len()).map(of);
        all.max_by(|a, b| a.value.total_cmp(&b.value)).expect("a line has a promise")
    }

    /// The log-odds at which a promise breaks. Of the one that breaks first as it is, and is the same, those that so many runs of the
    /// same draws show at the line: what is chance in them is so in the change's.
    fn limit(&self, each: &Try<'_>, promise: usize, runs: usize, left_out: Option<usize>) -> f64 {
        let paired = self.line.breaks == Some(promise) && each.promises[promise] == self.promises[promise];
        match self.base.get(..runs) {
            Some(base) if paired => ln_odds(base, promise, left_out),
            _ => logit(each.promises[promise].allowed),
        }
    }

    /// Runs of a variant at a load, of the seeds from one to another.
    fn runs(
        &mut self,
        laboratory: &mut impl Laboratory,
        variant: Variant,
        load: f64,
        from: usize,
        to: usize,
    ) -> Vec<Run> {
        let (_, requests) = self.depth.look();
        let seeds = self.options.seed + 3_000_000;
        let made: Vec<Experiment> =
            (from..to).map(|at| Experiment { variant, load, seed: seeds + at as u64, requests }).collect();
        let seen = laboratory.observe(&made);
        let runs: Vec<Run> = made.iter().zip(seen).map(|(made, seen)| Run { load, seed: made.seed, seen }).collect();
        self.account.count(&runs);
        runs
    }

    fn widen_base(&mut self, laboratory: &mut impl Laboratory, count: usize) {
        if self.base.len() < count {
            let more = self.runs(laboratory, self.options.variant, self.at, self.base.len(), count);
            self.base.extend(more);
        }
    }
}

/// Whether the runs of a change show exactly what those of the system as it is show.
fn alike(runs: &[Run], base: &[Run]) -> bool {
    runs.iter().zip(base).all(|(one, other)| one.seen == other.seen)
}

/// The log-odds of a bad request over runs, one of them left out perhaps; half a request more of each kind keeps them finite.
fn ln_odds(runs: &[Run], promise: usize, left_out: Option<usize>) -> f64 {
    let kept = runs.iter().enumerate().filter(|(at, _)| Some(*at) != left_out);
    let judged = kept.map(|(_, run)| run.seen.judged[promise]);
    let (bad, all) = judged.fold((0.0, 0.0), |(bad, all), judged| (bad + judged.bad, all + judged.all));
    ((bad + 0.5) / ((all - bad).max(0.0) + 0.5)).ln()
}

fn logit(share: f64) -> f64 {
    (share / (1.0 - share)).ln()
}
