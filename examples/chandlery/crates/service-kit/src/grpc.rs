//! The gRPC side of a server: what happens around every call before and after its handler.
//!
//! In this order: read the deadline, the priority and the trace; send the call away if there is no room or nobody waits
//! any longer; run the handler inside the call's scope and span; stop it at the deadline; measure.
//! Health and reflection are let through untouched.

use crate::{
    call::{Call, PRIORITY_HEADER, Priority, parse_grpc_timeout},
    failure::{Failure, Kind},
    shed::Shedder,
    telemetry::{Telemetry, end_span, extract},
};
use futures::FutureExt as _;
use http::{HeaderMap, Request, Response};
use opentelemetry::{
    Context, KeyValue,
    trace::{FutureExt as _, SpanKind, TraceContextExt as _},
};
use std::{
    convert::Infallible,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Poll, ready},
    time::{Duration, Instant},
};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::Instrument as _;

/// Puts the kit around a server's services.
#[derive(Clone, Debug)]
pub struct ServerLayer {
    /// Where to tell what happened.
    pub telemetry: Telemetry,
    /// Who decides who is let in.
    pub shedder: Shedder,
}

impl<S> Layer<S> for ServerLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { inner, layer: self.clone() }
    }
}

/// A service with the kit around it.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    inner: S,
    layer: ServerLayer,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
        ready!(self.inner.poll_ready(context))?;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let spare = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, spare);
        if request.uri().path().starts_with("/grpc.") {
            return Box::pin(oneshot(inner, request));
        }
        let layer = self.layer.clone();
        Box::pin(async move { Ok(layer.serve(inner, request).await) })
    }
}

async fn oneshot<S: Service<Request<Body>>>(mut inner: S, request: Request<Body>) -> Result<S::Response, S::Error> {
    inner.call(request).await
}

impl ServerLayer {
    async fn serve<S>(self, inner: S, request: Request<Body>) -> Response<Body>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let call = call_of(request.headers());
        let mut record = Record::begin(self.telemetry.clone(), &request);
        let permit = match self.shedder.admit(call) {
            Ok(permit) => permit,
            Err(failure) => return record.refuse(failure),
        };
        if call.is_over() {
            return record.refuse(Failure::new(Kind::TooLate, "nobody waits for the answer any longer"));
        }
        let span = record.log_span();
        let context = record.context.clone();
        let handler = AssertUnwindSafe(call.scope(oneshot(inner, request))).catch_unwind();
        let handler = handler.with_context(context).instrument(span);
        let answer = match tokio::time::timeout(call.left(Duration::MAX / 4), handler).await {
            Ok(Ok(Ok(answer))) => answer,
            Ok(Err(_panic)) => Status::from(Failure::new(Kind::Internal, "the handler panicked")).into_http(),
            Err(_) => Status::from(Failure::new(Kind::TooLate, "the deadline has passed")).into_http(),
        };
        drop(permit);
        record.code = code_of(answer.headers());
        answer
    }
}

/// What the caller says of its call.
fn call_of(headers: &HeaderMap) -> Call {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let priority = text(PRIORITY_HEADER).map(Priority::parse).unwrap_or_default();
    let call = Call { priority, deadline: None };
    text("grpc-timeout").and_then(parse_grpc_timeout).map_or(call, |left| call.within(left))
}

/// An answer without `grpc-status` in its head carries it in its trailers, and is well as far as the head knows.
fn code_of(headers: &HeaderMap) -> Code {
    headers.get("grpc-status").map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()))
}

/// Tells what became of one call, also where its handler was dropped because the caller left.
struct Record {
    telemetry: Telemetry,
    began: Instant,
    context: Context,
    attributes: Vec<KeyValue>,
    code: Code,
}

impl Record {
    fn begin(telemetry: Telemetry, request: &Request<Body>) -> Self {
        let path = request.uri().path().trim_start_matches('/');
        let (service, method) = path.split_once('/').unwrap_or((path, ""));
        let attributes = vec![
            KeyValue::new("rpc.system", "grpc"),
            KeyValue::new("rpc.service", service.to_owned()),
            KeyValue::new("rpc.method", method.to_owned()),
        ];
        let parent = extract(request.headers());
        let context = telemetry.span(path.to_owned(), SpanKind::Server, &parent, attributes.clone());
        Self { telemetry, began: Instant::now(), context, attributes, code: Code::Cancelled }
    }

    fn log_span(&self) -> tracing::Span {
        let span = self.context.span();
        let (service, trace_id) = (self.telemetry.service(), span.span_context().trace_id());
        tracing::info_span!("call", service, trace_id = %trace_id, span_id = %span.span_context().span_id())
    }

    fn refuse(mut self, failure: Failure) -> Response<Body> {
        self.telemetry.instruments().refused.add(1, &[KeyValue::new("reason", failure.kind.slug())]);
        let status = Status::from(failure);
        self.code = status.code();
        status.into_http()
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let code = KeyValue::new("rpc.grpc.status_code", self.code as i64);
        // The server is at fault for these alone, by the semantic conventions of gRPC.
        let at_fault = matches!(
            self.code,
            Code::Unknown
                | Code::DeadlineExceeded
                | Code::Unimplemented
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss
        );
        end_span(&self.context, at_fault.then(|| self.code.description()), vec![code.clone()]);
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.push(code);
        let milliseconds = self.began.elapsed().as_secs_f64() * 1000.0;
        self.telemetry.instruments().rpc_server_duration.record(milliseconds, &attributes);
    }
}
