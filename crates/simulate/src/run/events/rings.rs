//! One ring for each constant delay: what was planned first happens first, so that planning is appending.

use std::collections::VecDeque;

use super::{Key, NEVER};

/// The ring of one delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::run) struct Ring(u32);

#[derive(Debug)]
pub(super) struct Rings {
    delays: Vec<u64>,
    rings: Vec<VecDeque<Key>>,
    /// The first of each ring, or `NEVER`.
    firsts: Vec<Key>,
    /// The ring with the least first, and that first.
    least: (usize, Key),
}

impl Rings {
    pub(super) fn new(delays: &[u64]) -> Self {
        let mut delays = delays.to_vec();
        delays.sort_unstable();
        delays.dedup();
        let count = delays.len();
        Self { delays, rings: vec![VecDeque::new(); count], firsts: vec![NEVER; count], least: (0, NEVER) }
    }

    pub(super) fn find(&self, delay: u64) -> Option<Ring> {
        self.delays.binary_search(&delay).ok().map(|index| Ring(index as u32))
    }

    #[inline]
    pub(super) fn delay(&self, ring: Ring) -> u64 {
        self.delays[ring.0 as usize]
    }

    #[inline]
    pub(super) fn push(&mut self, ring: Ring, key: Key) {
        let index = ring.0 as usize;
        if self.firsts[index] == NEVER {
            self.firsts[index] = key;
            if key < self.least.1 {
                self.least = (index, key);
            }
        } else {
            self.rings[index].push_back(key);
        }
    }

    /// The first of all, or `NEVER`.
    #[inline]
    pub(super) fn peek(&self) -> Key {
        self.least.1
    }

    /// Takes the first of all.
    #[inline]
    pub(super) fn pop(&mut self) {
        let index = self.least.0;
        self.firsts[index] = self.rings[index].pop_front().unwrap_or(NEVER);
        // There are as many rings as distinct timeouts in the model: a handful.
        let mut least = (0, NEVER);
        for (index, first) in self.firsts.iter().enumerate() {
            if *first < least.1 {
                least = (index, *first);
            }
        }
        self.least = least;
    }
}
