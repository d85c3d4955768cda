//! Links: every relative link of a Markdown file leads to a file, and its `#part` to a heading; the book lists its pages.
//!
//! Not here: links to other sites, since a check that needs a network is not a check of this tree.

use super::Finding;
use crate::tree::Tree;

/// The table of contents of the book.
const SUMMARY: &str = "docs/SUMMARY.md";

/// Finds links that lead nowhere, and pages that nothing leads to.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = unlisted(tree);
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        for (line, target) in links(text) {
            if let Some(what) = broken(tree, path, &target) {
                findings.push(Finding::new(path, line, what, "point it at what is there"));
            }
        }
    }
    findings
}

/// Pages of the book that its table of contents lacks: no reader finds them.
fn unlisted(tree: &Tree) -> Vec<Finding> {
    let Some(summary) = tree.text(SUMMARY) else { return Vec::new() };
    let listed: Vec<String> = links(summary).iter().filter_map(|(_, target)| resolve(SUMMARY, target)).collect();
    let pages = tree.under("docs/").filter(|(path, _)| path.ends_with(".md") && *path != SUMMARY);
    let unlisted = pages.filter(|(path, _)| !listed.iter().any(|each| each == path));
    unlisted
        .map(|(path, _)| Finding::new(path, 1, "the book does not list this page", "add it to docs/SUMMARY.md"))
        .collect()
}

fn broken(tree: &Tree, path: &str, target: &str) -> Option<String> {
    let elsewhere = target.contains("://") || target.starts_with("mailto:") || target.is_empty();
    if elsewhere {
        return None;
    }
    let (file, part) = target.split_once('#').map_or((target, None), |(file, part)| (file, Some(part)));
    let Some(file) = (if file.is_empty() { Some(path.to_owned()) } else { resolve(path, file) }) else {
        return Some(format!("the link `{target}` leaves the repository"));
    };
    if !file.is_empty() && !tree.has(&file) {
        return Some(format!("the link `{target}` leads to `{file}`, which is not there"));
    }
    let part = part.filter(|_| file.ends_with(".md"))?;
    let headings = headings(tree.text(&file)?);
    (!headings.iter().any(|heading| heading == part)).then(|| format!("`{file}` has no heading `#{part}`"))
}

/// The path that a link in a file means; `None` where it climbs above the root or is absolute.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    if link.starts_with('/') {
        return None;
    }
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(folders.pop()?),
            name => folders.push(name),
        }
    }
    Some(folders.join("/"))
}

/// The lines of a text that are prose: `None` for the lines of code blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => return Some((index + 1, line)),
            _ => {}
        }
        None
    })
}

/// Every link of a text with its line: `[text](target)` and `[label]: target`.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let line = without_code(line);
        for (start, _) in line.match_indices("](") {
            let rest = &line[start + 2..];
            if let Some(end) = rest.find([')', ' ']) {
                found.push((number, rest[..end].trim_matches(['<', '>']).to_owned()));
            }
        }
        if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            found.push((number, target.split(' ').next().unwrap_or("").to_owned()));
        }
    }
    found
}

/// The line with its `code` taken out.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The names by which a text's headings are linked to.
fn headings(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() < line.len() && title.starts_with(' ') {
            let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let name: String = kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect();
            let before = names.iter().filter(|other| **other == name).count();
            names.push(if before == 0 { name } else { format!("{name}-{before}") });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;

    #[test]
    fn links_to_files_folders_headings_and_other_sites_are_fine() {
        let page = "# A `b` c\n[x](docs/two.md#some-part) [y](docs) [z](https://example.com) [here](#a-b-c)\n\
            `[code](nowhere)`\n```\n[code](nowhere)\n```\n[label]: docs/two.md\n";
        expect_findings(check, &[("one.md", page), ("docs/two.md", "## Some part\n[up](../one.md)\n")], &expect![""]);
    }

    #[test]
    fn dead_links_are_found() {
        let page = "[x](two.md)\n[y](../../three.md) [z](one.md#gone)\n[label]: four.md\n[abs](/five.md)\n";
        expect_findings(
            check,
            &[("docs/one.md", page)],
            &expect![[r"
                docs/one.md:1: the link `two.md` leads to `docs/two.md`, which is not there; point it at what is there
                docs/one.md:2: the link `../../three.md` leaves the repository; point it at what is there
                docs/one.md:2: `docs/one.md` has no heading `#gone`; point it at what is there
                docs/one.md:3: the link `four.md` leads to `docs/four.md`, which is not there; point it at what is there
                docs/one.md:4: the link `/five.md` leaves the repository; point it at what is there"]],
        );
    }
    #[test]
    fn a_page_that_the_book_does_not_list_is_found() {
        let files = [(super::SUMMARY, "[one](a/one.md)\n"), ("docs/a/one.md", ""), ("docs/a/two.md", "")];
        expect_findings(
            check,
            &files,
            &expect!["docs/a/two.md:1: the book does not list this page; add it to docs/SUMMARY.md"],
        );
    }
}
