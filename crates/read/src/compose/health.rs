//! Health checks: what a `healthcheck` asks. It tells others when a service is ready, and restarts nothing.

use plimsoll_model::{Content, Probe, ProbeKind, Value};

use super::quantity::seconds;
use super::words::split;
use crate::redact;
use crate::tree::Node;

/// What a `healthcheck` states; `None` where it leaves the test to the image.
pub(super) fn readiness(check: &Node) -> Option<Content> {
    let flag = |key| check.get(key).and_then(Node::as_str) == Some("true");
    if flag("disable") {
        return Some(Content::Absent);
    }
    let test = check.get("test")?;
    let command = match (test.as_str(), test.items()) {
        (Some(text), _) => text.to_owned(),
        (None, [kind, ..]) if kind.as_str() == Some("NONE") => return Some(Content::Absent),
        (None, [kind, rest @ ..]) if matches!(kind.as_str(), Some("CMD" | "CMD-SHELL")) => joined(rest),
        (None, items) if !items.is_empty() => joined(items),
        _ => return None,
    };
    let time = |key: &str| check.str_at(key).and_then(seconds);
    let probe = Probe {
        period_s: time("interval"),
        timeout_s: time("timeout"),
        failure_threshold: check.get("retries").and_then(Node::as_u64),
        initial_delay_s: time("start_period"),
        ..asked(&command)
    };
    Some(Content::Stated(Value::Probe(probe)))
}

fn joined(items: &[Node]) -> String {
    items.iter().filter_map(Node::as_str).collect::<Vec<_>>().join(" ")
}

/// A command that only fetches a page of its own is an HTTP probe; `grpc_health_probe` is one of gRPC; `nc -z` of TCP.
fn asked(command: &str) -> Probe {
    let words = split(command);
    let program = |name: &str| words.iter().any(|word| word.rsplit('/').next() == Some(name));
    if (program("curl") || program("wget") || program("http"))
        && let Some(url) = words.iter().find(|word| word.starts_with("http://") || word.starts_with("https://"))
    {
        let (port, path) = port_and_path(url);
        return Probe { kind: ProbeKind::Http, port: Some(port), path: Some(path), ..Probe::default() };
    }
    if program("grpc_health_probe") || program("grpc-health-probe") {
        let port = words.iter().filter_map(|word| word.rsplit_once(':')).map(|(_, port)| port.to_owned()).next_back();
        return Probe { kind: ProbeKind::Grpc, port, ..Probe::default() };
    }
    if program("nc") && words.iter().any(|word| word.starts_with('-') && word.contains('z')) {
        let port = words.iter().rev().find(|word| word.parse::<u16>().is_ok()).cloned();
        return Probe { kind: ProbeKind::Tcp, port, ..Probe::default() };
    }
    Probe { kind: ProbeKind::Exec, path: Some(without_secrets(&words, command)), ..Probe::default() }
}

fn port_and_path(url: &str) -> (String, String) {
    let standard = if url.starts_with("https") { "443" } else { "80" };
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (host, path) = rest.find(['/', '?']).map_or((rest, "/"), |slash| rest.split_at(slash));
    let port = host.rsplit_once(':').map_or(standard, |(_, port)| port);
    (port.to_owned(), redact::value("url", path).into_owned())
}

/// The command with what looks like a credential taken out.
fn without_secrets(words: &[String], command: &str) -> String {
    let clean = redact::words(words);
    if clean == words { redact::value("command", command).into_owned() } else { clean.join(" ") }
}
