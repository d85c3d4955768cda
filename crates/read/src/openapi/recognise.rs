//! Which files are descriptions: by what stands at their top level, whatever their name.

use plimsoll_model::{At, FileId};

use crate::corpus::Corpus;
use crate::tree::Node;
use crate::tree::yaml::{Documents, Schema};

/// One description.
pub(super) struct Document<'c> {
    /// Its file.
    pub(super) file: FileId,
    /// Its top level.
    pub(super) root: &'c Node,
    /// Where the key stands that says what it is.
    pub(super) at: At,
}

/// The descriptions in a file. Cost: a look at the text; only a text with one of the keys is parsed.
pub(super) fn documents(corpus: &Corpus, file: FileId) -> Vec<Document<'_>> {
    let Ok(text) = corpus.text(file) else { return Vec::new() };
    if !is_candidate(corpus.path(file), text) {
        return Vec::new();
    }
    tree(corpus, file).roots.iter().filter_map(|root| Some(Document { file, root, at: marked(root)? })).collect()
}

/// The tree of a file in its format: JSON by its name, else YAML.
pub(super) fn tree(corpus: &Corpus, file: FileId) -> &Documents {
    if has_extension(corpus.path(file), "json") { corpus.json(file) } else { corpus.yaml(file, Schema::Yaml12) }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case(extension))
}

fn is_candidate(path: &str, text: &str) -> bool {
    let yaml = has_extension(path, "yaml") || has_extension(path, "yml");
    let flow = has_extension(path, "json") || text.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with('{');
    if flow {
        return (yaml || has_extension(path, "json")) && (text.contains("openapi") || text.contains("swagger"));
    }
    let begins = |line: &str| {
        let line = line.trim_start_matches(['\u{feff}', '"', '\'']);
        line.starts_with("openapi") || line.starts_with("swagger")
    };
    yaml && text.lines().any(begins)
}

/// Where the version key stands, where this is the top level of a description.
fn marked(root: &Node) -> Option<At> {
    let entry = root.entries().iter().find(|entry| match entry.key.as_str() {
        "openapi" => entry.value.as_str().is_some_and(|version| version.starts_with('3')),
        "swagger" => entry.value.as_str().is_some_and(|version| version.starts_with('2')),
        _ => false,
    })?;
    let described = ["info", "paths", "components", "webhooks"].iter().any(|key| root.get(key).is_some());
    described.then_some(entry.key_at)
}
