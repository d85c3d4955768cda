//! Trees back into YAML, as `plimsoll render` prints them.
//!
//! Always: what is written reads back as the same tree (a property test holds it).

use super::yaml::{Schema, resolve_plain};
use super::{Data, Node, Scalar, ScalarKind};

/// A tree as YAML in block style, ending with a line feed.
pub fn to_yaml(node: &Node) -> String {
    let mut out = String::new();
    write(&mut out, node, 0, Position::Line, &mut |_| None);
    out
}

/// A tree as YAML; `note` may give a comment for the line of a scalar, such as its origin.
pub fn to_yaml_with(node: &Node, note: &mut dyn FnMut(&Node) -> Option<String>) -> String {
    let mut out = String::new();
    write(&mut out, node, 0, Position::Line, note);
    out
}

/// Where the writer stands.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    /// At the start of a line, indented already or to be.
    Line,
    /// After `key:`.
    Key,
    /// After `- `.
    Dash,
}

fn write(
    out: &mut String,
    node: &Node,
    indent: usize,
    position: Position,
    note: &mut dyn FnMut(&Node) -> Option<String>,
) {
    match &node.value {
        Data::Scalar(scalar) => {
            if position == Position::Key {
                out.push(' ');
            }
            let note = note(node).map(|note| format!("  # {note}")).unwrap_or_default();
            if scalar.kind == ScalarKind::Text && fits_block(&scalar.text) {
                write_block(out, &scalar.text, indent, &note);
            } else {
                write_scalar(out, scalar);
                out.push_str(&note);
                out.push('\n');
            }
        }
        Data::Sequence(items) if items.is_empty() => {
            out.push_str(if position == Position::Key { " []\n" } else { "[]\n" });
        }
        Data::Mapping(entries) if entries.is_empty() => {
            out.push_str(if position == Position::Key { " {}\n" } else { "{}\n" });
        }
        Data::Sequence(items) => {
            if position == Position::Key {
                out.push('\n');
            }
            for (index, item) in items.iter().enumerate() {
                if index > 0 || position != Position::Dash {
                    out.extend(std::iter::repeat_n(' ', indent));
                }
                out.push_str("- ");
                write(out, item, indent + 2, Position::Dash, note);
            }
        }
        Data::Mapping(entries) => {
            if position == Position::Key {
                out.push('\n');
            }
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 || position != Position::Dash {
                    out.extend(std::iter::repeat_n(' ', indent));
                }
                let key = Scalar { text: entry.key.clone(), kind: ScalarKind::Text };
                write_quoted_or_plain(out, &key);
                out.push(':');
                let inner = if matches!(entry.value.value, Data::Sequence(_)) { indent } else { indent + 2 };
                write(out, &entry.value, inner, Position::Key, note);
            }
        }
    }
}

fn write_scalar(out: &mut String, scalar: &Scalar) {
    match scalar.kind {
        ScalarKind::Null => out.push_str("null"),
        ScalarKind::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        ScalarKind::Integer | ScalarKind::Float => out.push_str(&scalar.text),
        ScalarKind::Text => write_quoted_or_plain(out, scalar),
    }
}

/// Whether a text of several lines can be written as a literal block without loss.
fn fits_block(text: &str) -> bool {
    let lines: Vec<&str> = text.trim_end_matches('\n').split('\n').collect();
    lines.len() > 1
        && !text.starts_with([' ', '\n', '\t'])
        && lines.iter().all(|line| line.chars().all(|c| c == '\t' || (' '..='\u{7e}').contains(&c) || c > '\u{a0}'))
        && !text.contains(['\u{2028}', '\u{2029}', '\u{feff}', '\u{85}'])
        && lines.iter().all(|line| !line.ends_with([' ', '\t']) || !line.trim().is_empty())
}

/// A block; `note` stands behind its marker, since inside it would be text.
fn write_block(out: &mut String, text: &str, indent: usize, note: &str) {
    let body = text.trim_end_matches('\n');
    let ends = text.len() - body.len();
    out.push_str(match ends {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    out.push_str(note);
    out.push('\n');
    let indent = indent.max(2);
    for line in body.split('\n') {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..ends {
        out.push('\n');
    }
}

fn write_quoted_or_plain(out: &mut String, scalar: &Scalar) {
    let text = &scalar.text;
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 || (0x7f..=0xa0).contains(&(c as u32)) => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            '\u{feff}' => out.push_str("\\ufeff"),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_plain(text: &str) -> bool {
    let first_ok = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '.' | '$' | '('));
    let all_ok = text.chars().all(|c| c.is_ascii_alphanumeric() || " /_.-$()+,=@;~^<>".contains(c) || c == ':');
    first_ok
        && all_ok
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && resolve_plain(text, Schema::Yaml11) == ScalarKind::Text
        && !looks_special(text)
}

/// Words that some readers of YAML 1.1 take for something else: sexagesimals, dates, octals, single letters.
fn looks_special(text: &str) -> bool {
    matches!(text, "y" | "Y" | "n" | "N" | "=" | "<<") || text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse;
    use super::*;
    use plimsoll_model::{At, FileId};
    use proptest::prelude::*;

    fn same(a: &Node, b: &Node) -> bool {
        match (&a.value, &b.value) {
            (Data::Scalar(a), Data::Scalar(b)) => a.kind == b.kind && (a.text == b.text || a.kind == ScalarKind::Null),
            (Data::Sequence(a), Data::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Data::Mapping(a), Data::Mapping(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
            }
            _ => false,
        }
    }

    fn any_node() -> impl Strategy<Value = Node> {
        let at = At::whole(FileId(0));
        let leaf = prop_oneof![
            any::<String>().prop_map(move |text| Node::text(text, at)),
            "[ -~\n\t]{0,24}".prop_map(move |text| Node::text(text, at)),
            Just(Node::scalar("null", ScalarKind::Null, at)),
            any::<bool>().prop_map(move |flag| Node::scalar(flag.to_string(), ScalarKind::Bool(flag), at)),
            any::<i64>().prop_map(move |n| Node::scalar(n.to_string(), ScalarKind::Integer, at)),
        ];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(move |items| Node::new(Data::Sequence(items), at)),
                prop::collection::btree_map("[ -~]{0,12}", inner, 0..5).prop_map(move |map| {
                    let mut node = Node::mapping(at);
                    for (key, value) in map.into_iter().filter(|(key, _)| key != "<<") {
                        node.set(&key, value);
                    }
                    node
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same(node in any_node()) {
            let text = to_yaml(&node);
            let documents = parse(FileId(0), &text, Schema::Yaml11);
            prop_assert!(documents.problems.is_empty(), "{:?}\n{text}", documents.problems);
            let null = Node::scalar("", ScalarKind::Null, At::whole(FileId(0)));
            let read = documents.roots.first().unwrap_or(&null);
            prop_assert!(same(&node, read), "{text}\n{node:?}\n{read:?}");
        }
    }
}
