//! A model as a few lines of text, for tests.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::num::NonZeroUsize;

use plimsoll_model::{Content, Model, Subject};
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options, survey};

/// The model of one source in memory.
pub(crate) fn model(files: &[(&str, &str)]) -> Model {
    survey(vec![Source::memory(files)], &Options { threads: NonZeroUsize::new(1) })
}

/// Components, calls, topics, interfaces and names that did not join.
pub(crate) fn graph(model: &Model) -> String {
    let id = |id: plimsoll_model::ComponentId| model.component(id).id.as_str();
    let mut out = String::new();
    for component in &model.components {
        let mut words = vec![component.kind.word().to_owned()];
        words.extend(component.technology.clone());
        words.extend(component.support.map(|support| format!("({})", support.word())));
        let aliases: Vec<&str> = component.aliases.iter().map(|alias| alias.name.as_str()).collect();
        if !aliases.is_empty() {
            words.push(format!("also {}", aliases.join(", ")));
        }
        out += &format!("{}: {}\n", component.id, words.join(" "));
    }
    for call in &model.calls {
        let at = model.evidence(call.evidence[0]).at.expect("declared");
        let file = model.files.display(at.file);
        out += &format!("{} -> {} {} {file}:{}\n", id(call.from), id(call.to), call.protocol.word(), at.line);
    }
    for topic in &model.topics {
        let users: Vec<&str> = topic.users.iter().map(|user| id(*user)).collect();
        out += &format!("topic {} of {}\n", topic.id, users.join(", "));
    }
    for (index, interface) in model.interfaces.iter().enumerate() {
        let operations = model.operations.iter().filter(|o| o.interface.index() == index).count();
        let owner = interface.component.map_or("nobody", id);
        out += &format!("{} {} serves {operations} of {}\n", owner, interface.kind.word(), interface.name);
    }
    for loose in &model.loose {
        out += &format!("{}: {}\n", loose.kind.word(), loose.message);
    }
    for problem in &model.problems {
        let place = problem.at;
        out += &format!("{}:{}:{} {}\n", model.files.display(place.file), place.line, place.column, problem.message);
    }
    if let Some(default) = model.default_environment {
        out += &format!("default {}\n", model.environment(default).id);
    }
    out
}

/// The facts of one component's deployments, with their places.
pub(crate) fn deployment(model: &Model, component: &str) -> String {
    let mut out = String::new();
    for fact in &model.facts {
        let Subject::Deployment(deployment) = fact.subject else { continue };
        let row = &model.deployments[deployment.index()];
        if model.component(row.component).id != component {
            continue;
        }
        let evidence = model.evidence(fact.evidence);
        let at = evidence.at.expect("declared");
        let content = match &fact.content {
            Content::Stated(value) => value.to_string(),
            Content::Absent => String::from("absent"),
        };
        let via: Vec<String> =
            evidence.via.iter().map(|at| format!(" via {}:{}", model.files.display(at.file), at.line)).collect();
        out += &format!(
            "{} = {content} at {}:{}{}\n",
            fact.field.json_name(),
            model.files.display(at.file),
            at.line,
            via.concat()
        );
    }
    out
}
