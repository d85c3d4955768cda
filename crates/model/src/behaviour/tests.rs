//! What people observe of the picture: what holds in an environment, and how it is told.

use expect_test::expect;

use super::demand::{Distribution, DistributionShape, Law, MeanAndShape, Quantiles};
use super::guard::{Failure, Guards, Pool, PoolSays, Reach};
use super::quantity::{Count, Limit, Millicores, Nanos, Share};
use super::serving::{Balancing, Serving, ZoneCount};
use super::work::{Call, Doing, Spend, Step, Way, Work};
use super::*;

/// A behaviour of one component with something of each form.
pub(crate) fn small(evidence: EvidenceId, web: ComponentId, here: EnvironmentId) -> Behaviour {
    let mean = Nanos(20_000_000);
    let cpu = Distribution::of(Law::Shape(MeanAndShape { mean, shape: DistributionShape::Exponential }));
    let spend = Spend { cpu: Some(Claim { value: cpu, evidence }), ..Spend::default() };
    let call = Call {
        to: web,
        work: Some(WorkId(0)),
        times: None,
        guards: Guards { pool: Some(Claim { value: PoolId(0), evidence }), ..Guards::default() },
        reach: Reach::default(),
    };
    let step = |value| Claim { value, evidence };
    let odds = Claim { value: Share(250_000_000), evidence };
    let does = vec![
        step(Step::Spend(Scoped { everywhere: spend.clone(), here: vec![(here, Spend::default())] })),
        step(Step::Branch(vec![Way { odds, does: vec![step(Step::Call(Box::new(call)))] }])),
    ];
    let doing = Doing { does: Some(does), ..Doing::default() };
    let serving = Serving {
        zones: vec![ZoneCount { zone: ZoneId(0), copies: Claim { value: Count(2), evidence } }],
        slots: Some(Claim { value: Limit::AtMost(Count(5)), evidence }),
        balancing: Some(Claim { value: Balancing::SharedQueue, evidence }),
        ..Serving::default()
    };
    let pool = PoolSays { size: Some(Claim { value: Count(5), evidence }), ..PoolSays::default() };
    Behaviour {
        zones: vec![Zone { name: String::from("a"), environment: Some(here), region: None }],
        components: vec![ComponentServing { component: web, says: Scoped { everywhere: serving, here: vec![] } }],
        works: vec![Work {
            component: web,
            name: String::from("buy"),
            operation: None,
            evidence,
            says: Scoped { everywhere: doing, here: vec![] },
        }],
        pools: vec![Pool {
            component: web,
            name: String::from("main"),
            says: Scoped { everywhere: pool, here: vec![] },
        }],
        ..Behaviour::default()
    }
}

#[test]
fn what_is_said_of_an_environment_replaces_key_by_key() {
    let (here, there) = (EnvironmentId(0), EnvironmentId(1));
    fn said<T>(value: T) -> Option<Claim<T>> {
        Some(Claim { value, evidence: EvidenceId(0) })
    }
    let mut serving = Scoped::<Serving>::default();
    serving.everywhere.cores = said(Millicores(500));
    serving.everywhere.replicas = said(Count(2));
    serving.at(Some(here)).replicas = said(Count(4));
    let replicas =
        |lineage: &[EnvironmentId]| serving.along(lineage, |s| s.replicas.as_ref()).map(|claim| claim.value.0);
    assert_eq!([replicas(&[here]), replicas(&[there]), replicas(&[there, here])], [Some(4), Some(2), Some(4)]);
    assert_eq!(serving.along(&[here], |s| s.cores.as_ref()).map(|claim| claim.value), Some(Millicores(500)));
}

#[test]
fn what_nobody_said_is_left_out() {
    let mut model = Model::default();
    model.behaviour.pools =
        vec![Pool { component: ComponentId(0), name: String::from("main"), says: Scoped::default() }];
    let told = PoolSays::default().told(&model).unwrap_or_default();
    expect!["{}"].assert_eq(&told.to_string());
}

#[test]
fn a_lognormal_of_two_quantiles_has_the_mean_of_its_source() {
    // sigma = ln 2 / 2.3263479 = 0.2979551, so the mean is 10 ms · exp(sigma² / 2) = 10.45388 ms.
    let law = Law::Quantiles(Quantiles { p50: Nanos(10_000_000), p99: Nanos(20_000_000) });
    let mean = Distribution::of(law).mean_seconds().unwrap_or_default();
    assert!((mean - 0.010_453_88).abs() < 1e-8, "{mean}");
}

#[test]
fn a_failure_is_read_as_it_is_written() {
    for word in ["503", "UNAVAILABLE", "timeout", "refused", "error"] {
        assert_eq!(Failure::from_word(word).map(Failure::word).as_deref(), Some(word));
    }
    assert_eq!([Failure::from_word("99"), Failure::from_word("UNAVAILBLE")], [None, None]);
}
