//! A breaker: when too many calls of a callee fail, ask it no more for a while, and answer at once instead.
//!
//! Closed, it counts calls in a window of ten parts. When at least ten calls were counted and the share of failures
//! reaches the limit, it opens. After its time it lets single calls through; the first that succeeds closes it, one that
//! fails opens it again. A refusal by the callee (429) is no failure: the callee is well and says no.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Fewer calls than this say nothing about a callee.
const ENOUGH: u32 = 10;
const PARTS: usize = 10;

/// When it opens, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The share of failures at which it opens, between 0 and 1.
    pub failures: f64,
    /// Over how long a time calls are counted.
    pub window: Duration,
    /// How long it stays open.
    pub open: Duration,
}

/// Shared by every call to one callee.
#[derive(Clone, Debug)]
pub struct Breaker {
    limits: Limits,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    Closed(Window),
    Open {
        until: Instant,
    },
    /// One call is under way to find out. It counts as lost after `until`, should it never come back.
    Trying {
        until: Instant,
    },
}

#[derive(Debug)]
struct Window {
    parts: [(u32, u32); PARTS],
    current: usize,
    began: Instant,
}

/// How a call ended, as far as the callee's health goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It answered, be it with a refusal.
    Well,
    /// It failed or did not answer.
    Ill,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(limits: Limits) -> Self {
        Self { limits, state: Arc::new(Mutex::new(State::Closed(Window::new()))) }
    }

    /// Whether a call may go out now. Every `true` is followed by [`Breaker::record`].
    pub fn admit(&self) -> bool {
        let mut state = self.lock();
        let now = Instant::now();
        match *state {
            State::Closed(_) => true,
            State::Open { until } | State::Trying { until } if now < until => false,
            State::Open { .. } | State::Trying { .. } => {
                *state = State::Trying { until: now + self.limits.open };
                true
            }
        }
    }

    /// Says how a call ended.
    pub fn record(&self, outcome: Outcome) {
        let mut state = self.lock();
        let opened = || State::Open { until: Instant::now() + self.limits.open };
        match (&mut *state, outcome) {
            (State::Trying { .. }, Outcome::Well) => *state = State::Closed(Window::new()),
            (State::Trying { .. }, Outcome::Ill) => *state = opened(),
            (State::Open { .. }, _) => {}
            (State::Closed(window), _) => {
                let (calls, failures) = window.count(outcome, self.limits.window);
                if ENOUGH <= calls && self.limits.failures <= f64::from(failures) / f64::from(calls) {
                    *state = opened();
                }
            }
        }
    }

    /// Whether calls are turned away now.
    pub fn is_open(&self) -> bool {
        matches!(*self.lock(), State::Open { until } if Instant::now() < until)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn new() -> Self {
        Self { parts: [(0, 0); PARTS], current: 0, began: Instant::now() }
    }

    /// Counts one call and gives the sums of the window.
    fn count(&mut self, outcome: Outcome, window: Duration) -> (u32, u32) {
        let part = window / PARTS as u32;
        let mut steps = 0;
        while part <= self.began.elapsed() && steps < PARTS {
            self.current = (self.current + 1) % PARTS;
            self.parts[self.current] = (0, 0);
            self.began += part;
            steps += 1;
        }
        if steps == PARTS {
            self.began = Instant::now();
        }
        let (calls, failures) = &mut self.parts[self.current];
        *calls += 1;
        *failures += u32::from(outcome == Outcome::Ill);
        self.parts.iter().fold((0, 0), |(calls, failures), part| (calls + part.0, failures + part.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const LIMITS: Limits = Limits { failures: 0.5, window: Duration::from_secs(10), open: Duration::from_secs(5) };

    fn record(breaker: &Breaker, outcome: Outcome, times: usize) {
        (0..times).for_each(|_| {
            assert!(breaker.admit());
            breaker.record(outcome);
        });
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_at_half_of_ten() {
        let breaker = Breaker::new(LIMITS);
        record(&breaker, Outcome::Well, 5);
        record(&breaker, Outcome::Ill, 4);
        assert!(breaker.admit(), "nine calls say nothing");
        breaker.record(Outcome::Ill);
        assert!(breaker.is_open() && !breaker.admit());
    }

    #[tokio::test(start_paused = true)]
    async fn after_its_time_one_call_finds_out() {
        let breaker = Breaker::new(LIMITS);
        record(&breaker, Outcome::Ill, 10);
        advance(Duration::from_secs(5)).await;
        assert!(breaker.admit() && !breaker.admit(), "one alone");
        breaker.record(Outcome::Ill);
        assert!(!breaker.admit());
        advance(Duration::from_secs(5)).await;
        record(&breaker, Outcome::Well, 1);
        assert!(breaker.admit() && breaker.admit());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_older_than_the_window_is_forgotten() {
        let breaker = Breaker::new(LIMITS);
        record(&breaker, Outcome::Ill, 9);
        advance(Duration::from_secs(11)).await;
        record(&breaker, Outcome::Ill, 9);
        assert!(!breaker.is_open());
    }
}
