//! Health, in three answers that must not be confused.
//!
//! *Live*: the process can go on; a `no` has it restarted. *Started*: what is done once is done, migrations for example.
//! *Ready*: it takes requests now: it has started, its stores answer, and it is not draining.
//! A store that is down makes a service not ready, never not live: a restart mends no store.

use futures::future::BoxFuture;
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long a store may take to say that it is there.
const CHECK_TIMEOUT: Duration = Duration::from_millis(800);
/// How often stores are asked.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// What a service says of itself. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Health(Arc<watch::Sender<State>>);

/// The three answers, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What is done once is done.
    pub started: bool,
    /// Every store answered the last time.
    pub stores: bool,
    /// It takes no new requests.
    pub draining: bool,
}

impl State {
    /// It takes requests now.
    pub fn is_ready(self) -> bool {
        self.started && self.stores && !self.draining
    }
}

/// Asks one store whether it is there.
pub struct Check {
    name: &'static str,
    ask: Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>,
}

impl Check {
    /// A question to a store.
    pub fn new<F, A>(name: &'static str, ask: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = bool> + Send + 'static,
    {
        Self { name, ask: Box::new(move || Box::pin(ask())) }
    }

    async fn passes(&self) -> bool {
        tokio::time::timeout(CHECK_TIMEOUT, (self.ask)()).await.unwrap_or(false)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.name)
    }
}

impl Default for Health {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(State::default())))
    }
}

impl Health {
    /// What it says now.
    pub fn state(&self) -> State {
        *self.0.borrow()
    }

    /// Tells every change.
    pub fn changes(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }

    /// What is done once is done.
    pub fn started(&self) {
        self.0.send_modify(|state| state.started = true);
    }

    /// No new requests from now on.
    pub fn drain(&self) {
        self.0.send_modify(|state| state.draining = true);
    }

    /// Asks the stores again and again. Never returns.
    pub async fn watch_stores(&self, checks: Vec<Check>) {
        loop {
            let answers = futures::future::join_all(checks.iter().map(Check::passes)).await;
            let stores = answers.iter().all(|passes| *passes);
            self.0.send_if_modified(|state| std::mem::replace(&mut state.stores, stores) != stores);
            for (check, _) in checks.iter().zip(answers).filter(|(_, passes)| !passes) {
                tracing::warn!(store = check.name, "not ready: a store does not answer");
            }
            let wait = if stores { CHECK_INTERVAL } else { CHECK_INTERVAL / 5 };
            tokio::time::sleep(wait).await;
        }
    }

    /// Waits until it takes requests.
    pub async fn ready(&self) {
        let mut changes = self.changes();
        let _ = changes.wait_for(|state| state.is_ready()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[tokio::test(start_paused = true)]
    async fn ready_needs_a_start_and_stores_and_no_drain() {
        let up = Arc::new(AtomicBool::new(false));
        let health = Health::default();
        let ask = {
            let up = up.clone();
            move || std::future::ready(up.load(Ordering::Relaxed))
        };
        let watching = health.clone();
        tokio::spawn(async move { watching.watch_stores(vec![Check::new("db", ask)]).await });
        let ready = async || {
            tokio::time::sleep(Duration::from_secs(2)).await;
            health.state().is_ready()
        };
        health.started();
        assert!(!ready().await, "its store is down");
        up.store(true, Ordering::Relaxed);
        assert!(ready().await);
        up.store(false, Ordering::Relaxed);
        assert!(!ready().await);
        up.store(true, Ordering::Relaxed);
        health.drain();
        assert!(!ready().await, "it is draining");
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_does_not_answer() {
        let check = Check::new("db", std::future::pending);
        assert!(!check.passes().await);
    }
}
