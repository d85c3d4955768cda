//! Base64, base32, hashes, and JSON as sprig has it.

use sha1::Digest;

use super::Row;
use crate::base;
use crate::error::Failure;
use crate::json::{self, Escapes};
use crate::place::Text;
use crate::value::Value;

pub(super) const ROWS: &[Row] = &[
    ("b64enc", "string", |call| Ok(Value::from(base::base64(call.text(0).as_bytes())))),
    ("b64dec", "string", |call| Ok(decoded(base::from_base64(call.text(0)), 64))),
    ("b32enc", "string", |call| Ok(Value::from(base::base32(call.text(0).as_bytes())))),
    ("b32dec", "string", |call| Ok(decoded(base::from_base32(call.text(0)), 32))),
    ("sha1sum", "string", |call| Ok(Value::from(hex(&sha1::Sha1::digest(call.text(0).as_bytes()))))),
    ("sha256sum", "string", |call| Ok(Value::from(hex(&sha2::Sha256::digest(call.text(0).as_bytes()))))),
    ("sha512sum", "string", |call| Ok(Value::from(hex(&sha2::Sha512::digest(call.text(0).as_bytes()))))),
    ("adler32sum", "string", |call| Ok(Value::from(base::adler32(call.text(0).as_bytes()).to_string()))),
    ("toPrettyJson", "any", |call| Ok(Value::from(json::write_pretty(&call.value(0)).unwrap_or_default()))),
    ("mustToPrettyJson", "any", |call| must(json::write_pretty(&call.value(0)))),
    ("toRawJson", "any", |call| must(json::write(&call.value(0), Escapes::Plain))),
    ("mustToRawJson", "any", |call| must(json::write(&call.value(0), Escapes::Plain))),
    ("mustFromJson", "string", |call| Ok(json::parse(&call.sourced(0))?)),
];

/// Bytes in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was decoded; of a mistake the words, as sprig gives them.
fn decoded(result: Result<Vec<u8>, usize>, base: u32) -> Value {
    match result {
        Ok(bytes) => Value::from(String::from_utf8_lossy(&bytes).into_owned()),
        Err(at) => Value::from(format!("illegal base{base} data at input byte {at}")),
    }
}

fn must(written: Option<Text>) -> Result<Value, Failure> {
    written.map(Value::from).ok_or_else(|| "json: unsupported value: encountered a cycle".into())
}
