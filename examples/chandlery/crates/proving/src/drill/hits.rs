//! Hits: at random moments, under load, a process is killed, a store is cut or slow, a cache is flushed, a third party hangs.
//!
//! Afterwards, with all healed: every promise that a customer got must be kept, whoever got no clear answer asks again with
//! the same key and must get one, and the invariants must hold.
//!
//! What is claimed is for kills of processes, not for power loss: stores are cut off, not killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Exp};
use reqwest::Client;
use serde::Serialize;
use tokio::time::Instant;

use super::{DrillError, Report};
use crate::Form;
use crate::bench::journey::{Journey, Stage};
use crate::bench::run::{self, Asked, Plan};
use crate::bench::stage;
use crate::bench::tally::Outcome;
use crate::check::books::{Books, OrderStatus};
use crate::check::{self, Verdict, read};
use crate::fault::parse::{Fault, Misbehaviour, ThirdParty};
use crate::fault::{apply, kill};
use crate::shop::Shop;

/// Arguments of `chandlery drill hits`.
#[derive(Clone, Debug, clap::Args)]
pub struct Hits {
    /// How many.
    #[arg(long, default_value_t = 50)]
    pub count: u32,
    /// Checkouts a second meanwhile. Half the line or less: what is tested is recovery, not load.
    #[arg(long, default_value_t = 8.0)]
    pub rate: f64,
    /// Mean time between two hits; the gaps are exponential.
    #[arg(long, default_value = "600ms", value_parser = humantime::parse_duration)]
    pub gap: Duration,
    /// How long what is under way may take to end afterwards.
    #[arg(long, default_value = "90s", value_parser = humantime::parse_duration)]
    pub patience: Duration,
    /// Hits and load follow from it; when exactly a process dies in what it does, does not.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
enum Hit {
    /// One process of this service dies.
    Kill(String),
    /// A fault that is healed after so long.
    Passing(Fault, Duration),
}

/// What came of it.
#[derive(Serialize)]
pub struct HitsReport {
    format: &'static str,
    seed: u64,
    /// How often what was hit.
    hits: BTreeMap<String, u32>,
    offered: u64,
    done: u64,
    refused: u64,
    late: u64,
    failed: u64,
    without_problem: u64,
    /// Answers by status; 0 stands for none, as where the gateway died.
    statuses: BTreeMap<u16, u64>,
    /// What those were answered that asked again with the same key, by status.
    asked_again: BTreeMap<u16, u64>,
    /// Customers to whom the shop did not keep its word.
    wronged: Vec<Wronged>,
    check: Verdict,
}

/// A customer to whom the shop did not keep its word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wronged {
    idempotency_key: String,
    what: String,
}

/// The stores that stand behind proxies.
const STORES: [&str; 5] = ["orders-db", "catalog-db", "basket-store", "catalog-cache", "events"];

impl Hits {
    /// Holds the drill.
    ///
    /// # Errors
    /// [`DrillError`], where it could not be held.
    pub async fn run(&self, mut shop: Shop) -> Result<HitsReport, DrillError> {
        let client = run::client();
        let stage = stage::set(&client, &shop, 64, Journey::Checkout).await?;
        let before = read::read(&shop).await?;

        let span_s = f64::from(self.count) * self.gap.as_secs_f64() + 2.0;
        let plan = Plan { journey: Journey::Checkout, rate_per_s: self.rate, span_s, warm_up_s: 0.0, seed: self.seed };
        let (measured, hits) = tokio::join!(run::run(&client, &stage, plan), self.hit(&client, &mut shop));
        let (measured, hits) = (measured?, hits?);
        heal(&client, &mut shop).await?;
        shop.ready(&client).await?;

        let settled = check::judge(&shop, Some(&before), self.patience).await?;
        let asked_again = ask_again(&client, &stage, &measured.attempts).await;
        let after = check::judge(&shop, Some(&before), self.patience).await?;
        let wronged = wronged(&measured.attempts, &asked_again, &read::read(&shop).await?);
        let mut statuses = BTreeMap::new();
        for (_, status, _) in &asked_again {
            *statuses.entry(*status).or_default() += 1;
        }
        let tally = &measured.tally;
        Ok(HitsReport {
            format: "chandlery-drill-hits/1",
            seed: self.seed,
            hits,
            offered: tally.offered,
            done: tally.done,
            refused: tally.refused,
            late: tally.late,
            failed: tally.failed,
            without_problem: tally.without_problem,
            statuses: tally.statuses.clone(),
            asked_again: statuses,
            wronged,
            // What was broken before anybody asked again counts too: asking may have mended it.
            check: Verdict {
                broken: union(settled.broken, after.broken),
                quiet_after_s: settled.quiet_after_s,
                ..after
            },
        })
    }

    /// Makes all hits, and counts them by name.
    async fn hit(&self, client: &Client, shop: &mut Shop) -> Result<BTreeMap<String, u32>, DrillError> {
        let mut dice = SmallRng::seed_from_u64(self.seed ^ 0x5bd1_e995);
        let services: Vec<String> = shop.state.services.keys().cloned().collect();
        let gap = Exp::new(1.0 / self.gap.as_secs_f64().max(1e-3)).expect("the rate is finite and above 0");
        let mut counts = BTreeMap::new();
        for _ in 0..self.count {
            tokio::time::sleep(Duration::from_secs_f64(gap.sample(&mut dice))).await;
            let hit = draw(&services, &mut dice);
            *counts.entry(hit.to_string()).or_default() += 1;
            match hit {
                Hit::Kill(service) => {
                    shop.refresh().await?;
                    if let Some(process) = shop.state.services.get(&service).and_then(|all| all.choose(&mut dice)) {
                        kill(process.pid)?;
                    }
                }
                Hit::Passing(fault, span) => {
                    apply(client, shop, &fault).await?;
                    if let Some(what) = fault.healed_by() {
                        tokio::time::sleep(span).await;
                        apply(client, shop, &Fault::Heal { what }).await?;
                    }
                }
            }
        }
        Ok(counts)
    }
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(service) => write!(f, "kill {service}"),
            Self::Passing(Fault::Cut { store }, _) => write!(f, "cut {store}"),
            Self::Passing(Fault::Slow { store, .. }, _) => write!(f, "slow {store}"),
            Self::Passing(Fault::Flush { store }, _) => write!(f, "flush {store}"),
            Self::Passing(Fault::ThirdParty { who, how }, _) => write!(f, "{who:?} {how:?}"),
            Self::Passing(fault, _) => write!(f, "{fault:?}"),
        }
    }
}

/// Half of the hits kill, a third cut or slow a store, the rest is third parties and the cache.
fn draw(services: &[String], dice: &mut SmallRng) -> Hit {
    let span = Duration::from_millis(dice.random_range(100..1_500));
    let store = (*STORES.choose(dice).expect("there are stores")).to_owned();
    match dice.random_range(0..12) {
        0..6 => match services.choose(dice) {
            Some(service) => Hit::Kill(service.clone()),
            None => Hit::Passing(Fault::Flush { store: "catalog-cache".to_owned() }, span),
        },
        6..9 => Hit::Passing(Fault::Cut { store }, span),
        9 => Hit::Passing(Fault::Slow { store, delay: Duration::from_millis(dice.random_range(20..400)) }, span),
        10 => {
            let how = *[Misbehaviour::Hang(50.0), Misbehaviour::Fail(50.0), Misbehaviour::LoseAnswer(50.0)]
                .choose(dice)
                .expect("there are three");
            let who = if dice.random() { ThirdParty::Psp } else { ThirdParty::Mailer };
            Hit::Passing(Fault::ThirdParty { who, how }, span)
        }
        _ => Hit::Passing(Fault::Flush { store: "catalog-cache".to_owned() }, span),
    }
}

async fn heal(client: &Client, shop: &mut Shop) -> Result<(), DrillError> {
    for what in STORES.into_iter().chain(["psp", "mailer"]) {
        apply(client, shop, &Fault::Heal { what: what.to_owned() }).await?;
    }
    Ok(())
}

/// What became of an attempt that was asked again: its index, the status (0: none), and where the order is.
type Again = (usize, u16, Option<String>);

/// Everybody asks again with the same key: those without a clear answer, and one in ten of the others.
async fn ask_again(client: &Client, stage: &Stage, attempts: &[Asked]) -> Vec<Again> {
    let mut answers = Vec::new();
    for (index, asked) in attempts.iter().enumerate() {
        if asked.outcome == Outcome::Done && !index.is_multiple_of(10) {
            continue;
        }
        let prepared = stage.checkout(client, asked.attempt.clone());
        let (ended, location) = run::ask(prepared.request, Instant::now()).await;
        answers.push((index, ended.status.unwrap_or(0), location));
    }
    answers
}

/// Whose word was not kept: an order that was answered with 201 and is none; a key that gives another order than before;
/// a key that has no clear answer even now.
fn wronged(attempts: &[Asked], asked_again: &[Again], books: &Books) -> Vec<Wronged> {
    let confirmed: BTreeSet<&str> = books
        .orders
        .iter()
        .filter(|order| order.status == OrderStatus::Confirmed)
        .map(|order| order.order_id.as_str())
        .collect();
    let mut wronged = Vec::new();
    let mut add = |asked: &Asked, what: String| {
        wronged.push(Wronged { idempotency_key: asked.attempt.idempotency_key.clone(), what });
    };
    for asked in attempts.iter().filter(|asked| asked.outcome == Outcome::Done) {
        let order = asked.location.as_deref().and_then(order_of);
        if !order.is_some_and(|order| confirmed.contains(order)) {
            add(
                asked,
                format!("was promised {}, which is no confirmed order", order.unwrap_or("an order without a place")),
            );
        }
    }
    for (index, status, location) in asked_again {
        let asked = &attempts[*index];
        if matches!(status, 0 | 500..=599) {
            add(asked, format!("asked again, with all well, and was answered {status}"));
        }
        if asked.outcome == Outcome::Done && asked.location != *location {
            add(asked, format!("had {:?}, and by the same key has {location:?}", asked.location));
        }
    }
    wronged
}

/// The order's id in `/orders/{id}`.
fn order_of(location: &str) -> Option<&str> {
    location.rsplit('/').next().filter(|id| !id.is_empty())
}

fn by_status(statuses: &BTreeMap<u16, u64>) -> String {
    let statuses = statuses.iter().map(|(status, times)| match status {
        0 => format!("{times} × no answer"),
        status => format!("{times} × {status}"),
    });
    statuses.collect::<Vec<_>>().join(", ")
}

fn union<T: Ord>(one: Vec<T>, other: Vec<T>) -> Vec<T> {
    one.into_iter().chain(other).collect::<BTreeSet<_>>().into_iter().collect()
}

impl Report for HitsReport {
    fn text(&self) -> String {
        let count: u32 = self.hits.values().sum();
        let mut text = format!("{count} hits (seed {})\n", self.seed);
        for (what, times) in &self.hits {
            text += &format!("  {times:4} × {what}\n");
        }
        text += &format!(
            "offered {}   done {}   refused {}   late {}   failed {}   errors without a problem document {}\n",
            self.offered, self.done, self.refused, self.late, self.failed, self.without_problem,
        );
        text += &format!("answered {}\n", by_status(&self.statuses));
        text += &format!("asked again with the same key: {}\n", by_status(&self.asked_again));
        for wronged in self.wronged.iter().take(10) {
            text += &format!("WRONGED {}: {}\n", wronged.idempotency_key, wronged.what);
        }
        if 10 < self.wronged.len() {
            text += &format!("WRONGED: {} in all\n", self.wronged.len());
        }
        text + &self.check.text()
    }

    fn is_well(&self) -> bool {
        self.wronged.is_empty()
            && self.without_problem == 0
            && self.check.broken.is_empty()
            && self.check.quiet_after_s.is_some()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::bench::journey::Attempt;
    use crate::check::books::{Order, Step};

    fn asked(key: &str, outcome: Outcome, order: Option<&str>) -> Asked {
        let attempt =
            Attempt { customer: 0, basket_id: Uuid::nil(), idempotency_key: key.to_owned(), sku: "ROPE".to_owned() };
        Asked { attempt, outcome, location: order.map(|order| format!("/orders/{order}")) }
    }

    fn books(confirmed: &[&str]) -> Books {
        let order = |id: &&str| Order {
            order_id: (*id).to_owned(),
            customer_id: "c".to_owned(),
            status: OrderStatus::Confirmed,
            total_cents: 1,
            charge_id: None,
            step: Step::Confirmed,
        };
        Books { orders: confirmed.iter().map(order).collect(), ..Books::default() }
    }

    #[track_caller]
    fn check(attempts: &[Asked], again: &[Again], confirmed: &[&str], expect: &[&str]) {
        let found = wronged(attempts, again, &books(confirmed));
        let found: Vec<String> = found.iter().map(|one| format!("{} {}", one.idempotency_key, one.what)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_promise_that_is_kept_wrongs_nobody() {
        let again = [(0, 201, Some("/orders/o1".to_owned())), (1, 201, Some("/orders/o2".to_owned()))];
        check(&[asked("k1", Outcome::Done, Some("o1")), asked("k2", Outcome::Late, None)], &again, &["o1", "o2"], &[]);
    }

    #[test]
    fn a_lost_order_is_found() {
        check(
            &[asked("k1", Outcome::Done, Some("o1"))],
            &[],
            &[],
            &["k1 was promised o1, which is no confirmed order"],
        );
    }

    #[test]
    fn a_key_that_gives_another_order_or_no_clear_answer_is_found() {
        let again = [(0, 201, Some("/orders/o2".to_owned())), (1, 503, None)];
        check(
            &[asked("k1", Outcome::Done, Some("o1")), asked("k2", Outcome::Failed, None)],
            &again,
            &["o1"],
            &[
                r#"k1 had Some("/orders/o1"), and by the same key has Some("/orders/o2")"#,
                "k2 asked again, with all well, and was answered 503",
            ],
        );
    }

    #[test]
    fn a_seed_draws_the_same_hits_and_every_kind_of_them() {
        let services = ["orders".to_owned(), "stock".to_owned()];
        let drawn = |seed| {
            let mut dice = SmallRng::seed_from_u64(seed);
            (0..200).map(|_| draw(&services, &mut dice)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(3), drawn(3));
        let kills = drawn(3).iter().filter(|hit| matches!(hit, Hit::Kill(_))).count();
        assert!((70..130).contains(&kills), "{kills} of 200");
        for store in STORES {
            assert!(drawn(3).iter().any(|hit| hit.to_string() == format!("cut {store}")), "{store} is never cut");
        }
    }
}
