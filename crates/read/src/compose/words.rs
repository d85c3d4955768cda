//! Commands as words: lists as they are, a text split as a shell would.

use crate::facts::{Origin, Spelled};
use crate::redact;
use crate::tree::Node;

/// The words of a `command` or `entrypoint`, secrets taken out.
pub(super) fn words(node: Option<&Node>) -> Vec<Spelled> {
    let Some(node) = node else { return Vec::new() };
    let parts: Vec<(String, &Node)> = match node.as_str() {
        Some(text) => split(text).into_iter().map(|word| (word, node)).collect(),
        None => node.items().iter().filter_map(|item| Some((item.as_str()?.to_owned(), item))).collect(),
    };
    let plain: Vec<String> = parts.iter().map(|(word, _)| word.clone()).collect();
    let origins = parts.into_iter().map(|(_, node)| Origin::of(node));
    redact::words(&plain).into_iter().zip(origins).map(|(text, origin)| Spelled { text, origin }).collect()
}

/// Splits a text as a shell does: at blanks, but not inside of quotes or after a backslash.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => match chars.next() {
                Some('\n') => {}
                Some(next) => {
                    let word = word.get_or_insert_default();
                    if quote.is_some() && !matches!(next, '"' | '\\' | '$' | '`') {
                        word.push('\\');
                    }
                    word.push(next);
                }
                None => word.get_or_insert_default().push('\\'),
            },
            (None, c) if c.is_whitespace() => out.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_are_split_as_a_shell_does() {
        assert_eq!(split("a  b\tc\n"), ["a", "b", "c"]);
        assert_eq!(split(r#"sh -c "a 'b' \"c\" \n" 'x y'z"#), ["sh", "-c", r#"a 'b' "c" \n"#, "x yz"]);
        assert_eq!(split("a\\ b '' \"open"), ["a b", "", "open"]);
        assert_eq!(split("--x \\\n  --y"), ["--x", "--y"]);
    }
}
