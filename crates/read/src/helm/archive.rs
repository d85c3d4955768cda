//! Packed charts: the files of a `.tgz`, as `helm package` writes it.

use std::io::Read;

use flate2::read::GzDecoder;
use plimsoll_model::FileId;

use super::chart::ChartFile;

/// What a packed chart may unpack to; Helm's own bound is 100 MiB.
const BYTES_MAX: u64 = 32 << 20;

/// Bytes of a tar's record.
const RECORD: usize = 512;

/// The files of an archive, without the folder that holds them all.
///
/// # Errors
/// It is no gzip, no tar, or too large.
pub(super) fn unpack(bytes: &[u8], file: FileId) -> Result<Vec<ChartFile>, String> {
    let mut tar = Vec::new();
    let read = GzDecoder::new(bytes).take(BYTES_MAX + 1).read_to_end(&mut tar);
    read.map_err(|error| format!("is no gzip: {error}"))?;
    if tar.len() as u64 > BYTES_MAX {
        return Err(format!("unpacks to more than {} MiB", BYTES_MAX >> 20));
    }
    let mut files = Vec::new();
    let mut at = 0;
    let mut long_name = None;
    while let Some(header) = tar.get(at..at + RECORD).filter(|header| header[0] != 0) {
        let size = number(&header[124..136]).ok_or("is no tar: a size is no number")?;
        let start = at + RECORD;
        let content = start.checked_add(size).and_then(|end| tar.get(start..end)).ok_or("ends within a file")?;
        at = start + size.div_ceil(RECORD) * RECORD;
        match header[156] {
            b'0' | 0 => {
                let prefix = text(&header[345..500]);
                let name = text(&header[..100]);
                let name =
                    long_name.take().unwrap_or(if prefix.is_empty() { name } else { format!("{prefix}/{name}") });
                let inside = name.trim_start_matches("./").split_once('/').map(|(_, inside)| inside.to_owned());
                let path = inside.filter(|path| !path.split('/').any(|part| part == ".."));
                if let Some(path) = path {
                    files.push(ChartFile { path, bytes: content.to_vec(), file, packed: true });
                }
            }
            b'L' => long_name = Some(text(content)),
            b'x' => long_name = path_of_extension(content).or(long_name),
            _ => {}
        }
    }
    Ok(files)
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// A number in octal digits.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = text(bytes);
    usize::from_str_radix(digits.trim(), 8).ok()
}

/// `path` of a PAX header: `30 path=…`.
fn path_of_extension(content: &[u8]) -> Option<String> {
    let content = String::from_utf8_lossy(content).into_owned();
    let line = content.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path="))?;
    Some(line.to_owned())
}
