//! Markdown that shows a text as it is, whatever stands in it.
//!
//! Names are code spans: in a pull request, an owner such as `@shop/orders` would otherwise call its people.

/// Text outside code: everything that Markdown or HTML would take as markup is escaped.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '@' => out.push_str("@\u{200b}"),
            c => out.push(c),
        }
    }
    out
}

/// A code span that may stand in a table.
///
/// # Source
/// GitHub Flavored Markdown, sections 6.3 (code spans) and 4.10 (a pipe in a cell is escaped, in code too).
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A sentence in which names stand between backticks.
pub(crate) fn message(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(sentence);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 1 { code(part) } else { text(part) };
    parts.iter().enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(text("<b>|*x*|[y](z)@shop"), "&lt;b&gt;\\|\\*x\\*\\|\\[y\\](z)@\u{200b}shop");
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(message("`x` names <y>"), "`x` names &lt;y&gt;");
        assert_eq!(message("an odd ` stays"), "an odd \\` stays");
    }
}
