//! TOML into trees.

use plimsoll_model::{FileId, Problem};
use toml_edit::{Document, Item, Value};

use super::json::LineIndex;
use super::yaml::Documents;
use super::{Data, Entry, Node, ScalarKind};

/// Reads one TOML text.
pub fn parse(file: FileId, text: &str) -> Documents {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = LineIndex::new(text);
    let mut out = Documents::default();
    match Document::parse(text) {
        Ok(document) => {
            let reader = Reader { file, text, lines: &lines };
            out.roots.push(reader.table(document.as_table(), 0));
        }
        Err(error) => {
            let at = lines.at(file, text, error.span().map_or(0, |span| span.start));
            let message = format!("not valid TOML: {}; the file is left out", error.message().replace('\n', "; "));
            out.problems.push(Problem { at, message });
        }
    }
    out
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    lines: &'t LineIndex,
}

impl Reader<'_> {
    fn node(&self, data: Data, offset: usize) -> Node {
        Node::new(data, self.lines.at(self.file, self.text, offset))
    }

    fn table(&self, table: &dyn toml_edit::TableLike, offset: usize) -> Node {
        let mut entries = Vec::new();
        for (key, item) in table.iter() {
            let key_offset = table.key(key).and_then(|key| key.span()).map_or(offset, |span| span.start);
            let value = self.item(item, key_offset);
            let key_at = self.lines.at(self.file, self.text, key_offset);
            entries.push(Entry { key: key.to_owned(), key_at, value });
        }
        self.node(Data::Mapping(entries), offset)
    }

    fn item(&self, item: &Item, offset: usize) -> Node {
        let offset = item.span().map_or(offset, |span| span.start);
        match item {
            Item::None => self.node(Data::Mapping(Vec::new()), offset),
            Item::Value(value) => self.value(value, offset),
            Item::Table(table) => self.table(table, offset),
            Item::ArrayOfTables(tables) => {
                let items = tables.iter().map(|table| self.table(table, offset)).collect();
                self.node(Data::Sequence(items), offset)
            }
        }
    }

    fn value(&self, value: &Value, offset: usize) -> Node {
        let offset = value.span().map_or(offset, |span| span.start);
        let at = self.lines.at(self.file, self.text, offset);
        match value {
            Value::String(text) => Node::text(text.value().as_str(), at),
            Value::Integer(number) => Node::scalar(number.value().to_string(), ScalarKind::Integer, at),
            Value::Float(number) => Node::scalar(number.value().to_string(), ScalarKind::Float, at),
            Value::Boolean(flag) => Node::scalar(flag.value().to_string(), ScalarKind::Bool(*flag.value()), at),
            Value::Datetime(date) => Node::text(date.value().to_string(), at),
            Value::Array(array) => {
                let items = array.iter().map(|item| self.value(item, offset)).collect();
                self.node(Data::Sequence(items), offset)
            }
            Value::InlineTable(table) => self.table(table, offset),
        }
    }
}
