//! A customer from the outside, whose every answer is held against `api/openapi.yaml`.
//!
//! An answer that the document does not know, with a body that is not as it says, or without a header that it promises,
//! fails the test that got it, whatever the test is about.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use uuid::Uuid;

/// The REST interface.
pub fn openapi() -> Value {
    serde_yaml_ng::from_str(include_str!("../../../api/openapi.yaml")).expect("the document is YAML")
}

/// The events.
pub fn asyncapi() -> Value {
    serde_yaml_ng::from_str(include_str!("../../../api/asyncapi.yaml")).expect("the document is YAML")
}

/// Holds a value against a schema of a document. Fails with what is wrong.
#[track_caller]
pub fn check_schema(document: &Value, schema: &Value, value: &Value) {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&root);
    let validator = validator.unwrap_or_else(|error| panic!("{schema} is no schema: {error}"));
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{value}\nis not as the document has it:\n{}", errors.join("\n"));
}

/// An answer: status, headers, and its body as JSON, null where there is none.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// A header's text; empty where it is absent.
    pub etag: String,
    /// `Location`, likewise.
    pub location: String,
    /// The document.
    pub body: Value,
}

/// A customer of a shop.
#[derive(Clone, Debug)]
pub struct Customer {
    client: Client,
    gateway: SocketAddr,
    token: String,
}

impl Customer {
    /// With a token.
    pub fn new(gateway: SocketAddr, token: String) -> Self {
        Self { client: Client::new(), gateway, token }
    }

    /// A request to a path, with the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.gateway)).bearer_auth(&self.token)
    }

    /// Looks at a path.
    pub async fn get(&self, route: &str, path: &str) -> Answer {
        self.send("get", route, self.request(Method::GET, path)).await
    }

    /// Sends a request to an operation of the document and holds the answer against it.
    pub async fn send(&self, method: &str, route: &str, request: RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap_or_else(|error| panic!("{method} {route}: no answer: {error:?}"));
        check_answer(method, route, answer).await
    }

    /// Checks out some of one product, and says under which key.
    pub async fn check_out(&self, sku: &str, quantity: u32, payment_token: &str, key: &str) -> Answer {
        let body = json!({ "lines": [{ "sku": sku, "quantity": quantity }], "payment_token": payment_token });
        let request = self.request(Method::POST, &format!("/baskets/{}/checkout", Uuid::nil()));
        self.send("post", "/baskets/{id}/checkout", request.header("Idempotency-Key", key).json(&body)).await
    }
}

/// A mail that cannot be delivered is buried, and is sent when the mailer is well and its letter goes round again. notify
/// must be told to bury at the first failure; `control` answers to `/dead-letters`.
pub async fn check_replay(customer: &Customer, mailer: SocketAddr, control: SocketAddr) {
    let client = Client::new();
    let behave = async |fail_percent: f64| {
        let told = client.patch(format!("http://{mailer}/stand-in/behaviour"));
        let told = told.json(&json!({ "fail_percent": fail_percent })).send().await.expect("the mailer answers");
        assert_eq!(told.status(), 200);
    };
    let ask = async |consumer: &str| {
        let url = format!("http://{control}/dead-letters/{consumer}/replay");
        let answer = client.post(url).send().await.expect("the control answers");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let mails = async || -> Vec<Value> {
        let answer = client.get(format!("http://{mailer}/stand-in/messages")).send().await.expect("the mailer answers");
        answer.json().await.expect("a list")
    };
    behave(100.0).await;
    let placed = customer.check_out("ROPE-12-POLY", 1, "tok_visa_4242", &Uuid::new_v4().to_string()).await;
    assert_eq!(placed.status, 201, "{}", placed.body);
    // While the mailer is ill a replay leads to the grave again, which is how we see that the letter lay there.
    let buried = eventually("the letter is buried", async || (ask("notify").await.1["replayed"] == 1).then_some(()));
    buried.await;
    assert_eq!(mails().await, Vec::<Value>::new());
    behave(0.0).await;
    let sent = eventually("the mail", async || {
        assert_eq!(ask("notify").await.0, 200);
        mails().await.first().cloned()
    });
    assert_eq!(sent.await["order_id"], placed.body["order_id"]);
    assert_eq!(ask("fulfil").await, (200, json!({ "replayed": 0 })), "each has a grave of its own");
    let (status, told) = ask("gateway").await;
    assert_eq!((status, told["error"].as_str()), (409, Some("gateway reads no events; there are fulfil and notify")));
}

async fn check_answer(method: &str, route: &str, answer: Response) -> Answer {
    let document = openapi();
    let status = answer.status().as_u16();
    let expected = &document["paths"][route][method]["responses"][status.to_string()];
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let content_type = header("content-type");
    let (etag, location) = (header("etag"), header("location"));
    let headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
    let bytes = answer.bytes().await.expect("a body");
    let body: Value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
    assert!(!expected.is_null(), "{method} {route}: {status} is not in the document: {body}");
    let expected = resolve(&document, expected);
    for (name, promised) in expected["headers"].as_object().into_iter().flatten() {
        let promised = resolve(&document, promised);
        let there = headers.contains(&name.to_lowercase());
        assert!(there || promised["required"] != true, "{method} {route} {status}: {name} is missing");
    }
    match expected["content"].as_object() {
        None => assert!(bytes.is_empty(), "{method} {route} {status}: a body that the document does not know"),
        Some(content) => {
            let described = content.get(&content_type);
            let described = described.unwrap_or_else(|| panic!("{method} {route} {status}: {content_type:?}: {body}"));
            check_schema(&document, &described["schema"], &body);
        }
    }
    if 400 <= status {
        assert_eq!(body["status"], status, "a problem says its status");
    }
    Answer { status, etag, location, body }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// Waits until something holds, at most ten seconds.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{what} did not come true within 10 s");
}
