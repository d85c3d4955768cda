//! The stand-in as its customers see it.
#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use serde_json::{Value, json};
use stand_in::Behaviour;

const CALM: Behaviour = Behaviour::CALM;

/// One that runs until the test's runtime ends, and where.
struct Running {
    url: String,
}

impl Running {
    fn url(&self) -> &str {
        &self.url
    }
}

async fn start(behaviour: Behaviour) -> Running {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = stand_in_psp::router(behaviour, None).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Running { url }
}

async fn charge(psp: &Running, key: &str, amount_cents: i64, token: &str) -> (u16, Value) {
    let body = json!({"order_id": "o-1", "amount_cents": amount_cents, "currency": "EUR", "payment_token": token});
    let request = reqwest::Client::new().post(format!("{}/v1/charges", psp.url())).header("Idempotency-Key", key);
    answer(request.json(&body)).await
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

async fn ledger(psp: &Running) -> Vec<Value> {
    let (_, all) = answer(reqwest::Client::new().get(format!("{}/stand-in/charges", psp.url()))).await;
    all.as_array().unwrap().clone()
}

async fn behave(psp: &Running, change: Value) -> u16 {
    answer(reqwest::Client::new().patch(format!("{}/stand-in/behaviour", psp.url())).json(&change)).await.0
}

#[tokio::test]
async fn the_same_key_is_charged_once() {
    let psp = start(CALM).await;
    let (status, first) = charge(&psp, "k", 500, "tok_visa").await;
    assert_eq!((status, first["status"].as_str()), (201, Some("succeeded")));
    assert_eq!(charge(&psp, "k", 500, "tok_visa").await, (201, first));
    assert_eq!(charge(&psp, "k", 501, "tok_visa").await.0, 422);
    assert_eq!(ledger(&psp).await.len(), 1);
}

#[tokio::test]
async fn a_charge_is_given_back_once_and_a_declined_one_never() {
    let psp = start(CALM).await;
    let refund = async |id: &str| {
        let url = format!("{}/v1/charges/{id}/refund", psp.url());
        answer(reqwest::Client::new().post(url).header("Idempotency-Key", "r")).await
    };
    let (_, taken) = charge(&psp, "k", 500, "tok_visa").await;
    let id = taken["charge_id"].as_str().unwrap();
    for _ in 0..2 {
        let (status, refunded) = refund(id).await;
        assert_eq!((status, refunded["status"].as_str()), (200, Some("refunded")));
    }
    let (status, declined) = charge(&psp, "d", 500, "tok_declined_card").await;
    assert_eq!((status, declined["status"].as_str()), (402, Some("declined")));
    assert_eq!(refund(declined["charge_id"].as_str().unwrap()).await.0, 409);
    assert_eq!(refund("ch_none").await.0, 404);
}

#[tokio::test]
async fn over_the_quota_nothing_is_done() {
    let psp = start(Behaviour { quota_per_s: Some(0.1), quota_burst: 2.0, ..CALM }).await;
    let statuses = [
        charge(&psp, "a", 500, "tok_visa").await.0,
        charge(&psp, "b", 500, "tok_visa").await.0,
        charge(&psp, "c", 500, "tok_visa").await.0,
    ];
    assert_eq!(statuses, [201, 201, 429]);
    assert_eq!(ledger(&psp).await.len(), 2);
}

#[tokio::test]
async fn a_charge_that_hangs_has_happened_and_can_be_found() {
    let psp = start(CALM).await;
    assert_eq!(behave(&psp, json!({"hang_percent": 100.0})).await, 200);
    let waiting = charge(&psp, "k", 500, "tok_visa");
    assert!(tokio::time::timeout(std::time::Duration::from_millis(200), waiting).await.is_err());
    assert_eq!(behave(&psp, json!({"hang_percent": 0.0})).await, 200);
    let (status, found) =
        answer(reqwest::Client::new().get(format!("{}/v1/charges?idempotency_key=k", psp.url()))).await;
    assert_eq!((status, found["status"].as_str()), (200, Some("succeeded")));
    assert_eq!(charge(&psp, "k", 500, "tok_visa").await, (201, found));
    assert_eq!(ledger(&psp).await.len(), 1);
}

#[tokio::test]
async fn a_failure_did_nothing_and_a_lost_answer_did() {
    let psp = start(Behaviour { fail_percent: 100.0, ..CALM }).await;
    assert_eq!(charge(&psp, "k", 500, "tok_visa").await.0, 503);
    assert_eq!(ledger(&psp).await.len(), 0);
    behave(&psp, json!({"fail_percent": 0.0, "lose_answer_percent": 100.0})).await;
    assert_eq!(charge(&psp, "k", 500, "tok_visa").await.0, 500);
    assert_eq!(ledger(&psp).await.len(), 1);
}

#[tokio::test]
async fn a_behaviour_that_makes_no_sense_changes_nothing() {
    let psp = start(CALM).await;
    assert_eq!(behave(&psp, json!({"hang_percent": 60.0, "fail_percent": 60.0})).await, 400);
    assert_eq!(behave(&psp, json!({"hang": 60.0})).await, 400);
    assert_eq!(charge(&psp, "k", 500, "tok_visa").await.0, 201);
}

#[tokio::test]
async fn what_is_no_charge_is_refused() {
    let psp = start(CALM).await;
    let post = |body: &'static str, key: Option<&'static str>| {
        let mut request = reqwest::Client::new().post(format!("{}/v1/charges", psp.url())).body(body);
        request = request.header("Content-Type", "application/json");
        answer(key.map_or(request.try_clone().unwrap(), |key| request.header("Idempotency-Key", key)))
    };
    let whole = r#"{"order_id":"o","amount_cents":0,"currency":"EUR","payment_token":"t"}"#;
    assert_eq!(post(whole, None).await.0, 400);
    assert_eq!(post(whole, Some("k")).await.0, 422);
    assert_eq!(post("{", Some("k")).await.0, 400);
    assert_eq!(post("{}", Some("k")).await.0, 422);
    assert_eq!(ledger(&psp).await.len(), 0);
}
