//! Values that may name somebody else, with who says them: variables, arguments, configuration files, images.

use std::collections::BTreeSet;

use super::folders::Folders;
use super::identity::{PartId, Parts};
use crate::address::{Address, AddressForm, addresses, addresses_in_words};
use crate::corpus::Corpus;
use crate::facts::{About, Facts, Origin, Role, VariantId};

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An environment variable.
    Environment,
    /// A configuration file.
    Configuration,
    /// A word of a command.
    Argument,
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
}

/// Collects all of them.
pub(super) fn collect(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders) -> Vec<Mentioned> {
    let mut out = Vec::new();
    of_units(corpus, facts, parts, &mut out);
    of_files(corpus, facts, parts, folders, &mut out);
    of_images(facts, parts, folders, &mut out);
    out
}

fn of_units(corpus: &Corpus, facts: &Facts, parts: &Parts, out: &mut Vec<Mentioned>) {
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
            for file in &container.files {
                for (key, value, origin) in mounted_values(corpus, file) {
                    out.push(mention(&key, &value, &origin, Place::Configuration));
                }
            }
        }
    }
}

fn of_files(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders, out: &mut Vec<Mentioned>) {
    let mounted: BTreeSet<_> = facts
        .units
        .iter()
        .flat_map(|unit| &unit.containers)
        .flat_map(|container| &container.files)
        .filter_map(|file| file.file)
        .collect();
    for mention in &facts.mentions {
        let by: Vec<PartId> = match &mention.by {
            About::Unit(unit) => vec![parts.of_unit[*unit]],
            About::Name(name) => parts.named(name),
            // A mounted file speaks for whoever mounts it, and was taken with the units.
            About::File(file) if mounted.contains(file) => Vec::new(),
            About::File(file) => folders.owner(corpus, *file).into_iter().collect(),
        };
        let [by] = by[..] else { continue };
        let value = with_environment(facts, parts, by, &mention.value);
        out.push(Mentioned {
            by,
            variant: None,
            key: mention.key.clone(),
            addresses: addresses(&value),
            value,
            origin: mention.origin.clone(),
            place: Place::Configuration,
        });
    }
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
                });
            }
        }
    }
}

/// A template's `${VAR}` replaced by what the component's containers or images set.
fn with_environment(facts: &Facts, parts: &Parts, part: PartId, value: &str) -> String {
    if !value.contains("${") {
        return value.to_owned();
    }
    let units = parts.get(part).units.iter().map(|unit| &facts.units[*unit]);
    let variables: Vec<_> = units.flat_map(|unit| &unit.containers).flat_map(|c| &c.environment).collect();
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push_str("${");
            out.push_str(after);
            return out;
        };
        let found =
            variables.iter().find(|variable| variable.name == name).and_then(|variable| variable.value.as_deref());
        match found {
            Some(value) => out.push_str(value),
            None => {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The values of a configuration file that is put into a container.
fn mounted_values(_corpus: &Corpus, _file: &crate::facts::MountedFile) -> Vec<(String, String, Origin)> {
    Vec::new()
}
