//! What a claim can state. Quantities are integers in their base unit, so that equal text gives equal values.

use std::fmt;

/// A stated value. Its unit follows from its field ([`crate::ValueType::unit`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A count: replicas, connections, a port.
    Count(u64),
    /// CPU in thousandths of a core.
    Millicores(u64),
    /// Memory or disk in bytes.
    Bytes(u64),
    /// A length of time in nanoseconds.
    Nanos(u64),
    /// A rate in thousandths per second.
    MilliPerSecond(u64),
    /// A share in parts per million.
    PartsPerMillion(u64),
    /// A word or a sentence, secrets already taken out.
    Text(String),
    /// How health is asked.
    Probe(Probe),
    /// Several values, in the order in which they were stated.
    List(Vec<Value>),
}

/// A health probe.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probe {
    /// How it asks.
    pub kind: ProbeKind,
    /// The port, as a number or by name.
    pub port: Option<String>,
    /// The HTTP path, the gRPC service, or the command.
    pub path: Option<String>,
    /// Seconds between two probes.
    pub period_s: Option<u64>,
    /// Seconds until a probe counts as failed.
    pub timeout_s: Option<u64>,
    /// Failures in a row until it acts.
    pub failure_threshold: Option<u64>,
    /// Seconds before the first probe.
    pub initial_delay_s: Option<u64>,
}

/// How a probe asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProbeKind {
    /// An HTTP GET.
    Http,
    /// A gRPC health check.
    Grpc,
    /// A TCP connection.
    Tcp,
    /// A command in the container.
    #[default]
    Exec,
}

impl ProbeKind {
    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
            Self::Exec => "exec",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Millicores(m) => write!(f, "{m}m"),
            Self::Bytes(bytes) => write_bytes(f, *bytes),
            Self::Nanos(nanos) => write_nanos(f, *nanos),
            Self::MilliPerSecond(rate) => write!(f, "{}/s", thousandths(*rate)),
            Self::PartsPerMillion(share) => write!(f, "{}%", *share as f64 / 10_000.0),
            Self::Text(text) => write!(f, "{text}"),
            Self::Probe(probe) => write_probe(f, probe),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        write!(f, ", ")?;
                    }
                    write!(f, "{value}")?;
                }
                Ok(())
            }
        }
    }
}

fn write_probe(f: &mut fmt::Formatter<'_>, probe: &Probe) -> fmt::Result {
    write!(f, "{}", probe.kind.word())?;
    if let Some(port) = &probe.port {
        write!(f, " :{port}")?;
    }
    if let Some(path) = &probe.path {
        write!(f, " {path}")?;
    }
    Ok(())
}

fn thousandths(milli: u64) -> String {
    let whole = milli / 1000;
    match milli % 1000 {
        0 => whole.to_string(),
        rest => format!("{whole}.{}", format!("{rest:03}").trim_end_matches('0')),
    }
}

fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: u64) -> fmt::Result {
    for (unit, size) in [("TiB", 1u64 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if bytes >= size && bytes.is_multiple_of(size) {
            return write!(f, "{} {unit}", bytes / size);
        }
    }
    write!(f, "{bytes} B")
}

fn write_nanos(f: &mut fmt::Formatter<'_>, nanos: u64) -> fmt::Result {
    const UNITS: [(&str, u64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
    let (unit, size) = UNITS.into_iter().find(|(_, size)| nanos.is_multiple_of(*size)).unwrap_or(("ns", 1));
    write!(f, "{}{unit}", nanos / size)
}
