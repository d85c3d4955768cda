//! `chandlery drill`: load and faults together, and a judgement afterwards.

pub mod hits;
pub mod overload;
pub mod roll;

use std::process::ExitCode;

use serde::Serialize;

use crate::bench::run::NoLoad;
use crate::bench::stage::StageError;
use crate::check::read::ReadError;
use crate::fault::FaultError;
use crate::shop::{Shop, ShopError};
use crate::{Form, print};

/// Which drill.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Drill {
    /// Kill processes, cut stores, let third parties misbehave: so often, at random, under load.
    Hits(hits::Hits),
    /// Three times the line: what is still done, and how soon all is well again.
    Overload(overload::Overload),
    /// Replace every service, one after the other, under load.
    Roll(roll::Roll),
}

/// Why a drill could not be held.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// No shop.
    #[error(transparent)]
    Shop(#[from] ShopError),
    /// No stage.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// No load.
    #[error(transparent)]
    NoLoad(#[from] NoLoad),
    /// No fault.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// No books.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A drill's report: what it says, and whether all was well.
pub trait Report: Serialize {
    /// For people.
    fn text(&self) -> String;
    /// Whether nothing is to be complained of.
    fn is_well(&self) -> bool;
}

impl Drill {
    /// Holds it with the shop that is up. Exit code 1 where something is not as it must be.
    ///
    /// # Errors
    /// [`DrillError`], where it could not be held.
    pub async fn run(self) -> Result<ExitCode, DrillError> {
        let shop = Shop::find().await?;
        match self {
            Self::Hits(hits) => said(hits.format, hits.run(shop).await?),
            Self::Overload(overload) => said(overload.format, overload.run(shop).await?),
            Self::Roll(roll) => said(roll.format, roll.run(shop).await?),
        }
    }
}

fn said(form: Form, report: impl Report) -> Result<ExitCode, DrillError> {
    print(form, &report, || report.text());
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
