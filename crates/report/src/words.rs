//! The only place that turns names, counts and places into words that are safe and short to print.
//!
//! Names come from repositories that nobody vetted, so [`clean`] takes out what could steer a terminal or turn the
//! reading direction. Each face then escapes for its own format.

use plimsoll_model::{At, Evidence, EvidenceId, Files, Model};

/// The text without control and direction characters, on one line.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() || turns_direction(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters that make text read other than it is stored. Source: Boucher and Anderson, "Trojan Source", 2021.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {}", grouped(count), plural(one)) }
}

/// The plural of a noun that this crate uses.
pub(crate) fn plural(one: &str) -> String {
    match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if one.ends_with(['s', 'x']) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

/// A count with thin groups of three digits: `12 400`.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// The text in at most so many characters, with `…` where some were left out.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// `path:line:column`, as far as it is known.
pub(crate) fn place(files: &Files, at: At) -> String {
    let path = clean(&files.display(at.file));
    match (at.line, at.column) {
        (0, _) => path,
        (line, 0) => format!("{path}:{line}"),
        (line, column) => format!("{path}:{line}:{column}"),
    }
}

/// Where an evidence stands, or the name of the assumption.
pub(crate) fn place_of(model: &Model, evidence: &Evidence) -> String {
    match evidence.at {
        Some(at) => place(&model.files, at),
        None => format!("assumed: {}", clean(&evidence.note)),
    }
}

/// Where the first of several evidences stands.
pub(crate) fn first_place(model: &Model, evidence: &[EvidenceId]) -> Option<String> {
    let first = evidence.iter().find(|id| model.evidence(**id).at.is_some()).or(evidence.first())?;
    Some(place_of(model, model.evidence(*first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal_or_turn_the_text() {
        assert_eq!(clean("a\u{1b}[31mb\nc\u{202e}d"), "a\u{fffd}[31mb c\u{fffd}d");
    }

    #[test]
    fn counts_have_their_noun_and_groups() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(12_400, "entry"), "12 400 entries");
        assert_eq!(counted(2, "gateway"), "2 gateways");
    }
}
