//! What the parts of a plimsoll.yaml must have in common: names that are declared in it, sums, orders.
//!
//! Only names that no other file can declare are held to be wrong: environments (once some are declared), journeys,
//! promises, pools, steps of recovery. Components, operations and topics may come from elsewhere: the join knows.

use plimsoll_model::At;

use super::component::{Component, Here};
use super::derive::each_step;
use super::journey::{Load, Promise, targets};
use super::language::{NamedValue, Placed, Reading};
use super::near::{listed, nearest};
use super::reference::{Loss, Name, Subject};
use super::scenario::{RecoverStep, Scenario};
use super::step::Step;
use super::system::System;

/// Notes every contradiction as a problem.
pub(super) fn check(system: &System, reading: &mut Reading) {
    environments(system, reading);
    for journey in system.journeys.iter() {
        if let Some(load) = &journey.value.load {
            load_forms(&load.value, load.origin.at, reading);
        }
        for step in &journey.value.steps {
            each_step(&step.0, &mut |step| step_alone(step, reading));
        }
        if journey.value.steps.is_empty() && !reading.gaps {
            let message =
                format!("journey `{}` has no steps, so nothing is asked; list them under `steps`", journey.name);
            reading.problem(journey.at, message);
        }
    }
    for promise in system.promises.iter() {
        promise_alone(promise, reading);
        subject(system, &promise.value.on, reading);
    }
    for component in system.components.iter() {
        component_alone(system, component, reading);
    }
    for scenario in system.scenarios.iter() {
        scenario_alone(system, &scenario.value, reading);
    }
    let degraded = system.degraded.iter().flat_map(|mode| &mode.value.works);
    let goals = system.goals.iter().flat_map(|goal| &goal.value.serves);
    let waivers = system.waivers.iter().map(|waiver| &waiver.on);
    let scopes = system.standards.iter().flat_map(|standards| &standards.value.scopes).flat_map(|scope| &scope.on);
    degraded.chain(goals).chain(waivers).chain(scopes).for_each(|each| subject(system, each, reading));
}

/// Says that a name is not declared, and which may be meant.
fn undeclared(what: &str, name: &str, known: &[&str], at: At, reading: &mut Reading) {
    let known = || known.iter().copied();
    let cure = match nearest(name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("declared are {}", listed(known())),
    };
    reading.problem(at, format!("no {what} is called `{name}` in this file; {cure}"));
}

fn environments(system: &System, reading: &mut Reading) {
    let Some(environments) = system.environments.as_ref().map(|each| &each.value) else { return };
    if environments.each.is_empty() {
        return;
    }
    let known: Vec<&str> = environments.each.names().collect();
    let mut used: Vec<(&str, At)> = Vec::new();
    let placed = |name: &'_ Placed<Name>| name.origin.at;
    used.extend(environments.default.iter().map(|name| (name.value.name.as_str(), placed(name))));
    for environment in environments.each.iter() {
        used.extend(environment.value.parents.iter().map(|name| (name.value.name.as_str(), placed(name))));
    }
    for component in system.components.iter() {
        used.extend(component.value.environments.iter().map(|each| (each.name.as_str(), each.at)));
        let heres = std::iter::once(&component.value.here).chain(component.value.environments.iter().map(|e| &e.value));
        for operation in heres.flat_map(|here| here.operations.iter()) {
            used.extend(operation.value.environments.iter().map(|each| (each.name.as_str(), each.at)));
            for step in &operation.value.does {
                if let Step::Spend(spend) = &step.value {
                    used.extend(spend.spend.value.environments.iter().map(|each| (each.name.as_str(), each.at)));
                }
            }
        }
    }
    for scenario in system.scenarios.iter() {
        used.extend(scenario.value.environment.iter().map(|name| (name.value.name.as_str(), placed(name))));
    }
    for (name, at) in used {
        if !known.contains(&name) {
            undeclared("environment", name, &known, at, reading);
        }
    }
}

fn load_forms(load: &Load, at: At, reading: &mut Reading) {
    let base = [
        ("open", load.open.is_some()),
        ("closed", load.closed.is_some()),
        ("profile", load.profile.is_some()),
        ("ramp", load.ramp.is_some()),
        ("daily", !load.daily.is_empty()),
        ("modes", !load.modes.is_empty()),
    ];
    let given: Vec<&str> = base.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if given.len() > 1 {
        let message = format!(
            "the load is given in {} ways, {}, of which only one can hold; keep one",
            given.len(),
            listed(given.iter().copied())
        );
        reading.problem(at, message);
    }
    let changes = [
        ("arrivals", load.arrivals.is_some(), load.closed.is_none()),
        ("batch", load.batch.is_some(), load.closed.is_none()),
        ("swing", load.swing.is_some(), load.open.is_some()),
        ("think", load.think.is_some(), load.closed.is_some()),
    ];
    for (name, given, fits) in changes {
        if given && !fits {
            let wants = if name == "think" { "`closed`" } else { "`open`" };
            reading.problem(at, format!("`{name}` says nothing without {wants}; add that, or leave `{name}` out"));
        }
    }
    if given.is_empty() && load.burst.is_none() && !reading.gaps {
        reading.problem(at, "the load says nothing of how often; give `open`, `closed` or `profile`");
    }
    if let Some(swing) = load.swing.as_ref().filter(|_| load.open.is_some()) {
        let open = load.open.as_ref().map_or(0.0, |open| open.value.per_second);
        if swing.value.by.value.per_second > open {
            reading.problem(swing.origin.at, "it swings below nothing; make `by` at most `open`");
        }
    }
}

fn promise_alone(promise: &NamedValue<Promise>, reading: &mut Reading) {
    if targets(&promise.value).is_empty() && !reading.gaps {
        let message =
            format!("promise `{}` promises nothing; give a figure, like `p95: 1.2s` or `success: 99.5%`", promise.name);
        reading.problem(promise.at, message);
    }
    let value = &promise.value;
    let quantiles =
        [("p50", &value.p50), ("p90", &value.p90), ("p95", &value.p95), ("p99", &value.p99), ("p999", &value.p999)];
    let given: Vec<_> = quantiles.iter().filter_map(|(name, said)| Some((name, said.as_ref()?))).collect();
    for pair in given.windows(2) {
        if let [(low, below), (high, above)] = pair
            && below.value.nanos > above.value.nanos
        {
            reading
                .problem(above.origin.at, format!("`{high}` is shorter than `{low}`, which cannot be; exchange them"));
        }
    }
}

fn subject(system: &System, on: &Placed<Subject>, reading: &mut Reading) {
    let at = on.origin.at;
    match &on.value {
        Subject::Journey(name) if system.journeys.get(name).is_none() => {
            undeclared("journey", name, &system.journeys.names().collect::<Vec<_>>(), at, reading);
        }
        Subject::Promise(name) if system.promises.get(name).is_none() => {
            undeclared("promise", name, &system.promises.names().collect::<Vec<_>>(), at, reading);
        }
        Subject::Component(name) if system.journeys.get(name).is_some() && system.components.get(name).is_none() => {
            reading.problem(
                at,
                format!("`{name}` alone names a component, and it is a journey here; write `journey {name}`"),
            );
        }
        _ => {}
    }
}

fn component_alone(system: &System, component: &NamedValue<Component>, reading: &mut Reading) {
    let value = &component.value;
    let zones: Vec<&str> = zones(system).collect();
    for here in std::iter::once(&value.here).chain(value.environments.iter().map(|each| &each.value)) {
        here_alone(&component.name, here, reading);
        for zone in here.zones.iter().filter(|zone| !zones.is_empty() && !zones.contains(&zone.name.as_str())) {
            undeclared("zone", &zone.name, &zones, zone.at, reading);
        }
        for operation in here.operations.iter() {
            let variants = operation.value.environments.iter().map(|each| &each.value.does);
            for step in std::iter::once(&operation.value.does).chain(variants).flatten() {
                each_step(step, &mut |step| {
                    step_alone(step, reading);
                    pool(value, step, reading);
                });
            }
        }
    }
}

fn here_alone(name: &str, here: &Here, reading: &mut Reading) {
    let counted: u64 = here.zones.iter().map(|zone| zone.value.value.count).fold(0, u64::saturating_add);
    if let Some(replicas) = here.replicas.as_ref().filter(|n| !here.zones.is_empty() && n.value.count != counted) {
        let message = format!(
            "`{name}` has {} replicas, and its zones add up to {counted}; make them agree, or leave `replicas` out",
            replicas.value.count
        );
        reading.problem(replicas.origin.at, message);
    }
    let quorum = here.quorum.as_ref().zip(here.replicas.as_ref());
    if let Some((quorum, replicas)) = quorum.filter(|(quorum, replicas)| quorum.value.count > replicas.value.count) {
        let message = format!(
            "`{name}` needs {} of {} copies, so it never works; ask for fewer",
            quorum.value.count, replicas.value.count
        );
        reading.problem(quorum.origin.at, message);
    }
    let both = here.cores.as_ref().filter(|_| here.serves.as_ref().is_some_and(|s| s.value.cores.is_some()));
    if let Some(cores) = both {
        reading.problem(cores.origin.at, "`cores` stands under `serves` too, which says the same; keep one of them");
    }
    if let Some(scaler) = here.autoscaler.as_ref().filter(|s| s.value.min.value.count > s.value.max.value.count) {
        reading.problem(scaler.origin.at, "`min` is above `max`, which cannot be; exchange them");
    }
}

fn step_alone(step: &Placed<Step>, reading: &mut Reading) {
    match &step.value {
        Step::Spend(spend) => {
            let value = &spend.spend.value;
            let nothing = value.cpu.is_none() && value.hold.is_none() && value.memory.is_none();
            if nothing && value.environments.is_empty() && !reading.gaps {
                reading.problem(step.origin.at, "it spends nothing; give `cpu` or `hold`, or leave the step out");
            }
        }
        Step::Branch(branch) => {
            let odds = branch.branch.iter().map(|way| way.odds.value.parts_per_billion).fold(0, u64::saturating_add);
            if odds > 1_000_000_000 {
                let percent = odds as f64 / 1e7;
                reading.problem(
                    step.origin.at,
                    format!("the odds of its ways add up to {percent}%, more than all; lower them"),
                );
            }
        }
        Step::Cache(cache) => {
            let look = &cache.cache.value;
            if look.hit.is_some() && look.keys.is_some() {
                let message = "the share of hits is given twice, by `hit` and by `keys`; keep one of them";
                reading.problem(step.origin.at, message);
            }
        }
        _ => {}
    }
}

fn pool(component: &Component, step: &Placed<Step>, reading: &mut Reading) {
    let guards = match &step.value {
        Step::Call(call) => &call.guards,
        Step::Query(query) => &query.query.value.guards,
        _ => return,
    };
    let heres = || std::iter::once(&component.here).chain(component.environments.iter().map(|each| &each.value));
    let known: Vec<&str> = heres().flat_map(|here| here.pools.names()).collect();
    if let Some(pool) = guards.pool.as_ref().filter(|pool| !known.contains(&pool.value.name.as_str())) {
        undeclared("pool of this component", &pool.value.name, &known, pool.origin.at, reading);
    }
}

fn zones(system: &System) -> impl Iterator<Item = &str> {
    let environments = system.environments.iter().flat_map(|each| each.value.each.iter());
    environments.flat_map(|each| &each.value.zones).map(|zone| zone.value.name.as_str())
}

fn regions(system: &System) -> impl Iterator<Item = &str> {
    let environments = system.environments.iter().flat_map(|each| each.value.each.iter());
    environments.filter_map(|each| each.value.region.as_ref()).map(|region| region.value.name.as_str())
}

fn scenario_alone(system: &System, scenario: &Scenario, reading: &mut Reading) {
    let cut = scenario.cut.iter().flat_map(|cut| &cut.value.between);
    for loss in scenario.lose.0.iter().chain(cut) {
        let (what, name, known): (&str, &str, Vec<&str>) = match &loss.value {
            Loss::Zone(name) => ("zone", name, zones(system).collect()),
            Loss::Region(name) => ("region", name, regions(system).collect()),
            _ => continue,
        };
        if !known.is_empty() && !known.contains(&name) {
            undeclared(what, name, &known, loss.origin.at, reading);
        }
    }
    if let (Some(until), Some(_)) = (&scenario.until, &scenario.for_) {
        reading.problem(until.origin.at, "`until` and `for` say the same in two ways, which may disagree; keep one");
    }
    recovery(system, scenario, reading);
}

fn recovery(system: &System, scenario: &Scenario, reading: &mut Reading) {
    let known: Vec<&str> = scenario.recover.names().collect();
    let journeys: Vec<&str> = system.journeys.names().collect();
    for step in scenario.recover.iter() {
        let RecoverStep::Section(section) = &step.value else { continue };
        for after in &section.after {
            if scenario.recover.get(&after.value.name).is_none() {
                undeclared("step of this recovery", &after.value.name, &known, after.origin.at, reading);
            }
        }
        for journey in section.for_.iter().filter(|journey| system.journeys.get(&journey.value.name).is_none()) {
            undeclared("journey", &journey.value.name, &journeys, journey.origin.at, reading);
        }
        let timeless = section.takes.is_none() && section.of.is_none() && section.then.is_none();
        if timeless && !reading.gaps {
            let message =
                format!("it is not said how long `{}` takes; give `takes`, or `of` with a backup's size", step.name);
            reading.problem(step.at, message);
        }
    }
    if let Some(step) = never_begins(scenario) {
        let message = format!(
            "`{}` never begins, since the steps that it waits for wait for each other; take one `after` out",
            step.name
        );
        reading.problem(step.at, message);
    }
}

/// A step that is left when all steps are taken away, again and again, whose `after` are gone.
fn never_begins(scenario: &Scenario) -> Option<&NamedValue<RecoverStep>> {
    let mut left: Vec<&NamedValue<RecoverStep>> = scenario.recover.iter().collect();
    loop {
        let names: Vec<&str> = left.iter().map(|step| step.name.as_str()).collect();
        let waits = |step: &&NamedValue<RecoverStep>| match &step.value {
            RecoverStep::Takes(_) => false,
            RecoverStep::Section(section) => {
                section.after.iter().any(|after| names.contains(&after.value.name.as_str()))
            }
        };
        let next: Vec<_> = left.iter().copied().filter(waits).collect();
        if next.len() == left.len() {
            return next.first().copied();
        }
        left = next;
    }
}
