//! What a service is built from.

use std::collections::{BTreeMap, BTreeSet};

use super::load::Project;
use super::paths;
use super::service::Service;
use crate::corpus::normal;
use crate::facts::{Build, BuildContext, Facts, Origin, Skipped, Spelled};
use crate::tree::{Entry, Node};

/// The folder and Dockerfile of a service that is built. A folder that is not among the files is told.
pub(super) fn context(service: &Service<'_>, facts: &mut Facts) -> Option<BuildContext> {
    let build = service.node.get("build")?;
    let folder = match build.get("context") {
        Some(context) => match paths::inside(context) {
            Some(folder) => folder.to_owned(),
            None => {
                let text = context.as_str().unwrap_or_default();
                let where_ = if paths::is_remote(text) { "on another machine" } else { "outside of what is surveyed" };
                let reason = format!("`{}` is built from `{text}`, which is {where_}", service.name);
                let file = service.at.file;
                facts.not_read.push(Skipped { kind: String::from("build context"), file, reason });
                return None;
            }
        },
        None => service.project.folder.clone(),
    };
    if let Some(inline) = build.get("dockerfile_inline") {
        facts.builds.push(inline_build(service, &folder, inline));
    }
    let dockerfile = build.str_at("dockerfile").and_then(|path| paths::resolve(&folder, path));
    let target = build.str_at("target").filter(|target| !target.is_empty()).map(str::to_owned);
    Some(BuildContext { folder, dockerfile, target })
}

/// A Dockerfile that stands in the compose file: its base images.
fn inline_build(service: &Service<'_>, folder: &str, inline: &Node) -> Build {
    let mut bases: Vec<Spelled> = Vec::new();
    let mut stages: Vec<String> = Vec::new();
    for line in inline.as_str().unwrap_or_default().lines() {
        let mut words = line.split_whitespace().filter(|word| !word.starts_with("--"));
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("from")) {
            continue;
        }
        let Some(image) = words.next() else { continue };
        if !stages.iter().any(|stage| stage == image) {
            bases.push(Spelled { text: image.to_owned(), origin: Origin::of(inline) });
        }
        stages.extend(words.nth(1).map(str::to_owned));
    }
    Build { bases, ..empty(service.project.source, folder, Origin::of(inline)) }
}

fn empty(source: u32, folder: &str, origin: Origin) -> Build {
    Build {
        source,
        folder: folder.to_owned(),
        image: None,
        bases: Vec::new(),
        language: None,
        names: Vec::new(),
        environment: Vec::new(),
        ports: Vec::new(),
        claims: Vec::new(),
        words: Vec::new(),
        files: Vec::new(),
        origin,
    }
}

/// Says which folder an image is built from, where a service states both and no other service says otherwise.
pub(super) fn tie_images(project: &Project, facts: &mut Facts) {
    let mut images: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut folders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ties: Vec<(String, String, Origin)> = Vec::new();
    for entry in project.root.get("services").map_or(&[] as &[Entry], Node::entries) {
        let Some(build) = entry.value.get("build") else { continue };
        let Some(image) = entry.value.str_at("image").and_then(image_name) else { continue };
        let Some(folder) = build.get("context").and_then(paths::inside) else { continue };
        let dockerfile = build.str_at("dockerfile").unwrap_or("Dockerfile");
        let key = normal(&format!("{folder}/{dockerfile}")).unwrap_or_default();
        images.entry(image.clone()).or_default().push(key.clone());
        folders.entry(folder.to_owned()).or_default().push(key);
        ties.push((image, folder.to_owned(), Origin::of(build)));
    }
    let one = |keys: &[String]| keys.windows(2).all(|pair| pair[0] == pair[1]);
    let source = project.source;
    let mut told: BTreeSet<(String, String)> = (facts.builds.iter().filter(|build| build.source == source))
        .filter_map(|build| Some((build.image.clone()?, build.folder.clone())))
        .collect();
    for (image, folder, origin) in ties {
        let sure = one(&images[&image]) && one(&folders[&folder]);
        if sure && told.insert((image.clone(), folder.clone())) {
            facts.builds.push(Build { image: Some(image), ..empty(source, &folder, origin) });
        }
    }
}

/// An image's name without registry, tag and digest.
fn image_name(image: &str) -> Option<String> {
    let image = image.split('@').next().unwrap_or(image);
    let (front, last) = image.rsplit_once('/').map_or(("", image), |(front, last)| (front, last));
    let last = last.split(':').next().unwrap_or(last);
    let path = if front.is_empty() { last.to_owned() } else { format!("{front}/{last}") };
    let name = match path.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
        _ => path.trim_start_matches('/'),
    };
    (!last.is_empty() && !name.is_empty()).then(|| name.to_owned())
}
