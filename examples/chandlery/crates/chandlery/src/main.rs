//! The shop as one command: `chandlery up` starts it, `chandlery token` lets a customer in.

mod replay;
mod up;

use clap::Parser;
use service_kit::config::Variables;
use shop::servers::{self, Servers};
use std::{path::PathBuf, process::ExitCode, time::Duration};
use uuid::Uuid;

/// The ship's chandler's shop.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
enum Command {
    /// Start the whole shop and keep it running until Ctrl-C.
    Up(up::Up),
    /// Run one service as this process, as its own program does.
    #[command(hide = true)]
    Serve {
        /// Which.
        service: String,
    },
    /// Take a shop that was up with `--real --name` off the servers: databases, roles, streams, buckets, keys.
    Remove {
        /// Which.
        #[arg(value_parser = servers::name)]
        name: String,
    },
    /// Publish again what a consumer of events failed at too often, once the cause is mended.
    Replay(replay::Replay),
    #[command(flatten)]
    Proving(proving::Command),
    /// Print a token for a customer, for an hour.
    Token {
        /// Whose; a new customer where it is not said.
        customer: Option<Uuid>,
        /// Where the development key is.
        #[arg(long, default_value = "dev", env = "CHANDLERY_STATE")]
        state: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Serve { service } => return shop::serve::serve(&service).await,
        Command::Proving(command) => return proving::run(command).await,
        Command::Up(up) => up::run(up).await,
        Command::Replay(replay) => replay::run(replay).await,
        Command::Remove { name } => Servers::from(&Variables::from_env(), &name).remove().await,
        Command::Token { customer, state } => shop::keys::issuer(&state).map_err(Into::into).map(|issuer| {
            let customer = customer.unwrap_or_else(Uuid::new_v4);
            println!("{}", issuer.token(customer, Duration::from_secs(3600)));
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
