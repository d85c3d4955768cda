//! Times and durations as Go writes them. All times are in UTC: what a machine calls local would differ from run to run.

/// Nanoseconds of a second.
pub(crate) const SECOND: i128 = 1_000_000_000;

/// A time by the calendar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
    pub(crate) nanos: u32,
    /// 0 is Sunday.
    pub(crate) weekday: u32,
    pub(crate) day_of_year: u32,
}

/// Nanoseconds from 1970 to the year 1, which Go calls the zero time.
pub(crate) const ZERO_TIME: i128 = -62_135_596_800 * SECOND;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Civil {
    /// The calendar at so many nanoseconds since 1970.
    ///
    /// # Source
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    pub(crate) fn of(nanos: i128) -> Self {
        let seconds = nanos.div_euclid(SECOND);
        let days = seconds.div_euclid(86_400) as i64;
        let of_day = seconds.rem_euclid(86_400) as u32;
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year,
            month,
            day: (day_of_year - (153 * shifted + 2) / 5 + 1) as u32,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            nanos: nanos.rem_euclid(SECOND) as u32,
            weekday: (days + 4).rem_euclid(7) as u32,
            day_of_year: (days - days_before(year, 1, 1) + 1) as u32,
        }
    }

    /// How Go prints a time.
    pub(crate) fn default_text(&self) -> String {
        let fraction = match self.nanos {
            0 => String::new(),
            nanos => format!(".{}", format!("{nanos:09}").trim_end_matches('0')),
        };
        let Self { year, month, day, hour, minute, second, .. } = self;
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction} +0000 UTC")
    }

    /// As Go's JSON has it.
    pub(crate) fn rfc3339(&self) -> String {
        self.format("2006-01-02T15:04:05.999999999Z07:00")
    }

    /// By a layout that spells the time 2006-01-02 15:04:05.
    pub(crate) fn format(&self, layout: &str) -> String {
        let mut out = String::new();
        let mut rest = layout;
        while let Some(c) = rest.chars().next() {
            let part = Part::at(rest);
            match part {
                Some((part, length)) => {
                    out.push_str(&part.text(self));
                    rest = &rest[length..];
                }
                None => {
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        out
    }
}

/// Days from 1970 to a date.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// A part of a layout.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    LongYear,
    Year,
    LongMonth,
    Month,
    ZeroMonth,
    NumberMonth,
    LongDay,
    WeekDay,
    ZeroDay,
    SpaceDay,
    Day,
    ZeroDayOfYear,
    Hour,
    ZeroHour12,
    Hour12,
    ZeroMinute,
    Minute,
    ZeroSecond,
    Second,
    UpperHalf,
    LowerHalf,
    Zone,
    /// `Z07:00` and `-0700`: in UTC they differ only in this text.
    Offset(&'static str),
    Fraction {
        digits: usize,
        trimmed: bool,
        mark: char,
    },
}

const PARTS: [(&str, Part); 32] = [
    ("January", Part::LongMonth),
    ("Jan", Part::Month),
    ("Monday", Part::LongDay),
    ("Mon", Part::WeekDay),
    ("MST", Part::Zone),
    ("2006", Part::LongYear),
    ("002", Part::ZeroDayOfYear),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumberMonth),
    ("_2", Part::SpaceDay),
    ("2", Part::Day),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperHalf),
    ("pm", Part::LowerHalf),
    ("-07:00:00", Part::Offset("+00:00:00")),
    ("-070000", Part::Offset("+000000")),
    ("-07:00", Part::Offset("+00:00")),
    ("-0700", Part::Offset("+0000")),
    ("-07", Part::Offset("+00")),
    ("Z07:00:00", Part::Offset("Z")),
    ("Z070000", Part::Offset("Z")),
    ("Z07:00", Part::Offset("Z")),
    ("Z0700", Part::Offset("Z")),
    ("Z07", Part::Offset("Z")),
];

impl Part {
    /// The part that a layout begins with, and its length.
    fn at(layout: &str) -> Option<(Self, usize)> {
        if layout.starts_with("_2006") {
            return None;
        }
        if layout.starts_with(['.', ',']) {
            let mark = layout.chars().next()?;
            let zeros = layout[1..].len() - layout[1..].trim_start_matches('0').len();
            let nines = layout[1..].len() - layout[1..].trim_start_matches('9').len();
            let digits = zeros.max(nines);
            let ends = !layout[1 + digits..].starts_with(|c: char| c.is_ascii_digit());
            if digits > 0 && ends {
                return Some((Self::Fraction { digits, trimmed: nines > 0, mark }, digits + 1));
            }
        }
        PARTS.iter().find(|(spelled, _)| layout.starts_with(spelled)).map(|(spelled, part)| (*part, spelled.len()))
    }

    fn text(self, time: &Civil) -> String {
        let half = |texts: [&str; 2]| texts[usize::from(time.hour >= 12)].to_owned();
        let hour12 = (time.hour + 11) % 12 + 1;
        match self {
            Self::LongYear => format!("{:04}", time.year),
            Self::Year => format!("{:02}", time.year.rem_euclid(100)),
            Self::LongMonth => MONTHS[time.month as usize - 1].to_owned(),
            Self::Month => MONTHS[time.month as usize - 1][..3].to_owned(),
            Self::ZeroMonth => format!("{:02}", time.month),
            Self::NumberMonth => time.month.to_string(),
            Self::LongDay => DAYS[time.weekday as usize].to_owned(),
            Self::WeekDay => DAYS[time.weekday as usize][..3].to_owned(),
            Self::ZeroDay => format!("{:02}", time.day),
            Self::SpaceDay => format!("{:2}", time.day),
            Self::Day => time.day.to_string(),
            Self::ZeroDayOfYear => format!("{:03}", time.day_of_year),
            Self::Hour => format!("{:02}", time.hour),
            Self::ZeroHour12 => format!("{hour12:02}"),
            Self::Hour12 => hour12.to_string(),
            Self::ZeroMinute => format!("{:02}", time.minute),
            Self::Minute => time.minute.to_string(),
            Self::ZeroSecond => format!("{:02}", time.second),
            Self::Second => time.second.to_string(),
            Self::UpperHalf => half(["AM", "PM"]),
            Self::LowerHalf => half(["am", "pm"]),
            Self::Zone => "UTC".to_owned(),
            Self::Offset(text) => text.to_owned(),
            Self::Fraction { digits, trimmed, mark } => {
                let all = format!("{:09}", time.nanos);
                let cut = &all[..digits.min(9)];
                let cut = if trimmed { cut.trim_end_matches('0') } else { cut };
                if cut.is_empty() { String::new() } else { format!("{mark}{cut}") }
            }
        }
    }
}

/// Reads a time by a layout: nanoseconds since 1970.
pub(crate) fn parse(layout: &str, text: &str) -> Option<i128> {
    let (mut year, mut month, mut day) = (0i64, 1i64, 1i64);
    let (mut hour, mut minute, mut second, mut nanos) = (0i64, 0i64, 0i64, 0i128);
    let (mut afternoon, mut offset) = (None, 0i64);
    let (mut layout, mut text) = (layout, text);
    while let Some(c) = layout.chars().next() {
        let Some((part, length)) = Part::at(layout) else {
            text = text.strip_prefix(c)?;
            layout = &layout[c.len_utf8()..];
            continue;
        };
        layout = &layout[length..];
        match part {
            Part::LongYear => year = digits(&mut text, 4, 4)?,
            Part::Year => {
                let short = digits(&mut text, 2, 2)?;
                year = if short >= 69 { 1900 + short } else { 2000 + short };
            }
            Part::LongMonth => month = name(&mut text, &MONTHS, usize::MAX)?,
            Part::Month => month = name(&mut text, &MONTHS, 3)?,
            Part::ZeroMonth => month = digits(&mut text, 2, 2)?,
            Part::NumberMonth => month = digits(&mut text, 1, 2)?,
            Part::LongDay => drop(name(&mut text, &DAYS, usize::MAX)?),
            Part::WeekDay => drop(name(&mut text, &DAYS, 3)?),
            Part::ZeroDay => day = digits(&mut text, 2, 2)?,
            Part::SpaceDay | Part::Day => {
                text = text.strip_prefix(' ').unwrap_or(text);
                day = digits(&mut text, 1, 2)?;
            }
            Part::ZeroDayOfYear => {
                day = digits(&mut text, 3, 3)?;
                month = 1;
            }
            Part::Hour | Part::ZeroHour12 => hour = digits(&mut text, 2, 2)?,
            Part::Hour12 => hour = digits(&mut text, 1, 2)?,
            Part::ZeroMinute => minute = digits(&mut text, 2, 2)?,
            Part::Minute => minute = digits(&mut text, 1, 2)?,
            Part::ZeroSecond | Part::Second => {
                second = digits(&mut text, if part == Part::ZeroSecond { 2 } else { 1 }, 2)?;
                // A fraction may follow the seconds, whether or not the layout has one.
                let has_own = matches!(Part::at(layout), Some((Part::Fraction { .. }, _)));
                if !has_own && text.starts_with(['.', ',']) {
                    nanos = fraction(&mut text)?;
                }
            }
            Part::UpperHalf | Part::LowerHalf => {
                afternoon = Some(text.get(..2)?.eq_ignore_ascii_case("pm"));
                text = &text[2..];
            }
            Part::Zone => text = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT"))?,
            Part::Offset(_) => offset = zone(&mut text)?,
            Part::Fraction { .. } => {
                if text.starts_with(['.', ',']) {
                    nanos = fraction(&mut text)?;
                }
            }
        }
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !text.is_empty() || !(1..=days_in.max(366 * i64::from(day > 31))).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_before(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Some(i128::from(seconds) * SECOND + nanos)
}

fn digits(text: &mut &str, low: usize, high: usize) -> Option<i64> {
    let count = text.bytes().take(high).take_while(u8::is_ascii_digit).count();
    if count < low {
        return None;
    }
    let number = text[..count].parse().ok()?;
    *text = &text[count..];
    Some(number)
}

fn name(text: &mut &str, names: &[&str], length: usize) -> Option<i64> {
    let found = names.iter().position(|name| {
        let name = &name[..name.len().min(length)];
        text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
    })?;
    *text = &text[names[found].len().min(length)..];
    Some(found as i64 + 1)
}

fn fraction(text: &mut &str) -> Option<i128> {
    let count = text[1..].bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return None;
    }
    let spelled = format!("{:0<9}", &text[1..=count.min(9)]);
    *text = &text[1 + count..];
    spelled.parse().ok()
}

fn zone(text: &mut &str) -> Option<i64> {
    if let Some(rest) = text.strip_prefix('Z') {
        *text = rest;
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    *text = &text[1..];
    let hours = digits(text, 2, 2)?;
    *text = text.strip_prefix(':').unwrap_or(text);
    let minutes = digits(text, 2, 2).unwrap_or(0);
    Some(sign * (hours * 3600 + minutes * 60))
}

/// A duration as Go prints it: `1h2m3.5s`.
pub(crate) fn duration_text(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.unsigned_abs();
    let decimal = |unit: u64, name: &str| {
        let fraction = format!("{:0width$}", size % unit, width = unit.ilog10() as usize);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() || unit == 1 { "" } else { "." };
        let fraction = if unit == 1 { "" } else { fraction };
        format!("{sign}{}{point}{fraction}{name}", size / unit)
    };
    match size {
        0..1_000 => return decimal(1, "ns"),
        1_000..1_000_000 => return decimal(1_000, "µs"),
        1_000_000..1_000_000_000 => return decimal(1_000_000, "ms"),
        _ => {}
    }
    let seconds = size / 1_000_000_000;
    let fraction = format!("{:09}", size % 1_000_000_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut out = sign.to_owned();
    if hours > 0 {
        out.push_str(&format!("{hours}h"));
    }
    if hours > 0 || minutes > 0 {
        out.push_str(&format!("{minutes}m"));
    }
    out.push_str(&format!("{}{point}{fraction}s", seconds % 60));
    out
}

/// `time.ParseDuration`, in nanoseconds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0f64;
    while !rest.is_empty() {
        let length = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let number: f64 = rest[..length].parse().ok()?;
        rest = &rest[length..];
        let units =
            [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];
        let (unit, nanos) = units.iter().find(|(unit, _)| rest.starts_with(unit))?;
        total += number * nanos;
        rest = &rest[unit.len()..];
    }
    let total = if negative { -total } else { total };
    (total.abs() < 9.2e18).then_some(total as i64)
}
