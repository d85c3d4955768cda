//! `cargo xtask`: what people run to help themselves. `tidy` checks the house, `generate` writes the reference.
//!
//! Not here: what the compiler, clippy and `cargo test` hold already.
//! Always: `tidy` and `generate --check` change nothing, and say for each finding what to do.
#![allow(clippy::disallowed_methods, reason = "this tool reads and writes the work tree; that is all it is for")]

mod generate;
mod tidy;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use tree::Tree;

const USAGE: &str = "usage: cargo xtask tidy               check the house: rooms, directions, links, leftovers
       cargo xtask generate           write docs/reference from the code
       cargo xtask generate --check   fail where docs/reference is stale";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["tidy"] => tidy(root()),
        ["generate"] => generate::write(root()),
        ["generate", "--check"] => generate::check(root()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The workspace: the folder above this crate.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in a folder of the workspace")
}

fn tidy(root: &Path) -> std::io::Result<bool> {
    let tree = Tree::load(root)?;
    let findings = tidy::check(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {} files, nothing to do", tree.len()),
        count => println!("tidy: {count} to do"),
    }
    Ok(findings.is_empty())
}
