//! One port per service: container, probes, Service, network policy, callers, image and compose file name the same.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use agreement::{
    SERVICES, at, container, document, documents, environment_in_base, environment_in_compose, of_kind, scalar, text,
};
use serde_yaml_ng::Value;

/// The name of the port's variable, and what speaks there.
fn variable(service: &str) -> &'static str {
    if service == "gateway" { "HTTP_PORT" } else { "GRPC_PORT" }
}

/// The port that the service is told to listen on in Kubernetes.
fn port(service: &str) -> String {
    environment_in_base(service).get(variable(service)).cloned().unwrap_or_else(|| panic!("{service} has a port"))
}

/// The number of the container's port of this name or number.
fn resolve(container: &Value, port: &Value) -> Option<String> {
    let ports = at(container, &["ports"])?.as_sequence()?;
    let named =
        ports.iter().find(|one| at(one, &["name"]) == Some(port) || at(one, &["containerPort"]) == Some(port))?;
    at(named, &["containerPort"]).and_then(scalar)
}

#[test]
fn the_container_opens_the_port_that_the_service_listens_on() {
    for service in SERVICES {
        let container = container(&of_kind(&documents(&format!("deploy/base/{service}.yaml")), "Deployment"));
        let opened = at(&container, &["ports", "0", "containerPort"]).and_then(scalar);
        assert_eq!(opened, Some(port(service)), "{service}");
    }
}

#[test]
fn every_probe_asks_that_port_for_what_the_service_answers_there() {
    for service in SERVICES {
        let container = container(&of_kind(&documents(&format!("deploy/base/{service}.yaml")), "Deployment"));
        for (probe, state) in [("startupProbe", "started"), ("livenessProbe", "live"), ("readinessProbe", "ready")] {
            let probe = at(&container, &[probe]).unwrap_or_else(|| panic!("{service} has a {probe}"));
            let (asked, about) = match at(probe, &["grpc"]) {
                Some(grpc) => (at(grpc, &["port"]), at(grpc, &["service"]).and_then(scalar)),
                None => {
                    let path = at(probe, &["httpGet", "path"]).and_then(scalar);
                    (
                        at(probe, &["httpGet", "port"]),
                        path.and_then(|path| path.strip_prefix("/health/").map(str::to_owned)),
                    )
                }
            };
            assert_eq!(resolve(&container, asked.unwrap()), Some(port(service)), "{service} {state}");
            assert_eq!(about.as_deref(), Some(state), "{service}");
        }
    }
}

#[test]
fn the_states_that_probes_ask_for_are_those_that_the_kit_answers() {
    let kit = text("crates/service-kit/src/service.rs") + &text("crates/service-kit/src/rest.rs");
    for state in ["started", "live", "ready"] {
        assert!(kit.contains(&format!("\"{state}\"")), "no service answers for `{state}`");
    }
    let openapi = document("api/openapi.yaml");
    for state in ["started", "live", "ready"] {
        assert!(at(&openapi, &["paths", &format!("/health/{state}")]).is_some(), "openapi.yaml has /health/{state}");
    }
}

#[test]
fn the_service_and_its_network_policy_name_that_port() {
    for service in SERVICES {
        let objects = documents(&format!("deploy/base/{service}.yaml"));
        let deployment = of_kind(&objects, "Deployment");
        let policy = of_kind(&objects, "NetworkPolicy");
        for rule in at(&policy, &["spec", "ingress"]).and_then(Value::as_sequence).into_iter().flatten() {
            for opened in at(rule, &["ports"]).and_then(Value::as_sequence).into_iter().flatten() {
                let number = at(opened, &["port"]).and_then(|port| resolve(&container(&deployment), port));
                assert_eq!(number, Some(port(service)), "{service}'s network policy");
            }
        }
        // Consumers of events are asked by nobody: they have no Service.
        for object in objects.iter().filter(|object| at(object, &["kind"]).and_then(Value::as_str) == Some("Service")) {
            let target = at(object, &["spec", "ports", "0", "targetPort"]).unwrap();
            assert_eq!(resolve(&container(&deployment), target), Some(port(service)), "{service}'s Service");
        }
    }
}

#[test]
fn callers_name_the_ports_of_those_they_call() {
    for (file, environment) in
        [("deploy/base", environment_in_base as fn(&str) -> _), ("compose.yaml", environment_in_compose)]
    {
        for service in SERVICES {
            for (name, target) in environment(service).iter().filter(|(name, _)| name.ends_with("_GRPC_TARGET")) {
                let (host, port) = target.rsplit_once(':').unwrap();
                let callee = host.rsplit('/').next().unwrap();
                let port_of_callee = environment(callee).get(variable(callee)).cloned();
                assert_eq!(Some(port.to_owned()), port_of_callee, "{file}: {service} {name}");
            }
        }
    }
}

#[test]
fn the_image_exposes_that_port() {
    for service in SERVICES {
        let dockerfile = text(&format!("services/{service}/Dockerfile"));
        let exposed = dockerfile.lines().find_map(|line| line.strip_prefix("EXPOSE "));
        assert_eq!(exposed, Some(port(service).as_str()), "{service}");
        assert_eq!(
            environment_in_compose(service).get(variable(service)),
            Some(&port(service)),
            "{service} in compose.yaml"
        );
    }
}
