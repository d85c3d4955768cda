//! What every stand-in has for those who run it: behaviour, counts, health.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value};

use crate::gate::Gate;
use crate::problem::problem;

/// The routes below `/stand-in`, `/health/ready`, and a problem for whatever is not there.
pub fn admin(gate: Arc<Gate>) -> Router {
    Router::new()
        .route("/stand-in/behaviour", get(show).patch(change))
        .route("/stand-in/counts", get(async |State(gate): State<Arc<Gate>>| Json(gate.counts())))
        .with_state(gate)
        .route("/health/ready", get(async || StatusCode::OK))
        .fallback(async || problem(StatusCode::NOT_FOUND, "there is nothing here"))
}

async fn show(State(gate): State<Arc<Gate>>) -> Response {
    Json(gate.behaviour()).into_response()
}

async fn change(State(gate): State<Arc<Gate>>, Json(patch): Json<Map<String, Value>>) -> Response {
    match gate.change(&patch) {
        Ok(behaviour) => Json(behaviour).into_response(),
        Err(wrong) => problem(StatusCode::BAD_REQUEST, wrong.to_string()),
    }
}
