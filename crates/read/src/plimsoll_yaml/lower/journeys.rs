//! Journeys, their load, and promises.

use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::load::{
    Closed, DailyPoint, Journey, Load, Mode, Profile, Promise, Promised, Quantile, Ramp, Source, Swing, Target,
};
use plimsoll_model::behaviour::quantity::{Nanos, Share};

use super::super::journey::{Load as SaidLoad, Promise as SaidPromise};
use super::super::language::Placed;
use super::super::reference::Subject;
use super::Lower;
use super::plain::{Plain, of};

impl Lower<'_> {
    pub(super) fn journeys(&mut self) {
        let system = self.system;
        for named in system.journeys.iter() {
            let Some(id) = self.journey(&named.name) else { continue };
            let value = &named.value;
            let row = Journey {
                id,
                steps: value.steps.iter().filter_map(|step| self.step(None, &step.0)).collect(),
                load: value.load.as_ref().map(|load| self.claim(&load.origin, self::load(&load.value))),
                expected_peak: self.said(&value.expected_peak),
                value: self.said(&value.value),
                tolerable_outage: self.said(&value.tolerable_outage),
                priority: self.said(&value.priority),
                patience: self.said(&value.patience),
            };
            self.builder.model.behaviour.journeys.push(row);
        }
    }

    pub(super) fn promises(&mut self) {
        let system = self.system;
        for named in system.promises.iter() {
            let value = &named.value;
            let Some(on) = self.promised(&value.on) else { continue };
            let row = Promise {
                name: named.name.clone(),
                on: self.claim(&value.on.origin, on),
                measure: self.said(&value.measure),
                targets: self.targets(value),
                window: self.said(&value.window),
            };
            self.builder.model.behaviour.promises.push(row);
        }
    }

    fn promised(&mut self, on: &Placed<Subject>) -> Option<Promised> {
        let at = on.origin.at;
        match &on.value {
            Subject::Journey(name) => self.journey(name).map(Promised::Journey),
            Subject::Component(name) => self.component(name, at).map(Promised::Component),
            Subject::Operation(operation) => {
                let placed = Placed { value: operation.clone(), origin: on.origin.clone() };
                let (component, work) = self.target(&placed)?;
                Some(work.map_or(Promised::Component(component), Promised::Operation))
            }
            Subject::Promise(_) | Subject::Call(..) => {
                let message = String::from(
                    "a promise is made to users: of a journey, an operation or a component; write `journey checkout`",
                );
                self.problem(at, message);
                None
            }
        }
    }

    fn targets(&mut self, promise: &SaidPromise) -> Vec<Claim<Target>> {
        let quantiles = [
            (&promise.p50, 500_000_000),
            (&promise.p90, 900_000_000),
            (&promise.p95, 950_000_000),
            (&promise.p99, 990_000_000),
            (&promise.p999, 999_000_000),
        ];
        let mut out = Vec::new();
        for (said, share) in quantiles {
            let Some(placed) = said else { continue };
            let target = Target::Quantile(Quantile { share: Share(share), within: placed.value.plain() });
            out.push(self.claim(&placed.origin, target));
        }
        for (said, make) in
            [(&promise.success, Target::Success as fn(Share) -> Target), (&promise.availability, Target::Availability)]
        {
            out.extend(said.as_ref().map(|placed| self.claim(&placed.origin, make(placed.value.plain()))));
        }
        for (said, make) in [
            (&promise.recovery_time, Target::RecoveryTime as fn(Nanos) -> Target),
            (&promise.data_loss, Target::DataLoss),
        ] {
            out.extend(said.as_ref().map(|placed| self.claim(&placed.origin, make(placed.value.plain()))));
        }
        out
    }
}

fn load(said: &SaidLoad) -> Load {
    Load {
        source: source(said),
        arrivals: said.arrivals.as_ref().map(|word| word.value),
        batch: of(&said.batch),
        swing: said
            .swing
            .as_ref()
            .map(|swing| Swing { by: swing.value.by.value.plain(), every: swing.value.every.value.plain() }),
        burst: of(&said.burst),
    }
}

fn source(said: &SaidLoad) -> Option<Source> {
    if let Some(open) = &said.open {
        return Some(Source::Open(open.value.plain()));
    }
    if let Some(users) = &said.closed {
        let users = plimsoll_model::behaviour::quantity::Count(users.value.users);
        return Some(Source::Closed(Closed { users, think: of(&said.think) }));
    }
    if let Some(ramp) = said.ramp.as_ref().map(|ramp| &ramp.value) {
        let (from, to) = (ramp.from.value.plain(), ramp.to.value.plain());
        return Some(Source::Ramp(Ramp { from, to, over: ramp.over.value.plain() }));
    }
    if let Some(profile) = &said.profile {
        return Some(Source::Profile(Profile { file: profile.value.plain(), points: Vec::new() }));
    }
    if !said.daily.is_empty() {
        let point = |point: &super::super::journey::DailyPoint| DailyPoint {
            at: Nanos(u64::from(point.at.value.minutes) * 60_000_000_000),
            rate: point.open.value.plain(),
        };
        return Some(Source::Daily(said.daily.iter().map(point).collect()));
    }
    if !said.modes.is_empty() {
        let mode = |mode: &super::super::journey::LoadMode| Mode {
            rate: mode.open.value.plain(),
            lasts: mode.lasts.value.plain(),
        };
        return Some(Source::Modes(said.modes.iter().map(mode).collect()));
    }
    None
}
