//! Rendered texts into objects whose values know the template's line and the values' line.

use gotemplate::{Origin, Place, Text};
use plimsoll_model::{At, FileId, Problem};

use super::Rendered;
use super::chart::{Chart, Loader};
use super::places::Places;
use crate::corpus::Corpus;
use crate::tree::json::LineIndex;
use crate::tree::yaml::{self, Schema};
use crate::tree::{Data, Node};

/// Says when a hook runs.
const HOOK: &str = "helm.sh/hook";

/// When hooks run.
const EVENTS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// Values that one scalar is made of beyond this are not listed.
const VALUES_MAX: usize = 4;

/// The objects of one rendered template.
///
/// # Errors
/// A document is no YAML; Helm prints nothing then.
pub(super) fn of_text(loader: &mut Loader<'_>, name: &str, text: &Text, out: &mut Rendered) -> Result<(), Problem> {
    let mut failed = Ok(());
    for (start, part) in super::places::documents(text) {
        // Helm takes white space off the end of each document, and ends it with one line break.
        let part = &format!("{}\n", part.trim_end());
        let spot =
            Spot { corpus: loader.corpus, places: &loader.places, text, start, lines: LineIndex::new(part), part };
        // The file is put in with the places: what is parsed is no file.
        let documents = yaml::parse(FileId(0), part, Schema::Yaml11);
        let broken = documents.problems.iter().find(|problem| problem.message.starts_with("not valid YAML"));
        if let Some(problem) = broken {
            let offset = spot.offset(problem.at);
            let at = spot.at(offset).unwrap_or(At::whole(FileId(0)));
            failed =
                failed.and(Err(Problem { at, message: format!("YAML parse error on {name}: {}", problem.message) }));
            continue;
        }
        for mut root in documents.roots {
            spot.settle(&mut root);
            if !root.is_mapping() || root.get("kind").is_none() && root.get("apiVersion").is_none() {
                continue;
            }
            let hook = root.at_path(&["metadata", "annotations"]).and_then(|annotations| annotations.str_at(HOOK));
            match hook.map(str::to_owned) {
                None => out.objects.push(root),
                Some(events) if are_known(&events) => out.hooks.push(root),
                // Helm passes over what waits for an event that it does not know, such as Helm 2's `crd-install`.
                Some(_) => {}
            }
        }
    }
    failed
}

/// Whether Helm knows all events of a hook.
fn are_known(events: &str) -> bool {
    events.split(',').all(|event| EVENTS.contains(&event.trim().to_ascii_lowercase().as_str()))
}

/// The objects of `crds`, in a chart and its sub-charts.
pub(super) fn of_crds(loader: &Loader<'_>, chart: &Chart) -> Vec<Node> {
    let own = chart.crds.iter().flat_map(|file| crate::kubernetes::objects_of(loader.corpus, *file));
    own.chain(chart.charts.iter().flat_map(|sub| of_crds(loader, sub))).collect()
}

/// A document of a rendered text, and what tells where its pieces come from.
struct Spot<'s> {
    corpus: &'s Corpus,
    places: &'s Places,
    text: &'s Text,
    /// The byte of the text at which the document begins.
    start: usize,
    lines: LineIndex,
    part: &'s str,
}

impl Spot<'_> {
    /// The byte of a place in the document.
    fn offset(&self, at: At) -> usize {
        let line = self.lines.start_of(self.part, (at.line as usize).saturating_sub(1));
        let column = (at.column as usize).saturating_sub(1);
        self.part[line..].char_indices().nth(column).map_or(self.part.len(), |(offset, _)| line + offset)
    }

    /// The template's line of a byte of the document.
    fn at(&self, offset: usize) -> Option<At> {
        let place: Place = self.text.place_at(self.start + offset)?;
        self.places.of_template(self.corpus, place)
    }

    /// Puts the true places into a tree.
    fn settle(&self, root: &mut Node) {
        let mut starts = Vec::new();
        gather(root, self, &mut starts);
        starts.push(self.part.len());
        starts.sort_unstable();
        starts.dedup();
        self.place(root, &starts);
    }

    fn place(&self, node: &mut Node, starts: &[usize]) {
        let offset = self.offset(node.at);
        let spelled = self.at(offset).unwrap_or(At::whole(FileId(0)));
        node.at = spelled;
        node.via = None;
        match &mut node.value {
            Data::Mapping(entries) => {
                for entry in entries {
                    entry.key_at = self.at(self.offset(entry.key_at)).unwrap_or(spelled);
                    self.place(&mut entry.value, starts);
                }
            }
            Data::Sequence(items) => items.iter_mut().for_each(|item| self.place(item, starts)),
            Data::Scalar(_) => {
                let next = starts[starts.partition_point(|start| *start <= offset).min(starts.len() - 1)];
                let end = self.end_of(offset, next);
                let values: Vec<At> = self.values(offset, end);
                if let Some((first, rest)) = values.split_first() {
                    node.at = *first;
                    let via: Vec<At> = rest.iter().copied().chain([spelled]).collect();
                    node.via = Some(via.into());
                }
            }
        }
    }

    /// Where a scalar ends at the latest: at the end of its line, unless it is a block or quoted over several.
    fn end_of(&self, offset: usize, next: usize) -> usize {
        let body = &self.part[offset..next];
        let several = body.starts_with(['|', '>', '"', '\'']);
        let line = body.find('\n').unwrap_or(body.len());
        let end = if several { body.len() } else { line };
        offset + body[..end].trim_end().len().max(1)
    }

    fn values(&self, start: usize, end: usize) -> Vec<At> {
        let origins: Vec<Origin> = self.text.values_in(self.start + start, self.start + end);
        let mut places: Vec<At> = Vec::new();
        for at in origins.into_iter().filter_map(|origin| self.places.of_value(origin)) {
            if !places.contains(&at) && places.len() < VALUES_MAX {
                places.push(at);
            }
        }
        places
    }
}

/// The bytes at which nodes and keys begin.
fn gather(node: &Node, spot: &Spot<'_>, starts: &mut Vec<usize>) {
    starts.push(spot.offset(node.at));
    match &node.value {
        Data::Mapping(entries) => {
            for entry in entries {
                starts.push(spot.offset(entry.key_at));
                gather(&entry.value, spot, starts);
            }
        }
        Data::Sequence(items) => items.iter().for_each(|item| gather(item, spot, starts)),
        Data::Scalar(_) => {}
    }
}
