//! Figures that no system has: they are judged like others, and nothing overflows.

use plimsoll_audit::{Options, audit};
use plimsoll_read::source::Source;
use plimsoll_read::survey;

const MANIFEST: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  replicas: 18446744073709551615
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: orders
          image: shop/orders:1.4.0
          readinessProbe: { httpGet: { path: /h, port: 80 }, periodSeconds: 18446744073709551615, failureThreshold: 3 }
          livenessProbe: { httpGet: { path: /h, port: 80 }, periodSeconds: 18446744073709551615, failureThreshold: 3 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: orders }
spec: { minAvailable: 18446744073709551615%, selector: { matchLabels: { app: orders } } }
";

const SUPPOSED: &str = "
plimsoll: 1
components:
  orders: { pools: { main: { to: orders-db, size: 18446744073709551615 } } }
  orders-db: { kind: store, technology: postgresql, connections: 100 }
";

#[test]
fn the_largest_figures_are_judged_and_do_not_overflow() {
    let files = [("deploy.yaml", MANIFEST), ("plimsoll.yaml", SUPPOSED)];
    let model = survey::survey(vec![Source::memory(&files)], &survey::Options::default());
    let audit = audit(model.by_default(), &Options::default());
    let found: Vec<&str> = audit.findings.iter().map(|finding| finding.rule.id).collect();
    for rule in ["DAT-002", "REL-021"] {
        assert!(found.contains(&rule), "{rule} is not among {found:?}");
    }
}
