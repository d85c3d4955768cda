//! Packages that come with a library or a platform, whose services are not a backend's own.

/// Package prefixes and the project that they come with. A prefix holds for itself and for everything below it.
const PACKAGES: &[(&str, &str)] = &[
    ("buf", "Buf"),
    ("cncf", "the xDS protocols"),
    ("envoy", "Envoy"),
    ("gnostic", "gnostic"),
    ("gogoproto", "gogo/protobuf"),
    ("google", "Google's common protos"),
    ("grpc.binarylog", "gRPC"),
    ("grpc.channelz", "gRPC"),
    ("grpc.gateway.protoc_gen_openapiv2", "grpc-gateway"),
    ("grpc.gateway.protoc_gen_swagger", "grpc-gateway"),
    ("grpc.health", "gRPC health checking"),
    ("grpc.lb", "gRPC"),
    ("grpc.lookup", "gRPC"),
    ("grpc.reflection", "gRPC reflection"),
    ("grpc.testing", "gRPC"),
    ("io.opencensus", "OpenCensus"),
    ("io.prometheus", "Prometheus"),
    ("opencensus.proto", "OpenCensus"),
    ("opentelemetry.proto", "OpenTelemetry"),
    ("udpa", "the xDS protocols"),
    ("validate", "protoc-gen-validate"),
    ("xds", "the xDS protocols"),
];

/// The project that a package comes with, where it is a known one.
pub(super) fn project_of(package: &str) -> Option<&'static str> {
    let below = |prefix: &str| package.strip_prefix(prefix).is_some_and(|r| r.is_empty() || r.starts_with('.'));
    PACKAGES.iter().find(|(prefix, _)| below(prefix)).map(|(_, project)| *project)
}
