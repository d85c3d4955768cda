//! # Configuration that names others
//! Reads the configuration files of programs, and finds the values in them that say whom the program calls.
//!
//! ## Reads
//! | files | how |
//! |---|---|
//! | `application*`, `bootstrap*` with `.yml`, `.yaml`, `.properties` | Spring: several documents, profiles, `${key:default}`, `spring.application.name` |
//! | `orders-service.yml` in a folder of files named after applications | a repository of Spring Cloud Config: what it says is said by `orders-service`; what `application.yml` there says, by every application of the folder |
//! | `*.properties` | Java properties |
//! | `appsettings*.json`, `config/*.json`, `*config*.json`, `*settings*.json` | JSON; `appsettings.X.json` and `config/X.json` hold in the environment X |
//! | `*config*.yaml`, `config/*.yaml`, Envoy, Traefik, Kong, KrakenD | YAML, but no Kubernetes objects, compose files or API descriptions |
//! | `*config*.toml`, `traefik.toml`, `config/*.toml` | TOML |
//! | `nginx.conf`, `*.conf` with nginx's directives, templates of them | passes, upstreams, variables |
//! | `*.ini`, `*.cfg`, other `*.conf`, `haproxy.cfg`, `Caddyfile` | line by line |
//!
//! ## Does not read
//! Files of tools (`package.json`, `tsconfig*.json`, lock files, linters, bundlers, CI), of languages for people (`i18n`,
//! `locales`), of others' code (`node_modules`, `vendor`), files that other readers know (`Chart.yaml`, `values.yaml`,
//! `catalog-info.yaml`, compose files, kustomizations). Configuration of tests and of what collects telemetry (Prometheus,
//! OpenTelemetry collectors, Grafana, log shippers) is listed as not read: their targets are no calls of the system. So is
//! Lua inside of nginx, and a file of more than 1 MiB.
//!
//! ## Rules
//! - A value is a mention where it holds a URL, a connection string or `host:port`; where it is a bare word under a key that
//!   speaks of hosts (`…host`, `…url`, `…service`) or topics (`…queue.name`); or where it is a placeholder under a key that
//!   speaks of hosts, which the environment of a container may fill. Nothing else of a file becomes a fact.
//! - `${key:default}` is filled with what the same file (or the `application` file beside it) says, else with its default;
//!   [`Mention::spelled`](crate::facts::Mention::spelled) keeps what the file spells.
//! - Look-ups of the environment in templates (`{{ default .Env.HOST "db" }}`, `{{ env "HOST" }}`) are written as `${HOST:-db}`.
//! - A host and a port in two keys of the same group (`redis.host`, `redis.port`) are one mention, `redis:6379`.
//! - `enabled: false` switches its whole group off: `spring.zipkin.enabled=false` drops `spring.zipkin.baseUrl`, in the same
//!   document.
//! - Who may call (`allowed-origins`), own addresses (`bind`, `listeners`) and texts for people (`description`) are no mentions.
//! - Secrets are taken out of every value.
//!
//! ## Example
//! ```yaml
//! # orders/src/main/resources/application.yml
//! spring:
//!   application: { name: orders }
//!   data: { mongodb: { uri: "mongodb://${db:orders-db}:27017/data" } }
//! ```
//! gives the name `orders` and the mention `spring.data.mongodb.uri = mongodb://orders-db:27017/data`.
//!
//! Not here: `.env` files (`dotenv`), environments of containers (`kubernetes`, `compose`), whether a host exists (the join).

pub mod keys;
pub mod pairs;

mod documents;
mod environment;
mod kind;
mod lines;
pub(crate) mod mentions;
mod nginx;
mod reading;
mod spring;
mod ocelot;

use std::collections::BTreeSet;

use plimsoll_model::{At, FileId};

use crate::Reader;
use crate::corpus::Corpus;
use crate::facts::{About, Facts, Mention, Origin};
use crate::tree::Node;
use crate::tree::yaml::Schema;
use documents::{document_facts, documents_of_text, file_profile, is_template};
use kind::{Kind, kind};
use mentions::{Context, mentions};
use pairs::Pair;
use reading::Reading;

/// The reader of configuration files.
pub const READER: Reader = Reader { name: "config", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    match kind(path) {
        None => false,
        Some(Kind::MaybeSpringYaml) => corpus.text(file).is_ok_and(spring::is_spring) && !is_of_others(corpus, file),
        Some(Kind::Yaml | Kind::Telemetry) => !is_of_others(corpus, file),
        Some(_) => true,
    }
}

/// Whether YAML is Kubernetes', compose's, an API description or the like, which have readers of their own.
fn is_of_others(corpus: &Corpus, file: FileId) -> bool {
    if !kind::is_yaml(corpus.path(file)) {
        return false;
    }
    match corpus.text(file) {
        Ok(text) if is_template(text) => text.lines().any(|line| line.starts_with("apiVersion:")),
        Ok(_) => corpus.yaml(file, Schema::Yaml12).roots.iter().any(is_of_other_format),
        Err(_) => false,
    }
}

fn is_of_other_format(root: &Node) -> bool {
    const MARKS: &[&str] = &[
        "openapi",
        "swagger",
        "asyncapi",
        "workflow_call",
        "jobs",
        "stages",
        "steps",
        "AWSTemplateFormatVersion",
        "plimsoll",
        "jsonnet",
    ];
    let kubernetes = root.get("apiVersion").is_some() && root.get("kind").is_some();
    let services = root.get("services").map(Node::entries).unwrap_or_default();
    let compose = services.iter().any(|entry| entry.value.get("image").is_some() || entry.value.get("build").is_some());
    let playbook = root.items().iter().any(|item| item.get("hosts").is_some() && item.get("tasks").is_some());
    kubernetes || compose || playbook || MARKS.iter().any(|mark| root.get(mark).is_some())
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut reading = Reading::of(corpus, files);
    for file in files {
        reading.file(*file);
    }
    reading.nginx();
    reading.facts
}

/// The mentions among pairs that come from elsewhere: an `.env` file, variables of an image.
///
/// `lookup` fills placeholders; the same rules hold as for files.
pub fn read_pairs(pairs: &[Pair], by: About, lookup: &dyn Fn(&str) -> Option<String>) -> Vec<Mention> {
    mentions(pairs, &Context { by, profile: None, lookup })
}

/// Reads a configuration file that is embedded in another, such as a key of a ConfigMap.
///
/// `path` is its path in the container, which says what kind it is; `first` is the place of its first line in the file that
/// holds it. Columns of a block of YAML count from its own margin, so that they are moved by `first.column - 1`. A file of no
/// known kind whose text is nginx's is read as that; of others there are no facts.
pub fn read_text(path: &str, text: &str, by: &About, first: At) -> Facts {
    let mut facts = Facts::default();
    let path = path.trim_start_matches('/');
    let kind = kind(path).filter(|kind| *kind != Kind::Telemetry);
    if kind.is_none_or(|kind| kind == Kind::Conf) && nginx::is_nginx(text) {
        let parsed = nginx::parse(first.file, text);
        facts.mentions = parsed.mentions(by, &BTreeSet::new());
        facts.problems = parsed.problems;
    } else if let Some(kind) = kind {
        let read = documents_of_text(kind, first.file, text);
        let found = document_facts(read.documents, by, file_profile(path, kind).as_deref(), None);
        facts.mentions = found.mentions;
        facts.names = found.names.into_iter().map(|name| (first.file, name)).collect();
        facts.problems = read.problems;
    }
    move_to(&mut facts, first);
    facts
}

/// Moves all places of an embedded text to where it stands.
fn move_to(facts: &mut Facts, first: At) {
    let place =
        |at: At| At::new(at.file, at.line + first.line.saturating_sub(1), at.column + first.column.saturating_sub(1));
    let move_origin = |origin: &mut Origin| {
        origin.at = place(origin.at);
        origin.via = origin.via.as_deref().map(|via| via.iter().map(|at| place(*at)).collect());
    };
    facts.mentions.iter_mut().for_each(|mention| move_origin(&mut mention.origin));
    facts.names.iter_mut().for_each(|(_, name)| move_origin(&mut name.origin));
    facts.problems.iter_mut().for_each(|problem| problem.at = place(problem.at));
}

#[cfg(test)]
mod tests;
