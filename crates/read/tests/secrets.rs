//! Secrets planted over the formats, of which not one may come out: not in the JSON, not in a message, not in the model.
//!
//! Not here: what counts as a secret, shape by shape (`redact`).
#![allow(clippy::unwrap_used, reason = "a test")]

use std::num::NonZeroUsize;

use plimsoll_model::Model;
use plimsoll_model::json::ModelJson;
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options, survey};

/// A file with secrets, each with the place where it stands.
struct Planted {
    path: &'static str,
    text: &'static str,
    secrets: &'static [(&'static str, &'static str)],
}

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcmRlcnMiLCJhZG1pbiI6dHJ1ZX0.Qm9ndXNTaWduYXR1cmVGb3JUZXN0cw";

const PLANTED: &[Planted] = &[
    Planted {
        path: "deploy/orders.yaml",
        text: "apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, annotations: { note: 'postgres://orders:Annotated-9ab1@orders-db/orders' } }
spec:
  template:
    metadata: { labels: { app: orders } }
    spec:
      initContainers: [{ name: migrate, image: 'example/migrate:1', command: [sh, -c, 'migrate --url postgres://orders:InitShell-0c2d@orders-db/orders up'] }]
      containers:
        - name: orders
          image: example/orders:1
          command: [orders, --password=CommandLine-1f3e, --stock=http://stock:8080]
          args: ['--token', 'ArgumentWord-2a4b']
          env:
            - { name: DB_PASSWORD, value: Literal-3c5d }
            - { name: DB_URL, value: 'postgres://orders:UserInfo-4e6f@orders-db:5432/orders' }
            - { name: SESSION, value: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcmRlcnMiLCJhZG1pbiI6dHJ1ZX0.Qm9ndXNTaWduYXR1cmVGb3JUZXN0cw }
          livenessProbe: { exec: { command: [redis-cli, -a, ProbeWord-5a7b, ping] } }
          readinessProbe: { httpGet: { path: '/ready?token=ProbeQuery-6c8d', port: 8080, httpHeaders: [{ name: Authorization, value: 'Bearer ProbeHeader-7e9f' }] } }
",
        secrets: &[
            ("an annotation", "Annotated-9ab1"),
            ("the shell of an init container", "InitShell-0c2d"),
            ("an option of a command", "CommandLine-1f3e"),
            ("the word after --token", "ArgumentWord-2a4b"),
            ("a literal of env", "Literal-3c5d"),
            ("the user part of a URL", "UserInfo-4e6f"),
            ("a JWT", JWT),
            ("the command of a probe", "ProbeWord-5a7b"),
            ("the query of a probe", "ProbeQuery-6c8d"),
            ("a header of a probe", "ProbeHeader-7e9f"),
        ],
    },
    Planted {
        path: "deploy/settings.yaml",
        text: "apiVersion: v1
kind: Secret
metadata: { name: orders }
stringData: { anything: StringData-8a0b, url: 'postgres://orders:SecretUrl-9c1d@orders-db/orders' }
data: { other: RGF0YUJhc2U2NC0wZTJm }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  dsn: 'orders:ConfigDsn-1a3b@tcp(orders-db:3306)/orders'
  application.properties: |
    spring.datasource.password=MapFile-2c4d
  key.pem: |
    -----BEGIN PRIVATE KEY-----
    UGVtQmxvY2stM2U1Zi1ub3RBUmVhbEtleUJ1dExvbmdFbm91Z2g
    -----END PRIVATE KEY-----
",
        secrets: &[
            ("stringData", "StringData-8a0b"),
            ("a URL in stringData", "SecretUrl-9c1d"),
            ("data", "RGF0YUJhc2U2NC0wZTJm"),
            ("a DSN in a ConfigMap", "ConfigDsn-1a3b"),
            ("a file in a ConfigMap", "MapFile-2c4d"),
            ("a PEM block in a ConfigMap", "UGVtQmxvY2stM2U1Zi1ub3RBUmVhbEtleUJ1dExvbmdFbm91Z2g"),
        ],
    },
    Planted {
        path: "deploy/kustomization.yaml",
        text: "resources: [orders.yaml, settings.yaml]\nsecretGenerator: [{ name: generated, literals: ['key=Generated-4a6b'] }]\nconfigMapGenerator: [{ name: made, literals: ['API_TOKEN=GeneratedMap-5c7d'] }]\n",
        secrets: &[("a generated Secret", "Generated-4a6b"), ("a generated ConfigMap", "GeneratedMap-5c7d")],
    },
    Planted {
        path: "compose.yaml",
        text: "services:
  orders:
    image: example/orders:1
    env_file: [.env]
    command: orders --db-password ComposeWord-6e8f
    environment: { POSTGRES_PASSWORD: ComposeEnv-7a9b, CACHE: 'redis://:ComposeUrl-8c0d@cache:6379/0' }
    healthcheck: { test: [CMD-SHELL, 'mysqladmin ping -pComposeHealth-9e1f'] }
    build: { context: ., args: { NPM_TOKEN: ComposeArg-0a2b } }
    labels: { api_key: ComposeLabel-1c3d }
  cache: { image: 'redis:7', command: redis-server --requirepass ComposeRequire-2e4f }
  orders-db: { image: 'mysql:8' }
",
        secrets: &[
            ("a command of compose", "ComposeWord-6e8f"),
            ("the environment of compose", "ComposeEnv-7a9b"),
            ("a URL in compose", "ComposeUrl-8c0d"),
            ("a health check", "ComposeHealth-9e1f"),
            ("an argument of a build", "ComposeArg-0a2b"),
            ("a label", "ComposeLabel-1c3d"),
            ("--requirepass", "ComposeRequire-2e4f"),
        ],
    },
    Planted {
        path: ".env",
        text: "ADMIN_PASSWORD=DotEnv-3a5b\nBROKER=amqp://guest:DotEnvUrl-4c6d@rabbitmq:5672/\nSMTP_PASSWORD=\"unterminated DotEnvOpen-5e7f\n",
        secrets: &[("a .env", "DotEnv-3a5b"), ("a URL in a .env", "DotEnvUrl-4c6d"), ("a .env that does not end", "DotEnvOpen-5e7f")],
    },
    Planted {
        path: "orders/application.properties",
        text: "spring.datasource.password=Properties-6a8b\nspring.datasource.url=jdbc:mysql://orders-db:3306/orders?user=orders&password=JdbcQuery-7c9d\nlegacy.url=jdbc:oracle:thin:orders/JdbcOracle-8e0f@orders-db:1521:orders\n",
        secrets: &[
            ("a property", "Properties-6a8b"),
            ("the query of a JDBC URL", "JdbcQuery-7c9d"),
            ("the user part of an Oracle URL", "JdbcOracle-8e0f"),
        ],
    },
    Planted {
        path: "billing/appsettings.json",
        text: "{ \"ConnectionStrings\": { \"Orders\": \"Server=orders-db,1433;Database=orders;User Id=sa;Password=ConnectionString-9a1b;\" }, \"ApiKey\": \"JsonKey-0c2d\" }",
        secrets: &[("a connection string", "ConnectionString-9a1b"), ("a key of JSON", "JsonKey-0c2d")],
    },
    Planted {
        path: "nginx.conf",
        text: "server { listen 80; location / { proxy_set_header Authorization \"Basic Tmdpbng6QmFzaWMtMWUzZg==\"; proxy_set_header X-Api-Key NginxKey-2a4b; proxy_pass http://web:NginxUrl-3c5d@orders:8080/; } }\n",
        secrets: &[("a basic header", "Tmdpbng6QmFzaWMtMWUzZg"), ("a header with a key", "NginxKey-2a4b"), ("a URL in nginx", "NginxUrl-3c5d")],
    },
    Planted {
        path: "orders/Dockerfile",
        text: "FROM debian:12\nARG NPM_TOKEN=DockerArg-4e6f\nENV API_SECRET=DockerEnv-5a7b DB=mysql://orders:DockerUrl-6c8d@orders-db/orders\nRUN curl -u orders:DockerRun-7e9f http://stock:8080/\nHEALTHCHECK CMD redis-cli -a DockerHealth-8a0b ping\nENTRYPOINT [\"/orders\", \"--password\", \"DockerEntry-9c1d\"]\n",
        secrets: &[
            ("an ARG", "DockerArg-4e6f"),
            ("an ENV", "DockerEnv-5a7b"),
            ("a URL in an ENV", "DockerUrl-6c8d"),
            ("a RUN", "DockerRun-7e9f"),
            ("a HEALTHCHECK", "DockerHealth-8a0b"),
            ("an ENTRYPOINT", "DockerEntry-9c1d"),
        ],
    },
    Planted {
        path: "stock/config.toml",
        text: "[database]\npassword = \"Toml-0e2f\"\nurl = \"postgres://stock:TomlUrl-1a3b@stock-db/stock\"\n",
        secrets: &[("TOML", "Toml-0e2f"), ("a URL in TOML", "TomlUrl-1a3b")],
    },
    Planted {
        path: "stock/app.ini",
        text: "[mail]\nhost = smtp.example.org\npassword = Ini-2c4d\n",
        secrets: &[("INI", "Ini-2c4d")],
    },
    Planted {
        path: "plimsoll.yaml",
        text: "plimsoll: 1
system: shop
names: { psp: ['https://shop:PlimsollName-3e5f@api.psp.example'] }
components:
  orders: { password: PlimsollKey-4a6b, tier: 'postgres://orders:PlimsollUrl-5c7d@orders-db' }
",
        secrets: &[("a name", "PlimsollName-3e5f"), ("an unknown key", "PlimsollKey-4a6b"), ("a value of the wrong type", "PlimsollUrl-5c7d")],
    },
    Planted {
        path: "catalog-info.yaml",
        text: "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: orders, description: 'see https://me:Catalog-6e8f@wiki.example.org/' }\nspec: { type: service, owner: orders }\n",
        secrets: &[("a description", "Catalog-6e8f")],
    },
    Planted {
        path: "orders/openapi.yaml",
        text: "openapi: 3.0.3\ninfo: { title: orders, version: '1' }\nservers: [{ url: 'https://me:OpenApi-7a9b@orders.example.org/' }]\npaths: { '/orders': { get: { operationId: list } } }\n",
        secrets: &[("the address of a server", "OpenApi-7a9b")],
    },
    Planted {
        path: "Makefile",
        text: "image:\n\tdocker login -u me -p MakeLogin-8c0d registry.example.org && docker build --build-arg TOKEN=MakeArg-9e1f -t example/orders orders\n",
        secrets: &[("a login", "MakeLogin-8c0d"), ("an argument of a build", "MakeArg-9e1f")],
    },
];

fn shop() -> Model {
    let files: Vec<(&str, &str)> = PLANTED.iter().map(|each| (each.path, each.text)).collect();
    survey(vec![Source::memory(&files)], &Options { threads: NonZeroUsize::new(1) })
}

/// Where a secret stands in a text: the line around it.
fn lines_with<'t>(text: &'t str, secret: &str) -> Option<&'t str> {
    text.lines().find(|line| line.contains(secret))
}

#[track_caller]
fn check_nothing_leaks(face: &str, text: &str) {
    let leak = |path: &str, place: &str, secret: &str| {
        lines_with(text, secret).map(|line| format!("{path}, {place}: {}", line.trim()))
    };
    let leaks: Vec<String> = PLANTED
        .iter()
        .flat_map(|each| each.secrets.iter().filter_map(|(place, secret)| leak(each.path, place, secret)))
        .collect();
    assert!(leaks.is_empty(), "{} secrets in {face}:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn every_secret_stands_in_its_file_once() {
    for each in PLANTED {
        for (place, secret) in each.secrets {
            assert_eq!(each.text.matches(secret).count(), 1, "{}, {place}", each.path);
        }
    }
}

#[test]
fn every_planted_file_is_read() {
    let model = shop();
    // `.env` is read as a part of the compose file that names it, by no reader of its own.
    for each in PLANTED.iter().filter(|each| each.path != ".env") {
        let hidden = model.not_read.iter().any(|not_read| not_read.path == each.path);
        assert!(!hidden, "{} hides its secrets by not being read", each.path);
    }
    for component in ["orders", "orders-db"] {
        assert!(model.find(component).is_some(), "what is not secret stays, `{component}` too");
    }
}

#[test]
fn no_secret_is_in_the_json() {
    check_nothing_leaks("the JSON", &serde_json::to_string_pretty(&ModelJson::of(&shop())).unwrap());
}

#[test]
fn no_secret_is_in_a_message() {
    let model = shop();
    let problems = model.problems.iter().map(|problem| problem.message.as_str());
    let loose = model.loose.iter().flat_map(|loose| [loose.name.as_str(), loose.message.as_str()]);
    let not_read = model.not_read.iter().map(|not_read| not_read.reason.as_str());
    check_nothing_leaks("the messages", &problems.chain(loose).chain(not_read).collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_secret_is_in_the_model() {
    check_nothing_leaks("the model", &format!("{:#?}", shop()));
}

#[test]
fn no_secret_of_a_file_on_its_own_comes_out() {
    for each in PLANTED {
        let model = plimsoll_read::fuzzing::read_file(each.path, each.text.as_bytes());
        check_nothing_leaks(each.path, &format!("{model:#?}"));
    }
}

/// What cannot be parsed is named with its place, and not quoted with its secret.
#[test]
fn no_secret_is_in_the_message_about_a_text_that_is_cut_off() {
    for each in PLANTED {
        for end in (0..each.text.len()).filter(|end| each.text.is_char_boundary(*end)).step_by(7) {
            let model = plimsoll_read::fuzzing::read_file(each.path, &each.text.as_bytes()[..end]);
            check_nothing_leaks(&format!("{} cut off at {end}", each.path), &format!("{model:#?}"));
        }
    }
}
