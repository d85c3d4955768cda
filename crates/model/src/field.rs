//! The one table of fields: what can be claimed of what, in which unit, and which source wins.
//!
//! A new attribute is one line here; its JSON name, documentation, policy and reference entry follow from it.

use crate::noun::Noun;

/// Which kind of claim wins when several speak of the same attribute in the same environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// What is wanted: declared before supposed, rehearsed, observed.
    Declared,
    /// What is: observed before rehearsed, declared, supposed.
    Observed,
    /// What may be: supposed before rehearsed, observed, declared.
    Supposed,
}

/// What a field's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Yes or no.
    Flag,
    /// A whole number.
    Count,
    /// Thousandths of a core.
    Millicores,
    /// Bytes.
    Bytes,
    /// Nanoseconds.
    Nanos,
    /// Thousandths per second.
    MilliPerSecond,
    /// Parts per million.
    PartsPerMillion,
    /// A word or sentence.
    Text,
    /// A health probe.
    Probe,
    /// Several words.
    Texts,
}

impl ValueType {
    /// The unit of the JSON number, or `-` where there is none.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Millicores => "millicores",
            Self::Bytes => "bytes",
            Self::Nanos => "nanoseconds",
            Self::MilliPerSecond => "thousandths per second",
            Self::PartsPerMillion => "parts per million",
            Self::Flag | Self::Count | Self::Text | Self::Probe | Self::Texts => "-",
        }
    }
}

impl Field {
    /// Whether a subject may have several rows of it that do not contradict each other: each is one of them.
    pub const fn has_several(self) -> bool {
        matches!(
            self,
            Self::Objective
                | Self::Alert
                | Self::Protection
                | Self::BurnAlert
                | Self::NetworkPolicies
                | Self::PlainSecret
                | Self::Trigger
                | Self::Action
                | Self::PipelineImage
                | Self::PipelineRight
                | Self::PipelineStep
        )
    }
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $name:ident: $noun:ident, $kind:ident, $json:literal, $policy:ident;)+) => {
        /// An attribute that can be claimed of a noun.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Field {
            /// Every field, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The noun that it is an attribute of.
            pub const fn noun(self) -> Noun {
                match self { $(Self::$name => Noun::$noun,)+ }
            }

            /// What its value is.
            pub const fn value_type(self) -> ValueType {
                match self { $(Self::$name => ValueType::$kind,)+ }
            }

            /// Its name in JSON and in `query`.
            pub const fn json_name(self) -> &'static str {
                match self { $(Self::$name => $json,)+ }
            }

            /// Which claim wins.
            pub const fn policy(self) -> Policy {
                match self { $(Self::$name => Policy::$policy,)+ }
            }

            /// One sentence for the reference.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

fields! {
    // Component
    /// How much its loss matters: 1 is the most critical.
    Tier: Component, Count, "tier", Supposed;
    /// Who answers for it.
    Owner: Component, Text, "owner", Declared;
    /// What it is for, in words.
    Description: Component, Text, "description", Declared;
    /// Where it stands in its life: experimental, production, deprecated.
    Lifecycle: Component, Text, "lifecycle", Declared;
    /// What it is built with or which product it is.
    Technology: Component, Text, "technology", Declared;
    /// The programming language of its source.
    Language: Component, Text, "language", Declared;
    /// The folder of its source.
    SourceFolder: Component, Text, "source_folder", Declared;
    /// The share of time in which it is expected to answer.
    Availability: Component, PartsPerMillion, "availability", Supposed;
    /// How many requests per second a third party grants.
    Quota: Component, MilliPerSecond, "quota", Supposed;
    /// How many connections a store accepts in all.
    ConnectionsMax: Component, Count, "connections_max", Declared;
    /// Where backups of a store are stated, and how often.
    Backup: Component, Text, "backup", Declared;
    /// How a store is replicated: sync, async, none.
    Replication: Component, Text, "replication", Declared;
    /// An objective that is stated for it; one row each.
    Objective: Component, Text, "objective", Declared;
    /// An alert that speaks of it; one row each.
    Alert: Component, Text, "alert", Declared;
    /// An alert that speaks of how fast its error budget burns; one row each.
    BurnAlert: Component, Text, "burn_alert", Declared;
    /// What protects it or those who use it, as its program text shows, such as `circuit breaker`; one row each.
    Protection: Component, Text, "protection", Declared;
    /// Links that people follow: runbook, dashboard, repository.
    Links: Component, Texts, "links", Declared;

    // Deployment
    /// The kind of workload: Deployment, StatefulSet, compose service.
    Workload: Deployment, Text, "workload", Declared;
    /// How many copies are wanted.
    Replicas: Deployment, Count, "replicas", Declared;
    /// CPU that the scheduler sets aside for one copy.
    CpuRequest: Deployment, Millicores, "cpu_request_millicores", Declared;
    /// CPU that one copy may use at most.
    CpuLimit: Deployment, Millicores, "cpu_limit_millicores", Declared;
    /// Memory that the scheduler sets aside for one copy.
    MemoryRequest: Deployment, Bytes, "memory_request_bytes", Declared;
    /// Memory at which one copy is killed.
    MemoryLimit: Deployment, Bytes, "memory_limit_bytes", Declared;
    /// Asked whether the container should be restarted.
    Liveness: Deployment, Probe, "liveness", Declared;
    /// Asked whether traffic may be sent.
    Readiness: Deployment, Probe, "readiness", Declared;
    /// Asked until the container has started.
    Startup: Deployment, Probe, "startup", Declared;
    /// The smallest number of copies that the autoscaler keeps.
    ScalerMin: Deployment, Count, "autoscaler_min", Declared;
    /// The largest number of copies that the autoscaler makes.
    ScalerMax: Deployment, Count, "autoscaler_max", Declared;
    /// What the autoscaler looks at, such as `cpu 60%`.
    ScalerMetrics: Deployment, Texts, "autoscaler_metrics", Declared;
    /// How fast the autoscaler may act, as stated.
    ScalerBehaviour: Deployment, Texts, "autoscaler_behaviour", Declared;
    /// Copies that must stay when pods are moved, as a number or percentage.
    DisruptionMinAvailable: Deployment, Text, "disruption_min_available", Declared;
    /// Copies that may be missing when pods are moved, as a number or percentage.
    DisruptionMaxUnavailable: Deployment, Text, "disruption_max_unavailable", Declared;
    /// Over what the copies are spread, such as zones or hosts.
    Spread: Deployment, Texts, "spread", Declared;
    /// Which copies avoid or seek each other.
    Affinity: Deployment, Texts, "affinity", Declared;
    /// Nodes that are chosen by label.
    NodeSelector: Deployment, Texts, "node_selector", Declared;
    /// Taints that are put up with.
    Tolerations: Deployment, Texts, "tolerations", Declared;
    /// The image that is run.
    Image: Deployment, Text, "image", Declared;
    /// When the image is pulled.
    ImagePullPolicy: Deployment, Text, "image_pull_policy", Declared;
    /// The command and arguments, secrets taken out.
    Command: Deployment, Texts, "command", Declared;
    /// Ports that the container opens.
    Ports: Deployment, Texts, "ports", Declared;
    /// Names of the environment variables that are set.
    Environment: Deployment, Texts, "environment", Declared;
    /// A variable whose value is a credential in plain text, by its name; one row each.
    PlainSecret: Deployment, Text, "plain_secret", Declared;
    /// Secrets that it uses, by name.
    Secrets: Deployment, Texts, "secrets", Declared;
    /// Configuration maps that it uses, by name.
    ConfigMaps: Deployment, Texts, "config_maps", Declared;
    /// Volumes that it mounts, with their kind.
    Volumes: Deployment, Texts, "volumes", Declared;
    /// Storage that it claims.
    Storage: Deployment, Bytes, "storage_bytes", Declared;
    /// How a new version replaces the old one.
    Strategy: Deployment, Text, "strategy", Declared;
    /// Seconds a copy is given to end, in nanoseconds.
    TerminationGrace: Deployment, Nanos, "termination_grace", Declared;
    /// What runs before a copy is ended.
    PreStop: Deployment, Text, "pre_stop", Declared;
    /// What runs after a copy has started.
    PostStart: Deployment, Text, "post_start", Declared;
    /// When it is started again.
    RestartPolicy: Deployment, Text, "restart_policy", Declared;
    /// Whether the container must not run as root.
    RunAsNonRoot: Deployment, Flag, "run_as_non_root", Declared;
    /// The user that the container runs as.
    RunAsUser: Deployment, Text, "run_as_user", Declared;
    /// Whether the root file system is read-only.
    ReadOnlyRoot: Deployment, Flag, "read_only_root", Declared;
    /// Whether the container has all rights of the host.
    Privileged: Deployment, Flag, "privileged", Declared;
    /// Whether a process may gain rights.
    PrivilegeEscalation: Deployment, Flag, "privilege_escalation", Declared;
    /// Capabilities added, with `+`, and dropped, with `-`.
    Capabilities: Deployment, Texts, "capabilities", Declared;
    /// The seccomp profile.
    Seccomp: Deployment, Text, "seccomp", Declared;
    /// Whether the host's network, process or IPC space is shared.
    HostNamespaces: Deployment, Texts, "host_namespaces", Declared;
    /// The account that it runs under in the cluster.
    ServiceAccount: Deployment, Text, "service_account", Declared;
    /// Whether the account's token is mounted.
    TokenMounted: Deployment, Flag, "token_mounted", Declared;
    /// How important its pods are to the scheduler.
    PriorityClass: Deployment, Text, "priority_class", Declared;
    /// When a scheduled job runs.
    Schedule: Deployment, Text, "schedule", Declared;
    /// Containers beside the main one.
    Sidecars: Deployment, Texts, "sidecars", Declared;
    /// Containers that run before the main one.
    InitContainers: Deployment, Texts, "init_containers", Declared;
    /// The namespace.
    Namespace: Deployment, Text, "namespace", Declared;
    /// How it is reached: ClusterIP, NodePort, LoadBalancer, published port.
    Exposure: Deployment, Texts, "exposure", Declared;
    /// Network policies that select it.
    NetworkPolicies: Deployment, Texts, "network_policies", Declared;
    /// Public host names and paths that lead to it.
    Routes: Deployment, Texts, "routes", Declared;
    /// Concurrent requests that one copy takes.
    Slots: Deployment, Count, "slots", Supposed;
    /// Zones over which the copies stand, with their number.
    Zones: Deployment, Texts, "zones", Supposed;

    // Call
    /// How long the caller waits for an answer.
    Timeout: Call, Nanos, "timeout", Declared;
    /// How often the caller tries again.
    RetriesMax: Call, Count, "retries_max", Declared;
    /// Connections that one copy of the caller keeps.
    PoolSize: Call, Count, "pool_size", Declared;
    /// How long the caller waits for a connection.
    PoolWait: Call, Nanos, "pool_wait", Declared;
    /// Whether a circuit breaker stands before the call.
    Breaker: Call, Flag, "breaker", Declared;
    /// Requests per second that the caller lets through.
    RateLimit: Call, MilliPerSecond, "rate_limit", Declared;
    /// How often it is made per request of the caller, in thousandths.
    TimesPerRequest: Call, Count, "times_per_request_thousandths", Observed;
    /// The variable or key that names the callee.
    NamedBy: Call, Texts, "named_by", Declared;
    /// The schema of the store that the caller works in.
    StoreSchema: Call, Text, "schema", Declared;
    /// How often a message is handed to the caller at most: a number, or `unlimited`.
    Deliveries: Call, Text, "deliveries", Declared;
    /// Where messages go that the caller cannot handle.
    CallDeadLetters: Call, Text, "dead_letter_target", Declared;
    /// How sure it is that the call is made, where only program text shows it: `sure`, `likely` or `possible`.
    Certainty: Call, Text, "certainty", Declared;
    /// How the path is secured.
    Tls: Call, Flag, "tls", Declared;

    // Topic
    /// How often a message is handed out at most.
    RedeliveryMax: Topic, Count, "redelivery_max", Declared;
    /// Where messages go that cannot be handled.
    DeadLetters: Topic, Text, "dead_letters", Declared;
    /// How long messages are kept.
    Retention: Topic, Nanos, "retention", Declared;
    /// Into how many parts the topic is split.
    Partitions: Topic, Count, "partitions", Declared;

    // Operation
    /// How long the work of one request takes.
    ServiceTime: Operation, Nanos, "service_time", Observed;
    /// Whether it may be asked twice with the effect of once.
    Idempotent: Operation, Flag, "idempotent", Declared;
    /// Whether it is announced to be going away.
    Deprecated: Operation, Flag, "deprecated", Declared;
    /// The media types of its error answers.
    ErrorMedia: Operation, Texts, "error_media", Declared;
    /// Streaming of requests, responses or both.
    Streaming: Operation, Text, "streaming", Declared;

    // Journey
    /// Requests per second that the business foresees.
    ExpectedPeak: Journey, MilliPerSecond, "expected_peak", Supposed;
    /// Requests per second today.
    Load: Journey, MilliPerSecond, "load", Observed;
    /// The steps, in order.
    Steps: Journey, Texts, "steps", Supposed;
    /// What one is worth.
    Worth: Journey, Text, "value", Supposed;
    /// How long it may be missing.
    TolerableOutage: Journey, Nanos, "tolerable_outage", Supposed;

    // Promise
    /// What is promised, such as `p95 1.2s`.
    Target: Promise, Text, "target", Supposed;
    /// What the promise is about.
    On: Promise, Text, "on", Supposed;
    /// Over how long it is counted.
    Window: Promise, Nanos, "window", Supposed;

    // Pipeline
    /// Its title, where that is not its name.
    PipelineTitle: Pipeline, Text, "title", Declared;
    /// What sets it off, such as `push main`; one row each.
    Trigger: Pipeline, Text, "trigger", Declared;
    /// An action that it uses, with its version; one row each.
    Action: Pipeline, Text, "action", Declared;
    /// An image that a job runs in; one row each.
    PipelineImage: Pipeline, Text, "job_image", Declared;
    /// A right of its token, such as `contents: read`; one row each.
    PipelineRight: Pipeline, Text, "right", Declared;
    /// What a step is known to do: test, check, build image, deploy; one row each.
    PipelineStep: Pipeline, Text, "step", Declared;

    // Team
    /// People and groups in it.
    Members: Team, Texts, "members", Declared;
    /// Paths that it owns.
    Paths: Team, Texts, "paths", Declared;
}
