//! Slots: a bulkhead. So many at once, a short wait for one more, and then a refusal rather than a queue.

use crate::{
    call::Call,
    failure::{Failure, Kind},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// First come, first served.
#[derive(Clone, Debug)]
pub struct Slots {
    free: Arc<Semaphore>,
    wait: Duration,
}

impl Slots {
    /// `count` at once; whoever finds none waits at most `wait`.
    pub fn new(count: usize, wait: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), wait }
    }

    /// A slot, held until it is dropped. Nothing was done where it fails.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let wait = Call::current().left(self.wait);
        match tokio::time::timeout(wait, self.free.clone().acquire_owned()).await {
            Ok(slot) => Ok(slot.expect("the slots are never closed")),
            Err(_) => Err(Failure::new(Kind::Busy, format!("no slot came free within {wait:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_more_waits_and_is_refused() {
        let slots = Slots::new(1, Duration::from_millis(500));
        let held = slots.take().await.unwrap();
        let began = tokio::time::Instant::now();
        assert_eq!(slots.take().await.unwrap_err().kind, Kind::Busy);
        assert_eq!(began.elapsed(), Duration::from_millis(500));
        drop(held);
        let _again = slots.take().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_the_caller() {
        let slots = Slots::new(0, Duration::from_millis(500));
        let call = Call::default().within(Duration::from_millis(100));
        let began = tokio::time::Instant::now();
        call.scope(slots.take()).await.unwrap_err();
        assert_eq!(began.elapsed(), Duration::from_millis(100));
    }
}
