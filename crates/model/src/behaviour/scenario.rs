//! What may go wrong, when, and how the business gets back.

use super::guard::Failure;
use super::quantity::{Count, Nanos, Number, Share};
use super::told::{choice, choice_of, object};
use super::{Claim, RegionId, WorkId, ZoneId};
use crate::noun::{ComponentId, EnvironmentId, JourneyId, TeamId};

object! {
    /// What goes wrong, when, and for how long.
    Scenario "scenario" {
        /// Its name.
        name: String;
        /// How we know of it.
        evidence: crate::EvidenceId;
        /// What is lost.
        lose: Vec<Claim<Loss>>;
        /// A store of which another copy becomes the primary, and how long that takes, in nanoseconds.
        fail_over: Option<Claim<FailOver>>;
        /// A cache that is emptied.
        flush: Option<Claim<ComponentId>>;
        /// A disk that is full.
        fill: Option<Claim<ComponentId>>;
        /// Places or components that no longer reach each other.
        cut: Option<Claim<Cut>>;
        /// A bad version that is rolled out.
        deploy: Option<Claim<BadDeploy>>;
        /// The load is that many times as high.
        load: Option<Claim<Number>>;
        /// When it begins, from the start of the run, in nanoseconds.
        from: Option<Claim<Nanos>>;
        /// When it ends, in nanoseconds; not at all where nobody says.
        until: Option<Claim<Nanos>>;
        /// The environment that it happens in, where it is not the default.
        environment: Option<Claim<EnvironmentId>>;
        /// What is wrong with operations.
        operations: Vec<Claim<OperationFault>>;
        /// The steps until all works again.
        recover: Vec<RecoverStep>;
    }
}

choice_of! {
    /// What is lost.
    Loss "loss" {
        /// All that stands in a zone.
        Zone(ZoneId) "zone",
        /// All that stands in a region.
        Region(RegionId) "region",
        /// One node, by name.
        Node(String) "node",
        /// Copies of a component.
        Replicas(Replicas) "replicas",
        /// A whole component.
        Component(ComponentId) "component",
    }
}

object! {
    /// Copies of a component.
    Replicas "replicas" {
        /// Of which.
        of: ComponentId;
        /// How many.
        count: Count;
    }
}

object! {
    /// Another copy becomes the primary.
    FailOver "fail_over" {
        /// Of which store.
        of: ComponentId;
        /// How long it takes, in nanoseconds; as the store says where nobody says it here.
        takes: Option<Nanos>;
    }
}

object! {
    /// Two places or components that no longer reach each other.
    Cut "cut" {
        /// Which.
        between: Vec<Loss>;
        /// The share of what is lost between them, in parts per thousand million; all where nobody says.
        loss: Option<Share>;
    }
}

object! {
    /// A bad version that is rolled out.
    BadDeploy "bad_deploy" {
        /// Of which component.
        of: ComponentId;
        /// The share of requests that fail in the new version, in parts per thousand million.
        fails: Option<Share>;
        /// How many times as slow the new version is.
        slow: Option<Number>;
        /// After how long it is rolled back, in nanoseconds.
        back_after: Option<Nanos>;
    }
}

object! {
    /// What is wrong with an operation, or with all of a component.
    OperationFault "operation_fault" {
        /// Of which component.
        component: ComponentId;
        /// Which operation; all where nobody says.
        work: Option<WorkId>;
        /// The share of requests that get no answer, in parts per thousand million.
        hang: Option<Share>;
        /// The share of requests that fail, in parts per thousand million.
        fail: Option<Share>;
        /// How they fail.
        with: Option<Failure>;
        /// How many times as slow it is.
        slow: Option<Number>;
        /// How much longer it takes, in nanoseconds.
        delay: Option<Nanos>;
    }
}

choice! {
    /// How a figure is known that no file states.
    Known {
        /// A contract or a runbook says so.
        Declared "declared",
        /// Somebody thinks so.
        Supposed "supposed",
        /// A drill showed it.
        Rehearsed "rehearsed",
    }
}

object! {
    /// A step on the way back. Steps without `after` begin at once.
    RecoverStep "recover_step" {
        /// Its name.
        name: String;
        /// How we know of it.
        evidence: crate::EvidenceId;
        /// How long it takes, in nanoseconds.
        takes: Option<Claim<Nanos>>;
        /// Which component it brings back.
        of: Option<Claim<ComponentId>>;
        /// Steps of this scenario that must be done before, by their place in the list.
        after: Vec<u64>;
        /// Journeys that need it; all where none is listed.
        journeys "for": Vec<JourneyId>;
        /// The capacity before, in parts per thousand million.
        from: Option<Share>;
        /// The capacity after, in parts per thousand million.
        to: Option<Share>;
        /// What takes time after it, in nanoseconds.
        then: Option<Claim<Nanos>>;
        /// Who does it.
        owner: Option<TeamId>;
        /// How its time is known.
        known: Option<Known>;
        /// The day of the drill that showed it, as year-month-day.
        rehearsed: Option<String>;
        /// Where the record of the drill is kept.
        record: Option<String>;
    }
}
