//! Overload: three times the line. What is taken must be done in time, what is not must be refused at once, and when the
//! crowd has gone all must be well again soon.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::{DrillError, Report};
use crate::Form;
use crate::bench::journey::Journey;
use crate::bench::run::{self, Measured, Plan};
use crate::bench::stage;
use crate::bench::tally::{Kept, Latency};
use crate::shop::Shop;

/// Arguments of `chandlery drill overload`.
#[derive(Clone, Debug, clap::Args)]
pub struct Overload {
    /// The journey's line, per second (`chandlery bench --find-line`).
    #[arg(long)]
    pub line: f64,
    /// Which journey.
    #[arg(long, value_enum, default_value = "checkout")]
    pub journey: Journey,
    /// How many times the line comes.
    #[arg(long, default_value_t = 3.0)]
    pub times: f64,
    /// For how long.
    #[arg(long = "for", default_value = "30s", value_parser = humantime::parse_duration)]
    pub span: Duration,
    /// Arrivals follow from it.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// What came of it.
#[derive(Serialize)]
pub struct OverloadReport {
    format: &'static str,
    journey: Journey,
    line_per_s: f64,
    /// Done a second while the line came.
    goodput_at_line_per_s: f64,
    /// Done a second while `times` the line came.
    goodput_per_s: f64,
    /// The latter as a share of the former. At least 0.8.
    goodput_share: f64,
    /// Of what was done while `times` the line came.
    latency: Latency,
    /// The most that its p99 may be: the promise, or the gateway's deadline where there is no promise.
    latency_limit_ms: f64,
    /// Errors without a problem document. None.
    without_problem: u64,
    /// From the last arrival of the crowd to the first second in which the promise held again at half the line. At most 5.
    recovered_after_s: Option<f64>,
    /// The largest resident memory of the shop's processes together, in MiB, during the overload.
    memory_mib: Option<f64>,
}

/// What must hold. Source: the bars of the shop's own design.
const GOODPUT_SHARE: f64 = 0.8;
const RECOVERY: Duration = Duration::from_secs(5);
/// The gateway's deadline for a checkout.
const DEADLINE_MS: f64 = 1500.0;

impl Overload {
    /// Holds the drill.
    ///
    /// # Errors
    /// [`DrillError`], where it could not be held.
    pub async fn run(&self, shop: Shop) -> Result<OverloadReport, DrillError> {
        let client = run::client();
        // Many customers: the overload shall meet the shop, not the rate limit of a customer.
        let stage = stage::set(&client, &shop, 1_000, self.journey).await?;
        let plan = |rate_per_s: f64, span: Duration, seed| Plan {
            journey: self.journey,
            rate_per_s,
            span_s: span.as_secs_f64(),
            warm_up_s: 2.0,
            seed,
        };
        let at_line = run::run(&client, &stage, plan(self.line, self.span, self.seed)).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let crowd = run::run(&client, &stage, plan(self.line * self.times, self.span, self.seed + 1)).await?;
        let memory_mib = memory_mib(&shop);
        // The run has waited for its last answers already: that time counts as recovery, by the gateway's deadline at most.
        let gone = Instant::now();
        let mut recovered_after_s = None;
        while gone.elapsed() < RECOVERY * 4 {
            let second = Plan {
                warm_up_s: 0.0,
                ..plan(self.line / 2.0, Duration::from_secs(1), gone.elapsed().as_millis() as u64)
            };
            let began_s = gone.elapsed().as_secs_f64();
            let calm = run::run(&client, &stage, second).await?;
            if calm.tally.kept(self.journey.promise()) == Kept::Held {
                recovered_after_s = Some(began_s);
                break;
            }
        }
        let (goodput_at_line_per_s, goodput_per_s) = (goodput(&at_line), goodput(&crowd));
        Ok(OverloadReport {
            format: "chandlery-drill-overload/1",
            journey: self.journey,
            line_per_s: self.line,
            goodput_at_line_per_s,
            goodput_per_s,
            goodput_share: goodput_per_s / goodput_at_line_per_s,
            latency: crowd.tally.latency(),
            latency_limit_ms: self.journey.promise().latency_p95_ms.unwrap_or(DEADLINE_MS),
            without_problem: crowd.tally.without_problem,
            recovered_after_s,
            memory_mib,
        })
    }
}

fn goodput(measured: &Measured) -> f64 {
    measured.tally.done as f64 / measured.plan.span_s
}

/// The largest resident sets (`VmHWM`) of all processes together. Source: proc_pid_status(5).
fn memory_mib(shop: &Shop) -> Option<f64> {
    let peak_kib = |pid: i32| -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    let processes = shop.state.services.values().flatten();
    let sizes: Vec<f64> = processes.filter_map(|process| peak_kib(process.pid)).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum::<f64>() / 1024.0)
}

impl Report for OverloadReport {
    fn text(&self) -> String {
        let mut text = format!(
            "{} at its line ({:.1}/s): {:.1} done/s; overloaded: {:.1} done/s, {:.0} % of it (at least {:.0} %)\n",
            self.journey,
            self.line_per_s,
            self.goodput_at_line_per_s,
            self.goodput_per_s,
            self.goodput_share * 100.0,
            GOODPUT_SHARE * 100.0,
        );
        text += &format!(
            "  p99 of what was done {:.0} ms (at most {:.0} ms)\n",
            self.latency.p99_ms, self.latency_limit_ms
        );
        text += &match self.recovered_after_s {
            Some(after) => format!("  recovered after {after:.1} s (at most {:.0} s)\n", RECOVERY.as_secs_f64()),
            None => "  did not recover\n".to_owned(),
        };
        if let Some(memory) = self.memory_mib {
            text += &format!("  {memory:.0} MiB resident at most, all services together\n");
        }
        text + &format!("  {} errors without a problem document\n", self.without_problem)
    }

    fn is_well(&self) -> bool {
        GOODPUT_SHARE <= self.goodput_share
            && self.latency.p99_ms <= self.latency_limit_ms
            && self.without_problem == 0
            && self.recovered_after_s.is_some_and(|after| after <= RECOVERY.as_secs_f64())
    }
}
