//! The nouns: the only names for these things, in Rust, JSON, reports and talk.
//!
//! A noun is an identity (a dense id and a name); everything else that is known of it is a row of facts.

use crate::claim::EvidenceId;

macro_rules! nouns {
    ($($(#[doc = $doc:literal])+ $name:ident $id:ident $word:literal;)+) => {
        /// The kinds of things that a model speaks of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Noun {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Noun {
            /// Every noun.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in JSON and in the reference.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// One sentence for the reference.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }

        $(
            #[doc = concat!("Index of a ", $word, " in its model.")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $id(pub u32);

            impl $id {
                /// As an index into the model's table.
                pub const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )+
    };
}

nouns! {
    /// The whole picture, with its name and the sources it was joined from.
    System SystemId "system";
    /// A place where the system runs: production, staging, local; with the variant it is rendered from.
    Environment EnvironmentId "environment";
    /// Something that runs or is called.
    Component ComponentId "component";
    /// One thing that a component can be asked.
    Operation OperationId "operation";
    /// A set of operations that one file declares.
    Interface InterfaceId "interface";
    /// An edge from a component or operation to another.
    Call CallId "call";
    /// A queue, stream or subject.
    Topic TopicId "topic";
    /// How a component runs in one environment.
    Deployment DeploymentId "deployment";
    /// Tables, indexes and migrations of a store, or the messages of a topic.
    Schema SchemaId "schema";
    /// What users come for.
    Journey JourneyId "journey";
    /// A service level that is promised.
    Promise PromiseId "promise";
    /// People who answer for parts.
    Team TeamId "team";
    /// How a component gets from commit to production.
    Pipeline PipelineId "pipeline";
    /// A price.
    Cost CostId "cost";
    /// What the business wants.
    Goal GoalId "goal";
    /// A deploy.
    Change ChangeId "change";
    /// Evidence of a test for a call or journey.
    Test TestId "test";
    /// A security control.
    Control ControlId "control";
    /// What still works without a part.
    DegradedMode DegradedModeId "degraded_mode";
    /// Limits that others set.
    ThirdParty ThirdPartyId "third_party";
    /// Who reads which field.
    Consumer ConsumerId "consumer";
    /// What may go wrong.
    Fault FaultId "fault";
}

macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $case_doc:literal])+ $case:ident $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $case_doc])+ $case,)+
        }

        impl $name {
            /// Every case, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$case,)+];

            /// The word in JSON and reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$case => $word,)+ }
            }

            /// The case that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$case),)+ _ => None }
            }
        }
    };
}

words! {
    /// What a component is.
    ComponentKind {
        /// A program that answers requests or events.
        Service "service",
        /// Keeps data: SQL, documents, keys, search, objects.
        Store "store",
        /// Keeps copies of data that is elsewhere.
        Cache "cache",
        /// Carries messages.
        Broker "broker",
        /// Runs by schedule, once, or to make load.
        Job "job",
        /// Stands at the edge and passes requests on.
        Gateway "gateway",
        /// Shows pages to people.
        Frontend "frontend",
        /// Belongs to somebody else.
        External "external",
    }
}

words! {
    /// What a call speaks. https is http.
    Protocol {
        /// HTTP, REST or plain.
        Http "http",
        /// gRPC.
        Grpc "grpc",
        /// GraphQL.
        Graphql "graphql",
        /// Apache Thrift.
        Thrift "thrift",
        /// WebSocket.
        Ws "ws",
        /// Any SQL database's own protocol.
        Sql "sql",
        /// Redis, Valkey, KeyDB.
        Redis "redis",
        /// memcached.
        Memcached "memcached",
        /// MongoDB.
        Mongodb "mongodb",
        /// Cassandra, ScyllaDB.
        Cassandra "cassandra",
        /// Elasticsearch, OpenSearch.
        Elasticsearch "elasticsearch",
        /// Neo4j's Bolt.
        Bolt "bolt",
        /// etcd.
        Etcd "etcd",
        /// ZooKeeper.
        Zookeeper "zookeeper",
        /// S3 and what speaks like it.
        S3 "s3",
        /// AMQP: RabbitMQ, Azure Service Bus.
        Amqp "amqp",
        /// Kafka.
        Kafka "kafka",
        /// NATS.
        Nats "nats",
        /// Pulsar.
        Pulsar "pulsar",
        /// MQTT.
        Mqtt "mqtt",
        /// STOMP.
        Stomp "stomp",
        /// Mail.
        Smtp "smtp",
        /// OpenTelemetry's protocol.
        Otlp "otlp",
        /// StatsD.
        Statsd "statsd",
        /// LDAP.
        Ldap "ldap",
        /// SSH and SFTP.
        Ssh "ssh",
        /// FTP.
        Ftp "ftp",
        /// DNS.
        Dns "dns",
        /// Datagrams of an unknown kind.
        Udp "udp",
        /// A connection of an unknown kind.
        Tcp "tcp",
    }
}

impl Protocol {
    /// Whether the caller waits for an answer.
    pub const fn is_synchronous(self) -> bool {
        !matches!(
            self,
            Self::Amqp | Self::Kafka | Self::Nats | Self::Pulsar | Self::Mqtt | Self::Stomp | Self::Otlp | Self::Statsd
        )
    }
}

words! {
    /// How sure it is that something is so, where it was read in program text.
    Certainty {
        /// Configuration says it, or a known library is given it: of a hundred, at most five are wrong.
        Sure "sure",
        /// What surrounds it says what it is: of four, at most one is wrong.
        Likely "likely",
        /// Only the text itself shows it.
        Possible "possible",
    }
}

words! {
    /// What an interface is described in.
    InterfaceKind {
        /// Protocol Buffers services.
        Grpc "grpc",
        /// OpenAPI and Swagger.
        Openapi "openapi",
        /// Routes found otherwise.
        Http "http",
        /// AsyncAPI.
        Asyncapi "asyncapi",
        /// GraphQL SDL.
        Graphql "graphql",
        /// Thrift IDL.
        Thrift "thrift",
    }
}

/// A name by which the same thing goes elsewhere, with how we know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    /// The other name.
    pub name: String,
    /// How we know that it is the same.
    pub evidence: EvidenceId,
}

/// Something that runs or is called.
#[derive(Clone, Debug)]
pub struct Component {
    /// Slug, unique in the system.
    pub id: String,
    /// What it is.
    pub kind: ComponentKind,
    /// Which product or framework it is, where known.
    pub technology: Option<String>,
    /// The programming language of its source, where known.
    pub language: Option<String>,
    /// Who answers for it, where stated.
    pub owner: Option<String>,
    /// The role of a component that only supports the system's own, such as monitoring.
    pub support: Option<Support>,
    /// All other names.
    pub aliases: Vec<Alias>,
    /// How we know of it.
    pub evidence: Vec<EvidenceId>,
}

words! {
    /// What a supporting component does for the system.
    Support {
        /// Metrics, logs, traces, dashboards.
        Monitoring "monitoring",
        /// The cluster's own machinery: ingress controllers, operators, certificate managers.
        Platform "platform",
        /// Tests that are run against the system.
        Testing "testing",
    }
}

/// A place where the system runs, and the variant it is rendered from.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name: `production`, or the path of its variant.
    pub id: String,
    /// What it is rendered from: an overlay, a folder of manifests, compose files with profiles.
    pub variant: String,
    /// Environments that it builds on.
    pub parents: Vec<EnvironmentId>,
    /// Why this one was chosen where it is the default.
    pub default_because: Option<String>,
}

/// An edge.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub from: ComponentId,
    /// Who is called.
    pub to: ComponentId,
    /// What is spoken.
    pub protocol: Protocol,
    /// The caller's operation, where known.
    pub from_operation: Option<OperationId>,
    /// The callee's operation, where known.
    pub to_operation: Option<OperationId>,
    /// Where it is made: empty for everywhere.
    pub environments: Vec<EnvironmentId>,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

/// One thing that a component can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The interface that declares it.
    pub interface: InterfaceId,
    /// The name: gRPC `Service/Method`, the operationId, or method and path.
    pub name: String,
    /// The HTTP method, where there is one.
    pub method: Option<String>,
    /// The path template, where there is one.
    pub path: Option<String>,
    /// How we know.
    pub evidence: EvidenceId,
}

/// A set of operations that one description declares.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Who serves it; `None` where no component could be found.
    pub component: Option<ComponentId>,
    /// What it is described in.
    pub kind: InterfaceKind,
    /// Its name: the proto service, the API's title.
    pub name: String,
    /// The version that it states.
    pub version: Option<String>,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

/// A queue, stream or subject.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name.
    pub id: String,
    /// Other spellings.
    pub aliases: Vec<Alias>,
    /// What carries it, where known.
    pub broker: Option<ComponentId>,
    /// Who sends to it.
    pub producers: Vec<ComponentId>,
    /// Who receives from it.
    pub consumers: Vec<ComponentId>,
    /// Who names it without saying in which direction.
    pub users: Vec<ComponentId>,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

/// How a component runs in one environment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What runs.
    pub component: ComponentId,
    /// Where.
    pub environment: EnvironmentId,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

/// A noun that is only a name so far; what is known of it are facts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its name.
    pub id: String,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

/// A name that somebody uses and nothing provides, or that several could provide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loose {
    /// What is wrong with it.
    pub kind: LooseKind,
    /// Who uses it, where known.
    pub component: Option<ComponentId>,
    /// The name as it is spelled.
    pub name: String,
    /// What is meant, in a sentence.
    pub message: String,
    /// Who could be meant.
    pub candidates: Vec<String>,
    /// How we know.
    pub evidence: Vec<EvidenceId>,
}

words! {
    /// Why a name did not join.
    LooseKind {
        /// A host that nothing provides.
        DanglingHost "dangling_host",
        /// A port that nobody opens.
        DanglingPort "dangling_port",
        /// A selector that selects nothing.
        DanglingSelector "dangling_selector",
        /// A reference to an object that is not there.
        DanglingReference "dangling_reference",
        /// A name that several things answer to.
        Ambiguous "ambiguous",
        /// Described but not matched to anything that runs.
        Unmatched "unmatched",
    }
}

/// A file that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRead {
    /// The kind of file, such as `source code` or `Helm chart`.
    pub kind: String,
    /// The path as people see it.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Something that a reader could not use. Reading went on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub at: crate::place::At,
    /// What, why and what to do.
    pub message: String,
}
