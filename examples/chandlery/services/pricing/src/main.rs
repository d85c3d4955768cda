//! The process: `pricing`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("pricing", "GRPC_PORT", pricing::real).await
}
