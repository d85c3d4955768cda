//! Addresses: which hosts a value names, in every usual spelling.
//!
//! A value is read whole: URLs anywhere in it (in lists, arguments, queries, shell scripts), connection strings of every
//! usual kind, `host:port`, what shell commands such as `nc -z host port` are asked to reach, and at last a bare word.
//!
//! | spelling | example |
//! |---|---|
//! | URL of any scheme, several hosts too | `mongodb://u:p@a:27017,b:27017/db` |
//! | JDBC, R2DBC, SQLAlchemy | `jdbc:sqlserver://h;databaseName=x`, `jdbc:oracle:thin:@h:1521:S`, `postgresql+asyncpg://h/x` |
//! | ADO.NET, StackExchange.Redis, TNS | `Server=h,1433;Database=x`, `h:6379,ssl=True`, `(DESCRIPTION=(ADDRESS=(HOST=h)…` |
//! | libpq, Go MySQL | `host=h port=5432 user=u`, `u:p@tcp(h:3306)/x` |
//! | gRPC targets | `dns:///h:50051`, `xds:///h` |
//! | `host:port`, lists of them | `k1:9092,k2:9092`, `[fd00::1]:80` |
//! | commands | `until nc -z rabbitmq 5672; do`, `psql -h db`, `curl orders/health` |
//! | a word alone | `orders`, `orders.shop.svc.cluster.local` |
//!
//! No address: this machine (`localhost`, `127.0.0.1`, `0.0.0.0`, `::`), wildcards, hosts of documentation and of XML
//! namespaces, files, sockets, versions, image references, times, settings (`timeout:3000`), mail addresses, class and
//! package names. A part that holds a placeholder (`http://$(X):80`) is dropped, the rest of the value is read.
//!
//! Not here: whether anybody of that name exists (the join); what a key says of its value (`config::keys`).

pub mod placeholder;
pub mod protocol;

mod command;
mod connection;
mod host;
pub(crate) mod url;

use std::ops::Range;

pub use command::addresses_in_words;
pub use placeholder::{has_placeholder, placeholders};
pub use protocol::{protocol_of_key, protocol_of_port, protocol_of_scheme, protocol_of_technology};

use crate::config::keys::{is_host_like_key, is_telemetry_key};
use host::host_and_port;

/// One host that a value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The scheme in lower case, without `jdbc:` and without what follows a `+`: `http`, `postgresql`, `amqp`, `tcp`.
    /// Connection strings and commands that are of one product have it too: `sqlserver`, `redis`.
    pub scheme: Option<String>,
    /// The host in lower case; never empty, never with a port, never in brackets.
    pub host: String,
    /// The port, where stated.
    pub port: Option<u16>,
    /// The path after it, with its slash: the database, the virtual host, the route.
    pub path: Option<String>,
    /// How the value spells it.
    pub form: AddressForm,
}

/// How an address is spelled; the weaker the form, the more the join asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressForm {
    /// `scheme://host…`, JDBC, a connection string with its host key.
    Url,
    /// `host:port`.
    HostPort,
    /// A bare word that could be a host.
    Bare,
}

/// No value names more hosts than this; the longest lists of brokers and peers that people write have dozens.
pub const ADDRESSES_MAX: usize = 1000;

/// All hosts that a value names, each once, in the order of the text; at most [`ADDRESSES_MAX`]. Cost: linear in the
/// value's length.
pub fn addresses(value: &str) -> Vec<Address> {
    let filled = placeholders(value, &|_| None);
    let masked = placeholder::masked(&filled);
    let text = unquoted(masked.trim());
    let mut found = Found::default();
    if text.is_empty() {
        return found.list;
    }
    if !connection::whole(text, &mut found) {
        scan(text, &mut found);
    }
    found.list
}

/// Whether a text is a port number.
pub(crate) fn is_port(text: &str) -> bool {
    host::port(text).is_some()
}

/// The addresses found so far.
#[derive(Default)]
pub(crate) struct Found {
    list: Vec<Address>,
}

impl Found {
    /// Keeps an address of somebody else, once.
    pub(crate) fn add(&mut self, address: Address) {
        let Address { host, port, .. } = &address;
        // A weaker spelling of what a stronger one has said adds nothing.
        let known = |each: &Address| {
            each.host == *host
                && (each.port == *port || port.is_none())
                && (address.scheme.is_none() || each.scheme == address.scheme)
        };
        if self.list.len() < ADDRESSES_MAX && host::is_somebody(host) && !self.list.iter().any(known) {
            self.list.push(address);
        }
    }

    /// Keeps the hosts of `host[:port]`, where it can be one.
    pub(crate) fn add_authority(
        &mut self,
        scheme: Option<&str>,
        authority: &str,
        path: Option<&str>,
        form: AddressForm,
    ) -> bool {
        let Some((host, port)) = host_and_port(authority) else { return false };
        let path = path.filter(|path| path.len() > 1 && !path.bytes().any(|b| b == placeholder::MASK));
        self.add(Address { scheme: scheme.map(str::to_owned), host, port, path: path.map(str::to_owned), form });
        true
    }
}

/// Schemes whose URLs are not reached over a network, or not by the program that holds them.
#[rustfmt::skip]
const NOT_REACHED: &[&str] = &[
    "file", "classpath", "unix", "unixs", "sqlite", "sqlite3", "duckdb", "data", "jar", "zip", "git", "svn", "hg",
    "bzr", "oci", "docker", "docker-image", "docker-daemon", "containerd", "cri-o", "npipe", "vscode",
    "vscode-webview", "chrome", "chrome-extension", "moz-extension", "about", "view-source", "urn", "arn", "tc",
    "mem", "memory", "null", "stdout", "console", "app", "capacitor", "ionic", "android-app", "ios-app", "intent",
    "package", "module", "project", "env", "secret", "secrets", "ref", "ssm", "awssm", "gcpsm", "aws-ssm", "local",
    "inproc", "ipc", "phar", "php", "res", "asset", "assets", "exp", "spiffe", "gpg", "otpauth", "tel", "javascript",
    "blob", "resource", "bundle", "vm", "derby-mem",
];

/// Schemes whose authority is a bucket, a container or a file system by name.
const BUCKETS: &[&str] =
    &["s3", "s3a", "s3n", "gs", "gcs", "wasb", "wasbs", "abfs", "abfss", "adl", "oss", "cos", "obs", "b2", "swift"];

/// Schemes that name their target in the path: gRPC name resolution and what is modelled on it.
const RESOLVED: &[&str] =
    &["dns", "xds", "passthrough", "kubernetes", "k8s", "discovery", "consul", "nacos", "polaris", "direct", "lb"];

/// URLs first, then `host:port` and commands in what is left, then a bare word if there was nothing else.
fn scan(text: &str, found: &mut Found) {
    let mut rest = text.as_bytes().to_vec();
    for url in url::urls(text) {
        take_url(text, &url, found);
        let end = url.path.end.max(url.hosts.last().map_or(0, |host| host.end)).max(url.start);
        rest[url.start..end].fill(b' ');
    }
    let consumed = rest != text.as_bytes();
    let Ok(rest) = String::from_utf8(rest) else { return };
    if consumed {
        encoded_urls(&rest, found);
    }
    connection::embedded(&rest, found);
    if rest.contains(char::is_whitespace) {
        command::in_script(&rest, found);
    }
    for token in tokens(&rest) {
        take_token(token, found);
    }
    if !consumed && found.list.is_empty() || text.contains(',') {
        bare(text, found);
    }
}

fn take_url(text: &str, url: &url::Url, found: &mut Found) {
    let scheme = url.scheme.as_deref().map(|scheme| scheme.split('+').next().unwrap_or(scheme));
    let socket = url.scheme.as_deref().is_some_and(|scheme| scheme.ends_with("+unix"));
    if socket || scheme.is_some_and(|scheme| NOT_REACHED.contains(&scheme)) {
        return;
    }
    let path = &text[url.path.clone()];
    let bucket = scheme.is_some_and(|scheme| BUCKETS.contains(&scheme));
    let resolved = scheme.is_some_and(|scheme| RESOLVED.contains(&scheme)) && path.len() > 1;
    if resolved && (scheme == Some("dns") || url.hosts.iter().all(Range::is_empty)) {
        for part in path[1..].split(',') {
            found.add_authority(scheme, part, None, AddressForm::Url);
        }
        return;
    }
    for host in &url.hosts {
        let authority = &text[host.clone()];
        // `http://unix:/run/app.sock` of nginx.
        if authority == "unix:" {
            continue;
        }
        // What an unknown scheme (`maui://callback`) names without a port may be anything.
        let known = scheme.is_none_or(|scheme| protocol_of_scheme(scheme).is_some()) || url.hosts.len() > 1;
        let form = match host_and_port(authority) {
            Some((host, None)) if bucket || (!known && !host.contains('.')) => AddressForm::Bare,
            _ => AddressForm::Url,
        };
        found.add_authority(scheme, authority, Some(path), form);
    }
}

/// URLs that are percent-encoded in a query: `?callback=http%3A%2F%2Forders`.
fn encoded_urls(text: &str, found: &mut Found) {
    let lower = text.to_ascii_lowercase();
    if !lower.contains("%3a%2f%2f") {
        return;
    }
    let decoded = lower.replace("%3a", ":").replace("%2f", "/");
    for url in url::urls(&decoded) {
        take_url(&decoded, &url, found);
    }
}

/// The words of a text: what stands between spaces, list separators, quotes and brackets.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(c, ',' | ';' | '"' | '\'' | '`' | '<' | '>' | '{' | '}' | '(' | ')' | '|' | '&' | '?' | '\\')
    })
    .filter(|token| !token.is_empty())
}

/// `host:port`, with a path or not, after a flag or key or not.
fn take_token(token: &str, found: &mut Found) {
    let (key, word) = match token.rsplit_once('=') {
        Some((key, word)) => (Some(key), word),
        None => (None, token),
    };
    if take_host_port(word, found) {
        return;
    }
    // `--host=orders`: the flag says that its word is a host.
    let says_host = |key: &str| key.starts_with('-') && is_host_like_key(key) && !is_telemetry_key(key);
    if key.is_some_and(says_host) && host::is_bare(word) {
        found.add_authority(None, word, None, AddressForm::Bare);
    }
}

/// Keeps `host:port`, `[v6]:port`, `tcp:host:port`, `user:password@host:port`, `/dev/tcp/host/port`.
fn take_host_port(word: &str, found: &mut Found) -> bool {
    if let Some(rest) = word.strip_prefix("/dev/tcp/").or_else(|| word.strip_prefix("/dev/udp/")) {
        let (name, port) = rest.split_once('/').unwrap_or((rest, ""));
        return found.add_authority(Some(&word[5..8]), &format!("{name}:{port}"), None, AddressForm::HostPort);
    }
    let v6 = word.starts_with('[') && word.contains("]:") && word[1..].contains("::") | (word.matches(':').count() > 2);
    let word = if v6 { word } else { word.trim_matches(['[', ']']) };
    let word = word.trim_end_matches(['.', '!', ':']);
    let (authority, path) = match word.find('/') {
        Some(slash) => word.split_at(slash),
        None => (word, ""),
    };
    // An image of a registry with a port: its path has a tag or digest.
    if path.rsplit('/').next().is_some_and(|last| last.contains(':')) || path.contains('@') {
        return false;
    }
    let (scheme, authority) = prefixed(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
    let Some((host, Some(port))) = host_and_port(authority) else { return false };
    let spelled = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    if !host::is_believable(&host, spelled, port) {
        return false;
    }
    found.add_authority(scheme, authority, Some(path), AddressForm::HostPort)
}

/// `dns:orders:80`, `tcp:orders:80`: a scheme without its slashes.
fn prefixed(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((scheme @ ("dns" | "tcp" | "udp" | "ipv4" | "grpc" | "ssl" | "tls" | "http" | "https"), rest))
            if rest.contains(':') =>
        {
            (Some(scheme), rest)
        }
        _ => (None, text),
    }
}

/// A word alone, or a list of nothing but words and `host:port`.
fn bare(text: &str, found: &mut Found) {
    if let Ok(address) = text.parse::<std::net::Ipv6Addr>() {
        found.add(Address { scheme: None, host: address.to_string(), port: None, path: None, form: AddressForm::Bare });
        return;
    }
    let text = text.trim_start_matches('[').trim_end_matches(']');
    let words: Vec<&str> =
        text.split([',', ';']).map(|word| unquoted(word.trim())).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &str| host::is_bare(cluster_name(word));
    if words.iter().all(|word| is_word(word) || take_host_port(word, &mut Found::default())) {
        for word in words.into_iter().filter(|word| is_word(word)) {
            found.add_authority(None, cluster_name(word), None, AddressForm::Bare);
        }
    }
}

/// `orders.shop.svc/path` without its path; other words as they are.
fn cluster_name(word: &str) -> &str {
    match word.split_once('/') {
        Some((name, _)) if name.ends_with(".svc") || name.contains(".svc.") => name,
        _ => word,
    }
}

/// Without the quotes around it.
fn unquoted(text: &str) -> &str {
    let quoted = |quote: char| text.len() >= 2 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') { text[1..text.len() - 1].trim() } else { text }
}

#[cfg(test)]
mod tests;
