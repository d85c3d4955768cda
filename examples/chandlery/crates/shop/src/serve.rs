//! One service as this process: what a supervisor starts, and what the services' own programs do.

use service_kit::service::main;
use std::process::ExitCode;

/// Runs a service until it is told to stop.
pub async fn serve(service: &str) -> ExitCode {
    match service {
        "gateway" => main("gateway", "HTTP_PORT", gateway::real).await,
        "catalog" => main("catalog", "GRPC_PORT", catalog::real).await,
        "basket" => main("basket", "GRPC_PORT", basket::real).await,
        "orders" => main("orders", "GRPC_PORT", orders::real).await,
        "pricing" => main("pricing", "GRPC_PORT", pricing::real).await,
        "stock" => main("stock", "GRPC_PORT", stock::real).await,
        "payments" => main("payments", "GRPC_PORT", payments::real).await,
        "fulfil" => main("fulfil", "GRPC_PORT", fulfil::real).await,
        "notify" => main("notify", "GRPC_PORT", notify::real).await,
        other => {
            eprintln!("error: there is no service {other}");
            ExitCode::from(2)
        }
    }
}
