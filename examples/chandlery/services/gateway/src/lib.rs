//! The public door: REST in, gRPC out. Checks tokens, limits rates, sets the deadline of every journey.
//!
//! Everything that comes in is checked here against `api/openapi.yaml`, so that what goes on is well formed; whatever
//! goes wrong leaves as a problem document. Nothing is kept here.

pub mod baskets;
pub mod checkout;
pub mod customer;
pub mod input;
pub mod orders;
pub mod products;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use customer::Door as CustomerDoor;
use service_kit::{
    call::Priority,
    config::{Rate, Variables},
    outbound::Outbound,
    rate::RateLimit,
    rest::{RestLayer, serve_routes},
    service::{Door, Service},
    shed::Shedder,
    telemetry::Telemetry,
    token::Verifier,
};
use std::{error::Error, path::PathBuf, sync::Arc};

/// Two hundred lines fit ten times over.
const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// What handlers need. Cloning shares it.
#[derive(Clone)]
pub struct Gateway {
    door: Arc<CustomerDoor>,
    catalog: Outbound,
    basket: Outbound,
    orders: Outbound,
}

/// The service.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Result<Service, Box<dyn Error + Send + Sync>> {
    let keys = std::fs::read(variables.required::<PathBuf>("JWT_JWKS_FILE")?);
    let keys = keys.map_err(|error| format!("JWT_JWKS_FILE: cannot read the file: {error}"))?;
    let audience: String = variables.required("JWT_AUDIENCE")?;
    let rate: Rate = variables.required("RATE_LIMIT")?;
    let door = CustomerDoor {
        verifier: Verifier::new(&keys, &audience)?,
        rates: RateLimit::new(rate, variables.or("RATE_LIMIT_BURST", rate.per_second * 2.0)?),
    };
    let gateway = Gateway {
        door: Arc::new(door),
        catalog: Outbound::to("catalog", &variables, &telemetry)?,
        basket: Outbound::to("basket", &variables, &telemetry)?,
        orders: Outbound::to("orders", &variables, &telemetry)?,
    };
    let layer = RestLayer {
        telemetry: telemetry.clone(),
        shedder: Shedder::new(variables.or("MAX_IN_FLIGHT", 256)?),
        // The longest journey's time; the shorter ones end with their calls.
        patience: variables.required("ORDERS_TIMEOUT")?,
        priority,
    };
    let routes = routes(gateway);
    let door = Door::Rest(Box::new(move |health| serve_routes(routes, layer, health)));
    Ok(Service::new(&telemetry, door, &variables)?)
}

fn routes(gateway: Gateway) -> Router {
    Router::new()
        .route("/products", get(products::list))
        .route("/products/{sku}", get(products::get))
        .route("/baskets/{id}", get(baskets::get).put(baskets::put).delete(baskets::delete))
        .route("/baskets/{id}/checkout", post(checkout::checkout))
        .route("/orders", get(orders::list))
        .route("/orders/{id}", get(orders::get))
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .with_state(gateway)
}

/// Who is about to pay is kept; who looks around is sent away first.
fn priority(method: &http::Method, route: &str) -> Priority {
    match route {
        "/baskets/{id}/checkout" => Priority::Critical,
        "/products" | "/products/{sku}" if method == http::Method::GET => Priority::Sheddable,
        _ => Priority::Normal,
    }
}
