//! Whose request it is, and whether it is one too many.

use crate::Gateway;
use axum::extract::FromRequestParts;
use http::{header::AUTHORIZATION, request::Parts};
use service_kit::{
    failure::{Failure, Kind},
    rate::{RateLimit, Taken},
    rest::header,
    token::Verifier,
};
use uuid::Uuid;

/// Who is let in.
pub struct Door {
    /// Knows whose tokens are right.
    pub verifier: Verifier,
    /// Knows who has had enough.
    pub rates: RateLimit<Uuid>,
}

/// A customer with a valid token and some of the rate left.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// Who.
    pub id: Uuid,
    /// How many more requests at once.
    pub left: u64,
}

impl FromRequestParts<Gateway> for Customer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let id = gateway.door.verifier.customer(header(&parts.headers, AUTHORIZATION.as_str()))?;
        match gateway.door.rates.take(&id) {
            Taken::Yes { left } => Ok(Self { id, left }),
            Taken::No { wait } => {
                Err(Failure::new(Kind::RateLimited, "the customer's rate is used up").retry_after(wait))
            }
        }
    }
}
