//! Which way to deploy is meant when none is named.
//!
//! The rules, in this order; the first that tells two variants apart decides:
//! 1. plimsoll.yaml names it;
//! 2. it can stand alone (an optional part never is the default);
//! 3. it runs at least half as many components as the largest variant does;
//! 4. its path names production, and not development, a local machine, staging or a test;
//! 5. Kubernetes before Compose;
//! 6. it is no override or overlay that builds on another variant;
//! 7. a compose file with the name that Compose looks for by itself, before one that has to be named;
//! 8. it runs more components;
//! 9. its path is shorter, then earlier in the alphabet.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::identity::{PartId, Parts};
use crate::facts::{Facts, Variant, VariantId, VariantKind};

/// The chosen variant and why.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) variant: VariantId,
    pub(super) because: String,
}

/// What a path says of where it is deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Other,
    Plain,
    Production,
}

/// Chooses, or `None` where nothing is deployed.
pub(super) fn choose(facts: &Facts, parts: &Parts) -> Option<Choice> {
    let sizes = sizes(facts, parts);
    let running: BTreeSet<VariantId> = facts.units.iter().map(|unit| unit.variant).collect();
    let largest = sizes.iter().copied().max()?;
    let key = |index: &usize| {
        let variant = &facts.variants[*index];
        (
            !variant.optional,
            sizes[*index] * 2 >= largest,
            stage(&variant.folder),
            variant.kind != VariantKind::Compose,
            !builds_on_another(facts, variant),
            variant.kind != VariantKind::Compose || crate::compose::is_found_by_itself(&variant.folder),
            sizes[*index],
            Reverse((variant.source, variant.folder.split('/').count(), variant.folder.len(), variant.folder.clone())),
        )
    };
    let best = (0..facts.variants.len()).filter(|index| running.contains(&VariantId(*index))).max_by_key(key)?;
    let variant = &facts.variants[best];
    Some(Choice { variant: VariantId(best), because: because(variant, sizes[best], facts.variants.len()) })
}

/// Whether it builds on another variant: an override file, or an overlay of a base that stands for itself.
fn builds_on_another(facts: &Facts, variant: &Variant) -> bool {
    let there = |base: &String| {
        let same = |other: &Variant| other.kind == variant.kind && other.source == variant.source;
        facts.variants.iter().any(|other| same(other) && other.folder == *base)
    };
    variant.kind == VariantKind::Compose && !variant.bases.is_empty() || variant.bases.iter().any(there)
}

/// Whether a variant runs anything; one that only adds routes or settings is no environment.
pub(super) fn runs(facts: &Facts, variant: VariantId) -> bool {
    facts.units.iter().any(|unit| unit.variant == variant)
}

fn because(variant: &Variant, size: usize, of: usize) -> String {
    let stage = match stage(&variant.folder) {
        Stage::Production => ", its path names production",
        Stage::Plain | Stage::Other => "",
    };
    let kind = match variant.kind {
        VariantKind::Kustomize => "a kustomization",
        VariantKind::Manifests => "Kubernetes manifests",
        VariantKind::Compose => "a compose project",
    };
    format!("{kind} that runs {size} components{stage}; chosen from {of}")
}

/// How many components each variant runs that are no mere support.
fn sizes(facts: &Facts, parts: &Parts) -> Vec<usize> {
    let mut run: Vec<BTreeSet<PartId>> = vec![BTreeSet::new(); facts.variants.len()];
    for (index, unit) in facts.units.iter().enumerate().filter(|(_, unit)| unit.support.is_none()) {
        run[unit.variant.0].insert(parts.of_unit[index]);
    }
    run.iter().map(BTreeSet::len).collect()
}

/// Whether a path names production.
pub(super) fn is_production(path: &str) -> bool {
    stage(path) == Stage::Production
}

fn stage(path: &str) -> Stage {
    let words: Vec<String> =
        path.split(['/', '-', '_', '.']).map(str::to_ascii_lowercase).filter(|word| !word.is_empty()).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&[
        "dev",
        "develop",
        "development",
        "local",
        "staging",
        "stage",
        "test",
        "tests",
        "ci",
        "debug",
        "qa",
        "minikube",
        "kind",
        "minimal",
        "quickstart",
        "override",
        "preview",
        "sandbox",
        "loadtest",
        "standby",
    ]) {
        Stage::Other
    } else if has(&["prod", "production", "prd", "live"]) {
        Stage::Production
    } else {
        Stage::Plain
    }
}
