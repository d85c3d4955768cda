//! `chandlery prove`: what Plimsoll predicts of the environment `local`, beside what the shop that is up does.
//!
//! For each journey: the line, three times, and the percentiles at shares of it. For each fault and journey: whether the
//! promise holds at half the line. A run on a machine that is busy with something else is void: it neither proves nor
//! refutes.

pub mod comparison;
pub mod prediction;
pub mod scenario;
pub mod show;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use reqwest::Client;
use serde::Serialize;

use crate::bench::journey::{Journey, Stage};
use crate::bench::run::{self, Measured, Plan};
use crate::bench::tally::Kept;
use crate::bench::{find_line, stage};
use crate::fault::parse::Fault;
use crate::fault::{FaultError, apply};
use crate::shop::{Shop, ShopError};
use crate::{Form, print};
use comparison::{Comparison, Pair, Quantity, Reading, Verdict, agreement, compare, void};
use prediction::{Plimsoll, PredictionError};
use scenario::{NORMAL, SCENARIOS, Scenario};

/// Arguments of `chandlery prove`.
#[derive(Clone, Debug, clap::Args)]
pub struct Prove {
    /// Only these journeys.
    #[arg(long, value_enum, default_values = ["browse", "basket", "checkout"])]
    pub journey: Vec<Journey>,
    /// How long one run lasts.
    #[arg(long = "for", default_value = "30s", value_parser = humantime::parse_duration)]
    pub span: Duration,
    /// How often each is measured; the median counts.
    #[arg(long, default_value_t = 3)]
    pub repeats: u64,
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["line", "percentiles", "faults"])]
    pub part: Vec<Part>,
    /// Only these faults, by their scenarios' names; all where none is named.
    #[arg(long, value_name = "NAME")]
    pub scenario: Vec<String>,
    /// The line that an earlier run measured, for the parts that need one and do not look for it.
    #[arg(long, value_name = "PER_S")]
    pub line: Option<f64>,
    /// The program that predicts.
    #[arg(long, default_value = "plimsoll")]
    pub plimsoll: PathBuf,
    /// The folder that it reads.
    #[arg(long, default_value = ".")]
    pub folder: PathBuf,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// A part of a proof. Each can be had by itself: a machine is seldom quiet for as long as all of them take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The journey's line.
    Line,
    /// How long answers take at shares of the line.
    Percentiles,
    /// Whether the promise holds under each fault, at half the line.
    Faults,
}

/// Why nothing was proved.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// No prediction.
    #[error(transparent)]
    Prediction(#[from] PredictionError),
    /// No shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// No stage.
    #[error(transparent)]
    Stage(#[from] stage::StageError),
    /// No load.
    #[error(transparent)]
    NoLoad(#[from] run::NoLoad),
    /// No fault.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// No line.
    #[error(
        "percentiles and faults are measured at shares of a line: add `--part line`, or say `--line` as it was measured"
    )]
    NoLine,
    /// No such scenario.
    #[error("`{0}` is no scenario that can be brought about here; there are {all}", all = SCENARIOS.map(|one| one.name).join(", "))]
    NoScenario(String),
}

/// Predicted beside measured.
#[derive(Serialize)]
pub struct Proof {
    format: &'static str,
    /// Lines and percentiles.
    pub comparisons: Vec<Comparison>,
    /// Faults.
    pub pairs: Vec<Pair>,
}

/// Shares of the line at which percentiles are measured.
const SHARES: [f64; 3] = [0.5, 0.8, 0.95];

/// How narrow a line is to be found: a third of its tolerance.
const PRECISION: f64 = 0.05;

impl Prove {
    /// Proves the shop that is up. Exit code 1 where something differs.
    ///
    /// # Errors
    /// [`ProveError`], where nothing could be proved.
    pub async fn run(self) -> Result<ExitCode, ProveError> {
        let plimsoll = Plimsoll { program: self.plimsoll.clone(), folder: self.folder.clone() };
        let mut shop = Shop::find().await?;
        let client = run::client();
        let mut proof = Proof { format: "chandlery-prove/1", comparisons: Vec::new(), pairs: Vec::new() };
        let needs_line = self.does(Part::Percentiles) || self.does(Part::Faults);
        if needs_line && !self.does(Part::Line) && self.line.is_none() {
            return Err(ProveError::NoLine);
        }
        for &journey in &self.journey {
            let stage = stage::set(&client, &shop, 256, journey).await?;
            let line = match self.does(Part::Line) {
                true => self.measure_line(&client, &stage, journey, &plimsoll, &mut proof).await?,
                false => self.line,
            };
            let Some(line) = line else { continue };
            for share in SHARES.into_iter().filter(|_| self.does(Part::Percentiles)) {
                self.percentiles(&client, &stage, journey, &plimsoll, (share, line), &mut proof).await?;
            }
            if self.does(Part::Faults) {
                for scenario in self.scenarios()? {
                    self.fault(&client, &mut shop, (&stage, journey), &plimsoll, (scenario, line / 2.0), &mut proof)
                        .await?;
                }
            }
        }
        print(self.format, &proof, || show::text(&proof));
        Ok(if proof.is_well() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn does(&self, part: Part) -> bool {
        self.part.contains(&part)
    }

    /// The faults that were asked for.
    fn scenarios(&self) -> Result<Vec<Scenario>, ProveError> {
        if self.scenario.is_empty() {
            return Ok(SCENARIOS.to_vec());
        }
        let named = self.scenario.iter().map(|name| {
            let found = SCENARIOS.into_iter().find(|one| one.name == *name);
            found.ok_or_else(|| ProveError::NoScenario(name.clone()))
        });
        named.collect()
    }

    fn plan(&self, journey: Journey, rate_per_s: f64, repeat: u64) -> Plan {
        Plan { journey, rate_per_s, span_s: self.span.as_secs_f64(), warm_up_s: 3.0, seed: 1 + repeat * 1_000_003 }
    }

    /// Measures the line; answers with its median, if there is one. What is predicted is asked before.
    async fn measure_line(
        &self,
        client: &Client,
        stage: &Stage,
        journey: Journey,
        plimsoll: &Plimsoll,
        proof: &mut Proof,
    ) -> Result<Option<f64>, ProveError> {
        let predicted = plimsoll.line(journey, NORMAL).await?;
        // Where the search begins saves time; where it ends is not biased by it.
        let from = predicted.line_per_s.map_or(12.0, |line| line.value * 0.8);
        let mut readings = Vec::new();
        for repeat in 0..self.repeats {
            let found = find_line(client, stage, self.plan(journey, from, repeat), PRECISION).await?;
            let line = found.line.per_s();
            // At the line: the run that held nearest to it. Above it the shop is meant to be busy.
            let nearest = found
                .runs
                .iter()
                .filter(|run| line.is_none_or(|line| run.plan.rate_per_s <= line))
                .max_by(|a, b| a.plan.rate_per_s.total_cmp(&b.plan.rate_per_s));
            readings.push(Reading { value: line, void: nearest.and_then(voided) });
        }
        let predicted = predicted.line_per_s.map(|line| line.value);
        let row = compare(journey, Quantity::LinePerS, None, predicted, &readings);
        let measured = row.measured;
        proof.comparisons.push(row);
        Ok(measured)
    }

    async fn percentiles(
        &self,
        client: &Client,
        stage: &Stage,
        journey: Journey,
        plimsoll: &Plimsoll,
        (share, line): (f64, f64),
        proof: &mut Proof,
    ) -> Result<(), ProveError> {
        let rate = share * line;
        let predicted = plimsoll.run(journey, None, rate).await?.latency_s;
        let mut runs = Vec::new();
        for repeat in 0..self.repeats {
            runs.push(run::run(client, stage, self.plan(journey, rate, repeat + 100)).await?);
        }
        let of = |quantity: Quantity, run: &Measured| {
            let latency = run.tally.latency();
            match quantity {
                Quantity::P50Ms => Some(latency.p50_ms),
                Quantity::P95Ms => Some(latency.p95_ms),
                Quantity::P99Ms => Some(latency.p99_ms),
                Quantity::LinePerS => None,
            }
        };
        for (quantity, predicted) in
            [(Quantity::P50Ms, predicted.p50), (Quantity::P95Ms, predicted.p95), (Quantity::P99Ms, predicted.p99)]
        {
            let readings: Vec<Reading> =
                runs.iter().map(|run| Reading { value: of(quantity, run), void: voided(run) }).collect();
            let predicted_ms = predicted.map(|time| time.value * 1e3);
            proof.comparisons.push(compare(journey, quantity, Some(share), predicted_ms, &readings));
        }
        Ok(())
    }

    async fn fault(
        &self,
        client: &Client,
        shop: &mut Shop,
        (stage, journey): (&Stage, Journey),
        plimsoll: &Plimsoll,
        (scenario, load_per_s): (Scenario, f64),
        proof: &mut Proof,
    ) -> Result<(), ProveError> {
        let predicted_holds = plimsoll.line(journey, scenario.name).await?.holds_at(load_per_s);
        for fault in scenario.faults() {
            apply(client, shop, &fault).await?;
        }
        let measured = run::run(client, stage, self.plan(journey, load_per_s, 200)).await;
        for what in scenario.faults().iter().filter_map(Fault::healed_by) {
            apply(client, shop, &Fault::Heal { what }).await?;
        }
        let measured = measured?;
        shop.ready(client).await?;
        // Breakers open for five seconds, and a slot that hangs is free after one.
        tokio::time::sleep(Duration::from_secs(6)).await;
        let held = measured.tally.kept(journey.promise()) == Kept::Held;
        proof.pairs.push(Pair {
            scenario: scenario.name.to_owned(),
            journey,
            load_per_s,
            predicted_holds,
            measured_holds: voided(&measured).is_none().then_some(held),
            success: measured.tally.success(),
            p95_ms: measured.tally.latency().p95_ms,
        });
        Ok(())
    }
}

fn voided(run: &Measured) -> Option<comparison::Void> {
    void(run.cpu_busy, run.tally.sent_late_p99_ms())
}

impl Proof {
    /// Whether nothing differs, and the faults' verdicts agree in at least nine of ten.
    pub fn is_well(&self) -> bool {
        let differs = self.comparisons.iter().any(|row| row.verdict == Verdict::Differs);
        !differs && agreement(&self.pairs).is_none_or(|share| 0.9 <= share)
    }
}
