//! Which known name a wrong one was meant to be.

/// The nearest of the known names, where one is near enough to be meant.
///
/// Near enough: the same but for case and `-_ `, or at most a third of the letters (one of two) are wrong, counting a swap
/// of two neighbours as one, or the beginning is given. Of equally near ones the first is taken.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = plain(name);
    let limit = (wanted.len() / 3).max(usize::from(wanted.len() > 1));
    let mut best: Option<(usize, &str)> = None;
    for each in known {
        let known = plain(each);
        let begins = wanted.len() > 2 && known.starts_with(&wanted);
        let distance = distance(&wanted, &known, limit).min(if begins { limit } else { usize::MAX });
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, each));
        }
    }
    best.map(|(_, name)| name)
}

fn plain(name: &str) -> Vec<char> {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
    letters.flat_map(char::to_lowercase).take(64).collect()
}

/// Optimal string alignment distance (Damerau-Levenshtein without repeated edits); more than `limit` may be understated.
fn distance(a: &[char], b: &[char], limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut rows = [vec![0; b.len() + 1], (0..=b.len()).collect::<Vec<usize>>(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[1][j] + 1).min(rows[2][j - 1] + 1).min(rows[1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = least;
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

/// Names as an error lists them: `a`, `b` and `c`; at most twelve.
pub fn listed<'k>(names: impl IntoIterator<Item = &'k str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::from("none"),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 12 => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} more", many[..11].join(", "), many.len() - 11),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_found() {
        assert_eq!(nearest("replcia", ["slots", "replicas"]), Some("replicas"));
        assert_eq!(nearest("lag-p99", ["lag_p99"]), Some("lag_p99"));
        assert_eq!(nearest("on", ["no", "one"]), Some("no"));
    }

    #[test]
    fn the_beginning_of_a_word_is_enough() {
        assert_eq!(nearest("prod", ["standby", "production"]), Some("production"));
    }

    #[test]
    fn another_word_is_not_taken_for_it() {
        assert_eq!(nearest("colour", ["replicas", "slots", "zones"]), None);
        assert_eq!(nearest("", ["slots"]), None);
        assert_eq!(nearest("c", ["a", "b"]), None);
    }
}
