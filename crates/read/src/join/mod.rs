//! The join: which names are the same thing, and who calls whom. Facts in, model out.
//!
//! The passes, in this order; each adds evidence and none guesses silently:
//! 1. `identity`: units of the same name, the Service that selects them, versions of one workload, and one image under
//!    two names in two variants, become one component;
//! 2. `default_variant`: which way to deploy is meant when none is named; what plimsoll.yaml states (`supposed`) joins here;
//! 3. `folders`: image to build folder to component, so that files in the folder speak for it;
//! 4. `classify`: what each component is, from its image, ports, variables and name;
//! 5. `mentions` and `resolve`: every value that names a host is followed to a component, an outside host, or nothing;
//! 6. `interfaces`: descriptions of operations to the component that serves them; `code`: clients and servers by the
//!    name of the service, and who sends to and takes from a topic;
//! 7. `topics`: names of queues and subjects;
//! 8. `people`: owners by path and catalogue;
//! 9. `emit`: rows of the model, sorted; then what plimsoll.yaml says of the behaviour, its names made ids.
//!
//! Not here: how a file is read (the readers). Always: ambiguity is reported with its candidates, not decided.

mod classify;
mod code;
mod default_variant;
mod emit;
mod folders;
mod identity;
mod interfaces;
mod mentions;
mod people;
pub mod products;
mod resolve;
mod settings;
mod supposed;
mod topics;

use plimsoll_model::Model;

use crate::corpus::Corpus;
use crate::facts::Facts;

/// The page of the join: the head of this module.
pub const PAGE: &str = include_str!("mod.rs");

/// The page of the rules by which the default environment is chosen.
pub const DEFAULT_PAGE: &str = include_str!("default_variant.rs");

/// Joins the facts of one survey.
pub fn join(corpus: &Corpus, facts: Facts) -> Model {
    let mut parts = identity::parts(&facts);
    let default = supposed::default(&facts).or_else(|| default_variant::choose(&facts, &parts));
    identity::name(&facts, &mut parts, default.as_ref().map(|choice| choice.variant));
    supposed::declare(&facts, &mut parts);
    let variant = default.as_ref().map(|choice| choice.variant);
    let folders = folders::tie(corpus, &facts, &parts);
    classify::classify(corpus, &facts, &folders, &mut parts, variant);
    let owners = code::Owners::of(corpus, &facts, &parts, &folders);
    let mut mentions = mentions::collect(corpus, &facts, &parts, &folders);
    code::mentions(&facts, &parts, &owners, &mut mentions);
    let programs = folders::program_names(corpus, &facts, &folders);
    let mut calls = resolve::resolve(&facts, &mut parts, &mentions, &programs, variant);
    supposed::calls(&facts, &parts, &mut calls);
    classify::spread_support(&mut parts, &calls);
    let mut interfaces = interfaces::attribute(corpus, &facts, &parts, &folders);
    let mut calls = resolve::with_interfaces(calls, &parts, &interfaces);
    code::services(&facts, &owners, &mut interfaces, &mut calls);
    let mut topics = topics::find(&mentions, &parts, &calls);
    code::topics(&facts, &parts, &owners, &mut topics, &mut calls);
    supposed::topics(&facts, &parts, &mut topics);
    let people = people::find(corpus, &facts, &parts, &folders);
    emit::emit(corpus, facts, emit::Joined { parts, default, folders, calls, interfaces, topics, people, owners })
}

/// Whether a path names production.
pub(crate) fn is_production(path: &str) -> bool {
    default_variant::is_production(path)
}

/// A name by which spellings of the same thing are compared: lower case, without `-_. `.
pub(crate) fn plain(name: &str) -> String {
    plimsoll_model::graph::plain(name)
}
