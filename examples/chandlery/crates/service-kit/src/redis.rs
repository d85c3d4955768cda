//! Redis: one connection that heals itself, opened when it is first needed.

use crate::{
    config::{ConfigError, Variables},
    failure::{Failure, Kind},
    telemetry::{Telemetry, end_span},
};
use opentelemetry::{
    Context, KeyValue,
    trace::{FutureExt as _, SpanKind},
};
use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisError, TlsCertificates,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use std::{
    fmt,
    future::Future,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::OnceCell;

/// A Redis server, by the variables `NAME_URL`, `NAME_PASSWORD` and `NAME_TIMEOUT`. Cloning shares the connection.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    connection: Arc<OnceCell<ConnectionManager>>,
    timeout: Duration,
    name: &'static str,
    telemetry: Telemetry,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis({})", self.name)
    }
}

impl Redis {
    /// The server that the variables beginning with `variable` name. `name` is the component's.
    pub fn from(
        name: &'static str,
        variable: &str,
        variables: &Variables,
        telemetry: &Telemetry,
    ) -> Result<Self, ConfigError> {
        let url_name = format!("{variable}_URL");
        let url: String = variables.required(&url_name)?;
        let invalid = || ConfigError::Invalid { name: url_name.clone(), expected: "address of a Redis server" };
        let mut info: ConnectionInfo = url.as_str().into_connection_info().map_err(|_| invalid())?;
        if let Some(password) = variables.optional(&format!("{variable}_PASSWORD"))? {
            info.redis.password = Some(password);
        }
        // Over TLS (`rediss://`) the server shows a certificate of the house's own authority.
        let root_cert = match variables.optional::<PathBuf>("TLS_CA_FILE")? {
            Some(file) if matches!(info.addr, ConnectionAddr::TcpTls { .. }) => {
                let unreadable =
                    |_| ConfigError::Invalid { name: "TLS_CA_FILE".to_owned(), expected: "file that can be read" };
                Some(std::fs::read(file).map_err(unreadable)?)
            }
            _ => None,
        };
        let client = match root_cert {
            None => Client::open(info),
            root_cert => Client::build_with_tls(info, TlsCertificates { client_tls: None, root_cert }),
        };
        Ok(Self {
            client: client.map_err(|_| invalid())?,
            connection: Arc::default(),
            timeout: variables.required(&format!("{variable}_TIMEOUT"))?,
            name,
            telemetry: telemetry.clone(),
        })
    }

    /// The connection.
    pub async fn connection(&self) -> Result<ConnectionManager, Failure> {
        let connect = || {
            let config = ConnectionManagerConfig::new()
                .set_connection_timeout(Duration::from_secs(1))
                .set_response_timeout(self.timeout)
                .set_number_of_retries(1)
                .set_max_delay(500);
            self.client.get_connection_manager_with_config(config)
        };
        self.connection.get_or_try_init(connect).await.cloned().map_err(explain)
    }

    /// Runs a command inside a span.
    pub async fn span<T>(
        &self,
        command: &'static str,
        run: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, RedisError> {
        let attributes = vec![
            KeyValue::new("db.system.name", "redis"),
            KeyValue::new("db.operation.name", command),
            KeyValue::new("peer.service", self.name),
        ];
        let context =
            self.telemetry.span(command.to_owned(), SpanKind::Client, &Context::current(), attributes.clone());
        let began = Instant::now();
        let result = run.with_context(context.clone()).await;
        self.telemetry.instruments().db_client_duration.record(began.elapsed().as_secs_f64(), &attributes);
        end_span(&context, result.as_ref().err().map(ToString::to_string).as_deref(), Vec::new());
        result
    }

    /// Whether the server answers.
    pub async fn answers(&self) -> bool {
        let Ok(mut connection) = self.connection().await else { return false };
        redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
    }
}

/// What a failed command means to a caller.
pub fn explain(error: RedisError) -> Failure {
    match error.is_timeout() {
        true => Failure::new(Kind::TooLate, "the store did not answer in time"),
        false => Failure::new(Kind::Unavailable, "the store does not answer"),
    }
}

/// Deletes every key that begins with `prefix`, in each of these databases. For tests that made them.
pub async fn remove_keys(url: &str, databases: &[u8], prefix: &str) -> Result<(), Failure> {
    let mut connection =
        Client::open(url).map_err(explain)?.get_multiplexed_async_connection().await.map_err(explain)?;
    for database in databases {
        redis::cmd("SELECT").arg(database).query_async::<()>(&mut connection).await.map_err(explain)?;
        let mut keys = redis::cmd("KEYS");
        let keys: Vec<String> = keys.arg(format!("{prefix}*")).query_async(&mut connection).await.map_err(explain)?;
        for key in keys {
            redis::cmd("DEL").arg(key).query_async::<()>(&mut connection).await.map_err(explain)?;
        }
    }
    Ok(())
}
