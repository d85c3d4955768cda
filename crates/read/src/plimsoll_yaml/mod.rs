//! # plimsoll.yaml: what no file can say
//!
//! Journeys and what they are worth, promises, how long things take, what may go wrong, prices, goals: the language that
//! people write by hand. Every section is optional, and with no repository at all one file is enough to describe a system.
//! Units are part of every quantity; unknown keys and wrong types are errors with their place and what was meant.
//!
//! It reads `plimsoll.yaml` (or `.yml`) at the root of the first source that has one, or the one that `extends` others.
//! It ignores the ones below other folders: they describe systems of their own and are listed as not read. The reference of all keys and the JSON Schema
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
mod layers;
pub(crate) mod lower;
pub mod near;
mod page;
pub mod quantity;
pub mod reference;
pub mod scenario;
mod schema;
mod sources;
pub mod standards;
pub mod step;
pub mod system;
pub mod table;
pub mod words;

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

/// The names of the file; the first that is there counts.
pub const FILES: [&str; 2] = ["plimsoll.yaml", "plimsoll.yml"];

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
    FILES.contains(&name)
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let mut roots: Vec<FileId> = files.iter().filter(|file| corpus.folder(**file).is_empty()).copied().collect();
    roots.sort();
    let layers = layers::find(corpus, &roots);
    let chosen = layers.last().copied();
    if let Some(chosen) = chosen {
        let trees: Vec<&Documents> = layers.iter().map(|file| corpus.yaml(*file, Schema::Yaml12)).collect();
        let (mut supposed, mut problems) = from_documents(chosen, &trees);
        let wrong = supposed.system.as_ref().map(|system| sources::check(corpus, chosen, system)).unwrap_or_default();
        supposed.errors += wrong.len();
        problems.extend(wrong);
        facts.supposed.push(supposed);
        facts.problems.extend(problems);
    }
    for file in files {
        if !layers.contains(file) {
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
    let (mut supposed, problems) = from_documents(file, &[&documents]);
    let problems: Vec<Problem> = documents.problems.into_iter().chain(problems).collect();
    supposed.errors = problems.len();
    (supposed, problems)
}

/// What a file says over the files that it extends, the lowest first. Problems of the parser stay with the documents;
/// they count as errors.
fn from_documents(file: FileId, layers: &[&Documents]) -> (Supposed, Vec<Problem>) {
    let mut reading = Reading::default();
    let mut supposed = Supposed { file: Some(file), ..Supposed::default() };
    let parse_problems: usize = layers.iter().map(|documents| documents.problems.len()).sum();
    for other in layers.iter().flat_map(|documents| documents.roots.iter().skip(1)) {
        reading.problem(other.at, "only the first document of plimsoll.yaml is read; put all of it there");
    }
    let root = layers::merged(layers);
    match &root {
        None if parse_problems == 0 => {
            reading.problem(At::whole(file), "the file is empty; begin it with `plimsoll: 1`");
        }
        None => {}
        Some(root) => supposed.system = System::read(root, &mut reading),
    }
    if let (Some(system), Some(root)) = (&supposed.system, &root) {
        if root.get("plimsoll").is_none() {
            reading.problem(At::new(file, 1, 1), "the version of the language is missing; begin with `plimsoll: 1`");
        }
        // Of a file that only changes another, nothing can be said to be missing.
        match system.extends.as_ref().filter(|_| layers.len() == 1) {
            Some(extends) => reading.problem(extends.origin.at, layers::not_here(&extends.value.text)),
            None => {
                reading.gaps = !reading.problems.is_empty() || parse_problems > 0;
                check::check(system, &mut reading);
            }
        }
        supposed.claims = derive::claims(system);
        supposed.claims.extend(derive::taken_away(root));
        (supposed.calls, supposed.messages) = derive::calls(system);
    }
    let mut problems = reading.problems;
    problems.sort();
    problems.dedup();
    supposed.errors = problems.len() + parse_problems;
    (supposed, problems)
}

#[cfg(test)]
mod tests;
