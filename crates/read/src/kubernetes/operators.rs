//! Custom resources of well-known operators: one object that makes a store or broker run.
//!
//! A custom resource that is not in the table is listed as not read.

use super::object::Object;
use crate::facts::{Claim, Container, Facts, Origin, Role, Unit, VariantId};
use plimsoll_model::{Field, Value};

/// (group, kind, product): what an operator makes of it.
const OPERATED: &[(&str, &str, &str)] = &[
    ("kafka.strimzi.io", "Kafka", "Kafka"),
    ("kafka.strimzi.io", "KafkaConnect", "Kafka Connect"),
    ("kafka.banzaicloud.io", "KafkaCluster", "Kafka"),
    ("platform.confluent.io", "Kafka", "Kafka"),
    ("redpanda.com", "Redpanda", "Redpanda"),
    ("cluster.redpanda.com", "Redpanda", "Redpanda"),
    ("rabbitmq.com", "RabbitmqCluster", "RabbitMQ"),
    ("nats.io", "NatsCluster", "NATS"),
    ("postgresql.cnpg.io", "Cluster", "PostgreSQL"),
    ("acid.zalan.do", "postgresql", "PostgreSQL"),
    ("postgres-operator.crunchydata.com", "PostgresCluster", "PostgreSQL"),
    ("kubedb.com", "Postgres", "PostgreSQL"),
    ("kubedb.com", "MySQL", "MySQL"),
    ("kubedb.com", "MongoDB", "MongoDB"),
    ("kubedb.com", "Redis", "Redis"),
    ("mysql.oracle.com", "InnoDBCluster", "MySQL"),
    ("k8s.mariadb.com", "MariaDB", "MariaDB"),
    ("mariadb.mmontes.io", "MariaDB", "MariaDB"),
    ("pxc.percona.com", "PerconaXtraDBCluster", "MySQL"),
    ("psmdb.percona.com", "PerconaServerMongoDB", "MongoDB"),
    ("pgv2.percona.com", "PerconaPGCluster", "PostgreSQL"),
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity", "MongoDB"),
    ("redis.redis.opstreelabs.in", "Redis", "Redis"),
    ("redis.redis.opstreelabs.in", "RedisCluster", "Redis"),
    ("databases.spotahome.com", "RedisFailover", "Redis"),
    ("app.redislabs.com", "RedisEnterpriseCluster", "Redis"),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch", "Elasticsearch"),
    ("kibana.k8s.elastic.co", "Kibana", "Kibana"),
    ("opensearch.opster.io", "OpenSearchCluster", "OpenSearch"),
    ("cassandra.datastax.com", "CassandraDatacenter", "Cassandra"),
    ("k8ssandra.io", "K8ssandraCluster", "Cassandra"),
    ("scylla.scylladb.com", "ScyllaCluster", "ScyllaDB"),
    ("crdb.cockroachlabs.com", "CrdbCluster", "CockroachDB"),
    ("yugabyte.com", "YBCluster", "YugabyteDB"),
    ("pingcap.com", "TidbCluster", "TiDB"),
    ("clickhouse.altinity.com", "ClickHouseInstallation", "ClickHouse"),
    ("minio.min.io", "Tenant", "MinIO"),
    ("etcd.database.coreos.com", "EtcdCluster", "etcd"),
    ("zookeeper.pravega.io", "ZookeeperCluster", "ZooKeeper"),
    ("pulsar.streamnative.io", "PulsarBroker", "Pulsar"),
    ("hazelcast.com", "Hazelcast", "Hazelcast"),
    ("infinispan.org", "Infinispan", "Infinispan"),
    ("k8s.keycloak.org", "Keycloak", "Keycloak"),
    ("temporal.io", "TemporalCluster", "Temporal"),
    ("flink.apache.org", "FlinkDeployment", "Flink"),
];

fn product(object: &Object<'_>) -> Option<&'static str> {
    OPERATED.iter().find(|(group, kind, _)| *group == object.group() && *kind == object.kind).map(|(_, _, name)| *name)
}

/// Whether an operator makes something of it that runs.
pub(super) fn is_operated(object: &Object<'_>) -> bool {
    product(object).is_some()
}

/// Reads a custom resource into a unit. Other objects are left alone.
pub(super) fn read(variant: VariantId, source: u32, object: &Object<'_>, facts: &mut Facts) {
    let Some(product) = product(object) else { return };
    let unit = facts.units.len();
    facts.units.push(Unit {
        variant,
        form: object.kind.to_owned(),
        name: object.name.to_owned(),
        namespace: object.namespace().map(str::to_owned),
        labels: Vec::new(),
        hostnames: service_names(object),
        networks: Vec::new(),
        containers: vec![Container {
            role: Role::Main,
            name: object.name.to_owned(),
            image: None,
            ports: Vec::new(),
            environment: Vec::new(),
            words: Vec::new(),
            files: Vec::new(),
        }],
        technology: Some(product.to_owned()),
        build: None,
        source,
        support: None,
        starts_after: Vec::new(),
        origin: Origin::of(object.name_node()),
    });
    let text = Value::Text(object.kind.to_owned());
    facts.claims.push(Claim::stated(unit, Field::Workload, text, object.kind, Origin::of(object.name_node())));
    let count = ["replicas", "instances", "numberOfInstances", "size", "members", "nodes"]
        .iter()
        .find_map(|key| object.spec()?.get(key))
        .or_else(|| object.node.at_path(&["spec", "kafka", "replicas"]));
    if let Some(node) = count
        && let Some(count) = node.as_u64()
    {
        facts.claims.push(Claim::stated(unit, Field::Replicas, Value::Count(count), "copies", Origin::of(node)));
    }
}

/// Services that the operators make, by their documented names.
fn service_names(object: &Object<'_>) -> Vec<String> {
    let suffixes: &[&str] = match object.kind {
        "Kafka" => &["-kafka-bootstrap", "-kafka-brokers"],
        "Cluster" => &["-rw", "-ro", "-r"],
        "postgresql" => &["-repl", "-pooler"],
        "PostgresCluster" => &["-primary", "-replicas", "-pgbouncer"],
        "Elasticsearch" => &["-es-http"],
        "Kibana" => &["-kb-http"],
        "MongoDBCommunity" => &["-svc"],
        "RabbitmqCluster" => &["-nodes"],
        "RedisFailover" => &[],
        "Tenant" => &["-hl"],
        "K8ssandraCluster" | "CassandraDatacenter" => &["-service"],
        _ => &[],
    };
    let prefixed =
        (object.kind == "RedisFailover").then(|| [format!("rfs-{}", object.name), format!("rfr-{}", object.name)]);
    suffixes.iter().map(|suffix| format!("{}{suffix}", object.name)).chain(prefixed.into_iter().flatten()).collect()
}
