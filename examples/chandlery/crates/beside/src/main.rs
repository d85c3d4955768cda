//! What the kit costs: a basket that is read through the shop's gateway and basket service, beside the same read through an
//! axum server, a tonic server and a Redis client with nothing of the kit between them ([`by_hand`]).
//!
//! Both run at once as processes, gateway and basket each, against the same Redis, and are asked in turn, by as many
//! customers. What is compared is answers for each second of processor time that the two processes took: it does not
//! depend on who else is at work. Processor time is the system's account, in hundredths of a second.
//!
//! Not here: the third kind of cost, memory; and what the kit is for.

mod by_hand;
mod chain;

use chain::Chain;
use clap::Parser;
use service_kit::config::Variables;
use shop::{
    real::{Options, start},
    servers::Servers,
};
use std::{collections::BTreeMap, error::Error, path::PathBuf, process::ExitCode, time::Duration};
use uuid::Uuid;

#[derive(Debug, Parser)]
enum Command {
    /// Compares, and prints the ratio of every round.
    Compare {
        /// How many rounds. Each asks both, the one first in every other round.
        #[arg(long, default_value_t = 9)]
        rounds: u32,
        /// How long each is asked in a round.
        #[arg(long = "for", default_value = "2s", value_parser = humantime::parse_duration)]
        span: Duration,
        /// How many customers ask at once.
        #[arg(long, default_value_t = 16)]
        customers: usize,
    },
    /// One service of the shop, as this process.
    #[command(hide = true)]
    Serve {
        /// Which.
        service: String,
    },
    /// The gateway by hand, as this process.
    #[command(hide = true)]
    GatewayByHand {
        /// Where its basket service is.
        basket: String,
        /// The keys of tokens; without them nobody is asked for one.
        jwks: Option<PathBuf>,
    },
    /// The basket service by hand, as this process.
    #[command(hide = true)]
    BasketByHand {
        /// Where Redis is.
        redis: String,
        /// What its keys begin with.
        prefix: String,
    },
}

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Serve { service } => return shop::serve::serve(&service).await,
        Command::GatewayByHand { basket, jwks } => by_hand::gateway(&basket, jwks).await,
        Command::BasketByHand { redis, prefix } => by_hand::basket(&redis, prefix).await,
        Command::Compare { rounds, span, customers } => compare(rounds, span, customers).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// With a shop of its own, which is taken off the servers afterwards.
async fn compare(rounds: u32, span: Duration, customers: usize) -> Result<()> {
    let name = format!("beside_{}", std::process::id());
    let servers = Servers::from(&Variables::from_env(), &name);
    let state = std::env::temp_dir().join(&name);
    let compared = compare_on(&servers, &state, rounds, span, customers).await;
    servers.remove().await?;
    std::fs::remove_dir_all(&state)?;
    compared
}

async fn compare_on(
    servers: &Servers,
    state: &std::path::Path,
    rounds: u32,
    span: Duration,
    customers: usize,
) -> Result<()> {
    let program = std::env::current_exe()?;
    // Nothing is held and nobody is refused: what is measured is the way.
    let settings =
        [("basket", "WORK_HOLD", "0ms"), ("gateway", "RATE_LIMIT", "1000000/s"), ("gateway", "LOG_LEVEL", "off")];
    let settings: BTreeMap<_, _> =
        settings.map(|(service, name, value)| ((service.to_owned(), name.to_owned()), value.to_owned())).into();
    let gateway = ([127, 0, 0, 1], 0).into();
    let (state, servers) = (state.to_owned(), servers.clone());
    let redis = format!("{}/1", servers.redis);
    let options = Options { program: program.clone(), servers, gateway, state: state.clone(), settings };
    let shop = start(options).await?;
    let jwks = shop::keys::jwks_file(&state);
    let with_kit = Chain::of_shop(&shop)?;
    let prefix = format!("beside_{}:hand:", std::process::id());
    let checked = Chain::by_hand(&program, &redis, &prefix, Some(&jwks)).await?;
    let bare = Chain::by_hand(&program, &redis, &prefix, None).await?;
    let (customer, basket) = (Uuid::new_v4(), Uuid::new_v4());
    let token = shop.token(customer);
    with_kit.put(&token, basket).await?;
    by_hand::put(&redis, &prefix, customer, basket).await?;
    by_hand::put(&redis, &prefix, Uuid::nil(), basket).await?;

    let (mut to_checked, mut to_bare, mut means) = (Vec::new(), Vec::new(), [0.0; 3]);
    for round in 0..rounds {
        let mut cost = [0.0; 3];
        let mut order = [0, 1, 2];
        order.rotate_left(round as usize % 3);
        for which in order {
            let chain = [&with_kit, &checked, &bare][which];
            cost[which] = chain.processor_us(&token, basket, customers, span).await?;
            means[which] += cost[which] / f64::from(rounds);
        }
        to_checked.push(cost[1] / cost[0]);
        to_bare.push(cost[2] / cost[0]);
    }
    let [kit, hand, bare_us] = means;
    println!("processor time for one read of a basket, gateway and basket service together, mean of {rounds} rounds:");
    println!("  with the kit {kit:.0} µs   by hand {hand:.0} µs   by hand, without tokens {bare_us:.0} µs");
    println!("reads for each second of processor time, the kit's as a share of those by hand (at least 0.7):");
    println!("  {}   without tokens {}", spread(to_checked), spread(to_bare));
    drop((checked, bare));
    shop.stop().await;
    Ok(())
}

/// Median, with the smallest and the largest.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    match (values.first(), values.get(values.len() / 2), values.last()) {
        (Some(least), Some(middle), Some(most)) => format!("{middle:.2} ({least:.2}–{most:.2})"),
        _ => "none".to_owned(),
    }
}
