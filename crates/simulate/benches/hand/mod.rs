//! The same systems written out by hand, as fast as we know how: what the engine is measured against.
//!
//! They use the engine's own heap, histogram and ziggurat, so that the ratio is the price of generality alone. Each keeps
//! the statistics that the engine keeps of a journey: latency and waiting time, as histograms.

mod chain;
mod stations;

pub(crate) use chain::chain;
pub(crate) use stations::{deep_queue, one_server, tandem};

use plimsoll_simulate::Nanos;
use plimsoll_simulate::measurements::Histogram;

use crate::heap::Heap;

/// xoshiro256++ (Blackman and Vigna, 2019), the usual fast generator of such loops.
pub(crate) struct Generator([u64; 4]);

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        // SplitMix64, as its authors say.
        let mut state = seed;
        Self([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    #[inline]
    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Exponential, in nanoseconds.
    #[inline]
    pub(crate) fn exponential(&mut self, mean: f64) -> u64 {
        (crate::ziggurat::exponential(&mut || self.next()) * mean + 0.5) as i64 as u64
    }
}

/// The engine's heap, with a sequence number.
#[derive(Default)]
pub(crate) struct Calendar {
    heap: Heap,
    sequence: u32,
}

impl Calendar {
    #[inline]
    pub(crate) fn at(&mut self, time: u64, payload: u32) {
        self.sequence = self.sequence.wrapping_add(1);
        self.heap.push(u128::from(time) << 64 | u128::from(self.sequence) << 32 | u128::from(payload));
    }

    #[inline]
    pub(crate) fn next(&mut self) -> (u64, u32) {
        let key = self.heap.peek();
        self.heap.pop();
        ((key >> 64) as u64, key as u32)
    }

    #[inline]
    pub(crate) fn first(&mut self) -> u64 {
        (self.heap.peek() >> 64) as u64
    }
}

/// What is kept of a journey.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) latency: Histogram,
    pub(crate) waited: Histogram,
}

impl Kept {
    #[inline]
    pub(crate) fn record(&mut self, latency: u64, waited: u64) {
        self.latency.record(Nanos(latency));
        self.waited.record(Nanos(waited));
    }
}
