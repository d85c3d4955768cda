//! Topics, consumers and dead letters: AsyncAPI, manifests, compose file, migrations and plimsoll.yaml name the same.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use std::collections::{BTreeMap, BTreeSet};

use agreement::{at, document, environment_in_base, environment_in_compose, milliseconds, scalar, text};
use serde_yaml_ng::Value;

fn mapping(value: &Value, keys: &[&str]) -> BTreeMap<String, Value> {
    let mapping = at(value, keys).and_then(Value::as_mapping).cloned().unwrap_or_default();
    mapping.into_iter().map(|(key, value)| (scalar(&key).unwrap(), value)).collect()
}

/// The addresses of all channels.
fn topics() -> BTreeSet<String> {
    let channels = mapping(&document("api/asyncapi.yaml"), &["channels"]);
    channels.values().map(|channel| at(channel, &["address"]).and_then(scalar).unwrap()).collect()
}

#[test]
fn the_outbox_takes_the_topics_of_asyncapi_and_no_others() {
    let migration = text("db/migrations/orders/0003_outbox.sql");
    let (_, list) = migration.split_once("topic IN (").unwrap();
    let list = list.split_once(')').unwrap().0;
    let taken: BTreeSet<String> = list.split(',').map(|topic| topic.trim().trim_matches('\'').to_owned()).collect();
    assert_eq!(taken, topics());
}

#[test]
fn orders_tells_the_topics_of_asyncapi() {
    let told = text("services/orders/src/order.rs");
    for topic in topics() {
        assert!(told.contains(&format!("topic: \"{topic}\"")), "orders tells {topic}");
    }
}

#[test]
fn consumers_are_configured_as_asyncapi_says() {
    let operations = mapping(&document("api/asyncapi.yaml"), &["operations"]);
    let receiving = operations.values().filter(|one| at(one, &["action"]).and_then(Value::as_str) == Some("receive"));
    let mut checked = 0;
    for operation in receiving {
        let service = at(operation, &["x-application"]).and_then(scalar).unwrap();
        let delivery = mapping(operation, &["x-delivery"]);
        let said = |key: &str| scalar(&delivery[key]).unwrap();
        for (file, environment) in
            [("deploy/base", environment_in_base(&service)), ("compose.yaml", environment_in_compose(&service))]
        {
            let told = |name: &str| environment.get(name).cloned().unwrap_or_default();
            assert_eq!(told("EVENTS_CONSUMER"), said("consumer"), "{file} {service}");
            assert_eq!(told("EVENTS_MAX_DELIVER"), said("max-deliver"), "{file} {service}");
            assert_eq!(told("EVENTS_DEAD_LETTER_SUBJECT"), said("dead-letters"), "{file} {service}");
            assert_eq!(told("EVENTS_INBOX_BUCKET"), said("inbox"), "{file} {service}");
            assert_eq!(milliseconds(&told("EVENTS_ACK_WAIT")), milliseconds(&said("ack-wait")), "{file} {service}");
        }
        checked += 1;
    }
    assert_eq!(checked, 4, "fulfil and notify receive both topics");
}

#[test]
fn the_stream_is_the_same_everywhere() {
    let channels = mapping(&document("api/asyncapi.yaml"), &["channels"]);
    let streams: BTreeSet<String> =
        channels.values().map(|channel| at(channel, &["x-stream", "name"]).and_then(scalar).unwrap()).collect();
    for service in ["orders", "fulfil", "notify"] {
        for environment in [environment_in_base(service), environment_in_compose(service)] {
            assert_eq!(BTreeSet::from([environment["EVENTS_STREAM"].clone()]), streams, "{service}");
        }
    }
}

#[test]
fn plimsoll_yaml_knows_only_topics_of_asyncapi() {
    let topics = topics();
    let model = text("plimsoll.yaml");
    let named = model.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
    let named: BTreeSet<&str> = named.filter(|word| word.starts_with("orders.") && word.ends_with("ed")).collect();
    assert!(!named.is_empty());
    for topic in named {
        assert!(topics.contains(topic), "plimsoll.yaml names {topic}");
    }
}
