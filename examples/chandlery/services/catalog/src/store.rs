//! Where the range is kept.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use service_kit::failure::Failure;

pub mod memory;
pub mod postgres;

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Product {
    pub sku: String,
    pub name: String,
    pub description: String,
    pub category: String,
    pub price_cents: i64,
    pub currency: String,
}

/// Which products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub size: i64,
    /// Those after this one; empty for the first page.
    pub after: String,
    /// Of this category alone.
    pub category: Option<String>,
}

/// A store of products.
#[async_trait]
pub trait Products: Send + Sync {
    /// Begins with these where there are none of theirs yet.
    async fn begin_with(&self, products: &[range::Product]) -> Result<(), Failure>;

    /// A page, in the order of stock keeping units.
    async fn list(&self, page: &Page) -> Result<Vec<Product>, Failure>;

    /// One product.
    async fn get(&self, sku: &str) -> Result<Option<Product>, Failure>;
}

/// What every store of products must do. It must be empty, or hold the range.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, clippy::unwrap_used, reason = "a test")]
pub async fn check_contract(store: &dyn Products) {
    for _ in 0..2 {
        store.begin_with(range::products()).await.unwrap();
    }
    let page = |size, after: &str, category: Option<&str>| Page {
        size,
        after: after.to_owned(),
        category: category.map(str::to_owned),
    };
    let all = store.list(&page(100, "", None)).await.unwrap();
    assert_eq!(all.len(), range::products().len());
    // Page by page is the same as all at once.
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let next = store.list(&page(7, &after, None)).await.unwrap();
        let Some(last) = next.last() else { break };
        after.clone_from(&last.sku);
        pages.extend(next);
    }
    assert_eq!(pages, all);
    let ropes = store.list(&page(100, "", Some("rope"))).await.unwrap();
    assert_eq!(
        ropes.iter().map(|rope| rope.sku.as_str()).collect::<Vec<_>>(),
        ["ROPE-12-POLY", "ROPE-16-NYLON", "ROPE-8-DYNEEMA"]
    );
    assert_eq!(store.list(&page(1, "ROPE-16-NYLON", Some("rope"))).await.unwrap(), ropes[2..]);
    assert_eq!(store.get("ROPE-12-POLY").await.unwrap().as_ref(), Some(&ropes[0]));
    assert_eq!(store.get("MOON").await.unwrap(), None);
}
