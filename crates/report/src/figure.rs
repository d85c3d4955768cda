//! The only place that turns a number with a unit into words: three significant digits, or two where assumptions carry it.

use plimsoll_simulate::statistics::Interval;

/// So many significant digits, without an exponent, in groups of three: `42.3`, `0.840`, `1 240`.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "endless".to_owned() };
    }
    // Rounding first: 9.996 is 10.0 and not 10.00.
    let rounded: f64 = format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value);
    let magnitude = rounded.abs().log10().floor() as i32;
    let decimals = (digits as i32 - 1 - magnitude).max(0) as usize;
    let text = format!("{rounded:.decimals$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("−", whole));
    let grouped = whole.parse().map_or(whole.to_owned(), crate::words::grouped);
    match rest {
        Some(rest) => format!("{sign}{grouped}.{rest}"),
        None => format!("{sign}{grouped}"),
    }
}

/// Three significant digits.
pub(crate) fn figure(value: f64) -> String {
    significant(value, 3)
}

/// With its sign: `+3.10`, `−0.42`.
pub(crate) fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", figure(value)) } else { figure(value) }
}

/// A load in its unit: `42.3 /s`, `200 users`.
pub(crate) fn load(value: f64, unit: &str) -> String {
    format!("{} {unit}", figure(value))
}

/// The bounds of an interval: `41.8–42.9`, with as many digits as tell them apart, three at least.
pub(crate) fn bounds(interval: &Interval) -> String {
    format!("{}–{}", figure(interval.low), figure(interval.high))
}

/// A time: `840 ms`, `1.20 s`, `2.5 min`.
pub(crate) fn time(seconds: f64) -> String {
    match seconds.abs() {
        0.0 => "0 s".to_owned(),
        s if s < 1e-3 => format!("{} µs", figure(seconds * 1e6)),
        s if s < 0.999_5 => format!("{} ms", figure(seconds * 1e3)),
        s if s < 600.0 => format!("{} s", figure(seconds)),
        s if s < 36_000.0 => format!("{} min", figure(seconds / 60.0)),
        _ => format!("{} h", figure(seconds / 3600.0)),
    }
}

/// A share in percent: `0.387 %`, `99.5 %`. Near 100 it keeps the digits that matter: `99.98 %`.
pub(crate) fn percent(share: f64) -> String {
    let missing = 1.0 - share;
    if 0.9 < share && share < 1.0 {
        let decimals = (1.0 - ((missing * 100.0).log10() + 1e-9).floor()).clamp(1.0, 6.0) as usize;
        return format!("{:.decimals$} %", share * 100.0);
    }
    format!("{} %", if share == 1.0 { "100".to_owned() } else { figure(share * 100.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_wherever_the_point_is() {
        let all: Vec<String> =
            [0.0, 0.000_387, 0.84, 9.996, 42.34, 1239.6, -8.1, 1e9, f64::INFINITY].map(figure).to_vec();
        assert_eq!(all, ["0", "0.000387", "0.840", "10.0", "42.3", "1 240", "−8.10", "1 000 000 000", "endless"]);
        assert_eq!((signed(3.1), signed(-3.1)), ("+3.10".to_owned(), "−3.10".to_owned()));
        assert_eq!(significant(34.7, 2), "35");
    }

    #[test]
    fn a_figure_has_the_unit_that_people_say() {
        assert_eq!([1e-5, 0.84, 0.9996, 1.2, 900.0].map(time), ["10.0 µs", "840 ms", "1.00 s", "1.20 s", "15.0 min"]);
        assert_eq!(
            [0.00387, 0.995, 0.9999, 1.0, 0.5].map(percent),
            ["0.387 %", "99.50 %", "99.990 %", "100 %", "50.0 %"]
        );
    }
}
