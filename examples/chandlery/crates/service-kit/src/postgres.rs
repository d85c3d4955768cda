//! PostgreSQL: a pool with bounds on every wait, migrations that run by themselves, failures that callers understand.

use crate::{
    config::{ConfigError, Variables},
    failure::{Failure, Kind},
    health::Check,
    telemetry::{Telemetry, end_span},
};
use opentelemetry::{
    Context, KeyValue,
    trace::{FutureExt as _, SpanKind},
};
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    error::Error,
    future::Future,
    path::PathBuf,
    str::FromStr as _,
    time::{Duration, Instant},
};

/// A database as one service sees it: its own schema, its own pool. Cloning shares the pool.
#[derive(Clone, Debug)]
pub struct Postgres {
    pool: PgPool,
    options: PgConnectOptions,
    migrations: PathBuf,
    name: &'static str,
    telemetry: Telemetry,
}

impl Postgres {
    /// As the variables beginning with `DATABASE_` have it. Does not wait for the server. `name` is the component's.
    pub fn from(name: &'static str, variables: &Variables, telemetry: &Telemetry) -> Result<Self, ConfigError> {
        let url: String = variables.required("DATABASE_URL")?;
        let invalid = |_| ConfigError::Invalid { name: "DATABASE_URL".to_owned(), expected: "address of a database" };
        let schema: String = variables.required("DATABASE_SCHEMA")?;
        let timeout: Duration = variables.required("DATABASE_TIMEOUT")?;
        let mut options = PgConnectOptions::from_str(&url).map_err(invalid)?.application_name(telemetry.service());
        if let Some(password) = variables.optional::<String>("DATABASE_PASSWORD")? {
            options = options.password(&password);
        }
        options = options.options([("search_path", schema)]).disable_statement_logging();
        let bounded = options.clone().options([
            ("statement_timeout", format!("{}ms", timeout.as_millis())),
            // Whoever dies with a transaction open must not hold its locks for long.
            ("idle_in_transaction_session_timeout", "5s".to_owned()),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(variables.required("DATABASE_POOL_SIZE")?)
            .min_connections(1)
            .acquire_timeout(variables.required("DATABASE_POOL_WAIT")?)
            .connect_lazy_with(bounded);
        let migrations = format!("/usr/local/share/{}/migrations", telemetry.service()).into();
        let migrations = variables.or("DATABASE_MIGRATIONS", migrations)?;
        Ok(Self { pool, options, migrations, name, telemetry: telemetry.clone() })
    }

    /// The pool.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Runs the schema's migrations, one process at a time (advisory lock), on a connection without a time limit.
    pub async fn migrate(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let migrator = Migrator::new(self.migrations.as_path()).await?;
        let mut connection = self.options.connect().await?;
        migrator.run_direct(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Runs a statement or a transaction inside a span.
    pub async fn run<T>(
        &self,
        what: &'static str,
        run: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let attributes = vec![
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.operation.name", what),
            KeyValue::new("db.namespace", self.options.get_database().unwrap_or_default().to_owned()),
            KeyValue::new("peer.service", self.name),
        ];
        let context = self.telemetry.span(what.to_owned(), SpanKind::Client, &Context::current(), attributes.clone());
        let began = Instant::now();
        let result = run.with_context(context.clone()).await;
        self.telemetry.instruments().db_client_duration.record(began.elapsed().as_secs_f64(), &attributes);
        end_span(&context, result.as_ref().err().map(|failure| failure.kind.slug()), Vec::new());
        result
    }

    /// Whether the database answers.
    pub fn check(&self) -> Check {
        let (pool, name) = (self.pool.clone(), self.name);
        Check::new(name, move || {
            let pool = pool.clone();
            async move { sqlx::query("SELECT 1").execute(&pool).await.is_ok() }
        })
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => {
                Self::new(Kind::Unavailable, "no connection to the database came free in time")
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::new(Kind::Unavailable, "the database does not answer")
            }
            sqlx::Error::Database(database) => match database.code().as_deref().unwrap_or_default() {
                // query_canceled: statement_timeout. lock_not_available: lock_timeout.
                "57014" | "55P03" => Self::new(Kind::TooLate, "the database did not answer in time"),
                // serialization_failure, deadlock_detected: the same again may well succeed.
                "40001" | "40P01" => Self::new(Kind::Unavailable, "two changes met in the database"),
                // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections, connection exceptions.
                "57P01" | "57P02" | "57P03" | "53300" => Self::new(Kind::Unavailable, "the database does not answer"),
                code if code.starts_with("08") || code.starts_with("25P") => {
                    Self::new(Kind::Unavailable, "the connection to the database broke")
                }
                _ => Self::new(Kind::Internal, error.to_string()),
            },
            _ => Self::new(Kind::Internal, error.to_string()),
        }
    }
}
