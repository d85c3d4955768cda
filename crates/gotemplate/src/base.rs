//! Base64 and base32 as RFC 4648 has them, and Adler-32 of RFC 1950.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    encode(bytes, BASE64, 6, 4)
}

/// Base32 with padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    encode(bytes, BASE32, 5, 8)
}

/// Base64 with padding; line breaks are passed over. `Err`: the first byte that is wrong.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, usize> {
    decode(text, BASE64, 6, 4)
}

/// Base32 with padding; line breaks are passed over. `Err`: the first byte that is wrong.
pub(crate) fn from_base32(text: &str) -> Result<Vec<u8>, usize> {
    decode(text, BASE32, 5, 8)
}

fn encode(bytes: &[u8], alphabet: &[u8], width: u32, group: usize) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / width as usize + group);
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= width {
            count -= width;
            out.push(alphabet[(bits >> count) as usize & (alphabet.len() - 1)] as char);
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        out.push(alphabet[(bits << (width - count)) as usize & (alphabet.len() - 1)] as char);
    }
    while !out.len().is_multiple_of(group) {
        out.push('=');
    }
    out
}

fn decode(text: &str, alphabet: &[u8], width: u32, group: usize) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut count, mut seen, mut padding) = (0u32, 0, 0usize, 0usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' | b'\r' => continue,
            b'=' if seen % group > 1 || padding > 0 => padding += 1,
            _ => {
                let digit = alphabet.iter().position(|letter| *letter == byte).filter(|_| padding == 0).ok_or(at)?;
                bits = bits << width | digit as u32;
                count += width;
                if count >= 8 {
                    count -= 8;
                    out.push((bits >> count) as u8);
                }
                bits &= (1 << count) - 1;
            }
        }
        seen += 1;
    }
    if seen.is_multiple_of(group) { Ok(out) } else { Err(text.len()) }
}

/// Adler-32.
pub(crate) fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}
