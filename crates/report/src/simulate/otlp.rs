//! Kept requests as OTLP in JSON, which Jaeger, Tempo and others read.
//!
//! # Source
//! OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding": lowerCamelCase keys, ids in hexadecimal, times as decimal strings.

use serde_json::{Value, json as value};

/// One span, in the words of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSpan {
    /// The component that it is of.
    pub service: String,
    /// What is done: an operation, a call, a journey.
    pub name: String,
    /// Which request it belongs to: the same for all spans of one.
    pub trace: u128,
    /// Its own number, not 0.
    pub id: u64,
    /// The span that it is part of; 0 is none.
    pub parent: u64,
    /// Whose side it is told from.
    pub side: Side,
    /// Nanoseconds since the start of the run.
    pub start_ns: u64,
    /// Nanoseconds since the start of the run.
    pub end_ns: u64,
    /// How it failed, if it did.
    pub failure: Option<String>,
    /// Nanoseconds of it that were spent waiting in queues.
    pub waited_ns: u64,
    /// Which copy did it.
    pub replica: Option<u32>,
}

/// Whose side a span is told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Of who asks: kind 3, CLIENT.
    Caller,
    /// Of who is asked: kind 2, SERVER.
    Callee,
    /// Of nobody: kind 1, INTERNAL.
    Inside,
}

/// The spans as one `ExportTraceServiceRequest`; times count from `epoch_ns`, which the caller chooses, so that the same run gives the
/// same bytes.
pub fn otlp(spans: &[TraceSpan], system: &str, epoch_ns: u64) -> String {
    let mut services: Vec<&str> = spans.iter().map(|span| span.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    let resources: Vec<Value> = services
        .into_iter()
        .map(|service| {
            let of_service = spans.iter().filter(|span| span.service == service);
            value!({
                "resource": { "attributes": [text("service.name", service), text("service.namespace", system)] },
                "scopeSpans": [{
                    "scope": { "name": "plimsoll" },
                    "spans": of_service.map(|span| one(span, epoch_ns)).collect::<Vec<_>>(),
                }],
            })
        })
        .collect();
    let mut out = value!({ "resourceSpans": resources }).to_string();
    out.push('\n');
    out
}

fn one(span: &TraceSpan, epoch_ns: u64) -> Value {
    let kind = match span.side {
        Side::Inside => 1,
        Side::Callee => 2,
        Side::Caller => 3,
    };
    let mut attributes = vec![value!({
        "key": "plimsoll.waited_ns", "value": { "intValue": span.waited_ns.to_string() },
    })];
    attributes.extend(span.replica.map(|replica| text("service.instance.id", &format!("{}-{replica}", span.service))));
    let status = match &span.failure {
        None => value!({ "code": 1 }),
        Some(failure) => value!({ "code": 2, "message": failure }),
    };
    value!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "parentSpanId": if span.parent == 0 { String::new() } else { format!("{:016x}", span.parent) },
        "name": span.name,
        "kind": kind,
        "startTimeUnixNano": (epoch_ns + span.start_ns).to_string(),
        "endTimeUnixNano": (epoch_ns + span.end_ns).to_string(),
        "attributes": attributes,
        "status": status,
    })
}

fn text(key: &str, text: &str) -> Value {
    value!({ "key": key, "value": { "stringValue": text } })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_span_is_written_as_the_protocol_says() {
        let span = TraceSpan {
            service: "payments".to_owned(),
            name: "charge".to_owned(),
            trace: 7,
            id: 2,
            parent: 1,
            side: Side::Callee,
            start_ns: 5,
            end_ns: 9,
            failure: Some("429 quota".to_owned()),
            waited_ns: 3,
            replica: Some(1),
        };
        expect![[r#"
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"payments"}},{"key":"service.namespace","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"plimsoll"},"spans":[{"traceId":"00000000000000000000000000000007","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"charge","kind":2,"startTimeUnixNano":"1005","endTimeUnixNano":"1009","attributes":[{"key":"plimsoll.waited_ns","value":{"intValue":"3"}},{"key":"service.instance.id","value":{"stringValue":"payments-1"}}],"status":{"code":2,"message":"429 quota"}}]}]}]}
        "#]]
        .assert_eq(&otlp(&[span], "shop", 1000));
    }
}
