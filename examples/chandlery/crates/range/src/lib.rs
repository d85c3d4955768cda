//! What the shop sells: `db/range.csv`, compiled in.
//!
//! Pricing prices by it; catalog and stock begin with it where their stores are empty. Afterwards each goes its own way.

use std::sync::LazyLock;

/// A product, with what it costs and how many there are to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Stock keeping unit.
    pub sku: &'static str,
    /// What it is.
    pub name: &'static str,
    /// What else there is to say.
    pub description: &'static str,
    /// Where it is listed.
    pub category: &'static str,
    /// List price of one.
    pub price_cents: i64,
    /// How many there are at first.
    pub on_hand: i32,
}

/// The currency of every price.
pub const CURRENCY: &str = "EUR";

/// Every product, in the order of its stock keeping units.
pub fn products() -> &'static [Product] {
    static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
        let mut lines = include_str!("../../../db/range.csv").lines().skip(1);
        let mut products: Vec<Product> = lines.by_ref().filter_map(product).collect();
        products.sort_by_key(|product| product.sku);
        products
    });
    &PRODUCTS
}

/// One product by its stock keeping unit.
pub fn product_of(sku: &str) -> Option<&'static Product> {
    products().binary_search_by_key(&sku, |product| product.sku).ok().map(|index| &products()[index])
}

fn product(line: &'static str) -> Option<Product> {
    let [sku, name, description, category, price, on_hand] = fields(line)?;
    let (price_cents, on_hand) = (price.parse().ok()?, on_hand.parse().ok()?);
    Some(Product { sku, name, description, category, price_cents, on_hand })
}

/// Six fields; one with a comma in it stands in quotes (RFC 4180, as far as this list uses it).
fn fields(line: &str) -> Option<[&str; 6]> {
    let mut rest = line;
    let mut fields = [""; 6];
    for field in &mut fields {
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"')?;
                (value, after.strip_prefix(',').unwrap_or(after))
            }
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        (*field, rest) = (value, after);
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_a_product() {
        assert_eq!(products().len(), include_str!("../../../db/range.csv").lines().count() - 1);
        assert!(products().windows(2).all(|pair| pair[0].sku < pair[1].sku), "each once");
        let rope = product_of("ROPE-12-POLY").unwrap();
        assert_eq!((rope.name, rope.price_cents), ("Rope 12 mm polyester, by the metre", 245));
        assert_eq!(product_of("ROPE-13-POLY"), None);
    }
}
