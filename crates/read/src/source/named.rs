//! The folders that plimsoll.yaml names under `sources`: found before there is a survey, since they say what to survey.
//!
//! Not here: what is wrong with them. The reader of plimsoll.yaml reports a source that holds nothing, with its place.

use std::path::{Path, PathBuf};

use plimsoll_model::FileId;

use crate::plimsoll_yaml::system::SourceFolder;
use crate::plimsoll_yaml::{self, FILES};

/// A folder that is to be a source.
#[derive(Debug)]
pub(super) struct Named {
    /// Where it is.
    pub(super) root: PathBuf,
    /// The name that plimsoll.yaml gives it.
    pub(super) name: Option<String>,
    /// What is left out of it.
    pub(super) except: Vec<String>,
}

/// The sources that the plimsoll.yaml of a folder names; none where it names none.
#[allow(clippy::disallowed_methods, reason = "what to survey is read at the file edge of this crate")]
pub(super) fn of(folder: &Path) -> Vec<Named> {
    let Some(text) = FILES.iter().find_map(|name| std::fs::read_to_string(folder.join(name)).ok()) else {
        return Vec::new();
    };
    of_text(folder, &text)
}

/// The sources that the text of a folder's plimsoll.yaml names.
pub(super) fn of_text(folder: &Path, text: &str) -> Vec<Named> {
    // The reader reads it again and reports what is wrong; here only what is right matters.
    let Some(system) = plimsoll_yaml::from_text(FileId(0), text).0.system else { return Vec::new() };
    let extends = system.extends.as_ref().map(|extends| extends.value.text.as_str());
    let mut named: Vec<Named> = system.sources.iter().map(|source| one(folder, source, extends)).collect();
    let is_here = |named: &Named| lexical(&named.root) == lexical(folder);
    if !named.is_empty() && !named.iter().any(is_here) {
        // The file itself is always read, also where its folder is no source.
        let mut except = vec![String::from("/*")];
        except.extend(FILES.iter().map(|name| format!("!/{name}")));
        named.push(Named { root: folder.to_owned(), name: None, except });
    }
    named
}

fn one(folder: &Path, source: &SourceFolder, extends: Option<&str>) -> Named {
    let path = source.path.value.text.as_str();
    let mut except: Vec<String> = source.except.iter().map(|pattern| pattern.value.text.clone()).collect();
    // What the file extends is read, whatever is left out of the folder that holds it.
    let inside = extends.and_then(|extends| extends.strip_prefix(path.trim_end_matches('/'))?.strip_prefix('/'));
    except.extend(inside.map(|inside| format!("!/{inside}")));
    let root = if path == "." { folder.to_owned() } else { folder.join(path) };
    Named { root, name: source.as_.as_ref().map(|name| name.value.name.clone()), except }
}

/// An absolute path without `.` and `..`, by its text alone.
pub(super) fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            std::path::Component::ParentDir => drop(out.pop()),
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}
