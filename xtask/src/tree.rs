//! The work tree in memory: every file's path, and its text where it is text.
//!
//! Not here: what git ignores by rule; the few folders that builds leave behind are named below.
//! Always: paths have `/` between folders, are relative to the root, and come in sorted order.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Folders that builds and tools leave behind; `corpus` is what a fuzzer found, `seeds` is what we wrote.
const LEFT_BEHIND: [&str; 6] = [".git", "target", "node_modules", "artifacts", "corpus", "coverage"];

/// Longer files are kept by name only: no text that a person wrote is as long.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// Files by path; `None` for what is not text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads every file below a folder. Links are not followed.
    pub(crate) fn load(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.walk(root, "")?;
        Ok(tree)
    }

    /// A tree of texts, for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self { files: files.collect() }
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() && !LEFT_BEHIND.contains(&name.as_str()) {
                self.walk(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() && name != ".git" {
                // In a second work tree `.git` is a file that names the first.
                let text = match entry.metadata()?.len() {
                    bytes if bytes > TEXT_BYTES_MAX => None,
                    _ => String::from_utf8(std::fs::read(entry.path())?).ok(),
                };
                self.files.insert(path, text);
            }
        }
        Ok(())
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether a file or a folder stands there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.under(&format!("{path}/")).next().is_some()
    }

    /// Every text, with its path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The texts below a folder, which is given with its last `/`.
    pub(crate) fn under<'t>(&'t self, folder: &str) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
        let folder = folder.to_owned();
        let from = self.files.range(folder.clone()..);
        from.take_while(move |(path, _)| path.starts_with(&folder))
            .map(|(path, text)| (path.as_str(), text.as_deref().unwrap_or("")))
    }

    /// Names of the folders directly inside a folder, which is given with its last `/`.
    pub(crate) fn folders(&self, folder: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(folder)?.split_once('/'))
            .map(|(name, _)| name)
            .collect();
        names.dedup();
        names
    }
}
