//! What the join makes of names, case by case: small systems in, components and calls out.

mod shown;

use expect_test::{Expect, expect};

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&shown::graph(&shown::model(files)));
}

/// A Deployment and its Service, as short as they can be.
fn workload(name: &str, image: &str, environment: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  template:\n    metadata: {{ labels: {{ app: {name} }} }}\n    spec:\n      containers:\n        - name: {name}\n          image: {image}\n          env: {environment}\n---\napiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ selector: {{ app: {name} }}, ports: [{{ port: 80 }}] }}\n"
    )
}

#[test]
fn a_host_in_any_form_of_cluster_dns_is_the_service() {
    let caller = workload(
        "web",
        "shop/web",
        "[{ name: A, value: 'http://cart' }, { name: B, value: 'stock.shop:80' }, { name: C, value: 'http://pay.shop.svc.cluster.local/x' }]",
    );
    let callee = |name: &str| {
        workload(name, "shop/x", "[]").replace("metadata: { name: ", "metadata: { namespace: shop, name: ")
    };
    check(
        &[
            ("web.yaml", &caller),
            ("cart.yaml", &workload("cart", "shop/cart", "[]")),
            ("stock.yaml", &callee("stock")),
            ("pay.yaml", &callee("pay")),
        ],
        expect![[r#"
            cart: service
            pay: service
            stock: service
            web: frontend
            web -> cart http web.yaml:11
            web -> pay http web.yaml:11
            web -> stock http web.yaml:11
            default root
        "#]],
    );
}

#[test]
fn the_same_component_in_manifests_and_compose_is_one() {
    let compose = "services:\n  web:\n    image: shop/web\n    environment: { DB: 'postgres://u@orders-db/x' }\n  orders-db: { image: 'postgres:16' }\n";
    check(
        &[
            ("compose.yaml", compose),
            ("k8s/web.yaml", &workload("web", "shop/web", "[{ name: DB_HOST, value: orders-db }]")),
            ("k8s/db.yaml", &workload("orders-db", "postgres:16", "[]")),
        ],
        expect![[r#"
            orders-db: store PostgreSQL
            web: frontend
            web -> orders-db sql k8s/web.yaml:11
            default k8s
        "#]],
    );
}

#[test]
fn one_image_under_two_names_in_two_variants_is_one_component() {
    let compose = "services:\n  web: { image: shop/web }\n  user-sim: { image: 'shop/load-test:1' }\n";
    check(
        &[
            ("compose.yaml", compose),
            ("k8s/web.yaml", &workload("web", "shop/web", "[]")),
            ("k8s/load.yaml", &workload("load-test", "shop/load-test:2", "[]")),
        ],
        expect![[r#"
            load-test: job also user-sim
            web: frontend
            default k8s
        "#]],
    );
}

#[test]
fn one_image_in_many_roles_is_many_components() {
    let compose =
        "services:\n  api: { image: shop/app, command: serve }\n  worker: { image: shop/app, command: work }\n";
    check(
        &[("compose.yaml", compose)],
        expect![[r#"
        api: service
        worker: service
        default compose.yaml
    "#]],
    );
}

#[test]
fn versions_behind_one_service_are_one_component() {
    let version = |v: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: reviews-{v} }}\nspec: {{ template: {{ metadata: {{ labels: {{ app: reviews }} }}, spec: {{ containers: [{{ name: reviews, image: 'shop/reviews-{v}' }}] }} }} }}\n"
        )
    };
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: reviews }\nspec: { selector: { app: reviews } }\n";
    check(
        &[("a.yaml", &version("v1")), ("b.yaml", &version("v2")), ("s.yaml", service)],
        expect![[r#"
        reviews: service also reviews-v1, reviews-v2
        default root
    "#]],
    );
}

#[test]
fn a_bare_word_counts_by_its_key_and_its_host() {
    let environment = "[{ name: QUEUE_HOSTNAME, value: rabbitmq }, { name: QUEUE_NAME, value: orders }, { name: DB_NAME, value: orders }, { name: mongo, value: user-db }]";
    check(
        &[
            ("web.yaml", &workload("web", "shop/web", environment)),
            ("orders.yaml", &workload("orders", "shop/orders", "[]")),
            ("q.yaml", &workload("rabbitmq", "rabbitmq:3", "[]")),
            ("db.yaml", &workload("user-db", "shop/user-db", "[]")),
        ],
        expect![[r#"
            orders: service
            rabbitmq: broker RabbitMQ
            user-db: store
            web: frontend
            web -> rabbitmq amqp web.yaml:11
            web -> user-db mongodb web.yaml:11
            topic orders of web
            default root
        "#]],
    );
}

#[test]
fn a_host_that_nothing_provides_dangles_and_an_outside_host_is_an_external() {
    let environment = "[{ name: PAY_URL, value: 'https://api.pay.example.org/v1' }, { name: STOCK_ADDR, value: 'stock-service:8080' }]";
    check(
        &[("web.yaml", &workload("web", "shop/web", environment))],
        expect![[r#"
        web: frontend
        dangling_host: `STOCK_ADDR` names `stock-service`, which nothing here provides
        default web.yaml
    "#]],
    );
}

#[test]
fn a_port_that_nobody_opens_dangles() {
    check(
        &[
            ("web.yaml", &workload("web", "shop/web", "[{ name: CART, value: 'http://cart:9999' }]")),
            ("cart.yaml", &workload("cart", "shop/cart", "[]")),
        ],
        expect![[r#"
            cart: service
            web: frontend
            web -> cart http web.yaml:11
            dangling_port: the Service `cart` opens 80, not 9999
            default root
        "#]],
    );
}

#[test]
fn waiting_for_a_host_before_the_start_is_no_edge() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  initContainers: [{ name: wait, image: busybox, command: [sh, -c, 'until nc -z cart 80; do sleep 1; done'] }]\n  containers: [{ name: web, image: shop/web }]\n";
    check(
        &[("web.yaml", pod), ("cart.yaml", &workload("cart", "shop/cart", "[]"))],
        expect![[r#"
        cart: service
        web: frontend
        default root
    "#]],
    );
}

#[test]
fn telemetry_is_a_call_to_what_supports_the_system() {
    let environment = "[{ name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'http://otel-collector:4317' }, { name: ZIPKIN_HOST, value: zipkin }]";
    check(
        &[
            ("web.yaml", &workload("web", "shop/web", environment)),
            ("c.yaml", &workload("otel-collector", "otel/opentelemetry-collector-contrib:0.9", "[]")),
        ],
        expect![[r#"
            otel-collector: service OpenTelemetry Collector (monitoring)
            web: frontend
            web -> otel-collector otlp web.yaml:11
            dangling_port: the Service `otel-collector` opens 80, not 4317
            default root
        "#]],
    );
}

#[test]
fn a_proto_service_is_served_by_who_is_named_like_it_and_decides_the_protocol() {
    let proto = "syntax = \"proto3\";\npackage shop;\nservice CartService { rpc Get(A) returns (A); rpc Put(A) returns (A); }\nmessage A {}\n";
    check(
        &[
            ("protos/cart.proto", proto),
            ("src/web/proto/cart.proto", proto),
            ("k8s/web.yaml", &workload("web", "shop/web", "[{ name: CART_ADDR, value: 'cartservice:7070' }]")),
            ("k8s/cart.yaml", &workload("cartservice", "shop/cart", "[]").replace("port: 80", "port: 7070")),
        ],
        expect![[r#"
            cartservice: service also cart
            web: frontend
            web -> cartservice grpc k8s/web.yaml:11
            cartservice grpc serves 2 of shop.CartService
            default k8s
        "#]],
    );
}

#[test]
fn a_folder_with_two_ways_to_deploy_is_one_system_with_two_variants() {
    let all = format!("{}---\n{}", workload("web", "shop/web", "[]"), workload("cart", "shop/cart", "[]"));
    check(
        &[("all-in-one.yaml", &all), ("quickstart.yaml", &workload("web", "shop/web", "[]"))],
        expect![[r#"
        cart: service
        web: frontend
        default all-in-one.yaml
    "#]],
    );
}

#[test]
fn monitoring_is_told_apart_by_image_and_by_place() {
    check(
        &[
            ("k8s/web.yaml", &workload("web", "shop/web", "[]")),
            ("k8s/monitoring/p.yaml", &workload("prometheus", "prom/prometheus:v2", "[]")),
            ("k8s/monitoring/n.yaml", &workload("disk-usage", "alpine:3", "[]")),
        ],
        expect![[r#"
            disk-usage: service (monitoring)
            prometheus: service Prometheus (monitoring)
            web: frontend
            default k8s
        "#]],
    );
}
