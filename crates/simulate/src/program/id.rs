//! Ids: positions in the arrays of a program, one type for each array.

/// Writes an id type: an index with the name of what it points at.
macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $Name:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $Name(pub u32);

            impl $Name {
                /// Its position in the array.
                #[inline]
                pub const fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )+
    };
}

ids! {
    /// A distribution.
    DistributionId;
    /// A place: a zone of a region, as far as the network is concerned.
    PlaceId;
    /// Something that runs: a service, a store, a third party.
    ComponentId;
    /// One thing that a component can be asked.
    OperationId;
    /// One place in the code from which an operation is asked, with its guards.
    CallId;
    /// A pool of connections; each replica of its owner has one.
    PoolId;
    /// A lock with its keys.
    LockId;
    /// A cache.
    CacheId;
    /// A topic.
    TopicId;
    /// A group that reads a topic.
    GroupId;
    /// What users come for.
    JourneyId;
    /// Where requests come from.
    SourceId;
    /// A fault of the timeline.
    FaultId;
}
