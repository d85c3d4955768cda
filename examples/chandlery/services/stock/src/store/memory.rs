//! Stock in memory, in rows: for the embedded shop and for tests.

use super::{Level, Lines, Stock, given_back, out_of_stock};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use service_kit::{
    failure::{Failure, Kind},
    rows::{Changes, Rows},
};
use std::{collections::BTreeMap, io, path::Path, time::Duration};
use time::OffsetDateTime;
use uuid::Uuid;

/// Stock in memory.
#[derive(Debug)]
pub struct MemoryStock(Rows<Row>);

/// A row: of a product, or of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Row {
    /// How many there are of a product.
    Level(Level),
    /// What is reserved for an order.
    Reservation(Reservation),
}

/// What is reserved for an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Reservation {
    pub status: Status,
    pub lines: Lines,
    pub expires_at: OffsetDateTime,
}

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Held,
    Taken,
    Released,
}

type Table = BTreeMap<String, Row>;

fn level_of(rows: &Table, sku: &str) -> Option<Level> {
    match rows.get(&format!("level/{sku}")) {
        Some(Row::Level(level)) => Some(*level),
        _ => None,
    }
}

fn reservation_of(rows: &Table, order_id: Uuid) -> Option<&Reservation> {
    match rows.get(&format!("reservation/{order_id}")) {
        Some(Row::Reservation(reservation)) => Some(reservation),
        _ => None,
    }
}

/// The levels of lines after `change`, and the reservation's new state.
fn changes(rows: &Table, order_id: Uuid, next: Reservation, change: impl Fn(Level, i32) -> Level) -> Changes<Row> {
    let levels = next.lines.iter().filter_map(|(sku, quantity)| {
        let level = change(level_of(rows, sku)?, *quantity);
        assert!(0 <= level.reserved && level.reserved <= level.on_hand, "nothing is sold twice");
        Some((format!("level/{sku}"), Some(Row::Level(level))))
    });
    let mut changes: Changes<Row> = levels.collect();
    changes.push((format!("reservation/{order_id}"), Some(Row::Reservation(next))));
    changes
}

fn released(rows: &Table, order_id: Uuid) -> Changes<Row> {
    let give_back = |level: Level, quantity| Level { reserved: level.reserved - quantity, ..level };
    match reservation_of(rows, order_id) {
        Some(held) if held.status == Status::Held => {
            changes(rows, order_id, Reservation { status: Status::Released, ..held.clone() }, give_back)
        }
        Some(_) => Vec::new(),
        None => {
            let (lines, expires_at) = (Lines::new(), OffsetDateTime::now_utc());
            changes(rows, order_id, Reservation { status: Status::Released, lines, expires_at }, give_back)
        }
    }
}

impl MemoryStock {
    /// Kept in `file` where there is one.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        Rows::open(file).map(Self)
    }

    /// Every row, for whoever checks the books.
    pub fn books(&self) -> Vec<(String, Row)> {
        self.0.read(|rows| rows.iter().map(|(key, row)| (key.clone(), row.clone())).collect())
    }
}

#[async_trait]
impl Stock for MemoryStock {
    async fn begin_with(&self, products: &[range::Product]) -> Result<(), Failure> {
        self.0.transact(|rows| {
            let fresh = products.iter().filter(|product| level_of(rows, product.sku).is_none());
            let level = |product: &range::Product| Row::Level(Level { on_hand: product.on_hand, reserved: 0 });
            Ok(((), fresh.map(|product| (format!("level/{}", product.sku), Some(level(product)))).collect()))
        })
    }

    async fn reserve(&self, order_id: Uuid, lines: &Lines, ttl: Duration) -> Result<OffsetDateTime, Failure> {
        self.0.transact(|rows| {
            if let Some(known) = reservation_of(rows, order_id) {
                let is_released = known.status == Status::Released;
                return if is_released { Err(given_back()) } else { Ok((known.expires_at, Vec::new())) };
            }
            for (sku, quantity) in lines {
                let level = level_of(rows, sku).ok_or_else(|| out_of_stock(sku))?;
                if level.on_hand - level.reserved < *quantity {
                    return Err(out_of_stock(sku));
                }
            }
            let expires_at = OffsetDateTime::now_utc() + ttl;
            let held = Reservation { status: Status::Held, lines: lines.clone(), expires_at };
            let reserve = |level: Level, quantity| Level { reserved: level.reserved + quantity, ..level };
            Ok((expires_at, changes(rows, order_id, held, reserve)))
        })
    }

    async fn take(&self, order_id: Uuid) -> Result<(), Failure> {
        self.0.transact(|rows| match reservation_of(rows, order_id) {
            None => Err(Failure::new(Kind::NotFound, "there is no such reservation")),
            Some(known) => match known.status {
                Status::Taken => Ok(((), Vec::new())),
                Status::Released => Err(given_back()),
                Status::Held => {
                    let taken = Reservation { status: Status::Taken, ..known.clone() };
                    let take = |level: Level, quantity| Level {
                        on_hand: level.on_hand - quantity,
                        reserved: level.reserved - quantity,
                    };
                    Ok(((), changes(rows, order_id, taken, take)))
                }
            },
        })
    }

    async fn release(&self, order_id: Uuid) -> Result<(), Failure> {
        self.0.transact(|rows| Ok(((), released(rows, order_id))))
    }

    async fn expire(&self, most: i64) -> Result<(), Failure> {
        let now = OffsetDateTime::now_utc();
        let expired: Vec<Uuid> = self.0.read(|rows| {
            let of = |(key, row): (&String, &Row)| match row {
                Row::Reservation(held) if held.status == Status::Held && held.expires_at <= now => {
                    key.strip_prefix("reservation/")?.parse().ok()
                }
                _ => None,
            };
            rows.iter().filter_map(of).take(most as usize).collect()
        });
        for order_id in expired {
            self.release(order_id).await?;
        }
        Ok(())
    }

    async fn level(&self, sku: &str) -> Result<Option<Level>, Failure> {
        Ok(self.0.read(|rows| level_of(rows, sku)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_contract() {
        super::super::check_contract(&MemoryStock::open(None).unwrap()).await;
    }
}
