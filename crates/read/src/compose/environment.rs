//! The variables of a project: its `.env`, or the example of one that people are told to copy.
//!
//! Where there is no `.env` (it is often not in the repository), `.env.example` and its like stand in for it: that is
//! what the file says it is for. A value's place is then a line of the example, so nobody is misled.

use std::collections::BTreeMap;

use plimsoll_model::{At, FileId, Problem};

use crate::corpus::Corpus;
use crate::dotenv::interpolate::{Fault, Setting, interpolate};
use crate::dotenv::{self, Variables};
use crate::redact;
use crate::tree::{Data, Node};

/// Endings and beginnings by which an example is named after the file that it is an example of.
const EXAMPLES: [&str; 12] = [
    "{}.example",
    "{}.sample",
    "{}.template",
    "{}.dist",
    "{}.default",
    "{}.defaults",
    "{}.tmpl",
    "{}-example",
    "{}-sample",
    "{}_example",
    "{}.example.env",
    "{}.sample.env",
];

/// The same for `.env` itself, which is also written the other way round.
const PROJECT_EXAMPLES: [&str; 12] = [
    "env.example",
    "env.sample",
    "env.template",
    "env.dist",
    "env-example",
    "env_example",
    "example.env",
    "sample.env",
    "template.env",
    "default.env",
    "defaults.env",
    "dotenv",
];

/// Variables that a shell has set, or Compose itself, whoever runs it.
const SHELL: &[&str] = &[
    "PWD",
    "HOME",
    "USER",
    "UID",
    "GID",
    "HOSTNAME",
    "PATH",
    "SHELL",
    "TMPDIR",
    "DISPLAY",
    "XAUTHORITY",
    "LOGNAME",
    "TERM",
    "COMPOSE_PROJECT_NAME",
    "DOCKER_HOST",
    "DOCKER_SOCK",
    "SSH_AUTH_SOCK",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "USERNAME",
    "COMPUTERNAME",
];

/// What is set for a project.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    values: BTreeMap<String, Setting>,
}

impl Environment {
    /// Adds what the files set and nobody has set before; a later file's entry counts before an earlier one's.
    pub(super) fn add_files(&mut self, corpus: &Corpus, files: &[FileId], problems: &mut Vec<Problem>) {
        let mut added: BTreeMap<String, Setting> = BTreeMap::new();
        for file in files {
            let outer = |name: &str| self.get(name).or_else(|| added.get(name).cloned());
            let found = read(corpus, *file, &outer, problems);
            for entry in found.entries {
                if let Some(value) = entry.value {
                    added.insert(entry.key, value);
                }
            }
        }
        for (key, value) in added {
            self.values.entry(key).or_insert(value);
        }
    }

    /// The value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<Setting> {
        let working_folder = || (name == "PWD").then(|| Setting { text: String::from("."), places: Vec::new() });
        self.values.get(name).cloned().or_else(working_folder)
    }

    /// Sets what Compose itself sets, unless it is set.
    pub(super) fn set_default(&mut self, name: &str, setting: Setting) {
        self.values.entry(name.to_owned()).or_insert(setting);
    }
}

/// The file of variables of the project in a folder: its `.env`, or what stands in for it.
pub(super) fn file_of(corpus: &Corpus, source: u32, folder: &str) -> Option<FileId> {
    let path = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    stand_in(corpus, source, &path(".env"))
        .or_else(|| PROJECT_EXAMPLES.iter().find_map(|name| corpus.lookup(source, &path(name))))
}

/// The file at a path, or the example that stands in for it.
pub(super) fn with_stand_in(corpus: &Corpus, source: u32, path: &str) -> Option<FileId> {
    match path.strip_suffix(".env").filter(|folder| folder.is_empty() || folder.ends_with('/')) {
        Some(folder) => file_of(corpus, source, folder.trim_end_matches('/')),
        None => stand_in(corpus, source, path),
    }
}

fn stand_in(corpus: &Corpus, source: u32, path: &str) -> Option<FileId> {
    corpus
        .lookup(source, path)
        .or_else(|| EXAMPLES.iter().find_map(|form| corpus.lookup(source, &form.replace("{}", path))))
        .or_else(|| {
            let (stem, end) = path.rsplit_once('.').filter(|(stem, _)| !stem.is_empty() && !stem.ends_with('/'))?;
            ["example", "sample", "template"]
                .iter()
                .find_map(|word| corpus.lookup(source, &format!("{stem}.{word}.{end}")))
        })
}

/// Reads a file of variables; one that cannot be read is a problem.
pub(super) fn read(
    corpus: &Corpus,
    file: FileId,
    outer: &dyn Fn(&str) -> Option<Setting>,
    problems: &mut Vec<Problem>,
) -> Variables {
    match corpus.text(file) {
        Ok(text) => {
            let mut found = dotenv::parse(file, text, outer);
            problems.append(&mut found.problems);
            found
        }
        Err(reason) => {
            problems.push(Problem { at: At::whole(file), message: reason.to_owned() });
            Variables::default()
        }
    }
}

/// Bytes that the variables of one project may add to its texts, over all files and services.
const ADDED_BYTES_MAX: usize = 32 << 20;

/// What was met while variables were put in.
#[derive(Default)]
pub(super) struct Met {
    /// Variables that are set nowhere, each with the first place that takes it.
    unset: BTreeMap<String, At>,
    /// Bytes that variables have added.
    added: usize,
}

/// Puts the variables of a project into every text below a node. A value then stands where the variable is set, and came
/// through the text that takes it.
pub(super) fn put_variables(node: &mut Node, environment: &Environment, met: &mut Met, problems: &mut Vec<Problem>) {
    match &mut node.value {
        Data::Scalar(scalar) if scalar.text.contains('$') && met.added < ADDED_BYTES_MAX => {
            let found = interpolate(&scalar.text, &|name| environment.get(name));
            let at = node.at;
            for fault in found.faults {
                match fault {
                    Fault::Unset(name) if SHELL.contains(&name.as_str()) => {}
                    Fault::Unset(name) => {
                        met.unset.entry(name).or_insert(at);
                    }
                    Fault::Required(name, why) => {
                        let why = if why.is_empty() { why } else { format!(" ({why})") };
                        let message =
                            format!("`{name}` must be set{why} and is not; the empty text is taken; set it in `.env`");
                        problems.push(Problem { at, message });
                    }
                    Fault::TooLong => {
                        let message = String::from("the text becomes too long; variables in it are left out");
                        problems.push(Problem { at, message });
                    }
                    Fault::Invalid(text) => {
                        let message = format!(
                            "`{text}` is not a variable; it is left as it stands; write `$$` for a dollar sign"
                        );
                        problems.push(Problem { at, message });
                    }
                }
            }
            met.added += found.text.len();
            if met.added >= ADDED_BYTES_MAX {
                let message = "variables make this project too large; from here on they are left as they stand";
                problems.push(Problem { at, message: message.to_owned() });
            }
            scalar.text = found.text;
            came_through(node, found.places);
        }
        Data::Scalar(_) => {}
        Data::Sequence(items) => items.iter_mut().for_each(|item| put_variables(item, environment, met, problems)),
        Data::Mapping(entries) => {
            entries.iter_mut().for_each(|entry| put_variables(&mut entry.value, environment, met, problems));
        }
    }
}

/// Moves a node to the first of the places, by way of the others and of where it stood.
pub(super) fn came_through(node: &mut Node, places: Vec<At>) {
    let mut places = places.into_iter();
    if let Some(first) = places.next() {
        let mut via: Vec<At> = places.filter(|at| *at != first).collect();
        via.push(node.at);
        via.extend(node.via.as_deref().unwrap_or_default());
        node.at = first;
        node.via = Some(via.into());
    }
}

/// Tells of variables that are set nowhere: one problem for each that is not a credential.
pub(super) fn tell(met: &Met, problems: &mut Vec<Problem>) {
    // A credential is set where the project is started, and should not stand in a file.
    let secret = |name: &str| redact::value(name, "plimsoll-d41d8cd98f") == redact::REDACTED;
    for (name, at) in met.unset.iter().filter(|(name, _)| !secret(name)) {
        let message = format!(
            "`{name}` is set nowhere and has no default; the empty text is taken; set it in `.env` or write `${{{name}:-DEFAULT}}`"
        );
        problems.push(Problem { at: *at, message });
    }
}
