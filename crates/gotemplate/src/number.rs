//! Numbers as Go reads and writes them.

/// `strconv.ParseInt`: base 0 takes prefixes and `_`.
pub(crate) fn parse_int(text: &str, base: u32) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = match (base, lower.get(..2)) {
        (0, Some("0x")) => (16, &lower[2..]),
        (0, Some("0o")) => (8, &lower[2..]),
        (0, Some("0b")) => (2, &lower[2..]),
        (0, _) if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        (0, _) => (10, lower.as_str()),
        (base, _) => (base, lower.as_str()),
    };
    let prefixed = body.len() < lower.len();
    let body = if base == 0 { without_underscores(body, prefixed)? } else { body.to_owned() };
    if body.is_empty() || body.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(&body, radix).ok()?;
    i64::try_from(if negative { -value } else { value }).ok()
}

/// `_` may stand between digits, and behind a prefix.
fn without_underscores(body: &str, prefixed: bool) -> Option<String> {
    let wrong = body.ends_with('_') || body.contains("__") || (body.starts_with('_') && !prefixed);
    (!wrong).then(|| body.replace('_', ""))
}

/// `strconv.ParseFloat`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']);
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        "nan" => return Some(f64::NAN),
        _ => {}
    }
    let shaped = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if !shaped || text.len() - unsigned.len() > 1 {
        return None;
    }
    text.parse().ok()
}

/// A float as `%v` prints it: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
///
/// # Source
/// `strconv.FormatFloat(f, 'g', -1, 64)`: "if precision was the shortest possible, use precision 6 for this decision".
pub(crate) fn float(number: f64) -> String {
    general(number, -5, 6)
}

/// A float as Go's JSON has it: an exponent below 1e-6 and from 1e21 on.
pub(crate) fn json_float(number: f64) -> String {
    let text = general(number, -7, 21);
    // `1e-07` is written as `1e-7`.
    match text.split_once("e-0") {
        Some((digits, exponent)) => format!("{digits}e-{exponent}"),
        None => text,
    }
}

/// Shortest digits; an exponent up to and with `low`, and from `high` on.
pub(crate) fn general(number: f64, low: i32, high: i32) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if number == 0.0 {
        return if number.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if exponent > low && exponent < high {
        return format!("{number}");
    }
    let digits = scientific.split_once('e').map_or(scientific.as_str(), |(digits, _)| digits);
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
