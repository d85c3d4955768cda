//! Messages: topics with partitions, groups that read them, redelivery and dead letters.

use super::call::Pause;
use super::id::{ComponentId, OperationId, TopicId};

/// Where messages are kept until every group has handled them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The component that keeps it; while that is lost nothing is taken or handed out.
    pub broker: Option<ComponentId>,
    /// In how many parts; messages of one key are in one part. 0 is one common queue without parts.
    pub partitions: u32,
    /// How many different keys messages have; 0 is a key of its own for each.
    pub keys: u32,
}

/// Readers that share the messages of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The topic.
    pub topic: TopicId,
    /// What handles a message.
    pub operation: OperationId,
    /// How many messages one replica takes at once; at least 1.
    pub prefetch: u32,
    /// When a message counts as handled.
    pub acknowledged: Acknowledged,
    /// How often a message that failed is handed out again; `None` is without end.
    pub redeliveries: Option<u32>,
    /// The pause before.
    pub pause: Pause,
    /// Where messages go that cannot be handled; `None` loses them.
    pub dead_letters: Option<TopicId>,
    /// Whether one message of a part at a time is handled, in order.
    pub ordering: Ordering,
}

/// When a message counts as handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Acknowledged {
    /// When its work is done: at least once. It is handed out again if its replica is lost.
    #[default]
    After,
    /// When it is handed out: at most once.
    Before,
}

/// Whether the order of messages of one part is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ordering {
    /// As many at once as are taken.
    #[default]
    Free,
    /// One at a time for each part.
    PerPartition,
}
