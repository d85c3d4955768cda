//! How components serve, their pools, and what holds of them everywhere.

use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::guard::{PoolSays, RateLimit};
use plimsoll_model::behaviour::serving::{Queue, Serving, ZoneCount};
use plimsoll_model::behaviour::supposed::Standing;
use plimsoll_model::{ComponentId, EnvironmentId};

use super::super::component::{Component, Here, Pool, Quota};
use super::super::language::Placed;
use super::super::step::RateLimit as Bucket;
use super::Lower;
use super::plain::Plain;

impl Lower<'_> {
    pub(super) fn serving(&mut self, environment: Option<EnvironmentId>, here: &Here) -> Serving {
        let mut zones = Vec::new();
        for zone in here.zones.iter() {
            let id = self.zone_or_new(&zone.name, environment.or(self.builder.model.default_environment));
            zones.push(ZoneCount { zone: id, copies: self.placed(&zone.value) });
        }
        let region = here.region.as_ref().map(|region| {
            let id = self.region(&region.value.name);
            self.claim(&region.origin, id)
        });
        let mut out = Serving {
            replicas: self.said(&here.replicas),
            zones,
            region,
            cores: self.said(&here.cores),
            connections: self.said(&here.connections),
            quota: here.quota.as_ref().map(|quota| self.quota(quota)),
            replication: here.replication.0.iter().map(|each| self.claim(&each.kind.origin, each.plain())).collect(),
            backup: self.said(&here.backup),
            failures: self.said(&here.failures),
            quorum: self.said(&here.quorum),
            autoscaler: self.said(&here.autoscaler),
            start_up: self.said(&here.start_up),
            rollout: self.said(&here.rollout),
            failover: self.said(&here.failover),
            ..Serving::default()
        };
        if let Some(serves) = here.serves.as_ref().map(|serves| &serves.value) {
            out.slots = self.said(&serves.slots);
            out.workers = self.said(&serves.workers);
            out.cores = self.said(&serves.cores).or(out.cores);
            out.cpu = self.said(&serves.cpu);
            out.by = self.said(&serves.by);
            out.queue = serves.queue.as_ref().map(|queue| {
                let value = Queue {
                    wait: self.said(&queue.value.wait),
                    length: self.said(&queue.value.length),
                    then: self.said(&queue.value.then),
                    order: self.said(&queue.value.order),
                };
                self.claim(&queue.origin, value)
            });
            out.balancing = self.said(&serves.balancing);
            out.priority = self.said(&serves.priority);
            out.warm_up = self.said(&serves.warm_up);
            out.cold_start = self.said(&serves.cold_start);
            out.adaptive = self.said(&serves.adaptive);
            out.shed = self.said(&serves.shed);
            out.health_check = self.said(&serves.health_check);
        }
        out
    }

    fn quota(&mut self, quota: &Placed<Quota>) -> Claim<RateLimit> {
        let value = match &quota.value {
            Quota::Rate(rate) => RateLimit { rate: self.claim(&quota.origin, rate.plain()), burst: None, then: None },
            Quota::Bucket(bucket) => self.bucket(bucket),
        };
        self.claim(&quota.origin, value)
    }

    pub(super) fn bucket(&mut self, bucket: &Bucket) -> RateLimit {
        RateLimit { rate: self.placed(&bucket.rate), burst: self.said(&bucket.burst), then: self.said(&bucket.then) }
    }

    pub(super) fn pool(&mut self, pool: &Pool) -> PoolSays {
        let to = self.component(&pool.to.value.name, pool.to.origin.at);
        PoolSays {
            to: to.map(|to| self.claim(&pool.to.origin, to)),
            size: Some(self.placed(&pool.size)),
            wait: self.said(&pool.wait),
            hold: self.said(&pool.hold),
            counts: self.said(&pool.counts),
        }
    }

    pub(super) fn standing(&mut self, id: ComponentId, component: &Component) {
        let rebuild = component.rebuild.as_ref().map(|rebuild| &rebuild.value);
        let row = Standing {
            component: id,
            availability: None,
            lead_time: self.said(&component.lead_time),
            rebuild_from: rebuild.map(|rebuild| self.placed(&rebuild.from)),
            rebuild_rate: rebuild.and_then(|rebuild| self.said(&rebuild.rate)),
        };
        if row.lead_time.is_some() || row.rebuild_from.is_some() {
            self.builder.model.behaviour.standing.push(row);
        }
    }
}
