//! Orders: placed once per key, as a saga over stock and payments, and told to the world through an outbox.
//!
//! Read [`order`] for what an order is, [`saga`] for how it comes about and how it is undone, [`store`] for where it is
//! kept, [`grpc`] for who asks.

pub mod grpc;
pub mod order;
pub mod saga;
pub mod store;

use contracts::orders::orders_service_server::OrdersServiceServer;
use service_kit::{
    config::Variables,
    health::Check,
    log::{
        EventLog,
        nats::{Nats, NatsLog},
    },
    outbound::Outbound,
    outbox::Relay,
    postgres::Postgres,
    service::{Door, Service},
    telemetry::Telemetry,
    work::Work,
};
use std::{error::Error, sync::Arc};
use store::{Orders, postgres::PostgresOrders};
use tokio::sync::Notify;
use tonic::service::Routes;

/// The topics that orders publishes to.
pub const TOPICS: [&str; 2] = [order::PLACED.topic, order::CANCELLED.topic];

type Started = Result<Service, Box<dyn Error + Send + Sync>>;

/// The service against PostgreSQL and NATS.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Started {
    let database = Postgres::from("orders-db", &variables, &telemetry)?;
    let topics = TOPICS.map(str::to_owned).to_vec();
    let stream: String = variables.required("EVENTS_STREAM")?;
    let log = Arc::new(NatsLog::new(Nats::from(&variables).await?, stream, topics));
    // Not ready without its database. Without the log it takes orders all the same: their events wait in the outbox.
    let migrated = database.clone();
    let service = with(variables, telemetry, Arc::new(PostgresOrders::new(database)), log)?;
    Ok(service.prepare(move || {
        let database = migrated.clone();
        async move { database.migrate().await }
    }))
}

/// The service with any store and any log.
pub fn with(variables: Variables, telemetry: Telemetry, store: Arc<dyn Orders>, log: Arc<dyn EventLog>) -> Started {
    let written = Arc::new(Notify::new());
    let saga = Arc::new(saga::Saga {
        store: store.clone(),
        stock: Outbound::to("stock", &variables, &telemetry)?,
        payments: Outbound::to("payments", &variables, &telemetry)?,
        written: written.clone(),
        times: saga::Times::from(&variables)?,
    });
    let orders = grpc::OrdersGrpc {
        store: store.clone(),
        pricing: Outbound::to("pricing", &variables, &telemetry)?,
        saga: saga.clone(),
        work: Work::from(&variables)?,
    };
    let relay = Relay::from(&variables, store.clone(), log, written, &telemetry)?;
    let routes = Routes::new(OrdersServiceServer::new(orders));
    let service = Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)?;
    let service = service.job(move |stop| relay.run(stop)).job(move |stop| saga.recover(stop));
    Ok(service.check(Check::new("orders-db", move || {
        let store = store.clone();
        async move { store.answers().await }
    })))
}
