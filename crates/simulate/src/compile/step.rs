//! Steps: the model's trees of claims to the program's.

use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::WorkId;
use plimsoll_model::behaviour::work::{
    Acknowledged as Said, Answer, Cache as Looked, Call as Asked, Consumes, Lock as Locked, Publish as Sent, Query,
    Redelivery, Step as ModelStep,
};
use plimsoll_model::{self as model, EvidenceId, TopicId as ModelTopicId};

use super::Compiler;
use super::call::stated;
use super::component::capped;
use super::name::Name;
use crate::assumptions::Assumption;
use crate::program::{
    Access, Acknowledged, Cache, CacheContent, Call, Failure, Fetch, Group, Lock, LockId, Look, Need, Ordering, Pause,
    Publish, Step, Topic, TopicId, Warmth, Way,
};
use crate::time::Nanos;

/// Names steps by what they are and how many of the kind came before, so that another kind put before changes no draw.
struct Numbers<'w> {
    word: &'w str,
    seen: Vec<(String, usize)>,
}

impl Numbers<'_> {
    fn next(&mut self, kind: &str) -> String {
        let index = self.seen.iter().position(|(each, _)| each == kind).unwrap_or_else(|| {
            self.seen.push((kind.to_owned(), 0));
            self.seen.len() - 1
        });
        self.seen[index].1 += 1;
        match self.seen[index].1 {
            1 => format!("{} {kind}", self.word),
            number => format!("{} {kind} {number}", self.word),
        }
    }
}

impl Compiler<'_> {
    /// Steps of an operation of a component, or of a journey where there is none. `word` names whose they are.
    pub(super) fn steps(
        &mut self,
        from: Option<model::ComponentId>,
        steps: &[Claim<ModelStep>],
        word: &str,
    ) -> Vec<Step> {
        let mut numbers = Numbers { word, seen: Vec::new() };
        self.numbered(from, steps, &mut numbers)
    }

    fn numbered(
        &mut self,
        from: Option<model::ComponentId>,
        steps: &[Claim<ModelStep>],
        numbers: &mut Numbers<'_>,
    ) -> Vec<Step> {
        steps.iter().flat_map(|step| self.step(from, step, numbers)).collect()
    }

    fn step(
        &mut self,
        from: Option<model::ComponentId>,
        step: &Claim<ModelStep>,
        numbers: &mut Numbers<'_>,
    ) -> Vec<Step> {
        let one = match &step.value {
            ModelStep::Spend(spend) => {
                let what = numbers.next("work");
                let spend = spend.whole_along(&self.lineage);
                let cpu = spend.cpu.as_ref().and_then(|cpu| self.work(&cpu.value, &format!("{what} cpu")));
                let hold = spend.hold.as_ref().and_then(|hold| self.work(&hold.value, &format!("{what} hold")));
                if let (Some(_), Some(from)) = (cpu, from) {
                    self.spends(from);
                }
                Step::Compute { cpu, hold }
            }
            ModelStep::Call(call) => self.call(from, call, step.evidence, numbers),
            ModelStep::Query(query) => self.query(from, query, step.evidence, numbers),
            ModelStep::Cache(look) => self.look(from, look, step.evidence, numbers),
            ModelStep::Publish(publish) => self.publish(publish, step.evidence, numbers),
            ModelStep::Sleep(wait) => {
                let what = numbers.next("sleep");
                Step::Sleep(self.wait(wait, &what))
            }
            ModelStep::Lock(lock) => {
                Step::Lock { lock: self.lock(lock, step.evidence), does: self.numbered(from, &lock.does, numbers) }
            }
            ModelStep::Branch(ways) => {
                let way = |way: &plimsoll_model::behaviour::work::Way| Way {
                    odds: way.odds.value.fraction(),
                    does: self.numbered(from, &way.does, numbers),
                };
                Step::Branch(ways.iter().map(way).collect())
            }
            ModelStep::All(steps) => Step::Fork { needs: Need::All, branches: self.branches(from, steps, numbers) },
            ModelStep::Seq(steps) => return self.numbered(from, steps, numbers),
            ModelStep::First(first) => Step::Fork {
                needs: Need::First(capped(first.needed.0)),
                branches: self.branches(from, &first.of, numbers),
            },
            ModelStep::Fail(fail) => Step::Fail {
                odds: fail.odds.as_ref().map_or(1.0, |odds| odds.value.fraction()),
                failure: stated(fail.with),
            },
            ModelStep::Return(answer) => Step::Return(match answer {
                Answer::Ok(_) => None,
                Answer::Failure(failure) => Some::<Failure>(stated(*failure)),
            }),
        };
        vec![one]
    }

    fn branches(
        &mut self,
        from: Option<model::ComponentId>,
        steps: &[Claim<ModelStep>],
        numbers: &mut Numbers<'_>,
    ) -> Vec<Vec<Step>> {
        steps.iter().map(|step| self.step(from, step, numbers)).collect()
    }

    fn call(
        &mut self,
        from: Option<model::ComponentId>,
        asked: &Asked,
        evidence: EvidenceId,
        numbers: &mut Numbers<'_>,
    ) -> Step {
        let target = match asked.work {
            Some(work) => self.operation(work),
            None => self.whole(asked.to),
        };
        let what = numbers.next(&format!("calls {}", self.names.operations[target.index()].word));
        let mut call = Call::to(target);
        call.times = asked.times.as_ref().map_or(1.0, |times| times.value.0);
        self.guard(&mut call, &asked.guards, (from, asked.to), &what);
        self.reach(&mut call, &asked.reach, &what);
        let pool = asked.guards.pool.as_ref().and_then(|pool| self.pool(pool.value, &mut call, false));
        let id = self.add_call(call, from, asked.to, Some(evidence));
        if let Some(pool) = pool {
            self.closed_pools[pool].calls.push(id);
        }
        Step::Call(id)
    }

    /// A query is a call of an operation of the store, which does what the query takes there.
    fn query(
        &mut self,
        from: Option<model::ComponentId>,
        query: &Query,
        evidence: EvidenceId,
        numbers: &mut Numbers<'_>,
    ) -> Step {
        let store = self.model.component(query.store).id.clone();
        let what = numbers.next(&format!("asks {store}"));
        let component = self.component(query.store);
        let word = format!("{store} for {}", numbers.word);
        let target = self.new_operation(component, &word, Some(evidence));
        let cpu = match (&query.cpu, &query.hold) {
            (Some(cpu), _) => self.work(&cpu.value, &format!("{what} cpu")),
            // Only how long the connection is kept is known: the store's part of it is not.
            (None, Some(_)) => None,
            (None, None) => Some(self.assumed(Assumption::DefaultQueryTime, &word, &format!("{what} cpu"))),
        };
        if cpu.is_some() {
            self.spends(query.store);
        }
        let hold = match (&query.cpu, &query.hold) {
            (None, Some(hold)) => self.work(&hold.value, &format!("{what} hold")),
            _ => None,
        };
        self.program.operations[target.index()].steps = vec![Step::Compute { cpu, hold }];
        let mut call = Call::to(target);
        call.times = query.times.as_ref().map_or(1.0, |times| times.value.0);
        if query.write.as_ref().is_some_and(|write| write.value) {
            call.access = Access::Write;
        }
        self.guard(&mut call, &query.guards, (from, query.store), &what);
        if let (Some(_), Some(hold)) = (&query.cpu, &query.hold) {
            call.hold = Some(self.draw(&hold.value, &format!("{what} keeps")));
        }
        let said = query.hold.is_some();
        let pool = query.guards.pool.as_ref().and_then(|pool| self.pool(pool.value, &mut call, said));
        let id = self.add_call(call, from, query.store, Some(evidence));
        if let Some(pool) = pool {
            self.closed_pools[pool].calls.push(id);
        }
        Step::Call(id)
    }

    fn look(
        &mut self,
        from: Option<model::ComponentId>,
        look: &Looked,
        evidence: EvidenceId,
        numbers: &mut Numbers<'_>,
    ) -> Step {
        let store = self.model.component(look.store).id.clone();
        let what = numbers.next(&format!("looks into {store}"));
        let component = self.component(look.store);
        let content = match &look.keys {
            Some(keys) => CacheContent::Keys {
                keys: capped(keys.value.0).max(1),
                skew: look.skew.as_ref().map_or(0.0, |skew| skew.value.0),
                entries: look.entries.as_ref().map_or(u32::MAX, |entries| capped(entries.value.0)),
                expiry: look.expiry.as_ref().map(|expiry| Nanos(expiry.value.0)),
                at_start: Warmth::Warm,
            },
            None => CacheContent::Ratio {
                hit: match &look.hit {
                    Some(hit) => hit.value.fraction(),
                    None => self.ledger.take(Assumption::DefaultCacheHit, what.as_str()).number().unwrap_or(0.8),
                },
                // The share comes back when as many things were fetched as the cache keeps, where that is known.
                refill: look.entries.as_ref().map_or(0, |entries| entries.value.0),
            },
        };
        let single = look.single_flight.as_ref().is_some_and(|single| single.value);
        let fetch = if single { Fetch::Single } else { Fetch::Each };
        let cache = self.program.add_cache(Cache { component: Some(component), content, fetch });
        self.names.caches.push(Name::new(what.clone(), Some(evidence)));
        self.caches.push((look.store, cache));
        let hold = look.hold.as_ref().and_then(|hold| self.work(&hold.value, &format!("{what} look")));
        let timeout = look.timeout.as_ref().map(|timeout| Nanos(timeout.value.0));
        let on_miss = self.numbered(from, &look.on_miss, numbers);
        Step::Look(Look { cache, hold, timeout, on_miss })
    }

    fn lock(&mut self, lock: &Locked, evidence: EvidenceId) -> LockId {
        if let Some(known) = self.locks.get(&lock.lock) {
            return *known;
        }
        let word = self.model.behaviour.locks[lock.lock.index()].clone();
        let wait = lock.wait.as_ref().map(|wait| self.wait(&wait.value, &format!("{word} wait")));
        let ours = self.program.add_lock(Lock {
            keys: lock.keys.as_ref().map_or(1, |keys| capped(keys.value.0)).max(1),
            skew: lock.skew.as_ref().map_or(0.0, |skew| skew.value.0),
            holders: lock.holders.as_ref().map_or(1, |holders| capped(holders.value.0)).max(1),
            wait,
        });
        self.names.locks.push(Name::new(word, Some(evidence)));
        self.locks.insert(lock.lock, ours);
        ours
    }

    fn publish(&mut self, sent: &Sent, evidence: EvidenceId, numbers: &mut Numbers<'_>) -> Step {
        let topic = self.topic(sent.topic, Some(evidence));
        let what = numbers.next(&format!("publishes {}", self.names.topics[topic.index()].word));
        Step::Publish(Publish {
            topic,
            times: sent.times.as_ref().map_or(1.0, |times| times.value.0),
            hold: sent.hold.as_ref().and_then(|hold| self.work(&hold.value, &format!("{what} hold"))),
            outbox: sent.outbox.as_ref().map(|outbox| self.draw(&outbox.value, &format!("{what} outbox"))),
        })
    }

    /// A topic with everybody who takes messages from it.
    fn topic(&mut self, id: ModelTopicId, evidence: Option<EvidenceId>) -> TopicId {
        if let Some(known) = self.topics.get(&id) {
            return *known;
        }
        let row = &self.model.topics[id.index()];
        let word = row.id.clone();
        let broker = row.broker.map(|broker| self.component(broker));
        let partitions = self.view().ask(model::Subject::Topic(id), model::Field::Partitions).count();
        let ours = self.program.add_topic(Topic { broker, partitions: partitions.map_or(0, capped), keys: 0 });
        self.names.topics.push(Name::new(word, evidence));
        self.topics.insert(id, ours);
        for index in 0..self.model.behaviour.works.len() {
            let work = WorkId(index as u32);
            let says = &self.model.behaviour.work(work).says;
            let consumes = says.along(&self.lineage, |says| says.consumes.as_ref());
            if let Some(consumes) = consumes.filter(|consumes| consumes.value.topic == id) {
                self.group(ours, work, &consumes.value, consumes.evidence);
            }
        }
        ours
    }

    /// The pause before a message is handed out again; what nobody says is assumed, since brokers wait.
    fn redelivered(&mut self, said: Option<&Redelivery>, word: &str) -> Pause {
        let what = format!("{word} again");
        match said.and_then(|redelivery| redelivery.after.as_ref()) {
            Some(after) => self.pause(Some(after), &what),
            None => {
                let nanos = self.ledger.take(Assumption::DefaultRedelivery, word).count();
                Pause::Drawn(self.exactly(nanos, &what))
            }
        }
    }

    fn group(&mut self, topic: TopicId, work: WorkId, consumes: &Consumes, evidence: EvidenceId) {
        let operation = self.operation(work);
        let word = self.names.operations[operation.index()].word.clone();
        let redelivery = consumes.redelivery.as_ref();
        let dead_letters = consumes.dead_letters.as_ref().map(|name| {
            self.names.topics.push(Name::new(name.clone(), Some(evidence)));
            self.program.add_topic(Topic { broker: None, partitions: 0, keys: 0 })
        });
        let group = Group {
            topic,
            operation,
            prefetch: match consumes.prefetch {
                Some(prefetch) => capped(prefetch.0).max(1),
                None => capped(self.ledger.take(Assumption::DefaultPrefetch, word.as_str()).count()).max(1),
            },
            acknowledged: match consumes.acknowledged {
                None | Some(Said::After) => Acknowledged::After,
                Some(Said::Before) => Acknowledged::Before,
            },
            redeliveries: redelivery.and_then(|redelivery| redelivery.max.at_most()).map(capped),
            pause: self.redelivered(redelivery, &word),
            dead_letters,
            ordering: if consumes.in_order == Some(true) { Ordering::PerPartition } else { Ordering::Free },
        };
        let id = self.program.add_group(group);
        self.groups.push(id);
        self.names.groups.push(Name::new(word, Some(evidence)));
    }
}
