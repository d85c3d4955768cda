//! Drift: claims of one attribute that disagree in the chosen environment.
//!
//! An overlay that narrows what its base says is not drift, since that is what overlays are for; two files, or two
//! kinds of source, that speak of the same place and differ are.

use std::collections::BTreeSet;

use plimsoll_model::{Content, Fact, Field, Scope, Subject};

use super::Outline;
use crate::words::{clean, place_of};

/// One attribute on which claims disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drift {
    pub(crate) subject: String,
    pub(crate) field: &'static str,
    /// What wins, and where it stands.
    pub(crate) winner: (String, String),
    /// What disagrees, and where it stands.
    pub(crate) others: Vec<(String, String)>,
}

/// Every drift, in the order of the model. Cost: one question per attribute that anybody spoke of.
pub(crate) fn drift(outline: &Outline<'_>) -> Vec<Drift> {
    let asked: BTreeSet<(Subject, Field)> = outline.model.facts.iter().map(|fact| (fact.subject, fact.field)).collect();
    let one_value = asked.into_iter().filter(|(subject, field)| !field.has_several() && is_here(outline, *subject));
    one_value.filter_map(|key| one(outline, key)).collect()
}

/// Deployments in other environments are shown when those are chosen.
fn is_here(outline: &Outline<'_>, subject: Subject) -> bool {
    match subject {
        Subject::Deployment(id) => {
            outline.view.environment.is_none_or(|e| outline.model.deployments[id.index()].environment == e)
        }
        _ => true,
    }
}

fn one(outline: &Outline<'_>, (subject, field): (Subject, Field)) -> Option<Drift> {
    let answer = outline.view.ask(subject, field);
    let winner = answer.winner?;
    let narrowed = |fact: &Fact| {
        let basis = |fact: &Fact| outline.model.evidence(fact.evidence).basis;
        basis(fact) == basis(winner) && winner.scope != Scope::All && fact.scope == Scope::All
    };
    let mut others: Vec<(String, String)> =
        answer.drift().filter(|fact| !narrowed(fact)).map(|fact| said(outline, fact)).collect();
    others.dedup();
    let subject = subject_name(outline, subject);
    (!others.is_empty()).then(|| Drift { subject, field: field.json_name(), winner: said(outline, winner), others })
}

fn said(outline: &Outline<'_>, fact: &Fact) -> (String, String) {
    let value = match &fact.content {
        Content::Stated(value) => clean(&value.to_string()),
        Content::Absent => "none".to_owned(),
    };
    (value, place_of(outline.model, outline.model.evidence(fact.evidence)))
}

/// What a claim speaks of, as people name it.
pub(crate) fn subject_name(outline: &Outline<'_>, subject: Subject) -> String {
    let model = outline.model;
    let named = |rows: &[plimsoll_model::Named], index: usize| clean(&rows[index].id);
    match subject {
        Subject::Component(id) => outline.name(id),
        Subject::Deployment(id) => outline.name(model.deployments[id.index()].component),
        Subject::Call(id) => {
            let call = &model.calls[id.index()];
            format!("{} {} {}", outline.name(call.from), super::arrow(call.protocol), outline.name(call.to))
        }
        Subject::Topic(id) => clean(&model.topics[id.index()].id),
        Subject::Interface(id) => clean(&model.interfaces[id.index()].name),
        Subject::Operation(id) => clean(&model.operations[id.index()].name),
        Subject::Journey(id) => named(&model.journeys, id.index()),
        Subject::Promise(id) => named(&model.promises, id.index()),
        Subject::Team(id) => named(&model.teams, id.index()),
        Subject::Pipeline(id) => named(&model.pipelines, id.index()),
    }
}
