//! Checkout: one call to orders, with the customer's own key.

use crate::{
    Gateway,
    customer::Customer,
    input::{Line, check_lines, id, present},
    orders::Order,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use contracts::orders::{PlaceOrderRequest, RequestedLine, orders_service_client::OrdersServiceClient};
use http::{HeaderMap, StatusCode, header::LOCATION};
use serde::Deserialize;
use service_kit::{
    failure::Failure,
    rest::{Body, header},
};

/// The body of a checkout.
#[derive(Debug, Deserialize)]
pub struct Checkout {
    lines: Vec<Line>,
    payment_token: String,
}

/// `POST /baskets/{id}/checkout`
pub async fn checkout(
    State(gateway): State<Gateway>,
    customer: Customer,
    Path(basket): Path<String>,
    headers: HeaderMap,
    Body(body): Body<Checkout>,
) -> Result<Response, Failure> {
    let idempotency_key = key(&headers)?;
    check_lines(&body.lines, 1)?;
    if !(8..=128).contains(&body.payment_token.chars().count()) {
        return Err(Failure::field("/payment_token", "has not between 8 and 128 characters"));
    }
    let lines = body.lines.into_iter().map(|line| RequestedLine { sku: line.sku, quantity: line.quantity }).collect();
    let request = PlaceOrderRequest {
        idempotency_key,
        customer_id: customer.id.to_string(),
        basket_id: id(&basket)?.to_string(),
        lines,
        payment_token: body.payment_token,
    };
    let method = "chandlery.orders.v1.OrdersService/PlaceOrder";
    let placed = gateway.orders.call(method, request, |channel, request| async {
        OrdersServiceClient::new(channel).place_order(request).await
    });
    let order = Order::try_from(present(placed.await?.order)?)?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/orders/{}", order.order_id))], Json(order)).into_response())
}

/// 16 to 64 letters, digits, `_` and `-`.
fn key(headers: &HeaderMap) -> Result<String, Failure> {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"_-".contains(&letter);
    let key = header(headers, "idempotency-key").filter(|key| (16..=64).contains(&key.len()) && key.bytes().all(plain));
    key.map(str::to_owned)
        .ok_or_else(|| Failure::field("/Idempotency-Key", "has not 16 to 64 letters, digits, _ and -"))
}
