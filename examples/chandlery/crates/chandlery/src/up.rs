//! `chandlery up`: the shop in one process, or with `--real` as a process for each service.

use clap::Args;
use serde_json::json;
use service_kit::config::Variables;
use shop::{
    embedded, real,
    servers::{self, OWN_NAME, Servers},
};
use std::{
    collections::BTreeMap,
    error::Error,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Instant,
};
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Where the gateway listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    gateway: SocketAddr,
    /// Keep everything in this folder, so that the next start goes on where this one ends.
    #[arg(long)]
    #[arg(conflicts_with = "real")]
    data: Option<PathBuf>,
    /// A process for each service, against PostgreSQL (DATABASE_URL), Redis (REDIS_URL) and NATS (NATS_URL).
    #[arg(long)]
    real: bool,
    /// What everything on the servers is called after: shops of other names do not meet. `remove` takes it off again.
    #[arg(long, default_value = OWN_NAME, value_parser = servers::name)]
    #[arg(requires = "real")]
    name: String,
    /// Where the development key and `shop.json` are.
    #[arg(long, default_value = "dev", env = "CHANDLERY_STATE")]
    state: PathBuf,
}

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

pub(crate) async fn run(up: Up) -> Result<()> {
    if up.real { run_real(up).await } else { run_embedded(up).await }
}

async fn run_real(up: Up) -> Result<()> {
    let began = Instant::now();
    let servers = Servers::from(&Variables::from_env(), &up.name);
    let (program, settings) = (std::env::current_exe()?, BTreeMap::new());
    let shop = real::start(real::Options { program, servers, gateway: up.gateway, state: up.state, settings }).await?;
    println!(
        "the shop is open at http://{}, a process for each service, after {} ms",
        shop.gateway,
        began.elapsed().as_millis()
    );
    println!("next: TOKEN=$(cargo run --release --quiet -- token)");
    until_told_to_stop().await?;
    shop.stop().await;
    Ok(())
}

async fn until_told_to_stop() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

async fn run_embedded(up: Up) -> Result<()> {
    let began = Instant::now();
    let Up { gateway, data, state, .. } = up;
    let options = embedded::Options { data: data.clone(), gateway, state: state.clone(), settings: BTreeMap::new() };
    let shop = embedded::start(options).await?;
    let control = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let services = shop.addresses.iter();
    let services = services.map(|(name, address)| (*name, json!([{ "pid": std::process::id(), "address": address }])));
    let description = json!({
        "mode": "embedded",
        "gateway": format!("http://{}", shop.gateway),
        "control": format!("http://{}", control.local_addr()?),
        "psp": format!("http://{}", shop.psp),
        "mailer": format!("http://{}", shop.mailer),
        "token_key": shop::keys::key_file(&state),
        "services": services.collect::<BTreeMap<_, _>>(),
    });
    std::fs::write(state.join("shop.json"), serde_json::to_vec_pretty(&description)?)?;
    let books = shop.books_reader();
    let routes = axum::Router::new()
        .route("/", axum::routing::get(move || async move { axum::Json(description) }))
        .route("/books", axum::routing::get(move || async move { axum::Json(books()) }))
        .merge(shop.dead_letters());
    tokio::spawn(async move { axum::serve(control, routes).await });

    let kept = data.map_or("in memory".to_owned(), |data| format!("in {}", data.display()));
    println!("the shop is open at http://{}, {kept}, after {} ms", shop.gateway, began.elapsed().as_millis());
    println!("next: TOKEN=$(cargo run --release --quiet -- token)");
    until_told_to_stop().await?;
    shop.stop().await;
    Ok(())
}
