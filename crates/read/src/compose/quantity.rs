//! Quantities as Compose writes them: `512m`, `1.5gb`, `0.5`, `1m30s`.

/// Bytes: a number and a unit, each of 1024; `b`, `k`, `m`, `g`, `t`, `p`, with `b` or `ib` behind if one likes.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = parted(text);
    let unit = unit.trim().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit);
    let power = match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(1u64 << (10 * power));
    }
    let value = number.parse::<f64>().ok()? * (1u64 << (10 * power)) as f64;
    (value.is_finite() && (0.0..1e18).contains(&value)).then_some(value as u64)
}

/// Thousandths of a core.
pub(super) fn millicores(text: &str) -> Option<u64> {
    let cores = text.trim().parse::<f64>().ok()?;
    (cores.is_finite() && (0.0..1e9).contains(&cores)).then(|| (cores * 1000.0).round() as u64)
}

/// Nanoseconds: numbers with `us`, `ms`, `s`, `m`, `h`, `d`, `w` in a row.
pub(super) fn nanos(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0f64;
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = parted(rest);
        let length = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, left) = after.split_at(length);
        let size = match unit.trim() {
            "ns" => 1.0,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "d" => 86_400e9,
            "w" => 604_800e9,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * size;
        rest = left;
    }
    (total < 1e19).then_some(total.round() as u64)
}

/// Whole seconds, rounded up.
pub(super) fn seconds(text: &str) -> Option<u64> {
    nanos(text).map(|nanos| nanos.div_ceil(1_000_000_000))
}

fn parted(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read() {
        let read = ["512m", "1.5GB", "300MiB", "64k", "1073741824", "2 g", "-1", "x"].map(bytes);
        let mib = 1u64 << 20;
        let expect =
            [Some(512 * mib), Some(1536 * mib), Some(300 * mib), Some(65536), Some(1024 * mib), Some(2048 * mib)];
        assert_eq!(read[..6], expect);
        assert_eq!(read[6..], [None, None]);
        assert_eq!(["0.5", "2", "0.001", "-1", ""].map(millicores), [Some(500), Some(2000), Some(1), None, None]);
        assert_eq!(
            ["1m30s", "500ms", "10s", "0", "10", "1h", ""].map(seconds),
            [Some(90), Some(1), Some(10), Some(0), None, Some(3600), None]
        );
    }
}
