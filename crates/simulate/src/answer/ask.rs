//! Asking for a load line: from a model to what the faces show.
//!
//! Compile, bound, search, reason, curve, changes, unknowns: each is a library of its own, and here they are put to one question.
//!
//! Always: the same model and question give the same answer on any number of threads.

use plimsoll_model::behaviour::load::Measure;
use plimsoll_model::{EnvironmentId, JourneyId as ModelJourneyId, Model};

use super::line::{Breaks, PromiseStated, Rung, ScenarioLine};
use super::{Assumed, because, bystanders, changes, passing, rest, two_minds, unknowns};
use crate::Nanos;
use crate::assumptions::{Assumption, Taken};
use crate::bound;
use crate::compile::{
    CompileError, Compiled, Course, Indicator as Said, Journeys, Options, Override, Promised, compile,
};
use crate::measurements::Measurements;
use crate::program::{Arrivals, JourneyId, OperationId, Program, Scaling, Source, Starts};
use crate::run::{Options as RunOptions, Seed, replicate};
use crate::search::{
    self, Backend, Certainty, Indicator, Judge, Length, Line, Progress, Promise, Subject, Variant, Verdict, curve,
    find, loads_to_draw, reason,
};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The environment; the default one where `None`.
    pub environment: Option<EnvironmentId>,
    /// What goes wrong, as an index into the model's scenarios; nothing where `None`.
    pub scenario: Option<usize>,
    /// Whose load grows; all journeys together where `None`, which is how inferred ones are asked for.
    pub journey: Option<ModelJourneyId>,
    /// Half of the interval's width, as a share of the line.
    pub precision: f64,
    /// The first seed.
    pub seed: u64,
    /// Requests that may be simulated for the line itself.
    pub budget: u64,
    /// Runs that are made side by side.
    pub threads: usize,
    /// Which changes are tried.
    pub changes: Changes,
}

/// Which changes are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// None: the line alone.
    None,
    /// Timeouts and the knobs of the resources that fill first, and every assumption.
    All,
    /// These knobs, with the values to set.
    These(Vec<(String, String)>),
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum NoAnswer {
    /// The system cannot be compiled.
    Uncompiled(Vec<CompileError>),
    /// A change that was asked for cannot be made.
    Change(String),
}

/// Confidence of all intervals.
pub(super) const CONFIDENCE: f64 = 0.95;

/// The load line of one journey in one scenario.
///
/// Cost: seconds for a dozen services at 2 %, most of it for changes and unknowns. `told` hears how far it is, and ends it by `false`;
/// the answer is then what is known.
///
/// # Errors
/// What cannot be compiled, with its evidence; a change that nothing here can make.
pub fn load_line(
    model: &Model,
    question: &Question,
    told: &mut dyn FnMut(&Progress) -> bool,
) -> Result<ScenarioLine, NoAnswer> {
    let compiled = compile(model, &options(question, Vec::new())).map_err(NoAnswer::Uncompiled)?;
    let asked = Asked::new(question, &compiled);
    let variations = changes::wanted(model, &asked)?;
    if compiled.course == Course::Timeline && passing::passes(&compiled.program) {
        let today = without_scenario(model, question);
        return Ok(passing::line(model, &asked, today.as_ref().unwrap_or(&compiled), told));
    }
    let program = asked.searched();
    let mut backend = asked.backend(vec![&program], &mut *told);
    let line = find(&mut backend, &asked.promises(), &asked.search());
    let mut out = asked.answer(model, &line);
    if let Some(breaks) = line.breaks {
        let breaks = rest::with_the_longest_work(asked.breaks(&line, breaks), &compiled);
        out.breaks = Some(because::with_what_is_lost(breaks, &compiled, &without_scenario(model, question)));
    }
    if line.certainty == Certainty::Interrupted {
        return Ok(out);
    }
    if let Verdict::Holds(at) = line.verdict {
        let loads = loads_to_draw(at.value);
        let mut drawing = asked.backend(vec![&program], &mut *told);
        out.curve = curve(&mut drawing, Variant::default(), &loads, 4_000, question.seed + 2_000_000, CONFIDENCE);
        if question.changes == Changes::All {
            out.metastable = two_minds::hysteresis(&asked, &program, at.value, &mut *told);
        }
        out.moves = changes::moves(&asked, &program, &line, variations, &mut *told);
    }
    if question.changes == Changes::All {
        (out.unknowns, out.over_assumptions) = unknowns::ranked(model, &asked, &program, &line, &mut *told);
    }
    Ok(out)
}

/// The system as it is today, for a question about a scenario.
fn without_scenario(model: &Model, question: &Question) -> Option<Compiled> {
    question.scenario?;
    compile(model, &options(&Question { scenario: None, ..question.clone() }, Vec::new())).ok()
}

/// How a question is compiled, with other values for some assumptions.
pub(super) fn options(question: &Question, overrides: Vec<Override>) -> Options {
    let journeys = question.journey.map_or(Journeys::Together, Journeys::One);
    Options { environment: question.environment, scenario: question.scenario, journeys, overrides }
}

/// A question about a compiled system.
pub(super) struct Asked<'a> {
    pub(super) question: &'a Question,
    pub(super) compiled: &'a Compiled,
    pub(super) judges: Vec<Judge>,
    /// The journeys whose load grows: the one that was asked for, or all together.
    pub(super) journeys: Vec<JourneyId>,
    pub(super) load: f64,
    pub(super) rate_per_s: f64,
    pub(super) ladder: Vec<Rung>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(question: &'a Question, compiled: &'a Compiled) -> Self {
        let journeys = scaled(compiled);
        let loads: Vec<(f64, f64)> =
            journeys.iter().map(|journey| load_of(&compiled.program, compiled, *journey)).collect();
        let (load, rate_per_s) =
            loads.iter().fold((0.0, 0.0), |(load, rate), (more, faster)| (load + more, rate + faster));
        let ladder = match journeys.as_slice() {
            [one] => bound::ladder(compiled, *one),
            _ => bound::ladder_together(compiled),
        };
        let told =
            |rung: bound::Rung| Rung { resource: rung.resource, bound_per_s: rung.bound_per_s, formula: rung.formula };
        let ladder = ladder.rungs.into_iter().map(told).collect();
        Self { question, compiled, judges: judges(compiled), journeys, load, rate_per_s, ladder }
    }

    /// What the search runs: what lasts is there from the start, and what users never feel is left out.
    pub(super) fn searched(&self) -> Program {
        let judged = self.judges.iter().filter_map(|judge| match judge.subject {
            Subject::Operation(operation) => Some(operation),
            Subject::Journey(_) => None,
        });
        let program = passing::from_the_start(&self.compiled.program);
        bystanders::without_bystanders(&program, &judged.collect::<Vec<_>>())
    }

    /// The load at which the scarcest resource is full.
    pub(super) fn bound(&self) -> Option<f64> {
        self.ladder.first().map(|rung| rung.bound_per_s)
    }

    pub(super) fn promises(&self) -> Vec<Promise> {
        self.judges.iter().map(|judge| judge.promise.clone()).collect()
    }

    pub(super) fn search(&self) -> search::Options {
        search::Options {
            precision: self.question.precision,
            confidence: CONFIDENCE,
            budget: self.question.budget,
            seed: self.question.seed,
            bound: self.bound(),
            start: self.load,
            ..search::Options::default()
        }
    }

    pub(super) fn backend<'b, F>(&'b self, programs: Vec<&'b Program>, told: F) -> Backend<'b, F> {
        Backend {
            programs,
            judges: vec![&self.judges],
            journeys: &self.journeys,
            load: self.load,
            rate_per_s: self.rate_per_s,
            length: Length::Requests,
            threads: self.question.threads,
            told,
        }
    }

    fn journey_name(&self) -> String {
        let names: Vec<&str> =
            self.journeys.iter().map(|journey| self.compiled.names.journeys[journey.index()].word.as_str()).collect();
        names.join(" + ")
    }

    /// What one journey states, where it alone is asked about; the sum where all of them state it.
    fn of_journeys(&self, stated: &[Option<f64>]) -> Option<f64> {
        self.journeys.iter().map(|journey| stated.get(journey.index()).copied().flatten()).sum()
    }

    /// All that is known without the changes.
    pub(super) fn answer(&self, model: &Model, line: &Line) -> ScenarioLine {
        let scenario = self.question.scenario.map(|at| model.behaviour.scenarios[at].name.clone());
        let bound = self.ladder.first();
        ScenarioLine {
            id: scenario.unwrap_or_else(|| "today".to_owned()),
            journey: self.journey_name(),
            unit: if self.is_closed() { "users" } else { "/s" },
            bound_per_s: bound.map(|rung| rung.bound_per_s),
            binds: bound.map(|rung| rung.resource.clone()),
            verdict: line.verdict.clone(),
            certainty: line.certainty,
            over_assumptions: None,
            breaks: None,
            promises: self.stated(),
            expected_peak_per_s: self.of_journeys(&self.compiled.expected_peaks),
            load_per_s: self.of_journeys(&self.compiled.loads).filter(|_| !self.is_load_assumed()),
            ladder: self.ladder.clone(),
            moves: Vec::new(),
            unknowns: Vec::new(),
            assumptions: self.compiled.assumptions.iter().map(assumed).collect(),
            curve: Vec::new(),
            metastable: None,
            requests: line.cost,
        }
    }

    /// Whether the load of today is only there because a run needs one.
    fn is_load_assumed(&self) -> bool {
        let names = &self.compiled.names.journeys;
        let of = |taken: &Taken| self.journeys.iter().any(|journey| names[journey.index()].word == taken.subject);
        self.compiled.assumptions.iter().any(|taken| taken.assumption == Assumption::DefaultLoad && of(taken))
    }

    fn stated(&self) -> Vec<PromiseStated> {
        let pairs = self.judges.iter().zip(said(self.compiled));
        pairs
            .map(|(judge, says)| PromiseStated {
                name: judge.promise.name.clone(),
                says: says.to_owned(),
                allowed: judge.promise.allowed,
            })
            .collect()
    }

    fn is_closed(&self) -> bool {
        let mut of_journey =
            self.compiled.program.sources.iter().filter(|source| source.starts == Starts::Journey(self.journeys[0]));
        of_journey.any(|source| matches!(source.arrivals, Arrivals::Closed { .. }))
    }

    /// The reason, from a run far below the line and one just beyond it.
    fn breaks(&self, line: &Line, promise: usize) -> Breaks {
        let program = passing::from_the_start(&self.compiled.program);
        let (below, beyond) = match line.verdict {
            Verdict::Holds(at) => (0.3 * at.value, 1.05 * at.value),
            Verdict::BrokenAtRest { load, .. } => (load, load),
            Verdict::Unbounded { tried } => (0.3 * tried, tried),
        };
        let [at_rest, beyond] = [below, beyond].map(|load| self.measured(&program, load));
        let judge = &self.judges[promise];
        let journey = match judge.subject {
            Subject::Journey(journey) => journey,
            Subject::Operation(_) => self.journeys[0],
        };
        let found = reason(&program, journey, &at_rest, &beyond);
        because::told(&judge.promise.name, &found, &self.compiled.names)
    }

    /// One load, measured in full.
    fn measured(&self, program: &Program, load: f64) -> Measurements {
        const REQUESTS: f64 = 20_000.0;
        const RUNS: u64 = 4;
        let factor = load / self.load;
        let seconds = REQUESTS / (self.rate_per_s * factor);
        let warm_up = Nanos::from_secs_f64(0.2 * seconds);
        let options = RunOptions { warm_up, load: factor, ..RunOptions::until(Nanos::from_secs_f64(1.2 * seconds)) };
        let seeds: Vec<Seed> = (0..RUNS).map(|at| Seed(self.question.seed + 4_000_000 + at)).collect();
        let runs = replicate(program, &seeds, &options, self.question.threads);
        let mut runs = runs.expect("a compiled program passes its check").into_iter();
        let mut all = runs.next().expect("there are runs");
        runs.for_each(|run| all.merge(&run));
        all
    }
}

/// The journeys whose load grows. Of users who think the first alone: their number is no rate that could be added to another.
fn scaled(compiled: &Compiled) -> Vec<JourneyId> {
    let of = |source: &Source| match (source.starts, source.scaling) {
        (Starts::Journey(journey), Scaling::Scaled) => {
            Some((journey, matches!(source.arrivals, Arrivals::Open { .. })))
        }
        _ => None,
    };
    let mut found: Vec<(JourneyId, bool)> = compiled.program.sources.iter().filter_map(of).collect();
    if found.iter().any(|(_, open)| !open) {
        found.truncate(1);
    }
    if found.is_empty() { vec![JourneyId(0)] } else { found.into_iter().map(|(journey, _)| journey).collect() }
}

/// The load that the program carries by itself, and how many requests a second that is at most.
fn load_of(program: &Program, compiled: &Compiled, journey: JourneyId) -> (f64, f64) {
    let source = program.sources.iter().find(|source| source.starts == Starts::Journey(journey));
    match source.map(|source| &source.arrivals) {
        Some(Arrivals::Closed { users, think }) => {
            let pause = program.distributions[think.from.0 as usize].mean() * 1e-9;
            (f64::from(*users), f64::from(*users) / pause.max(1e-3))
        }
        _ => {
            let rate = compiled.loads.get(journey.0 as usize).copied().flatten().unwrap_or(1.0);
            (rate, rate)
        }
    }
}

/// The promises of a compiled system as shares.
pub(super) fn judges(compiled: &Compiled) -> Vec<Judge> {
    each_promise(compiled).map(|(judge, _)| judge).collect()
}

fn said(compiled: &Compiled) -> impl Iterator<Item = &str> {
    each_promise(compiled).map(|(_, says)| says)
}

pub(super) fn each_promise(compiled: &Compiled) -> impl Iterator<Item = (Judge, &str)> {
    compiled.promises.iter().flat_map(|promise| {
        let (indicator, allowed) = match (promise.indicator, promise.measure) {
            (Said::Within { share, within }, Measure::Wait) => {
                (Indicator::Wait { within_s: within.as_secs_f64() }, 1.0 - share)
            }
            (Said::Within { share, within }, _) => (Indicator::Latency { within_s: within.as_secs_f64() }, 1.0 - share),
            (Said::Success { share }, _) => (Indicator::Success, 1.0 - share),
        };
        let subjects: Vec<Subject> = match promise.on {
            Promised::Journey(journey) => vec![Subject::Journey(journey)],
            Promised::Operation(operation) => vec![Subject::Operation(operation)],
            Promised::Component(component) => compiled
                .program
                .operations
                .iter()
                .enumerate()
                .filter(|(_, operation)| operation.component == component)
                .map(|(at, _)| Subject::Operation(OperationId(at as u32)))
                .collect(),
        };
        let stated = Promise::new(promise.name.clone(), indicator, allowed);
        let judges =
            stated.map(|promise| subjects.into_iter().map(move |subject| Judge { promise: promise.clone(), subject }));
        judges.into_iter().flatten().map(|judge| (judge, promise.says.as_str())).collect::<Vec<_>>()
    })
}

pub(super) fn assumed(taken: &Taken) -> Assumed {
    Assumed { name: taken.assumption.name().to_owned(), field: taken.subject.clone(), value: taken.value.to_string() }
}
