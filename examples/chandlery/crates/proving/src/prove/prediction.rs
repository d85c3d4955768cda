//! What Plimsoll predicts: the answers of `plimsoll loadline` and `plimsoll simulate`, as far as they are compared.
//!
//! Predictions come from `plimsoll.yaml` and the manifests alone, never from the run that they are held against.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::bench::journey::Journey;

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plimsoll {
    /// The program.
    pub program: PathBuf,
    /// The folder of the shop.
    pub folder: PathBuf,
}

/// The environment that runs on one machine.
const ENVIRONMENT: &str = "local";

/// Of `plimsoll loadline --format json` (`plimsoll-loadline/1`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LoadLines {
    /// One for each scenario and journey.
    pub scenarios: Vec<ScenarioLine>,
}

/// The line of one journey in one scenario.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ScenarioLine {
    /// The scenario.
    pub id: String,
    /// The journey.
    pub journey: String,
    /// Where the scarcest resource is full.
    pub bound_per_s: Option<f64>,
    /// Where a promise breaks; none where it is broken at rest, or never breaks.
    pub line_per_s: Option<Interval>,
    /// Which of these it is.
    pub verdict: Verdict,
}

/// A figure with the range that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The figure.
    pub value: f64,
    /// The least that it may be.
    pub low: f64,
    /// The most that it may be.
    pub high: f64,
}

/// What `loadline` says of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Up to the line.
    Holds,
    /// At no load.
    BrokenAtRest,
    /// At any load that can be simulated.
    Unbounded,
}

impl ScenarioLine {
    /// Whether the promise is kept at this load.
    pub fn holds_at(&self, load_per_s: f64) -> bool {
        match self.verdict {
            Verdict::BrokenAtRest => false,
            Verdict::Unbounded => true,
            Verdict::Holds => self.line_per_s.is_some_and(|line| load_per_s <= line.value),
        }
    }
}

/// Of `plimsoll simulate --format json` (`plimsoll-simulate/1`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Simulated {
    /// One for each journey that had load.
    pub journeys: Vec<Flow>,
}

/// A journey in a simulated run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Flow {
    /// The journey.
    pub id: String,
    /// How many came a second.
    pub offered_per_s: f64,
    /// How many were done a second.
    pub completed_per_s: f64,
    /// Latencies of those that were done, in seconds.
    pub latency_s: Times,
}

/// Percentiles; none where the run was too short to tell.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Times {
    /// Median.
    pub p50: Option<Interval>,
    /// 95th percentile.
    pub p95: Option<Interval>,
    /// 99th percentile.
    pub p99: Option<Interval>,
}

/// Why there is no prediction.
#[derive(Debug, thiserror::Error)]
pub enum PredictionError {
    /// The program cannot be started.
    #[error("`{}` cannot be started: build it with `cargo build --release -p plimsoll` and name it with --plimsoll", program.display())]
    NoProgram {
        /// Which.
        program: PathBuf,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// It did not do what it was asked.
    #[error("`plimsoll {asked}` failed with {code:?}: {said}")]
    Refused {
        /// What it was asked.
        asked: String,
        /// Its exit code.
        code: Option<i32>,
        /// The last line that it said on stderr.
        said: String,
    },
    /// Its answer has another form.
    #[error("the answer of `plimsoll {asked}` has not the form that is known here")]
    Form {
        /// What it was asked.
        asked: String,
        /// What is wrong.
        #[source]
        cause: serde_json::Error,
    },
    /// Nothing is predicted for it.
    #[error("`plimsoll {asked}` says nothing of {what}")]
    Silent {
        /// What it was asked.
        asked: &'static str,
        /// Of what.
        what: String,
    },
}

impl Plimsoll {
    /// The line of one journey in one scenario, the everyday being `today`.
    ///
    /// # Errors
    /// [`PredictionError`], where there is none.
    pub async fn line(&self, journey: Journey, scenario: &str) -> Result<ScenarioLine, PredictionError> {
        let lines: LoadLines =
            self.ask(&["loadline", "--line-only", "--journey", journey.name(), "--scenario", scenario]).await?;
        line_of(&lines, journey, scenario).cloned()
    }

    /// What happens in a scenario, none being the everyday, when so many of one journey come.
    ///
    /// # Errors
    /// [`PredictionError`], where that cannot be told.
    pub async fn run(
        &self,
        journey: Journey,
        scenario: Option<&str>,
        load_per_s: f64,
    ) -> Result<Flow, PredictionError> {
        let load = format!("{}={load_per_s:.3}/s", journey.name());
        let mut arguments = vec!["simulate", "--load", &load];
        arguments.extend(scenario.iter().flat_map(|scenario| ["--scenario", scenario]));
        let simulated: Simulated = self.ask(&arguments).await?;
        let flow = simulated.journeys.into_iter().find(|flow| flow.id == journey.name());
        flow.ok_or_else(|| PredictionError::Silent { asked: "simulate", what: journey.to_string() })
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, arguments: &[&str]) -> Result<T, PredictionError> {
        let asked = || arguments.join(" ");
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--environment", ENVIRONMENT, "--format", "json"]).arg(&self.folder);
        let output = command
            .output()
            .await
            .map_err(|cause| PredictionError::NoProgram { program: self.program.clone(), cause })?;
        // 1 is an answer too: the line is below the expected peak.
        if !matches!(output.status.code(), Some(0 | 1)) {
            let said = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
            return Err(PredictionError::Refused { asked: asked(), code: output.status.code(), said });
        }
        serde_json::from_slice(&output.stdout).map_err(|cause| PredictionError::Form { asked: asked(), cause })
    }
}

fn line_of<'a>(lines: &'a LoadLines, journey: Journey, scenario: &str) -> Result<&'a ScenarioLine, PredictionError> {
    let of = |line: &&ScenarioLine| line.id == scenario && line.journey == journey.name();
    let silent = || PredictionError::Silent { asked: "loadline", what: format!("{journey} in {scenario}") };
    lines.scenarios.iter().find(of).ok_or_else(silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_what_loadline_prints() {
        let lines: LoadLines = serde_json::from_str(include_str!("../../tests/predicted/loadline.json")).unwrap();
        let normal = line_of(&lines, Journey::Checkout, "today").unwrap();
        assert_eq!((normal.bound_per_s, normal.verdict), (Some(32.0), Verdict::Holds));
        assert_eq!(normal.line_per_s.unwrap(), Interval { value: 27.4, low: 27.0, high: 27.8 });
        assert!(normal.holds_at(27.0) && !normal.holds_at(28.0));
        let hanging = line_of(&lines, Journey::Checkout, "psp-hangs-locally").unwrap();
        assert!(!hanging.holds_at(0.5));
        assert!(line_of(&lines, Journey::Browse, "mailer-hangs-locally").unwrap().holds_at(1e6));
        let error = line_of(&lines, Journey::Track, "today").unwrap_err().to_string();
        assert_eq!(error, "`plimsoll loadline` says nothing of track in today");
    }

    #[test]
    fn percentiles_are_read_from_what_simulate_prints_and_may_be_missing() {
        let run: Simulated = serde_json::from_str(include_str!("../../tests/predicted/simulate.json")).unwrap();
        let checkout = &run.journeys[0];
        assert_eq!((checkout.id.as_str(), checkout.offered_per_s), ("checkout", 14.0));
        assert_eq!(checkout.latency_s.p95.map(|p95| p95.value), Some(0.65));
        assert_eq!(checkout.latency_s.p99, None);
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named_with_what_to_do() {
        let plimsoll = Plimsoll { program: "./no-such-plimsoll".into(), folder: ".".into() };
        let error = plimsoll.line(Journey::Checkout, "today").await.unwrap_err().to_string();
        assert!(error.starts_with("`./no-such-plimsoll` cannot be started: build it with"), "{error}");
    }
}
