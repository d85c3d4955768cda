//! `chandlery bench`: customers come at a rate, and what became of them is counted.
//!
//! An open loop: the next customer does not wait for the last one's answer, as real ones do not. A closed loop would slow
//! down with the shop and so hide how it fails.

pub mod arrivals;
pub mod journey;
pub mod line;
pub mod run;
pub mod show;
pub mod stage;
pub mod tally;

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::shop::{Shop, ShopError};
use crate::{Form, print};
use journey::Journey;
use line::{Line, Search};
use run::{Measured, Plan};
use stage::StageError;
use tally::Kept;

/// Arguments of `chandlery bench`.
#[derive(Clone, Debug, clap::Args)]
pub struct Bench {
    /// What customers come for.
    #[arg(long, value_enum, default_value = "checkout")]
    pub journey: Journey,
    /// How many come a second; with --find-line, the first rate that is tried.
    #[arg(long, default_value_t = 12.0)]
    pub rate: f64,
    /// For how long they come; with --find-line, at each rate.
    #[arg(long = "for", default_value = "30s", value_parser = humantime::parse_duration)]
    pub span: Duration,
    /// So much at the start of a run is not counted.
    #[arg(long, default_value = "3s", value_parser = humantime::parse_duration)]
    pub warm_up: Duration,
    /// Look for the highest rate that keeps the journey's promise.
    #[arg(long)]
    pub find_line: bool,
    /// How narrow the line is to be found, as a share of it.
    #[arg(long, default_value_t = 0.05)]
    pub precision: f64,
    /// Arrivals, and what they ask for, follow from it.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many customers take turns.
    #[arg(long, default_value_t = 64)]
    pub customers: usize,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// Why there was nothing to count.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// Nothing to ask for.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// Nothing to do.
    #[error(transparent)]
    NoLoad(#[from] run::NoLoad),
}

/// A search, with every run that it made.
pub struct Found {
    /// Where the line is.
    pub line: Line,
    /// In the order in which they were made.
    pub runs: Vec<Measured>,
}

/// Between two runs of a search, so that what one left behind does not burden the next.
const REST: Duration = Duration::from_secs(2);

/// No laptop carries more than this through a gateway that holds a slot for each.
const AT_MOST_PER_S: f64 = 2_000.0;

impl Bench {
    /// Runs it against the shop that is up. Exit code 1 where the promise was broken.
    ///
    /// # Errors
    /// [`BenchError`], where there is nothing to count.
    pub async fn run(self) -> Result<ExitCode, BenchError> {
        let shop = Shop::find().await?;
        let client = run::client();
        let stage = stage::set(&client, &shop, self.customers, self.journey).await?;
        let plan = Plan {
            journey: self.journey,
            rate_per_s: self.rate,
            span_s: self.span.as_secs_f64(),
            warm_up_s: self.warm_up.as_secs_f64(),
            seed: self.seed,
        };
        if self.find_line {
            let found = find_line(&client, &stage, plan, self.precision).await?;
            print(self.format, &show::Search::of(&found), || show::search(&found));
            return Ok(ExitCode::SUCCESS);
        }
        let measured = run::run(&client, &stage, plan).await?;
        print(self.format, &show::Run::of(&measured), || show::run(&measured));
        let kept = measured.tally.kept(self.journey.promise());
        Ok(if kept == Kept::Held { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Looks for the line from the plan's rate on, with one run at each rate; every run has a seed of its own.
///
/// # Errors
/// [`run::NoLoad`] where the plan is none.
pub async fn find_line(
    client: &reqwest::Client,
    stage: &journey::Stage,
    plan: Plan,
    precision: f64,
) -> Result<Found, run::NoLoad> {
    let mut runs: Vec<Measured> = Vec::new();
    let search = Search { from_per_s: plan.rate_per_s, at_most_per_s: AT_MOST_PER_S, precision };
    let line = search
        .run(async |rate_per_s| {
            let seed = plan.seed.wrapping_add(1000 * runs.len() as u64);
            let measured = run::run(client, stage, Plan { rate_per_s, seed, ..plan }).await?;
            let kept = measured.tally.kept(plan.journey.promise());
            eprintln!("{}", show::brief(&measured));
            runs.push(measured);
            tokio::time::sleep(REST).await;
            Ok::<_, run::NoLoad>(kept == Kept::Held)
        })
        .await?;
    Ok(Found { line, runs })
}

/// The format of the JSON documents of this module; fields are only added.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Format {
    /// One run.
    #[serde(rename = "chandlery-bench/1")]
    Run,
    /// A search for the line.
    #[serde(rename = "chandlery-line/1")]
    Line,
}
