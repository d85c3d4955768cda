//! What the panel shows, as JSON inside the page: facts with their evidence, calls, interfaces, deployments, topics.
//!
//! Not here: the documented JSON form of the model; this one belongs to the page and its script alone.

use std::collections::BTreeMap;

use plimsoll_model::{
    Answer, Content, EnvironmentId, EvidenceId, Fact, Field, InterfaceId, OperationId, Scope, Subject, View,
};
use serde_json::{Value as Json, json};

use super::map::{Edge, spoken};
use crate::survey::outline::{Outline, built_with, product, runs};
use crate::words::{clean, place, place_of};

/// The page's data. Cost: linear in the model.
pub(crate) fn data(outline: &Outline<'_>, edges: &[Edge]) -> Json {
    let model = outline.model;
    let mut book = Book { outline, evidence: Vec::new(), known: BTreeMap::new() };
    let mut components: Vec<Json> = outline.components().map(|(id, row)| book.component(id, row)).collect();
    book.deployments(&mut components);
    book.interfaces(&mut components);
    let calls: Vec<Json> = (0..model.calls.len()).map(|index| book.call(index)).collect();
    let topics: Vec<Json> = (0..model.topics.len()).map(|index| book.topic(index)).collect();
    let edges: Vec<Json> = edges
        .iter()
        .map(|edge| {
            json!({
                "from": edge.from.0, "to": edge.to.0, "waits": edge.waits, "speaks": spoken(outline, edge),
                "calls": edge.calls.iter().map(|id| id.0).collect::<Vec<_>>(),
                "environments": indices(&edge.environments),
            })
        })
        .collect();
    json!({
        "environments": model.environments.iter().map(|row| clean(&row.id)).collect::<Vec<_>>(),
        "environment": outline.view.environment.map(|id| id.0),
        "components": components, "calls": calls, "edges": edges, "topics": topics, "evidence": book.evidence,
    })
}

fn indices(environments: &[EnvironmentId]) -> Vec<u32> {
    environments.iter().map(|id| id.0).collect()
}

/// Collects the evidence that the rows point at, each once.
struct Book<'o, 'm> {
    outline: &'o Outline<'m>,
    evidence: Vec<Json>,
    known: BTreeMap<EvidenceId, usize>,
}

impl<'m> Book<'_, 'm> {
    fn component(&mut self, id: plimsoll_model::ComponentId, row: &plimsoll_model::Component) -> Json {
        let aliases: Vec<Json> =
            row.aliases.iter().map(|alias| json!([clean(&alias.name), self.one(alias.evidence)])).collect();
        json!({
            "id": clean(&row.id), "kind": row.kind.word(), "built": built_with(row), "product": product(row),
            "owner": row.owner.as_deref().map(clean), "supports": row.support.map(plimsoll_model::Support::word),
            "aliases": aliases, "evidence": self.all(&row.evidence),
            "facts": self.facts(self.outline.view, Subject::Component(id)), "deployments": [], "interfaces": [],
        })
    }

    fn deployments(&mut self, components: &mut [Json]) {
        let model = self.outline.model;
        for (index, row) in model.deployments.iter().enumerate() {
            let subject = Subject::Deployment(plimsoll_model::DeploymentId(index as u32));
            let facts = self.facts(View::new(model, Some(row.environment)), subject);
            let copies = runs(&self.outline.elsewhere(row.environment), row.component).copies;
            let deployment = json!({
                "environment": row.environment.0, "copies": copies, "evidence": self.all(&row.evidence), "facts": facts,
            });
            push(&mut components[row.component.index()], "deployments", deployment);
        }
    }

    fn interfaces(&mut self, components: &mut [Json]) {
        let model = self.outline.model;
        let mut operations: BTreeMap<InterfaceId, Vec<Json>> = BTreeMap::new();
        for (index, row) in model.operations.iter().enumerate() {
            let subject = Subject::Operation(OperationId(index as u32));
            let name = match (&row.method, &row.path) {
                (Some(method), Some(path)) => format!("{} {}", clean(method), clean(path)),
                _ => clean(&row.name),
            };
            let operation = json!({ "name": name, "evidence": self.one(row.evidence), "facts": self.facts(self.outline.view, subject) });
            operations.entry(row.interface).or_default().push(operation);
        }
        for (index, row) in model.interfaces.iter().enumerate() {
            let Some(component) = row.component else { continue };
            let interface = json!({
                "kind": row.kind.word(), "name": clean(&row.name), "version": row.version.as_deref().map(clean),
                "operations": operations.remove(&InterfaceId(index as u32)).unwrap_or_default(),
                "evidence": self.all(&row.evidence),
            });
            push(&mut components[component.index()], "interfaces", interface);
        }
    }

    fn call(&mut self, index: usize) -> Json {
        let row = &self.outline.model.calls[index];
        let subject = Subject::Call(plimsoll_model::CallId(index as u32));
        json!({
            "from": row.from.0, "to": row.to.0, "protocol": row.protocol.word(), "waits": row.protocol.is_synchronous(),
            "environments": indices(&row.environments), "facts": self.facts(self.outline.view, subject),
            "evidence": self.all(&row.evidence),
        })
    }

    fn topic(&mut self, index: usize) -> Json {
        let row = &self.outline.model.topics[index];
        let subject = Subject::Topic(plimsoll_model::TopicId(index as u32));
        let ids = |ids: &[plimsoll_model::ComponentId]| ids.iter().map(|id| id.0).collect::<Vec<_>>();
        json!({
            "id": clean(&row.id), "broker": row.broker.map(|id| id.0), "producers": ids(&row.producers),
            "consumers": ids(&row.consumers), "users": ids(&row.users),
            "facts": self.facts(self.outline.view, subject), "evidence": self.all(&row.evidence),
        })
    }

    /// Each attribute that anybody spoke of: the claim that counts, then those that disagree.
    fn facts(&mut self, view: View<'m>, subject: Subject) -> Vec<Json> {
        let mut fields: Vec<Field> = view.model.facts_of(subject).iter().map(|fact| fact.field).collect();
        fields.dedup();
        let answers = fields.into_iter().map(|field| (field, view.ask(subject, field))).collect::<Vec<_>>();
        answers.iter().filter_map(|(field, answer)| self.answer(*field, answer)).collect()
    }

    fn answer(&mut self, field: Field, answer: &Answer<'m>) -> Option<Json> {
        let winner = self.claim(answer.winner?);
        let others: Vec<Json> = answer.others.iter().map(|fact| self.claim(fact)).collect();
        let drifts = answer.drift().next().is_some();
        Some(json!({
            "field": readable(field), "doc": field.doc(), "claim": winner, "others": others, "drifts": drifts,
        }))
    }

    fn claim(&mut self, fact: &Fact) -> Json {
        let value = match &fact.content {
            Content::Stated(value) => Some(clean(&value.to_string())),
            Content::Absent => None,
        };
        let environments = match &fact.scope {
            Scope::All => Vec::new(),
            Scope::In(environments) => indices(environments),
        };
        json!({ "value": value, "evidence": self.one(fact.evidence), "environments": environments })
    }

    fn all(&mut self, ids: &[EvidenceId]) -> Vec<usize> {
        ids.iter().map(|id| self.one(*id)).collect()
    }

    fn one(&mut self, id: EvidenceId) -> usize {
        if let Some(index) = self.known.get(&id) {
            return *index;
        }
        let model = self.outline.model;
        let row = model.evidence(id);
        let via: Vec<String> = row.via.iter().map(|at| place(&model.files, *at)).collect();
        let note = if row.at.is_some() { clean(&row.note) } else { String::new() };
        self.evidence.push(json!([row.basis.word(), place_of(model, row), note, via]));
        self.known.insert(id, self.evidence.len() - 1);
        self.evidence.len() - 1
    }
}

fn push(component: &mut Json, list: &str, row: Json) {
    if let Some(Json::Array(rows)) = component.get_mut(list) {
        rows.push(row);
    }
}

/// A field's JSON name as people read it; its unit stands with the value.
fn readable(field: Field) -> String {
    let name = field.json_name();
    let name = name.strip_suffix("_millicores").or(name.strip_suffix("_bytes")).unwrap_or(name);
    name.replace('_', " ")
}
