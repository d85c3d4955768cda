//! How a component runs in the chosen environment, in the few words that fit a column.
//!
//! Three answers everywhere: a value, `none` where it was looked for and is not there, `?` where nobody looked.

use plimsoll_model::{Answer, ComponentId, ComponentKind, Field, Value};

use super::Outline;
use crate::words::clean;

/// Whether a component runs in the chosen environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A file says how it runs here.
    Here,
    /// It runs in other environments only.
    Elsewhere,
    /// Somebody else runs it.
    NotOurs,
    /// No file says how it runs.
    Unknown,
}

/// The columns of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runs {
    pub(crate) copies: String,
    pub(crate) cpu: String,
    pub(crate) memory: String,
    pub(crate) probes: String,
    pub(crate) scaler: String,
}

/// Whether the component runs here.
pub(crate) fn presence(outline: &Outline<'_>, id: ComponentId) -> Presence {
    let here = outline.view.environment.and_then(|environment| outline.model.deployment(id, environment));
    if here.is_some() {
        Presence::Here
    } else if outline.runs_somewhere(id) {
        Presence::Elsewhere
    } else if outline.model.component(id).kind == ComponentKind::External {
        Presence::NotOurs
    } else {
        Presence::Unknown
    }
}

/// How the component runs here.
pub(crate) fn runs(outline: &Outline<'_>, id: ComponentId) -> Runs {
    let ask = |field| outline.view.deployment(id, field);
    Runs {
        copies: one(&ask(Field::Replicas)),
        cpu: pair(&ask(Field::CpuRequest), &ask(Field::CpuLimit)),
        memory: pair(&ask(Field::MemoryRequest), &ask(Field::MemoryLimit)),
        probes: probes(&[
            ("live", ask(Field::Liveness)),
            ("ready", ask(Field::Readiness)),
            ("start", ask(Field::Startup)),
        ]),
        scaler: scaler(&ask(Field::ScalerMin), &ask(Field::ScalerMax), &ask(Field::ScalerMetrics)),
    }
}

/// One answer as a word.
pub(crate) fn one(answer: &Answer<'_>) -> String {
    match answer.value() {
        Some(value) => clean(&value.to_string()),
        None if answer.is_absent() => "none".to_owned(),
        None => "?".to_owned(),
    }
}

/// What is set aside and what may be used at most, the unit once where both share it.
fn pair(request: &Answer<'_>, limit: &Answer<'_>) -> String {
    let (request, limit) = (one(request), one(limit));
    if request == limit {
        return request;
    }
    match (request.rsplit_once(' '), limit.rsplit_once(' ')) {
        (Some((low, unit)), Some((_, same))) if unit == same => format!("{low}/{limit}"),
        _ => format!("{request}/{limit}"),
    }
}

fn probes(answers: &[(&str, Answer<'_>)]) -> String {
    let there: Vec<&str> = answers.iter().filter(|(_, a)| a.value().is_some()).map(|(word, _)| *word).collect();
    if !there.is_empty() {
        there.join(" ")
    } else if answers.iter().any(|(_, answer)| answer.is_absent()) {
        "none".to_owned()
    } else {
        "?".to_owned()
    }
}

fn scaler(min: &Answer<'_>, max: &Answer<'_>, metrics: &Answer<'_>) -> String {
    if min.value().is_none() && max.value().is_none() {
        return String::new();
    }
    let range = format!("{}–{}", one(min), one(max));
    match metrics.value() {
        Some(Value::List(values)) if values.is_empty() => range,
        Some(value) => format!("{range} {}", clean(&value.to_string())),
        None => range,
    }
}
