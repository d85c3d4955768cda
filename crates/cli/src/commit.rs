//! Commits as sources: the files of a tree, read from the repository without a checkout.
//!
//! Not here: which of them count (`read`), what a working tree holds beyond a commit.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll_read::source::{Store, Stored};

/// Two commits of one repository and the folder of them that is asked about.
pub(crate) struct Range {
    /// Before.
    pub(crate) base: Commit,
    /// After.
    pub(crate) head: Commit,
    /// The folder's path in the repository; empty for all of it.
    pub(crate) folder: String,
}

/// The files of a commit.
pub(crate) struct Commit {
    /// As it was asked for, and its short id: `main (1ffb915)`.
    pub(crate) name: String,
    /// Its files.
    pub(crate) files: Arc<dyn Store>,
}

/// The commits that `BASE..HEAD` names in the repository around a folder. `BASE...HEAD` compares with where the two parted.
///
/// # Errors
/// What is not there, for people.
pub(crate) fn range(spec: &str, folder: &Path) -> Result<Range, String> {
    let (base, head, parted) = match spec.split_once("...") {
        Some((base, head)) => (base, head, true),
        None => {
            let (base, head) = spec.split_once("..").ok_or_else(|| format!("`{spec}` is no range BASE..HEAD"))?;
            (base, head, false)
        }
    };
    let or_head = |name: &str| if name.is_empty() { String::from("HEAD") } else { name.to_owned() };
    let (base, head) = (or_head(base), or_head(head));
    let repository = gix::discover(folder)
        .map_err(|error| format!("no git repository is around `{}`: {error}", folder.display()))?;
    let find = |name: &str| {
        let found = repository.rev_parse_single(name).map(gix::Id::detach);
        found.map_err(|error| format!("`{name}` names no commit of `{}`: {error}", folder.display()))
    };
    let (mut from, to) = (find(&base)?, find(&head)?);
    if parted {
        let together = repository.merge_base(from, to);
        let together = together.map_err(|error| format!("`{base}` and `{head}`: {error}"))?;
        from = together.ok_or_else(|| format!("`{base}` and `{head}` have nothing in common"))?.detach();
    }
    let inside = inside(&repository, folder)?;
    let repository = repository.into_sync();
    let commit = |name: &str, id| {
        Ok::<Commit, String>(Commit {
            name: format!("{name} ({})", short(id)),
            files: Arc::new(tree(&repository, id)?),
        })
    };
    Ok(Range { base: commit(&base, from)?, head: commit(&head, to)?, folder: inside })
}

fn short(id: gix::ObjectId) -> String {
    id.to_hex_with_len(7).to_string()
}

/// The folder's path below the repository's working tree.
fn inside(repository: &gix::Repository, folder: &Path) -> Result<String, String> {
    let real = |path: &Path| path.canonicalize().map_err(|error| format!("`{}`: {error}", path.display()));
    let root: PathBuf = match repository.workdir() {
        Some(root) => real(root)?,
        None => return Ok(String::new()),
    };
    let folder = real(folder)?;
    let below = folder.strip_prefix(&root).unwrap_or(Path::new(""));
    Ok(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// Files by path, with the objects that hold them.
struct Tree {
    repository: gix::ThreadSafeRepository,
    files: BTreeMap<String, File>,
}

#[derive(Clone, Copy)]
struct File {
    id: gix::ObjectId,
    bytes: u64,
    is_link: bool,
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files of a commit", self.files.len())
    }
}

/// Every file of a commit; submodules have none here.
fn tree(repository: &gix::ThreadSafeRepository, id: gix::ObjectId) -> Result<Tree, String> {
    let local = repository.to_thread_local();
    let wrong = |error: &dyn fmt::Display| format!("commit {} cannot be read: {error}", short(id));
    let object = local.find_object(id).map_err(|error| wrong(&error))?;
    let tree = object.peel_to_tree().map_err(|error| wrong(&error))?;
    let entries = tree.traverse().breadthfirst.files().map_err(|error| wrong(&error))?;
    let mut files = BTreeMap::new();
    for entry in entries.into_iter().filter(|entry| entry.mode.is_blob_or_symlink()) {
        let path = entry.filepath.to_string();
        let header = local.find_header(entry.oid).map_err(|error| wrong(&error))?;
        files.insert(path, File { id: entry.oid, bytes: header.size(), is_link: entry.mode.is_link() });
    }
    Ok(Tree { repository: repository.clone(), files })
}

impl Store for Tree {
    fn list(&self) -> Vec<Stored> {
        let row =
            |(path, file): (&String, &File)| Stored { path: path.clone(), bytes: file.bytes, is_link: file.is_link };
        self.files.iter().map(row).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let file = self.files.get(path).ok_or_else(|| String::from("is not in the commit"))?;
        let object = self.repository.to_thread_local().find_object(file.id).map(|object| object.detach().data);
        object.map_err(|error| format!("cannot be read from the repository: {error}"))
    }
}
