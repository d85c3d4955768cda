//! What the audit is held to, what is waived, what things cost, and which assumptions are changed.

use super::language::{Form, Names, Placed, Reading, Said};
use super::quantity::{Count, Date, Duration, Money, Number, Share};
use super::reference::{Name, Subject, Text};
use super::table::{Quantity, Shape, choice, section};
use super::words::{Autoscaling, Balancing, CpuLimit, DistributionShape, LateWork};
use crate::tree::Node;

section! {
    /// Named assumptions, each of which the report prints where an answer rests on it.
    Assume "the assumptions" {
        /// How long the work of an operation takes of which nothing is known.
        default_service_time "default-service-time": Said<Duration> = "5ms";
        /// The shape of a time of which only the mean is known.
        default_shape "default-shape": Said<DistributionShape> = "exponential";
        /// How long a call waits of which nothing is known.
        default_timeout "default-timeout": Said<Duration> = "30s";
        /// How long a store works on a query of which nothing is known.
        default_query_time "default-query-time": Said<Duration> = "2ms";
        /// How long a third party takes of which nothing is known.
        default_external_time "default-external-time": Said<Duration> = "200ms";
        /// How often a call is tried again of which nothing is known.
        default_retries "default-retries": Said<Count> = "0";
        /// How often a call is made per request, of which only the call is known.
        calls_per_request "calls-per-request": Said<Number> = "1";
        /// How many copies run of a component of which nothing is known.
        default_replicas "default-replicas": Said<Count> = "1";
        /// How many cores a copy may use where nothing says it.
        default_cores "default-cores": Said<Number> = "1";
        /// How a CPU limit works where the component does not say.
        cpu_limit "cpu-limit": Said<CpuLimit> = "quota";
        /// How a request finds its copy where nobody says.
        default_balancing "default-balancing": Said<Balancing> = "round-robin";
        /// How many connections a copy keeps to a service whose copy is picked for each connection.
        connections_per_copy "connections-per-copy": Said<Count> = "8";
        /// Of how much time a quota lets its rate through at once, where only the rate is known.
        quota_burst "quota-burst": Said<Duration> = "1s";
        /// The share of looks that find the answer where nobody says.
        default_cache_hit "default-cache-hit": Said<Share> = "80%";
        /// How many messages a copy takes at once where nobody says.
        default_prefetch "default-prefetch": Said<Count> = "1";
        /// How long after a failure a message is handed out again.
        default_redelivery "default-redelivery": Said<Duration> = "30s";
        /// How long another copy takes to step in for a lost primary.
        default_failover "default-failover": Said<Duration> = "30s";
        /// The share of requests that succeed, promised where nothing is.
        default_success "default-success": Said<Share> = "99%";
        /// How long 95 of 100 answers may take, promised where nothing is.
        default_latency "default-latency": Said<Duration> = "1s";
        /// Whether availability is judged apart from load: the line counts what load does.
        load_and_outages_apart "load-and-outages-apart": Said<bool> = "true";
        /// Whether hard dependencies fail independently, so that the ceiling is their product.
        independent_hard_dependencies "independent-hard-dependencies": Said<bool> = "true";
        /// Whether a journey's line is found with the other journeys at rest.
        journeys_apart "journeys-apart": Said<bool> = "true";
        /// Which number of copies the line counts with where an autoscaler changes it.
        autoscaling: Said<Autoscaling> = "at its minimum";
        /// What happens to work that nobody waits for any more, where the operation does not say.
        late_work "late-work": Said<LateWork> = "runs on";
        /// How much of the bound may be used at the expected peak.
        headroom: Said<Share> = "70%";
    }
}

section! {
    /// What the audit is held to.
    Standards "the standards" {
        /// The set of rules to begin with.
        profile: Said<Name> = "default";
        /// What is different of single rules.
        rules: Names<RuleSetting> = "{ REL-005: { depth: 5 } }";
        /// What is different for a part of the system.
        scopes: Vec<StandardScope> = "[{ tier: [3], rules: { REL-005: { severity: off } } }]";
    }
}

choice! {
    /// How serious a finding is.
    Severity {
        /// Stops a change.
        Error "error",
        /// Should be mended.
        Warning "warning",
        /// Worth knowing.
        Note "note",
        /// The rule is not asked.
        Off "off",
    }
}

section! {
    /// What is different of a rule. Its parameters stand beside `severity` under their own names.
    RuleSetting "a rule's setting" {
        /// How serious its findings are.
        severity: Said<Severity> = "warning";
        open
        /// A parameter of the rule.
        parameters: Parameter [".+"] = "5";
    }
}

/// The value of a rule's parameter; the rule checks its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter(pub Placed<String>);

const PARAMETER: &Quantity = &Quantity {
    name: "parameter",
    wanted: "a value",
    doc: "A number, a word, or a quantity with its unit, as the rule's page says.",
    pattern: ".",
    number: true,
    examples: &["5", "500ms"],
};

impl Form for Parameter {
    fn shape() -> Shape {
        Shape::Quantity(PARAMETER)
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        let value = reading.text(node, PARAMETER)?;
        let value = reading.shown(value);
        Some(Self(Placed { value, origin: crate::facts::Origin::of(node) }))
    }
}

section! {
    /// What is different for a part of the system: what fits all the conditions given.
    StandardScope "a scope" {
        /// Components of these tiers.
        tier: Vec<Placed<Count>> = "[2, 3]";
        /// These subjects.
        on: Vec<Placed<Subject>> = "[component notify]";
        /// Components of these owners.
        owner: Vec<Placed<Name>> = "[team-crew]";
        /// In these environments.
        environment: Vec<Placed<Name>> = "[production]";
        /// What is different of single rules.
        rules: Names<RuleSetting> = "{ REL-005: { depth: 6 } }";
    }
}

section! {
    /// A finding that is put up with for a stated time. It is shown as waived, and counts again from the day after `until`.
    Waiver "a waiver" {
        /// The rule, by code or slug.
        rule: Placed<Name> = "SEC-008";
        /// What it is about.
        on: Placed<Subject> = "notify";
        /// Why it is put up with.
        because: Placed<Text> = "image is rebuilt nightly";
        /// Who answers for it.
        owner: Placed<Name> = "team-crew";
        /// The last day, in UTC.
        until: Placed<Date> = "2027-03-31";
    }
}

section! {
    /// What things cost.
    Prices "the prices" {
        /// One CPU core for a month.
        cpu_core_month: Said<Money> = "24 EUR";
        /// One GiB of memory for a month.
        gib_month: Said<Money> = "3.20 EUR";
        /// One GiB of storage for a month.
        storage_gib_month: Said<Money> = "0.10 EUR";
        /// One GiB from one zone to another.
        zone_gib: Said<Money> = "0.01 EUR";
        /// One GiB from one region to another.
        region_gib: Said<Money> = "0.02 EUR";
        /// One day of an engineer.
        engineer_day: Said<Money> = "700 EUR";
        /// Prices of single components, such as third parties.
        components: Names<ComponentPrice> = "{ psp: { call: 0.10 EUR } }";
    }
}

section! {
    /// What a component costs beside its cores, memory and storage.
    ComponentPrice "a component's price" {
        /// For a month.
        month: Said<Money> = "300 EUR";
        /// For each call.
        call: Said<Money> = "0.10 EUR";
        /// For each request per second of its quota, for a month.
        quota_month: Said<Money> = "12 EUR";
    }
}
