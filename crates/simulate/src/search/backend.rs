//! The laboratory that runs the engine: programs by variant, loads by scaling one stream of arrivals.

use std::borrow::Cow;

use super::drift::course;
use super::laboratory::{Course, Experiment, Figures, Judged, Laboratory, Observation, Progress, Variant};
use super::promise::{Indicator, Promise};
use crate::Nanos;
use crate::measurements::{End, Flow, Histogram, JourneyWindow, Measurements, Window};
use crate::program::{CacheContent, JourneyId, OperationId, Program};
use crate::run::{Detail, Options, Seed, replicate};

/// What a promise is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A journey, as its users see it.
    Journey(JourneyId),
    /// An operation, as its component sees it.
    Operation(OperationId),
}

/// A promise and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// The promise.
    pub promise: Promise,
    /// What it is about.
    pub subject: Subject,
}

/// How long a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// As many requests as the experiment asks for, after a warm-up of a fifth of all.
    Requests,
    /// A fixed stretch of simulated time, of which the part before `judged_from` is not judged: for what passes.
    Time {
        /// When it ends.
        until: Nanos,
        /// When judging begins.
        judged_from: Nanos,
    },
}

/// Runs programs, one for each variant.
pub struct Backend<'a, F> {
    /// The program of each variant; the first is the system as it is.
    pub programs: Vec<&'a Program>,
    /// What is promised in each variant; where there is one list, it is that of all.
    pub judges: Vec<&'a [Judge]>,
    /// The journeys whose load is scaled together.
    pub journeys: &'a [JourneyId],
    /// The load that programs carry by themselves: requests per second, or users.
    pub load: f64,
    /// How many of these requests a second of simulated time holds at that load; the same as `load` but for users, who think.
    pub rate_per_s: f64,
    /// How long runs are.
    pub length: Length,
    /// How many runs are made side by side; no result depends on it.
    pub threads: usize,
    /// Told how far it is; `false` ends the search.
    pub told: F,
}

/// Windows of a run: what the course and the warm-up are judged by.
const WINDOWS: u64 = 40;
/// Of these, the first are the warm-up.
const WARM_UP: u64 = 8;
/// Hops that may be in progress at once before a run is given up. A system that holds has a few per request in progress; so many
/// mean that it does not hold, and each further one would only take time and memory.
const MOST_OPEN: u32 = 400_000;

impl<F> Backend<'_, F> {
    fn judges(&self, variant: Variant) -> &[Judge] {
        self.judges.get(variant.0).or(self.judges.first()).expect("a laboratory is given promises")
    }

    fn options(&self, made: &Experiment) -> Options {
        let factor = made.load / self.load;
        let (until, warm_up, window) = match self.length {
            Length::Requests => {
                let seconds = made.requests as f64 / (self.rate_per_s * factor);
                let seconds = seconds.max(least_seconds(self.programs[made.variant.0], self.rate_per_s * factor));
                let window = Nanos::from_secs_f64(seconds / (WINDOWS - WARM_UP) as f64);
                (Nanos(window.0 * WINDOWS), Nanos(window.0 * WARM_UP), window)
            }
            Length::Time { until, judged_from } => (until, judged_from, Nanos((until.0 / WINDOWS).max(1))),
        };
        Options {
            warm_up,
            window: Some(window),
            load: factor,
            most_open: Some(MOST_OPEN),
            detail: if self.judges(made.variant).iter().all(|judge| matches!(judge.subject, Subject::Journey(_))) {
                Detail::Journeys
            } else {
                Detail::Everything
            },
            ..Options::until(until)
        }
    }

    fn observation(&self, variant: Variant, measured: &Measurements) -> Observation {
        let flow = together(self.journeys, measured);
        let seconds = |time: Option<Nanos>| time.map_or(0.0, Nanos::as_secs_f64);
        let of = |window: &'_ Window| -> (u64, u64) {
            let rows = self.journeys.iter().map(|journey| &window.journeys[journey.0 as usize]);
            rows.fold((0, 0), |(offered, ended), row| (offered + row.offered, ended + ended_in(row)))
        };
        let windows: Vec<(u64, u64)> = measured.windows.iter().map(of).collect();
        let cost = windows.iter().map(|(offered, _)| offered).sum();
        let course = if measured.end == End::Overfull { Course::Growing } else { course(&backlog(&windows)) };
        Observation {
            judged: self.judges(variant).iter().map(|judge| judged(judge, measured)).collect(),
            course,
            figures: Figures {
                success: flow.success(),
                mean_s: flow.latency.mean().as_secs_f64(),
                p50_s: seconds(flow.latency.quantile(0.5)),
                p95_s: seconds(flow.latency.quantile(0.95)),
                p99_s: seconds(flow.latency.quantile(0.99)),
            },
            cost,
        }
    }
}

/// What users of these journeys saw.
fn together<'m>(journeys: &[JourneyId], measured: &'m Measurements) -> Cow<'m, Flow> {
    let mut flows = journeys.iter().map(|journey| &measured.journeys[journey.0 as usize]);
    let first = Cow::Borrowed(flows.next().expect("some journey's load is scaled"));
    flows.fold(first, |mut all, flow| {
        all.to_mut().merge(flow);
        all
    })
}

impl<F: FnMut(&Progress) -> bool> Laboratory for Backend<'_, F> {
    fn observe(&mut self, experiments: &[Experiment]) -> Vec<Observation> {
        // Runs that differ by their seed alone are made side by side.
        let mut order: Vec<usize> = (0..experiments.len()).collect();
        let key = |at: usize| (experiments[at].variant, experiments[at].load.to_bits(), experiments[at].requests);
        order.sort_by_key(|at| key(*at));
        let mut seen: Vec<Option<Observation>> = vec![None; experiments.len()];
        for alike in order.chunk_by(|a, b| key(*a) == key(*b)) {
            let first = &experiments[alike[0]];
            let seeds: Vec<Seed> = alike.iter().map(|at| Seed(experiments[*at].seed)).collect();
            let program = self.programs[first.variant.0];
            let measured = replicate(program, &seeds, &self.options(first), self.threads)
                .expect("a laboratory is given programs that pass their check");
            for (at, measured) in alike.iter().zip(&measured) {
                seen[*at] = Some(self.observation(first.variant, measured));
            }
        }
        seen.into_iter().map(|seen| seen.expect("every experiment was made")).collect()
    }

    fn goes_on(&mut self, progress: &Progress) -> bool {
        (self.told)(progress)
    }
}

/// How many requests were in the system at the end of each window, of which it is known how many came and how many ended.
fn backlog(windows: &[(u64, u64)]) -> Vec<f64> {
    let mut open = 0.0;
    let after = |(offered, ended): &(u64, u64)| {
        open += *offered as f64 - *ended as f64;
        open
    };
    windows.iter().map(after).collect()
}

fn ended_in(window: &JourneyWindow) -> u64 {
    window.latency.count() + window.failed.iter().map(|failed| failed.count).sum::<u64>()
}

/// A run sees what a cache holds expire, and be fetched again, a few times; but for that no run has more requests than this.
const MOST_FOR_EXPIRY: f64 = 500_000.0;

/// How long a run must be at least, in seconds, whatever comes in it.
fn least_seconds(program: &Program, per_s: f64) -> f64 {
    let expiries = program.caches.iter().filter_map(|cache| match cache.content {
        CacheContent::Keys { expiry, .. } => expiry,
        CacheContent::Ratio { .. } => None,
    });
    let longest = expiries.map(Nanos::as_secs_f64).fold(0.0, f64::max);
    (3.0 * longest).min(MOST_FOR_EXPIRY / per_s)
}

/// How a promise fared in a run.
pub(super) fn judged(judge: &Judge, measured: &Measurements) -> Judged {
    let flow = match judge.subject {
        Subject::Journey(journey) => &measured.journeys[journey.0 as usize],
        Subject::Operation(operation) => &measured.operations[operation.0 as usize],
    };
    let bad = bad(judge.promise.indicator, flow);
    let early = match judge.subject {
        Subject::Journey(journey) => early(judge.promise.indicator, journey, measured),
        // Operations have no windows; half in each half is what says nothing against the warm-up.
        Subject::Operation(_) => bad / 2.0,
    };
    Judged { bad, all: (flow.completed + flow.failed()) as f64, bad_early: early }
}

/// Bad requests: a failed one is bad for every promise.
fn bad(indicator: Indicator, flow: &Flow) -> f64 {
    slow(indicator, &flow.latency, &flow.waited) + flow.failed() as f64
}

fn slow(indicator: Indicator, latency: &Histogram, waited: &Histogram) -> f64 {
    match indicator {
        Indicator::Latency { within_s } => latency.above(Nanos::from_secs_f64(within_s)),
        Indicator::Wait { within_s } => waited.above(Nanos::from_secs_f64(within_s)),
        Indicator::Success => 0.0,
    }
}

/// Bad requests in the first half of the windows after the warm-up.
fn early(indicator: Indicator, journey: JourneyId, measured: &Measurements) -> f64 {
    let Some(end) = measured.windows.last().map(|window| window.until) else { return 0.0 };
    let begin = end.saturating_sub(measured.measured);
    let middle = Nanos(begin.0 + (end.0 - begin.0) / 2);
    let half = measured.windows.iter().filter(|window| begin <= window.from && window.until <= middle);
    half.map(|window| {
        let window = &window.journeys[journey.0 as usize];
        let failed: u64 = window.failed.iter().map(|failed| failed.count).sum();
        slow(indicator, &window.latency, &window.waited) + failed as f64
    })
    .sum()
}
