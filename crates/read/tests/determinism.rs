//! The same files give the same bytes: again, on any number of cores, from memory or disk, wherever they are cloned and
//! in whatever order they were written.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that writes the folders that it reads")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use plimsoll_model::json::ModelJson;
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options, survey};

/// A shop of three services, told in every format at once: each joins with some other.
const ESTATE: &[(&str, &str)] = &[
    (
        "deploy/base/orders.yaml",
        "apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, labels: { app: orders } }
spec:
  replicas: 2
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: example/orders:1
          ports: [{ containerPort: 8080 }]
          env:
            - { name: STOCK_URL, value: 'http://stock:8080' }
            - { name: NOWHERE_URL, value: 'http://nowhere:8080' }
          envFrom: [{ configMapRef: { name: settings } }]
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          resources: { requests: { cpu: 250m, memory: 64Mi }, limits: { memory: 128Mi } }
---
apiVersion: v1
kind: Service
metadata: { name: orders }
spec: { selector: { app: orders }, ports: [{ port: 8080 }] }
",
    ),
    (
        "deploy/base/stock.yaml",
        "apiVersion: apps/v1
kind: Deployment
metadata: { name: stock }
spec:
  template:
    metadata: { labels: { app: stock } }
    spec: { containers: [{ name: stock, image: 'example/stock:1', ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: stock }
spec: { selector: { app: stock }, ports: [{ port: 8080 }] }
---
apiVersion: example.org/v1
kind: Unheard
metadata: { name: of }
",
    ),
    (
        "deploy/base/kustomization.yaml",
        "resources: [orders.yaml, stock.yaml]\nconfigMapGenerator: [{ name: settings, literals: ['DB=postgres://orders@orders-db:5432/orders'] }]\n",
    ),
    ("deploy/eu/kustomization.yaml", "resources: [../base]\nreplicas: [{ name: orders, count: 4 }]\nnamespace: eu\n"),
    ("deploy/us/kustomization.yaml", "resources: [../base]\nreplicas: [{ name: orders, count: 3 }]\nnamespace: us\n"),
    (
        "compose.yaml",
        "services:
  orders: { build: orders, env_file: [.env], environment: { STOCK_URL: 'http://stock:8080', DB: 'postgres://${DB_HOST}:5432/orders' } }
  stock: { image: 'example/stock:1', environment: { KAFKA_BROKERS: 'kafka:9092', TOPIC: reserved } }
  orders-db: { image: 'postgres:16' }
  kafka: { image: 'apache/kafka:3.8.0' }
  edge: { image: 'nginx:1.27', volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro'] }
",
    ),
    (".env", "DB_HOST=orders-db\nPAY_URL=https://api.pay.example.org\n"),
    (
        "proto/stock.proto",
        "syntax = \"proto3\";
package stock.v1;
service Stock { rpc Reserve(Lines) returns (Lines); rpc Watch(Lines) returns (stream Lines); }
message Lines { repeated string sku = 1; }
",
    ),
    (
        "orders/openapi.yaml",
        "openapi: 3.0.3
info: { title: orders, version: '1' }
paths:
  /orders: { post: { operationId: place, responses: { '201': { description: placed } } } }
  /orders/{id}: { get: { operationId: track, responses: { '200': { description: found } } } }
",
    ),
    (
        "orders/src/main/resources/application.yml",
        "spring:\n  application: { name: orders }\n  datasource: { url: 'jdbc:postgresql://orders-db:5432/orders' }\n---\nspring: { config: { activate: { on-profile: eu } }, kafka: { bootstrap-servers: 'kafka:9092' } }\n",
    ),
    ("orders/Dockerfile", "FROM eclipse-temurin:21 AS build\nCOPY . .\nFROM eclipse-temurin:21\nEXPOSE 8080\nUSER 1000\nCMD [\"java\", \"-jar\", \"orders.jar\"]\n"),
    ("nginx.conf", "upstream orders { server orders:8080; }\nserver { listen 80; location / { proxy_pass http://orders/; } }\n"),
    ("CODEOWNERS", "* @example/platform\n/orders/ @example/orders\n"),
    (
        "catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: orders }\nspec: { type: service, lifecycle: production, owner: group:orders, dependsOn: ['component:stock'] }\n",
    ),
    (
        "plimsoll.yaml",
        "plimsoll: 1
system: shop
components: { orders: { tier: 1 }, stock: { tier: 2 } }
journeys: { buy: { steps: [POST /orders @ orders] } }
promises: { bought: { on: journey buy, success: 99.5%, window: 30d } }
",
    ),
    ("broken.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec: [\n"),
    ("README.md", "# The shop\n"),
];

fn json(source: Source, threads: usize) -> String {
    let model = survey(vec![source], &Options { threads: NonZeroUsize::new(threads) });
    serde_json::to_string_pretty(&ModelJson::of(&model)).unwrap()
}

fn in_memory() -> String {
    json(Source::memory(ESTATE), 1)
}

#[track_caller]
fn check(got: &str, want: &str) {
    let differs = got.lines().zip(want.lines()).enumerate().find(|(_, (got, want))| got != want);
    assert!(got == want, "the bytes differ, first in (line, (got, wanted)): {differs:?}");
}

/// A new folder with the files, written in the given order.
fn on_disk(name: &str, order: impl Iterator<Item = usize>) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("determinism").join(name);
    let _ = std::fs::remove_dir_all(&root);
    for (path, text) in order.map(|index| ESTATE[index]) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

fn of_folder(root: &Path, threads: usize) -> String {
    json(Source::folders(&[root.to_path_buf()]).remove(0), threads)
}

/// The indices of the estate in an order that a seed gives (Fisher and Yates, with a linear congruential generator).
fn shuffled(seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ESTATE.len()).collect();
    let mut state = seed;
    for last in (1..order.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    order
}

#[test]
fn the_estate_shows_something_of_every_kind() {
    let model: serde_json::Value = serde_json::from_str(&in_memory()).unwrap();
    let tables = ["environments", "components", "calls", "topics", "interfaces", "deployments", "journeys", "promises"];
    for table in tables.into_iter().chain(["teams", "loose", "facts", "not_read", "problems"]) {
        assert!(!model[table].as_array().unwrap().is_empty(), "no {table}, so nothing is shown of their order");
    }
}

#[test]
fn twice_is_the_same() {
    check(&in_memory(), &in_memory());
}

#[test]
fn any_number_of_threads_is_the_same() {
    for threads in [2, 16] {
        check(&json(Source::memory(ESTATE), threads), &in_memory());
    }
}

#[test]
fn from_disk_is_the_same_as_from_memory() {
    let root = on_disk("disk", 0..ESTATE.len());
    for threads in [1, 2, 16] {
        check(&of_folder(&root, threads), &in_memory());
    }
}

#[test]
fn cloned_elsewhere_is_the_same() {
    let here = on_disk("here", 0..ESTATE.len());
    let elsewhere = on_disk("else/where/with a space", 0..ESTATE.len());
    check(&of_folder(&elsewhere, 2), &of_folder(&here, 2));
    for word in ["determinism", "elsewhere", "else/where"] {
        assert!(!of_folder(&elsewhere, 2).contains(word), "`{word}` of the clone's path is in the output");
    }
}

#[test]
fn files_written_in_any_order_are_the_same() {
    for seed in 0..8 {
        let root = on_disk(&format!("shuffled-{seed}"), shuffled(seed).into_iter());
        check(&of_folder(&root, 2), &in_memory());
    }
}
