//! What is assumed, how far places are from each other, what things cost.

use super::Claim;
use super::demand::{Distribution, DistributionShape};
use super::load::Money;
use super::quantity::{Count, Nanos, Number, Share};
use super::serving::{Balancing, CpuLimit};
use super::told::{choice, choice_of, object};
use super::work::LateWork;
use crate::noun::{ComponentId, JourneyId};

choice! {
    /// Which number of copies the line counts with.
    Autoscaling {
        /// The least number: what holds at once.
        AtMinimum "at its minimum",
        /// The greatest number: what holds after a while.
        AtMaximum "at its maximum",
        /// As the autoscaler changes it during the run.
        AsItRuns "as it runs",
    }
}

object! {
    /// Named assumptions that somebody changed.
    Assumed "assumed" Default {
        /// How long the work of an operation takes of which nothing is known, in nanoseconds.
        default_service_time: Option<Claim<Nanos>>;
        /// The shape of a time of which only the mean is known.
        default_shape: Option<Claim<DistributionShape>>;
        /// How long a call waits of which nothing is known, in nanoseconds.
        default_timeout: Option<Claim<Nanos>>;
        /// How long a store works on a query of which nothing is known, in nanoseconds.
        default_query_time: Option<Claim<Nanos>>;
        /// How long a third party takes of which nothing is known, in nanoseconds.
        default_external_time: Option<Claim<Nanos>>;
        /// How often a call is tried again of which nothing is known.
        default_retries: Option<Claim<Count>>;
        /// How often a call is made per request, of which only the call is known.
        calls_per_request: Option<Claim<Number>>;
        /// How many copies run of a component of which nothing is known.
        default_replicas: Option<Claim<Count>>;
        /// How many cores a copy may use where nothing says it.
        default_cores: Option<Claim<Number>>;
        /// How a CPU limit works where the component does not say.
        cpu_limit: Option<Claim<CpuLimit>>;
        /// How a request finds its copy where nobody says.
        default_balancing: Option<Claim<Balancing>>;
        /// How many connections a copy keeps to a service whose copy is picked for each connection.
        connections_per_copy: Option<Claim<Count>>;
        /// Of how much time a quota lets its rate through at once, where only the rate is known, in nanoseconds.
        quota_burst: Option<Claim<Nanos>>;
        /// The share of looks that find the answer where nobody says, in parts per thousand million.
        default_cache_hit: Option<Claim<Share>>;
        /// How many messages a copy takes at once where nobody says.
        default_prefetch: Option<Claim<Count>>;
        /// How long after a failure a message is handed out again, in nanoseconds.
        default_redelivery: Option<Claim<Nanos>>;
        /// How long another copy takes to step in for a lost primary, in nanoseconds.
        default_failover: Option<Claim<Nanos>>;
        /// The share of requests that succeed, promised where nothing is, in parts per thousand million.
        default_success: Option<Claim<Share>>;
        /// How long 95 of 100 answers may take, promised where nothing is, in nanoseconds.
        default_latency: Option<Claim<Nanos>>;
        /// Whether availability is judged apart from load.
        load_and_outages_apart: Option<Claim<bool>>;
        /// Whether hard dependencies fail independently.
        independent_hard_dependencies: Option<Claim<bool>>;
        /// Whether a journey's line is found with the other journeys at rest.
        journeys_apart: Option<Claim<bool>>;
        /// Which number of copies the line counts with.
        autoscaling: Option<Claim<Autoscaling>>;
        /// What happens to work that nobody waits for any more.
        late_work: Option<Claim<LateWork>>;
        /// How much of the bound may be used at the expected peak, in parts per thousand million.
        headroom: Option<Claim<Share>>;
    }
}

object! {
    /// How far places are from each other.
    Network "network" Default {
        /// Inside of a zone.
        inside_zone: Option<Distance>;
        /// From one zone of a region to another.
        between_zones: Option<Distance>;
        /// From one region to another.
        between_regions: Option<Distance>;
        /// To users and third parties.
        outside: Option<Distance>;
    }
}

object! {
    /// How far two places are from each other.
    Distance "distance" Default {
        /// How long a message takes, one way.
        takes: Option<Claim<Distribution>>;
        /// The share of messages that are lost, in parts per thousand million.
        loss: Option<Claim<Share>>;
    }
}

object! {
    /// What things cost.
    Prices "prices" Default {
        /// One CPU core for a month.
        cpu_core_month: Option<Claim<Money>>;
        /// One GiB of memory for a month.
        gib_month: Option<Claim<Money>>;
        /// One GiB of storage for a month.
        storage_gib_month: Option<Claim<Money>>;
        /// One GiB from one zone to another.
        zone_gib: Option<Claim<Money>>;
        /// One GiB from one region to another.
        region_gib: Option<Claim<Money>>;
        /// One day of an engineer.
        engineer_day: Option<Claim<Money>>;
        /// Prices of single components.
        components: Vec<ComponentPrice>;
    }
}

object! {
    /// What a component costs beside its cores, memory and storage.
    ComponentPrice "component_price" {
        /// Which.
        component: ComponentId;
        /// For a month.
        month: Option<Claim<Money>>;
        /// For each call.
        call: Option<Claim<Money>>;
        /// For each request per second of its quota, for a month.
        quota_month: Option<Claim<Money>>;
    }
}

choice_of! {
    /// How long it takes to get more of something from outside.
    LeadTime "lead_time" {
        /// In days on which people work.
        WorkingDays(u64) "working_days",
        /// In nanoseconds.
        Duration(Nanos) "duration",
    }
}

object! {
    /// What holds of a component in every environment.
    Standing "standing" {
        /// Which component.
        component: ComponentId;
        /// The share of time in which it answers by itself, in parts per thousand million.
        availability: Option<Claim<Share>>;
        /// How long it takes to get more of it, from outside of the company.
        lead_time: Option<Claim<LeadTime>>;
        /// What holds the same data, from which it can be made again.
        rebuild_from: Option<Claim<String>>;
        /// How fast it can be made again, in bytes per second.
        rebuild_rate: Option<Claim<super::quantity::BytesPerSecond>>;
    }
}

object! {
    /// What still works while a part is missing.
    DegradedMode "degraded" {
        /// Its name.
        name: String;
        /// The components that are missing.
        without: Vec<ComponentId>;
        /// Journeys that work all the same.
        journeys: Vec<JourneyId>;
        /// Components that work all the same.
        components: Vec<ComponentId>;
        /// What users see instead, in words.
        instead: Option<String>;
        /// How we know of it.
        evidence: crate::EvidenceId;
    }
}
