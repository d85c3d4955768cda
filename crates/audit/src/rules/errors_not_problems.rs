//! # Errors in a form of their own
//! Finds operations whose error answers have a body that is not a problem document (`application/problem+json`).
//! ## Why
//! A client that speaks to ten services must know ten ways to say what went wrong, and guesses at most of them.
//! ## Broken
//! ```yaml
//! # openapi.yaml
//! openapi: 3.1.0
//! info: { title: Orders, version: 1.0.0 }
//! paths:
//!   /orders/{id}:
//!     get:
//!       responses:
//!         "200": { description: The order. }
//!         "404": { description: None such., content: { application/json: { schema: { type: object } } } }
//! ```
//! ## Right
//! ```yaml
//! # openapi.yaml
//! openapi: 3.1.0
//! info: { title: Orders, version: 1.0.0 }
//! paths:
//!   /orders/{id}:
//!     get:
//!       responses:
//!         "200": { description: The order. }
//!         "404": { description: None such., content: { application/problem+json: { schema: { type: object } } } }
//! ```
//! ## Do
//! Answer errors as RFC 9457 has it: type, title, status, detail, instance; one type for each thing that a client can act on.

use plimsoll_model::{Field, OperationId, Subject, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "API-005",
    slug: "errors-not-problems",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("errors_not_problems.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (index, operation) in estate.model().operations.iter().enumerate() {
        let id = OperationId(index as u32);
        let answer = estate.view.ask(Subject::Operation(id), Field::ErrorMedia);
        let Some(Value::List(media)) = answer.value() else { continue };
        let own: Vec<String> =
            media.iter().map(ToString::to_string).filter(|name| !name.starts_with("application/problem+")).collect();
        match own.is_empty() {
            true => found.pass(),
            false => {
                let says = format!("answers errors as {}, not as problem documents", own.join(", "));
                found.fail(Of::Operation(id), [operation.evidence], says);
            }
        }
    }
}
