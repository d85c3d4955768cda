//! What customers come for, and what they were promised.

use std::fmt;

use rand::{Rng, rngs::SmallRng};
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A journey of `plimsoll.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Journey {
    /// `GET /products`
    Browse,
    /// `PUT /baskets/{id}`
    Basket,
    /// `POST /baskets/{id}/checkout`
    Checkout,
    /// `GET /orders/{id}`
    Track,
}

/// What customers were promised. `plimsoll.yaml` says the same; a test compares them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// The least share of requests that succeed, 0 to 1.
    pub success: f64,
    /// The most that the 95th percentile of those may take, in milliseconds.
    pub latency_p95_ms: Option<f64>,
}

impl Journey {
    /// All of them, as `plimsoll.yaml` lists them.
    pub const ALL: [Self; 4] = [Self::Browse, Self::Basket, Self::Checkout, Self::Track];

    /// As `plimsoll.yaml` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Basket => "basket",
            Self::Checkout => "checkout",
            Self::Track => "track",
        }
    }

    /// What its customers were promised.
    pub fn promise(self) -> Promise {
        match self {
            Self::Browse | Self::Basket => Promise { success: 0.99, latency_p95_ms: None },
            Self::Checkout => Promise { success: 0.995, latency_p95_ms: Some(1200.0) },
            Self::Track => Promise { success: 0.995, latency_p95_ms: None },
        }
    }
}

impl fmt::Display for Journey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A customer with a token.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Who it is.
    pub id: Uuid,
    /// What the gateway knows the customer by.
    pub token: String,
}

/// What customers need before they can come: the range that they choose from, and orders to look after.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// The gateway, without a slash at the end.
    pub gateway: String,
    /// Those who come, by turns: the gateway's rate limit counts per customer.
    pub customers: Vec<Customer>,
    /// What there is to buy.
    pub skus: Vec<String>,
    /// Orders that were placed before: the index of the customer, and the order's id.
    pub orders: Vec<(usize, String)>,
}

/// One request, with what it takes to ask again.
#[derive(Debug)]
pub struct Prepared {
    /// Ready to be sent.
    pub request: RequestBuilder,
    /// For a checkout: its key, to ask again with.
    pub checkout: Option<Attempt>,
}

/// A checkout as it was asked for: the same again is the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The index of the customer.
    pub customer: usize,
    /// Where to.
    pub basket_id: Uuid,
    /// The customer's own.
    pub idempotency_key: String,
    /// What is bought.
    pub sku: String,
}

impl Stage {
    /// The request of the `number`th customer of this journey. What is bought follows from the dice; keys and baskets are new
    /// ones whatever the seed, so that a second run of one seed does not get the answers of the first.
    pub fn prepare(&self, client: &Client, journey: Journey, number: u64, dice: &mut SmallRng) -> Prepared {
        let customer = number as usize % self.customers.len();
        let gateway = &self.gateway;
        let sku = self.skus[dice.random_range(0..self.skus.len())].clone();
        let asked = |request: RequestBuilder, customer: usize| Prepared {
            request: request.bearer_auth(&self.customers[customer].token),
            checkout: None,
        };
        match journey {
            Journey::Browse => asked(client.get(format!("{gateway}/products?page_size=20")), customer),
            Journey::Basket => {
                let basket = client.put(format!("{gateway}/baskets/{}", Uuid::new_v4())).header("If-None-Match", "*");
                asked(basket.json(&json!({ "lines": [{ "sku": sku, "quantity": 1 }] })), customer)
            }
            Journey::Checkout => {
                let idempotency_key = Uuid::new_v4().simple().to_string();
                self.checkout(client, Attempt { customer, basket_id: Uuid::new_v4(), idempotency_key, sku })
            }
            Journey::Track => {
                let (owner, order) = &self.orders[number as usize % self.orders.len()];
                asked(client.get(format!("{gateway}/orders/{order}")), *owner)
            }
        }
    }

    /// The request of this attempt, for the first time or again.
    pub fn checkout(&self, client: &Client, attempt: Attempt) -> Prepared {
        let request = client
            .post(format!("{}/baskets/{}/checkout", self.gateway, attempt.basket_id))
            .bearer_auth(&self.customers[attempt.customer].token)
            .header("Idempotency-Key", &attempt.idempotency_key)
            .json(&json!({
                "lines": [{ "sku": attempt.sku, "quantity": 1 }],
                "payment_token": "tok_visa_load",
            }));
        Prepared { request, checkout: Some(attempt) }
    }
}
