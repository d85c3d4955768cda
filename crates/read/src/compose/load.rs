//! From files to one project: variables put in, files included, services extended, later files laid over earlier ones.
//!
//! For each file, in order: interpolation, long form, `include`, `extends`, merge onto what is there.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId, Problem};

use super::environment::{self, Environment, Met, put_variables};
use super::merge::{merge, settled};
use super::recognise::is_version_1;
use super::{canonical, keys, paths};
use crate::corpus::{Corpus, folder_of};
use crate::dotenv::interpolate::{Setting, interpolate};
use crate::facts::Skipped;
use crate::tree::yaml::Schema;
use crate::tree::{Data, Entry, Node};

/// Files and services may include and extend each other in chains at most this long.
const CHAIN_MAX: usize = 32;

/// A project as its files make it.
pub(super) struct Project {
    /// The merged tree, in long form.
    pub(super) root: Node,
    /// Its variables.
    pub(super) environment: Environment,
    /// The folder that its paths are relative to.
    pub(super) folder: String,
    /// The source of its files.
    pub(super) source: u32,
    /// Every file that went into it, in order of their ids.
    pub(super) files: BTreeSet<FileId>,
    /// Files that it includes, and files that it extends from.
    pub(super) parts: BTreeSet<FileId>,
    /// Files that it includes.
    pub(super) included: BTreeSet<FileId>,
    /// Its name, where stated.
    pub(super) name: Option<String>,
    /// What could not be used.
    pub(super) problems: Vec<Problem>,
    /// What was not read.
    pub(super) not_read: Vec<Skipped>,
}

/// Loads a project from its files, the first of which says where it is.
pub(super) fn project(corpus: &Corpus, files: &[FileId]) -> Option<Project> {
    let main = *files.first()?;
    let (source, folder) = (corpus.source(main), corpus.folder(main).to_owned());
    let mut problems = Vec::new();
    let env_file = environment::file_of(corpus, source, &folder);
    let mut environment = Environment::default();
    environment.add_files(corpus, env_file.as_slice(), &mut problems);
    let name = project_name(corpus, files, &environment);
    if let Some(name) = name.clone().or_else(|| default_name(&folder)) {
        environment.set_default("COMPOSE_PROJECT_NAME", Setting { text: name, places: Vec::new() });
    }
    let mut loader = Loader {
        corpus,
        source,
        met: Met::default(),
        problems,
        not_read: Vec::new(),
        files: files.iter().copied().chain(env_file).collect(),
        parts: BTreeSet::new(),
        included: BTreeSet::new(),
    };
    let root = loader.files(files, &folder, &environment, &mut Vec::new());
    environment::tell(&loader.met, &mut loader.problems);
    let Loader { problems, not_read, files, parts, included, .. } = loader;
    Some(Project { root, environment, folder, source, files, parts, included, name, problems, not_read })
}

fn project_name(corpus: &Corpus, files: &[FileId], environment: &Environment) -> Option<String> {
    let stated = files
        .iter()
        .flat_map(|file| &corpus.yaml(*file, Schema::Yaml12).roots)
        .filter_map(|root| root.str_at("name"))
        .next_back()
        .map(|name| interpolate(name, &|variable| environment.get(variable)).text);
    let name = environment.get("COMPOSE_PROJECT_NAME").map(|setting| setting.text).or(stated)?;
    Some(normal_name(&name)).filter(|name| !name.is_empty())
}

fn normal_name(name: &str) -> String {
    let kept: String =
        name.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

/// Compose names a project after its folder; the name of a source's root is not known here.
fn default_name(folder: &str) -> Option<String> {
    Some(normal_name(folder.rsplit('/').next()?)).filter(|name| !name.is_empty())
}

struct Loader<'c> {
    corpus: &'c Corpus,
    source: u32,
    met: Met,
    problems: Vec<Problem>,
    not_read: Vec<Skipped>,
    files: BTreeSet<FileId>,
    parts: BTreeSet<FileId>,
    included: BTreeSet<FileId>,
}

/// One service of one file: what a chain of `extends` is made of.
type Link = (FileId, String);

impl Loader<'_> {
    fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem { at, message: message.into() });
    }

    /// Files laid over each other. `including` are the files that are being read, outermost first.
    fn files(
        &mut self,
        files: &[FileId],
        folder: &str,
        environment: &Environment,
        including: &mut Vec<FileId>,
    ) -> Node {
        let at = files.first().map_or(At::whole(FileId(0)), |file| At::whole(*file));
        let mut base = Node::mapping(at);
        for file in files {
            including.push(*file);
            for mut tree in self.trees(*file, folder, environment) {
                if let Some(include) = tree.remove("include") {
                    tree = self.include(&include, tree, folder, environment, including);
                }
                self.extend(&mut tree, (*file, folder), environment);
                base = merge(base, tree, &mut Vec::new(), &mut self.problems);
            }
            including.pop();
        }
        settled(base)
    }

    /// The documents of a file in long form, variables put in.
    fn trees(&mut self, file: FileId, folder: &str, environment: &Environment) -> Vec<Node> {
        self.files.insert(file);
        let mut out = Vec::new();
        for root in &self.corpus.yaml(file, Schema::Yaml12).roots {
            if !root.is_mapping() {
                self.problem(root.at, "a compose file is a mapping with `services`; this document is left out");
                continue;
            }
            let mut tree = root.clone();
            if is_version_1(&tree) {
                let mut whole = Node::mapping(tree.at);
                whole.set("services", tree);
                tree = whole;
            }
            keys::check(&tree, &mut self.problems);
            put_variables(&mut tree, environment, &mut self.met, &mut self.problems);
            canonical::file(&mut tree, folder, &mut self.problems);
            out.push(tree);
        }
        out
    }

    /// The tree with everything that it includes beneath it.
    fn include(
        &mut self,
        include: &Node,
        tree: Node,
        folder: &str,
        environment: &Environment,
        including: &mut Vec<FileId>,
    ) -> Node {
        let items = if include.is_sequence() { include.items() } else { std::slice::from_ref(include) };
        let mut beneath = Node::mapping(tree.at);
        for item in items {
            if let Some(imported) = self.included(item, folder, environment, including) {
                beneath = merge(beneath, imported, &mut Vec::new(), &mut self.problems);
            }
        }
        merge(beneath, tree, &mut Vec::new(), &mut self.problems)
    }

    fn included(
        &mut self,
        item: &Node,
        folder: &str,
        environment: &Environment,
        including: &mut Vec<FileId>,
    ) -> Option<Node> {
        let files: Vec<FileId> =
            texts(item.get("path").unwrap_or(item)).into_iter().filter_map(|path| self.named(path, folder)).collect();
        let first = *files.first()?;
        if including.contains(&first) || including.len() >= CHAIN_MAX {
            self.problem(item.at, format!("`{}` includes itself; it is left out here", self.corpus.path(first)));
            return None;
        }
        self.parts.extend(&files);
        self.included.extend(&files);
        let inner = match item.str_at("project_directory") {
            Some(path) => paths::resolve(folder, path)?,
            None => self.corpus.folder(first).to_owned(),
        };
        let mut variables = environment.clone();
        match item.get("env_file") {
            Some(stated) => {
                let env_files: Vec<FileId> = texts(stated)
                    .into_iter()
                    .filter(|path| path.as_str() != Some("/dev/null"))
                    .filter_map(|path| self.named(path, folder))
                    .collect();
                self.files.extend(&env_files);
                variables.add_files(self.corpus, &env_files, &mut self.problems);
            }
            None => {
                let env_file = environment::file_of(self.corpus, self.source, &inner);
                self.files.extend(&env_file);
                variables.add_files(self.corpus, env_file.as_slice(), &mut self.problems);
            }
        }
        let mut imported = self.files(&files, &inner, &variables, including);
        imported.remove("name");
        imported.remove("version");
        Some(imported)
    }

    /// The file that a path names, seen from a folder; one that is not there is told.
    fn named(&mut self, path: &Node, folder: &str) -> Option<FileId> {
        let text = path.as_str()?;
        let resolved = match paths::inside(path) {
            Some(inside) => Some(inside.to_owned()),
            None => paths::resolve(folder, text),
        };
        let Some(resolved) = resolved else {
            let reason = format!("`{text}` lies outside of what is surveyed");
            self.not_read.push(Skipped { kind: String::from("remote compose file"), file: path_file(path), reason });
            return None;
        };
        let found = match resolved.rsplit('/').next() {
            Some(name) if name.contains("env") => environment::with_stand_in(self.corpus, self.source, &resolved),
            _ => self.corpus.lookup(self.source, &resolved),
        };
        if found.is_none() {
            self.problem(path.at, format!("there is no file `{resolved}`; what it says is left out"));
        }
        found
    }

    /// Puts beneath each service what it extends.
    fn extend(&mut self, tree: &mut Node, place: (FileId, &str), environment: &Environment) {
        let Some(Node { value: Data::Mapping(entries), .. }) = tree.get_mut("services") else { return };
        if entries.iter().all(|entry| entry.value.get("extends").is_none()) {
            return;
        }
        let plain = entries.clone();
        let services = by_name(&plain);
        for entry in entries {
            if let Some(extended) = self.extended(&entry.key, &services, place, environment, &mut Vec::new()) {
                entry.value = extended;
            }
        }
    }

    /// A service with what it extends beneath it; `None` where it extends nothing. `services` are those of its file.
    fn extended(
        &mut self,
        name: &str,
        services: &Services<'_>,
        (file, folder): (FileId, &str),
        environment: &Environment,
        chain: &mut Vec<Link>,
    ) -> Option<Node> {
        let service = services.get(name)?;
        service.get("extends")?;
        let mut service = (*service).clone();
        let extends = service.remove("extends")?;
        if chain.contains(&(file, name.to_owned())) || chain.len() >= CHAIN_MAX {
            self.problem(extends.at, format!("`{name}` extends itself; the services above it are left out"));
            return Some(service);
        }
        chain.push((file, name.to_owned()));
        let base = self.base_of(&extends, services, (file, folder), environment, chain);
        chain.pop();
        let Some(base) = base else { return Some(service) };
        let mut path = vec![String::from("services"), name.to_owned()];
        Some(merge(settled(base), service, &mut path, &mut self.problems))
    }

    fn base_of(
        &mut self,
        extends: &Node,
        services: &Services<'_>,
        (file, folder): (FileId, &str),
        environment: &Environment,
        chain: &mut Vec<Link>,
    ) -> Option<Node> {
        let Some(wanted) = extends.str_at("service") else {
            self.problem(extends.at, "`extends` names no service; write `extends: { service: NAME }`");
            return None;
        };
        let (entries, others);
        let (file, folder, services) = match extends.get("file") {
            None => (file, folder.to_owned(), services),
            Some(path) => {
                let other = self.named(path, folder)?;
                self.parts.insert(other);
                let other_folder = folder_of(self.corpus.path(other)).to_owned();
                entries = self
                    .trees(other, &other_folder, environment)
                    .into_iter()
                    .filter_map(|mut tree| tree.remove("services"))
                    .flat_map(|services| services.entries().to_vec())
                    .collect::<Vec<_>>();
                others = by_name(&entries);
                (other, other_folder, &others)
            }
        };
        let Some(base) = services.get(wanted) else {
            let path = self.corpus.path(file);
            self.problem(extends.at, format!("there is no service `{wanted}` in `{path}` to extend; it is left out"));
            return None;
        };
        let plain = || (*base).clone();
        Some(self.extended(wanted, services, (file, &folder), environment, chain).unwrap_or_else(plain))
    }
}

/// The services of one file.
type Services<'n> = BTreeMap<&'n str, &'n Node>;

fn by_name(entries: &[Entry]) -> Services<'_> {
    entries.iter().map(|entry| (entry.key.as_str(), &entry.value)).collect()
}

/// One text or a list of them.
fn texts(node: &Node) -> Vec<&Node> {
    if node.is_sequence() { node.items().iter().collect() } else { vec![node] }
}

fn path_file(node: &Node) -> FileId {
    node.via.as_deref().and_then(|via| via.last()).map_or(node.at.file, |at| at.file)
}
