//! The REST side of a server: what happens around every request, and bodies whose faults become problem documents.

use crate::{
    call::{Call, DEADLINE_HEADER, PRIORITY_HEADER, Priority},
    failure::{Failure, Kind},
    shed::Shedder,
    telemetry::{Telemetry, end_span, extract},
};
use axum::{
    Json, Router,
    extract::{FromRequest, MatchedPath, Request, State, rejection::JsonRejection},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use futures::FutureExt as _;
use http::{StatusCode, header};
use opentelemetry::{
    KeyValue,
    trace::{FutureExt as _, SpanKind, TraceContextExt as _},
};
use serde::de::DeserializeOwned;
use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};
use tracing::Instrument as _;

use crate::health::{Health, State as HealthState};

/// What a REST server puts around its routes.
#[derive(Clone, Debug)]
pub struct RestLayer {
    /// Where to tell what happened.
    pub telemetry: Telemetry,
    /// Who decides who is let in.
    pub shedder: Shedder,
    /// How long a request may take where the client does not say.
    pub patience: Duration,
    /// What a request to this method and route is worth.
    pub priority: fn(&http::Method, &str) -> Priority,
}

/// Puts the kit around routes: health beside them, problems for what is not there.
pub fn serve_routes(routes: Router, layer: RestLayer, health: Health) -> Router {
    let unknown = || async { Failure::new(Kind::NotFound, "there is nothing at this path") };
    let wrong_method = || async { Failure::new(Kind::MethodNotAllowed, "this path has other methods") };
    let around = middleware::from_fn_with_state(layer, around);
    let leaving = middleware::from_fn_with_state(health.clone(), say_when_leaving);
    let routes = routes.method_not_allowed_fallback(wrong_method).fallback(unknown).layer(around).layer(leaving);
    let answer = |health: Health, ask: fn(HealthState) -> bool| {
        get(move || async move {
            match ask(health.state()) {
                true => Json(serde_json::json!({ "status": "ok" })).into_response(),
                false => Failure::new(Kind::Unavailable, "not now").into_response(),
            }
        })
    };
    Router::new()
        .route("/health/live", answer(health.clone(), |_| true))
        .route("/health/started", answer(health.clone(), |state| state.started))
        .route("/health/ready", answer(health, HealthState::is_ready))
        .merge(routes)
}

/// What the request says of itself, as far as it may: a client can be less patient and less important, never more.
fn call_of(layer: &RestLayer, method: &http::Method, route: &str, headers: &header::HeaderMap) -> Call {
    let told = header(headers, DEADLINE_HEADER).and_then(|text| text.parse().ok()).map(Duration::from_millis);
    let worth = (layer.priority)(method, route);
    let priority = header(headers, PRIORITY_HEADER).map_or(worth, |text| Priority::parse(text).min(worth));
    Call { priority, deadline: None }.within(told.unwrap_or(layer.patience).min(layer.patience))
}

/// A connection that this process will soon close is closed in good order, after an answer.
async fn say_when_leaving(State(health): State<Health>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if health.state().draining {
        answer.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    }
    answer
}

async fn around(State(layer): State<RestLayer>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let call = call_of(&layer, &method, &route, request.headers());

    let mut attributes =
        vec![KeyValue::new("http.request.method", method.to_string()), KeyValue::new("http.route", route.clone())];
    let parent = extract(request.headers());
    let context = layer.telemetry.span(format!("{method} {route}"), SpanKind::Server, &parent, attributes.clone());
    let (trace_id, span_id) = (context.span().span_context().trace_id(), context.span().span_context().span_id());
    let log = tracing::info_span!("call", service = layer.telemetry.service(), %trace_id, %span_id);
    let began = Instant::now();

    let handler = async {
        let _permit = match layer.shedder.admit(call) {
            Ok(permit) => permit,
            Err(failure) => {
                layer.telemetry.instruments().refused.add(1, &[KeyValue::new("reason", failure.kind.slug())]);
                return failure.into_response();
            }
        };
        match AssertUnwindSafe(call.scope(next.run(request))).catch_unwind().await {
            Ok(answer) => answer,
            Err(_panic) => Failure::new(Kind::Internal, "the handler panicked").into_response(),
        }
    };
    // Calls inside keep the deadline themselves and say what was late; this is the net below them.
    let net = call.left(layer.patience) + Duration::from_millis(50);
    let handler = async {
        match tokio::time::timeout(net, handler).await {
            Ok(answer) => answer,
            Err(_) => Failure::new(Kind::TooLate, "the deadline has passed").into_response(),
        }
    };
    let answer = handler.with_context(context.clone()).instrument(log).await;

    let status = answer.status();
    attributes.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    layer.telemetry.instruments().http_server_duration.record(began.elapsed().as_secs_f64(), &attributes);
    end_span(&context, status.is_server_error().then(|| status.as_str().to_owned()).as_deref(), attributes);
    answer
}

/// A JSON body whose faults are problem documents.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let rejection = match Json::from_request(request, state).await {
            Ok(Json(value)) => return Ok(Self(value)),
            Err(rejection) => rejection,
        };
        Err(match rejection {
            JsonRejection::MissingJsonContentType(_) => Failure::new(Kind::UnsupportedMedia, "the body must be JSON"),
            JsonRejection::BytesRejection(bytes) if bytes.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Failure::new(Kind::TooLarge, "the body is too large")
            }
            other => Failure::field("", other.body_text()),
        })
    }
}

/// A header's text; `None` where it is absent or not text.
pub fn header<'a>(headers: &'a header::HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
