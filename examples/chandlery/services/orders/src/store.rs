//! Where orders are kept: each with its saga, its key and its events, changed together or not at all.

use crate::order::{Order, Progress, Reason};
use async_trait::async_trait;
use service_kit::{
    failure::Failure,
    outbox::{Outbox, Outgoing},
};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

pub mod memory;
pub mod postgres;

/// For how long a key is remembered.
pub const KEYS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// A step of a saga, with what becomes true by it.
#[derive(Clone, Debug)]
pub enum Move {
    /// From begun: stock is reserved.
    Reserved,
    /// From begun or reserved: money was taken.
    Charged(String),
    /// From charged: the order is confirmed, and this is told.
    Confirmed(Outgoing),
    /// From any but the ends: it goes back.
    Undoing(Reason),
    /// From undoing: the order is cancelled, and this is told.
    Undone {
        /// What is told.
        event: Outgoing,
        /// Whether the key may be used for another order.
        free_key: bool,
    },
}

/// What a customer asked for under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The customer's own key.
    pub key: String,
    /// SHA-256 of what was asked for.
    pub fingerprint: [u8; 32],
}

/// An order as it stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// SHA-256 of what was asked for.
    pub fingerprint: [u8; 32],
    /// Why it was undone, if it was.
    pub reason: Option<Reason>,
}

/// Where a page begins: after this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// When it was placed.
    pub placed_at: OffsetDateTime,
    /// Which.
    pub order_id: Uuid,
}

/// A store of orders.
#[async_trait]
pub trait Orders: Outbox {
    /// What stands under a customer's key.
    async fn by_key(&self, customer_id: Uuid, key: &str) -> Result<Option<Placed>, Failure>;

    /// Writes a new order down with its key and its saga. `false` where the key is taken.
    async fn begin(&self, order: &Order, request: &Request, lease: Duration) -> Result<bool, Failure>;

    /// Moves a saga a step on. `false` where it does not stand where the move begins: somebody else has moved it.
    async fn advance(&self, order: &Order, to: Move, lease: Duration) -> Result<bool, Failure>;

    /// Nobody takes the saga up before so long.
    async fn postpone(&self, order: &Order, by: Duration) -> Result<(), Failure>;

    /// Sagas that nobody works on, at most `most`, each lent out to one caller for `lease`.
    async fn due(&self, most: i64, lease: Duration) -> Result<Vec<(Order, Progress)>, Failure>;

    /// One order of a customer.
    async fn get(&self, order_id: Uuid, customer_id: Uuid) -> Result<Option<Order>, Failure>;

    /// A customer's orders, newest first.
    async fn list(&self, customer_id: Uuid, after: Option<After>, most: i64) -> Result<Vec<Order>, Failure>;

    /// Whether the store answers.
    async fn answers(&self) -> bool;
}

/// What every store of orders must do. Nobody else may be at it.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, clippy::unwrap_used, reason = "a test")]
pub async fn check_contract(store: &dyn Orders) {
    use crate::order::{Line, Status, Step};
    use std::sync::Mutex;
    let customer_id = Uuid::new_v4();
    let order = |number: i64| Order {
        order_id: Uuid::now_v7(),
        customer_id,
        basket_id: Uuid::nil(),
        lines: vec![Line { sku: "ROPE-12-POLY".into(), quantity: 2, unit_price_cents: 245 }],
        total_cents: 490,
        currency: "EUR".into(),
        status: Status::Pending,
        placed_at: OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + number as u64),
    };
    let request = |key: &str| Request { key: format!("{key}-{customer_id}"), fingerprint: [7; 32] };
    let (now, later) = (Duration::ZERO, Duration::from_secs(60));
    let status = async |order: &Order| store.get(order.order_id, customer_id).await.unwrap().map(|order| order.status);

    // A key stands for one order.
    let (first, second) = (order(1), order(2));
    assert_eq!(store.by_key(customer_id, &request("one").key).await.unwrap(), None);
    assert!(store.begin(&first, &request("one"), later).await.unwrap());
    assert!(!store.begin(&second, &request("one"), later).await.unwrap(), "the key is taken");
    let placed = store.by_key(customer_id, &request("one").key).await.unwrap().unwrap();
    assert_eq!(placed, Placed { order: first.clone(), fingerprint: [7; 32], reason: None });
    assert_eq!(store.by_key(Uuid::new_v4(), &request("one").key).await.unwrap(), None, "another customer's");
    assert_eq!(store.get(first.order_id, Uuid::new_v4()).await.unwrap(), None, "another customer's");
    assert_eq!(status(&second).await, None, "an order without a key was not begun");

    // A saga moves along its steps, each once, and its events with it.
    let move_on = async |order: &Order, to: Move| store.advance(order, to, later).await.unwrap();
    assert!(!move_on(&first, Move::Confirmed(first.placed())).await, "it was not charged");
    assert!(move_on(&first, Move::Reserved).await && !move_on(&first, Move::Reserved).await);
    assert!(move_on(&first, Move::Charged("ch_1".into())).await);
    assert!(move_on(&first, Move::Confirmed(first.placed())).await);
    assert!(!move_on(&first, Move::Undoing(Reason::OutOfStock)).await, "confirmed is confirmed");
    assert_eq!(status(&first).await, Some(Status::Confirmed));

    // One that is undone frees its key on request, and remembers why otherwise.
    for (key, free_key) in [("freed", true), ("kept", false)] {
        let undone = order(3);
        assert!(store.begin(&undone, &request(key), later).await.unwrap());
        assert!(!move_on(&undone, Move::Undone { event: undone.cancelled(Reason::OutOfStock), free_key }).await);
        assert!(move_on(&undone, Move::Undoing(Reason::OutOfStock)).await);
        assert!(move_on(&undone, Move::Undone { event: undone.cancelled(Reason::OutOfStock), free_key }).await);
        assert_eq!(status(&undone).await, Some(Status::Cancelled));
        let reason = store.by_key(customer_id, &request(key).key).await.unwrap().map(|placed| placed.reason);
        assert_eq!(reason, (!free_key).then_some(Some(Reason::OutOfStock)));
    }

    // What nobody works on is lent out, to one at a time.
    let due = order(4);
    assert!(store.begin(&due, &request("due"), now).await.unwrap());
    let lent = store.due(10, later).await.unwrap();
    let mine = lent.iter().find(|(order, _)| *order == due).map(|(_, progress)| (progress.step, progress.reason));
    assert_eq!(mine, Some((Step::Begun, None)));
    assert!(!store.due(10, later).await.unwrap().iter().any(|(order, _)| *order == due), "it is lent out");
    store.postpone(&due, now).await.unwrap();
    assert!(store.due(10, later).await.unwrap().iter().any(|(order, _)| *order == due));

    // Newest first, page by page.
    let all = store.list(customer_id, None, 10).await.unwrap();
    let ages: Vec<OffsetDateTime> = all.iter().map(|order| order.placed_at).collect();
    assert!(all.len() == 4 && ages.is_sorted_by(|newer, older| older <= newer), "{ages:?}");
    let after = After { placed_at: all[0].placed_at, order_id: all[0].order_id };
    assert_eq!(store.list(customer_id, Some(after), 2).await.unwrap(), all[1..3]);

    // Events go out in order, and what failed stays.
    let sent = Mutex::new(Vec::new());
    let refuse = |_: Vec<Outgoing>| -> futures_box::Sent<'_> { Box::pin(async { Vec::new() }) };
    let accept = |batch: Vec<Outgoing>| -> futures_box::Sent<'_> {
        let ids = batch.iter().map(|outgoing| outgoing.event.id).collect();
        sent.lock().unwrap().extend(batch);
        Box::pin(std::future::ready(ids))
    };
    assert_eq!(store.relay(100, &refuse).await.unwrap(), 0);
    assert_eq!(store.relay(100, &accept).await.unwrap(), 3);
    assert_eq!(store.relay(100, &accept).await.unwrap(), 0, "each once");
    let topics: Vec<String> = sent.lock().unwrap().iter().map(|outgoing| outgoing.topic.clone()).collect();
    assert_eq!(topics, ["orders.placed", "orders.cancelled", "orders.cancelled"]);
    store.forget(later).await.unwrap();
}

#[cfg(any(test, feature = "contract-tests"))]
mod futures_box {
    use std::{future::Future, pin::Pin};
    pub(super) type Sent<'a> = Pin<Box<dyn Future<Output = Vec<uuid::Uuid>> + Send + 'a>>;
}
