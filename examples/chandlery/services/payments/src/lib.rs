//! Payments: charges through psp, behind slots. It keeps nothing: psp holds every charge by its key.
//!
//! It refuses rather than queues (ADR 0004). What it answers decides what becomes of money, so it is exact about it:
//! *busy* means that nothing was charged, an answer means what it says, and everything else means that nobody knows;
//! whoever asked then looks the charge up.

use contracts::payments::{
    ChargeRequest, ChargeResponse, ChargeStatus, GetChargeRequest, GetChargeResponse, Payment, RefundRequest,
    RefundResponse,
    payments_service_server::{PaymentsService, PaymentsServiceServer},
};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use service_kit::{
    call::Call,
    config::{ConfigError, Variables},
    failure::{Failure, Kind},
    service::{Door, Service},
    slots::Slots,
    telemetry::Telemetry,
    third_party::{Answer, ThirdParty},
    work::Work,
};
use std::time::Duration;
use tonic::{Request, Response, Status, async_trait, service::Routes};

/// The service.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Result<Service, ConfigError> {
    variables.only("PSP_WHEN_FULL", "refuse")?;
    let payments = PaymentsGrpc {
        psp: ThirdParty::from("psp", &variables, &telemetry)?,
        slots: Slots::new(variables.required("PSP_SLOTS")?, variables.required("PSP_SLOT_WAIT")?),
        work: Work::from(&variables)?,
    };
    let routes = Routes::new(PaymentsServiceServer::new(payments));
    Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)
}

struct PaymentsGrpc {
    psp: ThirdParty,
    slots: Slots,
    work: Work,
}

/// A charge as psp has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Charge {
    charge_id: String,
    order_id: String,
    amount_cents: i64,
    currency: String,
    status: String,
}

#[async_trait]
impl PaymentsService for PaymentsGrpc {
    async fn charge(&self, request: Request<ChargeRequest>) -> Result<Response<ChargeResponse>, Status> {
        let payment = self.charge_once(request.into_inner()).await?;
        Ok(Response::new(ChargeResponse { payment: Some(payment) }))
    }

    async fn refund(&self, request: Request<RefundRequest>) -> Result<Response<RefundResponse>, Status> {
        let RefundRequest { idempotency_key, charge_id } = request.into_inner();
        if !charge_id.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter)) {
            return Err(Failure::field("/charge_id", "is no charge's id").into());
        }
        let request = self.psp.request(Method::POST, &format!("/v1/charges/{charge_id}/refund"));
        let answer = self.psp.send::<Charge>(request.header("Idempotency-Key", idempotency_key)).await?;
        Ok(Response::new(RefundResponse { payment: Some(payment(answer)?) }))
    }

    async fn get_charge(&self, request: Request<GetChargeRequest>) -> Result<Response<GetChargeResponse>, Status> {
        let found = self.look_up(&request.get_ref().idempotency_key).await?;
        let found = found.ok_or_else(|| Failure::new(Kind::NotFound, "there is no charge with this key"))?;
        Ok(Response::new(GetChargeResponse { payment: Some(found) }))
    }
}

impl PaymentsGrpc {
    async fn charge_once(&self, request: ChargeRequest) -> Result<Payment, Failure> {
        check(&request)?;
        let _slot = self.slots.take().await?;
        self.work.spend().await;
        let body = serde_json::json!({
            "order_id": request.order_id,
            "amount_cents": request.amount_cents,
            "currency": request.currency,
            "payment_token": request.payment_token,
        });
        let post = self.psp.request(Method::POST, "/v1/charges").header("Idempotency-Key", &request.idempotency_key);
        match self.psp.send(post.json(&body)).await {
            Ok(answer) => payment(answer),
            // psp failed, but it is there: it can say at once whether there is a charge.
            Err(failure) if failure.kind == Kind::Unavailable => {
                let look = self.look_up(&request.idempotency_key);
                match Call::default().within(Duration::from_millis(500)).scope(look).await {
                    Ok(Some(payment)) => Ok(payment),
                    Ok(None) => Err(Failure::new(Kind::Busy, "psp failed; nothing was charged")),
                    Err(_) => Err(Failure::new(Kind::TooLate, "nobody knows whether it was charged")),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    async fn look_up(&self, key: &str) -> Result<Option<Payment>, Failure> {
        let request = self.psp.request(Method::GET, "/v1/charges").query(&[("idempotency_key", key)]);
        let answer = self.psp.send::<Charge>(request).await?;
        if answer.status == StatusCode::NOT_FOUND { Ok(None) } else { payment(answer).map(Some) }
    }
}

fn check(request: &ChargeRequest) -> Result<(), Failure> {
    let key = &request.idempotency_key;
    if key.is_empty() || 128 < key.len() || !key.bytes().all(|letter| letter.is_ascii_graphic()) {
        return Err(Failure::field("/idempotency_key", "is no key"));
    }
    if request.amount_cents <= 0 {
        return Err(Failure::field("/amount_cents", "is not more than 0"));
    }
    Ok(())
}

/// What psp's answer means. A declined card is an answer (402), not a failure.
fn payment(answer: Answer<Charge>) -> Result<Payment, Failure> {
    let Some(charge) = answer.document else {
        return Err(Failure::new(Kind::Internal, format!("psp answered {} without a charge", answer.status)));
    };
    let status = match charge.status.as_str() {
        "succeeded" => ChargeStatus::Succeeded,
        "declined" => ChargeStatus::Declined,
        "refunded" => ChargeStatus::Refunded,
        other => return Err(Failure::new(Kind::Internal, format!("psp knows a status that we do not: {other}"))),
    };
    let Charge { charge_id, order_id, amount_cents, currency, .. } = charge;
    Ok(Payment { charge_id, order_id, amount_cents, currency, status: status.into() })
}
