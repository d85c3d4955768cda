//! Libraries of Go.

use crate::library::{Arg, Does, Library, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "net/http",
        needles: &["net/http"],
        sights: &[
            on("http.Get|Post|Head|PostForm", Does::Calls(Arg::At(0), "http", Wait::Elsewhere)),
            on("http.NewRequest", Does::Calls(Arg::At(1), "http", ELSEWHERE)),
            on("http.NewRequestWithContext", Does::Calls(Arg::At(2), "http", ELSEWHERE)),
            on(".HandleFunc|Handle", Does::Route(Arg::At(0))),
            on("http.Client", Does::Guards(Guard::Timeout, Arg::Named("Timeout"))),
            on("http.Transport", Does::Guards(Guard::Pool, Arg::Named("MaxConnsPerHost"))),
        ],
        sees: &[Guard::Timeout, Guard::Pool],
        example: r#"package main
import "net/http"
func main() {
    client := &http.Client{Timeout: 5 * time.Second}
    http.Get("http://orders:80/orders")
    http.HandleFunc("/healthz", ok)
    mux.HandleFunc("POST /orders/{id}", place)
}"#,
        shows: "timeout: 5 * time.Second\nnames http://orders:80/orders as Get over http\nroute * /healthz\nhealth: /healthz\nroute POST /orders/{id}",
    },
    Library {
        name: "gorilla, chi, gin, echo, fiber",
        needles: &["gorilla/mux", "go-chi/chi", "gin-gonic/gin", "labstack/echo", "gofiber/fiber", "httprouter"],
        sights: &[on("~.GET|POST|PUT|DELETE|PATCH|Get|Post|Put|Delete|Patch|Any", Does::Route(Arg::At(0)))],
        sees: &[],
        example: r#"package main
import "github.com/gin-gonic/gin"
func main() {
    router := gin.Default()
    v1 := router.Group("/v1")
    v1.GET("/orders", list)
    router.PUT("/order", update)
}"#,
        shows: "route GET /v1/orders\nroute PUT /order",
    },
    Library {
        name: "go-kit, gorilla methods",
        needles: &["gorilla/mux", "go-kit/kit"],
        sights: &[on(".Path", Does::Route(Arg::At(0)))],
        sees: &[],
        example: r#"package catalogue
import "github.com/gorilla/mux"
func f() { r.Methods("GET").Path("/catalogue").Handler(h) }"#,
        shows: "route GET /catalogue",
    },
    Library {
        name: "grpc-go",
        needles: &["grpc", "pb\"", "genproto"],
        sights: &[
            on(".New*Client", Does::Client),
            on(".Register*Server", Does::Server),
            on("grpc.Dial|NewClient", Does::Calls(Arg::At(0), "grpc", ELSEWHERE)),
            on("grpc.DialContext", Does::Calls(Arg::At(1), "grpc", ELSEWHERE)),
        ],
        sees: &[],
        example: r#"package main
import "google.golang.org/grpc"
func main() {
    conn, _ := grpc.NewClient("cart:7070")
    pb.NewCartServiceClient(conn).GetCart(ctx, r)
    pb.RegisterCheckoutServiceServer(srv, svc)
}"#,
        shows: "names cart:7070 as conn over grpc\nclient of CartService\nserves CheckoutService",
    },
    Library {
        name: "thrift",
        needles: &["thrift"],
        sights: &[
            on(".New*ClientFactory", Does::Client),
            on("thrift.NewTSocket", Does::Calls(Arg::At(0), "thrift", ELSEWHERE)),
        ],
        sees: &[],
        example: "package main\nimport \"thrift\"\nfunc f() { thrift.NewTSocket(\"orders:9090\") }",
        shows: "names orders:9090 as NewTSocket over thrift",
    },
    Library {
        name: "database/sql, pgx, gorm, sqlx",
        needles: &["database/sql", "jackc/pgx", "gorm.io", "jmoiron/sqlx"],
        sights: &[
            on("sql.Open", Does::Calls(Arg::At(1), "sql", ELSEWHERE)),
            on("sqlx.Open|Connect", Does::Calls(Arg::At(1), "sql", ELSEWHERE)),
            on("pgx.Connect", Does::Calls(Arg::At(1), "sql", ELSEWHERE)),
            on("pgxpool.New|Connect", Does::Calls(Arg::At(1), "sql", ELSEWHERE)),
            on("postgres.Open", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("mysql.Open", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on(".SetMaxOpenConns", Does::Guards(Guard::Pool, Arg::At(0))),
        ],
        sees: &[Guard::Pool],
        example: "package main\nimport \"database/sql\"\nfunc f() { db, _ := sql.Open(\"mysql\", \"user:pass@tcp(orders-db:3306)/orders\"); db.SetMaxOpenConns(20) }",
        shows: "names user:pass@tcp(orders-db:3306)/orders as db over sql\npool: 20",
    },
    Library {
        name: "go-redis, redigo",
        needles: &["go-redis", "redigo"],
        sights: &[
            on("redis.Options|UniversalOptions|FailoverOptions", Does::Calls(Arg::Named("Addr"), "redis", ELSEWHERE)),
            on("redis.ClusterOptions", Does::Calls(Arg::Named("Addrs"), "redis", ELSEWHERE)),
            on("redis.ParseURL|DialURL", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
            on("redis.Dial", Does::Calls(Arg::At(1), "redis", ELSEWHERE)),
        ],
        sees: &[],
        example: "package main\nimport \"github.com/go-redis/redis\"\nvar c = redis.NewClient(&redis.Options{Addr: \"cache:6379\"})",
        shows: "names cache:6379 as c over redis",
    },
    Library {
        name: "mongo, memcache",
        needles: &["go.mongodb.org", "mgo", "gomemcache"],
        sights: &[
            on(".ApplyURI", Does::Calls(Arg::At(0), "mongodb", ELSEWHERE)),
            on("mgo.Dial|DialWithTimeout", Does::Calls(Arg::At(0), "mongodb", ELSEWHERE)),
            on("memcache.New", Does::Calls(Arg::At(0), "memcached", ELSEWHERE)),
        ],
        sees: &[],
        example: "package main\nimport \"go.mongodb.org/mongo-driver/mongo\"\nvar o = options.Client().ApplyURI(\"mongodb://orders-db:27017\")",
        shows: "names mongodb://orders-db:27017 as o over mongodb",
    },
    Library {
        name: "kafka: sarama, kafka-go, confluent, franz-go",
        needles: &["sarama", "segmentio/kafka-go", "confluent-kafka-go", "twmb/franz-go"],
        sights: &[
            on("sarama.ProducerMessage", Does::Sends(Arg::Named("Topic"), "kafka")),
            on(
                "sarama.NewSyncProducer|NewAsyncProducer|NewConsumerGroup|NewConsumer|NewClient",
                Does::Calls(Arg::At(0), "kafka", ELSEWHERE),
            ),
            on(".ConsumePartition", Does::Takes(Arg::At(0), "kafka")),
            on(".Consume", Does::Takes(Arg::At(1), "kafka")),
            on("kafka.ReaderConfig", Does::Takes(Arg::Named("Topic"), "kafka")),
            on("kafka.ReaderConfig", Does::Calls(Arg::Named("Brokers"), "kafka", ELSEWHERE)),
            on("kafka.Writer|WriterConfig", Does::Sends(Arg::Named("Topic"), "kafka")),
            on("kafka.TCP", Does::Calls(Arg::At(0), "kafka", ELSEWHERE)),
            on("kafka.TopicPartition", Does::Sends(Arg::Named("Topic"), "kafka")),
            on(".SubscribeTopics", Does::Takes(Arg::At(0), "kafka")),
            on("kgo.ConsumeTopics", Does::Takes(Arg::At(0), "kafka")),
            on("kgo.Record", Does::Sends(Arg::Named("Topic"), "kafka")),
            on("kgo.SeedBrokers", Does::Calls(Arg::At(0), "kafka", ELSEWHERE)),
        ],
        sees: &[],
        example: r#"package main
import "github.com/IBM/sarama"
const Topic = "orders"
func f() {
    msg := sarama.ProducerMessage{Topic: Topic, Value: v}
    group.Consume(ctx, []string{Topic}, h)
}"#,
        shows: "sends orders over kafka\ntakes orders over kafka",
    },
    Library {
        name: "amqp091-go",
        needles: &["amqp091-go", "streadway/amqp"],
        sights: &[
            on("amqp.Dial|DialConfig", Does::Calls(Arg::At(0), "amqp", ELSEWHERE)),
            on(".Publish", Does::Sends(Arg::At(1), "amqp")),
            on(".PublishWithContext", Does::Sends(Arg::At(2), "amqp")),
            on(".Consume", Does::Takes(Arg::At(0), "amqp")),
        ],
        sees: &[],
        example: r#"package main
import amqp "github.com/rabbitmq/amqp091-go"
func f() {
    conn, _ := amqp.Dial("amqp://guest@rabbit:5672/")
    ch.Publish("", "orders", false, false, msg)
    ch.Consume("orders", "", true, false, false, false, nil)
}"#,
        shows: "names amqp://guest@rabbit:5672/ as conn over amqp\nsends orders over amqp\ntakes orders over amqp",
    },
    Library {
        name: "nats.go, go-amqp",
        needles: &["nats-io/nats.go", "Azure/go-amqp", "nats-io/go-nats"],
        sights: &[
            on("nats.Connect", Does::Calls(Arg::At(0), "nats", ELSEWHERE)),
            on(".Publish", Does::Sends(Arg::At(0), "nats")),
            on(".Subscribe|QueueSubscribe|PullSubscribe", Does::Takes(Arg::At(0), "nats")),
            on("amqp.Dial", Does::Calls(Arg::At(1), "amqp", ELSEWHERE)),
            on(".NewReceiver", Does::Takes(Arg::At(1), "amqp")),
            on(".NewSender", Does::Sends(Arg::At(1), "amqp")),
        ],
        sees: &[],
        example: r#"package main
import "github.com/nats-io/nats.go"
func f() {
    nc, _ := nats.Connect("nats://events:4222")
    nc.Publish("orders.placed", b)
    nc.QueueSubscribe("orders.placed", "workers", h)
}"#,
        shows: "names nats://events:4222 as nc over nats\nsends orders.placed over nats\ntakes orders.placed over nats",
    },
    Library {
        name: "resilience",
        needles: &[
            "gobreaker",
            "hystrix",
            "failsafe-go",
            "cenkalti/backoff",
            "retryablehttp",
            "x/time/rate",
            "grpc_retry",
        ],
        sights: &[
            on("gobreaker.NewCircuitBreaker", Does::Guards(Guard::Breaker, Arg::None)),
            on("hystrix.Go|Do|ConfigureCommand", Does::Guards(Guard::Breaker, Arg::At(0))),
            on("backoff.Retry|RetryNotify", Does::Guards(Guard::Retry, Arg::None)),
            on("retryablehttp.NewClient", Does::Guards(Guard::Retry, Arg::None)),
            on("grpc_retry.UnaryClientInterceptor", Does::Guards(Guard::Retry, Arg::None)),
            on("rate.NewLimiter", Does::Guards(Guard::RateLimit, Arg::At(0))),
        ],
        sees: &[Guard::Breaker, Guard::Retry, Guard::RateLimit],
        example: "package main\nimport \"github.com/sony/gobreaker\"\nvar b = gobreaker.NewCircuitBreaker(gobreaker.Settings{})",
        shows: "circuit breaker",
    },
    Library {
        name: "context",
        needles: &["context.WithTimeout"],
        sights: &[on("context.WithTimeout", Does::Guards(Guard::Timeout, Arg::At(1)))],
        sees: &[Guard::Timeout],
        example: "package main\nfunc f() { ctx, cancel := context.WithTimeout(ctx, 2*time.Second) }",
        shows: "timeout: 2*time.Second",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["go.opentelemetry.io"],
        sights: &[
            on("otel.SetTracerProvider|SetMeterProvider", Does::Guards(Guard::Telemetry, Arg::None)),
            on("otelgrpc.NewClientHandler|NewServerHandler", Does::Guards(Guard::Telemetry, Arg::None)),
            on("otelhttp.NewHandler|NewTransport", Does::Guards(Guard::Telemetry, Arg::None)),
            on("health.NewServer", Does::Guards(Guard::Health, Arg::None)),
        ],
        sees: &[Guard::Telemetry],
        example: "package main\nimport \"go.opentelemetry.io/otel\"\nfunc f() { otel.SetTracerProvider(tp) }",
        shows: "telemetry",
    },
];
