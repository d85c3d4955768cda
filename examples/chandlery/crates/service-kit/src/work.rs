//! Work that a service is told to do: so much processor time, or so much holding, for each call.
//!
//! With it a shop on a laptop has figures that are known beforehand, and a prediction can be held against them:
//! `WORK_HOLD` (mean time that a slot is held, without using a processor), `WORK_CPU` (mean processor time),
//! `WORK_CV` (coefficient of variation of both; 1, the default, is exponential), `WORK_SLOTS` (how many at once, first
//! come, first served). Without `WORK_HOLD` and `WORK_CPU` a service does its own work and nothing else.

use crate::config::{ConfigError, Variables};
use rand_distr::{Distribution as _, Gamma};
use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// The demand of one call.
#[derive(Clone, Debug)]
pub struct Work {
    hold: Option<Demand>,
    cpu: Option<Demand>,
    slots: Option<Arc<Semaphore>>,
}

/// A gamma distribution, in seconds. Coefficient of variation 1 makes it exponential.
#[derive(Clone, Copy, Debug)]
pub struct Demand(Gamma<f64>);

impl Demand {
    /// With this mean and coefficient of variation; `None` where there is none to spend.
    pub fn new(mean: Duration, cv: f64) -> Option<Self> {
        let shape = 1.0 / (cv * cv).max(1e-6);
        Gamma::new(shape, mean.as_secs_f64() / shape).ok().map(Self)
    }

    /// One draw.
    pub fn draw(&self) -> Duration {
        Duration::from_secs_f64(self.0.sample(&mut rand::rng()))
    }
}

impl Work {
    /// As the variables have it.
    pub fn from(variables: &Variables) -> Result<Self, ConfigError> {
        let cv = variables.or("WORK_CV", 1.0)?;
        let demand =
            |name| Ok::<_, ConfigError>(variables.optional::<Duration>(name)?.and_then(|mean| Demand::new(mean, cv)));
        let slots = variables.optional::<usize>("WORK_SLOTS")?.map(|slots| Arc::new(Semaphore::new(slots)));
        Ok(Self { hold: demand("WORK_HOLD")?, cpu: demand("WORK_CPU")?, slots })
    }

    /// Does the work of one call.
    pub async fn spend(&self) {
        if self.hold.is_none() && self.cpu.is_none() {
            return;
        }
        let _slot = match &self.slots {
            Some(slots) => Some(slots.acquire().await.expect("the slots are never closed")),
            None => None,
        };
        if let Some(cpu) = &self.cpu {
            spin(cpu.draw());
        }
        if let Some(hold) = &self.hold {
            tokio::time::sleep(hold.draw()).await;
        }
    }
}

/// Keeps a processor busy. Blocks its thread, as real computing does.
fn spin(time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        black_box((0..256_u64).fold(0, |sum, number| sum ^ black_box(number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_cv(demand: Demand) -> (f64, f64) {
        let draws: Vec<f64> = (0..100_000).map(|_| demand.draw().as_secs_f64() * 1000.0).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        (mean, variance.sqrt() / mean)
    }

    /// The standard error of the mean of 100,000 draws is 0.3 % of the mean at most, that of the coefficient less than
    /// 1 %: beyond five of them the test fails once in a million runs.
    #[test]
    fn demands_have_the_mean_and_the_spread_that_was_asked_for() {
        for (mean, cv) in [(40.0, 1.0), (230.0, 0.25)] {
            let (found_mean, found_cv) = mean_and_cv(Demand::new(Duration::from_millis(mean as u64), cv).unwrap());
            assert!((found_mean / mean - 1.0).abs() < 0.016, "{found_mean}");
            assert!((found_cv / cv - 1.0).abs() < 0.05, "{found_cv}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn slots_are_held_while_the_work_lasts() {
        let variables = [("WORK_HOLD", "100ms"), ("WORK_CV", "0"), ("WORK_SLOTS", "2")];
        let work = Work::from(&Variables::from_pairs(variables)).unwrap();
        let began = tokio::time::Instant::now();
        futures::future::join_all((0..6).map(|_| work.spend())).await;
        let rounds = began.elapsed().as_secs_f64() / 0.1;
        assert!((2.9..3.2).contains(&rounds), "six calls on two slots: {rounds} rounds");
    }
}
