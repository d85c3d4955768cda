//! The `.plimsollignore` files of a folder, wherever it lies.
//!
//! Not here: how one is read; whoever knows the folder says that.

use std::collections::BTreeMap;

use ignore::Match;
use ignore::gitignore::Gitignore;

use crate::corpus::folder_of;

/// Leaves files out beyond what git ignores, in the same language.
pub(super) const IGNORE_FILE: &str = ".plimsollignore";

/// The ignore files below a folder, each read when it is first asked for.
pub(super) struct Ignored<R> {
    read: R,
    by_folder: BTreeMap<String, Gitignore>,
}

impl<R: Fn(&str) -> Gitignore> Ignored<R> {
    /// With how the one of a folder, told by its path, is read.
    pub(super) fn new(read: R) -> Self {
        Self { read, by_folder: BTreeMap::new() }
    }

    /// Whether one of them leaves out a file or a folder on the way to it.
    pub(super) fn leaves_out(&mut self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| (at, true)).chain([(path.len(), false)]);
        ends.into_iter().any(|(end, is_folder)| self.says_of(&path[..end], is_folder))
    }

    /// What the innermost one that says something says.
    fn says_of(&mut self, path: &str, is_folder: bool) -> bool {
        let mut folder = folder_of(path);
        loop {
            let read = &self.read;
            let matcher = self.by_folder.entry(folder.to_owned()).or_insert_with(|| read(folder));
            let below = path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'));
            match matcher.matched(below, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None if folder.is_empty() => return false,
                Match::None => folder = folder_of(folder),
            }
        }
    }
}
