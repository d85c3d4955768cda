//! Events: CloudEvents 1.0 in structured mode, as `api/asyncapi.yaml` has them.

use crate::telemetry;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What happened, to what, when. `source` and `id` together are unique.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique; what consumers tell repetitions by.
    pub id: Uuid,
    /// Who says so.
    pub source: String,
    /// What kind, with its version: `com.chandlery.orders.placed.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about; events of one subject stay in order.
    pub subject: Uuid,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The trace of the request that caused it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub traceparent: Option<String>,
    /// What there is to say.
    pub data: serde_json::Value,
}

impl Event {
    /// An event that happens now, in the trace of this task.
    pub fn now(source: &str, kind: &str, subject: Uuid, data: impl Serialize) -> Self {
        Self {
            specversion: "1.0".to_owned(),
            id: Uuid::now_v7(),
            source: source.to_owned(),
            kind: kind.to_owned(),
            subject,
            time: OffsetDateTime::now_utc(),
            datacontenttype: "application/json".to_owned(),
            traceparent: telemetry::traceparent(),
            data: serde_json::to_value(data).expect("an event's data are plain"),
        }
    }

    /// As it stands in the log.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an event is plain data")
    }
}
