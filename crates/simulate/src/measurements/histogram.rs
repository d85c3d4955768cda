//! A histogram of times: logarithmic octaves, each in equal parts, so that every value is known to within 0.4 %.
//!
//! Always: the index is a shift and a mask; merging is adding, so it is exact and its order does not matter.
//!
//! # Source
//! The layout is that of HdrHistogram (Tene); the error follows from 128 parts an octave.

use crate::time::Nanos;

/// Parts of an octave, as a power of two.
const PART_BITS: u32 = 7;
const PARTS: u64 = 1 << PART_BITS;

/// How many times of each length, in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Histogram {
    /// Grows to the longest time seen.
    buckets: Vec<u64>,
    count: u64,
    sum: u128,
    longest: Nanos,
}

impl Histogram {
    /// Counts a time.
    #[inline]
    pub fn record(&mut self, time: Nanos) {
        let index = index_of(time.0);
        if self.buckets.len() <= index {
            self.grow(index);
        }
        self.buckets[index] += 1;
        self.count += 1;
        self.sum += u128::from(time.0);
        self.longest = self.longest.max(time);
    }

    #[cold]
    fn grow(&mut self, index: usize) {
        // Whole octaves, so that growth is rare.
        self.buckets.resize((index / PARTS as usize + 1) * PARTS as usize, 0);
    }

    /// How many times were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their exact sum, in nanoseconds.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The longest, exactly.
    pub fn longest(&self) -> Nanos {
        self.longest
    }

    /// Their mean, exact but for rounding to a nanosecond; no time where none was counted.
    pub fn mean(&self) -> Nanos {
        Nanos((self.sum.checked_div(u128::from(self.count)).unwrap_or(0)) as u64)
    }

    /// The time that a share of all do not exceed, `share` from 0 to 1; interpolated within its bucket. `None` where none
    /// was counted.
    pub fn quantile(&self, share: f64) -> Option<Nanos> {
        if self.count == 0 {
            return None;
        }
        let rank = share.clamp(0.0, 1.0) * self.count as f64;
        let mut below = 0_u64;
        for (index, in_bucket) in self.buckets.iter().enumerate().filter(|(_, count)| **count > 0) {
            let upto = below + in_bucket;
            if rank <= upto as f64 {
                let (low, high) = bounds_of(index);
                let part = (rank - below as f64) / *in_bucket as f64;
                let value = low as f64 + part.max(0.0) * (high - low) as f64;
                return Some(Nanos::from_nanos_f64(value).min(self.longest));
            }
            below = upto;
        }
        Some(self.longest)
    }

    /// How many are longer than `limit`; those in its own bucket count in proportion.
    pub fn above(&self, limit: Nanos) -> f64 {
        let at = index_of(limit.0);
        let beyond: u64 = self.buckets.iter().skip(at + 1).sum();
        let Some(own) = self.buckets.get(at) else { return 0.0 };
        let (low, high) = bounds_of(at);
        let part = (high - limit.0) as f64 / (high - low) as f64;
        // A bucket of one value holds exactly that value, which does not exceed itself.
        if high - low == 1 { beyond as f64 } else { beyond as f64 + *own as f64 * part }
    }

    /// Adds what another counted.
    pub fn merge(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.longest = self.longest.max(other.longest);
    }

    /// What was counted since an earlier state of the same histogram. The longest is that of all, since no more is known of it.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let before = earlier.buckets.iter().copied().chain(std::iter::repeat(0));
        Self {
            buckets: self.buckets.iter().zip(before).map(|(now, before)| now - before).collect(),
            count: self.count - earlier.count,
            sum: self.sum - earlier.sum,
            longest: self.longest,
        }
    }

    /// Forgets everything and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.buckets.fill(0);
        (self.count, self.sum, self.longest) = (0, 0, Nanos::ZERO);
    }

    /// The buckets that hold something: the least value, the next greater one that it does not hold, how many.
    pub fn buckets(&self) -> impl Iterator<Item = (Nanos, Nanos, u64)> {
        let filled = self.buckets.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(index, count)| {
            let (low, high) = bounds_of(index);
            (Nanos(low), Nanos(high), *count)
        })
    }
}

/// Values below 2 * PARTS have a bucket each; above, each octave has PARTS.
#[inline]
fn index_of(value: u64) -> usize {
    let octave = (u64::BITS - (value | PARTS).leading_zeros() - 1) - PART_BITS;
    ((u64::from(octave) << PART_BITS) + (value >> octave)) as usize
}

/// The least value of a bucket and the least one beyond it.
fn bounds_of(index: usize) -> (u64, u64) {
    let index = index as u64;
    if index < 2 * PARTS {
        return (index, index + 1);
    }
    let octave = (index >> PART_BITS) - 1;
    let part = index - (octave << PART_BITS);
    (part << octave, (part + 1).checked_shl(octave as u32).unwrap_or(u64::MAX).max(part << octave))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Histogram, Nanos, bounds_of, index_of};

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        values.iter().for_each(|value| histogram.record(Nanos(*value)));
        histogram
    }

    proptest! {
        #[test]
        fn every_value_lies_in_its_bucket_and_the_bucket_is_narrow(value in 0..1_u64 << 62) {
            let (low, high) = bounds_of(index_of(value));
            prop_assert!(low <= value && value < high);
            prop_assert!((high - low - 1) as f64 <= value as f64 / 128.0);
        }

        #[test]
        fn merging_is_counting_together_in_any_order(
            one in prop::collection::vec(0..1_u64 << 40, 0..50),
            other in prop::collection::vec(0..1_u64 << 40, 0..50),
        ) {
            let together = of(&[one.clone(), other.clone()].concat());
            let mut forth = of(&one);
            forth.merge(&of(&other));
            let mut back = of(&other);
            back.merge(&of(&one));
            // Buckets that were never needed may be missing at the end of one of them.
            for merged in [forth, back] {
                prop_assert!(merged.buckets().eq(together.buckets()));
                prop_assert_eq!((merged.count(), merged.sum(), merged.longest()),
                    (together.count(), together.sum(), together.longest()));
            }
        }

        #[test]
        fn quantiles_are_within_one_percent(mut values in prop::collection::vec(1_000..1_u64 << 40, 1..200), q in 0.01..1.0) {
            let estimate = of(&values).quantile(q).expect("there are values").0 as f64;
            values.sort_unstable();
            let rank = ((q * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1] as f64;
            prop_assert!((estimate - exact).abs() <= 0.01 * exact, "{estimate} {exact}");
        }
    }

    #[test]
    fn the_share_above_a_limit_leaves_the_limit_itself_out() {
        let waits = of(&[0, 0, 0, 500_000_000, 700_000_000]);
        assert_eq!(waits.above(Nanos(0)), 2.0);
        assert!((waits.above(Nanos(600_000_000)) - 1.0).abs() < 1e-9);
        assert_eq!(waits.above(Nanos(800_000_000)), 0.0);
        assert_eq!(waits.mean(), Nanos(240_000_000));
    }
}
