//! What may go wrong: losses, faults on a timeline, and how the business gets back.

use super::language::{Form, Names, OneOrMore, Placed, Reading, Said};
use super::quantity::{Date, Duration, Factor, Share};
use super::reference::{Failure, Loss, Name, Text};
use super::table::{Shape, choice, section};
use crate::tree::Node;

section! {
    /// What goes wrong, when, and for how long. Beside the keys, the name of an operation (`psp.charge`, `psp.*` for all
    /// of a component) says what is wrong with it.
    Scenario "a scenario" {
        /// What is lost.
        lose: OneOrMore<Placed<Loss>> = "zone a";
        /// A store of which another copy becomes the primary.
        fail_over: Said<Name> = "orders-db";
        /// How long the failover takes.
        takes: Said<Duration> = "30s";
        /// A cache that is emptied.
        flush: Said<Name> = "catalog-cache";
        /// A disk that is full.
        fill: Said<Name> = "orders-db";
        /// Places or components that no longer reach each other.
        cut: Said<Cut> = "{ between: [zone a, zone b] }";
        /// A bad version that is rolled out.
        deploy: Said<BadDeploy> = "{ of: payments, fails: 30%, back_after: 5m }";
        /// The load is that many times as high.
        load: Said<Factor> = "3x";
        /// When it begins, from the start of the run.
        from: Said<Duration> = "52m";
        /// When it ends, from the start of the run; not at all where left out.
        until: Said<Duration> = "60m";
        /// How long it lasts; in place of `until`.
        for_ "for": Said<Duration> = "10m";
        /// The environment that it happens in, where it is not the default.
        environment: Said<Name> = "production";
        /// The steps until all works again.
        recover: Names<RecoverStep> = "{ detect: 3m, declare: { takes: 5m, after: [detect] } }";
        open
        /// What is wrong with an operation.
        operations: OperationFault [r"\.|@"] = "{ hang: 37.5% }";
    }
}

section! {
    /// What is wrong with an operation.
    OperationFault "an operation's fault" {
        /// The share of requests that get no answer.
        hang: Said<Share> = "37.5%";
        /// The share of requests that fail.
        fail: Said<Share> = "10%";
        /// How they fail.
        with_ "with": Said<Failure> = "503";
        /// How much slower it is.
        slow: Said<Factor> = "2x";
        /// How much longer it takes.
        delay: Said<Duration> = "200ms";
    }
}

section! {
    /// Places or components that no longer reach each other.
    Cut "a cut" {
        /// Two places or components.
        between: Vec<Placed<Loss>> = "[zone a, zone b]";
        /// The share of what is lost between them; all where left out.
        loss: Said<Share> = "20%";
    }
}

section! {
    /// A bad version that is rolled out.
    BadDeploy "a bad deploy" {
        /// Of which component.
        of: Placed<Name> = "payments";
        /// The share of requests that fail in the new version.
        fails: Said<Share> = "30%";
        /// How much slower the new version is.
        slow: Said<Factor> = "2x";
        /// After how long it is rolled back.
        back_after: Said<Duration> = "5m";
    }
}

/// A step on the way back. A bare duration is how long it takes.
#[derive(Clone, Debug, PartialEq)]
pub enum RecoverStep {
    /// How long it takes.
    Takes(Placed<Duration>),
    /// More is said of it.
    Section(Box<Recover>),
}

impl Form for RecoverStep {
    fn shape() -> Shape {
        Shape::Either(vec![Duration::shape(), Recover::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.is_mapping() {
            true => Recover::read(node, reading).map(|section| Self::Section(Box::new(section))),
            false => Placed::read(node, reading).map(Self::Takes),
        }
    }
}

section! {
    /// A step on the way back. Steps without `after` begin at once.
    Recover "a step of recovery" {
        /// How long it takes; for a restored backup it follows from size and throughput.
        takes: Said<Duration> = "4m";
        /// Which component it brings back.
        of: Said<Name> = "orders-db";
        /// Steps that must be done before.
        after: Vec<Placed<Name>> = "[declare]";
        /// Journeys that need it; all where left out.
        for_ "for": Vec<Placed<Name>> = "[checkout]";
        /// The capacity before.
        from: Said<Share> = "25%";
        /// The capacity after.
        to: Said<Share> = "100%";
        /// What takes time after it, such as building an index.
        then: Said<Duration> = "10m";
        /// Who does it.
        owner: Said<Name> = "team-data";
        /// How it is known.
        evidence: Said<RecoverEvidence> = "{ rehearsed: 2026-09-15 }";
    }
}

choice! {
    /// How a figure is known that no file states.
    Known {
        /// A contract or a runbook says so.
        Declared "declared",
        /// Somebody thinks so.
        Supposed "supposed",
    }
}

section! {
    /// A drill that showed it.
    Rehearsed "a rehearsal" {
        /// The day of the drill.
        rehearsed: Placed<Date> = "2026-09-15";
        /// Where its record is kept.
        record: Said<Text> = "docs/drills/2026-09-15.md";
    }
}

/// How the time of a step is known.
#[derive(Clone, Debug, PartialEq)]
pub enum RecoverEvidence {
    /// By a word.
    Known(Known),
    /// By a drill.
    Rehearsed(Rehearsed),
}

impl Form for RecoverEvidence {
    fn shape() -> Shape {
        Shape::Either(vec![Known::shape(), Rehearsed::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.is_mapping() {
            true => Rehearsed::read(node, reading).map(Self::Rehearsed),
            false => Known::read(node, reading).map(Self::Known),
        }
    }
}
