//! Images: names, tags and digests replaced wherever a container has them.

use plimsoll_model::At;
use regex::Regex;

use super::accumulated::Accumulated;
use super::fields::{Outcome, change_text, sort, spelled, value};
use super::fieldspec::{self, FieldSpec, Make};
use super::selector::expression;
use crate::tree::{Data, Node};

/// An entry of `images`.
pub(super) struct Image {
    /// Which images are meant; the name is a regular expression, as kustomize takes it.
    named: Regex,
    new_name: String,
    new_tag: String,
    tag_suffix: String,
    digest: String,
    /// Where the entry stands.
    at: At,
}

impl Image {
    /// Reads an entry.
    pub(super) fn of(node: &Node) -> Outcome<Self> {
        let text = |key: &str| node.get(key).map(value).unwrap_or_default().to_owned();
        let name = text("name");
        Ok(Self {
            named: expression(&format!("^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$"))?,
            new_name: text("newName"),
            new_tag: text("newTag"),
            tag_suffix: text("tagSuffix"),
            digest: text("digest"),
            at: stated_at(node),
        })
    }

    /// Replaces it in all objects.
    pub(super) fn apply(&self, all: &mut Accumulated, specs: &[FieldSpec]) -> Outcome<()> {
        for object in all.objects.iter_mut().filter(|object| object.kind() != "CustomResourceDefinition") {
            let id = object.id().to_string();
            self.change_containers(&mut object.node).map_err(|error| format!("{id}: {error}"))?;
        }
        for object in all.objects.iter_mut().filter(|object| object.kind() != "CustomResourceDefinition") {
            let id = object.id().to_string();
            for spec in specs {
                fieldspec::apply(spec, &mut object.node, Make::Nothing, &mut |node| self.change(node))
                    .map_err(|error| format!("{id}: {error}"))?;
            }
        }
        Ok(())
    }

    /// In lists called `containers` or `initContainers`, wherever they are: custom resources have them too.
    fn change_containers(&self, node: &mut Node) -> Outcome<()> {
        match &mut node.value {
            Data::Scalar(_) => Ok(()),
            Data::Sequence(items) => items.iter_mut().try_for_each(|item| self.change_containers(item)),
            Data::Mapping(entries) => {
                for entry in entries {
                    self.change_containers(&mut entry.value)?;
                    if matches!(entry.key.as_str(), "containers" | "initContainers")
                        && let Data::Sequence(items) = &mut entry.value.value
                    {
                        items.iter_mut().try_for_each(|item| self.change_in(item))?;
                    }
                }
                Ok(())
            }
        }
    }

    fn change_in(&self, container: &mut Node) -> Outcome<()> {
        if container.is_null() {
            return Ok(());
        }
        if !container.is_mapping() {
            return Err(format!("a container must be a mapping, found {}", sort(container)));
        }
        container.get_mut("image").map_or(Ok(()), |image| self.change(image))
    }

    fn change(&self, node: &mut Node) -> Outcome<()> {
        if !matches!(node.value, Data::Scalar(_)) {
            return Err(format!("an image must be a text, found {}", sort(node)));
        }
        if node.is_null() || !self.named.is_match(spelled(node)) {
            return Ok(());
        }
        let image = self.replaced(spelled(node));
        if image != spelled(node) {
            change_text(node, &image, Some(self.at));
        }
        Ok(())
    }

    fn replaced(&self, image: &str) -> String {
        let (name, tag, digest) = split(image);
        let name = if self.new_name.is_empty() { name } else { &self.new_name };
        let (tag, digest) = match (self.new_tag.as_str(), self.digest.as_str()) {
            ("", "") if self.tag_suffix.is_empty() => (tag.to_owned(), digest),
            ("", "") => (format!("{tag}{}", self.tag_suffix), ""),
            ("", digest) => (String::new(), digest),
            (tag, digest) => (tag.to_owned(), digest),
        };
        let tag = if tag.is_empty() { tag } else { format!(":{tag}") };
        let digest = if digest.is_empty() { String::new() } else { format!("@{digest}") };
        format!("{name}{tag}{digest}")
    }
}

/// The line that says what is new; of several the first.
fn stated_at(node: &Node) -> At {
    ["newTag", "digest", "newName", "tagSuffix"].iter().find_map(|key| node.get(key)).map_or(node.at, |new| new.at)
}

/// Name, tag and digest. A colon before the first slash belongs to the registry's port.
fn split(image: &str) -> (&str, &str, &str) {
    let start = image.find('/').filter(|at| *at > 0).unwrap_or(0);
    let at = image[start..].find('@').map(|at| at + start);
    let colon = image[start..].find(':').map(|at| at + start);
    match (colon, at) {
        (None, None) => (image, "", ""),
        (Some(colon), Some(at)) if colon < at => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(at)) => (&image[..at], "", &image[at + 1..]),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
    }
}
