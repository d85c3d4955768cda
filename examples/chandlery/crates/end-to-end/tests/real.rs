//! The real stores and the real shop, where PostgreSQL, Redis and NATS answer; else a line that says what was skipped.
//!
//! Each test has a name of its own on the servers and takes everything of that name off them afterwards.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod collector;

use collector::Collector;
use end_to_end::{Answer, Customer, check_replay, eventually};
use reqwest::Method;
use serde_json::Value;
use service_kit::{
    cache,
    config::Variables,
    documents::{self, nats::NatsDocuments, redis::RedisDocuments},
    log::{
        self,
        nats::{Nats, NatsLog},
    },
    postgres::Postgres,
    redis::Redis,
    telemetry::Telemetry,
};
use shop::{
    real::{Options, Shop, start},
    servers::Servers,
};
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};
use uuid::Uuid;

/// Runs a test with servers of its own name, or says why not. `CHANDLERY_SERVERS=required` makes that a failure.
fn with_servers<F: Future<Output = ()>>(test: impl FnOnce(Servers) -> F) {
    let name = format!("t{}", &Uuid::new_v4().simple().to_string()[..10]);
    let servers = Servers::from(&Variables::from_env(), &name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let missing = runtime.block_on(servers.missing());
    if !missing.is_empty() {
        assert!(std::env::var("CHANDLERY_SERVERS").as_deref() != Ok("required"), "{missing:?}");
        println!("SKIPPED: {}", missing.join("; "));
        return;
    }
    // What a test made is taken off the servers also where it failed.
    let test = test(servers.clone());
    let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(test)));
    runtime.block_on(servers.remove()).unwrap();
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

fn variables(servers: &Servers, service: &str, schema: &str) -> Variables {
    let database = servers.stores().unwrap().into_iter().find(|(name, _)| *name == "orders-db").unwrap().1;
    let migrations = format!("{}/../../db/migrations/{schema}", env!("CARGO_MANIFEST_DIR"));
    Variables::from_pairs([
        ("DATABASE_URL", servers.database_url(service, database)),
        ("DATABASE_SCHEMA", schema.to_owned()),
        ("DATABASE_PASSWORD", "development".to_owned()),
        ("DATABASE_POOL_SIZE", "5".to_owned()),
        ("DATABASE_POOL_WAIT", "5s".to_owned()),
        ("DATABASE_TIMEOUT", "5s".to_owned()),
        ("DATABASE_MIGRATIONS", migrations),
        ("STORE_URL", format!("{}/1", servers.redis)),
        ("STORE_TIMEOUT", "2s".to_owned()),
        ("NATS_URL", servers.nats.clone()),
    ])
}

async fn database(servers: &Servers, schema: &str) -> Postgres {
    servers.prepare().await.unwrap();
    let variables = variables(servers, schema, schema);
    let database = Postgres::from("a-database", &variables, &Telemetry::silent(schema)).unwrap();
    // Two who start at once do not meet.
    let (one, two) = tokio::join!(database.migrate(), database.migrate());
    one.unwrap();
    two.unwrap();
    database
}

#[test]
fn orders_in_postgresql_keep_the_contract() {
    with_servers(|servers| async move {
        let database = database(&servers, "orders").await;
        orders::store::check_contract(&orders::store::postgres::PostgresOrders::new(database)).await;
    });
}

#[test]
fn stock_in_postgresql_keeps_the_contract() {
    with_servers(|servers| async move {
        let database = database(&servers, "stock").await;
        stock::store::check_contract(&stock::store::postgres::PostgresStock::new(database)).await;
    });
}

#[test]
fn products_in_postgresql_keep_the_contract() {
    with_servers(|servers| async move {
        let database = database(&servers, "catalog").await;
        catalog::store::check_contract(&catalog::store::postgres::PostgresProducts::new(database)).await;
    });
}

#[test]
fn documents_and_cache_in_redis_keep_the_contract() {
    with_servers(|servers| async move {
        let variables = variables(&servers, "basket", "basket");
        let redis = Redis::from("a-store", "STORE", &variables, &Telemetry::silent("test")).unwrap();
        let prefix = format!("{}:", servers.name);
        let store = RedisDocuments::new(redis.clone(), prefix.clone(), Some(Duration::from_secs(60)));
        documents::check_contract(&store).await;
        cache::check_contract(&cache::redis::RedisCache::new(redis, prefix)).await;
    });
}

#[test]
fn documents_and_the_log_in_nats_keep_the_contract() {
    with_servers(|servers| async move {
        let nats = Nats::from(&variables(&servers, "fulfil", "fulfil")).await.unwrap();
        let bucket = NatsDocuments::new(nats.clone(), servers.on_nats("inbox"), Some(Duration::from_secs(60)));
        documents::check_contract(&bucket).await;
        let log = NatsLog::new(nats, servers.on_nats("SHOP"), vec!["contract.nats".to_owned()]);
        log::check_contract(&log, "contract.nats", &servers.name).await;
    });
}

async fn open(servers: Servers) -> (Shop, PathBuf) {
    open_with(servers, &[]).await
}

/// With settings beside the usual ones: service, variable, value.
async fn open_with(servers: Servers, more: &[(&str, &str, &str)]) -> (Shop, PathBuf) {
    let state = std::env::temp_dir().join(&servers.name);
    let quick = ["orders", "pricing", "stock", "payments", "catalog", "basket"];
    let settings = quick.map(|service| ((service.to_owned(), "WORK_HOLD".to_owned()), "0ms".to_owned()));
    let settings = settings.into_iter().chain([(("orders".to_owned(), "SAGA_LEASE".to_owned()), "2s".to_owned())]);
    let more = more.iter().map(|(service, name, value)| (((*service).into(), (*name).into()), (*value).into()));
    let settings = settings.chain(more).collect();
    let program = env!("CARGO_BIN_EXE_service-under-test").into();
    let gateway = ([127, 0, 0, 1], 0).into();
    let options = Options { program, servers, gateway, state: state.clone(), settings };
    (start(options).await.expect("the shop opens"), state)
}

fn key() -> String {
    Uuid::new_v4().to_string()
}

#[test]
fn a_checkout_is_paid_picked_and_mailed() {
    with_servers(|servers| async move {
        let (shop, state) = open(servers).await;
        let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
        assert_eq!(
            customer.get("/products", "/products?category=rope").await.body["products"].as_array().unwrap().len(),
            3
        );
        let placed = customer.check_out("ROPE-12-POLY", 3, "tok_visa_4242", &key()).await;
        assert_eq!(placed.status, 201, "{}", placed.body);
        assert_eq!(customer.get("/orders/{id}", &placed.location).await.body, placed.body);
        let mail = eventually("the mail", async || {
            let url = format!("http://{}/stand-in/messages", shop.mailer);
            let mails: Value = reqwest::get(url).await.ok()?.json().await.ok()?;
            mails.as_array()?.first().cloned()
        });
        assert_eq!(mail.await["order_id"], placed.body["order_id"]);
        shop.stop().await;
        std::fs::remove_dir_all(state).unwrap();
    });
}

#[test]
fn a_dead_letter_goes_round_again() {
    with_servers(|servers| async move {
        let (shop, state) = open_with(servers, &[("notify", "EVENTS_MAX_DELIVER", "1")]).await;
        let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
        check_replay(&customer, shop.mailer, shop.control).await;
        shop.stop().await;
        std::fs::remove_dir_all(state).unwrap();
    });
}

/// Asks until the answer is the expected one: on a machine that is busy with something else, the first may come too late.
async fn until(expect: u16, mut ask: impl AsyncFnMut() -> Answer) -> Answer {
    for _ in 0..20 {
        let answer = ask().await;
        if answer.status == expect {
            return answer;
        }
        assert!(matches!(answer.status, 409 | 503 | 504), "{expect} was expected: {answer:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("{expect} did not come within twenty tries")
}

/// Does whatever a customer can do.
async fn do_everything(customer: &Customer) {
    let (basket, good, bad) = (format!("/baskets/{}", Uuid::new_v4()), key(), key());
    let body = serde_json::json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": 1 }] });
    until(200, async || customer.get("/products", "/products?category=rope").await).await;
    until(200, async || customer.get("/products/{sku}", "/products/ROPE-12-POLY").await).await;
    let put = customer.request(Method::PUT, &basket).header("If-None-Match", "*").json(&body);
    // Not asked again: a second one would meet the first.
    customer.send("put", "/baskets/{id}", put).await;
    let found = until(200, async || customer.get("/baskets/{id}", &basket).await).await;
    let delete = || customer.request(Method::DELETE, &basket).header("If-Match", &found.etag);
    until(204, async || customer.send("delete", "/baskets/{id}", delete()).await).await;
    let placed = until(201, async || customer.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &good).await).await;
    until(402, async || customer.check_out("ROPE-12-POLY", 1, "tok_declined_1", &bad).await).await;
    until(200, async || customer.get("/orders/{id}", &placed.location).await).await;
    until(200, async || customer.get("/orders", "/orders").await).await;
}

/// Plimsoll's own tests hold `seen.txt` against the survey of this folder: what runs is what is read.
#[test]
fn a_collector_sees_what_the_shop_is_made_of() {
    with_servers(|servers| async move {
        let (collector, address) = Collector::start().await;
        let endpoint = format!("http://{address}");
        let told = shop::SERVICES.map(|service| (service, "OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()));
        let (shop, state) = open_with(servers, &told).await;
        let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
        do_everything(&customer).await;
        let both = eventually("a mail of either order", async || {
            let url = format!("http://{}/stand-in/messages", shop.mailer);
            let mails: Value = reqwest::get(url).await.ok()?.json().await.ok()?;
            mails.as_array()?.get(1).cloned()
        });
        both.await;
        // Spans go out in batches, and the last of them when a service leaves.
        shop.stop().await;
        std::fs::remove_dir_all(state).unwrap();

        let seen: String = collector.seen().into_iter().map(|line| line + "\n").collect();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/seen.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(file, &seen).unwrap();
        }
        assert_eq!(seen, std::fs::read_to_string(file).unwrap_or_default(), "UPDATE_EXPECT=1 writes {file} anew");

        // One trace from the door to the mail, by way of the outbox.
        let trace = collector.in_trace_of("gateway", "POST /baskets/{id}/checkout");
        let expect = ["fulfil", "gateway", "notify", "orders", "payments", "pricing", "stock"];
        assert_eq!(trace, expect.map(str::to_owned).into());
        for (service, metric) in [
            ("gateway", "http.server.request.duration"),
            ("orders", "rpc.server.duration"),
            ("orders", "messaging.client.sent.messages"),
            ("stock", "db.client.operation.duration"),
            ("notify", "messaging.client.consumed.messages"),
        ] {
            assert!(collector.has_metric(service, metric), "{service} sends {metric}");
        }
        assert!(collector.logs_lead_to_traces());
    });
}

/// Customers who go on while something happens. What they are told is counted: done, refused, and everything else.
async fn while_customers_go_on(shop: &Shop, happen: impl Future<Output = ()>) -> (u32, u32, Vec<String>) {
    let (done, refused, stop) =
        (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let customers = (0..4).map(|number| {
        let customer = Customer::new(shop.gateway, shop.token(Uuid::new_v4()));
        let (done, refused, stop) = (done.clone(), refused.clone(), stop.clone());
        tokio::spawn(async move {
            let mut wrong = Vec::new();
            while !stop.load(Relaxed) {
                let answer = match number % 2 {
                    0 => customer.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &key()).await,
                    _ => customer.get("/products", "/products").await,
                };
                match answer.status {
                    200 | 201 => done.fetch_add(1, Relaxed),
                    429 => refused.fetch_add(1, Relaxed),
                    _ => {
                        wrong.push(format!("{} {}", answer.status, answer.body));
                        0
                    }
                };
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            wrong
        })
    });
    let customers: Vec<_> = customers.collect();
    happen.await;
    stop.store(true, Relaxed);
    let mut wrong = Vec::new();
    for customer in customers {
        wrong.extend(customer.await.unwrap());
    }
    (done.load(Relaxed), refused.load(Relaxed), wrong)
}

#[test]
fn a_rolling_restart_of_every_service_fails_nobody() {
    with_servers(|servers| async move {
        let (shop, state) = open(servers).await;
        let restarts = async {
            for service in shop::SERVICES {
                let before = shop.pid(service);
                shop.restart(service).await.unwrap();
                assert_ne!(shop.pid(service), before, "{service} is another process");
            }
        };
        let (done, refused, wrong) = while_customers_go_on(&shop, restarts).await;
        println!("rolling restart: {done} done, {refused} refused, {} failed", wrong.len());
        assert!(20 < done && refused == 0 && wrong.is_empty(), "{done} done, {refused} refused: {wrong:#?}");
        shop.stop().await;
        std::fs::remove_dir_all(state).unwrap();
    });
}

#[test]
fn orders_killed_in_the_middle_lose_and_charge_nothing_twice() {
    with_servers(|servers| async move {
        let described = servers.describe().unwrap();
        let (shop, state) = open(servers).await;
        let kills = async {
            for service in ["orders", "payments", "orders", "stock", "orders", "gateway", "fulfil", "orders"] {
                tokio::time::sleep(Duration::from_millis(700)).await;
                let pid = rustix::process::Pid::from_raw(shop.pid(service).unwrap() as i32).unwrap();
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        };
        // Customers of a gateway that is killed get no answer, which their client does not bear: they ask as others.
        let orders = async {
            let mut answered = 0;
            let client = reqwest::Client::new();
            for _ in 0..60 {
                let token = shop.token(Uuid::new_v4());
                let body = serde_json::json!({ "lines": [{ "sku": "ROPE-12-POLY", "quantity": 1 }], "payment_token": "tok_visa_4242" });
                let url = format!("http://{}/baskets/{}/checkout", shop.gateway, Uuid::nil());
                let post = client.post(url).bearer_auth(token).header("Idempotency-Key", key()).json(&body);
                answered += u32::from(post.send().await.is_ok_and(|answer| answer.status() == 201));
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            answered
        };
        let (answered, ()) = tokio::join!(orders, kills);
        let pool = sqlx::PgPool::connect(described["databases"]["orders"].as_str().unwrap()).await.unwrap();
        let open = eventually_long("every saga ends", async || {
            let open =
                sqlx::query_scalar("SELECT count(*) FROM orders.sagas WHERE step NOT IN ('confirmed', 'undone')");
            let open: i64 = open.fetch_one(&pool).await.ok()?;
            (open == 0).then_some(())
        });
        open.await;
        let confirmed = sqlx::query_scalar("SELECT order_id::text FROM orders.orders WHERE status = 'confirmed'");
        let mut confirmed: Vec<String> = confirmed.fetch_all(&pool).await.unwrap();
        let url = format!("http://{}/stand-in/charges", shop.psp);
        let charges: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let held = charges.as_array().unwrap().iter().filter(|charge| charge["status"] == "succeeded");
        let mut held: Vec<String> = held.map(|charge| charge["order_id"].as_str().unwrap().to_owned()).collect();
        confirmed.sort();
        held.sort();
        println!("kills: {answered} of 60 answered with 201, {} confirmed, {} charged", confirmed.len(), held.len());
        assert_eq!(confirmed, held, "no order without a payment, no payment without an order");
        assert!(answered as usize <= confirmed.len(), "what was promised is there");
        let sold = "SELECT sum(quantity)::bigint FROM orders.order_lines JOIN orders.orders USING (order_id) WHERE status = 'confirmed'";
        let sold: i64 = sqlx::query_scalar(sold).fetch_one(&pool).await.unwrap();
        let stock = sqlx::PgPool::connect(described["databases"]["stock"].as_str().unwrap()).await.unwrap();
        let level = "SELECT 1000000 - on_hand, reserved FROM stock.levels WHERE sku = 'ROPE-12-POLY'";
        let level: (i32, i32) = sqlx::query_as(level).fetch_one(&stock).await.unwrap();
        assert_eq!((i64::from(level.0), level.1), (sold, 0), "what was sold is gone, and nothing more");
        stock.close().await;
        pool.close().await;
        shop.stop().await;
        std::fs::remove_dir_all(state).unwrap();
    });
}

/// Longer than a lease and the time that a charge has to turn up.
async fn eventually_long<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not within 30 s");
}
