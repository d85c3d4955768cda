//! Sources: where files come from. A folder on disk, or texts in memory for tests.
//!
//! The walk respects `.gitignore` and `.plimsollignore`, does not follow links, and leaves out `.git`. What was fetched into
//! the `charts` of a Helm chart is listed even where git ignores it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use plimsoll_model::place::FileName;

use crate::corpus::{folder_of, normal};

/// Where files come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder.
    Folder {
        /// The name that prefixes its paths where there are several sources.
        name: String,
        /// Where it is.
        root: PathBuf,
    },
    /// Texts by path.
    Memory {
        /// The name that prefixes its paths where there are several sources.
        name: String,
        /// The files.
        files: BTreeMap<String, Vec<u8>>,
    },
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
    Memory(Vec<u8>),
}

impl Source {
    /// Sources of the folders that were asked for. A folder that holds several git roots is that many sources.
    #[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
    pub fn folders(paths: &[PathBuf]) -> Vec<Self> {
        let mut roots: Vec<PathBuf> = Vec::new();
        for path in paths {
            let inner = git_roots_below(path);
            if inner.len() > 1 && !path.join(".git").exists() {
                roots.extend(inner);
            } else {
                roots.push(path.clone());
            }
        }
        let several = roots.len() > 1;
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        let name = |root: &Path, taken: &mut BTreeMap<String, u32>| {
            if !several {
                return String::new();
            }
            let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
            let base = absolute.file_name().map_or_else(|| String::from("root"), |n| n.to_string_lossy().into_owned());
            let count = taken.entry(base.clone()).or_insert(0);
            *count += 1;
            if *count == 1 { base } else { format!("{base}-{count}") }
        };
        roots.into_iter().map(|root| Self::Folder { name: name(&root, &mut taken), root }).collect()
    }

    /// Texts in memory, for tests.
    pub fn memory(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Self::Memory { name: String::new(), files }
    }

    /// The source's name; empty where it is the only one.
    pub fn name(&self) -> &str {
        match self {
            Self::Folder { name, .. } | Self::Memory { name, .. } => name,
        }
    }

    /// All files, in no particular order.
    pub fn list(&self, source: u32) -> Vec<Found> {
        match self {
            Self::Folder { root, .. } => walk(root, source),
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

#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn git_roots_below(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut roots: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.join(".git").exists()).collect();
    roots.sort();
    roots
}

fn walk(root: &Path, source: u32) -> Vec<Found> {
    let mut out = Vec::new();
    list(root, root, Ignored::LeftOut, source, &mut out);
    with_vendored_charts(root, source, &mut out);
    out
}

/// Adds what lies in the `charts` of a Helm chart and git ignores: it was fetched there, and the chart is made of it.
fn with_vendored_charts(root: &Path, source: u32, out: &mut Vec<Found>) {
    let chart =
        |found: &Found| found.name.path.strip_suffix("Chart.yaml").map(|folder| root.join(folder).join("charts"));
    let folders: Vec<PathBuf> = out.iter().filter_map(chart).collect();
    let mut vendored = Vec::new();
    for folder in folders {
        list(root, &folder, Ignored::Listed, source, &mut vendored);
    }
    let known: BTreeSet<String> = out.iter().map(|found| found.name.path.clone()).collect();
    vendored.retain(|found| !known.contains(&found.name.path));
    vendored.sort_by(|a, b| a.name.cmp(&b.name));
    vendored.dedup_by(|a, b| a.name == b.name);
    out.append(&mut vendored);
}

/// What becomes of files that git ignores.
#[derive(Clone, Copy, PartialEq)]
enum Ignored {
    LeftOut,
    Listed,
}

#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn list(root: &Path, folder: &Path, ignored: Ignored, source: u32, out: &mut Vec<Found>) {
    let walk = ignore::WalkBuilder::new(folder)
        .hidden(false)
        .parents(false)
        .git_ignore(ignored == Ignored::LeftOut)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .follow_links(false)
        .add_custom_ignore_filename(".plimsollignore")
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk.filter_map(Result::ok) {
        let kind = entry.file_type();
        let link = kind.is_some_and(|kind| kind.is_symlink());
        if !link && !kind.is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(inside) = entry.path().strip_prefix(root) else { continue };
        let path = inside.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let bytes = entry.metadata().map_or(0, |meta| meta.len());
        let name = FileName { source, path };
        let content = match link {
            true => Location::Link(link_target(entry.path(), &name.path)),
            false => Location::Disk(entry.path().to_path_buf()),
        };
        out.push(Found { name, bytes, content });
    }
}

/// The path inside the source that a link leads to; `None` where it leads out of it.
#[allow(clippy::disallowed_methods, reason = "the walk is the file edge of this crate")]
fn link_target(link: &Path, path: &str) -> Option<String> {
    let target = std::fs::read_link(link).ok().filter(|target| target.is_relative())?;
    normal(&format!("{}/{}", folder_of(path), target.to_string_lossy()))
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
            Location::Disk(_) | Location::Memory(_) => None,
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
