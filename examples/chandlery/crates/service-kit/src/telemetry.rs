//! Telemetry: traces, metrics and logs by OpenTelemetry's semantic conventions, sent by OTLP where an endpoint is set.
//!
//! Each service has its own provider, also where several live in one process, so that a trace names every service that
//! it went through. Without `OTEL_EXPORTER_OTLP_ENDPOINT` nothing leaves the process; trace ids are made all the same,
//! for logs and problem documents.

use crate::config::{ConfigError, Variables};
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context, KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::{SpanKind, Status, TraceContextExt as _, Tracer as _, TracerProvider as _},
};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, MetricExporter, SpanExporter, WithExportConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::{
    Resource,
    logs::SdkLoggerProvider,
    metrics::SdkMeterProvider,
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tonic::transport::{Certificate, ClientTlsConfig};
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Bounds of the buckets of durations, in seconds. 1.2 s is what checkout promises: the promise is counted by it.
pub const BOUNDS_S: [f64; 15] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.2, 1.5, 2.5, 5.0, 10.0];

/// A service's own telemetry. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Telemetry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: String,
    tracer: SdkTracer,
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    logs: Option<SdkLoggerProvider>,
    instruments: Instruments,
}

/// What every service measures. Names and units by the semantic conventions where they have one.
#[derive(Debug)]
#[expect(missing_docs, reason = "the instruments' names say it")]
pub struct Instruments {
    pub http_server_duration: Histogram<f64>,
    pub http_client_duration: Histogram<f64>,
    pub rpc_server_duration: Histogram<f64>,
    pub rpc_client_duration: Histogram<f64>,
    pub db_client_duration: Histogram<f64>,
    pub refused: Counter<u64>,
    pub retries: Counter<u64>,
    pub events_published: Counter<u64>,
    pub events_handled: Counter<u64>,
}

impl Instruments {
    fn new(meter: &Meter) -> Self {
        let seconds = |name| meter.f64_histogram(name).with_unit("s").with_boundaries(BOUNDS_S.to_vec()).build();
        let milliseconds = |name| {
            let bounds = BOUNDS_S.iter().map(|bound| bound * 1000.0).collect();
            meter.f64_histogram(name).with_unit("ms").with_boundaries(bounds).build()
        };
        Self {
            http_server_duration: seconds("http.server.request.duration"),
            http_client_duration: seconds("http.client.request.duration"),
            rpc_server_duration: milliseconds("rpc.server.duration"),
            rpc_client_duration: milliseconds("rpc.client.duration"),
            db_client_duration: seconds("db.client.operation.duration"),
            refused: meter.u64_counter("chandlery.requests.refused").build(),
            retries: meter.u64_counter("chandlery.calls.retried").build(),
            events_published: meter.u64_counter("messaging.client.sent.messages").build(),
            events_handled: meter.u64_counter("messaging.client.consumed.messages").build(),
        }
    }
}

impl Telemetry {
    /// Starts a service's telemetry. The first one in a process also starts its log.
    pub fn start(service: &str, variables: &Variables) -> Result<Self, StartError> {
        let resource = Resource::builder().with_service_name(service.to_owned()).build();
        let mut traces = SdkTracerProvider::builder().with_resource(resource.clone());
        let mut metrics = SdkMeterProvider::builder().with_resource(resource.clone());
        let mut logs = None;
        if let Some(exporters) = Exporters::from(variables)? {
            traces = traces.with_batch_exporter(exporters.spans()?);
            metrics = metrics.with_periodic_exporter(exporters.metrics()?);
            logs = Some(
                SdkLoggerProvider::builder().with_resource(resource).with_batch_exporter(exporters.logs()?).build(),
            );
        }
        start_log(variables, logs.as_ref())?;
        let (traces, metrics) = (traces.build(), metrics.build());
        let tracer = traces.tracer("service-kit");
        let instruments = Instruments::new(&metrics.meter("service-kit"));
        let service = service.to_owned();
        Ok(Self(Arc::new(Inner { service, tracer, traces, metrics, logs, instruments })))
    }

    /// Telemetry that goes nowhere, for tests.
    pub fn silent(service: &str) -> Self {
        Self::start(service, &Variables::default().with("LOG_LEVEL", "off"))
            .expect("nothing to fail without an endpoint")
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        &self.0.service
    }

    /// What is measured.
    pub fn instruments(&self) -> &Instruments {
        &self.0.instruments
    }

    /// Begins a span below `parent` and gives the context that has it.
    pub fn span(&self, name: String, kind: SpanKind, parent: &Context, attributes: Vec<KeyValue>) -> Context {
        let span = self.0.tracer.span_builder(name).with_kind(kind).with_attributes(attributes);
        parent.with_span(span.start_with_context(&self.0.tracer, parent))
    }

    /// Sends what is still here. The last thing that a service does.
    pub fn flush(&self) {
        let logs = self.0.logs.as_ref().map(SdkLoggerProvider::shutdown);
        for result in [self.0.traces.shutdown(), self.0.metrics.shutdown()].into_iter().chain(logs) {
            if let Err(error) = result {
                tracing::debug!(%error, "telemetry was not flushed");
            }
        }
    }
}

/// Ends the span of a context, with what went wrong if anything did.
pub fn end_span(context: &Context, error: Option<&str>, attributes: Vec<KeyValue>) {
    let span = context.span();
    span.set_attributes(attributes);
    if let Some(error) = error {
        span.set_status(Status::error(error.to_owned()));
    }
    span.end();
}

/// The trace of this task, in hexadecimal; `None` outside any.
pub fn current_trace_id() -> Option<String> {
    let context = Context::current();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// Reads the caller's trace context from headers.
pub fn extract(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers))
}

/// Writes a trace context into headers.
pub fn inject(context: &Context, headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(context, &mut HeadersMut(headers));
}

/// The current trace context as W3C has it, to be kept with an event.
pub fn traceparent() -> Option<String> {
    let mut headers = HeaderMap::new();
    inject(&Context::current(), &mut headers);
    headers.get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The context that a kept `traceparent` speaks of.
pub fn context_of(traceparent: Option<&str>) -> Context {
    let mut headers = HeaderMap::new();
    if let Some(value) = traceparent.and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert("traceparent", value);
    }
    extract(&headers)
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct HeadersMut<'a>(&'a mut HeaderMap);

impl Injector for HeadersMut<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

/// Telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The certificate of the collector cannot be read.
    #[error("OTEL_EXPORTER_OTLP_CERTIFICATE: cannot read the file")]
    Certificate(#[source] std::io::Error),
    /// The exporter cannot be made.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: cannot make an exporter")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Makes exporters to one collector.
struct Exporters {
    endpoint: String,
    tls: Option<ClientTlsConfig>,
}

macro_rules! exporter {
    ($name:ident, $exporter:ty) => {
        fn $name(&self) -> Result<$exporter, StartError> {
            let mut builder = <$exporter>::builder().with_tonic().with_endpoint(&self.endpoint);
            builder = builder.with_timeout(Duration::from_secs(5));
            if let Some(tls) = &self.tls {
                builder = builder.with_tls_config(tls.clone());
            }
            Ok(builder.build()?)
        }
    };
}

impl Exporters {
    fn from(variables: &Variables) -> Result<Option<Self>, StartError> {
        let Some(endpoint) = variables.optional("OTEL_EXPORTER_OTLP_ENDPOINT")? else { return Ok(None) };
        let tls = match variables.optional::<PathBuf>("OTEL_EXPORTER_OTLP_CERTIFICATE")? {
            None => None,
            Some(file) => {
                let pem = std::fs::read(file).map_err(StartError::Certificate)?;
                Some(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))
            }
        };
        Ok(Some(Self { endpoint, tls }))
    }

    exporter!(spans, SpanExporter);
    exporter!(metrics, MetricExporter);
    exporter!(logs, LogExporter);
}

/// Starts the process's log: `LOG_FORMAT` json or text, `LOG_LEVEL` as `info` or `info,sqlx=warn`.
fn start_log(variables: &Variables, otlp: Option<&SdkLoggerProvider>) -> Result<(), ConfigError> {
    let level = variables.or("LOG_LEVEL", "info".to_owned())?;
    // The exporter's own transport must not log into itself.
    let quiet = "h2=warn,hyper=warn,tonic=warn,tower=warn,opentelemetry=warn,async_nats=warn,sqlx=warn";
    let filter = || EnvFilter::new(format!("{level},{quiet}"));
    let json = variables.or("LOG_FORMAT", "text".to_owned())? == "json";
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let to_stderr = tracing_subscriber::fmt::layer().with_ansi(is_terminal).with_writer(std::io::stderr);
    let to_stderr = if json {
        to_stderr.json().flatten_event(true).with_filter(filter()).boxed()
    } else {
        to_stderr.with_target(false).with_filter(filter()).boxed()
    };
    let to_collector = otlp.map(|logs| OpenTelemetryTracingBridge::new(logs).with_filter(filter()));
    // Several services in one process share its log: the first one wins.
    let _ = tracing_subscriber::registry().with(to_stderr).with(to_collector).try_init();
    Ok(())
}
