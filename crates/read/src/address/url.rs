//! URLs in a text, wherever they stand in it: `scheme://user:password@host:port,host:port/path`.
//!
//! Ranges are byte ranges of the text, so that redaction takes the user part out with the same eyes that look for hosts.

use std::ops::Range;

use super::host::host_and_port;
use super::placeholder::MASK;

/// No URL is read further than this; servers refuse longer ones.
const URL_BYTES_MAX: usize = 8 << 10;

/// The largest place between characters that is not after `index`, nor after the end.
pub(crate) fn floor(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

/// A URL in a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Url {
    /// The scheme in lower case; `None` where a placeholder stands in its place.
    pub(crate) scheme: Option<String>,
    /// Where it begins.
    pub(crate) start: usize,
    /// User parts, without the `@`.
    pub(crate) users: Vec<Range<usize>>,
    /// Hosts with their ports, brackets included.
    pub(crate) hosts: Vec<Range<usize>>,
    /// The path with its slash; empty where there is none.
    pub(crate) path: Range<usize>,
}

/// All URLs of a text whose placeholders are masked, in order; those inside a query or path follow their outer one.
pub(crate) fn urls(text: &str) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    let mut from = 0;
    while let Some(offset) = text[from..].find("://") {
        let colon = from + offset;
        let (start, scheme) = scheme_before(text, from, colon);
        let url = after_scheme(text, start, colon + 3, scheme);
        from = url.hosts.last().map_or(colon + 3, |host| host.end.max(colon + 3));
        found.push(url);
    }
    found
}

/// Where the scheme that ends at `colon` begins, and what it is.
fn scheme_before(text: &str, from: usize, colon: usize) -> (usize, Option<String>) {
    let bytes = text.as_bytes();
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-' | b'_' | b':');
    let mut start = colon;
    while start > from && is_part(bytes[start - 1]) {
        start -= 1;
    }
    let spelled = text[start..colon].to_ascii_lowercase();
    if spelled.starts_with("jdbc:") || spelled.starts_with("r2dbc:") {
        return (start, Some(database_scheme(&spelled)));
    }
    let start = start + spelled.rfind(':').map_or(0, |colon| colon + 1);
    let start = start + text[start..colon].bytes().take_while(|b| !b.is_ascii_alphabetic()).count();
    let scheme = text[start..colon].to_ascii_lowercase();
    (start, (!scheme.is_empty()).then_some(scheme))
}

/// The product in `jdbc:mysql:loadbalance`, `r2dbc:pool:postgresql`, `jdbc:p6spy:mysql`.
fn database_scheme(spelled: &str) -> String {
    #[rustfmt::skip]
    const WRAPPERS: &[&str] = &[
        "jdbc", "r2dbc", "pool", "proxy", "p6spy", "aws-wrapper", "log4jdbc", "otel", "jtds", "datadirect", "spy",
        "zipkin",
    ];
    let parts: Vec<&str> = spelled.split(':').filter(|part| !WRAPPERS.contains(part)).collect();
    match parts[..] {
        ["h2", "tcp" | "ssl", ..] => String::from("h2:tcp"),
        ["hsqldb", "hsql" | "hsqls" | "http" | "https", ..] => String::from("hsqldb"),
        [first, ..] => first.to_owned(),
        [] => String::from("jdbc"),
    }
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

fn after_scheme(text: &str, start: usize, begin: usize, scheme: Option<String>) -> Url {
    let bytes = text.as_bytes();
    let reach = floor(text, begin + URL_BYTES_MAX);
    // What follows the next `://` is the next URL's.
    let reach = text[begin..reach].find("://").map_or(reach, |next| begin + next);
    let token_end = bytes[begin..reach].iter().position(|b| is_end(*b)).map_or(reach, |length| begin + length);
    let authority = authority(text, begin, token_end);
    let mut url = Url { scheme, start, users: Vec::new(), hosts: Vec::new(), path: begin..begin };
    take_authority(text, authority, &mut url);
    let end = url.hosts.last().map_or(begin, |host| host.end);
    url.path = path_after(text, end, token_end);
    url
}

/// From after `://` to the path. A password may hold `/`, `?` and `#`, which standards forbid and people write.
fn authority(text: &str, begin: usize, token_end: usize) -> Range<usize> {
    let token = &text[begin..token_end];
    let plain = begin + token.find(['/', '?', '#']).unwrap_or(token.len());
    let inner = &text[begin..plain];
    if inner.contains('@') || !inner.contains(':') || host_and_port(inner).is_some() || inner.contains(',') {
        return begin..plain;
    }
    let reach = token.find("://").unwrap_or(token.len());
    match token[..reach].rfind('@') {
        Some(at) if begin + at > plain && !inner.ends_with(':') => {
            let rest = &token[at..];
            begin..begin + at + rest.find(['/', '?', '#']).unwrap_or(rest.len())
        }
        _ => begin..plain,
    }
}

/// Splits an authority into user parts and hosts. It ends before a comma that another URL follows.
fn take_authority(text: &str, authority: Range<usize>, url: &mut Url) {
    let mut start = authority.start;
    let first_at = text[authority.clone()].find('@').map(|at| authority.start + at);
    while start <= authority.end {
        let rest = &text[start..authority.end];
        let mut end = start + rest.find(',').unwrap_or(rest.len());
        let mut part = &text[start..end];
        // `user:pa,ss@host`: a comma in the password of the first part.
        if let Some(at) = first_at.filter(|at| *at > end)
            && url.hosts.is_empty()
            && !part.contains('@')
            && host_and_port(part).is_none()
        {
            let rest = &text[at..authority.end];
            end = at + rest.find(',').unwrap_or(rest.len());
            part = &text[start..end];
        }
        if !url.hosts.is_empty() && is_scheme(part) && text[end..].starts_with("://") {
            return;
        }
        if !url.hosts.is_empty() && part.ends_with(':') && text[end..].starts_with("//") {
            return;
        }
        let host_start = match part.rfind('@') {
            Some(at) => {
                url.users.push(start..start + at);
                start + at + 1
            }
            None => start,
        };
        let host_end = host_start + host_length(&text[host_start..end]);
        url.hosts.push(host_start..host_end);
        if host_end < end {
            return;
        }
        start = end + 1;
    }
}

fn is_scheme(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_'))
}

/// Up to the first byte that no host has: `;` of a directive, a closing bracket, an instance after a backslash.
fn host_length(text: &str) -> usize {
    if text.starts_with('[') {
        let close = text.find(']').map_or(text.len(), |close| close + 1);
        let port = text[close..].bytes().take_while(|b| b.is_ascii_digit() || *b == b':').count();
        return close + port;
    }
    text.bytes()
        .take_while(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'*') || *b == MASK || *b >= 0x80
        })
        .count()
}

fn path_after(text: &str, end: usize, token_end: usize) -> Range<usize> {
    let rest = &text[end..token_end.max(end)];
    if !rest.starts_with('/') {
        return end..end;
    }
    let length = rest.find(['?', '#', ';', ',', ')', ']', '|', '\\', '&']).unwrap_or(rest.len());
    end..end + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let of = |ranges: &[Range<usize>]| ranges.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>().join(" ");
        let shown: Vec<String> = urls(text)
            .iter()
            .map(|url| {
                let scheme = url.scheme.as_deref().unwrap_or("-");
                format!("{scheme} [{}] ({}) {}", of(&url.users), of(&url.hosts), &text[url.path.clone()])
            })
            .collect();
        assert_eq!(shown.join("\n"), expect);
    }

    #[test]
    fn one_url() {
        check("http://orders:80/a/b?x=1", "http [] (orders:80) /a/b");
        check("amqp://guest:guest@rabbitmq:5672/%2f", "amqp [guest:guest] (rabbitmq:5672) /%2f");
        check("http://[::1]:80/", "http [] ([::1]:80) /");
        check("proxy_pass http://orders:80/;", "http [] (orders:80) /");
    }

    #[test]
    fn several_hosts_in_one() {
        check("mongodb://u:p@a:1,b:2/db?x", "mongodb [u:p] (a:1 b:2) /db");
        check("amqp://u:p@a,u:p@b/v", "amqp [u:p u:p] (a b) /v");
        check("jdbc:mysql:loadbalance://a,b:3306/db", "mysql [] (a b:3306) /db");
    }

    #[test]
    fn several_in_a_list() {
        check("http://a,http://b", "http [] (a) \nhttp [] (b) ");
        check("PLAINTEXT://k:9092,SSL://k:9093", "plaintext [] (k:9092) \nssl [] (k:9093) ");
        check("http://a/?u=https://b:1/c", "http [] (a) /\nhttps [] (b:1) /c");
    }

    #[test]
    fn passwords_that_no_standard_allows() {
        check("postgres://u:p/w#1@db/x", "postgres [u:p/w#1] (db) /x");
        check("mongodb://u:pa,ss@a,b/x", "mongodb [u:pa,ss] (a b) /x");
        check("redis://:p@ss@cache:6379", "redis [:p@ss] (cache:6379) ");
        check("https://medium.com/@someone", "https [] (medium.com) /@someone");
    }

    #[test]
    fn nothing_after_the_scheme() {
        check("file:///etc/passwd", "file [] () /etc/passwd");
        check("x://", "x [] () ");
    }
}
