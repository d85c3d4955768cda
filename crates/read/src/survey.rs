//! The survey: sources in, one model out.
//!
//! Files are listed, told apart by the readers' own rules, read by all readers at once and joined. The order of the
//! results is the order of the registry and of the files, whatever the number of threads.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use plimsoll_model::{FileId, Model, NotRead};

use crate::corpus::Corpus;
use crate::facts::Facts;
use crate::join;
use crate::left_out;
use crate::source::Source;
use crate::{Reader, readers};

/// How a survey is run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Threads that read; by default one for each core. The result does not depend on it.
    pub threads: Option<NonZeroUsize>,
}

/// Surveys sources: lists, reads and joins. Never fails: what cannot be read is listed in the model.
pub fn survey(sources: Vec<Source>, options: &Options) -> Model {
    let corpus = Corpus::open(sources).on_threads(options.threads);
    let plan = Plan::of(&corpus);
    let mut facts = read_all(&corpus, &plan);
    facts.problems.extend(corpus.problems());
    let files_read = plan.read.len();
    let mut model = join::join(&corpus, facts);
    model.files_read = files_read;
    model.not_read.extend(plan.not_read);
    model.not_read.sort();
    model.not_read.dedup();
    model
}

/// Which file goes to which readers, and which to none.
struct Plan {
    by_reader: Vec<Vec<FileId>>,
    read: BTreeSet<FileId>,
    not_read: Vec<NotRead>,
}

impl Plan {
    fn of(corpus: &Corpus) -> Self {
        let files: Vec<FileId> = corpus.ids().collect();
        let kept = left_out::kept(corpus);
        let takers = corpus.each(&files, |file| {
            let reason = kept.reason(corpus, *file);
            let takes = |reader: &Reader| reason.is_none() && (reader.takes)(corpus, *file);
            let takers = readers().iter().enumerate().filter(|(_, reader)| takes(reader));
            (takers.map(|(index, _)| index).collect::<Vec<_>>(), reason)
        });
        let mut plan =
            Self { by_reader: vec![Vec::new(); readers().len()], read: BTreeSet::new(), not_read: Vec::new() };
        for (file, (indices, reason)) in files.iter().zip(takers) {
            for index in &indices {
                plan.by_reader[*index].push(*file);
                plan.read.insert(*file);
            }
            if indices.is_empty() {
                let (kind, reason) = reason.unwrap_or_else(|| left_out::no_reader(corpus, *file));
                plan.not_read.push(NotRead { kind, path: corpus.files().display(*file), reason });
            }
        }
        plan
    }
}

fn read_all(corpus: &Corpus, plan: &Plan) -> Facts {
    let work: Vec<usize> = (0..readers().len()).collect();
    let all = corpus.each(&work, |index| (readers()[*index].read)(corpus, &plan.by_reader[*index]));
    let mut facts = Facts::default();
    for each in all {
        facts.append(each);
    }
    facts
}
