//! What the audit is held to: settings of single rules, and findings that are put up with for a stated time.

use super::told::object;
use crate::claim::EvidenceId;
use crate::noun::EnvironmentId;

object! {
    /// What the audit is held to.
    Standards "standards" Default {
        /// The set of rules to begin with.
        profile: Option<String>;
        /// What is different of single rules, the later over the earlier.
        settings: Vec<Setting>;
        /// What is put up with for a while.
        waivers: Vec<Waiver>;
    }
}

object! {
    /// What is different of a rule, where all the conditions given hold.
    Setting "setting" {
        /// The rule, by code or slug.
        rule: String;
        /// `error`, `warning`, `note` or `off`; as the rule says where left out.
        severity: Option<String>;
        /// Parameters of the rule, by name.
        parameters: Vec<Parameter>;
        /// For components of these tiers; all where empty.
        tiers: Vec<u64>;
        /// For these subjects, as findings name them; all where empty.
        subjects: Vec<String>;
        /// For components of these owners; all where empty.
        owners: Vec<String>;
        /// In these environments; all where empty.
        environments: Vec<EnvironmentId>;
        /// How we know.
        evidence: EvidenceId;
    }
}

object! {
    /// A parameter of a rule.
    Parameter "parameter" {
        /// Its name.
        name: String;
        /// Its value, as it is written.
        value: String;
    }
}

object! {
    /// A finding that is put up with until a day.
    Waiver "waiver" {
        /// The rule, by code or slug.
        rule: String;
        /// The subject, as findings name it.
        on: String;
        /// Why.
        because: String;
        /// Who answers for it.
        owner: String;
        /// The last day on which it holds, inclusive and UTC: `2027-03-31`.
        until: String;
        /// How we know.
        evidence: EvidenceId;
    }
}
