//! The process: `notify`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("notify", "GRPC_PORT", notify::real).await
}
