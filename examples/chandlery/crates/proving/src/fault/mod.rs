//! `chandlery fault`: parts of the shop go wrong, for real.
//!
//! Third parties misbehave through their stand-ins, stores are slow or cut off through the proxies of `up --real`, services
//! are killed by the system. Nothing in a service knows of it.

pub mod parse;

use std::process::ExitCode;
use std::time::Duration;

use proxy::Trouble;
use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::shop::{Shop, ShopError};
use parse::{Fault, Misbehaviour, NoFault, ThirdParty};

/// Arguments of `chandlery fault`.
#[derive(Clone, Debug, clap::Args)]
pub struct FaultArgs {
    /// What goes wrong: `psp hang 37.5%`, `kill orders`, `slow catalog-db 200ms`, `cut events`, `heal events` …
    #[arg(required = true, num_args = 1..)]
    pub words: Vec<String>,
    /// For so long, and then it is healed. Without it, until healed.
    #[arg(long = "for", value_parser = humantime::parse_duration)]
    pub span: Option<Duration>,
}

/// Why nothing went wrong that was to.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// No shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// No fault.
    #[error(transparent)]
    Words(#[from] NoFault),
    /// There is no such part, in this mode.
    #[error("there is no {what} here: {hint}")]
    NoSuch {
        /// What was named.
        what: String,
        /// What to do.
        hint: &'static str,
    },
    /// A stand-in, a proxy or the supervisor did not do it.
    #[error("{url} did not do it")]
    Refused {
        /// Who.
        url: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// The process could not be killed.
    #[error("process {pid} cannot be killed")]
    Kill {
        /// Which.
        pid: i32,
        /// Why not.
        #[source]
        cause: rustix::io::Errno,
    },
    /// The cache could not be flushed.
    #[error("{store} cannot be flushed")]
    Flush {
        /// Which.
        store: String,
        /// Why not.
        #[source]
        cause: redis::RedisError,
    },
}

impl FaultArgs {
    /// Makes the fault, and heals it where it was to last only so long.
    ///
    /// # Errors
    /// [`FaultError`], where nothing went wrong that was to.
    pub async fn run(self) -> Result<ExitCode, FaultError> {
        let fault = parse::parse(&self.words)?;
        let mut shop = Shop::find().await?;
        let client = Client::new();
        apply(&client, &mut shop, &fault).await?;
        println!("{}", self.words.join(" "));
        if let Some((span, what)) = self.span.zip(fault.healed_by()) {
            tokio::time::sleep(span).await;
            apply(&client, &mut shop, &Fault::Heal { what: what.clone() }).await?;
            println!("heal {what}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Fault {
    /// What to heal when it is over; `None` where it is over at once.
    pub fn healed_by(&self) -> Option<String> {
        match self {
            Self::ThirdParty { who: ThirdParty::Psp, .. } => Some("psp".to_owned()),
            Self::ThirdParty { who: ThirdParty::Mailer, .. } => Some("mailer".to_owned()),
            Self::Slow { store, .. } | Self::Cut { store } => Some(store.clone()),
            Self::Kill { .. } | Self::Restart { .. } | Self::Flush { .. } | Self::Heal { .. } => None,
        }
    }
}

impl Misbehaviour {
    /// The change of the stand-in's behaviour.
    fn patch(self) -> Value {
        match self {
            Self::Hang(percent) => json!({ "hang_percent": percent }),
            Self::Fail(percent) => json!({ "fail_percent": percent }),
            Self::LoseAnswer(percent) => json!({ "lose_answer_percent": percent }),
            Self::Slow(factor) => json!({ "slow_factor": factor }),
            Self::Quota(per_s) => json!({ "quota_per_s": per_s }),
        }
    }
}

/// Makes a fault, or heals one.
///
/// # Errors
/// [`FaultError`], where nothing went wrong that was to.
pub async fn apply(client: &Client, shop: &mut Shop, fault: &Fault) -> Result<(), FaultError> {
    match fault {
        Fault::ThirdParty { who, how } => behave(client, shop, *who, how.patch()).await,
        Fault::Kill { service } => {
            shop.refresh().await?;
            let processes = shop.state.services.get(service).filter(|processes| !processes.is_empty());
            let processes =
                processes.ok_or_else(|| no_such(service, "services are processes under `up --real` only"))?;
            processes.iter().try_for_each(|process| kill(process.pid))
        }
        Fault::Restart { service } => {
            let url = format!("{}/services/{service}/restart", shop.state.control);
            send(client.post(&url), url).await
        }
        Fault::Slow { store, delay } => {
            let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
            trouble(client, shop, store, Trouble { delay_ms, cut: false }).await
        }
        Fault::Cut { store } => trouble(client, shop, store, Trouble { delay_ms: 0, cut: true }).await,
        Fault::Flush { store } => flush(shop, store).await,
        Fault::Heal { what } => match what.as_str() {
            "psp" => behave(client, shop, ThirdParty::Psp, stand_in_healed()).await,
            "mailer" => behave(client, shop, ThirdParty::Mailer, stand_in_healed()).await,
            store => trouble(client, shop, store, Trouble::default()).await,
        },
    }
}

/// What undoes every misbehaviour but a quota, of which nobody here knows what it was.
fn stand_in_healed() -> Value {
    json!({ "hang_percent": 0.0, "fail_percent": 0.0, "lose_answer_percent": 0.0, "slow_factor": 1.0 })
}

async fn behave(client: &Client, shop: &Shop, who: ThirdParty, patch: Value) -> Result<(), FaultError> {
    let base = match who {
        ThirdParty::Psp => &shop.state.psp,
        ThirdParty::Mailer => &shop.state.mailer,
    };
    let url = format!("{base}/stand-in/behaviour");
    send(client.patch(&url).json(&patch), url).await
}

async fn trouble(client: &Client, shop: &Shop, store: &str, trouble: Trouble) -> Result<(), FaultError> {
    let url = format!("{}/proxies/{store}", shop.state.control);
    match send(client.put(&url).json(&trouble), url).await {
        Err(FaultError::Refused { cause, .. }) if cause.status() == Some(reqwest::StatusCode::NOT_FOUND) => {
            Err(no_such(store, "stores stand behind proxies under `up --real` only"))
        }
        sent => sent,
    }
}

async fn flush(shop: &Shop, store: &str) -> Result<(), FaultError> {
    if store != "catalog-cache" {
        return Err(no_such(store, "only `catalog-cache` can be flushed"));
    }
    let url = shop.state.redis.get("catalog").ok_or_else(|| no_such(store, "it is a server under `up --real` only"))?;
    let flushed = async {
        let mut connection = redis::Client::open(url.as_str())?.get_multiplexed_async_connection().await?;
        redis::cmd("FLUSHDB").query_async::<()>(&mut connection).await
    };
    flushed.await.map_err(|cause| FaultError::Flush { store: store.to_owned(), cause })
}

/// Kills a process as the system does when memory runs out: at once, without a word.
///
/// # Errors
/// Where it may not be killed. One that is gone already is no error.
pub fn kill(pid: i32) -> Result<(), FaultError> {
    // Numbers below 1 would mean groups of processes.
    let process = Pid::from_raw(pid).filter(|_| 0 < pid);
    let process = process.ok_or(FaultError::Kill { pid, cause: rustix::io::Errno::INVAL })?;
    match kill_process(process, Signal::KILL) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(cause) => Err(FaultError::Kill { pid, cause }),
    }
}

async fn send(request: reqwest::RequestBuilder, url: String) -> Result<(), FaultError> {
    let sent = request.send().await.and_then(reqwest::Response::error_for_status);
    sent.map(drop).map_err(|cause| FaultError::Refused { url, cause })
}

fn no_such(what: &str, hint: &'static str) -> FaultError {
    FaultError::NoSuch { what: what.to_owned(), hint }
}
