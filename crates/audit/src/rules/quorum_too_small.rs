//! # A quorum that cannot lose a copy
//! Finds stores and brokers that need a majority (etcd, Kafka, RabbitMQ, NATS, MongoDB, ZooKeeper, Consul) and run as an
//! even number of copies, or as fewer than three.
//! ## Why
//! Two copies need both to agree: they are less available than one. Four lose the majority with the second loss, as three
//! do.
//! ## Broken
//! ```yaml
//! # kafka.yaml
//! apiVersion: apps/v1
//! kind: StatefulSet
//! metadata: { name: kafka }
//! spec:
//!   replicas: 2
//!   selector: { matchLabels: { app: kafka } }
//!   template:
//!     metadata: { labels: { app: kafka } }
//!     spec: { containers: [{ name: kafka, image: "apache/kafka:4.1.0", ports: [{ containerPort: 9092 }] }] }
//! ```
//! ## Right
//! ```yaml
//! # kafka.yaml
//! apiVersion: apps/v1
//! kind: StatefulSet
//! metadata: { name: kafka }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: kafka } }
//!   template:
//!     metadata: { labels: { app: kafka } }
//!     spec: { containers: [{ name: kafka, image: "apache/kafka:4.1.0", ports: [{ containerPort: 9092 }] }] }
//! ```
//! ## Do
//! Run three in three zones; five where one may be lost while another is being upgraded.

use plimsoll_model::{Component, ComponentKind, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-024",
    slug: "quorum-too-small",
    severity: Severity::Error,
    page: Page::head_of(include_str!("quorum_too_small.rs")),
    check,
};

/// Products that decide by majority. Redis does through Sentinel alone, which is a workload of its own.
const BY_MAJORITY: [&str; 8] = ["etcd", "kafka", "rabbitmq", "nats", "mongodb", "zookeeper", "consul", "sentinel"];

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, component, _) in estate.deployed().filter(|(_, component, _)| decides_by_majority(component)) {
        let replicas = estate.view.deployment(id, Field::Replicas);
        match replicas.count() {
            Some(count) if count < 3 => {
                found.fail(
                    Of::Component(id),
                    evidence_of(&replicas),
                    format!("runs as {count}: it cannot lose a copy"),
                );
            }
            Some(count) if count.is_multiple_of(2) => {
                let says = format!("runs as {count}: it bears no more losses than {}", count - 1);
                found.fail(Of::Component(id), evidence_of(&replicas), says);
            }
            Some(_) => found.pass(),
            // One copy where no number is stated.
            None if replicas.is_absent() => {
                found.fail(Of::Component(id), evidence_of(&replicas), "runs as 1: it cannot lose a copy");
            }
            None => found.unknown(&Of::Component(id), format!("how many copies of {} run", component.id)),
        }
    }
}

fn decides_by_majority(component: &Component) -> bool {
    let keeps = matches!(component.kind, ComponentKind::Store | ComponentKind::Broker);
    let technology = component.technology.as_deref().unwrap_or_default().to_lowercase();
    keeps && BY_MAJORITY.iter().any(|product| technology.contains(product))
}
