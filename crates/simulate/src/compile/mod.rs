//! From a model in an environment, with a scenario, to a program: every name resolved to a position, every attribute to a
//! value, and where no claim gives one, a named assumption.
//!
//! Only what the journeys reach is compiled. Where plimsoll.yaml says no journeys they are inferred, and said to be so; an
//! operation of which nothing is known spends the assumed time and makes each call of its component.
//!
//! Not here: how a program runs (`run`), closed forms (`bound`), which load holds (`search`).
//! Always: what cannot be compiled is an error with its evidence; the same model and options give the same program.

mod call;
mod component;
mod draw;
mod error;
mod fact;
mod infer;
mod journey;
mod knob;
mod name;
mod operation;
mod overriding;
mod promise;
mod scenario;
mod step;
mod visits;

use std::collections::BTreeMap;

use plimsoll_model::behaviour::{LockId as ModelLockId, PoolId as ModelPoolId, WorkId};
use plimsoll_model::{self as model, EnvironmentId, EvidenceId, JourneyId, Model, TopicId as ModelTopicId};

pub use error::{CompileError, Fault};
pub(crate) use journey::MOST_PER_SECOND;
pub use knob::{Knob, KnobKind};
pub use name::{Name, Names};
pub use overriding::Override;
pub use promise::{Indicator, Promise, Promised};
pub use visits::{VisitError, Visits};
pub(crate) use visits::{makes, own_time, write_share};

use crate::assumptions::{Assumption, Ledger, Taken, Value};
use crate::bound::ClosedPool;
use crate::program::{
    CacheId, ComponentId, GroupId, JourneyId as ProgramJourneyId, LockId, OperationId, PoolId, Program, TopicId,
};

/// What is compiled.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The environment; the default one where `None`.
    pub environment: Option<EnvironmentId>,
    /// What goes wrong, as an index into the scenarios of the model's behaviour; nothing where `None`.
    pub scenario: Option<usize>,
    /// Whose load is looked at.
    pub journeys: Journeys,
    /// Values to try: of assumptions, and of what can be turned.
    pub overrides: Vec<Override>,
}

/// Whose load is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Journeys {
    /// All journeys together, in their proportions of today.
    #[default]
    Together,
    /// One journey; the others are at rest, or at their load of today where `journeys-apart: false` is assumed.
    One(JourneyId),
}

/// A program with all that is needed to speak about it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What the engine runs.
    pub program: Program,
    /// What its positions are called, and how they are known.
    pub names: Names,
    /// What was promised of what it runs.
    pub promises: Vec<Promise>,
    /// What it rests on, sorted.
    pub assumptions: Vec<Taken>,
    /// What can be turned.
    pub knobs: Vec<Knob>,
    /// Pools that count for the closed form alone.
    pub closed_pools: Vec<ClosedPool>,
    /// How often each operation is asked per request of each journey.
    pub visits: Visits,
    /// Availability of each component by itself, where stated.
    pub availability: Vec<Option<f64>>,
    /// Per journey: the expected peak per second, where stated.
    pub expected_peaks: Vec<Option<f64>>,
    /// Per journey: requests per second as stated today, averaged over time; `None` for a closed load.
    pub loads: Vec<Option<f64>>,
    /// How much of the bound may be used at the expected peak, where stated.
    pub headroom: Option<f64>,
    /// How the scenario is meant: the state it leaves, or a course of events.
    pub course: Course,
}

/// How a scenario is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Course {
    /// The system as it is, or as what was lost leaves it: a question about the long run.
    #[default]
    Steady,
    /// Something begins or ends in the run: a question about a course of events.
    Timeline,
}

/// Compiles a model.
///
/// Cost: linear in what the journeys reach. Deterministic.
///
/// # Errors
/// Everything that cannot be compiled, each with its evidence: a target that is not there, a cycle without end, a promise
/// about what nobody asks, a load that no machine can simulate.
pub fn compile(model: &Model, options: &Options) -> Result<Compiled, Vec<CompileError>> {
    let mut compiler = Compiler::new(model, options);
    compiler.journeys(options.journeys);
    compiler.finish_components();
    let course = compiler.scenario(options.scenario);
    compiler.turn(&options.overrides);
    compiler.finish(course)
}

/// Everything that is known while a program is built.
struct Compiler<'m> {
    model: &'m Model,
    /// The environment and those that it builds on.
    lineage: Vec<EnvironmentId>,
    ledger: Ledger,
    program: Program,
    names: Names,
    errors: Vec<CompileError>,
    components: BTreeMap<model::ComponentId, ComponentId>,
    /// What is known of each component of the program while it is built.
    hosts: Vec<component::Host>,
    works: BTreeMap<WorkId, OperationId>,
    whole: BTreeMap<model::ComponentId, OperationId>,
    /// Components whose whole is being inferred: what leads back to them is left out.
    inferring: Vec<model::ComponentId>,
    pools: BTreeMap<ModelPoolId, PoolId>,
    closed_pools: Vec<ClosedPool>,
    locks: BTreeMap<ModelLockId, LockId>,
    caches: Vec<(model::ComponentId, CacheId)>,
    topics: BTreeMap<ModelTopicId, TopicId>,
    groups: Vec<GroupId>,
    /// The model's journeys that are in the program.
    compiled_journeys: BTreeMap<JourneyId, ProgramJourneyId>,
    expected_peaks: Vec<Option<f64>>,
    loads: Vec<Option<f64>>,
}

impl<'m> Compiler<'m> {
    fn new(model: &'m Model, options: &Options) -> Self {
        let scenario = options.scenario.and_then(|index| model.behaviour.scenarios.get(index));
        let own = scenario.and_then(|scenario| scenario.environment.as_ref()).map(|claim| claim.value);
        let environment = options.environment.or(own).or(model.default_environment);
        let stated = stated(model);
        Self {
            model,
            lineage: model.lineage(environment),
            ledger: Ledger::new(stated, overriding::assumed(&options.overrides)),
            program: Program::default(),
            names: Names::default(),
            errors: Vec::new(),
            components: BTreeMap::new(),
            hosts: Vec::new(),
            works: BTreeMap::new(),
            whole: BTreeMap::new(),
            inferring: Vec::new(),
            pools: BTreeMap::new(),
            closed_pools: Vec::new(),
            locks: BTreeMap::new(),
            caches: Vec::new(),
            topics: BTreeMap::new(),
            groups: Vec::new(),
            compiled_journeys: BTreeMap::new(),
            expected_peaks: Vec::new(),
            loads: Vec::new(),
        }
    }

    fn error(&mut self, fault: Fault, evidence: Option<EvidenceId>) {
        let error = CompileError { fault, evidence };
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    fn finish(mut self, course: Course) -> Result<Compiled, Vec<CompileError>> {
        let promises = self.promises();
        let visits = Visits::of(&self.program);
        if let Err(VisitError { operation }) = &visits {
            let name = &self.names.operations[operation.index()];
            let (word, evidence) = (name.word.clone(), name.evidence);
            self.error(Fault::Endless { operation: word }, evidence);
        }
        if let Err(problem) = self.program.check() {
            self.error(Fault::Unsound { what: problem.to_string() }, None);
        }
        let availability = self.availability();
        let knobs = if self.errors.is_empty() { knob::all(&self.program, &self.names) } else { Vec::new() };
        let visits = match visits {
            Ok(visits) if self.errors.is_empty() => visits,
            _ => return Err(self.errors),
        };
        let headroom = self.model.behaviour.assumed.headroom.as_ref().map(|share| share.value.fraction());
        Ok(Compiled {
            program: self.program,
            names: self.names,
            promises,
            assumptions: self.ledger.into_taken(),
            knobs,
            closed_pools: self.closed_pools,
            visits,
            availability,
            expected_peaks: self.expected_peaks,
            loads: self.loads,
            headroom,
            course,
        })
    }

    /// Availability of each component by itself, where it is stated.
    fn availability(&self) -> Vec<Option<f64>> {
        let standing = &self.model.behaviour.standing;
        let own = |id: &model::ComponentId| {
            let row = standing.iter().find(|row| row.component == *id)?;
            row.availability.as_ref().map(|share| share.value.fraction())
        };
        self.names.component_ids.iter().map(own).collect()
    }
}

/// What plimsoll.yaml states under `assume`.
fn stated(model: &Model) -> Vec<(Assumption, Value, EvidenceId)> {
    use plimsoll_model::behaviour::Claim;
    use plimsoll_model::behaviour::quantity as q;
    let assumed = &model.behaviour.assumed;
    let mut out = Vec::new();
    let mut add = |assumption, value: Option<(Value, EvidenceId)>| {
        out.extend(value.map(|(value, evidence)| (assumption, value, evidence)));
    };
    let nanos = |said: &Option<Claim<q::Nanos>>| said.as_ref().map(|c| (Value::Nanos(c.value.0), c.evidence));
    let count = |said: &Option<Claim<q::Count>>| said.as_ref().map(|c| (Value::Count(c.value.0), c.evidence));
    let number = |said: &Option<Claim<q::Number>>| said.as_ref().map(|c| (Value::Number(c.value.0), c.evidence));
    let share = |said: &Option<Claim<q::Share>>| said.as_ref().map(|c| (Value::Number(c.value.fraction()), c.evidence));
    let flag = |said: &Option<Claim<bool>>| {
        said.as_ref().map(|c| (Value::Word(if c.value { "true" } else { "false" }), c.evidence))
    };
    add(Assumption::DefaultServiceTime, nanos(&assumed.default_service_time));
    add(Assumption::DefaultQueryTime, nanos(&assumed.default_query_time));
    add(Assumption::DefaultExternalTime, nanos(&assumed.default_external_time));
    add(Assumption::DefaultShape, assumed.default_shape.as_ref().map(|c| (Value::Word(c.value.word()), c.evidence)));
    add(Assumption::DefaultTimeout, nanos(&assumed.default_timeout));
    add(Assumption::DefaultRetries, count(&assumed.default_retries));
    add(Assumption::CallsPerRequest, number(&assumed.calls_per_request));
    add(Assumption::DefaultReplicas, count(&assumed.default_replicas));
    add(Assumption::DefaultCores, number(&assumed.default_cores));
    add(Assumption::CpuLimitIsQuota, assumed.cpu_limit.as_ref().map(|c| (Value::Word(c.value.word()), c.evidence)));
    add(
        Assumption::DefaultBalancing,
        assumed.default_balancing.as_ref().map(|c| (Value::Word(c.value.word()), c.evidence)),
    );
    add(Assumption::ConnectionsPerCopy, count(&assumed.connections_per_copy));
    add(Assumption::QuotaBurst, nanos(&assumed.quota_burst).map(|(v, e)| (Value::Number(v.count() as f64 / 1e9), e)));
    add(Assumption::DefaultCacheHit, share(&assumed.default_cache_hit));
    add(Assumption::DefaultPrefetch, count(&assumed.default_prefetch));
    add(Assumption::LateWork, assumed.late_work.as_ref().map(|c| (Value::Word(c.value.word()), c.evidence)));
    add(Assumption::DefaultRedelivery, nanos(&assumed.default_redelivery));
    add(Assumption::DefaultFailover, nanos(&assumed.default_failover));
    add(Assumption::DefaultSuccess, share(&assumed.default_success));
    add(Assumption::DefaultLatency, nanos(&assumed.default_latency));
    add(Assumption::LoadAndOutagesApart, flag(&assumed.load_and_outages_apart));
    add(Assumption::IndependentHardDependencies, flag(&assumed.independent_hard_dependencies));
    add(Assumption::JourneysApart, flag(&assumed.journeys_apart));
    add(Assumption::Autoscaling, assumed.autoscaling.as_ref().map(|c| (Value::Word(c.value.word()), c.evidence)));
    out
}
