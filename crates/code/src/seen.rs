//! What a program text shows.

/// All that one text shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// What was seen, in the order of the text.
    pub seen: Vec<Seen>,
    /// Texts that the file binds to names, for other files that use them: (`Queues.ORDERS` by its last word, text).
    pub constants: Vec<(String, String)>,
}

/// One thing that was seen, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The library by whose table it was seen; `None` for plain text of the language.
    pub library: Option<&'static str>,
    /// What it is.
    pub what: What,
}

/// What can be seen.
///
/// Texts are spelled with placeholders: `${KEY}` and `${KEY:-default}` come from the environment, `${=name}` is a
/// constant of another file, `${?}` is not known.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A text that may name somebody.
    Names {
        /// What it is bound to, comes from and is given to, the nearest first.
        keys: Vec<String>,
        /// The text.
        value: String,
        /// What is spoken, where the library says so: a word of the model's protocols.
        protocol: Option<&'static str>,
        /// How long its answer is waited for.
        timeout: Timeout,
    },
    /// A client of a gRPC service, by the service's name.
    Client(String),
    /// The service is served here.
    Server(String),
    /// A route that is served.
    Route {
        /// The method in capitals, or `*` for all.
        method: String,
        /// The path template, with a slash before.
        path: String,
    },
    /// Messages are sent to a topic.
    Sends {
        /// The topic.
        topic: String,
        /// A word of the model's protocols; empty where the library has several.
        protocol: &'static str,
    },
    /// Messages are taken from a topic.
    Takes {
        /// The topic.
        topic: String,
        /// A word of the model's protocols; empty where the library has several.
        protocol: &'static str,
    },
    /// Something that protects the program or those who use it.
    Guards {
        /// What it is.
        guard: Guard,
        /// What is stated of it, as it is spelled.
        value: Option<String>,
    },
}

/// How long an answer is waited for, as far as one place shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// The place does not say.
    Unknown,
    /// It would have to be said there, and is not.
    Absent,
    /// So many nanoseconds.
    Nanos(u64),
}

/// What protects a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// A limit of waiting for all that a client asks.
    Timeout,
    /// What fails is tried again.
    Retry,
    /// A circuit breaker.
    Breaker,
    /// A pool of connections, or a bulkhead.
    Pool,
    /// A limit of how often something may be asked.
    RateLimit,
    /// What comes twice has the effect of once.
    Idempotency,
    /// Messages are written with the data and sent afterwards.
    Outbox,
    /// Messages that cannot be handled are kept.
    DeadLetters,
    /// Says whether it is well.
    Health,
    /// Tells what it does: traces, metrics.
    Telemetry,
}

impl Guard {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Retry => "retry",
            Self::Breaker => "circuit breaker",
            Self::Pool => "pool",
            Self::RateLimit => "rate limit",
            Self::Idempotency => "idempotency key",
            Self::Outbox => "outbox",
            Self::DeadLetters => "dead letters",
            Self::Health => "health",
            Self::Telemetry => "telemetry",
        }
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Names { keys, value, protocol, timeout } => {
                write!(f, "names {value}")?;
                if let Some(key) = keys.first() {
                    write!(f, " as {key}")?;
                }
                if let Some(protocol) = protocol {
                    write!(f, " over {protocol}")?;
                }
                match timeout {
                    Timeout::Unknown => Ok(()),
                    Timeout::Absent => write!(f, ", without a timeout"),
                    Timeout::Nanos(nanos) => write!(f, ", timeout {} ms", nanos / 1_000_000),
                }
            }
            Self::Client(service) => write!(f, "client of {service}"),
            Self::Server(service) => write!(f, "serves {service}"),
            Self::Route { method, path } => write!(f, "route {method} {path}"),
            Self::Sends { topic, protocol } => write!(f, "sends {topic} over {protocol}"),
            Self::Takes { topic, protocol } => write!(f, "takes {topic} over {protocol}"),
            Self::Guards { guard, value: Some(value) } => write!(f, "{}: {value}", guard.word()),
            Self::Guards { guard, value: None } => write!(f, "{}", guard.word()),
        }
    }
}
