//! What a key says of its value: that it is a host, a name, a topic, or a matter of telemetry.
//!
//! Keys of every style are taken apart in the same way: `ORDER_QUEUE_HOSTNAME`, `orderQueueHostname`,
//! `order.queue.host-name`. A key is a hint: what the value's host *is* decides, and a key only says whether a bare word
//! may be one.

/// The words of a key in lower case: `spring.dataSource.jdbc-url` is spring, data, source, jdbc, url.
pub fn tokens(key: &str) -> Vec<String> {
    let shouted = !key.bytes().any(|b| b.is_ascii_lowercase());
    let mut out: Vec<String> = Vec::new();
    for part in key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        if shouted {
            out.push(part.to_ascii_lowercase());
        } else {
            camel(part, &mut out);
        }
    }
    out
}

/// Takes `HTTPServerUrl` apart: http, server, url.
fn camel(part: &str, out: &mut Vec<String>) {
    let bytes = part.as_bytes();
    let mut start = 0;
    for index in 1..bytes.len() {
        let (before, here) = (bytes[index - 1], bytes[index]);
        let next_lower = bytes.get(index + 1).is_some_and(u8::is_ascii_lowercase);
        let plural = index + 2 == bytes.len() && bytes[index + 1] == b's';
        let rises = here.is_ascii_uppercase() && (!before.is_ascii_uppercase() || (next_lower && !plural));
        if rises {
            out.push(part[start..index].to_ascii_lowercase());
            start = index;
        }
    }
    out.push(part[start..].to_ascii_lowercase());
}

/// The words of the last part of a dotted key that says anything; indices and general words (`default`, `0`) are not.
fn last_words(key: &str) -> Vec<String> {
    let mut parts: Vec<&str> = key.split(['.', ':', '/', '[', ']']).filter(|part| !part.is_empty()).collect();
    while let Some(part) = parts.pop() {
        let mut words = tokens(part);
        while words.last().is_some_and(|word| is_general(word)) {
            words.pop();
        }
        if !words.is_empty() {
            return words;
        }
    }
    Vec::new()
}

/// Words that qualify the one before them.
fn is_general(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "default", "primary", "secondary", "internal", "external", "public", "private", "list", "string", "value",
        "read", "write", "master", "slave", "replica", "main", "zone", "v1", "v2", "prod", "production", "dev",
        "development", "test", "staging", "local", "docker", "k8s",
    ];
    word.bytes().all(|b| b.is_ascii_digit()) || WORDS.contains(&word)
}

/// The word without the digits at its end: `host1` is host.
fn stem(word: &str) -> &str {
    word.trim_end_matches(|c: char| c.is_ascii_digit())
}

#[rustfmt::skip]
const HOST_WORDS: &[&str] = &[
    "host", "hosts", "hostname", "hostnames", "addr", "addrs", "address", "addresses", "url", "urls", "uri", "uris",
    "endpoint", "endpoints", "server", "servers", "broker", "brokers", "bootstrap", "svc", "service", "services",
    "upstream", "upstreams", "target", "targets", "baseurl", "conn", "connection", "connections", "dsn", "peer",
    "peers", "node", "nodes", "origin", "origins", "proxy", "gateway", "remote", "seeds", "seed", "contactpoints",
    "dbhost", "fqdn", "api", "webhook", "nameserver", "authority", "issuer", "jwks", "sentinel", "sentinels",
    "serviceid",
];

#[rustfmt::skip]
const HOST_ENDS: &[&str] = &[
    "host", "hostname", "url", "uri", "addr", "address", "endpoint", "server", "servers", "broker", "brokers", "dsn",
    "brokerlist", "connectionstring", "hosts", "urls", "uris", "addresses", "endpoints",
];

#[rustfmt::skip]
const NAME_WORDS: &[&str] = &[
    "name", "names", "database", "databases", "db", "user", "username", "users", "topic", "topics", "queue",
    "queues", "exchange", "group", "groups", "schema", "bucket", "buckets", "index", "prefix", "suffix", "id", "ids",
    "mode", "type", "level", "profile", "profiles", "namespace", "realm", "cluster", "region", "table", "collection",
    "key", "tag", "label", "path", "file", "dir", "directory", "version", "env", "environment", "role", "title",
    "description", "password", "secret", "token", "port", "timeout", "ttl", "class", "driver", "dialect", "format",
    "method", "strategy", "policy", "vhost", "keyspace", "consumer", "partition", "stream", "subject", "channel",
    "exchanges", "scope", "scopes", "audience", "account", "language", "locale", "currency", "timezone", "theme",
];

/// Whether the key says that its value is a name inside of something, not where that is: `ORDER_QUEUE_NAME`, `db.user`.
pub fn is_name_like_key(key: &str) -> bool {
    if is_discovery_key(key) {
        return false;
    }
    let words = last_words(key);
    words.last().is_some_and(|word| NAME_WORDS.contains(&stem(word)) || (!says_host(word) && word.ends_with("name")))
}

/// Whether the key says that its value is where somebody is: `ORDER_QUEUE_HOSTNAME`, `spring.data.mongodb.uri`.
pub fn is_host_like_key(key: &str) -> bool {
    if is_discovery_key(key) {
        return true;
    }
    // `…_PORT` holds a number, but links of old gave `DB_PORT=tcp://…`, which needs no hint.
    let last = key.rsplit(['.', '_', '-', ':']).next().unwrap_or(key);
    if last.eq_ignore_ascii_case("port") {
        return false;
    }
    if key.split(['.', ':', '_']).any(|part| part.eq_ignore_ascii_case("connectionstrings")) {
        return true;
    }
    let words = last_words(key);
    match words.as_slice() {
        [.., connection, string] if connection == "connection" && string.starts_with("string") => true,
        [.., last] => says_host(last),
        [] => false,
    }
}

fn says_host(word: &str) -> bool {
    let word = stem(word);
    HOST_WORDS.contains(&word) || HOST_ENDS.iter().any(|end| word.ends_with(end))
}

/// `serviceId` of Zuul and Ribbon, `service-discovery.application` of Stork: the name under which discovery knows the
/// callee.
fn is_discovery_key(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key).replace(['-', '_'], "").to_ascii_lowercase();
    matches!(last.as_str(), "serviceid" | "vipaddress" | "virtualhostname")
        || key.ends_with("service-discovery.application")
        || key.ends_with("SERVICE_DISCOVERY_APPLICATION")
}

/// Whether the key says that its value is a queue, stream or subject: `ORDER_QUEUE_NAME`, `spring.cloud.stream…destination`.
pub fn topic_of_key(key: &str) -> bool {
    const TOPICS: &[&str] = &[
        "topic",
        "topics",
        "queue",
        "queues",
        "exchange",
        "exchanges",
        "stream",
        "streams",
        "subject",
        "subjects",
        "channel",
    ];
    let words = last_words(key);
    let Some(last) = words.last() else { return false };
    let says = |word: &str| TOPICS.contains(&stem(word)) || ["topic", "queue"].iter().any(|end| word.ends_with(end));
    let all = tokens(key);
    let bound = last == "destination" && all.iter().any(|word| matches!(word.as_str(), "stream" | "bindings" | "jms"));
    let named = matches!(last.as_str(), "name" | "names" | "id" | "key" | "arn") && words.iter().any(|word| says(word));
    says(last) || named || bound
}

/// Whether the key is a matter of telemetry: where spans, metrics, logs and errors go.
pub fn is_telemetry_key(key: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "otel", "otlp", "opentelemetry", "zipkin", "jaeger", "tracing", "traces", "tracer", "statsd", "dogstatsd",
        "sentry", "datadog", "prometheus", "loki", "fluent", "fluentd", "fluentbit", "gelf", "graylog", "logstash",
        "newrelic", "apm", "telemetry", "metrics", "skywalking", "lightstep", "honeycomb", "instana", "dynatrace",
        "appinsights", "applicationinsights", "promtail", "pushgateway", "graphite", "collectd", "telegraf",
        "rollbar", "bugsnag", "elasticapm", "syslog", "tempo", "seq", "pyroscope", "alertmanager", "grafana",
        "wavefront", "stackdriver", "micrometer", "observability", "serilog", "logging", "nlog", "brave", "sleuth",
        "turbine",
    ];
    #[rustfmt::skip]
    const PAIRS: &[(&str, &str)] = &[
        ("dd", "agent"), ("dd", "trace"), ("dd", "site"), ("new", "relic"), ("collector", "service"),
        ("app", "insights"), ("application", "insights"), ("open", "telemetry"), ("error", "log"), ("access", "log"),
        ("log", "server"), ("log", "options"), ("trace", "collector"), ("collector", "addr"), ("collector", "host"),
        ("collector", "url"), ("collector", "endpoint"), ("collector", "address"),
    ];
    let words = tokens(key);
    words.iter().any(|word| WORDS.contains(&stem(word)))
        || words.windows(2).any(|two| PAIRS.iter().any(|(first, second)| two[0] == *first && two[1] == *second))
}

/// Whether the key says who may call or where people are sent back to, not whom the program calls: `cors.allowed-origins`,
/// `AllowedHosts`, `redirect-uri`.
pub fn is_inbound_key(key: &str) -> bool {
    #[rustfmt::skip]
    const PAIRS: &[(&str, &str)] = &[
        ("allowed", "origin"), ("allowed", "origins"), ("allow", "origin"), ("allow", "origins"),
        ("allowed", "hosts"), ("allowed", "host"), ("trusted", "hosts"), ("trusted", "origins"),
        ("trusted", "proxies"), ("redirect", "uri"), ("redirect", "uris"), ("redirect", "url"), ("redirect", "urls"),
        ("logout", "redirect"), ("server", "name"), ("csrf", "origins"), ("content", "security"), ("web", "origins"),
        ("sign", "out"), ("cors", "origin"), ("cors", "origins"), ("return", "url"), ("return", "uri"),
        ("notify", "url"), ("success", "url"), ("cancel", "url"),
    ];
    let words = tokens(key);
    words.iter().any(|word| matches!(word.as_str(), "cors" | "callback" | "referer" | "referrer" | "csp" | "frontends"))
        || words.windows(2).any(|two| PAIRS.iter().any(|(first, second)| two[0] == *first && two[1] == *second))
}

/// Whether the key says where the program itself is reached: `bind`, `listen`, `advertised.listeners`, `instance.hostname`.
pub fn is_own_address_key(key: &str) -> bool {
    const WORDS: &[&str] = &[
        "bind",
        "binding",
        "listen",
        "listener",
        "listeners",
        "listening",
        "advertise",
        "advertised",
        "broadcast",
        "listenaddress",
    ];
    let words = tokens(key);
    let near = words.len().saturating_sub(3);
    words[near..].iter().any(|word| WORDS.contains(&word.as_str()))
        || words.windows(2).any(|two| two[0] == "instance" && matches!(two[1].as_str(), "hostname" | "host"))
        || is_listener_address(key)
}

/// `listeners[0].address.socket_address.address` of Envoy, `entryPoints.web.address` of Traefik.
fn is_listener_address(key: &str) -> bool {
    let parts: Vec<&str> = key.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
    let listens = |part: &str| ["listeners", "entrypoints", "admin"].iter().any(|word| part.eq_ignore_ascii_case(word));
    parts
        .iter()
        .enumerate()
        .any(|(index, part)| listens(part) && parts[index + 1..].iter().take(2).any(|next| *next == "address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_style_are_taken_apart() {
        for key in ["ORDER_QUEUE_HOST", "orderQueueHost", "order.queue-host", "OrderQueueHost", "order/queue_host"] {
            assert_eq!(tokens(key), ["order", "queue", "host"], "{key}");
        }
        assert_eq!(tokens("HTTPServerURL"), ["http", "server", "url"]);
        assert_eq!(tokens("k8sURLs"), ["k8s", "urls"]);
        assert_eq!(tokens(""), Vec::<String>::new());
    }

    #[test]
    fn hosts() {
        for key in [
            "ORDER_QUEUE_HOSTNAME",
            "spring.data.mongodb.uri",
            "spring.datasource.url",
            "DB_ADDR",
            "CATALOG_SERVICE",
            "KAFKA_BROKERS",
            "spring.kafka.bootstrap-servers",
            "eureka.client.serviceUrl.defaultZone",
            "ConnectionStrings:Redis_connection",
            "zuul.routes.orders.serviceId",
            "redis.sentinel.nodes",
            "REDIS_HOST_1",
            "orders.baseUrl",
            "MONGO_URL_PRIMARY",
            "grpc.client.orders.address",
            "PRODUCT_CATALOG_SERVICE_ADDR",
            "brokers[0]",
            "redishost",
            "DBHOST",
            "hosts.0",
            "connectionString",
        ] {
            assert!(is_host_like_key(key), "{key}");
            assert!(!is_name_like_key(key), "{key}");
        }
    }

    #[test]
    fn names() {
        for key in [
            "ORDER_QUEUE_NAME",
            "POSTGRES_DB",
            "spring.application.name",
            "db.user",
            "KAFKA_TOPIC",
            "KAFKA_GROUP_ID",
            "s3.bucket",
            "spring.rabbitmq.username",
            "logging.level",
            "SPRING_PROFILES",
            "ES_INDEX",
            "servicePath",
            "SERVICE_NAME",
            "HOST_PATH",
        ] {
            assert!(is_name_like_key(key), "{key}");
            assert!(!is_host_like_key(key), "{key}");
        }
        assert!(!is_host_like_key("SERVICE_PORT"));
        assert!(!is_host_like_key("server.port"));
    }

    #[test]
    fn topics() {
        for key in [
            "ORDER_QUEUE_NAME",
            "kafka.topic",
            "orders.exchange",
            "spring.cloud.stream.bindings.out.destination",
            "ORDERS_TOPIC",
        ] {
            assert!(topic_of_key(key), "{key}");
        }
        for key in [
            "ORDER_QUEUE_HOSTNAME",
            "ORDER_QUEUE_URI",
            "ORDER_QUEUE_PASSWORD",
            "orders.destination",
            "ORDER_QUEUE_PORT",
        ] {
            assert!(!topic_of_key(key), "{key}");
        }
    }

    #[test]
    fn telemetry() {
        for key in [
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "spring.zipkin.baseUrl",
            "SENTRY_DSN",
            "DD_AGENT_HOST",
            "COLLECTOR_SERVICE_ADDR",
            "ZIPKIN",
            "management.zipkin.tracing.endpoint",
            "NEW_RELIC_HOST",
            "STATSD_HOST",
            "Serilog.SeqServerUrl",
            "JAEGER_AGENT_HOST",
        ] {
            assert!(is_telemetry_key(key), "{key}");
        }
        for key in
            ["ORDERS_URL", "COLLECTION_URL", "spring.rabbitmq.host", "PRODUCT_CATALOG_SERVICE_ADDR", "sequence.host"]
        {
            assert!(!is_telemetry_key(key), "{key}");
        }
    }

    #[test]
    fn who_may_call_and_own_addresses() {
        for key in [
            "cors.allowed-origins",
            "AllowedHosts",
            "oauth.redirect-uri",
            "CORS_ALLOW_ORIGINS",
            "alipay.returnUrl",
            "post_logout_redirect_uris",
        ] {
            assert!(is_inbound_key(key), "{key}");
        }
        for key in [
            "bind",
            "listen_address",
            "kafka.advertised.listeners",
            "eureka.instance.hostname",
            "listeners[0].address.socket_address.address",
            "entryPoints.web.address",
        ] {
            assert!(is_own_address_key(key), "{key}");
        }
        for key in
            ["orders.url", "spring.rabbitmq.host", "clusters[0].socket_address.address", "DB_HOST", "instances.url"]
        {
            assert!(!is_inbound_key(key) && !is_own_address_key(key), "{key}");
        }
    }
}
