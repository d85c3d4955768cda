//! The process: `catalog`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("catalog", "GRPC_PORT", catalog::real).await
}
