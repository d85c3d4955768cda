//! The way to a basket as somebody would write it in an afternoon: no deadline, no telemetry, no limit, no shedding, no retry.

use crate::Result;
use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use contracts::basket::{
    Basket, DeleteBasketRequest, DeleteBasketResponse, GetBasketRequest, GetBasketResponse, Line, PutBasketRequest,
    PutBasketResponse,
    basket_service_client::BasketServiceClient,
    basket_service_server::{BasketService, BasketServiceServer},
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use redis::{AsyncCommands as _, aio::MultiplexedConnection};
use serde::Deserialize;
use serde_json::json;
use std::{path::PathBuf, sync::Arc};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Status, async_trait, transport::Channel};
use uuid::Uuid;

/// What lies in the basket that is read.
pub(crate) const LINES: [(&str, u32); 3] = [("ROPE-12-POLY", 3), ("ROPE-16-NYLON", 1), ("SEXTANT-BRASS", 1)];

#[derive(Clone)]
struct Gateway {
    baskets: BasketServiceClient<Channel>,
    keys: Option<Arc<(DecodingKey, Validation)>>,
}

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
}

pub(crate) async fn gateway(basket: &str, jwks: Option<PathBuf>) -> Result<()> {
    let keys = match jwks {
        Some(file) => {
            let set: JwkSet = serde_json::from_slice(&std::fs::read(file)?)?;
            let mut validation = Validation::new(Algorithm::EdDSA);
            validation.set_audience(&["chandlery-api"]);
            let key = set.keys.first().ok_or("the set holds a key")?;
            Some(Arc::new((DecodingKey::from_jwk(key)?, validation)))
        }
        None => None,
    };
    let baskets = BasketServiceClient::connect(format!("http://{basket}")).await?;
    let routes = Router::new().route("/baskets/{id}", get(read)).with_state(Gateway { baskets, keys });
    let listener = listen().await?;
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn read(State(mut gateway): State<Gateway>, Path(id): Path<Uuid>, headers: HeaderMap) -> Response {
    let customer = match &gateway.keys {
        None => Uuid::nil(),
        Some(keys) => {
            let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
            let claims = token.and_then(|token| jsonwebtoken::decode::<Claims>(token, &keys.0, &keys.1).ok());
            let Some(claims) = claims else { return StatusCode::UNAUTHORIZED.into_response() };
            claims.claims.sub
        }
    };
    let request = GetBasketRequest { basket_id: id.to_string(), customer_id: customer.to_string() };
    match gateway.baskets.get_basket(request).await.map(|answer| answer.into_inner().basket) {
        Ok(Some(basket)) => {
            let lines = basket.lines.iter().map(|line| json!({ "sku": line.sku, "quantity": line.quantity }));
            let lines: Vec<_> = lines.collect();
            Json(json!({ "basket_id": basket.basket_id, "lines": lines })).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

struct Baskets {
    redis: MultiplexedConnection,
    prefix: String,
}

#[async_trait]
impl BasketService for Baskets {
    async fn get_basket(
        &self,
        request: Request<GetBasketRequest>,
    ) -> std::result::Result<tonic::Response<GetBasketResponse>, Status> {
        let GetBasketRequest { basket_id, customer_id } = request.into_inner();
        let key = format!("{}{customer_id}.{basket_id}", self.prefix);
        let body: Option<Vec<u8>> = self.redis.clone().get(key).await.map_err(|_| Status::unavailable("redis"))?;
        let body = body.ok_or_else(|| Status::not_found("there is no such basket"))?;
        let lines: Vec<(String, u32)> = serde_json::from_slice(&body).map_err(|_| Status::internal("no basket"))?;
        let lines = lines.into_iter().map(|(sku, quantity)| Line { sku, quantity }).collect();
        let basket = Basket { basket_id, customer_id, lines, version: 1, expires_at: None };
        Ok(tonic::Response::new(GetBasketResponse { basket: Some(basket) }))
    }

    async fn put_basket(
        &self,
        _: Request<PutBasketRequest>,
    ) -> std::result::Result<tonic::Response<PutBasketResponse>, Status> {
        Err(Status::unimplemented("only reads are compared"))
    }

    async fn delete_basket(
        &self,
        _: Request<DeleteBasketRequest>,
    ) -> std::result::Result<tonic::Response<DeleteBasketResponse>, Status> {
        Err(Status::unimplemented("only reads are compared"))
    }
}

pub(crate) async fn basket(redis: &str, prefix: String) -> Result<()> {
    let redis = redis::Client::open(redis)?.get_multiplexed_async_connection().await?;
    let listener = listen().await?;
    let server = tonic::transport::Server::builder().add_service(BasketServiceServer::new(Baskets { redis, prefix }));
    server.serve_with_incoming(TcpListenerStream::new(listener)).await?;
    Ok(())
}

/// Somewhere on this machine; says where.
async fn listen() -> Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(listener)
}

/// Puts the lines where the basket service by hand looks for them.
pub(crate) async fn put(redis: &str, prefix: &str, customer: Uuid, basket: Uuid) -> Result<()> {
    let mut redis = redis::Client::open(redis)?.get_multiplexed_async_connection().await?;
    redis.set::<_, _, ()>(format!("{prefix}{customer}.{basket}"), serde_json::to_vec(&LINES)?).await?;
    Ok(())
}
