//! Calls to a third party over HTTP: a timeout below the caller's, a breaker, no retries of our own.

use crate::{
    breaker::{Breaker, Limits, Outcome},
    call::{Call, DEADLINE_HEADER},
    config::{ConfigError, Percent, Variables},
    failure::{Failure, Kind},
    telemetry::{Telemetry, end_span, inject},
};
use opentelemetry::{Context, KeyValue, trace::SpanKind};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};

/// A third party, by the variables that begin with its name in capitals: `_URL`, `_TIMEOUT`, `_API_KEY`, `_BREAKER_…`.
#[derive(Clone, Debug)]
pub struct ThirdParty {
    name: &'static str,
    url: String,
    key: Option<String>,
    timeout: Duration,
    client: Client,
    breaker: Breaker,
    telemetry: Telemetry,
}

/// What a third party said, as far as we have to understand it.
#[derive(Debug)]
pub struct Answer<T> {
    /// The HTTP status; never 5xx or 429, which are failures.
    pub status: StatusCode,
    /// The document; `None` where it is none of this type.
    pub document: Option<T>,
}

impl ThirdParty {
    /// The third party `name`.
    pub fn from(name: &'static str, variables: &Variables, telemetry: &Telemetry) -> Result<Self, ConfigError> {
        let variable = |last: &str| format!("{}_{last}", name.to_uppercase());
        let limits = Limits {
            failures: variables.required::<Percent>(&variable("BREAKER_FAILURE_PERCENT"))?.share(),
            window: variables.required(&variable("BREAKER_WINDOW"))?,
            open: variables.required(&variable("BREAKER_OPEN"))?,
        };
        let client = Client::builder().connect_timeout(Duration::from_secs(1)).tcp_nodelay(true);
        Ok(Self {
            name,
            url: variables.required(&variable("URL"))?,
            key: variables.optional(&variable("API_KEY"))?,
            timeout: variables.required(&variable("TIMEOUT"))?,
            client: client.build().expect("the settings are constants that fit"),
            breaker: Breaker::new(limits),
            telemetry: telemetry.clone(),
        })
    }

    /// A request to a path, with the API key where there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Sends a request. Busy (429) and unavailable while the breaker is open mean that nothing was done; too late and
    /// unavailable otherwise mean that nobody knows.
    pub async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Answer<T>, Failure> {
        let left = Call::current().left(self.timeout);
        if left.is_zero() {
            return Err(Failure::new(Kind::Busy, format!("no time was left to ask {}", self.name)));
        }
        if !self.breaker.admit() {
            return Err(Failure::new(
                Kind::Busy,
                format!("{} is given a rest: too many of its answers failed", self.name),
            ));
        }
        // Where this task is dropped in mid-call, the breaker hears of it as a failure.
        let mut heard = Heard { breaker: &self.breaker, outcome: Outcome::Ill };
        let answer = self.exchange(request, left).await;
        let callee_is_ill = matches!(&answer, Err(failure) if failure.kind != Kind::Busy);
        heard.outcome = if callee_is_ill { Outcome::Ill } else { Outcome::Well };
        answer
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        left: Duration,
    ) -> Result<Answer<T>, Failure> {
        let mut request = request.build().map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
        let context = self.begin_span(&request);
        inject(&context, request.headers_mut());
        request.headers_mut().insert(DEADLINE_HEADER, (left.as_millis() as u64).into());
        *request.timeout_mut() = Some(left);
        let (method, began) = (request.method().to_string(), Instant::now());
        let answer = self.client.execute(request).await;
        let status = answer.as_ref().map(|answer| answer.status().as_u16()).unwrap_or_default();
        let result = match answer {
            Ok(answer) => self.read(answer).await,
            Err(error) => Err(self.explain(&error)),
        };
        let attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("peer.service", self.name),
        ];
        self.telemetry.instruments().http_client_duration.record(began.elapsed().as_secs_f64(), &attributes);
        let error = result.as_ref().err().map(|failure| failure.kind.slug());
        end_span(&context, error, attributes);
        result
    }

    fn begin_span(&self, request: &reqwest::Request) -> Context {
        let attributes = vec![
            KeyValue::new("url.full", request.url().to_string()),
            KeyValue::new("server.address", request.url().host_str().unwrap_or_default().to_owned()),
            KeyValue::new("peer.service", self.name),
        ];
        let name = format!("{} {}", request.method(), self.name);
        self.telemetry.span(name, SpanKind::Client, &Context::current(), attributes)
    }

    async fn read<T: DeserializeOwned>(&self, answer: reqwest::Response) -> Result<Answer<T>, Failure> {
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Failure::new(Kind::Busy, format!("the quota of {} is used up", self.name)));
        }
        if status.is_server_error() {
            return Err(Failure::new(Kind::Unavailable, format!("{} failed with {}", self.name, status.as_u16())));
        }
        let body = answer.bytes().await.map_err(|error| self.explain(&error))?;
        Ok(Answer { status, document: serde_json::from_slice(&body).ok() })
    }

    fn explain(&self, error: &reqwest::Error) -> Failure {
        match error.is_timeout() {
            true => Failure::new(Kind::TooLate, format!("{} did not answer in time", self.name)),
            false => Failure::new(Kind::Unavailable, format!("{} does not answer", self.name)),
        }
    }
}

/// Tells the breaker how a call ended, however it ended.
struct Heard<'a> {
    breaker: &'a Breaker,
    outcome: Outcome,
}

impl Drop for Heard<'_> {
    fn drop(&mut self) {
        self.breaker.record(self.outcome);
    }
}
