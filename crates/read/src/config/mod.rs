//! Configuration (until merged).
fn words(key: &str) -> Vec<String> {
    key.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_lowercase).filter(|w| !w.is_empty()).collect()
}
/// host-like
pub fn is_host_like_key(key: &str) -> bool {
    words(key).iter().any(|w| {
        matches!(
            w.as_str(),
            "host"
                | "hostname"
                | "addr"
                | "address"
                | "url"
                | "uri"
                | "endpoint"
                | "server"
                | "servers"
                | "broker"
                | "brokers"
                | "svc"
                | "service"
                | "upstream"
                | "dsn"
        )
    })
}
/// name-like
pub fn is_name_like_key(key: &str) -> bool {
    words(key).iter().any(|w| {
        matches!(
            w.as_str(),
            "name"
                | "db"
                | "database"
                | "user"
                | "topic"
                | "queue"
                | "group"
                | "password"
                | "id"
                | "mode"
                | "type"
                | "username"
        )
    })
}
/// telemetry
pub fn is_telemetry_key(key: &str) -> bool {
    let k = key.to_lowercase();
    ["otel", "zipkin", "jaeger", "tracing", "collector"].iter().any(|w| k.contains(w))
}
/// topic
pub fn topic_of_key(key: &str) -> bool {
    words(key).iter().any(|w| matches!(w.as_str(), "topic" | "queue"))
}
