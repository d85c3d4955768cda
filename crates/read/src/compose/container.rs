//! The container of a service: image, ports, command and the files that are put into it.

use plimsoll_model::FileId;

use super::paths;
use super::ports;
use super::service::Service;
use super::words::words;
use crate::facts::{Container, Facts, MountedFile, Origin, Port, Role, Skipped, Spelled, Variable};
use crate::redact;
use crate::tree::{Data, Node, Scalar, ScalarKind};

/// Configuration files that one mounted folder may hold; a folder with more is data or source.
const FOLDER_FILES_MAX: usize = 200;

/// Endings of files that are read as configuration.
const CONFIGURATION: [&str; 18] = [
    "yaml",
    "yml",
    "json",
    "toml",
    "ini",
    "conf",
    "cfg",
    "cnf",
    "config",
    "properties",
    "env",
    "xml",
    "template",
    "tmpl",
    "tpl",
    "j2",
    "hcl",
    "cue",
];

/// The main container, where the service runs one.
pub(super) fn container(service: &Service<'_>, environment: Vec<Variable>, facts: &mut Facts) -> Vec<Container> {
    if service.node.get("provider").is_some() {
        return Vec::new();
    }
    let image = service.node.get("image").and_then(|node| {
        let text = node.as_str().filter(|text| !text.is_empty())?;
        Some(Spelled { text: redact::value("image", text).into_owned(), origin: Origin::of(node) })
    });
    let mut all = words(service.node.get("entrypoint"));
    all.extend(words(service.node.get("command")));
    vec![Container {
        role: Role::Main,
        name: service.name.to_owned(),
        image,
        ports: open_ports(service),
        environment,
        words: all,
        files: files(service, facts),
    }]
}

/// Containers that `pre_start` runs before it.
pub(super) fn run_before(service: &Service<'_>) -> Vec<Container> {
    let main = service.node.get("image");
    let hooks = service.items("pre_start").iter().enumerate();
    hooks
        .map(|(index, hook)| Container {
            role: Role::Init,
            name: format!("{}-pre-start-{index}", service.name),
            image: hook.get("image").or(main).and_then(|node| {
                Some(Spelled { text: redact::value("image", node.as_str()?).into_owned(), origin: Origin::of(node) })
            }),
            ports: Vec::new(),
            environment: Vec::new(),
            words: words(hook.get("command")),
            files: Vec::new(),
        })
        .collect()
}

/// What a scalar of a mapping of variables or labels says as text: numbers and booleans as Compose writes them.
pub(super) fn text_of(node: &Node) -> String {
    let Data::Scalar(Scalar { text, kind }) = &node.value else { return String::new() };
    match kind {
        ScalarKind::Bool(flag) => flag.to_string(),
        ScalarKind::Float => text.parse::<f64>().map_or_else(|_| text.clone(), |number| number.to_string()),
        ScalarKind::Integer => integer(text).unwrap_or_else(|| text.clone()),
        ScalarKind::Null => String::new(),
        ScalarKind::Text => text.clone(),
    }
}

fn integer(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let number = match digits.get(..2) {
        Some("0x") => i64::from_str_radix(&digits[2..], 16).ok()?,
        Some("0o") => i64::from_str_radix(&digits[2..], 8).ok()?,
        Some(_) if digits.starts_with('0') => i64::from_str_radix(digits, 8).ok().or_else(|| digits.parse().ok())?,
        _ => digits.parse().ok()?,
    };
    Some(number.to_string())
}

/// Ports that it publishes, by the number outside and the one inside, and those that it only opens.
fn open_ports(service: &Service<'_>) -> Vec<Port> {
    let mut out = Vec::new();
    for item in service.items("ports") {
        let target = item.str_at("target").map(str::to_owned);
        let udp = item.str_at("protocol").filter(|protocol| *protocol != "tcp");
        out.push(Port {
            number: item.str_at("published").and_then(|text| text.parse().ok()),
            name: item.str_at("name").map(str::to_owned),
            target,
            application: item.str_at("app_protocol").or(udp).map(str::to_owned),
            published: true,
            origin: Origin::of(item),
        });
    }
    for item in service.items("expose") {
        let Some(text) = item.as_str() else { continue };
        let (number, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let Some((first, last)) = ports::range(number) else { continue };
        for number in first..=last.min(first.saturating_add(63)) {
            out.push(Port {
                number: Some(number),
                name: None,
                target: None,
                application: (protocol != "tcp").then(|| protocol.to_owned()),
                published: false,
                origin: Origin::of(item),
            });
        }
    }
    out
}

/// Files that are put into the container: bind mounts of files and folders that are there, and configs.
fn files(service: &Service<'_>, facts: &mut Facts) -> Vec<MountedFile> {
    let mut out = Vec::new();
    for mount in service.items("volumes") {
        let (Some(source), Some(target)) = (mount.get("source").and_then(paths::inside), mount.str_at("target")) else {
            continue;
        };
        match service.corpus.lookup(service.project.source, source) {
            // Tools that start containers mount the project itself; it says nothing of them.
            Some(file) if service.project.files.contains(&file) => {}
            Some(file) => out.push(MountedFile { path: target.to_owned(), file: Some(file), text: None }),
            None => folder(service, source, target, mount, &mut out, facts),
        }
    }
    for config in service.items("configs") {
        out.extend(granted(service, config));
    }
    out
}

/// The configuration files of a mounted folder. Not of one that holds the project itself or what it is built from: that
/// is source, which the image's own folder tells of.
fn folder(
    service: &Service<'_>,
    source: &str,
    target: &str,
    mount: &Node,
    out: &mut Vec<MountedFile>,
    facts: &mut Facts,
) {
    let context = service.node.at_path(&["build", "context"]).and_then(paths::inside);
    let holds = |folder: &str| source.is_empty() || folder == source || folder.starts_with(&format!("{source}/"));
    if holds(&service.project.folder) || context.is_some_and(holds) {
        return;
    }
    let corpus = service.corpus;
    let all: Vec<FileId> = corpus
        .below(service.project.source, source)
        .filter(|file| {
            let path = corpus.path(*file);
            CONFIGURATION.iter().any(|end| path.rsplit_once('.').is_some_and(|(_, ending)| ending == *end))
        })
        .take(FOLDER_FILES_MAX + 1)
        .collect();
    if all.len() > FOLDER_FILES_MAX {
        let reason =
            format!("the folder `{source}`, mounted into `{}`, has more than {FOLDER_FILES_MAX} files", service.name);
        let file = mount.via.as_deref().and_then(|via| via.last()).map_or(mount.at.file, |at| at.file);
        facts.not_read.push(Skipped { kind: String::from("mounted folder"), file, reason });
        return;
    }
    for file in all {
        let inner = corpus.path(file).strip_prefix(source).unwrap_or_default();
        out.push(MountedFile {
            path: format!("{}{inner}", target.trim_end_matches('/')),
            file: Some(file),
            text: None,
        });
    }
}

/// A config that is granted: a file, a text, or a variable.
fn granted(service: &Service<'_>, grant: &Node) -> Option<MountedFile> {
    let name = grant.str_at("source")?;
    let config = service.named.configs.get(name)?;
    let path = grant.str_at("target").map_or_else(|| format!("/{name}"), str::to_owned);
    if let Some(file) = config.get("file").and_then(paths::inside) {
        let file = service.corpus.lookup(service.project.source, file)?;
        return Some(MountedFile { path, file: Some(file), text: None });
    }
    let text = match config.get("content") {
        Some(content) => {
            Spelled { text: redact::value(name, content.as_str()?).into_owned(), origin: where_it_begins(content) }
        }
        None => {
            let variable = config.get("environment")?;
            let setting = service.project.environment.get(variable.as_str()?)?;
            let mut node = variable.clone();
            super::environment::came_through(&mut node, setting.places);
            let text = redact::value(variable.as_str()?, &setting.text).into_owned();
            Spelled { text, origin: Origin::of(&node) }
        }
    };
    Some(MountedFile { path, file: None, text: Some(text) })
}

/// The place of a text of many lines: its own, so that lines can be counted from it, and then those of its variables.
fn where_it_begins(content: &Node) -> Origin {
    match content.via.as_deref() {
        Some([rest @ .., own]) => {
            let via: Vec<_> = std::iter::once(content.at).chain(rest.iter().copied()).collect();
            Origin { at: *own, via: Some(via.into()) }
        }
        _ => Origin::of(content),
    }
}
