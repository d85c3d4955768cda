//! Who owns a path: the last pattern that fits.

use std::collections::BTreeMap;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::facts::OwnedPath;

/// The patterns of one source, ready to be asked often.
pub struct Owners<'o> {
    owned: Vec<&'o OwnedPath>,
    /// Sections in the order of the file, each with its matchers.
    sections: Vec<Matchers>,
}

/// The patterns of one section. Each knows the index of the last line that has the pattern.
struct Matchers {
    last: BTreeMap<String, usize>,
    /// All patterns: for the path itself.
    all: Gitignore,
    /// Patterns that own what is below of what they fit: for the folders above the path.
    deep: Gitignore,
}

impl<'o> Owners<'o> {
    /// Compiles the patterns of a source. Cost: linear in their number.
    pub fn of_source(owned: &'o [OwnedPath], source: u32) -> Self {
        let owned: Vec<&OwnedPath> = owned.iter().filter(|each| each.source == source).collect();
        let mut order: Vec<&Option<String>> = Vec::new();
        for each in &owned {
            if !order.contains(&&each.section) {
                order.push(&each.section);
            }
        }
        let sections = order.into_iter().map(|section| Matchers::new(&owned, section)).collect();
        Self { owned, sections }
    }

    /// The last pattern that fits a path inside the source: of a file, or of a folder with `/` at its end, whose content
    /// is then meant. Cost: one look for each folder above it.
    pub fn of(&self, path: &str) -> Option<&'o OwnedPath> {
        let last = self.sections.iter().filter_map(|section| section.find(path)).max()?;
        self.owned.get(last).copied()
    }

    /// The last pattern of each section that fits a path, in the order of the sections.
    pub fn in_each_section(&self, path: &str) -> Vec<&'o OwnedPath> {
        self.sections.iter().filter_map(|section| self.owned.get(section.find(path)?).copied()).collect()
    }
}

/// The last pattern that fits a path of a source. Compiles all patterns: ask [`Owners`] where there are many paths.
pub fn owner_of<'o>(owned: &'o [OwnedPath], source: u32, path: &str) -> Option<&'o OwnedPath> {
    Owners::of_source(owned, source).of(path)
}

impl Matchers {
    fn new(owned: &[&OwnedPath], section: &Option<String>) -> Self {
        let (mut all, mut deep) = (GitignoreBuilder::new(""), GitignoreBuilder::new(""));
        let mut last = BTreeMap::new();
        for (index, each) in owned.iter().enumerate().filter(|(_, each)| each.section == *section) {
            let pattern = literal(&each.pattern);
            // A pattern that cannot be compiled fits nothing, as on the platforms.
            if all.add_line(None, &pattern).is_err() {
                continue;
            }
            if !pattern.ends_with("/*") && deep.add_line(None, &pattern).is_err() {
                continue;
            }
            last.insert(pattern, index);
        }
        let build = |builder: GitignoreBuilder| builder.build().unwrap_or_else(|_| Gitignore::empty());
        Self { last, all: build(all), deep: build(deep) }
    }

    fn find(&self, path: &str) -> Option<usize> {
        let fits = |matcher: &Gitignore, path: &str, folder: bool| {
            let found = matcher.matched(path, folder);
            found.inner().and_then(|glob| self.last.get(glob.original()).copied())
        };
        let own = if path.ends_with('/') { None } else { fits(&self.all, path, false) };
        let above = path.match_indices('/').filter_map(|(end, _)| fits(&self.deep, &path[..end], true));
        above.chain(own).max()
    }
}

/// The pattern without the meaning that `[`, `!` and `#` have in a .gitignore only.
fn literal(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut escaped = false;
    for (index, letter) in pattern.chars().enumerate() {
        let special = letter == '[' || (index == 0 && matches!(letter, '!' | '#'));
        if special && !escaped {
            out.push('\\');
        }
        out.push(letter);
        escaped = letter == '\\' && !escaped;
    }
    out
}
