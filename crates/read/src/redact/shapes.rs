//! Secrets that are known by their shape, under whatever key: issuers' prefixes, JWTs, PEM blocks, password hashes, and
//! long runs of letters and digits that no person writes by hand.

use std::ops::Range;

use crate::config::keys::tokens;

/// Prefixes that issuers give their tokens, and how many bytes at least follow.
///
/// Sources: the issuers' own documentation of token formats: AWS (IAM unique identifiers), GitHub, GitLab, Slack, Stripe,
/// Google Cloud, OpenAI, Anthropic, Hugging Face, npm, PyPI, DigitalOcean, SendGrid, Shopify, HashiCorp Vault, Docker Hub,
/// Databricks, New Relic, Linear, age, Grafana, Sonar, Twilio, Mailgun, Square, Atlassian, Telegram (by its colon), Azure SAS.
#[rustfmt::skip]
const PREFIXES: &[(&str, usize)] = &[
    ("AKIA", 16), ("ASIA", 16), ("AROA", 16), ("AIDA", 16), ("AGPA", 16), ("ABIA", 16), ("ACCA", 16), ("ghp_", 20),
    ("gho_", 20), ("ghu_", 20), ("ghs_", 20), ("ghr_", 20), ("github_pat_", 20), ("glpat-", 16), ("gldt-", 16),
    ("glrt-", 16), ("glcbt-", 16), ("xoxa-", 8), ("xoxb-", 8), ("xoxp-", 8), ("xoxe-", 8), ("xoxr-", 8),
    ("xoxs-", 8), ("xapp-", 8), ("sk_live_", 8), ("sk_test_", 8), ("rk_live_", 8), ("rk_test_", 8), ("pk_live_", 8),
    ("whsec_", 8), ("AIza", 30), ("ya29.", 20), ("GOCSPX-", 16), ("sk-ant-", 16), ("sk-proj-", 16), ("sk-", 20),
    ("hf_", 20), ("npm_", 20), ("pypi-", 20), ("dop_v1_", 20), ("doo_v1_", 20), ("SG.", 20), ("shpat_", 16),
    ("shpss_", 16), ("shpca_", 16), ("hvs.", 16), ("hvb.", 16), ("dckr_pat_", 16), ("dapi", 32), ("NRAK-", 16),
    ("NRII-", 16), ("lin_api_", 16), ("AGE-SECRET-KEY-1", 16), ("glsa_", 20), ("glc_", 20), ("sqp_", 20),
    ("squ_", 20), ("key-", 32), ("sq0atp-", 16), ("sq0csp-", 16), ("ATATT3", 20), ("PMAK-", 20), ("rdme_", 20),
    ("figd_", 20), ("pscale_tkn_", 16), ("tskey-", 16), ("sbp_", 20), ("ntn_", 20), ("fly_", 20), ("xai-", 20),
    ("gsk_", 20), ("r8_", 20), ("pat-na1-", 16),
];

/// The shortest token with its prefix.
const TOKEN_BYTES_MIN: usize = 12;

/// So much of a token is looked at to know it by its prefix.
const TOKEN_BYTES_MAX: usize = 512;

/// Finds secrets by shape.
pub(super) fn shapes(key: &str, text: &str, found: &mut Vec<Range<usize>>) {
    pem(text, found);
    if text.contains(['$', '{']) || text.contains("pbkdf2:") {
        hashes(text, found);
    }
    if text.contains("hook") {
        web_hooks(text, found);
    }
    for run in runs(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
        prefixed(text, run, found);
    }
    for run in runs(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=')) {
        random_run(key, text, run, found);
    }
}

/// Longest stretches of bytes that satisfy a test.
fn runs(text: &str, inside: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = None;
    for index in 0..=bytes.len() {
        let within = bytes.get(index).is_some_and(|b| inside(*b));
        match (within, start) {
            (true, None) => start = Some(index),
            (false, Some(begin)) => {
                out.push(begin..index);
                start = None;
            }
            _ => {}
        }
    }
    out
}

/// Tokens with an issuer's prefix, and JWTs, anywhere in a run where a word begins.
fn prefixed(text: &str, run: Range<usize>, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    if run.len() < TOKEN_BYTES_MIN {
        return;
    }
    let mut start = run.start;
    while start < run.end {
        let begins = start == run.start || !bytes[start - 1].is_ascii_alphanumeric();
        // A prefix and its token are ASCII: any place in the run is one between characters.
        let rest = &text[start..run.end.min(start + TOKEN_BYTES_MAX)];
        if begins && (is_jwt(rest) || is_issued(rest)) {
            found.push(start..run.end);
            return;
        }
        start += 1;
    }
}

fn is_issued(text: &str) -> bool {
    text.len() >= TOKEN_BYTES_MIN
        && PREFIXES.iter().any(|(prefix, least)| {
            let Some(rest) = text.strip_prefix(prefix) else { return false };
            // Amazon's identifiers are capitals and digits; words such as `sk-learn-…` are not.
            let amazon = prefix.len() == 4 && prefix.starts_with('A') && *least == 16;
            let body: &str = rest.split('.').next().unwrap_or(rest);
            let long = if *prefix == "SG." { rest.len() } else { body.len() };
            let digits = rest.bytes().any(|b| b.is_ascii_digit());
            long >= *least && digits && (!amazon || body.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
        })
}

/// `eyJ…` is how `{"` begins in base64.
fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && (text.len() >= 40 || (text.contains('.') && text.len() >= 20))
}

/// From `-----BEGIN` to the end of its block, or of the text.
fn pem(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(offset) = text[from..].find("-----BEGIN ") {
        let start = from + offset;
        let end = match text[start..].find("-----END ") {
            Some(end) => {
                let label = start + end + 9;
                text[label..].find("-----").map_or(text.len(), |close| label + close + 5)
            }
            None => text.len(),
        };
        found.push(start..end);
        from = end;
    }
}

/// `$2y$10$…`, `$apr1$…`, `$6$…`, `{SHA}…`, `$argon2id$…`: with what follows up to a space, quote or comma.
fn hashes(text: &str, found: &mut Vec<Range<usize>>) {
    #[rustfmt::skip]
    const STARTS: &[&str] = &[
        "$2a$", "$2b$", "$2y$", "$$2y$$", "$$2a$$", "$$2b$$", "$apr1$", "$$apr1$$", "$1$", "$5$", "$6$", "$y$",
        "{SHA}", "{SSHA}", "$argon2", "pbkdf2_sha256$", "pbkdf2:sha256:", "SCRAM-SHA-256$",
    ];
    for start in STARTS {
        let mut done = 0;
        for (begin, _) in text.match_indices(start) {
            if begin < done {
                continue;
            }
            let tail = &text[begin..];
            let length =
                tail.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).unwrap_or(tail.len());
            done = begin + length;
            if length >= start.len() + 8 {
                found.push(begin..begin + length);
            }
        }
    }
}

/// Incoming web hooks, whose path is the secret.
fn web_hooks(text: &str, found: &mut Vec<Range<usize>>) {
    for hook in [
        "hooks.slack.com/services/",
        "hooks.slack.com/workflows/",
        "discord.com/api/webhooks/",
        "discordapp.com/api/webhooks/",
        "webhook.office.com/webhookb2/",
    ] {
        for (begin, _) in text.match_indices(hook) {
            let start = begin + hook.len();
            let length =
                text[start..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"/_-@.".contains(b)).count();
            found.push(start..start + length);
        }
    }
}

/// A long run of mixed letters and digits, unless it is a digest, a commit, a UUID or a path.
fn random_run(key: &str, text: &str, run: Range<usize>, found: &mut Vec<Range<usize>>) {
    if run.len() < RANDOM_MIN || is_digest(key, text, &run) {
        return;
    }
    let whole = &text[run.clone()];
    // Base64 holds slashes, and so do paths: what begins like a path is looked at part by part.
    let slashed = whole.contains('/');
    let path = slashed
        && (whole.starts_with('/')
            || whole.split('/').any(|part| part.is_empty())
            || text[..run.start].ends_with([':', '.', '~', '}', ')']));
    if !path && is_random(whole) {
        found.push(run);
        return;
    }
    let mut start = run.start;
    for part in whole.split(['/', '=']) {
        let span = start..start + part.len();
        if part.len() >= RANDOM_MIN && is_random(part) && !is_digest(key, text, &span) {
            found.push(span);
        }
        start += part.len() + 1;
    }
}

/// Shorter runs are names too often: a 128-bit key in hexadecimal is this long.
const RANDOM_MIN: usize = 32;

/// `sha256:…`, `sha512-…`, a commit after an image's name, and values of keys that speak of them.
fn is_digest(key: &str, text: &str, run: &Range<usize>) -> bool {
    #[rustfmt::skip]
    const KEYS: &[&str] = &[
        "commit", "sha", "sha1", "sha256", "revision", "rev", "version", "tag", "digest", "checksum", "hash", "etag",
        "integrity", "ref", "image", "md5", "fingerprint", "thumbprint", "clusterid", "shasum", "sha512", "sha384", "commitid",
    ];
    let whole = &text[run.clone()];
    let before = &text[..run.start];
    let hex = whole.bytes().all(|b| b.is_ascii_hexdigit());
    let named = ["sha1:", "sha256:", "sha384:", "sha512:", "md5:", "SHA256:"].iter().any(|name| before.ends_with(name))
        || ["sha1-", "sha256-", "sha384-", "sha512-"].iter().any(|name| whole.starts_with(name));
    let commit = hex
        && matches!(whole.len(), 40 | 64)
        && before.ends_with([':', '@', '-', '#'])
        && !before.trim_end_matches([':', '@', '-', '#']).is_empty();
    let reference = hex
        && ["/commit/", "/commits/", "/tree/", "/blob/", "/blobs/", "ref="].iter().any(|name| before.ends_with(name));
    named || commit || reference || tokens(key).last().is_some_and(|word| KEYS.contains(&word.as_str()))
}

/// Whether a run of at least [`RANDOM_MIN`] bytes looks drawn, not written.
pub(super) fn is_random(run: &str) -> bool {
    let run = run.trim_end_matches('=');
    if run.len() < RANDOM_MIN || is_uuid(run) {
        return false;
    }
    let (upper, lower, digits) =
        (count(run, u8::is_ascii_uppercase), count(run, u8::is_ascii_lowercase), count(run, u8::is_ascii_digit));
    let joined = run.contains(['-', '_']);
    if upper == 0 || lower == 0 {
        // Hexadecimal, base 32, base 36: letters of one case with digits all over.
        return !joined && upper + lower > 0 && digits >= 4 && groups(run) >= 6 && distinct(run) >= 8;
    }
    // The longest part between `-` and `_` must look drawn: names have many short ones.
    let longest = run.split(['-', '_']).max_by_key(|part| part.len()).unwrap_or(run);
    longest.len() >= 14 && digits >= 1 && distinct(run) >= 14 && !is_wordy(longest)
}

/// Whether most runs of capitals begin a word, as in class names, and digits are few. In drawn text a quarter of them do.
fn is_wordy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends_run =
        |index: usize| bytes[index].is_ascii_uppercase() && !bytes.get(index + 1).is_some_and(u8::is_ascii_uppercase);
    let lower = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_lowercase);
    let runs: Vec<usize> = (0..bytes.len()).filter(|index| ends_run(*index)).collect();
    let words = runs.iter().filter(|index| lower(**index + 1) && lower(**index + 2)).count();
    let numbers = (0..bytes.len())
        .filter(|index| bytes[*index].is_ascii_digit() && !bytes.get(index + 1).is_some_and(u8::is_ascii_digit));
    runs.is_empty() || (words * 2 > runs.len() && numbers.count() <= 2)
}

fn count(text: &str, test: impl Fn(&u8) -> bool) -> usize {
    text.as_bytes().iter().filter(|b| test(b)).count()
}

/// How often letters and digits take turns.
fn groups(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count() + 1
}

fn distinct(text: &str) -> usize {
    let mut seen = [false; 256];
    text.bytes().for_each(|b| seen[b as usize] = true);
    seen.iter().filter(|seen| **seen).count()
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
