//! Paths with `/`, and URLs.

use std::rc::Rc;

use super::{Call, Row};
use crate::error::Failure;
use crate::value::{Map, Value};

pub(super) const ROWS: &[Row] = &[
    ("base", "string", |call| Ok(Value::from(base(call.text(0))))),
    ("osBase", "string", |call| Ok(Value::from(base(call.text(0))))),
    ("dir", "string", |call| Ok(Value::from(dir(call.text(0))))),
    ("osDir", "string", |call| Ok(Value::from(dir(call.text(0))))),
    ("ext", "string", |call| Ok(Value::from(ext(call.text(0))))),
    ("osExt", "string", |call| Ok(Value::from(ext(call.text(0))))),
    ("clean", "string", |call| Ok(Value::from(clean(call.text(0))))),
    ("osClean", "string", |call| Ok(Value::from(clean(call.text(0))))),
    ("isAbs", "string", |call| Ok(Value::from(call.text(0).starts_with('/')))),
    ("osIsAbs", "string", |call| Ok(Value::from(call.text(0).starts_with('/')))),
    ("urlParse", "string", url_parse),
    ("urlJoin", "map", url_join),
    // A name is never looked up: the answer would differ from network to network.
    ("getHostByName", "string", |_| Ok(Value::from(""))),
];

fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let path = path.trim_end_matches('/');
    if path.is_empty() { "/" } else { path.rsplit('/').next().unwrap_or(path) }
}

fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

fn ext(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or("", |at| &name[at..])
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        _ => joined,
    }
}

fn url_parse(call: &mut Call<'_>) -> Result<Value, Failure> {
    let url = call.text(0);
    if url.contains(|c: char| c.is_ascii_control()) {
        let shown = crate::quoted::quote(url);
        return Err(format!("unable to parse url: parse {shown}: net/url: invalid control character in URL").into());
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let scheme_end = url.find(':').filter(|end| {
        let scheme = &url[..*end];
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    let (scheme, rest) = scheme_end.map_or(("", url), |end| (&url[..end], &url[end + 1..]));
    if scheme.is_empty() && url.split('/').next().is_some_and(|first| first.contains(':')) {
        let shown = crate::quoted::quote(url);
        let why = if url.starts_with(':') {
            "missing protocol scheme"
        } else {
            "first path segment in URL cannot contain colon"
        };
        return Err(format!("unable to parse url: parse {shown}: {why}").into());
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (mut authority, mut path, mut opaque) = ("", rest, "");
    if let Some(after) = rest.strip_prefix("//") {
        let end = after.find('/').unwrap_or(after.len());
        (authority, path) = (&after[..end], &after[end..]);
    } else if !scheme.is_empty() && !rest.starts_with('/') {
        (opaque, path) = (rest, "");
    }
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let hostname = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let parts = [
        ("scheme", scheme.to_ascii_lowercase()),
        ("host", host.to_owned()),
        ("hostname", hostname.to_owned()),
        ("path", unescaped(path)),
        ("query", query.to_owned()),
        ("opaque", opaque.to_owned()),
        ("fragment", unescaped(fragment)),
        ("userinfo", user.to_owned()),
    ];
    Ok(Value::map(parts.map(|(key, text)| (key, Value::from(text)))))
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped_path(path: &str) -> String {
    let keeps = |b: u8| b.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@!'()*".contains(&b);
    path.bytes().map(|b| if keeps(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

fn url_join(call: &mut Call<'_>) -> Result<Value, Failure> {
    let map: Map = call.map(0);
    let mut parts: Vec<Rc<str>> = Vec::new();
    for key in ["scheme", "host", "path", "query", "opaque", "fragment", "userinfo"] {
        match map.get(key) {
            None => parts.push("".into()),
            Some(value) => match value.as_str() {
                Some(text) => parts.push(text.into()),
                None => {
                    let kind = value.kind();
                    return Err(format!("unable to parse {key} key, must be of type string, but {kind} found").into());
                }
            },
        }
    }
    let [scheme, host, path, query, opaque, fragment, user] = parts.as_slice() else {
        return Err("urlJoin needs its seven parts".into());
    };
    let mut out = String::new();
    if !scheme.is_empty() {
        out.push_str(&format!("{scheme}:"));
    }
    if !opaque.is_empty() {
        out.push_str(opaque);
    } else {
        if !scheme.is_empty() || !host.is_empty() || !user.is_empty() {
            if !host.is_empty() || !path.is_empty() || !user.is_empty() {
                out.push_str("//");
            }
            if !user.is_empty() {
                out.push_str(&format!("{user}@"));
            }
            out.push_str(host);
        }
        if !path.is_empty() && !path.starts_with('/') && !host.is_empty() {
            out.push('/');
        }
        out.push_str(&escaped_path(path));
    }
    if !query.is_empty() {
        out.push_str(&format!("?{query}"));
    }
    if !fragment.is_empty() {
        out.push_str(&format!("#{fragment}"));
    }
    Ok(Value::from(out))
}
