//! A chart and a release into rendered texts, and those into objects.

use std::rc::Rc;

use gotemplate::{Data, Error, Map, Named, Options, Templates, Value, satisfies};
use plimsoll_model::{At, FileId, Problem};

use super::chart::{Chart, Loader, Template};
use super::values::{self, Nulls, coalesced};
use super::{Release, Rendered, capabilities, dependencies, objects, problem, set};
use crate::facts::Skipped;
use crate::tree::{Data as Tree, Node};

/// A template and what it is rendered over.
struct Renderable {
    name: String,
    template: Template,
    dot: Map,
    base: String,
}

/// Renders a chart into `out`. What cannot be rendered is a problem, and the rest goes on.
pub(super) fn render(loader: &mut Loader<'_>, mut chart: Chart, release: &Release, out: &mut Rendered) {
    let file = chart.file;
    out.is_library = chart.is_library;
    if chart.is_library {
        fail(out, problem(file, "library charts are not installable"));
    }
    name_missing(&chart, out);
    let kube = capabilities::capabilities(&release.kube_version);
    let fits = satisfies(&normal(&kube.kube_version), &chart.kube_version).unwrap_or(false);
    if !chart.kube_version.is_empty() && !fits {
        let (wanted, given) = (&chart.kube_version, &kube.kube_version);
        let message = format!("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {given}");
        fail(out, problem(file, message));
    }
    let given = given_values(loader, release, file, out);
    if let Err(message) = dependencies::process(&mut chart, &given) {
        fail(out, problem(file, message));
    }
    let all = coalesced(&chart, &given, Nulls::Delete).unwrap_or_else(|message| {
        fail(out, problem(file, message));
        values::empty()
    });
    out.crds = objects::of_crds(loader, &chart);
    let shared =
        Map::new([("Release", of_release(release)), ("Capabilities", Value::new(Data::Object(Rc::new(kube))))]);
    let mut renderables = Vec::new();
    gather(&chart, &chart.name, &all.named(Named::Values), &shared, Place::Root, &mut renderables);
    // Deeper templates first, so that those of the parent define last and win.
    renderables.sort_by(|a, b| {
        let depth = |name: &str| name.matches('/').count();
        (depth(&b.name), &b.name).cmp(&(depth(&a.name), &a.name))
    });
    run(loader, &renderables, out);
}

fn fail(out: &mut Rendered, problem: Problem) {
    if out.failure.is_none() {
        out.failure = Some(problem);
    } else {
        out.problems.push(problem);
    }
}

/// Dependencies that lie elsewhere: Helm prints nothing then, and we go on without them.
fn name_missing(chart: &Chart, out: &mut Rendered) {
    let missing = dependencies::missing(chart);
    if missing.is_empty() {
        return;
    }
    for wanted in &missing {
        out.missing.push(wanted.name.clone());
        let from = if wanted.repository.is_empty() { "no repository" } else { wanted.repository.as_str() };
        let reason = format!("the chart `{}` {} from {} is not in `charts`", wanted.name, wanted.version, shown(from));
        out.skipped.push(Skipped { kind: String::from("remote Helm chart"), file: chart.file, reason });
    }
    let names = out.missing.join(", ");
    let message = format!("found in Chart.yaml, but missing in charts/ directory: {names}");
    fail(out, problem(chart.file, message));
}

fn shown(url: &str) -> String {
    crate::redact::value("repository", url).into_owned()
}

/// `v1.33.4` of `v1.33.4-gke.1245000`.
fn normal(version: &str) -> String {
    version.split(['-', '+']).next().unwrap_or(version).to_owned()
}

fn given_values(loader: &mut Loader<'_>, release: &Release, chart: FileId, out: &mut Rendered) -> Map {
    let given = values::empty();
    for file in &release.values {
        let text = loader.corpus.text(*file).map(str::to_owned);
        let read = match text {
            Ok(text) => loader.places.read(*file, &text),
            Err(reason) => Err((At::whole(*file), reason.to_owned())),
        };
        loader.used.push(*file);
        match read {
            Ok(value) => {
                if let Some(map) = value.as_map() {
                    values::overlay(&given, map);
                }
            }
            Err((at, message)) => fail(out, Problem { at, message: format!("cannot load values: {message}") }),
        }
    }
    for node in &release.inline {
        if let Some(map) = of_node(loader, node).as_map() {
            values::overlay(&given, map);
        }
    }
    for assignment in &release.set {
        if let Err(message) = set(&given, assignment) {
            fail(out, problem(chart, format!("failed parsing --set data: {message}")));
        }
    }
    given
}

/// A tree as a value, with its places.
fn of_node(loader: &mut Loader<'_>, node: &Node) -> Value {
    let origin = loader.places.origin(node.at);
    let value = match &node.value {
        Tree::Scalar(scalar) => match scalar.kind {
            crate::tree::ScalarKind::Text => Value::from(scalar.text.as_str()),
            _ => gotemplate::yaml::scalar(&scalar.text).unwrap_or_else(|| Value::from(scalar.text.as_str())),
        },
        Tree::Sequence(items) => Value::list(items.iter().map(|item| of_node(loader, item)).collect()),
        Tree::Mapping(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|entry| (entry.key.clone(), of_node(loader, &entry.value))).collect();
            Value::map(entries)
        }
    };
    value.from_origin(origin)
}

fn of_release(release: &Release) -> Value {
    Value::map([
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("IsUpgrade", Value::from(false)),
        ("IsInstall", Value::from(true)),
        ("Revision", Value::new(Data::Int(1))),
        ("Service", Value::from("Helm")),
    ])
}

/// Where a chart stands among charts.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Below,
}

/// All templates of a chart and its sub-charts; gives what a chart's templates see.
fn gather(chart: &Chart, path: &str, values: &Map, shared: &Map, place: Place, out: &mut Vec<Renderable>) -> Map {
    let subs = values::empty();
    let dot = Map::new([
        ("Chart", of_chart(chart, place)),
        ("Files", Value::new(Data::Object(Rc::new(chart.files.clone())))),
        ("Release", shared.get("Release").unwrap_or(Value::NIL)),
        ("Capabilities", shared.get("Capabilities").unwrap_or(Value::NIL)),
        ("Values", Value::from(values.clone())),
        ("Subcharts", Value::from(subs.clone())),
    ]);
    for sub in &chart.charts {
        let own = values.get(&sub.name).and_then(|value| value.as_map().cloned()).unwrap_or_else(values::empty);
        let below = format!("{path}/charts/{}", sub.name);
        let seen = gather(sub, &below, &own.named(Named::Values), shared, Place::Below, out);
        subs.set(sub.name.as_str(), Value::from(seen));
    }
    for template in &chart.templates {
        let is_partial = template.path.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if chart.is_library && !is_partial {
            continue;
        }
        out.push(Renderable {
            name: format!("{path}/{}", template.path),
            template: template.clone(),
            dot: dot.clone(),
            base: format!("{path}/templates"),
        });
    }
    dot
}

fn of_chart(chart: &Chart, place: Place) -> Value {
    let metadata = chart.metadata.shallow_copy();
    let dependency = |wanted: &super::chart::Dependency| {
        Value::map([
            ("Name", Value::from(wanted.name.as_str())),
            ("Version", Value::from(wanted.version.as_str())),
            ("Repository", Value::from(wanted.repository.as_str())),
            ("Condition", Value::from(wanted.condition.as_str())),
            ("Tags", Value::list(wanted.tags.iter().map(|tag| Value::from(tag.as_str())).collect())),
            ("Enabled", Value::from(wanted.enabled)),
            ("ImportValues", Value::list(wanted.imports.clone())),
            ("Alias", Value::from(wanted.alias.as_str())),
        ])
    };
    metadata.set("Name", Value::from(chart.name.as_str()));
    metadata.set("Dependencies", Value::list(chart.dependencies.iter().map(dependency).collect()));
    metadata.set("IsRoot", Value::from(place == Place::Root));
    Value::from(metadata)
}

fn run(loader: &mut Loader<'_>, renderables: &[Renderable], out: &mut Rendered) {
    let mut templates = Templates::new();
    for each in renderables {
        if let Err(error) = templates.add(&each.name, &each.template.text, each.template.number) {
            let problem = of_error(loader, &error);
            fail(out, problem);
        }
    }
    let options = Options::default();
    let mut texts = Vec::new();
    for each in renderables {
        let is_partial = each.name.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if is_partial || !templates.has(&each.name) {
            continue;
        }
        let own = [("Name", Value::from(each.name.as_str())), ("BasePath", Value::from(each.base.as_str()))];
        each.dot.set("Template", Value::from(Map::new(own).named(Named::Values)));
        match templates.render(&each.name, &Value::from(each.dot.clone()), &options) {
            Ok(text) => texts.push((each.name.as_str(), text)),
            Err(error) => {
                let problem = of_error(loader, &error);
                fail(out, problem);
            }
        }
    }
    texts.retain(|(name, _)| !name.ends_with("NOTES.txt"));
    texts.sort_by(|a, b| a.0.cmp(b.0));
    for (name, text) in &texts {
        if let Err(problem) = objects::of_text(loader, name, text, out) {
            fail(out, problem);
        }
    }
    super::order::sort(&mut out.objects);
    super::order::sort(&mut out.hooks);
}

/// The problem of a template that failed, at the innermost place.
fn of_error(loader: &Loader<'_>, error: &Error) -> Problem {
    let place = error.inner.or(error.place);
    let at = place.and_then(|place| loader.places.of_template(loader.corpus, place));
    let fallback = loader.used.first().map(|file| At::whole(*file));
    Problem {
        at: at.or(fallback).unwrap_or(At::whole(FileId(0))),
        message: crate::redact::value("message", &error.reason).into_owned(),
    }
}
