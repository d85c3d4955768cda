//! Notify: tells customers by mail what became of their orders.
//!
//! A mail goes out first and is taken down afterwards, so that none is lost. Where the process dies in between, the same
//! mail is sent again under the same key, and the mailer drops it: together that is once.

use async_trait::async_trait;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    third_party::ThirdParty,
};
use std::{error::Error, sync::Arc, time::Duration};
use tonic::service::Routes;

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
    let handler = Arc::new(Notify { inbox, mailer: ThirdParty::from("mailer", &variables, &telemetry)? });
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

struct Notify {
    inbox: Arc<dyn Documents>,
    mailer: ThirdParty,
}

/// What is taken down of a mail: that it went out. Its key says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sent {}

/// What this service reads of an event's data; the rest is others' business.
#[derive(Debug, Deserialize)]
struct Told {
    order_id: String,
    customer_id: String,
}

#[async_trait]
impl Handler for Notify {
    async fn handle(&self, event: &Event) -> Result<(), Failure> {
        let key = event.id.to_string();
        if self.inbox.get(&key).await?.is_some() {
            return Ok(());
        }
        self.send(event, &key).await?;
        once(&*self.inbox, &key, event, |_: Option<Sent>| Sent {}).await.map(drop)
    }
}

impl Notify {
    async fn send(&self, event: &Event, key: &str) -> Result<(), Failure> {
        let template = template(event)?;
        let wrong =
            |error| Failure::new(Kind::Internal, format!("the event's data are not what they should be: {error}"));
        let Told { order_id, customer_id } = serde_json::from_value(event.data.clone()).map_err(wrong)?;
        let body = json!({ "order_id": order_id, "customer_id": customer_id, "template": template });
        let post = self.mailer.request(Method::POST, "/v1/messages").header("Idempotency-Key", key).json(&body);
        let answer = self.mailer.send::<serde_json::Value>(post).await?;
        match answer.status.is_success() {
            true => Ok(()),
            false => Err(Failure::new(Kind::Internal, format!("the mailer refused with {}", answer.status))),
        }
    }
}

/// Which mail tells of an event.
fn template(event: &Event) -> Result<&'static str, Failure> {
    match event.kind.as_str() {
        "com.chandlery.orders.placed.v1" => Ok("order-placed"),
        "com.chandlery.orders.cancelled.v1" => Ok("order-cancelled"),
        other => Err(Failure::new(Kind::Internal, format!("nobody told us about {other}"))),
    }
}
