//! Where a fact stands: a file, a line, a column.
//!
//! A place is three integers; the file's name lives once in [`Files`]. Paths are relative to their source and prefixed
//! by its name where there are several, so that bytes do not depend on where a repository was cloned.

/// A file of the survey: an index into [`Files`], given in sorted order of (source, path).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A place in a file. Line and column count from 1; line 0 means the file as a whole. Columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
    /// The column in characters, from 1; 0 for the whole line.
    pub column: u32,
}

impl At {
    /// A place in a file.
    pub const fn new(file: FileId, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    /// The file as a whole.
    pub const fn whole(file: FileId) -> Self {
        Self { file, line: 0, column: 0 }
    }
}

/// One file's name: its source (an index into the sources of the system) and its path there, with `/` between folders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName {
    /// Index of the source.
    pub source: u32,
    /// Path from the source's root.
    pub path: String,
}

/// The names of all files that evidence can point at.
#[derive(Clone, Debug, Default)]
pub struct Files {
    sources: Vec<String>,
    names: Vec<FileName>,
}

impl Files {
    /// Takes the sources' names and the files in the order of their ids.
    pub fn new(sources: Vec<String>, names: Vec<FileName>) -> Self {
        Self { sources, names }
    }

    /// The file's path as people see it: `path`, or `source:path` where there are several sources.
    pub fn display(&self, file: FileId) -> String {
        let name = self.name(file);
        if self.sources.len() > 1 {
            format!("{}:{}", self.sources[name.source as usize], name.path)
        } else {
            name.path.clone()
        }
    }

    /// The file's source and path.
    pub fn name(&self, file: FileId) -> &FileName {
        &self.names[file.0 as usize]
    }

    /// The path inside its source.
    pub fn path(&self, file: FileId) -> &str {
        &self.name(file).path
    }

    /// The name of the file's source.
    pub fn source(&self, file: FileId) -> &str {
        &self.sources[self.name(file).source as usize]
    }

    /// The names of all sources.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
