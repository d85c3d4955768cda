//! Libraries of Ruby.

use crate::library::{Arg, Does, Library, Unit, Wait, on};
use crate::seen::Guard;

const ELSEWHERE: Wait = Wait::Elsewhere;
const MAYBE: Wait = Wait::Maybe(Arg::Named("timeout"), Unit::Seconds);

/// The tables.
pub const LIBRARIES: &[Library] = &[
    Library {
        name: "net/http, faraday, httparty, rest-client",
        needles: &["Net::HTTP", "Faraday", "HTTParty", "RestClient", "net/http"],
        sights: &[
            on("HTTP.get|post|get_response|post_form", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on("HTTP.start|new", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
            on("Faraday.new|get|post", Does::Calls(Arg::Either("url", 0), "http", ELSEWHERE)),
            on("HTTParty.get|post|put|delete", Does::Calls(Arg::At(0), "http", MAYBE)),
            on("RestClient.get|post|put|delete", Does::Calls(Arg::At(0), "http", ELSEWHERE)),
        ],
        sees: &[],
        example: "require 'net/http'\nNet::HTTP.get(URI(\"http://orders:80/x\"))\nconn = Faraday.new(url: ENV.fetch('PAY_URL', 'http://pay:80'))",
        shows: "names http://orders:80/x as get over http\nnames ${PAY_URL:-http://pay:80} as conn over http",
    },
    Library {
        name: "sinatra, rails routes, grape",
        needles: &["sinatra", "Sinatra", "routes.draw", "Grape"],
        sights: &[on("get|post|put|delete|patch", Does::Route(Arg::At(0)))],
        sees: &[],
        example: "require 'sinatra'\nget '/orders/:id' do\n  1\nend",
        shows: "route GET /orders/:id",
    },
    Library {
        name: "grpc",
        needles: &["grpc"],
        sights: &[on("*::Stub.new", Does::Client), on("Stub.new", Does::Calls(Arg::At(0), "grpc", ELSEWHERE))],
        sees: &[],
        example: "require 'grpc'\nstub = Cart::Stub.new('cart:7070', :this_channel_is_insecure)",
        shows: "names cart:7070 as stub over grpc",
    },
    Library {
        name: "redis, pg, mysql2, mongo",
        needles: &["Redis", "PG", "Mysql2", "Mongo"],
        sights: &[
            on("Redis.new", Does::Calls(Arg::Named("url"), "redis", ELSEWHERE)),
            on("Redis.new", Does::Calls(Arg::Named("host"), "redis", ELSEWHERE)),
            on("PG.connect", Does::Calls(Arg::Either("host", 0), "sql", ELSEWHERE)),
            on("Client.new", Does::Calls(Arg::Either("host", 0), "", ELSEWHERE)),
        ],
        sees: &[],
        example: "r = Redis.new(url: 'redis://cache:6379')",
        shows: "names redis://cache:6379 as r over redis",
    },
    Library {
        name: "bunny, ruby-kafka, karafka, sidekiq",
        needles: &["Bunny", "Kafka", "karafka", "Karafka", "racecar"],
        sights: &[
            on("Bunny.new", Does::Calls(Arg::At(0), "amqp", ELSEWHERE)),
            on("channel.queue", Does::Takes(Arg::At(0), "amqp")),
            on(".publish", Does::Sends(Arg::Named("routing_key"), "amqp")),
            on("Kafka.new", Does::Calls(Arg::At(0), "kafka", ELSEWHERE)),
            on(".deliver_message|produce", Does::Sends(Arg::Named("topic"), "kafka")),
            on("consumer.subscribe", Does::Takes(Arg::At(0), "kafka")),
        ],
        sees: &[],
        example: "conn = Bunny.new('amqp://rabbit')\nx.publish(m, routing_key: 'orders')",
        shows: "names amqp://rabbit as conn over amqp\nsends orders over amqp",
    },
    Library {
        name: "OpenTelemetry",
        needles: &["OpenTelemetry"],
        sights: &[on("SDK.configure", Does::Guards(Guard::Telemetry, Arg::None))],
        sees: &[Guard::Telemetry],
        example: "OpenTelemetry::SDK.configure('x')",
        shows: "telemetry",
    },
];
