//! The faults that are proved: each is a scenario of `plimsoll.yaml`, and the same done to the shop for real.

use crate::fault::parse::{self, Fault};

/// A scenario, and what brings it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its name in `plimsoll.yaml`.
    pub name: &'static str,
    /// What is said to `chandlery fault`.
    pub fault: &'static str,
}

/// All of them. A test holds each name against `plimsoll.yaml`.
pub const SCENARIOS: [Scenario; 10] = [
    Scenario { name: "psp-slow-locally", fault: "psp slow 2x" },
    Scenario { name: "psp-hangs-locally", fault: "psp hang 37.5%" },
    Scenario { name: "psp-fails-locally", fault: "psp fail 10%" },
    Scenario { name: "mailer-hangs-locally", fault: "mailer hang 100%" },
    Scenario { name: "events-lost-locally", fault: "cut events" },
    Scenario { name: "orders-db-lost-locally", fault: "cut orders-db" },
    Scenario { name: "basket-store-lost-locally", fault: "cut basket-store" },
    Scenario { name: "catalog-cache-lost-locally", fault: "cut catalog-cache" },
    Scenario { name: "catalog-cache-flushed-locally", fault: "flush catalog-cache" },
    Scenario { name: "catalog-and-cache-lost-locally", fault: "cut catalog-db; cut catalog-cache" },
];

/// The everyday, as `plimsoll loadline` names it.
pub const NORMAL: &str = "today";

impl Scenario {
    /// What goes wrong, in order.
    pub fn faults(self) -> Vec<Fault> {
        let words = |fault: &str| fault.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let fault = |text| parse::parse(&words(text)).expect("the table above holds faults; a test parses each");
        self.fault.split(';').map(fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_made_of_faults() {
        for scenario in SCENARIOS {
            assert!(!scenario.faults().is_empty(), "{}", scenario.name);
        }
    }
}
