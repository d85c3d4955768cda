//! What a caller keeps to protect itself and whom it asks: token buckets, breakers, budgets, and who is left out.

use crate::program::{Breaker, TokenBucket};

/// A token bucket over time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    per_nanosecond: f64,
    burst: f64,
    tokens: f64,
    at: u64,
}

impl Bucket {
    pub(super) fn new(of: TokenBucket) -> Self {
        Self { per_nanosecond: of.per_second * 1e-9, burst: of.burst, tokens: of.burst, at: 0 }
    }

    fn fill(&mut self, now: u64) {
        self.tokens = (self.tokens + (now - self.at) as f64 * self.per_nanosecond).min(self.burst);
        self.at = now;
    }

    /// Takes a token if there is one.
    pub(super) fn take(&mut self, now: u64) -> bool {
        self.fill(now);
        let there = self.tokens >= 1.0 - 1e-9;
        if there {
            self.tokens -= 1.0;
        }
        there
    }

    /// Takes the next token that nobody has taken yet, and says when it is there; never where none comes.
    pub(super) fn reserve(&mut self, now: u64) -> u64 {
        self.fill(now);
        self.tokens -= 1.0;
        if self.tokens >= 0.0 {
            return now;
        }
        now.saturating_add((-self.tokens / self.per_nanosecond).ceil() as u64)
    }
}

/// How many parts the window of a breaker has.
const PARTS: usize = 10;

/// What a breaker has seen and does.
#[derive(Clone, Copy, Debug)]
pub(super) struct BreakerState {
    rule: Breaker,
    /// Calls and failures of each part of the window, and which part of all time it is.
    parts: [(u64, u32, u32); PARTS],
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Calls pass and are counted.
    Closed,
    /// Nothing passes until then.
    Open { until: u64 },
    /// Probes pass: so many are still to be let through, so many still to succeed.
    Probing { left: u32, missing: u32 },
}

impl BreakerState {
    pub(super) const fn new(rule: Breaker) -> Self {
        Self { rule, parts: [(u64::MAX, 0, 0); PARTS], phase: Phase::Closed }
    }

    /// Whether a call may pass.
    pub(super) fn lets_pass(&mut self, now: u64) -> bool {
        if let Phase::Open { until } = self.phase
            && until <= now
        {
            self.phase = Phase::Probing { left: self.rule.probes, missing: self.rule.probes };
        }
        match &mut self.phase {
            Phase::Closed => true,
            Phase::Open { .. } | Phase::Probing { left: 0, .. } => false,
            Phase::Probing { left, .. } => {
                *left -= 1;
                true
            }
        }
    }

    /// Notes how a call that passed has ended, after how long.
    pub(super) fn note(&mut self, now: u64, succeeded: bool, took: u64) {
        let failed = !succeeded || self.rule.slow.is_some_and(|slow| slow.0 < took);
        match &mut self.phase {
            // A call that was made before it opened says nothing new.
            Phase::Open { .. } => {}
            Phase::Probing { .. } if failed => self.open(now),
            Phase::Probing { missing, .. } => {
                *missing = missing.saturating_sub(1);
                if *missing == 0 {
                    self.phase = Phase::Closed;
                    self.parts = [(u64::MAX, 0, 0); PARTS];
                }
            }
            Phase::Closed => self.count(now, failed),
        }
    }

    fn count(&mut self, now: u64, failed: bool) {
        let part = now / (self.rule.over.0 / PARTS as u64).max(1);
        let own = &mut self.parts[part as usize % PARTS];
        if own.0 != part {
            *own = (part, 0, 0);
        }
        own.1 += 1;
        own.2 += u32::from(failed);
        if !failed {
            return;
        }
        let recent = self.parts.iter().filter(|each| each.0 != u64::MAX && each.0 + PARTS as u64 > part);
        let (calls, failures) = recent.fold((0, 0), |sum, each| (sum.0 + each.1, sum.1 + each.2));
        if calls >= self.rule.at_least && f64::from(failures) >= self.rule.opens_at * f64::from(calls) {
            self.open(now);
        }
    }

    fn open(&mut self, now: u64) {
        self.phase = Phase::Open { until: now.saturating_add(self.rule.open_for.0) };
    }
}

/// A share of first attempts that may be made again: each of them adds its share, each further attempt takes one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    share: f64,
    left: f64,
}

/// How many further attempts a budget saves up at most.
///
/// # Source
/// gRPC, "Retry throttling" (gRFC A6), whose examples save ten tokens.
const SAVED: f64 = 10.0;

impl Budget {
    pub(super) fn new(share: Option<f64>) -> Option<Self> {
        share.map(|share| Self { share, left: SAVED })
    }

    pub(super) fn first_attempt(&mut self) {
        self.left = (self.left + self.share).min(SAVED);
    }

    pub(super) fn take(&mut self) -> bool {
        let there = self.left >= 1.0;
        if there {
            self.left -= 1.0;
        }
        there
    }
}

/// What one replica of a caller keeps for one of its calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    pub(super) breaker: Option<BreakerState>,
    pub(super) bucket: Option<Bucket>,
    pub(super) retries: Option<Budget>,
    pub(super) hedges: Option<Budget>,
    /// Calls that are open, for a bulkhead.
    pub(super) open: u32,
    /// Per replica of the callee: failures in a row, and until when it is left out.
    pub(super) outliers: Vec<(u32, u64)>,
}

#[cfg(test)]
mod tests {
    use super::{BreakerState, Bucket, Budget};
    use crate::Nanos;
    use crate::program::{Breaker, Refusal, TokenBucket};

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_bucket_grants_its_burst_and_then_its_rate() {
        let mut bucket = Bucket::new(TokenBucket { per_second: 2.0, burst: 3.0, then: Refusal::Refuse });
        let granted = |bucket: &mut Bucket, now| (0..10).filter(|_| bucket.take(now)).count();
        assert_eq!(granted(&mut bucket, 0), 3);
        assert_eq!(granted(&mut bucket, SECOND), 2);
        assert_eq!(granted(&mut bucket, 100 * SECOND), 3);
        assert_eq!([(); 3].map(|()| bucket.reserve(100 * SECOND)), [1, 2, 3].map(|n| 100 * SECOND + n * SECOND / 2));
    }

    #[test]
    fn a_breaker_opens_lets_a_probe_through_and_closes() {
        let mut breaker = BreakerState::new(Breaker {
            opens_at: 0.5,
            over: Nanos::from_secs(10),
            open_for: Nanos::from_secs(5),
            at_least: 4,
            probes: 1,
            slow: Some(Nanos::from_secs(2)),
        });
        for outcome in [true, false, true] {
            assert!(breaker.lets_pass(0));
            breaker.note(0, outcome, 0);
        }
        // Half of four have failed: the slow answer counts.
        breaker.note(1, true, 3 * SECOND);
        assert!(!breaker.lets_pass(2));
        assert!(breaker.lets_pass(6 * SECOND), "the probe");
        assert!(!breaker.lets_pass(6 * SECOND), "one probe only");
        breaker.note(7 * SECOND, false, 0);
        assert!(!breaker.lets_pass(11 * SECOND));
        assert!(breaker.lets_pass(13 * SECOND));
        breaker.note(13 * SECOND, true, 0);
        assert!(breaker.lets_pass(13 * SECOND));
        // What was counted before it opened is forgotten.
        breaker.note(13 * SECOND, false, 0);
        assert!(breaker.lets_pass(13 * SECOND));
    }

    #[test]
    fn failures_leave_the_window() {
        let rule = Breaker {
            opens_at: 0.5,
            over: Nanos::from_secs(10),
            open_for: Nanos::from_secs(5),
            at_least: 2,
            probes: 1,
            slow: None,
        };
        let mut breaker = BreakerState::new(rule);
        breaker.note(0, false, 0);
        breaker.note(20 * SECOND, false, 0);
        assert!(breaker.lets_pass(20 * SECOND), "one failure in ten seconds is below the least number");
        breaker.note(21 * SECOND, false, 0);
        assert!(!breaker.lets_pass(21 * SECOND));
    }

    #[test]
    fn a_budget_saves_up_ten_and_grants_its_share() {
        let mut budget = Budget::new(Some(0.1)).expect("there is a share");
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
        let granted = (0..1000).filter(|_| {
            budget.first_attempt();
            budget.take()
        });
        assert!((99..=100).contains(&granted.count()));
    }
}
