//! The stand-in as notify sees it.
#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use serde_json::{Value, json};
use stand_in::Behaviour;

/// Starts one that runs until the test's runtime ends; answers with its address.
async fn start(behaviour: Behaviour) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = stand_in_mailer::router(behaviour, None).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn send(mailer: &str, key: &str, template: &str) -> (u16, Value) {
    let body = json!({"order_id": "o-1", "customer_id": "c-1", "template": template});
    let request = reqwest::Client::new().post(format!("{}/v1/messages", mailer)).header("Idempotency-Key", key);
    let answer = request.json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_mail_goes_out_once_per_key() {
    let mailer = start(Behaviour::CALM).await;
    let (status, first) = send(&mailer, "event-1", "order-placed").await;
    assert_eq!(status, 202);
    assert_eq!(send(&mailer, "event-1", "order-placed").await, (202, first));
    assert_eq!(send(&mailer, "event-1", "order-cancelled").await.0, 422);
    assert_eq!(send(&mailer, "event-2", "order-cancelled").await.0, 202);

    let ledger: Value = reqwest::get(format!("{}/stand-in/messages", mailer)).await.unwrap().json().await.unwrap();
    let keys: Vec<_> =
        ledger.as_array().unwrap().iter().map(|mail| mail["idempotency_key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["event-1", "event-2"]);
}

#[tokio::test]
async fn a_mailer_out_of_order_sends_nothing() {
    let mailer = start(Behaviour { fail_percent: 100.0, ..Behaviour::CALM }).await;
    assert_eq!(send(&mailer, "event-1", "order-placed").await.0, 503);
    let ledger: Value = reqwest::get(format!("{}/stand-in/messages", mailer)).await.unwrap().json().await.unwrap();
    assert_eq!(ledger, json!([]));
}
