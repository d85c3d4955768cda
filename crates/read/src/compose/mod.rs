//! # Compose
//! Reads compose projects: services as `docker compose` runs them.
//!
//! ## Reads
//! Files by their name (`compose.yaml`, `docker-compose.yml`, `docker-compose.prod.yml`, `shop.compose.yml` …) and other
//! YAML whose top has `services` with an image or a build, and nothing that Compose does not know.
//!
//! A project is a main file with its override file (or the files that `COMPOSE_FILE` lists), and every other file that
//! can stand alone. A file that cannot is laid over the file that it changes, and is a variant of its own. Included files
//! are part of what includes them.
//!
//! Variables are put in from `.env` beside the first file; where the repository has only an example (`.env.example`),
//! the example stands in. A value stands where it is set and keeps the places that it came through. Then `include`,
//! `extends`, merge (`!reset`, `!override`), `env_file` beneath `environment`.
//!
//! ## What comes out
//! A variant for each project; a unit for each service, whatever its profiles (`profile` among the labels), with its
//! container, variables, words, ports, mounted files, build folder, networks and other names; claims of how it runs. What a
//! service waits for (`depends_on`, `links`) is a hint, never a call. The health check is its readiness.
//!
//! ## What it does not use
//! Logging, devices, ulimits, kernel settings, `extra_hosts`, `develop`, build arguments, contents of secrets. Models are
//! listed as not read. An unknown key, a variable that is set nowhere, a service that extends itself are problems.
//!
//! ## Example
//! ```yaml
//! # .env: DB_HOST=orders-db
//! services:
//!   orders:
//!     image: shop/orders:${TAG:-1.0}
//!     environment: { DATABASE_URL: "postgres://${DB_HOST}:5432/orders" }
//!     depends_on: [orders-db]
//! ```
//! gives the unit `orders` with the image `shop/orders:1.0` and `DATABASE_URL` = `postgres://orders-db:5432/orders`, from
//! `.env:1` by way of `compose.yaml:5`.

mod recognise;
mod projects;
mod load;
mod environment;
mod canonical;
mod ports;
mod mounts;
mod paths;
mod merge;
mod keys;
mod service;
mod variables;
mod container;
mod words;
mod build;
mod claims;
mod health;
mod quantity;

use plimsoll_model::FileId;

use crate::Reader;
use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped, Variant, VariantId, VariantKind};
use crate::tree::Node;

use projects::Found;

/// The reader of compose files.
pub const READER: Reader = Reader { name: "compose", page: include_str!("mod.rs"), takes: recognise::takes, read };

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let mut files = files.to_vec();
    files.sort();
    files.dedup();
    for mut found in projects::find(corpus, &files) {
        let variant = VariantId(facts.variants.len());
        facts.problems.append(&mut found.project.problems);
        facts.not_read.append(&mut found.project.not_read);
        facts.variants.push(variant_of(corpus, &found));
        service::emit(corpus, &found, variant, &mut facts);
        models(&found, &mut facts);
    }
    facts.problems.sort();
    facts.problems.dedup();
    facts
}

/// Whether `docker compose` takes the file without being told: it has one of Compose's own names.
pub(crate) fn is_found_by_itself(path: &str) -> bool {
    recognise::CANONICAL.contains(&path.rsplit('/').next().unwrap_or(path))
}

fn variant_of(corpus: &Corpus, found: &Found) -> Variant {
    Variant {
        kind: VariantKind::Compose,
        path: corpus.files().display(found.file),
        source: found.project.source,
        folder: corpus.path(found.file).to_owned(),
        files: found.project.files.iter().copied().collect(),
        bases: found.bases.iter().map(|base| corpus.path(*base).to_owned()).collect(),
        optional: found.incomplete,
    }
}

/// Models are run by Docker itself, under no name that a service could call.
fn models(found: &Found, facts: &mut Facts) {
    for model in found.project.root.get("models").map_or(&[] as &[_], Node::entries) {
        let image = model.value.str_at("model").unwrap_or_default();
        let reason = format!("the model `{}` ({image}) is run by Docker itself; it is no component here", model.key);
        facts.not_read.push(Skipped { kind: String::from("compose model"), file: model.key_at.file, reason });
    }
}
