//! Libraries of Rust.

use crate::library::{Arg, Does, Library, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "reqwest",
        needles: &["reqwest"],
        sights: &[
            on("client.get|post|put|delete|patch", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on("reqwest.get", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on("reqwest::get", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on(".timeout", Does::Guards(Guard::Timeout, Arg::At(0))),
        ],
        sees: &[Guard::Timeout],
        example: "use reqwest;\nasync fn f() { let c = reqwest::Client::builder().timeout(Duration::from_secs(3)); client.get(format!(\"http://orders:{}/x\", 80)); }",
        shows: "timeout: Duration::from_secs(3)\nnames http://orders:${?}/x as get over http",
    },
    Library {
        name: "axum, actix, rocket, warp",
        needles: &["axum", "actix", "rocket"],
        sights: &[on(".route", Does::Route(Arg::At(0))), on("@get|post|put|delete|patch", Does::Route(Arg::At(0)))],
        sees: &[],
        example: "use axum::Router;\nfn f() { Router::new().route(\"/health\", get(ok)).route(\"/orders\", get(list).post(place)); }\n#[put(\"/orders/{id}\")] async fn u() {}",
        shows: "route GET /orders\nroute POST /orders\nroute GET /health\nhealth: /health\nroute PUT /orders/{id}",
    },
    Library {
        name: "tonic",
        needles: &["tonic", "_client::", "_server::"],
        sights: &[
            on("*Client::connect", Does::Client),
            on("*Server::new", Does::Server),
            on("*Client::new", Does::Client),
        ],
        sees: &[],
        example: "use tonic;\nasync fn f() { let c = CartServiceClient::connect(\"http://cart:7070\").await; s.add_service(PayServer::new(p)); }",
        shows: "client of CartService\nserves Pay",
    },
    Library {
        name: "sqlx, redis, mongodb",
        needles: &["sqlx", "redis", "mongodb", "diesel"],
        sights: &[
            on("PgPool::connect|MySqlPool::connect", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on(".connect", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on(".max_connections", Does::Guards(Guard::Pool, Arg::At(0))),
            on("Client::open", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
            on("Client::with_uri_str", Does::Calls(Arg::At(0), "mongodb", ELSEWHERE)),
        ],
        sees: &[Guard::Pool],
        example: "use sqlx;\nasync fn f() { PgPoolOptions::new().max_connections(20).connect(\"postgres://orders-db/orders\").await; }",
        shows: "names postgres://orders-db/orders as connect over sql\npool: 20",
    },
    Library {
        name: "rdkafka, lapin, async-nats",
        needles: &["rdkafka", "lapin", "async_nats"],
        sights: &[
            on("FutureRecord::to", Does::Sends(Arg::At(0), "kafka")),
            on("consumer.subscribe", Does::Takes(Arg::At(0), "kafka")),
            on("async_nats::connect", Does::Calls(Arg::At(0), "nats", ELSEWHERE)),
            on("client.publish", Does::Sends(Arg::At(0), "nats")),
            on("client.subscribe|queue_subscribe", Does::Takes(Arg::At(0), "nats")),
            on("js.publish", Does::Sends(Arg::At(0), "nats")),
            on(".basic_publish", Does::Sends(Arg::At(1), "amqp")),
            on(".basic_consume", Does::Takes(Arg::At(0), "amqp")),
        ],
        sees: &[],
        example: "use async_nats;\nasync fn f() { let nc = async_nats::connect(\"nats://events:4222\").await; client.publish(\"orders.placed\", p).await; }",
        shows: "names nats://events:4222 as nc over nats\nsends orders.placed over nats",
    },
    Library {
        name: "tokio, tower",
        needles: &["tokio", "tower"],
        sights: &[
            on("tokio::time::timeout", Does::Guards(Guard::Timeout, Arg::At(0))),
            on("TimeoutLayer::new", Does::Guards(Guard::Timeout, Arg::At(0))),
            on("ConcurrencyLimitLayer::new", Does::Guards(Guard::Pool, Arg::At(0))),
            on("RateLimitLayer::new", Does::Guards(Guard::RateLimit, Arg::At(0))),
        ],
        sees: &[],
        example: "use tokio;\nasync fn f() { tokio::time::timeout(Duration::from_secs(1), x).await; }",
        shows: "timeout: Duration::from_secs(1)",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["opentelemetry"],
        sights: &[on("global::set_tracer_provider|set_meter_provider", Does::Guards(Guard::Telemetry, Arg::None))],
        sees: &[Guard::Telemetry],
        example: "use opentelemetry::global;\nfn f() { global::set_tracer_provider(p); }",
        shows: "telemetry",
    },
];
