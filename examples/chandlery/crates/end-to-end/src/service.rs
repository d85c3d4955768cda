//! `service-under-test serve NAME`: one service as a process, as `chandlery serve NAME` is.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("serve"), Some(service)) => shop::serve::serve(&service).await,
        _ => ExitCode::from(2),
    }
}
