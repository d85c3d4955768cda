//! The shop that is up: where its parts are. `chandlery up` writes it to `dev/shop.json` and answers with it, fresh, on its
//! control address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use service_kit::token::Issuer;
use tokio::time::Instant;
use uuid::Uuid;

/// Where everything is.
#[derive(Clone, Debug, Deserialize)]
pub struct State {
    /// One process, or one for each service.
    pub mode: Mode,
    /// The public address, without a slash at the end.
    pub gateway: String,
    /// Where processes, proxies and books are.
    pub control: String,
    /// The payment provider's stand-in.
    pub psp: String,
    /// The mailer's stand-in.
    pub mailer: String,
    /// The file of the key that development tokens are signed with.
    pub token_key: PathBuf,
    /// Database URLs, by the schema whose role they use. Past the proxies.
    #[serde(default)]
    pub databases: BTreeMap<String, String>,
    /// The event log. Past the proxies.
    #[serde(default)]
    pub nats: Option<String>,
    /// The key-value buckets of `fulfil` and `notify`.
    #[serde(default)]
    pub buckets: BTreeMap<String, String>,
    /// `basket` and `catalog`. Past the proxies.
    #[serde(default)]
    pub redis: BTreeMap<String, String>,
    /// The processes of each service.
    #[serde(default)]
    pub services: BTreeMap<String, Vec<Process>>,
}

/// How the shop runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All in one process, stores included.
    Embedded,
    /// A process for each service, against real stores.
    Real,
}

/// A process of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Process {
    /// As the system counts it.
    pub pid: i32,
    /// Where it listens.
    pub address: SocketAddr,
}

/// A shop that is up, and the means to be its customer.
pub struct Shop {
    /// Where its parts are, as of when it was found.
    pub state: State,
    /// The public address, without a slash at the end.
    pub gateway: String,
    issuer: Issuer,
}

/// Why there is no shop to talk to.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// No state file.
    #[error("no shop is up: {} cannot be read; start one with `chandlery up` or `chandlery up --real`", path.display())]
    NotUp {
        /// Which was looked for.
        path: PathBuf,
        /// Why it cannot be read.
        #[source]
        cause: std::io::Error,
    },
    /// A state file of another version, or half of one.
    #[error("{} is no state of a shop", path.display())]
    NoState {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        #[source]
        cause: serde_json::Error,
    },
    /// The key is no key.
    #[error("{} holds no private key", path.display())]
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// It never takes requests again.
    #[error("the shop is not ready after {} s: {why}", after.as_secs())]
    NotReady {
        /// So long was waited.
        after: Duration,
        /// The last answer of the gateway.
        why: String,
    },
    /// The control address does not answer.
    #[error("the shop's control at {control} does not answer")]
    NoControl {
        /// Where.
        control: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
}

/// Who the gateway takes tokens for.
const AUDIENCE: &str = "chandlery-api";

/// Longer than any run.
const TOKEN_VALID: Duration = Duration::from_secs(24 * 3600);

impl Shop {
    /// The shop of this folder, or of the one that `CHANDLERY_STATE` names.
    ///
    /// # Errors
    /// Where none is up.
    pub async fn find() -> Result<Self, ShopError> {
        let folder = std::env::var_os("CHANDLERY_STATE").map_or_else(|| PathBuf::from("dev"), PathBuf::from);
        Self::of(&folder).await
    }

    /// The shop whose state stands in this folder.
    ///
    /// # Errors
    /// Where none is up.
    pub async fn of(folder: &Path) -> Result<Self, ShopError> {
        let path = folder.join("shop.json");
        let text = std::fs::read_to_string(&path).map_err(|cause| ShopError::NotUp { path: path.clone(), cause })?;
        let state: State = serde_json::from_str(&text).map_err(|cause| ShopError::NoState { path, cause })?;
        let key = std::fs::read(&state.token_key)
            .map_err(|cause| ShopError::NotUp { path: state.token_key.clone(), cause })?;
        let issuer = Issuer::new(&key, AUDIENCE).ok_or_else(|| ShopError::NoKey { path: state.token_key.clone() })?;
        let mut shop = Self { gateway: state.gateway.clone(), state, issuer };
        shop.refresh().await?;
        Ok(shop)
    }

    /// Asks where the parts are now: processes come and go.
    ///
    /// # Errors
    /// Where nobody answers: the state was left by a shop that is gone.
    pub async fn refresh(&mut self) -> Result<(), ShopError> {
        let control = self.state.control.clone();
        let asked = async { reqwest::get(&control).await?.error_for_status()?.json().await };
        self.state = asked.await.map_err(|cause| ShopError::NoControl { control, cause })?;
        Ok(())
    }

    /// Waits until the gateway says that it takes requests: five times in a row, for breakers close one after the other.
    ///
    /// # Errors
    /// [`ShopError::NotReady`] after a minute.
    pub async fn ready(&self, client: &reqwest::Client) -> Result<Duration, ShopError> {
        const LONGEST: Duration = Duration::from_secs(60);
        let began = Instant::now();
        let mut in_a_row = 0;
        loop {
            let asked =
                client.get(format!("{}/health/ready", self.gateway)).timeout(Duration::from_secs(2)).send().await;
            let answer = asked.and_then(reqwest::Response::error_for_status);
            in_a_row = if answer.is_ok() { in_a_row + 1 } else { 0 };
            if in_a_row == 5 {
                return Ok(began.elapsed());
            }
            if LONGEST <= began.elapsed() {
                let why = answer.map_or_else(|error| error.to_string(), |_| "now and then it is".to_owned());
                return Err(ShopError::NotReady { after: LONGEST, why });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// A token for this customer.
    pub fn token(&self, customer: Uuid) -> String {
        self.issuer.token(customer, TOKEN_VALID)
    }
}
