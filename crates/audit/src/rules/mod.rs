//! The registry: one line for each rule, one file for each rule. The head of a file is its reference page.
//!
//! Copy a neighbour to write a new one: head with a broken and a right example, the constant, the check. Both examples run
//! as tests.

mod deadline_order;
mod retry_storm;
mod retry_not_idempotent;
mod chain_too_deep;
mod call_cycle;
mod tier_order;
mod single_point_of_failure;
mod target_unknown;
mod port_mismatch;
mod readiness_missing;
mod liveness_is_readiness;
mod disruption_budget;
mod quorum_too_small;
mod resources_missing;
mod grace_too_short;
mod spread_missing;
mod shared_schema;
mod pool_budget;
mod dead_letters_missing;
mod backup_missing;
mod errors_not_problems;
mod plain_secret;
mod runs_as_root;
mod store_exposed;
mod action_not_pinned;
mod image_not_pinned;
mod burn_alert_missing;
mod owner_missing;
mod callee_outgrown;

use crate::rule::Rule;

/// Every rule, one pack after the other.
pub fn all() -> &'static [&'static Rule] {
    &[
        &deadline_order::RULE,
        &retry_storm::RULE,
        &retry_not_idempotent::RULE,
        &chain_too_deep::RULE,
        &call_cycle::RULE,
        &tier_order::RULE,
        &single_point_of_failure::RULE,
        &target_unknown::RULE,
        &port_mismatch::RULE,
        &readiness_missing::RULE,
        &liveness_is_readiness::RULE,
        &disruption_budget::RULE,
        &quorum_too_small::RULE,
        &resources_missing::RULE,
        &grace_too_short::RULE,
        &spread_missing::RULE,
        &shared_schema::RULE,
        &pool_budget::RULE,
        &dead_letters_missing::RULE,
        &backup_missing::RULE,
        &errors_not_problems::RULE,
        &plain_secret::RULE,
        &runs_as_root::RULE,
        &store_exposed::RULE,
        &action_not_pinned::RULE,
        &image_not_pinned::RULE,
        &burn_alert_missing::RULE,
        &owner_missing::RULE,
        &callee_outgrown::RULE,
    ]
}

/// The rule of that id or slug.
pub fn find(word: &str) -> Option<&'static Rule> {
    all().iter().copied().find(|rule| rule.is_called(word))
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<&str> = all().iter().map(|rule| rule.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids.len(), sorted.len(), "two rules share an id");
    }

    #[test]
    fn every_page_says_why_and_what_to_do() {
        for rule in all() {
            for section in ["Why", "Broken", "Right", "Do"] {
                assert!(!rule.page.section(section).is_empty(), "{} says nothing under `{section}`", rule.id);
            }
        }
    }
}
