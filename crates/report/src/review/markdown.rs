//! A review as one comment for a pull request: the verdict first, a table for each journey, the rest behind folds.

use super::{Reviewed, difference, hurt, rows};
use crate::loadline::cell;

/// How many rows a fold holds: GitHub refuses comments of more than 65,536 characters.
const ROWS_MAX: usize = 100;

/// The review as GitHub Flavored Markdown.
pub fn markdown(reviewed: &Reviewed<'_>) -> String {
    let review = reviewed.review;
    let mut out = format!("**Verdict: {}**\n\n", cell(&reviewed.verdict()));
    out.push_str(&format!("{} against {}\n", cell(reviewed.head_name), cell(reviewed.base_name)));
    for change in &review.journeys {
        out.push_str(&format!("\n| {} | base | head | |\n|---|---|---|---|\n", cell(&change.journey)));
        for row in rows(change) {
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                row.what,
                cell(&row.base),
                cell(&row.head),
                cell(&row.note)
            ));
        }
    }
    out.push_str(&format!("\nModel: {}. Removals that others use: {}.\n", cell(&reviewed.counts()), used(reviewed)));
    if !review.breaks.is_empty() {
        out.push_str("\n| gone | who is hurt |\n|---|---|\n");
        for each in &review.breaks {
            out.push_str(&format!("| {} | {} |\n", cell(&each.what), cell(&hurt(each))));
        }
    }
    if !review.standing.new.is_empty() {
        out.push_str("\n| | rule | what | where | owner |\n|---|---|---|---|---|\n");
        for finding in review.standing.new.iter().take(ROWS_MAX) {
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                finding.severity.word(),
                finding.rule.id,
                cell(&format!("{} {}", finding.subject, finding.says)),
                cell(&reviewed.finding_place(finding)),
                cell(finding.owner.as_deref().unwrap_or_default()),
            ));
        }
    }
    if !review.standing.fixed.is_empty() {
        let fixed: Vec<String> =
            review.standing.fixed.iter().map(|known| format!("{} {}", known.rule, known.subject)).collect();
        out.push_str(&format!("\nFixed: {}.\n", cell(&fixed.join(", "))));
    }
    if !review.changes.is_empty() {
        let shown = &review.changes[..review.changes.len().min(ROWS_MAX)];
        out.push_str(&format!(
            "\n<details>\n<summary>{} differences in the model</summary>\n\n| | what | name | difference | where |\n|---|---|---|---|---|\n",
            review.changes.len()
        ));
        for change in shown {
            out.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                change.kind.word(),
                change.noun.word(),
                cell(&change.name),
                cell(&difference(change)),
                cell(&reviewed.place(change).unwrap_or_default()),
            ));
        }
        out.push_str("\n</details>\n");
    }
    out
}

fn used(reviewed: &Reviewed<'_>) -> usize {
    reviewed.review.breaks.iter().filter(|each| !each.used_by.is_empty()).count()
}
