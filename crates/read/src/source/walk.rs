//! The files of a folder: which of them count.
//!
//! What git tracks counts, and so does what neither `.gitignore` nor git knows. `.plimsollignore` and what plimsoll.yaml
//! leaves out come before both. Links are named and not followed, and a folder that is a source of its own is not walked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use plimsoll_model::place::FileName;

use super::ignored::{IGNORE_FILE, Ignored};
use super::{Folder, Found, Location, tracked};
use crate::corpus::{folder_of, normal};

/// All files that count, in no particular order.
pub(super) fn walk(folder: &Folder, source: u32) -> Vec<Found> {
    let root = folder.root.as_path();
    let (except, apart) = (except(folder), folder.apart.clone());
    let walk = ignore::WalkBuilder::new(root)
        .hidden(false)
        .parents(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .follow_links(false)
        .add_custom_ignore_filename(IGNORE_FILE)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let is_apart = is_folder && apart.iter().any(|apart| entry.path() == apart);
            entry.file_name() != ".git" && !is_apart && !except.matched(entry.path(), is_folder).is_ignore()
        })
        .build();
    let mut out: Vec<Found> =
        walk.filter_map(Result::ok).filter_map(|entry| found(root, entry.path(), source)).collect();
    add_tracked(folder, source, &mut out);
    out
}

/// A file or link as it stands on the disk; folders and devices are none.
#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn found(root: &Path, file: &Path, source: u32) -> Option<Found> {
    let meta = std::fs::symlink_metadata(file).ok()?;
    let inside = file.strip_prefix(root).ok()?;
    let path = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let content = match meta.file_type() {
        kind if kind.is_symlink() => Location::Link(link_target(file, &path)),
        kind if kind.is_file() => Location::Disk(file.to_path_buf()),
        _ => return None,
    };
    Some(Found { name: FileName { source, path }, bytes: meta.len(), content })
}

/// The path inside the source that a link leads to; `None` where it leads out of it.
#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn link_target(link: &Path, path: &str) -> Option<String> {
    let target = std::fs::read_link(link).ok().filter(|target| target.is_relative())?;
    normal(&format!("{}/{}", folder_of(path), target.to_string_lossy()))
}

/// What plimsoll.yaml leaves out of a folder. A pattern that is none leaves nothing out; the reader reports it.
fn except(folder: &Folder) -> Gitignore {
    let mut builder = GitignoreBuilder::new(&folder.root);
    for pattern in &folder.except {
        let _ = builder.add_line(None, pattern);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Adds the files that git tracks although `.gitignore` leaves them out, as far as they are there and nothing else does.
fn add_tracked(folder: &Folder, source: u32, out: &mut Vec<Found>) {
    let root = folder.root.as_path();
    let tracked = tracked::below(root);
    if tracked.is_empty() {
        return;
    }
    let known: BTreeSet<&str> = out.iter().map(|each| each.name.path.as_str()).collect();
    let except = except(folder);
    let mut ignored = Ignored::new(|folder| Gitignore::new(root.join(folder).join(IGNORE_FILE)).0);
    let left_out = |path: &str| except.matched_path_or_any_parents(path, false).is_ignore();
    let apart = |path: &PathBuf| folder.apart.iter().any(|apart| path.starts_with(apart));
    let more: Vec<Found> = tracked
        .iter()
        .filter(|path| !known.contains(path.as_str()) && normal(path).as_ref() == Some(path) && !left_out(path))
        .map(|path| (path, root.join(path)))
        .filter(|(path, file)| !apart(file) && !ignored.leaves_out(path))
        .filter_map(|(_, file)| found(root, &file, source))
        .collect();
    out.extend(more);
}
