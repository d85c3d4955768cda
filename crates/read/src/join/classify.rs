//! What each component is: kind, product, language, and whether it only supports the system.
//!
//! Asked in this order: the operator's object, the image, the server's own variables, the port that only one product
//! listens on by default, the image's base in its Dockerfile, the form of the workload, the name.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, ComponentKind, Support};

use super::folders::Folders;
use super::identity::{Part, PartId, Parts, main_image};
use super::products::{self, Product};
use super::resolve::CallRow;
use crate::corpus::Corpus;
use crate::facts::{Build, Facts, Role, Unit, Variable, VariantId};

/// Classifies every part.
pub(super) fn classify(
    corpus: &Corpus,
    facts: &Facts,
    folders: &Folders,
    parts: &mut Parts,
    default: Option<VariantId>,
) {
    let shared = shared_variables(facts, parts);
    for index in 0..parts.all.len() {
        let units: Vec<&Unit> = parts.all[index].units.iter().map(|unit| &facts.units[*unit]).collect();
        let own_source = folders.has_source(PartId(index));
        let build = folders.build_of(facts, PartId(index));
        let client = is_client(&units);
        let product = product(&units, &parts.all[index], own_source, &shared).or_else(|| product_of_build(build));
        let product = product.filter(|_| !client);
        let part = &mut parts.all[index];
        part.language = build.and_then(|build| build.language.clone());
        part.technology = product
            .map(|product| product.name.to_owned())
            .or_else(|| units.iter().find_map(|unit| unit.technology.clone()));
        part.support = units
            .iter()
            .find_map(|unit| unit.support)
            .or_else(|| product.and_then(|p| p.support))
            .or_else(|| support_by_name(&part.id, own_source))
            .or_else(|| support_by_place(corpus, &units, own_source))
            .or_else(|| platform_by_namespace(&units))
            .or_else(|| tests(corpus, &part.id, &units));
        let base_is_web_server = build.is_some_and(|build| {
            let last = build.bases.last().and_then(|base| products::of_image(&base.text));
            last.is_some_and(|product| product.kind == ComponentKind::Gateway)
        });
        let found = || {
            if client || runs_once(&units, default) {
                ComponentKind::Job
            } else {
                kind(part, &units, product, base_is_web_server)
            }
        };
        part.kind = part.stated_kind.unwrap_or_else(found);
        part.technology = part.stated_technology.clone().map(|stated| proper(&stated)).or(part.technology.take());
    }
}

/// A product's name as people write it, whatever its spelling: `postgresql` is PostgreSQL.
fn proper(stated: &str) -> String {
    products::named(stated).map_or_else(|| stated.to_owned(), |product| product.name.to_owned())
}

/// An image that only configures a product is that product: `FROM mongo` and no program of one's own.
fn product_of_build(build: Option<&Build>) -> Option<&'static Product> {
    let build = build.filter(|build| build.language.is_none())?;
    let product = products::of_image(&build.bases.last()?.text)?;
    (product.kind != ComponentKind::Gateway).then_some(product)
}

/// Places of variables that several components are given: what all know of a server makes none of them the server.
fn shared_variables(facts: &Facts, parts: &Parts) -> BTreeSet<At> {
    let mut users: BTreeMap<At, BTreeSet<PartId>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        for variable in unit.containers.iter().flat_map(|container| &container.environment) {
            if products::of_server_variable(&variable.name).is_some() {
                users.entry(variable.origin.at).or_default().insert(parts.of_unit[index]);
            }
        }
    }
    users.into_iter().filter(|(_, parts)| parts.len() > 1).map(|(at, _)| at).collect()
}

/// Whether it runs only the client that comes with a product's image: `redis-cli monitor`, `mc mb …`, `kafka-topics`.
fn is_client(units: &[&Unit]) -> bool {
    #[rustfmt::skip]
    const CLIENTS: &[&str] = &[
        "redis-cli", "valkey-cli", "psql", "pg_dump", "pg_restore", "pg_isready", "createdb", "mysql", "mysqldump",
        "mysqladmin", "mariadb", "mongo", "mongosh", "mongoimport", "mongorestore", "kafka-topics", "kafka-topics.sh",
        "kafka-configs", "kafka-acls", "kafka-console-producer", "kafka-console-consumer", "cub", "rpk", "rabbitmqadmin",
        "mc", "cqlsh", "clickhouse-client", "sqlcmd", "nats", "influx", "etcdctl", "curl",
    ];
    const SERVERS: &[&str] = &[
        "docker/run",
        "entrypoint",
        "redis-server",
        "mongod",
        "mysqld",
        "postgres",
        "rabbitmq-server",
        "server-start",
        "minio server",
        "sqlservr",
        "nats-server",
        "redpanda start",
    ];
    let runs_client = |unit: &&Unit| {
        let Some(main) = unit.containers.iter().find(|container| container.role == Role::Main) else { return false };
        let product = main.image.as_ref().and_then(|image| products::of_image(&image.text));
        let text = main.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut programs = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | '`' | '"'));
        let calls = programs.any(|word| CLIENTS.contains(&word.rsplit('/').next().unwrap_or(word)));
        product.is_some() && calls && !SERVERS.iter().any(|server| text.contains(server))
    };
    !units.is_empty() && units.iter().all(runs_client)
}

fn product(units: &[&Unit], part: &Part, own_source: bool, shared: &BTreeSet<At>) -> Option<&'static Product> {
    let by_operator = units.iter().find_map(|unit| products::named(unit.technology.as_deref()?));
    let by_image = || units.iter().find_map(|unit| products::of_image(main_image(unit)?));
    let variables =
        || units.iter().flat_map(|unit| &unit.containers).filter(|c| c.role == Role::Main).flat_map(|c| &c.environment);
    let own = |variable: &&Variable| !shared.contains(&variable.origin.at);
    let by_variable = || variables().filter(own).find_map(|variable| products::of_server_variable(&variable.name));
    let ports =
        || units.iter().flat_map(|unit| &unit.containers).filter(|c| c.role == Role::Main).flat_map(|c| &c.ports);
    // A program of the system's own may listen on anybody's port; a store's name beside the port is a sign.
    let stateful = looks_like_store(&part.id);
    let by_port =
        || ports().find_map(|port| products::of_port(port.number?)).filter(|p| stateful && p.support.is_none());
    let by_name = || {
        let words: Vec<&str> = part.id.split(['-', '_', '.']).collect();
        let fits = |product: &&Product| words.iter().any(|word| word.eq_ignore_ascii_case(product.name));
        // `kafka-ui` looks at a Kafka, `redis-exporter` too.
        if words.iter().any(|word| TOOLS.contains(&word.to_lowercase().as_str())) {
            return None;
        }
        let candidate = products::PRODUCTS.iter().find(fits);
        candidate.filter(|p| {
            !own_source
                && p.support.is_none()
                && (matches!(p.kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::Broker))
        })
    };
    by_operator.or_else(by_image).or_else(by_variable).or_else(by_port).or_else(by_name)
}

/// Words of names of tools that stand beside a product and are not it.
#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "ui", "gui", "webui", "cli", "admin", "manager", "console", "exporter", "connect", "init", "setup", "seed",
    "migrate", "migration", "migrations", "migrator", "backup", "client", "worker", "consumer", "producer", "proxy",
    "commander", "insight", "express", "operator", "dashboard", "browser", "viewer",
];

/// Whether a name says that it keeps data: `orders-db`, `userdb`, `postgres-primary`.
fn looks_like_store(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(['-', '_', '.']).collect();
    words.iter().any(|word| {
        matches!(
            *word,
            "db" | "database"
                | "store"
                | "storage"
                | "mongo"
                | "mongodb"
                | "mysql"
                | "postgres"
                | "postgresql"
                | "pg"
                | "redis"
                | "cache"
                | "sql"
                | "sqldata"
                | "sqlserver"
                | "data"
                | "queue"
                | "broker"
                | "mq"
        ) || word.ends_with("db")
            || word.ends_with("database")
    })
}

fn support_by_name(name: &str, own_source: bool) -> Option<Support> {
    if own_source {
        return None;
    }
    let lower = name.to_lowercase();
    const MONITORING: &[&str] = &[
        "prometheus",
        "grafana",
        "jaeger",
        "zipkin",
        "alertmanager",
        "node-exporter",
        "kube-state-metrics",
        "fluentd",
        "fluent-bit",
        "kibana",
        "logstash",
        "filebeat",
        "otel-collector",
        "opentelemetry-collector",
        "opentelemetrycollector",
        "otelcol",
        "promtail",
        "loki",
        "tempo",
        "heapster",
        "cadvisor",
        "telegraf",
        "elastalert",
        "statsd",
    ];
    let monitors = MONITORING
        .iter()
        .any(|word| lower == *word || lower.starts_with(&format!("{word}-")) || lower.ends_with(&format!("-{word}")));
    monitors.then_some(Support::Monitoring)
}

/// What is deployed in a namespace or folder of monitoring alone, and is not built here, monitors.
fn support_by_place(corpus: &Corpus, units: &[&Unit], own_source: bool) -> Option<Support> {
    const PLACES: &[&str] = &[
        "monitoring",
        "logging",
        "observability",
        "telemetry",
        "tracing",
        "alerting",
        "metrics",
        "zipkin",
        "jaeger",
        "elk",
        "efk",
        "prometheus",
        "grafana",
    ];
    let says = |place: &str| place.split(['-', '_', '.']).any(|word| PLACES.contains(&word.to_lowercase().as_str()));
    let there = |unit: &&Unit| {
        let path = corpus.path(unit.origin.at.file);
        unit.namespace.as_deref().is_some_and(says) || path.split('/').any(says)
    };
    (!own_source && !units.is_empty() && units.iter().all(there)).then_some(Support::Monitoring)
}

/// What is deployed in a namespace of the cluster's own machinery alone is the platform's.
fn platform_by_namespace(units: &[&Unit]) -> Option<Support> {
    #[rustfmt::skip]
    const NAMESPACES: &[&str] = &[
        "kube-system", "kube-public", "istio-system", "linkerd", "linkerd-viz", "cert-manager", "ingress-nginx",
        "argocd", "flux-system", "knative-serving", "knative-eventing", "metallb-system", "calico-system",
        "gatekeeper-system", "longhorn-system", "openebs", "keda", "local-path-storage", "traefik-system",
    ];
    let there = |unit: &&Unit| unit.namespace.as_deref().is_some_and(|namespace| NAMESPACES.contains(&namespace));
    (!units.is_empty() && units.iter().all(there)).then_some(Support::Platform)
}

/// What is deployed by a file of tests alone, or is called tests, tests the system.
fn tests(corpus: &Corpus, name: &str, units: &[&Unit]) -> Option<Support> {
    let says = |text: &str| {
        let words = crate::config::keys::tokens(text);
        words
            .iter()
            .any(|word| matches!(word.as_str(), "test" | "tests" | "e2e" | "cypress" | "playwright" | "selenium"))
    };
    let by_file = |unit: &&Unit| says(corpus.path(unit.origin.at.file).rsplit('/').next().unwrap_or_default());
    let by_name = says(name) && !name.to_lowercase().contains("load");
    (by_name || (!units.is_empty() && units.iter().all(by_file))).then_some(Support::Testing)
}

/// Whether the default variant, or where it does not have it every other, runs it to an end and not for ever.
fn runs_once(units: &[&Unit], default: Option<VariantId>) -> bool {
    let mut here = units.iter().filter(|unit| Some(unit.variant) == default).peekable();
    let once = |unit: &&&Unit| matches!(unit.form.as_str(), "Job" | "CronJob");
    if here.peek().is_some() {
        here.all(|unit| once(&unit))
    } else {
        !units.is_empty() && units.iter().all(|unit| once(&unit))
    }
}

fn kind(part: &Part, units: &[&Unit], product: Option<&Product>, base_is_web_server: bool) -> ComponentKind {
    let lower = part.id.to_lowercase();
    let words: Vec<&str> = lower.split(['-', '_', '.']).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if let Some(product) = product {
        let durable = product.kind == ComponentKind::Cache && keeps_data(units, &lower);
        let front = product.kind == ComponentKind::Gateway && is_front(&lower, &words);
        return match product.kind {
            _ if durable => ComponentKind::Store,
            _ if front => ComponentKind::Frontend,
            kind => kind,
        };
    }
    let makes_load = has(&[
        "locust",
        "k6",
        "loadgen",
        "loadgenerator",
        "loadtest",
        "simulator",
        "sim",
        "traffic",
        "virtual",
        "seeder",
        "seed",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "cron",
        "cronjob",
    ]) || lower.contains("load-gen")
        || lower.contains("load-test")
        || lower.contains("loadgen")
        || lower.contains("db-init")
        || lower.contains("init-db")
        || matches!(words.last(), Some(&("init" | "setup" | "seed")));
    if makes_load {
        ComponentKind::Job
    } else if has(&[
        "gateway",
        "apigateway",
        "gw",
        "router",
        "edge",
        "proxy",
        "ingress",
        "bff",
        "zuul",
        "nginx",
        "apache",
        "traefik",
        "envoy",
        "haproxy",
    ]) || lower.contains("gateway")
        || lower.ends_with("proxy")
    {
        if is_front(&lower, &words) && !has(&["proxy", "gateway", "router"]) {
            ComponentKind::Frontend
        } else {
            ComponentKind::Gateway
        }
    } else if is_front(&lower, &words) || base_is_web_server {
        ComponentKind::Frontend
    } else if looks_like_data_only(&words) {
        ComponentKind::Store
    } else {
        ComponentKind::Service
    }
}

fn is_front(lower: &str, words: &[&str]) -> bool {
    const FRONT: &[&str] = &[
        "frontend",
        "front",
        "ui",
        "web",
        "webapp",
        "webui",
        "gui",
        "www",
        "portal",
        "storefront",
        "website",
        "spa",
        "webmvc",
        "webspa",
        "dashboard",
        "client",
    ];
    words.iter().any(|word| FRONT.contains(word))
        || lower.starts_with("frontend")
        || lower.ends_with("frontend")
        || lower.ends_with("webapp")
        || lower.ends_with("-ui")
}

/// A name that ends in what keeps data, for images that say nothing.
fn looks_like_data_only(words: &[&str]) -> bool {
    words.last().is_some_and(|word| {
        matches!(*word, "db" | "database" | "mongo" | "mysql" | "postgres" | "redis")
            || (word.ends_with("db") && word.len() > 2)
    })
}

/// Whether a cache product is run as a store: append-only file, a claim for storage, or a name that says so.
fn keeps_data(units: &[&Unit], name: &str) -> bool {
    let words = units.iter().flat_map(|unit| &unit.containers).flat_map(|container| &container.words);
    let texts: Vec<String> = words.map(|word| word.text.to_lowercase()).collect();
    let appends = texts.windows(2).any(|pair| pair[0].ends_with("appendonly") && pair[1] == "yes")
        || texts.iter().any(|text| text.contains("appendonly yes") || text.contains("appendonly=yes"));
    appends || name.split(['-', '_']).any(|word| word == "store")
}

/// What only monitoring uses is monitoring too: the search store behind a log viewer.
pub(super) fn spread_support(parts: &mut Parts, calls: &[CallRow]) {
    let mut callers: BTreeMap<PartId, BTreeSet<PartId>> = BTreeMap::new();
    for call in calls {
        callers.entry(call.to).or_default().insert(call.from);
    }
    loop {
        let monitors = |parts: &Parts, id: PartId| parts.get(id).support == Some(Support::Monitoring);
        let keeps =
            |part: &Part| matches!(part.kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::Broker);
        let spread: Vec<PartId> = callers
            .iter()
            .filter(|(id, _)| parts.get(**id).support.is_none() && keeps(parts.get(**id)))
            .filter(|(_, callers)| callers.iter().all(|caller| monitors(parts, *caller)))
            .map(|(id, _)| *id)
            .collect();
        if spread.is_empty() {
            return;
        }
        for id in spread {
            parts.all[id.0].support = Some(Support::Monitoring);
        }
    }
}
