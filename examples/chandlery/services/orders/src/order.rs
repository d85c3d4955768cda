//! What an order is, how far its saga has come, and what is told of it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use service_kit::{
    event::Event,
    failure::{Failure, Kind},
    outbox::Outgoing,
};
use std::str::FromStr;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// So many of one product, at the price that was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Stock keeping unit.
    pub sku: String,
    /// How many.
    pub quantity: i32,
    /// What one costs.
    pub unit_price_cents: i64,
}

/// What was bought, by whom, for how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Order {
    pub order_id: Uuid,
    pub customer_id: Uuid,
    pub basket_id: Uuid,
    pub lines: Vec<Line>,
    pub total_cents: i64,
    pub currency: String,
    pub status: Status,
    pub placed_at: OffsetDateTime,
}

/// Gives an enum's cases the texts that the database knows them by.
macro_rules! texts {
    ($name:ident { $($case:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// As the database and the events have it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$case => $text),* }
            }
        }
        impl FromStr for $name {
            type Err = Failure;
            fn from_str(text: &str) -> Result<Self, Failure> {
                match text {
                    $($text => Ok(Self::$case),)*
                    _ => Err(Failure::new(Kind::Internal, format!("{text} is no {}", stringify!($name)))),
                }
            }
        }
    };
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Pending,
    Confirmed,
    Cancelled,
}
texts!(Status { Pending = "pending", Confirmed = "confirmed", Cancelled = "cancelled" });

/// How far a saga has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Written down; nothing was charged.
    Begun,
    /// Stock is reserved; a charge may be under way.
    Reserved,
    /// Money was taken: from here it goes forward, or the money goes back.
    Charged,
    /// Done.
    Confirmed,
    /// It goes back: stock and money.
    Undoing,
    /// Undone.
    Undone,
}
texts!(Step {
    Begun = "begun",
    Reserved = "reserved",
    Charged = "charged",
    Confirmed = "confirmed",
    Undoing = "undoing",
    Undone = "undone",
});

/// Why an order is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Reason {
    PaymentDeclined,
    PaymentTooLate,
    OutOfStock,
}
texts!(Reason {
    PaymentDeclined = "payment_declined",
    PaymentTooLate = "payment_too_late",
    OutOfStock = "out_of_stock",
});

impl Reason {
    /// What the customer is told.
    pub fn failure(self) -> Failure {
        match self {
            Self::PaymentDeclined => Failure::new(Kind::Declined, "the card was declined; nothing was taken"),
            Self::OutOfStock => Failure::new(Kind::OutOfStock, "a line is out of stock; nothing was taken"),
            Self::PaymentTooLate => Failure::new(Kind::Busy, "it could not be paid in time; what was taken went back"),
        }
    }
}

/// A saga that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How far it has come.
    pub step: Step,
    /// Why it goes back, if it does.
    pub reason: Option<Reason>,
    /// The charge, if there is one.
    pub charge_id: Option<String>,
    /// When it came so far.
    pub updated_at: OffsetDateTime,
}

/// A kind of event and the topic that it goes to.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Where it goes.
    pub topic: &'static str,
    /// Its CloudEvents type.
    pub kind: &'static str,
}

/// An order was placed and paid.
pub const PLACED: Told = Told { topic: "orders.placed", kind: "com.chandlery.orders.placed.v1" };
/// An order was undone.
pub const CANCELLED: Told = Told { topic: "orders.cancelled", kind: "com.chandlery.orders.cancelled.v1" };
/// Who says so.
pub const SOURCE: &str = "/chandlery/orders";

impl Order {
    /// The event of its being placed.
    pub fn placed(&self) -> Outgoing {
        let lines: Vec<_> =
            self.lines.iter().map(|line| json!({ "sku": line.sku, "quantity": line.quantity })).collect();
        self.tell(
            PLACED,
            json!({
                "order_id": self.order_id,
                "customer_id": self.customer_id,
                "lines": lines,
                "total_cents": self.total_cents,
                "currency": self.currency,
                "placed_at": rfc3339(self.placed_at),
            }),
        )
    }

    /// The event of its being undone.
    pub fn cancelled(&self, reason: Reason) -> Outgoing {
        self.tell(
            CANCELLED,
            json!({
                "order_id": self.order_id,
                "customer_id": self.customer_id,
                "reason": reason.as_str(),
                "cancelled_at": rfc3339(OffsetDateTime::now_utc()),
            }),
        )
    }

    fn tell(&self, told: Told, data: serde_json::Value) -> Outgoing {
        Outgoing { topic: told.topic.to_owned(), event: Event::now(SOURCE, told.kind, self.order_id, data) }
    }
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).expect("every moment of a clock can be written")
}
