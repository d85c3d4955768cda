//! Orders, for looking at.

use crate::{
    Gateway,
    customer::Customer,
    input::{Money, Page, id, present, rfc3339},
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use contracts::orders::{
    GetOrderRequest, ListOrdersRequest, Order as OrderMessage, OrderStatus, orders_service_client::OrdersServiceClient,
};
use serde::Serialize;
use service_kit::failure::{Failure, Kind};

/// An order, as a customer sees it.
#[derive(Debug, Serialize)]
pub struct Order {
    /// Which.
    pub order_id: String,
    status: &'static str,
    lines: Vec<OrderLine>,
    total: Money,
    placed_at: String,
}

#[derive(Debug, Serialize)]
struct OrderLine {
    sku: String,
    quantity: u32,
    unit_price: Money,
}

#[derive(Debug, Serialize)]
struct OrderPage {
    orders: Vec<Order>,
    #[serde(skip_serializing_if = "String::is_empty")]
    next_page_token: String,
}

impl TryFrom<OrderMessage> for Order {
    type Error = Failure;

    fn try_from(order: OrderMessage) -> Result<Self, Failure> {
        let status = match order.status() {
            OrderStatus::Pending => "pending",
            OrderStatus::Confirmed => "confirmed",
            OrderStatus::Cancelled => "cancelled",
            OrderStatus::Unspecified => return Err(Failure::new(Kind::Internal, "an order came without its status")),
        };
        let money = |amount_cents| Money { amount_cents, currency: order.currency.clone() };
        let lines = order.lines.iter().map(|line| OrderLine {
            sku: line.sku.clone(),
            quantity: line.quantity,
            unit_price: money(line.unit_price_cents),
        });
        let (lines, total) = (lines.collect(), money(order.total_cents));
        Ok(Self { status, lines, total, placed_at: rfc3339(order.placed_at.as_ref())?, order_id: order.order_id })
    }
}

/// `GET /orders`
pub async fn list(
    State(gateway): State<Gateway>,
    customer: Customer,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(page) = page.map_err(|error| Failure::field("", error.body_text()))?;
    let request =
        ListOrdersRequest { customer_id: customer.id.to_string(), page_size: page.size()?, page_token: page.token()? };
    let method = "chandlery.orders.v1.OrdersService/ListOrders";
    let page = gateway.orders.call(method, request, |channel, request| async {
        OrdersServiceClient::new(channel).list_orders(request).await
    });
    let page = page.await?;
    let orders = page.orders.into_iter().map(Order::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(OrderPage { orders, next_page_token: page.next_page_token }).into_response())
}

/// `GET /orders/{id}`
pub async fn get(
    State(gateway): State<Gateway>,
    customer: Customer,
    Path(order): Path<String>,
) -> Result<Response, Failure> {
    let request = GetOrderRequest { order_id: id(&order)?.to_string(), customer_id: customer.id.to_string() };
    let method = "chandlery.orders.v1.OrdersService/GetOrder";
    let found = gateway
        .orders
        .call(method, request, |channel, request| async { OrdersServiceClient::new(channel).get_order(request).await });
    Ok(Json(Order::try_from(present(found.await?.order)?)?).into_response())
}
