//! What is there, gone or different, told by names: ids and lines of the two models have nothing to do with each other.
//!
//! Not here: how operations behave; a journey tells of that by what it holds.

use std::collections::BTreeMap;

use plimsoll_model::{
    Call, CallId, Content, EvidenceId, Field, JourneyId, Model, Named, Noun as Speaks, OperationId, PromiseId, Subject,
    View,
};

/// Whether something came, went or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is in the head alone.
    Added,
    /// It is in the base alone.
    Removed,
    /// It is in both and differs.
    Changed,
}

impl Kind {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// Something that runs or is called.
    Component,
    /// Who calls whom: the name is `orders → stock (grpc)`.
    Call,
    /// What can be asked: the name is `orders grpc PlaceOrder`.
    Operation,
    /// A queue, stream or subject.
    Topic,
    /// How a component runs.
    Deployment,
    /// What users come for.
    Journey,
    /// What is promised.
    Promise,
}

impl Noun {
    /// Its word, for one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Call => "flow",
            Self::Operation => "operation",
            Self::Topic => "topic",
            Self::Deployment => "deployment",
            Self::Journey => "journey",
            Self::Promise => "promise",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether it came, went or changed.
    pub kind: Kind,
    /// What.
    pub noun: Noun,
    /// Its name.
    pub name: String,
    /// Which attribute changed, by its JSON name; `None` where the whole came or went.
    pub field: Option<&'static str>,
    /// What the base says; `None` is unknown.
    pub from: Option<String>,
    /// What the head says; `None` is unknown.
    pub to: Option<String>,
    /// Where, in the base.
    pub in_base: Option<EvidenceId>,
    /// Where, in the head.
    pub in_head: Option<EvidenceId>,
}

/// An attribute's value with where it is stated.
type Stated = (String, Option<EvidenceId>);

/// Something with a name, as one side has it.
struct Row {
    attributes: BTreeMap<&'static str, Stated>,
    evidence: Option<EvidenceId>,
}

/// Everything that two models say differently. Cost: one look at each attribute of each row.
pub(crate) fn between(base: View<'_>, head: View<'_>) -> Vec<Change> {
    let mut out = Vec::new();
    type Rows = fn(View<'_>) -> BTreeMap<String, Row>;
    let kinds: [(Noun, Rows); 7] = [
        (Noun::Component, components),
        (Noun::Call, calls),
        (Noun::Operation, operations),
        (Noun::Topic, topics),
        (Noun::Deployment, deployments),
        (Noun::Journey, journeys),
        (Noun::Promise, promises),
    ];
    for (noun, rows) in kinds {
        compare(noun, &rows(base), &rows(head), &mut out);
    }
    out
}

fn compare(noun: Noun, base: &BTreeMap<String, Row>, head: &BTreeMap<String, Row>, out: &mut Vec<Change>) {
    let whole = |kind, name: &String, in_base, in_head| Change {
        kind,
        noun,
        name: name.clone(),
        field: None,
        from: None,
        to: None,
        in_base,
        in_head,
    };
    for (name, row) in head {
        match base.get(name) {
            None => out.push(whole(Kind::Added, name, None, row.evidence)),
            Some(before) => out.extend(differences(noun, name, before, row)),
        }
    }
    let gone = base.iter().filter(|(name, _)| !head.contains_key(*name));
    out.extend(gone.map(|(name, row)| whole(Kind::Removed, name, row.evidence, None)));
}

fn differences(noun: Noun, name: &str, base: &Row, head: &Row) -> Vec<Change> {
    let fields: std::collections::BTreeSet<&'static str> =
        base.attributes.keys().chain(head.attributes.keys()).copied().collect();
    let differs = |field: &&'static str| {
        let text = |row: &Row| row.attributes.get(field).map(|(text, _)| text.clone());
        text(base) != text(head)
    };
    let change = |field: &'static str| {
        let (before, after) = (base.attributes.get(field), head.attributes.get(field));
        Change {
            kind: Kind::Changed,
            noun,
            name: name.to_owned(),
            field: Some(field),
            from: before.map(|(text, _)| text.clone()),
            to: after.map(|(text, _)| text.clone()),
            in_base: before.and_then(|(_, evidence)| *evidence),
            in_head: after.and_then(|(_, evidence)| *evidence),
        }
    };
    fields.into_iter().filter(differs).map(change).collect()
}

/// What the view says of a subject's attributes: the claim that wins, or all rows where there may be several.
fn attributes(view: View<'_>, subject: Subject, of: Speaks) -> BTreeMap<&'static str, Stated> {
    let mut out = BTreeMap::new();
    if view.model.facts_of(subject).is_empty() {
        return out;
    }
    // Where the source lies is how we know, not what the system is.
    let told = |field: &Field| field.noun() == of && *field != Field::SourceFolder;
    for field in Field::ALL.iter().copied().filter(told) {
        if field.has_several() {
            let mut rows: Vec<(String, EvidenceId)> =
                view.each(subject, field).map(|(value, evidence)| (value.to_string(), evidence)).collect();
            rows.sort();
            rows.dedup_by(|a, b| a.0 == b.0);
            if let Some((_, evidence)) = rows.first().cloned() {
                let texts: Vec<String> = rows.into_iter().map(|(text, _)| text).collect();
                out.insert(field.json_name(), (texts.join("; "), Some(evidence)));
            }
        } else if let Some(winner) = view.ask(subject, field).winner {
            let text = match &winner.content {
                Content::Stated(value) => value.to_string(),
                Content::Absent => String::from("none"),
            };
            out.insert(field.json_name(), (text, Some(winner.evidence)));
        }
    }
    out
}

fn here(view: View<'_>, call: &Call) -> bool {
    let stated = &call.environments;
    stated.is_empty() || view.environment.is_none_or(|environment| stated.contains(&environment))
}

fn components(view: View<'_>) -> BTreeMap<String, Row> {
    let rows = view.model.components.iter().enumerate();
    rows.map(|(index, component)| {
        let subject = Subject::Component(plimsoll_model::ComponentId(index as u32));
        let mut attributes = attributes(view, subject, Speaks::Component);
        let evidence = component.evidence.first().copied();
        let mut add = |name, text: Option<&str>| {
            if let Some(text) = text {
                attributes.entry(name).or_insert_with(|| (text.to_owned(), evidence));
            }
        };
        add("kind", Some(component.kind.word()));
        add("technology", component.technology.as_deref());
        add("language", component.language.as_deref());
        add("owner", component.owner.as_deref());
        (component.id.clone(), Row { attributes, evidence })
    })
    .collect()
}

/// A call as a review names it.
pub(crate) fn call_name(model: &Model, call: &Call) -> String {
    let name = |id| model.component(id).id.as_str();
    format!("{} → {} ({})", name(call.from), name(call.to), call.protocol.word())
}

fn calls(view: View<'_>) -> BTreeMap<String, Row> {
    let made = view.model.call_ids().filter(|(_, call)| here(view, call));
    made.map(|(id, call): (CallId, &Call)| {
        let attributes = attributes(view, Subject::Call(id), Speaks::Call);
        (call_name(view.model, call), Row { attributes, evidence: call.evidence.first().copied() })
    })
    .collect()
}

fn operations(view: View<'_>) -> BTreeMap<String, Row> {
    let model = view.model;
    let rows = model.operations.iter().enumerate();
    rows.map(|(index, operation)| {
        let interface = &model.interfaces[operation.interface.index()];
        let of = interface.component.map_or(interface.name.as_str(), |id| model.component(id).id.as_str());
        let name = match (&operation.method, &operation.path) {
            (Some(method), Some(path)) => format!("{of} {method} {path}"),
            _ => format!("{of} {}", operation.name),
        };
        let subject = Subject::Operation(OperationId(index as u32));
        (name, Row { attributes: attributes(view, subject, Speaks::Operation), evidence: Some(operation.evidence) })
    })
    .collect()
}

fn topics(view: View<'_>) -> BTreeMap<String, Row> {
    let model = view.model;
    let rows = model.topics.iter().enumerate();
    rows.map(|(index, topic)| {
        let subject = Subject::Topic(plimsoll_model::TopicId(index as u32));
        let mut attributes = attributes(view, subject, Speaks::Topic);
        let evidence = topic.evidence.first().copied();
        for (name, who) in [("producers", &topic.producers), ("consumers", &topic.consumers)] {
            let names: Vec<&str> = who.iter().map(|id| model.component(*id).id.as_str()).collect();
            if !names.is_empty() {
                attributes.insert(name, (names.join(", "), evidence));
            }
        }
        (topic.id.clone(), Row { attributes, evidence })
    })
    .collect()
}

fn deployments(view: View<'_>) -> BTreeMap<String, Row> {
    let model = view.model;
    let rows = model.deployments.iter().enumerate();
    rows.filter(|(_, row)| Some(row.environment) == view.environment)
        .map(|(index, row)| {
            let subject = Subject::Deployment(plimsoll_model::DeploymentId(index as u32));
            let attributes = attributes(view, subject, Speaks::Deployment);
            (model.component(row.component).id.clone(), Row { attributes, evidence: row.evidence.first().copied() })
        })
        .collect()
}

fn journeys(view: View<'_>) -> BTreeMap<String, Row> {
    named(view, &view.model.journeys, |index| Subject::Journey(JourneyId(index)), Speaks::Journey)
}

fn promises(view: View<'_>) -> BTreeMap<String, Row> {
    named(view, &view.model.promises, |index| Subject::Promise(PromiseId(index)), Speaks::Promise)
}

/// Rows of which nothing but their attributes is told.
fn named(view: View<'_>, rows: &[Named], subject: fn(u32) -> Subject, of: Speaks) -> BTreeMap<String, Row> {
    let row = |(index, named): (usize, &Named)| {
        let attributes = attributes(view, subject(index as u32), of);
        (named.id.clone(), Row { attributes, evidence: named.evidence.first().copied() })
    };
    rows.iter().enumerate().map(row).collect()
}
