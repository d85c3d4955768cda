//! All configuration files of a survey, read with what they must know of each other: repositories of Spring Cloud Config,
//! values of the `application` file beside one, upstreams of nginx.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId, Problem};

use super::documents::{document_facts, documents_of, file_profile};
use super::kind::{self, Kind, kind};
use super::{nginx, spring};
use crate::corpus::{Corpus, folder_of};
use crate::facts::{About, Facts, Skipped};

/// Larger files are not read: the largest configuration that people write has a tenth of it.
const CONFIG_BYTES_MAX: u64 = 1 << 20;

/// What several files must be known for before one can be read.
pub(super) struct Reading<'c> {
    corpus: &'c Corpus,
    repositories: spring::Repositories,
    /// Values of the `application` files of each folder, for placeholders of the files beside them.
    shared: BTreeMap<(u32, String), BTreeMap<String, String>>,
    nginx: Vec<(FileId, nginx::File)>,
    pub(super) facts: Facts,
}

impl<'c> Reading<'c> {
    /// Looks through all files for what each must know of the others.
    pub(super) fn of(corpus: &'c Corpus, files: &[FileId]) -> Self {
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
            let small = corpus.size(*file) <= CONFIG_BYTES_MAX;
            small && !kind::is_of_tests(path) && (spring || (maybe && corpus.text(*file).is_ok_and(spring::is_spring)))
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

    /// Reads one file; those of nginx are only parsed.
    pub(super) fn file(&mut self, file: FileId) {
        let path = self.corpus.path(file);
        let Some(kind) = kind(path) else { return };
        if self.corpus.size(file) > CONFIG_BYTES_MAX {
            return self.skip(
                "large file",
                file,
                "it is larger than 1 MiB, which people do not write by hand: data, not configuration",
            );
        }
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
    pub(super) fn nginx(&mut self) {
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
