//! A queue for tests that need no engine: M/M/1 by Lindley's recursion, with its exact answers.

/// Uniform draws from SplitMix64 (Steele, Lea and Flood, 2014).
pub(crate) struct Uniform(u64);

impl Uniform {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + f64::EPSILON / 4.0
    }

    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.draw().ln()
    }
}

/// A run of requests through one server with mean service 1, cut into batches; it starts in the steady state.
pub(crate) struct MM1 {
    pub(crate) load: f64,
    pub(crate) requests: usize,
    pub(crate) batches: usize,
    pub(crate) seed: u64,
}

pub(crate) struct Batches {
    /// Requests in each batch.
    pub(crate) batch: usize,
    /// The sum of the latencies of each batch.
    pub(crate) sums: Vec<f64>,
    /// The latencies, in order.
    pub(crate) latencies: Vec<f64>,
}

impl MM1 {
    pub(crate) fn run(&self) -> Batches {
        let batch = self.requests / self.batches;
        let mut chance = Uniform::new(self.seed);
        let (mut arrivals, mut services) =
            (Uniform::new(self.seed ^ 0xa5a5_0000), Uniform::new(self.seed ^ 0x5a5a_ffff));
        // The latency in the steady state is exponential, so that no warm-up is needed.
        let mut wait = if chance.draw() < self.load { chance.exponential(1.0 / (1.0 - self.load)) } else { 0.0 };
        let latencies: Vec<f64> = (0..batch * self.batches)
            .map(|_| {
                let latency = wait + services.exponential(1.0);
                wait = (latency - arrivals.exponential(1.0 / self.load)).max(0.0);
                latency
            })
            .collect();
        Batches { batch, sums: latencies.chunks_exact(batch).map(|chunk| chunk.iter().sum()).collect(), latencies }
    }
}

/// For how many of so many seeds something holds.
pub(crate) fn covered(seeds: u64, holds: impl Fn(u64) -> bool) -> usize {
    (0..seeds).filter(|seed| holds(*seed)).count()
}
