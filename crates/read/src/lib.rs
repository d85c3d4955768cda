//! Bytes to facts, one folder per format; then the join: facts to a model.
//!
//! A reader is one folder and one line in [`readers`]. It takes files that it recognises and emits facts about names as
//! the files spell them, each with its origin, and problems; it never panics and never stops the rest.
//!
//! Not here: what a model is (`plimsoll-model`), how it is shown (`plimsoll-report`).

pub mod address;
pub mod build_scripts;
pub mod catalog;
#[cfg(feature = "languages")]
pub mod code;
pub mod codeowners;
pub mod compose;
pub mod config;
pub mod corpus;
pub mod dockerfile;
pub mod dotenv;
pub mod facts;
pub mod fuzzing;
pub mod helm;
pub mod join;
pub mod kubernetes;
pub mod kustomize;
pub mod left_out;
pub mod objectives;
pub mod openapi;
pub mod pipelines;
pub mod plimsoll_yaml;
pub mod proto;
pub mod redact;
mod side_by_side;
pub mod skaffold;
pub mod source;
pub mod survey;
pub mod tree;

use plimsoll_model::FileId;

use corpus::Corpus;
use facts::Facts;

/// A reader of one format.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Its name: `kubernetes`, `compose`.
    pub name: &'static str,
    /// Its page of the reference: the head of its module.
    pub page: &'static str,
    /// Whether a file is for this reader. May look at the text, which is read once and kept.
    pub takes: fn(&Corpus, FileId) -> bool,
    /// Reads all files that it takes.
    pub read: fn(&Corpus, &[FileId]) -> Facts,
}

/// Every reader, in the order in which their facts are joined.
pub fn readers() -> &'static [Reader] {
    &[
        kubernetes::READER,
        helm::READER,
        compose::READER,
        dockerfile::READER,
        skaffold::READER,
        build_scripts::READER,
        proto::READER,
        openapi::READER,
        config::READER,
        dotenv::READER,
        codeowners::READER,
        catalog::READER,
        #[cfg(feature = "languages")]
        code::READER,
        pipelines::READER,
        objectives::READER,
        plimsoll_yaml::READER,
    ]
}
