//! Dead letters: what a consumer failed at too often, published again once the cause is mended.
//!
//! Who has handled a message before drops it by its inbox, so that a replay harms nobody. A replay that is interrupted is
//! said again: what went out is gone from the grave.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde_json::{Value, json};
use service_kit::{
    config::Variables,
    log::{
        EventLog,
        nats::{Nats, NatsLog},
    },
};
use std::{error::Error, sync::Arc};

/// Who reads events, and buries what it cannot handle.
pub const CONSUMERS: [&str; 2] = ["fulfil", "notify"];

/// Publishes a consumer's dead letters again. Gives how many there were.
///
/// # Errors
/// Where there is no such consumer, and where the log does not answer.
pub async fn replay(log: &dyn EventLog, consumer: &str) -> Result<usize, Box<dyn Error + Send + Sync>> {
    if !CONSUMERS.contains(&consumer) {
        return Err(format!("{consumer} reads no events; there are {}", CONSUMERS.join(" and ")).into());
    }
    Ok(log.replay(&format!("dead.{consumer}")).await?)
}

/// The shop's log in NATS, as the variables beginning with `NATS_` and `EVENTS_STREAM` have it.
///
/// # Errors
/// Where they say what cannot be used.
pub async fn log_of(variables: &Variables) -> Result<Arc<dyn EventLog>, Box<dyn Error + Send + Sync>> {
    let stream: String = variables.or("EVENTS_STREAM", "SHOP".to_owned())?;
    let topics = orders::TOPICS.map(str::to_owned).to_vec();
    Ok(Arc::new(NatsLog::new(Nats::from(variables).await?, stream, topics)))
}

/// `POST /dead-letters/{consumer}/replay`, for the control address.
pub fn route(log: Arc<dyn EventLog>) -> Router {
    Router::new().route("/dead-letters/{consumer}/replay", post(answer)).with_state(log)
}

async fn answer(State(log): State<Arc<dyn EventLog>>, Path(consumer): Path<String>) -> (StatusCode, Json<Value>) {
    match replay(&*log, &consumer).await {
        Ok(replayed) => (StatusCode::OK, Json(json!({ "replayed": replayed }))),
        Err(error) => (StatusCode::CONFLICT, Json(json!({ "error": error.to_string() }))),
    }
}
