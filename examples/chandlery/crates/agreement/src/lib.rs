//! Reads the shop's files, so that tests can hold one against the other and against the running code.
//!
//! The rule that the tests keep: a port, a limit, a timeout or a topic that stands in two places is changed in both, or a
//! test fails. What runs on one machine needs no such test: `chandlery up` takes its settings from `compose.yaml` itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml_ng::Value;

/// The services, which are all built, configured and probed in the same way.
pub const SERVICES: [&str; 9] =
    ["gateway", "catalog", "basket", "orders", "pricing", "stock", "payments", "fulfil", "notify"];

/// The folder of the shop.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file of the shop.
///
/// # Panics
/// Where there is none: the test that asks for it has failed then.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents of a YAML file, with its merge keys applied.
///
/// # Panics
/// Where it is none.
pub fn documents(path: &str) -> Vec<Value> {
    let text = text(path);
    let documents = serde_yaml_ng::Deserializer::from_str(&text).map(|document| {
        let mut value =
            <Value as serde::Deserialize>::deserialize(document).unwrap_or_else(|error| panic!("{path}: {error}"));
        value.apply_merge().unwrap_or_else(|error| panic!("{path}: {error}"));
        value
    });
    documents.filter(|document| !document.is_null()).collect()
}

/// The one document of a YAML file.
///
/// # Panics
/// Where there is not exactly one.
pub fn document(path: &str) -> Value {
    let mut documents = documents(path);
    assert_eq!(documents.len(), 1, "{path} is one document");
    documents.remove(0)
}

/// What stands below these keys, one below the other; a number is an index. `None` where one is missing.
pub fn at<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| match key.parse::<usize>() {
        Ok(index) if value.is_sequence() => value.get(index),
        _ => value.get(*key),
    })
}

/// The text of a scalar, as it is written.
pub fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// A variable's value, or where it comes from.
pub type Environment = BTreeMap<String, String>;

/// The variables of a service in `deploy/base`, those for all services included. What comes from a secret is `<secret>`.
pub fn environment_in_base(service: &str) -> Environment {
    let defaults = document("deploy/base/service-defaults.yaml");
    let mut variables: Environment = at(&defaults, &["data"])
        .and_then(Value::as_mapping)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((scalar(name)?, scalar(value)?)))
        .collect();
    let deployment = of_kind(&documents(&format!("deploy/base/{service}.yaml")), "Deployment");
    let own = at(&container(&deployment), &["env"]).and_then(Value::as_sequence).cloned().unwrap_or_default();
    for variable in own {
        let name = at(&variable, &["name"]).and_then(scalar).expect("a variable has a name");
        variables.insert(name, at(&variable, &["value"]).and_then(scalar).unwrap_or_else(|| "<secret>".to_owned()));
    }
    variables
}

/// The variables of a service of `compose.yaml`; `${NAME:-default}` is its default, `${NAME:?…}` is `<secret>`.
pub fn environment_in_compose(service: &str) -> Environment {
    let compose = document("compose.yaml");
    let environment = at(&compose, &["services", service, "environment"]).and_then(Value::as_mapping).cloned();
    let value = |value: &Value| {
        let text = scalar(value)?;
        Some(match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            Some(inside) => inside.split_once(":-").map_or("<secret>", |(_, default)| default).to_owned(),
            None => text,
        })
    };
    let pairs = environment.into_iter().flatten();
    pairs.filter_map(|(name, text)| Some((scalar(&name)?, value(&text)?))).collect()
}

/// The one object of this kind.
///
/// # Panics
/// Where there is not exactly one.
pub fn of_kind(objects: &[Value], kind: &str) -> Value {
    let of_kind: Vec<&Value> =
        objects.iter().filter(|object| at(object, &["kind"]).and_then(Value::as_str) == Some(kind)).collect();
    assert_eq!(of_kind.len(), 1, "one {kind}");
    of_kind[0].clone()
}

/// The first container of a Deployment.
///
/// # Panics
/// Where there is none.
pub fn container(deployment: &Value) -> Value {
    let container = at(deployment, &["spec", "template", "spec", "containers", "0"]);
    container.expect("a Deployment has a container").clone()
}

/// A duration as manifests, compose files and `plimsoll.yaml` write it, in milliseconds.
pub fn milliseconds(text: &str) -> Option<f64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "us" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 60e3,
        "h" => 3600e3,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}
