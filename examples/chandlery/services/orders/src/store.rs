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
