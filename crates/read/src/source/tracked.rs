//! What git tracks: the paths in a repository's index.
//!
//! A file that is tracked counts, whatever `.gitignore` says of it; git itself goes by that. Only names are read, so that
//! neither objects nor their checksums matter. Why no crate does this: ADR 0012.
//!
//! Not here: the other half of a split index (`core.splitIndex`), whose files count by the rules of `.gitignore` alone.
//!
//! # Source
//! <https://git-scm.com/docs/index-format>, versions 2 to 4.

use std::path::{Path, PathBuf};

/// An index larger than this is not read: a million files take 80 MiB.
const INDEX_BYTES_MAX: u64 = 256 << 20;

/// Paths below a folder that git tracks, relative to it, in no particular order. None where no repository is around it.
#[allow(clippy::disallowed_methods, reason = "git's index is read at the file edge of this crate")]
pub(super) fn below(folder: &Path) -> Vec<String> {
    let Ok(folder) = std::path::absolute(folder) else { return Vec::new() };
    let Some(root) = folder.ancestors().find(|above| above.join(".git").exists()) else { return Vec::new() };
    let Some(git) = git_folder(root) else { return Vec::new() };
    let index = git.join("index");
    if std::fs::metadata(&index).map_or(true, |meta| meta.len() > INDEX_BYTES_MAX) {
        return Vec::new();
    }
    let Ok(bytes) = std::fs::read(&index) else { return Vec::new() };
    let inside = folder.strip_prefix(root).unwrap_or(Path::new(""));
    let inside: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let prefix = inside.iter().map(|part| format!("{part}/")).collect::<String>();
    let paths = paths(&bytes, id_bytes(&git)).into_iter();
    paths.filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned)).collect()
}

/// The folder `.git`, or the one that the file `.git` of a work tree or submodule names.
#[allow(clippy::disallowed_methods, reason = "git's index is read at the file edge of this crate")]
fn git_folder(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = std::fs::read_to_string(&git).ok()?;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()))
}

/// How long an object's id is: 32 bytes where the repository says SHA-256, else 20.
#[allow(clippy::disallowed_methods, reason = "git's index is read at the file edge of this crate")]
fn id_bytes(git: &Path) -> usize {
    let common = std::fs::read_to_string(git.join("commondir")).map_or(git.to_owned(), |path| git.join(path.trim()));
    let config = std::fs::read_to_string(common.join("config")).unwrap_or_default().to_lowercase();
    let is_sha_256 = |line: &str| line.trim().strip_prefix("objectformat").is_some_and(|rest| rest.contains("sha256"));
    if config.lines().any(is_sha_256) { 32 } else { 20 }
}

/// The paths of an index's entries, submodules left out; those before the first byte that makes no sense.
fn paths(index: &[u8], id_bytes: usize) -> Vec<String> {
    let mut bytes = Bytes(index);
    let mut paths = Vec::new();
    let Some((version, count)) = head(&mut bytes) else { return paths };
    let mut path: Vec<u8> = Vec::new();
    for _ in 0..count {
        let Some(mode) = entry(&mut bytes, version, id_bytes, &mut path) else { return paths };
        const SUBMODULE: u32 = 0o160_000;
        if mode & 0o170_000 != SUBMODULE
            && let Ok(path) = std::str::from_utf8(&path)
        {
            paths.push(path.to_owned());
        }
    }
    paths
}

fn head(bytes: &mut Bytes<'_>) -> Option<(u32, u32)> {
    let is_index = bytes.take(4)? == b"DIRC";
    let (version, count) = (bytes.u32()?, bytes.u32()?);
    (is_index && (2..=4).contains(&version)).then_some((version, count))
}

/// Reads one entry: `path` holds that of the entry before and then its own. Gives the mode.
fn entry(bytes: &mut Bytes<'_>, version: u32, id_bytes: usize, path: &mut Vec<u8>) -> Option<u32> {
    let start = bytes.0.len();
    // Times of change (16 bytes), device and inode; then the mode; then user, group, size and the object's id.
    bytes.take(24)?;
    let mode = bytes.u32()?;
    bytes.take(12 + id_bytes)?;
    const EXTENDED: u16 = 0x4000;
    if bytes.u16()? & EXTENDED != 0 {
        bytes.take(2)?;
    }
    if version < 4 {
        path.clear();
    } else {
        let cut = bytes.varint()?;
        path.truncate(path.len().checked_sub(cut)?);
    }
    path.extend(bytes.until_zero()?);
    if version < 4 {
        // Padded with zeros, of which one is read, to a multiple of eight bytes.
        let length = start - bytes.0.len();
        bytes.take(length.next_multiple_of(8) - length)?;
    }
    Some(mode)
}

/// Bytes that are taken from the front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A number as pack files spell offsets: seven bits a byte, and one is added for each byte that follows.
    fn varint(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        loop {
            let byte = self.take(1)?[0];
            value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            value = value.checked_add(1)?;
        }
    }

    fn until_zero(&mut self) -> Option<&'b [u8]> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        let taken = self.take(end)?;
        self.take(1)?;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An index as git writes it.
    fn index(version: u32, id_bytes: usize, entries: &[(&str, u32)]) -> Vec<u8> {
        let mut out = b"DIRC".to_vec();
        out.extend(version.to_be_bytes());
        out.extend((entries.len() as u32).to_be_bytes());
        let mut before = "";
        for (path, mode) in entries {
            let start = out.len();
            out.extend([1; 24]);
            out.extend(mode.to_be_bytes());
            out.extend(vec![7; 12 + id_bytes]);
            out.extend((path.len().min(0xfff) as u16).to_be_bytes());
            if version < 4 {
                out.extend(path.bytes());
                let zeros = 8 - (out.len() - start) % 8;
                out.extend(vec![0; zeros]);
            } else {
                let common = before.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
                let cut = before.len() - common;
                assert!(cut < 128, "one byte is enough for these");
                out.push(cut as u8);
                out.extend(path[common..].bytes());
                out.push(0);
            }
            before = path;
        }
        out.extend([9; 20]);
        out
    }

    const ENTRIES: &[(&str, u32)] =
        &[(".env", 0o100_644), ("deploy/a.yaml", 0o100_644), ("deploy/b.yaml", 0o120_000), ("lib", 0o160_000)];

    #[test]
    fn paths_are_read_in_every_version_and_submodules_are_none() {
        for (version, id_bytes) in [(2, 20), (3, 20), (4, 20), (2, 32), (4, 32)] {
            let read = paths(&index(version, id_bytes, ENTRIES), id_bytes);
            assert_eq!(read, [".env", "deploy/a.yaml", "deploy/b.yaml"], "version {version}, {id_bytes} bytes");
        }
    }

    #[test]
    fn what_is_no_index_has_no_paths() {
        assert_eq!(paths(b"", 20), [""; 0]);
        assert_eq!(paths(b"DIRC\0\0\0\x05\0\0\0\x01", 20), [""; 0]);
        let whole = index(2, 20, ENTRIES);
        assert_eq!(paths(&whole[..whole.len() / 3], 20), [".env"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(version in 2_u8..5, rest in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut bytes = vec![b'D', b'I', b'R', b'C', 0, 0, 0, version];
            bytes.extend(rest);
            paths(&bytes, 20);
        }
    }
}
