//! Failures: one table of what can go wrong, with its gRPC status and its HTTP problem (RFC 9457), both ways.
//!
//! A service fails with a [`Failure`]. Over gRPC it travels as a status whose metadata names the kind, so that a caller
//! need not guess it from the code; at the gateway it becomes a problem document.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};
use tonic::{Code, Status};

/// What a client can tell apart, and act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request is not well formed.
    Invalid,
    /// There is no valid token.
    Unauthenticated,
    /// The card was declined; nothing was taken.
    Declined,
    /// There is none, or it is another customer's.
    NotFound,
    /// The path is there, the method is not.
    MethodNotAllowed,
    /// A request with this key is still under way.
    InProgress,
    /// A line is out of stock.
    OutOfStock,
    /// Somebody else changed it meanwhile.
    VersionMismatch,
    /// The body is larger than any right one.
    TooLarge,
    /// The body is not of the type that is read.
    UnsupportedMedia,
    /// This key was used before with another request.
    KeyReused,
    /// A change must say what it was made from.
    VersionRequired,
    /// The customer's rate is used up.
    RateLimited,
    /// A slot, a queue or a quota is full; nothing was done.
    Busy,
    /// A fault of ours.
    Internal,
    /// A part that is needed does not answer; trying again is safe.
    Unavailable,
    /// The answer did not come in time; what became of it is not known yet.
    TooLate,
}

/// How a kind is called on either side.
struct Row {
    kind: Kind,
    slug: &'static str,
    title: &'static str,
    http: u16,
    grpc: Code,
}

const fn row(kind: Kind, slug: &'static str, title: &'static str, http: u16, grpc: Code) -> Row {
    Row { kind, slug, title, http, grpc }
}

/// In the order of [`Kind`]. Where two kinds share a gRPC code, the first of them is what a bare code means.
const TABLE: [Row; 17] = [
    row(Kind::Invalid, "invalid-request", "The request is not well formed", 400, Code::InvalidArgument),
    row(Kind::Unauthenticated, "unauthenticated", "There is no valid token", 401, Code::Unauthenticated),
    row(Kind::Declined, "card-declined", "The card was declined", 402, Code::FailedPrecondition),
    row(Kind::NotFound, "not-found", "There is none", 404, Code::NotFound),
    row(Kind::MethodNotAllowed, "method-not-allowed", "The method is not allowed here", 405, Code::Unimplemented),
    row(Kind::InProgress, "in-progress", "A request with this key is still under way", 409, Code::Aborted),
    row(Kind::OutOfStock, "out-of-stock", "A line is out of stock", 409, Code::ResourceExhausted),
    row(Kind::VersionMismatch, "version-mismatch", "Somebody else changed it meanwhile", 412, Code::Aborted),
    row(Kind::TooLarge, "too-large", "The body is too large", 413, Code::InvalidArgument),
    row(Kind::UnsupportedMedia, "unsupported-media", "The body must be JSON", 415, Code::InvalidArgument),
    row(Kind::KeyReused, "key-reused", "This key was used before with another request", 422, Code::FailedPrecondition),
    row(Kind::VersionRequired, "version-required", "The change must say its version", 428, Code::FailedPrecondition),
    row(Kind::RateLimited, "rate-limited", "The rate is used up", 429, Code::ResourceExhausted),
    row(Kind::Busy, "busy", "There is no room for it now; nothing was done", 429, Code::ResourceExhausted),
    row(Kind::Internal, "internal", "Something of ours is broken", 500, Code::Internal),
    row(Kind::Unavailable, "unavailable", "A part that is needed does not answer", 503, Code::Unavailable),
    row(Kind::TooLate, "too-late", "The answer did not come in time", 504, Code::DeadlineExceeded),
];

impl Kind {
    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The last part of the problem's `type`.
    pub fn slug(self) -> &'static str {
        self.row().slug
    }

    /// The HTTP status.
    pub fn http(self) -> u16 {
        self.row().http
    }

    /// The gRPC code.
    pub fn grpc(self) -> Code {
        self.row().grpc
    }

    fn by_slug(slug: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.slug == slug).map(|row| row.kind)
    }

    /// What a code means that comes without a kind, from a proxy or from a library.
    fn by_code(code: Code) -> Self {
        match code {
            // A library's word for "no room", never ours for a product.
            Code::ResourceExhausted => Self::Busy,
            // tonic's word for a call that outlived its own timeout.
            Code::Cancelled => Self::TooLate,
            _ => TABLE.iter().find(|row| row.grpc == code).map_or(Self::Internal, |row| row.kind),
        }
    }
}

/// One field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer into the request.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What a client can act on.
    pub kind: Kind,
    /// A sentence for a person. Never a secret, never another customer's data.
    pub detail: String,
    /// Field by field, where the request is wrong.
    pub errors: Vec<FieldError>,
    /// When a further try makes sense.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// A wrong field.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let (pointer, detail) = (pointer.into(), detail.into());
        let sentence = format!("{pointer}: {detail}");
        Self { errors: vec![FieldError { pointer, detail }], ..Self::new(Kind::Invalid, sentence) }
    }

    /// The same, with a hint when to come back.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.slug(), self.detail)
    }
}

impl std::error::Error for Failure {}

/// The metadata key under which a failure's kind travels.
const KIND: &str = "problem-kind";

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let mut status = Status::new(failure.kind.grpc(), failure.detail);
        let slug = failure.kind.slug().parse().expect("a slug is plain ASCII");
        status.metadata_mut().insert(KIND, slug);
        status
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let named = status.metadata().get(KIND).and_then(|slug| slug.to_str().ok()).and_then(Kind::by_slug);
        Self::new(named.unwrap_or_else(|| Kind::by_code(status.code())), status.message())
    }
}

/// A problem document, RFC 9457.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind, as a relative reference.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind's name for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub detail: String,
    /// What to name when asking for help.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trace_id: Option<String>,
    /// Field by field.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let row = self.kind.row();
        let status = StatusCode::from_u16(row.http).expect("the table has valid statuses");
        // An internal failure's cause is in the log, under the trace id; it is no business of the client's.
        let detail = if self.kind == Kind::Internal { String::new() } else { self.detail };
        let problem = Problem {
            kind: format!("/problems/{}", row.slug),
            title: row.title.to_owned(),
            status: row.http,
            detail,
            trace_id: crate::telemetry::current_trace_id(),
            errors: self.errors.into_iter().take(50).collect(),
        };
        let body = serde_json::to_vec(&problem).expect("a problem is plain data");
        let mut answer = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if matches!(row.http, 429 | 503) {
            let wait = self.retry_after.unwrap_or(Duration::from_secs(1)).as_secs_f64().ceil().max(1.0);
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait as u64));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.kind as usize, index, "{}", row.slug);
        }
    }

    #[test]
    fn a_kind_survives_the_journey_over_grpc() {
        for row in &TABLE {
            let failure = Failure::new(row.kind, "a sentence");
            assert_eq!(Failure::from(Status::from(failure.clone())), failure);
        }
    }

    #[test]
    fn a_bare_code_has_a_meaning() {
        let check = |code, kind| assert_eq!(Failure::from(Status::new(code, "")).kind, kind);
        check(Code::ResourceExhausted, Kind::Busy);
        check(Code::Unavailable, Kind::Unavailable);
        check(Code::DeadlineExceeded, Kind::TooLate);
        check(Code::Cancelled, Kind::TooLate);
        check(Code::DataLoss, Kind::Internal);
    }

    #[test]
    fn an_internal_failure_keeps_its_cause_to_itself() {
        let answer = Failure::new(Kind::Internal, "password=hunter2").into_response();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
