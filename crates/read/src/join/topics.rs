//! Queues, streams and subjects that variables name on both sides.
//!
//! A variable says that its component uses a topic, not in which direction; who sends and who receives is stated by
//! AsyncAPI files and source code, which other readers read.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::ComponentKind;

use super::identity::{PartId, Parts};
use super::mentions::{Mentioned, Place};
use super::resolve::CallRow;
use crate::config::keys::topic_of_key;
use crate::facts::Origin;

/// A topic in the making.
#[derive(Clone, Debug)]
pub(super) struct TopicRow {
    pub(super) name: String,
    pub(super) broker: Option<PartId>,
    pub(super) users: BTreeSet<PartId>,
    pub(super) producers: BTreeSet<PartId>,
    pub(super) consumers: BTreeSet<PartId>,
    pub(super) evidence: Vec<(Origin, String)>,
    /// Where plimsoll.yaml names it.
    pub(super) supposed: Vec<(Origin, String)>,
}

impl TopicRow {
    pub(super) fn new(name: String, broker: Option<PartId>) -> Self {
        let none = BTreeSet::new;
        Self {
            name,
            broker,
            users: none(),
            producers: none(),
            consumers: none(),
            evidence: Vec::new(),
            supposed: Vec::new(),
        }
    }
}

/// Topics named by components that reach a broker.
pub(super) fn find(mentions: &[Mentioned], parts: &Parts, calls: &[CallRow]) -> Vec<TopicRow> {
    let brokers = brokers(parts, calls);
    let mut rows: BTreeMap<String, TopicRow> = BTreeMap::new();
    for mention in mentions.iter().filter(|m| matches!(m.place, Place::Environment | Place::Configuration)) {
        if !topic_of_key(&mention.key) || !is_topic_name(&mention.value) {
            continue;
        }
        let Some(broker) = brokers.get(&mention.by).copied() else { continue };
        let row =
            rows.entry(mention.value.clone()).or_insert_with(|| TopicRow::new(mention.value.clone(), Some(broker)));
        let lower = mention.key.to_lowercase();
        if ["produce", "publish", "output", "sink", "outgoing", "sender"].iter().any(|word| lower.contains(word)) {
            row.producers.insert(mention.by);
        } else if ["consume", "subscri", "input", "incoming", "listen", "receiver"]
            .iter()
            .any(|word| lower.contains(word))
        {
            row.consumers.insert(mention.by);
        } else {
            row.users.insert(mention.by);
        }
        if !row.evidence.iter().any(|(origin, _)| origin.at == mention.origin.at) {
            row.evidence.push((mention.origin.clone(), format!("`{}` names it", mention.key)));
        }
    }
    rows.into_values().collect()
}

/// The first broker that each component reaches.
fn brokers(parts: &Parts, calls: &[CallRow]) -> BTreeMap<PartId, PartId> {
    let mut out: BTreeMap<PartId, PartId> = BTreeMap::new();
    for call in calls.iter().filter(|call| parts.get(call.to).kind == ComponentKind::Broker) {
        let first = out.entry(call.from).or_insert(call.to);
        *first = (*first).min(call.to);
    }
    out
}

fn is_topic_name(value: &str) -> bool {
    !value.is_empty()
        && value.len() < 200
        && !value.contains("://")
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
        && !value.bytes().all(|b| b.is_ascii_digit())
        && !matches!(value, "true" | "false")
}
