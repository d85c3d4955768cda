//! A stand-in for the mailer: keeps what it was sent, once per key, and shows it.
//!
//! | request | answer |
//! |---|---|
//! | `POST /v1/messages`, `Idempotency-Key` | 202 the message's id; the same key again gives the same, and no second mail |
//! | `GET`, `PATCH /stand-in/behaviour`; `GET /stand-in/counts`, `/stand-in/messages` | for drills |
//!
//! That the receiver dedupes is what makes notify's effect an exactly-once one: notify itself may send again after a
//! crash between the mail and its inbox. A mailer that does not dedupe would send a customer two mails then.

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use stand_in::problem::problem;
use stand_in::{Behaviour, Gate, Kept, Ledger, admin};
use uuid::Uuid;

/// What is to be sent to whom. The mailer knows the customer's address; events and services do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Of which order it speaks.
    pub order_id: String,
    /// To whom.
    pub customer_id: String,
    /// Which text.
    pub template: String,
}

/// A mail as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mailer's own id.
    pub message_id: String,
    /// What was sent.
    #[serde(flatten)]
    pub message: Message,
}

/// A line of the ledger, as `GET /stand-in/messages` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it was sent with.
    pub idempotency_key: String,
    /// The mail.
    #[serde(flatten)]
    pub mail: Mail,
}

/// The answer to one that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The mailer's own id.
    pub message_id: String,
}

struct Mailer {
    gate: Arc<Gate>,
    mails: Ledger<Mail>,
}

/// Until told otherwise it behaves as the environment `local` of `plimsoll.yaml` has it.
pub const BEHAVIOUR: Behaviour = Behaviour { answer_after_mean_ms: 50.0, ..Behaviour::CALM };

/// All that it answers, with a ledger that goes on from a file, or ends with the process.
///
/// # Errors
/// Where the file cannot be had.
pub fn router(behaviour: Behaviour, ledger: Option<&Path>) -> io::Result<Router> {
    let mails = ledger.map_or_else(|| Ok(Ledger::in_memory()), Ledger::in_file)?;
    let gate = Arc::new(Gate::new(behaviour));
    let mailer = Arc::new(Mailer { gate: gate.clone(), mails });
    Ok(Router::new()
        .route("/v1/messages", post(send))
        .route("/stand-in/messages", get(list))
        .with_state(mailer)
        .merge(admin(gate)))
}

async fn send(State(mailer): State<Arc<Mailer>>, headers: HeaderMap, Json(message): Json<Message>) -> Response {
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty())
    else {
        return problem(StatusCode::BAD_REQUEST, "Idempotency-Key is missing");
    };
    mailer.gate.pass(key, || mailer.send(key, message)).await
}

impl Mailer {
    fn send(&self, key: &str, message: Message) -> Response {
        let asked = format!("{message:?}");
        match self.mails.keep(key, &asked, || Mail { message_id: format!("msg_{}", Uuid::new_v4().simple()), message })
        {
            Kept::New(mail) | Kept::Before(mail) => {
                (StatusCode::ACCEPTED, Json(Accepted { message_id: mail.message_id })).into_response()
            }
            Kept::Differs => problem(StatusCode::UNPROCESSABLE_ENTITY, "this key was used before for another message"),
        }
    }
}

async fn list(State(mailer): State<Arc<Mailer>>) -> Response {
    let entries = mailer.mails.all().into_iter();
    Json(entries.map(|(idempotency_key, mail)| Entry { idempotency_key, mail }).collect::<Vec<_>>()).into_response()
}
