//! Named assumptions: what is taken where no claim says anything, with a range and a reason.
//!
//! One table. A new assumption is one entry here, one key under `assume` in plimsoll.yaml, and one place in `compile`
//! that takes it. The reference page, `plimsoll explain NAME` and the list of unknowns come from the table.
//!
//! Not here: claims of plimsoll.yaml under `assume`, which override these (`model::behaviour::supposed`).
//! Always: a compiled program lists every assumption that it rests on, once for each subject.

mod taken;

pub use taken::{Ledger, Override, Taken, Value};

/// Writes the table.
macro_rules! assumptions {
    ($($(#[doc = $doc:literal])+ $Name:ident $name:literal = $value:expr, $range:expr, because $reason:literal, source $source:literal;)+) => {
        /// A named assumption.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Assumption { $($(#[doc = $doc])+ $Name,)+ }

        impl Assumption {
            /// Every assumption, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$Name,)+];

            /// Its name in plimsoll.yaml, reports and `plimsoll explain`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Name => $name,)+ }
            }

            /// What is assumed, in a sentence.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$Name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The value that is taken where nobody says otherwise.
            pub const fn value(self) -> Value {
                match self { $(Self::$Name => $value,)+ }
            }

            /// What else may well be true: the values between which an answer should be given.
            pub const fn range(self) -> &'static [Value] {
                match self { $(Self::$Name => &$range,)+ }
            }

            /// Why this value.
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$Name => $reason,)+ }
            }

            /// Where the reason can be read.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$Name => $source,)+ }
            }

            /// The assumption of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.name() == name)
            }
        }
    };
}

use Value::{Count, Nanos, Number, Word};

/// Nanoseconds in a millisecond.
const MS: u64 = 1_000_000;

assumptions! {
    /// How long the work of an operation takes of which nothing is known, as time on one core.
    DefaultServiceTime "default-service-time" = Nanos(5 * MS), [Nanos(MS), Nanos(50 * MS)],
        because "most requests of a business backend spend between one and fifty milliseconds of their own; the middle, on a scale of ratios, is near five",
        source "the published call graphs of large systems show medians of this order; measure yours with `plimsoll calibrate`";
    /// How long a store works on a query of which nothing is known.
    DefaultQueryTime "default-query-time" = Nanos(2 * MS), [Nanos(500_000), Nanos(20 * MS)],
        because "a query by key costs under a millisecond, one that scans tens of them",
        source "vendors' own benchmarks of single-row reads; measure yours";
    /// How long a third party takes of which nothing is known.
    DefaultExternalTime "default-external-time" = Nanos(200 * MS), [Nanos(50 * MS), Nanos(1_000 * MS)],
        because "it lies across the public network and does work of its own",
        source "an answer over the public network takes tens of milliseconds before any work";
    /// The shape of a time of which only the mean is known.
    DefaultShape "default-shape" = Word("exponential"), [Word("fixed"), Word("exponential"), Word("lognormal cv 2")],
        because "measured times are seldom steadier than this and often less steady; the shape moves the line more than copies do, so state it",
        source "Kleinrock, Queueing Systems I, 1975: waiting grows with 1 + cv²";
    /// How long a call waits of which nothing is known.
    DefaultTimeout "default-timeout" = Nanos(30_000 * MS), [Nanos(1_000 * MS), Nanos(60_000 * MS)],
        because "clients come with defaults between ten seconds and none at all; gateways give up after thirty to sixty",
        source "defaults of common clients and of ingress-nginx (proxy_read_timeout 60 s)";
    /// How often a call is tried again of which nothing is known.
    DefaultRetries "default-retries" = Count(0), [Count(0), Count(3)],
        because "most clients do not try again unless they are told to",
        source "gRPC, \"Retry\": off without a service config; the standard HTTP clients of Go, Java and .NET do not retry";
    /// How many times an operation makes a call, of which only the call itself is known, for each request.
    CallsPerRequest "calls-per-request" = Number(1.0), [Number(0.2), Number(3.0)],
        because "a call that is in the configuration is made by some requests, by some several times",
        source "none: measure it with traces";
    /// Calls that lead back to a component which is already working on the request are left out.
    NoCallsInCircles "no-calls-in-circles" = Word("left out"), [],
        because "two components may call each other without any single request going round for ever",
        source "a request that did would not end";
    /// How many copies run of a component of which nothing is known.
    DefaultReplicas "default-replicas" = Count(1), [Count(1), Count(3)],
        because "one is what an orchestrator starts when nobody says how many",
        source "Kubernetes API reference, Deployment spec.replicas: defaults to 1";
    /// How many cores a copy may use where neither a limit nor a request says it.
    DefaultCores "default-cores" = Number(1.0), [Number(0.5), Number(4.0)],
        because "without a limit a copy takes what its node has left, which depends on its neighbours",
        source "Kubernetes documentation, \"Resource Management for Pods and Containers\"";
    /// A copy with a CPU request and no limit can count on its request.
    RequestIsCores "request-is-cores" = Number(1.0), [Number(1.0), Number(4.0)],
        because "under load the neighbours take theirs, and CPU is shared by requests; the value says how many times the request is taken",
        source "Kubernetes documentation, \"Resource Management for Pods and Containers\": requests become CPU weights";
    /// How a CPU limit works where nobody says: as a quota of time in each period.
    CpuLimitIsQuota "cpu-limit" = Word("quota"), [Word("quota"), Word("share")],
        because "the kernel lets a copy run at full speed until its quota of the period is used",
        source "Turner, Rao and Rao, \"CPU bandwidth control for CFS\", Linux Symposium 2010";
    /// How a request finds its copy where nobody says: as the protocol and the platform do it.
    DefaultBalancing "default-balancing" = Word("by protocol"), [Word("random"), Word("round-robin"), Word("least-requests"), Word("sticky")],
        because "a Kubernetes Service picks a pod for each connection: clients of HTTP keep several, one of gRPC keeps one; users are many, so each request is as if picked by itself",
        source "Kubernetes documentation, \"Virtual IPs and Service Proxies\"; gRPC, \"Load Balancing in gRPC\"";
    /// How many connections a copy keeps to a service that is picked for each connection.
    ConnectionsPerCopy "connections-per-copy" = Count(8), [Count(2), Count(64)],
        because "pools of HTTP clients keep between two and a hundred idle connections to a host",
        source "defaults: Go's http.Transport 2, Java's HttpClient unlimited, Node's Agent unlimited";
    /// How many requests a quota lets through at once where only its rate is known, in seconds of the rate.
    QuotaBurst "quota-burst" = Number(1.0), [Number(0.1), Number(10.0)],
        because "a rate without a burst is usually counted by the second",
        source "most providers state limits per second; few say over which window";
    /// How often a look into a cache finds the answer where nobody says.
    DefaultCacheHit "default-cache-hit" = Number(0.8), [Number(0.5), Number(0.99)],
        because "a cache that finds less is soon taken out, one that finds more is soon bragged about",
        source "none: read it from the cache's own statistics";
    /// How many messages a copy takes at once where nobody says.
    DefaultPrefetch "default-prefetch" = Count(1), [Count(1), Count(100)],
        because "a plain consumer handles one message after the other",
        source "client defaults differ by more than a hundred times";
    /// How long after a failure a message is handed out again where nobody says.
    DefaultRedelivery "default-redelivery" = Nanos(30_000 * MS), [Nanos(1_000 * MS), Nanos(60_000 * MS)],
        because "brokers hand a message out again when it was not acknowledged in time, by default without end",
        source "NATS JetStream documentation: AckWait 30 s and MaxDeliver without limit by default; Amazon SQS: visibility timeout 30 s";
    /// How long another copy takes to step in for a lost primary where nobody says.
    DefaultFailover "default-failover" = Nanos(30_000 * MS), [Nanos(5_000 * MS), Nanos(300_000 * MS)],
        because "managed databases and Patroni take from seconds to minutes until another copy is the primary",
        source "vendors state 30 to 120 s for managed failover; Patroni's default time to live is 30 s";
    /// What happens to work that nobody waits for any more where the operation does not say.
    LateWork "late-work" = Word("runs on"), [Word("runs on"), Word("stops")],
        because "few servers look whether their caller is still there",
        source "gRPC, \"Cancellation\": the application must look";
    /// Messages between components take no time of their own where no distance is given.
    NoNetworkTime "no-network-time" = Nanos(0), [Nanos(0), Nanos(MS)],
        because "inside of a zone a message takes a fraction of a millisecond, which measured times often include",
        source "cloud providers state under 1 ms within and up to 2 ms between zones of a region";
    /// Copies are spread evenly over the zones of their environment where nobody says where they stand.
    EvenSpread "even-spread" = Word("evenly"), [],
        because "schedulers spread the copies of a workload over zones by default",
        source "Kubernetes documentation, \"Pod Topology Spread Constraints\": cluster-level defaults";
    /// Journeys enter where nobody calls: at gateways and frontends, else at services without a caller.
    EntryByShape "entry-by-shape" = Word("where nobody calls"), [],
        because "what nobody inside calls is called from outside",
        source "none: state `journeys` in plimsoll.yaml";
    /// How often users come where nobody says, per second and journey; the line does not depend on it.
    DefaultLoad "default-load" = Number(1.0), [],
        because "a run needs some load, and the search scales it",
        source "none: state `load` in plimsoll.yaml";
    /// The share of requests that succeed, promised where nothing is.
    DefaultSuccess "default-success" = Number(0.99), [Number(0.9), Number(0.999)],
        because "without a promise there is no line; one failure in a hundred is what people notice",
        source "none: state `promises` in plimsoll.yaml";
    /// How long 95 of 100 answers may take, promised where nothing is.
    DefaultLatency "default-latency" = Nanos(1_000 * MS), [Nanos(300 * MS), Nanos(3_000 * MS)],
        because "beyond a second people lose the thread of what they do",
        source "Miller, \"Response time in man-computer conversational transactions\", 1968";
    /// Availability is judged apart from load: the line counts what load does.
    LoadAndOutagesApart "load-and-outages-apart" = Word("true"), [],
        because "an outage breaks a promise at any load, so that a line that counts both would say nothing of load",
        source "simulation of the book; the ceiling is printed beside the line";
    /// Hard dependencies fail independently, so that the ceiling is the product of their availabilities.
    IndependentHardDependencies "independent-hard-dependencies" = Word("true"), [],
        because "what fails together is better stated as one dependency",
        source "Barlow and Proschan, Mathematical Theory of Reliability, 1965: series systems";
    /// A journey's line is found with the other journeys at rest.
    JourneysApart "journeys-apart" = Word("true"), [Word("true"), Word("false")],
        because "otherwise the line of one is a surface over the loads of all",
        source "none: choose `journeys-apart: false` to have the others at today's load";
    /// Which number of copies the line counts with where an autoscaler changes it.
    Autoscaling "autoscaling" = Word("at its minimum"), [Word("at its minimum"), Word("at its maximum")],
        because "the minimum is what holds at once; new copies take minutes",
        source "Kubernetes documentation, \"Horizontal Pod Autoscaling\"";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for assumption in Assumption::ALL {
            assert_eq!(Assumption::from_name(assumption.name()), Some(*assumption));
        }
    }

    #[test]
    fn a_value_lies_in_its_range() {
        for assumption in Assumption::ALL {
            let (value, range) = (assumption.value(), assumption.range());
            if let (Some(value), Some(low), Some(high)) = (
                value.number(),
                range.first().and_then(|low| low.number()),
                range.last().and_then(|high| high.number()),
            ) {
                assert!(low <= value && value <= high, "{}", assumption.name());
            }
        }
    }

    #[test]
    fn every_assumption_says_why() {
        for assumption in Assumption::ALL {
            assert!(!assumption.reason().is_empty() && !assumption.source().is_empty() && !assumption.doc().is_empty());
        }
    }
}
