//! Rows in memory, for the embedded shop and for unit tests: one table, whole transactions, durable on request.
//!
//! A transaction sees the rows, and says which of them change; all of its changes become true at once, or none. With a
//! file every transaction is one line of JSON appended to it, and a start replays the lines; a last line that was cut
//! short by a kill is dropped, as its transaction was never answered. It outlives the process, not a power cut.

use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A table of rows by key.
#[derive(Debug)]
pub struct Rows<R>(Mutex<Table<R>>);

#[derive(Debug)]
struct Table<R> {
    rows: BTreeMap<String, R>,
    journal: Option<File>,
}

/// What a transaction changes: a row's new content, or `None` where it goes.
pub type Changes<R> = Vec<(String, Option<R>)>;

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self(Mutex::new(Table { rows: BTreeMap::new(), journal: None }))
    }
}

impl<R: Clone + Serialize + DeserializeOwned> Rows<R> {
    /// Rows kept in a file, or in memory alone.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        match file {
            None => Ok(Self::default()),
            Some(file) => Self::at(file),
        }
    }

    fn at(file: &Path) -> io::Result<Self> {
        let rows: BTreeMap<String, R> = replay(file)?;
        // Written anew with the present rows alone, beside the old file and then in its place.
        let fresh = file.with_extension("fresh");
        let mut journal = File::create(&fresh)?;
        for (key, row) in &rows {
            append(&mut journal, &vec![(key.clone(), Some(row.clone()))])?;
        }
        std::fs::rename(&fresh, file)?;
        let journal = OpenOptions::new().append(true).open(file)?;
        Ok(Self(Mutex::new(Table { rows, journal: Some(journal) })))
    }

    /// Looks at the rows.
    pub fn read<T>(&self, look: impl FnOnce(&BTreeMap<String, R>) -> T) -> T {
        look(&self.lock().rows)
    }

    /// Runs a transaction. Where it fails nothing has changed.
    pub fn transact<T, E>(&self, run: impl FnOnce(&BTreeMap<String, R>) -> Result<(T, Changes<R>), E>) -> Result<T, E> {
        let mut table = self.lock();
        let (result, changes) = run(&table.rows)?;
        if let Some(journal) = table.journal.as_mut().filter(|_| !changes.is_empty()) {
            // A shop that cannot write down what it promised must not go on promising.
            append(journal, &changes).expect("the data folder can be written to");
        }
        apply(&mut table.rows, changes);
        Ok(result)
    }

    fn lock(&self) -> MutexGuard<'_, Table<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn apply<R>(rows: &mut BTreeMap<String, R>, changes: Changes<R>) {
    for (key, row) in changes {
        match row {
            Some(row) => rows.insert(key, row),
            None => rows.remove(&key),
        };
    }
}

fn append<R: Serialize>(journal: &mut File, changes: &Changes<R>) -> io::Result<()> {
    let mut line = serde_json::to_vec(changes)?;
    line.push(b'\n');
    journal.write_all(&line)
}

fn replay<R: DeserializeOwned>(file: &Path) -> io::Result<BTreeMap<String, R>> {
    let mut rows = BTreeMap::new();
    let journal = match File::open(file) {
        Ok(journal) => journal,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(rows),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::new(journal);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? != 0 {
        if line.pop_if(|last| *last == b'\n').is_none() {
            break;
        }
        let changes = serde_json::from_slice(&line)?;
        apply(&mut rows, changes);
        line.clear();
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::{convert::Infallible, fs};

    fn put(rows: &Rows<u32>, changes: Changes<u32>) {
        rows.transact(|_| Ok::<_, Infallible>(((), changes))).unwrap();
    }

    #[test]
    fn a_transaction_that_fails_changes_nothing() {
        let rows = Rows::default();
        put(&rows, vec![("a".into(), Some(1))]);
        let result: Result<(), &str> = rows.transact(|_| Err("no"));
        assert_eq!((result, rows.read(Clone::clone)), (Err("no"), BTreeMap::from([("a".into(), 1)])));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is cut off the end of the file: whole transactions are there, and half ones are not.
        #[test]
        fn after_a_kill_every_whole_transaction_is_there(
            transactions in prop::collection::vec(prop::collection::vec(("[a-e]", any::<Option<u32>>()), 1..4), 1..8),
            cut in 0_usize..40,
        ) {
            let folder = std::env::temp_dir().join(format!("rows-{}", uuid::Uuid::new_v4()));
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join("rows.jsonl");
            let rows = Rows::open(Some(&file)).unwrap();
            let mut states = vec![(0, BTreeMap::new())];
            for changes in transactions {
                put(&rows, changes);
                states.push((fs::metadata(&file).unwrap().len(), rows.read(Clone::clone)));
            }
            let length = states.last().unwrap().0.saturating_sub(cut as u64);
            File::options().write(true).open(&file).unwrap().set_len(length).unwrap();
            let expect = &states.iter().rev().find(|(end, _)| *end <= length).unwrap().1;
            let again = Rows::<u32>::open(Some(&file)).unwrap();
            prop_assert_eq!(&again.read(Clone::clone), expect);
            fs::remove_dir_all(&folder).unwrap();
        }
    }
}
