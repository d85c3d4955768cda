//! The process: `basket`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("basket", "GRPC_PORT", basket::real).await
}
