//! Fulfil: turns placed orders into picking lists, and withdraws them when an order is undone.
//!
//! A picking list and the events that made it are one document in the inbox bucket: there is no moment at which one is
//! true and the other is not. An order that is undone before it was placed, as far as this service has heard, never
//! gets picked.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use service_kit::{
    config::Variables,
    consume::{Handler, consume, once},
    documents::{Documents, nats::NatsDocuments},
    event::Event,
    failure::{Failure, Kind},
    health::Check,
    log::{
        Consumer, EventLog,
        nats::{Nats, NatsLog},
    },
    service::{Door, Service},
    telemetry::Telemetry,
    work::Work,
};
use std::{error::Error, sync::Arc, time::Duration};
use tonic::service::Routes;
use uuid::Uuid;

/// The topics that it reads.
pub const TOPICS: [&str; 2] = ["orders.placed", "orders.cancelled"];
/// Longer than any message lives in the log.
const INBOX_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

type Started = Result<Service, Box<dyn Error + Send + Sync>>;

/// The service against NATS.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Started {
    let nats = Nats::from(&variables).await?;
    let stream: String = variables.required("EVENTS_STREAM")?;
    let bucket: String = variables.required("EVENTS_INBOX_BUCKET")?;
    let inbox = NatsDocuments::new(nats.clone(), bucket, Some(INBOX_KEPT));
    let log = NatsLog::new(nats, stream, TOPICS.map(str::to_owned).to_vec());
    with(variables, telemetry, Arc::new(log), Arc::new(inbox))
}

/// The service with any log and any inbox.
pub fn with(variables: Variables, telemetry: Telemetry, log: Arc<dyn EventLog>, inbox: Arc<dyn Documents>) -> Started {
    let consumer = Consumer::from(&variables, TOPICS.to_vec())?;
    let handler = Arc::new(Fulfil { inbox, work: Work::from(&variables)? });
    let reading = (log.clone(), telemetry.clone());
    // Its door has health alone.
    let door = Door::Grpc(Routes::default(), contracts::DESCRIPTORS);
    let service = Service::new(&telemetry, door, &variables)?;
    let service = service.job(move |stop| consume(reading.0, consumer, handler, reading.1, stop));
    Ok(service.check(Check::new("events", move || {
        let log = log.clone();
        async move { log.answers().await }
    })))
}

struct Fulfil {
    inbox: Arc<dyn Documents>,
    work: Work,
}

/// What is to be picked for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickingList {
    /// For which order.
    pub order_id: Uuid,
    /// What, as the event has it.
    pub lines: Vec<Line>,
    /// Not to be picked after all.
    pub withdrawn: bool,
}

/// So many of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Line {
    pub sku: String,
    pub quantity: u32,
}

/// What this service reads of an event's data; the rest is others' business.
#[derive(Debug, Deserialize)]
struct Placed {
    lines: Vec<Line>,
}

#[async_trait]
impl Handler for Fulfil {
    async fn handle(&self, event: &Event) -> Result<(), Failure> {
        self.work.spend().await;
        let change = change(event)?;
        let made = once(&*self.inbox, &event.subject.to_string(), event, change).await?;
        if let Some(list) = made {
            tracing::info!(order = %list.order_id, lines = list.lines.len(), withdrawn = list.withdrawn, "picking list");
        }
        Ok(())
    }
}

/// What an event makes of a picking list.
fn change(event: &Event) -> Result<impl Fn(Option<PickingList>) -> PickingList + use<>, Failure> {
    let order_id = event.subject;
    let wrong = |error| Failure::new(Kind::Internal, format!("the event's data are not what they should be: {error}"));
    let placed: Option<Placed> = match event.kind.as_str() {
        "com.chandlery.orders.placed.v1" => Some(serde_json::from_value(event.data.clone()).map_err(wrong)?),
        "com.chandlery.orders.cancelled.v1" => None,
        other => return Err(Failure::new(Kind::Internal, format!("nobody told us about {other}"))),
    };
    Ok(move |before: Option<PickingList>| {
        let before = before.unwrap_or(PickingList { order_id, lines: Vec::new(), withdrawn: false });
        match &placed {
            Some(placed) => PickingList { lines: placed.lines.clone(), ..before },
            None => PickingList { withdrawn: true, ..before },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use service_kit::documents::memory::MemoryDocuments;

    async fn lists_after(events: &[&Event]) -> PickingList {
        let inbox = Arc::new(MemoryDocuments::open(None, None).unwrap());
        let fulfil = Fulfil { inbox: inbox.clone(), work: Work::from(&Variables::default()).unwrap() };
        for event in events {
            fulfil.handle(event).await.unwrap();
        }
        let document = inbox.get(&Uuid::nil().to_string()).await.unwrap().unwrap();
        serde_json::from_slice(&document.body).unwrap()
    }

    #[tokio::test]
    async fn an_undone_order_is_not_picked_in_whatever_order_its_events_come() {
        let event = |kind: &str, data| Event::now("/chandlery/orders", kind, Uuid::nil(), data);
        let placed = event("com.chandlery.orders.placed.v1", json!({ "lines": [{ "sku": "A-1", "quantity": 2 }] }));
        let cancelled = event("com.chandlery.orders.cancelled.v1", json!({ "reason": "payment_too_late" }));
        let line = Line { sku: "A-1".to_owned(), quantity: 2 };
        let picked = PickingList { order_id: Uuid::nil(), lines: vec![line], withdrawn: false };
        let withdrawn = PickingList { withdrawn: true, ..picked.clone() };
        assert_eq!(lists_after(&[&placed, &placed]).await, picked);
        assert_eq!(lists_after(&[&placed, &cancelled]).await, withdrawn);
        assert_eq!(lists_after(&[&cancelled, &placed, &cancelled]).await, withdrawn);
    }

    #[test]
    fn an_event_that_nobody_told_us_about_fails() {
        let event = Event::now("/chandlery/orders", "com.chandlery.orders.eaten.v1", Uuid::nil(), json!({}));
        assert_eq!(change(&event).map(drop).unwrap_err().kind, Kind::Internal);
    }
}
