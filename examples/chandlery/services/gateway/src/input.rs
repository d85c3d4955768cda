//! What comes in, checked as `api/openapi.yaml` has it, and forms that several answers share.

use contracts::moment;
use serde::{Deserialize, Serialize};
use service_kit::failure::{Failure, FieldError, Kind};
use std::collections::BTreeSet;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// The query of a list.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Page {
    pub page_size: Option<String>,
    pub page_token: Option<String>,
    pub category: Option<String>,
}

impl Page {
    /// Its size, 20 where none is asked for.
    pub fn size(&self) -> Result<i32, Failure> {
        let Some(text) = &self.page_size else { return Ok(20) };
        let size = text.parse().ok().filter(|size| (1..=100).contains(size));
        size.ok_or_else(|| Failure::field("/page_size", "is no number between 1 and 100"))
    }

    /// Where it begins; empty for the first page.
    pub fn token(&self) -> Result<String, Failure> {
        text("/page_token", self.page_token.as_ref(), 256)
    }

    /// Of which category; empty for all.
    pub fn category(&self) -> Result<String, Failure> {
        text("/category", self.category.as_ref(), 64)
    }
}

fn text(pointer: &str, text: Option<&String>, longest: usize) -> Result<String, Failure> {
    let Some(text) = text else { return Ok(String::new()) };
    match (1..=longest).contains(&text.chars().count()) {
        true => Ok(text.clone()),
        false => Err(Failure::field(pointer, format!("has not between 1 and {longest} characters"))),
    }
}

/// An id in a path.
pub fn id(text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::field("/id", "is no UUID"))
}

/// Whether a text is a stock keeping unit: `^[A-Z0-9][A-Z0-9-]{2,31}$`.
pub fn is_sku(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    (3..=32).contains(&text.len())
        && text.bytes().next().is_some_and(plain)
        && text.bytes().all(|letter| plain(letter) || letter == b'-')
}

/// So many of one product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Stock keeping unit.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

/// Checks lines, and says everything that is wrong with them at once.
pub fn check_lines(lines: &[Line], fewest: usize) -> Result<(), Failure> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: &str| errors.push(FieldError { pointer, detail: detail.to_owned() });
    if !(fewest..=200).contains(&lines.len()) {
        wrong(
            "/lines".to_owned(),
            if fewest == 0 { "has more than 200 lines" } else { "has not between 1 and 200 lines" },
        );
    }
    let mut skus = BTreeSet::new();
    for (number, line) in lines.iter().enumerate() {
        if !is_sku(&line.sku) {
            wrong(format!("/lines/{number}/sku"), "is no stock keeping unit");
        }
        if !skus.insert(&line.sku) {
            wrong(format!("/lines/{number}/sku"), "stands in another line too");
        }
        if !(1..=10_000).contains(&line.quantity) {
            wrong(format!("/lines/{number}/quantity"), "is not between 1 and 10000");
        }
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Failure { errors, ..Failure::new(Kind::Invalid, "the lines are not what they should be") }),
    }
}

/// An amount of money.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Money {
    pub amount_cents: i64,
    pub currency: String,
}

/// A moment as JSON has it.
pub fn rfc3339(at: Option<&prost_types::Timestamp>) -> Result<String, Failure> {
    let text = at.and_then(moment).and_then(|at| at.format(&Rfc3339).ok());
    text.ok_or_else(|| Failure::new(Kind::Internal, "an answer came without its moment"))
}

/// What a service must always send with its answer.
pub fn present<T>(part: Option<T>) -> Result<T, Failure> {
    part.ok_or_else(|| Failure::new(Kind::Internal, "an answer came without its content"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[(&str, u32)], expect: &[&str]) {
        let lines: Vec<Line> =
            lines.iter().map(|(sku, quantity)| Line { sku: (*sku).into(), quantity: *quantity }).collect();
        let errors = check_lines(&lines, 1).err().map(|failure| failure.errors).unwrap_or_default();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, expect);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        check(&[("ROPE-12-POLY", 1), ("OIL", 10_000)], &[]);
        check(&[], &["/lines"]);
        check(
            &[("ROPE", 0), ("rope", 1), ("ROPE", 10_001)],
            &["/lines/0/quantity", "/lines/1/sku", "/lines/2/sku", "/lines/2/quantity"],
        );
        for wrong in ["", "AB", "-AB", "ÄBC", "A B", &"A".repeat(33)] {
            check(&[(wrong, 1)], &["/lines/0/sku"]);
        }
    }
}
