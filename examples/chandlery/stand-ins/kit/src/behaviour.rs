//! How a third party behaves: settable at the start by the environment, and at run time by `PATCH /stand-in/behaviour`.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::SmallRng};
use rand_distr::{Distribution, Gamma};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How slow, how often failing, how much at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Mean time until the answer, in milliseconds.
    pub answer_after_mean_ms: f64,
    /// Its coefficient of variation: 0 is constant, 0.25 a well-kept service, 1 exponential.
    pub answer_after_cv: f64,
    /// By how much every answer is slower than that: 1 is as ever.
    pub slow_factor: f64,
    /// Percent of requests that are answered with 503, with nothing done.
    pub fail_percent: f64,
    /// Percent of requests that are done, and answered with 500 all the same.
    pub lose_answer_percent: f64,
    /// Percent of requests that are done and never answered.
    pub hang_percent: f64,
    /// Requests per second that are taken; what is over is answered with 429. Absent: no quota.
    pub quota_per_s: Option<f64>,
    /// How many may come at once before the quota bites. Without meaning where there is no quota.
    pub quota_burst: f64,
    /// Every draw follows from this and the request's own key.
    pub seed: u64,
}

/// What one request meets, drawn from its key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fate {
    /// How it ends.
    pub ending: Ending,
    /// How long its answer takes, where one comes.
    pub answer_after: Duration,
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done and answered.
    Answered,
    /// Not done, and answered with 503.
    Failed,
    /// Done, and answered with 500.
    AnswerLost,
    /// Done, and never answered.
    Hung,
}

impl Behaviour {
    /// A well-kept service without faults or a quota, which answers after 1 ms or so: what others are made from.
    pub const CALM: Self = Self {
        answer_after_mean_ms: 1.0,
        answer_after_cv: 0.25,
        slow_factor: 1.0,
        fail_percent: 0.0,
        lose_answer_percent: 0.0,
        hang_percent: 0.0,
        quota_per_s: None,
        quota_burst: 1.0,
        seed: 1,
    };

    /// Reads the variables that `compose.yaml` sets; what is not set stays as in `self`.
    ///
    /// # Errors
    /// [`Unreadable`] names the variable and what it should look like.
    pub fn from_variables(mut self, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Unreadable> {
        let number = |name: &'static str| -> Result<Option<f64>, Unreadable> {
            variable(name)
                .map(|text| text.parse().map_err(|_| Unreadable { name, text, shape: "a number".to_owned() }))
                .transpose()
        };
        if let Some(text) = variable("ANSWER_AFTER_MEAN") {
            let mean = humantime::parse_duration(&text).map_err(|_| Unreadable {
                name: "ANSWER_AFTER_MEAN",
                text,
                shape: "a duration, such as 230ms".to_owned(),
            })?;
            self.answer_after_mean_ms = mean.as_secs_f64() * 1e3;
        }
        if let Some(text) = variable("QUOTA") {
            let rate = text.strip_suffix("/s").and_then(|rate| rate.parse().ok());
            self.quota_per_s = Some(rate.ok_or(Unreadable {
                name: "QUOTA",
                text,
                shape: "requests per second, such as 40/s".to_owned(),
            })?);
        }
        self.answer_after_cv = number("ANSWER_AFTER_CV")?.unwrap_or(self.answer_after_cv);
        self.fail_percent = number("FAIL_PERCENT")?.unwrap_or(self.fail_percent);
        self.hang_percent = number("HANG_PERCENT")?.unwrap_or(self.hang_percent);
        self.quota_burst = number("QUOTA_BURST")?.unwrap_or(self.quota_burst);
        self.check().map_err(|wrong| Unreadable { name: wrong.field, text: wrong.value, shape: wrong.shape })
    }

    /// Hands it back where every figure makes sense.
    ///
    /// # Errors
    /// [`Wrong`] names the first figure that makes none.
    pub fn check(self) -> Result<Self, Wrong> {
        let wrong =
            |field, value: f64, shape: &str| Err(Wrong { field, value: value.to_string(), shape: shape.to_owned() });
        let positive = [
            ("answer_after_mean_ms", self.answer_after_mean_ms),
            ("answer_after_cv", self.answer_after_cv),
            ("slow_factor", self.slow_factor),
            ("quota_per_s", self.quota_per_s.unwrap_or(0.0)),
            ("quota_burst", self.quota_burst),
        ];
        for (field, value) in positive {
            if !(value.is_finite() && 0.0 <= value) {
                return wrong(field, value, "a finite number, not below 0");
            }
        }
        let mut sum = 0.0;
        for (field, share) in [
            ("fail_percent", self.fail_percent),
            ("lose_answer_percent", self.lose_answer_percent),
            ("hang_percent", self.hang_percent),
        ] {
            sum += share;
            if !(0.0..=100.0).contains(&share) || 100.0 < sum {
                return wrong(field, share, "a percentage; all three together are at most 100");
            }
        }
        Ok(self)
    }

    /// The behaviour after some figures were changed: a JSON merge patch (RFC 7396), so that `null` takes the quota away.
    ///
    /// # Errors
    /// [`Wrong`] where the result would make no sense; then nothing is to change.
    pub fn merged(self, patch: &Map<String, Value>) -> Result<Self, Wrong> {
        let mut figures = serde_json::to_value(self).expect("all figures are finite");
        for (field, value) in patch {
            figures[field] = value.clone();
        }
        let behaviour: Self = serde_json::from_value(figures).map_err(|error| Wrong {
            field: "behaviour",
            value: Value::Object(patch.clone()).to_string(),
            shape: error.to_string(),
        })?;
        behaviour.check()
    }

    /// What undoes every fault, and leaves latency and quota as they are.
    pub fn heal() -> Map<String, Value> {
        ["fail_percent", "lose_answer_percent", "hang_percent"]
            .into_iter()
            .map(|share| (share.to_owned(), 0.0.into()))
            .chain([("slow_factor".to_owned(), 1.0.into())])
            .collect()
    }

    /// What the request with this key meets. The same key, behaviour and seed meet the same.
    pub fn fate(&self, key: &str) -> Fate {
        let mut dice = SmallRng::seed_from_u64(self.seed ^ fingerprint(key));
        let lot = dice.random::<f64>() * 100.0;
        let fail = self.fail_percent;
        let lose = fail + self.lose_answer_percent;
        let hang = lose + self.hang_percent;
        let ending = match lot {
            lot if lot < fail => Ending::Failed,
            lot if lot < lose => Ending::AnswerLost,
            lot if lot < hang => Ending::Hung,
            _ => Ending::Answered,
        };
        let mean_s = self.answer_after_mean_ms * self.slow_factor / 1e3;
        Fate {
            ending,
            answer_after: Duration::from_secs_f64(mean_s * gamma_of_mean_one(self.answer_after_cv, &mut dice)),
        }
    }
}

/// A gamma draw with mean 1 and this coefficient of variation: shape 1 / cv², scale cv².
fn gamma_of_mean_one(cv: f64, dice: &mut SmallRng) -> f64 {
    // A shape so large that the draw is 1 within rounding is no shape that `Gamma` takes.
    if cv < 1e-3 {
        return 1.0;
    }
    let variance = cv * cv;
    Gamma::new(1.0 / variance, variance).expect("shape and scale are finite and above 0").sample(dice)
}

/// FNV-1a, 64 bits: stable over runs and versions, which the standard library's hashing is not.
pub fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A figure that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {value}, and must be {shape}")]
pub struct Wrong {
    /// Which.
    pub field: &'static str,
    /// What was asked for.
    pub value: String,
    /// What it should be.
    pub shape: String,
}

/// A variable that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is `{text}`, and must be {shape}")]
pub struct Unreadable {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub text: String,
    /// What it should hold.
    pub shape: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the fate of 20,000 keys: (mean ms, cv, shares of [answered, failed, lost, hung]).
    fn drawn(behaviour: Behaviour) -> (f64, f64, [f64; 4]) {
        let count = 20_000;
        let fates: Vec<Fate> = (0..count).map(|i| behaviour.fate(&format!("key-{i}"))).collect();
        let times: Vec<f64> = fates.iter().map(|fate| fate.answer_after.as_secs_f64() * 1e3).collect();
        let mean = times.iter().sum::<f64>() / f64::from(count);
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / f64::from(count);
        let share = |ending| fates.iter().filter(|fate| fate.ending == ending).count() as f64 / f64::from(count);
        let shares = [Ending::Answered, Ending::Failed, Ending::AnswerLost, Ending::Hung].map(share);
        (mean, variance.sqrt() / mean, shares)
    }

    #[test]
    fn answers_take_as_long_and_vary_as_much_as_was_set() {
        // Four standard errors of the mean at cv 0.25 are 0.7 %, of the cv about 2 %: one false alarm in 15,000 seeds.
        let (mean, cv, _) = drawn(Behaviour { answer_after_mean_ms: 230.0, answer_after_cv: 0.25, ..Behaviour::CALM });
        assert!((mean / 230.0 - 1.0).abs() < 0.007, "{mean}");
        assert!((cv / 0.25 - 1.0).abs() < 0.02, "{cv}");
    }

    #[test]
    fn twice_as_slow_is_twice_as_slow_for_each_request() {
        let calm = Behaviour::CALM;
        let slow = Behaviour { slow_factor: 2.0, ..calm };
        for key in ["a", "b", "c"] {
            let ratio = slow.fate(key).answer_after.as_secs_f64() / calm.fate(key).answer_after.as_secs_f64();
            assert!((ratio - 2.0).abs() < 1e-6, "{key}: {ratio}");
        }
    }

    #[test]
    fn shares_come_out_as_set() {
        let faulty = Behaviour { fail_percent: 10.0, lose_answer_percent: 5.0, hang_percent: 37.5, ..Behaviour::CALM };
        let (_, _, shares) = drawn(faulty);
        // Four standard errors of 37.5 % over 20,000 are 1.4 points.
        for (share, expected) in shares.into_iter().zip([0.475, 0.10, 0.05, 0.375]) {
            assert!((share - expected).abs() < 0.014, "{shares:?}");
        }
    }

    #[test]
    fn the_variables_of_compose_are_read() {
        let variables = |name: &str| match name {
            "ANSWER_AFTER_MEAN" => Some("230ms".to_owned()),
            "ANSWER_AFTER_CV" => Some("0.25".to_owned()),
            "QUOTA" => Some("40/s".to_owned()),
            "QUOTA_BURST" => Some("80".to_owned()),
            _ => None,
        };
        let read = Behaviour::CALM.from_variables(variables).unwrap();
        assert_eq!((read.answer_after_mean_ms, read.quota_per_s, read.quota_burst), (230.0, Some(40.0), 80.0));
    }

    #[test]
    fn a_wrong_variable_is_named_with_what_it_should_be() {
        let check = |name: &'static str, text: &'static str, expect: &str| {
            let read = Behaviour::CALM.from_variables(|asked| (asked == name).then(|| text.to_owned()));
            assert_eq!(read.unwrap_err().to_string(), expect);
        };
        check("QUOTA", "40", "QUOTA is `40`, and must be requests per second, such as 40/s");
        check("ANSWER_AFTER_MEAN", "soon", "ANSWER_AFTER_MEAN is `soon`, and must be a duration, such as 230ms");
        check(
            "FAIL_PERCENT",
            "120",
            "fail_percent is `120`, and must be a percentage; all three together are at most 100",
        );
    }

    #[test]
    fn healing_leaves_latency_and_quota() {
        let sick = Behaviour { hang_percent: 50.0, slow_factor: 3.0, quota_per_s: Some(40.0), ..Behaviour::CALM };
        let healed = sick.merged(&Behaviour::heal()).unwrap();
        assert_eq!(healed, Behaviour { quota_per_s: Some(40.0), ..Behaviour::CALM });
    }
}
