//! A chain of three: front (32 slots), back (16 slots), a pool of 8 connections to a store; a timeout of 100 ms on each
//! attempt, two retries after a pause, abandoned attempts keep working.

use std::collections::VecDeque;

use super::{Calendar, Generator, Kept};

const MILLI: f64 = 1e6;
const TIMEOUT: u64 = 100_000_000;
const ARRIVAL: u32 = u32::MAX;
/// Marks the event of a user who tries again.
const AGAIN: u32 = 1 << 31;

/// An attempt on its way through the chain.
#[derive(Clone, Copy, Default)]
struct Attempt {
    user: u32,
    /// Whether the user still waits for it.
    awaited: bool,
    /// Which of the three it is at.
    tier: u8,
    since: u64,
    waited: u64,
    deadline: u64,
}

#[derive(Clone, Copy, Default)]
struct User {
    entered: u64,
    attempts: u32,
}

/// Slots with a queue of attempts.
struct Tier {
    free: u32,
    queue: VecDeque<u32>,
}

struct Chain {
    generator: Generator,
    calendar: Calendar,
    kept: Kept,
    failed: u64,
    tiers: [Tier; 3],
    attempts: Vec<Attempt>,
    free_attempts: Vec<u32>,
    users: Vec<User>,
    free_users: Vec<u32>,
    timeouts: VecDeque<(u64, u32)>,
}

impl Chain {
    fn begin_attempt(&mut self, now: u64, user: u32) {
        self.users[user as usize].attempts += 1;
        let attempt = Attempt { user, awaited: true, tier: 0, since: now, waited: 0, deadline: now + TIMEOUT };
        let at = match self.free_attempts.pop() {
            Some(at) => {
                self.attempts[at as usize] = attempt;
                at
            }
            None => {
                self.attempts.push(attempt);
                self.attempts.len() as u32 - 1
            }
        };
        self.timeouts.push_back((now + TIMEOUT, at));
        self.enter(now, at);
    }

    fn enter(&mut self, now: u64, at: u32) {
        let tier = &mut self.tiers[self.attempts[at as usize].tier as usize];
        if tier.free == 0 {
            self.attempts[at as usize].since = now;
            tier.queue.push_back(at);
        } else {
            tier.free -= 1;
            self.calendar.at(now + self.generator.exponential(5.0 * MILLI), at);
        }
    }

    fn leave(&mut self, now: u64, tier: usize) {
        match self.tiers[tier].queue.pop_front() {
            None => self.tiers[tier].free += 1,
            Some(next) => {
                self.attempts[next as usize].waited += now - self.attempts[next as usize].since;
                self.calendar.at(now + self.generator.exponential(5.0 * MILLI), next);
            }
        }
    }

    fn time_out(&mut self, now: u64, at: u32) {
        let attempt = &mut self.attempts[at as usize];
        if attempt.deadline != now || !attempt.awaited {
            return;
        }
        attempt.awaited = false;
        let user = attempt.user;
        if self.users[user as usize].attempts <= 2 {
            let pause = self.generator.exponential(20.0 * MILLI);
            self.calendar.at(now + pause, AGAIN | user);
        } else {
            self.failed += 1;
            self.free_users.push(user);
        }
    }
}

/// 500 requests a second.
pub(crate) fn chain(requests: u64, seed: u64) -> (Kept, u64) {
    let tier = |free| Tier { free, queue: VecDeque::new() };
    let mut chain = Chain {
        generator: Generator::new(seed),
        calendar: Calendar::default(),
        kept: Kept::default(),
        failed: 0,
        tiers: [tier(32), tier(16), tier(8)],
        attempts: Vec::new(),
        free_attempts: Vec::new(),
        users: Vec::new(),
        free_users: Vec::new(),
        timeouts: VecDeque::new(),
    };
    let first = chain.generator.exponential(2.0 * MILLI);
    chain.calendar.at(first, ARRIVAL);
    while chain.kept.latency.count() < requests {
        if let Some((due, at)) = chain.timeouts.front().copied()
            && due <= chain.calendar.first()
        {
            chain.timeouts.pop_front();
            chain.time_out(due, at);
            continue;
        }
        let (now, what) = chain.calendar.next();
        if what == ARRIVAL {
            let gap = chain.generator.exponential(2.0 * MILLI);
            chain.calendar.at(now + gap, ARRIVAL);
            let user = User { entered: now, attempts: 0 };
            let at = match chain.free_users.pop() {
                Some(at) => {
                    chain.users[at as usize] = user;
                    at
                }
                None => {
                    chain.users.push(user);
                    chain.users.len() as u32 - 1
                }
            };
            chain.begin_attempt(now, at);
        } else if what & AGAIN != 0 {
            chain.begin_attempt(now, what & !AGAIN);
        } else {
            let tier = chain.attempts[what as usize].tier;
            if tier < 2 {
                // The slot is kept while the next tier works.
                chain.attempts[what as usize].tier += 1;
                chain.enter(now, what);
                continue;
            }
            (0..3).rev().for_each(|tier| chain.leave(now, tier));
            let attempt = &mut chain.attempts[what as usize];
            attempt.deadline = 0;
            if std::mem::take(&mut attempt.awaited) {
                let (user, waited) = (attempt.user, attempt.waited);
                chain.kept.record(now - chain.users[user as usize].entered, waited);
                chain.free_users.push(user);
            }
            chain.free_attempts.push(what);
        }
    }
    (chain.kept, chain.failed)
}
