//! Listening: on a port of one's own, or on a socket that a supervisor hands over as standard input.
//!
//! A supervisor that keeps the socket can replace a process without refusing a single connection: whoever knocks in
//! between waits in the socket's queue. (inetd called it `wait`; systemd, socket activation.)

use crate::config::{ConfigError, Variables};
use std::{
    io,
    net::{Ipv6Addr, SocketAddr, TcpListener},
    os::{fd::AsFd as _, unix::process::parent_id},
    time::Duration,
};

/// The variable that says where the socket comes from.
pub const LISTEN: &str = "LISTEN";

/// What a process whose socket was handed over prints, as a line, when it takes requests.
pub const READY: &str = "ready";

/// Whether the socket comes from a supervisor.
pub fn is_handed_over(variables: &Variables) -> Result<bool, ConfigError> {
    Ok(variables.optional::<String>(LISTEN)?.as_deref() == Some("stdin"))
}

/// The socket of a service: standard input where `LISTEN` is `stdin`, else the port that `port` names.
pub fn listener(variables: &Variables, port: &'static str) -> io::Result<tokio::net::TcpListener> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let listener = if is_handed_over(variables).map_err(invalid)? {
        TcpListener::from(io::stdin().as_fd().try_clone_to_owned()?)
    } else {
        bind(variables.required(port).map_err(invalid)?)?
    };
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

/// Ends when the process that handed the socket over is gone: one that was killed must not leave services behind that
/// nobody can reach or stop.
pub async fn supervisor_gone() {
    let supervisor = parent_id();
    while parent_id() == supervisor {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Every address of the machine, in both families; IPv4 alone where there is no IPv6.
fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).or_else(|_| TcpListener::bind(("0.0.0.0", port)))
}
