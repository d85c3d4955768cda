//! Calls to another service: where it is, how long it may take, and when to try again.
//!
//! Every call gets what is left of its caller's deadline, at most its own timeout (`NAME_TIMEOUT`), retries included.
//! It is tried again only where configuration says so (`NAME_RETRIES`, `NAME_RETRY_ON`), only after "unavailable", only
//! out of the budget. One case is apart: a request that never left this process, because the connection was going away,
//! does no harm anywhere and is sent again at once (gRPC calls it a transparent retry; gRFC A6).
//!
//! `NAME_GRPC_TARGET` is `host:port`. Behind a headless Service a name has many addresses; each call goes to the one of
//! two, drawn by chance, that has fewer calls under way.

use crate::{
    call::{Call, PRIORITY_HEADER},
    config::{ConfigError, Percent, Variables},
    failure::{Failure, Kind},
    retry::{self, Budget},
    telemetry::{Telemetry, end_span, inject},
};
use opentelemetry::{
    Context, KeyValue,
    trace::{FutureExt as _, SpanKind},
};
use std::{collections::BTreeSet, error::Error as _, future::Future, net::SocketAddr, time::Duration};
use tokio::{sync::mpsc, time::Instant};
use tonic::{
    Code, Request, Response, Status,
    transport::{Channel, Endpoint, channel::Change},
};

/// How often a name is asked for its addresses.
const RESOLVE_INTERVAL: Duration = Duration::from_secs(2);
/// A transparent retry follows at once; more than three mean that something else is wrong.
const TRANSPARENT_RETRIES: u32 = 3;

/// Another service, as this one calls it.
#[derive(Clone, Debug)]
pub struct Outbound {
    name: &'static str,
    target: String,
    channel: Channel,
    timeout: Duration,
    retries: u32,
    budget: Budget,
    telemetry: Telemetry,
}

impl Outbound {
    /// The service `name`, by the variables that begin with its name in capitals.
    pub fn to(name: &'static str, variables: &Variables, telemetry: &Telemetry) -> Result<Self, ConfigError> {
        let variable = |last: &str| format!("{}_{last}", name.to_uppercase());
        let target: String = variables.required(&variable("GRPC_TARGET"))?;
        let channel =
            channel(&target).ok_or(ConfigError::Invalid { name: variable("GRPC_TARGET"), expected: "host:port" })?;
        // Without a condition nothing is tried again, however many retries there are.
        let retry_on: String = variables.or(&variable("RETRY_ON"), String::new())?;
        let retries = if retry_on == "unavailable" { variables.or(&variable("RETRIES"), 0)? } else { 0 };
        Ok(Self {
            name,
            target,
            channel,
            timeout: variables.required(&variable("TIMEOUT"))?,
            retries,
            budget: Budget::new(variables.or("RETRY_BUDGET_PERCENT", Percent(10.0))?.share()),
            telemetry: telemetry.clone(),
        })
    }

    /// Asks `question` and waits for the answer. `method` is `package.Service/Method`, for telemetry.
    pub async fn call<Q, A, F, Fut>(&self, method: &'static str, question: Q, send: F) -> Result<A, Failure>
    where
        Q: Clone,
        F: Fn(Channel, Request<Q>) -> Fut,
        Fut: Future<Output = Result<Response<A>, Status>>,
    {
        let call = Call::current().within(self.timeout);
        self.budget.earn();
        let (mut retry, mut transparent) = (0, 0);
        loop {
            let status = match self.attempt(call, method, question.clone(), &send).await {
                Ok(answer) => return Ok(answer),
                Err(status) => status,
            };
            if never_left(&status) && transparent < TRANSPARENT_RETRIES {
                transparent += 1;
                tokio::time::sleep(retry::pause(transparent).min(call.left(Duration::MAX))).await;
                continue;
            }
            let may_retry = code(&status) == Code::Unavailable && retry < self.retries && !call.is_over();
            if !may_retry || !self.budget.spend() {
                return Err(self.explain(status));
            }
            retry += 1;
            self.telemetry.instruments().retries.add(1, &[KeyValue::new("peer.service", self.name)]);
            tokio::time::sleep(retry::pause(retry).min(call.left(Duration::MAX))).await;
        }
    }

    async fn attempt<Q, A, F, Fut>(&self, call: Call, method: &'static str, question: Q, send: &F) -> Result<A, Status>
    where
        F: Fn(Channel, Request<Q>) -> Fut,
        Fut: Future<Output = Result<Response<A>, Status>>,
    {
        let left = call.left(self.timeout);
        if left.is_zero() {
            return Err(Failure::new(Kind::TooLate, format!("no time is left to ask {}", self.name)).into());
        }
        let context = self.begin_span(method);
        let mut request = Request::new(question);
        inject(&context, request.metadata_mut().as_mut());
        let priority = call.priority.as_str().parse().expect("a priority is plain ASCII");
        request.metadata_mut().insert(PRIORITY_HEADER, priority);
        request.set_timeout(left);
        let began = Instant::now();
        let answer = send(self.channel.clone(), request).with_context(context.clone());
        let answer = tokio::time::timeout(left, answer).await;
        let answer = answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer in time")));
        self.end_span(&context, method, began, answer.as_ref().err());
        answer.map(Response::into_inner)
    }

    fn begin_span(&self, method: &'static str) -> Context {
        let (service, function) = method.split_once('/').unwrap_or((method, ""));
        let attributes = vec![
            KeyValue::new("rpc.system", "grpc"),
            KeyValue::new("rpc.service", service),
            KeyValue::new("rpc.method", function),
            KeyValue::new("peer.service", self.name),
            KeyValue::new("server.address", self.target.clone()),
        ];
        self.telemetry.span(method.to_owned(), SpanKind::Client, &Context::current(), attributes)
    }

    fn end_span(&self, context: &Context, method: &'static str, began: Instant, error: Option<&Status>) {
        let code = error.map_or(Code::Ok, code);
        let code = KeyValue::new("rpc.grpc.status_code", code as i64);
        end_span(context, error.map(Status::message), vec![code.clone()]);
        let attributes = [KeyValue::new("rpc.method", method), KeyValue::new("peer.service", self.name), code];
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        self.telemetry.instruments().rpc_client_duration.record(milliseconds, &attributes);
    }

    /// A failure of the transport says who did not answer; a failure of the callee speaks for itself.
    fn explain(&self, status: Status) -> Failure {
        match status.source() {
            Some(_) => {
                let kind = Failure::from(Status::new(code(&status), "")).kind;
                Failure::new(kind, format!("{} does not answer", self.name))
            }
            None => Failure::from(status),
        }
    }
}

/// What a failed call says of the callee. A connection that breaks in mid-call, as where the callee is killed, has codes of
/// the library's making: whoever asked is told that the callee is away, and not that something of ours is broken.
fn code(status: &Status) -> Code {
    match status.code() {
        Code::Unknown | Code::Internal if status.source().is_some() => Code::Unavailable,
        code => code,
    }
}

/// Whether the request certainly reached nobody: it can be sent again whatever it asks for.
fn never_left(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        let refused = error.downcast_ref::<h2::Error>().is_some_and(|error| {
            // The server says how far it has read; what came after that was not looked at (RFC 9113, 6.8 and 8.7).
            error.reason() == Some(h2::Reason::REFUSED_STREAM)
                || (error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR))
        });
        let canceled = error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled);
        if refused || canceled || error.is::<tonic::ConnectError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn endpoint(uri: String) -> Option<Endpoint> {
    let endpoint = Endpoint::from_shared(uri).ok()?;
    let endpoint = endpoint.connect_timeout(Duration::from_secs(1)).tcp_nodelay(true);
    // A peer that is gone without a word is noticed after 3 s + 2 s; calls have their own, shorter timeouts.
    let endpoint =
        endpoint.http2_keep_alive_interval(Duration::from_secs(3)).keep_alive_timeout(Duration::from_secs(2));
    Some(endpoint.keep_alive_while_idle(true))
}

fn channel(target: &str) -> Option<Channel> {
    let (host, port) = target.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    // A plain address is one peer; a name may be many.
    if target.parse::<SocketAddr>().is_ok() {
        return Some(endpoint(format!("http://{target}"))?.connect_lazy());
    }
    if host.is_empty() {
        return None;
    }
    let (channel, changes) = Channel::balance_channel(64);
    tokio::spawn(resolve(target.to_owned(), changes));
    Some(channel)
}

/// Keeps a channel's addresses as the name has them, for as long as the channel lives.
async fn resolve(target: String, changes: mpsc::Sender<Change<SocketAddr, Endpoint>>) {
    let mut known = BTreeSet::new();
    loop {
        // A name that does not resolve keeps its last addresses: a name server's trouble is not the callee's.
        if let Ok(found) = tokio::net::lookup_host(&target).await {
            let found: BTreeSet<SocketAddr> = found.collect();
            for address in found.difference(&known) {
                let Some(endpoint) = endpoint(format!("http://{address}")) else { continue };
                let _ = changes.send(Change::Insert(*address, endpoint)).await;
            }
            for address in known.difference(&found) {
                let _ = changes.send(Change::Remove(*address)).await;
            }
            known = found;
        }
        tokio::select! {
            () = changes.closed() => return,
            () = tokio::time::sleep(RESOLVE_INTERVAL) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_connection_is_an_absent_callee_and_a_broken_callee_is_none() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let broken = Status::from_error(Box::new(reset));
        assert_eq!((broken.code(), code(&broken)), (Code::Unknown, Code::Unavailable));
        assert_eq!(code(&Status::from(Failure::new(Kind::Internal, "a bug"))), Code::Internal);
    }
}
