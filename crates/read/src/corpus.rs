//! The files of a survey: walked once, read when asked for, parsed once.
//!
//! This and `source` are the only places of the crate that touch a file system, and what runs on several threads runs
//! through [`Corpus::each`]. A file's id is its rank in the sorted order of (source, path), so that ids do not depend on
//! the order in which a disk lists its files.
//!
//! Not here: what a file means (the readers).

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::OnceLock;

use plimsoll_model::{At, FileId, Files, Problem};

use crate::side_by_side;
use crate::source::places::Places;
use crate::source::{Found, Source};
use crate::tree::yaml::{Documents, Schema};
use crate::tree::{json, toml, yaml};

/// Files larger than this are not read: the largest hand-written manifests are a tenth of it.
pub const FILE_BYTES_MAX: u64 = 8 << 20;

/// More links than this on the way to one file are a loop.
const LINKS_MAX: usize = 16;

/// The files of a survey.
pub struct Corpus {
    files: Files,
    found: Vec<Found>,
    by_path: BTreeMap<(u32, String), FileId>,
    /// Where each source lies, where it is a folder: a path may lead from one into another.
    places: Places,
    /// Links inside a source, and the paths that they lead to.
    links: BTreeMap<(u32, String), String>,
    cells: Vec<Cell>,
    threads: NonZeroUsize,
}

#[derive(Default)]
struct Cell {
    text: OnceLock<Result<String, String>>,
    yaml_11: OnceLock<Documents>,
    yaml_12: OnceLock<Documents>,
    json: OnceLock<Documents>,
    toml: OnceLock<Documents>,
}

impl Corpus {
    /// Lists the files of the sources. Nothing is read yet.
    pub fn open(sources: Vec<Source>) -> Self {
        let mut found: Vec<Found> = Vec::new();
        for (index, source) in sources.iter().enumerate() {
            found.extend(source.list(index as u32));
        }
        let linked = |each: &Found| each.link().map(|to| ((each.name.source, each.name.path.clone()), to.to_owned()));
        let links = found.iter().filter_map(linked).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let names = found.iter().map(|each| each.name.clone()).collect();
        let files = Files::new(sources.iter().map(|source| source.name().to_owned()).collect(), names);
        let by_path = found
            .iter()
            .enumerate()
            .map(|(index, each)| ((each.name.source, each.name.path.clone()), FileId(index as u32)))
            .collect();
        let cells = found.iter().map(|_| Cell::default()).collect();
        let places = Places::of(&sources);
        Self { files, found, by_path, places, links, cells, threads: NonZeroUsize::MIN }
    }

    /// The same corpus, read on so many threads; on one for each core where none are named.
    pub fn on_threads(self, threads: Option<NonZeroUsize>) -> Self {
        Self { threads: threads.unwrap_or_else(side_by_side::cores), ..self }
    }

    /// Maps items on the threads of this corpus; the results stand in the order of the items.
    pub fn each<T: Sync, R: Send>(&self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        side_by_side::map(self.threads, items, work)
    }

    /// The names of all files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Every file's id, in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.found.len() as u32).map(FileId)
    }

    /// The path inside its source.
    pub fn path(&self, file: FileId) -> &str {
        self.files.path(file)
    }

    /// The index of its source.
    pub fn source(&self, file: FileId) -> u32 {
        self.files.name(file).source
    }

    /// The folder inside its source, without a slash at the end; empty for the root.
    pub fn folder(&self, file: FileId) -> &str {
        folder_of(self.path(file))
    }

    /// Whether it is a symbolic link, which is never read.
    pub fn is_link(&self, file: FileId) -> bool {
        self.found[file.0 as usize].is_link()
    }

    /// The file's size in bytes.
    pub fn size(&self, file: FileId) -> u64 {
        self.found[file.0 as usize].bytes
    }

    /// The file at a path from the root of a source; `.`, `..` and links are resolved. A path that leaves the source may
    /// lead into another; `None` where it leads to no file of the survey.
    pub fn lookup(&self, source: u32, path: &str) -> Option<FileId> {
        let (source, path) = self.resolve(source, path)?;
        self.inside(source, path)
    }

    /// The source and the path in it that a path from the root of a source means, whether or not there is a file.
    pub fn resolve(&self, source: u32, path: &str) -> Option<(u32, String)> {
        self.places.resolve(source, path)
    }

    fn inside(&self, source: u32, path: String) -> Option<FileId> {
        let mut path = path;
        for _ in 0..LINKS_MAX {
            let file = self.by_path.get(&(source, path.clone()));
            if let Some(file) = file.filter(|file| !self.is_link(**file)) {
                return Some(*file);
            }
            path = self.followed(source, &path)?;
        }
        None
    }

    /// The path with the first link on it followed.
    fn followed(&self, source: u32, path: &str) -> Option<String> {
        if self.links.is_empty() {
            return None;
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().find_map(|end| {
            let target = self.links.get(&(source, path[..end].to_owned()))?;
            normal(&format!("{target}/{}", &path[end..]))
        })
    }

    /// The file that another names relative to its own folder.
    pub fn beside(&self, file: FileId, path: &str) -> Option<FileId> {
        let folder = self.folder(file);
        let joined = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        self.lookup(self.source(file), &joined)
    }

    /// All files below a folder of a source, in order. An empty folder is the whole source.
    pub fn below<'c>(&'c self, source: u32, folder: &str) -> impl Iterator<Item = FileId> + 'c {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = (source, prefix.clone());
        self.by_path
            .range(from..)
            .take_while(move |((s, path), _)| *s == source && path.starts_with(&prefix))
            .map(|(_, id)| *id)
    }

    /// The text of a file, or why it cannot be read as text. Cost: the first call reads it.
    pub fn text(&self, file: FileId) -> Result<&str, &str> {
        let load = || self.found[file.0 as usize].read_text(FILE_BYTES_MAX);
        match self.cells[file.0 as usize].text.get_or_init(load) {
            Ok(text) => Ok(text),
            Err(reason) => Err(reason),
        }
    }

    /// The bytes of a file, text or not, or why they cannot be read. Cost: each call reads it.
    pub fn bytes(&self, file: FileId) -> Result<Vec<u8>, String> {
        self.found[file.0 as usize].read_bytes(FILE_BYTES_MAX)
    }

    /// The YAML documents of a file, parsed once for each schema. An unreadable file has none and a problem.
    pub fn yaml(&self, file: FileId, schema: Schema) -> &Documents {
        let cell = &self.cells[file.0 as usize];
        let once = match schema {
            Schema::Yaml11 => &cell.yaml_11,
            Schema::Yaml12 => &cell.yaml_12,
        };
        once.get_or_init(|| self.parsed(file, |text| yaml::parse(file, text, schema)))
    }

    /// The JSON value of a file, as a tree.
    pub fn json(&self, file: FileId) -> &Documents {
        self.cells[file.0 as usize].json.get_or_init(|| self.parsed(file, |text| json::parse(file, text)))
    }

    /// The TOML tables of a file, as a tree.
    pub fn toml(&self, file: FileId) -> &Documents {
        self.cells[file.0 as usize].toml.get_or_init(|| self.parsed(file, |text| toml::parse(file, text)))
    }

    fn parsed(&self, file: FileId, parse: impl FnOnce(&str) -> Documents) -> Documents {
        match self.text(file) {
            Ok(text) => parse(text),
            Err(reason) => {
                let problem = Problem { at: At::whole(file), message: reason.to_owned() };
                Documents { roots: Vec::new(), problems: vec![problem] }
            }
        }
    }

    /// Problems of everything that was parsed so far, in the order of the files.
    pub fn problems(&self) -> Vec<Problem> {
        let documents = |cell: &Cell| {
            [&cell.yaml_11, &cell.yaml_12, &cell.json, &cell.toml]
                .into_iter()
                .filter_map(|once| once.get().map(|documents| documents.problems.clone()))
                .flatten()
                .collect::<Vec<_>>()
        };
        let mut problems: Vec<Problem> = self.cells.iter().flat_map(documents).collect();
        problems.sort();
        problems.dedup();
        problems
    }
}

/// The folder part of a path; empty for a path without folders.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path without `.` and `..`; `None` where it leaves the root.
pub fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
