//! # Source code: Go, Java, Kotlin, C#, Python, JavaScript, TypeScript, Rust, Ruby, PHP
//!
//! It reads only what shows an edge, an interface or a protection: texts that could name somebody, with what the
//! environment gives and its default; clients and servers of gRPC services; routes; topics that are sent to and taken
//! from; timeouts, retries, breakers, pools, health and telemetry, as the tables of `plimsoll-code` spell them.
//!
//! How sure a text is: `sure` where a known library is given it or a variable that is set leads to it; `likely` where it
//! is bound to what is called like a host; `possible` elsewhere.
//!
//! A constant of another file is followed where one file of the same source gives it a text, the nearest first.
//!
//! ## Example
//! ```text
//! url := os.Getenv("ORDERS_URL")
//! if url == "" { url = "http://orders:80" }
//! http.Get(url + "/orders")
//! ```
//! names `orders` over http, or whoever the component's `ORDERS_URL` names.
//!
//! Left out: tests, generated code, log lines, imports, comments. Types and control flow are not followed.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_code::{Language, Said, Seen, Timeout, What, Words};
use plimsoll_model::{At, Certainty, Content, FileId, InterfaceKind, Protocol, Value};

/// Each family of languages with its tables.
pub use plimsoll_code::languages::FAMILIES;

use crate::Reader;
use crate::address::{addresses, placeholders};
use crate::config::keys::is_host_like_key;
use crate::config::mentions::is_not_called;
use crate::corpus::{Corpus, folder_of};
use crate::facts::{Described, DescribedOperation, Facts, Origin, Sight, Sighting, Skipped};
use crate::redact;

/// The reader.
pub const READER: Reader = Reader { name: "code", page: include_str!("mod.rs"), takes, read };

/// Larger files are data that was written down as code.
const CODE_BYTES_MAX: u64 = 1 << 20;

fn takes(corpus: &Corpus, file: FileId) -> bool {
    !corpus.is_link(file) && corpus.size(file) <= CODE_BYTES_MAX && Language::of_path(corpus.path(file)).is_some()
}

/// What one file says, or why it was not read.
enum Read {
    Said(Said),
    Skipped(&'static str, &'static str),
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let all = corpus.each(files, |file| of_file(corpus, *file));
    let mut said: Vec<(FileId, Said)> = Vec::new();
    for (file, read) in files.iter().zip(all) {
        match read {
            Read::Said(one) => said.push((*file, one)),
            Read::Skipped(kind, reason) => {
                facts.not_read.push(Skipped { kind: kind.to_owned(), file: *file, reason: reason.to_owned() });
            }
        }
    }
    add_constants(corpus, &mut said);
    let constants = Constants::of(corpus, &said);
    for (file, said) in &said {
        let mut routes: Vec<DescribedOperation> = Vec::new();
        for seen in &said.seen {
            let origin = Origin::at(At::new(*file, seen.line, seen.column));
            if let What::Route { method, path } = &seen.what {
                add_route(&mut routes, method, path, origin);
            } else if let Some(sighting) = sighting(*file, seen, origin, &constants) {
                facts.sightings.push(sighting);
            }
        }
        if let Some(first) = routes.first() {
            let origin = first.origin.clone();
            let (name, version, hosts) = (String::from("routes"), None, Vec::new());
            let kind = InterfaceKind::Http;
            facts.interfaces.push(Described { kind, name, version, hosts, operations: routes, origin });
        }
    }
    facts
}

/// Files that show nothing else may hold the constants that others use for addresses and topics.
fn add_constants(corpus: &Corpus, said: &mut [(FileId, Said)]) {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for seen in said.iter().flat_map(|(_, said)| &said.seen).filter(|seen| seen.library.is_some()) {
        let (What::Names { value: text, .. } | What::Sends { topic: text, .. } | What::Takes { topic: text, .. }) =
            &seen.what
        else {
            continue;
        };
        let names = text.split("${=").skip(1).filter_map(|rest| rest.split('}').next());
        wanted.extend(names.filter(|name| name.len() > 2).map(str::to_owned));
    }
    for (name, _) in said.iter().flat_map(|(_, said)| &said.constants) {
        wanted.remove(name);
    }
    let Some(words) = Words::of(wanted.iter()) else { return };
    let bare: Vec<usize> = (0..said.len()).filter(|index| said[*index].1 == Said::default()).collect();
    let found = corpus.each(&bare, |index| {
        let file = said[*index].0;
        let text = corpus.text(file).ok().filter(|text| words.are_in(text))?;
        Some(plimsoll_code::constants(Language::of_path(corpus.path(file))?, text))
    });
    for (index, constants) in bare.into_iter().zip(found) {
        said[index].1.constants = constants.unwrap_or_default();
    }
}

fn of_file(corpus: &Corpus, file: FileId) -> Read {
    let path = corpus.path(file);
    if plimsoll_code::is_of_tests(path) {
        return Read::Skipped("test material", "its name says that it is a test");
    }
    let Ok(text) = corpus.text(file) else { return Read::Skipped("unreadable", "it is no text in UTF-8") };
    if plimsoll_code::is_generated(path, text) {
        return Read::Skipped("generated material", "a program wrote it, or made it small");
    }
    let Some(language) = Language::of_path(path) else { return Read::Said(Said::default()) };
    Read::Said(plimsoll_code::read(language, text))
}

fn add_route(routes: &mut Vec<DescribedOperation>, method: &str, path: &str, origin: Origin) {
    let known = routes.iter().any(|each| each.method.as_deref() == Some(method) && each.path.as_deref() == Some(path));
    if !known {
        routes.push(DescribedOperation {
            name: format!("{method} {path}"),
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            claims: Vec::new(),
            origin,
        });
    }
}

fn sighting(file: FileId, seen: &Seen, origin: Origin, constants: &Constants<'_>) -> Option<Sighting> {
    let note = seen.library.map_or_else(|| String::from("the program"), |library| format!("by {library} the program"));
    let made = |sight: Sight, certainty: Certainty| {
        Some(Sighting { sight, certainty, note: note.clone(), origin: origin.clone() })
    };
    match &seen.what {
        What::Names { keys, value, protocol, timeout } => {
            let value = constants.filled(file, value);
            let key = keys.iter().find(|key| is_host_like_key(key)).or(keys.first()).cloned().unwrap_or_default();
            let client = seen.library.is_some();
            if !client && keys.iter().any(|key| is_not_called(key)) || addresses_in(&value).is_none() {
                return None;
            }
            let certainty = match client {
                true => Certainty::Sure,
                false if is_host_like_key(&key) => Certainty::Likely,
                false => Certainty::Possible,
            };
            let value = redact::value(&key, &value).into_owned();
            let timeout = match timeout {
                Timeout::Unknown => None,
                Timeout::Absent => Some(Content::Absent),
                Timeout::Nanos(nanos) => Some(Content::Stated(Value::Nanos(*nanos))),
            };
            let protocol = protocol.and_then(Protocol::from_word);
            made(Sight::Names { key, value, protocol, timeout }, certainty)
        }
        What::Client(service) => {
            let by_url = matches!(seen.library, Some("Grpc.Net" | "tonic"));
            made(Sight::Client(service.clone(), by_url), Certainty::Sure)
        }
        What::Server(service) => made(Sight::Server(service.clone()), Certainty::Sure),
        What::Sends { topic, protocol } => {
            made(Sight::Sends(constants.filled(file, topic), Protocol::from_word(protocol)), Certainty::Sure)
        }
        What::Takes { topic, protocol } => {
            made(Sight::Takes(constants.filled(file, topic), Protocol::from_word(protocol)), Certainty::Sure)
        }
        What::Guards { guard, value } => {
            let text = match value {
                Some(value) => format!("{}: {}", guard.word(), redact::value("", &constants.filled(file, value))),
                None => guard.word().to_owned(),
            };
            made(Sight::Guards(text), Certainty::Sure)
        }
        What::Route { .. } => None,
    }
}

/// Whether a text names a host or leaves one to the environment.
fn addresses_in(value: &str) -> Option<()> {
    (value.contains("${") || !addresses(value).is_empty()).then_some(())
}

/// Texts that files bind to names, for other files of the same source.
struct Constants<'c> {
    corpus: &'c Corpus,
    by_name: BTreeMap<(u32, &'c str), Vec<(FileId, &'c str)>>,
}

impl<'c> Constants<'c> {
    fn of(corpus: &'c Corpus, said: &'c [(FileId, Said)]) -> Self {
        let mut by_name: BTreeMap<(u32, &str), Vec<(FileId, &str)>> = BTreeMap::new();
        for (file, said) in said {
            for (name, text) in &said.constants {
                by_name.entry((corpus.source(*file), name)).or_default().push((*file, text));
            }
        }
        Self { corpus, by_name }
    }

    /// A text with the constants of other files in it.
    fn filled(&self, file: FileId, text: &str) -> String {
        if !text.contains("${=") {
            return text.to_owned();
        }
        let of = |key: &str| key.strip_prefix('=').and_then(|name| self.text(file, name)).map(str::to_owned);
        // What the environment gives is not filled in yet.
        let kept = text.replace("${=", "\u{1}").replace("${", "\u{2}").replace('\u{1}', "${=");
        placeholders(&kept, &of).replace('\u{2}', "${")
    }

    /// What a name of another file stands for: what the nearest files say, where they agree.
    fn text(&self, file: FileId, name: &str) -> Option<&'c str> {
        let all = self.by_name.get(&(self.corpus.source(file), name))?;
        let mut folder = self.corpus.folder(file);
        loop {
            let near: Vec<&str> = all
                .iter()
                .filter(|(other, _)| is_below(self.corpus.path(*other), folder))
                .map(|(_, text)| *text)
                .collect();
            if let Some(first) = near.first() {
                return near.iter().all(|text| text == first).then_some(*first);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let corpus = Corpus::open(vec![Source::memory(files)]);
        let ids: Vec<FileId> = corpus.ids().filter(|file| takes(&corpus, *file)).collect();
        let told = read(&corpus, &ids).sightings.into_iter().map(|sighting| {
            let place = format!("{}:{}", corpus.path(sighting.origin.at.file), sighting.origin.at.line);
            format!("{place} {} {:?}", sighting.certainty.word(), sighting.sight)
        });
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_nearest_file_says_what_a_constant_is() {
        check(
            &[
                ("a/names.py", "QUEUE = 'a-orders'"),
                ("b/names.py", "QUEUE = 'b-orders'"),
                ("b/send.py", "import pika\nch.basic_consume(names.QUEUE, f)"),
            ],
            &["b/send.py:2 sure Takes(\"b-orders\", Some(Amqp))"],
        );
    }

    #[test]
    fn files_that_do_not_agree_say_nothing() {
        check(
            &[
                ("a/names.py", "QUEUE = 'a-orders'"),
                ("b/names.py", "QUEUE = 'b-orders'"),
                ("c/send.py", "import pika\nch.basic_consume(names.QUEUE, f)"),
            ],
            &["c/send.py:2 sure Takes(\"${=QUEUE}\", Some(Amqp))"],
        );
    }

    #[test]
    fn a_credential_in_a_text_is_taken_out() {
        check(
            &[("a.py", "import pika\nparams = pika.URLParameters('amqp://guest:s3cr3t-word@rabbit:5672/')")],
            &[
                "a.py:2 sure Names { key: \"params\", value: \"amqp://<redacted>@rabbit:5672/\", protocol: Some(Amqp), timeout: None }",
            ],
        );
    }
}
