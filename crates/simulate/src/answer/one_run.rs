//! One run, measured: from a model to what the faces show.

use plimsoll_model::{EnvironmentId, Model};

use super::ask::{self, NoAnswer};
use super::run::{Failing, FlowAnswer, JourneyMoment, Kept, Moment, ResourceAnswer, RunAnswer, Times};
use super::steps::{FlowStep, Step, UseStep, mean, quantile_of, warm_up_steps};
use crate::Nanos;
use crate::compile::{Compiled, Course, Journeys, MOST_PER_SECOND, Name, Options, compile};
use crate::measurements::{End, Measurements, Span};
use crate::program::{Arrivals, Program, Rate, Starts};
use crate::run::{Options as RunOptions, Run, Seed, Traces};
use crate::search::{Indicator, Subject};
use crate::statistics::quantile::Counted;

/// What is run.
#[derive(Clone, Debug)]
pub struct RunQuestion {
    /// The environment; the default one where `None`.
    pub environment: Option<EnvironmentId>,
    /// What goes wrong, as an index into the model's scenarios; nothing where `None`.
    pub scenario: Option<usize>,
    /// Loads of journeys in place of today's: the journey's name, per second or users.
    pub loads: Vec<(String, f64)>,
    /// How long, in simulated seconds; until the precision is reached where `None`.
    pub duration_s: Option<f64>,
    /// How well p95 of each journey is to be known: half of its interval as a share of it.
    pub precision: f64,
    /// The seed.
    pub seed: u64,
    /// Which requests are kept as traces.
    pub traces: Traces,
}

/// What a run showed, with what is needed to write its traces.
#[derive(Clone, Debug)]
pub struct Ran {
    /// For faces.
    pub answer: RunAnswer,
    /// The kept requests.
    pub spans: Vec<Span>,
    /// The system as it ran.
    pub compiled: Compiled,
}

/// Steps of a run of a stated length, and in a round of one that goes on until it is precise.
const STEPS: usize = 200;
/// Requests in the first round of a run that goes on until it is precise.
const FIRST: f64 = 100_000.0;
/// Requests at which it stops, precise or not.
const MOST: f64 = 60_000_000.0;
/// Points of the time line.
const MOMENTS: usize = 100;
/// A run that has so many hops in progress at once is overloaded beyond what can be told.
const MOST_OPEN: u32 = 2_000_000;

/// Runs a model once.
///
/// `told` hears the simulated and the wanted seconds, and ends the run by `false`; the answer is then what was measured so far.
///
/// # Errors
/// What cannot be compiled, with its evidence; a load of a journey that is not there.
pub fn simulate(
    model: &Model,
    question: &RunQuestion,
    told: &mut dyn FnMut(f64, f64) -> bool,
) -> Result<Ran, NoAnswer> {
    let options = Options {
        environment: question.environment,
        scenario: question.scenario,
        journeys: Journeys::Together,
        overrides: Vec::new(),
    };
    let mut compiled = compile(model, &options).map_err(NoAnswer::Uncompiled)?;
    let rate = loads(&mut compiled, &question.loads)?;
    let faults_over = compiled
        .program
        .faults
        .iter()
        .map(|fault| if fault.until == Nanos::NEVER { fault.from } else { fault.until })
        .max();
    let round_s = match (question.duration_s, faults_over) {
        (Some(duration), _) => duration,
        // What happens at a stated time is seen whole, and as long again afterwards as it took from the start.
        (None, Some(over)) => (2.0 * over.as_secs_f64()).max(600.0),
        (None, None) => FIRST / rate,
    };
    let mut watched = Watched::new(&compiled.program, question, round_s)?;
    loop {
        let goes_on = watched.round(told);
        let precise = question.duration_s.is_some()
            || compiled.course == Course::Timeline
            || watched.is_precise(question.precision);
        if !goes_on || precise || watched.requests() > MOST || watched.ended.is_some() {
            break;
        }
    }
    let cut = match compiled.course {
        Course::Timeline => 0,
        Course::Steady => warm_up_steps(&watched.steps).min(watched.steps.len() / 2),
    };
    let answer = answered(model, question, &compiled, &watched, cut);
    Ok(Ran { answer, spans: watched.last.spans, compiled })
}

/// A run that is looked at in even steps.
struct Watched {
    run: Run,
    step: Nanos,
    now: Nanos,
    last: Measurements,
    steps: Vec<Step>,
    round: usize,
    ended: Option<End>,
}

impl Watched {
    fn new(program: &Program, question: &RunQuestion, round_s: f64) -> Result<Self, NoAnswer> {
        let options = RunOptions {
            most_open: Some(MOST_OPEN),
            traces: question.traces,
            ..RunOptions::until(Nanos(u64::MAX / 4))
        };
        let run = Run::new(program, Seed(question.seed), &options)
            .map_err(|error| NoAnswer::Change(format!("the system cannot be run: {error}")))?;
        let last = run.measurements();
        let step = Nanos::from_secs_f64(round_s / STEPS as f64);
        Ok(Self { run, step, now: Nanos::ZERO, last, steps: Vec::new(), round: STEPS, ended: None })
    }

    /// Goes on for a round, twice as long as the one before; `false` if it was told to stop.
    fn round(&mut self, told: &mut dyn FnMut(f64, f64) -> bool) -> bool {
        let wanted = self.now.as_secs_f64() + self.step.as_secs_f64() * self.round as f64;
        for _ in 0..self.round {
            self.now += self.step;
            let ended = self.run.advance(self.now);
            let seen = self.run.measurements();
            self.steps.push(Step::between(&self.last, &seen));
            self.last = seen;
            self.ended = ended.filter(|end| matches!(end, End::Overfull | End::Drained));
            if self.ended.is_some() {
                return true;
            }
            if !told(self.now.as_secs_f64(), wanted) {
                return false;
            }
        }
        // As many steps again in the next round as there are now, and never more than a few hundred in all.
        if self.steps.len() >= 2 * STEPS {
            self.steps = self.steps.chunks(2).map(Step::together).collect();
            self.step = Nanos(self.step.0 * 2);
        }
        self.round = self.steps.len();
        true
    }

    fn requests(&self) -> f64 {
        self.last.journeys.iter().map(|flow| flow.offered as f64).sum()
    }

    fn is_precise(&self, precision: f64) -> bool {
        let cut = warm_up_steps(&self.steps).min(self.steps.len() / 2);
        let kept = &self.steps[cut..];
        let whole = Step::together(kept);
        (0..whole.journeys.len()).all(|at| {
            let batches: Vec<_> = kept.iter().map(|step| &step.journeys[at].latency).collect();
            let p95 = quantile_of(0.95, &whole.journeys[at].latency, &batches, ask::CONFIDENCE);
            whole.journeys[at].latency.count() == 0 || p95.is_some_and(|p95| p95.relative() <= precision)
        })
    }
}

fn answered(model: &Model, question: &RunQuestion, compiled: &Compiled, watched: &Watched, cut: usize) -> RunAnswer {
    let kept = &watched.steps[cut.min(watched.steps.len().saturating_sub(1))..];
    let whole = Step::together(kept);
    let names = &compiled.names;
    let environment = question.environment.or(model.default_environment);
    RunAnswer {
        system: model.system.clone().unwrap_or_else(|| "system".to_owned()),
        environment: environment.map_or_else(|| "everywhere".to_owned(), |id| model.environment(id).id.clone()),
        scenario: question.scenario.map(|at| model.behaviour.scenarios[at].name.clone()),
        seed: question.seed,
        horizon_s: watched.now.as_secs_f64(),
        warmup_s: watched.step.as_secs_f64() * cut as f64,
        assumptions: compiled.assumptions.iter().map(ask::assumed).collect(),
        journeys: flows(kept, &whole, &names.journeys, |step| &step.journeys),
        operations: flows(kept, &whole, &names.operations, |step| &step.operations),
        calls: flows(kept, &whole, &names.calls, |step| &step.calls),
        resources: resources(&whole, compiled),
        promises: promises(&whole, compiled),
        timeline: timeline(watched),
        faults: faults(compiled),
        ended: watched.ended.map(|end| match end {
            End::Overfull => format!(
                "ended after {:.0} s: more requests wait than can be held, the load is not sustained",
                watched.now.as_secs_f64()
            ),
            _ => format!("ended after {:.0} s: nobody comes any more", watched.now.as_secs_f64()),
        }),
    }
}

/// The flows of a kind with their names. What nobody asked is left out.
fn flows(kept: &[Step], whole: &Step, names: &[Name], kind: fn(&Step) -> &Vec<FlowStep>) -> Vec<FlowAnswer> {
    let seconds = whole.length.as_secs_f64();
    let per_s = |count: u64| count as f64 / seconds;
    let of = |(at, name): (usize, &Name)| {
        let flow = &kind(whole)[at];
        if flow.offered == 0 && flow.latency.count() == 0 {
            return None;
        }
        let batches: Vec<_> = kept.iter().map(|step| &kind(step)[at].latency).collect();
        let quantile = |share| quantile_of(share, &flow.latency, &batches, ask::CONFIDENCE);
        Some(FlowAnswer {
            id: name.word.clone(),
            offered_per_s: per_s(flow.offered),
            completed_per_s: per_s(flow.latency.count()),
            failed: flow
                .failed
                .iter()
                .map(|(kind, count)| Failing { kind: kind.to_string(), per_s: per_s(*count) })
                .collect(),
            retries_per_s: per_s(flow.retries),
            latency: Times {
                mean: mean(&batches, ask::CONFIDENCE),
                p50: quantile(0.5),
                p95: quantile(0.95),
                p99: quantile(0.99),
                p999: quantile(0.999),
            },
        })
    };
    names.iter().enumerate().filter_map(of).collect()
}

/// Everything that is used, by name.
fn resources(whole: &Step, compiled: &Compiled) -> Vec<ResourceAnswer> {
    let names = &compiled.names;
    let mut uses = whole.uses.iter();
    let mut out = Vec::new();
    for name in &names.components {
        let Some(used) = uses.next() else { return out };
        let parts = [("slots", used.slots), ("workers", used.workers), ("CPU", used.cores)];
        // The queue of a component is one: it stands beside each of its limits.
        for (part, (taken, there)) in parts.into_iter().filter(|(_, (_, there))| 0.0 < *there) {
            out.push(waiting(format!("{} {part}", name.word), Some(taken / there), used, whole.length));
        }
    }
    let others = [(&names.pools, "pool"), (&names.locks, "lock"), (&names.groups, "backlog")];
    for (name, kind) in others.iter().flat_map(|(names, kind)| names.iter().map(move |name| (name, kind))) {
        let Some(used) = uses.next() else { return out };
        out.push(waiting(format!("{} {kind}", name.word), None, used, whole.length));
    }
    out
}

fn waiting(id: String, utilisation: Option<f64>, used: &UseStep, over: Nanos) -> ResourceAnswer {
    let wait_s = if used.waits == 0 { 0.0 } else { used.waited_s / used.waits as f64 };
    ResourceAnswer { id, utilisation, queue_mean: used.queue / over.0.max(1) as f64, wait_s }
}

fn promises(whole: &Step, compiled: &Compiled) -> Vec<Kept> {
    let kept = |(judge, says): (crate::search::Judge, &str)| {
        let flow = match judge.subject {
            Subject::Journey(id) => &whole.journeys[id.0 as usize],
            Subject::Operation(id) => &whole.operations[id.0 as usize],
        };
        let slow = match judge.promise.indicator {
            Indicator::Latency { within_s } => (&&flow.latency).above(within_s),
            Indicator::Wait { within_s } => (&&flow.waited).above(within_s),
            Indicator::Success => 0.0,
        };
        let all = (flow.latency.count() + flow.failures()) as f64;
        Kept {
            name: judge.promise.name,
            says: says.to_owned(),
            bad: if all > 0.0 { (slow + flow.failures() as f64) / all } else { 0.0 },
            allowed: judge.promise.allowed,
        }
    };
    ask::each_promise(compiled).map(kept).collect()
}

/// The whole run, its warm-up included, in a hundred stretches or fewer.
fn timeline(watched: &Watched) -> Vec<Moment> {
    let size = watched.steps.len().div_ceil(MOMENTS).max(1);
    let mut from = Nanos::ZERO;
    let mut out = Vec::new();
    for steps in watched.steps.chunks(size) {
        let step = Step::together(steps);
        let until = from + step.length;
        let seconds = step.length.as_secs_f64();
        let journeys = step.journeys.iter().map(|flow| JourneyMoment {
            offered_per_s: flow.offered as f64 / seconds,
            success: flow.success(),
            p95_s: (flow.latency.count() > 0).then(|| (&&flow.latency).value_at(0.95)),
        });
        out.push(Moment { from_s: from.as_secs_f64(), until_s: until.as_secs_f64(), journeys: journeys.collect() });
        from = until;
    }
    out
}

fn faults(compiled: &Compiled) -> Vec<(f64, Option<f64>, String)> {
    let faults = compiled.program.faults.iter().zip(&compiled.names.faults);
    faults
        .map(|(fault, name)| {
            let until = (fault.until != Nanos::NEVER).then(|| fault.until.as_secs_f64());
            (fault.from.as_secs_f64(), until, name.word.clone())
        })
        .collect()
}

/// Sets loads, and says how many requests come in a second of all journeys together.
fn loads(compiled: &mut Compiled, wanted: &[(String, f64)]) -> Result<f64, NoAnswer> {
    for (journey, load) in wanted {
        let at = compiled.names.journeys.iter().position(|name| name.word == *journey).ok_or_else(|| {
            let known: Vec<&str> = compiled.names.journeys.iter().map(|name| name.word.as_str()).collect();
            NoAnswer::Change(format!("there is no journey `{journey}`; there are {}", known.join(", ")))
        })?;
        if MOST_PER_SECOND < *load {
            return Err(NoAnswer::Change(format!(
                "a load of {load:e} of `{journey}` is more than any machine simulates; ask for at most {MOST_PER_SECOND:e}, \
                 or for a part of it on a part of the copies"
            )));
        }
        let today = compiled.loads[at];
        for source in &mut compiled.program.sources {
            if matches!(source.starts, Starts::Journey(id) if id.0 as usize == at) {
                scale(&mut source.arrivals, today, *load);
            }
        }
        compiled.loads[at] = today.map(|_| *load);
    }
    let rate: f64 = compiled.loads.iter().flatten().sum();
    Ok(if rate > 0.0 { rate } else { 10.0 })
}

/// Gives arrivals another mean load and keeps their course.
fn scale(arrivals: &mut Arrivals, today: Option<f64>, load: f64) {
    match arrivals {
        Arrivals::Closed { users, .. } => *users = load.round().max(1.0) as u32,
        Arrivals::Open { rate, .. } => {
            let times = today.filter(|today| 0.0 < *today).map_or(1.0, |today| load / today);
            match rate {
                Rate::Constant(rate) => *rate *= times,
                Rate::Points { points, .. } => points.iter_mut().for_each(|point| point.per_second *= times),
                Rate::Swing { mean, by, .. } => (*mean, *by) = (*mean * times, *by * times),
                Rate::Modes(modes) => modes.iter_mut().for_each(|mode| mode.per_second *= times),
            }
        }
    }
}
