//! The books of the shop: everything that was written down anywhere, side by side.
//!
//! Not here: where it is read from (`read`), what must hold (`invariants`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// All of it, read at one moment at which nothing was under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Books {
    /// `orders.orders`, with the step of each one's saga.
    pub orders: Vec<Order>,
    /// `orders.order_lines`
    pub lines: Vec<Line>,
    /// `stock.levels`
    pub levels: Vec<Level>,
    /// `stock.reservations`
    pub reservations: Vec<Reservation>,
    /// `stock.reservation_lines`
    pub reservation_lines: Vec<ReservationLine>,
    /// `orders.outbox`
    pub outbox: Vec<Event>,
    /// The bucket `fulfil-inbox`.
    pub picking: Vec<Picking>,
    /// What the payment provider did, by its own account.
    pub charges: Vec<Charge>,
    /// What the mailer sent, by its own account.
    pub mails: Vec<Mail>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub order_id: String,
    /// Whose.
    pub customer_id: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// What it costs.
    pub total_cents: i64,
    /// The provider's id of the charge, where one is known.
    pub charge_id: Option<String>,
    /// How far its saga has come.
    pub step: Step,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Begun.
    Pending,
    /// Paid, its stock taken.
    Confirmed,
    /// Undone.
    Cancelled,
}

/// How far a saga has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing is sure yet.
    Begun,
    /// Stock is held.
    Reserved,
    /// Money is taken.
    Charged,
    /// Done.
    Confirmed,
    /// On its way back.
    Undoing,
    /// All the way back.
    Undone,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Of which order.
    pub order_id: String,
    /// Of what.
    pub sku: String,
    /// So many.
    pub quantity: i64,
    /// For so much each.
    pub unit_price_cents: i64,
}

/// How many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Of what.
    pub sku: String,
    /// In the store room.
    pub on_hand: i64,
    /// Of those, promised to somebody.
    pub reserved: i64,
}

/// A reservation of stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Its id.
    pub reservation_id: String,
    /// For which order.
    pub order_id: String,
    /// Where it stands.
    pub status: ReservationStatus,
}

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReservationStatus {
    /// Counted in `reserved`.
    Held,
    /// Gone from `on_hand`.
    Taken,
    /// Given back.
    Released,
}

/// A line of a reservation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationLine {
    /// Of which reservation.
    pub reservation_id: String,
    /// Of what.
    pub sku: String,
    /// So many.
    pub quantity: i64,
}

/// An event that was written with what it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub event_id: String,
    /// `orders.placed` or `orders.cancelled`.
    pub topic: String,
    /// The order.
    pub subject: String,
    /// Whether the log has it.
    pub relayed: bool,
}

/// A picking list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picking {
    /// For which order.
    pub order_id: String,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub withdrawn: bool,
    /// The events that made it so, each once.
    pub events: Vec<String>,
}

/// A charge, by the provider's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The provider's id.
    pub charge_id: String,
    /// For which order.
    pub order_id: String,
    /// How much.
    pub amount_cents: i64,
    /// Where it stands.
    pub status: ChargeStatus,
}

/// Where a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    /// The money was taken.
    Succeeded,
    /// It was not.
    Declined,
    /// It was given back.
    Refunded,
}

/// A mail that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The event that it was sent for.
    pub idempotency_key: String,
    /// Of which order it speaks.
    pub order_id: String,
    /// Which text.
    pub template: String,
}

impl Books {
    /// What is new since `before`: the orders that were not there then, with all that belongs to them. Levels stay whole.
    ///
    /// A shop that was there before the load may have a past that nobody can account for any more: stand-ins begin with
    /// empty books each time, databases do not.
    pub fn since(&self, before: &Self) -> Self {
        let old: BTreeSet<&str> = before.orders.iter().map(|order| order.order_id.as_str()).collect();
        let is_new = |order_id: &str| !old.contains(order_id);
        let mut new = self.clone();
        new.orders.retain(|order| is_new(&order.order_id));
        new.lines.retain(|line| is_new(&line.order_id));
        new.reservations.retain(|reservation| is_new(&reservation.order_id));
        new.outbox.retain(|event| is_new(&event.subject));
        new.picking.retain(|list| is_new(&list.order_id));
        new.charges.retain(|charge| is_new(&charge.order_id));
        new.mails.retain(|mail| is_new(&mail.order_id));
        new
    }

    /// Whether something is still under way: a saga between its ends, an event that is not relayed or not handled.
    pub fn under_way(&self) -> Option<String> {
        let open = self.orders.iter().filter(|order| !matches!(order.step, Step::Confirmed | Step::Undone)).count();
        if 0 < open {
            return Some(format!("{open} sagas"));
        }
        let waiting = self.outbox.iter().filter(|event| !event.relayed).count();
        if 0 < waiting {
            return Some(format!("{waiting} events in the outbox"));
        }
        let mailed = by(&self.mails, |mail| &mail.idempotency_key);
        let unsent = self.outbox.iter().filter(|event| !mailed.contains_key(event.event_id.as_str())).count();
        if 0 < unsent {
            return Some(format!("{unsent} mails"));
        }
        let handled: usize = self.picking.iter().map(|list| list.events.len()).sum();
        (handled < self.outbox.len()).then(|| format!("{} events for fulfil", self.outbox.len() - handled))
    }
}

/// The rows by what they have in common, in order of it.
pub(super) fn by<'a, T>(rows: &'a [T], key: impl Fn(&'a T) -> &'a String) -> BTreeMap<&'a str, Vec<&'a T>> {
    let mut groups: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}
