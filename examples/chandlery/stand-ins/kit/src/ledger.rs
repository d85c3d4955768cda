//! What a third party has done, by the key that it was asked with: once per key, whoever asks how often.
//!
//! With a file the ledger outlives the process: one JSON line per change, the last of a key counts. A kill may leave half
//! a line at the end, which is dropped when the file is read again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What came of keeping an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept<T> {
    /// It is new.
    New(T),
    /// The key was used before, for the same: here is what was kept then.
    Before(T),
    /// The key was used before, for something else.
    Differs,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line<T> {
    key: String,
    request: String,
    entry: T,
}

/// Entries by key. Cheap to share behind an `Arc`; every call is short and none waits for a request.
pub struct Ledger<T> {
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    /// By key: the request that made it, and the entry.
    entries: BTreeMap<String, (String, T)>,
    file: Option<File>,
}

impl<T: Clone + Serialize + DeserializeOwned> Ledger<T> {
    /// A ledger that ends with the process.
    pub fn in_memory() -> Self {
        Self { inner: Mutex::new(Inner { entries: BTreeMap::new(), file: None }) }
    }

    /// A ledger that goes on from what the file holds.
    ///
    /// # Errors
    /// Where the file cannot be read or made.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let entries = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Line<T>>(line).ok())
            .map(|line| (line.key, (line.request, line.entry)))
            .collect();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { inner: Mutex::new(Inner { entries, file: Some(file) }) })
    }

    /// Keeps what `make` gives, unless the key is there already. `request` is what was asked, to tell a repetition from
    /// a key that is used twice.
    pub fn keep(&self, key: &str, request: &str, make: impl FnOnce() -> T) -> Kept<T> {
        let mut inner = self.lock();
        match inner.entries.get(key) {
            Some((before, entry)) if before == request => Kept::Before(entry.clone()),
            Some(_) => Kept::Differs,
            None => {
                let entry = make();
                inner.write(key, request, &entry);
                Kept::New(entry)
            }
        }
    }

    /// What stands under this key.
    pub fn get(&self, key: &str) -> Option<T> {
        self.lock().entries.get(key).map(|(_, entry)| entry.clone())
    }

    /// Changes the first entry that `is_it` finds; answers with it as it is then.
    pub fn change(&self, is_it: impl Fn(&T) -> bool, change: impl FnOnce(&mut T)) -> Option<T> {
        let mut inner = self.lock();
        let (key, request, mut entry) = inner
            .entries
            .iter()
            .find(|(_, (_, entry))| is_it(entry))
            .map(|(key, (request, entry))| (key.clone(), request.clone(), entry.clone()))?;
        change(&mut entry);
        inner.write(&key, &request, &entry);
        Some(entry)
    }

    /// All of them, by key.
    pub fn all(&self) -> Vec<(String, T)> {
        self.lock().entries.iter().map(|(key, (_, entry))| (key.clone(), entry.clone())).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner<T>> {
        self.inner.lock().expect("no holder of the ledger panics")
    }
}

impl<T: Clone + Serialize> Inner<T> {
    fn write(&mut self, key: &str, request: &str, entry: &T) {
        if let Some(file) = &mut self.file {
            let line = Line { key: key.to_owned(), request: request.to_owned(), entry: entry.clone() };
            let mut text = serde_json::to_string(&line).expect("an entry has only strings, numbers and names of cases");
            text.push('\n');
            // A third party that cannot write its books stops: going on would make the drill's verdict worthless.
            file.write_all(text.as_bytes()).expect("the ledger's file takes a line");
        }
        self.entries.insert(key.to_owned(), (request.to_owned(), entry.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_counts_once() {
        let ledger = Ledger::in_memory();
        assert_eq!(ledger.keep("k", "100 EUR", || 1), Kept::New(1));
        assert_eq!(ledger.keep("k", "100 EUR", || 2), Kept::Before(1));
        assert_eq!(ledger.keep("k", "200 EUR", || 3), Kept::Differs);
        assert_eq!(ledger.all(), [("k".to_owned(), 1)]);
    }

    #[test]
    fn a_file_brings_back_all_but_half_a_line() {
        let path = std::env::temp_dir().join(format!("ledger-{}.jsonl", std::process::id()));
        let ledger = Ledger::in_file(&path).unwrap();
        ledger.keep("a", "x", || 1);
        ledger.keep("b", "x", || 2);
        ledger.change(|entry| *entry == 1, |entry| *entry = 10);
        drop(ledger);
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"key\":\"c\",").unwrap();
        let ledger = Ledger::in_file(&path).unwrap();
        ledger.keep("d", "x", || 4);
        drop(ledger);
        let all = Ledger::<i32>::in_file(&path).unwrap().all();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(all, [("a".to_owned(), 10), ("b".to_owned(), 2), ("d".to_owned(), 4)]);
    }
}
