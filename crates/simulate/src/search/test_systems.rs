//! Systems for tests that need no engine: pools of servers by Kiefer and Wolfowitz' recursion, with exact lines.

use super::laboratory::{Course, Experiment, Figures, Judged, Laboratory, Observation, Progress};
use super::promise::{Indicator, Promise};
use crate::statistics::test_queue::Uniform;

/// M/M/c with a mean service time in seconds for each variant.
pub(super) struct Pool {
    pub(super) servers: usize,
    pub(super) service_s: Vec<f64>,
    pub(super) promises: Vec<Promise>,
    /// After how many calls of `goes_on` it says no.
    pub(super) patience: usize,
    pub(super) told: Vec<Progress>,
}

impl Pool {
    pub(super) fn new(servers: usize, service_s: f64, promises: Vec<Promise>) -> Self {
        Self { servers, service_s: vec![service_s], promises, patience: usize::MAX, told: Vec::new() }
    }

    pub(super) fn bound(&self) -> f64 {
        self.servers as f64 / self.service_s[0]
    }

    fn run(&self, made: &Experiment) -> Observation {
        let service = self.service_s[made.variant.0];
        let warm_up = made.requests / 4;
        let total = warm_up + made.requests;
        let (mut arrivals, mut services) = (Uniform::new(2 * made.seed), Uniform::new(2 * made.seed + 1));
        // When each server is free again, seen from the last arrival; the least first.
        let mut free = vec![0.0_f64; self.servers];
        let mut judged = vec![Judged::default(); self.promises.len()];
        for at in 0..total {
            let gap = arrivals.exponential(1.0) / made.load;
            for work in &mut free {
                *work = (*work - gap).max(0.0);
            }
            let wait = free[0];
            let latency = wait + services.exponential(1.0) * service;
            free.remove(0);
            let place = free.partition_point(|work| *work < latency);
            free.insert(place, latency);
            if at < warm_up {
                continue;
            }
            for (promise, judged) in self.promises.iter().zip(&mut judged) {
                let bad = match promise.indicator {
                    Indicator::Latency { within_s } => latency > within_s,
                    Indicator::Wait { within_s } => wait > within_s,
                    Indicator::Success => false,
                };
                judged.all += 1.0;
                judged.bad += f64::from(u8::from(bad));
                judged.bad_early += f64::from(u8::from(bad && at < warm_up + made.requests / 2));
            }
        }
        // Servers that owe more than a fifth of the run's length cannot keep up.
        let length = total as f64 / made.load;
        let course = if free[0] > length / 20.0 { Course::Growing } else { Course::Level };
        Observation { judged, course, figures: Figures { success: 1.0, ..Figures::default() }, cost: total }
    }
}

impl Laboratory for Pool {
    fn observe(&mut self, experiments: &[Experiment]) -> Vec<Observation> {
        experiments.iter().map(|made| self.run(made)).collect()
    }

    fn goes_on(&mut self, progress: &Progress) -> bool {
        self.told.push(*progress);
        self.told.len() < self.patience
    }
}

/// At most a share may wait longer.
pub(super) fn wait(within_s: f64, allowed: f64) -> Promise {
    Promise::new("wait", Indicator::Wait { within_s }, allowed).expect("a share between 0 and 1")
}

/// At most a share may take longer.
pub(super) fn latency(within_s: f64, allowed: f64) -> Promise {
    Promise::new("latency", Indicator::Latency { within_s }, allowed).expect("a share between 0 and 1")
}

/// The exact line of M/M/c for "P(wait > t) ≤ share", by Erlang's formula and bisection.
pub(super) fn erlang_line(servers: usize, service_s: f64, within_s: f64, allowed: f64) -> f64 {
    let share = |load: f64| {
        let (c, offered) = (servers as f64, load * service_s);
        let blocked = (1..=servers).fold(1.0, |blocked, k| offered * blocked / (k as f64 + offered * blocked));
        let delayed = blocked / (1.0 - offered / c * (1.0 - blocked));
        delayed * (-(c / service_s - load) * within_s).exp()
    };
    let (mut low, mut high) = (0.0, servers as f64 / service_s);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if share(middle) <= allowed { low = middle } else { high = middle }
    }
    low
}

/// A server whose answers come too late once more than `patience` wait: most of those ask again. Well at low backlog up to its whole
/// rate, ill up to the share of it that does not ask again: two minds in between.
pub(super) struct Storm {
    pub(super) rate: f64,
    pub(super) again: f64,
    pub(super) patience: u64,
    /// What waits in the beginning, by variant: nothing, or what a passing disturbance left.
    pub(super) begins: [u64; 2],
    pub(super) seconds: f64,
}

impl Laboratory for Storm {
    fn observe(&mut self, experiments: &[Experiment]) -> Vec<Observation> {
        experiments.iter().map(|made| self.run(made)).collect()
    }
}

impl Storm {
    fn run(&self, made: &Experiment) -> Observation {
        let mut chance = Uniform::new(made.seed);
        let mut waiting = self.begins[made.variant.0];
        let (total, mut time, mut judged) = (made.load + self.rate, 0.0, Judged::default());
        let mut cost = 0;
        while time < self.seconds {
            time += chance.exponential(1.0 / total);
            if chance.draw() * total < made.load {
                waiting += 1;
                cost += 1;
            } else if waiting > 0 {
                let late = waiting > self.patience;
                if !(late && chance.draw() < self.again) {
                    waiting -= 1;
                }
                if time > 0.75 * self.seconds {
                    judged.all += 1.0;
                    judged.bad += f64::from(u8::from(late));
                }
            }
        }
        Observation { judged: vec![judged], course: Course::Level, figures: Figures::default(), cost }
    }
}
