//! Retries: only where a repetition does no harm, after a pause with jitter, out of a budget.
//!
//! The budget is what keeps retries from finishing off a service that is already on its knees: every first try earns a
//! part of a retry, and only earned retries are spent. So retries are at most that share of the first tries, plus a
//! small reserve for the time of little traffic.

use rand::Rng as _;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// Retries that may still be spent, in thousandths. Shared by every call to one callee.
#[derive(Clone, Debug)]
pub struct Budget {
    left: Arc<AtomicI64>,
    earned_by_a_try: i64,
}

/// What may be saved up: ten retries.
const MOST: i64 = 10_000;

impl Budget {
    /// Every first try earns `share` (0.1: one retry for ten tries). It begins full.
    pub fn new(share: f64) -> Self {
        Self { left: Arc::new(AtomicI64::new(MOST)), earned_by_a_try: (share * 1000.0) as i64 }
    }

    /// A first try was made.
    pub fn earn(&self) {
        let earn = |left: i64| Some((left + self.earned_by_a_try).min(MOST));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }

    /// Takes one retry out, if there is one.
    pub fn spend(&self) -> bool {
        let spend = |left: i64| (1000 <= left).then_some(left - 1000);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok()
    }
}

/// The pause before retry number `retry` (from 1): anything between nothing and 25 ms, 50 ms, 100 ms … at most 1 s.
///
/// "Full jitter": Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
pub fn pause(retry: u32) -> Duration {
    let most = 25_u64.saturating_mul(1 << retry.saturating_sub(1).min(16)).min(1000);
    Duration::from_millis(rand::rng().random_range(0..=most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_a_share_of_the_tries() {
        let budget = Budget::new(0.1);
        let reserve = (0..100).filter(|_| budget.spend()).count();
        assert_eq!(reserve, 10);
        let earned = (0..1000)
            .filter(|_| {
                budget.earn();
                budget.spend()
            })
            .count();
        assert_eq!(earned, 100);
    }

    #[test]
    fn a_pause_grows_to_a_second_and_no_further() {
        assert!((0..100).all(|_| pause(1) <= Duration::from_millis(25)));
        assert!((0..100).all(|_| pause(60) <= Duration::from_secs(1)));
    }
}
