//! The shop as it runs in earnest: a process for each service, against PostgreSQL, Redis and NATS.
//!
//! This process keeps the sockets and hands them to the services as their standard input. A service that dies is started
//! again at once, as a kubelet would; whoever knocks meanwhile waits in the socket's queue. A restart brings up the new
//! process first, and asks the old one to leave when the new one takes requests.

use crate::{
    SERVICES, dead_letters, embedded, keys,
    servers::Servers,
    settings::{Replaced, Settings},
};
use axum::{
    Json, Router,
    extract::{Path as UrlPath, State},
    http::StatusCode,
    routing::{get, post},
};
use proxy::Proxies;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use service_kit::{config::Variables, listen};
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use uuid::Uuid;

/// How to start the shop.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program that is every service: `PROGRAM serve NAME`.
    pub program: PathBuf,
    /// Where its stores are.
    pub servers: Servers,
    /// Where the gateway listens; port 0 for any that is free.
    pub gateway: SocketAddr,
    /// Where the development key and `shop.json` are.
    pub state: PathBuf,
    /// Settings other than those of compose.
    pub settings: Replaced,
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How long a new process may take until it takes requests, and an old one until it has left.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shop that runs.
pub struct Shop {
    /// Where the gateway is.
    pub gateway: SocketAddr,
    /// Where this process takes orders: `GET /`, `POST /services/{name}/restart`, `/dead-letters/{name}/replay`, `/proxies`.
    pub control: SocketAddr,
    /// Where psp's stand-in is.
    pub psp: SocketAddr,
    /// Where the mailer's stand-in is.
    pub mailer: SocketAddr,
    /// Where every service is.
    pub addresses: BTreeMap<&'static str, SocketAddr>,
    issuer: service_kit::token::Issuer,
    keepers: Vec<(Keeper, JoinHandle<()>)>,
    state: PathBuf,
    _proxies: Proxies,
}

/// Starts the shop and waits until every service takes requests.
pub async fn start(options: Options) -> Result<Shop, Failed> {
    let missing = options.servers.missing().await;
    if !missing.is_empty() {
        return Err(missing.join("\n       ").into());
    }
    let issuer = keys::issuer(&options.state)?;
    options.servers.prepare().await?;
    let proxies = Proxies::start(&options.servers.stores()?).await?;
    let (psp, mailer) = (
        stand_in(stand_in_psp::router(stand_in_psp::BEHAVIOUR, None)?).await?,
        stand_in(stand_in_mailer::router(stand_in_mailer::BEHAVIOUR, None)?).await?,
    );
    let mut listeners = BTreeMap::new();
    for service in SERVICES {
        let address = if service == "gateway" { options.gateway } else { (Ipv4Addr::LOCALHOST, 0).into() };
        let listener = TcpListener::bind(address);
        listeners.insert(service, listener.map_err(|error| format!("{service} cannot listen on {address}: {error}"))?);
    }
    let addresses = listeners.iter().map(|(service, listener)| Ok((*service, listener.local_addr()?)));
    let addresses: BTreeMap<&str, SocketAddr> = addresses.collect::<io::Result<_>>()?;

    let mut replaced = embedded::targets(&addresses);
    replaced.extend(options.servers.settings(&proxies)?);
    let mut set =
        |service: &str, variable: &str, value: String| replaced.insert((service.into(), variable.into()), value);
    set("gateway", "JWT_JWKS_FILE", keys::jwks_file(&options.state).canonicalize()?.display().to_string());
    set("payments", "PSP_URL", format!("http://{psp}"));
    set("notify", "MAILER_URL", format!("http://{mailer}"));
    replaced.extend(options.settings.clone());
    let settings = Settings::of_compose(&replaced);

    let mut keepers = Vec::new();
    for service in SERVICES {
        let socket = Socket {
            service,
            program: options.program.clone(),
            variables: settings.of(service).with(listen::LISTEN, "stdin"),
            listener: listeners.remove(service).ok_or("every service has a socket")?,
        };
        let (keeper, inbox) = Keeper::new(service, addresses[service]);
        keepers.push((keeper.clone(), tokio::spawn(keep(socket, keeper, inbox))));
    }
    for (keeper, _) in &keepers {
        keeper.ready().await.map_err(|()| format!("{} did not become ready within {PATIENCE:?}", keeper.service))?;
    }
    let gateway = addresses["gateway"];
    let described = json!({
        "mode": "real",
        "gateway": format!("http://{gateway}"),
        "psp": format!("http://{psp}"),
        "mailer": format!("http://{mailer}"),
        "token_key": keys::key_file(&options.state),
    });
    let described = merged(described, options.servers.describe()?);
    let all = keepers.iter().map(|(keeper, _)| keeper.clone()).collect();
    let events = Variables::from_pairs([
        ("NATS_URL", options.servers.nats.clone()),
        ("EVENTS_STREAM", options.servers.on_nats("SHOP")),
    ]);
    let dead_letters = dead_letters::route(dead_letters::log_of(&events).await?);
    let control = control(described, all, proxies.router().merge(dead_letters), &options.state).await?;
    Ok(Shop { gateway, control, psp, mailer, addresses, issuer, keepers, state: options.state, _proxies: proxies })
}

impl Shop {
    /// A token for a customer, for an hour.
    pub fn token(&self, customer: Uuid) -> String {
        self.issuer.token(customer, Duration::from_secs(3600))
    }

    /// The process that is a service now.
    pub fn pid(&self, service: &str) -> Option<u32> {
        self.keepers.iter().find(|(keeper, _)| keeper.service == service).and_then(|(keeper, _)| keeper.pid())
    }

    /// Replaces a service's process by a new one, without refusing anybody.
    pub async fn restart(&self, service: &str) -> Result<(), Failed> {
        let keeper = self.keepers.iter().find(|(keeper, _)| keeper.service == service);
        let (keeper, _) = keeper.ok_or_else(|| format!("there is no service {service}"))?;
        keeper.restart().await.map_err(|()| format!("the new {service} did not become ready").into())
    }

    /// Stops every service, callers before callees, each after finishing what it has begun.
    pub async fn stop(self) {
        for (keeper, keeping) in self.keepers.into_iter().rev() {
            let _ = keeper.orders.send(Order::Leave).await;
            let _ = keeping.await;
        }
        let _ = std::fs::remove_file(self.state.join("shop.json"));
    }
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

/// One service as the supervisor knows it. Cloning shares it.
#[derive(Clone)]
struct Keeper {
    service: &'static str,
    address: SocketAddr,
    now: Arc<Mutex<Now>>,
    orders: mpsc::Sender<Order>,
}

#[derive(Clone, Copy, Default)]
struct Now {
    pid: Option<u32>,
    is_ready: bool,
    restarts: u32,
}

enum Order {
    Replace(oneshot::Sender<Result<(), ()>>),
    Leave,
}

impl Keeper {
    fn new(service: &'static str, address: SocketAddr) -> (Self, mpsc::Receiver<Order>) {
        let (orders, inbox) = mpsc::channel(4);
        (Self { service, address, now: Arc::default(), orders }, inbox)
    }

    fn now(&self) -> Now {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn pid(&self) -> Option<u32> {
        self.now().pid
    }

    async fn ready(&self) -> Result<(), ()> {
        let ready = async {
            while !self.now().is_ready {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.map_err(drop)
    }

    async fn restart(&self) -> Result<(), ()> {
        let (done, is_done) = oneshot::channel();
        self.orders.send(Order::Replace(done)).await.map_err(drop)?;
        is_done.await.map_err(drop)?
    }

    fn describe(&self) -> Value {
        let now = self.now();
        json!([{ "pid": now.pid, "address": self.address, "ready": now.is_ready, "restarts": now.restarts }])
    }
}

/// A service's socket, and what to start on it.
struct Socket {
    service: &'static str,
    program: PathBuf,
    variables: Variables,
    listener: TcpListener,
}

/// A process, and word of its being ready.
struct Process {
    child: Child,
    ready: oneshot::Receiver<()>,
    may_become_ready: bool,
}

impl Socket {
    fn start(&self) -> io::Result<Process> {
        let socket = OwnedFd::from(self.listener.try_clone()?);
        let mut command = Command::new(&self.program);
        command.args(["serve", self.service]).env_clear().envs(self.variables.iter()).kill_on_drop(true);
        let kept = ["PATH", "RUST_BACKTRACE"].into_iter().filter_map(|name| Some((name, std::env::var(name).ok()?)));
        let mut child = command.envs(kept).stdin(Stdio::from(socket)).stdout(Stdio::piped()).spawn()?;
        let (is_ready, ready) = oneshot::channel();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(async move {
                let mut lines = BufReader::new(stdout).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == listen::READY {
                        let _ = is_ready.send(());
                        break;
                    }
                }
                while let Ok(Some(_)) = lines.next_line().await {}
            });
        }
        Ok(Process { child, ready, may_become_ready: true })
    }
}

/// Keeps a service running until it is told to leave.
async fn keep(socket: Socket, keeper: Keeper, mut inbox: mpsc::Receiver<Order>) {
    let mut current = start_again(&socket, &keeper).await;
    loop {
        tokio::select! {
            _ = current.child.wait() => {
                tracing::warn!(service = socket.service, "died; it is started again");
                keeper.change(|now| now.restarts += 1);
                current = start_again(&socket, &keeper).await;
            }
            ready = &mut current.ready, if current.may_become_ready => {
                // No word of it means that the process is gone, which the branch above tells.
                current.may_become_ready = false;
                keeper.change(|now| now.is_ready = ready.is_ok());
            }
            order = inbox.recv() => match order {
                Some(Order::Replace(done)) => {
                    let _ = done.send(replace(&socket, &keeper, &mut current).await);
                }
                Some(Order::Leave) | None => {
                    leave(&mut current.child).await;
                    return;
                }
            }
        }
    }
}

async fn start_again(socket: &Socket, keeper: &Keeper) -> Process {
    loop {
        match socket.start() {
            Ok(process) => {
                keeper.change(|now| (now.pid, now.is_ready) = (process.child.id(), false));
                return process;
            }
            Err(error) => {
                tracing::error!(service = socket.service, %error, "cannot be started");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// The new one first; the old one leaves when the new one takes requests.
async fn replace(socket: &Socket, keeper: &Keeper, current: &mut Process) -> Result<(), ()> {
    let mut fresh = socket.start().map_err(drop)?;
    if !matches!(tokio::time::timeout(PATIENCE, &mut fresh.ready).await, Ok(Ok(()))) {
        return Err(());
    }
    fresh.may_become_ready = false;
    let mut old = std::mem::replace(current, fresh);
    keeper.change(|now| (now.pid, now.is_ready) = (current.child.id(), true));
    leave(&mut old.child).await;
    Ok(())
}

async fn leave(child: &mut Child) {
    if let Some(pid) = child.id().and_then(|pid| Pid::from_raw(pid as i32)) {
        let _ = kill_process(pid, Signal::TERM);
    }
    if tokio::time::timeout(PATIENCE, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

async fn stand_in(router: Router) -> io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// What the control server knows.
#[derive(Clone)]
struct Control {
    described: Value,
    keepers: Arc<Vec<Keeper>>,
}

impl Control {
    fn describe(&self) -> Value {
        let services: BTreeMap<&str, Value> =
            self.keepers.iter().map(|keeper| (keeper.service, keeper.describe())).collect();
        merged(self.described.clone(), json!({ "services": services }))
    }
}

async fn control(
    described: Value,
    keepers: Vec<Keeper>,
    beside: Router,
    state: &std::path::Path,
) -> io::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let described = merged(described, json!({ "control": format!("http://{address}") }));
    let control = Control { described, keepers: Arc::new(keepers) };
    std::fs::write(state.join("shop.json"), serde_json::to_vec_pretty(&control.describe())?)?;
    let routes = Router::new()
        .route("/", get(|State(control): State<Control>| async move { Json(control.describe()) }))
        .route("/services/{name}/restart", post(restart))
        .with_state(control)
        .merge(beside);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

async fn restart(State(control): State<Control>, UrlPath(name): UrlPath<String>) -> (StatusCode, Json<Value>) {
    let Some(keeper) = control.keepers.iter().find(|keeper| keeper.service == name) else {
        return (StatusCode::NOT_FOUND, Json(json!({ "error": format!("there is no service {name}") })));
    };
    match keeper.restart().await {
        Ok(()) => (StatusCode::OK, Json(keeper.describe())),
        Err(()) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": "the new process did not become ready" }))),
    }
}
