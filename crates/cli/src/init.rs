//! `plimsoll init`: a plimsoll.yaml for a system that was surveyed, with what could be guessed, each guess marked, and at
//! most five questions, the most valuable first.
//!
//! Figures are never guessed: what only people know stands there as a comment, with an example of how to write it.
//!
//! Always: what is written reads back without errors.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll_model::{Component, ComponentId, ComponentKind, Field, LooseKind, Model, Subject};

/// How many questions are asked: more are not answered.
const QUESTIONS: usize = 5;

/// How many journeys are guessed.
const JOURNEYS: usize = 5;

/// How many names a question or comment lists.
const LISTED: usize = 8;

/// A plimsoll.yaml for the system. The same model gives the same text.
pub(crate) fn init(model: &Model) -> String {
    let journeys = journeys(model);
    let mut out = head(model, &questions(model, &journeys));
    environments(&mut out, model);
    write_journeys(&mut out, &journeys);
    promises(&mut out, &journeys);
    components(&mut out, model);
    names(&mut out, model);
    out
}

/// What machines ask, not users.
const MACHINES: [&str; 14] = [
    "check",
    "health",
    "healthz",
    "live",
    "livez",
    "metrics",
    "openapi",
    "ping",
    "ready",
    "readyz",
    "status",
    "version",
    "watch",
    "favicon-ico",
];

/// A journey that was guessed.
struct Guess {
    name: String,
    step: String,
    because: String,
}

fn head(model: &Model, questions: &[String]) -> String {
    let mut out = String::from("# What no file can say. The reference of all keys: plimsoll schema plimsoll-yaml\n");
    if !questions.is_empty() {
        out.push_str("#\n# Questions, the most valuable first:\n");
    }
    for (index, question) in questions.iter().enumerate() {
        let _ = writeln!(out, "#   {}. {question}", index + 1);
    }
    out.push_str("\nplimsoll: 1\n");
    match &model.system {
        Some(system) if !system.trim().is_empty() => {
            let _ = writeln!(out, "system: {}", quoted(system));
        }
        _ => out.push_str("# system: shop                # how people call it\n"),
    }
    out
}

/// What only people know, the most valuable first.
fn questions(model: &Model, journeys: &[Guess]) -> Vec<String> {
    let mut out = Vec::new();
    if model.environments.len() > 1 {
        out.push(String::from("Which environment do users meet? It is `default` under `environments`."));
    }
    out.push(match journeys.len() {
        0 => String::from("What do users come for? Name it under `journeys`, with the operations that they ask."),
        _ => String::from(
            "What do users come for? The journeys below are guessed from what the edge offers; keep those that count.",
        ),
    });
    out.push(String::from("How often do they come at most? `expected_peak` of each journey, such as 50/s."));
    out.push(String::from("What were they promised? `promises`, such as p95: 1.2s and success: 99.5%."));
    let stores = stores(model);
    if !stores.is_empty() {
        out.push(format!("How many connections do the stores accept? `connections` of {}.", listed(&stores)));
    }
    let orphans = without_owner(model);
    if !orphans.is_empty() {
        out.push(format!("Who answers for {}? `owner` of each.", listed(&orphans)));
    }
    out.truncate(QUESTIONS);
    out
}

fn environments(out: &mut String, model: &Model) {
    let usable = |name: &str| name != "default" && !name.is_empty() && name.trim() == name;
    let found: Vec<_> = model.environments.iter().filter(|each| usable(&each.id)).collect();
    if found.is_empty() {
        return;
    }
    out.push_str("\nenvironments:\n");
    let default = model.default_environment.map(|id| model.environment(id)).filter(|each| usable(&each.id));
    if let Some(default) = default {
        let because = default.default_because.as_deref().unwrap_or("the only one");
        let _ = writeln!(out, "  default: {}    # guess: {}", quoted(&default.id), comment(because));
    }
    for each in found {
        let from =
            if each.variant.trim().is_empty() { String::new() } else { format!("from: [{}]", quoted(&each.variant)) };
        let _ = writeln!(
            out,
            "  {}: {}",
            quoted(&each.id),
            if from.is_empty() { "{}".into() } else { format!("{{ {from} }}") }
        );
    }
}

fn write_journeys(out: &mut String, journeys: &[Guess]) {
    if journeys.is_empty() {
        out.push_str("\n# journeys:\n#   checkout:\n#     steps: [orders.place]\n#     load: { open: 12/s }\n");
        return;
    }
    out.push_str("\njourneys:\n");
    for guess in journeys {
        let _ = writeln!(out, "  {}:    # guess: {}", quoted(&guess.name), comment(&guess.because));
        let _ = writeln!(out, "    steps: [{}]", quoted(&guess.step));
        out.push_str("    # load: { open: 12/s }\n    # expected_peak: 50/s\n    # value: 1.50 EUR\n");
    }
}

fn promises(out: &mut String, journeys: &[Guess]) {
    let name = journeys.first().map_or("checkout", |guess| guess.name.as_str());
    let on = quoted(&format!("journey {name}"));
    let _ = writeln!(out, "\n# promises:");
    let _ = writeln!(out, "#   {}: {{ on: {on}, p95: 1.2s, window: 30d }}", quoted(&format!("{name}-latency")));
    let _ = writeln!(out, "#   {}: {{ on: {on}, success: 99.5%, window: 30d }}", quoted(&format!("{name}-success")));
}

fn components(out: &mut String, model: &Model) {
    let (stores, orphans) = (stores(model), without_owner(model));
    if stores.is_empty() && orphans.is_empty() {
        return;
    }
    out.push_str("\n# components:\n");
    for name in &stores {
        let _ = writeln!(out, "#   {}: {{ connections: 100 }}", quoted(name));
    }
    for name in orphans.iter().filter(|name| !stores.contains(name)).take(LISTED) {
        let _ = writeln!(out, "#   {}: {{ owner: team-name }}", quoted(name));
    }
}

/// Hosts that nothing provides: other names of components, or third parties.
fn names(out: &mut String, model: &Model) {
    let hosts = model.loose.iter().filter(|loose| loose.kind == LooseKind::DanglingHost);
    let unknown = hosts.filter(|loose| model.find(&loose.name).is_none());
    let hosts: BTreeSet<&str> = unknown.map(|loose| loose.name.as_str()).collect();
    if hosts.is_empty() {
        return;
    }
    out.push_str("\n# Hosts that nothing provides. Each is another name of a component, or a third party:\n# names:\n");
    for host in hosts.into_iter().take(LISTED) {
        let slug: String = host.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
        let _ = writeln!(out, "#   {}: [{}]", quoted(&slug), quoted(host));
    }
}

/// What users may come for: operations of what stands at the edge; those that change something first.
fn journeys(model: &Model) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let edge = edge(model);
    let mut offered: Vec<(bool, &str, &str, &plimsoll_model::Operation)> = Vec::new();
    for (id, why) in &edge {
        for operation in operations(model, *id) {
            let reads = operation.method.as_deref().is_some_and(|method| matches!(method, "GET" | "HEAD" | "OPTIONS"));
            offered.push((reads, &model.component(*id).id, why, operation));
        }
    }
    offered.sort_by_key(|(reads, ..)| *reads);
    for (_, component, why, operation) in offered {
        let asked = match (&operation.method, &operation.path) {
            (Some(method), Some(path)) => format!("{method} {path}"),
            _ => operation.name.clone(),
        };
        let step = if asked.contains(' ') { format!("{asked} @ {component}") } else { format!("{component}.{asked}") };
        let name = journey_name(operation);
        let taken = guesses.iter().any(|guess| guess.name == name) || MACHINES.contains(&name.as_str());
        if !taken && !name.is_empty() && can_be_said(component, &asked) && guesses.len() < JOURNEYS {
            guesses.push(Guess { name, step, because: format!("offered by {component}, {why}") });
        }
    }
    if guesses.is_empty() {
        let bare = edge.iter().filter(|(id, _)| can_be_said(&model.component(*id).id, "x")).take(JOURNEYS);
        guesses.extend(bare.map(|(id, why)| {
            let component = model.component(*id).id.clone();
            Guess { name: format!("visit-{component}"), because: format!("at the edge, {why}"), step: component }
        }));
    }
    guesses
}

/// Whether an operation of a component can be written as a reference.
fn can_be_said(component: &str, operation: &str) -> bool {
    let plain = |text: &str| !text.trim().is_empty() && !text.contains(|c: char| c.is_control() || c == '@');
    plain(component) && !component.contains(|c: char| c.is_whitespace() || c == '.') && plain(operation)
}

/// What stands at the edge, and why it is thought to.
fn edge(model: &Model) -> Vec<(ComponentId, &'static str)> {
    let own = || model.components.iter().enumerate().filter(|(_, component)| component.support.is_none());
    let of = |wanted: &dyn Fn(ComponentId, &Component) -> bool, why: &'static str| {
        let found = own().map(|(index, component)| (ComponentId(index as u32), component));
        found.filter(|(id, component)| wanted(*id, component)).map(|(id, _)| (id, why)).collect::<Vec<_>>()
    };
    let called: BTreeSet<ComponentId> =
        model.calls.iter().filter(|call| is_own(model, call)).map(|call| call.to).collect();
    let routed =
        |id: ComponentId, component: &Component| component.kind == ComponentKind::Service && has_route(model, id);
    let first = |id: ComponentId, component: &Component| {
        component.kind == ComponentKind::Service && !called.contains(&id) && !model.calls_from(id).is_empty()
    };
    let frontend =
        |id: ComponentId, component: &Component| component.kind == ComponentKind::Frontend && !called.contains(&id);
    let found = [
        of(&|_, component| component.kind == ComponentKind::Gateway, "a gateway"),
        of(&frontend, "a frontend"),
        of(&routed, "where a public route leads"),
        of(&first, "which nobody calls"),
    ];
    // Gateways alone, where one says what it offers or nothing else does.
    let offers =
        |group: &&Vec<(ComponentId, &'static str)>| group.iter().any(|(id, _)| operations(model, *id).next().is_some());
    let best = found.iter().find(offers).or_else(|| found.iter().find(|group| !group.is_empty()));
    best.cloned().unwrap_or_default()
}

/// Whether a call is one of the system's own work: not of tests, load generators or monitoring.
fn is_own(model: &Model, call: &plimsoll_model::Call) -> bool {
    let from = model.component(call.from);
    from.support.is_none() && from.kind != ComponentKind::Job
}

fn has_route(model: &Model, component: ComponentId) -> bool {
    let routes = |index: usize| {
        let subject = Subject::Deployment(plimsoll_model::DeploymentId(index as u32));
        model.facts_of(subject).iter().any(|fact| fact.field == Field::Routes)
    };
    model.deployments.iter().enumerate().any(|(index, deployment)| deployment.component == component && routes(index))
}

fn operations(model: &Model, component: ComponentId) -> impl Iterator<Item = &plimsoll_model::Operation> {
    model
        .operations
        .iter()
        .filter(move |operation| model.interfaces[operation.interface.index()].component == Some(component))
}

/// A short name from the last word of a path, or from the method of a service.
fn journey_name(operation: &plimsoll_model::Operation) -> String {
    let path = operation.path.as_deref().unwrap_or("");
    let word = path.split('/').rfind(|part| !part.is_empty() && !part.contains(['{', ':', '*', '$']));
    let last = operation.name.rsplit(['/', '.', ' ']).next().unwrap_or("");
    let mut out = String::new();
    for letter in word.unwrap_or(last).chars() {
        if letter.is_uppercase() && !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        match letter {
            _ if letter.is_alphanumeric() => out.extend(letter.to_lowercase()),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.trim_matches('-').to_owned()
}

/// Stores of which it is not known how many connections they accept.
fn stores(model: &Model) -> Vec<String> {
    let sql = |component: &&(usize, &Component)| {
        let called = model.calls_to(ComponentId(component.0 as u32)).any(|call| call.protocol.word() == "sql");
        component.1.kind == ComponentKind::Store && component.1.support.is_none() && called
    };
    let unknown = |component: &(usize, &Component)| {
        let subject = Subject::Component(ComponentId(component.0 as u32));
        !model.facts_of(subject).iter().any(|fact| fact.field == Field::ConnectionsMax)
    };
    let all: Vec<(usize, &Component)> = model.components.iter().enumerate().collect();
    all.iter().filter(sql).filter(|each| unknown(each)).take(LISTED).map(|(_, each)| each.id.clone()).collect()
}

/// Components that nobody answers for.
fn without_owner(model: &Model) -> Vec<String> {
    let own = model.components.iter().filter(|each| each.support.is_none() && each.owner.is_none());
    own.filter(|each| each.kind != ComponentKind::External).map(|each| each.id.clone()).collect()
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(3);
    let first = names.iter().take(3).map(|name| comment(name)).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// A text as it may stand in a comment: in one line.
fn comment(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A text as YAML: bare where that is safe even inside of brackets, else in double quotes.
fn quoted(text: &str) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/' | ' ' | '@');
    let starts = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if starts && !word && !text.ends_with(' ') && text.chars().all(safe) {
        return text.to_owned();
    }
    // A JSON string is a YAML string.
    serde_json::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use plimsoll_model::*;
    use proptest::prelude::*;

    use super::*;

    fn component(id: &str, kind: ComponentKind, owner: Option<&str>) -> Component {
        Component {
            id: id.to_owned(),
            kind,
            technology: None,
            language: None,
            owner: owner.map(str::to_owned),
            support: None,
            aliases: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn call(from: u32, to: u32, protocol: Protocol) -> Call {
        Call {
            from: ComponentId(from),
            to: ComponentId(to),
            protocol,
            from_operation: None,
            to_operation: None,
            environments: Vec::new(),
            evidence: Vec::new(),
        }
    }

    fn operation(name: &str, http: Option<(&str, &str)>) -> Operation {
        Operation {
            interface: InterfaceId(0),
            name: name.to_owned(),
            method: http.map(|(method, _)| method.to_owned()),
            path: http.map(|(_, path)| path.to_owned()),
            evidence: EvidenceId(0),
        }
    }

    fn environment(id: &str, because: Option<&str>) -> Environment {
        Environment {
            id: id.to_owned(),
            variant: format!("deploy/{id}"),
            parents: Vec::new(),
            default_because: because.map(str::to_owned),
        }
    }

    fn shop(names: [&str; 3]) -> Model {
        Model {
            system: Some(String::from("shop")),
            environments: vec![environment(names[0], Some("it is called production")), environment("staging", None)],
            default_environment: Some(EnvironmentId(0)),
            components: vec![
                component(names[1], ComponentKind::Gateway, Some("team-front")),
                component("orders", ComponentKind::Service, None),
                component("orders-db", ComponentKind::Store, None),
            ],
            calls: vec![call(0, 1, Protocol::Grpc), call(1, 2, Protocol::Sql)],
            interfaces: vec![Interface {
                component: Some(ComponentId(0)),
                kind: InterfaceKind::Openapi,
                name: String::from("Shop"),
                version: None,
                evidence: Vec::new(),
            }],
            operations: vec![
                operation("list", Some(("GET", "/products"))),
                operation("checkout", Some(("POST", names[2]))),
            ],
            loose: vec![Loose {
                kind: LooseKind::DanglingHost,
                component: None,
                name: String::from("api.pay.example"),
                message: String::new(),
                candidates: Vec::new(),
                evidence: Vec::new(),
            }],
            ..Model::default()
        }
    }

    #[track_caller]
    fn reads_back(text: &str) {
        let (_, problems) = plimsoll_read::plimsoll_yaml::from_text(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}\n{text}");
    }

    /// The file with its commented keys made real: every example must read too.
    fn answered(text: &str) -> String {
        let examples = [
            "# load",
            "# expected",
            "# value",
            "# promises",
            "#   ",
            "# components",
            "# names",
            "# journeys",
            "# system",
        ];
        let start = text.find("plimsoll: 1").unwrap_or(0);
        let open = |line: &str| match examples.iter().any(|example| line.trim_start().starts_with(example)) {
            true => line.replacen("# ", "", 1),
            false => line.to_owned(),
        };
        text[start..].lines().map(open).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_shop_gets_its_guesses_and_questions() {
        let text = init(&shop(["production", "gateway", "/baskets/{id}/checkout"]));
        expect![[r##"
            # What no file can say. The reference of all keys: plimsoll schema plimsoll-yaml
            #
            # Questions, the most valuable first:
            #   1. Which environment do users meet? It is `default` under `environments`.
            #   2. What do users come for? The journeys below are guessed from what the edge offers; keep those that count.
            #   3. How often do they come at most? `expected_peak` of each journey, such as 50/s.
            #   4. What were they promised? `promises`, such as p95: 1.2s and success: 99.5%.
            #   5. How many connections do the stores accept? `connections` of orders-db.

            plimsoll: 1
            system: shop

            environments:
              default: production    # guess: it is called production
              production: { from: [deploy/production] }
              staging: { from: [deploy/staging] }

            journeys:
              checkout:    # guess: offered by gateway, a gateway
                steps: ["POST /baskets/{id}/checkout @ gateway"]
                # load: { open: 12/s }
                # expected_peak: 50/s
                # value: 1.50 EUR
              products:    # guess: offered by gateway, a gateway
                steps: [GET /products @ gateway]
                # load: { open: 12/s }
                # expected_peak: 50/s
                # value: 1.50 EUR

            # promises:
            #   checkout-latency: { on: journey checkout, p95: 1.2s, window: 30d }
            #   checkout-success: { on: journey checkout, success: 99.5%, window: 30d }

            # components:
            #   orders-db: { connections: 100 }
            #   orders: { owner: team-name }

            # Hosts that nothing provides. Each is another name of a component, or a third party:
            # names:
            #   api-pay-example: [api.pay.example]
        "##]].assert_eq(&text);
        reads_back(&text);
        reads_back(&answered(&text));
    }

    #[test]
    fn an_empty_model_gets_a_file_to_begin_with() {
        let text = init(&Model::default());
        expect![[r#"
            # What no file can say. The reference of all keys: plimsoll schema plimsoll-yaml
            #
            # Questions, the most valuable first:
            #   1. What do users come for? Name it under `journeys`, with the operations that they ask.
            #   2. How often do they come at most? `expected_peak` of each journey, such as 50/s.
            #   3. What were they promised? `promises`, such as p95: 1.2s and success: 99.5%.

            plimsoll: 1
            # system: shop                # how people call it

            # journeys:
            #   checkout:
            #     steps: [orders.place]
            #     load: { open: 12/s }

            # promises:
            #   checkout-latency: { on: journey checkout, p95: 1.2s, window: 30d }
            #   checkout-success: { on: journey checkout, success: 99.5%, window: 30d }
        "#]]
        .assert_eq(&text);
        reads_back(&text);
        reads_back(&answered(&text));
    }

    #[test]
    fn names_of_journeys_are_short_words() {
        let name = |name: &str, http| journey_name(&operation(name, http));
        assert_eq!(name("", Some(("POST", "/baskets/{id}/checkout"))), "checkout");
        assert_eq!(name("Orders/PlaceOrder", None), "place-order");
        assert_eq!(name("GET /", Some(("GET", "/"))), "");
    }

    proptest! {
        #[test]
        fn whatever_the_names_it_reads_back(a in "\\PC{1,12}", b in "\\PC{1,12}", c in "/\\PC{0,12}") {
            let text = init(&shop([&a, &b, &c]));
            let (_, problems) = plimsoll_read::plimsoll_yaml::from_text(FileId(0), &text);
            prop_assert!(problems.is_empty(), "{:?}\n{}", problems, text);
        }
    }
}
