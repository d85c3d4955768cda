//! Baskets. A change says what it was made from: `If-Match` with the version, or `If-None-Match` with `*`.

use crate::{
    Gateway,
    customer::Customer,
    input::{Line, check_lines, id, present, rfc3339},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use contracts::basket::{
    Basket as BasketMessage, DeleteBasketRequest, GetBasketRequest, Line as LineMessage, PutBasketRequest,
    basket_service_client::BasketServiceClient,
};
use http::{
    HeaderMap, StatusCode,
    header::{ETAG, IF_MATCH, IF_NONE_MATCH},
};
use serde::{Deserialize, Serialize};
use service_kit::{
    failure::{Failure, Kind},
    rest::{Body, header},
};

#[derive(Debug, Serialize)]
struct Basket {
    basket_id: String,
    lines: Vec<Line>,
    expires_at: String,
}

/// The body of a change.
#[derive(Debug, Deserialize)]
pub struct BasketLines {
    lines: Vec<Line>,
}

/// `GET /baskets/{id}`
pub async fn get(
    State(gateway): State<Gateway>,
    customer: Customer,
    Path(basket): Path<String>,
) -> Result<Response, Failure> {
    let request = GetBasketRequest { basket_id: id(&basket)?.to_string(), customer_id: customer.id.to_string() };
    let method = "chandlery.basket.v1.BasketService/GetBasket";
    let found = gateway.basket.call(method, request, |channel, request| async {
        BasketServiceClient::new(channel).get_basket(request).await
    });
    answer(present(found.await?.basket)?)
}

/// `PUT /baskets/{id}`
pub async fn put(
    State(gateway): State<Gateway>,
    customer: Customer,
    Path(basket): Path<String>,
    headers: HeaderMap,
    Body(body): Body<BasketLines>,
) -> Result<Response, Failure> {
    let basket_id = id(&basket)?.to_string();
    let expected_version = match (version(&headers)?, header(&headers, IF_NONE_MATCH.as_str())) {
        (Some(version), None) => version,
        (None, Some("*")) => 0,
        (None, None) => {
            return Err(Failure::new(Kind::VersionRequired, "neither If-Match nor If-None-Match was given"));
        }
        _ => return Err(Failure::field("/If-None-Match", "is not `*`, or stands beside If-Match")),
    };
    check_lines(&body.lines, 0)?;
    let lines = body.lines.into_iter().map(|line| LineMessage { sku: line.sku, quantity: line.quantity }).collect();
    let request = PutBasketRequest { basket_id, customer_id: customer.id.to_string(), lines, expected_version };
    let method = "chandlery.basket.v1.BasketService/PutBasket";
    let stored = gateway.basket.call(method, request, |channel, request| async {
        BasketServiceClient::new(channel).put_basket(request).await
    });
    answer(present(stored.await?.basket)?)
}

/// `DELETE /baskets/{id}`
pub async fn delete(
    State(gateway): State<Gateway>,
    customer: Customer,
    Path(basket): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    let request = DeleteBasketRequest {
        basket_id: id(&basket)?.to_string(),
        customer_id: customer.id.to_string(),
        expected_version: version(&headers)?.unwrap_or(0),
    };
    let method = "chandlery.basket.v1.BasketService/DeleteBasket";
    let gone = gateway.basket.call(method, request, |channel, request| async {
        BasketServiceClient::new(channel).delete_basket(request).await
    });
    gone.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The version in `If-Match`: a number in quotes, as `ETag` gave it.
fn version(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let number = number.and_then(|number| number.parse().ok()).filter(|number| 0 < *number);
    // A version that we never gave cannot be the stored one.
    number.map(Some).ok_or_else(|| Failure::new(Kind::VersionMismatch, "If-Match holds no version of ours"))
}

fn answer(basket: BasketMessage) -> Result<Response, Failure> {
    let lines = basket.lines.into_iter().map(|line| Line { sku: line.sku, quantity: line.quantity }).collect();
    let expires_at = rfc3339(basket.expires_at.as_ref())?;
    let tag = format!("\"{}\"", basket.version);
    Ok(([(ETAG, tag)], Json(Basket { basket_id: basket.basket_id, lines, expires_at })).into_response())
}
