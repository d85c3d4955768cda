//! How a component takes requests in: copies, places, slots, cores, queues, balancing, scaling, failing.

use super::demand::{Distribution, Wait};
use super::guard::{RateLimit, Refusal};
use super::quantity::{Bytes, BytesPerSecond, Count, Limit, Millicores, Nanos, Number, PerSecond, Share};
use super::told::{choice, choice_of, object};
use super::{Claim, RegionId, ZoneId};

choice! {
    /// How a CPU limit works.
    CpuLimit {
        /// Full speed until the period's quota is used (CFS): what a Kubernetes CPU limit does.
        Quota "quota",
        /// A constant rate: half a core takes 40 ms for 20 ms of work.
        Share "share",
    }
}

choice! {
    /// Which copies of a store answer.
    ServedBy {
        /// The primary alone.
        Primary "primary",
        /// The primary takes writes, the others reads.
        ReplicasForReads "replicas for reads",
        /// Any of them.
        Any "any",
    }
}

choice! {
    /// How a request finds its copy.
    Balancing {
        /// By chance, for each request.
        Random "random",
        /// In turn.
        RoundRobin "round-robin",
        /// The copy with the fewest open requests.
        LeastRequests "least-requests",
        /// The less busy one of two that are drawn.
        TwoChoices "two-choices",
        /// By the request's key.
        ConsistentHash "consistent-hash",
        /// By chance, once for each connection: what a Kubernetes Service does.
        PerConnection "per-connection",
        /// One connection, and so one copy, for as long as it lasts: gRPC without a mesh.
        Sticky "sticky",
        /// A copy of the caller's own zone while there is one.
        ZoneAware "zone-aware",
        /// One queue before all copies: an idealisation, used only where it is asked for.
        SharedQueue "shared-queue",
    }
}

choice! {
    /// What rank means to requests that wait.
    Priority {
        /// A request of a higher rank waits for the one that is served.
        NonPreemptive "non-preemptive",
        /// A request of a higher rank interrupts, and what it interrupted goes on afterwards.
        PreemptiveResume "preemptive-resume",
    }
}

choice! {
    /// Who of those that wait is next.
    Order {
        /// Who came first.
        FirstCome "first-come",
        /// Who came last.
        LastCome "last-come",
        /// By chance.
        Random "random",
    }
}

choice! {
    /// How a copy of the data keeps up.
    ReplicationKind {
        /// A write is done when the copy has it.
        Sync "sync",
        /// The copy follows.
        Async "async",
    }
}

choice! {
    /// Which time counts until the next failure.
    FailureClock {
        /// All time.
        Always "always",
        /// Only time in which the copy works on requests.
        WhileBusy "while busy",
    }
}

choice! {
    /// What becomes of the work that a failure interrupts.
    Interrupted {
        /// It goes on where it was.
        Resumes "resumes",
        /// It begins again.
        Restarts "restarts",
        /// It is lost, and its caller gets an error.
        Lost "is lost",
    }
}

choice! {
    /// What an autoscaler looks at.
    ScalerMetric {
        /// CPU used, of what is requested.
        Cpu "cpu",
        /// Memory used, of what is requested.
        Memory "memory",
        /// Slots in use.
        Slots "slots",
        /// Messages that wait, for each copy.
        Backlog "backlog",
        /// Requests per second, for each copy.
        Rate "rate",
    }
}

object! {
    /// How a component takes requests in, as far as somebody says it. A **slot** is kept from the moment a request is
    /// taken until it is answered; a **worker** only while the copy itself works on it.
    Serving "serving" Default {
        /// How many copies run.
        replicas: Option<Claim<Count>>;
        /// How many copies run in each zone.
        zones: Vec<ZoneCount>;
        /// The region that it runs in, where it is not its environment's.
        region: Option<Claim<RegionId>>;
        /// How many requests a copy has open at once.
        slots: Option<Claim<Limit>>;
        /// How many requests a copy works on at once.
        workers: Option<Claim<Limit>>;
        /// CPU of one copy, in thousandths of a core; one request uses at most one core.
        cores: Option<Claim<Millicores>>;
        /// How the CPU limit works.
        cpu: Option<Claim<CpuLimit>>;
        /// Which copies of a store answer.
        by: Option<Claim<ServedBy>>;
        /// What happens to requests that find no slot or worker; they wait without end where nobody says.
        queue: Option<Claim<Queue>>;
        /// How a request finds its copy.
        balancing: Option<Claim<Balancing>>;
        /// Whether the rank of journeys counts; first come, first served where nobody says.
        priority: Option<Claim<Priority>>;
        /// A copy is slower after its start.
        warm_up: Option<Claim<WarmUp>>;
        /// A copy that was idle must be made ready first.
        cold_start: Option<Claim<ColdStart>>;
        /// A limit of slots that follows the latency it sees.
        adaptive: Option<Claim<Adaptive>>;
        /// Requests that are turned away before the queue is full.
        shed: Option<Claim<Shed>>;
        /// How it is found out that a copy does not answer.
        health_check: Option<Claim<HealthCheck>>;
        /// How many connections it accepts in all.
        connections: Option<Claim<Count>>;
        /// How many requests it grants: the quota of a third party.
        quota: Option<Claim<RateLimit>>;
        /// Where copies of its data are kept.
        replication: Vec<Claim<Replication>>;
        /// How its data is saved and brought back.
        backup: Option<Claim<Backup>>;
        /// How often copies fail, each by itself, and how long that lasts.
        failures: Option<Claim<Failures>>;
        /// It works while at least this many copies do.
        quorum: Option<Claim<Count>>;
        /// Who changes the number of copies.
        autoscaler: Option<Claim<Autoscaler>>;
        /// How long a new copy takes until it serves.
        start_up: Option<Claim<Distribution>>;
        /// How a new version replaces the old one.
        rollout: Option<Claim<Rollout>>;
        /// How long another copy takes to step in for a primary that is lost.
        failover: Option<Claim<Distribution>>;
    }
}

object! {
    /// How many copies run in a zone.
    ZoneCount "zone_count" {
        /// The zone.
        zone: ZoneId;
        /// How many.
        copies: Claim<Count>;
    }
}

object! {
    /// What happens to requests that find no slot or worker.
    Queue "queue" Default {
        /// How long a request waits at most.
        wait: Option<Claim<Wait>>;
        /// How many wait at most in one copy's queue; 0 is none.
        length: Option<Claim<Limit>>;
        /// What happens to those that find it full or have waited long enough; they are refused where nobody says.
        then: Option<Claim<Refusal>>;
        /// Who is next; who came first where nobody says.
        order: Option<Claim<Order>>;
    }
}

object! {
    /// A copy is slower after its start.
    WarmUp "warm_up" {
        /// For how long, in nanoseconds.
        takes: Nanos;
        /// How many times as slow at the beginning; it becomes faster steadily.
        slower: Number;
    }
}

object! {
    /// A copy that was idle must be made ready first.
    ColdStart "cold_start" {
        /// How long that takes.
        takes: Distribution;
        /// How long it must have been idle, in nanoseconds; at once where nobody says.
        after_idle: Option<Nanos>;
    }
}

object! {
    /// A limit of slots that follows the latency it sees.
    Adaptive "adaptive" {
        /// The least number of slots.
        min: Option<Count>;
        /// The greatest number of slots.
        max: Option<Count>;
        /// The latency that it aims at, in nanoseconds.
        target: Nanos;
    }
}

object! {
    /// Requests that are turned away before the queue is full.
    Shed "shed" {
        /// Turns away while the oldest waiting request has waited longer, in nanoseconds.
        above: Nanos;
        /// Journeys up to this rank are never turned away.
        keeps: Option<Count>;
        /// How they are answered.
        then: Option<Refusal>;
    }
}

object! {
    /// How it is found out that a copy does not answer.
    HealthCheck "health_check" {
        /// From one check to the next, in nanoseconds.
        every: Nanos;
        /// How long a check waits, in nanoseconds.
        timeout: Option<Nanos>;
        /// After how many failures in a row a copy is left out.
        fails: Option<Count>;
        /// After how many successes in a row it is taken back.
        passes: Option<Count>;
    }
}

object! {
    /// A copy of a store's data.
    Replication "replication" {
        /// Where it is: an environment, a region, `replica` for one beside the primary.
        to: String;
        /// How it keeps up.
        kind: ReplicationKind;
        /// How far it is behind, 99 of 100 times, in nanoseconds.
        lag_p99: Option<Nanos>;
    }
}

object! {
    /// How data is saved and brought back.
    Backup "backup" {
        /// From one full copy to the next, in nanoseconds.
        every: Nanos;
        /// From one copy of the log to the next, in nanoseconds: what is lost at most.
        log: Option<Nanos>;
        /// How much data there is, in bytes.
        size: Option<Bytes>;
        /// How fast it is brought back, in bytes per second.
        restore: Option<BytesPerSecond>;
        /// How long copies are kept, in nanoseconds.
        keep: Option<Nanos>;
        /// Where they are kept.
        to: Option<String>;
        /// When it was last tried to bring one back, as year-month-day.
        last_test: Option<String>;
    }
}

object! {
    /// How often copies fail, each by itself, and how long that lasts.
    Failures "failures" {
        /// How long a copy works until it fails.
        every: Distribution;
        /// How long until it works again.
        repair: Distribution;
        /// Which time counts until the next failure; all where nobody says.
        counted: Option<FailureClock>;
        /// What becomes of the work that a failure interrupts; it is lost where nobody says.
        work: Option<Interrupted>;
    }
}

choice_of! {
    /// What an autoscaler aims at.
    ScalerTarget "scaler_target" {
        /// A share of what is there, in parts per thousand million.
        Share(Share) "share",
        /// So many for each copy.
        Count(Count) "count",
        /// So many per second for each copy.
        Rate(PerSecond) "rate",
    }
}

object! {
    /// Who changes the number of copies.
    Autoscaler "scaler" {
        /// The least number of copies.
        min: Count;
        /// The greatest number of copies.
        max: Count;
        /// What it looks at.
        metric: ScalerMetric;
        /// What it aims at.
        target: ScalerTarget;
        /// How often it looks, in nanoseconds; every 15 s where nobody says.
        every: Option<Nanos>;
        /// For how long the metric must be low before copies are taken away, in nanoseconds; 300 s where nobody says.
        down_after: Option<Nanos>;
    }
}

object! {
    /// How a new version replaces the old one.
    Rollout "rollout" {
        /// How many copies are replaced at once.
        at_once: Option<Count>;
        /// How many copies more than wanted may run meanwhile.
        surge: Option<Count>;
        /// The pause between two steps, in nanoseconds.
        pause: Option<Nanos>;
    }
}
