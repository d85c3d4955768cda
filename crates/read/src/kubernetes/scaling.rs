//! Objects that speak of workloads by name or label: autoscalers, disruption budgets, network policies.

use std::collections::BTreeSet;
use std::ops::Range;

use plimsoll_model::{Content, Field, LooseKind, Value};

use super::container::texts;
use super::object::{Object, pairs, selects};
use crate::facts::{About, Claim, Facts, LooseName, Origin};
use crate::tree::Node;

/// Ties them to the units of the variant, whose indices are given.
pub(super) fn read(units: Range<usize>, objects: &[Object<'_>], facts: &mut Facts) {
    let first = facts.claims.len();
    for object in objects {
        match object.kind {
            "HorizontalPodAutoscaler" => autoscaler(units.clone(), object, facts),
            "PodDisruptionBudget" => budget(units.clone(), object, facts),
            "NetworkPolicy" if object.group() == "networking.k8s.io" => policy(units.clone(), object, facts),
            _ => {}
        }
    }
    exposure(units.clone(), objects, facts);
    let claimed = facts.claims[first..].iter().filter(|claim| BUDGET.contains(&claim.field));
    let budgeted: BTreeSet<usize> = claimed.filter_map(|claim| unit_of(&claim.of)).collect();
    for unit in units.filter(|unit| !budgeted.contains(unit)) {
        unbudgeted(unit, facts);
    }
}

const BUDGET: [Field; 2] = [Field::DisruptionMinAvailable, Field::DisruptionMaxUnavailable];

fn unit_of(of: &About) -> Option<usize> {
    match of {
        About::Unit(unit) => Some(*unit),
        _ => None,
    }
}

/// How each unit is reached: by the types of the services that select it, each once.
fn exposure(units: Range<usize>, objects: &[Object<'_>], facts: &mut Facts) {
    let services = objects.iter().filter(|object| object.kind == "Service").filter_map(|object| {
        let spec = object.spec()?;
        let kind = spec.str_at("type").unwrap_or("ClusterIP");
        Some((pairs(spec.get("selector")), kind, spec.get("type").unwrap_or_else(|| object.name_node())))
    });
    let services: Vec<_> = services.collect();
    for unit in units {
        let mut types: Vec<(&str, &Node)> = Vec::new();
        for (_, kind, node) in services.iter().filter(|(selector, ..)| selects(selector, &facts.units[unit].labels)) {
            if !types.iter().any(|(known, _)| known == kind) {
                types.push((kind, node));
            }
        }
        types.sort_by_key(|(kind, _)| *kind);
        // The place to look at is the one that opens it.
        let Some((_, node)) = types.iter().max_by_key(|(kind, _)| *kind != "ClusterIP").copied() else { continue };
        let names = types.iter().map(|(kind, _)| Value::Text((*kind).to_owned())).collect();
        add(facts, unit, Field::Exposure, Content::Stated(Value::List(names)), "type of the Service", node);
    }
}

/// A unit that no disruption budget of its variant selects: looked for and absent.
fn unbudgeted(unit: usize, facts: &mut Facts) {
    let origin = facts.units[unit].origin.clone();
    let note = "no PodDisruptionBudget selects it";
    for field in BUDGET {
        facts.claims.push(Claim {
            of: About::Unit(unit),
            field,
            content: Content::Absent,
            note: note.to_owned(),
            origin: origin.clone(),
        });
    }
}

fn add(facts: &mut Facts, unit: usize, field: Field, content: Content, note: &str, node: &Node) {
    let origin = Origin::of(node);
    facts.claims.push(Claim { of: About::Unit(unit), field, content, note: note.to_owned(), origin });
}

fn autoscaler(units: Range<usize>, object: &Object<'_>, facts: &mut Facts) {
    let Some(spec) = object.spec() else { return };
    let Some(reference) = spec.get("scaleTargetRef") else { return };
    let (kind, name) = (reference.str_at("kind"), reference.str_at("name").unwrap_or_default());
    let found =
        units.clone().find(|unit| facts.units[*unit].name == name && Some(facts.units[*unit].form.as_str()) == kind);
    let Some(unit) = found else {
        // An autoscaler in a folder of its own, read apart from its workload, is not dangling; the join decides by name.
        facts.loose.push(LooseName {
            kind: LooseKind::DanglingReference,
            by: None,
            name: name.to_owned(),
            message: format!(
                "the autoscaler `{}` names the {} `{name}`, which this variant does not declare",
                object.name,
                kind.unwrap_or("workload")
            ),
            origin: Origin::of(reference.get("name").unwrap_or(reference)),
        });
        return;
    };
    for (key, field) in [("minReplicas", Field::ScalerMin), ("maxReplicas", Field::ScalerMax)] {
        if let Some(node) = spec.get(key)
            && let Some(count) = node.as_u64()
        {
            add(facts, unit, field, Content::Stated(Value::Count(count)), &format!("{key}: {count}"), node);
        }
    }
    if spec.get("minReplicas").is_none() {
        add(
            facts,
            unit,
            Field::ScalerMin,
            Content::Stated(Value::Count(1)),
            "minReplicas is 1 where it is not stated",
            object.name_node(),
        );
    }
    let metrics = metrics(spec);
    if !metrics.is_empty() {
        add(facts, unit, Field::ScalerMetrics, texts(metrics), "metrics", spec.get("metrics").unwrap_or(spec));
    }
    if let Some(node) = spec.get("behavior") {
        let word = |entry: &crate::tree::Entry| {
            let window = entry.value.str_at("stabilizationWindowSeconds");
            format!("{} stabilised over {} s", entry.key, window.unwrap_or("default"))
        };
        add(facts, unit, Field::ScalerBehaviour, texts(node.entries().iter().map(word)), "behavior", node);
    }
}

/// What an autoscaler looks at, as `cpu 60%`.
fn metrics(spec: &Node) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(target) = spec.str_at("targetCPUUtilizationPercentage") {
        out.push(format!("cpu {target}%"));
    }
    for metric in spec.get("metrics").map(Node::items).unwrap_or_default() {
        let kind = metric.str_at("type").unwrap_or_default();
        let key = format!("{}{}", kind.get(..1).unwrap_or_default().to_lowercase(), kind.get(1..).unwrap_or_default());
        let Some(inner) = metric.get(&key) else { continue };
        let name = inner.str_at("name").or_else(|| inner.at_path(&["metric", "name"])?.as_str()).unwrap_or(kind);
        let target = inner.get("target");
        let value = |key: &str, unit: &str| Some(format!("{name} {}{unit}", target?.str_at(key)?));
        let old = inner.str_at("targetAverageUtilization").map(|value| format!("{name} {value}%"));
        let stated =
            value("averageUtilization", "%").or_else(|| value("averageValue", "")).or_else(|| value("value", ""));
        out.push(stated.or(old).unwrap_or_else(|| name.to_owned()));
    }
    out
}

fn budget(units: Range<usize>, object: &Object<'_>, facts: &mut Facts) {
    let Some(spec) = object.spec() else { return };
    let selector = pairs(spec.at_path(&["selector", "matchLabels"]));
    for unit in units.filter(|unit| selects(&selector, &facts.units[*unit].labels)).collect::<Vec<_>>() {
        let keys =
            [("minAvailable", Field::DisruptionMinAvailable), ("maxUnavailable", Field::DisruptionMaxUnavailable)];
        for (key, field) in keys {
            if let Some(node) = spec.get(key)
                && let Some(text) = node.as_str()
            {
                add(facts, unit, field, Content::Stated(Value::Text(text.to_owned())), &format!("{key}: {text}"), node);
            }
        }
    }
}

fn policy(units: Range<usize>, object: &Object<'_>, facts: &mut Facts) {
    let Some(selector) = object.node.at_path(&["spec", "podSelector"]) else { return };
    let labels = pairs(selector.get("matchLabels"));
    let everybody = selector.entries().is_empty();
    for unit in units.filter(|unit| everybody || selects(&labels, &facts.units[*unit].labels)).collect::<Vec<_>>() {
        add(facts, unit, Field::NetworkPolicies, texts([object.name.to_owned()]), "podSelector", object.name_node());
    }
}
