//! Libraries of PHP.

use crate::library::{Arg, Does, Library, Unit, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;
const MAYBE: Wait = Wait::Maybe(Arg::Named("timeout"), Unit::Seconds);

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "guzzle, curl, Laravel and Symfony clients",
        needles: &["Guzzle", "curl_", "Http::", "HttpClient"],
        sights: &[
            on("new Client", Does::Calls(Arg::Named("base_uri"), "http", MAYBE)),
            on("client->get|post|put|delete|patch", Does::Calls(Arg::At(0), "http", MAYBE)),
            on("client->request", Does::Calls(Arg::At(1), "http", MAYBE)),
            on("curl_init", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on("Http::get|post|put|delete|patch", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
        ],
        sees: &[],
        example: "<?php $url = getenv('ORDERS_URL') ?: 'http://orders:80'; $h = curl_init($url . '/orders'); $c = new Client(['base_uri' => 'http://pay:80', 'timeout' => 3]); // Guzzle",
        shows: "names ${ORDERS_URL:-http://orders:80}/orders as $h over http\nnames http://pay:80 as $c over http, timeout 3000 ms",
    },
    Library {
        name: "Laravel, Slim, Symfony routes",
        needles: &["Route", "Slim", "->get("],
        sights: &[
            on("Route::get|post|put|delete|patch", Does::Route(Arg::At(0))),
            on("app->get|post|put|delete|patch", Does::Route(Arg::At(0))),
            on("@Route", Does::Route(Arg::Either("path", 0))),
        ],
        sees: &[],
        example: "<?php Route::get('/orders/{id}', [Orders::class, 'show']);",
        shows: "route GET /orders/{id}",
    },
    Library {
        name: "PDO, mysqli, redis, mongo",
        needles: &["PDO", "mysqli", "Redis", "Predis", "MongoDB"],
        sights: &[
            on("new PDO", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("new mysqli", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("mysqli_connect", Does::Calls(Arg::At(0), "sql", ELSEWHERE)),
            on("redis->connect", Does::Calls(Arg::At(0), "redis", ELSEWHERE)),
        ],
        sees: &[],
        example: "<?php $db = new PDO('mysql:host=orders-db;dbname=orders'); $redis->connect('cache', 6379);",
        shows: "names mysql:host=orders-db;dbname=orders as $db over sql\nnames cache as connect over redis",
    },
    Library {
        name: "php-amqplib, rdkafka",
        needles: &["AMQP", "RdKafka"],
        sights: &[
            on("new AMQPStreamConnection|AMQPConnection", Does::Calls(Arg::At(0), "amqp", ELSEWHERE)),
            on("->basic_publish", Does::Sends(Arg::At(2), "amqp")),
            on("->basic_consume", Does::Takes(Arg::At(0), "amqp")),
            on("->newTopic", Does::Sends(Arg::At(0), "kafka")),
        ],
        sees: &[],
        example: "<?php $c = new AMQPStreamConnection('rabbit', 5672); $ch->basic_publish($m, '', 'orders'); $ch->basic_consume('orders');",
        shows: "names rabbit as $c over amqp\nsends orders over amqp\ntakes orders over amqp",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["OpenTelemetry"],
        sights: &[on("Globals::registerInitializer|tracerProvider", Does::Guards(Guard::Telemetry, Arg::None))],
        sees: &[Guard::Telemetry],
        example: "<?php OpenTelemetry\\API\\Globals::tracerProvider();",
        shows: "telemetry",
    },
];
