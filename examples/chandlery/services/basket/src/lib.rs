//! Baskets: documents by key, with a version against lost updates, and an expiry.

use contracts::{
    basket::{
        Basket, DeleteBasketRequest, DeleteBasketResponse, GetBasketRequest, GetBasketResponse, Line, PutBasketRequest,
        PutBasketResponse,
        basket_service_server::{BasketService, BasketServiceServer},
    },
    timestamp,
};
use serde::{Deserialize, Serialize};
use service_kit::{
    config::{ConfigError, Variables},
    documents::{Document, Documents, redis::RedisDocuments},
    failure::{Failure, Kind},
    health::Check,
    redis::Redis,
    service::{Door, Service},
    telemetry::Telemetry,
    work::Work,
};
use std::{sync::Arc, time::Duration};
use tonic::{Request, Response, Status, async_trait, service::Routes};
use uuid::Uuid;

/// The service against Redis.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Result<Service, ConfigError> {
    let redis = Redis::from("basket-store", "BASKET_STORE", &variables, &telemetry)?;
    let prefix: String = variables.or("BASKET_STORE_PREFIX", "basket:".to_owned())?;
    let store = RedisDocuments::new(redis, prefix, Some(ttl(&variables)?));
    with(variables, telemetry, Arc::new(store))
}

/// How long a basket lives after its last change: `BASKET_TTL`.
pub fn ttl(variables: &Variables) -> Result<Duration, ConfigError> {
    variables.or("BASKET_TTL", Duration::from_secs(336 * 3600))
}

/// The service with any store of documents.
pub fn with(variables: Variables, telemetry: Telemetry, store: Arc<dyn Documents>) -> Result<Service, ConfigError> {
    let baskets = BasketGrpc { store: store.clone(), work: Work::from(&variables)? };
    let routes = Routes::new(BasketServiceServer::new(baskets));
    let service = Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)?;
    Ok(service.check(Check::new("basket-store", move || {
        let store = store.clone();
        async move { store.answers().await }
    })))
}

struct BasketGrpc {
    store: Arc<dyn Documents>,
    work: Work,
}

/// A basket as it is kept. Whose it is stands in its key.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    lines: Vec<(String, u32)>,
}

#[async_trait]
impl BasketService for BasketGrpc {
    async fn get_basket(&self, request: Request<GetBasketRequest>) -> Result<Response<GetBasketResponse>, Status> {
        self.work.spend().await;
        let GetBasketRequest { basket_id, customer_id } = request.into_inner();
        let found = self.store.get(&key(&customer_id, &basket_id)?).await?;
        let found = found.ok_or_else(|| Failure::new(Kind::NotFound, "there is no such basket"))?;
        Ok(Response::new(GetBasketResponse { basket: Some(basket(basket_id, customer_id, &found)?) }))
    }

    async fn put_basket(&self, request: Request<PutBasketRequest>) -> Result<Response<PutBasketResponse>, Status> {
        self.work.spend().await;
        let PutBasketRequest { basket_id, customer_id, lines, expected_version } = request.into_inner();
        check(&lines)?;
        let kept = Kept { lines: lines.into_iter().map(|line| (line.sku, line.quantity)).collect() };
        let body = serde_json::to_vec(&kept).expect("a basket is plain data");
        let stored = self.store.put(&key(&customer_id, &basket_id)?, body, expected_version).await?;
        Ok(Response::new(PutBasketResponse { basket: Some(basket(basket_id, customer_id, &stored)?) }))
    }

    async fn delete_basket(
        &self,
        request: Request<DeleteBasketRequest>,
    ) -> Result<Response<DeleteBasketResponse>, Status> {
        let DeleteBasketRequest { basket_id, customer_id, expected_version } = request.into_inner();
        self.store.delete(&key(&customer_id, &basket_id)?, expected_version).await?;
        Ok(Response::new(DeleteBasketResponse {}))
    }
}

/// A basket is found by its customer alone: another customer's id leads to another key.
fn key(customer_id: &str, basket_id: &str) -> Result<String, Failure> {
    let id = |pointer, text: &str| text.parse::<Uuid>().map_err(|_| Failure::field(pointer, "is no UUID"));
    Ok(format!("{}.{}", id("/customer_id", customer_id)?, id("/basket_id", basket_id)?))
}

fn check(lines: &[Line]) -> Result<(), Failure> {
    if 200 < lines.len() {
        return Err(Failure::field("/lines", "has more than 200 lines"));
    }
    for (number, line) in lines.iter().enumerate() {
        if !(1..=10_000).contains(&line.quantity) {
            return Err(Failure::field(format!("/lines/{number}/quantity"), "is not between 1 and 10000"));
        }
        if !(3..=32).contains(&line.sku.len()) {
            return Err(Failure::field(format!("/lines/{number}/sku"), "is no stock keeping unit"));
        }
    }
    Ok(())
}

fn basket(basket_id: String, customer_id: String, document: &Document) -> Result<Basket, Failure> {
    let kept: Result<Kept, _> = serde_json::from_slice(&document.body);
    let kept = kept.map_err(|error| Failure::new(Kind::Internal, format!("a basket cannot be read: {error}")))?;
    let lines = kept.lines.into_iter().map(|(sku, quantity)| Line { sku, quantity }).collect();
    let expires_at = document.expires_at.map(timestamp);
    Ok(Basket { basket_id, customer_id, lines, version: document.version, expires_at })
}
