//! # OpenAPI and Swagger
//! Reads OpenAPI 3.0, 3.1 and 3.2 and Swagger 2 in YAML or JSON, and emits one interface for each document.
//!
//! ## Reads
//! A file of any name whose top level has `openapi:` or `swagger:` with a version. An operation is a pair of a path and
//! an HTTP method; `$ref` is followed for the paths, a path item and an operation, inside the file and into other files
//! of the same source. Its name is the `operationId`, else method and path. `info.title`, `info.version`, `deprecated`,
//! and the hosts of `servers` (with their variables' defaults) or of `host`.
//!
//! ## Ignores
//! Schemas, parameters, security. Webhooks and callbacks: those are calls that it makes, not operations that it offers.
//! A base path (`basePath`, the path of a server): paths are told as they stand under `paths`.
//! A file that is only a fragment of another document is no interface of its own. A document without operations, and one
//! whose operations another document lists through `$ref`, is listed as not read with that reason.
//!
//! ## Example
//! ```text
//! openapi: 3.1.0
//! info: { title: Carts, version: 1.2.0 }
//! servers: [{ url: "http://carts/api" }]
//! paths: { "/carts/{id}": { get: { operationId: getCart }, delete: {} } }
//! ```
//! gives the interface `Carts` (openapi, 1.2.0, host `carts`) with the operations `getCart` and `DELETE /carts/{id}`.

mod operations;
mod parts;
mod recognise;
mod reference;
mod servers;

use plimsoll_model::{FileId, InterfaceKind};

use crate::corpus::Corpus;
use crate::facts::{Described, Facts, Origin, Skipped};
use crate::redact;
use recognise::Document;

/// The reader of OpenAPI and Swagger.
pub const READER: crate::Reader = crate::Reader { name: "openapi", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    !recognise::documents(corpus, file).is_empty()
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let documents = files.iter().flat_map(|&file| recognise::documents(corpus, file));
    let described: Vec<(FileId, Described)> =
        documents.map(|document| (document.file, describe(corpus, &document, &mut facts))).collect();
    for ((file, described), whole) in parts::with_their_whole(described) {
        let reason = if described.operations.is_empty() {
            String::from("it describes no operation; webhooks are calls that it makes")
        } else if let Some(whole) = whole {
            format!("its operations are listed by {}, which refers to it", corpus.files().display(whole))
        } else {
            facts.interfaces.push(described);
            continue;
        };
        facts.not_read.push(Skipped { kind: String::from("part of an OpenAPI description"), file, reason });
    }
    facts
}

fn describe(corpus: &Corpus, document: &Document<'_>, facts: &mut Facts) -> Described {
    let root = document.root;
    let text = |keys: &[&str]| root.at_path(keys).and_then(|node| node.as_str()).filter(|text| !text.trim().is_empty());
    let name = text(&["info", "title"]).unwrap_or_else(|| corpus.path(document.file));
    Described {
        kind: InterfaceKind::Openapi,
        name: redact::value("title", name).into_owned(),
        version: text(&["info", "version"]).map(|version| redact::value("info_version", version).into_owned()),
        hosts: servers::hosts(root),
        operations: operations::of(corpus, document, facts),
        origin: Origin::at(document.at),
    }
}

#[cfg(test)]
mod tests;
