//! Products in memory: the range as it is compiled in. Nobody changes it while the shop runs.

use super::{Page, Product, Products};
use async_trait::async_trait;
use service_kit::failure::Failure;

/// The range.
#[derive(Debug)]
pub struct MemoryProducts;

fn product(product: &range::Product) -> Product {
    Product {
        sku: product.sku.to_owned(),
        name: product.name.to_owned(),
        description: product.description.to_owned(),
        category: product.category.to_owned(),
        price_cents: product.price_cents,
        currency: range::CURRENCY.to_owned(),
    }
}

#[async_trait]
impl Products for MemoryProducts {
    async fn begin_with(&self, _: &[range::Product]) -> Result<(), Failure> {
        Ok(())
    }

    async fn list(&self, page: &Page) -> Result<Vec<Product>, Failure> {
        let after = range::products().iter().filter(|product| page.after.as_str() < product.sku);
        let wanted = after.filter(|product| page.category.as_ref().is_none_or(|category| category == product.category));
        Ok(wanted.take(page.size as usize).map(product).collect())
    }

    async fn get(&self, sku: &str) -> Result<Option<Product>, Failure> {
        Ok(range::product_of(sku).map(product))
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn keeps_the_contract() {
        super::super::check_contract(&super::MemoryProducts).await;
    }
}
