//! Leftovers: markers of work that was put off, and paths that exist on one machine only.

use super::Finding;
use crate::tree::Tree;

/// Markers in any text. Spelled in two halves, so that this file does not find itself.
const MARKERS: [&str; 4] = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X"), concat!("HA", "CK")];

/// Macros that hold the place of code.
const MACROS: [&str; 3] = [concat!("dbg", "!("), concat!("todo", "!("), concat!("unimplemented", "!(")];

/// Beginnings of paths that a clone of this repository does not have.
const ELSEWHERE: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("sha", "red/")];

/// Finds markers, and paths of a machine.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| !path.ends_with(".lock")) {
        for (index, line) in text.lines().enumerate() {
            if let Some(marker) = marker(path, line) {
                let cure = "do it now, or file it and remove the mark";
                findings.push(Finding::new(path, index + 1, format!("`{marker}` is left over"), cure));
            }
            // A path inside a container image is a path of that image, not of a machine.
            if !is_image_recipe(path)
                && let Some(elsewhere) = ELSEWHERE.iter().find(|start| begins_a_path(line, start))
            {
                let cure = "name a path inside this repository";
                findings.push(Finding::new(path, index + 1, format!("`{elsewhere}` is not in this repository"), cure));
            }
        }
    }
    findings
}

fn marker(path: &str, line: &str) -> Option<&'static str> {
    let of_rust = path.ends_with(".rs");
    let as_comment = line.trim().trim_start_matches(['/', '!', '#', ' ']);
    if as_comment == concat!("place", "holder") {
        return Some(concat!("place", "holder"));
    }
    let in_code = MACROS.iter().find(|name| of_rust && has_word(line, name));
    in_code.or_else(|| MARKERS.iter().find(|word| has_word(line, word))).copied()
}

fn is_image_recipe(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains("Dockerfile") || name.contains("Containerfile"))
}

/// Whether the line has the word with nothing of a name on either side.
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(is_name) && (word.ends_with('(') || !after.is_some_and(is_name))
    })
}

/// Whether a path in the line begins so; `a/home/b` and `$HOME/work/` do not.
fn begins_a_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(index, _)| {
        let before = line[..index].trim_end_matches("../");
        !before.ends_with(|c: char| c.is_alphanumeric() || "/_-.}@*".contains(c)) || before.len() < index
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn ordinary_words_and_paths_of_images_are_fine() {
        let text = "todo lists, METHODS, a/home/b, $HOME/work/x, libs/shared/x, <input placeholder=\"filter\">\n";
        let recipe = format!("WORKDIR {}app\n", super::ELSEWHERE[2]);
        expect_findings(check, &[("a.rs", text), ("Dockerfile", &recipe)], &expect![""]);
    }

    /// What is found in a file, without the cure, which is the same for all.
    #[track_caller]
    fn expect_words(path: &str, text: &str, words: &[&str]) {
        let found: Vec<String> = check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.what).collect();
        assert_eq!(found.len(), words.len(), "{found:?}");
        for (what, word) in found.iter().zip(words) {
            assert!(what.starts_with(&format!("`{word}` is")), "{what}");
        }
    }

    #[test]
    fn markers_are_found() {
        let held = concat!("place", "holder");
        expect_words("a.md", &super::MARKERS.map(|marker| format!("// {marker}: later\n")).concat(), &super::MARKERS);
        expect_words("a.rs", &super::MACROS.map(|name| format!("    {name}x);\n")).concat(), &super::MACROS);
        expect_words("a.rs", &format!("//! {held}\n"), &[held]);
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        expect_words("a.md", &super::ELSEWHERE.map(|start| format!("see {start}x\n")).concat(), &super::ELSEWHERE);
        expect_words("a.md", &format!("../{}x\n", super::ELSEWHERE[3]), &super::ELSEWHERE[3..]);
    }
}
