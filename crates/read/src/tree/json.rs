//! JSON into trees, with comments and trailing commas as configuration files have them.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use plimsoll_model::{At, FileId, Problem};

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
                out.roots.push(convert(&value, file, text, &lines));
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

fn convert(value: &Value<'_>, file: FileId, text: &str, lines: &LineIndex) -> Node {
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
            let items = array.elements.iter().map(|item| convert(item, file, text, lines)).collect();
            Node::new(Data::Sequence(items), at)
        }
        Value::Object(object) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
            for property in &object.properties {
                let key = match &property.name {
                    ObjectPropName::String(literal) => literal.value.to_string(),
                    ObjectPropName::Word(word) => word.value.to_string(),
                };
                let key_at = lines.at(file, text, property.name.start());
                let value = convert(&property.value, file, text, lines);
                entries.push(Entry { key, key_at, value });
            }
            Node::new(Data::Mapping(entries), at)
        }
    }
}

/// Byte offsets to lines and columns.
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
        Self { starts }
    }

    /// The place of a byte offset; columns count characters. Cost: a binary search and the line's characters.
    pub fn at(&self, file: FileId, text: &str, offset: usize) -> At {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let column = text.get(self.starts[line]..offset).map_or(0, |before| before.chars().count());
        At::new(file, line as u32 + 1, column as u32 + 1)
    }
}
