//! The range.

use crate::{
    Gateway,
    customer::Customer,
    input::{Money, Page, is_sku, present},
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use contracts::catalog::{
    GetProductRequest, ListProductsRequest, Product as ProductMessage, catalog_service_client::CatalogServiceClient,
};
use serde::Serialize;
use service_kit::failure::Failure;

#[derive(Debug, Serialize)]
struct Product {
    sku: String,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    category: String,
    price: Money,
}

#[derive(Debug, Serialize)]
struct ProductPage {
    products: Vec<Product>,
    #[serde(skip_serializing_if = "String::is_empty")]
    next_page_token: String,
}

impl From<ProductMessage> for Product {
    fn from(product: ProductMessage) -> Self {
        let ProductMessage { sku, name, description, category, price_cents, currency } = product;
        Self { sku, name, description, category, price: Money { amount_cents: price_cents, currency } }
    }
}

/// `GET /products`
pub async fn list(
    State(gateway): State<Gateway>,
    customer: Customer,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(page) = page.map_err(|error| Failure::field("", error.body_text()))?;
    let request =
        ListProductsRequest { page_size: page.size()?, page_token: page.token()?, category: page.category()? };
    let method = "chandlery.catalog.v1.CatalogService/ListProducts";
    let page = gateway.catalog.call(method, request, |channel, request| async {
        CatalogServiceClient::new(channel).list_products(request).await
    });
    let page = page.await?;
    let products = page.products.into_iter().map(Product::from).collect();
    let page = ProductPage { products, next_page_token: page.next_page_token };
    Ok(([("ratelimit", format!("\"customer\";r={}", customer.left))], Json(page)).into_response())
}

/// `GET /products/{sku}`
pub async fn get(State(gateway): State<Gateway>, _: Customer, Path(sku): Path<String>) -> Result<Response, Failure> {
    if !is_sku(&sku) {
        return Err(Failure::field("/sku", "is no stock keeping unit"));
    }
    let method = "chandlery.catalog.v1.CatalogService/GetProduct";
    let found = gateway.catalog.call(method, GetProductRequest { sku }, |channel, request| async {
        CatalogServiceClient::new(channel).get_product(request).await
    });
    let product: Product = present(found.await?.product)?.into();
    Ok(Json(product).into_response())
}
