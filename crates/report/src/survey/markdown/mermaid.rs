//! The calls as a mermaid flowchart: shape by kind, a dotted line where the caller does not wait.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{ComponentId, ComponentKind};

use crate::survey::outline::Outline;

/// Pages draw at most so many edges before they refuse: mermaid's `maxEdges`.
const EDGES_MAX: usize = 500;

/// The flowchart without its fence; `None` where nothing is called or there are too many edges to be drawn.
pub(crate) fn flowchart(outline: &Outline<'_>) -> Option<String> {
    let mut edges: BTreeMap<(ComponentId, ComponentId, bool), Vec<&str>> = BTreeMap::new();
    for (_, call) in outline.calls() {
        let words = edges.entry((call.from, call.to, call.protocol.is_synchronous())).or_default();
        words.push(call.protocol.word());
    }
    if edges.is_empty() || edges.len() > EDGES_MAX {
        return None;
    }
    let mut out = String::from("flowchart LR\n");
    let ends: BTreeSet<ComponentId> = edges.keys().flat_map(|(from, to, _)| [*from, *to]).collect();
    for id in ends {
        let (open, close) = shape(outline.model.component(id).kind);
        out += &format!("  c{}{open}\"{}\"{close}\n", id.0, label(&outline.name(id)));
    }
    for ((from, to, waits), words) in &edges {
        let line = if *waits { "-->" } else { "-.->" };
        out += &format!("  c{} {line}|{}| c{}\n", from.0, words.join(", "), to.0);
    }
    Some(out)
}

const fn shape(kind: ComponentKind) -> (&'static str, &'static str) {
    match kind {
        ComponentKind::Service => ("[", "]"),
        ComponentKind::Store => ("[(", ")]"),
        ComponentKind::Cache => ("([", "])"),
        ComponentKind::Broker => ("[[", "]]"),
        ComponentKind::Job => ("[/", "/]"),
        ComponentKind::Gateway => ("{{", "}}"),
        ComponentKind::Frontend => ("(", ")"),
        ComponentKind::External => (">", "]"),
    }
}

/// A label in quotes: mermaid reads entities written with `#`, and Markdown fences end at a line of backticks.
fn label(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | ';' | '\\' | '%' => out += &format!("#{};", u32::from(c)),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(super::label("a\"] --> b"), "a#34;] --#62; b");
    }
}
