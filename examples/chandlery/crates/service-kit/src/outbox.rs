//! The outbox: events are written in the transaction that makes them true, and relayed to the log afterwards.
//!
//! Events of one subject are relayed in order, whoever relays them; those of different subjects go side by side. An event
//! may be sent twice, when the relay dies between sending and taking that down: the log drops what it has seen, and
//! consumers bear the rest.

use crate::{
    config::{ConfigError, Variables},
    event::Event,
    failure::Failure,
    log::EventLog,
    service::Stop,
    telemetry::{Telemetry, context_of, end_span},
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use opentelemetry::{KeyValue, trace::SpanKind};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use uuid::Uuid;

/// An event on its way to a topic.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Outgoing {
    /// Where it goes.
    pub topic: String,
    /// What it says.
    pub event: Event,
}

/// Sends events to the log and says which of them it has, by their ids.
pub type Send<'a> = &'a (dyn Fn(Vec<Outgoing>) -> BoxFuture<'a, Vec<Uuid>> + std::marker::Send + Sync);

/// Where a service keeps the events that it has not relayed yet.
#[async_trait]
pub trait Outbox: std::marker::Send + Sync {
    /// Hands out the oldest events, at most `most`, none before an older one of its subject was relayed, and takes down
    /// which of them were. Gives how many there were to relay.
    async fn relay(&self, most: usize, send: Send<'_>) -> Result<usize, Failure>;

    /// Forgets what was relayed before so long.
    async fn forget(&self, age: Duration) -> Result<(), Failure>;
}

/// Relays until it is time to stop.
#[derive(Clone)]
pub struct Relay {
    /// Where the events are.
    pub outbox: Arc<dyn Outbox>,
    /// Where they go.
    pub log: Arc<dyn EventLog>,
    /// Told when there is a new one, so that nobody has to wait for the interval.
    pub written: Arc<Notify>,
    /// How often to look all the same: another process may have written one and died.
    pub interval: Duration,
    /// How long relayed events are kept, for the log to be rebuilt from.
    pub keep: Duration,
    /// Where to tell what happened.
    pub telemetry: Telemetry,
}

/// So many at once: a second's worth at the highest load that the shop is sized for.
const MOST: usize = 100;

impl Relay {
    /// As the variables `OUTBOX_RELAY_INTERVAL` and `OUTBOX_KEEP` have it.
    pub fn from(
        variables: &Variables,
        outbox: Arc<dyn Outbox>,
        log: Arc<dyn EventLog>,
        written: Arc<Notify>,
        telemetry: &Telemetry,
    ) -> Result<Self, ConfigError> {
        let interval = variables.or("OUTBOX_RELAY_INTERVAL", Duration::from_millis(100))?;
        let keep = variables.or("OUTBOX_KEEP", Duration::from_secs(168 * 3600))?;
        Ok(Self { outbox, log, written, interval, keep, telemetry: telemetry.clone() })
    }

    /// Relays until it is time to stop, and then once more: what was written before the door closed goes out.
    pub async fn run(self, mut stop: Stop) {
        let mut rounds = 0_u64;
        while !stop.is_now() {
            let wait = match self.once().await {
                // As many as fit: there are more.
                Ok(MOST) => Duration::ZERO,
                Ok(_) => self.interval,
                Err(failure) => {
                    tracing::warn!(%failure, "events wait in the outbox");
                    self.interval * 10
                }
            };
            rounds += 1;
            // About once in ten minutes at the usual interval.
            if rounds.is_multiple_of(6000)
                && let Err(failure) = self.outbox.forget(self.keep).await
            {
                tracing::warn!(%failure, "old events were not forgotten");
            }
            tokio::select! {
                () = self.written.notified() => {}
                _ = stop.sleep(wait) => {}
            }
        }
        let _ = self.once().await;
    }

    /// Relays what there is, at most a batch. Gives how many there were.
    pub async fn once(&self) -> Result<usize, Failure> {
        let send = |batch: Vec<Outgoing>| -> BoxFuture<'_, Vec<Uuid>> { Box::pin(self.send(batch)) };
        self.outbox.relay(MOST, &send).await
    }

    async fn send(&self, batch: Vec<Outgoing>) -> Vec<Uuid> {
        let mut lanes: std::collections::BTreeMap<Uuid, Vec<Outgoing>> = Default::default();
        for outgoing in batch {
            lanes.entry(outgoing.event.subject).or_default().push(outgoing);
        }
        let lanes = lanes.into_values().map(|lane| async {
            let mut sent = Vec::new();
            for outgoing in lane {
                // The rest of this subject waits for the one that failed.
                let Ok(id) = self.send_one(outgoing).await else { break };
                sent.push(id);
            }
            sent
        });
        futures::future::join_all(lanes).await.concat()
    }

    async fn send_one(&self, outgoing: Outgoing) -> Result<Uuid, Failure> {
        let Outgoing { topic, event } = outgoing;
        let attributes = vec![
            KeyValue::new("messaging.system", "nats"),
            KeyValue::new("messaging.operation.type", "send"),
            KeyValue::new("messaging.destination.name", topic.clone()),
            KeyValue::new("messaging.message.id", event.id.to_string()),
        ];
        let parent = context_of(event.traceparent.as_deref());
        let context = self.telemetry.span(format!("send {topic}"), SpanKind::Producer, &parent, attributes);
        let result = self.log.publish(&topic, event.id, event.to_bytes()).await;
        end_span(&context, result.as_ref().err().map(|failure| failure.kind.slug()), Vec::new());
        let topic = KeyValue::new("messaging.destination.name", topic);
        self.telemetry.instruments().events_published.add(1, &[topic]);
        result.map(|()| event.id)
    }
}
