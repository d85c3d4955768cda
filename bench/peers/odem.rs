//! M/M/1 at 0.8 in odem-rs: a source and a server, each a process; the server sleeps while its queue is empty.

mod clock;
mod kept;
mod math;
mod ziggurat;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::task::Waker;

use kept::{Generator, Kept};
use odem_rs::core::ops::waker;
use odem_rs::prelude::*;

#[derive(Default, Config)]
#[time(Time<f64>)]
struct OneServer;

struct Station {
    came: RefCell<VecDeque<f64>>,
    idle: Cell<Option<Waker>>,
    kept: RefCell<Kept>,
}

async fn source(sim: &Sim<OneServer>, station: &Station, requests: u64, seed: u64) {
    let mut generator = Generator::new(seed);
    for _ in 0..requests {
        sim.advance(second::new(generator.exponential(1.25))).await;
        station.came.borrow_mut().push_back(sim.now().value);
        if let Some(server) = station.idle.take() {
            server.wake();
        }
    }
}

#[odem_rs::main(OneServer)]
async fn one_server(sim: &Sim<OneServer>, requests: u64, seed: u64) -> Kept {
    let station =
        Station { came: RefCell::default(), idle: Cell::default(), kept: RefCell::new(Kept::new()) };
    let jobs = pin!(Job::new(source(sim, &station, requests, seed)));
    sim.activate(jobs);
    let mut generator = Generator::new(!seed);
    while station.kept.borrow().count < requests {
        let next = station.came.borrow_mut().pop_front();
        let Some(came) = next else {
            station.idle.set(Some(waker().await));
            sleep().await;
            continue;
        };
        let began = sim.now().value;
        sim.advance(second::new(generator.exponential(1.0))).await;
        station.kept.borrow_mut().record(sim.now().value - came, began - came);
    }
    station.kept.replace(Kept::new())
}

fn main() {
    let (requests, seed) = kept::asked();
    let started = clock::worked();
    let kept = one_server(requests, seed);
    kept::report(clock::worked() - started, &kept);
}
