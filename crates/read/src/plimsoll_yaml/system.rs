//! The whole file: its sections, and those that speak of the system as such.

use super::component::Component;
use super::journey::{Degraded, Goal, Journey, Promise};
use super::language::{Names, Placed, Said};
use super::quantity::{Count, Duration, Share, Size, Version};
use super::reference::{Name, Text};
use super::scenario::Scenario;
use super::standards::{Assume, Prices, Standards, Waiver};
use super::table::section;

section! {
    /// What no file of a repository can say. Every section is optional. With no repository at all it is enough to
    /// describe a system. Where a repository states the same attribute, both claims are kept.
    System "plimsoll.yaml" {
        /// The version of the language.
        plimsoll: Said<Version> = "1";
        /// The file that this one changes: mappings are merged key by key, a list or value replaces, `null` takes away.
        extends: Said<Text> = "../plimsoll.yaml";
        /// The system's name.
        system: Said<Name> = "chandlery";
        /// What the system is for, in words.
        description: Said<Text> = "a ship's chandler";
        /// The folders that make up the system; the folder of this file where left out.
        sources: Vec<SourceFolder> = "[{ path: . }, { path: ../shop-web, as: shop-web }]";
        /// Where it runs.
        environments: Said<Environments> = "{ default: production, production: { from: [deploy/overlays/production] } }";
        /// Other names of components that the join could not know: hosts, titles, spellings.
        names: Names<Vec<Placed<Name>>> = "{ psp: [api.pay.example, PSP] }";
        /// Who answers for parts.
        teams: Names<Team> = "{ team-money: { members: [ada], contact: '#money' } }";
        /// What users come for.
        journeys: Names<Journey> = "{ checkout: { steps: [gateway.checkout], load: { open: 12/s } } }";
        /// What was promised to users.
        promises: Names<Promise> = "{ checkout-latency: { on: journey checkout, p95: 1.2s, window: 30d } }";
        /// Files with promises in OpenSLO.
        openslo: Vec<Placed<Text>> = "[slo/*.yaml]";
        /// What runs or is called, as far as no other file says it.
        components: Names<Component> = "{ payments: { tier: 1, owner: team-money } }";
        /// Queues, streams and subjects, as far as no other file says it.
        topics: Names<Topic> = "{ orders.placed: { broker: events, partitions: 12 } }";
        /// How far places are from each other.
        network: Said<Network> = "{ between_zones: { takes: 1ms }, between_regions: { takes: 30ms } }";
        /// The share of time in which a component itself answers, for the ceiling of what depends on it.
        availability: Names<Placed<Share>> = "{ gateway: 99.99%, payments: 99.9% }";
        /// What still works while a part is missing.
        degraded: Names<Degraded> = "{ without-catalog: { without: [catalog], works: [journey checkout] } }";
        /// What may go wrong.
        scenarios: Names<Scenario> = "{ zone-a-loss: { lose: zone a } }";
        /// Named assumptions that are changed.
        assume: Said<Assume> = "{ default-service-time: 5ms }";
        /// What the audit is held to.
        standards: Said<Standards> = "{ profile: default, rules: { REL-005: { depth: 5 } } }";
        /// Findings that are put up with for a stated time.
        waivers: Vec<Waiver> = "[{ rule: SEC-008, on: notify, because: rebuilt nightly, owner: team-crew, until: 2027-03-31 }]";
        /// What things cost.
        prices: Said<Prices> = "{ cpu_core_month: 24 EUR, gib_month: 3.20 EUR }";
        /// What the business wants by when.
        goals: Names<Goal> = "{ zero-lost-fridays: { by: 2027-03-31, serves: [journey checkout] } }";
    }
}

section! {
    /// A folder that is part of the system.
    SourceFolder "a source" {
        /// Its path from the folder of this file.
        path: Placed<Text> = "../shop-web";
        /// Its name, which stands before its paths; the folder's name where left out.
        as_ "as": Said<Name> = "shop-web";
        /// Paths in it that are left out, as in a .gitignore.
        except: Vec<Placed<Text>> = "[docs/examples]";
    }
}

section! {
    /// Where the system runs. Beside `default`, each key is the name of an environment.
    Environments "the environments" {
        /// The environment that is meant when none is named.
        default: Said<Name> = "production";
        open
        /// An environment.
        each: Environment [".+"] = "{ from: [deploy/overlays/production], zones: [a, b, c], region: eu-1 }";
    }
}

section! {
    /// A place where the system runs.
    Environment "an environment" {
        /// The folders or files that it is rendered from: overlays, charts with their values, compose files.
        from: Vec<Placed<Text>> = "[deploy/overlays/production]";
        /// Environments that it builds on.
        parents: Vec<Placed<Name>> = "[production]";
        /// Its zones.
        zones: Vec<Placed<Name>> = "[a, b, c]";
        /// Its region.
        region: Said<Name> = "eu-1";
    }
}

section! {
    /// People who answer for parts.
    Team "a team" {
        /// Who is in it.
        members: Vec<Placed<Name>> = "[ada, grace]";
        /// How it is reached.
        contact: Said<Text> = "'#money'";
        /// Who is asked when it cannot be reached.
        alternate: Said<Name> = "team-orders";
    }
}

section! {
    /// A queue, stream or subject.
    Topic "a topic" {
        /// The component that carries it.
        broker: Said<Name> = "events";
        /// Into how many parts it is split: no more consumers of a group are of use.
        partitions: Said<Count> = "12";
        /// How long messages are kept.
        retention: Said<Duration> = "7d";
        /// How much is kept at most.
        keeps: Said<Size> = "50GB";
        /// How many copies of a message are kept.
        copies: Said<Count> = "3";
        /// Where messages go that no consumer can handle, where it does not say otherwise.
        dead_letters: Said<Name> = "orders.dead";
    }
}

section! {
    /// How far places are from each other.
    Network "the network" {
        /// Inside of a zone.
        inside_zone: Said<Distance> = "{ takes: 200us }";
        /// From one zone of a region to another.
        between_zones: Said<Distance> = "{ takes: 1ms }";
        /// From one region to another.
        between_regions: Said<Distance> = "{ takes: 30ms, loss: 0.01% }";
        /// To users and third parties.
        outside: Said<Distance> = "{ takes: 20ms }";
    }
}

section! {
    /// How far two places are from each other.
    Distance "a distance" {
        /// How long a message takes, one way.
        takes: Said<super::distribution::Distribution> = "1ms";
        /// The share of messages that are lost.
        loss: Said<Share> = "0.01%";
    }
}
