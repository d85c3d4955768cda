//! A review for the terminal.

use super::{Reviewed, difference, hurt, rows};
use crate::survey::Colour;
use crate::survey::paint::{Ink, paint};
use crate::words::clean;

/// How many findings and differences are shown.
const SHOWN: usize = 20;

/// The review as text.
pub fn text(reviewed: &Reviewed<'_>, colour: Colour) -> String {
    let review = reviewed.review;
    let strong = |text: &str| paint(colour, Ink::Heading, text);
    let mut out = format!("{}\n", strong(&clean(&reviewed.verdict())));
    out.push_str(&format!("{} against {}\n", clean(reviewed.head_name), clean(reviewed.base_name)));
    out.push_str(&format!("{}\n", clean(&reviewed.counts())));
    for change in &review.journeys {
        out.push_str(&format!("\n{:<26}  {:<12}  {:<12}\n", strong(&clean(&change.journey)), "base", "head"));
        for row in rows(change) {
            let line =
                format!("  {:<26}{:<14}{:<14}{}", row.what, clean(&row.base), clean(&row.head), clean(&row.note));
            out.push_str(&format!("{}\n", line.trim_end()));
        }
    }
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(&format!("\n{}\n", strong(title)));
            let more = lines.len().saturating_sub(SHOWN);
            lines.iter().take(SHOWN).for_each(|line| out.push_str(&format!("  {}\n", clean(line))));
            if more > 0 {
                out.push_str(&format!("  … and {more} more: --format json lists them\n"));
            }
        }
    };
    section("GONE", review.breaks.iter().map(|each| format!("{}  {}", each.what, hurt(each))).collect());
    let new = review.standing.new.iter().map(|finding| {
        let place = reviewed.finding_place(finding);
        format!("{:<8} {}  {} {}  {place}", finding.severity.word(), finding.rule.id, finding.subject, finding.says)
    });
    section("NEW FINDINGS", new.collect());
    let fixed = review.standing.fixed.iter().map(|known| format!("{} {}", known.rule, known.subject));
    section("FIXED", fixed.collect());
    let changes = review.changes.iter().map(|change| {
        let place = reviewed.place(change).unwrap_or_default();
        let says = difference(change);
        let says = if says.is_empty() { says } else { format!("  {says}") };
        format!("{:<8} {:<11} {}{says}  {place}", change.kind.word(), change.noun.word(), change.name)
    });
    section("DIFFERENCES", changes.collect());
    out
}
