//! What a plimsoll.yaml says in the terms of the model: claims by name, calls, messages.
//!
//! Not here: which component a name means (`join`), times and odds, which the simulation takes from the typed file.

use plimsoll_model::{Content, Field, Value};

use super::component::{Component, Here, LeadTime, Operation, Pool, Quota};
use super::distribution::Wait;
use super::journey::{Journey, targets};
use super::language::{NamedValue, Names, Placed, Said};
use super::quantity::Duration;
use super::reference::{Name, OperationRef};
use super::step::{Guards, Step};
use super::system::System;
use crate::facts::{About, Claim, Origin};
use crate::tree::Node;

/// A claim and where it holds.
#[derive(Clone, Debug)]
pub struct SupposedClaim {
    /// The claim; its subject is a name of the noun that the field belongs to.
    pub claim: Claim,
    /// The one environment in which it holds; everywhere where `None`.
    pub environment: Option<String>,
}

/// How one component uses another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It asks and waits for the answer.
    Call,
    /// It asks a store.
    Query,
    /// It looks into a cache.
    Cache,
    /// It keeps a pool of connections to it.
    Pool,
}

/// A call that the steps of an operation make, or a pool of connections.
#[derive(Clone, Debug)]
pub struct SupposedCall {
    /// Who calls.
    pub from: String,
    /// In which operation; `None` for a pool.
    pub operation: Option<String>,
    /// Who is called.
    pub to: String,
    /// For what, where said.
    pub to_operation: Option<String>,
    /// How it is used.
    pub how: How,
    /// What is said of the call: timeout, retries, pool.
    pub claims: Vec<(Field, Value, Origin)>,
    /// The one environment in which it is made; everywhere where `None`.
    pub environment: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// A component that sends to a topic or takes from it.
#[derive(Clone, Debug)]
pub struct SupposedMessage {
    /// The component.
    pub component: String,
    /// In which operation.
    pub operation: String,
    /// The topic.
    pub topic: String,
    /// Whether it sends or takes.
    pub sends: bool,
    /// The one environment in which it does; everywhere where `None`.
    pub environment: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// Collects the claims of one name.
struct Claims<'o> {
    out: &'o mut Vec<SupposedClaim>,
    name: &'o str,
    environment: Option<&'o str>,
}

impl Claims<'_> {
    fn add(&mut self, field: Field, value: Value, origin: &Origin) {
        let claim = Claim {
            of: About::Name(self.name.to_owned()),
            field,
            content: Content::Stated(value),
            note: String::from("plimsoll.yaml"),
            origin: origin.clone(),
        };
        self.out.push(SupposedClaim { claim, environment: self.environment.map(str::to_owned) });
    }

    fn said<T>(&mut self, field: Field, said: &Said<T>, value: impl FnOnce(&T) -> Value) {
        if let Some(said) = said {
            self.add(field, value(&said.value), &said.origin);
        }
    }
}

/// Attributes of components that `null` says there are none of.
const TAKEN_AWAY: [(&str, Field); 5] = [
    ("backup", Field::Backup),
    ("replication", Field::Replication),
    ("quota", Field::Quota),
    ("owner", Field::Owner),
    ("tier", Field::Tier),
];

/// What the file says that there is none of: `backup: null`.
pub(super) fn taken_away(root: &Node) -> Vec<SupposedClaim> {
    let mut out = Vec::new();
    for component in root.get("components").map(Node::entries).unwrap_or_default() {
        for (key, field) in TAKEN_AWAY {
            let Some(none) = component.value.get(key).filter(|value| value.is_null()) else { continue };
            let claim = Claim {
                of: About::Name(component.key.clone()),
                field,
                content: Content::Absent,
                note: String::from("plimsoll.yaml says that there is none"),
                origin: Origin::of(none),
            };
            out.push(SupposedClaim { claim, environment: None });
        }
    }
    out
}

/// Every claim of the file that the model has a field for.
pub(super) fn claims(system: &System) -> Vec<SupposedClaim> {
    let mut out = Vec::new();
    for NamedValue { name, value, .. } in system.components.iter() {
        component(&mut Claims { out: &mut out, name, environment: None }, value);
        here(&mut Claims { out: &mut out, name, environment: None }, &value.here);
        for inner in value.environments.iter() {
            here(&mut Claims { out: &mut out, name, environment: Some(&inner.name) }, &inner.value);
        }
    }
    for NamedValue { name, value, .. } in system.availability.iter() {
        let mut claims = Claims { out: &mut out, name, environment: None };
        claims.add(Field::Availability, Value::PartsPerMillion(value.value.parts_per_million()), &value.origin);
    }
    for NamedValue { name, value, .. } in system.journeys.iter() {
        journey(&mut Claims { out: &mut out, name, environment: None }, value);
    }
    for NamedValue { name, value, .. } in system.promises.iter() {
        let mut claims = Claims { out: &mut out, name, environment: None };
        let words: Vec<String> = targets(value).iter().map(|(what, figure)| format!("{what} {figure}")).collect();
        claims.add(Field::On, Value::Text(value.on.value.to_string()), &value.on.origin);
        claims.add(Field::Target, Value::Text(words.join(", ")), &value.on.origin);
        claims.said(Field::Window, &value.window, |window| Value::Nanos(window.nanos));
    }
    for NamedValue { name, value, .. } in system.teams.iter() {
        let mut claims = Claims { out: &mut out, name, environment: None };
        if let Some(first) = value.members.first() {
            claims.add(Field::Members, names(&value.members), &first.origin);
        }
    }
    for NamedValue { name, value, .. } in system.topics.iter() {
        let mut claims = Claims { out: &mut out, name, environment: None };
        claims.said(Field::Partitions, &value.partitions, |n| Value::Count(n.count));
        claims.said(Field::Retention, &value.retention, |d| Value::Nanos(d.nanos));
        claims.said(Field::DeadLetters, &value.dead_letters, |name| Value::Text(name.name.clone()));
    }
    out
}

fn names(list: &[Placed<Name>]) -> Value {
    Value::List(list.iter().map(|each| Value::Text(each.value.name.clone())).collect())
}

fn component(claims: &mut Claims<'_>, component: &Component) {
    let text = |name: &Name| Value::Text(name.name.clone());
    claims.said(Field::Tier, &component.tier, |tier| Value::Count(tier.count));
    claims.said(Field::Owner, &component.owner, text);
    claims.said(Field::Technology, &component.technology, text);
    claims.said(Field::Language, &component.language, text);
    claims.said(Field::Description, &component.description, |words| Value::Text(words.text.clone()));
}

fn here(claims: &mut Claims<'_>, here: &Here) {
    claims.said(Field::Replicas, &here.replicas, |n| Value::Count(n.count));
    if let Some(first) = here.zones.iter().next() {
        let zones = here.zones.iter().map(|zone| Value::Text(format!("{}: {}", zone.name, zone.value.value.count)));
        claims.add(Field::Zones, Value::List(zones.collect()), &first.value.origin);
    }
    if let Some(serves) = here.serves.as_ref().map(|serves| &serves.value) {
        if let Some(slots) = serves.slots.as_ref().filter(|slots| slots.value.limit.is_some()) {
            claims.add(Field::Slots, Value::Count(slots.value.limit.unwrap_or(0)), &slots.origin);
        }
        claims.said(Field::CpuLimit, &serves.cores, |cores| Value::Millicores(cores.millicores));
    }
    claims.said(Field::CpuLimit, &here.cores, |cores| Value::Millicores(cores.millicores));
    claims.said(Field::ConnectionsMax, &here.connections, |n| Value::Count(n.count));
    claims.said(Field::Quota, &here.quota, |quota: &Quota| Value::MilliPerSecond(quota.rate().milli_per_second()));
    if let Some(first) = here.replication.0.first() {
        let one =
            |each: &super::component::Replication| format!("{} to {}", each.kind.value.word(), each.to.value.name);
        let words: Vec<String> = here.replication.0.iter().map(one).collect();
        claims.add(Field::Replication, Value::Text(words.join(", ")), &first.kind.origin);
    }
    claims.said(Field::Backup, &here.backup, |b| Value::Text(format!("every {}", Value::Nanos(b.every.value.nanos))));
    if let Some(scaler) = here.autoscaler.as_ref().map(|scaler| &scaler.value) {
        claims.add(Field::ScalerMin, Value::Count(scaler.min.value.count), &scaler.min.origin);
        claims.add(Field::ScalerMax, Value::Count(scaler.max.value.count), &scaler.max.origin);
    }
}

fn journey(claims: &mut Claims<'_>, journey: &Journey) {
    let mut steps = Vec::new();
    for step in &journey.steps {
        let visit = &mut |step: &Placed<Step>| {
            if let Step::Call(call) = &step.value {
                steps.push((call.call.value.to_string(), call.call.origin.clone()));
            }
        };
        each_step(&step.0, visit);
    }
    if let Some((_, origin)) = steps.first().cloned() {
        claims.add(Field::Steps, Value::List(steps.into_iter().map(|(text, _)| Value::Text(text)).collect()), &origin);
    }
    claims.said(Field::ExpectedPeak, &journey.expected_peak, |rate| Value::MilliPerSecond(rate.milli_per_second()));
    if let Some(open) = journey.load.as_ref().and_then(|load| load.value.open.as_ref()) {
        claims.add(Field::Load, Value::MilliPerSecond(open.value.milli_per_second()), &open.origin);
    }
    claims.said(Field::Worth, &journey.value, |money| Value::Text(money.to_string()));
    claims.said(Field::TolerableOutage, &journey.tolerable_outage, |d| Value::Nanos(d.nanos));
}

/// Calls `visit` with a step and every step inside of it.
pub(super) fn each_step(step: &Placed<Step>, visit: &mut dyn FnMut(&Placed<Step>)) {
    visit(step);
    let inner: Vec<&Placed<Step>> = match &step.value {
        Step::Call(call) => call.guards.fallback.iter().collect(),
        Step::Query(query) => query.query.value.guards.fallback.iter().collect(),
        Step::Cache(cache) => cache.cache.value.on_miss.iter().collect(),
        Step::Lock(lock) => lock.lock.value.does.iter().collect(),
        Step::Branch(branch) => branch.branch.iter().flat_map(|way| &way.does).collect(),
        Step::All(all) => all.all.iter().collect(),
        Step::Seq(seq) => seq.seq.iter().collect(),
        Step::Any(any) => any.any.iter().collect(),
        Step::First(_, steps) => steps.iter().collect(),
        Step::Spend(_) | Step::Publish(_) | Step::Sleep(_) | Step::Fail(_) | Step::Return(_) => Vec::new(),
    };
    for step in inner {
        each_step(step, visit);
    }
}

/// Where steps stand: component, operation, environment, and the pools that hold there, the narrower ones first.
#[derive(Clone, Copy)]
struct Stand<'s> {
    component: &'s str,
    operation: &'s str,
    environment: Option<&'s str>,
    pools: [&'s Names<Pool>; 2],
}

/// Calls and messages that the operations make.
pub(super) fn calls(system: &System) -> (Vec<SupposedCall>, Vec<SupposedMessage>) {
    let (mut calls, mut messages) = (Vec::new(), Vec::new());
    for NamedValue { name, value, .. } in system.components.iter() {
        let mut take = |here: &Here, environment: Option<&str>| {
            calls.extend(here.pools.iter().map(|pool| pooled(name, environment, &pool.value)));
            let pools = [&here.pools, &value.here.pools];
            for operation in here.operations.iter() {
                let stand = Stand { component: name, operation: &operation.name, environment, pools };
                steps(&stand, &operation.value.does, &mut calls, &mut messages);
                messages.extend(consumed(&stand, &operation.value));
                for inner in operation.value.environments.iter() {
                    let stand = Stand { environment: Some(&inner.name), ..stand };
                    steps(&stand, &inner.value.does, &mut calls, &mut messages);
                }
            }
        };
        take(&value.here, None);
        for inner in value.environments.iter() {
            take(&inner.value, Some(&inner.name));
        }
    }
    (calls, messages)
}

/// A pool is a call by itself: nobody keeps connections to what it does not use.
fn pooled(component: &str, environment: Option<&str>, pool: &Pool) -> SupposedCall {
    SupposedCall {
        from: component.to_owned(),
        operation: None,
        to: pool.to.value.name.clone(),
        to_operation: None,
        how: How::Pool,
        claims: pool_claims(pool),
        environment: environment.map(str::to_owned),
        origin: pool.to.origin.clone(),
    }
}

fn pool_claims(pool: &Pool) -> Vec<(Field, Value, Origin)> {
    let mut out = vec![(Field::PoolSize, Value::Count(pool.size.value.count), pool.size.origin.clone())];
    if let Some(Placed { value: Wait::Exactly(wait), origin }) = &pool.wait {
        out.push((Field::PoolWait, Value::Nanos(wait.nanos), origin.clone()));
    }
    out
}

fn consumed(stand: &Stand<'_>, operation: &Operation) -> Option<SupposedMessage> {
    let topic = &operation.consumes.as_ref()?.value.topic;
    Some(message(stand, topic, false))
}

fn message(stand: &Stand<'_>, topic: &Placed<Name>, sends: bool) -> SupposedMessage {
    SupposedMessage {
        component: stand.component.to_owned(),
        operation: stand.operation.to_owned(),
        topic: topic.value.name.clone(),
        sends,
        environment: stand.environment.map(str::to_owned),
        origin: topic.origin.clone(),
    }
}

fn steps(stand: &Stand<'_>, does: &[Placed<Step>], calls: &mut Vec<SupposedCall>, messages: &mut Vec<SupposedMessage>) {
    let mut visit = |step: &Placed<Step>| match &step.value {
        Step::Call(step) => {
            let times = step.times.as_ref().map(|times| (times.value.number, times.origin.clone()));
            calls.push(call(stand, How::Call, &step.call, guards(stand, &step.guards, times)));
        }
        Step::Query(step) => {
            let query = &step.query.value;
            let times = query.times.as_ref().map(|times| (times.value.number, times.origin.clone()));
            calls.push(call(stand, How::Query, &whole(&query.store), guards(stand, &query.guards, times)));
        }
        Step::Cache(step) => {
            let look = &step.cache.value;
            let timeout = look.timeout.iter().map(|t| (Field::Timeout, Value::Nanos(t.value.nanos), t.origin.clone()));
            calls.push(call(stand, How::Cache, &whole(&look.store), timeout.collect()));
        }
        Step::Publish(step) => messages.push(message(stand, &step.publish, true)),
        _ => {}
    };
    does.iter().for_each(|step| each_step(step, &mut visit));
}

fn whole(store: &Placed<Name>) -> Placed<OperationRef> {
    let value = OperationRef { component: store.value.name.clone(), operation: None };
    Placed { value, origin: store.origin.clone() }
}

fn call(stand: &Stand<'_>, how: How, to: &Placed<OperationRef>, claims: Vec<(Field, Value, Origin)>) -> SupposedCall {
    SupposedCall {
        from: stand.component.to_owned(),
        operation: Some(stand.operation.to_owned()),
        to: to.value.component.clone(),
        to_operation: to.value.operation.clone(),
        how,
        claims,
        environment: stand.environment.map(str::to_owned),
        origin: to.origin.clone(),
    }
}

fn guards(stand: &Stand<'_>, guards: &Guards, times: Option<(f64, Origin)>) -> Vec<(Field, Value, Origin)> {
    let mut out = Vec::new();
    let mut add = |field, value, origin: &Origin| out.push((field, value, origin.clone()));
    let nanos = |duration: &Placed<Duration>| Value::Nanos(duration.value.nanos);
    if let Some(timeout) = &guards.timeout {
        add(Field::Timeout, nanos(timeout), &timeout.origin);
    }
    if let Some(max) = guards.retries.as_ref().map(|retries| &retries.value.max) {
        add(Field::RetriesMax, Value::Count(max.value.limit.unwrap_or(u64::MAX)), &max.origin);
    }
    if let Some(breaker) = &guards.breaker {
        add(Field::Breaker, Value::Flag(true), &breaker.origin);
    }
    if let Some(rate) = guards.rate_limit.as_ref().map(|limit| &limit.value.rate) {
        add(Field::RateLimit, Value::MilliPerSecond(rate.value.milli_per_second()), &rate.origin);
    }
    if let Some((times, origin)) = times {
        add(Field::TimesPerRequest, Value::Count((times * 1000.0).round() as u64), &origin);
    }
    let named = guards.pool.as_ref().map(|pool| pool.value.name.as_str());
    let pool = named.and_then(|name| stand.pools.iter().find_map(|pools| pools.get(name)));
    out.extend(pool.map(pool_claims).unwrap_or_default());
    out
}

impl std::fmt::Display for super::quantity::Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let digits = format!("{rest:06}");
        let fraction = digits.trim_end_matches('0');
        match fraction.len() {
            0 => write!(f, "{whole} {}", self.currency),
            _ => write!(f, "{whole}.{fraction:0<2} {}", self.currency),
        }
    }
}

impl std::fmt::Display for LeadTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WorkingDays(days) => write!(f, "{} working days", days.days),
            Self::Duration(duration) => write!(f, "{}", Value::Nanos(duration.nanos)),
        }
    }
}
