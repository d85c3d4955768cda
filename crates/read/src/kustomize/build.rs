//! The recursion: a kustomization gathers what it names, lets its components add to that, and transforms it all.
//!
//! Always: a kustomization that contains a folder on the way to it is a cycle; every base is built once for a call; what
//! goes wrong is a problem, and the build goes on with the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_model::{At, FileId, Problem};

use super::accumulated::Accumulated;
use super::config::Config;
use super::fields::{spelled, value, via_of};
use super::generate::{self, Kind};
use super::merge_schema::Schema;
use super::object::Object;
use super::origin::{self, Origin};
use super::{Built, NAMES, file, load, name_reference, order, plugin, remote, vars};
use crate::corpus::Corpus;
use crate::facts::Skipped;
use crate::tree::Node;

/// Kustomizations nested deeper than this are not followed; the deepest public ones have ten levels.
const NESTING_MAX: usize = 64;

/// More objects than this are not gathered: a base that is included twice by each of twenty overlays would be a million.
const OBJECTS_MAX: usize = 20_000;

/// A kustomization that is read.
pub(super) struct Kustomization {
    /// Its file.
    pub(super) file: FileId,
    /// Its content, keys in their right spelling.
    pub(super) root: Node,
}

impl Kustomization {
    /// The items of a list.
    pub(super) fn items(&self, key: &str) -> &[Node] {
        self.root.get(key).map(Node::items).unwrap_or_default()
    }

    /// A text that is stated and not empty.
    pub(super) fn text(&self, key: &str) -> Option<(&str, At)> {
        self.root.get(key).filter(|node| !value(node).is_empty()).map(|node| (value(node), node.at))
    }

    pub(super) fn is_component(&self) -> bool {
        self.root.str_at("kind") == Some("Component")
    }
}

/// One build.
pub(super) struct Builder<'c> {
    pub(super) corpus: &'c Corpus,
    pub(super) metadata: origin::Wanted,
    pub(super) schema: Schema,
    pub(super) problems: Vec<Problem>,
    used: BTreeSet<FileId>,
    bases: BTreeSet<(u32, String)>,
    skipped: Vec<Skipped>,
    stack: Vec<FileId>,
    done: BTreeMap<FileId, Accumulated>,
    built_in: Arc<Config>,
    /// Whether a schema was chosen: the first one that the way down meets counts.
    schema_chosen: bool,
    /// Whether the built-in schema was needed before one was chosen; then both count.
    pub(super) schema_needed: bool,
    root_folder: String,
    made: usize,
    /// Of a component that is built alone: what it found nothing to do it to. Whatever lists it has those objects.
    alone: Option<Vec<String>>,
}

impl<'c> Builder<'c> {
    pub(super) fn new(corpus: &'c Corpus) -> Self {
        Self {
            corpus,
            metadata: origin::Wanted::default(),
            schema: Schema::built_in(),
            problems: Vec::new(),
            used: BTreeSet::new(),
            bases: BTreeSet::new(),
            skipped: Vec::new(),
            stack: Vec::new(),
            done: BTreeMap::new(),
            built_in: Config::built_in(),
            schema_chosen: false,
            schema_needed: false,
            root_folder: String::new(),
            made: 0,
            alone: None,
        }
    }

    pub(super) fn build(mut self, file: FileId) -> Built {
        if let Some(api) = super::other_api(self.corpus, file) {
            let reason = format!("has the name of a kustomization and is an object of {api}");
            self.skip("kustomization", file, reason);
            return self.finish(Vec::new(), false);
        }
        self.root_folder = self.corpus.folder(file).to_owned();
        let Some(kustomization) = self.open(file) else { return self.finish(Vec::new(), false) };
        self.metadata = origin::Wanted::of(kustomization.root.get("buildMetadata"));
        self.alone = kustomization.is_component().then(Vec::new);
        let mut all = self.accumulate(&kustomization, Accumulated::default());
        self.stack.pop();
        plugin::add_hashes(&mut all, &mut self.problems);
        let problems = &mut self.problems;
        name_reference::apply(&mut all, &mut |object, error| {
            let message = format!("{}: {error}; kustomize refuses it", object.id());
            problems.push(Problem { at: object.node.at, message });
        });
        let stands_alone = self.alone.is_some();
        vars::resolve(&mut all, &mut |at, message| {
            if !stands_alone {
                problems.push(Problem { at, message });
            }
        });
        all.objects.retain(|object| !is_local(object));
        if let Err((at, message)) = order::sort(&mut all.objects, kustomization.root.get("sortOptions")) {
            problems.push(Problem { at, message });
        }
        all.objects.iter_mut().for_each(|object| self.metadata.finish(object));
        if let Some(first) = self.alone.take().and_then(|alone| alone.into_iter().next()) {
            self.skip("kustomize component", file, format!("changes what is not in it; built alone, {first}"));
        }
        let is_component = kustomization.is_component();
        self.finish(all.objects.into_list().into_iter().map(|object| object.node).collect(), is_component)
    }

    fn finish(mut self, objects: Vec<Node>, is_component: bool) -> Built {
        self.problems.sort();
        self.problems.dedup();
        self.skipped.sort_by(|a, b| (a.file, &a.kind, &a.reason).cmp(&(b.file, &b.kind, &b.reason)));
        self.skipped.dedup_by(|a, b| a.file == b.file && a.kind == b.kind && a.reason == b.reason);
        Built {
            objects,
            used: self.used.into_iter().collect(),
            bases: self.bases.into_iter().collect(),
            is_component,
            problems: self.problems,
            skipped: self.skipped,
        }
    }

    /// Reports something that kustomize would refuse or that cannot be used.
    pub(super) fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem { at, message: message.into() });
    }

    /// Reports what kustomize would refuse to do, unless that is because a component stands alone.
    pub(super) fn refused(&mut self, at: At, error: String) {
        match &mut self.alone {
            Some(alone) => alone.push(error),
            None => self.problem(at, format!("{error}; kustomize refuses it")),
        }
    }

    /// Lists something that is not read.
    pub(super) fn skip(&mut self, kind: &str, file: FileId, reason: String) {
        self.skipped.push(Skipped { kind: kind.to_owned(), file, reason });
    }

    /// Reads a kustomization and puts it on the way down.
    fn open(&mut self, file: FileId) -> Option<Kustomization> {
        self.used.insert(file);
        let at = At::new(file, 1, 1);
        let documents = load::documents(self.corpus, file);
        let Some(root) = documents.roots.first().filter(|root| root.is_mapping()) else {
            let broken = documents.problems.first().cloned();
            let empty = || Problem { at, message: String::from("the kustomization is empty; kustomize refuses it") };
            self.problems.push(broken.unwrap_or_else(empty));
            return None;
        };
        let root = file::kustomization(root.clone(), &mut self.problems);
        self.check_head(&root);
        self.stack.push(file);
        let kustomization = Kustomization { file, root };
        self.choose_schema(&kustomization);
        Some(kustomization)
    }

    fn check_head(&mut self, root: &Node) {
        let kind = root.str_at("kind").filter(|kind| !kind.is_empty()).unwrap_or("Kustomization");
        if !matches!(kind, "Kustomization" | "Component") {
            let at = root.get("kind").map_or(root.at, |kind| kind.at);
            self.problem(at, format!("the kind of a kustomization is Kustomization or Component, not `{kind}`"));
            return;
        }
        let wanted = match kind {
            "Component" => "kustomize.config.k8s.io/v1alpha1",
            _ => "kustomize.config.k8s.io/v1beta1",
        };
        if let Some(stated) = root.get("apiVersion").filter(|stated| !["", wanted].contains(&value(stated))) {
            let message =
                format!("the apiVersion of a {kind} is {wanted}, not `{}`; kustomize refuses it", value(stated));
            self.problem(stated.at, message);
        }
        let says = |node: &Node| !node.is_null() && node.as_str() != Some("");
        if !root
            .entries()
            .iter()
            .any(|entry| !matches!(entry.key.as_str(), "apiVersion" | "kind") && says(&entry.value))
        {
            self.problem(root.at, "the kustomization is empty; kustomize refuses it");
        }
    }

    /// Takes over the schema that `openapi` names.
    fn choose_schema(&mut self, kustomization: &Kustomization) {
        let Some(path) = kustomization.root.get("openapi").and_then(|node| node.get("path")) else { return };
        let (path, path_text) = (path.clone(), value(path).to_owned());
        let Some(file) = self.file_of(kustomization.file, &path, &path_text, "schema") else { return };
        if self.schema_chosen {
            return;
        }
        self.schema_chosen = true;
        let documents = load::documents(self.corpus, file);
        match documents.roots.first() {
            Some(root) if self.schema_needed => self.schema = self.schema.with(&Schema::of_openapi(root)),
            Some(root) => self.schema = Schema::of_openapi(root),
            None => self.problem(path.at, "the schema cannot be read"),
        }
    }

    /// Gathers what a kustomization names onto what is there, and transforms it all.
    fn accumulate(&mut self, kustomization: &Kustomization, all: Accumulated) -> Accumulated {
        let mut all = all;
        for key in ["resources", "bases"] {
            for entry in kustomization.items(key) {
                self.resource(kustomization.file, entry, &mut all);
            }
        }
        self.configure(kustomization, &mut all);
        self.generate(kustomization, &mut all);
        for entry in kustomization.items("components") {
            all = self.component(kustomization.file, entry, all);
        }
        self.transform(kustomization, &mut all);
        if let Some(list) = kustomization.root.get("vars") {
            let problems = &mut self.problems;
            vars::declare(&mut all, list, &mut |at, message| problems.push(Problem { at, message }));
        }
        all
    }

    /// Adds what one entry of `resources` names: a file, a folder, or something that is not here.
    pub(super) fn resource(&mut self, by: FileId, entry: &Node, all: &mut Accumulated) {
        let path = value(entry).to_owned();
        if path.is_empty() {
            self.problem(entry.at, "an empty resource; name a file or a folder");
            return;
        }
        if let Some(file) = self.local(by, &path) {
            self.used.insert(file);
            self.refuse_outside(by, entry.at, &path, file);
            self.add_file(file, entry.at, all);
        } else if remote::is_remote(&path) {
            let reason = format!("{} is on another machine; what it holds is missing here", remote::shown(&path));
            self.skip("remote base", entry.at.file, reason);
        } else if let Some(folder) = self.folder(by, entry, &path) {
            let Some(built) = self.base(folder, entry.at) else { return };
            let mut built = built;
            for object in built.objects.iter_mut() {
                object.node.via = via_of(&object.node, Some(entry.at));
            }
            self.merge(built, entry.at, all);
        }
    }

    fn add_file(&mut self, file: FileId, at: At, all: &mut Accumulated) {
        let nodes = load::file(self.corpus, file, &mut self.problems);
        let origin = Origin { path: self.relative(file), ..Origin::default() };
        for mut node in nodes {
            node.via = via_of(&node, Some(at));
            let mut object = Object::new(node);
            object.origin = self.metadata.any().then(|| origin.clone());
            self.append(object, all);
        }
    }

    fn append(&mut self, object: Object, all: &mut Accumulated) {
        let at = object.node.at;
        self.made += 1;
        if self.made > OBJECTS_MAX {
            if self.made == OBJECTS_MAX + 1 {
                self.problem(at, format!("more than {OBJECTS_MAX} objects; the rest is left out"));
            }
            return;
        }
        self.schema_needed |= self.schema.of_kind(object.api_version(), object.kind()).is_none();
        if let Err(error) = all.objects.append(object) {
            self.problem(at, format!("{error}; kustomize refuses it"));
        }
    }

    fn merge(&mut self, built: Accumulated, at: At, all: &mut Accumulated) {
        self.made += built.objects.len();
        if self.made > OBJECTS_MAX {
            self.problem(at, format!("more than {OBJECTS_MAX} objects; the rest is left out"));
            return;
        }
        let problems = &mut self.problems;
        all.merge(built, &mut |object_at, error| {
            problems.push(Problem { at: object_at.unwrap_or(at), message: format!("{error}; kustomize refuses it") });
        });
    }

    /// Builds the kustomization of a folder that another one builds on.
    fn base(&mut self, file: FileId, at: At) -> Option<Accumulated> {
        if let Some(done) = self.done.get(&file) {
            return Some(done.clone());
        }
        let kustomization = self.enter(file, at)?;
        if kustomization.is_component() {
            self.problem(at, "a component must be listed under `components`; kustomize refuses it as a resource");
        }
        let built = self.accumulate(&kustomization, Accumulated::default());
        self.stack.pop();
        self.done.insert(file, built.clone());
        Some(built)
    }

    /// Lets a component add to what is there and change it.
    fn component(&mut self, by: FileId, entry: &Node, all: Accumulated) -> Accumulated {
        let path = value(entry).to_owned();
        if remote::is_remote(&path) && self.local(by, &path).is_none() {
            let reason = format!("{} is on another machine; what it changes is missing here", remote::shown(&path));
            self.skip("remote component", entry.at.file, reason);
            return all;
        }
        let Some(file) = self.folder(by, entry, &path) else { return all };
        let Some(kustomization) = self.enter(file, entry.at) else { return all };
        if !kustomization.is_component() {
            self.problem(
                entry.at,
                format!("`{path}` is no component: its kind must be Component; kustomize refuses it"),
            );
        }
        let before = all.objects.len();
        let mut all = self.accumulate(&kustomization, all);
        self.stack.pop();
        for object in all.objects.iter_mut().skip(before) {
            object.node.via = via_of(&object.node, Some(entry.at));
        }
        all
    }

    fn enter(&mut self, file: FileId, at: At) -> Option<Kustomization> {
        let folder = self.corpus.folder(file).to_owned();
        let inside =
            |visited: &str| visited == folder || folder.is_empty() || visited.starts_with(&format!("{folder}/"));
        let source = self.corpus.source(file);
        let cycle = self
            .stack
            .iter()
            .find(|visited| self.corpus.source(**visited) == source && inside(self.corpus.folder(**visited)));
        if let Some(visited) = cycle {
            let from = self.corpus.path(*visited).to_owned();
            let shown = if folder.is_empty() { "the root" } else { &folder };
            self.problem(at, format!("a cycle: {shown} contains {from}, which leads here; kustomize refuses it"));
            return None;
        }
        if self.stack.len() >= NESTING_MAX {
            self.problem(at, format!("kustomizations nested deeper than {NESTING_MAX} levels; this one is left out"));
            return None;
        }
        self.bases.insert((source, folder));
        self.open(file)
    }

    /// The kustomization of a folder.
    fn folder(&mut self, by: FileId, entry: &Node, path: &str) -> Option<FileId> {
        let joined = format!("{}/{path}", self.corpus.folder(by));
        let found = self.corpus.resolve(self.corpus.source(by), &joined).filter(|_| !path.starts_with('/'));
        let Some((source, folder)) = found else {
            self.problem(entry.at, format!("`{path}` leads out of the repository; what it holds is missing here"));
            return None;
        };
        let found: Vec<FileId> =
            NAMES.iter().filter_map(|name| self.corpus.lookup(source, &format!("{folder}/{name}"))).collect();
        match found.as_slice() {
            [] if self.corpus.below(source, &folder).next().is_some() => {
                let message = format!("the folder `{path}` has no kustomization; name its files, or add one");
                self.problem(entry.at, message);
            }
            [] => self.problem(entry.at, format!("there is no file or folder `{path}`")),
            [_] => {}
            [first, ..] => {
                let at = At::whole(*first);
                self.problem(at, "the folder has several kustomizations; kustomize refuses it, the first one is used");
            }
        }
        found.first().copied()
    }

    /// A file of the corpus, as a path from the folder of another.
    fn local(&self, by: FileId, path: &str) -> Option<FileId> {
        if path.starts_with('/') { None } else { self.corpus.beside(by, path) }
    }

    /// A file that a kustomization names for some purpose; why there is none is reported.
    pub(super) fn file_of(&mut self, by: FileId, entry: &Node, path: &str, purpose: &str) -> Option<FileId> {
        let found = self.local(by, path);
        match found {
            Some(file) => {
                self.used.insert(file);
                self.refuse_outside(by, entry.at, path, file);
            }
            None if remote::is_remote(path) => {
                let reason = format!("{} is on another machine; it is missing here", remote::shown(path));
                self.skip(&format!("remote {purpose}"), entry.at.file, reason);
            }
            None => self.problem(entry.at, format!("there is no file `{path}`")),
        }
        found
    }

    fn refuse_outside(&mut self, by: FileId, at: At, path: &str, file: FileId) {
        let folder = self.corpus.folder(by);
        let is_inside = self.corpus.source(by) == self.corpus.source(file)
            && (folder.is_empty() || self.corpus.path(file).starts_with(&format!("{folder}/")));
        if !is_inside {
            let message = format!(
                "`{path}` is outside of the folder of its kustomization; kustomize refuses it without \
                 `--load-restrictor LoadRestrictionsNone`, here it is used"
            );
            self.problem(at, message);
        }
    }

    /// The path of a file from the folder that is built.
    pub(super) fn relative(&self, file: FileId) -> String {
        let (from, to) = (self.root_folder.as_str(), self.corpus.path(file));
        let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
        let to: Vec<&str> = to.split('/').collect();
        let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        let ups = std::iter::repeat_n("..", from.len() - common);
        ups.chain(to[common..].iter().copied()).collect::<Vec<_>>().join("/")
    }

    /// Adds the fields that transformers know: built in, from `configurations`, from `crds`.
    fn configure(&mut self, kustomization: &Kustomization, all: &mut Accumulated) {
        let mut config = Arc::clone(&self.built_in);
        for (key, purpose) in [("configurations", "configuration"), ("crds", "schema")] {
            for entry in kustomization.items(key) {
                let Some(file) = self.file_of(kustomization.file, entry, value(entry), purpose) else { continue };
                let Some(root) = load::documents(self.corpus, file).roots.first().cloned() else { continue };
                let added = if key == "crds" {
                    super::config::of_definitions(&root)
                } else {
                    Config::of_file(&file::configuration(root, &mut self.problems))
                };
                if let Err(error) = Arc::make_mut(&mut config).merge(&added) {
                    self.problem(entry.at, format!("{error}; kustomize refuses it"));
                }
            }
        }
        if let Err(error) = all.configure(&config) {
            self.problem(kustomization.root.at, format!("{error}; kustomize refuses it"));
        }
    }

    /// Adds what the generators make.
    fn generate(&mut self, kustomization: &Kustomization, all: &mut Accumulated) {
        let defaults = kustomization.root.get("generatorOptions");
        for (key, kind, name) in [
            ("configMapGenerator", Kind::ConfigMap, "ConfigMapGenerator"),
            ("secretGenerator", Kind::Secret, "SecretGenerator"),
        ] {
            for entry in kustomization.items(key) {
                let origin = Origin::built_in(&self.relative(kustomization.file), name);
                self.generate_one(kustomization.file, kind, entry, defaults, &origin, all);
            }
        }
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            for chart in kustomization.items(key) {
                self.skip_chart(chart);
            }
        }
        let configured = self.plugins(kustomization, "generators");
        for config in configured {
            self.run_generator(kustomization, &config, all);
        }
    }

    pub(super) fn skip_chart(&mut self, chart: &Node) {
        let text = |key: &str| chart.get(key).map(spelled).unwrap_or_default();
        let name = if text("name").is_empty() { text("chartName") } else { text("name") };
        let reason = format!("the chart `{name}` is not rendered; the objects that it makes are missing here");
        self.skip("Helm chart", chart.at.file, reason);
    }

    /// Adds what one generator makes; `by` is the kustomization whose folder its files are found from.
    pub(super) fn generate_one(
        &mut self,
        by: FileId,
        kind: Kind,
        entry: &Node,
        defaults: Option<&Node>,
        origin: &Origin,
        all: &mut Accumulated,
    ) {
        let corpus = self.corpus;
        let made = generate::object(corpus, kind, entry, defaults, &mut |node, path| {
            self.file_of(by, node, path, "file").ok_or_else(|| String::from("a file that it names is missing"))
        });
        match made {
            Err(error) => self.problem(entry.at, format!("nothing is generated: {error}")),
            Ok(mut object) => {
                object.origin = self.metadata.any().then(|| origin.clone());
                if let Err(error) = all.absorb(object) {
                    self.refused(entry.at, error);
                }
            }
        }
    }
}

/// Objects that are meant for tools on the way and not for a cluster.
fn is_local(object: &Object) -> bool {
    let annotations = object.texts("annotations");
    annotations.iter().any(|(key, text)| *key == "config.kubernetes.io/local-config" && *text != "false")
}
