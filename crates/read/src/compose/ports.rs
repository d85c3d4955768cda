//! Ports: `[[ip:]published:]target[/protocol]`, ranges of them, and their long form.

use plimsoll_model::Problem;

use crate::tree::{Data, Node, ScalarKind};

/// Ranges of more ports than this stay ranges: media servers open ten thousand.
const RANGE_MAX: u32 = 64;

/// The long forms of one item of `ports`; a range is as many.
pub(super) fn long_form(item: Node, problems: &mut Vec<Problem>) -> Vec<Node> {
    let Some(text) = item.as_str().map(str::to_owned) else { return ranges(item) };
    if text.is_empty() {
        // A variable that is set nowhere, which is told where it is taken.
        return Vec::new();
    }
    let (address, protocol) = match text.rsplit_once('/') {
        Some((address, protocol)) => (address, Some(protocol.to_ascii_lowercase())),
        None => (text.as_str(), None),
    };
    let (front, target) = match address.rsplit_once(':') {
        Some((front, target)) => (Some(front), target),
        None => (None, address),
    };
    let (host, published) = match front.map(|front| (front, front.rsplit_once(':'))) {
        Some((_, Some((host, published)))) => (Some(host.trim_matches(['[', ']'])), Some(published)),
        Some((front, None)) if front.contains('.') => (Some(front), None),
        Some((front, None)) => (None, Some(front)),
        None => (None, None),
    };
    if range(target).is_none() || published.is_some_and(|text| !text.is_empty() && range(text).is_none()) {
        let message = format!("`{text}` is not a port; it is left out; write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]");
        problems.push(Problem { at: item.at, message });
        return Vec::new();
    }
    let mut long = Node { via: item.via.clone(), tag: item.tag.clone(), ..Node::mapping(item.at) };
    let parts =
        [("host_ip", host), ("published", published), ("target", Some(target)), ("protocol", protocol.as_deref())];
    for (key, part) in parts {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            long.set(key, Node { via: item.via.clone(), ..Node::scalar(part, ScalarKind::Text, item.at) });
        }
    }
    ranges(long)
}

/// `8000` is (8000, 8000), `8000-8010` both ends.
pub(super) fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some((first, last))
}

/// A long form whose target is a range becomes one for each port of it.
fn ranges(long: Node) -> Vec<Node> {
    let Some((first, last)) = long.str_at("target").and_then(range) else { return vec![long] };
    let count = u32::from(last - first) + 1;
    if count == 1 || count > RANGE_MAX {
        return vec![long];
    }
    let published = long.str_at("published").and_then(range).filter(|(from, to)| u32::from(to - from) + 1 == count);
    (0..count as u16)
        .map(|step| {
            let mut one = long.clone();
            set_number(&mut one, "target", first + step);
            if let Some((from, _)) = published {
                set_number(&mut one, "published", from + step);
            }
            one
        })
        .collect()
}

fn set_number(node: &mut Node, key: &str, number: u16) {
    if let Some(Node { value: Data::Scalar(scalar), .. }) = node.get_mut(key) {
        scalar.text = number.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::{At, FileId};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut problems = Vec::new();
        let found = long_form(Node::text(text, At::new(FileId(0), 1, 1)), &mut problems);
        let shown: Vec<String> = found
            .iter()
            .map(|port| port.entries().iter().map(|e| e.value.as_str().unwrap_or("-")).collect::<Vec<_>>().join(" "))
            .chain(problems.into_iter().map(|problem| problem.message))
            .collect();
        assert_eq!(shown.join(", "), expect);
    }

    #[test]
    fn every_short_form_is_read() {
        check("80", "80");
        check("8080:80", "8080 80");
        check("127.0.0.1:8080:80/TCP", "127.0.0.1 8080 80 tcp");
        check("127.0.0.1::80", "127.0.0.1 80");
        check("[::1]:53:53/udp", "::1 53 53 udp");
        check("9000-9001:80-81", "9000 80, 9001 81");
        check("8000-8100:80", "8000-8100 80");
        check("10000-20000:10000-20000/udp", "10000-20000 10000-20000 udp");
        check("${PORT}:80x", "`${PORT}:80x` is not a port; it is left out; write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]");
    }
}
