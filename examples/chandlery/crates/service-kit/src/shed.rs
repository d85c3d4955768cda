//! Load shedding: how many calls a service works on at once, found out while running, and who is sent away first.
//!
//! The limit starts at its ceiling (`MAX_IN_FLIGHT`). When answers come after their deadline, the service has taken more
//! than it can do: the limit shrinks by a tenth, at most once a round, to no less than a twentieth of the ceiling. While
//! answers come in time it grows again by a fiftieth of the ceiling a round. Additive increase, multiplicative decrease:
//! Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989.
//!
//! A lower priority sees a lower limit, so that room is left for whoever is about to pay.

use crate::{
    call::{Call, Priority},
    failure::{Failure, Kind},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long answers are watched before the limit moves.
const ROUND: Duration = Duration::from_millis(200);

/// Decides who is let in.
#[derive(Clone, Debug)]
pub struct Shedder(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    ceiling: f64,
    limit: f64,
    in_flight: usize,
    round_began: Instant,
    answered: u32,
    late: u32,
}

/// Leave to work on one call. Dropping it says that the call is over; it was late if its deadline has passed by then.
#[derive(Debug)]
pub struct Permit {
    state: Arc<Mutex<State>>,
    call: Call,
}

impl Shedder {
    /// Lets at most `ceiling` calls in at once.
    pub fn new(ceiling: usize) -> Self {
        let ceiling = ceiling.max(1) as f64;
        let round_began = Instant::now();
        Self(Arc::new(Mutex::new(State { ceiling, limit: ceiling, in_flight: 0, round_began, answered: 0, late: 0 })))
    }

    /// Lets a call in, or says at once that there is no room.
    pub fn admit(&self, call: Call) -> Result<Permit, Failure> {
        let mut state = lock(&self.0);
        if state.limit_for(call.priority) <= state.in_flight as f64 {
            let sentence = format!("{} calls are being worked on", state.in_flight);
            return Err(Failure::new(Kind::Busy, sentence));
        }
        state.in_flight += 1;
        Ok(Permit { state: self.0.clone(), call })
    }

    /// How many calls are let in at once now.
    pub fn limit(&self) -> usize {
        lock(&self.0).limit as usize
    }

    /// How many calls are being worked on now.
    pub fn in_flight(&self) -> usize {
        lock(&self.0).in_flight
    }
}

impl State {
    fn limit_for(&self, priority: Priority) -> f64 {
        let share = match priority {
            Priority::Critical => 1.0,
            Priority::Normal => 0.9,
            Priority::Sheddable => 0.75,
        };
        (self.limit * share).max(1.0)
    }

    fn answered(&mut self, is_late: bool) {
        self.in_flight -= 1;
        self.answered += 1;
        self.late += u32::from(is_late);
        if self.round_began.elapsed() < ROUND {
            return;
        }
        // One late answer in twenty is a tail; more is a queue.
        self.limit = if self.answered < self.late * 20 {
            (self.limit * 0.9).max(self.ceiling / 20.0).max(1.0)
        } else {
            (self.limit + self.ceiling / 50.0).min(self.ceiling)
        };
        (self.round_began, self.answered, self.late) = (Instant::now(), 0, 0);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        lock(&self.state).answered(self.call.is_over());
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(priority: Priority) -> Call {
        Call { priority, deadline: None }
    }

    #[tokio::test]
    async fn whoever_pays_is_let_in_when_browsing_is_not() {
        let shedder = Shedder::new(10);
        let _eight: Vec<_> = (0..8).map(|_| shedder.admit(call(Priority::Critical)).unwrap()).collect();
        assert_eq!(shedder.admit(call(Priority::Sheddable)).unwrap_err().kind, Kind::Busy);
        let _ninth = shedder.admit(call(Priority::Normal)).unwrap();
        assert_eq!(shedder.admit(call(Priority::Normal)).unwrap_err().kind, Kind::Busy);
        let _tenth = shedder.admit(call(Priority::Critical)).unwrap();
        assert_eq!(shedder.admit(call(Priority::Critical)).unwrap_err().kind, Kind::Busy);
    }

    #[tokio::test(start_paused = true)]
    async fn late_answers_shrink_the_limit_and_timely_ones_restore_it() {
        let shedder = Shedder::new(100);
        let rounds = async |count, deadline: Duration| {
            for _ in 0..count {
                let permit = shedder.admit(call(Priority::Critical).within(deadline)).unwrap();
                tokio::time::advance(ROUND).await;
                drop(permit);
            }
            shedder.limit()
        };
        assert_eq!(rounds(1, ROUND / 2).await, 90);
        assert_eq!(rounds(100, ROUND / 2).await, 5);
        assert_eq!(rounds(100, ROUND * 2).await, 100);
    }

    #[tokio::test]
    async fn a_call_that_is_over_makes_room() {
        let shedder = Shedder::new(1);
        drop(shedder.admit(Call::default()).unwrap());
        assert_eq!((shedder.in_flight(), shedder.admit(Call::default()).is_ok()), (0, true));
    }
}
