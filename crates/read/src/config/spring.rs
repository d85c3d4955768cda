//! Spring: documents and their profiles, the application's name, Zuul's routes, repositories of Spring Cloud Config.

use std::collections::BTreeMap;

use plimsoll_model::FileId;

use super::pairs::Pair;
use crate::corpus::{Corpus, folder_of};

/// Top keys by which YAML and properties are known for Spring's.
#[rustfmt::skip]
const TOP_KEYS: &[&str] = &[
    "spring", "server", "eureka", "management", "zuul", "ribbon", "feign", "hystrix", "resilience4j", "logging",
    "security", "endpoints", "turbine", "springdoc", "info",
];

/// Whether a text that may be YAML or properties is of a Spring application, by a cheap look at its lines.
pub(super) fn is_spring(text: &str) -> bool {
    let says = |line: &str| {
        let end = line.find([':', '.', '=', ' ']).unwrap_or(line.len());
        TOP_KEYS.contains(&&line[..end]) && end < line.len()
    };
    let strong = |line: &str| line.starts_with("spring:") || line.starts_with("spring.") || line.starts_with("eureka");
    // Others have a `server:` too: one such key is not enough.
    text.lines().any(strong) || text.lines().filter(|line| says(line)).count() > 1
}

/// The document's profile: what its own keys say, else the file's name (`application-docker.yml`).
pub(super) fn profile(pairs: &[Pair], file_profile: Option<&str>) -> Option<String> {
    let own = pairs.iter().filter(|pair| {
        let key = pair.key.as_str();
        key == "spring.profiles"
            || key.starts_with("spring.profiles[")
            || key.starts_with("spring.config.activate.on-profile")
    });
    let own: Vec<&str> = own.map(|pair| pair.value.trim()).collect();
    if own.is_empty() { file_profile.map(str::to_owned) } else { Some(own.join(" | ")) }
}

/// The profile in `application-docker.yml` and `orders-docker.yml`, given the name of the application.
pub(super) fn profile_of_name<'p>(stem: &'p str, application: &str) -> Option<&'p str> {
    stem.strip_prefix(application)?.strip_prefix('-').filter(|profile| !profile.is_empty())
}

/// The application's own name, as Spring, Micronaut and Quarkus have it, and Steeltoe in the case of .NET.
pub(super) fn name(pairs: &[Pair]) -> Option<&Pair> {
    const KEYS: &[&str] = &["spring.application.name", "micronaut.application.name", "quarkus.application.name"];
    let named = |pair: &&Pair| KEYS.iter().any(|key| pair.key.eq_ignore_ascii_case(key)) && !pair.value.is_empty();
    pairs.iter().find(named)
}

/// Zuul's routes to names of discovery: `zuul.routes.orders.serviceId`, or the route's own name where it has neither that nor
/// a `url`. Such a value becomes `lb://orders`, as Spring Cloud Gateway writes it.
pub(super) fn zuul_routes(pairs: &mut Vec<Pair>) {
    const ROUTES: &str = "zuul.routes.";
    let mut routes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate() {
        if let Some(rest) = pair.key.strip_prefix(ROUTES) {
            routes.entry(rest.split('.').next().unwrap_or(rest).to_owned()).or_default().push(index);
        }
    }
    let mut added: Vec<Pair> = Vec::new();
    for (route, indices) in routes {
        let ends = |pair: &Pair, words: &[&str]| {
            pair.key
                .rsplit('.')
                .next()
                .is_some_and(|last| words.contains(&last.replace('-', "").to_ascii_lowercase().as_str()))
        };
        let service = indices.iter().copied().find(|index| ends(&pairs[*index], &["serviceid"]));
        if let Some(index) = service {
            if !pairs[index].value.contains("://") {
                pairs[index].value = format!("lb://{}", pairs[index].value);
            }
        } else if !indices.iter().any(|index| ends(&pairs[*index], &["url", "location"])) {
            let first = indices[0];
            let origin = pairs[first].origin.clone();
            added.push(Pair { key: format!("{ROUTES}{route}.serviceId"), value: format!("lb://{route}"), origin });
        }
    }
    pairs.append(&mut added);
}

/// A repository of Spring Cloud Config: a folder whose files are named after applications.
pub(super) struct Repositories {
    /// Folder → the files in it, by stem.
    folders: BTreeMap<(u32, String), BTreeMap<String, FileId>>,
}

impl Repositories {
    /// Finds them among the files that may be Spring's. `resources` itself is the folder of one application, never such a folder.
    pub(super) fn find(corpus: &Corpus, spring: &[FileId]) -> Self {
        let mut folders: BTreeMap<(u32, String), BTreeMap<String, FileId>> = BTreeMap::new();
        for file in spring {
            let (folder, stem) = (folder_of(corpus.path(*file)), stem(corpus.path(*file)));
            if !matches!(folder.rsplit('/').next(), Some("resources")) {
                folders.entry((corpus.source(*file), folder.to_owned())).or_default().insert(stem.to_owned(), *file);
            }
        }
        folders.retain(|_, files| files.keys().any(|stem| !is_shared(stem)));
        Self { folders }
    }

    /// The applications that a file speaks for, each with the profile that its name adds; empty where it is in none.
    pub(super) fn applications(&self, corpus: &Corpus, file: FileId) -> Vec<(String, Option<String>)> {
        let (folder, stem) = (folder_of(corpus.path(file)), stem(corpus.path(file)));
        let Some(files) = self.folders.get(&(corpus.source(file), folder.to_owned())) else { return Vec::new() };
        let names = || files.keys().filter(|stem| !is_shared(stem) && longer_of(files, stem).is_none());
        if is_shared(stem) {
            let profile = profile_of_name(stem, "application").map(str::to_owned);
            return names().map(|name| (name.clone(), profile.clone())).collect();
        }
        match longer_of(files, stem) {
            Some(name) => vec![(name.to_owned(), profile_of_name(stem, name).map(str::to_owned))],
            None => match environment_at_end(stem) {
                Some((name, environment)) => vec![(name.to_owned(), Some(environment.to_owned()))],
                None => vec![(stem.to_owned(), None)],
            },
        }
    }
}

/// `orders` for `orders-docker` where a file of that name stands beside it.
fn longer_of<'f>(files: &'f BTreeMap<String, FileId>, stem: &str) -> Option<&'f str> {
    files.keys().find(|name| profile_of_name(stem, name).is_some()).map(String::as_str)
}

/// `orders` and `prod` of `orders-prod`.
fn environment_at_end(stem: &str) -> Option<(&str, &str)> {
    stem.rsplit_once('-').filter(|(name, end)| !name.is_empty() && is_environment(end))
}

/// Whether a word is the usual name of an environment.
pub(super) fn is_environment(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "dev", "development", "prod", "production", "staging", "stage", "test", "testing", "local", "docker", "k8s",
        "kubernetes", "uat", "qa", "sit", "pre", "preprod", "integration", "cloud", "aws", "azure", "gcp", "compose",
        "ci", "native", "default", "sandbox",
    ];
    WORDS.contains(&word.to_ascii_lowercase().as_str())
}

/// `application*` is for all applications.
fn is_shared(stem: &str) -> bool {
    ["application", "bootstrap"].iter().any(|start| stem == *start || profile_of_name(stem, start).is_some())
}

/// The name of a file without folder and extension.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
