//! Stock in PostgreSQL, as `db/migrations/stock` has it.
//!
//! A reservation locks its levels in the order of their stock keeping units, so that two never wait for each other in a
//! circle. Read committed is enough: the locked rows are the only ones that decide. The table's own checks are the net.

use super::{Level, Lines, Stock, given_back, out_of_stock};
use async_trait::async_trait;
use service_kit::{
    failure::{Failure, Kind},
    postgres::Postgres,
};
use sqlx::{PgConnection, Row as _};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Stock in PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresStock {
    database: Postgres,
}

impl PostgresStock {
    /// In a database whose migrations have run.
    pub fn new(database: Postgres) -> Self {
        Self { database }
    }
}

/// Locks the levels of a reservation in order and changes them by its quantities.
async fn change_levels(
    connection: &mut PgConnection,
    order_id: Uuid,
    on_hand: i32,
    reserved: i32,
) -> Result<(), Failure> {
    sqlx::query(
        "WITH line AS (
             SELECT v.sku, r.quantity FROM reservation_lines r JOIN levels v USING (sku) WHERE r.reservation_id = $1
             ORDER BY v.sku FOR UPDATE OF v)
         UPDATE levels v SET on_hand = v.on_hand + $2 * line.quantity, reserved = v.reserved + $3 * line.quantity,
                             updated_at = now()
         FROM line WHERE v.sku = line.sku",
    )
    .bind(order_id)
    .bind(on_hand)
    .bind(reserved)
    .execute(connection)
    .await?;
    Ok(())
}

#[async_trait]
impl Stock for PostgresStock {
    async fn begin_with(&self, products: &[range::Product]) -> Result<(), Failure> {
        let begin = sqlx::query(
            "INSERT INTO levels (sku, on_hand, location) SELECT sku, on_hand, 'store' FROM unnest($1::text[], $2::integer[])
             AS product (sku, on_hand) ON CONFLICT (sku) DO NOTHING",
        );
        let begin = begin.bind(products.iter().map(|product| product.sku).collect::<Vec<_>>());
        let begin = begin.bind(products.iter().map(|product| product.on_hand).collect::<Vec<_>>());
        begin.execute(self.database.pool()).await?;
        Ok(())
    }

    async fn reserve(&self, order_id: Uuid, lines: &Lines, ttl: Duration) -> Result<OffsetDateTime, Failure> {
        let reserve = async {
            let mut transaction = self.database.pool().begin().await?;
            let fresh = sqlx::query_scalar(
                "INSERT INTO reservations (reservation_id, order_id, status, expires_at) VALUES ($1, $1, 'held', now() + $2)
                 ON CONFLICT DO NOTHING RETURNING expires_at",
            );
            let fresh: Option<OffsetDateTime> =
                fresh.bind(order_id).bind(ttl).fetch_optional(&mut *transaction).await?;
            let Some(expires_at) = fresh else {
                let known = sqlx::query("SELECT status, expires_at FROM reservations WHERE order_id = $1");
                let known = known.bind(order_id).fetch_one(&mut *transaction).await?;
                let is_released = known.get::<&str, _>("status") == "released";
                return if is_released { Err(given_back()) } else { Ok(known.get("expires_at")) };
            };
            let (skus, quantities): (Vec<&str>, Vec<i32>) =
                lines.iter().map(|(sku, quantity)| (sku.as_str(), *quantity)).unzip();
            let locked = sqlx::query(
                "SELECT v.sku, v.on_hand - v.reserved AS available FROM levels v WHERE v.sku = ANY ($1)
                 ORDER BY v.sku FOR UPDATE",
            );
            let locked = locked.bind(&skus).fetch_all(&mut *transaction).await?;
            for (sku, quantity) in lines {
                let row = locked.iter().find(|row| row.get::<&str, _>("sku") == sku);
                if row.is_none_or(|row| row.get::<i32, _>("available") < *quantity) {
                    return Err(out_of_stock(sku));
                }
            }
            let insert = sqlx::query(
                "INSERT INTO reservation_lines (reservation_id, sku, quantity)
                 SELECT $1, sku, quantity FROM unnest($2::text[], $3::integer[]) AS line (sku, quantity)",
            );
            insert.bind(order_id).bind(&skus).bind(&quantities).execute(&mut *transaction).await?;
            change_levels(&mut transaction, order_id, 0, 1).await?;
            transaction.commit().await?;
            Ok(expires_at)
        };
        self.database.run("INSERT reservations", reserve).await
    }

    async fn take(&self, order_id: Uuid) -> Result<(), Failure> {
        let take = async {
            let mut transaction = self.database.pool().begin().await?;
            let taken = sqlx::query("UPDATE reservations SET status = 'taken' WHERE order_id = $1 AND status = 'held'");
            if taken.bind(order_id).execute(&mut *transaction).await?.rows_affected() == 1 {
                change_levels(&mut transaction, order_id, -1, -1).await?;
                transaction.commit().await?;
                return Ok(());
            }
            let known = sqlx::query_scalar("SELECT status FROM reservations WHERE order_id = $1");
            let known: Option<String> = known.bind(order_id).fetch_optional(&mut *transaction).await?;
            match known.as_deref() {
                Some("taken") => Ok(()),
                Some(_) => Err(given_back()),
                None => Err(Failure::new(Kind::NotFound, "there is no such reservation")),
            }
        };
        self.database.run("UPDATE reservations", take).await
    }

    async fn release(&self, order_id: Uuid) -> Result<(), Failure> {
        let release = async {
            let mut transaction = self.database.pool().begin().await?;
            let released = sqlx::query_scalar(
                "INSERT INTO reservations AS r (reservation_id, order_id, status, expires_at) VALUES ($1, $1, 'released', now())
                 ON CONFLICT (order_id) DO UPDATE SET status = 'released' WHERE r.status = 'held' RETURNING status",
            );
            let released: Option<String> = released.bind(order_id).fetch_optional(&mut *transaction).await?;
            if released.is_some() {
                // A reservation that was not there yet has no lines, and changes nothing.
                change_levels(&mut transaction, order_id, 0, -1).await?;
            }
            transaction.commit().await?;
            Ok(())
        };
        self.database.run("UPDATE reservations", release).await
    }

    async fn expire(&self, most: i64) -> Result<(), Failure> {
        let expired = sqlx::query_scalar(
            "SELECT order_id FROM reservations WHERE status = 'held' AND expires_at <= now() ORDER BY expires_at LIMIT $1",
        );
        let expired: Vec<Uuid> = expired.bind(most).fetch_all(self.database.pool()).await?;
        for order_id in expired {
            self.release(order_id).await?;
        }
        Ok(())
    }

    async fn level(&self, sku: &str) -> Result<Option<Level>, Failure> {
        let level = async {
            let row = sqlx::query("SELECT on_hand, reserved FROM levels WHERE sku = $1").bind(sku);
            let row = row.fetch_optional(self.database.pool()).await?;
            Ok(row.map(|row| Level { on_hand: row.get("on_hand"), reserved: row.get("reserved") }))
        };
        self.database.run("SELECT levels", level).await
    }
}
