//! Names under which pods are reached: Services, Ingresses, routes.

use super::object::{Object, pairs};
use crate::facts::{Endpoint, Facts, Origin, Port, Spelled, Target, VariantId};
use crate::tree::Node;

/// Whether the object is a name under which something is reached.
pub(super) fn is_endpoint(object: &Object<'_>) -> bool {
    matches!(
        (object.group(), object.kind),
        ("", "Service")
            | ("networking.k8s.io" | "extensions", "Ingress")
            | ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute")
            | ("route.openshift.io" | "", "Route")
    )
}

/// Reads a Service, Ingress or route. Other objects are left alone.
pub(super) fn read(variant: VariantId, object: &Object<'_>, facts: &mut Facts) {
    if !is_endpoint(object) {
        return;
    }
    let Some(spec) = object.spec() else { return };
    let mut endpoint = Endpoint {
        variant,
        form: object.kind.to_owned(),
        name: object.name.to_owned(),
        namespace: object.namespace().map(str::to_owned),
        selector: Vec::new(),
        targets: Vec::new(),
        hosts: Vec::new(),
        ports: Vec::new(),
        exposure: object.kind.to_owned(),
        origin: Origin::of(object.name_node()),
    };
    match object.kind {
        "Service" => service(spec, &mut endpoint),
        "Ingress" => ingress(spec, &mut endpoint),
        "Route" => route(spec, &mut endpoint),
        _ => gateway_route(spec, &mut endpoint),
    }
    facts.endpoints.push(endpoint);
}

fn service(spec: &Node, endpoint: &mut Endpoint) {
    endpoint.selector = pairs(spec.get("selector"));
    endpoint.ports = spec.get("ports").map(Node::items).unwrap_or_default().iter().map(service_port).collect();
    let kind = spec.str_at("type").unwrap_or("ClusterIP");
    let headless = spec.str_at("clusterIP") == Some("None");
    endpoint.exposure = if headless { String::from("headless") } else { kind.to_owned() };
    for port in &mut endpoint.ports {
        port.published = matches!(kind, "NodePort" | "LoadBalancer");
    }
    if let Some(node) = spec.get("externalName").filter(|_| kind == "ExternalName") {
        endpoint.targets.extend(target(node, None, None));
    }
}

fn service_port(node: &Node) -> Port {
    Port {
        number: node.get("port").and_then(Node::as_u64).and_then(|n| u16::try_from(n).ok()),
        name: node.str_at("name").map(str::to_owned),
        target: node.str_at("targetPort").or_else(|| node.str_at("port")).map(str::to_owned),
        application: node.str_at("appProtocol").map(str::to_owned),
        published: false,
        origin: Origin::of(node.get("port").unwrap_or(node)),
    }
}

fn target(name: &Node, port: Option<&str>, namespace: Option<&str>) -> Option<Target> {
    Some(Target {
        name: name.as_str()?.to_owned(),
        port: port.map(str::to_owned),
        namespace: namespace.map(str::to_owned),
        origin: Origin::of(name),
    })
}

fn spelled(node: &Node) -> Option<Spelled> {
    Some(Spelled { text: node.as_str()?.to_owned(), origin: Origin::of(node) })
}

fn ingress(spec: &Node, endpoint: &mut Endpoint) {
    let mut backend = |node: Option<&Node>| {
        let Some(node) = node else { return };
        // v1: service.name and service.port; v1beta1: serviceName and servicePort.
        if let Some(service) = node.get("service") {
            let port = service.get("port").and_then(|p| p.str_at("number").or_else(|| p.str_at("name")));
            endpoint.targets.extend(service.get("name").and_then(|name| target(name, port, None)));
        } else if let Some(name) = node.get("serviceName") {
            endpoint.targets.extend(target(name, node.str_at("servicePort"), None));
        }
    };
    backend(spec.get("defaultBackend").or_else(|| spec.get("backend")));
    for rule in spec.get("rules").map(Node::items).unwrap_or_default() {
        for path in rule.at_path(&["http", "paths"]).map(Node::items).unwrap_or_default() {
            backend(path.get("backend"));
        }
    }
    let rules = spec.get("rules").map(Node::items).unwrap_or_default();
    endpoint.hosts = rules.iter().filter_map(|rule| rule.get("host").and_then(spelled)).collect();
}

fn route(spec: &Node, endpoint: &mut Endpoint) {
    let to = spec.get("to").into_iter();
    let alternates = spec.get("alternateBackends").map(Node::items).unwrap_or_default();
    for backend in to.chain(alternates) {
        endpoint.targets.extend(backend.get("name").and_then(|name| target(name, None, None)));
    }
    endpoint.hosts = spec.get("host").and_then(spelled).into_iter().collect();
}

fn gateway_route(spec: &Node, endpoint: &mut Endpoint) {
    for rule in spec.get("rules").map(Node::items).unwrap_or_default() {
        for backend in rule.get("backendRefs").map(Node::items).unwrap_or_default() {
            let (port, namespace) = (backend.str_at("port"), backend.str_at("namespace"));
            endpoint.targets.extend(backend.get("name").and_then(|name| target(name, port, namespace)));
        }
    }
    let hosts = spec.get("hostnames").map(Node::items).unwrap_or_default();
    endpoint.hosts = hosts.iter().filter_map(spelled).collect();
}
