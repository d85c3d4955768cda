//! Shared cores: how work on one replica slows down by others beside it.
//!
//! All at work have the same rate at every moment, so that one number, the work that each has attained since the replica
//! was last idle, tells when any of them ends: whoever began when it was `a` and takes `w` ends when it is `a + w`. A
//! change of the rate changes no entry; an event costs the logarithm of how many are at work.
//!
//! # Source
//! Processor sharing by virtual time: Parekh and Gallager, 1993, for fair queueing; here with equal weights.

use crate::program::Cpu;

/// The cores of one replica.
#[derive(Debug)]
pub(super) struct Cores {
    kind: Cpu,
    /// Who is at work, by what all must have attained when it ends: a heap, the least first.
    jobs: Vec<Job>,
    /// What each has attained since it was last idle, in nanoseconds on a core of its own.
    attained: f64,
    /// Until when that is known.
    at: u64,
    /// What is left of the quota of this period, in nanoseconds of one core.
    quota_left: f64,
    /// The end of this period.
    period_end: u64,
    /// The replica is down, and nothing moves.
    frozen: bool,
    /// When the next event is planned.
    pub(super) planned: u64,
    /// Nanoseconds in which it stood still because its quota was used up, since it was last asked.
    pub(super) throttled: u64,
    sequence: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Job {
    ends: f64,
    sequence: u32,
    frame: u32,
}

/// Less than this, in nanoseconds, is rounding.
const ROUNDING: f64 = 0.5;

impl Cores {
    /// `phase` shifts the periods of its quota, so that replicas do not all stand still at once.
    pub(super) fn new(kind: Cpu, phase: u64) -> Self {
        let (quota_left, period_end) = match kind {
            Cpu::Quota { cores, period, .. } => (cores * period.0 as f64, period.0 - phase % period.0),
            _ => (f64::INFINITY, u64::MAX),
        };
        Self {
            kind,
            jobs: Vec::new(),
            attained: 0.0,
            at: 0,
            quota_left,
            period_end,
            frozen: false,
            planned: u64::MAX,
            throttled: 0,
            sequence: 0,
        }
    }

    /// How fast each of those at work runs.
    fn rate(&self) -> f64 {
        let count = self.jobs.len() as f64;
        match self.kind {
            _ if self.frozen => 0.0,
            Cpu::Unlimited => 1.0,
            Cpu::Shared { cores } => (cores / count).min(1.0),
            Cpu::Quota { .. } if self.quota_left <= ROUNDING => 0.0,
            Cpu::Quota { threads, .. } => (threads / count).min(1.0),
        }
    }

    /// Moves time on.
    fn advance(&mut self, now: u64) {
        if let Cpu::Quota { cores, period, .. } = self.kind {
            while self.period_end <= now {
                self.run_to(self.period_end);
                // Periods in which nobody worked are passed over at once.
                let idle = if self.jobs.is_empty() { (now - self.period_end) / period.0 } else { 0 };
                self.period_end += (idle + 1) * period.0;
                self.quota_left = cores * period.0 as f64;
            }
        }
        self.run_to(now);
    }

    fn run_to(&mut self, now: u64) {
        let passed = (now - self.at) as f64;
        let rate = self.rate();
        if rate > 0.0 && !self.jobs.is_empty() {
            self.attained += passed * rate;
            self.quota_left -= passed * rate * self.jobs.len() as f64;
        } else if !self.jobs.is_empty() && !self.frozen {
            self.throttled += now - self.at;
        }
        self.at = now;
    }

    /// Begins work of so many nanoseconds on a core of its own.
    pub(super) fn begin(&mut self, now: u64, frame: u32, work: f64) {
        self.advance(now);
        if self.jobs.is_empty() {
            // From zero again, so that rounding does not grow over a long run.
            self.attained = 0.0;
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.jobs.push(Job { ends: self.attained + work, sequence: self.sequence, frame });
        self.sift_up(self.jobs.len() - 1);
    }

    /// Takes somebody whose work has ended by now.
    pub(super) fn ended(&mut self, now: u64) -> Option<u32> {
        self.advance(now);
        let first = self.jobs.first()?;
        if first.ends > self.attained + ROUNDING {
            return None;
        }
        let frame = first.frame;
        self.remove_at(0);
        Some(frame)
    }

    /// Takes somebody out before the end and gives the work that is left.
    pub(super) fn remove(&mut self, now: u64, frame: u32) -> Option<f64> {
        self.advance(now);
        let at = self.jobs.iter().position(|job| job.frame == frame)?;
        let left = (self.jobs[at].ends - self.attained).max(0.0);
        self.remove_at(at);
        Some(left)
    }

    /// Stands still, or goes on.
    pub(super) fn freeze(&mut self, now: u64, frozen: bool) {
        self.advance(now);
        self.frozen = frozen;
    }

    /// When the next thing happens, if nobody comes or goes.
    pub(super) fn next(&self) -> u64 {
        let Some(first) = self.jobs.first() else { return u64::MAX };
        if self.frozen {
            return u64::MAX;
        }
        let rate = self.rate();
        if rate == 0.0 {
            return self.period_end;
        }
        let after = |nanos: f64| self.at.saturating_add((nanos.max(0.0) + 1.0 - 1e-6) as u64);
        let end = after((first.ends - self.attained) / rate);
        let used = rate * self.jobs.len() as f64;
        let exhausted = after(self.quota_left / used);
        match self.kind {
            Cpu::Quota { .. } if exhausted < self.period_end => end.min(exhausted),
            Cpu::Quota { cores, .. } if used > cores => end.min(self.period_end),
            _ => end,
        }
    }

    fn remove_at(&mut self, at: usize) {
        self.jobs.swap_remove(at);
        if at < self.jobs.len() {
            self.sift_down(at);
            self.sift_up(at);
        }
    }

    fn sift_up(&mut self, mut at: usize) {
        while at > 0 && self.jobs[at] < self.jobs[(at - 1) / 2] {
            self.jobs.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    fn sift_down(&mut self, mut at: usize) {
        loop {
            let mut child = 2 * at + 1;
            if child >= self.jobs.len() {
                break;
            }
            if child + 1 < self.jobs.len() && self.jobs[child + 1] < self.jobs[child] {
                child += 1;
            }
            if self.jobs[at] <= self.jobs[child] {
                break;
            }
            self.jobs.swap(at, child);
            at = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cores;
    use crate::Nanos;
    use crate::program::Cpu;

    /// Runs jobs, each a time and its work in milliseconds, and lists when they end.
    #[track_caller]
    fn check(kind: Cpu, jobs: &[(u64, f64)], ends: &[f64]) {
        let mut cores = Cores::new(kind, 0);
        let (mut coming, mut found) = (jobs.iter().enumerate().peekable(), Vec::new());
        loop {
            let arrival = coming.peek().map_or(u64::MAX, |(_, job)| job.0 * 1_000_000);
            let next = cores.next().min(arrival);
            if next == u64::MAX {
                break;
            }
            while let Some(frame) = cores.ended(next) {
                found.push((frame, next as f64 / 1e6));
            }
            if next == arrival {
                let (index, job) = coming.next().expect("it was there");
                cores.begin(next, index as u32, job.1 * 1e6);
            }
        }
        found.sort_by_key(|(frame, _)| *frame);
        let found: Vec<f64> = found.iter().map(|(_, end)| (end * 1e3).round() / 1e3).collect();
        assert_eq!(found, ends);
    }

    #[test]
    fn two_on_one_core_run_at_half_speed() {
        check(Cpu::Shared { cores: 1.0 }, &[(0, 10.0), (0, 10.0)], &[20.0, 20.0]);
        check(Cpu::Shared { cores: 1.0 }, &[(0, 10.0), (5, 10.0)], &[15.0, 20.0]);
    }

    #[test]
    fn nobody_uses_more_than_one_core() {
        check(Cpu::Shared { cores: 4.0 }, &[(0, 10.0), (0, 10.0), (0, 20.0)], &[10.0, 10.0, 20.0]);
    }

    #[test]
    fn half_a_core_as_a_share_is_half_the_speed_and_as_a_quota_full_speed_until_it_is_used() {
        // One 20 ms job at half a core: 40 ms under a share, 20 ms under a quota.
        check(Cpu::Shared { cores: 0.5 }, &[(0, 20.0)], &[40.0]);
        check(Cpu::quota(0.5), &[(0, 20.0)], &[20.0]);
        // Three such jobs use 60 of 50 ms: the third stands still from 50 to 100 ms.
        check(Cpu::quota(0.5), &[(0, 20.0), (20, 20.0), (40, 20.0)], &[20.0, 40.0, 110.0]);
    }

    #[test]
    fn a_quota_is_used_up_the_faster_the_more_run_at_once() {
        // Four run at once: 50 ms of CPU time are used after 12.5 ms; 7.5 ms are left to each in the next period.
        check(Cpu::quota(0.5), &[(0, 20.0), (0, 20.0), (0, 20.0), (0, 20.0)], &[107.5, 107.5, 107.5, 107.5]);
        let two_threads = Cpu::Quota { cores: 0.5, period: Nanos::from_millis(100), threads: 2.0 };
        check(two_threads, &[(0, 20.0), (0, 20.0), (0, 20.0), (0, 20.0)], &[115.0, 115.0, 115.0, 115.0]);
    }
}
