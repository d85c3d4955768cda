//! Which keys name a credential.

use crate::config::keys::tokens;

/// Whether a key names a credential: `POSTGRES_PASSWORD`, `spring.datasource.password`, `apiKey`, `--client-secret`; not
/// `SECRET_NAME`, `PASSWORD_FILE`, `tokenUrl`, `AUTH_ENABLED`, which only speak of one.
pub fn is_secret_key(key: &str) -> bool {
    if !may_be_secret(key) {
        return false;
    }
    let words = last_words(key);
    let Some(index) = words.iter().enumerate().rposition(|(index, _)| is_secret_word(&words, index)) else {
        return false;
    };
    let after = &words[index + 1..];
    let key_id =
        words[index] == "key" && after.len() == 1 && after[0] == "id" && index > 0 && words[index - 1] == "access";
    let only_last =
        matches!(words[index].as_str(), "auth" | "salt" | "signature" | "cookie" | "cookies" | "pass" | "jwt" | "sig");
    if only_last && !after.is_empty() && !after.iter().all(|word| is_number(word)) {
        return false;
    }
    key_id || !after.iter().any(|word| QUALIFIERS.contains(&word.as_str()))
}

/// A cheap look before the key is taken apart: every word that makes a credential holds one of these.
fn may_be_secret(key: &str) -> bool {
    const PARTS: &[&str] =
        &["pass", "pwd", "secret", "token", "cred", "key", "auth", "cookie", "salt", "sig", "sas", "jwt", "kubeconfig"];
    let key = key.to_ascii_lowercase();
    PARTS.iter().any(|part| key.contains(part))
}

/// The words of the last part of a dotted key that is not general.
fn last_words(key: &str) -> Vec<String> {
    let mut parts: Vec<&str> = key.split(['.', ':', '/', '[', ']']).filter(|part| !part.is_empty()).collect();
    while let Some(part) = parts.pop() {
        let general = is_number(part)
            || matches!(
                part.to_ascii_lowercase().as_str(),
                "value" | "default" | "text" | "literal" | "data" | "plain"
            );
        if !general || parts.is_empty() {
            return tokens(part);
        }
    }
    Vec::new()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

fn is_secret_word(words: &[String], index: usize) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "password", "passwords", "passwd", "pwd", "pass", "passphrase", "passcode", "secret", "secrets", "token",
        "tokens", "credential", "credentials", "creds", "cred", "apikey", "accesskey", "secretkey", "privatekey",
        "accountkey", "sharedaccesskey", "signingkey", "encryptionkey", "masterkey", "authkey", "auth",
        "authorization", "cookie", "cookies", "salt", "signature", "sig", "sas", "jwt", "htpasswd", "requirepass",
        "masterauth", "userpass", "kubeconfig",
    ];
    #[rustfmt::skip]
    const ENDS: &[&str] = &[
        "password", "passwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "passphrase",
        "credentials", "credential", "accountkey",
    ];
    // Words before `key` that make it a credential; a routing key or a cache key is none.
    #[rustfmt::skip]
    const OF_KEYS: &[&str] = &[
        "api", "access", "secret", "private", "account", "signing", "sign", "encryption", "encrypt", "master",
        "auth", "license", "admin", "app", "ssh", "deploy", "session", "storage", "cipher", "crypto", "jwt",
        "cookie", "anon", "webhook", "hmac", "role", "integration", "instrumentation", "subscription", "root",
        "decryption", "write", "read", "publishable", "shared",
    ];
    let word = words[index].trim_end_matches(|c: char| c.is_ascii_digit());
    let before = index.checked_sub(1).map(|before| words[before].as_str());
    match (before, word) {
        (Some(before), "key" | "keys") => OF_KEYS.contains(&before),
        // Directives of nginx, and `by-pass`.
        (Some("proxy" | "grpc" | "fastcgi" | "uwsgi" | "scgi" | "memcached" | "by"), "pass") => false,
        (Some("max" | "min" | "num" | "total" | "completion" | "prompt"), "tokens" | "token") => false,
        (
            Some("no" | "without" | "skip" | "disable" | "enable" | "use" | "is" | "has" | "allow" | "require"),
            "auth" | "password",
        ) => false,
        _ => WORDS.contains(&word) || ENDS.iter().any(|end| word.ends_with(end)),
    }
}

/// Words that make of a secret's name the name of something about it.
#[rustfmt::skip]
const QUALIFIERS: &[&str] = &[
    "name", "names", "file", "files", "filename", "path", "paths", "dir", "directory", "url", "uri", "urls", "uris",
    "endpoint", "endpoints", "host", "hostname", "port", "addr", "address", "server", "service", "svc", "ttl",
    "expiry", "expires", "expiration", "expire", "timeout", "lifetime", "duration", "age", "maxage", "seconds",
    "minutes", "hours", "days", "ms", "interval", "length", "len", "size", "limit", "max", "min", "count", "enabled",
    "enable", "disabled", "disable", "required", "allow", "allowed", "type", "mode", "format", "algorithm", "alg",
    "method", "methods", "strategy", "policy", "provider", "providers", "class", "encoder", "validator", "header",
    "headers", "prefix", "suffix", "field", "param", "parameter", "parameters", "domain", "samesite", "secure",
    "httponly", "ref", "refs", "reference", "selector", "version", "rotation", "id", "ids", "issuer", "audience",
    "scope", "scopes", "role", "roles", "group", "groups", "store", "manager", "resolver", "handler", "factory",
    "env", "var", "variable", "arn", "region", "namespace", "mount", "volume", "label", "hint", "regex", "pattern",
    "rounds", "iterations", "bucket", "window", "rate", "database", "db", "user", "username", "users", "email",
    "backend", "driver", "plugin", "module", "realm", "proxy", "image", "tag", "replicas", "exchange", "cache",
    "retries", "bytes", "location", "source", "encoding", "uid", "kind", "status", "strength", "complexity",
    "history", "form", "page", "template", "engine", "adapter", "client", "uri's", "introspection", "validation",
    "refresh", "renewal", "grace", "public", "policies", "title", "usage", "summary", "description", "message", "note", "comment", "usages",
];

/// Keys whose value is as often a service as a credential: `services.auth`, `hosts.token`.
pub(super) fn may_name_a_service(key: &str) -> bool {
    last_words(key)
        .last()
        .is_some_and(|word| matches!(word.as_str(), "auth" | "token" | "tokens" | "jwt" | "credentials"))
}

/// Keys whose value is as often a way of proving oneself as a credential: `auth: basic`, `token: cookie`.
pub(super) fn may_name_a_method(key: &str) -> bool {
    last_words(key).last().is_some_and(|word| {
        matches!(
            word.as_str(),
            "auth" | "authorization" | "token" | "tokens" | "cookie" | "jwt" | "credentials" | "signature"
        )
    })
}

/// Ways of proving oneself, and names of services that see to it.
pub(super) fn is_method(value: &str) -> bool {
    #[rustfmt::skip]
    const METHODS: &[&str] = &[
        "basic", "bearer", "jwt", "oauth", "oauth2", "oidc", "openid", "saml", "ldap", "plain", "login", "digest",
        "ntlm", "kerberos", "trust", "peer", "ident", "md5", "scram", "scram-sha-256", "scram-sha-512", "cert",
        "certificate", "tls", "mtls", "header", "query", "cookie", "session", "form", "token", "iam", "apikey",
        "api-key", "hmac", "rs256", "hs256", "es256", "key", "keycloak", "all", "any", "anonymous", "internal",
        "external", "local", "default", "in-memory", "memory", "database", "redis", "jdbc", "include", "same-origin",
        "omit",
    ];
    let value = value.to_ascii_lowercase();
    let service = value.len() <= 40
        && (value.contains("auth") || value.ends_with("-service"))
        && value.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_' | b'.'));
    service || METHODS.contains(&value.as_str())
}
