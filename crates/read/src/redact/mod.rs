//! Redaction: what looks like a credential is taken out before a value becomes a fact.
//!
//! A value is redacted whole where its key names a credential (`POSTGRES_PASSWORD`, `api-key`, `clientSecret`); else only
//! what looks like one is taken out of it: the user part of URLs, password fields of connection strings, headers, JSON and
//! XML, the word after `--password`, tokens of known shapes, JWTs, PEM blocks, password hashes, and long runs that no
//! person would write by hand.
//!
//! Kept, since they are no secrets: references (`${DB_PASSWORD}`, `$(TOKEN)`, `PASSWORD_FILE=/run/secrets/db`), what only
//! speaks of one (`SECRET_NAME`, `TOKEN_TTL`, `AUTH_ENABLED`, `TOKEN_URL` but for its user part), switches, numbers of
//! fewer than six digits, UUIDs, digests (`sha256:…`), commits in image tags, class names, paths.
//!
//! Always: the result holds nothing of a secret's text, not even its length; redacting twice changes nothing.

mod fields;
mod keys;
mod shapes;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use crate::address::placeholder::{self, MASK};
use crate::address::{AddressForm, addresses, url};

pub use keys::is_secret_key;
pub use words::words;

/// What stands in the place of a secret.
pub const REDACTED: &str = "<redacted>";

/// The value with credentials taken out: all of it where the key names a credential, else the user part of URLs,
/// password fields of connection strings, and tokens of known shapes.
///
/// ```
/// use plimsoll_read::redact::value;
/// assert_eq!(value("DB_PASSWORD", "hunter2"), "<redacted>");
/// assert_eq!(value("DB_URL", "postgres://u:hunter2@db/orders"), "postgres://<redacted>@db/orders");
/// assert_eq!(value("DB_HOST", "db"), "db");
/// ```
pub fn value<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    if value.len() < 2 {
        return if is_secret_key(key) && is_secret_value(key, value) {
            Cow::Borrowed(REDACTED)
        } else {
            Cow::Borrowed(value)
        };
    }
    if is_secret_key(key) && is_secret_value(key, value) {
        return Cow::Borrowed(REDACTED);
    }
    without(value, spans(key, value))
}

/// Whether the value holds a credential in plain text: [`value`] would take out more than a user's name or a reference.
///
/// ```
/// use plimsoll_read::redact::is_plain_secret;
/// assert!(is_plain_secret("DB_URL", "postgres://u:hunter2@db/orders"));
/// assert!(!is_plain_secret("DB_URL", "postgres://u:$(DB_PASSWORD)@db/orders"));
/// assert!(!is_plain_secret("DB_URL", "postgres://orders@db/orders"));
/// ```
pub fn is_plain_secret(key: &str, value: &str) -> bool {
    if is_secret_key(key) && is_secret_value(key, value) {
        return true;
    }
    spans(key, value).into_iter().any(|span| {
        let user = value[span.end..].starts_with('@');
        let part = &value[span];
        // Of a user part, what stands behind the colon is the password.
        let secret = if user { part.split_once(':').map_or("", |(_, password)| password) } else { part };
        !secret.is_empty() && !is_reference(secret) && !secret.contains(REDACTED)
    })
}

/// Whether what stands under a key that names a credential is one.
fn is_secret_value(key: &str, value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() || value == REDACTED || is_plain(value) || is_reference(value) || is_path(value) {
        return false;
    }
    // Somebody's address under such a key is read part by part, so that the host is not lost.
    let strong = |form: AddressForm| {
        form == AddressForm::Url || (form == AddressForm::HostPort && keys::may_name_a_service(key))
    };
    if value.contains("://") || value.contains(';') || keys::may_name_a_service(key) {
        let masked = addresses(value);
        if masked.iter().any(|address| strong(address.form)) || is_local_url(value) {
            return false;
        }
    }
    !(keys::may_name_a_method(key) && keys::is_method(value))
}

/// `http://localhost:8080/token`: an address, though of nobody else.
fn is_local_url(value: &str) -> bool {
    let masked = placeholder::masked(value);
    url::urls(&masked)
        .first()
        .is_some_and(|url| url.start == 0 && url.scheme.is_some() && url.hosts.iter().any(|host| !host.is_empty()))
}

/// Switches, words for nothing, numbers of fewer than six digits.
fn is_plain(value: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "~", "undefined", "required", "optional",
        "enabled", "disabled", "auto", "always", "never", "write", "read", "{}", "[]",
    ];
    let number = value.len() < 6 && value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let duration = value.len() < 7
        && value.starts_with(|c: char| c.is_ascii_digit())
        && value.trim_start_matches(|c: char| c.is_ascii_digit()).len() <= 2
        && ["s", "m", "h", "d", "ms"].contains(&value.trim_start_matches(|c: char| c.is_ascii_digit()));
    number || duration || WORDS.contains(&value.to_ascii_lowercase().as_str())
}

/// Placeholders and what separates them. A default that is spelled in one (`${PASSWORD:-hunter2}`) is no reference.
fn is_reference(value: &str) -> bool {
    // A command that gets it: `$(cat /run/secrets/db)`.
    if value.starts_with("$(") {
        return true;
    }
    let masked = placeholder::masked(value);
    let only =
        masked.bytes().all(|b| b == MASK || b.is_ascii_whitespace() || matches!(b, b':' | b'@' | b'/' | b'-' | b'_'));
    only && masked.bytes().any(|b| b == MASK) && !placeholder::has_default(value)
}

/// A path of a file: `/run/secrets/db`, `./certs/key.pem`, `file:/etc/token`.
fn is_path(value: &str) -> bool {
    #[rustfmt::skip]
    const ROOTS: &[&str] = &[
        "run", "etc", "var", "mnt", "opt", "home", "secrets", "vault", "usr", "app", "tmp", "root", "data", "certs",
        "config", "workspace", "src", "srv", "keys", "ssl", "tls", "proc", "dev",
    ];
    let value = value.trim_start_matches("file:").trim_start_matches("classpath:");
    let parts: Vec<&str> = value.split('/').collect();
    let shaped =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b'~') || b == MASK);
    let rooted = match parts[..] {
        ["", root, ..] => ROOTS.contains(&root),
        ["." | ".." | "~", _, ..] => true,
        _ => false,
    };
    rooted && shaped && !parts.iter().any(|part| shapes::is_random(part))
}

/// Where secrets stand inside of a value.
fn spans(key: &str, text: &str) -> Vec<Range<usize>> {
    // A short word: shorter than any token, and beside nothing that could name it.
    if text.len() < 12
        && !text.bytes().any(|b| matches!(b, b'=' | b':' | b'@' | b'>' | b'$' | b'{') || b.is_ascii_whitespace())
    {
        return Vec::new();
    }
    let masked = placeholder::masked(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    if text.contains("://") {
        found.extend(url::urls(&masked).into_iter().flat_map(|url| url.users));
    }
    if text.contains('@') {
        fields::users_without_scheme(&masked, &mut found);
    }
    fields::fields(text, &mut found);
    shapes::shapes(key, text, &mut found);
    if text.contains('-') && text.contains([' ', '\t', '\n', ',']) {
        words::in_text(text, &mut found);
    }
    found.retain(|span| {
        text.get(span.clone()).is_some_and(|part| part != REDACTED && !part.is_empty() && !is_reference(part))
    });
    found
}

/// The text with the spans replaced; spans may overlap and stand in any order.
fn without(text: &str, mut spans: Vec<Range<usize>>) -> Cow<'_, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_by_key(|span| (span.start, span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut rest = spans.into_iter().peekable();
    while let Some(mut span) = rest.next() {
        while let Some(next) = rest.next_if(|next| next.start <= span.end) {
            span.end = span.end.max(next.end);
        }
        out.push_str(&text[done..span.start]);
        // A span that another redaction has been part of is not marked twice.
        if !out.ends_with(REDACTED) || span.start > done {
            out.push_str(REDACTED);
        }
        done = span.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
