//! The process: `orders`, on `GRPC_PORT`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    service_kit::service::main("orders", "GRPC_PORT", orders::real).await
}
