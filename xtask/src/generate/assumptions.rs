//! The page of the named assumptions, from their one table.

use std::fmt::Write as _;

use plimsoll_simulate::assumptions::Assumption;

use super::generated_from;

/// Writes the page.
pub(super) fn page() -> String {
    let mut out = generated_from("`crates/simulate/src/assumptions`");
    out.push_str(
        "# Assumptions\n\nWhere no claim says anything, an analysis takes a named assumption and says so. A figure that rests on \
         assumptions is an interval over their ranges. Each can be changed under `assume` in plimsoll.yaml; `plimsoll explain \
         NAME` prints one.\n",
    );
    for assumption in Assumption::ALL {
        let range: Vec<String> = assumption.range().iter().map(|value| format!("`{value}`")).collect();
        let range = if range.is_empty() { String::from("no other value is tried") } else { range.join(", ") };
        let _ = write!(
            out,
            "\n## {}\n\n{}\n\n- value: `{}`\n- range: {range}\n- why: {}\n- source: {}\n",
            assumption.name(),
            assumption.doc(),
            assumption.value(),
            assumption.reason(),
            assumption.source()
        );
    }
    out
}
