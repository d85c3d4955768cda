//! Kubernetes quantities: `500m` of a core, `256Mi` of memory.
//!
//! Source: the resource.Quantity format of Kubernetes' API machinery.

/// Thousandths of a core, rounded up as the scheduler does. `None` for what is no quantity.
pub fn millicores(text: &str) -> Option<u64> {
    let thousandths = scaled(text)? * 1000.0;
    (thousandths.is_finite() && 0.0 <= thousandths).then(|| (thousandths - 1e-9).ceil().max(0.0) as u64)
}

/// Bytes, rounded up. `None` for what is no quantity.
pub fn bytes(text: &str) -> Option<u64> {
    let bytes = scaled(text)?;
    (bytes.is_finite() && 0.0 <= bytes).then(|| (bytes - 1e-9).ceil().max(0.0) as u64)
}

fn scaled(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(split);
    let number: f64 = number.parse().ok()?;
    Some(number * factor(suffix)?)
}

fn factor(suffix: &str) -> Option<f64> {
    let binary = |power: i32| Some(1024f64.powi(power));
    let decimal = |power: i32| Some(10f64.powi(power));
    match suffix {
        "" => Some(1.0),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        _ => suffix.strip_prefix(['e', 'E'])?.parse().ok().filter(|power| (-18..=18).contains(power)).and_then(decimal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        assert_eq!(millicores("500m"), Some(500));
        assert_eq!(millicores("0.1"), Some(100));
        assert_eq!(millicores("2"), Some(2000));
        assert_eq!(millicores("1e3m"), None);
        assert_eq!(millicores("100u"), Some(1));
        assert_eq!(bytes("64Mi"), Some(64 << 20));
        assert_eq!(bytes("1G"), Some(1_000_000_000));
        assert_eq!(bytes("128974848"), Some(128_974_848));
        assert_eq!(bytes("1e3"), Some(1000));
        assert_eq!(bytes("lots"), None);
    }
}
