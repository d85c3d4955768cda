//! Stock: reserved for an order, then taken or given back. Never below zero, whoever asks at the same time.
//!
//! A reservation goes by its order's id: one order has at most one. Its states are `held`, then `taken` or `released`;
//! one that was released before it was made stays released, so that a late request finds the door closed.

pub mod store;

use contracts::{
    stock::{
        ConfirmRequest, ConfirmResponse, GetLevelRequest, GetLevelResponse, ReleaseRequest, ReleaseResponse,
        ReserveRequest, ReserveResponse,
        stock_service_server::{StockService, StockServiceServer},
    },
    timestamp,
};
use service_kit::{
    config::Variables,
    failure::{Failure, Kind},
    postgres::Postgres,
    service::{Door, Service, Stop},
    telemetry::Telemetry,
    work::Work,
};
use std::{collections::BTreeMap, error::Error, sync::Arc, time::Duration};
use store::{Lines, Stock, postgres::PostgresStock};
use tonic::{Request, Response, Status, async_trait, service::Routes};
use uuid::Uuid;

type Started = Result<Service, Box<dyn Error + Send + Sync>>;

/// The service against PostgreSQL.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Started {
    let database = Postgres::from("orders-db", &variables, &telemetry)?;
    let (check, store) = (database.check(), Arc::new(PostgresStock::new(database.clone())));
    let service = with(variables, telemetry, store.clone())?;
    Ok(service.check(check).prepare(move || {
        let (database, store) = (database.clone(), store.clone());
        async move {
            database.migrate().await?;
            Ok(store.begin_with(range::products()).await?)
        }
    }))
}

/// The service with any store.
pub fn with(variables: Variables, telemetry: Telemetry, store: Arc<dyn Stock>) -> Started {
    let ttl = variables.or("RESERVATION_TTL", Duration::from_secs(900))?;
    let stock = StockGrpc { store: store.clone(), ttl, work: Work::from(&variables)? };
    let routes = Routes::new(StockServiceServer::new(stock));
    let service = Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)?;
    Ok(service.job(move |stop| give_back(store, stop)))
}

/// Gives back what has run out, until it is time to stop.
async fn give_back(store: Arc<dyn Stock>, mut stop: Stop) {
    while !stop.sleep(Duration::from_secs(5)).await {
        if let Err(failure) = store.expire(100).await {
            tracing::warn!(%failure, "reservations that have run out were not given back");
        }
    }
}

struct StockGrpc {
    store: Arc<dyn Stock>,
    ttl: Duration,
    work: Work,
}

#[async_trait]
impl StockService for StockGrpc {
    async fn reserve(&self, request: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        self.work.spend().await;
        let (order_id, lines) = check(request.get_ref())?;
        let expires_at = self.store.reserve(order_id, &lines, self.ttl).await?;
        let (reservation_id, expires_at) = (order_id.to_string(), Some(timestamp(expires_at)));
        Ok(Response::new(ReserveResponse { reservation_id, expires_at }))
    }

    async fn confirm(&self, request: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        self.store.take(id("/reservation_id", &request.get_ref().reservation_id)?).await?;
        Ok(Response::new(ConfirmResponse {}))
    }

    async fn release(&self, request: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        self.store.release(id("/reservation_id", &request.get_ref().reservation_id)?).await?;
        Ok(Response::new(ReleaseResponse {}))
    }

    async fn get_level(&self, request: Request<GetLevelRequest>) -> Result<Response<GetLevelResponse>, Status> {
        let sku = request.into_inner().sku;
        let level = self.store.level(&sku).await?;
        let level = level.ok_or_else(|| Failure::new(Kind::NotFound, "there is no such product"))?;
        let (available, reserved) = ((level.on_hand - level.reserved) as u32, level.reserved as u32);
        Ok(Response::new(GetLevelResponse { sku, available, reserved }))
    }
}

/// What is asked for, if it is well formed: each product once, in the order in which every request locks them.
fn check(request: &ReserveRequest) -> Result<(Uuid, Lines), Failure> {
    let order_id = id("/order_id", &request.order_id)?;
    if !(1..=200).contains(&request.lines.len()) {
        return Err(Failure::field("/lines", "has not between 1 and 200 lines"));
    }
    let mut lines = BTreeMap::new();
    for (number, line) in request.lines.iter().enumerate() {
        if !(1..=10_000).contains(&line.quantity) {
            return Err(Failure::field(format!("/lines/{number}/quantity"), "is not between 1 and 10000"));
        }
        if lines.insert(line.sku.clone(), line.quantity as i32).is_some() {
            return Err(Failure::field(format!("/lines/{number}/sku"), "stands in another line too"));
        }
    }
    Ok((order_id, lines))
}

fn id(pointer: &str, text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::field(pointer, "is no UUID"))
}
