//! Catalog: the range, for reading. From the cache, and from its database behind it.

pub mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::catalog::{
    GetProductRequest, GetProductResponse, ListProductsRequest, ListProductsResponse, Product as ProductMessage,
    catalog_service_server::{CatalogService, CatalogServiceServer},
};
use service_kit::{
    cache::{Cache, ReadThrough, Times, redis::RedisCache},
    config::Variables,
    failure::{Failure, Kind},
    postgres::Postgres,
    redis::Redis,
    service::{Door, Service},
    telemetry::Telemetry,
    work::Work,
};
use std::{error::Error, sync::Arc};
use store::{Page, Product, Products, postgres::PostgresProducts};
use tonic::{Request, Response, Status, async_trait, service::Routes};

type Started = Result<Service, Box<dyn Error + Send + Sync>>;

/// The service against PostgreSQL and Redis. Not ready without its database; without its cache it is only slower.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Started {
    let database = Postgres::from("catalog-db", &variables, &telemetry)?;
    let redis = Redis::from("catalog-cache", "CACHE", &variables, &telemetry)?;
    let cache = RedisCache::new(redis, variables.or("CACHE_PREFIX", "catalog:".to_owned())?);
    let (check, store) = (database.check(), Arc::new(PostgresProducts::new(database.clone())));
    let service = with(variables, telemetry, store.clone(), Arc::new(cache))?;
    Ok(service.check(check).prepare(move || {
        let (database, store) = (database.clone(), store.clone());
        async move {
            database.migrate().await?;
            Ok(store.begin_with(range::products()).await?)
        }
    }))
}

/// The service with any store and any cache.
pub fn with(variables: Variables, telemetry: Telemetry, store: Arc<dyn Products>, cache: Arc<dyn Cache>) -> Started {
    let reads = ReadThrough::new(cache, Times::from(&variables)?);
    let catalog = CatalogGrpc { store, reads, work: Work::from(&variables)? };
    let routes = Routes::new(CatalogServiceServer::new(catalog));
    Ok(Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)?)
}

struct CatalogGrpc {
    store: Arc<dyn Products>,
    reads: ReadThrough,
    work: Work,
}

#[async_trait]
impl CatalogService for CatalogGrpc {
    async fn list_products(
        &self,
        request: Request<ListProductsRequest>,
    ) -> Result<Response<ListProductsResponse>, Status> {
        self.work.spend().await;
        let page = page(request.get_ref())?;
        let (store, wanted) = (self.store.clone(), page.clone());
        let name = format!("page:{}:{}:{}", page.size, page.category.as_deref().unwrap_or("*"), page.after);
        // One more than asked for tells whether there is a next page.
        let load = async move { store.list(&Page { size: wanted.size + 1, ..wanted }).await.map(Some) };
        let mut products: Vec<Product> = self.reads.get(name, load).await?.unwrap_or_default();
        let more = page.size < products.len() as i64;
        products.truncate(page.size as usize);
        let last = products.last().filter(|_| more);
        let next_page_token = last.map(|product| URL_SAFE_NO_PAD.encode(&product.sku)).unwrap_or_default();
        Ok(Response::new(ListProductsResponse {
            products: products.into_iter().map(message).collect(),
            next_page_token,
        }))
    }

    async fn get_product(&self, request: Request<GetProductRequest>) -> Result<Response<GetProductResponse>, Status> {
        self.work.spend().await;
        let sku = request.into_inner().sku;
        if !is_sku(&sku) {
            return Err(Failure::field("/sku", "is no stock keeping unit").into());
        }
        let (store, wanted) = (self.store.clone(), sku.clone());
        let load = async move { store.get(&wanted).await };
        let product = self.reads.get(format!("product:{sku}"), load).await?;
        let product: Product = product.ok_or_else(|| Failure::new(Kind::NotFound, "there is no such product"))?;
        Ok(Response::new(GetProductResponse { product: Some(message(product)) }))
    }
}

/// As `api/openapi.yaml` has it: `^[A-Z0-9][A-Z0-9-]{2,31}$`.
fn is_sku(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    (3..=32).contains(&text.len())
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|letter| plain(letter) || letter == b'-')
}

fn page(request: &ListProductsRequest) -> Result<Page, Failure> {
    let size = match request.page_size {
        0 => 20,
        size @ 1..=100 => i64::from(size),
        _ => return Err(Failure::field("/page_size", "is not between 1 and 100")),
    };
    let after = URL_SAFE_NO_PAD.decode(&request.page_token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let after = after.filter(|sku| sku.is_empty() || is_sku(sku));
    let after = after.ok_or_else(|| Failure::field("/page_token", "is none of ours"))?;
    if 64 < request.category.len() {
        return Err(Failure::field("/category", "has more than 64 characters"));
    }
    let category = (!request.category.is_empty()).then(|| request.category.clone());
    Ok(Page { size, after, category })
}

fn message(product: Product) -> ProductMessage {
    let Product { sku, name, description, category, price_cents, currency } = product;
    ProductMessage { sku, name, description, category, price_cents, currency }
}
