//! Libraries of C#.

use crate::library::{Arg, Does, Library, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "HttpClient",
        needles: &["HttpClient", "BaseAddress"],
        sights: &[
            on("=BaseAddress", Does::Calls(Arg::Own, "http", ELSEWHERE)),
            on(
                ".GetAsync|GetStringAsync|GetFromJsonAsync|PostAsync|PostAsJsonAsync|PutAsync|PutAsJsonAsync|DeleteAsync",
                Does::Calls(Arg::At(0), "http", ELSEWHERE),
            ),
            on("new HttpRequestMessage", Does::Calls(Arg::At(1), "http", ELSEWHERE)),
            on("new HttpClient", Does::Guards(Guard::Timeout, Arg::Named("Timeout"))),
        ],
        sees: &[],
        example: "class A { void F() { services.AddHttpClient<IOrders, Orders>(c => c.BaseAddress = new Uri(\"http://orders:80\"));\n client.GetAsync($\"http://pay:80/{id}\"); } }",
        shows: "names http://orders:80 as BaseAddress over http\nnames http://pay:80/${?} as GetAsync over http",
    },
    Library {
        name: "ASP.NET Core",
        needles: &["Http", "Map", "Controller", "Microsoft.AspNetCore"],
        sights: &[
            on(".MapGet|MapPost|MapPut|MapDelete|MapPatch", Does::Route(Arg::At(0))),
            on("@Route", Does::Prefix(Arg::At(0))),
            on("@HttpGet|HttpPost|HttpPut|HttpDelete|HttpPatch", Does::Route(Arg::At(0))),
            on(".MapHealthChecks", Does::Guards(Guard::Health, Arg::At(0))),
            on(".AddHealthChecks", Does::Guards(Guard::Health, Arg::None)),
        ],
        sees: &[Guard::Health],
        example: "[Route(\"api/[controller]\")]\nclass OrdersController : ControllerBase {\n [HttpGet(\"{id}\")] public Order Get() {} [HttpPost] public void Place() {} void F() { app.MapGet(\"/health\", () => 1); } }",
        shows: "route GET /api/Orders/{id}\nroute POST /api/Orders\nroute GET /health\nhealth: /health",
    },
    Library {
        name: "Grpc.Net",
        needles: &["Grpc", "grpc"],
        sights: &[
            on("new *.*Client", Does::Client),
            on("new *Client", Does::Client),
            on(".AddGrpcClient", Does::ClientOfType),
            on("<*Base", Does::Server),
            on("GrpcChannel.ForAddress", Does::Calls(Arg::At(0), "grpc", ELSEWHERE)),
            on("=Address", Does::Calls(Arg::Own, "grpc", ELSEWHERE)),
        ],
        sees: &[],
        example: "using Grpc.Core;\nclass CartService : Cart.CartBase { void F() {\n s.AddGrpcClient<Basket.BasketClient>(o => o.Address = new Uri(\"http://basket\"));\n var c = new Pay.PayClient(GrpcChannel.ForAddress(\"http://pay:80\")); } }",
        shows: "serves Cart\nclient of Basket\nnames http://basket as Address over grpc\nclient of Pay\nnames http://pay:80 as c over grpc",
    },
    Library {
        name: "EF Core, Dapper, Npgsql",
        needles: &["UseSqlServer", "UseNpgsql", "UseMySql", "NpgsqlConnection", "SqlConnection", "AddNpgsqlDbContext"],
        sights: &[
            on(".UseSqlServer|UseNpgsql|UseMySql", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("new NpgsqlConnection|SqlConnection|MySqlConnection", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on(".EnableRetryOnFailure", Does::Guards(Guard::Retry, Arg::None)),
            on("=EnableRetryOnFailure", Does::Guards(Guard::Retry, Arg::Own)),
        ],
        sees: &[],
        example: "class A { void F() { o.UseNpgsql(\"Host=orders-db;Database=orders\"); } }",
        shows: "names Host=orders-db;Database=orders as UseNpgsql over sql",
    },
    Library {
        name: "StackExchange.Redis, MongoDB",
        needles: &["StackExchange", "Redis", "MongoClient"],
        sights: &[
            on("ConnectionMultiplexer.Connect|ConnectAsync", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
            on("new MongoClient", Does::Calls(Arg::At(0), "mongodb", ELSEWHERE)),
            on(".AddStackExchangeRedisCache", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
        ],
        sees: &[],
        example: "class A { void F() { ConnectionMultiplexer.Connect(\"cache:6379\"); new MongoClient(\"mongodb://db\"); } } // StackExchange",
        shows: "names cache:6379 as Connect over redis\nnames mongodb://db as MongoClient over mongodb",
    },
    Library {
        name: "Confluent.Kafka",
        needles: &["Kafka"],
        sights: &[
            on("=BootstrapServers", Does::Calls(Arg::Own, "kafka", ELSEWHERE)),
            on("_consumer.Subscribe", Does::Takes(Arg::At(0), "kafka")),
            on("consumer.Subscribe", Does::Takes(Arg::At(0), "kafka")),
            on(".ProduceAsync|Produce", Does::Sends(Arg::At(0), "kafka")),
        ],
        sees: &[],
        example: "using Confluent.Kafka;\nclass A { const string Topic = \"orders\"; void F() {\n var c = new ConsumerConfig { BootstrapServers = \"kafka:9092\" }; consumer.Subscribe(Topic); p.ProduceAsync(\"paid\", m); } }",
        shows: "names kafka:9092 as c over kafka\ntakes orders over kafka\nsends paid over kafka",
    },
    Library {
        name: "RabbitMQ.Client, MassTransit, NATS",
        needles: &["RabbitMQ", "MassTransit", "NATS"],
        sights: &[
            on("new ConnectionFactory", Does::Calls(Arg::Named("HostName"), "amqp", ELSEWHERE)),
            on(".BasicPublish|BasicPublishAsync", Does::Sends(Arg::Either("routingKey", 1), "amqp")),
            on(".BasicConsume|BasicConsumeAsync", Does::Takes(Arg::Either("queue", 0), "amqp")),
            on(".ReceiveEndpoint", Does::Takes(Arg::At(0), "amqp")),
            on(".Subscribe", Does::Takes(Arg::At(0), "nats")),
            on(".Publish", Does::Sends(Arg::At(0), "nats")),
        ],
        sees: &[],
        example: "using RabbitMQ.Client;\nclass A { void F() { var f = new ConnectionFactory { HostName = \"rabbit\" }; ch.BasicPublish(\"\", \"orders\", null, b); } }",
        shows: "names rabbit as f over amqp\nsends orders over amqp",
    },
    Library {
        name: "Polly, resilience handlers",
        needles: &["Polly", "AddStandardResilienceHandler", "AddResilienceHandler"],
        sights: &[
            on(".WaitAndRetryAsync|WaitAndRetry|RetryAsync|AddRetry", Does::Guards(Guard::Retry, Arg::None)),
            on(".CircuitBreakerAsync|CircuitBreaker|AddCircuitBreaker", Does::Guards(Guard::Breaker, Arg::None)),
            on(".AddStandardResilienceHandler", Does::Guards(Guard::Breaker, Arg::None)),
            on(".AddTimeout|TimeoutAsync", Does::Guards(Guard::Timeout, Arg::At(0))),
        ],
        sees: &[Guard::Retry, Guard::Breaker],
        example: "using Polly;\nclass A { void F() { p.WaitAndRetryAsync(3, i => i); p.CircuitBreakerAsync(5, t); } }",
        shows: "retry\ncircuit breaker",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["OpenTelemetry"],
        sights: &[on(".AddOpenTelemetry", Does::Guards(Guard::Telemetry, Arg::None))],
        sees: &[Guard::Telemetry],
        example: "using OpenTelemetry;\nclass A { void F() { s.AddOpenTelemetry(); } }",
        shows: "telemetry",
    },
];
