//! The generator against a server whose behaviour is known.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use proving::bench::journey::{Customer, Journey, Stage};
use proving::bench::run::{self, Measured, Plan};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Runs browse at a rate for two seconds against a server that serves one request at a time, each for so long.
async fn run(rate_per_s: f64, served_in: Duration, status: StatusCode) -> Measured {
    let one_at_a_time = Arc::new(Mutex::new(()));
    let serve = move || {
        let server = one_at_a_time.clone();
        async move {
            let _turn = server.lock().await;
            tokio::time::sleep(served_in).await;
            status
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/products", get(serve))).await });
    let customers = vec![Customer { id: Uuid::nil(), token: "none".to_owned() }];
    let stage = Stage { gateway, customers, skus: vec!["ROPE-12-POLY".to_owned()], orders: Vec::new() };
    let plan = Plan { journey: Journey::Browse, rate_per_s, span_s: 2.0, warm_up_s: 0.0, seed: 1 };
    run::run(&run::client(), &stage, plan).await.unwrap()
}

/// A closed loop would see 100 ms for each request here, and offer ten a second. Forty come, so that the last of some
/// eighty waits for all the others: about 8 s of work after 2 s of arrivals.
#[tokio::test]
async fn customers_do_not_wait_for_each_other_and_the_wait_is_counted() {
    let measured = run(40.0, Duration::from_millis(100), StatusCode::OK).await;
    assert!((60..110).contains(&measured.tally.offered), "{} came", measured.tally.offered);
    let latency = measured.tally.latency();
    assert!(1_500.0 < latency.p50_ms, "half waited {} ms or less", latency.p50_ms);
    assert!(latency.p50_ms < latency.p95_ms);
}

#[tokio::test]
async fn a_refusal_is_no_success_and_has_no_latency() {
    let tally = run(40.0, Duration::from_millis(1), StatusCode::TOO_MANY_REQUESTS).await.tally;
    assert_eq!((tally.done, tally.refused), (0, tally.offered));
    assert_eq!(tally.without_problem, tally.offered, "they came without a problem document");
    assert_eq!(tally.latency().max_ms, 0.0);
}
