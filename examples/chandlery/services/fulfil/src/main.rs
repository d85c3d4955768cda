//! The process: `fulfil`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("fulfil", "GRPC_PORT", fulfil::real).await
}
