//! The servers that the real shop needs: where they are, whether they are there, and what is made on them.
//!
//! Everything is made under one name, so that several shops share a server without meeting: databases `NAME_shop` and
//! `NAME_catalog`, roles `NAME_orders`, `NAME_stock`, `NAME_catalog`, keys that begin with `NAME:`, and on NATS streams
//! and buckets of their own (the shop called `chandlery` has the names that `api/asyncapi.yaml` gives).

use crate::settings::Replaced;
use proxy::Proxies;
use service_kit::config::Variables;
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    net::{SocketAddr, ToSocketAddrs as _},
    str::FromStr as _,
    time::Duration,
};
use tokio::net::TcpStream;

/// The name of the shop that a developer runs.
pub const OWN_NAME: &str = "chandlery";

/// A name that PostgreSQL, Redis and NATS take as it is: a small letter, then small letters, digits and `_`.
///
/// # Errors
/// What a name is, in words.
pub fn name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_plain) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err("a shop's name is a small letter, then small letters, digits and `_`, 40 at most".to_owned())
    }
}

/// Where the servers are.
#[derive(Clone, Debug)]
pub struct Servers {
    /// PostgreSQL, as a role that may make databases and roles: `DATABASE_URL`.
    pub postgres: String,
    /// Redis: `REDIS_URL`.
    pub redis: String,
    /// NATS with JetStream: `NATS_URL`.
    pub nats: String,
    /// What everything on them is called after: small letters, digits and `_`.
    pub name: String,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Servers {
    /// As the usual variables have them, else on this machine.
    pub fn from(variables: &Variables, name: &str) -> Self {
        let or = |variable, default: &str| variables.or(variable, default.to_owned()).unwrap_or_default();
        Self {
            postgres: or("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres"),
            redis: or("REDIS_URL", "redis://127.0.0.1:6379"),
            nats: or("NATS_URL", "nats://127.0.0.1:4222"),
            name: name.to_owned(),
        }
    }

    /// Who does not answer, in words; empty where all do.
    pub async fn missing(&self) -> Vec<String> {
        let servers = [
            ("PostgreSQL", &self.postgres, 5432, "DATABASE_URL"),
            ("Redis", &self.redis, 6379, "REDIS_URL"),
            ("NATS", &self.nats, 4222, "NATS_URL"),
        ];
        let mut missing = Vec::new();
        for (server, url, port, variable) in servers {
            let place = place(url, port);
            let connected = match address(url, port) {
                Some(address) => tokio::time::timeout(Duration::from_secs(1), TcpStream::connect(address)).await,
                None => Ok(Err(std::io::ErrorKind::AddrNotAvailable.into())),
            };
            if !matches!(connected, Ok(Ok(_))) {
                missing.push(format!("{server} does not answer at {place} ({variable} says where it is)"));
            }
        }
        missing
    }

    /// Where each store is, by the component's name.
    pub fn stores(&self) -> Result<Vec<(&'static str, SocketAddr)>, Failed> {
        let stores = [
            ("orders-db", &self.postgres, 5432),
            ("catalog-db", &self.postgres, 5432),
            ("basket-store", &self.redis, 6379),
            ("catalog-cache", &self.redis, 6379),
            ("events", &self.nats, 4222),
        ];
        let stores = stores.into_iter().map(|(name, url, port)| {
            Ok((name, address(url, port).ok_or_else(|| format!("{url}: there is no such address"))?))
        });
        stores.collect()
    }

    /// Makes databases, roles and schemas, as `db/roles` does on servers of one's own. Done already is done.
    pub async fn prepare(&self) -> Result<(), Failed> {
        let mut admin = PgConnection::connect(&self.postgres).await?;
        for (database, roles) in self.databases() {
            for role in &roles {
                let known = sqlx::query("SELECT 1 FROM pg_roles WHERE rolname = $1").bind(self.role(role));
                if known.fetch_optional(&mut admin).await?.is_none() {
                    let make = format!("CREATE ROLE {} LOGIN PASSWORD '{PASSWORD}'", self.role(role));
                    sqlx::raw_sql(&make).execute(&mut admin).await?;
                }
            }
            let known = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&database);
            if known.fetch_optional(&mut admin).await?.is_none() {
                sqlx::raw_sql(&format!("CREATE DATABASE {database}")).execute(&mut admin).await?;
            }
            let options = PgConnectOptions::from_str(&self.postgres)?.database(&database);
            let mut inside = PgConnection::connect_with(&options).await?;
            for role in roles {
                let make = format!("CREATE SCHEMA IF NOT EXISTS {role} AUTHORIZATION {}", self.role(role));
                sqlx::raw_sql(&make).execute(&mut inside).await?;
            }
            sqlx::raw_sql("REVOKE ALL ON SCHEMA public FROM PUBLIC").execute(&mut inside).await?;
            inside.close().await?;
        }
        admin.close().await?;
        Ok(())
    }

    fn databases(&self) -> [(String, Vec<&'static str>); 2] {
        [(format!("{}_shop", self.name), vec!["orders", "stock"]), (format!("{}_catalog", self.name), vec!["catalog"])]
    }

    fn role(&self, service: &str) -> String {
        format!("{}_{service}", self.name)
    }

    /// What is called as in the AsyncAPI document for the shop of the usual name, and apart for every other.
    pub fn on_nats(&self, name: &str) -> String {
        if self.name == OWN_NAME { name.to_owned() } else { format!("{}-{name}", self.name) }
    }

    /// The address of a service's database.
    pub fn database_url(&self, service: &str, address: SocketAddr) -> String {
        let database = if service == "catalog" { "catalog" } else { "shop" };
        format!("postgresql://{}@{address}/{}_{database}?sslmode=disable", self.role(service), self.name)
    }

    /// Services' settings that lead them to the stores, by way of the proxies.
    pub fn settings(&self, proxies: &Proxies) -> Result<Replaced, Failed> {
        let at = |store: &str| proxies.address(store).ok_or_else(|| format!("there is no proxy for {store}"));
        let mut settings = Replaced::new();
        let mut set =
            |service: &str, variable: &str, value: String| settings.insert((service.into(), variable.into()), value);
        for (service, store) in [("orders", "orders-db"), ("stock", "orders-db"), ("catalog", "catalog-db")] {
            let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/../../db/migrations");
            set(service, "DATABASE_URL", self.database_url(service, at(store)?));
            set(service, "DATABASE_PASSWORD", PASSWORD.to_owned());
            set(service, "DATABASE_MIGRATIONS", format!("{migrations}/{service}"));
        }
        set("basket", "BASKET_STORE_URL", format!("redis://{}/{BASKETS}", at("basket-store")?));
        set("basket", "BASKET_STORE_PREFIX", format!("{}:basket:", self.name));
        set("catalog", "CACHE_URL", format!("redis://{}/{CACHE}", at("catalog-cache")?));
        set("catalog", "CACHE_PREFIX", format!("{}:catalog:", self.name));
        for service in ["orders", "fulfil", "notify"] {
            set(service, "NATS_URL", format!("nats://{}", at("events")?));
            set(service, "EVENTS_STREAM", self.on_nats("SHOP"));
        }
        for service in ["fulfil", "notify"] {
            set(service, "EVENTS_INBOX_BUCKET", self.on_nats(&format!("{service}-inbox")));
        }
        Ok(settings)
    }

    /// The servers as `shop.json` tells of them: directly, not by way of the proxies.
    pub fn describe(&self) -> Result<serde_json::Value, Failed> {
        let stores: BTreeMap<_, _> = self.stores()?.into_iter().collect();
        let database = |service| self.database_url(service, stores["orders-db"]);
        Ok(serde_json::json!({
            "databases": { "orders": database("orders"), "stock": database("stock"), "catalog": database("catalog") },
            "redis": {
                "basket": format!("redis://{}/{BASKETS}", stores["basket-store"]),
                "catalog": format!("redis://{}/{CACHE}", stores["catalog-cache"]),
            },
            "nats": self.nats,
            "stream": self.on_nats("SHOP"),
            "buckets": { "fulfil": self.on_nats("fulfil-inbox"), "notify": self.on_nats("notify-inbox") },
        }))
    }

    /// Takes everything of this name off the servers: what a test or a drill made. Gone already is gone.
    ///
    /// # Errors
    /// For the developer's own shop, and where a server does not answer.
    pub async fn remove(&self) -> Result<(), Failed> {
        if self.name == OWN_NAME {
            return Err(format!("{OWN_NAME} is a developer's own shop, which no program removes").into());
        }
        let mut admin = PgConnection::connect(&self.postgres).await?;
        for (database, _) in self.databases() {
            sqlx::raw_sql(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")).execute(&mut admin).await?;
        }
        for (_, roles) in self.databases() {
            for role in roles {
                sqlx::raw_sql(&format!("DROP ROLE IF EXISTS {}", self.role(role))).execute(&mut admin).await?;
            }
        }
        admin.close().await?;
        service_kit::log::nats::remove_streams(&self.nats, &self.name).await?;
        service_kit::redis::remove_keys(&self.redis, &[BASKETS, CACHE], &format!("{}:", self.name)).await?;
        Ok(())
    }
}

/// Redis's numbered databases: what may be flushed lies apart from what may not.
const BASKETS: u8 = 1;
const CACHE: u8 = 2;
/// On a machine of one's own, where whoever can connect may do everything anyway.
const PASSWORD: &str = "development";

/// `host:port` of an address with a scheme.
fn place(url: &str, port: u16) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?']).next().unwrap_or_default();
    let host = rest.rsplit('@').next().unwrap_or_default();
    if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    }
}

fn address(url: &str, port: u16) -> Option<SocketAddr> {
    let addresses: Vec<SocketAddr> = place(url, port).to_socket_addrs().ok()?.collect();
    // A server that listens on one family alone listens on IPv4.
    addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::{name, place};

    #[test]
    fn a_name_goes_into_statements_and_is_checked() {
        let check = |text, is_name| assert_eq!(name(text).is_ok(), is_name, "{text}");
        check("drill_17", true);
        check("17_drill", false);
        check("Drill", false);
        check("x;drop", false);
        check("", false);
        check(&"a".repeat(41), false);
    }

    #[test]
    fn a_place_is_found_in_an_address() {
        let check = |url, expect| assert_eq!(place(url, 5432), expect);
        check("postgresql://anna:secret@db.example:6543/shop?sslmode=disable", "db.example:6543");
        check("postgresql://postgres@127.0.0.1/postgres", "127.0.0.1:5432");
        check("db", "db:5432");
    }
}
