//! Rolling restart: every service is replaced under load, and nobody notices.

use std::time::Duration;

use reqwest::Client;
use serde::Serialize;

use super::{DrillError, Report};
use crate::Form;
use crate::bench::journey::Journey;
use crate::bench::run::{self, Plan};
use crate::bench::stage;
use crate::fault::apply;
use crate::fault::parse::Fault;
use crate::shop::Shop;

/// Arguments of `chandlery drill roll`.
#[derive(Clone, Debug, clap::Args)]
pub struct Roll {
    /// Checkouts a second meanwhile.
    #[arg(long, default_value_t = 8.0)]
    pub rate: f64,
    /// Between two services.
    #[arg(long, default_value = "1s", value_parser = humantime::parse_duration)]
    pub gap: Duration,
    /// Arrivals follow from it.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// What came of it.
#[derive(Serialize)]
pub struct RollReport {
    format: &'static str,
    replaced: Vec<String>,
    /// Of each journey: its name, how many came, and how many of those were done.
    journeys: Vec<(Journey, u64, u64)>,
    /// Answers that are no success, by journey and status; 0 stands for no answer. None.
    failed: Vec<(Journey, u16, u64)>,
}

impl Roll {
    /// Holds the drill. Every journey is under load at once, checkout at the rate and the others at a quarter of it.
    ///
    /// # Errors
    /// [`DrillError`], where it could not be held.
    pub async fn run(&self, mut shop: Shop) -> Result<RollReport, DrillError> {
        let client = run::client();
        let services: Vec<String> = shop.state.services.keys().cloned().collect();
        let mut stages = Vec::new();
        for journey in Journey::ALL {
            stages.push((journey, stage::set(&client, &shop, 64, journey).await?));
        }
        // As long as it takes: a service drains within its grace period, which is seconds.
        let span_s = (self.gap + Duration::from_secs(4)).as_secs_f64() * services.len() as f64;
        let runs = stages.iter().map(|(journey, stage)| {
            let rate_per_s = if *journey == Journey::Checkout { self.rate } else { self.rate / 4.0 };
            run::run(&client, stage, Plan { journey: *journey, rate_per_s, span_s, warm_up_s: 0.0, seed: self.seed })
        });
        let restarts = self.restart(&client, &mut shop, &services);
        let (runs, restarted) = tokio::join!(futures::future::try_join_all(runs), restarts);
        restarted?;
        let runs = runs?;
        let failed = runs.iter().flat_map(|run| {
            let bad = run.tally.statuses.iter().filter(|(status, _)| !(200..300).contains(*status));
            bad.map(|(status, times)| (run.plan.journey, *status, *times))
        });
        Ok(RollReport {
            format: "chandlery-drill-roll/1",
            failed: failed.collect(),
            journeys: runs.iter().map(|run| (run.plan.journey, run.tally.offered, run.tally.done)).collect(),
            replaced: services,
        })
    }

    async fn restart(&self, client: &Client, shop: &mut Shop, services: &[String]) -> Result<(), DrillError> {
        for service in services {
            tokio::time::sleep(self.gap).await;
            apply(client, shop, &Fault::Restart { service: service.clone() }).await?;
            shop.ready(client).await?;
        }
        Ok(())
    }
}

impl Report for RollReport {
    fn text(&self) -> String {
        let mut text = format!("replaced {}\n", self.replaced.join(", "));
        for (journey, offered, done) in &self.journeys {
            text += &format!("  {journey}: {done} of {offered} done\n");
        }
        for (journey, status, times) in &self.failed {
            text += &format!("FAILED {journey}: {times} × {status}\n");
        }
        text
    }

    fn is_well(&self) -> bool {
        self.failed.is_empty()
    }
}
