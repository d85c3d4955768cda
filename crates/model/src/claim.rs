//! Claims: who said what, where. The rows that every attribute is made of.

use crate::field::Field;
use crate::noun::{
    CallId, ComponentId, DeploymentId, EnvironmentId, InterfaceId, JourneyId, OperationId, PipelineId, PromiseId,
    TeamId, TopicId,
};
use crate::place::At;
use crate::value::Value;

/// What a row speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A component.
    Component(ComponentId),
    /// A component as it runs in one environment.
    Deployment(DeploymentId),
    /// A call.
    Call(CallId),
    /// A topic.
    Topic(TopicId),
    /// An interface.
    Interface(InterfaceId),
    /// An operation.
    Operation(OperationId),
    /// A journey.
    Journey(JourneyId),
    /// A promise.
    Promise(PromiseId),
    /// A team.
    Team(TeamId),
    /// A pipeline.
    Pipeline(PipelineId),
}

/// Where a claim holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere.
    All,
    /// In these environments only, in ascending order.
    In(Vec<EnvironmentId>),
}

impl Scope {
    /// Whether a claim with this scope holds in the environment.
    pub fn holds_in(&self, environment: EnvironmentId) -> bool {
        match self {
            Self::All => true,
            Self::In(environments) => environments.contains(&environment),
        }
    }
}

/// What is claimed: a value, or that there is none where it would have to stand. No claim at all is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// The value.
    Stated(Value),
    /// Looked for in every place where it would have to stand, and not there.
    Absent,
}

/// Which kind of source a claim comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// A file of a repository says so.
    Declared,
    /// Telemetry showed it.
    Observed,
    /// A drill or a test showed it.
    Rehearsed,
    /// plimsoll.yaml or a named assumption says so.
    Supposed,
}

impl Basis {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Observed => "observed",
            Self::Rehearsed => "rehearsed",
            Self::Supposed => "supposed",
        }
    }
}

/// Index into the evidence of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceId(pub u32);

/// How we know. A value that came through a template, overlay or interpolation keeps its chain in `via`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Which kind of source.
    pub basis: Basis,
    /// The place that states the value; `None` for a named assumption.
    pub at: Option<At>,
    /// The places through which it came, outermost last: overlay, template, variable.
    pub via: Vec<At>,
    /// What was seen there, in words; the assumption's name for an assumption.
    pub note: String,
}

/// One claim: subject, field, scope, content, evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// What it speaks of.
    pub subject: Subject,
    /// Which attribute.
    pub field: Field,
    /// Where it holds.
    pub scope: Scope,
    /// What is claimed.
    pub content: Content,
    /// How we know.
    pub evidence: EvidenceId,
}
