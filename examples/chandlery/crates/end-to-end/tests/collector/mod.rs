//! A collector of OTLP: what services send over gRPC is kept, and told as what the shop is made of.
//!
//! Not here: what it should be made of (`seen.txt`, which Plimsoll's own tests hold against the survey of this folder).

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::{
            ExportLogsServiceRequest, ExportLogsServiceResponse,
            logs_service_server::{LogsService, LogsServiceServer},
        },
        metrics::v1::{
            ExportMetricsServiceRequest, ExportMetricsServiceResponse,
            metrics_service_server::{MetricsService, MetricsServiceServer},
        },
        trace::v1::{
            ExportTraceServiceRequest, ExportTraceServiceResponse,
            trace_service_server::{TraceService, TraceServiceServer},
        },
    },
    common::v1::{KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{Span, span::SpanKind},
};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, async_trait, transport::Server};

/// What was sent. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: Vec<(String, Span)>,
    /// Service and name.
    metrics: BTreeSet<(String, String)>,
    /// Traces that a line of the log speaks of.
    logged: BTreeSet<Vec<u8>>,
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        _ => None,
    }
}

fn service(resource: Option<&Resource>) -> String {
    resource.and_then(|resource| text(&resource.attributes, "service.name")).expect("a resource says its service")
}

#[async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        for sent in request.into_inner().resource_spans {
            let service = service(sent.resource.as_ref());
            let spans = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
            self.0.lock().unwrap().spans.extend(spans.map(|span| (service.clone(), span)));
        }
        Ok(Response::new(Default::default()))
    }
}

#[async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        for sent in request.into_inner().resource_metrics {
            let service = service(sent.resource.as_ref());
            let metrics = sent.scope_metrics.into_iter().flat_map(|scope| scope.metrics);
            self.0.lock().unwrap().metrics.extend(metrics.map(|metric| (service.clone(), metric.name)));
        }
        Ok(Response::new(Default::default()))
    }
}

#[async_trait]
impl LogsService for Collector {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let scopes = request.into_inner().resource_logs.into_iter().flat_map(|sent| sent.scope_logs);
        let traces = scopes.flat_map(|scope| scope.log_records).map(|record| record.trace_id);
        self.0.lock().unwrap().logged.extend(traces.filter(|trace| !trace.is_empty()));
        Ok(Response::new(Default::default()))
    }
}

impl Collector {
    /// A collector that listens, and where.
    pub(crate) async fn start() -> (Self, SocketAddr) {
        let collector = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::builder()
            .add_service(TraceServiceServer::new(collector.clone()))
            .add_service(MetricsServiceServer::new(collector.clone()))
            .add_service(LogsServiceServer::new(collector.clone()));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        (collector, address)
    }

    /// What the spans show, a line each, in order: components, calls between them, topics, operations that were asked for.
    pub(crate) fn seen(&self) -> BTreeSet<String> {
        let kept = self.0.lock().unwrap();
        let mut seen = BTreeSet::new();
        for (service, span) in &kept.spans {
            seen.insert(format!("component {service}"));
            let text = |key| text(&span.attributes, key);
            let peer = text("peer.service");
            if let Some(peer) = &peer {
                seen.extend([format!("component {peer}"), format!("call {service} {peer}")]);
            }
            if let Some(topic) = text("messaging.destination.name") {
                let verb = if span.kind() == SpanKind::Producer { "publishes" } else { "consumes" };
                seen.extend([format!("call {service} events"), format!("{verb} {service} {topic}")]);
                seen.insert("component events".to_owned());
            }
            if span.kind() == SpanKind::Server {
                let grpc = text("rpc.service").zip(text("rpc.method"));
                let rest = text("http.request.method").zip(text("http.route"));
                let operation = grpc.map(|(of, method)| format!("{of}/{method}"));
                let operation = operation.or_else(|| rest.map(|(method, route)| format!("{method} {route}")));
                seen.insert(format!("operation {service} {}", operation.expect("a server says what it was asked for")));
            }
        }
        seen
    }

    /// Whose spans belong to the trace that `name` of `service` began.
    pub(crate) fn in_trace_of(&self, service: &str, name: &str) -> BTreeSet<String> {
        let kept = self.0.lock().unwrap();
        let first = kept.spans.iter().find(|(of, span)| of == service && span.name == name);
        let trace = &first.unwrap_or_else(|| panic!("{service} never did {name}")).1.trace_id;
        kept.spans.iter().filter(|(_, span)| span.trace_id == *trace).map(|(service, _)| service.clone()).collect()
    }

    /// Whether a service sent a metric of this name.
    pub(crate) fn has_metric(&self, service: &str, name: &str) -> bool {
        self.0.lock().unwrap().metrics.contains(&(service.to_owned(), name.to_owned()))
    }

    /// Whether every trace that the log speaks of has spans, and there is such a trace.
    pub(crate) fn logs_lead_to_traces(&self) -> bool {
        let kept = self.0.lock().unwrap();
        let traced: BTreeSet<&Vec<u8>> = kept.spans.iter().map(|(_, span)| &span.trace_id).collect();
        !kept.logged.is_empty() && kept.logged.iter().all(|trace| traced.contains(trace))
    }
}
