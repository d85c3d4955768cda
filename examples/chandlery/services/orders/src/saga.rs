//! Checkout as a saga: reserve, charge, confirm; or undo all.
//!
//! Every step is written down before the next one begins, and every call bears a repetition, so that another process can
//! go on from any step. Two rules keep the money right. *A charge is attempted only by whoever began the saga*; whoever
//! takes it up later looks up what became of it. *After an uncertain charge nothing is undone for good before it has had
//! time to arrive* ([`Times::settle`]): a charge that turns up before is confirmed or refunded.
//!
//! A lease (`next_attempt_at`) says until when nobody else takes a saga up. It is a courtesy and no lock: two who work on
//! one saga meet in [`Orders::advance`], where only the first of them moves it.

use crate::{
    order::{Order, Progress, Reason, Status, Step},
    store::{Move, Orders},
};
use contracts::{
    payments::{
        ChargeRequest, ChargeStatus, GetChargeRequest, Payment, RefundRequest,
        payments_service_client::PaymentsServiceClient,
    },
    stock::{
        ConfirmRequest, ReleaseRequest, ReservationLine, ReserveRequest, stock_service_client::StockServiceClient,
    },
};
use service_kit::{
    call::Call,
    config::{ConfigError, Variables},
    failure::{Failure, Kind},
    outbound::Outbound,
    service::Stop,
};
use std::{sync::Arc, time::Duration};
use time::OffsetDateTime;
use tokio::sync::Notify;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// After so long without a step another process takes a saga up.
    pub lease: Duration,
    /// A charge that is not there after so long never comes: longer than payments waits for psp.
    pub settle: Duration,
    /// How often to look for sagas that nobody works on.
    pub look: Duration,
}

impl Times {
    /// As the variables beginning with `SAGA_` have it.
    pub fn from(variables: &Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            lease: variables.or("SAGA_LEASE", Duration::from_secs(5))?,
            settle: variables.or("SAGA_SETTLE", Duration::from_secs(10))?,
            look: variables.or("SAGA_LOOK_INTERVAL", Duration::from_millis(500))?,
        })
    }
}

/// Runs sagas.
pub struct Saga {
    /// Where they are written down.
    pub store: Arc<dyn Orders>,
    /// Who reserves.
    pub stock: Outbound,
    /// Who charges.
    pub payments: Outbound,
    /// Told of every event that was written.
    pub written: Arc<Notify>,
    /// How long things may take.
    pub times: Times,
}

/// What became of a charge.
enum Charge {
    Made(String),
    Declined,
    /// There is none, and none was begun.
    None,
}

impl Saga {
    /// From the beginning to the end, for an order that was just written down.
    pub async fn run(&self, order: &Order, payment_token: String) -> Result<Order, Failure> {
        if let Err(failure) = self.reserve(order).await {
            // Whether it was reserved or not: releasing is right either way.
            return match failure.kind {
                Kind::OutOfStock | Kind::Invalid => self.undo(order, Reason::OutOfStock, Key::Kept, failure).await,
                _ => self.undo(order, Reason::PaymentTooLate, Key::Freed, failure).await,
            };
        }
        if !self.store.advance(order, Move::Reserved, self.times.lease).await? {
            return self.what_became(order).await;
        }
        match self.charge(order, payment_token).await {
            Ok(Charge::Made(charge_id)) => self.charged(order, charge_id).await,
            Ok(Charge::Declined) => {
                self.undo(order, Reason::PaymentDeclined, Key::Kept, Reason::PaymentDeclined.failure()).await
            }
            Ok(Charge::None) => unreachable!("whoever charges is told what became of it"),
            // A refusal means that nothing was charged. The customer may come again with the same key.
            Err(failure) if failure.kind == Kind::Busy => {
                self.undo(order, Reason::PaymentTooLate, Key::Freed, failure).await
            }
            Err(failure) => self.uncertain(order, failure).await,
        }
    }

    /// Nobody knows whether the charge was made. If it can be seen already, the saga goes on; else it waits.
    async fn uncertain(&self, order: &Order, failure: Failure) -> Result<Order, Failure> {
        // The customer's deadline may be over; what was begun is finished all the same.
        let looked = Call::default().within(Duration::from_secs(1)).scope(self.look_up(order)).await;
        match looked {
            Ok(Charge::Made(charge_id)) => self.charged(order, charge_id).await,
            Ok(Charge::Declined) => {
                self.undo(order, Reason::PaymentDeclined, Key::Kept, Reason::PaymentDeclined.failure()).await
            }
            Ok(Charge::None) | Err(_) => {
                self.store.postpone(order, self.times.settle).await?;
                Err(failure)
            }
        }
    }

    /// Money was taken: the stock is taken too, and the order is confirmed with its event in one transaction.
    async fn charged(&self, order: &Order, charge_id: String) -> Result<Order, Failure> {
        let on_time = self.store.advance(order, Move::Charged(charge_id.clone()), self.times.lease).await?;
        if !on_time
            && self
                .store
                .get(order.order_id, order.customer_id)
                .await?
                .is_none_or(|now| now.status == Status::Cancelled)
        {
            // It was undone meanwhile, by somebody who did not see this charge.
            self.refund(order, &charge_id).await?;
            return self.what_became(order).await;
        }
        let reservation_id = order.order_id.to_string();
        let request = ConfirmRequest { reservation_id };
        let confirmed =
            beyond(self.stock.call("chandlery.stock.v1.StockService/Confirm", request, |channel, request| async {
                StockServiceClient::new(channel).confirm(request).await
            }));
        match confirmed.await {
            Ok(_) => {}
            // The reservation has run out and its stock is sold: the money goes back.
            Err(failure) if matches!(failure.kind, Kind::OutOfStock | Kind::NotFound) => {
                return self.undo(order, Reason::OutOfStock, Key::Kept, Reason::OutOfStock.failure()).await;
            }
            Err(failure) => return Err(failure),
        }
        let confirmed = Order { status: Status::Confirmed, ..order.clone() };
        if !self.store.advance(order, Move::Confirmed(confirmed.placed()), self.times.lease).await? {
            return self.what_became(order).await;
        }
        self.written.notify_one();
        Ok(confirmed)
    }

    /// Takes everything back, and fails with `failure`.
    async fn undo(&self, order: &Order, reason: Reason, key: Key, failure: Failure) -> Result<Order, Failure> {
        if !self.store.advance(order, Move::Undoing(reason), self.times.lease).await? {
            return self.what_became(order).await;
        }
        if let Err(cause) = self.take_back(order, reason, key).await {
            tracing::warn!(order = %order.order_id, %cause, "not undone yet; it is taken up again");
        }
        Err(failure)
    }

    async fn take_back(&self, order: &Order, reason: Reason, key: Key) -> Result<(), Failure> {
        let charge = if key == Key::Freed { Charge::None } else { beyond(self.look_up(order)).await? };
        if let Charge::Made(charge_id) = charge {
            self.refund(order, &charge_id).await?;
        }
        let request = ReleaseRequest { reservation_id: order.order_id.to_string() };
        let release = self.stock.call("chandlery.stock.v1.StockService/Release", request, |channel, request| async {
            StockServiceClient::new(channel).release(request).await
        });
        beyond(release).await?;
        let undone = Move::Undone { event: order.cancelled(reason), free_key: key == Key::Freed };
        self.store.advance(order, undone, self.times.lease).await?;
        self.written.notify_one();
        Ok(())
    }

    /// Somebody else has moved the order on.
    async fn what_became(&self, order: &Order) -> Result<Order, Failure> {
        match self.store.get(order.order_id, order.customer_id).await? {
            Some(now) if now.status == Status::Confirmed => Ok(now),
            Some(now) if now.status == Status::Pending => Err(Failure::new(Kind::InProgress, "it is still under way")),
            _ => Err(Reason::PaymentTooLate.failure()),
        }
    }

    /// Takes up sagas that nobody works on, until it is time to stop.
    pub async fn recover(self: Arc<Self>, mut stop: Stop) {
        while !stop.sleep(self.times.look).await {
            let due = match self.store.due(20, self.times.lease).await {
                Ok(due) => due,
                Err(failure) => {
                    tracing::warn!(%failure, "cannot look for sagas that nobody works on");
                    continue;
                }
            };
            let resumed = due.iter().map(|(order, progress)| self.take_up(order, progress));
            service_kit::join_all(resumed).await;
        }
    }

    async fn take_up(&self, order: &Order, progress: &Progress) {
        let result = Call::default().within(self.times.lease).scope(self.resume(order, progress)).await;
        tracing::info!(order = %order.order_id, step = progress.step.as_str(), ?result, "taken up");
    }

    async fn resume(&self, order: &Order, progress: &Progress) -> Result<(), Failure> {
        let reason = progress.reason.unwrap_or(Reason::PaymentTooLate);
        let settled = self.times.settle <= (OffsetDateTime::now_utc() - progress.updated_at).unsigned_abs();
        let went_back = || Reason::PaymentTooLate.failure();
        let result = match (progress.step, &progress.charge_id) {
            (Step::Confirmed | Step::Undone, _) => return Ok(()),
            // No charge was begun: a charge follows the step "reserved".
            (Step::Begun, _) => self.undo(order, reason, Key::Freed, went_back()).await,
            (Step::Charged, Some(charge_id)) => self.charged(order, charge_id.clone()).await,
            (Step::Undoing, _) => return self.take_back(order, reason, Key::Kept).await,
            (Step::Reserved | Step::Charged, _) => match self.look_up(order).await? {
                Charge::Made(charge_id) => self.charged(order, charge_id).await,
                Charge::Declined => self.undo(order, Reason::PaymentDeclined, Key::Kept, went_back()).await,
                Charge::None if settled => self.undo(order, reason, Key::Kept, went_back()).await,
                Charge::None => return self.store.postpone(order, self.times.settle).await,
            },
        };
        // That the order came to nothing is a result like others here.
        result.map(drop).or_else(|failure| if failure == went_back() { Ok(()) } else { Err(failure) })
    }

    async fn reserve(&self, order: &Order) -> Result<(), Failure> {
        let line =
            |line: &crate::order::Line| ReservationLine { sku: line.sku.clone(), quantity: line.quantity as u32 };
        let lines = order.lines.iter().map(line).collect();
        let request = ReserveRequest { order_id: order.order_id.to_string(), lines };
        let reserve = self.stock.call("chandlery.stock.v1.StockService/Reserve", request, |channel, request| async {
            StockServiceClient::new(channel).reserve(request).await
        });
        reserve.await.map(drop)
    }

    async fn charge(&self, order: &Order, payment_token: String) -> Result<Charge, Failure> {
        let request = ChargeRequest {
            idempotency_key: order.order_id.to_string(),
            order_id: order.order_id.to_string(),
            amount_cents: order.total_cents,
            currency: order.currency.clone(),
            payment_token,
        };
        let charge =
            self.payments.call("chandlery.payments.v1.PaymentsService/Charge", request, |channel, request| async {
                PaymentsServiceClient::new(channel).charge(request).await
            });
        Ok(charge_of(charge.await?.payment))
    }

    async fn look_up(&self, order: &Order) -> Result<Charge, Failure> {
        let request = GetChargeRequest { idempotency_key: order.order_id.to_string() };
        let method = "chandlery.payments.v1.PaymentsService/GetCharge";
        let found = self.payments.call(method, request, |channel, request| async {
            PaymentsServiceClient::new(channel).get_charge(request).await
        });
        match found.await {
            Ok(found) => Ok(charge_of(found.payment)),
            Err(failure) if failure.kind == Kind::NotFound => Ok(Charge::None),
            Err(failure) => Err(failure),
        }
    }

    async fn refund(&self, order: &Order, charge_id: &str) -> Result<(), Failure> {
        let idempotency_key = format!("refund-{}", order.order_id);
        let request = RefundRequest { idempotency_key, charge_id: charge_id.to_owned() };
        let refund =
            self.payments.call("chandlery.payments.v1.PaymentsService/Refund", request, |channel, request| async {
                PaymentsServiceClient::new(channel).refund(request).await
            });
        beyond(refund).await.map(drop)
    }
}

/// Whether the customer may use the key of an undone order again. Freed only where nothing can have been charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Kept,
    Freed,
}

fn charge_of(payment: Option<Payment>) -> Charge {
    match payment {
        Some(payment) if payment.status() == ChargeStatus::Succeeded => Charge::Made(payment.charge_id),
        // A refund is the end of a charge: nothing is left to take back.
        _ => Charge::Declined,
    }
}

/// Runs a step that has to be taken whether the customer still waits or not.
async fn beyond<T>(step: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    Call::default().within(Duration::from_secs(2)).scope(step).await
}
