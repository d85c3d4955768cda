//! A chart as it lies in a folder: its description, values, templates, other files and the charts inside of it.

use std::rc::Rc;

use gotemplate::hosts::{File, Files};
use gotemplate::{Data, Map, Named, Text, Value, yaml};
use plimsoll_model::{At, FileId, Problem};

use super::archive;
use super::ignore::Rules;
use super::places::Places;
use super::values;
use crate::corpus::{Corpus, normal};
use crate::facts::Skipped;

/// Charts inside of each other beyond this are not read.
const NESTING_MAX: usize = 12;

/// A chart and its sub-charts.
#[derive(Clone)]
pub(super) struct Chart {
    /// Its name, or the alias under which its parent takes it.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) kube_version: String,
    /// A library only defines templates.
    pub(super) is_library: bool,
    /// `.Chart`, but for its name and dependencies.
    pub(super) metadata: Map,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) values: Map,
    pub(super) templates: Vec<Template>,
    pub(super) files: Files,
    /// Objects of `crds`, which are no templates.
    pub(super) crds: Vec<FileId>,
    pub(super) charts: Vec<Chart>,
    /// Its `Chart.yaml`.
    pub(super) file: FileId,
}

/// A template file.
#[derive(Clone)]
pub(super) struct Template {
    /// Its path in the chart: `templates/deployment.yaml`.
    pub(super) path: String,
    pub(super) text: Rc<str>,
    /// Its number among the places.
    pub(super) number: u32,
}

/// A chart that another wants.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) repository: String,
    pub(super) condition: String,
    pub(super) tags: Vec<String>,
    pub(super) alias: String,
    pub(super) imports: Vec<Value>,
    pub(super) enabled: bool,
}

/// A file of a chart, on disk or out of an archive.
pub(super) struct ChartFile {
    /// Its path in the chart.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    /// The file itself, or the archive that holds it.
    pub(super) file: FileId,
    pub(super) packed: bool,
}

/// Reads charts; gathers what went into them and what did not.
pub(super) struct Loader<'c> {
    pub(super) corpus: &'c Corpus,
    pub(super) places: Places,
    pub(super) used: Vec<FileId>,
    pub(super) problems: Vec<Problem>,
    pub(super) skipped: Vec<Skipped>,
}

impl<'c> Loader<'c> {
    pub(super) fn new(corpus: &'c Corpus) -> Self {
        Self { corpus, places: Places::default(), used: Vec::new(), problems: Vec::new(), skipped: Vec::new() }
    }

    /// Reads the chart around a `Chart.yaml`.
    pub(super) fn load(&mut self, chart_yaml: FileId) -> Option<Chart> {
        self.load_at(chart_yaml, 0)
    }

    fn load_at(&mut self, chart_yaml: FileId, depth: usize) -> Option<Chart> {
        let (source, folder) = (self.corpus.source(chart_yaml), self.corpus.folder(chart_yaml).to_owned());
        let ignore = self.corpus.beside(chart_yaml, ".helmignore").and_then(|file| self.corpus.text(file).ok());
        let rules = Rules::of(ignore.unwrap_or_default());
        let mut files = Vec::new();
        for (path, file) in files_of(self.corpus, source, &folder, depth) {
            if rules.ignores(&path) {
                continue;
            }
            match self.corpus.bytes(file) {
                Ok(bytes) => files.push(ChartFile { path, bytes, file, packed: false }),
                Err(reason) => {
                    self.skipped.push(Skipped { kind: String::from("file of a Helm chart"), file, reason });
                }
            }
        }
        let chart = self.build(files, depth)?;
        Some(self.with_local(chart, source, &folder, depth))
    }

    /// Adds the charts that dependencies name by a path and that are not in `charts`.
    fn with_local(&mut self, mut chart: Chart, source: u32, folder: &str, depth: usize) -> Chart {
        for dependency in chart.dependencies.clone() {
            let Some(path) = dependency.repository.strip_prefix("file://") else { continue };
            if chart.charts.iter().any(|known| known.name == dependency.name) || depth >= NESTING_MAX {
                continue;
            }
            let file = normal(&format!("{folder}/{path}/Chart.yaml"));
            let found = file.and_then(|file| self.corpus.lookup(source, &file));
            // A chart that names a folder around itself would hold itself.
            let found = found.filter(|file| !within(folder, self.corpus.folder(*file)));
            chart.charts.extend(found.and_then(|file| self.load_at(file, depth + 1)));
        }
        chart
    }

    fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem { at, message: message.into() });
    }

    /// A chart out of its files.
    fn build(&mut self, files: Vec<ChartFile>, depth: usize) -> Option<Chart> {
        let chart_yaml = files.iter().find(|file| file.path == "Chart.yaml")?;
        let described = self.described(chart_yaml)?;
        let mut chart = self.described_chart(&described, chart_yaml.file);
        if chart.name.is_empty() || chart.version.is_empty() {
            let what = if chart.name.is_empty() { "name" } else { "version" };
            self.problem(At::new(chart_yaml.file, 1, 1), format!("validation: chart.metadata.{what} is required"));
            return None;
        }
        let old = matches!(chart.metadata.get("APIVersion"), Some(version) if version.as_str() == Some("v1"));
        let mut others: Vec<(String, File)> = Vec::new();
        let mut inner: Vec<(String, Vec<ChartFile>)> = Vec::new();
        for file in files {
            if !file.packed {
                self.used.push(file.file);
            }
            match file.path.as_str() {
                "Chart.yaml" | "Chart.lock" | "requirements.lock" | "values.schema.json" | ".helmignore" => {}
                "values.yaml" => {
                    if let Some(Data::Map(map)) = self.values(&file).map(|value| value.data) {
                        chart.values = map;
                    }
                }
                "requirements.yaml" => {
                    if let Some(value) = self.described(&file) {
                        chart.dependencies.extend(dependencies(&value));
                    }
                    if old {
                        others.push(self.other(file));
                    }
                }
                path if path.starts_with("templates/") => chart.templates.push(self.template(file)),
                path if path.starts_with("charts/") => {
                    let name = path["charts/".len()..].split('/').next().unwrap_or_default().to_owned();
                    if name.starts_with(['_', '.']) || name.ends_with(".prov") {
                        continue;
                    }
                    match inner.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, files)) => files.push(file),
                        None => inner.push((name, vec![file])),
                    }
                }
                path => {
                    if path.starts_with("crds/") && !file.packed {
                        chart.crds.push(file.file);
                    }
                    others.push(self.other(file));
                }
            }
        }
        chart.files = Files::new(others);
        for (name, files) in inner {
            if depth >= NESTING_MAX {
                self.problem(At::new(chart.file, 1, 1), format!("charts nested deeper than {NESTING_MAX} levels"));
                break;
            }
            chart.charts.extend(self.sub_chart(&name, files, depth + 1));
        }
        Some(chart)
    }

    fn sub_chart(&mut self, name: &str, mut files: Vec<ChartFile>, depth: usize) -> Option<Chart> {
        if name.ends_with(".tgz") {
            let packed = files.pop()?;
            return match archive::unpack(&packed.bytes, packed.file) {
                Ok(files) => {
                    self.used.push(packed.file);
                    self.build(files, depth)
                }
                Err(reason) => {
                    let kind = String::from("packed Helm chart");
                    self.skipped.push(Skipped { kind, file: packed.file, reason });
                    None
                }
            };
        }
        let prefix = format!("charts/{name}/");
        // A file that lies in `charts` itself is none of a chart.
        files.retain(|file| file.path.starts_with(&prefix));
        for file in &mut files {
            file.path.drain(..prefix.len());
        }
        let folder = files.iter().find(|file| file.path == "Chart.yaml" && !file.packed).map(|file| file.file);
        let chart = self.build(files, depth)?;
        Some(match folder {
            Some(file) => {
                let (source, folder) = (self.corpus.source(file), self.corpus.folder(file).to_owned());
                self.with_local(chart, source, &folder, depth)
            }
            None => chart,
        })
    }

    fn other(&mut self, file: ChartFile) -> (String, File) {
        let origin = self.places.origin(At::new(file.file, 1, 1));
        (file.path, File { bytes: file.bytes.into(), origin })
    }

    fn template(&mut self, file: ChartFile) -> Template {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let number = self.places.template(file.file, (!file.packed).then_some(text.as_str()));
        Template { path: file.path, text: text.into(), number }
    }

    fn values(&mut self, file: &ChartFile) -> Option<Value> {
        let text = String::from_utf8_lossy(&file.bytes);
        match self.places.read(file.file, &text) {
            Ok(value) => Some(value),
            Err((at, message)) => {
                self.problem(at, format!("cannot load values.yaml: {message}"));
                None
            }
        }
    }

    fn described(&mut self, file: &ChartFile) -> Option<Value> {
        match yaml::parse(&Text::from(String::from_utf8_lossy(&file.bytes).into_owned())) {
            Ok(value) if value.as_map().is_some() => Some(value),
            Ok(_) => {
                self.problem(At::new(file.file, 1, 1), format!("cannot load {}: it holds no keys", file.path));
                None
            }
            Err(error) => {
                let at = At::new(file.file, error.line as u32, 1);
                self.problem(at, format!("cannot load {}: {}", file.path, error.message));
                None
            }
        }
    }

    fn described_chart(&self, value: &Value, file: FileId) -> Chart {
        let text =
            |key: &str| value.as_map().and_then(|map| map.get(key)).map(|value| spelled(&value)).unwrap_or_default();
        let list = |key: &str| value.as_map().and_then(|map| map.get(key)).unwrap_or(Value::NIL);
        let texts = |key: &str| {
            Value::list(list(key).as_list().unwrap_or_default().iter().map(|v| spelled(v).into()).collect())
        };
        let api = Some(text("apiVersion")).filter(|api| !api.is_empty()).unwrap_or_else(|| "v1".to_owned());
        let person = |value: &Value| {
            let field =
                |key: &str| value.as_map().and_then(|map| map.get(key)).map(|v| spelled(&v)).unwrap_or_default();
            Value::map(
                [("Name", field("name")), ("Email", field("email")), ("URL", field("url"))].map(|(k, v)| (k, v.into())),
            )
        };
        let annotations = list("annotations").as_map().map_or(Value::NIL, |map| {
            let entries = map.entries().into_iter().map(|(key, value)| (key, Value::from(spelled(&value))));
            Value::from(Map::new(entries).named(Named::Texts))
        });
        let metadata = Map::new([
            ("Name", Value::from(text("name"))),
            ("Home", text("home").into()),
            ("Sources", texts("sources")),
            ("Version", text("version").into()),
            ("Description", text("description").into()),
            ("Keywords", texts("keywords")),
            (
                "Maintainers",
                Value::list(list("maintainers").as_list().unwrap_or_default().iter().map(person).collect()),
            ),
            ("Icon", text("icon").into()),
            ("APIVersion", api.into()),
            ("Condition", text("condition").into()),
            ("Tags", text("tags").into()),
            ("AppVersion", text("appVersion").into()),
            ("Deprecated", Value::from(list("deprecated").is_true())),
            ("Annotations", annotations),
            ("KubeVersion", text("kubeVersion").into()),
            ("Type", text("type").into()),
        ]);
        Chart {
            name: text("name"),
            version: text("version"),
            kube_version: text("kubeVersion"),
            is_library: text("type").eq_ignore_ascii_case("library"),
            metadata,
            dependencies: dependencies(value),
            values: values::empty(),
            templates: Vec::new(),
            files: Files::default(),
            crds: Vec::new(),
            charts: Vec::new(),
            file,
        }
    }
}

/// Whether a folder is another or lies in it.
fn within(folder: &str, around: &str) -> bool {
    around.is_empty() || folder == around || folder.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'))
}

/// The files of a chart by their paths in it. A link that leads to a chart stands for that chart's files.
fn files_of(corpus: &Corpus, source: u32, folder: &str, depth: usize) -> Vec<(String, FileId)> {
    let prefix = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let mut out = Vec::new();
    for file in corpus.below(source, folder) {
        let path = corpus.path(file)[prefix..].to_owned();
        if !corpus.is_link(file) {
            out.push((path, file));
        } else if let Some(target) = corpus.lookup(source, corpus.path(file)) {
            out.push((path, target));
        } else if let Some(chart) = corpus.lookup(source, &format!("{}/Chart.yaml", corpus.path(file)))
            && depth < NESTING_MAX
            && !within(folder, corpus.folder(chart))
        {
            let inner = files_of(corpus, source, corpus.folder(chart), depth + 1);
            out.extend(inner.into_iter().map(|(below, file)| (format!("{path}/{below}"), file)));
        }
    }
    out
}

/// A value where a text is wanted: numbers and booleans as YAML spells them.
fn spelled(value: &Value) -> String {
    match &value.data {
        Data::Text(text) => text.as_str().to_owned(),
        Data::Bool(flag) => flag.to_string(),
        Data::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        Data::Float(n) => n.to_string(),
        _ => String::new(),
    }
}

fn dependencies(value: &Value) -> Vec<Dependency> {
    let list = value.as_map().and_then(|map| map.get("dependencies")).unwrap_or(Value::NIL);
    let one = |value: &Value| {
        let map = value.as_map()?;
        let text = |key: &str| map.get(key).map(|value| spelled(&value)).unwrap_or_default();
        let list = |key: &str| map.get(key).and_then(|v| v.as_list().map(<[Value]>::to_vec)).unwrap_or_default();
        Some(Dependency {
            name: text("name"),
            version: text("version"),
            repository: text("repository"),
            condition: text("condition"),
            tags: list("tags").iter().map(spelled).collect(),
            alias: text("alias"),
            imports: list("import-values"),
            enabled: true,
        })
    };
    list.as_list().unwrap_or_default().iter().filter_map(one).collect()
}
