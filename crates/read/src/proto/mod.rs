//! # Protocol Buffers
//! Reads `.proto` files (proto2, proto3, editions) and emits one interface for each service.
//!
//! ## Reads
//! The service with its package, its methods, streaming, `deprecated`, `idempotency_level`, and the `google.api.http`
//! annotation of a method (its first binding, in either spelling). A file is parsed by itself: imports are not needed
//! for what is read here, so an import that is missing or goes in a circle loses nothing.
//! Where a message of a file cannot be parsed, its services are still read and the error is a problem.
//!
//! ## Ignores
//! Messages, enums and all other options. Files without a service. Further bindings of an annotation: an operation is
//! a method of the service, so that the count of operations is the count of methods.
//! Services of packages that come with a library or a platform (`grpc.health.v1`, `google.*`, `envoy.*`, …) are listed
//! as vendored interfaces: they are not this backend's own.
//!
//! ## Example
//! ```text
//! package shop.v1;
//! service Cart { rpc Get(GetRequest) returns (stream CartItem); }
//! ```
//! gives the interface `shop.v1.Cart` (grpc) with the operation `Get`, streaming `server`.

mod http_rule;
mod options;
mod service;
mod service_text;
mod vendored;

use plimsoll_model::{At, FileId, Problem};

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};
use crate::tree::json::LineIndex;

/// The reader of Protocol Buffers.
pub const READER: crate::Reader = crate::Reader { name: "proto", page: include_str!("mod.rs"), takes, read };

/// Words of which every file of the language that says something has one.
const WORDS: [&str; 8] = ["syntax", "edition", "package", "import", "option", "message", "enum", "extend"];

fn takes(corpus: &Corpus, file: FileId) -> bool {
    corpus.path(file).ends_with(".proto")
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for &file in files {
        match corpus.text(file) {
            Ok(text) => read_file(file, text, &mut facts),
            Err(reason) => facts.problems.push(Problem { at: At::whole(file), message: reason.to_owned() }),
        }
    }
    facts
}

fn read_file(file: FileId, text: &str, facts: &mut Facts) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.contains("service") {
        // Most files hold messages alone and need not be parsed; one without any word of the language is something else.
        if !text.trim().is_empty() && !WORDS.iter().any(|word| text.contains(word)) {
            let message =
                String::from("not valid Protocol Buffers: no word of the language is in it; the file is left out");
            facts.problems.push(Problem { at: At::whole(file), message });
        }
        return;
    }
    let parsed = match protox_parse::parse("", text) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Editions are not known to the parser, but their services are written as ever; any other error is told.
            let services = service_text::services_only(text);
            let again = protox_parse::parse("", &services);
            if !service_text::has_edition(text) || again.is_err() {
                facts.problems.push(problem(file, text, again.as_ref().err().unwrap_or(&error), again.is_ok()));
            }
            let Ok(parsed) = again else { return };
            parsed
        }
    };
    if parsed.service.is_empty() {
        return;
    }
    if let Some(project) = vendored::project_of(parsed.package()) {
        let reason = format!("package `{}` comes with {project}; it is not this backend's own", parsed.package());
        facts.not_read.push(Skipped { kind: String::from("vendored interface"), file, reason });
        return;
    }
    service::describe(file, text, &parsed, facts);
}

fn problem(file: FileId, text: &str, error: &protox_parse::ParseError, services_read: bool) -> Problem {
    let at = match error.span() {
        Some(span) => LineIndex::new(text).at(file, text, span.start),
        None => At::whole(file),
    };
    let outcome = if services_read { "its services are read, nothing else needs it" } else { "the file is left out" };
    let error = error.to_string();
    let error = crate::redact::value("", &error);
    Problem { at, message: format!("not valid Protocol Buffers: {error}; {outcome}") }
}

#[cfg(test)]
mod tests;
