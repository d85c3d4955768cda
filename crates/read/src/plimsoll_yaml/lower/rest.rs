//! Availability, degraded modes, the network, changed assumptions, prices.

use plimsoll_model::ComponentId;
use plimsoll_model::behaviour::supposed::{
    Assumed, ComponentPrice, DegradedMode, Distance as ModelDistance, Network, Prices, Standing,
};

use super::super::language::Said;
use super::super::reference::Subject;
use super::super::system::Distance;
use super::Lower;
use super::plain::of;
use crate::facts::Origin;

impl Lower<'_> {
    pub(super) fn rest(&mut self) {
        self.availability();
        self.degraded();
        self.network();
        self.assumed();
        self.prices();
    }

    fn availability(&mut self) {
        let system = self.system;
        for named in system.availability.iter() {
            let Some(component) = self.component(&named.name, named.at) else { continue };
            let share = self.placed(&named.value);
            self.standing_of(component).availability = Some(share);
        }
    }

    fn standing_of(&mut self, component: ComponentId) -> &mut Standing {
        let rows = &mut self.builder.model.behaviour.standing;
        let index = rows.iter().position(|row| row.component == component).unwrap_or_else(|| {
            rows.push(Standing {
                component,
                availability: None,
                lead_time: None,
                rebuild_from: None,
                rebuild_rate: None,
            });
            rows.len() - 1
        });
        &mut rows[index]
    }

    fn degraded(&mut self) {
        let system = self.system;
        for named in system.degraded.iter() {
            let value = &named.value;
            let mut row = DegradedMode {
                name: named.name.clone(),
                without: Vec::new(),
                journeys: Vec::new(),
                components: Vec::new(),
                instead: of(&value.instead),
                evidence: self.evidence(&Origin::at(named.at)),
            };
            for name in &value.without {
                row.without.extend(self.component(&name.value.name, name.origin.at));
            }
            for subject in &value.works {
                match &subject.value {
                    Subject::Journey(name) => row.journeys.extend(self.journey(name)),
                    Subject::Component(name) => row.components.extend(self.component(name, subject.origin.at)),
                    Subject::Operation(_) | Subject::Promise(_) | Subject::Call(..) => {}
                }
            }
            self.builder.model.behaviour.degraded.push(row);
        }
    }

    fn network(&mut self) {
        let Some(network) = self.system.network.as_ref().map(|network| &network.value) else { return };
        self.builder.model.behaviour.network = Network {
            inside_zone: self.distance(&network.inside_zone),
            between_zones: self.distance(&network.between_zones),
            between_regions: self.distance(&network.between_regions),
            outside: self.distance(&network.outside),
        };
    }

    fn distance(&mut self, said: &Said<Distance>) -> Option<ModelDistance> {
        let distance = &said.as_ref()?.value;
        Some(ModelDistance { takes: self.said(&distance.takes), loss: self.said(&distance.loss) })
    }

    fn assumed(&mut self) {
        let Some(assume) = self.system.assume.as_ref().map(|assume| &assume.value) else { return };
        self.builder.model.behaviour.assumed = Assumed {
            default_service_time: self.said(&assume.default_service_time),
            default_shape: self.said(&assume.default_shape),
            default_timeout: self.said(&assume.default_timeout),
            default_query_time: self.said(&assume.default_query_time),
            default_external_time: self.said(&assume.default_external_time),
            default_retries: self.said(&assume.default_retries),
            calls_per_request: self.said(&assume.calls_per_request),
            default_replicas: self.said(&assume.default_replicas),
            default_cores: self.said(&assume.default_cores),
            cpu_limit: self.said(&assume.cpu_limit),
            default_balancing: self.said(&assume.default_balancing),
            connections_per_copy: self.said(&assume.connections_per_copy),
            quota_burst: self.said(&assume.quota_burst),
            default_cache_hit: self.said(&assume.default_cache_hit),
            default_prefetch: self.said(&assume.default_prefetch),
            default_redelivery: self.said(&assume.default_redelivery),
            default_failover: self.said(&assume.default_failover),
            default_success: self.said(&assume.default_success),
            default_latency: self.said(&assume.default_latency),
            load_and_outages_apart: self.said(&assume.load_and_outages_apart),
            independent_hard_dependencies: self.said(&assume.independent_hard_dependencies),
            journeys_apart: self.said(&assume.journeys_apart),
            autoscaling: self.said(&assume.autoscaling),
            late_work: self.said(&assume.late_work),
            headroom: self.said(&assume.headroom),
        };
    }

    fn prices(&mut self) {
        let Some(prices) = self.system.prices.as_ref().map(|prices| &prices.value) else { return };
        let mut components = Vec::new();
        for named in prices.components.iter() {
            let Some(component) = self.component(&named.name, named.at) else { continue };
            components.push(ComponentPrice {
                component,
                month: self.said(&named.value.month),
                call: self.said(&named.value.call),
                quota_month: self.said(&named.value.quota_month),
            });
        }
        self.builder.model.behaviour.prices = Prices {
            cpu_core_month: self.said(&prices.cpu_core_month),
            gib_month: self.said(&prices.gib_month),
            storage_gib_month: self.said(&prices.storage_gib_month),
            zone_gib: self.said(&prices.zone_gib),
            region_gib: self.said(&prices.region_gib),
            engineer_day: self.said(&prices.engineer_day),
            components,
        };
    }
}
