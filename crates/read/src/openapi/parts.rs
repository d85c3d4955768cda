//! Descriptions that are parts of others: all of their operations are listed by another one through `$ref`.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId};

use crate::facts::Described;

type Each = (FileId, Described);

/// Every description, with the file of the one that it is a part of.
pub(super) fn with_their_whole(all: Vec<Each>) -> Vec<(Each, Option<FileId>)> {
    let places: Vec<BTreeSet<At>> = all.iter().map(|(_, described)| places(described)).collect();
    let mut listed: BTreeMap<At, Vec<usize>> = BTreeMap::new();
    for (index, places) in places.iter().enumerate() {
        for place in places {
            listed.entry(*place).or_default().push(index);
        }
    }
    let own = |index: usize| places[index].iter().filter(|at| at.file == all[index].0).count();
    let whole_of = |index: usize| {
        let first = places[index].first()?;
        listed[first].iter().copied().find(|&other| {
            let bigger = places[index].len() < places[other].len();
            // Two that list the same: the one that holds the operations is the part, else the later one.
            let same = places[index].len() == places[other].len() && (own(other), other) < (own(index), index);
            other != index && (bigger || same) && places[index].is_subset(&places[other])
        })
    };
    let wholes: Vec<Option<FileId>> = (0..all.len()).map(|index| Some(all[whole_of(index)?].0)).collect();
    all.into_iter().zip(wholes).collect()
}

fn places(described: &Described) -> BTreeSet<At> {
    described.operations.iter().map(|operation| operation.origin.at).collect()
}
