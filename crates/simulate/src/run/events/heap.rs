//! A heap with four children a node: half as deep as one with two, and the four share a cache line.
//!
//! Taking the first leaves a hole, and the next event that is planned falls into it: taking one and planning one, which
//! is what a run does, costs one way down instead of a way down and a way up.
//!
//! Always: places beyond the last are `NEVER`, so that a node has four children or none and no way down counts them.

use super::{Key, NEVER};

/// The children of a node, in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Four([Key; 4]);

#[derive(Debug)]
pub(super) struct Heap {
    first: Key,
    /// The children of node `n` are at `n`; node `n` itself, beyond the first, is child `(n - 1) % 4` at `(n - 1) / 4`.
    below: Vec<Four>,
    /// How many are in it, the hole included.
    count: usize,
    /// Whether the first place is empty.
    hole: bool,
}

impl Default for Heap {
    fn default() -> Self {
        Self { first: NEVER, below: Vec::new(), count: 0, hole: false }
    }
}

impl Heap {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.count - usize::from(self.hole)
    }

    #[inline(always)]
    pub(super) fn push(&mut self, key: Key) {
        if self.hole {
            self.hole = false;
            self.sift_down(key);
        } else {
            self.sift_up(key);
        }
    }

    /// The first, or `NEVER`.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Key {
        if self.hole {
            self.fill();
        }
        self.first
    }

    /// Takes the first, which `peek` has shown.
    #[inline(always)]
    pub(super) fn pop(&mut self) {
        debug_assert!(!self.hole && self.count > 0);
        self.hole = true;
    }

    /// Puts the last one into the hole.
    fn fill(&mut self) {
        self.hole = false;
        self.count -= 1;
        let last = self.count;
        if last == 0 {
            self.first = NEVER;
            return;
        }
        let key = std::mem::replace(&mut self.below[(last - 1) / 4].0[(last - 1) % 4], NEVER);
        if last > 1 {
            self.sift_down(key);
        } else {
            self.first = key;
        }
    }

    /// Puts a key in the first place and lets it sink.
    #[inline(always)]
    fn sift_down(&mut self, key: Key) {
        let Some(four) = self.below.first() else {
            self.first = key;
            return;
        };
        let (mut child, least) = four.least();
        if key <= least {
            self.first = key;
            return;
        }
        self.first = least;
        let mut at = 0;
        loop {
            // The hole is `child` of `at`.
            let node = 4 * at + 1 + child;
            let Some(four) = self.below.get(node) else { break };
            let (next, least) = four.least();
            if key <= least {
                break;
            }
            self.below[at].0[child] = least;
            (at, child) = (node, next);
        }
        self.below[at].0[child] = key;
    }

    /// Puts a key in the last place and lets it rise.
    fn sift_up(&mut self, key: Key) {
        let mut at = self.count;
        self.count += 1;
        if at == 0 {
            self.first = key;
            return;
        }
        if self.below.len() <= (at - 1) / 4 {
            self.below.push(Four([NEVER; 4]));
        }
        while at > 4 {
            let parent = (at - 1) / 4;
            let above = self.below[(parent - 1) / 4].0[(parent - 1) % 4];
            if above <= key {
                break;
            }
            self.below[parent].0[(at - 1) % 4] = above;
            at = parent;
        }
        if at <= 4 && key < self.first {
            self.below[0].0[at - 1] = self.first;
            self.first = key;
        } else {
            self.below[(at - 1) / 4].0[(at - 1) % 4] = key;
        }
    }

    /// Gives everything away, in no order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Key> + '_ {
        let first = if self.hole { NEVER } else { self.first };
        (self.hole, self.count, self.first) = (false, 0, NEVER);
        let below = self.below.drain(..).flat_map(|four| four.0);
        std::iter::once(first).chain(below).filter(|key| *key != NEVER)
    }
}

impl Four {
    /// The least of the four, and which it is.
    #[inline(always)]
    fn least(&self) -> (usize, Key) {
        let four = &self.0;
        let low = usize::from(four[1] < four[0]);
        let high = 2 + usize::from(four[3] < four[2]);
        let child = if four[high] < four[low] { high } else { low };
        (child, four[child])
    }
}
