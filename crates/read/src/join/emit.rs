//! The model's rows: sorted, with ids, evidence and facts.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{
    Alias, Basis, Call, CallId, Component, ComponentId, Content, Deployment, DeploymentId, Environment, EnvironmentId,
    Evidence, EvidenceId, Fact, Field, Interface, InterfaceId, JourneyId, Loose, Model, ModelBuilder, Named, NotRead,
    Noun, Operation, OperationId, PipelineId, Problem, PromiseId, Scope, Subject, TeamId, Topic, TopicId, Value,
};

use super::code::Owners;
use super::default_variant::Choice;
use super::folders::Folders;
use super::identity::{Part, PartId, Parts};
use super::interfaces::Served;
use super::people::People;
use super::resolve::{Calls, LooseRow};
use super::settings;
use super::supposed;
use super::topics::TopicRow;
use crate::corpus::Corpus;
use crate::facts::{About, Facts, Origin, PipelineFact, VariantId, VariantKind};
use crate::plimsoll_yaml::lower::lower;

/// What the passes have found.
pub(super) struct Joined {
    pub(super) parts: Parts,
    pub(super) default: Option<Choice>,
    pub(super) folders: Folders,
    pub(super) calls: Calls,
    pub(super) interfaces: Vec<Served>,
    pub(super) topics: Vec<TopicRow>,
    pub(super) people: People,
    pub(super) owners: Owners,
}

/// Builds the model.
pub(super) fn emit(corpus: &Corpus, facts: Facts, joined: Joined) -> Model {
    let mut emitter = Emitter::new(corpus, &facts, &joined);
    emitter.environments();
    emitter.components();
    emitter.deployments();
    emitter.calls();
    emitter.interfaces();
    emitter.topics();
    emitter.teams();
    emitter.named();
    emitter.pipelines();
    emitter.objectives();
    emitter.claims();
    emitter.supposed_claims();
    emitter.behaviour();
    emitter.loose();
    emitter.rest();
    emitter.builder.seal()
}

struct Emitter<'j> {
    corpus: &'j Corpus,
    facts: &'j Facts,
    joined: &'j Joined,
    builder: ModelBuilder,
    /// Part → component, in the order of ids.
    component_of: BTreeMap<PartId, ComponentId>,
    order: Vec<PartId>,
    deployment_of: BTreeMap<(ComponentId, EnvironmentId), DeploymentId>,
    /// Variant → environment, for variants that run something.
    environment_of: BTreeMap<VariantId, EnvironmentId>,
    /// Names of plimsoll.yaml that lead nowhere.
    unresolved: Vec<Problem>,
}

impl<'j> Emitter<'j> {
    fn new(corpus: &'j Corpus, facts: &'j Facts, joined: &'j Joined) -> Self {
        let mut order: Vec<PartId> = joined.parts.ids().collect();
        order.sort_by(|a, b| joined.parts.get(*a).id.cmp(&joined.parts.get(*b).id));
        let component_of = order.iter().enumerate().map(|(index, part)| (*part, ComponentId(index as u32))).collect();
        let mut builder = ModelBuilder::default();
        builder.model.files = corpus.files().clone();
        let running: BTreeSet<VariantId> = facts.units.iter().map(|unit| unit.variant).collect();
        let environment_of =
            running.into_iter().enumerate().map(|(index, variant)| (variant, EnvironmentId(index as u32))).collect();
        Self {
            corpus,
            facts,
            joined,
            builder,
            component_of,
            order,
            deployment_of: BTreeMap::new(),
            environment_of,
            unresolved: Vec::new(),
        }
    }

    fn declared(&mut self, origin: &Origin, note: &str) -> EvidenceId {
        self.builder.evidence(Evidence {
            basis: Basis::Declared,
            at: Some(origin.at),
            via: origin.via.as_deref().unwrap_or_default().to_vec(),
            note: note.to_owned(),
        })
    }

    fn supposed(&mut self, origin: &Origin, note: &str) -> EvidenceId {
        self.builder.evidence(Evidence {
            basis: supposed::BASIS,
            at: Some(origin.at),
            via: origin.via.as_deref().unwrap_or_default().to_vec(),
            note: note.to_owned(),
        })
    }

    fn component(&self, part: PartId) -> ComponentId {
        self.component_of[&part]
    }

    fn environment(&self, variant: VariantId) -> EnvironmentId {
        self.environment_of[&variant]
    }

    fn environments(&mut self) {
        let stated = supposed::environments(self.facts);
        let mut ids = environment_names(self.facts, self.environment_of.keys().copied());
        for (id, variant) in ids.iter_mut().zip(self.environment_of.keys()) {
            id.clone_from(stated.get(variant).unwrap_or(&id.clone()));
        }
        for (id, variant_id) in ids.into_iter().zip(self.environment_of.keys()) {
            let variant = &self.facts.variants[variant_id.0];
            let parents = variant.bases.iter().filter_map(|base| {
                let same = |other: &crate::facts::Variant| other.folder == *base && other.source == variant.source;
                let index = self.facts.variants.iter().position(same)?;
                self.environment_of.get(&VariantId(index)).copied()
            });
            let chosen = self.joined.default.as_ref().filter(|choice| choice.variant == *variant_id);
            let parents = parents.collect();
            self.builder.model.environments.push(Environment {
                id,
                variant: variant.path.clone(),
                parents,
                default_because: chosen.map(|choice| choice.because.clone()),
            });
        }
        self.builder.model.default_environment =
            self.joined.default.as_ref().map(|choice| self.environment(choice.variant));
        self.supposed_environments();
    }

    /// Environments that plimsoll.yaml names and nothing here is rendered for: what it says of them holds all the same.
    fn supposed_environments(&mut self) {
        let (named, default) = supposed::unrendered(self.facts);
        for (name, parents) in named {
            if self.builder.model.find_environment(&name).is_none() {
                let parents = parents.iter().filter_map(|parent| self.builder.model.find_environment(parent)).collect();
                let row = Environment { id: name, variant: String::new(), parents, default_because: None };
                self.builder.model.environments.push(row);
            }
        }
        if let Some(id) = default.and_then(|default| self.builder.model.find_environment(&default)) {
            let rows = &mut self.builder.model.environments;
            rows.iter_mut().for_each(|row| row.default_because = None);
            rows[id.index()].default_because = Some(String::from("plimsoll.yaml names it"));
            self.builder.model.default_environment = Some(id);
        }
    }

    fn components(&mut self) {
        for part_id in self.order.clone() {
            let part = self.joined.parts.get(part_id);
            let evidence = self.component_evidence(part);
            let aliases = self.aliases(part);
            let owner = self.joined.people.owner.get(&part_id).and_then(|rows| rows.first()).map(|row| row.0.clone());
            self.builder.model.components.push(Component {
                id: part.id.clone(),
                kind: part.kind,
                technology: part.technology.clone(),
                language: part.language.clone(),
                owner,
                support: part.support,
                aliases,
                evidence,
            });
        }
    }

    fn component_evidence(&mut self, part: &Part) -> Vec<EvidenceId> {
        let mut evidence: Vec<EvidenceId> = Vec::new();
        let default = self.joined.default.as_ref().map(|choice| choice.variant);
        let mut units = part.units.clone();
        units.sort_by_key(|unit| (Some(self.facts.units[*unit].variant) != default, *unit));
        for unit in units {
            let unit = &self.facts.units[unit];
            let note = format!("{} `{}`", unit.form, unit.name);
            evidence.push(self.declared(&unit.origin, &note));
        }
        for (origin, note) in &part.origins {
            evidence.push(self.declared(origin, note));
        }
        for (origin, note) in &part.supposed {
            evidence.push(self.supposed(origin, note));
        }
        evidence.dedup();
        evidence
    }

    fn aliases(&mut self, part: &Part) -> Vec<Alias> {
        let mut names: Vec<_> = part.names.iter().filter(|name| name.spelled != part.id).collect();
        names.sort_by(|a, b| a.spelled.cmp(&b.spelled));
        let mut aliases = Vec::new();
        for name in names {
            let taken = self.joined.parts.ids().any(|other| {
                let other = self.joined.parts.get(other);
                !std::ptr::eq(other, part) && super::plain(&other.id) == super::plain(&name.spelled)
            });
            if !taken {
                let evidence = self.declared(&name.origin, &name.note);
                aliases.push(Alias { name: name.spelled.clone(), evidence });
            }
        }
        aliases
    }

    fn deployments(&mut self) {
        let mut rows: BTreeMap<(ComponentId, EnvironmentId), Vec<EvidenceId>> = BTreeMap::new();
        for (index, unit) in self.facts.units.iter().enumerate() {
            let key = (self.component(self.joined.parts.of_unit[index]), self.environment(unit.variant));
            let evidence = self.declared(&unit.origin, &format!("{} `{}`", unit.form, unit.name));
            rows.entry(key).or_default().push(evidence);
        }
        self.supposed_deployments(&mut rows);
        for (index, ((component, environment), evidence)) in rows.into_iter().enumerate() {
            self.deployment_of.insert((component, environment), DeploymentId(index as u32));
            self.builder.model.deployments.push(Deployment { component, environment, evidence });
        }
    }

    /// Where nothing is rendered for an environment, plimsoll.yaml says what runs there.
    fn supposed_deployments(&mut self, rows: &mut BTreeMap<(ComponentId, EnvironmentId), Vec<EvidenceId>>) {
        let Some(system) = supposed::of(self.facts).and_then(|said| said.system.as_ref()) else { return };
        let rendered: BTreeSet<EnvironmentId> = self.environment_of.values().copied().collect();
        let count = self.builder.model.environments.len() as u32;
        for environment in (0..count).map(EnvironmentId).filter(|id| !rendered.contains(id)) {
            let name = self.builder.model.environment(environment).id.clone();
            for component in system.components.iter() {
                let Some(part) = self.joined.parts.named(&component.name).first().copied() else { continue };
                let own = component.value.environments.iter().find(|here| here.name == name);
                let at = match own {
                    Some(here) => here.at,
                    None if supposed::says_how(&component.value.here) => component.at,
                    None => continue,
                };
                let evidence = self.supposed(&Origin::at(at), "plimsoll.yaml says how it runs");
                rows.entry((self.component(part), environment)).or_default().push(evidence);
            }
        }
    }

    fn calls(&mut self) {
        let mut rows: Vec<_> = self.joined.calls.rows.iter().collect();
        rows.sort_by_key(|row| (self.component(row.from), self.component(row.to), row.protocol));
        let units = settings::units_of(&self.joined.parts);
        for (index, row) in rows.into_iter().enumerate() {
            let own = units.get(&row.from).map_or(&[][..], Vec::as_slice);
            for (field, value, name, origin, variant) in settings::of(self.facts, &self.joined.parts, own, row) {
                let evidence = self.declared(&origin, &format!("`{name}` says so"));
                self.builder.fact(Fact {
                    subject: Subject::Call(CallId(index as u32)),
                    field,
                    scope: Scope::In(vec![self.environment(variant)]),
                    content: Content::Stated(value),
                    evidence,
                });
            }
            let everywhere = row.variants.contains(&None);
            let environments = row.variants.iter().flatten().map(|variant| self.environment(*variant));
            let environments = if everywhere { Vec::new() } else { environments.collect() };
            let mut listed = row.evidence.clone();
            let default = self.joined.default.as_ref().map(|choice| choice.variant);
            let in_default = |origin: &Origin| {
                default.is_some_and(|variant| self.facts.variants[variant.0].files.contains(&origin.at.file))
            };
            listed.sort_by_key(|(origin, _)| (!in_default(origin), origin.at));
            let mut evidence: Vec<EvidenceId> =
                listed.iter().map(|(origin, note)| self.declared(origin, note)).collect();
            evidence.extend(row.supposed.iter().map(|(origin, note)| self.supposed(origin, note)).collect::<Vec<_>>());
            evidence.dedup();
            for (field, value, origin) in &row.claims {
                let evidence = self.supposed(origin, "plimsoll.yaml says so");
                let content = supposed::stated(value);
                let subject = Subject::Call(CallId(index as u32));
                self.builder.fact(Fact { subject, field: *field, scope: Scope::All, content, evidence });
            }
            for (field, content, origin, note) in super::code::settled(&row.seen) {
                let evidence = self.declared(origin, note);
                let subject = Subject::Call(CallId(index as u32));
                let content = content.clone();
                self.builder.fact(Fact { subject, field: *field, scope: Scope::All, content, evidence });
            }
            if let (Some(first), Some(certainty)) =
                (evidence.first(), row.certainty.filter(|_| row.supposed.is_empty()))
            {
                self.builder.fact(Fact {
                    subject: Subject::Call(CallId(index as u32)),
                    field: Field::Certainty,
                    scope: Scope::All,
                    content: Content::Stated(Value::Text(certainty.word().to_owned())),
                    evidence: *first,
                });
            }
            if let (Some(first), false) = (evidence.first(), row.keys.is_empty()) {
                let keys = row.keys.iter().cloned().map(Value::Text).collect();
                self.builder.fact(Fact {
                    subject: Subject::Call(CallId(index as u32)),
                    field: Field::NamedBy,
                    scope: Scope::All,
                    content: Content::Stated(Value::List(keys)),
                    evidence: *first,
                });
            }
            self.builder.model.calls.push(Call {
                from: self.component(row.from),
                to: self.component(row.to),
                protocol: row.protocol,
                from_operation: None,
                to_operation: None,
                environments,
                evidence,
            });
        }
    }

    fn interfaces(&mut self) {
        let mut rows: Vec<&Served> = self.joined.interfaces.iter().collect();
        rows.sort_by_key(|row| {
            (row.component.map(|part| self.component(part)), row.described.kind, row.described.name.clone())
        });
        for (index, row) in rows.into_iter().enumerate() {
            let id = InterfaceId(index as u32);
            let note = if row.note.is_empty() {
                String::from("nobody could be found who serves it")
            } else {
                row.note.clone()
            };
            let evidence = row.origins.iter().map(|origin| self.declared(origin, &note)).collect();
            for operation in &row.described.operations {
                let evidence = self.declared(&operation.origin, &operation.name);
                let operation_id = OperationId(self.builder.model.operations.len() as u32);
                for (field, content) in &operation.claims {
                    self.builder.fact(Fact {
                        subject: Subject::Operation(operation_id),
                        field: *field,
                        scope: Scope::All,
                        content: content.clone(),
                        evidence,
                    });
                }
                self.builder.model.operations.push(Operation {
                    interface: id,
                    name: operation.name.clone(),
                    method: operation.method.clone(),
                    path: operation.path.clone(),
                    evidence,
                });
            }
            self.builder.model.interfaces.push(Interface {
                component: row.component.map(|part| self.component(part)),
                kind: row.described.kind,
                name: row.described.name.clone(),
                version: row.described.version.clone(),
                evidence,
            });
        }
    }

    fn topics(&mut self) {
        for row in &self.joined.topics {
            let ids = |parts: &BTreeSet<PartId>| {
                let mut ids: Vec<ComponentId> = parts.iter().map(|part| self.component_of[part]).collect();
                ids.sort();
                ids
            };
            let (producers, consumers, users) = (ids(&row.producers), ids(&row.consumers), ids(&row.users));
            let mut evidence: Vec<EvidenceId> =
                row.evidence.iter().map(|(origin, note)| self.declared(origin, note)).collect();
            evidence.extend(row.supposed.iter().map(|(origin, note)| self.supposed(origin, note)).collect::<Vec<_>>());
            self.builder.model.topics.push(Topic {
                id: row.name.clone(),
                aliases: Vec::new(),
                broker: row.broker.map(|part| self.component(part)),
                producers,
                consumers,
                users,
                evidence,
            });
        }
    }

    fn teams(&mut self) {
        for (name, origins) in &self.joined.people.teams {
            let mut evidence: Vec<EvidenceId> =
                origins.iter().map(|origin| self.declared(origin, "names the team")).collect();
            evidence.sort();
            evidence.dedup();
            self.builder.model.teams.push(Named { id: name.clone(), evidence });
        }
    }

    /// Journeys, promises, teams, scenarios and goals of plimsoll.yaml; the system's name.
    fn named(&mut self) {
        let Some(said) = supposed::of(self.facts) else { return };
        self.builder.model.configuration_errors = said.errors;
        let Some(system) = &said.system else { return };
        self.builder.model.system = system.system.as_ref().map(|name| name.value.name.clone());
        let mut rows = |places: Vec<(String, plimsoll_model::At)>| -> Vec<Named> {
            let row = |(id, at): (String, plimsoll_model::At)| {
                let evidence = vec![self.supposed(&Origin::at(at), "plimsoll.yaml says so")];
                Named { id, evidence }
            };
            places.into_iter().map(row).collect()
        };
        let journeys = rows(system.journeys.0.iter().map(|each| (each.name.clone(), each.at)).collect());
        let promises = rows(system.promises.0.iter().map(|each| (each.name.clone(), each.at)).collect());
        let faults = rows(system.scenarios.0.iter().map(|each| (each.name.clone(), each.at)).collect());
        let goals = rows(system.goals.0.iter().map(|each| (each.name.clone(), each.at)).collect());
        let teams = rows(system.teams.0.iter().map(|each| (each.name.clone(), each.at)).collect());
        let model = &mut self.builder.model;
        (model.journeys, model.promises, model.faults, model.goals) = (journeys, promises, faults, goals);
        for team in teams {
            if !model.teams.iter().any(|known| known.id == team.id) {
                model.teams.push(team);
            }
        }
    }

    /// Pipelines by name, with what their files say.
    fn pipelines(&mut self) {
        let mut rows: Vec<&PipelineFact> = self.facts.pipelines.iter().collect();
        rows.sort_by(|a, b| (&a.name, a.origin.at).cmp(&(&b.name, b.origin.at)));
        let several = self.corpus.files().sources().len() > 1;
        for row in rows {
            let id = match several {
                true if self.facts.pipelines.iter().filter(|other| other.name == row.name).count() > 1 => {
                    format!("{}:{}", self.corpus.files().source(row.origin.at.file), row.name)
                }
                _ => row.name.clone(),
            };
            let subject = Subject::Pipeline(PipelineId(self.builder.model.pipelines.len() as u32));
            for (field, content, note, origin) in &row.claims {
                let evidence = self.declared(origin, note);
                let content = content.clone();
                self.builder.fact(Fact { subject, field: *field, scope: Scope::All, content, evidence });
            }
            let evidence = vec![self.declared(&row.origin, "its file")];
            self.builder.model.pipelines.push(Named { id, evidence });
        }
    }

    /// Objectives and alerts, with the components that their names lead to.
    fn objectives(&mut self) {
        let mut service_of: BTreeMap<&str, &str> = BTreeMap::new();
        for objective in &self.facts.objectives {
            service_of.insert(&objective.name, &objective.service);
            let evidence = self.declared(&objective.origin, "OpenSLO");
            let targets: Vec<&str> = objective.targets.iter().map(String::as_str).collect();
            let said = format!("{} {}", objective.name, targets.join(" ")).trim_end().to_owned();
            self.component_row(&objective.service, Field::Objective, said, evidence);
        }
        for alert in &self.facts.alerts {
            let evidence = self.declared(&alert.origin, "an alert");
            let field = if alert.burns { Field::BurnAlert } else { Field::Alert };
            let guarded = alert.objective.as_deref().and_then(|name| service_of.get(name).copied());
            let about: BTreeSet<&str> = alert.about.iter().map(String::as_str).chain(guarded).collect();
            for name in about {
                self.component_row(name, field, alert.name.clone(), evidence);
            }
        }
    }

    /// A stated text of the one component of that name; of none or several, nothing is claimed.
    fn component_row(&mut self, name: &str, field: Field, said: String, evidence: EvidenceId) {
        if let [part] = self.joined.parts.named(name)[..] {
            let subject = Subject::Component(self.component(part));
            let content = Content::Stated(Value::Text(said));
            self.builder.fact(Fact { subject, field, scope: Scope::All, content, evidence });
        }
    }

    /// Variables of units whose value was taken out as a credential.
    fn plain_secrets(&mut self) {
        for (index, unit) in self.facts.units.iter().enumerate() {
            let part = self.joined.parts.of_unit[index];
            let environment = self.environment(unit.variant);
            let key = (self.component(part), environment);
            let Some(deployment) = self.deployment_of.get(&key).copied() else { continue };
            let variables = unit.containers.iter().flat_map(|container| &container.environment);
            for variable in variables.filter(|variable| variable.plain_secret) {
                let evidence = self.declared(&variable.origin, "a credential in plain text");
                self.builder.fact(Fact {
                    subject: Subject::Deployment(deployment),
                    field: Field::PlainSecret,
                    scope: Scope::In(vec![environment]),
                    content: Content::Stated(Value::Text(variable.name.clone())),
                    evidence,
                });
            }
        }
    }

    /// What plimsoll.yaml claims, beside what is declared.
    fn supposed_claims(&mut self) {
        let Some(said) = supposed::of(self.facts) else { return };
        for row in &said.claims {
            let About::Name(name) = &row.claim.of else { continue };
            let evidence = self.supposed(&row.claim.origin, &row.claim.note);
            let environment = row.environment.as_ref().and_then(|name| self.builder.model.find_environment(name));
            if row.environment.is_some() && environment.is_none() {
                continue;
            }
            let scope = environment.map_or(Scope::All, |environment| Scope::In(vec![environment]));
            for subject in self.subjects(row.claim.field, name, environment) {
                let content = row.claim.content.clone();
                self.builder.fact(Fact { subject, field: row.claim.field, scope: scope.clone(), content, evidence });
            }
        }
    }

    /// What plimsoll.yaml says of how the backend behaves. Names that lead nowhere are errors of the configuration.
    fn behaviour(&mut self) {
        let Some(system) = supposed::of(self.facts).and_then(|said| said.system.as_ref()) else { return };
        let (parts, component_of) = (&self.joined.parts, &self.component_of);
        let named = |name: &str| match parts.named(name)[..] {
            [part] => Some(component_of[&part]),
            _ => None,
        };
        self.unresolved = lower(system, &mut self.builder, &named);
        self.builder.model.configuration_errors += self.unresolved.len();
    }

    /// What a name of plimsoll.yaml is, by the noun of the field that is claimed.
    fn subjects(&self, field: Field, name: &str, environment: Option<EnvironmentId>) -> Vec<Subject> {
        let model = &self.builder.model;
        let index = |rows: &[Named]| rows.iter().position(|row| row.id == name).map(|index| index as u32);
        match field.noun() {
            Noun::Component => {
                self.joined.parts.named(name).iter().map(|part| Subject::Component(self.component(*part))).collect()
            }
            Noun::Deployment => {
                let parts: Vec<ComponentId> =
                    self.joined.parts.named(name).iter().map(|part| self.component(*part)).collect();
                let here = |key: &(ComponentId, EnvironmentId)| {
                    parts.contains(&key.0) && environment.is_none_or(|environment| environment == key.1)
                };
                self.deployment_of.iter().filter(|(key, _)| here(key)).map(|(_, id)| Subject::Deployment(*id)).collect()
            }
            Noun::Journey => index(&model.journeys).map(|i| Subject::Journey(JourneyId(i))).into_iter().collect(),
            Noun::Promise => index(&model.promises).map(|i| Subject::Promise(PromiseId(i))).into_iter().collect(),
            Noun::Topic => {
                let found = model.topics.iter().position(|topic| topic.id == name);
                found.map(|i| Subject::Topic(TopicId(i as u32))).into_iter().collect()
            }
            Noun::Team => index(&model.teams).map(|i| Subject::Team(TeamId(i))).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn claims(&mut self) {
        for claim in &self.facts.claims {
            let About::Unit(unit) = &claim.of else { continue };
            let part = self.joined.parts.of_unit[*unit];
            let environment = self.environment(self.facts.units[*unit].variant);
            let key = (self.component(part), environment);
            let Some(deployment) = self.deployment_of.get(&key).copied() else { continue };
            let evidence = self.declared(&claim.origin, &claim.note);
            self.builder.fact(Fact {
                subject: Subject::Deployment(deployment),
                field: claim.field,
                scope: Scope::In(vec![environment]),
                content: claim.content.clone(),
                evidence,
            });
        }
        self.plain_secrets();
        self.component_facts();
    }

    fn component_facts(&mut self) {
        for part_id in self.order.clone() {
            let subject = Subject::Component(self.component(part_id));
            let mut facts: Vec<(Field, Value, EvidenceId)> = Vec::new();
            let own: Vec<(u32, String, String, Origin)> = self
                .joined
                .folders
                .of(part_id)
                .map(|(source, folder, tie)| (source, folder.to_owned(), tie.note.clone(), tie.origin.clone()))
                .collect();
            for (source, folder, note, origin) in own {
                let evidence = self.declared(&origin, &note);
                let shown = if self.corpus.files().sources().len() > 1 {
                    format!("{}:{folder}", self.corpus.files().sources()[source as usize])
                } else {
                    folder
                };
                facts.push((Field::SourceFolder, Value::Text(shown), evidence));
            }
            if let Some(build) = self.joined.folders.build_of(self.facts, part_id)
                && let Some(language) = &build.language
            {
                let evidence = self.declared(&build.origin, "the build shows the language");
                facts.push((Field::Language, Value::Text(language.clone()), evidence));
            }
            for (text, note, origin) in super::code::guards(self.facts, &self.joined.owners, part_id) {
                let evidence = self.declared(origin, note);
                facts.push((Field::Protection, Value::Text(text.clone()), evidence));
            }
            for (owner, note, origin) in self.joined.people.owner.get(&part_id).cloned().unwrap_or_default() {
                let evidence = self.declared(&origin, &note);
                facts.push((Field::Owner, Value::Text(owner), evidence));
            }
            for index in self.joined.people.entity.get(&part_id).cloned().unwrap_or_default() {
                let entity = &self.facts.entities[index];
                if let Some(description) = &entity.description {
                    let evidence = self.declared(&entity.origin, "the catalogue's description");
                    facts.push((Field::Description, Value::Text(description.clone()), evidence));
                }
                for (field, value, origin) in &entity.details {
                    let evidence = self.declared(origin, "the catalogue says so");
                    facts.push((*field, value.clone(), evidence));
                }
            }
            for (field, value, evidence) in facts {
                let content = Content::Stated(value);
                self.builder.fact(Fact { subject, field, scope: Scope::All, content, evidence });
            }
        }
    }

    fn loose(&mut self) {
        let joined: Vec<LooseRow> = self.joined.calls.loose.iter().chain(&self.joined.people.loose).cloned().collect();
        let mut rows: Vec<Loose> = Vec::new();
        for row in joined {
            let evidence = vec![self.declared(&row.origin, &row.message)];
            rows.push(Loose {
                kind: row.kind,
                component: row.by.map(|part| self.component(part)),
                name: row.name,
                message: row.message,
                candidates: row.candidates,
                evidence,
            });
        }
        for row in &self.facts.loose {
            let by = match &row.by {
                Some(About::Unit(unit)) => Some(self.component(self.joined.parts.of_unit[*unit])),
                _ => None,
            };
            let evidence = vec![self.declared(&row.origin, &row.message)];
            rows.push(Loose {
                kind: row.kind,
                component: by,
                name: row.name.clone(),
                message: row.message.clone(),
                candidates: Vec::new(),
                evidence,
            });
        }
        rows.sort();
        rows.dedup();
        self.builder.model.loose = rows;
    }

    fn rest(&mut self) {
        let model = &mut self.builder.model;
        model.problems = self.facts.problems.clone();
        model.problems.append(&mut self.unresolved);
        model.problems.sort();
        model.problems.dedup();
        model.not_read = self
            .facts
            .not_read
            .iter()
            .map(|skipped| NotRead {
                kind: skipped.kind.clone(),
                path: self.corpus.files().display(skipped.file),
                reason: skipped.reason.clone(),
            })
            .collect();
    }
}

/// Short names of environments: the last folder of an overlay, the file of a compose project; the whole path where two
/// would be called the same.
fn environment_names(facts: &Facts, variants: impl Iterator<Item = VariantId>) -> Vec<String> {
    let variants: Vec<&crate::facts::Variant> = variants.map(|variant| &facts.variants[variant.0]).collect();
    let short: Vec<String> = variants
        .iter()
        .map(|variant| match variant.kind {
            VariantKind::Kustomize => variant.folder.rsplit('/').next().unwrap_or_default().to_owned(),
            VariantKind::Helm => crate::helm::short_name(&variant.folder),
            VariantKind::Manifests | VariantKind::Compose => variant.path.clone(),
        })
        .collect();
    let unique = |name: &String| !name.is_empty() && short.iter().filter(|other| *other == name).count() == 1;
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut names = Vec::new();
    for (index, name) in short.iter().enumerate() {
        let path = &variants[index].path;
        let base = if unique(name) {
            name.clone()
        } else if path.is_empty() {
            String::from("root")
        } else {
            path.clone()
        };
        let mut id = base.clone();
        let mut number = 2;
        while !taken.insert(id.clone()) {
            id = format!("{base}-{number}");
            number += 1;
        }
        names.push(id);
    }
    names
}
