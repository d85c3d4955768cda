//! Reads the books: past the services, from the stores themselves and from what the stand-ins wrote down.

use std::collections::BTreeMap;
use std::error::Error as _;

use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind, KeyValueError};
use async_nats::jetstream::{self, ErrorCode};
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};

use super::books::{Books, Charge, Event, Mail, Picking};
use crate::shop::{Mode, Shop};

/// Why the books could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A database.
    #[error("the database of {schema} cannot be read")]
    Database {
        /// Whose.
        schema: &'static str,
        /// Why not.
        #[source]
        cause: sqlx::Error,
    },
    /// A row that is no row of ours.
    #[error("a row of {table} is not as the migrations have it")]
    Row {
        /// Of which table.
        table: &'static str,
        /// What is wrong.
        #[source]
        cause: serde_json::Error,
    },
    /// The event log.
    #[error("the inbox of fulfil cannot be read")]
    Inbox {
        /// Why not.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stand-in, or the shop's control.
    #[error("{url} cannot be read")]
    Http {
        /// Which.
        url: String,
        /// Why not.
        #[source]
        cause: reqwest::Error,
    },
    /// An address that the shop's state should name.
    #[error("the shop's state names no {what}")]
    NoAddress {
        /// Of what.
        what: &'static str,
    },
}

/// Everything that was written down anywhere.
///
/// # Errors
/// [`ReadError`], where a part of it cannot be read: half of the books would prove nothing.
pub async fn read(shop: &Shop) -> Result<Books, ReadError> {
    let charges = get::<Vec<Charge>>(format!("{}/stand-in/charges", shop.state.psp)).await?;
    let mails = get::<Vec<Mail>>(format!("{}/stand-in/messages", shop.state.mailer)).await?;
    Ok(match shop.state.mode {
        Mode::Embedded => {
            let kept = get::<Embedded>(format!("{}/books", shop.state.control)).await?;
            let outbox = told(&kept.waiting, &kept.books.picking, &mails);
            Books { charges, mails, outbox, ..kept.books }
        }
        Mode::Real => Books { charges, mails, ..from_stores(shop).await? },
    })
}

/// What the shop in one process keeps.
#[derive(Deserialize)]
struct Embedded {
    #[serde(flatten)]
    books: Books,
    /// The ids of the events that are not relayed yet. Relayed ones are dropped.
    waiting: Vec<String>,
}

/// The events that somebody was told of, for a shop that drops what it has relayed: from the mails, whose template says
/// what they tell, and from the picking lists. One of which neither knows is missed, and the order's mail with it.
fn told(waiting: &[String], picking: &[Picking], mails: &[Mail]) -> Vec<Event> {
    let event = |event_id: &str, topic: &str, subject: &str, relayed| Event {
        event_id: event_id.to_owned(),
        topic: topic.to_owned(),
        subject: subject.to_owned(),
        relayed,
    };
    let mut events: BTreeMap<&str, Event> = BTreeMap::new();
    for list in picking {
        let topic = if list.withdrawn { "orders.cancelled" } else { "orders.placed" };
        events.extend(list.events.iter().map(|id| (id.as_str(), event(id, topic, &list.order_id, true))));
    }
    for mail in mails {
        let topic = mail.template.replacen("order-", "orders.", 1);
        events.insert(&mail.idempotency_key, event(&mail.idempotency_key, &topic, &mail.order_id, true));
    }
    events.extend(waiting.iter().map(|id| (id.as_str(), event(id, "", "", false))));
    events.into_values().collect()
}

async fn get<T: DeserializeOwned>(url: String) -> Result<T, ReadError> {
    let got = async { reqwest::get(&url).await?.error_for_status()?.json().await };
    got.await.map_err(|cause| ReadError::Http { url, cause })
}

async fn from_stores(shop: &Shop) -> Result<Books, ReadError> {
    let mut orders = connect(shop, "orders").await?;
    let mut stock = connect(shop, "stock").await?;
    let books = Books {
        orders: rows(
            &mut orders,
            "orders.orders",
            "SELECT row_to_json(r) FROM (SELECT o.order_id, o.customer_id, o.status, o.total_cents, s.charge_id, s.step \
             FROM orders.orders o LEFT JOIN orders.sagas s USING (order_id)) r",
        )
        .await?,
        lines: rows(
            &mut orders,
            "orders.order_lines",
            "SELECT row_to_json(r) FROM (SELECT order_id, sku, quantity, unit_price_cents FROM orders.order_lines) r",
        )
        .await?,
        outbox: rows(
            &mut orders,
            "orders.outbox",
            "SELECT row_to_json(r) FROM (SELECT event_id, topic, subject, relayed_at IS NOT NULL AS relayed \
             FROM orders.outbox ORDER BY position) r",
        )
        .await?,
        levels: rows(
            &mut stock,
            "stock.levels",
            "SELECT row_to_json(r) FROM (SELECT sku, on_hand, reserved FROM stock.levels) r",
        )
        .await?,
        reservations: rows(
            &mut stock,
            "stock.reservations",
            "SELECT row_to_json(r) FROM (SELECT reservation_id, order_id, status FROM stock.reservations) r",
        )
        .await?,
        reservation_lines: rows(
            &mut stock,
            "stock.reservation_lines",
            "SELECT row_to_json(r) FROM (SELECT reservation_id, sku, quantity FROM stock.reservation_lines) r",
        )
        .await?,
        picking: picking(shop).await?,
        ..Books::default()
    };
    Ok(books)
}

async fn connect(shop: &Shop, schema: &'static str) -> Result<PgConnection, ReadError> {
    let url = shop.state.databases.get(schema).ok_or(ReadError::NoAddress { what: "database of orders or stock" })?;
    PgConnection::connect(url).await.map_err(|cause| ReadError::Database { schema, cause })
}

/// The rows of a query that gives one JSON object each.
async fn rows<T: DeserializeOwned>(
    connection: &mut PgConnection,
    table: &'static str,
    query: &'static str,
) -> Result<Vec<T>, ReadError> {
    let rows = sqlx::query(query).fetch_all(connection).await;
    let rows = rows.map_err(|cause| ReadError::Database { schema: table, cause })?;
    let row = |row: &sqlx::postgres::PgRow| {
        let object: serde_json::Value = row.get(0);
        serde_json::from_value(object).map_err(|cause| ReadError::Row { table, cause })
    };
    rows.iter().map(row).collect()
}

/// What fulfil has handled: in its bucket, key = order, value = its picking list.
async fn picking(shop: &Shop) -> Result<Vec<Picking>, ReadError> {
    let url = shop.state.nats.as_deref().ok_or(ReadError::NoAddress { what: "event log" })?;
    let bucket = shop.state.buckets.get("fulfil").ok_or(ReadError::NoAddress { what: "inbox of fulfil" })?;
    let read = async {
        let client = async_nats::connect(url).await?;
        let bucket = match jetstream::new(client).get_key_value(bucket).await {
            Ok(bucket) => bucket,
            // fulfil makes it at its first event. One that was lost is found all the same: events without an effect.
            Err(error) if is_not_there(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let keys: Vec<String> = bucket.keys().await?.try_collect().await?;
        let mut lists = Vec::with_capacity(keys.len());
        // As many at once as a round trip is long: one after the other, ten thousand lists take seconds.
        let mut values = futures::stream::iter(keys).map(|key| bucket.get(key)).buffer_unordered(64);
        while let Some(value) = values.next().await {
            if let Some(value) = value? {
                lists.push(serde_json::from_slice(&value)?);
            }
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(lists)
    };
    read.await.map_err(|cause| ReadError::Inbox { cause })
}

/// Whether there is no stream where a bucket was looked for.
fn is_not_there(error: &KeyValueError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<GetStreamError>());
    let kind = cause.map(GetStreamError::kind);
    matches!(kind, Some(GetStreamErrorKind::JetStream(error)) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}
