//! Operations and their steps.

use plimsoll_model::ComponentId;
use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::guard::{Guards, Reach};
use plimsoll_model::behaviour::quantity::Count;
use plimsoll_model::behaviour::work::{
    Answer, Cache, Call, Consumes, Doing, Fail, First, Lock, Publish, Query, Spend, Step, Way,
};
use plimsoll_model::behaviour::{PoolId, Scoped};

use super::super::component::{Consumes as Subscription, Operation};
use super::super::language::Placed;
use super::super::reference::Name;
use super::super::step::{self, Step as Said};
use super::Lower;
use super::plain::{Plain, of};

impl<'l> Lower<'l> {
    pub(super) fn doing(&mut self, component: ComponentId, operation: &'l Operation) -> Doing {
        Doing {
            does: (!operation.does.is_empty()).then(|| self.steps(Some(component), &operation.does)),
            fails: self.said(&operation.fails),
            deadline: self.said(&operation.deadline),
            late_work: self.said(&operation.late_work),
            idempotent: self.said(&operation.idempotent),
            priority: self.said(&operation.priority),
            consumes: operation.consumes.as_ref().and_then(|consumes| {
                let value = self.consumes(&consumes.value)?;
                Some(self.claim(&consumes.origin, value))
            }),
            every: self.said(&operation.every),
        }
    }

    fn consumes(&mut self, said: &Subscription) -> Option<Consumes> {
        Some(Consumes {
            topic: self.topic(&said.topic.value.name)?,
            group: of(&said.group),
            prefetch: of(&said.prefetch),
            acknowledged: said.acknowledged.as_ref().map(|word| word.value),
            redelivery: of(&said.redelivery),
            dead_letters: of(&said.dead_letters),
            in_order: of(&said.in_order),
        })
    }

    /// Steps that stand in an operation of a component, or in a journey where there is none.
    pub(super) fn steps(&mut self, component: Option<ComponentId>, steps: &'l [Placed<Said>]) -> Vec<Claim<Step>> {
        steps.iter().filter_map(|step| self.step(component, step)).collect()
    }

    pub(super) fn step(&mut self, component: Option<ComponentId>, step: &'l Placed<Said>) -> Option<Claim<Step>> {
        let value = match &step.value {
            Said::Spend(spend) => Step::Spend(self.spend(&spend.spend.value)),
            Said::Call(call) => Step::Call(Box::new(self.call(component, call)?)),
            Said::Query(query) => Step::Query(Box::new(self.query(component, &query.query.value)?)),
            Said::Cache(cache) => Step::Cache(Box::new(self.cache(component, &cache.cache.value)?)),
            Said::Publish(publish) => Step::Publish(Publish {
                topic: self.topic(&publish.publish.value.name)?,
                times: self.said(&publish.times),
                size: self.said(&publish.size),
                hold: self.said(&publish.hold),
                outbox: self.said(&publish.outbox),
            }),
            Said::Sleep(sleep) => Step::Sleep(sleep.sleep.value.plain()),
            Said::Lock(lock) => {
                let lock = &lock.lock.value;
                Step::Lock(Box::new(Lock {
                    lock: self.lock(&lock.of.value.name),
                    keys: self.said(&lock.keys),
                    skew: self.said(&lock.skew),
                    holders: self.said(&lock.holders),
                    wait: self.said(&lock.wait),
                    does: self.steps(component, &lock.does),
                }))
            }
            Said::Branch(branch) => {
                let ways = branch
                    .branch
                    .iter()
                    .map(|way| Way { odds: self.placed(&way.odds), does: self.steps(component, &way.does) });
                Step::Branch(ways.collect())
            }
            Said::All(all) => Step::All(self.steps(component, &all.all)),
            Said::Seq(seq) => Step::Seq(self.steps(component, &seq.seq)),
            Said::Any(any) => Step::First(First { needed: Count(1), of: self.steps(component, &any.any) }),
            Said::First(needed, steps) => {
                Step::First(First { needed: Count(*needed), of: self.steps(component, steps) })
            }
            Said::Fail(fail) => Step::Fail(Fail { with: fail.fail.value.plain(), odds: self.said(&fail.odds) }),
            Said::Return(answer) => Step::Return(self.answer(&answer.return_)),
        };
        Some(self.claim(&step.origin, value))
    }

    fn answer(&mut self, said: &Placed<Name>) -> Answer {
        use plimsoll_model::behaviour::guard::Failure;
        let word = said.value.name.as_str();
        match Failure::from_word(word) {
            Some(Failure::Status(status)) if status < 400 => Answer::Ok(true),
            Some(Failure::Grpc(0)) => Answer::Ok(true),
            Some(failure) => Answer::Failure(failure),
            None if word == "ok" => Answer::Ok(true),
            None => {
                let message = format!("`{word}` is no answer; write `ok`, or a status like `404`");
                self.problem(said.origin.at, message);
                Answer::Ok(true)
            }
        }
    }

    fn spend(&mut self, spend: &step::Spend) -> Scoped<Spend> {
        let everywhere =
            Spend { cpu: self.said(&spend.cpu), hold: self.said(&spend.hold), memory: self.said(&spend.memory) };
        let mut here = Vec::new();
        for inner in spend.environments.iter() {
            let Some(environment) = self.environment(&inner.name) else { continue };
            let value = &inner.value;
            let says =
                Spend { cpu: self.said(&value.cpu), hold: self.said(&value.hold), memory: self.said(&value.memory) };
            here.push((environment, says));
        }
        Scoped { everywhere, here }
    }

    fn call(&mut self, component: Option<ComponentId>, call: &'l step::CallStep) -> Option<Call> {
        let (to, work) = self.target(&call.call)?;
        let waits = &call.waits;
        Some(Call {
            to,
            work,
            times: self.said(&call.times),
            guards: self.guards(component, &call.guards),
            reach: Reach {
                answer: self.said(&waits.answer),
                balancing: self.said(&waits.balancing),
                outlier: self.said(&waits.outlier),
            },
        })
    }

    fn query(&mut self, component: Option<ComponentId>, query: &'l step::Query) -> Option<Query> {
        let store = self.component(&query.store.value.name, query.store.origin.at)?;
        Some(Query {
            store,
            write: self.said(&query.write),
            times: self.said(&query.times),
            cpu: self.said(&query.cpu),
            hold: self.said(&query.hold),
            guards: self.guards(component, &query.guards),
        })
    }

    fn cache(&mut self, component: Option<ComponentId>, look: &'l step::CacheLook) -> Option<Cache> {
        let store = self.component(&look.store.value.name, look.store.origin.at)?;
        Some(Cache {
            store,
            hit: self.said(&look.hit),
            keys: self.said(&look.keys),
            skew: self.said(&look.skew),
            entries: self.said(&look.entries),
            expiry: self.said(&look.expiry),
            hold: self.said(&look.hold),
            timeout: self.said(&look.timeout),
            single_flight: self.said(&look.single_flight),
            on_miss: self.steps(component, &look.on_miss),
        })
    }

    fn guards(&mut self, component: Option<ComponentId>, guards: &'l step::Guards) -> Guards {
        Guards {
            timeout: self.nanos(&guards.timeout),
            within: self.nanos(&guards.within),
            retries: self.said(&guards.retries),
            breaker: self.said(&guards.breaker),
            hedge: self.said(&guards.hedge),
            pool: guards.pool.as_ref().and_then(|pool| {
                let id = self.pool_named(component?, &pool.value.name)?;
                Some(self.claim(&pool.origin, id))
            }),
            at_most: self.said(&guards.at_most),
            rate_limit: guards.rate_limit.as_ref().map(|limit| {
                let value = self.bucket(&limit.value);
                self.claim(&limit.origin, value)
            }),
            fallback: self.steps(component, &guards.fallback),
        }
    }

    /// The file's own checks have said it where there is none.
    fn pool_named(&self, component: ComponentId, name: &str) -> Option<PoolId> {
        self.pools.get(&(component, name.to_owned())).copied()
    }
}
