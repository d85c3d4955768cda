//! Products that are known by their image, port, variables or name: what they are and what they speak.
//!
//! One row a product; a new one is one line here. Sources: the products' own documentation of image names and ports.

use plimsoll_model::{ComponentKind, Protocol, Support};

/// A known product.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Its name as people write it.
    pub name: &'static str,
    /// What a component is that runs it.
    pub kind: ComponentKind,
    /// What it speaks.
    pub protocol: Protocol,
    /// Set where it supports systems rather than being a part of one.
    pub support: Option<Support>,
    /// Words by which images are known: the image's name is the word, or begins or ends with it and a dash.
    pub(crate) images: &'static [&'static str],
    /// Ports that only it listens on by default.
    ports: &'static [u16],
}

const fn product(
    name: &'static str,
    kind: ComponentKind,
    protocol: Protocol,
    images: &'static [&'static str],
    ports: &'static [u16],
) -> Product {
    Product { name, kind, protocol, support: None, images, ports }
}

const fn monitoring(
    name: &'static str,
    protocol: Protocol,
    images: &'static [&'static str],
    ports: &'static [u16],
) -> Product {
    Product { name, kind: ComponentKind::Service, protocol, support: Some(Support::Monitoring), images, ports }
}

const fn platform(name: &'static str, images: &'static [&'static str]) -> Product {
    Product {
        name,
        kind: ComponentKind::Service,
        protocol: Protocol::Http,
        support: Some(Support::Platform),
        images,
        ports: &[],
    }
}

use ComponentKind::{Broker, Cache, Frontend, Gateway, Job, Service, Store};

/// Every known product. Where two rows fit an image, the earlier one is meant.
pub const PRODUCTS: &[Product] = &[
    // SQL
    product(
        "PostgreSQL",
        Store,
        Protocol::Sql,
        &[
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "timescaledb-ha",
            "pgvector",
            "spilo",
            "alloydb",
            "alloydbomni",
            "supabase-postgres",
            "postgresql-repmgr",
        ],
        &[5432],
    ),
    product("PgBouncer", Store, Protocol::Sql, &["pgbouncer"], &[6432]),
    product("Pgpool", Store, Protocol::Sql, &["pgpool"], &[]),
    product(
        "MySQL",
        Store,
        Protocol::Sql,
        &["mysql", "mysql-server", "percona", "percona-server", "percona-xtradb-cluster"],
        &[3306, 33060],
    ),
    product("MariaDB", Store, Protocol::Sql, &["mariadb", "mariadb-galera"], &[]),
    product("SQL Server", Store, Protocol::Sql, &["mssql", "mssql-server", "azure-sql-edge", "server"], &[1433]),
    product("Oracle Database", Store, Protocol::Sql, &["oracle-xe", "oracle-free", "oracle-database"], &[1521]),
    product("CockroachDB", Store, Protocol::Sql, &["cockroach", "cockroachdb"], &[26257]),
    product("YugabyteDB", Store, Protocol::Sql, &["yugabyte", "yugabytedb"], &[5433]),
    product("TiDB", Store, Protocol::Sql, &["tidb"], &[4000]),
    product("Vitess", Store, Protocol::Sql, &["vitess", "vtgate"], &[]),
    product("ClickHouse", Store, Protocol::Sql, &["clickhouse", "clickhouse-server"], &[8123]),
    product("Cloud Spanner", Store, Protocol::Grpc, &["cloud-spanner-emulator"], &[]),
    product("Trino", Store, Protocol::Http, &["trino", "presto"], &[]),
    // Documents, keys, graphs, search, objects
    product(
        "MongoDB",
        Store,
        Protocol::Mongodb,
        &[
            "mongo",
            "mongodb",
            "mongodb-community-server",
            "mongodb-sharded",
            "ferretdb",
            "documentdb",
            "documentdb-local",
            "percona-server-mongodb",
        ],
        &[27017, 27018],
    ),
    product("CouchDB", Store, Protocol::Http, &["couchdb"], &[5984]),
    product("Couchbase", Store, Protocol::Http, &["couchbase"], &[8091]),
    product("Cassandra", Store, Protocol::Cassandra, &["cassandra", "cassandra-server"], &[9042]),
    product("ScyllaDB", Store, Protocol::Cassandra, &["scylla", "scylladb"], &[]),
    product("DynamoDB", Store, Protocol::Http, &["dynamodb-local", "dynamodb"], &[]),
    product("Neo4j", Store, Protocol::Bolt, &["neo4j"], &[7687]),
    product("ArangoDB", Store, Protocol::Http, &["arangodb"], &[8529]),
    product("Elasticsearch", Store, Protocol::Elasticsearch, &["elasticsearch", "elasticsearch-oss"], &[9200]),
    product("OpenSearch", Store, Protocol::Elasticsearch, &["opensearch"], &[]),
    product("Solr", Store, Protocol::Http, &["solr"], &[8983]),
    product("Meilisearch", Store, Protocol::Http, &["meilisearch"], &[7700]),
    product("Typesense", Store, Protocol::Http, &["typesense"], &[]),
    product("Qdrant", Store, Protocol::Http, &["qdrant"], &[6333]),
    product("Weaviate", Store, Protocol::Http, &["weaviate"], &[]),
    product("Milvus", Store, Protocol::Grpc, &["milvus"], &[19530]),
    product("Chroma", Store, Protocol::Http, &["chroma", "chromadb"], &[]),
    product("EventStoreDB", Store, Protocol::Grpc, &["eventstore", "eventstoredb", "kurrentdb"], &[2113]),
    product("RavenDB", Store, Protocol::Http, &["ravendb"], &[]),
    product("InfluxDB", Store, Protocol::Http, &["influxdb"], &[8086]),
    product("MinIO", Store, Protocol::S3, &["minio"], &[]),
    product("SeaweedFS", Store, Protocol::S3, &["seaweedfs"], &[]),
    product("etcd", Store, Protocol::Etcd, &["etcd"], &[2379]),
    product("ZooKeeper", Store, Protocol::Zookeeper, &["zookeeper", "cp-zookeeper"], &[2181]),
    product("Consul", Store, Protocol::Http, &["consul"], &[8500]),
    product("Vault", Store, Protocol::Http, &["vault"], &[8200]),
    product("LDAP", Store, Protocol::Ldap, &["openldap", "osixia-openldap", "389ds", "glauth", "lldap"], &[389, 636]),
    // Caches
    product("Valkey", Cache, Protocol::Redis, &["valkey"], &[]),
    product(
        "Redis",
        Cache,
        Protocol::Redis,
        &[
            "redis",
            "redis-stack",
            "redis-stack-server",
            "keydb",
            "dragonfly",
            "redis-cluster",
            "redis-sentinel",
            "garnet",
        ],
        &[6379, 26379],
    ),
    product("memcached", Cache, Protocol::Memcached, &["memcached"], &[11211]),
    product("Hazelcast", Cache, Protocol::Tcp, &["hazelcast"], &[5701]),
    product("Infinispan", Cache, Protocol::Http, &["infinispan"], &[11222]),
    product("Varnish", Cache, Protocol::Http, &["varnish"], &[]),
    // Brokers
    product("RabbitMQ", Broker, Protocol::Amqp, &["rabbitmq", "rabbitmq-server"], &[5672]),
    product(
        "Kafka",
        Broker,
        Protocol::Kafka,
        &["kafka", "cp-kafka", "cp-server", "kafka-native", "kafka-kraft", "redpanda", "fast-data-dev", "kafka-broker"],
        &[9092, 9093, 29092],
    ),
    product("NATS", Broker, Protocol::Nats, &["nats", "nats-server", "nats-streaming", "jetstream"], &[4222]),
    product(
        "ActiveMQ",
        Broker,
        Protocol::Tcp,
        &["activemq", "activemq-artemis", "activemq-classic", "artemis"],
        &[61616],
    ),
    product("Pulsar", Broker, Protocol::Pulsar, &["pulsar", "pulsar-all"], &[6650]),
    product(
        "Mosquitto",
        Broker,
        Protocol::Mqtt,
        &["eclipse-mosquitto", "mosquitto", "emqx", "hivemq", "hivemq-ce", "vernemq"],
        &[1883],
    ),
    product("Azure Service Bus", Broker, Protocol::Amqp, &["servicebus-emulator"], &[]),
    product("ElasticMQ", Broker, Protocol::Http, &["elasticmq", "elasticmq-native"], &[9324]),
    product("Pub/Sub", Broker, Protocol::Grpc, &["pubsub-emulator"], &[]),
    // Gateways
    product("Traefik", Gateway, Protocol::Http, &["traefik"], &[]),
    product("Kong", Gateway, Protocol::Http, &["kong", "kong-gateway"], &[]),
    product("Envoy", Gateway, Protocol::Http, &["envoy", "envoyproxy"], &[]),
    product("HAProxy", Gateway, Protocol::Http, &["haproxy"], &[]),
    product("Caddy", Gateway, Protocol::Http, &["caddy"], &[]),
    product("APISIX", Gateway, Protocol::Http, &["apisix"], &[]),
    product("KrakenD", Gateway, Protocol::Http, &["krakend"], &[]),
    product("Tyk", Gateway, Protocol::Http, &["tyk-gateway"], &[]),
    product("nginx", Gateway, Protocol::Http, &["nginx", "nginx-unprivileged", "openresty", "nginx-proxy"], &[]),
    product("Apache httpd", Gateway, Protocol::Http, &["httpd"], &[]),
    // Servers that systems run as they are
    product("flagd", Service, Protocol::Grpc, &["flagd"], &[8013]),
    product("Keycloak", Service, Protocol::Http, &["keycloak"], &[]),
    product("Dex", Service, Protocol::Http, &["dex"], &[]),
    product("Temporal", Service, Protocol::Grpc, &["temporal", "temporalio-server", "auto-setup"], &[7233]),
    product("Debezium", Service, Protocol::Http, &["debezium-connect", "connect"], &[]),
    product("Kafka Connect", Service, Protocol::Http, &["cp-kafka-connect", "kafka-connect"], &[]),
    product("Schema Registry", Service, Protocol::Http, &["cp-schema-registry", "schema-registry", "karapace"], &[]),
    product(
        "Mail",
        Service,
        Protocol::Smtp,
        &[
            "mailhog",
            "mailpit",
            "mailcatcher",
            "maildev",
            "exim4",
            "smtp",
            "postfix",
            "smtp4dev",
            "fake-smtp-server",
            "inbucket",
        ],
        &[1025],
    ),
    product("Kibana", Frontend, Protocol::Http, &[], &[]),
    product("k6", Job, Protocol::Http, &["k6"], &[]),
    product("Locust", Job, Protocol::Http, &["locust"], &[8089]),
    // Monitoring
    monitoring(
        "OpenTelemetry Collector",
        Protocol::Otlp,
        &[
            "opentelemetry-collector",
            "opentelemetry-collector-contrib",
            "otel-collector",
            "opentelemetrycollector",
            "otelcol",
            "otelcontribcol",
            "otel-collector-contrib",
            "aws-otel-collector",
            "alloy",
            "grafana-agent",
            "agent",
        ],
        &[4317, 4318],
    ),
    monitoring(
        "Prometheus",
        Protocol::Http,
        &[
            "prometheus",
            "prom",
            "pushgateway",
            "alertmanager",
            "thanos",
            "mimir",
            "cortex",
            "victoria-metrics",
            "vmagent",
            "prometheus-operator",
        ],
        &[9090, 9093],
    ),
    monitoring(
        "Grafana",
        Protocol::Http,
        &["grafana", "grafana-oss", "grafana-enterprise", "grafana-image-renderer"],
        &[],
    ),
    monitoring(
        "Jaeger",
        Protocol::Http,
        &["jaeger", "all-in-one", "jaeger-all-in-one", "jaeger-collector", "jaeger-query", "jaeger-agent"],
        &[16686, 14268, 6831],
    ),
    monitoring("Zipkin", Protocol::Http, &["zipkin", "zipkin-slim", "openzipkin"], &[9411]),
    monitoring("Loki", Protocol::Http, &["loki", "promtail", "tempo", "pyroscope"], &[3100]),
    monitoring("Kibana", Protocol::Http, &["kibana", "kibana-oss", "opensearch-dashboards", "elk"], &[5601]),
    monitoring(
        "Logstash",
        Protocol::Tcp,
        &["logstash", "logstash-oss", "filebeat", "metricbeat", "heartbeat", "apm-server"],
        &[],
    ),
    monitoring(
        "Fluentd",
        Protocol::Tcp,
        &["fluentd", "fluent-bit", "fluentd-elasticsearch", "fluentd-kubernetes-daemonset", "fluentbit", "vector"],
        &[24224],
    ),
    monitoring(
        "Exporter",
        Protocol::Http,
        &[
            "node-exporter",
            "cadvisor",
            "kube-state-metrics",
            "statsd-exporter",
            "blackbox-exporter",
            "postgres-exporter",
            "redis-exporter",
            "metrics-server",
            "heapster-amd64",
            "heapster",
        ],
        &[],
    ),
    monitoring("StatsD", Protocol::Statsd, &["statsd", "graphite-statsd", "graphite", "telegraf"], &[8125]),
    monitoring(
        "Datadog agent",
        Protocol::Http,
        &[
            "datadog-agent",
            "newrelic-infra",
            "newrelic-bundle",
            "scope",
            "skywalking-oap-server",
            "skywalking-ui",
            "aspire-dashboard",
            "signoz",
            "seq",
            "uptrace",
            "hyperdx",
            "netdata",
        ],
        &[],
    ),
    monitoring("Kiali", Protocol::Http, &["kiali", "uptime-kuma", "gatus", "hystrix-dashboard", "turbine"], &[]),
    // Platform
    platform("Ingress controller", &["nginx-ingress-controller", "ingress-nginx-controller", "controller"]),
    platform("cert-manager", &["cert-manager-controller", "cert-manager-webhook", "cert-manager-cainjector"]),
    platform("Kubernetes dashboard", &["kubernetes-dashboard-amd64", "dashboard", "metrics-scraper"]),
    platform("Docker registry", &["registry", "docker-registry"]),
    platform(
        "Container manager",
        &["portainer", "portainer-ce", "watchtower", "autoheal", "docker-autoheal", "docker-gen"],
    ),
];

/// The product that an image is, by its name: exact, or with the word at its start or end (`bitnami/redis`,
/// `redis-alpine`, `shop-postgres` is not one: an image of somebody's own).
pub fn of_image(image: &str) -> Option<&'static Product> {
    let without = image.split('@').next().unwrap_or(image);
    let folder = without.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = super::identity::image_base(image).to_lowercase();
    // `mcr.microsoft.com/mssql/server`, `prom/…`, `grafana/…`, `otel/…`: the folder says more than the name.
    let generic = matches!(
        base.as_str(),
        "server"
            | "controller"
            | "agent"
            | "connect"
            | "all-in-one"
            | "dashboard"
            | "auto-setup"
            | "smtp"
            | "scope"
            | "vault"
            | "registry"
            | "prom"
            | "seq"
    );
    let fits = |product: &&Product| {
        product.images.iter().any(|word| {
            if generic && base == *word {
                return generic_folder_fits(word, folder);
            }
            base == *word
                || (base.starts_with(&format!("{word}-"))
                    && (folder.is_empty() || is_official(folder) || base.ends_with("-alpine")))
        })
    };
    PRODUCTS.iter().find(fits)
}

fn generic_folder_fits(word: &str, folder: &str) -> bool {
    let folder = folder.to_lowercase();
    match word {
        "server" => folder.ends_with("mssql"),
        "controller" => folder.contains("ingress"),
        "agent" => folder.ends_with("grafana"),
        "connect" => folder.ends_with("debezium"),
        "all-in-one" => folder.contains("jaeger"),
        "dashboard" => folder.contains("kubernetes"),
        "auto-setup" => folder.contains("temporal"),
        "seq" => folder.contains("datalust"),
        "scope" => folder.contains("weaveworks"),
        _ => true,
    }
}

/// Whether a container of that name and image serves the one beside it: proxies, exporters, log shippers.
pub fn is_sidecar(name: &str, image: &str) -> bool {
    const WORDS: &[&str] = &[
        "istio-proxy",
        "linkerd-proxy",
        "envoy",
        "exporter",
        "cloud-sql-proxy",
        "cloudsql-proxy",
        "cloud_sql_proxy",
        "fluent-bit",
        "fluentd",
        "filebeat",
        "promtail",
        "vector",
        "otel-agent",
        "otel-collector",
        "opentelemetry-collector",
        "jaeger-agent",
        "daprd",
        "oauth2-proxy",
        "kube-rbac-proxy",
        "git-sync",
        "config-reloader",
        "sidecar",
        "vault-agent",
        "datadog-agent",
        "statsd",
        "pgbouncer",
    ];
    let image = image.rsplit('/').next().unwrap_or_default();
    WORDS.iter().any(|word| name.contains(word) || image.starts_with(word) || image.contains("exporter"))
}

/// Publishers whose images are the products themselves.
fn is_official(folder: &str) -> bool {
    let last = folder.rsplit('/').next().unwrap_or(folder);
    matches!(
        last,
        "library"
            | "bitnami"
            | "bitnamilegacy"
            | "docker.io"
            | "redis"
            | "mongodb"
            | "apache"
            | "confluentinc"
            | "elasticsearch"
            | "grafana"
            | "prom"
            | "otel"
            | "jaegertracing"
            | "openzipkin"
            | "strimzi"
            | "redpandadata"
            | "rabbitmq"
            | "minio"
            | "nats"
            | "percona"
            | "timescale"
            | "hashicorp"
            | "opensearchproject"
            | "clickhouse"
            | "valkey"
            | "pgvector"
            | "linuxserver"
            | "fluent"
    )
}

/// The product that listens on a port by default.
pub fn of_port(port: u16) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.ports.contains(&port))
}

/// The product of that name.
pub fn named(name: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.name.eq_ignore_ascii_case(name))
}

/// The product that a server's own variables show: `MYSQL_ROOT_PASSWORD` is set for a server, never for a client.
pub fn of_server_variable(name: &str) -> Option<&'static Product> {
    let product = match name {
        "MYSQL_ROOT_PASSWORD" | "MYSQL_ALLOW_EMPTY_PASSWORD" | "MYSQL_RANDOM_ROOT_PASSWORD" => "MySQL",
        "MARIADB_ROOT_PASSWORD" | "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD" => "MariaDB",
        "POSTGRES_INITDB_ARGS" | "PGDATA" | "POSTGRES_HOST_AUTH_METHOD" => "PostgreSQL",
        "MONGO_INITDB_ROOT_USERNAME" | "MONGO_INITDB_DATABASE" | "MONGO_INITDB_ROOT_PASSWORD" => "MongoDB",
        "RABBITMQ_DEFAULT_USER" | "RABBITMQ_DEFAULT_PASS" | "RABBITMQ_ERLANG_COOKIE" => "RabbitMQ",
        "KAFKA_ADVERTISED_LISTENERS" | "KAFKA_CFG_ADVERTISED_LISTENERS" | "KAFKA_PROCESS_ROLES" => "Kafka",
        "MSSQL_SA_PASSWORD" | "ACCEPT_EULA" => "SQL Server",
        _ => return None,
    };
    named(product)
}
