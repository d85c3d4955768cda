//! From pairs to mentions: which values may name somebody else.
//!
//! Placeholders are filled from the same file, else from their defaults. A value is kept where it holds an address that
//! stands for itself (a URL, a connection string, `host:port`), a bare word under a key that speaks of hosts or topics, or a
//! placeholder under a key that speaks of hosts, which the container's environment may fill.
//!
//! Left out: values under keys that speak of who may call (`allowed-origins`, `redirect-uri`), of who is left out
//! (`ignored-services`), of own addresses (`bind`, `advertised.listeners`), or of texts for people (`description`, `homepage`, `$schema`).

use std::collections::{BTreeMap, BTreeSet};

use super::environment;
use super::keys::{is_host_like_key, is_own_address_key, tokens, topic_of_key};
use super::pairs::Pair;
use crate::address::{AddressForm, addresses, has_placeholder, placeholders};
use crate::facts::{About, Mention};
use crate::redact;

/// What is said of all pairs of one document.
pub(super) struct Context<'c> {
    /// Who says it.
    pub(super) by: About,
    /// The profile in which it holds.
    pub(super) profile: Option<String>,
    /// Values by key, for placeholders.
    pub(super) lookup: &'c dyn Fn(&str) -> Option<String>,
}

/// The mentions among the pairs of one document, in their order.
pub(super) fn mentions(pairs: &[Pair], context: &Context<'_>) -> Vec<Mention> {
    let resolved: Vec<Resolved<'_>> = pairs.iter().map(|pair| Resolved::of(pair, context)).collect();
    let off = switched_off(&resolved);
    let ports = Ports::of(&resolved);
    let live = resolved.iter().filter(|each| !is_below(&each.pair.key, &off));
    live.filter_map(|each| mention(each, &ports, context)).collect()
}

struct Resolved<'p> {
    pair: &'p Pair,
    /// As the file spells it, look-ups of the environment in templates written as `${NAME:-default}`.
    spelled: String,
    value: String,
}

impl<'p> Resolved<'p> {
    fn of(pair: &'p Pair, context: &Context<'_>) -> Self {
        let spelled = environment::plain(pair.value.trim()).into_owned();
        Self { pair, value: placeholders(&spelled, context.lookup).trim().to_owned(), spelled }
    }
}

/// Groups that `enabled: false` switches off: `spring.zipkin.enabled=false` does so for all of `spring.zipkin`.
fn switched_off<'r>(resolved: &'r [Resolved<'_>]) -> BTreeSet<&'r str> {
    let group = |each: &'r Resolved<'_>| {
        let (group, last) = each.pair.key.rsplit_once('.')?;
        (last.eq_ignore_ascii_case("enabled") && Pair::is_off(&each.value)).then_some(group)
    };
    resolved.iter().filter_map(group).collect()
}

/// Whether a key stands in one of the groups.
fn is_below(key: &str, groups: &BTreeSet<&str>) -> bool {
    !groups.is_empty() && key.match_indices(['.', '[']).any(|(end, _)| groups.contains(&key[..end]))
}

fn mention(each: &Resolved<'_>, ports: &Ports<'_>, context: &Context<'_>) -> Option<Mention> {
    let Resolved { pair, value, spelled } = each;
    let asked = value != spelled && asks_for_host(&pair.key, spelled);
    if !value.bytes().any(|b| b.is_ascii_alphanumeric())
        || is_not_called(&pair.key)
        || !(asked || may_name(&pair.key, value))
    {
        return None;
    }
    let mut origin = pair.origin.clone();
    let mut text = value.clone();
    if let Some((port, at)) = ports.beside(&pair.key, value) {
        text = format!("{value}:{port}");
        let mut via: Vec<_> = origin.via.as_deref().unwrap_or_default().to_vec();
        via.push(at);
        origin.via = Some(via.into());
    }
    let spelled = (value != spelled).then(|| redact::value(&pair.key, spelled).into_owned());
    let value = redact::value(&pair.key, &text).into_owned();
    // What redaction has taken whole names nobody.
    (value != redact::REDACTED).then(|| Mention {
        by: context.by.clone(),
        key: pair.key.clone(),
        value,
        spelled,
        profile: context.profile.clone(),
        origin,
    })
}

/// Whether a value may name somebody, given its key.
fn may_name(key: &str, value: &str) -> bool {
    let found = addresses(value);
    if found.iter().any(|address| address.form != AddressForm::Bare) {
        return true;
    }
    let host_like = is_host_like_key(key);
    (host_like && !found.is_empty()) || (topic_of_key(key) && is_topic(value)) || asks_for_host(key, value)
}

/// Whether a value leaves its host to the environment: `${URL}` under a key that speaks of hosts, `http://${HOST:localhost}:80`.
fn asks_for_host(key: &str, value: &str) -> bool {
    let at_host = |rest: &str| rest.starts_with("${") || rest.starts_with("$(");
    let inside =
        value.split_once("://").is_some_and(|(_, rest)| at_host(rest.rsplit_once('@').map_or(rest, |(_, host)| host)));
    inside || (is_host_like_key(key) && environment::is_asked(value))
}

/// One word that could name a queue.
fn is_topic(value: &str) -> bool {
    let shaped = |b: u8| b.is_ascii_alphanumeric() || b".-_:/#$*{}>".contains(&b);
    let number = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (2..=200).contains(&value.len())
        && value.bytes().all(shaped)
        && !number
        && !matches!(value, "true" | "false" | "yes" | "no")
}

/// Keys whose value is read by people, or says who may call, or is the program's own address.
pub(crate) fn is_not_called(key: &str) -> bool {
    #[rustfmt::skip]
    const READ: &[&str] = &[
        "schema", "description", "documentation", "docs", "doc", "homepage", "license", "comment", "comments",
        "help", "title", "summary", "readme", "changelog", "bugs", "repository", "author", "example", "examples",
        "logo", "icon", "favicon", "terms", "copyright", "support", "message", "text", "pattern", "regex", "regexp",
        "format", "xmlns", "typeurl",
    ];
    let last = key.rsplit(['.', ':']).next().unwrap_or(key);
    let words = tokens(last);
    let read = words.last().is_some_and(|word| READ.contains(&word.as_str()))
        || last == "@type"
        || last == "$id"
        || last == "$ref";
    let left_out = words.iter().any(|word| {
        matches!(
            word.as_str(),
            "exclude" | "excluded" | "excludes" | "ignore" | "ignored" | "deny" | "denied" | "blacklist" | "blocklist"
        )
    });
    read || left_out || super::keys::is_inbound_key(key) || is_own_address_key(key)
}

/// Ports by the words of their keys, so that `redis.host` finds `redis.port`.
struct Ports<'p> {
    by_words: BTreeMap<(String, Vec<String>), &'p Resolved<'p>>,
}

impl<'p> Ports<'p> {
    fn of(resolved: &'p [Resolved<'p>]) -> Self {
        let mut by_words = BTreeMap::new();
        for each in resolved {
            let (group, mut words) = parts(&each.pair.key);
            if matches!(words.last().map(String::as_str), Some("value" | "number" | "specifier")) && words.len() > 1 {
                words.pop();
            }
            let is_port = words.last().is_some_and(|word| word == "port");
            if is_port && (crate::address::is_port(&each.value) || has_placeholder(&each.value)) {
                words.pop();
                by_words.entry((group.to_owned(), words)).or_insert(each);
            }
        }
        Self { by_words }
    }

    /// The port that stands beside a host, where the host is a word or placeholder without one.
    fn beside(&self, key: &str, value: &str) -> Option<(&str, plimsoll_model::At)> {
        let (group, mut words) = parts(key);
        let is_host = words.pop().is_some_and(|last| {
            matches!(
                last.as_str(),
                "host" | "hostname" | "server" | "address" | "addr" | "ip" | "endpoint" | "servername" | "fqdn"
            )
        });
        if !is_host {
            return None;
        }
        let port = self.by_words.get(&(group.to_owned(), words))?;
        let folded = format!("{value}:{}", port.value);
        let whole = has_placeholder(value) && !value.contains([':', '/', ',']);
        let fits = whole
            || addresses(&folded)
                .iter()
                .any(|address| address.form == AddressForm::HostPort && !value.contains([':', ',']));
        fits.then_some((port.value.as_str(), port.pair.origin.at))
    }
}

/// The group of a key and the words of its last part.
fn parts(key: &str) -> (&str, Vec<String>) {
    match key.rsplit_once('.') {
        Some((group, last)) => (group, tokens(last)),
        None => ("", tokens(key)),
    }
}
