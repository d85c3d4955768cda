//! What the last stage says, as facts of a build.

use plimsoll_model::{Content, Field, Value};

use super::stages::{Image, Stage};
use crate::facts::{Build, Spelled};

/// Puts the bases, the user, the variables, the ports and the command into the build.
pub(super) fn fill(image: Image, build: &mut Build) {
    build.bases = bases(&image.stages);
    let Some(last) = image.stages.into_iter().last() else { return };
    if let Some(user) = last.user {
        let content = Content::Stated(Value::Text(user.text.clone()));
        build.claims.push((Field::RunAsUser, content, format!("USER {}", user.text), user.origin));
    }
    build.environment = last.environment;
    build.ports = last.ports;
    build.words = last.entrypoint;
    build.words.extend(last.command);
}

/// Every image once, in the order of the text, the one that the last stage stands on at the end.
fn bases(stages: &[Stage]) -> Vec<Spelled> {
    let mut bases: Vec<Spelled> = Vec::new();
    let own = stages.iter().filter(|stage| stage.parent.is_none()).filter_map(|stage| stage.base.as_ref());
    for base in own {
        if !bases.iter().any(|known| known.text == base.text) {
            bases.push(base.clone());
        }
    }
    if let Some(last) = stages.last().and_then(|stage| stage.base.as_ref()) {
        bases.retain(|base| base.text != last.text);
        bases.push(last.clone());
    }
    bases
}
