//! # plimsoll.yaml: what no file can say
//!
//! Journeys and what they are worth, promises, how long things take, what may go wrong, prices, goals: the language that
//! people write by hand. Every section is optional, and with no repository at all one file is enough to describe a system.
//! Units are part of every quantity; unknown keys and wrong types are errors with their place and what was meant.
//!
//! It reads `plimsoll.yaml` (or `.yml`) at the root of the first source that has one. It ignores the ones below other
//! folders: they describe systems of their own and are listed as not read. The reference of all keys and the JSON Schema
//! come from the same table as the reader: `plimsoll schema plimsoll-yaml`.
//!
//! ## Example
//!
//! ```yaml
//! plimsoll: 1
//! journeys:
//!   checkout:
//!     steps: [orders.place]
//!     load: { open: 12/s }
//! components:
//!   orders:
//!     tier: 1
//!     operations:
//!       place:
//!         does:
//!           - spend: { cpu: { mean: 20ms, distribution: exponential } }
//!           - call: payments.charge
//!             timeout: 1s
//!             retries: { max: 2 }
//! ```
//!
//! gives the component `orders` with tier 1, the journey `checkout` with 12 requests a second, and the call from `orders`
//! to `payments` with its timeout of 1 s and two retries, each claim supposed, with its line.

mod check;
pub mod component;
mod derive;
pub mod distribution;
pub mod journey;
pub mod language;
pub mod near;
mod page;
pub mod quantity;
pub mod reference;
pub mod scenario;
mod schema;
pub mod standards;
pub mod step;
pub mod system;
pub mod table;

use plimsoll_model::{At, FileId, Problem};

pub use derive::{How, SupposedCall, SupposedClaim, SupposedMessage};
pub use page::reference;
pub use schema::json_schema;
pub use system::System;

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};
use crate::tree::yaml::{Documents, Schema, parse};
use language::{Form, Reading};

/// The reader of plimsoll.yaml.
pub const READER: crate::Reader = crate::Reader { name: "plimsoll_yaml", page: include_str!("mod.rs"), takes, read };

/// What one plimsoll.yaml says.
#[derive(Clone, Debug, Default)]
pub struct Supposed {
    /// The file.
    pub file: Option<FileId>,
    /// All of it, typed, with places; entries with errors left out.
    pub system: Option<System>,
    /// How many errors it has. A survey goes on without the wrong entries; the program ends with wrong configuration.
    pub errors: usize,
    /// What it claims of components, journeys, promises, teams and topics, by name.
    pub claims: Vec<SupposedClaim>,
    /// Who calls whom, as the steps of the operations say.
    pub calls: Vec<SupposedCall>,
    /// Who sends to which topic and who takes from it.
    pub messages: Vec<SupposedMessage>,
}

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    matches!(name, "plimsoll.yaml" | "plimsoll.yml")
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let at_root = |file: &&FileId| corpus.folder(**file).is_empty();
    let chosen = files.iter().filter(at_root).min().copied();
    for file in files {
        if Some(*file) == chosen {
            let (supposed, problems) = from_documents(*file, corpus.yaml(*file, Schema::Yaml12));
            facts.supposed.push(supposed);
            facts.problems.extend(problems);
        } else {
            let reason = match chosen {
                Some(other) if corpus.folder(*file).is_empty() => {
                    format!("{} counts; a system has one plimsoll.yaml", corpus.files().display(other))
                }
                _ => String::from("describes the system in its own folder; survey that folder to use it"),
            };
            facts.not_read.push(Skipped { kind: String::from("plimsoll.yaml"), file: *file, reason });
        }
    }
    facts
}

/// Reads a text on its own, before there is a survey: `sources` says what to survey.
pub fn from_text(file: FileId, text: &str) -> (Supposed, Vec<Problem>) {
    let documents = parse(file, text, Schema::Yaml12);
    let (mut supposed, problems) = from_documents(file, &documents);
    let problems: Vec<Problem> = documents.problems.into_iter().chain(problems).collect();
    supposed.errors = problems.len();
    (supposed, problems)
}

/// What the documents of a file say. Problems of the parser stay with the documents; they count as errors.
fn from_documents(file: FileId, documents: &Documents) -> (Supposed, Vec<Problem>) {
    let mut reading = Reading::default();
    let mut supposed = Supposed { file: Some(file), ..Supposed::default() };
    match documents.roots.as_slice() {
        [] if documents.problems.is_empty() => {
            reading.problem(At::whole(file), "the file is empty; begin it with `plimsoll: 1`");
        }
        [] => {}
        [root, rest @ ..] => {
            supposed.system = System::read(root, &mut reading);
            for other in rest {
                reading.problem(other.at, "only the first document of plimsoll.yaml is read; put all of it there");
            }
        }
    }
    if let Some(system) = &supposed.system {
        if system.plimsoll.is_none() && !root_has(documents, "plimsoll") {
            reading.problem(At::new(file, 1, 1), "the version of the language is missing; begin with `plimsoll: 1`");
        }
        reading.gaps = !reading.problems.is_empty();
        check::check(system, &mut reading);
        supposed.claims = derive::claims(system);
        (supposed.calls, supposed.messages) = derive::calls(system);
    }
    let mut problems = reading.problems;
    problems.sort();
    problems.dedup();
    supposed.errors = problems.len() + documents.problems.len();
    (supposed, problems)
}

fn root_has(documents: &Documents, key: &str) -> bool {
    documents.roots.first().is_some_and(|root| root.get(key).is_some())
}

#[cfg(test)]
mod tests;
