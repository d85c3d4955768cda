//! What users come for, how often, and what they were promised.

use super::distribution::{BatchSize, Distribution, Wait};
use super::language::{Form, Placed, Reading, Said};
use super::quantity::{Count, Duration, Factor, Money, Rate, Share, TimeOfDay, Users};
use super::reference::{Burst, Name, OperationRef, Subject, Text};
use super::step::Step;
use super::table::{Shape, section};
use super::words::{Arrivals, Measure};
use crate::tree::Node;

section! {
    /// What users come for: the operations that they ask one after the other, how often, and what that is worth.
    Journey "a journey" {
        /// What they ask, one after the other: an operation, or a step with its guards (`call`, `sleep`, `branch` …).
        steps: Vec<JourneyStep> = "[orders.place]";
        /// How often they come.
        load: Said<Load> = "{ open: 12/s }";
        /// How often they will come at most, as the business foresees it, with the growth it assumes.
        expected_peak: Said<Rate> = "50.4/s";
        /// What one is worth.
        value: Said<Money> = "1.50 EUR";
        /// How long the business can be without it.
        tolerable_outage: Said<Duration> = "60m";
        /// Its rank where a component serves by `priority`: 1 is served first.
        priority: Said<Count> = "1";
        /// How long a user waits for the whole of it before going away; a distribution where patience differs.
        patience: Said<Wait> = "10s";
        /// The least service that still counts, in words.
        minimum: Said<Text> = "orders are taken and confirmed later";
        /// Who answers for it.
        owner: Said<Name> = "team-orders";
    }
}

/// A step of a journey.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyStep(pub Placed<Step>);

impl Form for JourneyStep {
    fn shape() -> Shape {
        Shape::Either(vec![OperationRef::shape(), Step::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if node.is_mapping() {
            return Placed::read(node, reading).map(Self);
        }
        // The bare operation is short for a call without guards.
        let mut call = Node::mapping(node.at);
        call.set("call", node.clone());
        Placed::read(&call, reading).map(Self)
    }
}

section! {
    /// How often users come. `open`: they come whatever happens; `closed`: a fixed number of users who come again after
    /// an answer and some thought; `profile`: as recorded. `swing`, `burst`, `ramp`, `daily` and `modes` change an open load.
    Load "a load" {
        /// Arrivals that do not wait for answers.
        open: Said<Rate> = "12/s";
        /// How the arrivals of an open load are spaced; `poisson` where left out.
        arrivals: Said<Arrivals> = "paced";
        /// Several that arrive at once; `open` then counts batches.
        batch: Said<BatchSize> = "{ mean: 3, distribution: geometric }";
        /// A load that swings like a sine.
        swing: Said<Swing> = "{ by: 60/s, every: 24h }";
        /// A passing surge.
        burst: Said<Burst> = "3x for 60s every 15m";
        /// A load that grows or falls steadily.
        ramp: Said<Ramp> = "{ from: 1/s, to: 100/s, over: 10m }";
        /// A daily curve: the load from each time of day on, straight lines between.
        daily: Vec<DailyPoint> = "[{ at: 08:30, open: 5/s }]";
        /// A load that changes its rate at random (a Markov-modulated Poisson process).
        modes: Vec<LoadMode> = "[{ open: 5/s, lasts: 10s }, { open: 50/s, lasts: 1s }]";
        /// Users who come again after an answer.
        closed: Said<Users> = "200 users";
        /// How long a user of a closed load thinks before coming again.
        think: Said<Distribution> = "{ mean: 5s, distribution: exponential }";
        /// A recorded load: a file with a time and a number of requests on each line.
        profile: Said<Text> = "load/friday.csv";
    }
}

section! {
    /// A load that swings like a sine around `open`.
    Swing "a swing" {
        /// How far it goes up and down.
        by: Placed<Rate> = "60/s";
        /// From one peak to the next.
        every: Placed<Duration> = "24h";
    }
}

section! {
    /// A load that grows or falls steadily, then stays.
    Ramp "a ramp" {
        /// The load at the beginning.
        from: Placed<Rate> = "1/s";
        /// The load at the end.
        to: Placed<Rate> = "100/s";
        /// For how long.
        over: Placed<Duration> = "10m";
    }
}

section! {
    /// One point of a daily curve.
    DailyPoint "a point of a daily curve" {
        /// The time of day.
        at: Placed<TimeOfDay> = "08:30";
        /// The load at that time.
        open: Placed<Rate> = "5/s";
    }
}

section! {
    /// One mode of a load that changes its rate at random; the modes follow each other in turn.
    LoadMode "a mode of the load" {
        /// The rate in this mode.
        open: Placed<Rate> = "50/s";
        /// The mean of its exponentially distributed length.
        lasts: Placed<Duration> = "10s";
    }
}

section! {
    /// What was promised to users. Each figure given is a promise of its own; they hold together.
    Promise "a promise" {
        /// What it is about.
        on: Placed<Subject> = "journey checkout";
        /// Which time `p50` to `p999` count; `latency` where left out.
        measure: Said<Measure> = "wait";
        /// Half of the answers come within.
        p50: Said<Duration> = "200ms";
        /// 90 of 100 answers come within.
        p90: Said<Duration> = "600ms";
        /// 95 of 100 answers come within.
        p95: Said<Duration> = "1.2s";
        /// 99 of 100 answers come within.
        p99: Said<Duration> = "2s";
        /// 999 of 1000 answers come within.
        p999: Said<Duration> = "5s";
        /// The share of requests that succeed.
        success: Said<Share> = "99.5%";
        /// The share of time in which it works.
        availability: Said<Share> = "99.9%";
        /// After a disaster it works again within (RTO).
        recovery_time: Said<Duration> = "30m";
        /// A disaster loses at most what came in this time (RPO).
        data_loss: Said<Duration> = "60s";
        /// Over how long it is counted.
        window: Said<Duration> = "30d";
    }
}

section! {
    /// What still works while a part is missing.
    Degraded "a degraded mode" {
        /// The components that are missing.
        without: Vec<Placed<Name>> = "[catalog]";
        /// What works all the same.
        works: Vec<Placed<Subject>> = "[journey checkout]";
        /// What users see instead, in words.
        instead: Said<Text> = "prices without pictures";
    }
}

section! {
    /// What the business wants by when.
    Goal "a goal" {
        /// The day.
        by: Said<super::quantity::Date> = "2027-03-31";
        /// What it is about.
        serves: Vec<Placed<Subject>> = "[journey checkout]";
        /// How much the load grows.
        growth: Said<Factor> = "4.2x";
        /// What it means, in words.
        because: Said<Text> = "no order is lost on a Friday";
    }
}

/// The promises of a [`Promise`], as (what, how it reads): `("p95", "1.2s")`.
pub fn targets(promise: &Promise) -> Vec<(&'static str, String)> {
    use plimsoll_model::Value;
    let time = |name, said: &Said<Duration>| said.as_ref().map(|d| (name, Value::Nanos(d.value.nanos).to_string()));
    let share = |name, said: &Said<Share>| {
        said.as_ref().map(|s| (name, Value::PartsPerMillion(s.value.parts_per_million()).to_string()))
    };
    [
        time("p50", &promise.p50),
        time("p90", &promise.p90),
        time("p95", &promise.p95),
        time("p99", &promise.p99),
        time("p999", &promise.p999),
        share("success", &promise.success),
        share("availability", &promise.availability),
        time("recovery_time", &promise.recovery_time),
        time("data_loss", &promise.data_loss),
    ]
    .into_iter()
    .flatten()
    .collect()
}
