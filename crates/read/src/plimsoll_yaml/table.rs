//! The one table of the language: sections, their keys, what may stand under each, in words and with an example.
//!
//! [`section!`] writes a section once: the Rust type, the reader's key checks, the JSON Schema and the reference page all
//! come from it. [`choice!`] does the same for a set of words.

use super::language::Reading;
use crate::tree::Node;

/// What may stand in a place of the file.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A mapping with the keys of a section.
    Section(&'static Table),
    /// A mapping from names that the author chooses to values of one shape; the text says what the name is.
    Names(&'static str, Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// One of several shapes.
    Either(Vec<Shape>),
    /// A text or number of a stated form.
    Quantity(&'static Quantity),
    /// One of these words.
    Words(&'static [(&'static str, &'static str)]),
    /// `true` or `false`.
    Flag,
}

/// A text or number of a stated form: a duration, a rate, a reference.
#[derive(Debug)]
pub struct Quantity {
    /// Its name in the reference and the schema: `duration`.
    pub name: &'static str,
    /// With its article, as an error says it: `a duration`.
    pub wanted: &'static str,
    /// What it is and in which units.
    pub doc: &'static str,
    /// The regular expression of its text.
    pub pattern: &'static str,
    /// Whether a bare number may stand too.
    pub number: bool,
    /// At least one.
    pub examples: &'static [&'static str],
}

/// A section: a mapping with fixed keys.
#[derive(Debug)]
pub struct Table {
    /// Its name in the schema and in Rust.
    pub name: &'static str,
    /// With its article, as an error says it: `a component`.
    pub called: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub keys: fn() -> Vec<Key>,
    /// What other keys mean, where the author may choose names beside the fixed ones.
    pub open: fn() -> Option<Key>,
}

/// A key of a section.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key as it is written; for the open keys of a section, the regular expression of them.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub doc: &'static str,
    /// What may stand under it.
    pub shape: Shape,
    /// An example of what stands under it, as YAML in one line.
    pub example: &'static str,
    /// Whether the section needs it.
    pub required: bool,
    /// Whether a value can stand under it; problems are noted.
    pub fits: fn(&Node, &mut Reading) -> bool,
}

/// The key's spelling: as given, or as the field is called.
macro_rules! spelled {
    ($key:ident) => {
        stringify!($key)
    };
    ($key:ident $spelled:literal) => {
        $spelled
    };
}

/// Writes a section: its type, its table and how it is read.
macro_rules! section {
    (
        $(#[doc = $doc:literal])+
        $Name:ident $called:literal {
            $($(#[doc = $key_doc:literal])+ $key:ident $($spelled:literal)?: $Type:ty = $example:literal;)*
            $(with $flat:ident: $Flat:ty;)*
            $(open $(#[doc = $open_doc:literal])+ $open:ident: $Open:ty [$pattern:literal] = $open_example:literal;)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Name {
            $($(#[doc = $key_doc])+ pub $key: $Type,)*
            $(#[doc = concat!("Keys that it shares: those of [`", stringify!($Flat), "`].")] pub $flat: $Flat,)*
            $($(#[doc = $open_doc])+ pub $open: $crate::plimsoll_yaml::language::Names<$Open>,)?
        }

        impl $crate::plimsoll_yaml::language::Section for $Name {
            const TABLE: &'static $crate::plimsoll_yaml::table::Table = &$crate::plimsoll_yaml::table::Table {
                name: stringify!($Name),
                called: $called,
                doc: concat!($($doc),+),
                keys: || {
                    #[allow(unused_imports, reason = "a section without keys, or without shared keys")]
                    use $crate::plimsoll_yaml::language::{Form, Section};
                    #[allow(unused_mut, reason = "a section without shared keys")]
                    let mut keys: Vec<$crate::plimsoll_yaml::table::Key> = vec![
                        $($crate::plimsoll_yaml::table::Key {
                            name: $crate::plimsoll_yaml::table::spelled!($key $($spelled)?),
                            doc: concat!($($key_doc),+),
                            shape: <$Type as Form>::shape(),
                            example: $example,
                            required: <$Type as Form>::missing().is_none(),
                            fits: |node, reading| <$Type as Form>::read(node, reading).is_some(),
                        },)*
                    ];
                    $(keys.extend((<$Flat as Section>::TABLE.keys)());)*
                    keys
                },
                open: || {
                    #[allow(unused_mut, unused_assignments, reason = "a section without open keys")]
                    let mut open = None;
                    $({
                        use $crate::plimsoll_yaml::language::Form;
                        open = Some($crate::plimsoll_yaml::table::Key {
                            name: $pattern,
                            doc: concat!($($open_doc),+),
                            shape: <$Open as Form>::shape(),
                            example: $open_example,
                            required: false,
                            fits: |node, reading| <$Open as Form>::read(node, reading).is_some(),
                        });
                    })?
                    open
                },
            };

            fn take(
                fields: &mut $crate::plimsoll_yaml::language::Fields<'_>,
                reading: &mut $crate::plimsoll_yaml::language::Reading,
            ) -> Option<Self> {
                // Everything is read before anything fails, so that one run lists all problems.
                $(let $key = fields.take::<$Type>($crate::plimsoll_yaml::table::spelled!($key $($spelled)?), reading);)*
                $(let $flat = <$Flat as $crate::plimsoll_yaml::language::Section>::take(fields, reading);)*
                $(let $open = fields.take_open::<$Open>($pattern, reading);)?
                Some(Self { $($key: $key?,)* $($flat: $flat?,)* $($open,)? })
            }
        }

        impl $crate::plimsoll_yaml::language::Form for $Name {
            fn shape() -> $crate::plimsoll_yaml::table::Shape {
                $crate::plimsoll_yaml::table::Shape::Section(<Self as $crate::plimsoll_yaml::language::Section>::TABLE)
            }

            fn read(
                node: &$crate::tree::Node,
                reading: &mut $crate::plimsoll_yaml::language::Reading,
            ) -> Option<Self> {
                $crate::plimsoll_yaml::language::read_section(node, reading)
            }
        }
    };
}

/// Writes a set of words: its type, its words and how one is read.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $Name:ident { $($(#[doc = $case_doc:literal])+ $Case:ident $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $Name {
            $($(#[doc = $case_doc])+ $Case,)+
        }

        impl $Name {
            /// Every word with what it means.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($word, concat!($($case_doc),+)),)+];

            /// The word in the file.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$Case => $word,)+ }
            }
        }

        impl $crate::plimsoll_yaml::language::Form for $Name {
            fn shape() -> $crate::plimsoll_yaml::table::Shape {
                $crate::plimsoll_yaml::table::Shape::Words(Self::WORDS)
            }

            fn read(
                node: &$crate::tree::Node,
                reading: &mut $crate::plimsoll_yaml::language::Reading,
            ) -> Option<Self> {
                match reading.word(node, Self::WORDS)? {
                    $($word => Some(Self::$Case),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {choice, section, spelled};
