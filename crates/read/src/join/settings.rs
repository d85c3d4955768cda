//! Settings of a call that stand beside its address: `PSP_URL` names the callee, `PSP_TIMEOUT` how long it is waited for.
//!
//! A variable belongs to a call where it begins with what the variable of the address begins with, or with the callee's own
//! name. Its last words say which setting it is. A bare number counts only where the name says its unit.
//!
//! Not here: which variable names whom (`mentions`).

use plimsoll_model::{Field, Value};

use super::identity::{PartId, Parts};
use super::resolve::CallRow;
use crate::facts::{Facts, Origin, Variable, VariantId};

/// Ends of names of variables that hold an address.
const ADDRESS_ENDS: [&str; 17] = [
    "_SERVICE_ADDR",
    "_SERVICE_HOST",
    "_SERVICE_URL",
    "_BASE_URL",
    "_GRPC_TARGET",
    "_GRPC_ADDR",
    "_CONNECTION_STRING",
    "_ADDRESS",
    "_ADDR",
    "_URL",
    "_URI",
    "_HOSTNAME",
    "_HOST",
    "_ENDPOINT",
    "_TARGET",
    "_DSN",
    "_SERVERS",
];

/// What the last words of a name say.
#[derive(Clone, Copy)]
enum Setting {
    /// A length of time: with its unit, or a number in the unit that the name says, in nanoseconds.
    Time(Field, Option<u64>),
    /// A whole number.
    Count(Field),
    /// Attempts in all: one more than retries.
    Attempts,
    /// How often a message is handed out: a number, or any number where it is negative or zero.
    Deliveries,
    /// A name.
    Word(Field),
}

const MS: Option<u64> = Some(1_000_000);
const S: Option<u64> = Some(1_000_000_000);

/// Settings by the last words of a name, longer ones first where one ends another.
const SETTINGS: [(&str, Setting); 28] = [
    ("REQUEST_TIMEOUT_MS", Setting::Time(Field::Timeout, MS)),
    ("TIMEOUT_MS", Setting::Time(Field::Timeout, MS)),
    ("TIMEOUT_MILLIS", Setting::Time(Field::Timeout, MS)),
    ("REQUEST_TIMEOUT_SECONDS", Setting::Time(Field::Timeout, S)),
    ("TIMEOUT_SECONDS", Setting::Time(Field::Timeout, S)),
    ("TIMEOUT_SEC", Setting::Time(Field::Timeout, S)),
    ("REQUEST_TIMEOUT", Setting::Time(Field::Timeout, None)),
    ("TIMEOUT", Setting::Time(Field::Timeout, None)),
    ("MAX_RETRIES", Setting::Count(Field::RetriesMax)),
    ("RETRIES", Setting::Count(Field::RetriesMax)),
    ("RETRY_COUNT", Setting::Count(Field::RetriesMax)),
    ("MAX_ATTEMPTS", Setting::Attempts),
    ("ATTEMPTS", Setting::Attempts),
    ("MAX_POOL_SIZE", Setting::Count(Field::PoolSize)),
    ("POOL_MAX_SIZE", Setting::Count(Field::PoolSize)),
    ("POOL_SIZE", Setting::Count(Field::PoolSize)),
    ("POOL_MAX", Setting::Count(Field::PoolSize)),
    ("MAX_OPEN_CONNS", Setting::Count(Field::PoolSize)),
    ("MAX_CONNECTIONS", Setting::Count(Field::PoolSize)),
    ("POOL_WAIT", Setting::Time(Field::PoolWait, None)),
    ("POOL_TIMEOUT", Setting::Time(Field::PoolWait, None)),
    ("ACQUIRE_TIMEOUT", Setting::Time(Field::PoolWait, None)),
    ("MAX_DELIVER", Setting::Deliveries),
    ("MAX_DELIVERIES", Setting::Deliveries),
    ("DELIVERY_LIMIT", Setting::Deliveries),
    ("DEAD_LETTER_SUBJECT", Setting::Word(Field::CallDeadLetters)),
    ("DEAD_LETTER_QUEUE", Setting::Word(Field::CallDeadLetters)),
    ("SCHEMA", Setting::Word(Field::StoreSchema)),
];

/// A setting of a call: the field, its value, the variable, where it stands, in which variant.
pub(super) type Set = (Field, Value, String, Origin, VariantId);

/// The settings of a call, from the variables of the caller's units.
pub(super) fn of(facts: &Facts, parts: &Parts, units: &[usize], row: &CallRow) -> Vec<Set> {
    let stems = stems(parts, row);
    let mut out = Vec::new();
    for unit in units.iter().map(|index| &facts.units[*index]) {
        for variable in unit.containers.iter().flat_map(|container| &container.environment) {
            if let Some((field, value)) = setting(&stems, variable) {
                out.push((field, value, variable.name.clone(), variable.origin.clone(), unit.variant));
            }
        }
    }
    out
}

/// The units of each part.
pub(super) fn units_of(parts: &Parts) -> std::collections::BTreeMap<PartId, Vec<usize>> {
    let mut out: std::collections::BTreeMap<PartId, Vec<usize>> = std::collections::BTreeMap::new();
    for (unit, part) in parts.of_unit.iter().enumerate() {
        out.entry(*part).or_default().push(unit);
    }
    out
}

/// What names of the call's settings may begin with: what the variables of its address begin with, and the callee's name.
fn stems(parts: &Parts, row: &CallRow) -> Vec<String> {
    let upper = |name: &str| name.to_ascii_uppercase().replace(['-', '.'], "_");
    let of_key = |key: &String| {
        let key = upper(key);
        ADDRESS_ENDS.iter().find_map(|end| key.strip_suffix(end)).filter(|stem| !stem.is_empty()).map(str::to_owned)
    };
    let mut stems: Vec<String> = row.keys.iter().filter_map(of_key).collect();
    stems.push(upper(&parts.get(row.to).id));
    stems.sort();
    stems.dedup();
    stems
}

fn setting(stems: &[String], variable: &Variable) -> Option<(Field, Value)> {
    let name = variable.name.to_ascii_uppercase();
    let rest = stems.iter().find_map(|stem| name.strip_prefix(stem.as_str())?.strip_prefix('_'))?;
    let (_, setting) = SETTINGS.iter().find(|(end, _)| rest == *end)?;
    let text = variable.value.as_deref()?.trim();
    match *setting {
        Setting::Time(field, unit) => Some((field, Value::Nanos(nanos(text, unit)?))),
        Setting::Count(field) => Some((field, Value::Count(text.parse().ok()?))),
        Setting::Attempts => Some((Field::RetriesMax, Value::Count(text.parse::<u64>().ok()?.checked_sub(1)?))),
        Setting::Deliveries => Some((Field::Deliveries, Value::Text(deliveries(text)?))),
        Setting::Word(field) => (!text.is_empty()).then(|| (field, Value::Text(text.to_owned()))),
    }
}

/// `500ms`, `1.5s`, `2m`, or a bare number in the unit that the name says.
fn nanos(text: &str, unit: Option<u64>) -> Option<u64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let scale = match text[end..].trim() {
        "" => unit?,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        _ => return None,
    };
    let nanos = number * scale as f64;
    (nanos.is_finite() && (0.0..1e18).contains(&nanos)).then_some(nanos.round() as u64)
}

fn deliveries(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    Some(if number <= 0 { String::from("unlimited") } else { number.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::{At, FileId};

    fn check(stem: &str, name: &str, value: &str, expect: Option<(Field, Value)>) {
        let origin = Origin::at(At::whole(FileId(0)));
        let variable = Variable { name: name.to_owned(), value: Some(value.to_owned()), plain_secret: false, origin };
        assert_eq!(setting(&[stem.to_owned()], &variable), expect);
    }

    #[test]
    fn a_time_has_its_unit_in_the_value_or_in_the_name() {
        check("PSP", "PSP_TIMEOUT", "10s", Some((Field::Timeout, Value::Nanos(10_000_000_000))));
        check("PSP", "PSP_TIMEOUT_MS", "1500", Some((Field::Timeout, Value::Nanos(1_500_000_000))));
        check("PSP", "PSP_TIMEOUT", "10", None);
        check("PSP", "PSP_TIMEOUT", "soon", None);
    }

    #[test]
    fn attempts_are_one_more_than_retries() {
        check("PAYMENTS", "PAYMENTS_RETRIES", "2", Some((Field::RetriesMax, Value::Count(2))));
        check("PAYMENTS", "PAYMENTS_MAX_ATTEMPTS", "3", Some((Field::RetriesMax, Value::Count(2))));
        check("PAYMENTS", "PAYMENTS_MAX_ATTEMPTS", "0", None);
    }

    #[test]
    fn a_message_without_a_limit_comes_back_for_ever() {
        check("EVENTS", "EVENTS_MAX_DELIVER", "-1", Some((Field::Deliveries, Value::Text(String::from("unlimited")))));
        check("EVENTS", "EVENTS_MAX_DELIVER", "5", Some((Field::Deliveries, Value::Text(String::from("5")))));
    }

    #[test]
    fn a_name_that_only_begins_alike_is_somebody_elses() {
        check("PSP", "PSPX_TIMEOUT", "10s", None);
        check("PSP", "PSP_IDLE_TIMEOUT", "10s", None);
    }
}
