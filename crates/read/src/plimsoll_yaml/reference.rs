//! Texts that name something: a component, an operation, a journey, a place, an answer; and free texts.

use super::language::{Form, Reading};
use super::quantity::quantity;
use super::table::{Quantity, Shape};
use crate::tree::Node;

quantity! {
    /// Words, credentials taken out.
    Text { /// The words.
        text: String }
    "text" "a text" r"." false ["words"]
    |text| match text.is_empty() {
        true => Err(String::from("it is empty; write something or leave the key out")),
        false => Ok(Text { text: text.to_owned() }),
    }
}

quantity! {
    /// The name of something: of a component, an environment, a pool, a step.
    Name { /// The name.
        name: String }
    "name" "a name" r"^\S.*$" false ["orders"]
    |text| match text.is_empty() {
        true => Err(String::from("it is empty; write the name or leave the key out")),
        false => Ok(Name { name: text.to_owned() }),
    }
}

quantity! {
    /// What can be asked of whom: `component.operation`, or `METHOD /path @ component`; the bare component where the
    /// operation is not known.
    OperationRef { /// The component.
        component: String, /// Its operation, as its component names it.
        operation: Option<String> }
    "operation" "an operation" r"^(\S.* @ \S+|[^\s@]+)$" false ["orders.place", "POST /orders @ gateway"]
    operation
}

fn operation(text: &str) -> Result<OperationRef, String> {
    if let Some((operation, component)) = text.rsplit_once('@') {
        let (operation, component) = (operation.trim(), component.trim());
        if operation.is_empty() || component.is_empty() || component.contains(char::is_whitespace) {
            return Err(String::from("write `METHOD /path @ component`, like `POST /orders @ gateway`"));
        }
        return Ok(OperationRef { component: component.to_owned(), operation: Some(operation.to_owned()) });
    }
    if text.contains(char::is_whitespace) {
        return Err(format!("say whose it is: `{text} @ component`, or write `component.operation`"));
    }
    match text.split_once('.') {
        Some((component, operation)) if component.is_empty() || operation.is_empty() => {
            Err(String::from("write `component.operation`, like `orders.place`"))
        }
        Some((component, operation)) => {
            Ok(OperationRef { component: component.to_owned(), operation: Some(operation.to_owned()) })
        }
        None if text.is_empty() => Err(String::from("it is empty; write `component.operation`, like `orders.place`")),
        None => Ok(OperationRef { component: text.to_owned(), operation: None }),
    }
}

/// What a promise, a waiver or a goal speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// `journey checkout`.
    Journey(String),
    /// `operation orders.place`.
    Operation(OperationRef),
    /// `promise checkout-latency`.
    Promise(String),
    /// `component orders`, or the bare name.
    Component(String),
    /// `orders -> payments`.
    Call(String, String),
}

impl Subject {
    const QUANTITY: &'static Quantity = &Quantity {
        name: "subject",
        wanted: "a subject",
        doc: "What is spoken of: `journey NAME`, `operation COMPONENT.NAME`, `promise NAME`, `component NAME` or the bare \
              name of a component, `CALLER -> CALLEE`.",
        pattern: r"^\S.*$",
        number: false,
        examples: &["journey checkout", "component orders", "orders -> payments"],
    };
}

impl Form for Subject {
    fn shape() -> Shape {
        Shape::Quantity(Self::QUANTITY)
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        reading.quantity(node, Self::QUANTITY, subject)
    }
}

fn subject(text: &str) -> Result<Subject, String> {
    if let Some((from, to)) = text.split_once("->").or_else(|| text.split_once('→')) {
        return match (from.trim(), to.trim()) {
            ("", _) | (_, "") => Err(String::from("write caller and callee, like `orders -> payments`")),
            (from, to) => Ok(Subject::Call(from.to_owned(), to.to_owned())),
        };
    }
    let named = |name: &str| name.trim().to_owned();
    match text.split_once(' ') {
        None if text.is_empty() => Err(String::from("it is empty; write it like `journey checkout`")),
        None => Ok(Subject::Component(text.to_owned())),
        Some(("journey", name)) => Ok(Subject::Journey(named(name))),
        Some(("promise", name)) => Ok(Subject::Promise(named(name))),
        Some(("component", name)) => Ok(Subject::Component(named(name))),
        Some(("operation", name)) => operation(name.trim()).map(Subject::Operation),
        Some((kind, name)) => {
            let known = ["journey", "operation", "component", "promise"];
            let kind = super::near::nearest(kind, known).unwrap_or("component");
            Err(format!("say first what it is, like `{kind} {}`", name.trim()))
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Journey(name) => write!(f, "journey {name}"),
            Self::Operation(operation) => write!(f, "operation {operation}"),
            Self::Promise(name) => write!(f, "promise {name}"),
            Self::Component(name) => write!(f, "component {name}"),
            Self::Call(from, to) => write!(f, "{from} -> {to}"),
        }
    }
}

impl std::fmt::Display for OperationRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.operation {
            Some(operation) if operation.contains(' ') => write!(f, "{operation} @ {}", self.component),
            Some(operation) => write!(f, "{}.{operation}", self.component),
            None => write!(f, "{}", self.component),
        }
    }
}

/// What a scenario takes away.
#[derive(Clone, Debug, PartialEq)]
pub enum Loss {
    /// All that stands in a zone.
    Zone(String),
    /// All that stands in a region.
    Region(String),
    /// One node, with one copy of each component given.
    Node(String),
    /// Copies of a component.
    Replicas(u64, String),
    /// A whole component.
    Component(String),
}

impl Loss {
    const QUANTITY: &'static Quantity = &Quantity {
        name: "loss",
        wanted: "something to lose",
        doc: "What is lost: `zone NAME`, `region NAME`, `node NAME`, `replica of COMPONENT`, `N replicas of COMPONENT`, or \
              the bare name of a component.",
        pattern: r"^\S.*$",
        number: false,
        examples: &["zone a", "region eu-1", "2 replicas of orders", "events"],
    };
}

impl Form for Loss {
    fn shape() -> Shape {
        Shape::Quantity(Self::QUANTITY)
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        reading.quantity(node, Self::QUANTITY, |text| {
            let cure = "write `zone a`, `region eu-1`, `replica of orders`, `2 replicas of orders` or a component";
            let words: Vec<&str> = text.split_whitespace().collect();
            match words.as_slice() {
                ["zone", name] => Ok(Loss::Zone((*name).to_owned())),
                ["region", name] => Ok(Loss::Region((*name).to_owned())),
                ["node", name] => Ok(Loss::Node((*name).to_owned())),
                ["replica", "of", name] => Ok(Loss::Replicas(1, (*name).to_owned())),
                [number, "replicas", "of", name] => {
                    let number = number.parse().map_err(|_| String::from(cure))?;
                    Ok(Loss::Replicas(number, (*name).to_owned()))
                }
                ["component", name] | [name] => Ok(Loss::Component((*name).to_owned())),
                _ => Err(String::from(cure)),
            }
        })
    }
}

quantity! {
    /// What happens to a request that is not taken: `refuse`, `refuse with 429`, `drop` (no answer), or `wait`.
    Refusal { /// The answer.
        kind: RefusalKind }
    "refusal" "what happens to a request that is not taken" r"^(refuse( with [0-9]{3})?|drop|wait)$" false
    ["refuse with 429", "drop"]
    |text| {
        let kind = match text {
            "refuse" => RefusalKind::Refuse(None),
            "drop" => RefusalKind::Drop,
            "wait" => RefusalKind::Wait,
            _ => {
                let status = text.strip_prefix("refuse with ").and_then(|status| status.parse().ok());
                let cure = "write `refuse`, `refuse with 429`, `drop` or `wait`";
                RefusalKind::Refuse(Some(status.filter(|s| (100..600).contains(s)).ok_or(cure)?))
            }
        };
        Ok(Refusal { kind })
    }
}

/// What happens to a request that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// It is answered at once, with a status where one is given.
    Refuse(Option<u16>),
    /// It gets no answer.
    Drop,
    /// It waits.
    Wait,
}

quantity! {
    /// A kind of failure: an HTTP status, a gRPC status, `timeout`, `refused`, `error` (any).
    Failure { /// As it is written.
        word: String }
    "failure" "a kind of failure" r"^([1-5][0-9]{2}|timeout|refused|error|[A-Z_]+)$" true ["503", "timeout", "UNAVAILABLE"]
    |text| {
        let known = plimsoll_model::behaviour::guard::Failure::from_word(text).is_some();
        let cure = "write a status like `503` or `UNAVAILABLE`, or one of `timeout`, `refused` and `error`";
        known.then(|| Failure { word: text.to_owned() }).ok_or_else(|| String::from(cure))
    }
}

quantity! {
    /// A passing surge: how many times the load, for how long, how often.
    Burst { /// How many times the load.
        factor: f64, /// For how long, in nanoseconds.
        lasts_nanos: u64, /// From one to the next, in nanoseconds; `None` happens once.
        every_nanos: Option<u64> }
    "burst" "a burst" r"^\S+x for \S+( every \S+)?$" false ["3x for 60s every 15m"]
    burst
}

fn burst(text: &str) -> Result<Burst, String> {
    let example = || String::from("write how much, for how long and how often, like `3x for 60s every 15m`");
    let words: Vec<&str> = text.split_whitespace().collect();
    let (factor, lasts, every) = match words.as_slice() {
        [factor, "for", lasts] => (factor, lasts, None),
        [factor, "for", lasts, "every", every] => (factor, lasts, Some(every)),
        _ => return Err(example()),
    };
    let factor = factor.strip_suffix('x').and_then(|digits| digits.parse::<f64>().ok());
    let factor = factor.filter(|factor| factor.is_finite() && *factor >= 0.0).ok_or_else(example)?;
    let nanos = |text: &str| super::quantity::nanos(text).ok_or_else(example);
    Ok(Burst { factor, lasts_nanos: nanos(lasts)?, every_nanos: every.map(|every| nanos(every)).transpose()? })
}
