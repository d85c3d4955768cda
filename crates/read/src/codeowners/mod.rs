//! # CODEOWNERS: who answers for which path
//!
//! It reads the file that GitHub or GitLab reads: `.github/CODEOWNERS`, `CODEOWNERS`, `docs/CODEOWNERS` or
//! `.gitlab/CODEOWNERS` at the root of each source, the first of them; others are listed as not read, since the platforms
//! do not read them either. Sections, default owners, approvals and exclusions are GitLab's; on GitHub `!` means nothing
//! and is a problem. A line that cannot be used is a problem with its place; the other lines count.
//!
//! The last pattern that fits a path wins. With sections each has its own last pattern: [`Owners::of`] gives one for the
//! path, [`Owners::in_each_section`] all of them. A pattern without owners says that nobody owns the path.
//!
//! It ignores who may approve what, and whether the owners exist.
//!
//! ## Example
//!
//! ```text
//! *                  @chandlery/platform
//! /services/orders/  @chandlery/team-orders
//! /docs/drafts/
//! ```
//!
//! gives three owned paths; `services/orders/Dockerfile` belongs to `@chandlery/team-orders`, `docs/drafts/a.md` to nobody.

mod line;
mod owners;

use plimsoll_model::{FileId, Problem};

pub use owners::{Owners, owner_of};

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};

/// The reader of CODEOWNERS.
pub const READER: crate::Reader = crate::Reader { name: "codeowners", page: include_str!("mod.rs"), takes, read };

/// Where the platforms look, in their order.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

fn takes(corpus: &Corpus, file: FileId) -> bool {
    PLACES.contains(&corpus.path(file))
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let mut files = files.to_vec();
    files.sort();
    for file in files {
        let source = corpus.source(file);
        let first = PLACES.iter().find_map(|place| corpus.lookup(source, place));
        if first == Some(file) {
            read_file(corpus, file, &mut facts);
        } else if let Some(first) = first {
            let reason = format!("{} comes first, and one file counts", corpus.files().display(first));
            facts.not_read.push(Skipped { kind: String::from("CODEOWNERS"), file, reason });
        }
    }
    facts
}

fn read_file(corpus: &Corpus, file: FileId, facts: &mut Facts) {
    let source = corpus.source(file);
    let text = match corpus.text(file) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(reason) => {
            let at = plimsoll_model::At::whole(file);
            facts.problems.push(Problem { at, message: reason.to_owned() });
            return;
        }
    };
    let gitlab = corpus.path(file).starts_with(".gitlab/")
        || corpus.lookup(source, ".gitlab-ci.yml").is_some()
        || text.lines().any(|line| line::section(line).is_some());
    let platform = if gitlab { line::Platform::GitLab } else { line::Platform::GitHub };
    let mut reading = line::Reading::new(file, source, platform);
    for (index, text) in text.lines().enumerate() {
        reading.take(index as u32 + 1, text);
    }
    facts.owners.append(&mut reading.owned);
    facts.problems.append(&mut reading.problems);
}

#[cfg(test)]
mod tests;
