//! Consuming events: the loop around a handler.
//!
//! Events of one subject are handled one after the other, those of different subjects side by side. A handler must bear
//! a repetition; [`once`] makes that easy. What fails comes again after a pause that grows; what fails too often, or is
//! no event at all, is buried.

use crate::{
    call::Call,
    documents::Documents,
    event::Event,
    failure::{Failure, Kind},
    log::{Consumer, Delivery, EventLog, Settlement},
    service::Stop,
    telemetry::{Telemetry, context_of, end_span},
};
use async_trait::async_trait;
use opentelemetry::{
    KeyValue,
    trace::{FutureExt as _, SpanKind, TraceContextExt as _},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tracing::Instrument as _;

/// What a service does with an event.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles one event. Must bear a repetition.
    async fn handle(&self, event: &Event) -> Result<(), Failure>;
}

/// Reads a consumer's messages until it is time to stop. What is being handled then is finished first.
pub async fn consume(
    log: Arc<dyn EventLog>,
    consumer: Consumer,
    handler: Arc<dyn Handler>,
    telemetry: Telemetry,
    mut stop: Stop,
) {
    let worker = Worker { log, consumer, handler, telemetry };
    while !stop.is_now() {
        // Not broken off by a stop: what is on its way here would be away until its time to be settled is over.
        let taken = worker.log.take(&worker.consumer, worker.consumer.max_in_flight, Duration::from_millis(500)).await;
        match taken {
            Ok(deliveries) => worker.handle_all(deliveries).await,
            Err(failure) => {
                tracing::warn!(consumer = worker.consumer.name, %failure, "cannot read");
                stop.sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

struct Worker {
    log: Arc<dyn EventLog>,
    consumer: Consumer,
    handler: Arc<dyn Handler>,
    telemetry: Telemetry,
}

impl Worker {
    async fn handle_all(&self, deliveries: Vec<Delivery>) {
        let mut lanes: BTreeMap<_, Vec<(Delivery, Option<Event>)>> = BTreeMap::new();
        for delivery in deliveries {
            let event = delivery.event();
            let subject = event.as_ref().map(|event| event.subject);
            lanes.entry(subject).or_default().push((delivery, event));
        }
        let lanes = lanes.into_values().map(|lane| async {
            for (delivery, event) in lane {
                self.handle_one(&delivery, event.as_ref()).await;
            }
        });
        futures::future::join_all(lanes).await;
    }

    async fn handle_one(&self, delivery: &Delivery, event: Option<&Event>) {
        let settlement = match event {
            None => {
                tracing::error!(topic = delivery.topic, "this is no event; it is buried");
                Settlement::Bury
            }
            Some(event) => match self.run(delivery, event).await {
                Ok(()) => Settlement::Done,
                Err(failure) => self.after(delivery, event, &failure),
            },
        };
        if let Err(failure) = self.log.settle(&self.consumer, delivery, settlement).await {
            // It will come again, and the handler bears that.
            tracing::warn!(%failure, "the settlement was not taken down");
        }
    }

    async fn run(&self, delivery: &Delivery, event: &Event) -> Result<(), Failure> {
        let attributes = vec![
            KeyValue::new("messaging.system", "nats"),
            KeyValue::new("messaging.operation.type", "process"),
            KeyValue::new("messaging.destination.name", delivery.topic.clone()),
            KeyValue::new("messaging.consumer.group.name", self.consumer.name.clone()),
            KeyValue::new("messaging.message.id", event.id.to_string()),
        ];
        let parent = context_of(event.traceparent.as_deref());
        let name = format!("process {}", delivery.topic);
        let context = self.telemetry.span(name, SpanKind::Consumer, &parent, attributes.clone());
        let trace_id = context.span().span_context().trace_id();
        let log = tracing::info_span!("event", service = self.telemetry.service(), %trace_id, id = %event.id);
        // Nobody waits for an event, but a message that is held longer than this is delivered to somebody else.
        let call = Call::default().within(self.consumer.ack_wait);
        let result = call.scope(self.handler.handle(event)).with_context(context.clone()).instrument(log).await;
        let outcome = KeyValue::new("outcome", result.as_ref().map_or_else(|failure| failure.kind.slug(), |()| "done"));
        let counted = [attributes[2].clone(), attributes[3].clone(), outcome];
        self.telemetry.instruments().events_handled.add(1, &counted);
        end_span(&context, result.as_ref().err().map(|failure| failure.kind.slug()), Vec::new());
        result
    }

    fn after(&self, delivery: &Delivery, event: &Event, failure: &Failure) -> Settlement {
        let (attempt, id) = (delivery.attempt, event.id);
        if self.consumer.max_deliver <= attempt {
            tracing::error!(%id, attempt, %failure, "failed too often; it is buried");
            return Settlement::Bury;
        }
        tracing::warn!(%id, attempt, %failure, "failed; it comes again");
        Settlement::Again(pause(attempt))
    }
}

/// 1, 4, 16, then 30 seconds: long enough for a third party to recover, short enough to keep a promise of minutes.
fn pause(attempt: u32) -> Duration {
    Duration::from_secs(4_u64.saturating_pow(attempt.saturating_sub(1)).min(30))
}

/// What an inbox keeps under a key: a state, and the ids of the events that made it.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
struct Kept<S> {
    #[serde(flatten)]
    state: S,
    events: Vec<uuid::Uuid>,
}

/// Changes the state under `key` by an event, exactly once however often the event comes.
///
/// The state and the list of events that made it are one document, changed in one step: there is no moment at which one
/// is true and the other is not. `change` gets the state, `None` before the first event; it may run more than once, so it
/// must be a pure function. Gives the state after it, or `None` where the event was known.
pub async fn once<S, F>(inbox: &dyn Documents, key: &str, event: &Event, change: F) -> Result<Option<S>, Failure>
where
    S: Serialize + DeserializeOwned + Clone,
    F: Fn(Option<S>) -> S,
{
    loop {
        let found = inbox.get(key).await?;
        let version = found.as_ref().map_or(0, |document| document.version);
        let kept = match found {
            None => None,
            Some(document) => {
                let kept: Result<Kept<S>, _> = serde_json::from_slice(&document.body);
                Some(kept.map_err(|error| Failure::new(Kind::Internal, format!("the inbox cannot be read: {error}")))?)
            }
        };
        if kept.as_ref().is_some_and(|kept| kept.events.contains(&event.id)) {
            return Ok(None);
        }
        let mut events = kept.as_ref().map(|kept| kept.events.clone()).unwrap_or_default();
        events.push(event.id);
        let kept = Kept { state: change(kept.map(|kept| kept.state)), events };
        let body = serde_json::to_vec(&kept).expect("a state is plain data");
        match inbox.put(key, body, version).await {
            Ok(_) => return Ok(Some(kept.state)),
            Err(failure) if failure.kind == Kind::VersionMismatch => {}
            Err(failure) => return Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::memory::MemoryDocuments;
    use serde::Deserialize;
    use uuid::Uuid;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Count {
        count: u32,
    }

    #[tokio::test]
    async fn an_event_that_comes_often_counts_once() {
        let inbox = MemoryDocuments::open(None, None).unwrap();
        let add = |count: Option<Count>| Count { count: count.map_or(0, |count| count.count) + 1 };
        let events: Vec<Event> = (0..3).map(|_| Event::now("/test", "test", Uuid::nil(), ())).collect();
        let all = events.iter().chain(&events).chain(&events).map(|event| once(&inbox, "key", event, add));
        let changed = futures::future::join_all(all).await.into_iter().filter(|result| *result != Ok(None)).count();
        assert_eq!(changed, 3);
        let again = once(&inbox, "key", &events[0], add).await;
        assert_eq!(again, Ok(None));
        let last = once(&inbox, "key", &Event::now("/test", "test", Uuid::nil(), ()), add).await;
        assert_eq!(last, Ok(Some(Count { count: 4 })));
    }
}
