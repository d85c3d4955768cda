//! Sources: where files come from. A folder on disk, the files of a commit, or texts in memory for tests.
//!
//! Which files of a folder count is said in `walk`, which folders plimsoll.yaml names in `named`.

mod ignored;
mod named;
pub(crate) mod places;
mod stored;
mod tracked;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use plimsoll_model::place::FileName;

use named::{Named, lexical};
pub use stored::{Store, Stored, StoredFolder};

/// Where files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder.
    Folder(Folder),
    /// A folder of a tree that does not lie on the disk.
    Stored(StoredFolder),
    /// Texts by path.
    Memory {
        /// The name that prefixes its paths where there are several sources.
        name: String,
        /// The files.
        files: BTreeMap<String, Vec<u8>>,
    },
}

/// A folder whose files count.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The name that prefixes its paths where there are several sources.
    name: String,
    /// Where it is.
    root: PathBuf,
    /// What is left out of it, as in a `.gitignore`.
    except: Vec<String>,
    /// Folders in it that are sources of their own.
    apart: Vec<PathBuf>,
}

/// A file that a source has.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name.
    pub name: FileName,
    /// Its size.
    pub bytes: u64,
    content: Location,
}

#[derive(Clone, Debug)]
enum Location {
    /// A symbolic link, and the path inside the same source that it leads to, if it does.
    Link(Option<String>),
    Disk(PathBuf),
    Stored(std::sync::Arc<dyn Store>, String),
    Memory(Vec<u8>),
}

impl Source {
    /// Sources of the folders that were asked for: those that their plimsoll.yaml names, else the folder itself. A folder
    /// that holds several git roots and is none is that many sources.
    #[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
    pub fn folders(paths: &[PathBuf]) -> Vec<Self> {
        let mut named: Vec<Named> = Vec::new();
        for path in paths {
            let sources = named::of(path);
            let inner = git_roots_below(path);
            if !sources.is_empty() {
                named.extend(sources);
            } else if inner.len() > 1 && !path.join(".git").exists() {
                named.extend(inner.into_iter().map(Named::whole));
            } else {
                named.push(Named::whole(path.clone()));
            }
        }
        let mut seen = BTreeSet::new();
        named.retain(|each| seen.insert(lexical(&each.root)));
        let names = names(&named);
        let roots: Vec<PathBuf> = named.iter().map(|each| lexical(&each.root)).collect();
        let folder = |((each, name), own): ((Named, String), &PathBuf)| {
            let inner = roots.iter().filter_map(|other| other.strip_prefix(own).ok());
            let apart = inner.filter(|rest| !rest.as_os_str().is_empty()).map(|rest| each.root.join(rest)).collect();
            Self::Folder(Folder { name, apart, root: each.root, except: each.except })
        };
        named.into_iter().zip(names).zip(&roots).map(folder).collect()
    }

    /// Sources of a folder of a tree that does not lie on the disk: those that its plimsoll.yaml names, else the folder.
    pub fn stored(store: &std::sync::Arc<dyn Store>, folder: &str) -> Vec<Self> {
        stored::sources(store, folder)
    }

    /// One folder and nothing else, whatever it says of others.
    pub fn folder(root: PathBuf) -> Self {
        Self::Folder(Folder { name: String::new(), root, except: Vec::new(), apart: Vec::new() })
    }

    /// Texts in memory, for tests.
    pub fn memory(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Self::Memory { name: String::new(), files }
    }

    /// The source's name; empty where it is the only one.
    pub fn name(&self) -> &str {
        match self {
            Self::Folder(Folder { name, .. }) | Self::Memory { name, .. } => name,
            Self::Stored(folder) => &folder.name,
        }
    }

    /// Where it is, as an absolute path without `..`; none for texts in memory.
    fn place(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(lexical(&folder.root)),
            Self::Stored(folder) => Some(folder.place()),
            Self::Memory { .. } => None,
        }
    }

    /// All files, in no particular order.
    pub fn list(&self, source: u32) -> Vec<Found> {
        match self {
            Self::Folder(folder) => walk::walk(folder, source),
            Self::Stored(folder) => folder.list(source),
            Self::Memory { files, .. } => files
                .iter()
                .map(|(path, bytes)| Found {
                    name: FileName { source, path: path.clone() },
                    bytes: bytes.len() as u64,
                    content: Location::Memory(bytes.clone()),
                })
                .collect(),
        }
    }
}

impl Named {
    /// A folder that nobody said anything of.
    fn whole(root: PathBuf) -> Self {
        Self { root, name: None, except: Vec::new() }
    }
}

/// A name for each source: the one that it was given, else its folder's. None is needed where there is only one.
fn names(named: &[Named]) -> Vec<String> {
    if named.len() == 1 {
        return vec![String::new()];
    }
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    let mut name = |each: &Named| {
        let base = each.name.clone().unwrap_or_else(|| folder_name(&lexical(&each.root)));
        let count = taken.entry(base.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { base } else { format!("{base}-{count}") }
    };
    named.iter().map(&mut name).collect()
}

/// The last part of a path.
fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| String::from("root"), |name| name.to_string_lossy().into_owned())
}

#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn git_roots_below(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut roots: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.join(".git").exists()).collect();
    roots.sort();
    roots
}

impl Found {
    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        matches!(self.content, Location::Link(_))
    }

    /// The path inside its source that it leads to, if it is a link.
    pub fn link(&self) -> Option<&str> {
        match &self.content {
            Location::Link(target) => target.as_deref(),
            Location::Disk(_) | Location::Stored(..) | Location::Memory(_) => None,
        }
    }

    /// The file as text, or why not. A text longer than `limit` bytes is not read.
    pub fn read_text(&self, limit: u64) -> Result<String, String> {
        text_of(self.read_bytes(limit)?)
    }

    /// The file as it is, or why not. A file longer than `limit` bytes is not read.
    #[allow(clippy::disallowed_methods, reason = "reading is the file edge of this crate")]
    pub fn read_bytes(&self, limit: u64) -> Result<Vec<u8>, String> {
        if self.bytes > limit {
            let (size, limit) = (self.bytes >> 20, limit >> 20);
            return Err(format!("{size} MiB are more than the limit of {limit} MiB; the file is left out"));
        }
        match &self.content {
            Location::Link(_) => Err(String::from("is a link; links are not followed, so that no file counts twice")),
            Location::Memory(bytes) => Ok(bytes.clone()),
            Location::Stored(store, path) => store.read(path),
            Location::Disk(path) => std::fs::read(path).map_err(|error| format!("cannot be read: {}", error.kind())),
        }
    }
}

/// Bytes as text: UTF-8, or UTF-16 with a byte order mark. Anything else is not text.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return utf16(rest, u16::from_be_bytes);
    }
    if bytes.contains(&0) {
        return Err(String::from("is binary, not text; the file is left out"));
    }
    String::from_utf8(bytes).map_err(|error| {
        format!("is not UTF-8 from byte {} on; the file is left out", error.utf8_error().valid_up_to() + 1)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16(&units).map_err(|_| String::from("is not valid UTF-16; the file is left out"))
}
