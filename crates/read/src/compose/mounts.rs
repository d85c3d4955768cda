//! Mounts: `[source:]target[:options]` and their long form.

use plimsoll_model::Problem;

use super::paths;
use crate::tree::{Node, ScalarKind};

/// Makes one item of `volumes` long; the source of a bind mount is resolved from `folder`.
pub(super) fn long_form(item: &mut Node, folder: &str, problems: &mut Vec<Problem>) {
    if let Some(text) = item.as_str().map(str::to_owned) {
        let parts = split(&text);
        let (source, target, options) = match parts.as_slice() {
            [target] => (None, *target, ""),
            [source, target] => (Some(*source), *target, ""),
            [source, target, options] => (Some(*source), *target, *options),
            _ => {
                let message = format!("`{text}` is not a mount; it is left out; write [SOURCE:]TARGET[:OPTIONS]");
                problems.push(Problem { at: item.at, message });
                return;
            }
        };
        let mut long = Node { via: item.via.clone(), tag: item.tag.clone(), ..Node::mapping(item.at) };
        let mut set = |key: &str, text: &str, kind| {
            long.set(key, Node { via: item.via.clone(), ..Node::scalar(text, kind, item.at) });
        };
        set("type", if source.is_some_and(paths::is_path) { "bind" } else { "volume" }, ScalarKind::Text);
        if let Some(source) = source {
            set("source", source, ScalarKind::Text);
        }
        set("target", target, ScalarKind::Text);
        if options.split(',').any(|option| option == "ro") {
            set("read_only", "true", ScalarKind::Bool(true));
        }
        *item = long;
    }
    let kind = item.str_at("type").map(str::to_owned);
    if let Some(source) = item.get_mut("source") {
        let named = source.as_str().is_some_and(|source| !paths::is_path(source));
        if kind.as_deref() == Some("bind") || (kind.is_none() && !named) {
            paths::anchor(source, folder);
        }
    }
}

/// The parts between colons; the colon of a Windows drive parts nothing.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (offset, _) in text.match_indices(':') {
        let part = &text[start..offset];
        let drive = part.len() == 1 && part.as_bytes()[0].is_ascii_alphabetic();
        let path = text[offset + 1..].starts_with(['\\', '/']);
        if drive && path {
            continue;
        }
        parts.push(part);
        start = offset + 1;
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_model::{At, FileId};

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut problems = Vec::new();
        let mut item = Node::text(text, At::new(FileId(0), 1, 1));
        long_form(&mut item, "deploy", &mut problems);
        let parts: Vec<String> =
            item.entries().iter().map(|e| format!("{}={}", e.key, e.value.as_str().unwrap_or("-"))).collect();
        assert_eq!(parts.join(" "), expect);
    }

    #[test]
    fn every_short_form_is_read() {
        check("/data", "type=volume target=/data");
        check("pg:/data", "type=volume source=pg target=/data");
        check("./c.conf:/etc/c.conf:ro,z", "type=bind source=deploy/c.conf target=/etc/c.conf read_only=true");
        check("../x:/x", "type=bind source=x target=/x");
        check("/var/run/docker.sock:/s", "type=bind source=/var/run/docker.sock target=/s");
        check("C:\\a\\b:/x:ro", "type=bind source=C:\\a\\b target=/x read_only=true");
    }
}
