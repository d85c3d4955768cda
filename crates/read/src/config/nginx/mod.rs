//! nginx: whom its passes lead to.
//!
//! Read: `proxy_pass`, `grpc_pass`, `fastcgi_pass`, `uwsgi_pass`, `scgi_pass`, `memcached_pass`; servers of `upstream`
//! blocks, whose own names are no hosts; variables of `set`, `map`, `split_clients` and `geo` that a pass uses; the endpoint of
//! `otel_exporter`. In: `upstream o { server orders:80; }` and `proxy_pass http://o/;`. Out: `http://orders:80` at the
//! server's line, through the pass.
//!
//! Not read: redirects (`return`, `rewrite`), resolvers, headers, logs, included files by their include (they are read as
//! files of their own), programs in Lua. A variable that the container's environment fills stays in the value: `${HOST}`.

mod syntax;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId, Problem};

use crate::facts::{About, Mention, Origin};
use crate::redact;
use syntax::{Directive, Word};

/// Directives that pass a request on, and the scheme of what they speak.
const PASSES: &[(&str, &str)] = &[
    ("proxy_pass", ""),
    ("grpc_pass", "grpc"),
    ("fastcgi_pass", "fastcgi"),
    ("uwsgi_pass", "uwsgi"),
    ("scgi_pass", "scgi"),
    ("memcached_pass", "memcached"),
];

/// One file of nginx, read but not joined with the others that it is included with.
pub(super) struct File {
    directives: Vec<Directive>,
    /// What could not be read.
    pub(super) problems: Vec<Problem>,
    /// Where a program in Lua stands.
    pub(super) lua: Option<At>,
}

/// Whether a text is nginx's.
pub(super) fn is_nginx(text: &str) -> bool {
    const MARKS: &[&str] = &[
        "proxy_pass",
        "location ",
        "upstream ",
        "server_name",
        "grpc_pass",
        "fastcgi_pass",
        "uwsgi_pass",
        "worker_connections",
        "events {",
    ];
    text.contains('{') && text.contains(';') && MARKS.iter().any(|mark| text.contains(mark))
}

/// Reads one file.
pub(super) fn parse(file: FileId, text: &str) -> File {
    let parsed = syntax::parse(file, text);
    File { directives: parsed.directives, problems: parsed.problems, lua: parsed.lua }
}

impl File {
    fn parent(&self, directive: &Directive) -> Option<&Directive> {
        directive.parent.and_then(|index| self.directives.get(index))
    }

    fn inside(&self, directive: &Directive, block: &str) -> Option<&Directive> {
        self.parent(directive).filter(|parent| parent.name.text == block)
    }

    /// The names of its upstream blocks, which no pass of any file beside it takes for hosts.
    pub(super) fn upstreams(&self) -> BTreeSet<String> {
        let blocks = self.directives.iter().filter(|directive| directive.name.text == "upstream");
        blocks.filter_map(|block| block.arguments.first()).map(|name| name.text.to_ascii_lowercase()).collect()
    }

    /// The servers of each upstream block.
    fn servers(&self) -> BTreeMap<String, Vec<&Word>> {
        let mut out: BTreeMap<String, Vec<&Word>> = BTreeMap::new();
        for directive in self.directives.iter().filter(|directive| directive.name.text == "server") {
            let name = self.inside(directive, "upstream").and_then(|block| block.arguments.first());
            if let (Some(name), Some(server)) = (name, directive.arguments.first()) {
                out.entry(name.text.to_ascii_lowercase()).or_default().push(server);
            }
        }
        out
    }

    /// The values that each variable may have.
    fn variables(&self) -> BTreeMap<&str, Vec<&Word>> {
        let mut out: BTreeMap<&str, Vec<&Word>> = BTreeMap::new();
        for directive in &self.directives {
            if let ("set", [name, value, ..]) = (directive.name.text.as_str(), directive.arguments.as_slice()) {
                out.entry(name.text.trim_start_matches('$')).or_default().push(value);
            }
            let table = ["map", "split_clients", "geo"].iter().find_map(|block| self.inside(directive, block));
            if let (Some(name), Some(value)) =
                (table.and_then(|table| table.arguments.last()), directive.arguments.first())
            {
                out.entry(name.text.trim_start_matches('$')).or_default().push(value);
            }
        }
        out
    }

    /// The mentions of the file, given the upstreams of the files beside it.
    pub(super) fn mentions(&self, by: &About, elsewhere: &BTreeSet<String>) -> Vec<Mention> {
        let (servers, variables) = (self.servers(), self.variables());
        let mut out = Out { by, list: Vec::new(), said: BTreeSet::new() };
        let (mut used, mut used_variables) = (BTreeSet::new(), BTreeSet::new());
        for directive in &self.directives {
            let Some((pass, scheme)) = PASSES.iter().find(|(pass, _)| *pass == directive.name.text) else { continue };
            let Some(target) = directive.arguments.first() else { continue };
            for value in filled(target, &variables, &mut used_variables) {
                let value = Target::of(&value.text, scheme, value.via);
                match servers.get(&value.host) {
                    Some(list) => {
                        used.insert(value.host.clone());
                        list.iter()
                            .for_each(|server| out.add(pass, &value.with(&server.text), server.at, Some(target.at)));
                    }
                    None if elsewhere.contains(&value.host) => {}
                    None => out.add(pass, &value.whole(), target.at, value.via),
                }
            }
        }
        self.unused(&servers, &used, &variables, &used_variables, &mut out);
        out.list
    }

    /// Upstreams, variables and exporters that no pass of this file uses: a file beside it may.
    fn unused(
        &self,
        servers: &BTreeMap<String, Vec<&Word>>,
        used: &BTreeSet<String>,
        variables: &BTreeMap<&str, Vec<&Word>>,
        used_variables: &BTreeSet<String>,
        out: &mut Out<'_>,
    ) {
        for server in servers.iter().filter(|(name, _)| !used.contains(*name)).flat_map(|(_, list)| list) {
            let value = if server.text.contains(':') { server.text.clone() } else { format!("http://{}", server.text) };
            out.add("upstream server", &value, server.at, None);
        }
        for (name, values) in variables.iter().filter(|(name, _)| !used_variables.contains(**name)) {
            for value in values.iter().filter(|value| names_somebody(&value.text)) {
                out.add(&format!("set ${name}"), &value.text, value.at, None);
            }
        }
        for directive in self.directives.iter().filter(|directive| directive.name.text == "endpoint") {
            if let (Some(_), Some(value)) = (self.inside(directive, "otel_exporter"), directive.arguments.first()) {
                out.add("otel_exporter.endpoint", &value.text, value.at, None);
            }
        }
    }
}

fn names_somebody(text: &str) -> bool {
    crate::address::addresses(text).iter().any(|address| address.form != crate::address::AddressForm::Bare)
}

struct Out<'b> {
    by: &'b About,
    list: Vec<Mention>,
    said: BTreeSet<(At, String)>,
}

impl Out<'_> {
    fn add(&mut self, key: &str, value: &str, at: At, via: Option<At>) {
        if value.starts_with("unix:") || value.contains("://unix:") {
            return;
        }
        let value = redact::value(key, value).into_owned();
        // One upstream of many passes is said once.
        if !self.said.insert((at, value.clone())) {
            return;
        }
        let origin = Origin { at, via: via.map(|via| [via].into()) };
        self.list.push(Mention {
            by: self.by.clone(),
            key: key.to_owned(),
            value,
            spelled: None,
            profile: None,
            origin,
        });
    }
}

/// A value with its variables filled in, and the place of the first that was.
struct Filled {
    text: String,
    via: Option<At>,
}

/// All values of a target, one for each value of the variable that it begins with; what is not known stays.
fn filled(target: &Word, variables: &BTreeMap<&str, Vec<&Word>>, used: &mut BTreeSet<String>) -> Vec<Filled> {
    let mut out = vec![Filled { text: target.text.clone(), via: None }];
    // Variables may hold variables; a chain longer than this is a circle.
    for _ in 0..4 {
        let mut next: Vec<Filled> = Vec::new();
        for value in out {
            match variable_in(&value.text).and_then(|(name, span)| Some((variables.get(name)?, name.to_owned(), span)))
            {
                Some((values, name, span)) => {
                    used.insert(name);
                    for each in values.iter().take(64) {
                        let mut text = value.text.clone();
                        text.replace_range(span.clone(), &each.text);
                        next.push(Filled { text, via: Some(each.at) });
                    }
                }
                None => next.push(value),
            }
        }
        next.truncate(256);
        out = next;
    }
    out
}

/// The first variable in the scheme or host of a target; those of its path do not matter.
fn variable_in(text: &str) -> Option<(&str, std::ops::Range<usize>)> {
    let start = text.find('$')?;
    let before = &text[..start];
    if before.trim_start_matches("http").trim_start_matches('s').trim_start_matches("://").contains('/') {
        return None;
    }
    let rest = &text[start + 1..];
    let (open, rest) = match rest.strip_prefix('{') {
        Some(rest) => (1, rest),
        None => (0, rest),
    };
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let end = start + 1 + open + length + open;
    (length > 0 && end <= text.len()).then(|| (&rest[..length], start..end))
}

/// `orders:80$request_uri` as `orders:80/$request_uri`: what follows the host begins with a slash when it is filled.
fn with_slash(rest: &str) -> String {
    const PATHS: &[&str] = &["$request_uri", "$uri", "$is_args", "$args", "$document_uri", "$1", "$2"];
    let path = PATHS.iter().filter_map(|path| rest.find(path)).min();
    match path.filter(|path| *path > 0 && !rest[..*path].contains('/')) {
        Some(path) => format!("{}/{}", &rest[..path], &rest[path..]),
        None => rest.to_owned(),
    }
}

/// The target of a pass, taken apart.
struct Target {
    scheme: String,
    host: String,
    rest: String,
    via: Option<At>,
}

impl Target {
    fn of(text: &str, scheme: &str, via: Option<At>) -> Self {
        let (scheme, rest) = match text.split_once("://") {
            Some((own, rest)) => (own.to_owned(), rest),
            None => (scheme.to_owned(), text),
        };
        let rest = with_slash(rest);
        let host: String = rest.split(['/', ':', '?', '$']).next().unwrap_or_default().to_ascii_lowercase();
        Self { scheme, host, rest, via }
    }

    fn whole(&self) -> String {
        if self.scheme.is_empty() { self.rest.clone() } else { format!("{}://{}", self.scheme, self.rest) }
    }

    /// The same with a server in the place of the upstream's name.
    fn with(&self, server: &str) -> String {
        let path = self.rest.find('/').map_or("", |slash| &self.rest[slash..]);
        if self.scheme.is_empty() { server.to_owned() } else { format!("{}://{server}{path}", self.scheme) }
    }
}

#[cfg(test)]
mod tests;
