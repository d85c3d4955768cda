//! Orders in PostgreSQL, as `db/migrations/orders` has them.
//!
//! Read committed is enough: whatever two writers could meet in is one row, which a condition in the statement or a
//! unique index decides.

use super::{After, Move, Orders, Placed, Request};
use crate::order::{Line, Order, Progress};
use async_trait::async_trait;
use service_kit::{
    event::Event,
    failure::{Failure, Kind},
    outbox::{Outbox, Outgoing, Send},
    postgres::Postgres,
};
use sqlx::{FromRow as _, PgConnection, Row as _, postgres::PgRow, types::Json};
use std::time::Duration;
use uuid::Uuid;

/// Orders in PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresOrders {
    database: Postgres,
}

impl PostgresOrders {
    /// In a database whose migrations have run.
    pub fn new(database: Postgres) -> Self {
        Self { database }
    }
}

/// An order with its lines in one row.
const ORDER: &str = "SELECT o.order_id, o.customer_id, o.basket_id, o.status, o.total_cents, o.currency, o.placed_at,
    (SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'quantity', l.quantity, 'unit_price_cents', l.unit_price_cents)
                      ORDER BY l.line_number)
     FROM order_lines l WHERE l.order_id = o.order_id) AS lines";

struct OrderRow(Order);

impl sqlx::FromRow<'_, PgRow> for OrderRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let status: String = row.try_get("status")?;
        Ok(Self(Order {
            order_id: row.try_get("order_id")?,
            customer_id: row.try_get("customer_id")?,
            basket_id: row.try_get("basket_id")?,
            lines: row.try_get::<Json<Vec<Line>>, _>("lines")?.0,
            total_cents: row.try_get("total_cents")?,
            currency: row.try_get("currency")?,
            status: status.parse().map_err(|failure: Failure| sqlx::Error::Decode(failure.into()))?,
            placed_at: row.try_get("placed_at")?,
        }))
    }
}

fn order(row: &PgRow) -> Result<Order, Failure> {
    Ok(OrderRow::from_row(row)?.0)
}

#[async_trait]
impl Orders for PostgresOrders {
    async fn by_key(&self, customer_id: Uuid, key: &str) -> Result<Option<Placed>, Failure> {
        let find = async {
            let text = format!(
                "{ORDER}, k.fingerprint, s.reason FROM idempotency_keys k JOIN orders o USING (order_id)
                 JOIN sagas s USING (order_id)
                 WHERE k.customer_id = $1 AND k.idempotency_key = $2 AND now() - interval '24 hours' < k.created_at"
            );
            let row = sqlx::query(&text).bind(customer_id).bind(key).fetch_optional(self.database.pool()).await?;
            let Some(row) = row else { return Ok(None) };
            let fingerprint: Vec<u8> = row.try_get("fingerprint")?;
            let wrong = |_| Failure::new(Kind::Internal, "a fingerprint has 32 bytes");
            let reason = row.try_get::<Option<String>, _>("reason")?.map(|reason| reason.parse()).transpose()?;
            Ok(Some(Placed { order: order(&row)?, fingerprint: fingerprint.try_into().map_err(wrong)?, reason }))
        };
        self.database.run("SELECT idempotency_keys", find).await
    }

    async fn begin(&self, order: &Order, request: &Request, lease: Duration) -> Result<bool, Failure> {
        let begin = async {
            let mut transaction = self.database.pool().begin().await?;
            insert_order(&mut transaction, order).await?;
            // A key that has had its day gives way; one that is taken stays, and this order is not begun.
            let key = sqlx::query(
                "INSERT INTO idempotency_keys AS k (customer_id, idempotency_key, fingerprint, order_id)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (customer_id, idempotency_key) DO UPDATE
                 SET fingerprint = excluded.fingerprint, order_id = excluded.order_id, created_at = now()
                 WHERE k.created_at <= now() - interval '24 hours'",
            );
            let key =
                key.bind(order.customer_id).bind(&request.key).bind(&request.fingerprint[..]).bind(order.order_id);
            if key.execute(&mut *transaction).await?.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            sqlx::query("INSERT INTO sagas (order_id, step, next_attempt_at) VALUES ($1, 'begun', now() + $2)")
                .bind(order.order_id)
                .bind(lease)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(true)
        };
        self.database.run("INSERT orders", begin).await
    }

    async fn advance(&self, order: &Order, to: Move, lease: Duration) -> Result<bool, Failure> {
        let (from, step, status): (&[&str], _, _) = match &to {
            Move::Reserved => (&["begun"], "reserved", None),
            Move::Charged(_) => (&["begun", "reserved"], "charged", None),
            Move::Confirmed(_) => (&["charged"], "confirmed", Some("confirmed")),
            Move::Undoing(_) => (&["begun", "reserved", "charged"], "undoing", None),
            Move::Undone { .. } => (&["undoing"], "undone", Some("cancelled")),
        };
        let charge_id = if let Move::Charged(charge_id) = &to { Some(charge_id) } else { None };
        let reason = if let Move::Undoing(reason) = &to { Some(reason.as_str()) } else { None };
        let advance = async {
            let mut transaction = self.database.pool().begin().await?;
            let moved = sqlx::query(
                "UPDATE sagas SET step = $2, charge_id = coalesce($3, charge_id), reason = coalesce($4, reason),
                 reservation_id = order_id, next_attempt_at = now() + $5, updated_at = now()
                 WHERE order_id = $1 AND step = ANY($6)",
            );
            let moved = moved.bind(order.order_id).bind(step).bind(charge_id).bind(reason).bind(lease).bind(from);
            if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(false);
            }
            if let Some(status) = status {
                let set = sqlx::query("UPDATE orders SET status = $2, updated_at = now() WHERE order_id = $1");
                set.bind(order.order_id).bind(status).execute(&mut *transaction).await?;
            }
            if let Move::Undone { free_key: true, .. } = to {
                let free = sqlx::query("DELETE FROM idempotency_keys WHERE order_id = $1");
                free.bind(order.order_id).execute(&mut *transaction).await?;
            }
            if let Move::Confirmed(event) | Move::Undone { event, .. } = &to {
                insert_event(&mut transaction, event).await?;
            }
            transaction.commit().await?;
            Ok(true)
        };
        self.database.run("UPDATE sagas", advance).await
    }

    async fn postpone(&self, order: &Order, by: Duration) -> Result<(), Failure> {
        let postpone = async {
            let set = sqlx::query("UPDATE sagas SET next_attempt_at = now() + $2 WHERE order_id = $1");
            set.bind(order.order_id).bind(by).execute(self.database.pool()).await?;
            Ok(())
        };
        self.database.run("UPDATE sagas", postpone).await
    }

    async fn due(&self, most: i64, lease: Duration) -> Result<Vec<(Order, Progress)>, Failure> {
        let due = async {
            let text = format!(
                "WITH lent AS (
                     UPDATE sagas SET next_attempt_at = now() + $2, attempts = attempts + 1 WHERE order_id IN (
                         SELECT order_id FROM sagas WHERE step NOT IN ('confirmed', 'undone') AND next_attempt_at <= now()
                         ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
                     RETURNING order_id, step, charge_id, reason, updated_at)
                 {ORDER}, s.step, s.charge_id, s.reason, s.updated_at FROM lent s JOIN orders o USING (order_id)"
            );
            let rows = sqlx::query(&text).bind(most).bind(lease).fetch_all(self.database.pool()).await?;
            let progress = |row: &PgRow| {
                let reason = row.try_get::<Option<String>, _>("reason")?.map(|reason| reason.parse()).transpose()?;
                let step = row.try_get::<String, _>("step")?.parse()?;
                let (charge_id, updated_at) = (row.try_get("charge_id")?, row.try_get("updated_at")?);
                Ok((order(row)?, Progress { step, reason, charge_id, updated_at }))
            };
            rows.iter().map(progress).collect()
        };
        due.await
    }

    async fn get(&self, order_id: Uuid, customer_id: Uuid) -> Result<Option<Order>, Failure> {
        let get = async {
            let text = format!("{ORDER} FROM orders o WHERE o.order_id = $1 AND o.customer_id = $2");
            let row = sqlx::query(&text).bind(order_id).bind(customer_id).fetch_optional(self.database.pool()).await?;
            row.as_ref().map(order).transpose()
        };
        self.database.run("SELECT orders", get).await
    }

    async fn list(&self, customer_id: Uuid, after: Option<After>, most: i64) -> Result<Vec<Order>, Failure> {
        let list = async {
            // By the index from the first row that can be meant: the page costs its own length, wherever it lies.
            let text = format!(
                "{ORDER} FROM orders o WHERE o.customer_id = $1
                 AND ($2::timestamptz IS NULL OR o.placed_at <= $2 AND (o.placed_at < $2 OR $3 < o.order_id))
                 ORDER BY o.placed_at DESC, o.order_id LIMIT $4"
            );
            let (placed_at, order_id) = (after.map(|after| after.placed_at), after.map(|after| after.order_id));
            let list = sqlx::query(&text).bind(customer_id).bind(placed_at).bind(order_id).bind(most);
            list.fetch_all(self.database.pool()).await?.iter().map(order).collect()
        };
        self.database.run("SELECT orders", list).await
    }

    async fn answers(&self) -> bool {
        sqlx::query("SELECT 1").execute(self.database.pool()).await.is_ok()
    }
}

async fn insert_order(connection: &mut PgConnection, order: &Order) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO orders (order_id, customer_id, basket_id, status, total_cents, currency, placed_at)
         VALUES ($1, $2, $3, 'pending', $4, $5, $6)",
    )
    .bind(order.order_id)
    .bind(order.customer_id)
    .bind(order.basket_id)
    .bind(order.total_cents)
    .bind(&order.currency)
    .bind(order.placed_at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price_cents)
         SELECT $1, number, sku, quantity, price
         FROM unnest($2::text[], $3::integer[], $4::bigint[]) WITH ORDINALITY AS line (sku, quantity, price, number)",
    )
    .bind(order.order_id)
    .bind(order.lines.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>())
    .bind(order.lines.iter().map(|line| line.quantity).collect::<Vec<_>>())
    .bind(order.lines.iter().map(|line| line.unit_price_cents).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_event(connection: &mut PgConnection, outgoing: &Outgoing) -> Result<(), Failure> {
    let Outgoing { topic, event } = outgoing;
    sqlx::query("INSERT INTO outbox (event_id, topic, subject, payload, traceparent) VALUES ($1, $2, $3, $4, $5)")
        .bind(event.id)
        .bind(topic)
        .bind(event.subject)
        .bind(Json(event))
        .bind(&event.traceparent)
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl Outbox for PostgresOrders {
    async fn relay(&self, most: usize, send: Send<'_>) -> Result<usize, Failure> {
        let mut transaction = self.database.pool().begin().await?;
        let rows = sqlx::query(
            "SELECT position, topic, subject, payload FROM outbox WHERE relayed_at IS NULL
             ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED",
        );
        let rows = rows.bind(most as i64).fetch_all(&mut *transaction).await?;
        let Some(last) = rows.last() else { return Ok(0) };
        let positions: Vec<i64> = rows.iter().map(|row| row.get("position")).collect();
        // Another relay may hold an older event of the same subject: then this one waits for the next round.
        let held = sqlx::query_scalar(
            "SELECT subject FROM outbox WHERE relayed_at IS NULL AND position < $1 AND position <> ALL ($2)",
        );
        let held = held.bind(last.get::<i64, _>("position")).bind(&positions);
        let held: Vec<Uuid> = held.fetch_all(&mut *transaction).await?;
        let mut batch = Vec::new();
        for row in rows.iter().filter(|row| !held.contains(&row.get("subject"))) {
            let event = row.try_get::<Json<Event>, _>("payload")?.0;
            batch.push(Outgoing { topic: row.try_get("topic")?, event });
        }
        let sent = send(batch).await;
        let done = sqlx::query("UPDATE outbox SET relayed_at = now() WHERE event_id = ANY ($1)");
        done.bind(&sent).execute(&mut *transaction).await?;
        transaction.commit().await?;
        // What failed is no reason to come back at once.
        Ok(if sent.len() == rows.len() { rows.len() } else { 0 })
    }

    async fn forget(&self, age: Duration) -> Result<(), Failure> {
        let pool = self.database.pool();
        sqlx::query("DELETE FROM outbox WHERE created_at < now() - $1::interval AND relayed_at IS NOT NULL")
            .bind(age)
            .execute(pool)
            .await?;
        let keys = sqlx::query("DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'");
        keys.execute(pool).await?;
        Ok(())
    }
}
