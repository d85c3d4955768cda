//! How a journey waits: the longest chain of calls, and how often each component may be asked when it fails.

use std::collections::BTreeMap;

use plimsoll_audit::{Estate, Leg};
use plimsoll_model::behaviour::WorkId;
use plimsoll_model::{ComponentId, JourneyId, Model};

/// No way is followed further: a circle of calls is a finding of its own.
const DEPTH_MAX: usize = 32;

/// How often one component may be asked for one request of a user when it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempts {
    /// Who is asked.
    pub component: String,
    /// How often, on the worst way.
    pub times: f64,
    /// Who tries how often on that way: `gateway 3 × orders 4`. Who asks once is not named.
    pub by: String,
}

/// What the steps of one journey come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Walked {
    /// The most calls that wait for one another, the user's own included.
    pub(crate) chain: usize,
    /// For each component that may be asked more than once.
    pub(crate) attempts: Vec<Attempts>,
}

/// A way down: who asked how often so far.
#[derive(Clone, Default)]
struct Way {
    times: f64,
    by: Vec<(String, f64)>,
}

/// Walks a journey along the steps whose answers it waits for.
pub(crate) fn walked(estate: &Estate<'_>, journey: JourneyId) -> Walked {
    let mut out = Walk { estate, chain: 0, worst: BTreeMap::new(), known: BTreeMap::new() };
    for leg in estate.journey_legs(journey) {
        out.leg(&leg, None, &Way { times: 1.0, by: Vec::new() }, 1);
    }
    let model = estate.model();
    let rows = out.worst.into_iter().filter(|(_, way)| way.times > 1.0);
    let attempts = rows.map(|(id, way)| Attempts {
        component: model.component(id).id.clone(),
        times: way.times,
        by: way.by.iter().map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(" × "),
    });
    Walked { chain: out.chain, attempts: attempts.collect() }
}

struct Walk<'e, 'm> {
    estate: &'e Estate<'m>,
    chain: usize,
    worst: BTreeMap<ComponentId, Way>,
    /// For each operation, the depth and attempts at which it was followed: a better way adds nothing.
    known: BTreeMap<WorkId, (usize, f64)>,
}

impl Walk<'_, '_> {
    fn leg(&mut self, leg: &Leg<'_>, by: Option<ComponentId>, way: &Way, depth: usize) {
        self.chain = self.chain.max(depth);
        let attempts = leg.attempts();
        let mut next = way.clone();
        next.times *= attempts;
        if let Some(by) = by.filter(|_| attempts > 1.0) {
            next.by.push((name(self.estate.model(), by), attempts));
        }
        let worst = self.worst.entry(leg.to).or_default();
        if next.times > worst.times {
            worst.clone_from(&next);
        }
        let Some(work) = leg.to_work.filter(|_| depth < DEPTH_MAX) else { return };
        let known = self.known.entry(work).or_insert((0, 0.0));
        if depth <= known.0 && next.times <= known.1 {
            return;
        }
        *known = (known.0.max(depth), known.1.max(next.times));
        for inner in self.estate.legs(work) {
            self.leg(&inner, Some(leg.to), &next, depth + 1);
        }
    }
}

fn name(model: &Model, id: ComponentId) -> String {
    model.component(id).id.clone()
}
