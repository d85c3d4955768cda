//! The kustomization file itself: which keys it may have, and of which type.
//!
//! Kustomize decodes it strictly but without regard to case: `namespacE` is `namespace`, `namespaces` is an error. The tree
//! that comes out has the keys in their right spelling; what kustomize would refuse is a problem, and is used as far as
//! it makes sense.

use plimsoll_model::{At, Problem};

use crate::tree::{Data, Node, Scalar, ScalarKind};

/// What a value may be.
enum Shape {
    /// Anything.
    Any,
    /// A text; kustomize refuses numbers and booleans.
    Text,
    /// Yes or no.
    Bool,
    /// A whole number.
    Whole,
    /// Texts by key.
    Texts,
    /// Yes or no by key.
    Bools,
    /// Several of a shape.
    List(&'static Shape),
    /// Known keys.
    Record(&'static [(&'static str, Shape)]),
}

use Shape::{Any, Bool, Bools, List, Record, Text, Texts, Whole};

const METADATA: &[(&str, Shape)] = &[("name", Text), ("namespace", Text), ("labels", Texts), ("annotations", Texts)];

const FIELD_SPEC: &[(&str, Shape)] =
    &[("group", Text), ("version", Text), ("kind", Text), ("path", Text), ("create", Bool)];

const SELECTOR: &[(&str, Shape)] = &[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("annotationSelector", Text),
    ("labelSelector", Text),
];

const PATCH: &[(&str, Shape)] = &[("path", Text), ("patch", Text), ("target", Record(SELECTOR)), ("options", Bools)];

const LABEL: &[(&str, Shape)] =
    &[("pairs", Texts), ("includeSelectors", Bool), ("includeTemplates", Bool), ("fields", List(&Record(FIELD_SPEC)))];

const IMAGE: &[(&str, Shape)] =
    &[("name", Text), ("newName", Text), ("tagSuffix", Text), ("newTag", Text), ("digest", Text)];

const REPLICA: &[(&str, Shape)] = &[("name", Text), ("count", Whole)];

const OPTIONS: &[(&str, Shape)] =
    &[("labels", Texts), ("annotations", Texts), ("disableNameSuffixHash", Bool), ("immutable", Bool)];

const GENERATOR: &[(&str, Shape)] = &[
    ("namespace", Text),
    ("name", Text),
    ("behavior", Text),
    ("literals", List(&Text)),
    ("files", List(&Text)),
    ("envs", List(&Text)),
    ("env", Text),
    ("options", Record(OPTIONS)),
];

const SECRET_GENERATOR: &[(&str, Shape)] = &[
    ("namespace", Text),
    ("name", Text),
    ("behavior", Text),
    ("literals", List(&Text)),
    ("files", List(&Text)),
    ("envs", List(&Text)),
    ("env", Text),
    ("options", Record(OPTIONS)),
    ("type", Text),
];

const FIELD_OPTIONS: &[(&str, Shape)] = &[("delimiter", Text), ("index", Whole), ("encoding", Text), ("create", Bool)];

const SOURCE: &[(&str, Shape)] = &[
    ("group", Text),
    ("version", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("fieldPath", Text),
    ("options", Record(FIELD_OPTIONS)),
];

const TARGET: &[(&str, Shape)] = &[
    ("select", Record(SELECTOR)),
    ("reject", List(&Record(SELECTOR))),
    ("fieldPaths", List(&Text)),
    ("options", Record(FIELD_OPTIONS)),
];

const REPLACEMENT: &[(&str, Shape)] =
    &[("source", Record(SOURCE)), ("targets", List(&Record(TARGET))), ("sourceValue", Text), ("path", Text)];

const VAR_OBJECT: &[(&str, Shape)] =
    &[("apiVersion", Text), ("group", Text), ("version", Text), ("kind", Text), ("name", Text), ("namespace", Text)];

const VAR: &[(&str, Shape)] =
    &[("name", Text), ("objref", Record(VAR_OBJECT)), ("fieldref", Record(&[("fieldPath", Text)]))];

const SORT: &[(&str, Shape)] =
    &[("order", Text), ("legacySortOptions", Record(&[("orderFirst", List(&Text)), ("orderLast", List(&Text))]))];

const HELM_CHART: &[(&str, Shape)] = &[
    ("name", Text),
    ("version", Text),
    ("repo", Text),
    ("releaseName", Text),
    ("namespace", Text),
    ("additionalValuesFiles", List(&Text)),
    ("valuesFile", Text),
    ("valuesInline", Any),
    ("valuesMerge", Text),
    ("includeCRDs", Bool),
    ("skipHooks", Bool),
    ("apiVersions", List(&Text)),
    ("kubeVersion", Text),
    ("nameTemplate", Text),
    ("skipTests", Bool),
    ("debug", Bool),
    ("devel", Bool),
];

const KUSTOMIZATION: Shape = Record(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", Record(METADATA)),
    ("openapi", Texts),
    ("namePrefix", Text),
    ("nameSuffix", Text),
    ("namespace", Text),
    ("commonLabels", Texts),
    ("labels", List(&Record(LABEL))),
    ("commonAnnotations", Texts),
    ("patchesStrategicMerge", List(&Text)),
    ("patchesJson6902", List(&Record(PATCH))),
    ("patches", List(&Record(PATCH))),
    ("images", List(&Record(IMAGE))),
    ("imageTags", List(&Record(IMAGE))),
    ("replacements", List(&Record(REPLACEMENT))),
    ("replicas", List(&Record(REPLICA))),
    ("vars", List(&Record(VAR))),
    ("sortOptions", Record(SORT)),
    ("resources", List(&Text)),
    ("components", List(&Text)),
    ("crds", List(&Text)),
    ("bases", List(&Text)),
    ("configMapGenerator", List(&Record(GENERATOR))),
    ("secretGenerator", List(&Record(SECRET_GENERATOR))),
    ("helmGlobals", Record(&[("chartHome", Text), ("configHome", Text)])),
    ("helmCharts", List(&Record(HELM_CHART))),
    ("helmChartInflationGenerator", List(&Any)),
    ("generatorOptions", Record(OPTIONS)),
    ("configurations", List(&Text)),
    ("generators", List(&Text)),
    ("transformers", List(&Text)),
    ("validators", List(&Text)),
    ("buildMetadata", List(&Text)),
]);

const FIELD_SPECS: Shape = List(&Record(FIELD_SPEC));

const CONFIGURATION: Shape = Record(&[
    ("namePrefix", FIELD_SPECS),
    ("nameSuffix", FIELD_SPECS),
    ("namespace", FIELD_SPECS),
    ("commonLabels", FIELD_SPECS),
    ("labels", FIELD_SPECS),
    ("templateLabels", FIELD_SPECS),
    ("commonAnnotations", FIELD_SPECS),
    (
        "nameReference",
        List(&Record(&[("group", Text), ("version", Text), ("kind", Text), ("fieldSpecs", FIELD_SPECS)])),
    ),
    ("varReference", FIELD_SPECS),
    ("images", FIELD_SPECS),
    ("replicas", FIELD_SPECS),
]);

const REPLACEMENTS: Shape = List(&Record(REPLACEMENT));

/// A kustomization with its keys in their right spelling.
pub(super) fn kustomization(root: Node, problems: &mut Vec<Problem>) -> Node {
    checked(root, &KUSTOMIZATION, "kustomization", problems)
}

/// A transformer configuration, likewise.
pub(super) fn configuration(root: Node, problems: &mut Vec<Problem>) -> Node {
    checked(root, &CONFIGURATION, "configuration", problems)
}

/// A file of replacements, likewise: a list of them, or one.
pub(super) fn replacements(root: Node, problems: &mut Vec<Problem>) -> Node {
    if root.is_sequence() {
        return checked(root, &REPLACEMENTS, "replacements", problems);
    }
    let at = root.at;
    let one = checked(root, &Record(REPLACEMENT), "replacement", problems);
    Node::new(Data::Sequence(vec![one]), at)
}

fn checked(mut root: Node, shape: &Shape, of: &str, problems: &mut Vec<Problem>) -> Node {
    check(&mut root, shape, of, problems);
    root
}

fn check(node: &mut Node, shape: &Shape, of: &str, problems: &mut Vec<Problem>) {
    if node.is_null() {
        return;
    }
    let at = node.at;
    let mut expected = |what: &str| problem(at, format!("`{of}` must be {what}; kustomize refuses it"), problems);
    match (shape, &mut node.value) {
        (Any, _) => {}
        (Text, Data::Scalar(Scalar { kind: ScalarKind::Text, .. })) => {}
        (Text, Data::Scalar(scalar)) => {
            expected("a text, put it in quotes");
            scalar.kind = ScalarKind::Text;
        }
        (Bool, Data::Scalar(Scalar { kind: ScalarKind::Bool(_), .. })) => {}
        (Whole, Data::Scalar(Scalar { kind: ScalarKind::Integer, .. })) => {}
        (Bool, _) => expected("true or false"),
        (Whole, _) => expected("a whole number"),
        (Text, _) => expected("a text"),
        (Texts, Data::Mapping(entries)) => {
            entries.iter_mut().for_each(|entry| check(&mut entry.value, &Text, &entry.key, problems));
        }
        (Bools, Data::Mapping(entries)) => {
            entries.iter_mut().for_each(|entry| check(&mut entry.value, &Bool, &entry.key, problems));
        }
        (List(shape), Data::Sequence(items)) => items.iter_mut().for_each(|item| check(item, shape, of, problems)),
        (Record(keys), Data::Mapping(_)) => check_record(node, keys, of, problems),
        (List(_), _) => expected("a list"),
        (Texts | Bools | Record(_), _) => expected("a mapping"),
    }
}

fn check_record(node: &mut Node, keys: &[(&'static str, Shape)], of: &str, problems: &mut Vec<Problem>) {
    let Data::Mapping(entries) = &mut node.value else { return };
    for entry in entries {
        let known = keys
            .iter()
            .find(|(key, _)| *key == entry.key)
            .or_else(|| keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(&entry.key)));
        match known {
            Some((key, shape)) => {
                (*key).clone_into(&mut entry.key);
                check(&mut entry.value, shape, key, problems);
            }
            None => {
                let nearest = nearest(&entry.key, keys.iter().map(|(key, _)| *key));
                let hint = nearest.map(|key| format!("; did you mean `{key}`?")).unwrap_or_default();
                let message = format!("`{}` is not a key of `{of}`; kustomize refuses it{hint}", entry.key);
                problem(entry.key_at, message, problems);
            }
        }
    }
}

fn problem(at: At, message: String, problems: &mut Vec<Problem>) {
    problems.push(Problem { at, message });
}

/// The known word that is fewest changes away, where that is a typing error and not another word.
fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > WORD_MAX {
        return None;
    }
    let limit = word.len().div_ceil(3);
    known.map(|key| (distance(word, key), key)).filter(|(far, _)| *far <= limit).min().map(|(_, key)| key)
}

/// Longer words are no typing errors.
const WORD_MAX: usize = 64;

/// Levenshtein's distance without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase().into_bytes(), b.to_ascii_lowercase().into_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
