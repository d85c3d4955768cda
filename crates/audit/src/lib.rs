//! Is it to standard? Rules over the joined model, each with one of three answers for each subject.
//!
//! A rule says *pass*, *fail* or *unknown*. Only a stated value or one that was looked for and is absent can fail; what no
//! claim says is unknown, and is listed with the fact that would settle it. One cause is one finding, whatever the number
//! of places that show it.
//!
//! Not here: how findings look (`report`), where the clock is read (`cli`), how a fact is found (`read`).
//! Always: the same model and options give the same findings in the same order.

pub mod rule;
pub mod estate;
pub mod finding;
pub mod found;
pub mod rank;
pub mod waive;
pub mod standards;
pub mod baseline;
pub mod rules;

mod fingerprint;
mod walks;

use plimsoll_model::View;

pub use baseline::Baseline;
pub use estate::Estate;
pub use finding::{Finding, Of, State, Unknown};
pub use found::Found;
pub use rule::{Page, Rule, Severity};
pub use waive::{Day, Waiver};
pub use walks::{Asks, Leg};

/// How an audit is run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Rules that are run, by id or slug; all where empty.
    pub only: Vec<String>,
    /// Today; a waiver of plimsoll.yaml holds up to its last day inclusive, UTC. `None` where none
    /// can expire.
    pub today: Option<Day>,
    /// Debt that is known: findings in it are kept apart.
    pub baseline: Option<Baseline>,
}

/// What an audit found.
#[derive(Clone, Debug)]
pub struct Audit {
    /// What fails, the most pressing first.
    pub findings: Vec<Finding>,
    /// What could not be judged, by the fact that would settle it.
    pub unknowns: Vec<Unknown>,
    /// How many subjects each rule was run on and passed, in the order of the registry.
    pub passes: Vec<(&'static Rule, usize)>,
    /// Waivers that fit no finding: they can go.
    pub idle_waivers: Vec<Waiver>,
    /// Entries of the baseline that no finding answers to any more.
    pub stale_debt: Vec<String>,
}

/// Runs the rules over a model in one environment. Cost: each rule passes once over its subjects.
pub fn audit(view: View<'_>, options: &Options) -> Audit {
    let estate = Estate::of(view);
    let mut findings = Vec::new();
    let mut unknowns = Vec::new();
    let mut passes = Vec::new();
    for rule in rules::all().iter().filter(|rule| wanted(rule, &options.only)) {
        let mut found = Found::new(rule, &estate);
        (rule.check)(&estate, &mut found);
        passes.push((*rule, found.passed));
        findings.append(&mut found.findings);
        unknowns.append(&mut found.unknowns);
    }
    standards::apply(&estate, &mut findings);
    finding::fold(&mut findings);
    rank::sort(&estate, &mut findings);
    unknowns.sort_by(|a, b| (a.rule.id, &a.subject).cmp(&(b.rule.id, &b.subject)));
    unknowns.dedup_by(|a, b| (a.rule.id, &a.subject) == (b.rule.id, &b.subject));
    let waivers: Vec<Waiver> = view.model.behaviour.standards.waivers.iter().filter_map(Waiver::of).collect();
    let mut idle_waivers = waive::apply(&mut findings, &waivers, options.today.as_ref());
    // Of a run of some rules, nothing can be said of the waivers of others.
    idle_waivers.retain(|waiver| {
        options.only.is_empty() || rules::find(&waiver.rule).is_some_and(|rule| wanted(rule, &options.only))
    });
    let stale_debt = options.baseline.as_ref().map_or_else(Vec::new, |baseline| baseline.apply(&mut findings));
    Audit { findings, unknowns, passes, idle_waivers, stale_debt }
}

fn wanted(rule: &Rule, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|name| rule.is_called(name))
}

impl Audit {
    /// Findings that count: neither waived nor known debt, at or over a severity.
    pub fn open(&self, at_least: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.counts() && finding.severity >= at_least)
    }

    /// The facts that would settle most unknowns, with how many, the most useful first.
    pub fn settles_most(&self) -> Vec<(&str, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for unknown in &self.unknowns {
            // What stands in parentheses tells apart whom the same fact settles.
            let fact = unknown.settled_by.split(" (").next().unwrap_or_default();
            *counts.entry(fact).or_insert(0_usize) += 1;
        }
        let mut ranked: Vec<(&str, usize)> = counts.into_iter().collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        ranked
    }
}
