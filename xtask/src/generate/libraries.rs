//! The page of the libraries that source code is compared with: what `plimsoll explain libraries` says.

use std::io;

use super::command_line::Binary;
use super::generated_from;

/// Writes the page.
pub(super) fn page(binary: &Binary) -> io::Result<String> {
    let said = binary.text(&["explain", "libraries"])?;
    let said = said.ok_or_else(|| io::Error::other("`plimsoll explain libraries` fails"))?;
    let mut out = generated_from("`crates/code/src/languages`");
    out.push_str(
        "# Libraries in source code\n\nWhat source code is compared with. Each table has the smallest text that shows it, and \
         what is seen there. `${KEY:-default}` is what the environment gives, and what is taken without it. Only a table that \
         sees a protection may say that there is none.\n\n",
    );
    out.push_str(said.trim_end());
    out.push('\n');
    Ok(out)
}
