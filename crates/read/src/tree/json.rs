//! JSON into trees, with comments and trailing commas as configuration files have them.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use plimsoll_model::{At, FileId, Problem};

use super::keys::Keys;
use super::yaml::Documents;
use super::{DEPTH_MAX, Data, Entry, Node, ScalarKind};

/// Reads one JSON text.
pub fn parse(file: FileId, text: &str) -> Documents {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = LineIndex::new(text);
    let mut out = Documents::default();
    if let Some(offset) = too_deep(text) {
        let message = format!("nested deeper than {DEPTH_MAX} levels; the file is left out");
        out.problems.push(Problem { at: lines.at(file, text, offset), message });
        return out;
    }
    match parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(result) => {
            if let Some(value) = result.value {
                out.roots.push(convert(&value, file, text, &lines, &mut out.problems));
            }
        }
        Err(error) => {
            let at = lines.at(file, text, error.range().start);
            out.problems
                .push(Problem { at, message: format!("not valid JSON: {}; the file is left out", error.kind()) });
        }
    }
    out
}

/// The offset at which brackets outside of strings nest too deep; the parser descends by recursion.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Some(offset);
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn convert(value: &Value<'_>, file: FileId, text: &str, lines: &LineIndex, problems: &mut Vec<Problem>) -> Node {
    let at = lines.at(file, text, value.start());
    match value {
        Value::StringLit(literal) => Node::text(literal.value.as_ref(), at),
        Value::NumberLit(literal) => {
            let kind = if literal.value.contains(['.', 'e', 'E']) { ScalarKind::Float } else { ScalarKind::Integer };
            Node::scalar(literal.value, kind, at)
        }
        Value::BooleanLit(literal) => Node::scalar(literal.value.to_string(), ScalarKind::Bool(literal.value), at),
        Value::NullKeyword(_) => Node::scalar("null", ScalarKind::Null, at),
        Value::Array(array) => {
            let items = array.elements.iter().map(|item| convert(item, file, text, lines, problems)).collect();
            Node::new(Data::Sequence(items), at)
        }
        Value::Object(object) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
            let mut keys = Keys::default();
            for property in &object.properties {
                let key = match &property.name {
                    ObjectPropName::String(literal) => literal.value.to_string(),
                    ObjectPropName::Word(word) => word.value.to_string(),
                };
                let key_at = lines.at(file, text, property.name.start());
                let value = convert(&property.value, file, text, lines, problems);
                if let Some(index) = keys.find(&entries, &key) {
                    let message = format!("the key `{key}` is given twice; the last one counts");
                    problems.push(Problem { at: key_at, message });
                    entries[index] = Entry { key, key_at, value };
                    continue;
                }
                entries.push(Entry { key, key_at, value });
            }
            Node::new(Data::Mapping(entries), at)
        }
    }
}

/// Byte offsets to lines and columns.
pub struct LineIndex {
    starts: Vec<usize>,
    /// How many characters begin before each block of the text, so that a text of one long line costs no more than others.
    characters: Vec<u32>,
}

/// Bytes between two counts of characters.
const BLOCK_BYTES: usize = 1024;

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
        let blocks = text.as_bytes().chunks(BLOCK_BYTES);
        let characters = std::iter::once(0)
            .chain(blocks.scan(0u32, |count, block| {
                *count += characters_in(block);
                Some(*count)
            }))
            .collect();
        Self { starts, characters }
    }

    /// The place of a byte offset; columns count characters. Cost: a binary search and a block of the text.
    pub fn at(&self, file: FileId, text: &str, offset: usize) -> At {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let column = self.characters_before(text, offset) - self.characters_before(text, self.starts[line]);
        At::new(file, line as u32 + 1, column + 1)
    }

    /// The byte offset at which a line begins, counted from 0; the end of the text for a line that is not there.
    pub fn start_of(&self, text: &str, line: usize) -> usize {
        self.starts.get(line).map_or(text.len(), |start| (*start).min(text.len()))
    }

    fn characters_before(&self, text: &str, offset: usize) -> u32 {
        let block = (offset / BLOCK_BYTES).min(self.characters.len() - 1);
        let start = block * BLOCK_BYTES;
        self.characters[block] + text.as_bytes().get(start..offset).map_or(0, characters_in)
    }
}

/// How many characters begin in the bytes: all bytes but those that continue one.
fn characters_in(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_over_block_boundaries_as_inside_of_them() {
        let text = format!("{}\n{}ä", "ü".repeat(3000), "xä".repeat(2000));
        let lines = LineIndex::new(&text);
        let mut seen = (1u32, 1u32);
        for (offset, c) in text.char_indices() {
            let at = lines.at(FileId(0), &text, offset);
            assert_eq!((at.line, at.column), seen);
            seen = if c == '\n' { (seen.0 + 1, 1) } else { (seen.0, seen.1 + 1) };
        }
        assert_eq!((lines.start_of(&text, 1), lines.start_of(&text, 9)), (6001, text.len()));
    }

    #[test]
    fn a_duplicate_key_is_a_problem_and_the_last_wins() {
        let documents = parse(FileId(0), r#"{ "a": 1, "b": 2, "a": 3 }"#);
        assert_eq!(documents.roots[0].entries().len(), 2);
        assert_eq!(documents.roots[0].str_at("a"), Some("3"));
        assert_eq!(documents.problems[0].message, "the key `a` is given twice; the last one counts");
    }
}
