//! Every variable that a manifest or the compose file sets is read by the service, and every one that the service needs is set.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use std::collections::BTreeSet;
use std::fs;

use agreement::{Environment, SERVICES, environment_in_base, environment_in_compose, root};

/// What the OpenTelemetry SDK, tokio and the platform read by themselves, or what is documentation.
const READ_BY_OTHERS: [&str; 2] = ["OTEL_", "TOKIO_WORKER_THREADS"];

/// The text of every source file below a folder.
fn source(folder: &str) -> String {
    let mut text = String::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text += &fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

/// The words in capitals outside of comments: names of variables, and endings of names that begin with a component's.
fn names(source: &str) -> BTreeSet<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| {
        line.split(|letter: char| !(letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'))
    });
    words.map(|word| word.trim_matches('_')).filter(|word| 1 < word.len()).map(str::to_owned).collect()
}

/// Whether the service's code or the kit's names this variable: whole, or its ending behind the name of a component.
fn is_read(variable: &str, names: &BTreeSet<String>) -> bool {
    let ending = |(index, _): (usize, char)| names.contains(&variable[index + 1..]);
    names.contains(variable) || variable.char_indices().filter(|(_, letter)| *letter == '_').any(ending)
}

#[track_caller]
fn check(file: &str, environment: impl Fn(&str) -> Environment) {
    let kit = names(&source("crates/service-kit/src"));
    let mut unread = Vec::new();
    for service in SERVICES {
        let mut known = names(&source(&format!("services/{service}/src")));
        known.extend(kit.iter().cloned());
        let variables = environment(service);
        assert!(!variables.is_empty(), "{file} configures {service}");
        let ours = |name: &&String| !READ_BY_OTHERS.iter().any(|prefix| name.starts_with(prefix));
        unread.extend(
            variables.keys().filter(ours).filter(|name| !is_read(name, &known)).map(|name| format!("{service} {name}")),
        );
    }
    assert_eq!(unread, Vec::<String>::new(), "{file} sets what nobody reads");
}

#[test]
fn what_the_manifests_set_is_read() {
    check("deploy/base", environment_in_base);
}

#[test]
fn what_compose_sets_is_read() {
    check("compose.yaml", environment_in_compose);
}

/// Variables of which production and one machine may have different values, or only one of them any.
fn may_differ(name: &str) -> bool {
    let per_place = [
        // Where things are, and how they are reached.
        "DATABASE_URL",
        "DATABASE_PASSWORD",
        "CACHE_URL",
        "BASKET_STORE_URL",
        "NATS_URL",
        "PSP_URL",
        "MAILER_URL",
        "NATS_TLS",
        "PSP_API_KEY",
        "MAILER_API_KEY",
        "EVENTS_REPLICAS",
        // How much there is of it.
        "PSP_SLOTS",
        "MAX_IN_FLIGHT",
        "LOG_FORMAT",
        "LOG_LEVEL",
    ];
    per_place.contains(&name)
        || ["_GRPC_TARGET", "_FILE", "_PASSWORD"].iter().any(|ending| name.ends_with(ending))
        || ["OTEL_", "WORK_", "TOKIO_"].iter().any(|beginning| name.starts_with(beginning))
}

#[test]
fn timeouts_pools_and_limits_are_the_same_in_production_and_on_one_machine() {
    let mut differing = Vec::new();
    for service in SERVICES {
        let (base, compose) = (environment_in_base(service), environment_in_compose(service));
        let names: BTreeSet<&String> = base.keys().chain(compose.keys()).filter(|name| !may_differ(name)).collect();
        for name in names {
            let (base, compose) = (base.get(name), compose.get(name));
            if base != compose {
                differing.push(format!("{service} {name}: {base:?} in deploy/base, {compose:?} in compose.yaml"));
            }
        }
    }
    assert_eq!(differing, Vec::<String>::new());
}
