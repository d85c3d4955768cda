//! How texts are put together, and what of them is told.
#![allow(clippy::unwrap_used, reason = "a test")]

use expect_test::{Expect, expect};
use plimsoll_code::{Language, read};

#[track_caller]
fn check(language: Language, text: &str, expect: Expect) {
    let seen: Vec<String> = read(language, text).seen.iter().map(|seen| format!("{seen}\n")).collect();
    expect.assert_eq(&seen.concat());
}

#[test]
fn a_default_is_kept_beside_the_variable_that_comes_before_it() {
    check(
        Language::JavaScript,
        "const url = process.env.ORDERS_URL || 'http://orders:80';",
        expect![[r#"
        1: names ${ORDERS_URL:-http://orders:80} as url
    "#]],
    );
    check(
        Language::Ruby,
        "url = ENV['ORDERS_URL'] || 'http://orders:80'",
        expect![[r#"
        1: names ${ORDERS_URL:-http://orders:80} as url
    "#]],
    );
    check(
        Language::Kotlin,
        "val url = System.getenv(\"ORDERS_URL\") ?: \"http://orders:80\"",
        expect![[r#"
        1: names ${ORDERS_URL:-http://orders:80} as url
    "#]],
    );
    check(
        Language::CSharp,
        "class A { string url = Environment.GetEnvironmentVariable(\"ORDERS_URL\") ?? \"http://orders:80\"; }",
        expect![[r#"
        1: names ${ORDERS_URL:-http://orders:80} as url
    "#]],
    );
    check(
        Language::Rust,
        "fn f() { let url = std::env::var(\"ORDERS_URL\").unwrap_or(\"http://orders:80\".to_string()); }",
        expect![[r#"
        1: names ${ORDERS_URL:-http://orders:80} as url
    "#]],
    );
}

#[test]
fn a_name_that_is_bound_again_where_it_is_empty_has_a_default() {
    check(
        Language::Go,
        "package main\nfunc f() {\n host, ok := os.LookupEnv(\"AMQP_HOST\")\n if !ok {\n  host = \"rabbit\"\n }\n uri := fmt.Sprintf(\"amqp://guest@%s:5672/\", host)\n}",
        expect![[r#"
            3: names ${AMQP_HOST} as host
            5: names rabbit as host
            7: names amqp://guest@${AMQP_HOST:-rabbit}:5672/ as uri
        "#]],
    );
}

#[test]
fn parts_of_a_text_come_from_constants_parameters_and_functions() {
    check(
        Language::Python,
        "import requests, os\nHOST = os.getenv('PAY_HOST', 'pay')\ndef ask(path):\n    return requests.get(f'http://{HOST}:80{path}', timeout=2)\nask('/cards')",
        expect![[r#"
            2: names ${PAY_HOST:-pay} as HOST
            4: names http://${PAY_HOST:-pay}:80/cards as get over http, timeout 2000 ms
        "#]],
    );
    check(
        Language::Java,
        "class A { String host() { return System.getenv(\"DB_HOST\"); } void f() { var url = \"jdbc:mysql://\" + host() + \"/db\"; } }",
        expect![[r#"
            1: names ${DB_HOST} as DB_HOST
            1: names jdbc:mysql://${DB_HOST}/db as url
        "#]],
    );
}

#[test]
fn a_field_that_is_called_like_what_it_is_given_is_not_its_own_value() {
    check(
        Language::Go,
        "package main\nimport \"github.com/IBM/sarama\"\nvar m = sarama.ProducerMessage{Topic: kafka.Topic}",
        expect![[r#"
            3: sends ${=Topic} over kafka
        "#]],
    );
    check(
        Language::Kotlin,
        "import org.apache.kafka.x\nval topic: String = System.getenv(\"TOPIC\") ?: \"orders\"\nval c = K(p).apply { subscribe(listOf(topic)) }",
        expect![[r#"
            2: names ${TOPIC:-orders} as topic
            3: takes ${TOPIC:-orders} over kafka
        "#]],
    );
}

#[test]
fn a_format_takes_its_values_by_name_by_index_or_in_turn() {
    check(
        Language::Python,
        "import requests\nUSER = 'user'\nrequests.get('http://{host}:{port}/x'.format(port=80, host=USER))\nrequests.get('http://{0}/x'.format(USER))",
        expect![[r#"
            3: names http://user:${?}/x as get over http, without a timeout
            4: names http://user/x as get over http, without a timeout
        "#]],
    );
}

#[test]
fn what_another_file_may_say_is_left_for_it() {
    check(
        Language::JavaScript,
        "request(endpoints.ordersUrl + '/x');",
        expect![[r#"
        1: names ${=ordersUrl}/x as request over http
    "#]],
    );
}

#[test]
fn what_people_read_names_nobody() {
    check(
        Language::Go,
        "package main\nimport \"net/http\"\nfunc f() { log.Printf(\"see http://orders:80\"); panic(\"no http://orders:80\") }",
        expect![""],
    );
    check(
        Language::Java,
        "import x; class A { void f() { logger.info(\"http://orders:80\"); throw new Error(\"http://orders:80\"); } }",
        expect![""],
    );
    check(Language::Python, "# http://orders:80\nimport logging\nlogging.info('http://orders:80')", expect![""]);
}

#[test]
fn an_annotation_gives_its_text_to_the_field_below() {
    check(
        Language::Java,
        "class A { @Value(\"${orders.url:http://orders:80}\") private String ordersUrl;\n void f() { restTemplate.getForObject(ordersUrl + \"/x\", String.class); } }",
        expect![[r#"
            1: names ${orders.url:http://orders:80} as orders.url
            2: names ${orders.url:http://orders:80}/x as getForObject over http
        "#]],
    );
}

#[test]
fn places_count_characters() {
    let said = read(Language::Python, "é = 'é'; u = 'http://orders:80'");
    assert_eq!((said.seen[0].line, said.seen[0].column), (1, 14));
}

#[test]
fn a_group_of_routes_has_a_prefix() {
    check(
        Language::Go,
        "package main\nimport \"github.com/gin-gonic/gin\"\nfunc f() { api := r.Group(\"/api\"); v1 := api.Group(\"/v1\"); v1.GET(\"/orders\", h) }",
        expect![[r#"
            3: route GET /api/v1/orders
        "#]],
    );
}

#[test]
fn tests_and_generated_files_are_known_by_name() {
    for path in [
        "a/orders_test.go",
        "src/OrderTest.java",
        "x/tests/a.py",
        "a/b.spec.ts",
        "Orders.FunctionalTests/A.cs",
        "test_a.py",
    ] {
        assert!(plimsoll_code::is_of_tests(path), "{path}");
    }
    for path in ["a/latest.go", "contest/a.py", "src/Attestation.java", "a/testing.rs"] {
        assert!(!plimsoll_code::is_of_tests(path), "{path}");
    }
    assert!(plimsoll_code::is_generated("demo.pb.go", ""));
    assert!(plimsoll_code::is_generated("a.go", "// Code generated by mockgen. DO NOT EDIT.\n"));
    assert!(!plimsoll_code::is_generated("a.go", "package a\n"));
}
