//! A ladder of buckets for many pending events: an event is thrown into the bucket of its time without comparing it to
//! any other, and a bucket is sorted when its turn comes.
//!
//! Beyond the last bucket is a heap of everything later; when the buckets are used up, it is spread over new ones, as
//! wide as it takes for a bucket to hold a few dozen. An event that falls into the bucket at hand is put in by place.
//!
//! # Source
//! Tang, Goh and Thng, "Ladder Queue", ACM TOMACS 2005; contiguous buckets in place of linked lists.

use super::{Key, NEVER};

/// How many events a bucket should hold.
const PER_BUCKET: usize = 24;
/// A bucket that holds more is spread over a finer rung.
const TOO_MANY: usize = 96;
/// Rungs below which a bucket is sorted whatever it holds: many events of one time cannot be spread.
const RUNGS: usize = 8;

/// Buckets of equal width, of which the first `next` are used up.
#[derive(Debug, Default)]
struct Rung {
    start: u64,
    /// The width of a bucket, as a power of two.
    shift: u32,
    next: usize,
    /// How many buckets are in use.
    count: usize,
    buckets: Vec<Vec<Key>>,
}

impl Rung {
    /// The end of the last bucket.
    fn end(&self) -> u64 {
        self.start.saturating_add((self.count as u64) << self.shift)
    }

    fn bucket_of(&self, key: Key) -> usize {
        (((key >> 64) as u64 - self.start) >> self.shift) as usize
    }

    /// The time before which everything has been taken out.
    fn current(&self) -> u64 {
        self.start.saturating_add((self.next as u64) << self.shift)
    }
}

#[derive(Debug, Default)]
pub(super) struct Ladder {
    /// Sorted, the next one last.
    bottom: Vec<Key>,
    /// What is earlier than this belongs to the bottom.
    bottom_end: u64,
    /// From coarse to fine; the first `height` are in use.
    rungs: Vec<Rung>,
    height: usize,
    /// Later than the coarsest rung, in no order.
    top: Vec<Key>,
    /// What is not earlier than this belongs to the top.
    top_start: u64,
}

impl Ladder {
    #[inline]
    pub(super) fn push(&mut self, key: Key) {
        let time = (key >> 64) as u64;
        if time >= self.top_start {
            self.top.push(key);
        } else if time < self.bottom_end {
            // Few are behind it: it falls near the end of the bucket at hand.
            let at = self.bottom.partition_point(|other| key < *other);
            self.bottom.insert(at, key);
        } else {
            for rung in self.rungs[..self.height].iter_mut().rev() {
                if time < rung.end() {
                    let bucket = rung.bucket_of(key);
                    rung.buckets[bucket].push(key);
                    return;
                }
            }
            self.top.push(key);
        }
    }

    /// The next one, or `NEVER`.
    #[inline]
    pub(super) fn peek(&mut self) -> Key {
        match self.bottom.last() {
            Some(key) => *key,
            None => self.refill(),
        }
    }

    /// Takes the next one, which `peek` has shown.
    #[inline]
    pub(super) fn pop(&mut self) {
        self.bottom.pop();
    }

    fn refill(&mut self) -> Key {
        loop {
            while self.height > 0 && self.rungs[self.height - 1].next >= self.rungs[self.height - 1].count {
                self.height -= 1;
            }
            if self.height == 0 {
                if self.top.is_empty() {
                    return NEVER;
                }
                let events = std::mem::take(&mut self.top);
                self.top = self.spread(events);
                self.top_start = self.rungs[0].end();
                continue;
            }
            let rung = &mut self.rungs[self.height - 1];
            let Some(ahead) = rung.buckets[rung.next..rung.count].iter().position(|bucket| !bucket.is_empty()) else {
                rung.next = rung.count;
                continue;
            };
            let taken = rung.next + ahead;
            rung.next = taken + 1;
            let mut bucket = std::mem::take(&mut rung.buckets[taken]);
            if bucket.len() > TOO_MANY && self.height < RUNGS && rung.shift > 0 {
                let emptied = self.spread(bucket);
                self.rungs[self.height - 2].buckets[taken] = emptied;
                continue;
            }
            self.bottom_end = rung.current();
            bucket.sort_unstable_by(|one, other| other.cmp(one));
            std::mem::swap(&mut self.bottom, &mut bucket);
            self.rungs[self.height - 1].buckets[taken] = bucket;
            return *self.bottom.last().expect("the bucket holds something");
        }
    }

    /// Spreads events over a new, finest rung. Gives their memory back, empty.
    fn spread(&mut self, mut events: Vec<Key>) -> Vec<Key> {
        let time = |key: &Key| (*key >> 64) as u64;
        let least = events.iter().map(time).min().unwrap_or(0);
        let most = events.iter().map(time).max().unwrap_or(0);
        let (start, span) = match self.height {
            0 => (least, most - least + 1),
            _ => {
                let above = &self.rungs[self.height - 1];
                (above.current() - (1 << above.shift), 1 << above.shift)
            }
        };
        let wanted = (events.len() / PER_BUCKET).max(1) as u64;
        // The least power of two that gives at most twice as many buckets as wanted.
        let shift = (span / wanted).max(1).ilog2();
        let count = (((span - 1) >> shift) + 1) as usize;
        if self.rungs.len() == self.height {
            self.rungs.push(Rung::default());
        }
        let rung = &mut self.rungs[self.height];
        if rung.buckets.len() < count {
            rung.buckets.resize_with(count, Vec::new);
        }
        (rung.start, rung.shift, rung.next, rung.count) = (start, shift, 0, count);
        self.height += 1;
        for key in events.drain(..) {
            let bucket = rung.bucket_of(key);
            rung.buckets[bucket].push(key);
        }
        // Until the first bucket is taken, an event before it still belongs to the bottom.
        self.bottom_end = self.bottom_end.max(start);
        events
    }
}
