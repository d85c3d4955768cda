//! Axes: where a value lies between two ends, and at which round values the ticks stand.

/// How values are spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Equal steps are equally far.
    Even,
    /// Equal ratios are equally far. Values are above 0.
    Ratio,
}

/// An axis from one value to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Axis {
    /// An axis that holds all values, with ends at round ones. `None` where there is nothing to show.
    pub(crate) fn holding(scale: Scale, values: impl Iterator<Item = f64>) -> Option<Self> {
        let usable = values.filter(|value| value.is_finite() && (scale == Scale::Even || 0.0 < *value));
        let (low, high) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            return None;
        }
        Some(match scale {
            Scale::Even if low == high => Self { scale, low: low - 1.0, high: high + 1.0 },
            Scale::Even => Self { scale, low, high },
            Scale::Ratio => Self { scale, low: low / 1.15, high: high * 1.15 },
        })
    }

    /// Where a value lies: 0 at the low end, 1 at the high one; what lies outside is moved to the end.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Even => (value - self.low) / (self.high - self.low),
            Scale::Ratio => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
        };
        share.clamp(0.0, 1.0)
    }

    /// Round values on the axis, about so many.
    pub(crate) fn ticks(&self, about: usize) -> Vec<f64> {
        match self.scale {
            Scale::Even => self.even_ticks(about),
            Scale::Ratio => self.ratio_ticks(about),
        }
    }

    fn even_ticks(&self, about: usize) -> Vec<f64> {
        let raw = (self.high - self.low) / about.max(1) as f64;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|by| by * power).find(|step| raw <= *step).unwrap_or(power);
        let first = (self.low / step).ceil() as i64;
        (first..).map(|at| at as f64 * step).take_while(|tick| *tick <= self.high + step * 1e-9).collect()
    }

    fn ratio_ticks(&self, about: usize) -> Vec<f64> {
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        const FINEST: &[f64] = &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        for steps in [FINEST, &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]] {
            let ticks: Vec<f64> = decades
                .clone()
                .flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)))
                .filter(|tick| self.low <= *tick && *tick <= self.high)
                .collect();
            if ticks.len() <= about || steps.len() == 1 {
                return ticks;
            }
        }
        Vec::new()
    }
}

/// A label of a round value without the digits that say nothing: `10.0 %` is `10 %`.
pub(crate) fn short(label: &str) -> String {
    let (number, unit) = label.split_once(' ').map_or((label, None), |(number, unit)| (number, Some(unit)));
    let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    unit.map_or(number.to_owned(), |unit| format!("{number} {unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_on_the_axis() {
        let even = Axis::holding(Scale::Even, [0.0, 46.5].into_iter()).unwrap();
        assert_eq!(even.ticks(5), [0.0, 10.0, 20.0, 30.0, 40.0]);
        let ratio = Axis { scale: Scale::Ratio, low: 0.5, high: 40.0 };
        assert_eq!(ratio.ticks(6), [0.5, 1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(Axis::holding(Scale::Ratio, [0.0, -1.0].into_iter()), None);
    }

    #[test]
    fn places_run_from_end_to_end() {
        let ratio = Axis { scale: Scale::Ratio, low: 1.0, high: 100.0 };
        assert_eq!([0.5, 1.0, 10.0, 100.0, 1e6].map(|value| ratio.place(value)), [0.0, 0.0, 0.5, 1.0, 1.0]);
    }
}
