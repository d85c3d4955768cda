//! The hosts that a description says it is served at.

use crate::redact;
use crate::tree::Node;

/// Hosts with their port where one is stated, in the order of the text, each once.
pub(super) fn hosts(root: &Node) -> Vec<String> {
    let servers = root.get("servers").map_or(&[][..], Node::items).iter().filter_map(url);
    let swagger = root.str_at("host").map(str::to_owned);
    let mut hosts: Vec<String> = Vec::new();
    for url in servers.chain(swagger) {
        if let Some(host) = host_of(&redact::value("url", &url)).filter(|host| !hosts.contains(host)) {
            hosts.push(host);
        }
    }
    hosts
}

/// The URL of a server with the defaults of its variables put in.
fn url(server: &Node) -> Option<String> {
    let mut url = server.str_at("url")?.to_owned();
    for variable in server.get("variables").map_or(&[][..], Node::entries) {
        if let Some(default) = variable.value.str_at("default") {
            url = url.replace(&format!("{{{}}}", variable.key), default);
        }
    }
    Some(url)
}

/// `host:port` of a URL or of a bare authority; `None` for a path alone and for a host that is still open.
fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map(|(_, rest)| rest).or_else(|| url.strip_prefix("//")).unwrap_or(url);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).trim();
    let open = host.is_empty() || host.starts_with('.') || host.contains(['{', '}', '$', '<', '>', ' ']);
    (!open).then(|| host.to_owned())
}
