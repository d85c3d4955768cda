//! The process: `gateway`, on `HTTP_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("gateway", "HTTP_PORT", gateway::real).await
}
