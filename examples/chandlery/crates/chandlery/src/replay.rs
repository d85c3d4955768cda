//! `chandlery replay`: a consumer's dead letters are published again.

use clap::Args;
use serde_json::Value;
use service_kit::config::Variables;
use shop::dead_letters::{self, CONSUMERS};
use std::{error::Error, path::PathBuf};

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Whose.
    #[arg(value_parser = CONSUMERS)]
    consumer: String,
    /// Where `shop.json` says where the shop is that is up. Not looked at where NATS_URL is set.
    #[arg(long, default_value = "dev", env = "CHANDLERY_STATE")]
    state: PathBuf,
}

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// In the log that `NATS_URL` and `EVENTS_STREAM` name, as the services have them; else in the shop that is up here.
pub(crate) async fn run(replay: Replay) -> Result<()> {
    let variables = Variables::from_env();
    let replayed = match variables.optional::<String>("NATS_URL")? {
        Some(_) => dead_letters::replay(&*dead_letters::log_of(&variables).await?, &replay.consumer).await?,
        None => ask(&replay).await?,
    };
    println!("{replayed} dead letters of {} go round again", replay.consumer);
    Ok(())
}

async fn ask(replay: &Replay) -> Result<usize> {
    let shop = proving::shop::Shop::of(&replay.state).await?;
    let url = format!("{}/dead-letters/{}/replay", shop.state.control, replay.consumer);
    let answer: Value = reqwest::Client::new().post(url).send().await?.json().await?;
    match answer["replayed"].as_u64() {
        Some(replayed) => Ok(replayed as usize),
        None => Err(answer["error"].as_str().unwrap_or("the shop's control does not know of dead letters").into()),
    }
}
