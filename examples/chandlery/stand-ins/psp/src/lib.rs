//! A stand-in for the payment provider: takes charges once per key, gives them back once, and can be told to misbehave.
//!
//! | request | answer |
//! |---|---|
//! | `POST /v1/charges`, `Idempotency-Key` | 201 the charge, `succeeded`; 402 it was `declined`; 422 the key was used for something else |
//! | `GET /v1/charges?idempotency_key=KEY` | 200 the charge made with this key; 404 there is none |
//! | `POST /v1/charges/{charge_id}/refund`, `Idempotency-Key` | 200 the charge, `refunded`; 409 it was declined |
//! | `GET`, `PATCH /stand-in/behaviour`; `GET /stand-in/counts`, `/stand-in/charges` | for drills |
//!
//! A token that begins with `tok_declined` is declined. Every request may meet 429, 503, 500 or silence, as the
//! behaviour says.

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use stand_in::problem::problem;
use stand_in::{Behaviour, Gate, Kept, Ledger, admin};
use uuid::Uuid;

/// What is to be charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeRequest {
    /// For which order.
    pub order_id: String,
    /// Above 0.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// What the customer was given for the card.
    pub payment_token: String,
}

/// A charge as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The provider's own id.
    pub charge_id: String,
    /// For which order.
    pub order_id: String,
    /// Above 0.
    pub amount_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where it stands.
    pub status: ChargeStatus,
}

/// Where a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    /// The money was taken.
    Succeeded,
    /// The card was no good; nothing was taken.
    Declined,
    /// The money was taken and given back.
    Refunded,
}

/// A line of the ledger, as `GET /stand-in/charges` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it was made with.
    pub idempotency_key: String,
    /// The charge.
    #[serde(flatten)]
    pub charge: Charge,
}

struct Psp {
    gate: Arc<Gate>,
    charges: Ledger<Charge>,
}

/// Until told otherwise it behaves as the environment `local` of `plimsoll.yaml` has it.
pub const BEHAVIOUR: Behaviour =
    Behaviour { answer_after_mean_ms: 230.0, quota_per_s: Some(40.0), quota_burst: 80.0, ..Behaviour::CALM };

/// All that it answers, with a ledger that goes on from a file, or ends with the process.
///
/// # Errors
/// Where the file cannot be had.
pub fn router(behaviour: Behaviour, ledger: Option<&Path>) -> io::Result<Router> {
    let charges = ledger.map_or_else(|| Ok(Ledger::in_memory()), Ledger::in_file)?;
    let gate = Arc::new(Gate::new(behaviour));
    let psp = Arc::new(Psp { gate: gate.clone(), charges });
    Ok(Router::new()
        .route("/v1/charges", post(charge).get(find))
        .route("/v1/charges/{charge_id}/refund", post(refund))
        .route("/stand-in/charges", get(list))
        .with_state(psp)
        .merge(admin(gate)))
}

async fn charge(State(psp): State<Arc<Psp>>, headers: HeaderMap, Json(request): Json<ChargeRequest>) -> Response {
    let Some(key) = key_of(&headers) else { return no_key() };
    if request.amount_cents <= 0 {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "amount_cents must be above 0");
    }
    psp.gate.pass(&key, || psp.charge(&key, request)).await
}

impl Psp {
    fn charge(&self, key: &str, request: ChargeRequest) -> Response {
        let asked = format!("{request:?}");
        let declined = request.payment_token.starts_with("tok_declined");
        let kept = self.charges.keep(key, &asked, || Charge {
            charge_id: format!("ch_{}", Uuid::new_v4().simple()),
            order_id: request.order_id,
            amount_cents: request.amount_cents,
            currency: request.currency,
            status: if declined { ChargeStatus::Declined } else { ChargeStatus::Succeeded },
        });
        match kept {
            Kept::New(charge) | Kept::Before(charge) => {
                let declined = charge.status == ChargeStatus::Declined;
                let status = if declined { StatusCode::PAYMENT_REQUIRED } else { StatusCode::CREATED };
                (status, Json(charge)).into_response()
            }
            Kept::Differs => problem(StatusCode::UNPROCESSABLE_ENTITY, "this key was used before for something else"),
        }
    }

    fn refund(&self, charge_id: &str) -> Response {
        let refunded = self.charges.change(
            |charge| charge.charge_id == charge_id,
            |charge| {
                if charge.status == ChargeStatus::Succeeded {
                    charge.status = ChargeStatus::Refunded;
                }
            },
        );
        match refunded {
            None => problem(StatusCode::NOT_FOUND, "there is no such charge"),
            Some(charge) if charge.status == ChargeStatus::Declined => {
                problem(StatusCode::CONFLICT, "a declined charge took nothing that could be given back")
            }
            Some(charge) => Json(charge).into_response(),
        }
    }
}

#[derive(Deserialize)]
struct ByKey {
    idempotency_key: String,
}

async fn find(State(psp): State<Arc<Psp>>, Query(by): Query<ByKey>) -> Response {
    // A fate of its own: that a charge hung must not mean that asking after it hangs for ever.
    psp.gate
        .pass(&format!("find {}", Uuid::new_v4()), || match psp.charges.get(&by.idempotency_key) {
            Some(charge) => Json(charge).into_response(),
            None => problem(StatusCode::NOT_FOUND, "there is no charge with this key"),
        })
        .await
}

async fn refund(State(psp): State<Arc<Psp>>, UrlPath(charge_id): UrlPath<String>, headers: HeaderMap) -> Response {
    let Some(key) = key_of(&headers) else { return no_key() };
    psp.gate.pass(&key, || psp.refund(&charge_id)).await
}

async fn list(State(psp): State<Arc<Psp>>) -> Response {
    let entries = psp.charges.all().into_iter();
    Json(entries.map(|(idempotency_key, charge)| Entry { idempotency_key, charge }).collect::<Vec<_>>()).into_response()
}

fn key_of(headers: &HeaderMap) -> Option<String> {
    headers.get("idempotency-key")?.to_str().ok().filter(|key| !key.is_empty()).map(str::to_owned)
}

fn no_key() -> Response {
    problem(StatusCode::BAD_REQUEST, "Idempotency-Key is missing")
}
