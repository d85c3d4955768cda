//! A stand-in as a program: where it listens, and how it ends.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::PathBuf;

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::behaviour::Behaviour;

/// Runs a stand-in as the environment says: `HTTP_PORT` (8080) or `LISTEN=stdin`, `ANSWER_AFTER_MEAN`, `ANSWER_AFTER_CV`,
/// `FAIL_PERCENT`, `HANG_PERCENT`, `QUOTA`, `QUOTA_BURST`, and `LEDGER_FILE` where the ledger shall outlive the process.
/// Ends, with the requests in progress answered, on SIGTERM or SIGINT.
///
/// # Errors
/// A variable that cannot be used, by its name; a port or file that cannot be had.
pub async fn program(
    name: &str,
    behaviour: Behaviour,
    router: impl FnOnce(Behaviour, Option<&std::path::Path>) -> io::Result<Router>,
) -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var(name).ok();
    let behaviour = behaviour.from_variables(variable)?;
    let ledger = variable("LEDGER_FILE").map(PathBuf::from);
    let router = router(behaviour, ledger.as_deref())?;
    let listener = match variable("LISTEN").as_deref() {
        Some("stdin") => inherited()?,
        Some(other) => return Err(format!("LISTEN is `{other}`, and must be `stdin` or absent").into()),
        None => {
            let port = variable("HTTP_PORT").unwrap_or_else(|| "8080".to_owned());
            let port: u16 = port.parse().map_err(|_| format!("HTTP_PORT is `{port}`, and must be a port"))?;
            TcpListener::bind(SocketAddr::from(([0, 0, 0, 0], port))).await?
        }
    };
    eprintln!("{name}'s stand-in listens on {}", listener.local_addr()?);
    Ok(axum::serve(listener, router).with_graceful_shutdown(asked_to_end()?).await?)
}

/// The socket that a supervisor bound and left as standard input: it stays open while one process follows another.
fn inherited() -> io::Result<TcpListener> {
    let socket = std::net::TcpListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}
