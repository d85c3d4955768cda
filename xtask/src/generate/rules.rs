//! The page of the rules: the head of each rule's file, under its id, in the order of the ids.

use super::generated_from;
use super::readers::one_deeper;
use crate::tidy::readers::page as head;
use crate::tree::Tree;

const FOLDER: &str = "crates/audit/src/rules/";

/// Writes the page.
pub(super) fn page(tree: &Tree) -> String {
    let mut out = generated_from("the heads of `crates/audit/src/rules/*.rs`");
    out.push_str("# Rules\n\n");
    out.push_str("What the audit holds a system to. Each rule passes, fails or says which fact is missing. ");
    out.push_str("`plimsoll explain RULE` prints the same page.\n");
    let files = tree.under(FOLDER).filter(|(path, _)| !path.ends_with("/mod.rs"));
    let mut rules: Vec<(String, String, String)> =
        files.map(|(_, text)| (stated(text, "id"), stated(text, "slug"), head(text))).collect();
    rules.sort();
    for (id, slug, head) in rules {
        let (title, body) = head.split_once('\n').unwrap_or((&head, ""));
        let title = title.trim_start_matches(['#', ' ']);
        let body = body.strip_suffix('\n').unwrap_or(body);
        out.push('\n');
        out.push_str(&one_deeper(&format!("# {id} {title}\n\n`{slug}`\n\n{}\n", apart(body))));
    }
    out
}

/// The text of a field of the rule's constant.
fn stated(text: &str, field: &str) -> String {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(&format!("{field}: \"")));
    line.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// An empty line before and after each heading and block, as Markdown wants them.
fn apart(body: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in body.lines() {
        let fence = line.starts_with("```");
        let opens = fence && !inside;
        if (opens || (!inside && line.starts_with('#'))) && !out.ends_with("\n\n") && !out.is_empty() {
            out.push('\n');
        }
        inside ^= fence;
        out.push_str(line);
        out.push('\n');
        if (fence && !opens) || (!inside && line.starts_with('#')) {
            out.push('\n');
        }
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::tree::Tree;

    #[test]
    fn rules_stand_in_the_order_of_their_ids() {
        let rule = |id: &str| {
            format!(
                "//! # A title\n//! What.\n//! ## Why\n//! So.\nconst RULE: R = R {{\n    id: \"{id}\",\n    slug: \"s\",\n}};\n"
            )
        };
        let (b, a) = (rule("REL-002"), rule("REL-001"));
        let files = [("crates/audit/src/rules/b.rs", b.as_str()), ("crates/audit/src/rules/c.rs", a.as_str())];
        let page = page(&Tree::of(&files));
        let first =
            page.find("## REL-001 A title\n\n`s`\n\nWhat.\n\n### Why\n\nSo.\n").expect("the first rule stands there");
        assert!(first < page.find("## REL-002").expect("the second rule stands there"), "{page}");
    }
}
