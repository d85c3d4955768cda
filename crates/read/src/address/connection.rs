//! Connection strings: keys and values, one of which is the host.

use super::host::{host_and_port, is_bare, port};
use super::url::floor;
use super::{AddressForm, Found};

/// One address inside of a text is no longer than this.
const PART_BYTES_MAX: usize = 512;

/// Reads a value that is a connection string as a whole; says whether it was one.
pub(crate) fn whole(text: &str, found: &mut Found) -> bool {
    if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:o")) {
        return oracle_thin(text, found);
    }
    ado_net(text, found) || libpq(text, found) || redis_options(text, found)
}

/// Reads connection strings that stand inside of a text: `u:p@tcp(h:3306)/db`, `(ADDRESS=(HOST=h)(PORT=1521))`.
pub(crate) fn embedded(text: &str, found: &mut Found) {
    go_mysql(text, found);
    tns(text, found);
}

/// `jdbc:oracle:thin:@//h:1521/service`, `jdbc:oracle:thin:u/p@h:1521:SID`.
fn oracle_thin(text: &str, found: &mut Found) -> bool {
    let Some((head, rest)) = text.split_once('@') else { return false };
    if !head.to_ascii_lowercase().starts_with("jdbc:oracle:") || rest.starts_with('(') {
        return false;
    }
    let rest = rest.trim_start_matches("tcp:").trim_start_matches("tcps:").trim_start_matches('/');
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let mut parts = authority.splitn(3, ':');
    let (name, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    found.add_authority(Some("oracle"), &format!("{name}:{number}"), Some(path), AddressForm::Url)
}

/// `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=h)(PORT=1521))…)`.
fn tns(text: &str, found: &mut Found) {
    let upper = text.to_ascii_uppercase();
    if !upper.contains("(HOST") {
        return;
    }
    let value_of = |part: &str, key: &str| {
        let begin = part.to_ascii_uppercase().find(key)? + key.len();
        let rest = part[begin..].trim_start().strip_prefix('=')?;
        Some(rest[..rest.find(')').unwrap_or(rest.len())].trim().to_owned())
    };
    for (begin, _) in upper.match_indices("(HOST").take(super::ADDRESSES_MAX) {
        let part = &text[begin..floor(text, begin + PART_BYTES_MAX)];
        let Some(name) = value_of(part, "(HOST") else { continue };
        let reach = part[1..].to_ascii_uppercase().find("(HOST").map_or(part.len(), |next| next + 1);
        let number = value_of(&part[..reach], "(PORT").unwrap_or_default();
        let scheme = if upper.contains("(SID") || upper.contains("(SERVICE_NAME") { "oracle" } else { "tcp" };
        found.add_authority(Some(scheme), &format!("{name}:{number}"), None, AddressForm::Url);
    }
}

/// `user:password@tcp(h:3306)/db`.
fn go_mysql(text: &str, found: &mut Found) {
    for opening in ["tcp(", "tcp6("] {
        for (begin, _) in text.match_indices(opening).take(super::ADDRESSES_MAX) {
            let rest = &text[begin + opening.len()..floor(text, begin + PART_BYTES_MAX)];
            let before = text[..begin].bytes().last();
            if before.is_some_and(|b| b.is_ascii_alphanumeric()) {
                continue;
            }
            let Some(close) = rest.find(')') else { continue };
            let path: &str = &rest[close + 1..];
            let path = &path[..path.find(|c: char| c == '?' || c.is_whitespace() || c == '"').unwrap_or(path.len())];
            found.add_authority(Some("mysql"), &rest[..close], Some(path), AddressForm::Url);
        }
    }
}

/// A key and value of a connection string; the key in lower case without spaces.
type Pair<'t> = (String, &'t str);

fn pair(text: &str) -> Option<Pair<'_>> {
    let (key, value) = text.split_once('=')?;
    let key: String = key.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let named = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let value = value.trim();
    let value = value.trim_matches(['"', '\'']);
    named.then_some((key, value))
}

fn get<'t>(pairs: &[Pair<'t>], keys: &[&str]) -> Option<&'t str> {
    pairs.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| *value)
}

const HOST_KEYS: &[&str] = &[
    "server",
    "host",
    "hostname",
    "datasource",
    "addr",
    "address",
    "networkaddress",
    "contactpoints",
    "servername",
    "servers",
    "hosts",
];

/// `Server=h,1433;Database=x;User Id=u;Password=p` and its relatives; parts that are URLs are read by the general scan.
fn ado_net(text: &str, found: &mut Found) -> bool {
    if !text.contains('=') || text.contains("://") || text.contains('\n') {
        return false;
    }
    let parts: Vec<&str> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    let pairs: Vec<Pair<'_>> = parts.iter().filter_map(|part| pair(part)).collect();
    let Some(server) = get(&pairs, HOST_KEYS) else { return false };
    if pairs.len() != parts.len() || (pairs.len() < 2 && !text.ends_with(';')) || is_libpq(text) {
        return false;
    }
    if server.starts_with('(') {
        return false;
    }
    let (product, port_key) = (product(&pairs, server), get(&pairs, &["port"]).and_then(port));
    let path = get(&pairs, &["database", "initialcatalog", "dbname", "keyspace", "defaultkeyspace"])
        .map(|name| format!("/{name}"));
    let server = server.strip_prefix("tcp:").unwrap_or(server);
    for part in hosts_of(server, product == Some("sqlserver")) {
        let (name, own) = part.rsplit_once([',', ':']).unwrap_or((part, ""));
        let (name, number) = match port(own) {
            Some(number) => (name, Some(number)),
            None => (part, port_key),
        };
        let name = name.split('\\').next().unwrap_or(name).trim();
        if name.contains('.') && !is_bare(&name.to_ascii_lowercase()) && host_and_port(name).is_none() {
            continue;
        }
        let authority = number.map_or_else(|| name.to_owned(), |number| format!("{name}:{number}"));
        if is_file(name) {
            continue;
        }
        found.add_authority(product, &authority, path.as_deref(), AddressForm::Url);
    }
    true
}

/// `Data Source=app.db` is a file of SQLite.
fn is_file(name: &str) -> bool {
    [".db", ".sqlite", ".sqlite3", ".db3", ".mdf", ".mdb", ".sdf"]
        .iter()
        .any(|end| name.to_ascii_lowercase().ends_with(end))
}

/// The hosts of a list; SQL Server writes its port after a comma.
fn hosts_of(server: &str, comma_is_port: bool) -> Vec<&str> {
    let numeric_tail = server.rsplit_once(',').is_some_and(|(_, tail)| port(tail.trim()).is_some());
    if comma_is_port || numeric_tail { vec![server] } else { server.split(',').map(str::trim).collect() }
}

/// The product whose client has keys like these.
fn product(pairs: &[Pair<'_>], server: &str) -> Option<&'static str> {
    let has = |keys: &[&str]| get(pairs, keys).is_some();
    let at = get(pairs, &["port"]).and_then(port);
    if has(&[
        "initialcatalog",
        "trustservercertificate",
        "multipleactiveresultsets",
        "integratedsecurity",
        "trusted_connection",
        "persistsecurityinfo",
    ]) || server.rsplit_once(',').is_some_and(|(_, tail)| port(tail.trim()).is_some())
    {
        return Some("sqlserver");
    }
    if at == Some(3306) || has(&["uid", "allowpublickeyretrieval", "sslmode", "treattinyasboolean"]) && has(&["server"])
    {
        return Some("mysql");
    }
    if at == Some(5432) || (has(&["host"]) && has(&["database"]) && has(&["username", "userid"])) {
        return Some("postgresql");
    }
    if has(&["virtualhost", "vhost", "prefetchcount", "publisherconfirms", "requestedheartbeat"]) {
        return Some("amqp");
    }
    if has(&["contactpoints", "defaultkeyspace"]) {
        return Some("cassandra");
    }
    (has(&["userid", "user"]) && has(&["password", "pwd"]) && has(&["server", "datasource"]) && has(&["database"]))
        .then_some("sqlserver")
}

fn is_libpq(text: &str) -> bool {
    !text.contains(';')
        && text.split_whitespace().count() > 1
        && text.split_whitespace().all(|word| pair(word).is_some())
}

/// `host=h1,h2 port=5432 user=u dbname=x`.
fn libpq(text: &str, found: &mut Found) -> bool {
    if !is_libpq(text) || text.contains("://") {
        return false;
    }
    let pairs: Vec<Pair<'_>> = text.split_whitespace().filter_map(pair).collect();
    let Some(hosts) = get(&pairs, &["host", "hostaddr"]).filter(|hosts| !hosts.starts_with(['/', '@'])) else {
        return false;
    };
    let ports: Vec<&str> = get(&pairs, &["port"]).map(|ports| ports.split(',').collect()).unwrap_or_default();
    let scheme = get(&pairs, &["dbname", "sslmode", "user"]).map(|_| "postgresql");
    let path = get(&pairs, &["dbname"]).map(|name| format!("/{name}"));
    for (index, name) in hosts.split(',').enumerate() {
        let number = ports.get(index).or(ports.last()).copied().unwrap_or_default();
        found.add_authority(scheme, &format!("{name}:{number}"), path.as_deref(), AddressForm::Url);
    }
    true
}

/// `h:6379,password=p,ssl=True,abortConnect=False` of StackExchange.Redis.
fn redis_options(text: &str, found: &mut Found) -> bool {
    #[rustfmt::skip]
    const OPTIONS: &[&str] = &[
        "password", "ssl", "abortconnect", "defaultdatabase", "allowadmin", "connecttimeout", "synctimeout", "user",
        "connectretry", "name", "keepalive", "servicename", "sslhost", "resolvedns", "asynctimeout", "sslprotocols",
    ];
    if text.contains("://") || text.contains(';') || text.contains(char::is_whitespace) || !text.contains(',') {
        return false;
    }
    let parts: Vec<&str> = text.split(',').filter(|part| !part.is_empty()).collect();
    let hosts: Vec<&str> = parts.iter().copied().take_while(|part| !part.contains('=')).collect();
    let options = &parts[hosts.len()..];
    let known = |part: &&str| pair(part).is_some_and(|(key, _)| OPTIONS.contains(&key.as_str()));
    if hosts.is_empty() || options.is_empty() || !options.iter().any(known) {
        return false;
    }
    for name in hosts {
        found.add_authority(Some("redis"), name, None, AddressForm::Url);
    }
    true
}
