//! A gateway and a basket service that run, and what a read through them takes.

use crate::Result;
use serde_json::json;
use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::Instant,
};
use uuid::Uuid;

/// Two processes, and where the first listens.
pub(crate) struct Chain {
    gateway: String,
    pids: [u32; 2],
    client: reqwest::Client,
    /// Where they are ours: they end with this.
    _children: Vec<Child>,
}

/// The account that the system keeps of processor time is in hundredths of a second. Source: proc_pid_stat(5), USER_HZ.
const TICK_US: f64 = 10_000.0;

impl Chain {
    /// The shop's.
    pub(crate) fn of_shop(shop: &shop::real::Shop) -> Result<Self> {
        let pid = |service| shop.pid(service).ok_or_else(|| format!("{service} does not run"));
        let (gateway, pids) = (format!("http://{}", shop.gateway), [pid("gateway")?, pid("basket")?]);
        Ok(Self { gateway, pids, client: reqwest::Client::new(), _children: Vec::new() })
    }

    /// The one by hand, as two processes of this program.
    pub(crate) async fn by_hand(program: &Path, redis: &str, prefix: &str, jwks: Option<&Path>) -> Result<Self> {
        let (basket, address) = run(Command::new(program).args(["basket-by-hand", redis, prefix])).await?;
        let mut command = Command::new(program);
        let (gateway, address) = run(command.arg("gateway-by-hand").arg(address).args(jwks)).await?;
        let pids = [gateway.id().ok_or("the gateway is gone")?, basket.id().ok_or("the basket service is gone")?];
        let (gateway_url, client) = (format!("http://{address}"), reqwest::Client::new());
        Ok(Self { gateway: gateway_url, pids, client, _children: vec![gateway, basket] })
    }

    /// Puts three lines into a basket.
    pub(crate) async fn put(&self, token: &str, basket: Uuid) -> Result<()> {
        let lines = crate::by_hand::LINES.map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity }));
        let put = self.client.put(format!("{}/baskets/{basket}", self.gateway)).bearer_auth(token);
        put.header("If-None-Match", "*").json(&json!({ "lines": lines })).send().await?.error_for_status()?;
        Ok(())
    }

    /// Microseconds of processor time that both processes take for a read, while so many customers read one after the other.
    pub(crate) async fn processor_us(
        &self,
        token: &str,
        basket: Uuid,
        customers: usize,
        span: Duration,
    ) -> Result<f64> {
        let reads = Arc::new(AtomicU64::new(0));
        let (before, until) = (self.processor()?, Instant::now() + span);
        let customers = (0..customers).map(|_| {
            let (client, reads) = (self.client.clone(), reads.clone());
            let (url, token) = (format!("{}/baskets/{basket}", self.gateway), token.to_owned());
            tokio::spawn(async move {
                while Instant::now() < until {
                    let answer = client.get(&url).bearer_auth(&token).send().await?.error_for_status()?;
                    answer.bytes().await?;
                    reads.fetch_add(1, Relaxed);
                }
                Ok::<_, reqwest::Error>(())
            })
        });
        for customer in customers.collect::<Vec<_>>() {
            customer.await??;
        }
        let reads = reads.load(Relaxed);
        if reads == 0 {
            return Err("nothing was read".into());
        }
        Ok((self.processor()? - before) * TICK_US / reads as f64)
    }

    /// Ticks of processor time so far.
    fn processor(&self) -> Result<f64> {
        self.pids.iter().map(|pid| ticks(&std::fs::read_to_string(format!("/proc/{pid}/stat"))?)).sum()
    }
}

/// User and system time of a line of `/proc/PID/stat`. The program's name stands in brackets and may hold anything.
fn ticks(stat: &str) -> Result<f64> {
    let rest = stat.rsplit_once(") ").ok_or("this is no stat of a process")?.1;
    let mut fields = rest.split(' ').skip(11).map(str::parse::<f64>);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(system))) => Ok(user + system),
        _ => Err("this is no stat of a process".into()),
    }
}

/// Starts a process that prints where it listens.
async fn run(command: &mut Command) -> Result<(Child, String)> {
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let stdout = child.stdout.take().ok_or("its output is ours")?;
    let address = BufReader::new(stdout).lines().next_line().await?.ok_or("it ended before it listened")?;
    Ok((child, address))
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn a_program_may_have_any_name() {
        let stat = "7 (a) b (c) R 1 7 7 0 -1 4194560 100 0 0 0 30 12 0 0 20 0 3 0";
        assert_eq!(ticks(stat).unwrap(), 42.0);
        assert!(ticks("nothing").is_err());
    }
}
