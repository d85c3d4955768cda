//! One run: customers come when the seed says, whether answers come or not.

use std::time::Duration;

use rand::{SeedableRng, rngs::SmallRng};
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::arrivals::Arrivals;
use super::journey::{Attempt, Journey, Stage};
use super::tally::{Ended, Outcome, Tally};
use crate::machine::CpuTimes;

/// What is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Which journey.
    pub journey: Journey,
    /// How many come a second, on average.
    pub rate_per_s: f64,
    /// For how long they come; those who came at the end are still waited for.
    pub span_s: f64,
    /// So much at the start is run and not counted.
    pub warm_up_s: f64,
    /// Arrivals and what they ask for follow from it.
    pub seed: u64,
}

/// How long a customer waits at most, from when it meant to come.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What a run gave.
#[derive(Clone)]
pub struct Measured {
    /// What was run.
    pub plan: Plan,
    /// What became of the requests.
    pub tally: Tally,
    /// The share of all cores that was busy, 0 to 1; the generator included. `None` where it cannot be known.
    pub cpu_busy: Option<f64>,
    /// Every checkout, with how it ended: what a drill asks about again.
    pub attempts: Vec<Asked>,
}

/// A checkout that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was asked.
    pub attempt: Attempt,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the answer says that the order is, if it says so.
    pub location: Option<String>,
}

/// The plan makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a rate of {rate_per_s} a second for {span_s} s is no load")]
pub struct NoLoad {
    rate_per_s: f64,
    span_s: f64,
}

/// A client that makes as many connections as it takes, and keeps them.
pub fn client() -> Client {
    let client = Client::builder().pool_max_idle_per_host(usize::MAX).tcp_nodelay(true).timeout(PATIENCE);
    client.build().expect("a client without TLS needs nothing from the system")
}

/// Runs the plan to its end. Takes the span, and at most [`PATIENCE`] more.
///
/// # Errors
/// [`NoLoad`] where rate or span are not finite and above 0.
pub async fn run(client: &Client, stage: &Stage, plan: Plan) -> Result<Measured, NoLoad> {
    let no_load = NoLoad { rate_per_s: plan.rate_per_s, span_s: plan.span_s };
    let span = Duration::try_from_secs_f64(plan.warm_up_s + plan.span_s).map_err(|_| no_load)?;
    let warm_up = Duration::try_from_secs_f64(plan.warm_up_s).map_err(|_| no_load)?;
    let arrivals = Arrivals::new(plan.rate_per_s, plan.seed).ok_or(no_load)?;
    // Another stream than the arrivals': what is bought must not shift when customers come.
    let mut dice = SmallRng::seed_from_u64(plan.seed ^ 0x9e37_79b9_7f4a_7c15);
    let (done, mut ended) = mpsc::unbounded_channel();

    let (began, cpu_before) = (Instant::now(), CpuTimes::now());
    for (number, at) in arrivals.take_while(|at| *at < span).enumerate() {
        let prepared = stage.prepare(client, plan.journey, number as u64, &mut dice);
        let intended = began + at;
        tokio::time::sleep_until(intended).await;
        let (done, counts) = (done.clone(), warm_up <= at);
        tokio::spawn(async move {
            let (ended, location) = ask(prepared.request, intended).await;
            let asked = prepared.checkout.map(|attempt| Asked { attempt, outcome: ended.outcome, location });
            // The receiver lives until every sender is gone.
            let _ = done.send((asked, counts.then_some(ended)));
        });
    }
    let cpu_after = CpuTimes::now();
    drop(done);

    let (mut tally, mut attempts) = (Tally::default(), Vec::new());
    while let Some((asked, counted)) = ended.recv().await {
        attempts.extend(asked);
        if let Some(ended) = counted {
            tally.add(ended);
        }
    }
    let cpu_busy = cpu_before.zip(cpu_after).map(|(before, after)| after.busy_since(before));
    Ok(Measured { plan, tally, cpu_busy, attempts })
}

/// Sends one request that was meant for `intended`, and reads the whole of its answer. With it comes where the answer says
/// that what it made is.
pub async fn ask(request: RequestBuilder, intended: Instant) -> (Ended, Option<String>) {
    let sent_late = intended.elapsed();
    let answer = async {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let header = |name| answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let is_problem = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/problem+json"));
        let location = header(LOCATION).map(str::to_owned);
        answer.bytes().await?;
        Ok::<_, reqwest::Error>((status, is_problem, location))
    };
    let (outcome, status, is_problem, location) = match answer.await {
        Ok((status, is_problem, location)) => (Outcome::of_status(Some(status)), Some(status), is_problem, location),
        Err(error) if error.is_timeout() => (Outcome::Late, None, false, None),
        Err(_) => (Outcome::Failed, None, false, None),
    };
    (Ended { outcome, status, is_problem, latency: intended.elapsed(), sent_late }, location)
}
