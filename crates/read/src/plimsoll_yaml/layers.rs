//! A plimsoll.yaml that changes another (`extends`): which files lie below which, and what they say together.

use plimsoll_model::FileId;

use super::language::{Form, Reading};
use super::system::SourceFolder;
use crate::corpus::{Corpus, normal};
use crate::tree::yaml::{Documents, Schema};
use crate::tree::{Data, Node};

/// How many files may lie on each other.
const LAYERS_MAX: usize = 8;

/// The file that counts and those that it extends, the lowest first. Of several files at the roots of sources the one
/// that extends most counts, else the first.
pub(super) fn find(corpus: &Corpus, roots: &[FileId]) -> Vec<FileId> {
    let mut best: Vec<FileId> = Vec::new();
    for root in roots {
        let mut layers = vec![*root];
        while let Some(below) = layers.last().and_then(|file| below(corpus, *file)) {
            if layers.contains(&below) || layers.len() >= LAYERS_MAX {
                break;
            }
            layers.push(below);
        }
        if layers.len() > best.len() {
            best = layers;
        }
    }
    best.reverse();
    best
}

/// The file that another extends: beside it, or in the source that its own `sources` name.
fn below(corpus: &Corpus, file: FileId) -> Option<FileId> {
    let root = corpus.yaml(file, Schema::Yaml12).roots.first()?;
    let path = root.str_at("extends")?;
    if let Some(found) = corpus.beside(file, path) {
        return Some(found);
    }
    // Lexically: `../plimsoll.yaml` is `plimsoll.yaml` in the source whose path is `..`.
    let sources = Vec::<SourceFolder>::read(root.get("sources")?, &mut Reading::default())?;
    sources.iter().find_map(|source| {
        let name = source.as_.as_ref()?.value.name.as_str();
        let inside = path.strip_prefix(source.path.value.text.trim_end_matches('/'))?.strip_prefix('/')?;
        let index = corpus.files().sources().iter().position(|known| known == name)?;
        corpus.lookup(index as u32, &normal(inside)?)
    })
}

/// What is wrong where the extended file is not there.
pub(super) fn not_here(path: &str) -> String {
    format!(
        "extends: `{path}` is not part of the survey, so most of the system is missing; list its folder under `sources` with \
         a name (`as`)"
    )
}

/// What the files say together: mappings are merged key by key, what is not a mapping replaces, `null` takes away.
pub(super) fn merged(layers: &[&Documents]) -> Option<Node> {
    let mut roots = layers.iter().filter_map(|documents| documents.roots.first());
    let mut out = roots.next()?.clone();
    for over in roots {
        merge(&mut out, over);
    }
    Some(out)
}

/// Lays one tree over another. Trees are at most `DEPTH_MAX` deep.
fn merge(below: &mut Node, over: &Node) {
    match (&mut below.value, &over.value) {
        (Data::Mapping(below), Data::Mapping(entries)) => {
            for entry in entries {
                match below.iter_mut().find(|own| own.key == entry.key) {
                    Some(own) => {
                        merge(&mut own.value, &entry.value);
                        own.key_at = entry.key_at;
                    }
                    None => below.push(entry.clone()),
                }
            }
        }
        _ => *below = over.clone(),
    }
}
