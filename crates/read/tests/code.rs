//! What source code adds to the joined system: calls that only it shows, services by name, topics, routes, protections.
#![cfg(feature = "languages")]

mod shown;

use expect_test::{Expect, expect};
use plimsoll_model::{Content, Field, Model, Subject, Value};

/// Two services and their stores; `orders` is built from `orders`, `payments` from `payments`.
const COMPOSE: (&str, &str) = (
    "compose.yaml",
    "services:\n  orders: { build: orders }\n  payments: { build: payments }\n  redis: { image: 'redis:8' }\n  rabbit: { image: 'rabbitmq:4' }\n",
);

/// Calls with how sure they are, topics, interfaces, protections.
fn told(model: &Model) -> String {
    let id = |id: plimsoll_model::ComponentId| model.component(id).id.as_str();
    let mut out = String::new();
    let text = |subject: Subject, field: Field| {
        let facts = model.facts.iter().filter(move |fact| fact.subject == subject && fact.field == field);
        facts.map(|fact| match &fact.content {
            Content::Stated(Value::Text(text)) => text.clone(),
            Content::Stated(value) => format!("{value:?}"),
            Content::Absent => String::from("none"),
        })
    };
    for (index, call) in model.calls.iter().enumerate() {
        let subject = Subject::Call(plimsoll_model::CallId(index as u32));
        let evidence = model.evidence(call.evidence[0]);
        let at = evidence.at.expect("declared");
        let place = format!("{}:{}", model.files.display(at.file), at.line);
        out += &format!("{} -> {} {} {place}", id(call.from), id(call.to), call.protocol.word());
        out += &text(subject, Field::Certainty).map(|text| format!(" {text}")).collect::<String>();
        out += &text(subject, Field::Timeout).map(|text| format!(", timeout {text}")).collect::<String>();
        out.push('\n');
    }
    for topic in &model.topics {
        let list =
            |all: &[plimsoll_model::ComponentId]| all.iter().map(|each| id(*each)).collect::<Vec<_>>().join(", ");
        out += &format!("topic {}: {} -> {}\n", topic.id, list(&topic.producers), list(&topic.consumers));
    }
    for operation in &model.operations {
        let interface = &model.interfaces[operation.interface.index()];
        out += &format!("{} serves {}\n", interface.component.map_or("nobody", id), operation.name);
    }
    for (index, component) in model.components.iter().enumerate() {
        let subject = Subject::Component(plimsoll_model::ComponentId(index as u32));
        out += &text(subject, Field::Protection).map(|text| format!("{}: {text}\n", component.id)).collect::<String>();
    }
    out
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let files: Vec<(&str, &str)> = files.iter().copied().chain([COMPOSE]).collect();
    expect.assert_eq(&told(&shown::model(&files)));
}

#[test]
fn a_client_that_is_given_an_address_is_a_sure_call() {
    check(
        &[("orders/app.py", "import requests\nrequests.get('http://payments:80/x', timeout=3)\n")],
        expect![[r#"
            orders -> payments http orders/app.py:2 sure, timeout Nanos(3000000000)
        "#]],
    );
}

#[test]
fn a_call_without_a_timeout_has_none_where_every_place_that_asks_has_none() {
    check(
        &[(
            "orders/app.py",
            "import requests\nrequests.get('http://payments:80/x')\nrequests.get('http://payments:80/y')\n",
        )],
        expect![[r#"
            orders -> payments http orders/app.py:2 sure, timeout none
        "#]],
    );
    check(
        &[(
            "orders/app.py",
            "import requests\nrequests.get('http://payments:80/x')\nrequests.get('http://payments:80/y', timeout=1)\n",
        )],
        expect![[r#"
            orders -> payments http orders/app.py:2 sure, timeout Nanos(1000000000)
        "#]],
    );
}

#[test]
fn a_text_is_likely_where_its_name_says_that_it_is_an_address_and_possible_elsewhere() {
    check(
        &[
            ("orders/a.js", "const paymentsUrl = 'http://payments:80';\n"),
            ("payments/b.js", "draw('http://orders:80');\n"),
        ],
        expect![[r#"
            orders -> payments http orders/a.js:1 likely
            payments -> orders http payments/b.js:1 possible
        "#]],
    );
}

#[test]
fn a_default_counts_only_where_the_variable_is_not_set() {
    check(
        &[
            (
                "orders/a.js",
                "const redis = require('redis');\nredis.createClient({ host: process.env.CACHE || 'redis' });\n",
            ),
            ("compose.override.yaml", "services: { orders: { environment: { CACHE: elsewhere.example.io } } }\n"),
        ],
        expect![[r#"
            orders -> elsewhere.example.io redis orders/a.js:2 sure
        "#]],
    );
}

#[test]
fn a_client_of_a_service_calls_whoever_registers_it() {
    check(
        &[
            (
                "orders/main.go",
                "package main\nimport \"google.golang.org/grpc\"\nfunc f() { pb.NewMoneyServiceClient(conn) }\n",
            ),
            (
                "payments/main.go",
                "package main\nimport \"google.golang.org/grpc\"\nfunc f() { pb.RegisterMoneyServiceServer(s, x) }\n",
            ),
        ],
        expect![[r#"
            orders -> payments grpc orders/main.go:3 sure
        "#]],
    );
}

#[test]
fn a_client_of_a_service_that_nobody_serves_calls_nobody() {
    check(
        &[(
            "orders/main.go",
            "package main\nimport \"google.golang.org/grpc\"\nfunc f() { pb.NewMoneyServiceClient(conn) }\n",
        )],
        expect![""],
    );
}

#[test]
fn topics_have_a_direction_and_reach_the_only_broker() {
    check(
        &[
            ("orders/src/Queues.java", "class Queues { static final String PLACED = \"orders-placed\"; }"),
            (
                "orders/src/A.java",
                "import x.amqp; class A { void f() { rabbitTemplate.convertAndSend(Queues.PLACED, x); } }",
            ),
            (
                "payments/src/B.java",
                "import x.amqp; class B { @RabbitListener(queues = \"orders-placed\") void f() {} }",
            ),
        ],
        expect![[r#"
            orders -> rabbit amqp orders/src/A.java:1 sure
            payments -> rabbit amqp payments/src/B.java:1 sure
            topic orders-placed: orders -> payments
        "#]],
    );
}

#[test]
fn routes_of_all_files_are_one_interface_and_protections_are_told() {
    check(
        &[
            (
                "orders/a.js",
                "const app = require('express')();\napp.get('/orders', f);\napp.get('/health', (q, r) => r.send());\n",
            ),
            (
                "orders/b.js",
                "const { Router } = require('express');\nrouter.post('/orders', place);\nnew CircuitBreaker(f); // opossum\n",
            ),
        ],
        expect![[r#"
            orders serves GET /orders
            orders serves GET /health
            orders serves POST /orders
            orders: circuit breaker
            orders: health: /health
        "#]],
    );
}

#[test]
fn tests_log_lines_and_comments_are_no_calls() {
    check(
        &[
            ("orders/tests/a.py", "import requests\nrequests.get('http://payments:80')\n"),
            ("orders/b_test.go", "package a\nimport \"net/http\"\nfunc f() { http.Get(\"http://payments:80\") }\n"),
            (
                "orders/c.go",
                "package a\nimport \"net/http\"\n// http://payments:80\nfunc f() { log.Println(\"http://payments:80\") }\n",
            ),
        ],
        expect![""],
    );
}

#[test]
fn an_outside_host_is_called_where_a_client_or_a_name_says_so() {
    check(
        &[(
            "orders/a.js",
            "const docs = see('https://docs.example.io/x');\nconst apiUrl = 'https://api.psp.io/v1';\nfetch('https://mail.psp.io/send');\n",
        )],
        expect![[r#"
            orders -> api.psp.io http orders/a.js:2 likely
            orders -> mail.psp.io http orders/a.js:3 sure
        "#]],
    );
}

#[test]
fn a_variable_that_all_are_given_is_of_those_who_read_it() {
    check(
        &[
            (
                "k8s.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: all }\ndata: { REDIS_ADDR: 'redis:6379' }\n",
            ),
            (
                "compose.override.yaml",
                "x-all: &all { REDIS_ADDR: 'redis:6379' }\nservices:\n  orders: { environment: *all }\n  payments: { environment: *all }\n",
            ),
            ("orders/a.js", "const addr = process.env.REDIS_ADDR;\n"),
            ("payments/a.js", "const app = require('express')();\napp.get('/health', f);\n"),
        ],
        expect![[r#"
            orders -> redis redis compose.override.yaml:1
            payments serves GET /health
            payments: health: /health
        "#]],
    );
}
