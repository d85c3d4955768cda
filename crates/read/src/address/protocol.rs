//! What is spoken: from a URL's scheme, a port, or the name of a product.
//!
//! Sources: the IANA registries of URI schemes and of service names and port numbers (2025-06), and for what is not
//! registered there the default in the product's own reference, named beside the row.
//!
//! Always: a port or a name that several protocols share is in no row, so that nothing is guessed.

use plimsoll_model::Protocol;

/// The protocol that a URL's scheme names, in lower case: `https` is [`Protocol::Http`].
pub fn protocol_of_scheme(scheme: &str) -> Option<Protocol> {
    let scheme = scheme.strip_prefix("jdbc:").or_else(|| scheme.strip_prefix("r2dbc:")).unwrap_or(scheme);
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    SCHEMES.iter().find(|(_, schemes)| schemes.contains(&scheme)).map(|(protocol, _)| *protocol)
}

/// The protocol that is spoken at a port by default.
pub fn protocol_of_port(port: u16) -> Option<Protocol> {
    PORTS.iter().find(|(_, ports)| ports.contains(&port)).map(|(protocol, _)| *protocol)
}

/// The protocol that a product speaks to its clients, by its name or the last part of its image's name.
pub fn protocol_of_technology(technology: &str) -> Option<Protocol> {
    let name = technology.to_ascii_lowercase();
    TECHNOLOGIES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(protocol, _)| *protocol)
}

/// The protocol that a key implies by naming a product: `spring.rabbitmq.host` is [`Protocol::Amqp`].
///
/// The product nearest to the end of the key counts; a key that names none says nothing.
pub fn protocol_of_key(key: &str) -> Option<Protocol> {
    let tokens = crate::config::keys::tokens(key);
    tokens.iter().rev().find_map(|token| {
        protocol_of_technology(token).or(match token.as_str() {
            "datasource" | "jdbc" | "r2dbc" | "sql" | "hibernate" | "jpa" | "liquibase" | "flyway" => {
                Some(Protocol::Sql)
            }
            "mongo" => Some(Protocol::Mongodb),
            "rabbit" => Some(Protocol::Amqp),
            "elastic" => Some(Protocol::Elasticsearch),
            "grpc" => Some(Protocol::Grpc),
            "smtp" => Some(Protocol::Smtp),
            "ldap" => Some(Protocol::Ldap),
            "mqtt" => Some(Protocol::Mqtt),
            "amqp" => Some(Protocol::Amqp),
            "s3" => Some(Protocol::S3),
            _ => None,
        })
    })
}

const SCHEMES: &[(Protocol, &[&str])] = &[
    // `lb` is Spring Cloud's client-side balancer, `configserver` its configuration server; both are HTTP.
    (Protocol::Http, &["http", "https", "h2c", "h2", "lb", "fastcgi", "uwsgi", "scgi", "dapr"]),
    // gRPC name resolution schemes: github.com/grpc/grpc/blob/master/doc/naming.md.
    (Protocol::Grpc, &["grpc", "grpcs", "dns", "xds", "passthrough", "ipv4", "ipv6", "discovery"]),
    (Protocol::Graphql, &["graphql"]),
    (Protocol::Thrift, &["thrift"]),
    (Protocol::Ws, &["ws", "wss"]),
    (
        Protocol::Sql,
        &[
            "postgres",
            "postgresql",
            "pgsql",
            "psql",
            "pg",
            "postgis",
            "mysql",
            "mysqlx",
            "mysql2",
            "mariadb",
            "sqlserver",
            "mssql",
            "oracle",
            "db2",
            "as400",
            "cockroachdb",
            "cockroach",
            "crdb",
            "tidb",
            "vitess",
            "clickhouse",
            "ch",
            "redshift",
            "snowflake",
            "trino",
            "presto",
            "hive",
            "hive2",
            "impala",
            "firebird",
            "sybase",
            "jtds",
            "exasol",
            "vertica",
            "teradata",
            "sap",
            "hdb",
            "informix-sqli",
            "yugabytedb",
            "ysql",
            "greenplum",
            "edgedb",
            "h2:tcp",
            "hsqldb",
            "derby",
            "questdb",
            "timescaledb",
        ],
    ),
    (
        Protocol::Redis,
        &[
            "redis",
            "rediss",
            "redis-sentinel",
            "redis-cluster",
            "redis-socket",
            "sentinel",
            "valkey",
            "valkeys",
            "keydb",
        ],
    ),
    (Protocol::Memcached, &["memcache", "memcached"]),
    (Protocol::Mongodb, &["mongodb", "mongo"]),
    (Protocol::Cassandra, &["cassandra", "cql", "scylla"]),
    (Protocol::Elasticsearch, &["elasticsearch", "elastic", "es", "opensearch"]),
    (Protocol::Bolt, &["bolt", "bolts", "neo4j", "neo4js"]),
    (Protocol::Etcd, &["etcd", "etcd3", "etcds"]),
    (Protocol::Zookeeper, &["zk", "zookeeper"]),
    (Protocol::S3, &["s3", "s3a", "s3n", "minio"]),
    (Protocol::Amqp, &["amqp", "amqps", "rabbitmq", "rabbit", "pyamqp", "sb", "amqp1"]),
    // Kafka's own names of listeners: kafka.apache.org/documentation, `listener.security.protocol.map`.
    (
        Protocol::Kafka,
        &[
            "kafka",
            "kafkas",
            "plaintext",
            "sasl_plaintext",
            "sasl_ssl",
            "plaintext_host",
            "plaintext_internal",
            "broker",
        ],
    ),
    (Protocol::Nats, &["nats", "natss", "stan", "jetstream"]),
    (Protocol::Pulsar, &["pulsar"]),
    (Protocol::Mqtt, &["mqtt", "mqtts"]),
    (Protocol::Stomp, &["stomp", "stomps"]),
    (Protocol::Smtp, &["smtp", "smtps", "submission"]),
    (Protocol::Otlp, &["otlp", "otlp-grpc", "otlp-http"]),
    (Protocol::Statsd, &["statsd", "dogstatsd"]),
    (Protocol::Ldap, &["ldap", "ldaps"]),
    (Protocol::Ssh, &["ssh", "sftp", "scp"]),
    (Protocol::Ftp, &["ftp", "ftps"]),
    (Protocol::Udp, &["udp"]),
    (Protocol::Tcp, &["tcp", "tls", "ssl"]),
];

const PORTS: &[(Protocol, &[u16])] = &[
    (Protocol::Http, &[80, 443]),
    // PostgreSQL, MySQL, SQL Server, Oracle, MySQL X, CockroachDB (26257, its reference), TiDB (4000 is shared: left out).
    (Protocol::Sql, &[5432, 3306, 1433, 1521, 33060, 26257]),
    // Redis and its sentinels (26379, redis.io).
    (Protocol::Redis, &[6379, 26379]),
    (Protocol::Memcached, &[11211]),
    // mongod, and shard and config servers (mongodb.com, default ports).
    (Protocol::Mongodb, &[27017, 27018, 27019]),
    (Protocol::Cassandra, &[9042]),
    (Protocol::Elasticsearch, &[9200, 9300]),
    (Protocol::Bolt, &[7687]),
    (Protocol::Etcd, &[2379, 2380]),
    (Protocol::Zookeeper, &[2181]),
    (Protocol::Amqp, &[5672, 5671]),
    (Protocol::Kafka, &[9092, 9093, 9094]),
    (Protocol::Nats, &[4222]),
    (Protocol::Pulsar, &[6650, 6651]),
    (Protocol::Mqtt, &[1883, 8883]),
    // 61613 is RabbitMQ's and ActiveMQ's default for STOMP.
    (Protocol::Stomp, &[61613]),
    (Protocol::Smtp, &[25, 465, 587]),
    (Protocol::Otlp, &[4317, 4318]),
    (Protocol::Statsd, &[8125]),
    (Protocol::Ldap, &[389, 636]),
    (Protocol::Ssh, &[22]),
    (Protocol::Ftp, &[21]),
    (Protocol::Dns, &[53]),
];

const TECHNOLOGIES: &[(Protocol, &[&str])] = &[
    (
        Protocol::Sql,
        &[
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "pgbouncer",
            "pgpool",
            "pgvector",
            "mysql",
            "mariadb",
            "percona",
            "mssql",
            "sqlserver",
            "sql-server",
            "azure-sql-edge",
            "oracle",
            "oracle-xe",
            "db2",
            "cockroach",
            "cockroachdb",
            "yugabyte",
            "yugabytedb",
            "tidb",
            "vitess",
            "clickhouse",
            "clickhouse-server",
            "spanner",
            "alloydb",
            "aurora",
            "proxysql",
            "citus",
            "trino",
            "presto",
        ],
    ),
    (Protocol::Redis, &["redis", "valkey", "keydb", "dragonfly", "redis-stack", "redis-sentinel", "sentinel"]),
    (Protocol::Memcached, &["memcached", "memcache"]),
    (Protocol::Mongodb, &["mongodb", "mongo", "ferretdb", "documentdb", "percona-server-mongodb"]),
    (Protocol::Cassandra, &["cassandra", "scylla", "scylladb", "dse-server"]),
    (Protocol::Elasticsearch, &["elasticsearch", "opensearch"]),
    (Protocol::Bolt, &["neo4j", "memgraph"]),
    (Protocol::Etcd, &["etcd"]),
    (Protocol::Zookeeper, &["zookeeper"]),
    (Protocol::S3, &["minio", "seaweedfs", "localstack-s3", "ceph-rgw"]),
    (Protocol::Amqp, &["rabbitmq", "activemq-artemis", "artemis", "qpid", "servicebus"]),
    (Protocol::Kafka, &["kafka", "redpanda", "cp-kafka", "eventhubs", "strimzi"]),
    (Protocol::Nats, &["nats", "nats-streaming", "jetstream"]),
    (Protocol::Pulsar, &["pulsar"]),
    (Protocol::Mqtt, &["mosquitto", "eclipse-mosquitto", "emqx", "vernemq", "hivemq"]),
    (Protocol::Smtp, &["mailhog", "mailpit", "postfix", "maildev", "mailcatcher", "smtp4dev", "exim4"]),
    (Protocol::Otlp, &["opentelemetry-collector", "opentelemetry-collector-contrib", "otelcol", "otel-collector"]),
    (Protocol::Statsd, &["statsd", "statsd-exporter"]),
    (Protocol::Ldap, &["openldap", "ldap", "glauth", "389ds"]),
    (
        Protocol::Http,
        &[
            "nginx",
            "envoy",
            "traefik",
            "haproxy",
            "caddy",
            "kong",
            "keycloak",
            "eureka",
            "consul",
            "vault",
            "solr",
            "couchdb",
            "influxdb",
            "meilisearch",
            "typesense",
            "qdrant",
            "weaviate",
            "zipkin",
            "prometheus",
            "grafana",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn no_scheme_port_or_technology_stands_in_two_rows() {
        let mut seen = BTreeMap::new();
        let words = |table: &'static [(Protocol, &[&'static str])]| {
            table.iter().flat_map(|(protocol, names)| names.iter().map(|name| (name.to_string(), *protocol)))
        };
        for (prefix, table) in [("scheme ", SCHEMES), ("technology ", TECHNOLOGIES)] {
            for (name, protocol) in words(table) {
                assert_eq!(seen.insert(format!("{prefix}{name}"), protocol), None, "{prefix}{name}");
            }
        }
        for (protocol, ports) in PORTS {
            for port in *ports {
                assert_eq!(seen.insert(format!("port {port}"), *protocol), None, "{port}");
            }
        }
    }

    #[test]
    fn drivers_and_wrappers_do_not_hide_the_scheme() {
        assert_eq!(protocol_of_scheme("postgresql+psycopg2"), Some(Protocol::Sql));
        assert_eq!(protocol_of_scheme("jdbc:mysql"), Some(Protocol::Sql));
        assert_eq!(protocol_of_scheme("mongodb+srv"), Some(Protocol::Mongodb));
        assert_eq!(protocol_of_scheme("carrier-pigeon"), None);
    }

    #[test]
    fn a_key_names_a_product() {
        assert_eq!(protocol_of_key("spring.rabbitmq.host"), Some(Protocol::Amqp));
        assert_eq!(protocol_of_key("spring.datasource.url"), Some(Protocol::Sql));
        assert_eq!(protocol_of_key("REDIS_URL"), Some(Protocol::Redis));
        assert_eq!(protocol_of_key("ORDERS_URL"), None);
    }
}
