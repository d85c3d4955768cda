//! Hosts and ports: what can be a host at all, and which hosts are somebody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host with its port, from an authority without its user part: `orders`, `orders:80`, `[::1]:80`.
pub(crate) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        let address: Ipv6Addr = inside.split('%').next()?.parse().ok()?;
        let port = match after.strip_prefix(':') {
            Some(digits) => port(digits),
            None => None,
        };
        return Some((address.to_string(), port));
    }
    match text.split_once(':') {
        None => Some((host(text)?, None)),
        // A port that is a placeholder or nothing is not known; anything else is no authority.
        Some((name, digits)) if digits.is_empty() || digits.bytes().all(|b| b == super::placeholder::MASK) => {
            Some((host(name)?, None))
        }
        Some((name, digits)) => Some((host(name)?, Some(port(digits)?))),
    }
}

/// A port number, from its digits.
pub(crate) fn port(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port > 0)
}

/// A host in lower case: DNS labels or an IPv4 address. `None` where it cannot be one.
pub(crate) fn host(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() || text.len() > 253 || !text.split('.').all(is_label) {
        return None;
    }
    let numeric_end = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if numeric_end && text.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    // `DB_HOST_PLACEHOLDER`, `REPLACE_ME`: written to be replaced.
    if text.contains('_')
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && !text.bytes().any(|b| b.is_ascii_lowercase())
    {
        return None;
    }
    Some(text.to_ascii_lowercase())
}

/// Letters, digits, hyphens inside; underscores too, since container names have them.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether a host is somebody else: not this machine, not a wildcard, not a host of documentation or of XML namespaces.
pub(crate) fn is_somebody(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => is_somebody_v4(address),
        Ok(IpAddr::V6(address)) => is_somebody_v6(address),
        Err(_) => !is_this_machine(host) && !is_for_reading(host),
    }
}

fn is_somebody_v4(address: Ipv4Addr) -> bool {
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || address.octets()[0] == 0
        || address.octets()[0] == 255)
}

fn is_somebody_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let documentation = segments[0] == 0x2001 && segments[1] == 0xdb8;
    let link_local = segments[0] & 0xffc0 == 0xfe80;
    !(address.is_loopback() || address.is_unspecified() || address.is_multicast() || documentation || link_local)
}

fn is_this_machine(host: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "localhost", "localhost.localdomain", "localhost4", "localhost6", "loopback", "ip6-localhost",
        "host.docker.internal", "gateway.docker.internal", "kubernetes.docker.internal", "host.containers.internal",
        "host.minikube.internal", "docker.for.mac.localhost", "docker.for.win.localhost",
        "docker.for.mac.host.internal", "host-gateway",
    ];
    NAMES.contains(&host) || host.ends_with(".localhost")
}

/// Hosts that stand for an example (RFC 2606, RFC 6761), and those whose URLs are names or reading, never calls.
fn is_for_reading(host: &str) -> bool {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "www.w3.org", "w3.org", "json-schema.org", "xml.org", "java.sun.com", "xmlns.jcp.org", "xmlns.oracle.com",
        "jakarta.ee", "www.springframework.org", "maven.apache.org", "logging.apache.org", "www.apache.org",
        "opensource.org", "creativecommons.org", "spdx.org", "semver.org", "keepachangelog.com",
        "conventionalcommits.org", "go.microsoft.com", "aka.ms", "docs.microsoft.com", "learn.microsoft.com",
        "msdn.microsoft.com", "stackoverflow.com", "en.wikipedia.org", "developer.mozilla.org",
        "datatracker.ietf.org", "tools.ietf.org", "www.rfc-editor.org", "readthedocs.io", "www.json.org", "yaml.org",
    ];
    const SUFFIXES: &[&str] = &[
        ".example.com",
        ".example.org",
        ".example.net",
        ".example.edu",
        ".invalid",
        ".test",
        ".schemastore.org",
        ".readthedocs.io",
        ".readthedocs.org",
    ];
    const EXAMPLES: &[&str] = &[
        "example",
        "example.com",
        "example.org",
        "example.net",
        "example.edu",
        "domain.com",
        "yourdomain.com",
        "mydomain.com",
        "your-domain.com",
        "schemastore.org",
    ];
    let documentation = host.starts_with("docs.") && host.split('.').count() <= 3 && !host.contains(".svc");
    documentation
        || ["your-", "your_", "yourhost", "my-example", "changeme", "change-me", "replace-"]
            .iter()
            .any(|start| host.starts_with(start))
        || host.starts_with("schemas.")
        || host.starts_with("schema.")
        || NAMES.contains(&host)
        || EXAMPLES.contains(&host)
        || SUFFIXES.iter().any(|suffix| host.ends_with(suffix))
}

/// Whether `host:port` is believable without a scheme. Image tags (`redis:7`, `node:20`), settings (`timeout:3000`),
/// class and file names are not.
pub(crate) fn is_believable(host: &str, spelled: &str, port: u16) -> bool {
    if host.parse::<IpAddr>().is_ok() {
        return true;
    }
    let dotted = host.contains('.');
    let letters = host.bytes().any(|b| b.is_ascii_alphabetic());
    let lower = !spelled.bytes().any(|b| b.is_ascii_uppercase());
    letters && (lower || is_domain(host)) && !is_setting(host) && !is_file_or_package(host) && fits(host, dotted, port)
}

/// Below 53 (DNS) only the ports of mail, files and shells are in use, and a number there is a version more often.
fn fits(host: &str, dotted: bool, port: u16) -> bool {
    const SAID: &[&str] = &["mail", "smtp", "postfix", "mta", "mx", "relay", "ftp", "ssh", "git", "gogs", "gitea"];
    match port {
        0..=19 => false,
        20..=25 => dotted || SAID.iter().any(|word| host.contains(word)),
        26..=52 => false,
        _ => true,
    }
}

/// Words that stand before a colon and a number as the name of a setting.
fn is_setting(host: &str) -> bool {
    const WORDS: &[&str] = &[
        "timeout", "ttl", "size", "max", "min", "weight", "port", "ports", "level", "limit", "retries", "count",
        "width", "height", "depth", "uid", "gid", "user", "id", "line", "code", "status", "error", "version", "year",
        "score", "memory", "cpu", "delay", "interval", "capacity", "threads", "workers", "replicas", "rate", "burst",
        "priority", "order", "page", "offset", "step", "key", "length", "seconds", "ms", "duration", "retry", "total",
        "pid", "start", "end", "from", "to", "at", "http", "https", "tcp", "udp", "grpc",
    ];
    WORDS.contains(&host)
}

#[rustfmt::skip]
const TOP_DOMAINS: &[&str] = &[
    "com", "org", "net", "io", "dev", "app", "cloud", "edu", "gov", "mil", "int", "info", "biz", "co", "ai", "tech",
    "online", "site", "xyz", "me", "us", "uk", "eu", "de", "fr", "nl", "be", "ch", "at", "it", "es", "pt", "se",
    "no", "fi", "dk", "pl", "cz", "ru", "ua", "cn", "jp", "kr", "in", "au", "nz", "ca", "br", "mx", "ar", "za", "tr",
    "il", "sg", "hk", "tw", "id", "vn", "th", "ie", "local", "internal", "lan", "corp", "intra", "intranet", "home",
    "private", "consul", "svc", "cluster", "localdomain", "arpa", "aws", "azure", "global", "network", "systems",
    "services", "tv", "to", "gg", "ly", "sh", "run", "page", "host", "store", "shop",
];

/// Whether the last label is one that domains end in.
fn is_domain(host: &str) -> bool {
    host.rsplit_once('.').is_some_and(|(_, last)| TOP_DOMAINS.contains(&last))
}

/// `config.yaml`, `com.acme.orders`, `org.apache.kafka`.
fn is_file_or_package(host: &str) -> bool {
    #[rustfmt::skip]
    const EXTENSIONS: &[&str] = &[
        "json", "yaml", "yml", "xml", "conf", "cfg", "cnf", "ini", "properties", "js", "mjs", "cjs", "ts", "tsx",
        "jsx", "py", "go", "java", "kt", "jar", "war", "class", "log", "txt", "md", "sql", "html", "htm", "css",
        "scss", "png", "jpg", "jpeg", "gif", "svg", "ico", "gz", "tgz", "zip", "tar", "dll", "exe", "pem", "crt",
        "cer", "key", "p12", "pfx", "jks", "csr", "lock", "toml", "env", "proto", "csv", "pid", "sock", "tmpl",
        "template", "tpl", "j2", "db", "sqlite", "sqlite3", "bin", "dat", "bak", "tmp", "php", "rb", "lua", "sh",
        "bash", "cs", "csproj", "vue", "graphql", "map", "woff", "woff2", "ttf", "wasm", "mp4", "pdf", "mdb", "rdb",
        "aof",
    ];
    let Some((first, rest)) = host.split_once('.') else { return false };
    let last = rest.rsplit('.').next().unwrap_or(rest);
    let package = matches!(first, "com" | "org" | "net" | "io" | "dev" | "edu" | "gov" | "java" | "javax" | "jakarta");
    EXTENSIONS.contains(&last)
        || (package && !TOP_DOMAINS.contains(&last))
        || (package && host.matches('.').count() > 1)
}

/// Whether a word alone could be a host: lower case, no number, quantity, switch, level, file, class or package.
pub(crate) fn is_bare(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "enabled", "disabled", "auto",
        "default", "debug", "info", "warn", "warning", "error", "trace", "fatal", "critical", "notice", "verbose",
        "always", "never", "any", "all", "latest", "json", "yaml", "xml", "text", "http", "https", "tcp", "udp",
        "utf8", "utf-8", "asc", "desc", "get", "post", "put", "delete", "patch", "head", "options",
    ];
    if word.parse::<Ipv4Addr>().is_ok() {
        return true;
    }
    word.len() >= 2
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && host(word).is_some()
        && !WORDS.contains(&word)
        && !is_file_or_package(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_tag_is_not_a_port() {
        for (host, port) in [("redis", 7), ("node", 20), ("postgres", 16), ("name", 8), ("ubuntu", 22), ("debian", 12)]
        {
            assert!(!is_believable(host, host, port), "{host}:{port}");
        }
        for (host, port) in [("redis", 6379), ("dns", 53), ("smtp", 25), ("orders", 80), ("ftp.acme.com", 21)] {
            assert!(is_believable(host, host, port), "{host}:{port}");
        }
    }

    #[test]
    fn this_machine_and_documentation_are_nobody() {
        for host in [
            "localhost",
            "127.0.0.1",
            "127.1.2.3",
            "0.0.0.0",
            "::1",
            "::",
            "example.com",
            "api.example.com",
            "www.w3.org",
            "192.0.2.7",
            "169.254.169.254",
            "a.localhost",
        ] {
            assert!(!is_somebody(host), "{host}");
        }
        for host in ["orders", "10.0.0.5", "api.stripe.com", "fd00::5", "docs"] {
            assert!(is_somebody(host), "{host}");
        }
    }
}
