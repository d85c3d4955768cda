//! The shop in one process, with nothing installed: every service, its stores in memory, and stand-ins for third parties.
//!
//! Services talk to each other over sockets as they always do; only what lies behind their ports is in memory, durable
//! where there is a folder for it. One process means one fate: a kill takes all of it, and a start goes on where it was.

use crate::{
    SERVICES, books, dead_letters, keys,
    settings::{Replaced, Settings},
};
use catalog::store::memory::MemoryProducts;
use orders::store::memory::MemoryOrders;
use service_kit::{
    cache::memory::MemoryCache,
    config::Variables,
    documents::memory::MemoryDocuments,
    health::Health,
    log::memory::MemoryLog,
    service::{Service, Stop},
    telemetry::Telemetry,
    token::Issuer,
};
use std::{
    collections::BTreeMap,
    error::Error,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use stock::store::{Stock as _, memory::MemoryStock};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use uuid::Uuid;

/// How to start the shop.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept; `None`: nowhere.
    pub data: Option<PathBuf>,
    /// Where the gateway listens; port 0 for any that is free.
    pub gateway: SocketAddr,
    /// Where the development key is.
    pub state: PathBuf,
    /// Settings other than those of compose.
    pub settings: Replaced,
}

type Failed = Box<dyn Error + Send + Sync>;

/// A shop that runs.
pub struct Shop {
    /// Where the gateway is.
    pub gateway: SocketAddr,
    /// Where psp's stand-in is.
    pub psp: SocketAddr,
    /// Where the mailer's stand-in is.
    pub mailer: SocketAddr,
    /// Where every service is.
    pub addresses: BTreeMap<&'static str, SocketAddr>,
    issuer: Issuer,
    stores: Arc<Stores>,
    running: Vec<(watch::Sender<bool>, JoinHandle<()>)>,
}

/// What lies behind the ports.
struct Stores {
    orders: Arc<MemoryOrders>,
    stock: Arc<MemoryStock>,
    baskets: Arc<MemoryDocuments>,
    picking: Arc<MemoryDocuments>,
    mails: Arc<MemoryDocuments>,
    log: Arc<MemoryLog>,
}

impl Stores {
    fn open(data: Option<&Path>, basket_ttl: Duration) -> Result<Self, Failed> {
        let file = |name: &str| data.map(|data| data.join(format!("{name}.jsonl")));
        let documents = |name, ttl| MemoryDocuments::open(file(name).as_deref(), ttl).map(Arc::new);
        Ok(Self {
            orders: Arc::new(MemoryOrders::open(file("orders").as_deref())?),
            stock: Arc::new(MemoryStock::open(file("stock").as_deref())?),
            baskets: documents("baskets", Some(basket_ttl))?,
            picking: documents("fulfil-inbox", None)?,
            mails: documents("notify-inbox", None)?,
            log: Arc::new(MemoryLog::open(file("events").as_deref())?),
        })
    }
}

/// Starts the shop and waits until every service takes requests.
pub async fn start(options: Options) -> Result<Shop, Failed> {
    let issuer = keys::issuer(&options.state)?;
    let mut listeners = BTreeMap::new();
    for service in SERVICES {
        let address = if service == "gateway" { options.gateway } else { (Ipv4Addr::LOCALHOST, 0).into() };
        let listener = TcpListener::bind(address).await;
        listeners.insert(service, listener.map_err(|error| format!("{service} cannot listen on {address}: {error}"))?);
    }
    let addresses = listeners.iter().map(|(service, listener)| Ok((*service, listener.local_addr()?)));
    let addresses: BTreeMap<&str, SocketAddr> = addresses.collect::<Result<_, Failed>>()?;
    let mut running = Vec::new();
    if let Some(data) = &options.data {
        std::fs::create_dir_all(data)?;
    }
    let file = |name| options.data.as_ref().map(|data| data.join(name));
    let psp = stand_in_psp::router(stand_in_psp::BEHAVIOUR, file("psp.jsonl").as_deref());
    let mailer = stand_in_mailer::router(stand_in_mailer::BEHAVIOUR, file("mailer.jsonl").as_deref());
    let psp = serve_stand_in(psp?, &mut running).await?;
    let mailer = serve_stand_in(mailer?, &mut running).await?;

    let settings = Settings::of_compose(&placed(&options, &addresses, psp, mailer));
    let basket_ttl = basket::ttl(&settings.of("basket"))?;
    let stores = Arc::new(Stores::open(options.data.as_deref(), basket_ttl)?);
    stores.stock.begin_with(range::products()).await?;
    let mut healths: Vec<Health> = Vec::new();
    for service in SERVICES {
        let variables = settings.of(service);
        let telemetry = Telemetry::start(service, &variables)?;
        let built = build(service, variables, telemetry, &stores).await;
        let built = built.map_err(|error| format!("{service} cannot start: {error}"))?;
        healths.push(built.health());
        let listener = listeners.remove(service).ok_or("every service has a listener")?;
        let (switch, stop) = Stop::new();
        running.push((switch, tokio::spawn(built.run(listener, stop))));
    }
    for health in healths {
        health.ready().await;
    }
    Ok(Shop { gateway: addresses["gateway"], psp, mailer, addresses, issuer, stores, running })
}

async fn build(service: &str, variables: Variables, telemetry: Telemetry, stores: &Stores) -> Result<Service, Failed> {
    Ok(match service {
        "pricing" => pricing::real(variables, telemetry).await?,
        "payments" => payments::real(variables, telemetry).await?,
        "gateway" => gateway::real(variables, telemetry).await?,
        "stock" => stock::with(variables, telemetry, stores.stock.clone())?,
        "orders" => orders::with(variables, telemetry, stores.orders.clone(), stores.log.clone())?,
        "catalog" => catalog::with(variables, telemetry, Arc::new(MemoryProducts), Arc::new(MemoryCache::default()))?,
        "basket" => basket::with(variables, telemetry, stores.baskets.clone())?,
        "fulfil" => fulfil::with(variables, telemetry, stores.log.clone(), stores.picking.clone())?,
        "notify" => notify::with(variables, telemetry, stores.log.clone(), stores.mails.clone())?,
        other => return Err(format!("there is no service {other}").into()),
    })
}

/// Where everything is: the addresses that compose knows by name, and then what the caller wants otherwise.
fn placed(options: &Options, addresses: &BTreeMap<&str, SocketAddr>, psp: SocketAddr, mailer: SocketAddr) -> Replaced {
    let mut replaced = targets(addresses);
    let mut set =
        |service: &str, variable: &str, value: String| replaced.insert((service.into(), variable.into()), value);
    set("gateway", "JWT_JWKS_FILE", keys::jwks_file(&options.state).display().to_string());
    set("payments", "PSP_URL", format!("http://{psp}"));
    set("notify", "MAILER_URL", format!("http://{mailer}"));
    replaced.extend(options.settings.clone());
    replaced
}

/// Who calls whom, and where it is.
pub(crate) fn targets(addresses: &BTreeMap<&str, SocketAddr>) -> Replaced {
    let calls = [("gateway", ["catalog", "basket", "orders"]), ("orders", ["pricing", "stock", "payments"])];
    let calls = calls.into_iter().flat_map(|(from, all)| all.map(|to| (from, to)));
    let target = |(from, to): (&str, &str)| {
        ((from.to_owned(), format!("{}_GRPC_TARGET", to.to_uppercase())), addresses[to].to_string())
    };
    calls.map(target).collect()
}

async fn serve_stand_in(
    router: axum::Router,
    running: &mut Vec<(watch::Sender<bool>, JoinHandle<()>)>,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let (switch, mut stop) = Stop::new();
    let serving = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(async move { stop.wait().await });
        if let Err(error) = served.await {
            tracing::error!(%error, "a stand-in broke");
        }
    });
    running.push((switch, serving));
    Ok(address)
}

impl Shop {
    /// A token for a customer, for an hour.
    pub fn token(&self, customer: Uuid) -> String {
        self.issuer.token(customer, Duration::from_secs(3600))
    }

    /// The books.
    pub fn books(&self) -> serde_json::Value {
        books::books(&self.stores.orders, &self.stores.stock, &self.stores.picking)
    }

    /// What the books are read from, for a server that outlives a borrow of the shop.
    pub fn books_reader(&self) -> impl Fn() -> serde_json::Value + Clone + Send + Sync + 'static {
        let stores = self.stores.clone();
        move || books::books(&stores.orders, &stores.stock, &stores.picking)
    }

    /// What publishes dead letters again, for a server that outlives a borrow of the shop.
    pub fn dead_letters(&self) -> axum::Router {
        dead_letters::route(self.stores.log.clone())
    }

    /// Stops every service, callers before callees, each after finishing what it has begun.
    pub async fn stop(self) {
        for (switch, running) in self.running.into_iter().rev() {
            switch.send_replace(true);
            let _ = running.await;
        }
    }
}
