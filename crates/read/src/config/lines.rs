//! Line by line: properties, INI, and formats that are near enough, such as haproxy's, Caddy's, Redis's and Apache's.
//!
//! Templates of YAML and TOML that are no YAML or TOML until they are filled are read in this way too.

use java_properties::{LineContent, PropertiesIter};
use plimsoll_model::{At, FileId, Problem};

use super::pairs::Pair;

/// Pairs of a Java properties file, and what could not be read. `#---` begins the next document.
pub(super) fn properties(file: FileId, text: &str) -> (Vec<Vec<Pair>>, Vec<Problem>) {
    let (mut documents, mut problems) = (vec![Vec::new()], Vec::new());
    let escaped = ascii(text);
    let lines: Vec<&str> = text.lines().collect();
    for line in PropertiesIter::new(escaped.as_bytes()) {
        match line {
            Ok(line) => {
                let number = line.line_number();
                match line.consume_content() {
                    LineContent::KVPair(key, value) => {
                        let at = At::new(
                            file,
                            number as u32,
                            column_of_value(lines.get(number.wrapping_sub(1)).copied(), &key),
                        );
                        if let Some(document) = documents.last_mut() {
                            document.push(Pair::at(key, value, at));
                        }
                    }
                    LineContent::Comment(text) if text == "---" => documents.push(Vec::new()),
                    LineContent::Comment(_) => {}
                }
            }
            Err(error) => {
                let at = At::new(file, error.line_number().unwrap_or(1) as u32, 1);
                let message = String::from("a `\\u` without four hexadecimal digits; the line is left out");
                problems.push(Problem { at, message });
            }
        }
    }
    (documents, problems)
}

/// The text in ASCII, since properties are Latin-1 by their specification and UTF-8 in practice: other characters become
/// `\uXXXX`, and comments, whose backslashes mean nothing, end before their first one. Lines stay where they are.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut continued = false;
    for line in text.split_inclusive('\n') {
        let comment = !continued && line.trim_start().starts_with(['#', '!']);
        let line = match line.find('\\').filter(|_| comment) {
            Some(backslash) => &line[..backslash],
            None => line,
        };
        let mut slashes = 0;
        for c in line.chars() {
            match c {
                c if c.is_ascii() => out.push(c),
                c if (c as u32) > 0xffff => out.push('?'),
                c if slashes % 2 == 1 => out.push_str(&format!("u{:04x}", c as u32)),
                c => out.push_str(&format!("\\u{:04x}", c as u32)),
            }
            slashes = if c == '\\' { slashes + 1 } else { 0 };
        }
        if comment && !line.ends_with('\n') {
            out.push('\n');
        }
        let ended = line.trim_end_matches(['\n', '\r']);
        continued = !comment && ended.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
    }
    out.push('\n');
    out
}

/// The column of the value in the line that begins its pair.
fn column_of_value(line: Option<&str>, key: &str) -> u32 {
    let Some(line) = line else { return 1 };
    let start = line.len() - line.trim_start().len() + key.len();
    let Some(rest) = line.get(start..) else { return 1 };
    let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '=', ':']).len();
    line.get(..start + skipped).map_or(1, |before| before.chars().count() as u32 + 1)
}

/// Pairs of a file whose lines are `key = value`, `key: value` or `key value`, under `[section]` headings.
pub(super) fn lines(file: FileId, text: &str) -> Vec<Pair> {
    let mut out: Vec<Pair> = Vec::new();
    let mut section = String::new();
    let mut key_before = String::new();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty()
            || trimmed.starts_with(['#', ';', '%'])
            || trimmed.starts_with("//")
            || trimmed.starts_with("--")
        {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim_matches(['[', ']', '"', ' ']).to_owned();
            continue;
        }
        // What controls a template, and haproxy's names of its own parts.
        let own = ["backend ", "use_backend ", "default_backend ", "frontend ", "listen "];
        if ["{{", "{%", "<%"].iter().any(|mark| trimmed.starts_with(mark))
            || own.iter().any(|word| trimmed.starts_with(word))
        {
            continue;
        }
        let (key, value) = key_and_value(trimmed);
        let key = match key {
            Some(key) if section.is_empty() => key.to_owned(),
            Some(key) => format!("{section}.{key}"),
            None => key_before.clone(),
        };
        let offset = value.as_ptr() as usize - line.as_ptr() as usize;
        let column = line[..offset].chars().count() as u32 + 1;
        let value = without_comment(value).trim_matches(['"', '\'', ',']);
        // `replicaof host port` of Redis.
        let value = match (key.rsplit('.').next(), value.split_once(' ')) {
            (Some("replicaof" | "slaveof"), Some((host, port))) => format!("{host}:{}", port.trim()),
            _ => value.to_owned(),
        };
        key_before.clone_from(&key);
        out.push(Pair::at(key, value, At::new(file, index as u32 + 1, column)));
    }
    out
}

/// Takes a line apart; a line without a key continues the one before.
fn key_and_value(line: &str) -> (Option<&str>, &str) {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let is_key = |key: &str| {
        let key = key.trim_matches(['"', '\'']);
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/$@[]*".contains(&b))
    };
    for separator in ["=", ": ", ":"] {
        if let Some((key, value)) = line.split_once(separator) {
            let trimmed = key.trim_end();
            let colon_port = separator == ":" && !value.is_empty();
            if is_key(trimmed) && !colon_port {
                let key = trimmed.trim_matches(['"', '\'']);
                return (Some(key), value.trim_start());
            }
        }
    }
    match line.split_once(char::is_whitespace) {
        Some((key, value)) if is_key(key) => (Some(key), value.trim_start()),
        _ => (None, line),
    }
}

/// The value before a comment at its end.
fn without_comment(value: &str) -> &str {
    let end = [" #", "\t#", " ;", " //"].iter().filter_map(|mark| value.find(mark)).min().unwrap_or(value.len());
    value[..end].trim()
}
