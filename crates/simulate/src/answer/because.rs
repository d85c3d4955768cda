//! A reason in words: which resource, and the figures that say so.

use super::line::{Breaks, Mechanism};
use crate::compile::{Compiled, Name, Names};
use crate::search::{Because, Reason, Resource};

/// What breaks first, told by names.
pub(super) fn told(promise: &str, reason: &Reason, names: &Names) -> Breaks {
    Breaks {
        promise: promise.to_owned(),
        mechanism: Some(reason.mechanism),
        resource: reason.resource.map(|resource| word(resource, names)),
        because: because(reason.because),
    }
}

/// The same, where the full component has fewer copies than today: it is their loss that breaks the promise.
pub(super) fn with_what_is_lost(breaks: Breaks, compiled: &Compiled, today: &Option<Compiled>) -> Breaks {
    let copies = |compiled: &Compiled| {
        let at = compiled.names.components.iter().position(|name| Some(&name.word) == breaks.resource.as_ref())?;
        Some(compiled.program.components[at].replicas.len())
    };
    match (copies(compiled), today.as_ref().and_then(copies)) {
        (Some(left), Some(all)) if left < all => Breaks {
            mechanism: Some(Mechanism::ZoneLoss),
            because: format!("{left} of {all} copies are left; {}", breaks.because),
            ..breaks
        },
        _ => breaks,
    }
}

fn word(resource: Resource, names: &Names) -> String {
    let of = |names: &[Name], at: u32| names.get(at as usize).map_or_else(String::new, |name| name.word.clone());
    match resource {
        Resource::Component(id) => of(&names.components, id.0),
        Resource::Pool(id) => of(&names.pools, id.0),
        Resource::Lock(id) => of(&names.locks, id.0),
        Resource::Cache(id) => of(&names.caches, id.0),
        Resource::Group(id) => of(&names.groups, id.0),
        Resource::Call(id) => of(&names.calls, id.0),
    }
}

fn because(because: Because) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    match because {
        Because::Failures { kind, share } => {
            format!("{} of the failures that the load adds are `{}`", percent(share), kind.word())
        }
        Because::Waiting { share, utilisation: Some(used) } => {
            format!("{} of it is in use, and {} of the added waiting is there", percent(used), percent(share))
        }
        Because::Waiting { share, utilisation: None } => format!("{} of the added waiting is there", percent(share)),
        Because::Attempts { beyond, at_rest } => {
            format!("{beyond:.1} attempts for each request, {at_rest:.1} at rest")
        }
        Because::Misses { beyond, at_rest } => {
            format!("{} of looks find nothing, {} at rest", percent(beyond), percent(at_rest))
        }
        Because::Fetches { times } => format!("each entry is fetched {times:.1} times in the time that it is kept"),
        Because::Uneven { times } => format!("the busiest copy does {times:.1} times as much as an average one"),
        Because::Copies { up, of } => format!("{up:.1} of {of:.0} copies serve, and all of those are busy"),
        Because::Nothing => "nobody waits for anybody: it is so at any load".to_owned(),
    }
}
