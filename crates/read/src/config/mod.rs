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
//! Lua inside of nginx.
//!
//! ## Rules
//! - A value is a mention where it holds a URL, a connection string or `host:port`; where it is a bare word under a key that
//!   speaks of hosts (`…host`, `…url`, `…service`) or topics (`…queue.name`); or where it is a placeholder under a key that
//!   speaks of hosts, which the environment of a container may fill. Nothing else of a file becomes a fact.
//! - `${key:default}` is filled with what the same file (or the `application` file beside it) says, else with its default;
//!   [`Mention::spelled`](crate::facts::Mention::spelled) keeps what the file spells.
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

mod kind;
mod lines;
mod mentions;
mod nginx;
mod spring;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId, Problem};

use crate::Reader;
use crate::corpus::{Corpus, folder_of};
use crate::facts::{About, Facts, Mention, Origin, Skipped, Spelled};
use crate::redact;
use crate::tree::yaml::{Documents, Schema};
use crate::tree::{Node, json, toml, yaml};
use kind::{Kind, kind};
use mentions::{Context, mentions};
use pairs::Pair;

/// The reader of configuration files.
pub const READER: Reader = Reader { name: "config", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    match kind(path) {
        None => false,
        Some(Kind::MaybeSpringYaml) => corpus.text(file).is_ok_and(spring::is_spring) && !is_of_others(corpus, file),
        Some(Kind::Yaml) => !is_of_others(corpus, file),
        Some(_) => true,
    }
}

/// Whether YAML is Kubernetes', compose's, an API description or the like, which have readers of their own.
fn is_of_others(corpus: &Corpus, file: FileId) -> bool {
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

/// Whether a text is a template of its format, which no parser of that format reads.
fn is_template(text: &str) -> bool {
    let control = |line: &str| {
        let line = line.trim_start().trim_start_matches('#').trim_start();
        line.starts_with("{{") || line.starts_with("{%") || line.starts_with("<%")
    };
    text.lines().any(control)
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut reading = Reading::of(corpus, files);
    for file in files {
        reading.file(*file);
    }
    reading.nginx();
    reading.facts
}

/// What several files must be known for before one can be read.
struct Reading<'c> {
    corpus: &'c Corpus,
    repositories: spring::Repositories,
    /// Values of the `application` files of each folder, for placeholders of the files beside them.
    shared: BTreeMap<(u32, String), BTreeMap<String, String>>,
    nginx: Vec<(FileId, nginx::File)>,
    facts: Facts,
}

impl<'c> Reading<'c> {
    fn of(corpus: &'c Corpus, files: &[FileId]) -> Self {
        let mut reading = Self {
            corpus,
            repositories: spring::Repositories::find(corpus, &[]),
            shared: BTreeMap::new(),
            nginx: Vec::new(),
            facts: Facts::default(),
        };
        let is_repository_file = |file: &FileId| {
            let path = corpus.path(*file);
            let kind = kind(path);
            let spring = matches!(kind, Some(Kind::SpringYaml | Kind::SpringProperties));
            let maybe = matches!(kind, Some(Kind::MaybeSpringYaml | Kind::Yaml | Kind::Properties));
            !kind::is_of_tests(path) && (spring || (maybe && corpus.text(*file).is_ok_and(spring::is_spring)))
        };
        let spring: Vec<FileId> = files.iter().copied().filter(is_repository_file).collect();
        reading.repositories = spring::Repositories::find(corpus, &spring);
        for file in spring {
            reading.share(file);
        }
        reading
    }

    /// Remembers the values of an `application` or `bootstrap` file that hold in every profile.
    fn share(&mut self, file: FileId) {
        let path = self.corpus.path(file);
        if !matches!(spring::stem(path), "application" | "bootstrap") {
            return;
        }
        let shared = self.shared.entry((self.corpus.source(file), folder_of(path).to_owned())).or_default();
        for pairs in documents_of(self.corpus, file).documents {
            if spring::profile(&pairs, None).is_none() {
                for pair in pairs {
                    shared.entry(pair.key).or_insert(pair.value);
                }
            }
        }
    }

    fn file(&mut self, file: FileId) {
        let path = self.corpus.path(file);
        let Some(kind) = kind(path) else { return };
        if kind == Kind::Telemetry {
            return self.skip(
                "configuration of telemetry",
                file,
                "its targets and exporters are no calls of the system",
            );
        }
        if kind::is_of_tests(path) {
            return self.skip(
                "configuration of tests",
                file,
                "it stands in a folder of tests, which nothing in production reads",
            );
        }
        if kind == Kind::Conf {
            match self.corpus.text(file) {
                Ok(text) if nginx::is_nginx(text) => return self.nginx_file(file, text),
                Ok(_) => {}
                Err(reason) => return self.problem(At::whole(file), reason.to_owned()),
            }
        }
        let read = documents_of(self.corpus, file);
        self.facts.problems.extend(read.problems);
        let applications = self.repositories.applications(self.corpus, file);
        let said_by = match applications.is_empty() {
            true => vec![(About::File(file), file_profile(path, kind))],
            false => applications.into_iter().map(|(name, profile)| (About::Name(name), profile)).collect(),
        };
        let mut names = Vec::new();
        for (by, profile) in said_by {
            let shared = self.shared.get(&(self.corpus.source(file), folder_of(path).to_owned()));
            let own = matches!(by, About::File(_));
            let facts = document_facts(read.documents.clone(), &by, profile.as_deref(), shared);
            self.facts.mentions.extend(facts.mentions);
            if own {
                names = facts.names;
            }
        }
        self.facts.names.extend(names.into_iter().map(|name| (file, name)));
    }

    fn nginx_file(&mut self, file: FileId, text: &str) {
        let parsed = nginx::parse(file, text);
        self.facts.problems.extend(parsed.problems.iter().cloned());
        if parsed.lua.is_some() {
            self.skip("Lua in nginx", file, "programs in Lua are not read; passes beside them are");
        }
        self.nginx.push((file, parsed));
    }

    /// Files of nginx are included in each other: upstreams are looked for in the same folder, above and below.
    fn nginx(&mut self) {
        let upstreams: Vec<(u32, String, BTreeSet<String>)> = self
            .nginx
            .iter()
            .map(|(file, parsed)| (self.corpus.source(*file), self.corpus.folder(*file).to_owned(), parsed.upstreams()))
            .collect();
        for (file, parsed) in &self.nginx {
            let (source, folder) = (self.corpus.source(*file), self.corpus.folder(*file));
            let related = |other: &str| is_within(folder, other) || is_within(other, folder);
            let near = upstreams.iter().filter(|(other_source, other, _)| *other_source == source && related(other));
            let elsewhere: BTreeSet<String> = near.flat_map(|(_, _, names)| names.iter().cloned()).collect();
            self.facts.mentions.extend(parsed.mentions(&About::File(*file), &elsewhere));
        }
    }

    fn skip(&mut self, kind: &str, file: FileId, reason: &str) {
        self.facts.not_read.push(Skipped { kind: kind.to_owned(), file, reason: reason.to_owned() });
    }

    fn problem(&mut self, at: At, message: String) {
        self.facts.problems.push(Problem { at, message });
    }
}

fn is_within(folder: &str, above: &str) -> bool {
    above.is_empty() || folder == above || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// The documents of one file, each as its pairs. Problems of trees are the corpus's to tell.
#[derive(Clone, Default)]
struct Read {
    documents: Vec<Vec<Pair>>,
    problems: Vec<Problem>,
}

fn documents_of(corpus: &Corpus, file: FileId) -> Read {
    let Some(kind) = kind(corpus.path(file)) else { return Read::default() };
    let text = match corpus.text(file) {
        Ok(text) => text,
        Err(reason) => {
            return Read {
                documents: Vec::new(),
                problems: vec![Problem { at: At::whole(file), message: reason.to_owned() }],
            };
        }
    };
    let of_trees = |documents: &Documents| Read {
        documents: documents.roots.iter().map(pairs::of_tree).collect(),
        problems: Vec::new(),
    };
    match kind {
        Kind::SpringYaml | Kind::Yaml | Kind::MaybeSpringYaml if !is_template(text) => {
            of_trees(corpus.yaml(file, Schema::Yaml12))
        }
        Kind::Json if !is_template(text) => of_trees(corpus.json(file)),
        Kind::Toml if !is_template(text) => of_trees(corpus.toml(file)),
        _ => documents_of_lines(kind, file, text),
    }
}

fn documents_of_lines(kind: Kind, file: FileId, text: &str) -> Read {
    match kind {
        Kind::SpringProperties | Kind::Properties => {
            let (documents, problems) = lines::properties(file, text);
            Read { documents, problems }
        }
        _ => Read { documents: vec![lines::lines(file, text)], problems: Vec::new() },
    }
}

/// The environment or profile that a file's name limits it to.
fn file_profile(path: &str, kind: Kind) -> Option<String> {
    let stem = spring::stem(path);
    let spring = ["application", "bootstrap"].iter().find_map(|start| spring::profile_of_name(stem, start));
    let dotnet = stem.get(..12).filter(|start| start.eq_ignore_ascii_case("appsettings.")).map(|_| &stem[12..]);
    let in_config = matches!(folder_of(path).rsplit('/').next(), Some("config"));
    let node = (kind == Kind::Json
        && in_config
        && matches!(stem, "development" | "production" | "staging" | "test" | "local"))
    .then_some(stem);
    match kind {
        Kind::SpringYaml | Kind::SpringProperties => spring,
        _ => dotnet.or(node),
    }
    .map(str::to_owned)
}

/// The facts of the documents of one file.
#[derive(Default)]
struct DocumentFacts {
    mentions: Vec<Mention>,
    names: Vec<Spelled>,
}

fn document_facts(
    documents: Vec<Vec<Pair>>,
    by: &About,
    profile: Option<&str>,
    shared: Option<&BTreeMap<String, String>>,
) -> DocumentFacts {
    let mut out = DocumentFacts::default();
    let mut base: BTreeMap<String, String> = BTreeMap::new();
    for mut pairs in documents {
        spring::zuul_routes(&mut pairs);
        let profile = spring::profile(&pairs, profile);
        let own: BTreeMap<&str, &str> = pairs.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
        let lookup = |key: &str| {
            let own = own.get(key).map(|value| (*value).to_owned());
            own.or_else(|| base.get(key).cloned()).or_else(|| shared?.get(key).cloned())
        };
        if let Some(name) = spring::name(&pairs) {
            let text = crate::address::placeholders(&name.value, &lookup).into_owned();
            out.names.push(Spelled { text: redact::value(&name.key, &text).into_owned(), origin: name.origin.clone() });
        }
        out.mentions.extend(mentions(&pairs, &Context { by: by.clone(), profile: profile.clone(), lookup: &lookup }));
        if profile.is_none() {
            base.extend(pairs.into_iter().map(|pair| (pair.key, pair.value)));
        }
    }
    out
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

fn documents_of_text(kind: Kind, file: FileId, text: &str) -> Read {
    let of_trees = |documents: Documents| Read {
        documents: documents.roots.iter().map(pairs::of_tree).collect(),
        problems: documents.problems,
    };
    match kind {
        Kind::SpringYaml | Kind::Yaml | Kind::MaybeSpringYaml if !is_template(text) => {
            of_trees(yaml::parse(file, text, Schema::Yaml12))
        }
        Kind::Json if !is_template(text) => of_trees(json::parse(file, text)),
        Kind::Toml if !is_template(text) => of_trees(toml::parse(file, text)),
        _ => documents_of_lines(kind, file, text),
    }
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
