//! What becomes a row of the model without knowing a name: quantities, distributions, words, and what is made of them.

use plimsoll_model::behaviour::demand::{
    self, Growing, Law, MeanAndShape, MeanAndSpread, Quantiles, Range as LawRange, Samples,
};
use plimsoll_model::behaviour::guard::{self, Refused};
use plimsoll_model::behaviour::load;
use plimsoll_model::behaviour::quantity as model;
use plimsoll_model::behaviour::serving as served;
use plimsoll_model::behaviour::supposed::LeadTime as ModelLeadTime;
use plimsoll_model::behaviour::work;

use super::super::component::{
    Adaptive, Autoscaler, Backup, ColdStart, Every, Failures, HealthCheck, LeadTime, Redelivery, Replication, Rollout,
    ScalerTarget, Shed, WarmUp,
};
use super::super::distribution::{BatchSize, Distribution, Growing as PauseGrowing, Pause, Shaped, Wait};
use super::super::language::{Placed, Said};
use super::super::quantity::{
    Cores, Count, Date, Duration, Factor, Limit, Money, Number, Rate, Share, Size, Throughput,
};
use super::super::reference::{Burst, Failure, Name, Refusal, RefusalKind, Text};
use super::super::step::{Breaker, Hedge, Outlier, Retries};
use super::super::words::{
    Arrivals, Autoscaling, Awaited, Balancing, CpuLimit, Deadline, DistributionShape, Idempotent, LateWork, Measure,
    Order, PoolCounts, Priority, ServedBy,
};

/// What a value of the language is in the model.
pub(super) trait Plain {
    /// The model's type.
    type To;

    /// The same in the model.
    fn plain(&self) -> Self::To;
}

/// The value of a key that may be left out.
pub(super) fn of<T: Plain>(said: &Said<T>) -> Option<T::To> {
    said.as_ref().map(|placed| placed.value.plain())
}

/// Types that differ in nothing but their home.
macro_rules! plain {
    ($($From:ty => $To:ty, $it:ident $make:expr;)+) => {$(
        impl Plain for $From {
            type To = $To;

            fn plain(&self) -> $To {
                let $it = self;
                $make
            }
        }
    )+};
}

/// Words are the model's own.
macro_rules! same {
    ($($Word:ty)+) => {$(
        impl Plain for $Word {
            type To = Self;

            fn plain(&self) -> Self {
                *self
            }
        }
    )+};
}

same! {
    bool Arrivals Autoscaling Awaited Balancing CpuLimit Deadline DistributionShape Idempotent LateWork Measure Order
    PoolCounts Priority ServedBy
}

plain! {
    Duration => model::Nanos, it model::Nanos(it.nanos);
    Rate => model::PerSecond, it model::PerSecond(it.per_second);
    Share => model::Share, it model::Share(it.parts_per_billion);
    Size => model::Bytes, it model::Bytes(it.bytes);
    Throughput => model::BytesPerSecond, it model::BytesPerSecond(it.bytes_per_second);
    Cores => model::Millicores, it model::Millicores(it.millicores);
    Count => model::Count, it model::Count(it.count);
    Number => model::Number, it model::Number(it.number);
    Factor => model::Number, it model::Number(it.factor);
    Money => load::Money, it load::Money { micros: it.micros, currency: it.currency.clone() };
    Date => String, it format!("{:04}-{:02}-{:02}", it.year, it.month, it.day);
    Text => String, it it.text.clone();
    Name => String, it it.name.clone();
    Limit => model::Limit, it it.limit.map_or(model::Limit::Unlimited(true), |n| model::Limit::AtMost(model::Count(n)));
    Failure => guard::Failure, it guard::Failure::from_word(&it.word).unwrap_or(guard::Failure::Any);
    Refusal => guard::Refusal, it match it.kind {
        RefusalKind::Refuse(status) => guard::Refusal::Refuse(Refused { status: status.map(u64::from) }),
        RefusalKind::Drop => guard::Refusal::Drop(true),
        RefusalKind::Wait => guard::Refusal::Wait(true),
    };
    Distribution => demand::Distribution, it match it {
        Distribution::Mean(mean) => demand::Distribution::of(Law::Mean(mean.plain())),
        Distribution::Shaped(shaped) => shaped.plain(),
    };
    Shaped => demand::Distribution, it demand::Distribution { law: law(it), draw: of(&it.draw) };
    Wait => demand::Wait, it match it {
        Wait::Exactly(exactly) => demand::Wait::Exactly(exactly.plain()),
        Wait::Drawn(shaped) => demand::Wait::Drawn(shaped.plain()),
    };
    Pause => demand::Pause, it match it {
        Pause::Exactly(exactly) => demand::Pause::Exactly(exactly.plain()),
        Pause::Drawn(shaped) => demand::Pause::Drawn(shaped.plain()),
        Pause::Growing(growing) => demand::Pause::Growing(growing.plain()),
    };
    PauseGrowing => Growing, it Growing {
        first: it.first.value.plain(),
        factor: of(&it.factor),
        most: of(&it.most),
    };
    BatchSize => load::Batch, it load::Batch { mean: it.mean.value.plain(), shape: it.distribution.value };
    Burst => load::Burst, it load::Burst {
        factor: model::Number(it.factor),
        lasts: model::Nanos(it.lasts_nanos),
        every: it.every_nanos.map(model::Nanos),
    };
    WarmUp => served::WarmUp, it served::WarmUp { takes: it.takes.value.plain(), slower: it.slower.value.plain() };
    ColdStart => served::ColdStart, it served::ColdStart {
        takes: it.takes.value.plain(),
        after_idle: of(&it.after_idle),
    };
    Adaptive => served::Adaptive, it served::Adaptive {
        min: of(&it.min),
        max: of(&it.max),
        target: it.target.value.plain(),
    };
    Shed => served::Shed, it served::Shed {
        above: it.above.value.plain(),
        keeps: of(&it.keeps),
        then: of(&it.then),
    };
    HealthCheck => served::HealthCheck, it served::HealthCheck {
        every: it.every.value.plain(),
        timeout: of(&it.timeout),
        fails: of(&it.fails),
        passes: of(&it.passes),
    };
    Replication => served::Replication, it served::Replication {
        to: it.to.value.plain(),
        kind: it.kind.value,
        lag_p99: of(&it.lag_p99),
    };
    Backup => served::Backup, it served::Backup {
        every: it.every.value.plain(),
        log: of(&it.log),
        size: of(&it.size),
        restore: of(&it.restore),
        keep: of(&it.keep),
        to: of(&it.to),
        last_test: of(&it.last_test),
    };
    Failures => served::Failures, it served::Failures {
        every: it.every.value.plain(),
        repair: it.repair.value.plain(),
        counted: it.counted.as_ref().map(|clock| clock.value),
        work: it.work.as_ref().map(|work| work.value),
    };
    ScalerTarget => served::ScalerTarget, it match it {
        ScalerTarget::Share(share) => served::ScalerTarget::Share(share.plain()),
        ScalerTarget::Count(count) => served::ScalerTarget::Count(count.plain()),
        ScalerTarget::Rate(rate) => served::ScalerTarget::Rate(rate.plain()),
    };
    Autoscaler => served::Autoscaler, it served::Autoscaler {
        min: it.min.value.plain(),
        max: it.max.value.plain(),
        metric: it.metric.value,
        target: it.target.value.plain(),
        every: of(&it.every),
        down_after: of(&it.down_after),
    };
    Rollout => served::Rollout, it served::Rollout {
        at_once: of(&it.at_once),
        surge: of(&it.surge),
        pause: of(&it.pause),
    };
    Retries => guard::Retries, it guard::Retries {
        max: it.max.value.plain(),
        on: all(&it.on),
        backoff: of(&it.backoff),
        jitter: it.jitter.as_ref().map(|jitter| jitter.value),
        budget: of(&it.budget),
    };
    Breaker => guard::Breaker, it guard::Breaker {
        opens_at: it.opens_at.value.plain(),
        over: it.over.value.plain(),
        stays: it.for_.value.plain(),
        at_least: of(&it.at_least),
        probes: of(&it.probes),
        slow: of(&it.slow),
    };
    Hedge => guard::Hedge, it guard::Hedge {
        after: it.after.value.plain(),
        max: of(&it.max),
        budget: of(&it.budget),
    };
    Outlier => guard::Outlier, it guard::Outlier {
        after: it.after.value.plain(),
        stays: it.for_.value.plain(),
        at_most: of(&it.at_most),
    };
    Redelivery => work::Redelivery, it work::Redelivery { max: it.max.value.plain(), after: of(&it.after) };
    Every => work::Every, it match it {
        Every::Duration(duration) => work::Every::Interval(duration.plain()),
        Every::Cron(text) => work::Every::Cron(text.plain()),
    };
    LeadTime => ModelLeadTime, it match it {
        LeadTime::WorkingDays(days) => ModelLeadTime::WorkingDays(days.days),
        LeadTime::Duration(duration) => ModelLeadTime::Duration(duration.plain()),
    };
}

/// The values of a list.
pub(super) fn all<T: Plain>(list: &[Placed<T>]) -> Vec<T::To> {
    list.iter().map(|placed| placed.value.plain()).collect()
}

/// The one form in which a distribution is given; the reader has refused every other combination.
fn law(shaped: &Shaped) -> Law {
    let shape = shaped.distribution.as_ref().map(|shape| shape.value);
    if let (Some(p50), Some(p99)) = (of(&shaped.p50), of(&shaped.p99)) {
        return Law::Quantiles(Quantiles { p50, p99 });
    }
    if let (Some(min), Some(max)) = (of(&shaped.min), of(&shaped.max)) {
        return Law::Range(LawRange { min, max });
    }
    if let Some(file) = of(&shaped.samples) {
        // The file is read when all of the survey is known (`files`).
        return Law::Samples(Samples { file, values: Vec::new() });
    }
    let mean = of(&shaped.mean).unwrap_or(model::Nanos(0));
    match (shape, of(&shaped.cv)) {
        (shape, Some(cv)) => {
            Law::Spread(MeanAndSpread { mean, cv, shape: shape.unwrap_or(DistributionShape::Lognormal) })
        }
        (Some(shape), None) => Law::Shape(MeanAndShape { mean, shape }),
        (None, None) => Law::Mean(mean),
    }
}
