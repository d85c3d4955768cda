//! Finding a key in a mapping that is being built, at a cost that stays small for mappings of any size.

use std::collections::BTreeMap;

use super::Entry;

/// Mappings below this size are searched; most have ten keys.
const INDEX_FROM: usize = 32;

/// Where keys stand in the entries of one mapping. Entries may only be added at the end.
#[derive(Debug, Default)]
pub(super) struct Keys {
    places: BTreeMap<String, usize>,
}

impl Keys {
    /// The index of the entry with a key.
    pub(super) fn find(&mut self, entries: &[Entry], key: &str) -> Option<usize> {
        if entries.len() < INDEX_FROM {
            return entries.iter().position(|entry| entry.key == key);
        }
        for (index, entry) in entries.iter().enumerate().skip(self.places.len()) {
            self.places.insert(entry.key.clone(), index);
        }
        self.places.get(key).copied()
    }
}
