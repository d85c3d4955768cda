//! Sets the stage for a journey: customers with tokens, the range that they choose from, orders to look after.

use std::time::Duration;

use rand::{SeedableRng, rngs::SmallRng};
use reqwest::Client;
use serde::Deserialize;
use uuid::Uuid;

use super::journey::{Customer, Journey, Stage};
use crate::shop::Shop;

/// Why a journey cannot be walked.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The gateway did not answer as it should.
    #[error("the gateway does not {what}")]
    Gateway {
        /// What it was asked for.
        what: &'static str,
        /// Why not.
        #[source]
        cause: reqwest::Error,
    },
    /// Nothing to buy.
    #[error("the range is empty: there is nothing to buy")]
    EmptyRange,
}

#[derive(Deserialize)]
struct Page {
    products: Vec<Product>,
}

#[derive(Deserialize)]
struct Product {
    sku: String,
}

#[derive(Deserialize)]
struct Order {
    order_id: String,
}

/// Only what there is so much of is bought: a run shall not end because the store room is empty. Few enough products remain
/// that reservations meet at the same row.
const PLENTY: i32 = 100_000;

/// How many orders there are to look after, in `track`.
const ORDERS: u64 = 8;

/// Makes what the journey needs.
///
/// # Errors
/// Where the shop does not answer, or has nothing to sell.
pub async fn set(client: &Client, shop: &Shop, customers: usize, journey: Journey) -> Result<Stage, StageError> {
    let customers = (0..customers.max(1)).map(|_| Uuid::new_v4());
    let mut stage = Stage {
        gateway: shop.gateway.clone(),
        customers: customers.map(|id| Customer { id, token: shop.token(id) }).collect(),
        ..Stage::default()
    };
    let listed = client.get(format!("{}/products?page_size=100", stage.gateway)).bearer_auth(&stage.customers[0].token);
    let gateway = |what| move |cause| StageError::Gateway { what, cause };
    let page: Page = answer(listed).await.map_err(gateway("list its products"))?;
    let plenty = |sku: &String| range::product_of(sku).is_some_and(|product| PLENTY <= product.on_hand);
    stage.skus = page.products.into_iter().map(|product| product.sku).filter(plenty).collect();
    if stage.skus.is_empty() {
        return Err(StageError::EmptyRange);
    }
    if journey == Journey::Track {
        let mut dice = SmallRng::seed_from_u64(1);
        for number in 0..ORDERS {
            let prepared = stage.prepare(client, Journey::Checkout, number, &mut dice);
            let order: Order = answer(prepared.request).await.map_err(gateway("take an order"))?;
            stage.orders.push((number as usize % stage.customers.len(), order.order_id));
        }
    }
    Ok(stage)
}

async fn answer<T: for<'de> Deserialize<'de>>(request: reqwest::RequestBuilder) -> Result<T, reqwest::Error> {
    request.timeout(Duration::from_secs(5)).send().await?.error_for_status()?.json().await
}
