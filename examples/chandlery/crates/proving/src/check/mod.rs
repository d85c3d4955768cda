//! `chandlery check`: whether the shop is right, after whatever happened to it.
//!
//! Waits until nothing is under way (sagas ended, events relayed and handled), reads the books, and names what does not
//! hold. What is still under way when the patience ends is a fault too: the invariants say which.

pub mod books;
pub mod invariants;
pub mod read;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::shop::{Shop, ShopError};
use crate::{Form, print};
use books::Books;
use invariants::Broken;
use read::ReadError;

/// Arguments of `chandlery check`.
#[derive(Clone, Debug, clap::Args)]
pub struct Check {
    /// How long what is under way may take to end.
    #[arg(long, default_value = "60s", value_parser = humantime::parse_duration)]
    pub patience: Duration,
    /// Books from before the load (`--write-books`): with them stock is counted too, and only what is new is judged.
    #[arg(long)]
    pub before: Option<PathBuf>,
    /// Write the books as they stand, for a later check, and judge nothing.
    #[arg(long, conflicts_with = "before")]
    pub write_books: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value = "text")]
    pub format: Form,
}

/// Why nothing could be judged.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// No shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// No books.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No file.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
}

/// What a check found.
#[derive(Serialize)]
pub struct Verdict {
    /// `chandlery-check/1`; fields are only added.
    pub format: &'static str,
    /// How many orders there are.
    pub orders: usize,
    /// How many charges the provider knows.
    pub charges: usize,
    /// How many events were written.
    pub events: usize,
    /// How long it took until nothing was under way, in seconds; none where something still was.
    pub quiet_after_s: Option<f64>,
    /// What does not hold. Nothing, where all is well.
    pub broken: Vec<Broken>,
}

impl Check {
    /// Checks the shop that is up. Exit code 1 where something does not hold.
    ///
    /// # Errors
    /// [`CheckError`], where nothing could be judged.
    pub async fn run(self) -> Result<ExitCode, CheckError> {
        let shop = Shop::find().await?;
        if let Some(path) = self.write_books {
            let books = serde_json::to_string(&read::read(&shop).await?).expect("books are plain data");
            std::fs::write(&path, books).map_err(|cause| CheckError::File { path, cause })?;
            return Ok(ExitCode::SUCCESS);
        }
        let before = self.before.map(|path| {
            let text = std::fs::read_to_string(&path);
            let books = text.and_then(|text| serde_json::from_str::<Books>(&text).map_err(std::io::Error::other));
            books.map_err(|cause| CheckError::File { path, cause })
        });
        let verdict = judge(&shop, before.transpose()?.as_ref(), self.patience).await?;
        print(self.format, &verdict, || verdict.text());
        Ok(if verdict.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Waits until nothing is under way, at most for the patience, and judges the books then.
///
/// # Errors
/// [`ReadError`], where they cannot be read.
pub async fn judge(shop: &Shop, before: Option<&Books>, patience: Duration) -> Result<Verdict, ReadError> {
    let began = Instant::now();
    let (books, quiet_after_s) = loop {
        let books = read::read(shop).await?;
        let new = before.map_or_else(|| books.clone(), |before| books.since(before));
        if new.under_way().is_none() {
            break (books, Some(began.elapsed().as_secs_f64()));
        }
        if patience <= began.elapsed() {
            break (books, None);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    Ok(Verdict {
        format: "chandlery-check/1",
        orders: books.orders.len(),
        charges: books.charges.len(),
        events: books.outbox.len(),
        quiet_after_s,
        broken: invariants::broken(&books, before),
    })
}

impl Verdict {
    /// For people: at most ten of each invariant's faults, and how many there are.
    pub fn text(&self) -> String {
        let mut text = format!("{} orders, {} charges, {} events", self.orders, self.charges, self.events);
        text += &match self.quiet_after_s {
            Some(after) => format!("; nothing under way after {after:.1} s\n"),
            None => "; something is still under way\n".to_owned(),
        };
        let mut shown = std::collections::BTreeMap::new();
        for broken in &self.broken {
            let count: &mut u32 = shown.entry(broken.invariant).or_default();
            *count += 1;
            if *count <= 10 {
                text += &format!("BROKEN {} {}: {}\n", broken.invariant, broken.subject, broken.what);
            }
        }
        for (invariant, count) in shown.into_iter().filter(|(_, count)| 10 < *count) {
            text += &format!("BROKEN {invariant}: {count} in all\n");
        }
        if self.broken.is_empty() {
            text += "every invariant holds\n";
        }
        text
    }
}

#[cfg(test)]
mod tests;
