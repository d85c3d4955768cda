//! What plimsoll.yaml says, laid beside what the repositories declare.
//!
//! It names the system, the default environment and other names of components; it adds components and calls that no
//! file shows; and what it claims stands beside the declared claims, so that the model's policy decides.

use std::collections::BTreeMap;

use plimsoll_model::{Basis, ComponentKind, Content, Field, Protocol, Value};

use super::default_variant::{Choice, runs};
use super::identity::{Part, PartId, PartName, Parts};
use super::products;
use super::resolve::{CallRow, Calls};
use super::topics::TopicRow;
use crate::corpus::normal;
use crate::facts::{Facts, Origin, VariantId};
use crate::plimsoll_yaml::component::Here;
use crate::plimsoll_yaml::system::Environment;
use crate::plimsoll_yaml::{How, Supposed};

/// The one plimsoll.yaml that counts.
pub(super) fn of(facts: &Facts) -> Option<&Supposed> {
    facts.supposed.first()
}

/// The variant that each environment of plimsoll.yaml is rendered from.
pub(super) fn environments(facts: &Facts) -> BTreeMap<VariantId, String> {
    let mut out = BTreeMap::new();
    let Some(environments) = of(facts).and_then(|s| s.system.as_ref()?.environments.as_ref()) else { return out };
    for environment in &environments.value.each.0 {
        for from in &environment.value.from {
            let Some(path) = normal(&from.value.text) else { continue };
            let found = facts.variants.iter().position(|variant| variant.folder == path);
            if let Some(index) = found.filter(|index| runs(facts, VariantId(*index))) {
                out.entry(VariantId(index)).or_insert_with(|| environment.name.clone());
            }
        }
    }
    out
}

/// The default environment, where plimsoll.yaml names one that is rendered from something here.
pub(super) fn default(facts: &Facts) -> Option<Choice> {
    let system = of(facts)?.system.as_ref()?;
    let name = &system.environments.as_ref()?.value.default.as_ref()?.value;
    let environments = environments(facts);
    let variant =
        environments.iter().find(|(_, each)| each.as_str() == name.name.as_str()).map(|(variant, _)| *variant)?;
    Some(Choice { variant, because: String::from("plimsoll.yaml names it") })
}

/// Environments that plimsoll.yaml names, each with its parents, and which is the default where that one is rendered from
/// nothing. Those that are rendered from something here are among them.
pub(super) fn unrendered(facts: &Facts) -> (Vec<(String, Vec<String>)>, Option<String>) {
    let environments = of(facts).and_then(|said| said.system.as_ref()?.environments.as_ref());
    let Some(environments) = environments.map(|placed| &placed.value) else { return (Vec::new(), None) };
    let parents = |environment: &Environment| environment.parents.iter().map(|p| p.value.name.clone()).collect();
    let named = environments.each.iter().map(|each| (each.name.clone(), parents(&each.value))).collect();
    let default = environments.default.as_ref().map(|name| name.value.name.as_str());
    // One that is rendered from something which is not part of the survey leaves the choice to the rules.
    let default = default.filter(|name| environments.each.get(name).is_some_and(|each| each.from.is_empty()));
    (named, default.map(str::to_owned))
}

/// Whether anything is said of how a component runs, and not only of what it is or does.
pub(super) fn says_how(here: &Here) -> bool {
    here.replicas.is_some() || !here.zones.is_empty() || here.serves.is_some() || here.cores.is_some()
}

/// Adds components and names that plimsoll.yaml states.
pub(super) fn declare(facts: &Facts, parts: &mut Parts) {
    let Some(system) = of(facts).and_then(|supposed| supposed.system.as_ref()) else { return };
    for component in &system.components.0 {
        let origin = Origin::at(component.at);
        let part = find_or_add(parts, &component.name, &origin);
        let row = &mut parts.all[part.0];
        if let Some(technology) = &component.value.technology {
            row.stated_technology = Some(technology.value.name.clone());
        }
        row.stated_kind = component.value.kind.as_ref().map(|kind| kind.value.0).or(row.stated_kind);
        row.supposed.push((origin, String::from("plimsoll.yaml describes it")));
    }
    for named in &system.names.0 {
        let part = find_or_add(parts, &named.name, &Origin::at(named.at));
        for other in &named.value {
            let name = PartName {
                spelled: other.value.name.clone(),
                note: String::from("plimsoll.yaml says so"),
                origin: other.origin.clone(),
            };
            parts.all[part.0].names.push(name);
        }
        parts.index();
    }
}

fn find_or_add(parts: &mut Parts, name: &str, origin: &Origin) -> PartId {
    if let Some(part) = parts.named(name).first() {
        return *part;
    }
    let mut part = Part::new(name.to_owned(), ComponentKind::Service);
    part.supposed.push((origin.clone(), String::from("plimsoll.yaml names it")));
    parts.all.push(part);
    parts.index();
    PartId(parts.all.len() - 1)
}

/// Adds the calls that the steps of operations make.
pub(super) fn calls(facts: &Facts, parts: &Parts, calls: &mut Calls) {
    let Some(supposed) = of(facts) else { return };
    for call in &supposed.calls {
        let ends = (parts.named(&call.from), parts.named(&call.to));
        let ([from], [to]) = (&ends.0[..], &ends.1[..]) else { continue };
        let note = match call.how {
            How::Call => "plimsoll.yaml: a step calls it",
            How::Query => "plimsoll.yaml: a step asks it",
            How::Cache => "plimsoll.yaml: a step looks into it",
            How::Pool => "plimsoll.yaml: a pool leads to it",
        };
        add(calls, parts, *from, *to, (call.origin.clone(), note.to_owned()), &call.claims);
    }
    for message in &supposed.messages {
        let broker = broker(facts, parts, &message.topic);
        if let ([component], Some(broker)) = (&parts.named(&message.component)[..], broker) {
            let note = String::from(if message.sends {
                "plimsoll.yaml: a step publishes"
            } else {
                "plimsoll.yaml: it consumes"
            });
            add(calls, parts, *component, broker, (message.origin.clone(), note), &[]);
        }
    }
}

/// Adds topics that steps publish to or take from, and those that are described.
pub(super) fn topics(facts: &Facts, parts: &Parts, rows: &mut Vec<TopicRow>) {
    let Some(supposed) = of(facts) else { return };
    let described = supposed.system.iter().flat_map(|system| system.topics.iter());
    for named in described {
        let note = String::from("plimsoll.yaml describes it");
        topic(facts, parts, rows, &named.name).supposed.push((Origin::at(named.at), note));
    }
    for message in &supposed.messages {
        let note = format!(
            "plimsoll.yaml: `{}` {} it",
            message.operation,
            if message.sends { "publishes to" } else { "takes from" }
        );
        let row = topic(facts, parts, rows, &message.topic);
        row.supposed.push((message.origin.clone(), note));
        if let [part] = parts.named(&message.component)[..] {
            if message.sends { &mut row.producers } else { &mut row.consumers }.insert(part);
            row.users.remove(&part);
        }
    }
    rows.sort_by(|a, b| a.name.cmp(&b.name));
}

fn topic<'r>(facts: &Facts, parts: &Parts, rows: &'r mut Vec<TopicRow>, name: &str) -> &'r mut TopicRow {
    let index = rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
        rows.push(TopicRow::new(name.to_owned(), broker(facts, parts, name)));
        rows.len() - 1
    });
    &mut rows[index]
}

/// What carries a topic: as stated, else the system's only broker.
fn broker(facts: &Facts, parts: &Parts, topic: &str) -> Option<PartId> {
    let system = of(facts)?.system.as_ref()?;
    let stated = system.topics.0.iter().find(|each| each.name == topic).and_then(|each| each.value.broker.as_ref());
    if let Some(broker) = stated {
        return parts.named(&broker.value.name).first().copied();
    }
    let brokers: Vec<PartId> = parts.ids().filter(|id| parts.get(*id).kind == ComponentKind::Broker).collect();
    match brokers[..] {
        [broker] => Some(broker),
        _ => None,
    }
}

fn add(
    calls: &mut Calls,
    parts: &Parts,
    from: PartId,
    to: PartId,
    evidence: (Origin, String),
    claims: &[(Field, Value, Origin)],
) {
    if from == to {
        return;
    }
    let index = match calls.rows.iter().position(|row| row.from == from && row.to == to) {
        Some(index) => index,
        None => {
            let product = parts.get(to).technology.as_deref().and_then(products::named);
            let protocol = product.map_or(Protocol::Http, |product| product.protocol);
            calls.rows.push(CallRow::new(from, to, protocol, product.is_some()));
            calls.rows.len() - 1
        }
    };
    let row = &mut calls.rows[index];
    row.supposed.push(evidence);
    row.claims.extend(claims.iter().cloned());
}

/// A claim of plimsoll.yaml as the model's content.
pub(super) const BASIS: Basis = Basis::Supposed;

/// The content of a supposed value.
pub(super) fn stated(value: &Value) -> Content {
    Content::Stated(value.clone())
}
