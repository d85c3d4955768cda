//! Values that may name somebody else, with who says them: variables, arguments, configuration files, images.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, Certainty, Content, FileId, Protocol};

use super::folders::Folders;
use super::identity::{PartId, Parts};
use crate::address::{Address, AddressForm, addresses, addresses_in_words, placeholders};
use crate::corpus::Corpus;
use crate::facts::{About, Facts, MountedFile, Origin, Role, Spelled, Variable, VariantId};

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An environment variable.
    Environment,
    /// A configuration file.
    Configuration,
    /// A word of a command.
    Argument,
    /// Program text.
    Code,
    /// A word of a command that runs before the start: a hint, never an edge.
    Wait,
}

/// A value and who says it.
#[derive(Clone, Debug)]
pub(super) struct Mentioned {
    /// Who.
    pub(super) by: PartId,
    /// In which variant; `None` in all.
    pub(super) variant: Option<VariantId>,
    /// Under which key; for a word, the flag before it.
    pub(super) key: String,
    /// What.
    pub(super) value: String,
    /// Where it stands.
    pub(super) origin: Origin,
    /// In what it stands.
    pub(super) place: Place,
    /// The hosts that it names.
    pub(super) addresses: Vec<Address>,
    /// What its file's format adds; nothing but in program text.
    pub(super) seen: Option<Seen>,
}

/// What program text adds to a value.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) certainty: Certainty,
    /// By what it was seen, in words.
    pub(super) note: String,
    /// What a library speaks.
    pub(super) protocol: Option<Protocol>,
    /// How long an answer is waited for.
    pub(super) timeout: Option<Content>,
}

/// A configuration file that this many components are given says whom the system knows, not who of them calls whom.
const SHARED: usize = 3;

/// Collects all of them.
pub(super) fn collect(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders) -> Vec<Mentioned> {
    let mut out = Vec::new();
    of_units(facts, parts, &mut out);
    of_files(corpus, facts, parts, folders, &mut out);
    of_images(facts, parts, folders, &mut out);
    out
}

fn of_units(facts: &Facts, parts: &Parts, out: &mut Vec<Mentioned>) {
    let mut given: BTreeMap<At, BTreeSet<PartId>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        for text in unit.containers.iter().flat_map(|c| &c.files).filter_map(|file| file.text.as_ref()) {
            given.entry(text.origin.at).or_default().insert(parts.of_unit[index]);
        }
    }
    let shared = |text: &Spelled| given.get(&text.origin.at).is_some_and(|parts| parts.len() >= SHARED);
    for (index, unit) in facts.units.iter().enumerate() {
        for container in &unit.containers {
            let mention = |key: &str, value: &str, origin: &Origin, place| Mentioned {
                by: parts.of_unit[index],
                variant: Some(unit.variant),
                key: key.to_owned(),
                value: value.to_owned(),
                origin: origin.clone(),
                place,
                addresses: addresses(value),
                seen: None,
            };
            for variable in &container.environment {
                if let Some(value) = &variable.value {
                    out.push(mention(&variable.name, value, &variable.origin, Place::Environment));
                }
            }
            let place = if container.role == Role::Init { Place::Wait } else { Place::Argument };
            let words: Vec<&str> = container.words.iter().map(|word| word.text.as_str()).collect();
            for (index, address) in addresses_in_words(&words) {
                let word = &container.words[index];
                out.push(Mentioned { addresses: vec![address], ..mention("", &word.text, &word.origin, place) });
            }
            // `-h` means a host to some programs and help to others: a name of the system after it settles which.
            for pair in container.words.windows(2).filter(|pair| matches!(pair[0].text.as_str(), "-h" | "-H")) {
                let word = &pair[1];
                let bare = addresses(&word.text).into_iter().filter(|address| address.form == AddressForm::Bare);
                out.push(Mentioned { addresses: bare.collect(), ..mention("", &word.text, &word.origin, place) });
            }
            for text in container
                .files
                .iter()
                .filter_map(|file| Some((file, file.text.as_ref()?)))
                .filter(|(_, text)| !shared(text))
            {
                out.extend(of_text(text.0, text.1).map(|(key, value, origin)| {
                    let value = filled(&value, &container.environment);
                    mention(&key, &value, &origin, Place::Configuration)
                }));
            }
        }
    }
}

fn of_files(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders, out: &mut Vec<Mentioned>) {
    let mut mounted: BTreeMap<FileId, BTreeSet<PartId>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        for file in unit.containers.iter().flat_map(|container| &container.files).filter_map(|file| file.file) {
            mounted.entry(file).or_default().insert(parts.of_unit[index]);
        }
    }
    for mention in &facts.mentions {
        let by: Vec<PartId> = match &mention.by {
            About::Unit(unit) => vec![parts.of_unit[*unit]],
            About::Name(name) => parts.named(name).into_iter().take(2).collect(),
            // A mounted file speaks for whoever mounts it, wherever it lies.
            About::File(file) => match mounted.get(file) {
                Some(parts) if parts.len() >= SHARED => Vec::new(),
                Some(parts) => parts.iter().copied().collect(),
                None => folders.owner(corpus, *file).into_iter().collect(),
            },
        };
        if matches!(mention.by, About::Name(_)) && by.len() > 1 {
            continue;
        }
        for by in by {
            let variables = variables_of(facts, parts, by);
            let value = match &mention.spelled {
                Some(spelled) => placeholders(spelled, &|key| value_of(&variables, key)).into_owned(),
                None => filled(&mention.value, &variables),
            };
            out.push(Mentioned {
                by,
                variant: None,
                key: mention.key.clone(),
                addresses: addresses(&value),
                value,
                origin: mention.origin.clone(),
                place: Place::Configuration,
                seen: None,
            });
        }
    }
}

/// What an embedded configuration file says.
fn of_text<'f>(file: &'f MountedFile, text: &Spelled) -> impl Iterator<Item = (String, String, Origin)> + use<'f> {
    let read = crate::config::read_text(&file.path, &text.text, &About::Unit(0), text.origin.at);
    let via = text.origin.via.clone();
    read.mentions.into_iter().map(move |mention| {
        let origin = Origin { at: mention.origin.at, via: mention.origin.via.or_else(|| via.clone()) };
        (mention.key, mention.spelled.unwrap_or(mention.value), origin)
    })
}

/// Variables of all containers of a component.
pub(super) fn variables_of(facts: &Facts, parts: &Parts, part: PartId) -> Vec<Variable> {
    let units = parts.get(part).units.iter().map(|unit| &facts.units[*unit]);
    units.flat_map(|unit| &unit.containers).flat_map(|container| &container.environment).cloned().collect()
}

fn value_of(variables: &[Variable], key: &str) -> Option<String> {
    // Spring reads `db.host` from `DB_HOST` as well.
    let shouted = key.replace(['.', '-'], "_").to_uppercase();
    let found = variables.iter().find(|variable| variable.name == key || variable.name == shouted)?;
    found.value.clone()
}

/// A template's placeholders filled with what the component's containers set.
pub(super) fn filled(value: &str, variables: &[Variable]) -> String {
    placeholders(value, &|key| value_of(variables, key)).into_owned()
}

/// Variables that an image sets, where no unit of the component sets them.
fn of_images(facts: &Facts, parts: &Parts, folders: &Folders, out: &mut Vec<Mentioned>) {
    for part in parts.ids() {
        let Some(build) = folders.build_of(facts, part) else { continue };
        let set = |name: &str| {
            let units = parts.get(part).units.iter().map(|unit| &facts.units[*unit]);
            let variables = units.flat_map(|unit| &unit.containers).flat_map(|container| &container.environment);
            variables.into_iter().any(|variable| variable.name == name)
        };
        for variable in build.environment.iter().filter(|variable| !set(&variable.name)) {
            if let Some(value) = &variable.value {
                out.push(Mentioned {
                    by: part,
                    variant: None,
                    key: variable.name.clone(),
                    addresses: addresses(value),
                    value: value.clone(),
                    origin: variable.origin.clone(),
                    place: Place::Configuration,
                    seen: None,
                });
            }
        }
    }
}
