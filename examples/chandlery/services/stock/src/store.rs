//! Where stock is counted.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use service_kit::failure::{Failure, Kind};
use std::{collections::BTreeMap, time::Duration};
use time::OffsetDateTime;
use uuid::Uuid;

pub mod memory;
pub mod postgres;

/// How many of each product.
pub type Lines = BTreeMap<String, i32>;

/// How many there are of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// In the store.
    pub on_hand: i32,
    /// Of those, promised to somebody. At most `on_hand`.
    pub reserved: i32,
}

/// A count of stock.
#[async_trait]
pub trait Stock: Send + Sync {
    /// Begins with these where there is nothing of theirs yet.
    async fn begin_with(&self, products: &[range::Product]) -> Result<(), Failure>;

    /// Reserves all lines for an order, or none. The same order gets the same reservation. Gives until when it holds.
    async fn reserve(&self, order_id: Uuid, lines: &Lines, ttl: Duration) -> Result<OffsetDateTime, Failure>;

    /// Takes what is reserved for an order; done already is done.
    async fn take(&self, order_id: Uuid) -> Result<(), Failure>;

    /// Gives back what is reserved for an order; done already is done, and one that is not there yet never will be.
    async fn release(&self, order_id: Uuid) -> Result<(), Failure>;

    /// Gives back what has run out, at most so many.
    async fn expire(&self, most: i64) -> Result<(), Failure>;

    /// How many there are of a product.
    async fn level(&self, sku: &str) -> Result<Option<Level>, Failure>;
}

pub(crate) fn out_of_stock(sku: &str) -> Failure {
    Failure::new(Kind::OutOfStock, format!("there is not enough of {sku}"))
}

/// A reservation was given back, and what it held may be somebody else's now.
pub(crate) fn given_back() -> Failure {
    Failure::new(Kind::OutOfStock, "the reservation was given back")
}

/// What every count of stock must do. The products must be those of the range, and nobody else may be at them.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, clippy::unwrap_used, reason = "a test")]
pub async fn check_contract(stock: &dyn Stock) {
    const SKU: &str = "SEXTANT-BRASS";
    const ROPE: &str = "ROPE-12-POLY";
    let ttl = Duration::from_secs(60);
    let level = async |sku| stock.level(sku).await.unwrap().map(|level| (level.on_hand, level.reserved));
    let kind = |result: Result<(), Failure>| result.map_err(|failure| failure.kind);
    stock.begin_with(range::products()).await.unwrap();
    stock.begin_with(range::products()).await.unwrap();
    assert_eq!((level(SKU).await, level("MOON").await), (Some((12, 0)), None));

    // Twenty want one each of twelve.
    let orders: Vec<Uuid> = (0..20).map(|_| Uuid::new_v4()).collect();
    let one = Lines::from([(SKU.to_owned(), 1)]);
    let all = service_kit::join_all(orders.iter().map(|order| stock.reserve(*order, &one, ttl))).await;
    let refused = |result: &&Result<_, Failure>| matches!(result, Err(failure) if failure.kind == Kind::OutOfStock);
    assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 12);
    assert_eq!(all.iter().filter(refused).count(), 8);
    assert_eq!(level(SKU).await, Some((12, 12)));

    let winners: Vec<Uuid> =
        orders.iter().zip(&all).filter(|(_, result)| result.is_ok()).map(|(order, _)| *order).collect();
    let (first, second) = (winners[0], winners[1]);
    stock.reserve(first, &one, ttl).await.expect("the same order, the same reservation");
    assert_eq!(level(SKU).await, Some((12, 12)));

    // Taken twice is taken once; given back twice is given back once.
    for _ in 0..2 {
        assert_eq!(kind(stock.take(first).await), Ok(()));
        assert_eq!(kind(stock.release(second).await), Ok(()));
    }
    assert_eq!(level(SKU).await, Some((11, 10)));
    assert_eq!(kind(stock.take(second).await), Err(Kind::OutOfStock), "it was given back");
    assert_eq!(kind(stock.release(first).await), Ok(()), "taken is taken");
    assert_eq!(level(SKU).await, Some((11, 10)));
    assert_eq!(kind(stock.take(Uuid::new_v4()).await), Err(Kind::NotFound));

    // All lines or none.
    let both = Lines::from([(ROPE.to_owned(), 5), (SKU.to_owned(), 2)]);
    let before = level(ROPE).await;
    assert_eq!(kind(stock.reserve(Uuid::new_v4(), &both, ttl).await.map(drop)), Err(Kind::OutOfStock));
    assert_eq!(level(ROPE).await, before);
    let unknown = Lines::from([("MOON".to_owned(), 1)]);
    assert_eq!(kind(stock.reserve(Uuid::new_v4(), &unknown, ttl).await.map(drop)), Err(Kind::OutOfStock));

    // Released before it was made: a late request finds the door closed.
    let late = Uuid::new_v4();
    assert_eq!(kind(stock.release(late).await), Ok(()));
    assert_eq!(kind(stock.reserve(late, &one, ttl).await.map(drop)), Err(Kind::OutOfStock));

    // What runs out goes back.
    stock.reserve(Uuid::new_v4(), &one, Duration::ZERO).await.expect("one is left");
    assert_eq!(level(SKU).await, Some((11, 11)));
    stock.expire(100).await.unwrap();
    assert_eq!(level(SKU).await, Some((11, 10)));
}
