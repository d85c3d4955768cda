//! Colour by meaning: what a thing is, and what is wrong. Everything reads the same without it.

use plimsoll_model::ComponentKind;

/// Whether text carries colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// None.
    #[default]
    Plain,
    /// ANSI escape sequences of the sixteen colours, which follow the reader's own scheme.
    Ansi,
}

/// What a piece of text means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text.
    #[default]
    Text,
    /// A heading.
    Heading,
    /// Of less weight: units, places, arrows.
    Quiet,
    /// A component of a kind.
    Kind(ComponentKind),
    /// Something wrong.
    Problem,
    /// Something not known.
    Unknown,
}

impl Ink {
    const fn code(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Heading => "1",
            Self::Quiet => "2",
            Self::Kind(ComponentKind::Gateway | ComponentKind::Frontend) => "36",
            Self::Kind(ComponentKind::Service | ComponentKind::Job) => "32",
            Self::Kind(ComponentKind::Store | ComponentKind::Cache) => "34",
            Self::Kind(ComponentKind::Broker) => "35",
            Self::Kind(ComponentKind::External) => "2",
            Self::Problem => "31",
            Self::Unknown => "33",
        }
    }
}

/// The text in its ink.
pub(crate) fn paint(colour: Colour, ink: Ink, text: &str) -> String {
    match (colour, ink.code()) {
        (Colour::Plain, _) | (_, "") => text.to_owned(),
        (Colour::Ansi, _) if text.trim().is_empty() => text.to_owned(),
        (Colour::Ansi, code) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    }
}
