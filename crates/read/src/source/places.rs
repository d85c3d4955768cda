//! Where sources lie towards each other, so that a path may lead from one into another: `../../deploy` in a folder that is
//! a source of its own is a folder of the source around it.

use super::Source;
use crate::corpus::normal;

/// Where the sources of a survey lie. Nothing is known of texts in memory, or of a source that is alone.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<Option<Place>>);

#[derive(Debug)]
struct Place {
    path: String,
    /// Whether another source lies in it.
    holds_another: bool,
}

impl Places {
    /// The places of sources.
    pub(crate) fn of(sources: &[Source]) -> Self {
        if sources.len() < 2 {
            return Self::default();
        }
        let paths: Vec<Option<String>> =
            sources.iter().map(|source| normal(&source.place()?.to_string_lossy())).collect();
        let holds = |path: &String| paths.iter().flatten().any(|other| other != path && within(path, other).is_some());
        let place = |path: &Option<String>| path.clone().map(|path| Place { holds_another: holds(&path), path });
        Self(paths.iter().map(place).collect())
    }

    /// The source and the path in it that a path from the root of a source means; none where it leads out of all.
    pub(crate) fn resolve(&self, source: u32, path: &str) -> Option<(u32, String)> {
        let inside = normal(path);
        let Some(Some(own)) = self.0.get(source as usize) else { return Some((source, inside?)) };
        if !own.holds_another
            && let Some(inside) = inside
        {
            return Some((source, inside));
        }
        let whole = normal(&format!("{}/{path}", own.path))?;
        let places = self.0.iter().zip(0..);
        let all = places.filter_map(|(place, index)| Some((index, within(&place.as_ref()?.path, &whole)?.to_owned())));
        // Of sources in each other the innermost one has it.
        all.min_by_key(|(_, rest)| rest.len())
    }
}

/// The rest of a path below a folder; empty for the folder itself.
fn within<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() || folder.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}
