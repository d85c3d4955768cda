//! TCP proxies in front of the stores: what makes a store slow, or cuts it off, without touching it.
//!
//! Services are given the proxy's address instead of the store's. A proxy copies bytes, knows no protocol, and can hold
//! answers back (`delay`) or close every connection and refuse new ones (`cut`).
//!
//! Delay is latency, not bandwidth: what was sent in one burst arrives in one burst, later. Both hold from the next byte
//! on. Not here: loss within a connection, which TCP would hide.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// What stands between a service and a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trouble {
    /// Answers come later by so much, in milliseconds.
    pub delay_ms: u64,
    /// Every connection is closed, and no new one is taken.
    pub cut: bool,
}

/// A set of proxies, by the name of the component behind each. They end when this is dropped.
pub struct Proxies {
    by_name: Arc<BTreeMap<String, Proxy>>,
}

struct Proxy {
    address: SocketAddr,
    trouble: watch::Sender<Trouble>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxies {
    /// Starts one proxy for each `(name, address of the store)`, on a port of the loopback interface that the system picks.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start(stores: &[(&str, SocketAddr)]) -> io::Result<Self> {
        let mut by_name = BTreeMap::new();
        for &(name, store) in stores {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let address = listener.local_addr()?;
            let (trouble, watched) = watch::channel(Trouble::default());
            let accepting = tokio::spawn(accept(listener, store, watched));
            by_name.insert(name.to_owned(), Proxy { address, trouble, accepting });
        }
        Ok(Self { by_name: Arc::new(by_name) })
    }

    /// Where the services find this store.
    pub fn address(&self, name: &str) -> Option<SocketAddr> {
        self.by_name.get(name).map(|proxy| proxy.address)
    }

    /// Makes trouble, or ends it. `false` where there is no such proxy.
    pub fn set(&self, name: &str, trouble: Trouble) -> bool {
        let proxy = self.by_name.get(name);
        proxy.map(|proxy| proxy.trouble.send_replace(trouble)).is_some()
    }

    /// `GET /proxies`; `GET`, `PUT /proxies/{name}`, for the control address of the shop.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/proxies", get(list))
            .route("/proxies/{name}", get(show).put(change))
            .with_state(self.by_name.clone())
    }
}

type Named = State<Arc<BTreeMap<String, Proxy>>>;

async fn list(State(proxies): Named) -> Json<BTreeMap<String, Trouble>> {
    Json(proxies.iter().map(|(name, proxy)| (name.clone(), *proxy.trouble.borrow())).collect())
}

async fn show(State(proxies): Named, Path(name): Path<String>) -> Response {
    match proxies.get(&name) {
        Some(proxy) => Json(*proxy.trouble.borrow()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn change(State(proxies): Named, Path(name): Path<String>, Json(trouble): Json<Trouble>) -> Response {
    match proxies.get(&name) {
        Some(proxy) => {
            proxy.trouble.send_replace(trouble);
            Json(trouble).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn accept(listener: TcpListener, store: SocketAddr, trouble: watch::Receiver<Trouble>) {
    loop {
        match listener.accept().await {
            // Dropped: the client sees a connection that closes at once.
            Ok(_) if trouble.borrow().cut => {}
            Ok((client, _)) => {
                tokio::spawn(join(client, store, trouble.clone()));
            }
            // Out of file descriptors, say: it may pass.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Joins a client to the store until one of them closes, or the proxy is cut.
async fn join(client: TcpStream, store: SocketAddr, mut trouble: watch::Receiver<Trouble>) {
    let Ok(server) = TcpStream::connect(store).await else { return };
    // Without it Nagle's algorithm would add delays of its own.
    if client.set_nodelay(true).and(server.set_nodelay(true)).is_err() {
        return;
    }
    let (client_out, client_in) = client.into_split();
    let (server_out, server_in) = server.into_split();
    let delays = trouble.clone();
    tokio::select! {
        () = copy(client_out, server_in, || Duration::ZERO) => {}
        () = copy(server_out, client_in, move || Duration::from_millis(delays.borrow().delay_ms)) => {}
        // `Err`: the proxy is gone, and with it everything it joined.
        _ = trouble.wait_for(|trouble| trouble.cut) => {}
    }
}

/// Copies until the end of input; each piece is handed on so much after it came.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: impl Fn() -> Duration) {
    // Pieces under way: as many as a fast writer may have in a slow proxy, 64 × 16 KiB.
    let (sender, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(64);
    let read = async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if sender.send((Instant::now() + delay(), buffer[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, piece)) = under_way.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(read, write);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store that answers every byte with itself.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = socket.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        address
    }

    async fn proxied() -> (Proxies, TcpStream) {
        let proxies = Proxies::start(&[("orders-db", echo().await)]).await.unwrap();
        let client = TcpStream::connect(proxies.address("orders-db").unwrap()).await.unwrap();
        (proxies, client)
    }

    /// Sends one byte; answers with how long it took to come back, or `None` where the connection closed.
    async fn round_trip(client: &mut TcpStream) -> Option<Duration> {
        let began = Instant::now();
        client.write_all(b"x").await.ok()?;
        (client.read(&mut [0; 1]).await.ok()? == 1).then(|| began.elapsed())
    }

    #[tokio::test]
    async fn without_trouble_bytes_pass() {
        let (_proxies, mut client) = proxied().await;
        assert!(round_trip(&mut client).await.unwrap() < Duration::from_millis(100));
    }

    #[tokio::test]
    async fn a_delay_holds_answers_back_on_connections_that_are_open_already() {
        let (proxies, mut client) = proxied().await;
        round_trip(&mut client).await.unwrap();
        assert!(proxies.set("orders-db", Trouble { delay_ms: 150, cut: false }));
        let took = round_trip(&mut client).await.unwrap();
        assert!((150..400).contains(&took.as_millis()), "{took:?}");
        proxies.set("orders-db", Trouble::default());
        assert!(round_trip(&mut client).await.unwrap() < Duration::from_millis(100));
    }

    #[tokio::test]
    async fn pieces_are_delayed_together_and_not_one_after_the_other() {
        let (proxies, mut client) = proxied().await;
        proxies.set("orders-db", Trouble { delay_ms: 100, cut: false });
        let began = Instant::now();
        for _ in 0..5 {
            client.write_all(&[0; 1000]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        client.read_exact(&mut [0; 5000]).await.unwrap();
        assert!(began.elapsed() < Duration::from_millis(400), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_cut_closes_what_is_open_and_lets_nobody_in_until_it_ends() {
        let (proxies, mut client) = proxied().await;
        round_trip(&mut client).await.unwrap();
        proxies.set("orders-db", Trouble { delay_ms: 0, cut: true });
        assert_eq!(client.read(&mut [0; 1]).await.unwrap_or(0), 0);
        let address = proxies.address("orders-db").unwrap();
        assert_eq!(round_trip(&mut TcpStream::connect(address).await.unwrap()).await, None);
        proxies.set("orders-db", Trouble::default());
        assert!(round_trip(&mut TcpStream::connect(address).await.unwrap()).await.is_some());
    }

    #[tokio::test]
    async fn there_is_no_trouble_for_a_store_that_has_no_proxy() {
        let (proxies, _) = proxied().await;
        assert!(!proxies.set("basket-store", Trouble::default()));
    }
}
