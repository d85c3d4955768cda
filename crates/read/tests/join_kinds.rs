//! What beside a product is not the product, and who calls nobody although it is given an address.

mod shown;

use expect_test::{Expect, expect};

#[track_caller]
fn check(compose: &str, expect: Expect) {
    check_files(&[("compose.yaml", compose)], expect);
}

#[track_caller]
fn check_files(files: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&shown::graph(&shown::model(files)));
}

#[test]
fn a_tool_beside_a_product_is_not_the_product() {
    check(
        "services:\n  kafka: { image: 'apache/kafka:4' }\n  kafka-ui: { image: somebody/kafka-ui, environment: { KAFKA_BROKERS: 'kafka:9092' } }\n",
        expect![[r#"
            kafka: broker Kafka
            kafka-ui: frontend
            kafka-ui -> kafka kafka compose.yaml:3
            default compose.yaml
        "#]],
    );
}

#[test]
fn the_client_in_a_products_image_is_a_job() {
    check(
        "services:\n  redis: { image: 'redis:7' }\n  watch: { image: 'redis:7', command: redis-cli -h redis monitor }\n  topics: { image: 'apache/kafka:4', command: [sh, -c, 'kafka-topics.sh --create --topic a --bootstrap-server kafka:9092'] }\n  kafka: { image: 'apache/kafka:4' }\n",
        expect![[r#"
            kafka: broker Kafka
            redis: cache Redis
            topics: job
            watch: job
            topics -> kafka kafka compose.yaml:4
            watch -> redis redis compose.yaml:3
            default compose.yaml
        "#]],
    );
}

#[test]
fn variables_of_a_server_that_all_are_given_make_nobody_the_server() {
    check(
        "x-db: &db { POSTGRES_HOST: db, PGDATA: /data }\nservices:\n  api: { image: shop/api, environment: *db }\n  worker: { image: shop/worker, environment: *db }\n  db: { image: 'postgres:16', environment: *db }\n",
        expect![[r#"
            api: service
            db: store PostgreSQL
            worker: service
            api -> db sql compose.yaml:1
            worker -> db sql compose.yaml:1
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_store_does_not_call_what_its_users_are_told_of() {
    check(
        "x-env: &env { DB_HOST: db, REDIS_URL: 'redis://cache:6379', API_BASE: 'https://api.partner.io' }\nservices:\n  api: { image: shop/api, environment: *env }\n  db: { image: 'postgres:16', environment: *env }\n  cache: { image: 'redis:7' }\n",
        expect![[r#"
            api: service
            api.partner.io: external
            cache: cache Redis
            db: store PostgreSQL
            api -> api.partner.io http compose.yaml:1
            api -> cache redis compose.yaml:1
            api -> db sql compose.yaml:1
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_broker_calls_those_of_its_cluster() {
    check(
        "services:\n  kafka: { image: 'confluentinc/cp-kafka:7', environment: { KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181' } }\n  zookeeper: { image: 'zookeeper:3' }\n",
        expect![[r#"
            kafka: broker Kafka
            zookeeper: store ZooKeeper
            kafka -> zookeeper zookeeper compose.yaml:2
            default compose.yaml
        "#]],
    );
}

#[test]
fn what_shares_the_network_of_another_and_is_called_after_it_is_its_sidecar() {
    check(
        "services:\n  orders: { image: shop/orders }\n  orders-dapr: { image: daprio/daprd, network_mode: 'service:orders', command: [./daprd, -placement-host-address, 'placement:50006'] }\n  placement: { image: daprio/dapr }\n  tunnel: { image: somebody/tunnel }\n  download: { image: somebody/download, network_mode: 'service:tunnel' }\n",
        expect![[r#"
            download: service
            orders: service
            placement: service also dapr
            tunnel: service
            orders -> placement http compose.yaml:3
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_name_with_dots_is_a_component_where_one_goes_by_it() {
    check(
        "services:\n  web:\n    image: shop/web\n    environment: { API: 'http://catalog.api:8080', ID: 'https://id.shop.io', OLD: 'http://catalog-data.old', OUT: 'https://api.partner.io' }\n  catalog.api: { image: shop/catalog }\n  identity: { image: shop/identity, networks: { default: { aliases: [id.shop.io] } } }\n  catalogdata-old: { image: shop/old }\n",
        expect![[r#"
            api.partner.io: external
            catalog.api: service also catalog
            catalogdata-old: service also old
            identity: service also id.shop.io
            web: frontend
            web -> api.partner.io http compose.yaml:4
            web -> catalog.api http compose.yaml:4
            web -> identity http compose.yaml:4
            dangling_host: `OLD` names `catalog-data.old`, which nothing here provides
            default compose.yaml
        "#]],
    );
}

#[test]
fn names_for_examples_are_nobodys() {
    check(
        "services:\n  web: { image: shop/web, environment: { SMTP_HOST: smtp.example.com, API_URL: 'https://api.example.org/x' } }\n",
        expect![[r#"
            web: frontend
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_gateway_names_its_callees_as_discovery_knows_them() {
    check_files(
        &[
            ("compose.yaml", "services:\n  edge: { build: ./Edge }\n  shop-orders: { build: ./Orders }\n"),
            ("Edge/Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:8.0\n"),
            (
                "Edge/ocelot.json",
                "{ \"Routes\": [{ \"UpstreamPathTemplate\": \"/o\", \"ServiceName\": \"OrderService\" }] }",
            ),
            ("Orders/Dockerfile", "FROM mcr.microsoft.com/dotnet/aspnet:8.0\n"),
            ("Orders/appsettings.json", "{ \"Spring\": { \"Application\": { \"Name\": \"OrderService\" } } }"),
        ],
        expect![[r#"
            edge: gateway
            shop-orders: service
            edge -> shop-orders http Edge/ocelot.json:1
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_folder_called_like_a_component_that_is_built_elsewhere_is_anothers() {
    check_files(
        &[
            (
                "compose.yaml",
                "services:\n  shop: { build: ./shop-bff }\n  cart: { image: x/cart }\n  mail: { image: x/mail }\n",
            ),
            ("shop-bff/Dockerfile", "FROM eclipse-temurin:21\n"),
            ("shop-bff/application.properties", "cart.url=http://cart\n"),
            ("tests-of-shop/shop/pom.xml", "<project><artifactId>shop</artifactId></project>"),
            ("tests-of-shop/shop/application.properties", "mail.url=http://mail\n"),
        ],
        expect![[r#"
            cart: service
            mail: service
            shop: service
            shop -> cart http shop-bff/application.properties:1
            default compose.yaml
        "#]],
    );
}

#[test]
fn who_keeps_the_whole_of_a_description_serves_it() {
    let part = "syntax = \"proto3\";\npackage shop;\nservice Places { rpc Get(A) returns (A); }\nmessage A {}\n";
    let whole = part.replace("rpc Get", "rpc Put(A) returns (A); rpc Get");
    check_files(
        &[
            (
                "compose.yaml",
                "services:\n  web: { build: ./web, environment: { HOST: 'atlas:9000' } }\n  atlas: { build: ./atlas }\n",
            ),
            ("web/Dockerfile", "FROM node:22\n"),
            ("web/proto/x.proto", part),
            ("atlas/Dockerfile", "FROM node:22\n"),
            ("atlas/proto/x.proto", &whole),
        ],
        expect![[r#"
            atlas: service
            web: frontend
            web -> atlas grpc compose.yaml:2
            atlas grpc serves 2 of shop.Places
            default compose.yaml
        "#]],
    );
}

#[test]
fn a_program_finds_the_config_map_that_is_called_like_it() {
    let workload = |name: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec: {{ template: {{ metadata: {{ labels: {{ app: {name} }} }}, spec: {{ containers: [{{ name: {name}, image: shop/{name} }}] }} }} }}\n---\napiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ selector: {{ app: {name} }} }}\n---\n"
        )
    };
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: orders }\ndata:\n  spring.data.mongodb.host: stock\n  application.yml: |\n    cart.url: http://cart\n";
    let text = ["orders", "stock", "cart"].map(workload).concat() + map;
    check_files(
        &[("k8s/all.yaml", &text)],
        expect![[r#"
        cart: service
        orders: service
        stock: service
        orders -> cart http k8s/all.yaml:37
        orders -> stock http k8s/all.yaml:35
        default k8s/all.yaml
    "#]],
    );
}
