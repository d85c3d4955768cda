//! A heap with four children a node: half as deep as one with two, and the four share a cache line.
//!
//! Taking the first leaves a hole, and the next event that is planned falls into it: taking one and planning one, which
//! is what a run does, costs one way down instead of a way down and a way up.

use super::{Key, NEVER};

#[derive(Debug, Default)]
pub(super) struct Heap {
    keys: Vec<Key>,
    /// Whether the first place is empty.
    hole: bool,
}

impl Heap {
    pub(super) fn len(&self) -> usize {
        self.keys.len() - usize::from(self.hole)
    }

    #[inline]
    pub(super) fn push(&mut self, key: Key) {
        if self.hole {
            self.hole = false;
            self.sift_down(key);
            return;
        }
        let mut at = self.keys.len();
        self.keys.push(key);
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.keys[parent] <= key {
                break;
            }
            self.keys[at] = self.keys[parent];
            at = parent;
        }
        self.keys[at] = key;
    }

    /// The first, or `NEVER`.
    #[inline]
    pub(super) fn peek(&mut self) -> Key {
        if self.hole {
            self.hole = false;
            let last = self.keys.pop().expect("a hole has a place");
            if !self.keys.is_empty() {
                self.sift_down(last);
            }
        }
        self.keys.first().copied().unwrap_or(NEVER)
    }

    /// Takes the first, which `peek` has shown.
    #[inline]
    pub(super) fn pop(&mut self) {
        debug_assert!(!self.hole && !self.keys.is_empty());
        self.hole = true;
    }

    /// Puts a key in the first place and lets it sink.
    #[inline]
    fn sift_down(&mut self, key: Key) {
        let keys = self.keys.as_mut_slice();
        let count = keys.len();
        let mut at = 0;
        loop {
            let first = 4 * at + 1;
            let (child, least) = if let Some(four) = keys.get(first..first + 4) {
                let low = if four[1] < four[0] { 1 } else { 0 };
                let high = if four[3] < four[2] { 3 } else { 2 };
                let child = if four[high] < four[low] { high } else { low };
                (first + child, four[child])
            } else if first < count {
                let rest = keys[first..].iter().enumerate();
                let (child, least) = rest.min_by_key(|(_, key)| **key).expect("there is at least one");
                (first + child, *least)
            } else {
                break;
            };
            if key <= least {
                break;
            }
            keys[at] = least;
            at = child;
        }
        keys[at] = key;
    }

    /// Gives everything away, in no order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Key> + '_ {
        let start = usize::from(self.hole).min(self.keys.len());
        self.hole = false;
        let all = self.keys.drain(..);
        all.skip(start)
    }
}
