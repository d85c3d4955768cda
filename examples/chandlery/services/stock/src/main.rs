//! The process: `stock`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("stock", "GRPC_PORT", stock::real).await
}
