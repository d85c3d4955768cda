//! The life of a service: prepare, start, serve, drain, stop.
//!
//! A stop goes in order: not ready, and REST clients are told to come back on another connection (`DRAIN_NOTICE`);
//! accept no more; finish what was begun, at most `DRAIN_TIMEOUT`; stop what runs in
//! the background, which finishes its own last piece; flush telemetry. The platform waits between "not ready" and the
//! signal (`preStop`), so that nobody is sent here any longer when the door closes.

use crate::{
    config::{ConfigError, Variables},
    grpc::ServerLayer,
    health::{Check, Health},
    listen,
    shed::Shedder,
    telemetry::{StartError, Telemetry},
};
use futures::future::BoxFuture;
use std::{error::Error, fmt, future::Future, process::ExitCode, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use tonic::{
    service::Routes,
    transport::server::{Server, TcpIncoming},
};
use tonic_health::ServingStatus;

/// Says when to stop. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A switch and what it switches off.
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits until it is time.
    pub async fn wait(&mut self) {
        // A switch that is gone can no longer be pressed; nobody is left to serve either.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether it is time.
    pub fn is_now(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Sleeps; `true` where it was woken because it is time to stop.
    pub async fn sleep(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.wait()).await.is_ok()
    }
}

/// What a service serves.
pub enum Door {
    /// gRPC, with the descriptors for reflection.
    Grpc(Routes, &'static [u8]),
    /// REST. The function gets the health that the routes show.
    Rest(Box<dyn FnOnce(Health) -> axum::Router + Send>),
}

/// From when on a socket is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accept {
    /// From the start: whoever asks before it is ready learns that.
    AtOnce,
    /// The socket is shared with the process before this one, which goes on serving it until then.
    WhenReady,
}

type Job = Box<dyn FnOnce(Stop) -> BoxFuture<'static, ()> + Send>;
type Preparation = Box<dyn Fn() -> BoxFuture<'static, Result<(), Box<dyn Error + Send + Sync>>> + Send + Sync>;

/// A service, ready to be run.
pub struct Service {
    telemetry: Telemetry,
    door: Door,
    health: Health,
    max_in_flight: usize,
    drain: Duration,
    notice: Duration,
    accept: Accept,
    checks: Vec<Check>,
    preparations: Vec<Preparation>,
    jobs: Vec<Job>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({})", self.telemetry.service())
    }
}

impl Service {
    /// A service behind a door, with what every service is told: `MAX_IN_FLIGHT`, `DRAIN_TIMEOUT`.
    pub fn new(telemetry: &Telemetry, door: Door, variables: &Variables) -> Result<Self, ConfigError> {
        variables.only("CALL_DEADLINE", "handed-on")?;
        variables.only("GRPC_LOAD_BALANCING", "least-requests")?;
        Ok(Self {
            telemetry: telemetry.clone(),
            door,
            health: Health::default(),
            max_in_flight: variables.or("MAX_IN_FLIGHT", 256)?,
            drain: variables.or("DRAIN_TIMEOUT", Duration::from_secs(20))?,
            notice: variables.or("DRAIN_NOTICE", Duration::from_millis(500))?,
            accept: if listen::is_handed_over(variables)? { Accept::WhenReady } else { Accept::AtOnce },
            checks: Vec::new(),
            preparations: Vec::new(),
            jobs: Vec::new(),
        })
    }

    /// What it says of itself, also once it runs.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Not ready while this store does not answer.
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Done once before the service has started, again and again until it succeeds. One after the other.
    pub fn prepare<F, A>(mut self, preparation: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        self.preparations.push(Box::new(move || Box::pin(preparation())));
        self
    }

    /// Runs beside the door until the service stops.
    pub fn job<F, A>(mut self, job: F) -> Self
    where
        F: FnOnce(Stop) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        self.jobs.push(Box::new(move |stop| Box::pin(job(stop))));
        self
    }

    /// Serves on a socket until it is told to stop.
    pub async fn run(self, listener: TcpListener, mut stop: Stop) {
        let health = self.health;
        let (stop_jobs, jobs_stop) = Stop::new();
        let mut jobs = JoinSet::new();
        jobs.spawn(prepare_and_watch(self.preparations, self.checks, health.clone(), self.jobs, jobs_stop));

        if self.accept == Accept::WhenReady {
            tokio::select! {
                () = health.ready() => {}
                () = stop.wait() => {}
            }
        }
        let is_rest = matches!(self.door, Door::Rest(_));
        let (close, mut closed) = Stop::new();
        let door = match self.door {
            Door::Grpc(routes, descriptors) => {
                let layer =
                    ServerLayer { telemetry: self.telemetry.clone(), shedder: Shedder::new(self.max_in_flight) };
                tokio::spawn(serve_grpc(routes, descriptors, layer, health.clone(), listener, closed))
            }
            Door::Rest(router) => {
                let router = router(health.clone());
                tokio::spawn(async move {
                    let closed = async move { closed.wait().await };
                    if let Err(error) = axum::serve(nodelay(listener), router).with_graceful_shutdown(closed).await {
                        tracing::error!(%error, "the door broke");
                    }
                })
            }
        };
        stop.wait().await;
        tracing::info!(service = self.telemetry.service(), "draining");
        health.drain();
        if is_rest {
            tokio::time::sleep(self.notice).await;
        }
        close.send_replace(true);
        let abort = door.abort_handle();
        if tokio::time::timeout(self.drain, door).await.is_err() {
            tracing::warn!(service = self.telemetry.service(), "not everything was finished in time");
            abort.abort();
        }
        stop_jobs.send_replace(true);
        if tokio::time::timeout(self.drain, async { while jobs.join_next().await.is_some() {} }).await.is_err() {
            tracing::warn!(service = self.telemetry.service(), "a job did not stop in time");
        }
        let telemetry = self.telemetry.clone();
        let _ = tokio::task::spawn_blocking(move || telemetry.flush()).await;
    }
}

fn nodelay(listener: TcpListener) -> impl axum::serve::Listener<Addr = std::net::SocketAddr> {
    use axum::serve::ListenerExt as _;
    listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    })
}

async fn prepare_and_watch(
    preparations: Vec<Preparation>,
    checks: Vec<Check>,
    health: Health,
    jobs: Vec<Job>,
    mut stop: Stop,
) {
    for preparation in &preparations {
        while let Err(error) = preparation().await {
            tracing::warn!(%error, cause = error.source().map(ToString::to_string), "not started yet");
            if stop.sleep(Duration::from_millis(250)).await {
                return;
            }
        }
    }
    health.started();
    let mut running = JoinSet::new();
    for job in jobs {
        running.spawn(job(stop.clone()));
    }
    tokio::select! {
        () = health.watch_stores(checks) => {}
        () = stop.wait() => {}
    }
    while running.join_next().await.is_some() {}
}

async fn serve_grpc(
    routes: Routes,
    descriptors: &'static [u8],
    layer: ServerLayer,
    health: Health,
    listener: TcpListener,
    mut closed: Stop,
) {
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let reporting = tokio::spawn(async move {
        let mut changes = health.changes();
        loop {
            let state = *changes.borrow_and_update();
            // "" is what a client asks for that knows no names.
            let answers =
                [("live", true), ("started", state.started), ("ready", state.is_ready()), ("", state.is_ready())];
            for (name, answer) in answers {
                let status = if answer { ServingStatus::Serving } else { ServingStatus::NotServing };
                reporter.set_service_status(name, status).await;
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    });
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .expect("the descriptors were compiled with the program");
    let served = Server::builder()
        .layer(layer)
        .add_routes(routes)
        .add_service(health_service)
        .add_service(reflection)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), closed.wait())
        .await;
    reporting.abort();
    if let Err(error) = served {
        tracing::error!(%error, "the door broke");
    }
}

/// The `main` of a service: telemetry from the environment, the service from `build`, until SIGTERM or Ctrl-C.
pub async fn main<F, A, E>(name: &'static str, port: &'static str, build: F) -> ExitCode
where
    F: FnOnce(Variables, Telemetry) -> A,
    A: Future<Output = Result<Service, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let started = async {
        let variables = Variables::from_env();
        let telemetry = Telemetry::start(name, &variables).map_err(|error: StartError| Box::new(error) as Box<_>)?;
        let listener = listen::listener(&variables, port)?;
        let service = build(variables, telemetry).await.map_err(Into::into)?;
        Ok::<_, Box<dyn Error + Send + Sync>>((service, listener))
    };
    let (service, listener) = match started.await {
        Ok(started) => started,
        Err(error) => {
            eprintln!("error: {name} cannot start: {error}");
            return ExitCode::from(2);
        }
    };
    let is_handed_over = listen::is_handed_over(&Variables::from_env()).unwrap_or(false);
    if is_handed_over {
        // Whoever handed the socket over wants to know when the process before this one may go.
        let health = service.health();
        tokio::spawn(async move {
            health.ready().await;
            println!("{}", listen::READY);
        });
    }
    let (switch, stop) = Stop::new();
    tokio::spawn(async move {
        let mut terminate = signal(SignalKind::terminate()).expect("a process may listen for signals");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
            () = listen::supervisor_gone(), if is_handed_over => {}
        }
        switch.send_replace(true);
        // Kept, so that the switch is not gone.
        std::future::pending::<()>().await;
    });
    tracing::info!(service = name, address = ?listener.local_addr().ok(), "serving");
    service.run(listener, stop).await;
    ExitCode::SUCCESS
}
