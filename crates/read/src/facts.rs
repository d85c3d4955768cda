//! Facts as the readers emit them: names as the files spell them, each with its origin. The join makes a model of them.
//!
//! Not here: what is the same thing as what (`join`).
//! Always: no credential is in any of these values; readers pass every value through [`crate::redact`] first.

use std::sync::Arc;

use plimsoll_model::{
    At, Certainty, Content, Field, FileId, InterfaceKind, LooseKind, Problem, Protocol, Support, Value,
};

use crate::tree::Node;

/// Where a fact stands and through which places it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The place that states it.
    pub at: At,
    /// Places through which it came, innermost first.
    pub via: Option<Arc<[At]>>,
}

impl Origin {
    /// The origin of a node.
    pub fn of(node: &Node) -> Self {
        Self { at: node.at, via: node.via.clone() }
    }

    /// A place that nothing stands between.
    pub fn at(at: At) -> Self {
        Self { at, via: None }
    }
}

/// A text with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelled {
    /// The text, secrets taken out.
    pub text: String,
    /// Where it stands.
    pub origin: Origin,
}

/// What the readers of one survey have found.
#[derive(Debug, Default)]
pub struct Facts {
    /// Ways to deploy.
    pub variants: Vec<Variant>,
    /// Things that run.
    pub units: Vec<Unit>,
    /// Names under which things are reached.
    pub endpoints: Vec<Endpoint>,
    /// What is claimed of units.
    pub claims: Vec<Claim>,
    /// Values in configuration files that may name others.
    pub mentions: Vec<Mention>,
    /// Names that the program of a configuration file gives itself: `spring.application.name`.
    pub names: Vec<(FileId, Spelled)>,
    /// Descriptions of operations.
    pub interfaces: Vec<Described>,
    /// What program text shows.
    pub sightings: Vec<Sighting>,
    /// Which folder an image or program is built from.
    pub builds: Vec<Build>,
    /// Who owns which path.
    pub owners: Vec<OwnedPath>,
    /// Catalogue entities.
    pub entities: Vec<Entity>,
    /// How commits get to production.
    pub pipelines: Vec<PipelineFact>,
    /// What is promised of services.
    pub objectives: Vec<Objective>,
    /// Who is called when something is wrong.
    pub alerts: Vec<Alert>,
    /// Names that a reader itself found to lead nowhere.
    pub loose: Vec<LooseName>,
    /// What plimsoll.yaml says; at most one counts.
    pub supposed: Vec<crate::plimsoll_yaml::Supposed>,
    /// Files or parts of them that were not read, and why: (kind, file, reason).
    pub not_read: Vec<Skipped>,
    /// What could not be used.
    pub problems: Vec<Problem>,
}

/// How a commit gets to production, as one file says it.
#[derive(Clone, Debug)]
pub struct PipelineFact {
    /// The name of the file, without its ending.
    pub name: String,
    /// What it says: triggers, actions, steps. A field may have several rows.
    pub claims: Vec<(Field, Content, String, Origin)>,
    /// Where it begins.
    pub origin: Origin,
}

impl PipelineFact {
    /// Adds a stated value.
    pub fn add(&mut self, field: Field, value: Value, note: impl Into<String>, origin: Origin) {
        self.claims.push((field, Content::Stated(value), note.into(), origin));
    }
}

/// What is promised of a service.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// The service, as it is spelled.
    pub service: String,
    /// The targets, as they are spelled.
    pub targets: Vec<String>,
    /// The window, as it is spelled.
    pub window: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// Who is called when something is wrong.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Names of what it speaks of, sorted.
    pub about: Vec<String>,
    /// The objective that it guards, where it names one.
    pub objective: Option<String>,
    /// Whether it compares with a multiple of an error budget.
    pub burns: bool,
    /// Where it says what to do.
    pub runbook: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// Index of a variant in its [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariantId(pub usize);

/// A way to deploy the system: an overlay, a folder of manifests, a compose file with its overrides.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The format.
    pub kind: VariantKind,
    /// The folder or file, as people see it.
    pub path: String,
    /// The source it is in.
    pub source: u32,
    /// Its path inside the source, without the source's name.
    pub folder: String,
    /// Files that went into it.
    pub files: Vec<FileId>,
    /// Variants of the same format that it builds on, by folder: the bases of an overlay.
    pub bases: Vec<String>,
    /// Whether it cannot stand alone: an optional part that is applied to another.
    pub optional: bool,
}

/// The formats in which a system can be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VariantKind {
    /// A kustomization that is built.
    Kustomize,
    /// Charts that are rendered.
    Helm,
    /// Kubernetes objects as they stand in a folder or file.
    Manifests,
    /// A compose project.
    Compose,
}

/// Something that runs: a workload, a compose service, what an operator makes of a custom resource.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The variant that runs it.
    pub variant: VariantId,
    /// The kind of object: `Deployment`, `StatefulSet`, `compose service`, `Kafka`.
    pub form: String,
    /// Its name.
    pub name: String,
    /// The namespace or compose project, where stated.
    pub namespace: Option<String>,
    /// Labels of its pods.
    pub labels: Vec<(String, String)>,
    /// Other names by which it is reached: container name, host name, network alias.
    pub hostnames: Vec<String>,
    /// Networks that it stands on, where the format has them (compose): it reaches only units that share one with it.
    /// Empty where it does not say.
    pub networks: Vec<String>,
    /// What runs in it; the main container first.
    pub containers: Vec<Container>,
    /// The product, where the object itself says it (an operator's custom resource).
    pub technology: Option<String>,
    /// The folder its image is built from, where the same file says so: path inside the source.
    pub build: Option<BuildContext>,
    /// The source of the file.
    pub source: u32,
    /// Set for test pods, monitoring stacks and platform parts where the object itself says so.
    pub support: Option<Support>,
    /// Units that must be started before: a hint, never an edge.
    pub starts_after: Vec<Spelled>,
    /// Where it stands.
    pub origin: Origin,
}

/// The folder and Dockerfile that an image is built from, as paths inside a source.
#[derive(Clone, Debug, PartialEq)]
pub struct BuildContext {
    /// The context folder; empty for the source's root.
    pub folder: String,
    /// The Dockerfile's path inside the source, where stated.
    pub dockerfile: Option<String>,
    /// The stage, where stated.
    pub target: Option<String>,
}

/// What a container is to its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Does the unit's work.
    Main,
    /// Stands beside it.
    Sidecar,
    /// Runs before it.
    Init,
}

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// What it is to its pod.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// The image as spelled, interpolated.
    pub image: Option<Spelled>,
    /// Ports that it opens, and under which name.
    pub ports: Vec<Port>,
    /// Variables, resolved as far as files state them.
    pub environment: Vec<Variable>,
    /// Command and arguments, word by word.
    pub words: Vec<Spelled>,
    /// Configuration files that are put into it: mounted ConfigMap keys, bind mounts, compose configs.
    pub files: Vec<MountedFile>,
}

/// A port that a container or endpoint opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// The number, where stated as one.
    pub number: Option<u16>,
    /// Its name.
    pub name: Option<String>,
    /// The number inside the container where this is an endpoint or published port.
    pub target: Option<String>,
    /// `http`, `grpc` and the like, where `appProtocol` says so.
    pub application: Option<String>,
    /// Whether it is reachable from outside of the cluster or machine.
    pub published: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, secrets taken out; `None` where it comes from a secret, the shell, or nowhere.
    pub value: Option<String>,
    /// Whether a credential was taken out of the value: the file holds it in plain text.
    pub plain_secret: bool,
    /// Where the value stands, through the entry that takes it.
    pub origin: Origin,
}

/// A file that is put into a container.
#[derive(Clone, Debug, PartialEq)]
pub struct MountedFile {
    /// Its path in the container.
    pub path: String,
    /// The file of the survey that it is, where it is one (a bind mount).
    pub file: Option<FileId>,
    /// Its text and where that begins, where it is embedded (a ConfigMap key).
    pub text: Option<Spelled>,
}

/// A name under which units are reached: a Service, an Ingress host, an external name.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The variant that it is in.
    pub variant: VariantId,
    /// `Service`, `Ingress`, `HTTPRoute`.
    pub form: String,
    /// Its name.
    pub name: String,
    /// The namespace, where stated.
    pub namespace: Option<String>,
    /// Labels that it selects; empty where it selects nothing by label.
    pub selector: Vec<(String, String)>,
    /// Where it leads by name: backends of an Ingress, the host of an ExternalName.
    pub targets: Vec<Target>,
    /// Host names and paths that it answers to from outside.
    pub hosts: Vec<Spelled>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`, `headless`.
    pub exposure: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Where an endpoint leads.
#[derive(Clone, Debug)]
pub struct Target {
    /// The service or host.
    pub name: String,
    /// Its port, where stated.
    pub port: Option<String>,
    /// The namespace, where stated.
    pub namespace: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// One claim of a unit, a component or another noun by name.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Of what.
    pub of: About,
    /// Which attribute.
    pub field: Field,
    /// What is claimed.
    pub content: Content,
    /// How the file spells it, in words.
    pub note: String,
    /// Where it stands.
    pub origin: Origin,
}

impl Claim {
    /// A stated value of a unit.
    pub fn stated(unit: usize, field: Field, value: Value, note: impl Into<String>, origin: Origin) -> Self {
        Self { of: About::Unit(unit), field, content: Content::Stated(value), note: note.into(), origin }
    }

    /// An attribute of a unit that was looked for and is not there.
    pub fn absent(unit: usize, field: Field, note: impl Into<String>, origin: Origin) -> Self {
        Self { of: About::Unit(unit), field, content: Content::Absent, note: note.into(), origin }
    }
}

/// What a claim is about, as far as its file knows.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// A unit of the same [`Facts`], by index.
    Unit(usize),
    /// Whatever goes by this name.
    Name(String),
    /// The source folder or configuration file of something.
    File(FileId),
}

/// A value that may name somebody else.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Who says it.
    pub by: About,
    /// The key under which it stands: `spring.data.mongodb.uri`, `proxy_pass`.
    pub key: String,
    /// The value, secrets taken out, placeholders resolved to what the same file says, else to their defaults.
    pub value: String,
    /// The value before its placeholders were resolved, where it had any that were; secrets taken out.
    pub spelled: Option<String>,
    /// The profile or environment in which it holds, where the file limits it: `docker`, `Development`.
    pub profile: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a line of a program shows.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// What it is.
    pub sight: Sight,
    /// How sure it is.
    pub certainty: Certainty,
    /// By what it was seen, in words.
    pub note: String,
    /// Where it stands; its file says who.
    pub origin: Origin,
}

/// What can be seen in program text. Texts have placeholders, which the component's variables fill.
#[derive(Clone, Debug, PartialEq)]
pub enum Sight {
    /// A text that may name somebody.
    Names {
        /// The key that says most of it.
        key: String,
        /// The text.
        value: String,
        /// What is spoken, where the library says so.
        protocol: Option<Protocol>,
        /// How long an answer is waited for, where this place would say it.
        timeout: Option<Content>,
    },
    /// A client of a gRPC service; whether its address is spelled as a URL of HTTP in that language.
    Client(String, bool),
    /// A gRPC service is served.
    Server(String),
    /// Messages are sent to a topic.
    Sends(String, Option<Protocol>),
    /// Messages are taken from a topic.
    Takes(String, Option<Protocol>),
    /// Something protects the program.
    Guards(String),
}

/// A description of operations.
#[derive(Clone, Debug)]
pub struct Described {
    /// The format.
    pub kind: InterfaceKind,
    /// The proto service with its package, the API's title.
    pub name: String,
    /// The version that it states.
    pub version: Option<String>,
    /// Hosts that it says it is served at.
    pub hosts: Vec<String>,
    /// What can be asked.
    pub operations: Vec<DescribedOperation>,
    /// Where it begins.
    pub origin: Origin,
}

/// One operation of a description.
#[derive(Clone, Debug)]
pub struct DescribedOperation {
    /// The method of a service, the operationId, or method and path.
    pub name: String,
    /// The HTTP method in capitals, where there is one.
    pub method: Option<String>,
    /// The path template, where there is one.
    pub path: Option<String>,
    /// What else is stated or looked for and absent: streaming, deprecated, idempotent, error answers.
    pub claims: Vec<(Field, Content)>,
    /// Where it stands.
    pub origin: Origin,
}

/// Which folder an image or program is built from.
#[derive(Clone, Debug)]
pub struct Build {
    /// The source it is in.
    pub source: u32,
    /// The folder inside the source; empty for the root.
    pub folder: String,
    /// The image's name without registry and tag, where a file ties them together.
    pub image: Option<String>,
    /// Base images of the stages, the last stage's last.
    pub bases: Vec<Spelled>,
    /// The language, where the base image or build files show it.
    pub language: Option<String>,
    /// Names that the program gives itself: `spring.application.name`, the package's name.
    pub names: Vec<Spelled>,
    /// Variables that the image sets.
    pub environment: Vec<Variable>,
    /// Ports that the image opens.
    pub ports: Vec<Port>,
    /// The user, entry point, health check as stated.
    pub claims: Vec<(Field, Content, String, Origin)>,
    /// Entry point and command, word by word.
    pub words: Vec<Spelled>,
    /// Files of the survey that are copied into it as configuration, with their path in the image.
    pub files: Vec<MountedFile>,
    /// Where it stands.
    pub origin: Origin,
}

/// Who owns a path.
#[derive(Clone, Debug)]
pub struct OwnedPath {
    /// The source.
    pub source: u32,
    /// The section that it stands in, where the file has sections (GitLab).
    pub section: Option<String>,
    /// The pattern as spelled.
    pub pattern: String,
    /// The owners as spelled; empty where the path is said to have none.
    pub owners: Vec<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A catalogue entity (Backstage).
#[derive(Clone, Debug)]
pub struct Entity {
    /// `Component`, `API`, `Resource`, `System`, `Domain`, `Group`, `User`, `Location`, `Template`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace` in lower case; `default` where not stated.
    pub namespace: String,
    /// `metadata.title`, annotations and labels that carry names.
    pub other_names: Vec<String>,
    /// `metadata.description`.
    pub description: Option<String>,
    /// `spec.owner`.
    pub owner: Option<Spelled>,
    /// `spec.type`: `service`, `website`, `database`, `openapi`.
    pub form: Option<Spelled>,
    /// What else is stated: lifecycle, tier, language, links, the source folder.
    pub details: Vec<(Field, Value, Origin)>,
    /// Relations: (`dependsOn`, `component:default/orders`).
    pub relations: Vec<(String, Spelled)>,
    /// Where it stands.
    pub origin: Origin,
}

/// A name that a reader found to lead nowhere.
#[derive(Clone, Debug)]
pub struct LooseName {
    /// What is wrong.
    pub kind: LooseKind,
    /// Who uses it.
    pub by: Option<About>,
    /// The name.
    pub name: String,
    /// What is meant, in a sentence.
    pub message: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A file, or a part of one, that was not read.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// The kind of file or object: `Helm chart`, `remote base`, `CustomResourceDefinition`.
    pub kind: String,
    /// The file.
    pub file: FileId,
    /// Why.
    pub reason: String,
}

impl Facts {
    /// Appends what another reader has found, shifting its indices.
    pub fn append(&mut self, mut other: Facts) {
        let (variants, units) = (self.variants.len(), self.units.len());
        let shift = |about: &mut About| {
            if let About::Unit(unit) = about {
                *unit += units;
            }
        };
        other.units.iter_mut().for_each(|unit| unit.variant.0 += variants);
        other.endpoints.iter_mut().for_each(|endpoint| endpoint.variant.0 += variants);
        other.claims.iter_mut().for_each(|claim| shift(&mut claim.of));
        other.mentions.iter_mut().for_each(|mention| shift(&mut mention.by));
        other.loose.iter_mut().filter_map(|loose| loose.by.as_mut()).for_each(shift);
        self.variants.append(&mut other.variants);
        self.units.append(&mut other.units);
        self.endpoints.append(&mut other.endpoints);
        self.claims.append(&mut other.claims);
        self.mentions.append(&mut other.mentions);
        self.names.append(&mut other.names);
        self.interfaces.append(&mut other.interfaces);
        self.sightings.append(&mut other.sightings);
        self.builds.append(&mut other.builds);
        self.owners.append(&mut other.owners);
        self.entities.append(&mut other.entities);
        self.pipelines.append(&mut other.pipelines);
        self.objectives.append(&mut other.objectives);
        self.alerts.append(&mut other.alerts);
        self.loose.append(&mut other.loose);
        self.supposed.append(&mut other.supposed);
        self.not_read.append(&mut other.not_read);
        self.problems.append(&mut other.problems);
    }
}
