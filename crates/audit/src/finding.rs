//! What a rule says of one subject: a breach with its evidence, or the fact that is missing.

use plimsoll_model::behaviour::WorkId;
use plimsoll_model::{CallId, ComponentId, EvidenceId, JourneyId, Loose, Model, OperationId, TopicId};

use crate::fingerprint;
use crate::rule::{Rule, Severity};

/// Of what a rule speaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// A component.
    Component(ComponentId),
    /// A call.
    Call(CallId),
    /// The messages that the caller takes from a broker: the call, named in the direction in which they flow.
    Delivery(CallId),
    /// What a component can be asked, as plimsoll.yaml describes it.
    Work(WorkId),
    /// One component's asking of another's operation.
    Asked {
        /// Who asks.
        by: ComponentId,
        /// What.
        work: WorkId,
    },
    /// A topic.
    Topic(TopicId),
    /// What a component can be asked.
    Operation(OperationId),
    /// Something that the model has no id for: a name that leads nowhere, a pipeline.
    Named(String),
}

impl Of {
    /// A name that did not join, with whoever uses it: `orders → payments`.
    pub fn loose(model: &Model, loose: &Loose) -> Self {
        let user = loose.component.map_or_else(String::new, |id| format!("{} → ", model.component(id).id));
        Self::Named(format!("{user}{}", loose.name))
    }

    /// The subject as people read it and as waivers and baselines name it. Holds no place and no line, so that it stays
    /// the same while files move.
    pub fn name(&self, model: &Model) -> String {
        match self {
            Self::Component(id) => model.component(*id).id.clone(),
            Self::Call(id) => {
                let call = &model.calls[id.index()];
                format!("{} → {}", model.component(call.from).id, model.component(call.to).id)
            }
            Self::Delivery(id) => {
                let call = &model.calls[id.index()];
                format!("{} → {}", model.component(call.to).id, model.component(call.from).id)
            }
            Self::Work(id) => {
                let work = model.behaviour.work(*id);
                format!("{} {}", model.component(work.component).id, work.name)
            }
            Self::Asked { by, work } => {
                format!("{} → {}", model.component(*by).id, model.behaviour.work_name(*work, model))
            }
            Self::Topic(id) => model.topics[id.index()].id.clone(),
            Self::Operation(id) => {
                let operation = &model.operations[id.index()];
                let component = model.interfaces[operation.interface.index()].component;
                let of = component.map_or("nobody", |component| model.component(component).id.as_str());
                match (&operation.method, &operation.path) {
                    (Some(method), Some(path)) => format!("{of} {method} {path}"),
                    _ => format!("{of} {}", operation.name),
                }
            }
            Self::Named(name) => name.clone(),
        }
    }
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It counts.
    Open,
    /// Somebody answers for it until a day.
    Waived {
        /// Why.
        because: String,
        /// Who answers for it.
        owner: String,
        /// Up to which day inclusive.
        until: String,
    },
    /// Somebody answered for it until a day that has passed: it counts again.
    WaiverExpired {
        /// Up to which day it was waived.
        until: String,
    },
    /// Known debt.
    Debt,
}

/// A breach of a rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How grave it is here.
    pub severity: Severity,
    /// Of what it speaks.
    pub of: Of,
    /// The subject's name.
    pub subject: String,
    /// What is wrong, in a clause that follows the subject: `has no readiness probe`.
    pub says: String,
    /// How we know: the main place first, then the others that it rests on.
    pub evidence: Vec<EvidenceId>,
    /// Journeys that it puts at risk.
    pub at_risk: Vec<JourneyId>,
    /// Who answers for the subject.
    pub owner: Option<String>,
    /// The same for the same rule and subject, whatever moved.
    pub fingerprint: String,
    /// Whether it counts.
    pub state: State,
}

impl Finding {
    /// Whether it counts against the gate.
    pub fn counts(&self) -> bool {
        matches!(self.state, State::Open | State::WaiverExpired { .. })
    }
}

/// What could not be judged.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The rule.
    pub rule: &'static Rule,
    /// The subject's name.
    pub subject: String,
    /// The fact that would settle it.
    pub settled_by: String,
}

/// One cause is one finding: those of the same rule and subject become one with all their places.
pub(crate) fn fold(findings: &mut Vec<Finding>) {
    let mut folded: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut known = std::collections::BTreeMap::new();
    for finding in findings.drain(..) {
        match known.get(&finding.fingerprint) {
            Some(index) => {
                let first: &mut Finding = &mut folded[*index];
                first.severity = first.severity.max(finding.severity);
                for evidence in finding.evidence {
                    if !first.evidence.contains(&evidence) {
                        first.evidence.push(evidence);
                    }
                }
            }
            None => {
                known.insert(finding.fingerprint.clone(), folded.len());
                folded.push(finding);
            }
        }
    }
    *findings = folded;
}

/// The fingerprint of a rule and a subject.
pub(crate) fn fingerprint_of(rule: &Rule, subject: &str) -> String {
    fingerprint::of(&[rule.id, subject])
}
