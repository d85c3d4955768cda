//! What changes the number or the version of replicas: autoscalers and rollouts.

use crate::time::Nanos;

/// Changes the number of replicas as the Kubernetes horizontal autoscaler does: every `every` it wants
/// `ceil(ready × metric / target)`, unless the ratio is within `tolerance` of 1; it takes away only what it did not want
/// in the last `down_after`.
///
/// # Source
/// Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details; KEDA feeds the same rule with a backlog.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscaler {
    /// The least number of replicas.
    pub min: u32,
    /// The greatest number; the component lists at least so many.
    pub max: u32,
    /// What it looks at, and what it aims at.
    pub metric: Metric,
    /// How often it looks; 15 s in Kubernetes.
    pub every: Nanos,
    /// 0.1 in Kubernetes.
    pub tolerance: f64,
    /// For how long the metric must be low; 300 s in Kubernetes.
    pub down_after: Nanos,
}

/// What an autoscaler looks at, on average over the time since it last looked, and what it aims at for each replica.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric {
    /// CPU used, as cores for each replica.
    Cpu {
        /// Cores.
        target: f64,
    },
    /// Requests open at once for each replica.
    Slots {
        /// Requests.
        target: f64,
    },
    /// Messages that wait for its groups, for each replica.
    Backlog {
        /// Messages.
        target: f64,
    },
    /// Requests per second for each replica.
    Rate {
        /// Per second.
        target: f64,
    },
}

/// A new version that replaces the old one, replica by replica.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rollout {
    /// When it begins.
    pub at: Nanos,
    /// How many replicas are replaced at once.
    pub at_once: u32,
    /// How many more than wanted may run meanwhile; 0 takes the old one away first.
    pub surge: u32,
    /// The pause between two steps.
    pub pause: Nanos,
    /// The share of requests that the new version fails, 0 to 1.
    pub fails: f64,
    /// How many times as long its work takes.
    pub slow: f64,
    /// After how long it is rolled back at once; `None` is never.
    pub back_after: Option<Nanos>,
}
