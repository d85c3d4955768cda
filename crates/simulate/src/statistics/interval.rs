//! A figure with what is known of it.

/// An estimate between two bounds that hold it with a stated confidence. Always `low ≤ high`, all three finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The best single figure.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Interval {
    /// An interval around a value; bounds that the value lies outside of are moved to it.
    pub fn new(value: f64, low: f64, high: f64) -> Self {
        debug_assert!(value.is_finite() && low.is_finite() && high.is_finite(), "{value} {low} {high}");
        Self { value, low: low.min(value), high: high.max(value) }
    }

    /// A figure that is known exactly.
    pub fn exact(value: f64) -> Self {
        Self::new(value, value, value)
    }

    /// Whether it holds a figure.
    pub fn covers(&self, figure: f64) -> bool {
        self.low <= figure && figure <= self.high
    }

    /// Half of its width, in the unit of its value.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Half of its width as a share of its value; infinite where the value is 0 and the width is not.
    pub fn relative(&self) -> f64 {
        if self.high == self.low { 0.0 } else { self.half_width() / self.value.abs() }
    }

    /// The interval of a multiple.
    pub fn times(&self, factor: f64) -> Self {
        let (a, b) = (self.low * factor, self.high * factor);
        Self::new(self.value * factor, a.min(b), a.max(b))
    }

    /// The bounds not below a floor, for figures that cannot be negative.
    pub fn at_least(&self, floor: f64) -> Self {
        Self::new(self.value.max(floor), self.low.max(floor), self.high.max(floor))
    }
}
