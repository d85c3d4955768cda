//! Exponential and normal variates from bits, by ziggurat: one multiplication and one comparison, 98 times of 100.
//!
//! # Source
//! Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", Journal of Statistical Software, 2000,
//! with 256 layers; the tables are made when this is compiled, by our own `exp` and `ln`.

use crate::math;

/// Exponential with mean 1, from as many 64-bit numbers as it takes.
#[inline(always)]
pub(crate) fn exponential(next: &mut impl FnMut() -> u64) -> f64 {
    let bits = next();
    let layer = (bits & 0xff) as usize;
    let x = open(bits) * EXPONENTIAL.x[layer];
    if x < EXPONENTIAL.x[layer + 1] { x } else { exponential_edge(next, layer, x) }
}

#[cold]
#[inline(never)]
fn exponential_edge(next: &mut impl FnMut() -> u64, mut layer: usize, mut x: f64) -> f64 {
    // The tail is exponential again, so that what lies beyond it adds up.
    let mut beyond = 0.0;
    loop {
        if layer == 0 {
            beyond += EXPONENTIAL_R;
        } else {
            let height = EXPONENTIAL.y[layer + 1] - EXPONENTIAL.y[layer];
            if EXPONENTIAL.y[layer] + height * open(next()) < math::exp(-x) {
                return beyond + x;
            }
        }
        let bits = next();
        layer = (bits & 0xff) as usize;
        x = open(bits) * EXPONENTIAL.x[layer];
        if x < EXPONENTIAL.x[layer + 1] {
            return beyond + x;
        }
    }
}

/// Standard normal.
#[inline]
pub(crate) fn normal(next: &mut impl FnMut() -> u64) -> f64 {
    loop {
        let bits = next();
        let layer = (bits & 0xff) as usize;
        let x = open(bits) * NORMAL.x[layer];
        let sign = if bits & 0x100 == 0 { 1.0 } else { -1.0 };
        if x < NORMAL.x[layer + 1] {
            return sign * x;
        }
        if let Some(x) = normal_edge(next, layer, x) {
            return sign * x;
        }
    }
}

#[cold]
fn normal_edge(next: &mut impl FnMut() -> u64, layer: usize, x: f64) -> Option<f64> {
    if layer > 0 {
        let y = NORMAL.y[layer] + (NORMAL.y[layer + 1] - NORMAL.y[layer]) * open(next());
        return (y < math::exp(-x * x / 2.0)).then_some(x);
    }
    loop {
        let beyond = exponential(next) / NORMAL_R;
        if beyond * beyond < 2.0 * exponential(next) {
            return Some(NORMAL_R + beyond);
        }
    }
}

/// The upper 53 bits as a number between 0 and 1, neither of them.
#[inline]
pub(crate) fn open(bits: u64) -> f64 {
    // Signed conversion is one instruction, and the value is below 2^53.
    ((bits >> 11) as i64 as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

/// The layers of a ziggurat: `x` falls from layer 0, `y` is the density at `x`.
struct Layers {
    x: [f64; 257],
    y: [f64; 257],
}

const EXPONENTIAL_R: f64 = 7.697_117_470_131_05;
const NORMAL_R: f64 = 3.654_152_885_361_009;

static EXPONENTIAL: Layers = layers(EXPONENTIAL_R, 3.949_659_822_581_572e-3, Density::Exponential);
static NORMAL: Layers = layers(NORMAL_R, 4.928_673_233_992_336e-3, Density::Normal);

#[derive(Clone, Copy)]
enum Density {
    Exponential,
    Normal,
}

const fn density(of: Density, x: f64) -> f64 {
    match of {
        Density::Exponential => math::exp(-x),
        Density::Normal => math::exp(-x * x / 2.0),
    }
}

const fn inverse(of: Density, y: f64) -> f64 {
    match of {
        Density::Exponential => -math::ln(y),
        Density::Normal => math::sqrt(-2.0 * math::ln(y)),
    }
}

/// All layers have the area `v`; the lowest one includes the tail beyond `r`.
const fn layers(r: f64, v: f64, of: Density) -> Layers {
    let (mut x, mut y) = ([0.0; 257], [1.0; 257]);
    x[0] = v / density(of, r);
    x[1] = r;
    y[0] = 0.0;
    y[1] = density(of, r);
    let mut layer = 2;
    while layer < 256 {
        y[layer] = y[layer - 1] + v / x[layer - 1];
        x[layer] = inverse(of, y[layer]);
        layer += 1;
    }
    Layers { x, y }
}
