//! # Objectives and alerts: what is promised of a component, and who is called when it is broken
//!
//! Reads OpenSLO (`apiVersion: openslo/v1`, kind SLO), Prometheus' rule files (`groups`) and the operator's
//! `PrometheusRule`.
//!
//! ## Reads
//! Of an SLO its name, its service, its targets and its window. Of a rule file each alert with what it speaks of: the
//! components that labels (`service`, `app`, `job`, `component`) or matchers in its expression name, the SLO of its `slo`
//! label, and the metrics that it is made of, through the recording rules of the same file. An alert is a *burn alert*
//! where it compares with a multiple of an error budget: it speaks of an SLO, or its name says `burn`.
//!
//! ## Ignores
//! Whether a metric exists, dashboards, routes and receivers of alerts, templates. Charts' templates are not rule files.
//!
//! ## Example
//! ```yaml
//! groups:
//!   - name: orders
//!     rules:
//!       - alert: OrdersErrorBudgetBurn
//!         expr: errors:ratio1h{service_name="orders"} > 14.4 * 0.001
//!         labels: { severity: page }
//! ```
//! gives the burn alert `OrdersErrorBudgetBurn` of `orders`.

mod openslo;
mod prometheus;

use plimsoll_model::FileId;

use crate::corpus::Corpus;
use crate::facts::Facts;
use crate::tree::Node;
use crate::tree::yaml::Schema;

/// The reader of objectives and alerts.
pub const READER: crate::Reader = crate::Reader { name: "objectives", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let words = ["openslo", "alert:", "record:"];
    let may = yaml && corpus.text(file).is_ok_and(|text| words.iter().any(|word| text.contains(word)));
    may && !crate::kubernetes::in_chart(corpus, file)
        && corpus.yaml(file, Schema::Yaml12).roots.iter().any(|root| openslo::is(root) || groups(root).is_some())
}

/// The groups of a rule file, or of an object that holds one.
fn groups(root: &Node) -> Option<&Node> {
    let rules = root.get("kind").and_then(Node::as_str) == Some("PrometheusRule");
    let groups = match rules {
        true => root.at_path(&["spec", "groups"]),
        false => root.get("groups").filter(|_| root.get("kind").is_none()),
    };
    groups.filter(|groups| groups.items().iter().any(|group| group.get("rules").is_some()))
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for file in files {
        for root in &corpus.yaml(*file, Schema::Yaml12).roots {
            if openslo::is(root) {
                facts.objectives.extend(openslo::read(root));
            } else if let Some(groups) = groups(root) {
                facts.alerts.extend(prometheus::read(groups));
            }
        }
    }
    facts
}

#[cfg(test)]
mod tests;
