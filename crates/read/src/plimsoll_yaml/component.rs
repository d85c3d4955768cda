//! What runs or is called, as far as no other file says it: how it serves, what its operations do, what it keeps.
//!
//! Replicas, limits and probes normally come from manifests; say here only what they do not, and in which environment.

use plimsoll_model::ComponentKind;

use super::distribution::{Distribution, Wait};
use super::language::{Form, Names, OneOrMore, Placed, Reading, Said};
use super::quantity::{Cores, Count, Date, Duration, Limit, Share, Size, Throughput, WorkingDays};
use super::reference::{Name, Refusal, Text};
use super::step::{RateLimit, Step};
use super::table::{Shape, section};
use super::words::{
    Acknowledged, Balancing, CpuLimit, Deadline, FailureClock, Idempotent, Interrupted, LateWork, Order, PoolCounts,
    Priority, ReplicationKind, ScalerMetric, ServedBy,
};
use crate::tree::Node;

section! {
    /// Something that runs or is called. Every key but the first ones may depend on the environment: what stands under
    /// `environments` replaces, key by key, what stands beside it.
    Component "a component" {
        /// What it is.
        kind: Said<Kind> = "service";
        /// Which product or framework it is.
        technology: Said<Name> = "postgresql";
        /// The programming language of its source.
        language: Said<Name> = "rust";
        /// What it is for, in words.
        description: Said<Text> = "takes and keeps orders";
        /// How much its loss matters: 1 is the most critical.
        tier: Said<Count> = "1";
        /// Who answers for it.
        owner: Said<Name> = "team-orders";
        /// How long it takes to get more of it, from outside of the company.
        lead_time: Said<LeadTime> = "20 working days";
        /// From what its data can be made again.
        rebuild: Said<Rebuild> = "{ from: outbox of orders }";
        /// What holds in one environment only.
        environments: Names<Here> = "{ production: { replicas: 4 } }";
        with here: Here;
    }
}

section! {
    /// What of a component may depend on the environment.
    Here "a component" {
        /// How many copies run.
        replicas: Said<Count> = "4";
        /// How many copies run in each zone.
        zones: Names<Placed<Count>> = "{ a: 2, b: 1, c: 1 }";
        /// The region that it runs in, where it is not its environment's.
        region: Said<Name> = "eu-1";
        /// How it takes requests in.
        serves: Said<Serves> = "{ slots: 5, queue: { wait: 500ms, then: refuse with 429 } }";
        /// CPU cores of one copy; short for `serves: { cores: … }`.
        cores: Said<Cores> = "4";
        /// What it can be asked.
        operations: Names<Operation> = "{ charge: { does: [{ call: psp.charge }] } }";
        /// Pools of connections that each copy keeps.
        pools: Names<Pool> = "{ main: { to: orders-db, size: 5, wait: 2s } }";
        /// How many connections it accepts in all.
        connections: Said<Count> = "100";
        /// How many requests a third party grants; the bare rate leaves the burst unknown.
        quota: Said<Quota> = "{ rate: 45/s, burst: 90, then: refuse with 429 }";
        /// Where copies of its data are kept.
        replication: OneOrMore<Replication> = "{ to: standby, kind: async, lag_p99: 8s }";
        /// How its data is saved and brought back.
        backup: Said<Backup> = "{ every: 24h, size: 420GB, restore: 200MB/s }";
        /// How often copies fail and how long that lasts.
        failures: Said<Failures> = "{ every: { mean: 30d, distribution: exponential }, repair: 5m }";
        /// It works while at least this many copies do.
        quorum: Said<Count> = "3";
        /// Who changes the number of copies.
        autoscaler: Said<Autoscaler> = "{ min: 2, max: 10, metric: cpu, target: 60% }";
        /// How long a new copy takes until it serves.
        start_up: Said<Distribution> = "20s";
        /// How a new version replaces the old one.
        rollout: Said<Rollout> = "{ at_once: 1, pause: 30s }";
        /// How long another copy takes to step in for a primary that is lost.
        failover: Said<Distribution> = "30s";
    }
}

/// What a component is: a word of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub ComponentKind);

const KINDS: [(&str, &str); ComponentKind::ALL.len()] = {
    let mut words = [("", ""); ComponentKind::ALL.len()];
    let mut index = 0;
    while index < words.len() {
        words[index].0 = ComponentKind::ALL[index].word();
        index += 1;
    }
    words
};

impl Form for Kind {
    fn shape() -> Shape {
        Shape::Words(&KINDS)
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        ComponentKind::from_word(reading.word(node, &KINDS)?).map(Self)
    }
}

/// How long it takes to get more of something.
#[derive(Clone, Debug, PartialEq)]
pub enum LeadTime {
    /// In days on which people work.
    WorkingDays(WorkingDays),
    /// In all days and hours.
    Duration(Duration),
}

impl Form for LeadTime {
    fn shape() -> Shape {
        Shape::Either(vec![WorkingDays::shape(), Duration::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.as_str() {
            Some(text) if text.contains("day") => WorkingDays::read(node, reading).map(Self::WorkingDays),
            _ => Duration::read(node, reading).map(Self::Duration),
        }
    }
}

section! {
    /// From what data can be made again.
    Rebuild "a source to rebuild from" {
        /// What holds the same data.
        from: Placed<Text> = "outbox of orders";
        /// How fast.
        rate: Said<Throughput> = "20MB/s";
    }
}

section! {
    /// How one copy takes requests in. A **slot** is kept from the moment a request is taken until it is answered, waiting
    /// for others included; a **worker** is kept only while the copy itself works on it.
    Serves "`serves`" {
        /// How many requests a copy has open at once.
        slots: Said<Limit> = "5";
        /// How many requests a copy works on at once.
        workers: Said<Limit> = "1";
        /// CPU cores of one copy; requests at work share them, and one request uses at most one.
        cores: Said<Cores> = "0.5";
        /// How the CPU limit works; `quota` where left out.
        cpu: Said<CpuLimit> = "share";
        /// Which copies of a store answer.
        by: Said<ServedBy> = "primary";
        /// What happens to requests that find no slot or worker; they wait without end where left out.
        queue: Said<Queue> = "{ wait: 500ms, length: 20, then: refuse with 429 }";
        /// How a request finds its copy.
        balancing: Said<Balancing> = "round-robin";
        /// Whether the rank of journeys counts; first come, first served where left out.
        priority: Said<Priority> = "non-preemptive";
        /// A copy is slower after its start.
        warm_up: Said<WarmUp> = "{ takes: 2m, slower: 3x }";
        /// A copy that was idle must be made ready first.
        cold_start: Said<ColdStart> = "{ takes: { mean: 2s, distribution: exponential }, after_idle: 5m }";
        /// A limit of slots that follows the latency it sees.
        adaptive: Said<Adaptive> = "{ min: 4, max: 200, target: 100ms }";
        /// Requests that are turned away before the queue is full.
        shed: Said<Shed> = "{ above: 100ms, keeps: 1 }";
        /// How it is found out that a copy does not answer.
        health_check: Said<HealthCheck> = "{ every: 10s, timeout: 1s, fails: 3 }";
    }
}

section! {
    /// What happens to requests that find no slot or worker.
    Queue "a queue" {
        /// How long a request waits at most; a distribution where patience differs.
        wait: Said<Wait> = "500ms";
        /// How many wait at most in one copy's queue; 0 is none.
        length: Said<Limit> = "20";
        /// What happens to those that find the queue full or have waited long enough; `refuse` where left out.
        then: Said<Refusal> = "refuse with 429";
        /// Who is next; `first-come` where left out.
        order: Said<Order> = "last-come";
    }
}

section! {
    /// A copy is slower after its start.
    WarmUp "a warm-up" {
        /// For how long.
        takes: Placed<Duration> = "2m";
        /// How much slower at the beginning; it becomes faster steadily.
        slower: Placed<super::quantity::Factor> = "3x";
    }
}

section! {
    /// A copy that was idle must be made ready first.
    ColdStart "a cold start" {
        /// How long that takes.
        takes: Placed<Distribution> = "{ mean: 2s, distribution: exponential }";
        /// How long it must have been idle; at once where left out.
        after_idle: Said<Duration> = "5m";
    }
}

section! {
    /// A limit of slots that follows the latency it sees.
    Adaptive "an adaptive limit" {
        /// The least number of slots.
        min: Said<Count> = "4";
        /// The greatest number of slots.
        max: Said<Count> = "200";
        /// The latency that it aims at.
        target: Placed<Duration> = "100ms";
    }
}

section! {
    /// Requests that are turned away before the queue is full.
    Shed "a rule for load shedding" {
        /// Turns away while the oldest waiting request has waited longer.
        above: Placed<Duration> = "100ms";
        /// Journeys up to this rank are never turned away.
        keeps: Said<Count> = "1";
        /// How they are answered; `refuse` where left out.
        then: Said<Refusal> = "refuse with 503";
    }
}

section! {
    /// How it is found out that a copy does not answer.
    HealthCheck "a health check" {
        /// From one check to the next.
        every: Placed<Duration> = "10s";
        /// How long a check waits.
        timeout: Said<Duration> = "1s";
        /// After how many failures in a row a copy is left out.
        fails: Said<Count> = "3";
        /// After how many successes in a row it is taken back.
        passes: Said<Count> = "1";
    }
}

section! {
    /// One thing that a component can be asked, or that it does by itself.
    Operation "an operation" {
        /// What it does, one step after the other.
        does: Vec<Placed<Step>> = "[{ spend: { cpu: 20ms } }, { call: psp.charge }]";
        /// The share of requests that fail without a cause from outside.
        fails: Said<Share> = "0.05%";
        /// What becomes of its caller's deadline.
        deadline: Said<Deadline> = "handed on";
        /// What happens to its work when the caller has gone.
        late_work: Said<LateWork> = "stops";
        /// Whether it may be asked twice with the effect of once, and why.
        idempotent: Said<Idempotent> = "by key";
        /// Its rank where the component serves by `priority`, whoever asks.
        priority: Said<Count> = "2";
        /// The messages that it handles.
        consumes: Said<Consumes> = "{ topic: orders.placed, group: fulfil }";
        /// It runs by itself: from one run to the next, or a cron expression.
        every: Said<Every> = "15m";
        /// What holds in one environment instead.
        environments: Names<OperationHere> = "{ local: { does: [{ spend: { hold: 230ms } }] } }";
    }
}

section! {
    /// What of an operation is different in one environment.
    OperationHere "an operation" {
        /// What it does there.
        does: Vec<Placed<Step>> = "[{ spend: { hold: 230ms } }]";
        /// The share of requests that fail there.
        fails: Said<Share> = "0.05%";
    }
}

/// When an operation runs by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Every {
    /// From one run to the next.
    Duration(Duration),
    /// A cron expression of five fields.
    Cron(Text),
}

impl Form for Every {
    fn shape() -> Shape {
        Shape::Either(vec![Duration::shape(), Text::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.as_str() {
            Some(text) if text.split_whitespace().count() == 5 => Text::read(node, reading).map(Self::Cron),
            _ => Duration::read(node, reading).map(Self::Duration),
        }
    }
}

section! {
    /// The messages that an operation handles. How a topic keeps them stands under `topics`.
    Consumes "a subscription" {
        /// The topic.
        topic: Placed<Name> = "orders.placed";
        /// Members of a group share the messages; the component's own name where left out.
        group: Said<Name> = "fulfil";
        /// How many messages a copy takes at once.
        prefetch: Said<Count> = "20";
        /// When a message counts as handled; `after` where left out.
        acknowledged: Said<Acknowledged> = "after";
        /// How often a message that failed is handed out again.
        redelivery: Said<Redelivery> = "{ max: 5, after: 30s }";
        /// Where messages go that cannot be handled.
        dead_letters: Said<Name> = "orders.dead";
        /// Whether the order of messages of one key is kept.
        in_order: Said<bool> = "true";
    }
}

section! {
    /// How often a message that failed is handed out again.
    Redelivery "a redelivery" {
        /// How often at most.
        max: Placed<Limit> = "5";
        /// The pause before.
        after: Said<super::distribution::Pause> = "30s";
    }
}

section! {
    /// Connections that each copy keeps to another component.
    Pool "a pool" {
        /// To whom.
        to: Placed<Name> = "orders-db";
        /// How many.
        size: Placed<Count> = "5";
        /// How long a request waits for one, and then fails.
        wait: Said<Wait> = "2s";
        /// How long a request keeps one, where the query does not say.
        hold: Said<Distribution> = "125ms";
        /// What it counts for.
        counts: Said<PoolCounts> = "for the bound only";
    }
}

/// How many requests a third party grants.
#[derive(Clone, Debug, PartialEq)]
pub enum Quota {
    /// The rate alone; how many may come at once is an unknown, and is listed.
    Rate(super::quantity::Rate),
    /// A token bucket.
    Bucket(RateLimit),
}

impl Form for Quota {
    fn shape() -> Shape {
        Shape::Either(vec![super::quantity::Rate::shape(), RateLimit::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.is_mapping() {
            true => RateLimit::read(node, reading).map(Self::Bucket),
            false => super::quantity::Rate::read(node, reading).map(Self::Rate),
        }
    }
}

impl Quota {
    /// The rate in the long run.
    pub fn rate(&self) -> &super::quantity::Rate {
        match self {
            Self::Rate(rate) => rate,
            Self::Bucket(bucket) => &bucket.rate.value,
        }
    }
}

section! {
    /// A copy of a store's data.
    Replication "a replication" {
        /// Where it is: an environment, a region, `replica` for one beside the primary.
        to: Placed<Name> = "standby";
        /// How it keeps up.
        kind: Placed<ReplicationKind> = "async";
        /// How far it is behind, 99 of 100 times.
        lag_p99: Said<Duration> = "8s";
    }
}

section! {
    /// How data is saved and brought back.
    Backup "a backup" {
        /// From one full copy to the next.
        every: Placed<Duration> = "24h";
        /// From one copy of the log to the next: what is lost at most.
        log: Said<Duration> = "60s";
        /// How much data there is.
        size: Said<Size> = "420GB";
        /// How fast it is brought back.
        restore: Said<Throughput> = "200MB/s";
        /// How long copies are kept.
        keep: Said<Duration> = "14d";
        /// Where they are kept.
        to: Said<Name> = "eu-2";
        /// When it was last tried to bring one back.
        last_test: Said<Date> = "2026-09-15";
    }
}

section! {
    /// How often copies fail, each by itself, and how long that lasts.
    Failures "a rule for failures" {
        /// How long a copy works until it fails.
        every: Placed<Distribution> = "{ mean: 30d, distribution: exponential }";
        /// How long until it works again.
        repair: Placed<Distribution> = "{ mean: 5m, distribution: exponential }";
        /// Which time counts until the next failure; `always` where left out.
        counted: Said<FailureClock> = "while busy";
        /// What becomes of the work that a failure interrupts; it `is lost` where left out.
        work: Said<Interrupted> = "resumes";
    }
}

/// What an autoscaler aims at.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalerTarget {
    /// A share of what is there.
    Share(Share),
    /// So many for each copy.
    Count(Count),
    /// So many per second for each copy.
    Rate(super::quantity::Rate),
}

impl Form for ScalerTarget {
    fn shape() -> Shape {
        Shape::Either(vec![Share::shape(), Count::shape(), super::quantity::Rate::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        match node.as_str() {
            Some(text) if text.contains('/') => super::quantity::Rate::read(node, reading).map(Self::Rate),
            Some(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                Count::read(node, reading).map(Self::Count)
            }
            _ => Share::read(node, reading).map(Self::Share),
        }
    }
}

section! {
    /// Who changes the number of copies.
    Autoscaler "an autoscaler" {
        /// The least number of copies.
        min: Placed<Count> = "2";
        /// The greatest number of copies.
        max: Placed<Count> = "10";
        /// What it looks at.
        metric: Placed<ScalerMetric> = "cpu";
        /// What it aims at.
        target: Placed<ScalerTarget> = "60%";
        /// How often it looks; 15s where left out.
        every: Said<Duration> = "15s";
        /// For how long the metric must be low before copies are taken away; 300s where left out.
        down_after: Said<Duration> = "300s";
    }
}

section! {
    /// How a new version replaces the old one.
    Rollout "a rollout" {
        /// How many copies are replaced at once.
        at_once: Said<Count> = "1";
        /// How many copies more than wanted may run meanwhile.
        surge: Said<Count> = "1";
        /// The pause between two steps.
        pause: Said<Duration> = "30s";
    }
}
