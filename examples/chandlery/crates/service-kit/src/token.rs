//! Tokens: whose request it is. Signed by the identity provider, checked against its public keys (JWKS).
//!
//! Only Ed25519 signatures are taken, whatever a token's header asks for, and only keys of the set.

use crate::failure::{Failure, Kind};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, jwk::JwkSet};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The customer.
    pub sub: Uuid,
    /// For whom the token is.
    pub aud: String,
    /// Seconds since 1970 after which it is void.
    pub exp: i64,
}

/// Checks tokens.
pub struct Verifier {
    keys: BTreeMap<String, DecodingKey>,
    validation: Validation,
}

/// The key set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// It is no JWKS.
    #[error("the key set is no JWKS")]
    Syntax(#[from] serde_json::Error),
    /// It holds a key that cannot be used.
    #[error("the key set holds a key that cannot be used")]
    Key(#[from] jsonwebtoken::errors::Error),
    /// It holds none.
    #[error("the key set holds no key with an id")]
    Empty,
}

impl Verifier {
    /// With the keys of a JWKS document, for one audience.
    pub fn new(jwks: &[u8], audience: &str) -> Result<Self, KeySetError> {
        let set: JwkSet = serde_json::from_slice(jwks)?;
        let mut keys = BTreeMap::new();
        for jwk in &set.keys {
            if let Some(id) = &jwk.common.key_id {
                keys.insert(id.clone(), DecodingKey::from_jwk(jwk)?);
            }
        }
        if keys.is_empty() {
            return Err(KeySetError::Empty);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        validation.leeway = 5;
        Ok(Self { keys, validation })
    }

    /// The customer of an `Authorization` header.
    pub fn customer(&self, authorization: Option<&str>) -> Result<Uuid, Failure> {
        let refuse = |why: &str| Failure::new(Kind::Unauthenticated, why);
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| refuse("there is no bearer token"))?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| refuse("this is no token"))?;
        let key = header.kid.and_then(|id| self.keys.get(&id)).ok_or_else(|| refuse("nobody we know signed this"))?;
        let token = jsonwebtoken::decode::<Claims>(token, key, &self.validation);
        Ok(token.map_err(|_| refuse("the token is void"))?.claims.sub)
    }
}

/// Signs tokens for development and tests. In production the identity provider does it.
pub struct Issuer {
    key: EncodingKey,
    public: Vec<u8>,
    audience: String,
}

/// The id of the development key.
const DEVELOPMENT: &str = "development";

impl Issuer {
    /// A new private key, as PKCS #8.
    pub fn generate() -> Vec<u8> {
        let key = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new());
        key.expect("the system has random numbers").as_ref().to_vec()
    }

    /// From a private key as PKCS #8; `None` where it is none.
    pub fn new(pkcs8: &[u8], audience: &str) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
        let public = pair.public_key().as_ref().to_vec();
        Some(Self { key: EncodingKey::from_ed_der(pkcs8), public, audience: audience.to_owned() })
    }

    /// The public half, as a JWKS document.
    pub fn jwks(&self) -> Vec<u8> {
        let x = URL_SAFE_NO_PAD.encode(&self.public);
        let key = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": DEVELOPMENT, "x": x,
        });
        serde_json::json!({ "keys": [key] }).to_string().into_bytes()
    }

    /// A token for a customer.
    pub fn token(&self, customer: Uuid, valid: Duration) -> String {
        let exp = OffsetDateTime::now_utc().unix_timestamp() + valid.as_secs() as i64;
        self.sign(&Claims { sub: customer, aud: self.audience.clone(), exp })
    }

    fn sign(&self, claims: &Claims) -> String {
        let header = Header { kid: Some(DEVELOPMENT.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.key).expect("claims are plain data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIENCE: &str = "chandlery-api";

    fn issuer() -> Issuer {
        Issuer::new(&Issuer::generate(), AUDIENCE).unwrap()
    }

    #[test]
    fn a_right_token_names_its_customer() {
        let (issuer, customer) = (issuer(), Uuid::new_v4());
        let verifier = Verifier::new(&issuer.jwks(), AUDIENCE).unwrap();
        let header = format!("Bearer {}", issuer.token(customer, Duration::from_secs(60)));
        assert_eq!(verifier.customer(Some(&header)), Ok(customer));
    }

    #[test]
    fn a_wrong_token_is_refused() {
        let (issuer, other) = (issuer(), self::issuer());
        let verifier = Verifier::new(&issuer.jwks(), AUDIENCE).unwrap();
        let customer = Uuid::new_v4();
        let sign = |aud: &str, exp| format!("Bearer {}", issuer.sign(&Claims { sub: customer, aud: aud.into(), exp }));
        // {"alg":"none","kid":"development"} {} and no signature.
        let unsigned = "Bearer eyJhbGciOiJub25lIiwia2lkIjoiZGV2ZWxvcG1lbnQifQ.e30.".to_owned();
        let foreign = format!("Bearer {}", other.token(customer, Duration::from_secs(60)));
        let bare = issuer.token(customer, Duration::from_secs(60));
        for wrong in [sign("somebody-else", i64::MAX / 2), sign(AUDIENCE, 1), unsigned, foreign, bare] {
            assert_eq!(verifier.customer(Some(&wrong)).unwrap_err().kind, Kind::Unauthenticated, "{wrong}");
        }
        assert_eq!(verifier.customer(None).unwrap_err().kind, Kind::Unauthenticated);
    }
}
