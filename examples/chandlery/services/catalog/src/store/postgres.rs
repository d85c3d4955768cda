//! Products in PostgreSQL, as `db/migrations/catalog` has them.

use super::{Page, Product, Products};
use async_trait::async_trait;
use service_kit::{failure::Failure, postgres::Postgres};
use sqlx::{Row as _, postgres::PgRow};

/// Products in PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresProducts {
    database: Postgres,
}

impl PostgresProducts {
    /// In a database whose migrations have run.
    pub fn new(database: Postgres) -> Self {
        Self { database }
    }
}

fn product(row: &PgRow) -> Product {
    Product {
        sku: row.get("sku"),
        name: row.get("name"),
        description: row.get("description"),
        category: row.get("category"),
        price_cents: row.get("price_cents"),
        currency: row.get("currency"),
    }
}

#[async_trait]
impl Products for PostgresProducts {
    async fn begin_with(&self, products: &[range::Product]) -> Result<(), Failure> {
        let column = |field: fn(&range::Product) -> &str| products.iter().map(field).collect::<Vec<_>>();
        let mut transaction = self.database.pool().begin().await?;
        let categories = sqlx::query(
            "INSERT INTO categories (category, title) SELECT DISTINCT category, initcap(category)
             FROM unnest($1::text[]) AS range (category) ON CONFLICT DO NOTHING",
        );
        categories.bind(column(|product| product.category)).execute(&mut *transaction).await?;
        sqlx::query(
            "INSERT INTO products (sku, name, description, category, price_cents, currency)
             SELECT *, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) ON CONFLICT DO NOTHING",
        )
        .bind(column(|product| product.sku))
        .bind(column(|product| product.name))
        .bind(column(|product| product.description))
        .bind(column(|product| product.category))
        .bind(products.iter().map(|product| product.price_cents).collect::<Vec<_>>())
        .bind(range::CURRENCY)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn list(&self, page: &Page) -> Result<Vec<Product>, Failure> {
        let list = async {
            // Two statements, as each has its own index: the primary key, or (category, sku).
            let rows = match &page.category {
                None => sqlx::query("SELECT * FROM products WHERE $1 < sku ORDER BY sku LIMIT $2"),
                Some(category) => {
                    let text = "SELECT * FROM products WHERE $1 < sku AND category = $3 ORDER BY sku LIMIT $2";
                    sqlx::query(text).bind(&page.after).bind(page.size).bind(category)
                }
            };
            let rows = if page.category.is_none() { rows.bind(&page.after).bind(page.size) } else { rows };
            Ok(rows.fetch_all(self.database.pool()).await?.iter().map(product).collect())
        };
        self.database.run("SELECT products", list).await
    }

    async fn get(&self, sku: &str) -> Result<Option<Product>, Failure> {
        let get = async {
            let row = sqlx::query("SELECT * FROM products WHERE sku = $1").bind(sku);
            Ok(row.fetch_optional(self.database.pool()).await?.as_ref().map(product))
        };
        self.database.run("SELECT products", get).await
    }
}
