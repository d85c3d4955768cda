//! The services of a text alone: everything else becomes blanks, so that every place stays where it is.
//!
//! For files whose messages the parser does not take: editions, or an error in a message. Comments and strings are
//! known here, nothing else of the language.

/// The text with everything but the package and the services blanked out.
pub(super) fn services_only(text: &str) -> String {
    let mut out: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { b'\n' } else { b' ' }).collect();
    for (start, end) in statements(text) {
        let keep = matches!(first_word(&text[start..end]), "service" | "package");
        if keep {
            out[start..end].copy_from_slice(&text.as_bytes()[start..end]);
        }
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Whether the file is written in an edition of the language.
pub(super) fn has_edition(text: &str) -> bool {
    statements(text).into_iter().any(|(start, end)| first_word(&text[start..end]) == "edition")
}

fn first_word(statement: &str) -> &str {
    let end = statement.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(statement.len());
    &statement[..end]
}

/// Byte ranges of the statements outside of all braces, comments before them left out.
fn statements(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut depth) = (Vec::new(), 0, 0usize);
    let mut start = None;
    while at < bytes.len() {
        let next = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => end_of(text, at, "\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of(text, at + 2, "*/"),
            quote @ (b'"' | b'\'') => end_of_string(bytes, at, quote),
            byte => {
                if start.is_none() && !byte.is_ascii_whitespace() {
                    start = Some(at);
                }
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 && matches!(byte, b';' | b'}') {
                    out.extend(start.take().map(|start| (start, at + 1)));
                }
                at + 1
            }
        };
        at = next;
    }
    // What was cut off is kept too, so that the parser can say what is missing.
    out.extend(start.map(|start| (start, bytes.len())));
    out
}

fn end_of(text: &str, from: usize, mark: &str) -> usize {
    text.get(from..).and_then(|rest| rest.find(mark)).map_or(text.len(), |found| from + found + mark.len())
}

fn end_of_string(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
