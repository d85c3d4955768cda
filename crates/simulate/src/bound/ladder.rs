//! The ladder: every resource of a journey with the load at which it is full, the scarcest first.

use super::resource::{Resource, ResourceKind, resources};
use crate::compile::Compiled;
use crate::program::{Arrivals, JourneyId, Scaling, Starts};

/// Every resource that a journey uses, the scarcest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// What users wait for.
    pub rungs: Vec<Rung>,
    /// What only work beside their requests uses: messages, calls that nobody waits for.
    pub beside: Vec<Rung>,
}

/// A resource with its bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// What it is.
    pub kind: ResourceKind,
    /// What people call it.
    pub resource: String,
    /// How many there are, as `Resource::servers`.
    pub servers: f64,
    /// Seconds of a server per request of the journey; requests of it, for a quota.
    pub demand: f64,
    /// Requests of the journey per second at which it is full. 0 where the others fill it.
    pub bound_per_s: f64,
    /// How the bound comes about: `4 × 5 slots ÷ 0.42 s`.
    pub formula: String,
}

/// The ladder of a journey: `servers ÷ demand` for each resource.
///
/// Journeys that grow with it (those of the program whose load is scaled) take their share in proportion to their loads;
/// those that stay as they are take theirs away first. Cost: linear in the program.
///
/// # Source
/// Utilisation law, U = X D: Denning and Buzen, 1978.
pub fn ladder(compiled: &Compiled, journey: JourneyId) -> Ladder {
    let ours = compiled.loads.get(journey.index()).copied().flatten();
    sorted(compiled, &|index| match (scaling(compiled, index), load(compiled, index), ours) {
        _ if index == journey.index() => 1.0,
        (Some(Scaling::Scaled), Some(theirs), Some(ours)) if 0.0 < ours => theirs / ours,
        _ => 0.0,
    })
}

/// The ladder of all journeys that grow together, in requests per second of all of them.
pub fn ladder_together(compiled: &Compiled) -> Ladder {
    let scaled = |index: usize| match (scaling(compiled, index), load(compiled, index)) {
        (Some(Scaling::Scaled), Some(load)) => load,
        _ => 0.0,
    };
    let total: f64 = (0..compiled.loads.len()).map(scaled).sum();
    sorted(compiled, &|index| if 0.0 < total { scaled(index) / total } else { 0.0 })
}

/// Each resource with its rung; `share` says how many requests of a journey come with each that the bound counts.
fn sorted(compiled: &Compiled, share: &dyn Fn(usize) -> f64) -> Ladder {
    let mut ladder = Ladder { rungs: Vec::new(), beside: Vec::new() };
    for resource in resources(compiled) {
        let awaited = resource.awaited;
        if let Some(rung) = rung(compiled, share, resource) {
            (if awaited { &mut ladder.rungs } else { &mut ladder.beside }).push(rung);
        }
    }
    for rungs in [&mut ladder.rungs, &mut ladder.beside] {
        rungs.sort_by(|a, b| a.bound_per_s.total_cmp(&b.bound_per_s).then_with(|| a.resource.cmp(&b.resource)));
    }
    ladder
}

impl Ladder {
    /// The scarcest resource that users wait for; `None` where nothing is limited.
    pub fn bound(&self) -> Option<&Rung> {
        self.rungs.first()
    }
}

fn load(compiled: &Compiled, journey: usize) -> Option<f64> {
    compiled.loads.get(journey).copied().flatten()
}

fn rung(compiled: &Compiled, share: &dyn Fn(usize) -> f64, resource: Resource) -> Option<Rung> {
    let journeys = || resource.demands.iter().enumerate();
    let demand: f64 = journeys().map(|(index, demand)| demand * share(index)).sum();
    let kept = |index: usize| match (share(index), scaling(compiled, index)) {
        (0.0, Some(Scaling::Kept)) => load(compiled, index).unwrap_or(0.0),
        _ => 0.0,
    };
    let taken: f64 = journeys().map(|(index, demand)| demand * kept(index)).sum();
    if demand <= 0.0 {
        return None;
    }
    let free = (resource.servers - taken).max(0.0);
    let unit = match resource.kind {
        ResourceKind::Quota(_) | ResourceKind::RateLimit(_) => format!("{} a request", figure(demand)),
        _ => format!("{} s", figure(demand)),
    };
    Some(Rung {
        kind: resource.kind,
        resource: resource.word,
        servers: resource.servers,
        demand,
        bound_per_s: free / demand,
        formula: format!("{} ÷ {unit}", resource.made_of),
    })
}

/// At most six digits, without zeros at the end.
fn figure(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn scaling(compiled: &Compiled, journey: usize) -> Option<Scaling> {
    let of = |source: &&crate::program::Source| source.starts == Starts::Journey(JourneyId(journey as u32));
    let source = compiled.program.sources.iter().find(of)?;
    match source.arrivals {
        Arrivals::Open { .. } => Some(source.scaling),
        Arrivals::Closed { .. } => None,
    }
}
