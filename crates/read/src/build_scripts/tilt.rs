//! Tiltfiles: `docker_build('image', 'context', dockerfile='…')`.

use plimsoll_model::FileId;

use super::tie::{Dockerfile, Tie};
use super::values::UNKNOWN;
use crate::corpus::Corpus;
use crate::tree::json::LineIndex;

/// Calls that are looked at; each may hold others, so that their cost multiplies.
const CALLS_MAX: usize = 500;

/// The builds that a Tiltfile states with plain texts.
pub(super) fn ties(corpus: &Corpus, file: FileId, text: &str) -> Vec<Tie> {
    let lines = LineIndex::new(text);
    let mut out = Vec::new();
    for (at, _) in text.match_indices("docker_build").take(CALLS_MAX) {
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line_start..at].contains(['#', '\'', '"']) || text[line_start..at].contains("def ") {
            continue;
        }
        let rest = text[at + "docker_build".len()..].trim_start_matches("_with_restart").trim_start();
        let Some(body) = rest.strip_prefix('(') else { continue };
        let arguments = arguments(body);
        let named = |name: &str| arguments.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, v)| v.clone());
        let mut plain = arguments.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| value.clone());
        let image = named("ref").or_else(|| plain.next());
        let context = named("context").or_else(|| plain.next());
        let (Some(image), Some(context)) = (image, context) else { continue };
        out.push(Tie {
            images: vec![image],
            context,
            dockerfile: named("dockerfile").map(Dockerfile::InWorkingFolder),
            bases: vec![corpus.folder(file).to_owned()],
            at: lines.at(file, text, at),
        });
    }
    out
}

/// Arguments of a call up to its end: name and value; a value that is no plain text is unknown.
fn arguments(body: &str) -> Vec<(Option<String>, String)> {
    let (mut out, mut depth, mut quote, mut start) = (Vec::new(), 0usize, None, 0);
    for (at, c) in body.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')') if depth == 0 => {
                out.extend(argument(&body[start..at]));
                return out;
            }
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                out.extend(argument(&body[start..at]));
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    out
}

fn argument(text: &str) -> Option<(Option<String>, String)> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let text = lines.join(" ");
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (name, value) = match text.split_once('=') {
        Some((name, value)) if !name.contains(['"', '\'']) => (Some(name.trim().to_owned()), value.trim()),
        _ => (None, text),
    };
    let plain = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let known = plain.filter(|plain| !plain.contains(['"', '\'', '{', '%']));
    Some((name, known.map_or_else(|| UNKNOWN.to_string(), str::to_owned)))
}
