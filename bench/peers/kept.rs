//! What all peers share: the draws of our hand loops, and what is kept of a request.

/// xoshiro256++ (Blackman and Vigna, 2019), seeded by SplitMix64.
pub struct Generator([u64; 4]);

impl Generator {
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

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

    /// Exponential with a mean, by the engine's own ziggurat.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        crate::ziggurat::exponential(&mut || self.next()) * mean
    }
}

/// Latency and waiting time of those that were served, as histograms of 128 parts an octave of nanoseconds.
pub struct Kept {
    latency: Vec<u64>,
    waited: Vec<u64>,
    pub count: u64,
    sum: f64,
}

impl Kept {
    pub fn new() -> Self {
        Self { latency: vec![0; 64 * 128], waited: vec![0; 64 * 128], count: 0, sum: 0.0 }
    }

    /// Counts a request, in seconds.
    pub fn record(&mut self, latency: f64, waited: f64) {
        self.latency[place(latency)] += 1;
        self.waited[place(waited)] += 1;
        self.count += 1;
        self.sum += latency;
    }

    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

fn place(seconds: f64) -> usize {
    let nanos = (seconds * 1e9) as u64 | 128;
    let octave = 63 - nanos.leading_zeros() - 7;
    ((u64::from(octave) << 7) + (nanos >> octave)) as usize
}

/// How many requests, and the seed, as the command line says.
pub fn asked() -> (u64, u64) {
    let mut arguments = std::env::args().skip(1).map(|each| each.parse().expect("a number"));
    (arguments.next().expect("how many requests"), arguments.next().expect("a seed"))
}

/// Prints the nanoseconds a request, and the mean latency in seconds.
pub fn report(took: f64, kept: &Kept) {
    println!("{} {}", took * 1e9 / kept.count as f64, kept.mean());
}
