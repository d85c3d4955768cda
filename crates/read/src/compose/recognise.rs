//! Which files are compose files: by their name, and other YAML by what it holds.

use plimsoll_model::FileId;

use crate::corpus::Corpus;
use crate::tree::Node;
use crate::tree::yaml::{self, Schema};

/// Names under which Compose finds a file by itself, in the order in which it prefers them.
pub(super) const CANONICAL: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Names under which Compose finds a file to lay over the first, in the order in which it prefers them.
pub(super) const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// Keys that a compose file may have at its top.
pub(super) const TOP: [&str; 9] =
    ["name", "version", "services", "include", "networks", "volumes", "configs", "secrets", "models"];

/// Keys that say what a service runs.
const RUNS: [&str; 3] = ["image", "build", "extends"];

/// Whether a file is a compose file.
pub(super) fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(stem) = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) else { return false };
    match by_name(&stem.to_ascii_lowercase()) {
        Name::Says => corpus.text(file).is_ok(),
        Name::Hints => holds(corpus, file, |root| !is_other(root) && (has_known(root) || is_version_1(root))),
        Name::Silent => may_hold_services(corpus, file) && holds(corpus, file, holds_services),
    }
}

/// What a name says of its file.
enum Name {
    /// It is one.
    Says,
    /// It is one unless its content says otherwise.
    Hints,
    /// Only the content can tell.
    Silent,
}

fn by_name(stem: &str) -> Name {
    if matches!(stem, "compose" | "docker-compose" | "compose.override" | "docker-compose.override") {
        return Name::Says;
    }
    let separated = |rest: &str| rest.starts_with(['.', '-', '_']);
    let begins = ["docker-compose", "docker_compose", "compose"]
        .iter()
        .any(|word| stem.strip_prefix(word).is_some_and(separated));
    let ends = [".compose", "-compose", "_compose"].iter().any(|word| stem.ends_with(word));
    if begins || ends { Name::Hints } else { Name::Silent }
}

/// Whether a text could hold services; spares parsing all other YAML.
fn may_hold_services(corpus: &Corpus, file: FileId) -> bool {
    let Ok(text) = corpus.text(file) else { return false };
    let begins = |line: &str| line.trim_start_matches(['\u{feff}', '"', '\'', '{']).starts_with("services");
    text.lines().any(begins) && RUNS.iter().any(|key| text.contains(key))
}

/// Whether a document is as asked. The file is parsed apart, so that what is wrong in it is told only if it is taken.
fn holds(corpus: &Corpus, file: FileId, asked: fn(&Node) -> bool) -> bool {
    let Ok(text) = corpus.text(file) else { return false };
    let documents = yaml::parse(file, text, Schema::Yaml12);
    documents.roots.iter().any(asked)
}

/// Whether a document is something else that has keys of the same names: a Kubernetes object, a playbook, a list.
fn is_other(root: &Node) -> bool {
    !root.is_mapping() || (root.get("apiVersion").is_some() && root.get("kind").is_some())
}

/// Whether a document has a key at its top that Compose knows and other formats seldom have.
fn has_known(root: &Node) -> bool {
    ["services", "include", "networks", "volumes", "configs", "secrets", "models"]
        .iter()
        .any(|key| root.get(key).is_some())
}

/// Whether a document has services as Compose knows them, and nothing at its top that Compose does not know.
fn holds_services(root: &Node) -> bool {
    let known = |key: &str| TOP.contains(&key) || key.starts_with("x-");
    let Some(services) = root.get("services").filter(|services| services.is_mapping()) else { return false };
    let runs = |service: &Node| RUNS.iter().any(|key| service.get(key).is_some());
    root.entries().iter().all(|entry| known(&entry.key))
        && services.entries().iter().all(|entry| entry.value.is_mapping())
        && services.entries().iter().any(|entry| runs(&entry.value))
}

/// A document in the first format of all, whose services stand at the top.
pub(super) fn is_version_1(root: &Node) -> bool {
    let own = |key: &str| key.starts_with("x-") || TOP.contains(&key);
    let mut services = root.entries().iter().filter(|entry| !own(&entry.key)).peekable();
    root.get("services").is_none()
        && services.peek().is_some()
        && services.all(|entry| ["image", "build", "extends"].iter().any(|key| entry.value.get(key).is_some()))
}
