//! Hosts that a command is asked to reach: `nc -z rabbitmq 5672`, `psql -h db`, `curl orders/health`, `--host orders`.

use super::host::{host_and_port, is_bare, port};
use super::{Address, AddressForm, Found, addresses};
use crate::config::keys::{is_host_like_key, is_telemetry_key};

/// Programs whose `-h`, `--host` or `-H` is the host that they call, and the scheme of what they speak.
const CLIENTS: &[(&str, &[&str])] = &[
    ("postgresql", &["psql", "pg_isready", "pg_dump", "pg_restore", "pg_basebackup", "createdb", "pgbench"]),
    ("mysql", &["mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump", "mysqlsh"]),
    ("sqlserver", &["sqlcmd", "/opt/mssql-tools/bin/sqlcmd"]),
    ("redis", &["redis-cli", "valkey-cli"]),
    ("mongodb", &["mongo", "mongosh", "mongodump", "mongorestore", "mongoimport"]),
    ("cassandra", &["cqlsh"]),
    ("clickhouse", &["clickhouse-client", "clickhouse"]),
    ("mqtt", &["mosquitto_pub", "mosquitto_sub"]),
    ("amqp", &["rabbitmqadmin"]),
    ("ldap", &["ldapsearch", "ldapadd"]),
];

/// Programs whose operands are a host and perhaps a port.
const REACHES: &[&str] = &["nc", "ncat", "netcat", "telnet", "wait-for", "wait-for-it", "wait-for-it.sh"];

/// Programs whose operand is a URL that may lack its scheme.
const FETCHES: &[&str] = &["curl", "wget", "http", "ab", "hey", "wrk", "vegeta"];

/// Programs whose operand is a host that they look up.
const LOOKS_UP: &[&str] = &["nslookup", "ping", "host"];

/// All hosts that the words of a command name, each with the index of the word that spells it.
///
/// Each word is read as [`addresses`] does, but a bare word counts only after a flag that says it is a host
/// (`--db-host orders-db`) or as the operand of a program that calls it (`nc -z orders-db 5432`).
pub fn addresses_in_words<S: AsRef<str>>(words: &[S]) -> Vec<(usize, Address)> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let mut out: Vec<(usize, Address)> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let flag_value = word.starts_with('-') && word.contains('=');
        let strong =
            |address: &Address| flag_value || address.form != AddressForm::Bare || word.contains(char::is_whitespace);
        out.extend(addresses(word).into_iter().filter(strong).map(|address| (index, address)));
    }
    let mut found = Found::default();
    command(&words, &mut found);
    flags(&words, &mut found);
    for address in found.list {
        let spelled = words.iter().position(|word| word.to_ascii_lowercase().contains(&address.host)).unwrap_or(0);
        if !out
            .iter()
            .any(|(_, known)| known.host == address.host && (known.port == address.port || address.port.is_none()))
        {
            out.push((spelled, address));
        }
    }
    out.sort_by_key(|(index, _)| *index);
    out
}

/// Hosts in a shell script: each simple command of it on its own.
pub(crate) fn in_script(text: &str, found: &mut Found) {
    for part in text.split(['\n', ';', '|', '&', '(', ')', '`', '{', '}']) {
        let words: Vec<&str> = part
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '\'']))
            .skip_while(|word| {
                matches!(
                    *word,
                    "until" | "while" | "if" | "elif" | "then" | "do" | "!" | "exec" | "sudo" | "time" | "else"
                )
            })
            .collect();
        command(&words, found);
        flags(&words, found);
    }
}

/// The first program of a command that is known to reach somebody, with its operands.
fn command(words: &[&str], found: &mut Found) {
    for (index, word) in words.iter().enumerate() {
        let program = word.rsplit('/').next().unwrap_or(word);
        let rest = &words[index + 1..];
        if REACHES.contains(&program) {
            return reach(&operands(rest), found);
        }
        if LOOKS_UP.contains(&program) && index == 0 {
            return look_up(&operands(rest), found);
        }
        if FETCHES.contains(&program) && (index == 0 || rest.len() < 12) {
            return fetch(&operands(rest), found);
        }
        if let Some((scheme, _)) = CLIENTS.iter().find(|(_, programs)| programs.contains(&program)) {
            return client(scheme, rest, found);
        }
    }
}

/// Words that are neither flags nor, for flags that take one, a number of theirs.
fn operands<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut out = Vec::new();
    let mut after_flag = false;
    for word in words {
        if matches!(*word, "--" | ">" | "do" | "then" | "done" | "]]" | "]") {
            break;
        }
        if word.starts_with('-') {
            after_flag = word.len() == 2 || word.starts_with("--");
            continue;
        }
        let timeout = after_flag && out.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        after_flag = false;
        if !timeout {
            out.push(*word);
        }
    }
    out
}

fn reach(operands: &[&str], found: &mut Found) {
    match operands {
        [name, number, ..] if is_bare(name) && port(number).is_some() => {
            found.add_authority(None, &format!("{name}:{number}"), None, AddressForm::HostPort);
        }
        _ => {}
    }
}

fn look_up(operands: &[&str], found: &mut Found) {
    if let [name] = operands
        && is_bare(name)
    {
        found.add_authority(None, name, None, AddressForm::Bare);
    }
}

/// `curl orders/health`; whole URLs are found by the general scan.
fn fetch(operands: &[&str], found: &mut Found) {
    for operand in operands {
        let (name, path) = operand.split_at(operand.find('/').unwrap_or(operand.len()));
        if operand.contains("://") || path.is_empty() || name.contains('=') {
            continue;
        }
        if host_and_port(name).is_some_and(|(host, number)| number.is_some() || is_bare(&host)) {
            found.add_authority(Some("http"), name, Some(path), AddressForm::Url);
        }
    }
}

/// `-h db -p 5432`, `--host=db`, `-hdb`.
fn client(scheme: &str, words: &[&str], found: &mut Found) {
    let value_of = |names: &[&str]| {
        words.iter().enumerate().find_map(|(index, word)| {
            if names.contains(word) {
                return words.get(index + 1).copied();
            }
            let (flag, value) = word.split_once('=')?;
            names.contains(&flag).then_some(value)
        })
    };
    let server = if scheme == "sqlserver" { value_of(&["-S"]) } else { value_of(&["-h", "--host", "-H"]) };
    let glued = words.iter().find_map(|word| word.strip_prefix("-h")).filter(|name| is_bare(name) && *name != "elp");
    let Some(name) = server.or(glued) else { return };
    let number = value_of(&["-p", "--port", "-P"]).and_then(port);
    let name = name.replace(',', ":");
    let authority = match number {
        Some(number) if !name.contains(':') => format!("{name}:{number}"),
        _ => name,
    };
    found.add_authority(Some(scheme), &authority, None, AddressForm::Url);
}

/// `--db-host orders-db`: a long flag that says its word is a host.
fn flags(words: &[&str], found: &mut Found) {
    for pair in words.windows(2) {
        let [flag, word] = pair else { continue };
        let says = flag.starts_with("--") && !flag.contains('=') && is_host_like_key(flag) && !is_telemetry_key(flag);
        if says && is_bare(word) {
            found.add_authority(None, word, None, AddressForm::Bare);
        }
    }
}
