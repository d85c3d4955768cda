//! The folders under `sources`, checked against what the survey has of them.

use std::collections::BTreeSet;

use ignore::gitignore::GitignoreBuilder;
use plimsoll_model::{FileId, Problem};

use super::system::{SourceFolder, System};
use crate::corpus::Corpus;

/// What is wrong with the sources of a system, whose plimsoll.yaml is `file`.
pub(super) fn check(corpus: &Corpus, file: FileId, system: &System) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for source in &system.sources {
        let path = &source.path;
        if !has_files(corpus, file, source) {
            let message = format!(
                "sources: there is no folder `{}`, or no file in it counts; clone it there, or take it out",
                path.value.text
            );
            problems.push(Problem { at: path.origin.at, message });
        }
        if let Some(name) = source.as_.as_ref().filter(|name| !names.insert(name.value.name.as_str())) {
            let message = format!("sources: two are called `{}`; a name stands for one folder", name.value.name);
            problems.push(Problem { at: name.origin.at, message });
        }
        for pattern in &source.except {
            if let Err(error) = GitignoreBuilder::new("").add_line(None, &pattern.value.text) {
                let message = format!("except: `{}` is no pattern of a .gitignore: {error}", pattern.value.text);
                problems.push(Problem { at: pattern.origin.at, message });
            }
        }
    }
    problems
}

/// Whether the survey has a file of a source.
fn has_files(corpus: &Corpus, file: FileId, source: &SourceFolder) -> bool {
    let by_name = || {
        let name = source.as_.as_ref()?.value.name.as_str();
        corpus.files().sources().iter().zip(0..).find(|(known, _)| *known == name).map(|(_, index)| index)
    };
    let by_place = || corpus.resolve(corpus.source(file), &source.path.value.text).map(|(index, _)| index);
    by_name().or_else(by_place).is_some_and(|index| corpus.below(index, "").next().is_some())
}
