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
    let corpus = Corpus::open(sources);
    let plan = Plan::of(&corpus, options);
    let mut facts = read_all(&corpus, &plan, options);
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
    fn of(corpus: &Corpus, options: &Options) -> Self {
        let files: Vec<FileId> = corpus.ids().collect();
        let kept = left_out::kept(corpus);
        let takers = in_parallel(&files, options, |file| {
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

fn read_all(corpus: &Corpus, plan: &Plan, options: &Options) -> Facts {
    let work: Vec<usize> = (0..readers().len()).collect();
    let all = in_parallel(&work, options, |index| (readers()[*index].read)(corpus, &plan.by_reader[*index]));
    let mut facts = Facts::default();
    for each in all {
        facts.append(each);
    }
    facts
}

/// Maps items on several threads; the results stand in the order of the items.
#[allow(clippy::disallowed_methods, reason = "the readers run side by side, and their results are put in order")]
fn in_parallel<T: Sync, R: Send>(items: &[T], options: &Options, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let available = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = options.threads.unwrap_or(available).get().min(items.len().max(1));
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let run = || {
            let mut own = Vec::new();
            loop {
                let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                match items.get(index) {
                    Some(item) => own.push((index, work(item))),
                    None => return own,
                }
            }
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| handle.join().expect("readers do not panic");
        handles.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
