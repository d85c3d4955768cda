//! Stand-ins for what differs from run to run: random texts, identifiers, keys, certificates, salted hashes.
//!
//! Each has the shape of what Go gives and depends only on the arguments and on how many were drawn before, so that the
//! same input gives the same bytes. **None of it is secret or random**: nothing rendered with them is fit to be used.

use sha1::Digest;

use super::encodings::hex;
use super::{Call, Row, int};
use crate::base;
use crate::error::Failure;
use crate::value::Value;

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BOTH: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

pub(super) const ROWS: &[Row] = &[
    ("randAlphaNum", "int", |call| drawn(call, BOTH)),
    ("randAlpha", "int", |call| drawn(call, LETTERS)),
    ("randNumeric", "int", |call| drawn(call, DIGITS)),
    ("randAscii", "int", |call| drawn(call, BOTH)),
    ("randBytes", "int", rand_bytes),
    ("randInt", "int, int", |call| Ok(int(call.int(0)))),
    ("shuffle", "string", |call| Ok(call.value(0))),
    ("uuidv4", "", uuid),
    ("bcrypt", "string", |call| Ok(Value::from(bcrypt(call.text(0))))),
    ("htpasswd", "string, string, ...string", |call| {
        Ok(Value::from(format!("{}:{}", call.text(0), bcrypt(call.text(1)))))
    }),
    ("derivePassword", "any, string, string, string, string", |call| {
        let words: Vec<&str> = (1..5).map(|index| call.text(index)).collect();
        Ok(Value::from(stream(&words.join("/"), BOTH, 14)))
    }),
    ("genPrivateKey", "string", |call| Ok(Value::from(pem(call, "RSA PRIVATE KEY")))),
    ("buildCustomCert", "string, string", |call| {
        let part =
            |index| String::from_utf8_lossy(&base::from_base64(call.text(index)).unwrap_or_default()).into_owned();
        Ok(certificate(part(0), part(1)))
    }),
    ("genCA", "string, int", pair),
    ("genCAWithKey", "string, int, string", pair),
    ("genSelfSignedCert", "string, list, list, int", pair),
    ("genSelfSignedCertWithKey", "string, list, list, int, string", pair),
    ("genSignedCert", "string, list, list, int, any", pair),
    ("genSignedCertWithKey", "string, list, list, int, any, string", pair),
    ("encryptAES", "string, string", |call| Ok(Value::from(base::base64(call.text(1).as_bytes())))),
    ("decryptAES", "string, string", |call| {
        let bytes = base::from_base64(call.text(1)).unwrap_or_default();
        Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
    }),
];

/// Letters of an alphabet that follow from a seed.
fn stream(seed: &str, alphabet: &[u8], count: usize) -> String {
    let mut out = String::with_capacity(count);
    let mut block = 0u64;
    while out.len() < count {
        let digest = sha2::Sha256::digest(format!("{seed}/{block}").as_bytes());
        let left = count - out.len();
        out.extend(digest.iter().take(left).map(|byte| alphabet[*byte as usize % alphabet.len()] as char));
        block += 1;
    }
    out
}

/// A seed that no draw before had.
fn seed(call: &mut Call<'_>) -> String {
    call.machine.drawn += 1;
    format!("{}/{}", call.name, call.machine.drawn)
}

fn drawn(call: &mut Call<'_>, alphabet: &[u8]) -> Result<Value, Failure> {
    let count = usize::try_from(call.int(0)).unwrap_or(0);
    call.charge(count / 32, count)?;
    let seed = seed(call);
    Ok(Value::from(stream(&seed, alphabet, count)))
}

fn rand_bytes(call: &mut Call<'_>) -> Result<Value, Failure> {
    let count = usize::try_from(call.int(0)).unwrap_or(0);
    call.charge(count / 32, count)?;
    let seed = seed(call);
    Ok(Value::from(base::base64(stream(&seed, BOTH, count).as_bytes())))
}

fn uuid(call: &mut Call<'_>) -> Result<Value, Failure> {
    let seed = seed(call);
    let digits = hex(&sha2::Sha256::digest(seed.as_bytes())[..16]);
    let part = |from: usize, to: usize| &digits[from..to];
    Ok(Value::from(format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))))
}

fn bcrypt(text: &str) -> String {
    format!("$2a$10${}", stream(text, BOTH, 53))
}

fn pem(call: &mut Call<'_>, kind: &str) -> String {
    let body = format!("stand-in, not a key: {}", seed(call));
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", base::base64(body.as_bytes()))
}

fn certificate(cert: String, key: String) -> Value {
    Value::map([("Cert", Value::from(cert)), ("Key", Value::from(key))])
}

fn pair(call: &mut Call<'_>) -> Result<Value, Failure> {
    let cert = pem(call, "CERTIFICATE");
    let key = pem(call, "RSA PRIVATE KEY");
    Ok(certificate(cert, key))
}
