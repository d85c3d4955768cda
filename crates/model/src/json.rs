//! The documented JSON form, `plimsoll-model/1`: fixed field names that scripts rely on. It changes only by addition.
//!
//! Not here: text, Markdown and HTML (crate `report`).
//! Always: the same model gives the same bytes; component, environment and topic references are their ids.

use serde::Serialize;

use crate::behaviour::told::Told;
use crate::claim::{Content, EvidenceId, Fact, Scope, Subject};
use crate::field::Field;
use crate::graph::Model;
use crate::noun::{Component, ComponentId, EnvironmentId};
use crate::place::At;
use crate::value::{Probe, Value};

/// The name and version of the form.
pub const FORMAT: &str = "plimsoll-model/1";

/// A whole model.
#[derive(Debug, Serialize)]
pub struct ModelJson {
    /// Always [`FORMAT`].
    pub format: &'static str,
    /// The system's name, where one is stated.
    pub system: Option<String>,
    /// Names of the sources.
    pub sources: Vec<String>,
    /// How many files were read.
    pub files_read: usize,
    /// The environment that is meant when none is named.
    pub default_environment: Option<String>,
    /// Where it runs.
    pub environments: Vec<EnvironmentJson>,
    /// What runs or is called.
    pub components: Vec<ComponentJson>,
    /// What only supports the system: monitoring, platform, tests. Not part of `components`.
    pub supporting: Vec<ComponentJson>,
    /// Who calls whom.
    pub calls: Vec<CallJson>,
    /// Calls to supporting components: telemetry, and theirs to the system.
    pub supporting_calls: Vec<CallJson>,
    /// Queues, streams and subjects.
    pub topics: Vec<TopicJson>,
    /// Descriptions of operations.
    pub interfaces: Vec<InterfaceJson>,
    /// Interfaces that no component could be found for.
    pub unmatched_interfaces: Vec<InterfaceJson>,
    /// How components run.
    pub deployments: Vec<DeploymentJson>,
    /// What users come for.
    pub journeys: Vec<NamedJson>,
    /// What is promised.
    pub promises: Vec<NamedJson>,
    /// Who answers for parts.
    pub teams: Vec<NamedJson>,
    /// How it behaves, as far as somebody says it.
    pub behaviour: serde_json::Value,
    /// Names that did not join.
    pub loose: Vec<LooseJson>,
    /// Every claim.
    pub facts: Vec<FactJson>,
    /// What was not read.
    pub not_read: Vec<NotReadJson>,
    /// What could not be used.
    pub problems: Vec<ProblemJson>,
}

/// A place where the system runs.
#[derive(Debug, Serialize)]
pub struct EnvironmentJson {
    /// Its name.
    pub id: String,
    /// What it is rendered from.
    pub variant: String,
    /// Whether it is meant when none is named.
    pub default: bool,
    /// Why it is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Environments that it builds on.
    pub parents: Vec<String>,
}

/// A component.
#[derive(Debug, Serialize)]
pub struct ComponentJson {
    /// Slug, unique in the system.
    pub id: String,
    /// `service`, `store`, `cache`, `broker`, `job`, `gateway`, `frontend` or `external`.
    pub kind: &'static str,
    /// Which product or framework.
    pub technology: Option<String>,
    /// The language of its source.
    pub language: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What a supporting component does: `monitoring`, `platform`, `testing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports: Option<&'static str>,
    /// All other names.
    pub aliases: Vec<String>,
    /// How the other names are known, in the order of `aliases`.
    pub alias_evidence: Vec<EvidenceJson>,
    /// How we know of it.
    pub evidence: Vec<EvidenceJson>,
}

/// A call.
#[derive(Debug, Serialize)]
pub struct CallJson {
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// What is spoken.
    pub protocol: &'static str,
    /// Whether the caller waits for an answer.
    pub synchronous: bool,
    /// The environment that the evidence speaks of: the default one where the call is made there; null for all.
    pub environment: Option<String>,
    /// Every environment in which it is made; empty for all.
    pub environments: Vec<String>,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// A queue, stream or subject.
#[derive(Debug, Serialize)]
pub struct TopicJson {
    /// Its name.
    pub id: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// What carries it.
    pub broker: Option<String>,
    /// Who sends to it.
    pub producers: Vec<String>,
    /// Who receives from it.
    pub consumers: Vec<String>,
    /// Who names it without saying in which direction.
    pub users: Vec<String>,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// A description of operations.
#[derive(Debug, Serialize)]
pub struct InterfaceJson {
    /// Who serves it; null where nobody could be found.
    pub component: Option<String>,
    /// `grpc`, `openapi`, `http`, `asyncapi`, `graphql` or `thrift`.
    pub kind: &'static str,
    /// The proto service, the API's title.
    pub name: String,
    /// The version that it states.
    pub version: Option<String>,
    /// What can be asked.
    pub operations: Vec<OperationJson>,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// One thing that can be asked.
#[derive(Debug, Serialize)]
pub struct OperationJson {
    /// The name.
    pub name: String,
    /// The HTTP method.
    pub method: Option<String>,
    /// The path template.
    pub path: Option<String>,
    /// Where it is declared.
    pub evidence: Vec<EvidenceJson>,
}

/// How a component runs in one environment.
#[derive(Debug, Serialize)]
pub struct DeploymentJson {
    /// What runs.
    pub component: String,
    /// Where.
    pub environment: String,
    /// Copies; null where not stated.
    pub replicas: Option<u64>,
    /// CPU set aside for one copy.
    pub cpu_request_millicores: Option<u64>,
    /// CPU that one copy may use.
    pub cpu_limit_millicores: Option<u64>,
    /// Memory set aside for one copy.
    pub memory_request_bytes: Option<u64>,
    /// Memory at which one copy is killed.
    pub memory_limit_bytes: Option<u64>,
    /// Asked whether to restart.
    pub liveness: Option<ProbeJson>,
    /// Asked whether traffic may come.
    pub readiness: Option<ProbeJson>,
    /// Asked until it has started.
    pub startup: Option<ProbeJson>,
    /// Who changes the number of copies.
    pub autoscaler: Option<AutoscalerJson>,
    /// The image.
    pub image: Option<String>,
    /// The kind of workload.
    pub workload: Option<String>,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// A health probe.
#[derive(Debug, Serialize)]
pub struct ProbeJson {
    /// `http`, `grpc`, `tcp` or `exec`.
    pub kind: &'static str,
    /// The port, a number where it is one.
    pub port: Option<PortJson>,
    /// The path, service or command.
    pub path: Option<String>,
}

/// A port by number or by name.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum PortJson {
    /// By number.
    Number(u64),
    /// By name.
    Name(String),
}

/// An autoscaler.
#[derive(Debug, Serialize)]
pub struct AutoscalerJson {
    /// The smallest number of copies.
    pub min: Option<u64>,
    /// The largest number of copies.
    pub max: Option<u64>,
    /// What it looks at.
    pub metrics: Vec<String>,
}

/// A noun that is a name with facts.
#[derive(Debug, Serialize)]
pub struct NamedJson {
    /// Its name.
    pub id: String,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// A name that did not join.
#[derive(Debug, Serialize)]
pub struct LooseJson {
    /// `dangling_host`, `dangling_port`, `dangling_selector`, `dangling_reference`, `ambiguous` or `unmatched`.
    pub kind: &'static str,
    /// Who uses it.
    pub component: Option<String>,
    /// As it is spelled.
    pub name: String,
    /// What is meant.
    pub message: String,
    /// Who could be meant.
    pub candidates: Vec<String>,
    /// How we know.
    pub evidence: Vec<EvidenceJson>,
}

/// One claim.
#[derive(Debug, Serialize)]
pub struct FactJson {
    /// The kind of noun and its id, such as `component/orders` or `deployment/orders@production`.
    pub subject: String,
    /// The attribute.
    pub field: &'static str,
    /// Where it holds; empty for everywhere.
    pub environments: Vec<String>,
    /// The value; null with `absent: true` where it was looked for and is not there.
    pub value: Option<ValueJson>,
    /// Looked for and not there.
    pub absent: bool,
    /// How we know.
    pub evidence: EvidenceJson,
}

/// A value in its field's unit.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ValueJson {
    /// Yes or no.
    Flag(bool),
    /// In the field's unit.
    Number(u64),
    /// Words.
    Text(String),
    /// A probe.
    Probe(ProbeJson),
    /// Several.
    List(Vec<ValueJson>),
}

/// How we know.
#[derive(Debug, Serialize)]
pub struct EvidenceJson {
    /// `declared`, `observed`, `rehearsed` or `supposed`.
    pub source: &'static str,
    /// The file; null for a named assumption.
    pub path: Option<String>,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
    /// The column, from 1; 0 for the whole line.
    pub column: u32,
    /// What was seen there.
    pub note: String,
    /// The places through which the value came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<PlaceJson>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
pub struct PlaceJson {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A file that was not read.
#[derive(Debug, Serialize)]
pub struct NotReadJson {
    /// The kind of file.
    pub kind: String,
    /// Its path.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Something that could not be used.
#[derive(Debug, Serialize)]
pub struct ProblemJson {
    /// Where.
    pub place: PlaceJson,
    /// What, why and what to do.
    pub message: String,
}

impl ModelJson {
    /// The JSON form of a model. Cost: linear in its size.
    pub fn of(model: &Model) -> Self {
        let form = Form { model };
        let (own, supporting): (Vec<_>, Vec<_>) = model.components.iter().partition(|c| c.support.is_none());
        let supports = |id: ComponentId| model.component(id).support.is_some();
        let (calls, supporting_calls): (Vec<_>, Vec<_>) =
            model.calls.iter().partition(|call| !supports(call.from) && !supports(call.to));
        let (interfaces, unmatched): (Vec<_>, Vec<_>) =
            (0..model.interfaces.len()).partition(|index| model.interfaces[*index].component.is_some());
        Self {
            format: FORMAT,
            system: model.system.clone(),
            sources: model.files.sources().to_vec(),
            files_read: model.files_read,
            default_environment: model.default_environment.map(|e| form.environment(e)),
            environments: form.environments(),
            components: own.into_iter().map(|c| form.component(c)).collect(),
            supporting: supporting.into_iter().map(|c| form.component(c)).collect(),
            calls: calls.into_iter().map(|c| form.call(c)).collect(),
            supporting_calls: supporting_calls.into_iter().map(|c| form.call(c)).collect(),
            topics: form.topics(),
            interfaces: interfaces.into_iter().map(|i| form.interface(i)).collect(),
            unmatched_interfaces: unmatched.into_iter().map(|i| form.interface(i)).collect(),
            deployments: form.deployments(),
            journeys: form.named(&model.journeys),
            promises: form.named(&model.promises),
            teams: form.named(&model.teams),
            behaviour: model.behaviour.told(model).unwrap_or_default(),
            loose: form.loose(),
            facts: model.facts.iter().map(|fact| form.fact(fact)).collect(),
            not_read: model
                .not_read
                .iter()
                .map(|n| NotReadJson { kind: n.kind.clone(), path: n.path.clone(), reason: n.reason.clone() })
                .collect(),
            problems: model
                .problems
                .iter()
                .map(|p| ProblemJson { place: form.place(p.at), message: p.message.clone() })
                .collect(),
        }
    }
}

/// The JSON form of an evidence.
pub(crate) fn evidence_json(model: &Model, id: EvidenceId) -> EvidenceJson {
    let evidence = model.evidence(id);
    EvidenceJson {
        source: evidence.basis.word(),
        path: evidence.at.map(|at| model.files.display(at.file)),
        line: evidence.at.map_or(0, |at| at.line),
        column: evidence.at.map_or(0, |at| at.column),
        note: evidence.note.clone(),
        via: evidence.via.iter().map(|at| place_json(model, *at)).collect(),
    }
}

fn place_json(model: &Model, at: At) -> PlaceJson {
    PlaceJson { path: model.files.display(at.file), line: at.line, column: at.column }
}

struct Form<'m> {
    model: &'m Model,
}

impl Form<'_> {
    fn id(&self, id: ComponentId) -> String {
        self.model.component(id).id.clone()
    }

    fn ids(&self, ids: &[ComponentId]) -> Vec<String> {
        ids.iter().map(|id| self.id(*id)).collect()
    }

    fn environment(&self, id: EnvironmentId) -> String {
        self.model.environment(id).id.clone()
    }

    fn environment_ids(&self, ids: &[EnvironmentId]) -> Vec<String> {
        ids.iter().map(|id| self.environment(*id)).collect()
    }

    fn place(&self, at: At) -> PlaceJson {
        place_json(self.model, at)
    }

    fn evidence_one(&self, id: EvidenceId) -> EvidenceJson {
        evidence_json(self.model, id)
    }

    fn evidence(&self, ids: &[EvidenceId]) -> Vec<EvidenceJson> {
        ids.iter().map(|id| self.evidence_one(*id)).collect()
    }

    fn environments(&self) -> Vec<EnvironmentJson> {
        let row = |(index, environment): (usize, &crate::noun::Environment)| EnvironmentJson {
            id: environment.id.clone(),
            variant: environment.variant.clone(),
            default: self.model.default_environment == Some(EnvironmentId(index as u32)),
            because: environment.default_because.clone(),
            parents: self.environment_ids(&environment.parents),
        };
        self.model.environments.iter().enumerate().map(row).collect()
    }

    fn component(&self, component: &Component) -> ComponentJson {
        ComponentJson {
            id: component.id.clone(),
            kind: component.kind.word(),
            technology: component.technology.clone(),
            language: component.language.clone(),
            owner: component.owner.clone(),
            supports: component.support.map(crate::noun::Support::word),
            aliases: component.aliases.iter().map(|alias| alias.name.clone()).collect(),
            alias_evidence: component.aliases.iter().map(|alias| self.evidence_one(alias.evidence)).collect(),
            evidence: self.evidence(&component.evidence),
        }
    }

    fn call(&self, call: &crate::noun::Call) -> CallJson {
        let shown = match self.model.default_environment {
            Some(default) if call.environments.contains(&default) => Some(default),
            _ => call.environments.first().copied(),
        };
        CallJson {
            from: self.id(call.from),
            to: self.id(call.to),
            protocol: call.protocol.word(),
            synchronous: call.protocol.is_synchronous(),
            environment: shown.map(|e| self.environment(e)),
            environments: self.environment_ids(&call.environments),
            evidence: self.evidence(&call.evidence),
        }
    }

    fn topics(&self) -> Vec<TopicJson> {
        let row = |topic: &crate::noun::Topic| TopicJson {
            id: topic.id.clone(),
            aliases: topic.aliases.iter().map(|alias| alias.name.clone()).collect(),
            broker: topic.broker.map(|id| self.id(id)),
            producers: self.ids(&topic.producers),
            consumers: self.ids(&topic.consumers),
            users: self.ids(&topic.users),
            evidence: self.evidence(&topic.evidence),
        };
        self.model.topics.iter().map(row).collect()
    }

    fn interface(&self, index: usize) -> InterfaceJson {
        let interface = &self.model.interfaces[index];
        let operation = |operation: &crate::noun::Operation| OperationJson {
            name: operation.name.clone(),
            method: operation.method.clone(),
            path: operation.path.clone(),
            evidence: self.evidence(&[operation.evidence]),
        };
        let own = self.model.operations.iter().filter(|o| o.interface.index() == index);
        InterfaceJson {
            component: interface.component.map(|id| self.id(id)),
            kind: interface.kind.word(),
            name: interface.name.clone(),
            version: interface.version.clone(),
            operations: own.map(operation).collect(),
            evidence: self.evidence(&interface.evidence),
        }
    }

    fn deployments(&self) -> Vec<DeploymentJson> {
        let row = |deployment: &crate::noun::Deployment| {
            let view = self.model.in_environment(deployment.environment);
            let ask = |field| view.deployment(deployment.component, field);
            let count = |field| ask(field).count();
            let text = |field| match ask(field).value() {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
            let probe = |field| match ask(field).value() {
                Some(Value::Probe(probe)) => Some(probe_json(probe)),
                _ => None,
            };
            let metrics = match ask(Field::ScalerMetrics).value() {
                Some(Value::List(values)) => values.iter().map(ToString::to_string).collect(),
                _ => Vec::new(),
            };
            let (min, max) = (count(Field::ScalerMin), count(Field::ScalerMax));
            DeploymentJson {
                component: self.id(deployment.component),
                environment: self.environment(deployment.environment),
                replicas: count(Field::Replicas),
                cpu_request_millicores: count(Field::CpuRequest),
                cpu_limit_millicores: count(Field::CpuLimit),
                memory_request_bytes: count(Field::MemoryRequest),
                memory_limit_bytes: count(Field::MemoryLimit),
                liveness: probe(Field::Liveness),
                readiness: probe(Field::Readiness),
                startup: probe(Field::Startup),
                autoscaler: (min.is_some() || max.is_some()).then_some(AutoscalerJson { min, max, metrics }),
                image: text(Field::Image),
                workload: text(Field::Workload),
                evidence: self.evidence(&deployment.evidence),
            }
        };
        self.model.deployments.iter().map(row).collect()
    }

    fn named(&self, rows: &[crate::noun::Named]) -> Vec<NamedJson> {
        rows.iter().map(|row| NamedJson { id: row.id.clone(), evidence: self.evidence(&row.evidence) }).collect()
    }

    fn loose(&self) -> Vec<LooseJson> {
        let row = |loose: &crate::noun::Loose| LooseJson {
            kind: loose.kind.word(),
            component: loose.component.map(|id| self.id(id)),
            name: loose.name.clone(),
            message: loose.message.clone(),
            candidates: loose.candidates.clone(),
            evidence: self.evidence(&loose.evidence),
        };
        self.model.loose.iter().map(row).collect()
    }

    fn fact(&self, fact: &Fact) -> FactJson {
        let (value, absent) = match &fact.content {
            Content::Stated(value) => (Some(value_json(value)), false),
            Content::Absent => (None, true),
        };
        FactJson {
            subject: self.subject(fact.subject),
            field: fact.field.json_name(),
            environments: match &fact.scope {
                Scope::All => Vec::new(),
                Scope::In(environments) => self.environment_ids(environments),
            },
            value,
            absent,
            evidence: self.evidence_one(fact.evidence),
        }
    }

    fn subject(&self, subject: Subject) -> String {
        let m = self.model;
        match subject {
            Subject::Component(id) => format!("component/{}", self.id(id)),
            Subject::Deployment(id) => {
                let row = &m.deployments[id.index()];
                format!("deployment/{}@{}", self.id(row.component), self.environment(row.environment))
            }
            Subject::Call(id) => {
                let row = &m.calls[id.index()];
                format!("call/{}->{}:{}", self.id(row.from), self.id(row.to), row.protocol.word())
            }
            Subject::Topic(id) => format!("topic/{}", m.topics[id.index()].id),
            Subject::Interface(id) => format!("interface/{}", m.interfaces[id.index()].name),
            Subject::Operation(id) => format!("operation/{}", m.operations[id.index()].name),
            Subject::Journey(id) => format!("journey/{}", m.journeys[id.index()].id),
            Subject::Promise(id) => format!("promise/{}", m.promises[id.index()].id),
            Subject::Team(id) => format!("team/{}", m.teams[id.index()].id),
            Subject::Pipeline(id) => format!("pipeline/{}", m.pipelines[id.index()].id),
        }
    }
}

fn probe_json(probe: &Probe) -> ProbeJson {
    let port = |port: &String| match port.parse() {
        Ok(number) => PortJson::Number(number),
        Err(_) => PortJson::Name(port.clone()),
    };
    ProbeJson { kind: probe.kind.word(), port: probe.port.as_ref().map(port), path: probe.path.clone() }
}

fn value_json(value: &Value) -> ValueJson {
    match value {
        Value::Flag(flag) => ValueJson::Flag(*flag),
        Value::Count(n)
        | Value::Millicores(n)
        | Value::Bytes(n)
        | Value::Nanos(n)
        | Value::MilliPerSecond(n)
        | Value::PartsPerMillion(n) => ValueJson::Number(*n),
        Value::Text(text) => ValueJson::Text(text.clone()),
        Value::Probe(probe) => ValueJson::Probe(probe_json(probe)),
        Value::List(values) => ValueJson::List(values.iter().map(value_json).collect()),
    }
}
