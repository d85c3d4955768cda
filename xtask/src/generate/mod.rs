//! The generated reference: `docs/reference`, written from the code and the binary, never by hand.
//!
//! Always: the same code gives the same pages; `check` writes nothing.

mod assumptions;
mod command_line;
mod libraries;
mod model;
mod readers;
mod rules;
mod schema;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::tree::Tree;

/// Where the pages stand.
const FOLDER: &str = "docs/reference";

/// What people run when a page is stale.
const COMMAND: &str = "cargo xtask generate";

/// Pages by file name.
type Pages = BTreeMap<String, String>;

/// Writes every page, and removes pages that nothing generates any more.
pub(crate) fn write(root: &Path) -> io::Result<bool> {
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let pages = pages(root)?;
    for (name, what) in differences(&pages, &present(&folder)?) {
        match what {
            Difference::Surplus => std::fs::remove_file(folder.join(&name))?,
            Difference::Missing | Difference::Stale => std::fs::write(folder.join(&name), &pages[&name])?,
        }
        println!("{FOLDER}/{name}: {}", what.mended());
    }
    Ok(true)
}

/// Whether every page is as the code would write it.
pub(crate) fn check(root: &Path) -> io::Result<bool> {
    let differences = differences(&pages(root)?, &present(&root.join(FOLDER))?);
    for (name, what) in &differences {
        println!("{FOLDER}/{name}:1: {}; run `{COMMAND}`", what.found());
    }
    if differences.is_empty() {
        println!("generate --check: the reference is fresh");
    }
    Ok(differences.is_empty())
}

fn pages(root: &Path) -> io::Result<Pages> {
    let tree = Tree::load(root)?;
    let binary = command_line::Binary::build(root)?;
    let mut pages = Pages::new();
    pages.insert("model.md".to_owned(), model::page(&tree));
    pages.insert("assumptions.md".to_owned(), assumptions::page());
    pages.insert("readers.md".to_owned(), readers::page(&tree));
    pages.insert("libraries.md".to_owned(), libraries::page(&binary)?);
    pages.insert("rules.md".to_owned(), rules::page(&tree));
    pages.insert("command-line.md".to_owned(), command_line::page(&binary)?);
    for (name, title, lead) in schema::PUBLISHED {
        let Some(text) = binary.schema(name)? else {
            eprintln!("note: `plimsoll schema {name}` prints nothing, so its page is left out");
            continue;
        };
        let schema = serde_json::from_str(&text).map_err(io::Error::other)?;
        pages.insert(schema::file_name(name), schema::page(name, title, lead, &schema));
        pages.insert(format!("{name}.schema.json"), text);
    }
    Ok(pages)
}

/// The files that are there now.
fn present(folder: &Path) -> io::Result<Pages> {
    let mut pages = Pages::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            pages.insert(name, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(pages)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    Missing,
    Stale,
    Surplus,
}

impl Difference {
    fn found(self) -> &'static str {
        match self {
            Self::Missing => "the page is missing",
            Self::Stale => "the page is not what the code says",
            Self::Surplus => "nothing generates this page",
        }
    }

    fn mended(self) -> &'static str {
        match self {
            Self::Missing => "written",
            Self::Stale => "written anew",
            Self::Surplus => "removed",
        }
    }
}

fn differences(wanted: &Pages, present: &Pages) -> BTreeMap<String, Difference> {
    let mut differences = BTreeMap::new();
    for (name, text) in wanted {
        match present.get(name) {
            None => drop(differences.insert(name.clone(), Difference::Missing)),
            Some(there) if there != text => drop(differences.insert(name.clone(), Difference::Stale)),
            Some(_) => {}
        }
    }
    for name in present.keys().filter(|name| !wanted.contains_key(*name)) {
        differences.insert(name.clone(), Difference::Surplus);
    }
    differences
}

/// The line at the top of every page.
fn generated_from(what: &str) -> String {
    format!("<!-- Written by `{COMMAND}` from {what}. Change it there. -->\n")
}

/// Text that may stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::{Difference, Pages, differences};

    fn pages(of: &[(&str, &str)]) -> Pages {
        of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_difference_has_its_kind_and_equal_pages_have_none() {
        let wanted = pages(&[("a.md", "1"), ("b.md", "1"), ("c.md", "1")]);
        let present = pages(&[("b.md", "2"), ("c.md", "1"), ("d.md", "1")]);
        let found: Vec<_> = differences(&wanted, &present).into_iter().collect();
        let expected = [("a.md", Difference::Missing), ("b.md", Difference::Stale), ("d.md", Difference::Surplus)];
        assert_eq!(found, expected.map(|(name, what)| (name.to_owned(), what)));
        assert!(differences(&wanted, &wanted).is_empty());
    }
}
