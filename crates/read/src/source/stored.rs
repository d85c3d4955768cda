//! Files that do not lie on the disk: those of a commit.
//!
//! The same rules as for a folder: `.plimsollignore` and what plimsoll.yaml leaves out. `.gitignore` says nothing of what
//! is committed. Not here: where the files come from; whoever opens a repository implements [`Store`].

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use plimsoll_model::place::FileName;

use super::ignored::{IGNORE_FILE, Ignored};
use super::named::{self, Named, lexical};
use super::{Found, Location, Source, names};
use crate::corpus::{folder_of, normal};
use crate::plimsoll_yaml::FILES;

/// A tree of files by path, with `/` between folders.
pub trait Store: Debug + Send + Sync {
    /// Every file and link, in no particular order.
    fn list(&self) -> Vec<Stored>;

    /// The content of a file, or the target of a link.
    ///
    /// # Errors
    /// Why it cannot be read, for people.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// A file of a [`Store`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}

/// A folder of a store whose files count.
#[derive(Clone, Debug)]
pub struct StoredFolder {
    pub(super) name: String,
    store: Arc<dyn Store>,
    /// Its path in the store, as an absolute one.
    root: PathBuf,
    except: Vec<String>,
    apart: Vec<PathBuf>,
}

/// The sources of a folder of a store: those that its plimsoll.yaml names, else the folder itself. A source that lies
/// outside of the store holds nothing.
pub(super) fn sources(store: &Arc<dyn Store>, folder: &str) -> Vec<Source> {
    let here = lexical(&Path::new("/").join(folder));
    let text = FILES.iter().find_map(|name| text(store.as_ref(), &inside(&here.join(name))?));
    let mut named = text.map_or_else(Vec::new, |text| named::of_text(&here, &text));
    if named.is_empty() {
        named.push(Named::whole(here));
    }
    let roots: Vec<PathBuf> = named.iter().map(|each| lexical(&each.root)).collect();
    let names = names(&named);
    let folder = |((each, name), root): ((Named, String), &PathBuf)| {
        let apart = roots.iter().filter(|other| *other != root && other.starts_with(root)).cloned().collect();
        let folder = StoredFolder { name, store: store.clone(), root: root.clone(), except: each.except, apart };
        Source::Stored(folder)
    };
    named.into_iter().zip(names).zip(&roots).map(folder).collect()
}

/// The path in the store of an absolute one.
fn inside(path: &Path) -> Option<String> {
    let parts = path.strip_prefix("/").ok()?.components();
    Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

fn text(store: &dyn Store, path: &str) -> Option<String> {
    String::from_utf8(store.read(path).ok()?).ok()
}

impl StoredFolder {
    /// Its path in the store, as an absolute one.
    pub(super) fn place(&self) -> PathBuf {
        self.root.clone()
    }

    /// All files that count, in no particular order.
    pub(super) fn list(&self, source: u32) -> Vec<Found> {
        let all = self.store.list();
        let prefix = inside(&self.root).filter(|root| !root.is_empty()).map_or_else(String::new, |root| root + "/");
        let mut ignored = Ignored::new(|folder| {
            let slash = if folder.is_empty() { "" } else { "/" };
            let file = text(self.store.as_ref(), &format!("{prefix}{folder}{slash}{IGNORE_FILE}"));
            matcher(file.iter().flat_map(|text| text.lines()))
        });
        let except = matcher(self.except.iter().map(String::as_str));
        let mut out = Vec::new();
        for stored in all {
            let Some(path) = stored.path.strip_prefix(&prefix) else { continue };
            let at = Path::new("/").join(&stored.path);
            let apart = self.apart.iter().any(|apart| at.starts_with(apart));
            if apart || except.matched_path_or_any_parents(path, false).is_ignore() || ignored.leaves_out(path) {
                continue;
            }
            let content = if stored.is_link {
                Location::Link(link_target(self.store.as_ref(), &stored.path, path))
            } else {
                Location::Stored(self.store.clone(), stored.path.clone())
            };
            let name = FileName { source, path: path.to_owned() };
            out.push(Found { name, bytes: stored.bytes, content });
        }
        out
    }
}

/// The path inside the source that a link leads to; `None` where it leads out of it.
fn link_target(store: &dyn Store, link: &str, path: &str) -> Option<String> {
    let target = text(store, link).filter(|target| !target.starts_with('/'))?;
    normal(&format!("{}/{target}", folder_of(path)))
}

fn matcher<'l>(lines: impl Iterator<Item = &'l str>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in lines {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug)]
    struct Texts(BTreeMap<&'static str, &'static str>);

    impl Store for Texts {
        fn list(&self) -> Vec<Stored> {
            let rows = self.0.iter();
            rows.map(|(path, text)| Stored {
                path: (*path).to_owned(),
                bytes: text.len() as u64,
                is_link: path.ends_with(".link"),
            })
            .collect()
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            self.0.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| String::from("is not there"))
        }
    }

    #[track_caller]
    fn check(files: &[(&'static str, &'static str)], folder: &str, expect: &[&str]) {
        let store: Arc<dyn Store> = Arc::new(Texts(files.iter().copied().collect()));
        let sources = sources(&store, folder);
        let mut all: Vec<String> = Vec::new();
        for (index, source) in sources.iter().enumerate() {
            let found = source.list(index as u32).into_iter();
            all.extend(found.map(|found| format!("{}:{}", source.name(), found.name.path)));
        }
        all.sort();
        assert_eq!(all, expect);
    }

    #[test]
    fn a_folder_of_a_store_has_the_rules_of_one_on_the_disk() {
        check(&[("a.yaml", ""), ("shop/b.yaml", "")], "", &[":a.yaml", ":shop/b.yaml"]);
        check(&[("a.yaml", ""), ("shop/b.yaml", ""), ("shopping/c.yaml", "")], "shop", &[":b.yaml"]);
        check(
            &[("old/a.yaml", ""), ("x/old/a.yaml", ""), ("b.yaml", ""), (".plimsollignore", "/old/\n")],
            "",
            &[":.plimsollignore", ":b.yaml", ":x/old/a.yaml"],
        );
    }

    #[test]
    fn sources_that_plimsoll_yaml_names_are_found_inside_the_store() {
        check(
            &[
                (
                    "plan/plimsoll.yaml",
                    "plimsoll: 1\nsources: [{ path: ../shop, as: shop, except: [old] }, { path: ., as: plan }]\n",
                ),
                ("shop/a.yaml", ""),
                ("shop/old/b.yaml", ""),
                ("other/c.yaml", ""),
            ],
            "plan",
            &["plan:plimsoll.yaml", "shop:a.yaml"],
        );
    }
}
