//! The process: `payments`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("payments", "GRPC_PORT", payments::real).await
}
