//! Libraries of Python.

use crate::library::{Arg, Does, Library, Unit, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;
const HERE: Wait = Wait::Here(Arg::Named("timeout"), Unit::Seconds);
/// httpx and aiohttp have a default.
const MAYBE: Wait = Wait::Maybe(Arg::Named("timeout"), Unit::Seconds);

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "requests",
        needles: &["requests"],
        sights: &[
            on("requests.get|post|put|delete|patch|head", Does::Calls(Arg::Either("url", 0), "http", HERE)),
            on("requests.request", Does::Calls(Arg::Either("url", 1), "http", HERE)),
            on("session.get|post|put|delete|patch", Does::Calls(Arg::Either("url", 0), "http", HERE)),
            on("Retry", Does::Guards(Guard::Retry, Arg::Either("total", 0))),
        ],
        sees: &[Guard::Timeout, Guard::Retry],
        example: "import os, requests\nURL = os.getenv('ORDERS_URL', 'http://orders:80')\nrequests.get(f'{URL}/orders', timeout=3)\nrequests.post('http://pay:80/', json={})",
        shows: "names ${ORDERS_URL:-http://orders:80}/orders as get over http, timeout 3000 ms\nnames http://pay:80/ as post over http, without a timeout",
    },
    Library {
        name: "httpx, aiohttp, urllib",
        needles: &["httpx", "aiohttp", "urllib"],
        sights: &[
            on("httpx.get|post|put|delete|patch|stream", Does::Calls(Arg::Either("url", 0), "http", MAYBE)),
            on("client.get|post|put|delete|patch", Does::Calls(Arg::Either("url", 0), "http", MAYBE)),
            on("session.get|post|put|delete|patch", Does::Calls(Arg::Either("url", 0), "http", MAYBE)),
            on("httpx.Client|AsyncClient", Does::Calls(Arg::Named("base_url"), "http", MAYBE)),
            on("httpx.Client|AsyncClient", Does::Guards(Guard::Timeout, Arg::Named("timeout"))),
            on("aiohttp.ClientTimeout", Does::Guards(Guard::Timeout, Arg::Named("total"))),
            on("urlopen|Request", Does::Calls(Arg::Either("url", 0), "http", MAYBE)),
        ],
        sees: &[],
        example: "import httpx\nclient = httpx.AsyncClient(base_url='http://orders:80', timeout=2.5)",
        shows: "names http://orders:80 as client over http, timeout 2500 ms\ntimeout: 2.5",
    },
    Library {
        name: "flask, fastapi, starlette, bottle, sanic",
        needles: &["flask", "fastapi", "starlette", "bottle", "sanic"],
        sights: &[
            on("~.get|post|put|delete|patch|route|api_route|websocket", Does::Route(Arg::At(0))),
            on("~.add_url_rule|add_api_route", Does::Route(Arg::At(0))),
        ],
        sees: &[],
        example: "from flask import Flask, Blueprint\nbp = Blueprint('x', __name__, url_prefix='/v1')\n@app.route('/orders', methods=['GET', 'POST'])\ndef f(): pass\n@bp.get('/health')\ndef g(): pass",
        shows: "route GET /orders\nroute POST /orders\nroute GET /v1/health\nhealth: /v1/health",
    },
    Library {
        name: "django, aiohttp.web",
        needles: &["django", "aiohttp"],
        sights: &[
            on("path|re_path", Does::Route(Arg::At(0))),
            on("~.add_get|add_post|add_put|add_delete", Does::Route(Arg::At(0))),
        ],
        sees: &[],
        example: "from django.urls import path\nurlpatterns = [path('/orders', views.orders)]",
        shows: "route * /orders",
    },
    Library {
        name: "grpcio",
        needles: &["grpc"],
        sights: &[
            on("*Stub", Does::Client),
            on("add_*Servicer_to_server", Does::Server),
            on("grpc.insecure_channel|secure_channel", Does::Calls(Arg::At(0), "grpc", ELSEWHERE)),
            on("aio.insecure_channel|secure_channel", Does::Calls(Arg::At(0), "grpc", ELSEWHERE)),
        ],
        sees: &[],
        example: "import grpc\nchannel = grpc.insecure_channel('cart:7070')\nstub = demo_pb2_grpc.CartServiceStub(channel)\ndemo_pb2_grpc.add_EmailServiceServicer_to_server(service, server)",
        shows: "names cart:7070 as channel over grpc\nclient of CartService\nserves EmailService",
    },
    Library {
        name: "SQL: sqlalchemy, psycopg, pymysql, asyncpg",
        needles: &["sqlalchemy", "psycopg", "pymysql", "asyncpg", "MySQLdb", "mysql.connector"],
        sights: &[
            on("create_engine|create_async_engine", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("create_engine|create_async_engine", Does::Guards(Guard::Pool, Arg::Named("pool_size"))),
            on("psycopg2.connect", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
            on("psycopg.connect", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
            on("asyncpg.connect|create_pool", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
            on("pymysql.connect", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
            on("connector.connect", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
        ],
        sees: &[Guard::Pool],
        example: "from sqlalchemy import create_engine\nengine = create_engine('postgresql://orders-db/orders', pool_size=20)",
        shows: "names postgresql://orders-db/orders as engine over sql\npool: 20",
    },
    Library {
        name: "redis, pymongo, memcache",
        needles: &["redis", "pymongo", "motor", "pymemcache"],
        sights: &[
            on("Redis|StrictRedis", Does::Calls(Arg::Either("host", 0), "redis", ELSEWHERE)),
            on("redis.from_url", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
            on("Redis.from_url", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
            on("MongoClient|AsyncIOMotorClient", Does::Calls(Arg::Either("host", 0), "mongodb", ELSEWHERE)),
        ],
        sees: &[],
        example: "from redis import Redis\nr = Redis(host='redis', db=0)",
        shows: "names redis as r over redis",
    },
    Library {
        name: "kafka",
        needles: &["kafka"],
        sights: &[
            on("KafkaConsumer", Does::Takes(Arg::At(0), "kafka")),
            on(
                "KafkaConsumer|KafkaProducer|AIOKafkaProducer|AIOKafkaConsumer",
                Does::Calls(Arg::Named("bootstrap_servers"), "kafka", ELSEWHERE),
            ),
            on("AIOKafkaConsumer", Does::Takes(Arg::At(0), "kafka")),
            on("producer.send|produce|send_and_wait", Does::Sends(Arg::Either("topic", 0), "kafka")),
            on("consumer.subscribe", Does::Takes(Arg::Either("topics", 0), "kafka")),
        ],
        sees: &[],
        example: "from kafka import KafkaConsumer, KafkaProducer\nproducer = KafkaProducer(bootstrap_servers='kafka:9092')\nproducer.send('orders', b'')\nKafkaConsumer('payments')",
        shows: "names kafka:9092 as producer over kafka\nsends orders over kafka\ntakes payments over kafka",
    },
    Library {
        name: "pika, aio-pika, kombu",
        needles: &["pika", "kombu"],
        sights: &[
            on("ConnectionParameters", Does::Calls(Arg::Either("host", 0), "amqp", ELSEWHERE)),
            on("URLParameters|connect_robust", Does::Calls(Arg::At(0), "amqp", ELSEWHERE)),
            on(".basic_publish", Does::Sends(Arg::Named("routing_key"), "amqp")),
            on(".basic_publish", Does::Sends(Arg::Named("exchange"), "amqp")),
            on(".basic_consume", Does::Takes(Arg::Either("queue", 0), "amqp")),
        ],
        sees: &[],
        example: "import pika\np = pika.ConnectionParameters(host='rabbit')\nch.basic_publish(exchange='', routing_key='orders', body=b)\nch.basic_consume('orders', f)",
        shows: "names rabbit as p over amqp\nsends orders over amqp\ntakes orders over amqp",
    },
    Library {
        name: "celery, nats",
        needles: &["celery", "Celery", "nats"],
        sights: &[
            on("Celery", Does::Calls(Arg::Named("broker"), "", ELSEWHERE)),
            on("nats.connect", Does::Calls(Arg::At(0), "nats", ELSEWHERE)),
            on("nc.publish", Does::Sends(Arg::At(0), "nats")),
            on("js.publish", Does::Sends(Arg::At(0), "nats")),
            on("nc.subscribe", Does::Takes(Arg::At(0), "nats")),
            on("js.subscribe|pull_subscribe", Does::Takes(Arg::At(0), "nats")),
        ],
        sees: &[],
        example: "import nats\nnc = await nats.connect('nats://events:4222')\nawait nc.publish('orders.placed', b'')",
        shows: "names nats://events:4222 as nc over nats\nsends orders.placed over nats",
    },
    Library {
        name: "tenacity, pybreaker",
        needles: &["tenacity", "pybreaker", "backoff", "circuitbreaker"],
        sights: &[
            on("@retry", Does::Guards(Guard::Retry, Arg::None)),
            on("retry", Does::Guards(Guard::Retry, Arg::None)),
            on("backoff.on_exception", Does::Guards(Guard::Retry, Arg::None)),
            on("CircuitBreaker", Does::Guards(Guard::Breaker, Arg::None)),
            on("circuit", Does::Guards(Guard::Breaker, Arg::None)),
        ],
        sees: &[Guard::Retry, Guard::Breaker],
        example: "from tenacity import retry\n@retry(stop=stop_after_attempt(3))\ndef f(): pass",
        shows: "retry",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["opentelemetry"],
        sights: &[
            on("set_tracer_provider|set_meter_provider", Does::Guards(Guard::Telemetry, Arg::None)),
            on(".instrument|instrument_app", Does::Guards(Guard::Telemetry, Arg::None)),
        ],
        sees: &[Guard::Telemetry],
        example: "from opentelemetry import trace\ntrace.set_tracer_provider(TracerProvider())",
        shows: "telemetry",
    },
];
