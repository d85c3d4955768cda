//! Waivers: what is put up with until a day. A waiver needs a reason, an owner and a last day; it is shown, never hidden.
//!
//! It names rule and subject, never a line. The last day is inclusive and means UTC. After it the finding counts again, and
//! says that its waiver has expired.

use crate::finding::{Finding, State};

/// A day, `YYYY-MM-DD`, UTC. Compares as text does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

impl Day {
    /// The day of a text; `None` where it is not `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return None };
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = |part: &str| part.parse::<u32>().unwrap_or(0);
        let fits = digits(year, 4) && digits(month, 2) && digits(day, 2);
        (fits && (1..=12).contains(&number(month)) && (1..=31).contains(&number(day))).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something that is put up with for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule, by id or slug.
    pub rule: String,
    /// The subject, as findings name it.
    pub on: String,
    /// Why.
    pub because: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub until: Day,
}

impl Waiver {
    /// A waiver of plimsoll.yaml; `None` where its day is none, which the reader has said.
    pub(crate) fn of(row: &plimsoll_model::behaviour::standards::Waiver) -> Option<Self> {
        let until = Day::parse(&row.until)?;
        let text = |text: &String| text.clone();
        Some(Self {
            rule: text(&row.rule),
            on: text(&row.on),
            because: text(&row.because),
            owner: text(&row.owner),
            until,
        })
    }

    fn fits(&self, finding: &Finding) -> bool {
        finding.rule.is_called(&self.rule) && finding.subject == self.on
    }
}

/// Marks what is waived, and gives back the waivers that fit nothing.
pub(crate) fn apply(findings: &mut [Finding], waivers: &[Waiver], today: Option<&Day>) -> Vec<Waiver> {
    let mut idle = Vec::new();
    for waiver in waivers {
        let mut fits = false;
        for finding in findings.iter_mut().filter(|finding| waiver.fits(finding)) {
            fits = true;
            let until = waiver.until.as_str().to_owned();
            let expired = today.is_some_and(|today| *today > waiver.until);
            finding.state = match expired {
                true => State::WaiverExpired { until },
                false => State::Waived { because: waiver.because.clone(), owner: waiver.owner.clone(), until },
            };
        }
        if !fits {
            idle.push(waiver.clone());
        }
    }
    idle
}
