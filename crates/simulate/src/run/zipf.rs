//! Zipf's law: which of many things is asked for, the first most often.
//!
//! # Source
//! Rejection-inversion: Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
//! distributions", ACM TOMACS 1996.

use super::random::Bits;
use crate::math;

/// Things numbered from 0, the probability of the `k`-th being proportional to `(k + 1)^-skew`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zipf {
    count: f64,
    skew: f64,
    /// The integral of the hat up to 1.5, less 1, and up to the end.
    low: f64,
    high: f64,
    /// Below this distance nothing is rejected.
    sure: f64,
}

impl Zipf {
    pub(super) fn new(count: u32, skew: f64) -> Self {
        let mut zipf = Self { count: f64::from(count), skew, low: 0.0, high: 0.0, sure: 0.0 };
        zipf.low = zipf.integral(1.5) - 1.0;
        zipf.high = zipf.integral(zipf.count + 0.5);
        zipf.sure = 2.0 - zipf.inverse(zipf.integral(2.5) - math::pow(2.0, -skew));
        zipf
    }

    /// One of them.
    pub(super) fn draw(&self, bits: &mut Bits) -> u32 {
        if self.count <= 1.0 {
            return 0;
        }
        if self.skew == 0.0 {
            return bits.below(self.count as u32);
        }
        loop {
            let u = self.high + bits.uniform() * (self.low - self.high);
            let x = self.inverse(u);
            let k = (x + 0.5).floor().clamp(1.0, self.count);
            if k - x <= self.sure || u >= self.integral(k + 0.5) - math::pow(k, -self.skew) {
                return k as u32 - 1;
            }
        }
    }

    /// The integral of `x^-skew`.
    fn integral(&self, x: f64) -> f64 {
        let rest = 1.0 - self.skew;
        if rest.abs() < 1e-9 { math::ln(x) } else { (math::pow(x, rest) - 1.0) / rest }
    }

    fn inverse(&self, y: f64) -> f64 {
        let rest = 1.0 - self.skew;
        if rest.abs() < 1e-9 { math::exp(y) } else { math::pow((1.0 + y * rest).max(1e-300), 1.0 / rest) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Bits;
    use super::Zipf;

    /// The shares of the first few, within five standard errors.
    #[track_caller]
    fn check(count: u32, skew: f64) {
        const DRAWS: u64 = 200_000;
        let zipf = Zipf::new(count, skew);
        let mut found = vec![0_u32; count as usize];
        (0..DRAWS).for_each(|n| found[zipf.draw(&mut Bits::of(n, 5)) as usize] += 1);
        let weight = |k: usize| ((k + 1) as f64).powf(-skew);
        let total: f64 = (0..count as usize).map(weight).sum();
        for (k, found) in found.iter().enumerate().take(10) {
            let share = weight(k) / total;
            let error = 5.0 * (share * (1.0 - share) / DRAWS as f64).sqrt();
            assert!((f64::from(*found) / DRAWS as f64 - share).abs() <= error, "{skew} {k}: {found} {share}");
        }
    }

    #[test]
    fn shares_follow_the_law() {
        check(1, 1.1);
        check(100, 0.0);
        check(100, 0.8);
        check(1000, 1.0);
        check(5000, 1.1);
        check(50, 2.5);
    }
}
