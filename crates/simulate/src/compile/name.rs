//! What the positions of a program are called, and how they are known. Kept beside the program, by the same ids.

use plimsoll_model as model;
use plimsoll_model::EvidenceId;

use crate::program;

/// What a position is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As people write it: `orders.place`, `orders -> payments.charge`, `orders main`.
    pub word: String,
    /// How it is known; `None` for what was inferred.
    pub evidence: Option<EvidenceId>,
}

/// The names of everything in a program, array by array in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Components.
    pub components: Vec<Name>,
    /// The model's own ids of the components.
    pub component_ids: Vec<model::ComponentId>,
    /// Operations.
    pub operations: Vec<Name>,
    /// Calls.
    pub calls: Vec<Name>,
    /// Pools.
    pub pools: Vec<Name>,
    /// Locks.
    pub locks: Vec<Name>,
    /// Caches.
    pub caches: Vec<Name>,
    /// Topics.
    pub topics: Vec<Name>,
    /// Groups.
    pub groups: Vec<Name>,
    /// Journeys.
    pub journeys: Vec<Name>,
    /// Sources.
    pub sources: Vec<Name>,
    /// Faults.
    pub faults: Vec<Name>,
    /// Places, by their number.
    pub places: Vec<String>,
}

/// Writes a look-up by id.
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident($Id:ident) $array:ident;)+) => {
        impl Names {
            $(
                $(#[doc = $doc])+
                pub fn $name(&self, id: program::$Id) -> &str {
                    &self.$array[id.index()].word
                }
            )+
        }
    };
}

words! {
    /// What people call a component.
    component(ComponentId) components;
    /// What people call an operation.
    operation(OperationId) operations;
    /// What people call a call.
    call(CallId) calls;
    /// What people call a pool.
    pool(PoolId) pools;
    /// What people call a lock.
    lock(LockId) locks;
    /// What people call a cache.
    cache(CacheId) caches;
    /// What people call a topic.
    topic(TopicId) topics;
    /// What people call a group.
    group(GroupId) groups;
    /// What people call a journey.
    journey(JourneyId) journeys;
}

impl Name {
    /// A name that is known from somewhere, or inferred.
    pub fn new(word: impl Into<String>, evidence: Option<EvidenceId>) -> Self {
        Self { word: word.into(), evidence }
    }
}

/// A number of a name, which keys draws: FNV-1a of its bytes, so that it depends on nothing else in the program.
///
/// # Source
/// Fowler, Noll and Vo, "The FNV Non-Cryptographic Hash Algorithm", RFC 9923.
pub(super) fn key(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The same in half as many bits, for sites.
pub(super) fn site(name: &str) -> u32 {
    let key = key(name);
    (key ^ (key >> 32)) as u32
}
