//! Quantities with their units: durations, rates, shares, sizes, money. A quantity without its unit is an error, since
//! `500` once meant milliseconds to its writer and seconds to its reader.
//!
//! Always: the same text gives the same value; decimals are read exactly, then rounded once to the base unit.

use super::language::{Form, Reading};
use super::table::{Quantity, Shape};
use crate::tree::Node;

/// Writes a quantity: its type, its row of the table, and how its text is read.
macro_rules! quantity {
    (
        $(#[doc = $doc:literal])+
        $Name:ident { $($(#[doc = $field_doc:literal])+ $field:ident: $Type:ty),+ }
        $name:literal $wanted:literal $pattern:literal $number:literal [$($example:literal),+] $parse:expr
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name { $($(#[doc = $field_doc])+ pub $field: $Type),+ }

        impl $Name {
            /// Its row of the table.
            pub const QUANTITY: &'static Quantity = &Quantity {
                name: $name,
                wanted: $wanted,
                doc: concat!($($doc),+),
                pattern: $pattern,
                number: $number,
                examples: &[$($example),+],
            };
        }

        impl Form for $Name {
            fn shape() -> Shape {
                Shape::Quantity(Self::QUANTITY)
            }

            fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
                reading.quantity(node, Self::QUANTITY, $parse)
            }
        }
    };
}
pub(crate) use quantity;

quantity! {
    /// A length of time with its unit: `ns`, `us`, `ms`, `s`, `m` (minutes), `h` or `d`.
    Duration { /// In nanoseconds.
        nanos: u64 }
    "duration" "a duration" r"^[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d)$" false ["500ms", "1.2s", "30d"]
    |text| scaled(text, &DURATIONS, "500ms").map(|nanos| Duration { nanos })
}

quantity! {
    /// How many in which time: per `/s`, `/m` (minute), `/h` or `/d`.
    Rate { /// Per second; finite, not negative.
        per_second: f64 }
    "rate" "a rate" r"^[0-9]+(\.[0-9]+)?/(s|m|h|d)$" false ["12/s", "50.4/s", "3/h"]
    rate
}

quantity! {
    /// A share of a whole, in percent.
    Share { /// In parts per thousand million, so that nine nines are exact.
        parts_per_billion: u64 }
    "share" "a share" r"^[0-9]+(\.[0-9]+)?%$" false ["99.5%", "0.05%"]
    share
}

quantity! {
    /// An amount of data: `B`, `kB`, `MB`, `GB`, `TB`, or in powers of 1024 `KiB`, `MiB`, `GiB`, `TiB`.
    Size { /// In bytes.
        bytes: u64 }
    "size" "a size" r"^[0-9]+(\.[0-9]+)?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$" false ["420GB", "512MiB"]
    |text| scaled(text, &SIZES, "420GB").map(|bytes| Size { bytes })
}

quantity! {
    /// An amount of data per second.
    Throughput { /// In bytes per second.
        bytes_per_second: u64 }
    "throughput" "a throughput" r"^[0-9]+(\.[0-9]+)?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)/s$" false ["200MB/s"]
    |text| match text.strip_suffix("/s") {
        Some(size) => scaled(size, &SIZES, "200MB/s").map(|bytes_per_second| Throughput { bytes_per_second }),
        None => Err(String::from("end it with `/s`, like `200MB/s`")),
    }
}

quantity! {
    /// An amount of money with its currency, three capital letters.
    Money { /// In millionths of the currency.
        micros: u64, /// Three capital letters.
        currency: String }
    "money" "an amount of money" r"^[0-9]+(\.[0-9]+)? [A-Z]{3}$" false ["24 EUR", "1.50 EUR"]
    money
}

quantity! {
    /// CPU cores; the bare number counts cores, `500m` counts thousandths.
    Cores { /// In thousandths of a core.
        millicores: u64 }
    "cores" "a number of cores" r"^[0-9]+(\.[0-9]+)?( cores?|m)?$" true ["0.5", "4", "500m"]
    cores
}

quantity! {
    /// A whole number.
    Count { /// The number.
        count: u64 }
    "count" "a whole number" r"^[0-9]+$" true ["3"]
    |text| count(text).map(|count| Count { count })
}

quantity! {
    /// A whole number, or `unlimited`.
    Limit { /// The number; `None` is unlimited.
        limit: Option<u64> }
    "limit" "a whole number or `unlimited`" r"^([0-9]+|unlimited)$" true ["20", "unlimited"]
    |text| match text {
        "unlimited" => Ok(Limit { limit: None }),
        _ => count(text).map(|limit| Limit { limit: Some(limit) }),
    }
}

quantity! {
    /// A number without a unit, such as a coefficient of variation.
    Number { /// Finite, not negative.
        number: f64 }
    "number" "a number" r"^[0-9]+(\.[0-9]+)?$" true ["0.25", "2"]
    |text| number(text).map(|number| Number { number })
}

quantity! {
    /// How many times as much.
    Factor { /// Finite, not negative.
        factor: f64 }
    "factor" "a factor" r"^[0-9]+(\.[0-9]+)?x$" false ["3x", "1.5x"]
    |text| match text.strip_suffix('x') {
        Some(digits) => number(digits).map(|factor| Factor { factor }),
        None => Err(format!("end it with `x`, like `{text}x`")),
    }
}

quantity! {
    /// A number of users.
    Users { /// How many.
        users: u64 }
    "users" "a number of users" r"^[0-9]+ users?$" false ["200 users"]
    |text| match text.strip_suffix("users").or_else(|| text.strip_suffix("user")) {
        Some(digits) => count(digits.trim()).map(|users| Users { users }),
        None => Err(format!("say of what, like `{text} users`")),
    }
}

quantity! {
    /// A number of days on which people work.
    WorkingDays { /// How many.
        days: u64 }
    "working days" "a number of working days" r"^[0-9]+ working days?$" false ["20 working days"]
    |text| match text.strip_suffix("working days").or_else(|| text.strip_suffix("working day")) {
        Some(digits) => count(digits.trim()).map(|days| WorkingDays { days }),
        None => Err(String::from("write it like `20 working days`")),
    }
}

quantity! {
    /// A day, as year, month and day.
    Date { /// The year.
        year: u16, /// The month, from 1.
        month: u8, /// The day, from 1.
        day: u8 }
    "date" "a date" r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" false ["2027-03-31"]
    date
}

quantity! {
    /// A time of day, in 24 hours.
    TimeOfDay { /// Minutes since midnight.
        minutes: u16 }
    "time of day" "a time of day" r"^[0-2][0-9]:[0-5][0-9]$" false ["08:30"]
    time_of_day
}

quantity! {
    /// The version of the language. There is one so far.
    Version { /// Always 1.
        version: u64 }
    "version" "a version of the language" r"^1$" true ["1"]
    |text| match text {
        "1" => Ok(Version { version: 1 }),
        _ => Err(String::from("this program reads version 1; write `plimsoll: 1`, or use a newer program")),
    }
}

/// Parts per thousand million in a whole.
const BILLION: u64 = 1_000_000_000;

/// Units of a duration in nanoseconds, longest suffix first where one ends like another.
const DURATIONS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", BILLION),
    ("m", 60 * BILLION),
    ("h", 3_600 * BILLION),
    ("d", 86_400 * BILLION),
];

/// Units of a size in bytes.
const SIZES: [(&str, u64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", BILLION),
    ("TB", 1_000 * BILLION),
    ("B", 1),
];

/// The text as digits without a point and the number of digits after it.
fn decimal(text: &str) -> Option<(u128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let good = !whole.is_empty() && digits(whole) && digits(fraction) && !text.ends_with('.');
    if !good || text.len() > 24 {
        return None;
    }
    Some((format!("{whole}{fraction}").parse().ok()?, fraction.len() as u32))
}

/// A decimal times a unit, rounded to the nearest whole.
fn times(text: &str, unit: u64) -> Option<u64> {
    let (digits, places) = decimal(text)?;
    let scale = 10u128.checked_pow(places)?;
    let product = digits.checked_mul(u128::from(unit))?;
    u64::try_from((product + scale / 2) / scale).ok()
}

fn scaled(text: &str, units: &[(&str, u64)], example: &str) -> Result<u64, String> {
    let names = || units.iter().map(|(unit, _)| *unit);
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
    let unit = rest.trim_start();
    if unit.is_empty() && decimal(digits).is_some() {
        return Err(format!(
            "its unit is missing; end it with one of {}, like `{example}`",
            super::near::listed(names())
        ));
    }
    let Some((_, scale)) = units.iter().find(|(name, _)| *name == unit && rest == unit) else {
        let case = names().find(|name| name.eq_ignore_ascii_case(unit));
        return Err(match case {
            Some(name) if decimal(digits).is_some() => format!("write `{digits}{name}`"),
            _ => format!("write one number and one unit of {}, like `{example}`", super::near::listed(names())),
        });
    };
    times(digits, *scale).ok_or_else(|| format!("the number cannot be read; write it like `{example}`"))
}

/// The nanoseconds of a duration's text.
pub(super) fn nanos(text: &str) -> Option<u64> {
    scaled(text, &DURATIONS, "500ms").ok()
}

fn rate(text: &str) -> Result<Rate, String> {
    let Some((digits, per)) = text.split_once('/') else {
        return Err(String::from("say in which time, `/s`, `/m`, `/h` or `/d`, like `12/s`"));
    };
    let seconds = match per {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err(String::from("end it with `/s`, `/m`, `/h` or `/d`, like `12/s`")),
    };
    Ok(Rate { per_second: number(digits)? / seconds })
}

impl Rate {
    /// In thousandths per second, as the model holds it.
    pub fn milli_per_second(&self) -> u64 {
        (self.per_second * 1000.0).round() as u64
    }
}

fn share(text: &str) -> Result<Share, String> {
    let Some(digits) = text.strip_suffix('%') else {
        let cure = match text.parse::<f64>() {
            Ok(part) if (0.0..=1.0).contains(&part) => {
                format!("write it in percent, like `{}%`", rounded(part * 100.0))
            }
            _ => String::from("end it with `%`, like `99.5%`"),
        };
        return Err(cure);
    };
    let parts = times(digits.trim_end(), BILLION / 100).ok_or("write a number before the `%`, like `99.5%`")?;
    if parts > BILLION {
        return Err(String::from("a share is at most `100%`"));
    }
    Ok(Share { parts_per_billion: parts })
}

impl Share {
    /// As a number from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.parts_per_billion as f64 / BILLION as f64
    }

    /// In parts per million, as the model holds it.
    pub fn parts_per_million(&self) -> u64 {
        (self.parts_per_billion + 500) / 1000
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1e7).round() / 1e7
}

fn number(text: &str) -> Result<f64, String> {
    let parsed = decimal(text).and_then(|_| text.parse::<f64>().ok());
    parsed.ok_or_else(|| String::from("write digits, with a point where there is a fraction, like `0.25`"))
}

fn count(text: &str) -> Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = digits.then(|| text.parse().ok()).flatten();
    parsed.ok_or_else(|| String::from("write digits alone, like `3`"))
}

fn money(text: &str) -> Result<Money, String> {
    let example = "write a number and a currency, like `24 EUR`";
    let (digits, currency) = text.split_once(' ').ok_or(example)?;
    let micros = times(digits, 1_000_000).ok_or(example)?;
    let known = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    known.then(|| Money { micros, currency: currency.to_owned() }).ok_or_else(|| String::from(example))
}

fn cores(text: &str) -> Result<Cores, String> {
    let example = "write a number like `0.5`, or thousandths like `500m`";
    let (digits, unit) = match text.strip_suffix('m') {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix(" cores").or_else(|| text.strip_suffix(" core")).unwrap_or(text), 1_000),
    };
    times(digits, unit).map(|millicores| Cores { millicores }).ok_or_else(|| String::from(example))
}

fn date(text: &str) -> Result<Date, String> {
    let example = || String::from("write year, month and day, like `2027-03-31`");
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return Err(example()) };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return Err(example());
    }
    let part = |digits: &str| count(digits).map_err(|_| example());
    let (year, month, day) = (part(year)? as u16, part(month)? as u8, part(day)? as u8);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Err(String::from("there is no such month")),
    };
    if day == 0 || day > days {
        return Err(format!("month {month} of {year} has {days} days"));
    }
    Ok(Date { year, month, day })
}

fn time_of_day(text: &str) -> Result<TimeOfDay, String> {
    let example = || String::from("write hours and minutes, like `08:30`");
    let (hours, minutes) = text.split_once(':').filter(|(h, m)| h.len() == 2 && m.len() == 2).ok_or_else(example)?;
    let part = |digits: &str| count(digits).map_err(|_| example());
    let (hours, minutes) = (part(hours)? as u16, part(minutes)? as u16);
    if hours > 23 || minutes > 59 {
        return Err(String::from("the day has 24 hours of 60 minutes"));
    }
    Ok(TimeOfDay { minutes: hours * 60 + minutes })
}
