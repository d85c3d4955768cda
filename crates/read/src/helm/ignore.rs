//! `.helmignore`: which files are no part of a chart.
//!
//! # Source
//! `pkg/ignore/rules.go` of Helm 4.1: the first rule that matches decides; a `!` rule ignores all that it does not match.

/// The rules of one chart.
pub(super) struct Rules {
    rules: Vec<Rule>,
}

struct Rule {
    pattern: Vec<char>,
    negated: bool,
    folders_only: bool,
    /// Whether the whole path is matched, or the name alone.
    whole: bool,
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq)]
enum Entry {
    Folder,
    File,
}

impl Rules {
    /// The rules of a text, and Helm's own for hidden files in `templates`.
    pub(super) fn of(text: &str) -> Self {
        let lines = text.trim_start_matches('\u{feff}').lines().chain(["templates/.?*"]);
        Self { rules: lines.filter_map(Rule::of).collect() }
    }

    /// Whether a file is no part of the chart, or lies in a folder that is none.
    pub(super) fn ignores(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.into_iter().any(|folder| self.matches(folder, Entry::Folder)) || self.matches(path, Entry::File)
    }

    fn matches(&self, path: &str, entry: Entry) -> bool {
        for rule in &self.rules {
            if rule.negated {
                if (rule.folders_only && entry == Entry::File) || !rule.matches(path) {
                    return true;
                }
            } else if !(rule.folders_only && entry == Entry::File) && rule.matches(path) {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.contains("**") {
            return None;
        }
        let negated = line.starts_with('!');
        let pattern = line.strip_prefix('!').unwrap_or(line);
        let folders_only = pattern.ends_with('/');
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        let whole = pattern.contains('/');
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        Some(Self { pattern: pattern.chars().collect(), negated, folders_only, whole })
    }

    fn matches(&self, path: &str) -> bool {
        let name = if self.whole { path } else { path.rsplit('/').next().unwrap_or(path) };
        let name: Vec<char> = name.chars().collect();
        matches(&self.pattern, &name)
    }
}

/// Go's `filepath.Match`: `*`, `?` and `[…]` do not cross `/`.
///
/// Only the last `*` is tried again, so that the cost is at most the product of both lengths.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            None if n == name.len() => return true,
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => name.get(n).is_some_and(|c| *c != '/').then_some(1),
            Some('[') => set(&pattern[p..], name.get(n)),
            Some('\\') => (pattern.get(p + 1).is_some() && pattern.get(p + 1) == name.get(n)).then_some(2),
            Some(literal) => (name.get(n) == Some(literal)).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(width), _) => (p, n) = (p + width, n + 1),
            (None, Some((at, from))) if name.get(from).is_some_and(|c| *c != '/') => {
                star = Some((at, from + 1));
                (p, n) = (at + 1, from + 1);
            }
            _ => return false,
        }
    }
}

/// `[a-z]`: how long it is, where it holds the letter.
fn set(pattern: &[char], letter: Option<&char>) -> Option<usize> {
    let letter = *letter?;
    let end = pattern.iter().position(|c| *c == ']')?;
    let (negated, body) = match &pattern[1..end] {
        ['^', rest @ ..] => (true, rest),
        body => (false, body),
    };
    let mut found = false;
    let mut rest = body;
    while let [first, tail @ ..] = rest {
        rest = match tail {
            ['-', last, tail @ ..] => {
                found |= (*first..=*last).contains(&letter);
                tail
            }
            tail => {
                found |= *first == letter;
                tail
            }
        };
    }
    (found != negated && letter != '/').then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::Rules;

    #[track_caller]
    fn check(rules: &str, ignored: &[&str], kept: &[&str]) {
        let rules = Rules::of(rules);
        assert_eq!(ignored.iter().filter(|path| !rules.ignores(path)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(kept.iter().filter(|path| rules.ignores(path)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn names_match_everywhere_and_paths_from_the_root() {
        check(
            "*.tmp\n# no\nci/\n/top.yaml\ndocs/*.md\n",
            &["a/b.tmp", "ci/values.yaml", "x/ci/y", "top.yaml", "docs/a.md"],
            &["a.yaml", "sub/top.yaml", "docs/x/a.md", "ci"],
        );
    }

    #[test]
    fn hidden_files_of_templates_are_never_templates() {
        check("", &["templates/.swp"], &[".hidden", "templates/a.yaml"]);
    }

    #[test]
    fn sets_and_ranges_match_one_letter() {
        check("[a-c]?.[!x]", &[], &["ab.y"]);
        check("[a-c]?.y", &["ab.y"], &["db.y", "a.y"]);
        check("[^a]b", &["cb"], &["ab"]);
    }
}
