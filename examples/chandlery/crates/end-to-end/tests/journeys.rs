//! Journeys over REST against the embedded shop: what a customer can do, what is refused and how, and what comes of it.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use end_to_end::{Customer, asyncapi, check_replay, check_schema, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use shop::embedded::{Options, Shop, start};
use std::{collections::BTreeMap, path::PathBuf};
use uuid::Uuid;

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("chandlery-{}", Uuid::new_v4()))
}

/// A shop whose work takes no time and whose customers may ask often, so that tests wait for neither.
fn options(data: Option<PathBuf>) -> Options {
    let worked =
        ["orders", "pricing", "stock", "payments", "catalog", "basket"].map(|service| (service, "WORK_HOLD", "0ms"));
    let others = [
        ("gateway", "RATE_LIMIT", "10000/s"),
        ("gateway", "RATE_LIMIT_BURST", "10000"),
        // A charge that has not turned up after so long never does; the stand-in charges before it hangs.
        ("orders", "SAGA_SETTLE", "1s"),
        ("orders", "SAGA_LEASE", "2s"),
    ];
    let settings = worked.into_iter().chain(others);
    let settings = settings.map(|(service, name, value)| ((service.into(), name.into()), value.into())).collect();
    Options { data, gateway: ([127, 0, 0, 1], 0).into(), state: folder(), settings }
}

async fn open() -> (Shop, Customer) {
    let shop = start(options(None)).await.expect("the shop opens");
    let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    (shop, customer)
}

fn key() -> String {
    Uuid::new_v4().to_string()
}

#[tokio::test]
async fn a_customer_browses_page_by_page() {
    let (shop, customer) = open().await;
    let (mut skus, mut path) = (Vec::new(), "/products?page_size=10".to_owned());
    loop {
        let page = customer.get("/products", &path).await;
        assert_eq!(page.status, 200);
        skus.extend(page.body["products"].as_array().unwrap().iter().map(|product| product["sku"].clone()));
        let Some(next) = page.body["next_page_token"].as_str() else { break };
        path = format!("/products?page_size=10&page_token={next}");
    }
    assert_eq!(skus.len(), 24);
    let rope = customer.get("/products/{sku}", "/products/ROPE-12-POLY").await;
    assert_eq!((rope.status, &rope.body["price"]["amount_cents"]), (200, &json!(245)));
    assert_eq!(customer.get("/products/{sku}", "/products/MOON").await.status, 404);
    shop.stop().await;
}

#[tokio::test]
async fn a_basket_changes_only_from_what_it_is() {
    let (shop, customer) = open().await;
    let path = format!("/baskets/{}", Uuid::new_v4());
    let put = async |condition: (&str, &str), quantity: u32| {
        let body = json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": quantity }] });
        let request = customer.request(Method::PUT, &path).header(condition.0, condition.1).json(&body);
        customer.send("put", "/baskets/{id}", request).await
    };
    assert_eq!(customer.get("/baskets/{id}", &path).await.status, 404);
    let made = put(("If-None-Match", "*"), 1).await;
    assert_eq!(made.status, 200);
    assert_eq!(put(("If-None-Match", "*"), 2).await.status, 412, "there is one");
    let changed = put(("If-Match", &made.etag), 3).await;
    assert_eq!((changed.status, &changed.body["lines"][0]["quantity"]), (200, &json!(3)));
    assert_eq!(put(("If-Match", &made.etag), 4).await.status, 412, "a lost update");
    assert_eq!(put(("X", "y"), 4).await.status, 428);
    let found = customer.get("/baskets/{id}", &path).await;
    assert_eq!((found.etag, &found.body), (changed.etag.clone(), &changed.body));
    let other = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    assert_eq!(other.get("/baskets/{id}", &path).await.status, 404, "another customer's");
    let delete = async |condition: &str| {
        let request = customer.request(Method::DELETE, &path).header("If-Match", condition);
        customer.send("delete", "/baskets/{id}", request).await.status
    };
    assert_eq!((delete(&made.etag).await, delete(&changed.etag).await, delete(&changed.etag).await), (412, 204, 204));
    shop.stop().await;
}

#[tokio::test]
async fn a_checkout_is_paid_told_and_found_again() {
    let (shop, customer) = open().await;
    let key = key();
    let placed = customer.check_out("ROPE-12-POLY", 3, "tok_visa_4242", &key).await;
    assert_eq!(
        (placed.status, &placed.body["status"], &placed.body["total"]["amount_cents"]),
        (201, &json!("confirmed"), &json!(735))
    );
    let again = customer.check_out("ROPE-12-POLY", 3, "tok_visa_4242", &key).await;
    assert_eq!((again.status, &again.body), (201, &placed.body), "the same key, the same order");
    assert_eq!(
        customer.check_out("ROPE-12-POLY", 4, "tok_visa_4242", &key).await.status,
        422,
        "the same key, other lines"
    );
    let found = customer.get("/orders/{id}", &placed.location).await;
    assert_eq!(found.body, placed.body);
    let all = customer.get("/orders", "/orders").await;
    assert_eq!(all.body["orders"], json!([placed.body]));
    let other = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    assert_eq!(other.get("/orders/{id}", &placed.location).await.status, 404, "another customer's");

    // It is picked, and mailed, once.
    let order = placed.body["order_id"].clone();
    let picking = eventually("the picking list", async || {
        shop.books()["picking"].as_array().unwrap().iter().find(|list| list["order_id"] == order).cloned()
    });
    let picking = picking.await;
    assert_eq!(
        (&picking["lines"], &picking["withdrawn"]),
        (&json!([{ "sku": "ROPE-12-POLY", "quantity": 3 }]), &json!(false))
    );
    let mails = eventually("the mail", async || {
        let mails: Value =
            reqwest::get(format!("http://{}/stand-in/messages", shop.mailer)).await.ok()?.json().await.ok()?;
        mails.as_array().filter(|mails| !mails.is_empty()).cloned()
    });
    assert_eq!(mails.await.len(), 1);
    let books = shop.books();
    let level = books["levels"].as_array().unwrap().iter().find(|level| level["sku"] == "ROPE-12-POLY").unwrap();
    assert_eq!((&level["on_hand"], &level["reserved"]), (&json!(999_997), &json!(0)));
    shop.stop().await;
}

#[tokio::test]
async fn what_cannot_be_paid_or_delivered_leaves_nothing_behind() {
    let (shop, customer) = open().await;
    let declined = customer.check_out("ROPE-12-POLY", 3, "tok_declined_card", &key()).await;
    assert_eq!((declined.status, &declined.body["type"]), (402, &json!("/problems/card-declined")));
    let short = customer.check_out("SEXTANT-BRASS", 13, "tok_visa_4242", &key()).await;
    assert_eq!((short.status, &short.body["type"]), (409, &json!("/problems/out-of-stock")));
    let charges: Value =
        reqwest::get(format!("http://{}/stand-in/charges", shop.psp)).await.unwrap().json().await.unwrap();
    assert!(charges.as_array().unwrap().iter().all(|charge| charge["status"] == "declined"), "{charges}");
    let books = shop.books();
    assert!(books["levels"].as_array().unwrap().iter().all(|level| level["reserved"] == 0));
    assert!(books["orders"].as_array().unwrap().iter().all(|order| order["status"] == "cancelled"));
    shop.stop().await;
}

/// psp is told to misbehave, and then healed: what the customer is told at first, what the same key leads to in the end,
/// and how many charges stand.
async fn with_psp(behaviour: Value, first: &[u16], last: u16, charged: usize) {
    let (shop, customer) = open().await;
    let behave = async |behaviour: &Value| {
        let url = format!("http://{}/stand-in/behaviour", shop.psp);
        let answer = reqwest::Client::new().patch(url).json(behaviour).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    };
    behave(&behaviour).await;
    let key = key();
    let told = customer.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &key).await;
    assert!(first.contains(&told.status), "{behaviour}: {} {}", told.status, told.body);
    behave(&json!({ "hang_percent": 0.0, "lose_answer_percent": 0.0, "fail_percent": 0.0 })).await;
    let ended = eventually("an end", async || {
        let books = shop.books();
        let mut orders = books["orders"].as_array().unwrap().iter();
        orders.all(|order| order["status"] != "pending").then_some(())
    });
    ended.await;
    let again = customer.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &key).await;
    assert_eq!(again.status, last, "{}", again.body);
    let url = format!("http://{}/stand-in/charges", shop.psp);
    let charges: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let held: Vec<&Value> =
        charges.as_array().unwrap().iter().filter(|charge| charge["status"] == "succeeded").collect();
    assert_eq!(held.len(), charged, "{charges}");
    if let Some(held) = held.first() {
        assert_eq!(held["order_id"], again.body["order_id"]);
    }
    shop.stop().await;
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_a_confirmed_order() {
    with_psp(json!({ "lose_answer_percent": 100.0 }), &[201, 504], 201, 1).await;
}

#[tokio::test]
async fn a_charge_that_hangs_is_a_confirmed_order() {
    with_psp(json!({ "hang_percent": 100.0 }), &[201, 504], 201, 1).await;
}

#[tokio::test]
async fn a_charge_that_failed_was_none() {
    with_psp(json!({ "fail_percent": 100.0 }), &[429, 504], 429, 0).await;
}

#[tokio::test]
async fn a_dead_letter_goes_round_again() {
    let mut options = options(None);
    options.settings.insert(("notify".into(), "EVENTS_MAX_DELIVER".into()), "1".into());
    let shop = start(options).await.expect("the shop opens");
    let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control = listener.local_addr().unwrap();
    let routes = shop.dead_letters();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    check_replay(&customer, shop.mailer, control).await;
    shop.stop().await;
}

#[tokio::test]
async fn what_is_kept_in_a_folder_is_there_after_a_start() {
    let data = folder();
    let customer_id = Uuid::new_v4();
    let shop = start(options(Some(data.clone()))).await.expect("the shop opens");
    let customer = Customer::new(shop.gateway, shop.token(customer_id));
    let placed = customer.check_out("ROPE-12-POLY", 3, "tok_visa_4242", &key()).await;
    assert_eq!(placed.status, 201);
    shop.stop().await;
    let shop = start(options(Some(data.clone()))).await.expect("the shop opens again");
    let customer = Customer::new(shop.gateway, shop.token(customer_id));
    assert_eq!(customer.get("/orders/{id}", &placed.location).await.body, placed.body);
    shop.stop().await;
    std::fs::remove_dir_all(data).unwrap();
}

#[tokio::test]
async fn bad_requests_are_refused_as_problems_and_change_nothing() {
    let (shop, customer) = open().await;
    let before = shop.books();
    let id = Uuid::new_v4();
    let lines = json!([{ "sku": "ROPE-12-POLY", "quantity": 1 }]);
    let mut status = BTreeMap::<u16, u32>::new();
    let mut count = |status_of: u16| {
        assert!((400..500).contains(&status_of), "{status_of}");
        *status.entry(status_of).or_default() += 1;
    };

    // Lists and looks.
    for query in [
        "page_size=0",
        "page_size=101",
        "page_size=-1",
        "page_size=ten",
        "page_size=1.5",
        "page_size=",
        "page_token=",
        "page_token=%00",
        "page_token=bm9uc2Vuc2U",
        "page_size=99999999999999999999",
    ] {
        count(customer.get("/products", &format!("/products?{query}")).await.status);
        count(customer.get("/orders", &format!("/orders?{query}")).await.status);
    }
    for bad in ["x", "a%20b", "%00", "rope", "-ABC", "%C3%84BC", "AB", &"A".repeat(33), "1%2F2"] {
        count(customer.get("/products/{sku}", &format!("/products/{bad}")).await.status);
        count(customer.get("/orders/{id}", &format!("/orders/{bad}")).await.status);
        count(customer.get("/baskets/{id}", &format!("/baskets/{bad}")).await.status);
        let delete = customer.request(Method::DELETE, &format!("/baskets/{bad}"));
        count(customer.send("delete", "/baskets/{id}", delete).await.status);
    }

    // Bodies.
    let bodies = [
        json!(null),
        json!([]),
        json!({}),
        json!({ "lines": 1 }),
        json!({ "lines": [1] }),
        json!({ "lines": [{ "sku": "ROPE-12-POLY" }] }),
        json!({ "lines": [{ "sku": "rope", "quantity": 1 }] }),
        json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": 0 }] }),
        json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": -1 }] }),
        json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": 1 }, { "sku": "ROPE-12-POLY", "quantity": 1 }] }),
        json!({ "lines": vec![json!({ "sku": "ROPE-12-POLY", "quantity": 1 }); 201] }),
    ];
    for body in bodies {
        let put = customer.request(Method::PUT, &format!("/baskets/{id}")).header("If-None-Match", "*").json(&body);
        count(customer.send("put", "/baskets/{id}", put).await.status);
        let mut body = body;
        if body.is_object() {
            body["payment_token"] = json!("tok_visa_4242");
        }
        let post = customer.request(Method::POST, &format!("/baskets/{id}/checkout")).header("Idempotency-Key", key());
        count(customer.send("post", "/baskets/{id}/checkout", post.json(&body)).await.status);
    }
    for bad_key in ["", "short", "with spaces in it all", &"x".repeat(65), "sixteen-but-für-ä"] {
        let body = json!({ "lines": lines, "payment_token": "tok_visa_4242" });
        let post = customer.request(Method::POST, &format!("/baskets/{id}/checkout")).json(&body);
        let post =
            post.header("Idempotency-Key", reqwest::header::HeaderValue::from_bytes(bad_key.as_bytes()).unwrap());
        count(customer.send("post", "/baskets/{id}/checkout", post).await.status);
    }
    for token in ["", "short", &"x".repeat(129)] {
        count(customer.check_out("ROPE-12-POLY", 1, token, &key()).await.status);
    }
    count(customer.check_out("MOON-ROCK", 1, "tok_visa_4242", &key()).await.status);

    // Without a token, or with a bad one.
    for token in ["", "x", "a.b.c"] {
        let stranger = Customer::new(shop.gateway, token.to_owned());
        assert_eq!(stranger.get("/products", "/products").await.status, 401);
        assert_eq!(stranger.get("/orders", "/orders").await.status, 401);
        assert_eq!(stranger.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &key()).await.status, 401);
    }
    assert_eq!(status.keys().copied().collect::<Vec<_>>(), [400], "{status:?}");
    assert_eq!(shop.books(), before, "nothing was written");
    shop.stop().await;
}

#[tokio::test]
async fn a_customer_who_asks_too_often_is_told_when_to_come_back() {
    let mut options = options(None);
    options.settings.insert(("gateway".into(), "RATE_LIMIT".into()), "1/s".into());
    options.settings.insert(("gateway".into(), "RATE_LIMIT_BURST".into()), "5".into());
    let shop = start(options).await.expect("the shop opens");
    let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    let mut refused = 0;
    for _ in 0..20 {
        let answer = customer.get("/products", "/products").await;
        refused += u32::from(answer.status == 429);
    }
    assert!(0 < refused, "twenty are more than a burst of five");
    let other = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
    assert_eq!(other.get("/products", "/products").await.status, 200, "another customer has a rate of one's own");
    shop.stop().await;
}

#[test]
fn every_event_is_as_the_document_has_it() {
    use orders::order::{CANCELLED, Line, Order, PLACED, Reason, Status};
    let document = asyncapi();
    let order = Order {
        order_id: Uuid::now_v7(),
        customer_id: Uuid::new_v4(),
        basket_id: Uuid::nil(),
        lines: vec![Line { sku: "ROPE-12-POLY".into(), quantity: 2, unit_price_cents: 245 }],
        total_cents: 490,
        currency: "EUR".into(),
        status: Status::Confirmed,
        placed_at: std::time::SystemTime::now().into(),
    };
    let mut told = vec![(PLACED, order.placed())];
    let reasons = [Reason::PaymentDeclined, Reason::PaymentTooLate, Reason::OutOfStock];
    told.extend(reasons.map(|reason| (CANCELLED, order.cancelled(reason))));
    for (kind, outgoing) in told {
        let messages = document["components"]["messages"].as_object().unwrap().values();
        let message = messages.clone().find(|message| message["name"] == kind.kind).expect("a message of this name");
        let event = serde_json::to_value(&outgoing.event).unwrap();
        check_schema(&document, &message["payload"], &event);
        let mut channels = document["channels"].as_object().unwrap().values();
        assert!(channels.any(|channel| channel["address"] == outgoing.topic), "{} is a channel", outgoing.topic);
    }
}

#[tokio::test]
async fn every_service_tells_its_interface_and_its_health() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let (shop, _) = open().await;
    for (service, address) in shop.addresses.iter().filter(|(service, _)| **service != "gateway") {
        let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy();
        for name in ["live", "started", "ready"] {
            let request = HealthCheckRequest { service: name.to_owned() };
            let answer = HealthClient::new(channel.clone()).check(request).await.unwrap();
            assert_eq!(answer.into_inner().status, 1, "{service} is {name}");
        }
        let ask = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let asked = tokio_stream::iter([ask]);
        let answers = ServerReflectionClient::new(channel).server_reflection_info(asked).await.unwrap();
        let answer = answers.into_inner().message().await.unwrap().unwrap().message_response;
        let Some(MessageResponse::ListServicesResponse(list)) = answer else { panic!("{service}: {answer:?}") };
        let names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
        assert!(names.iter().any(|name| name == "grpc.health.v1.Health"), "{names:?}");
        // fulfil and notify have no interface of their own.
        let own = format!("chandlery.{service}.v1.");
        let expect = !["fulfil", "notify"].contains(service);
        assert!(!expect || names.iter().any(|name| name.starts_with(&own)), "{service}: {names:?}");
    }
    for probe in ["live", "started", "ready"] {
        let answer = reqwest::get(format!("http://{}/health/{probe}", shop.gateway)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, r#"{"status":"ok"}"#.to_owned()));
    }
    shop.stop().await;
}
