//! Who asks: the gRPC interface of `proto/chandlery/orders/v1`.

use crate::{
    order::{Line, Order, Status},
    saga::Saga,
    store::{After, Orders, Placed, Request as Asked},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::{
    orders::{
        GetOrderRequest, GetOrderResponse, ListOrdersRequest, ListOrdersResponse, Order as OrderMessage, OrderLine,
        OrderStatus, PlaceOrderRequest, PlaceOrderResponse, RequestedLine, orders_service_server::OrdersService,
    },
    pricing::{QuoteLine, QuoteRequest, QuoteResponse, pricing_service_client::PricingServiceClient},
    timestamp,
};
use service_kit::{
    call::Call,
    failure::{Failure, Kind},
    outbound::Outbound,
    work::Work,
};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use time::OffsetDateTime;
use tonic::{Request, Response, Status as Grpc, async_trait};
use tracing::Instrument as _;
use uuid::Uuid;

/// The interface.
pub struct OrdersGrpc {
    /// Where orders are.
    pub store: Arc<dyn Orders>,
    /// Who knows what things cost.
    pub pricing: Outbound,
    /// How they come about.
    pub saga: Arc<Saga>,
    /// What a call costs us.
    pub work: Work,
}

#[async_trait]
impl OrdersService for OrdersGrpc {
    async fn place_order(&self, request: Request<PlaceOrderRequest>) -> Result<Response<PlaceOrderResponse>, Grpc> {
        self.work.spend().await;
        let order = self.place(request.into_inner()).await?;
        Ok(Response::new(PlaceOrderResponse { order: Some(message(&order)) }))
    }

    async fn get_order(&self, request: Request<GetOrderRequest>) -> Result<Response<GetOrderResponse>, Grpc> {
        let request = request.into_inner();
        let (order_id, customer_id) = (id("/order_id", &request.order_id)?, id("/customer_id", &request.customer_id)?);
        let order = self.store.get(order_id, customer_id).await?;
        let order = order.ok_or_else(|| Failure::new(Kind::NotFound, "there is no such order"))?;
        Ok(Response::new(GetOrderResponse { order: Some(message(&order)) }))
    }

    async fn list_orders(&self, request: Request<ListOrdersRequest>) -> Result<Response<ListOrdersResponse>, Grpc> {
        let request = request.into_inner();
        let customer_id = id("/customer_id", &request.customer_id)?;
        let size = match request.page_size {
            0 => 20,
            size @ 1..=100 => i64::from(size),
            _ => return Err(Failure::field("/page_size", "is not between 1 and 100").into()),
        };
        let after = (!request.page_token.is_empty()).then(|| after(&request.page_token)).transpose()?;
        // One more than asked for tells whether there is a next page.
        let mut orders = self.store.list(customer_id, after, size + 1).await?;
        let more = size < orders.len() as i64;
        orders.truncate(size as usize);
        let next_page_token = orders.last().filter(|_| more).map(token).unwrap_or_default();
        Ok(Response::new(ListOrdersResponse { orders: orders.iter().map(message).collect(), next_page_token }))
    }
}

impl OrdersGrpc {
    async fn place(&self, request: PlaceOrderRequest) -> Result<Order, Failure> {
        let (asked, customer_id, basket_id) = check(&request)?;
        if let Some(placed) = self.store.by_key(customer_id, &asked.key).await? {
            return self.again(placed, &asked).await;
        }
        let quote = self.quote(customer_id, &request.lines).await?;
        let order = Order {
            order_id: Uuid::now_v7(),
            customer_id,
            basket_id,
            lines: lines(&quote)?,
            total_cents: quote.total_cents,
            currency: quote.currency,
            status: Status::Pending,
            placed_at: to_microseconds(OffsetDateTime::now_utc()),
        };
        if !self.store.begin(&order, &asked, self.saga.times.lease).await? {
            // Somebody else was faster with the same key.
            let placed = self.store.by_key(customer_id, &asked.key).await?;
            let placed = placed.ok_or_else(|| Failure::new(Kind::Unavailable, "two requests with one key met"))?;
            return self.again(placed, &asked).await;
        }
        // A task of its own: what was begun is finished or undone, whether the caller still waits or not.
        let (saga, call) = (self.saga.clone(), Call::current());
        let context = opentelemetry::Context::current();
        let run = async move { saga.run(&order, request.payment_token).await };
        let run = opentelemetry::trace::FutureExt::with_context(call.scope(run), context).in_current_span();
        let result = tokio::spawn(run).await;
        result.unwrap_or_else(|error| Err(Failure::new(Kind::Internal, format!("the saga broke: {error}"))))
    }

    /// The same key again: the same answer, once there is one.
    async fn again(&self, mut placed: Placed, asked: &Asked) -> Result<Order, Failure> {
        if placed.fingerprint != asked.fingerprint {
            return Err(Failure::new(Kind::KeyReused, "this key was used before with other lines"));
        }
        let patience = Call::current().within(Duration::from_millis(1500));
        loop {
            match (placed.order.status, placed.reason) {
                (Status::Confirmed, _) => return Ok(placed.order),
                (Status::Cancelled, reason) => {
                    return Err(
                        reason.map_or_else(|| Failure::new(Kind::Busy, "it was undone"), |reason| reason.failure())
                    );
                }
                (Status::Pending, _) => {}
            }
            if patience.left(Duration::MAX) < Duration::from_millis(200) {
                return Err(Failure::new(Kind::InProgress, "a request with this key is still under way"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            placed = match self.store.by_key(placed.order.customer_id, &asked.key).await? {
                Some(placed) => placed,
                None => {
                    return Err(Failure::new(
                        Kind::Busy,
                        "the request before this one was refused; nothing was charged",
                    ));
                }
            };
        }
    }

    async fn quote(&self, customer_id: Uuid, lines: &[RequestedLine]) -> Result<QuoteResponse, Failure> {
        let line = |line: &RequestedLine| QuoteLine { sku: line.sku.clone(), quantity: line.quantity };
        let lines = lines.iter().map(line).collect();
        let request = QuoteRequest { customer_id: customer_id.to_string(), lines, currency: "EUR".to_owned() };
        let quote = self.pricing.call("chandlery.pricing.v1.PricingService/Quote", request, |channel, request| async {
            PricingServiceClient::new(channel).quote(request).await
        });
        quote.await
    }
}

/// What is asked for, if it is well formed.
fn check(request: &PlaceOrderRequest) -> Result<(Asked, Uuid, Uuid), Failure> {
    let customer_id = id("/customer_id", &request.customer_id)?;
    let basket_id = id("/basket_id", &request.basket_id)?;
    if !(16..=64).contains(&request.idempotency_key.len()) {
        return Err(Failure::field("/idempotency_key", "has not between 16 and 64 characters"));
    }
    if !(1..=200).contains(&request.lines.len()) {
        return Err(Failure::field("/lines", "has not between 1 and 200 lines"));
    }
    let mut skus = BTreeSet::new();
    for (number, line) in request.lines.iter().enumerate() {
        if !(1..=10_000).contains(&line.quantity) {
            return Err(Failure::field(format!("/lines/{number}/quantity"), "is not between 1 and 10000"));
        }
        if !skus.insert(&line.sku) {
            return Err(Failure::field(format!("/lines/{number}/sku"), "stands in another line too"));
        }
    }
    if request.payment_token.is_empty() {
        return Err(Failure::field("/payment_token", "is missing"));
    }
    Ok((Asked { key: request.idempotency_key.clone(), fingerprint: fingerprint(request) }, customer_id, basket_id))
}

/// The basket and the lines; the payment token may be another one when a customer tries again.
fn fingerprint(request: &PlaceOrderRequest) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(&request.basket_id);
    for line in &request.lines {
        hash.update([0]);
        hash.update(&line.sku);
        hash.update([0]);
        hash.update(line.quantity.to_be_bytes());
    }
    hash.finalize().into()
}

fn lines(quote: &QuoteResponse) -> Result<Vec<Line>, Failure> {
    let line = |line: &contracts::pricing::PricedLine| {
        let discount = line.discount_cents / i64::from(line.quantity.max(1));
        let quantity = i32::try_from(line.quantity).ok()?;
        Some(Line { sku: line.sku.clone(), quantity, unit_price_cents: line.unit_price_cents - discount })
    };
    let lines: Option<Vec<Line>> = quote.lines.iter().map(line).collect();
    lines.ok_or_else(|| Failure::new(Kind::Internal, "pricing counts more than there can be"))
}

fn id(pointer: &str, text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::field(pointer, "is no UUID"))
}

/// The database keeps microseconds; a page's token must name the same moment.
fn to_microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(at.nanosecond() / 1000 * 1000).unwrap_or(at)
}

fn token(order: &Order) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", order.placed_at.unix_timestamp_nanos(), order.order_id))
}

fn after(token: &str) -> Result<After, Failure> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (nanos, order_id) = text.split_once(' ')?;
        let placed_at = OffsetDateTime::from_unix_timestamp_nanos(nanos.parse().ok()?).ok()?;
        Some(After { placed_at, order_id: order_id.parse().ok()? })
    };
    read().ok_or_else(|| Failure::field("/page_token", "is none of ours"))
}

fn message(order: &Order) -> OrderMessage {
    let line = |line: &Line| OrderLine {
        sku: line.sku.clone(),
        quantity: line.quantity as u32,
        unit_price_cents: line.unit_price_cents,
    };
    let status = match order.status {
        Status::Pending => OrderStatus::Pending,
        Status::Confirmed => OrderStatus::Confirmed,
        Status::Cancelled => OrderStatus::Cancelled,
    };
    OrderMessage {
        order_id: order.order_id.to_string(),
        customer_id: order.customer_id.to_string(),
        lines: order.lines.iter().map(line).collect(),
        total_cents: order.total_cents,
        currency: order.currency.clone(),
        status: status.into(),
        placed_at: Some(timestamp(order.placed_at)),
    }
}
