//! The gate that every request of a customer passes: quota first, then its fate.

use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::behaviour::{Behaviour, Ending, Wrong};
use crate::problem::problem;
use crate::quota::{Admission, TokenBucket};

/// How many requests ended how, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Done and answered.
    pub answered: u64,
    /// Not done: 503.
    pub failed: u64,
    /// Done, and answered with 500.
    pub answer_lost: u64,
    /// Done, and never answered.
    pub hung: u64,
    /// Over the quota: 429.
    pub refused: u64,
}

/// Behaviour, quota and counts of one stand-in.
pub struct Gate {
    behaviour: RwLock<Behaviour>,
    bucket: Mutex<TokenBucket>,
    counts: Mutex<Counts>,
    since: Instant,
}

impl Gate {
    /// An open gate with a full bucket.
    pub fn new(behaviour: Behaviour) -> Self {
        Self {
            behaviour: RwLock::new(behaviour),
            bucket: Mutex::new(TokenBucket::full(behaviour.quota_burst, Duration::ZERO)),
            counts: Mutex::default(),
            since: Instant::now(),
        }
    }

    /// How it behaves now.
    pub fn behaviour(&self) -> Behaviour {
        *self.behaviour.read().expect("no holder of the behaviour panics")
    }

    /// What became of the requests so far.
    pub fn counts(&self) -> Counts {
        *self.counts.lock().expect("no holder of the counts panics")
    }

    /// Changes how it behaves from the next request on.
    ///
    /// # Errors
    /// [`Wrong`] where the figures make no sense; then nothing has changed.
    pub fn change(&self, patch: &Map<String, Value>) -> Result<Behaviour, Wrong> {
        let mut behaviour = self.behaviour.write().expect("no holder of the behaviour panics");
        *behaviour = behaviour.merged(patch)?;
        Ok(*behaviour)
    }

    /// Lets one request through, or not. `act` does what was asked and makes the answer; it is called at most once, and
    /// before the wait, so that an answer which never comes stands for something that was done.
    pub async fn pass(&self, key: &str, act: impl FnOnce() -> Response) -> Response {
        let behaviour = self.behaviour();
        if let Some(retry_after) = self.over_quota(&behaviour) {
            self.count(|counts| &mut counts.refused);
            let seconds = retry_after.as_secs_f64().ceil().max(1.0) as u64;
            let mut refusal = problem(StatusCode::TOO_MANY_REQUESTS, "the quota is used up; nothing was done");
            refusal.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            return refusal;
        }
        let fate = behaviour.fate(key);
        let answer = match fate.ending {
            Ending::Failed => problem(StatusCode::SERVICE_UNAVAILABLE, "out of order; nothing was done"),
            Ending::AnswerLost => {
                act();
                problem(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")
            }
            Ending::Answered | Ending::Hung => act(),
        };
        self.count(|counts| match fate.ending {
            Ending::Answered => &mut counts.answered,
            Ending::Failed => &mut counts.failed,
            Ending::AnswerLost => &mut counts.answer_lost,
            Ending::Hung => &mut counts.hung,
        });
        if fate.ending == Ending::Hung {
            // Ends when the caller goes: the server drops the handler with the connection.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(fate.answer_after).await;
        answer
    }

    fn over_quota(&self, behaviour: &Behaviour) -> Option<Duration> {
        let rate = behaviour.quota_per_s?;
        let mut bucket = self.bucket.lock().expect("no holder of the bucket panics");
        match bucket.take(rate, behaviour.quota_burst, self.since.elapsed()) {
            Admission::Taken => None,
            Admission::Refused { retry_after } => Some(retry_after),
        }
    }

    fn count(&self, which: impl FnOnce(&mut Counts) -> &mut u64) {
        *which(&mut self.counts.lock().expect("no holder of the counts panics")) += 1;
    }
}
