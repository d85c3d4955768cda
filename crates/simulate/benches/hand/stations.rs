//! Stations with exponential service: one server, a row of them, ten with a deep queue.

use std::collections::VecDeque;

use super::{Calendar, Generator, Kept};

const SECOND: f64 = 1e9;
const ARRIVAL: u32 = u32::MAX;

/// M/M/1 at 0.8.
pub(crate) fn one_server(requests: u64, seed: u64) -> Kept {
    row(1, requests, seed)
}

/// Twelve M/M/1 at 0.8 in a row.
pub(crate) fn tandem(requests: u64, seed: u64) -> Kept {
    row(12, requests, seed)
}

/// A request at a station: when it entered the system, when it came to the station, how long it has waited.
#[derive(Clone, Copy)]
struct Request {
    entered: u64,
    came: u64,
    waited: u64,
}

fn row(stations: usize, requests: u64, seed: u64) -> Kept {
    let (mut generator, mut calendar, mut kept) = (Generator::new(seed), Calendar::default(), Kept::default());
    let mut queues: Vec<VecDeque<Request>> = vec![VecDeque::new(); stations];
    calendar.at(generator.exponential(SECOND / 0.8), ARRIVAL);
    while kept.latency.count() < requests {
        let (now, what) = calendar.next();
        let (station, request) = if what == ARRIVAL {
            calendar.at(now + generator.exponential(SECOND / 0.8), ARRIVAL);
            (0, Request { entered: now, came: now, waited: 0 })
        } else {
            let station = what as usize;
            let done = queues[station].pop_front().expect("somebody was served");
            if let Some(next) = queues[station].front_mut() {
                next.waited += now - next.came;
                calendar.at(now + generator.exponential(SECOND), what);
            }
            if station + 1 == stations {
                kept.record(now - done.entered, done.waited);
                continue;
            }
            (station + 1, Request { came: now, ..done })
        };
        queues[station].push_back(request);
        if queues[station].len() == 1 {
            calendar.at(now + generator.exponential(SECOND), station as u32);
        }
    }
    kept
}

/// M/M/10 at 0.999 with so many queued at the start.
pub(crate) fn deep_queue(queued: u64, requests: u64, seed: u64) -> Kept {
    const SERVERS: usize = 10;
    let (mut generator, mut calendar, mut kept) = (Generator::new(seed), Calendar::default(), Kept::default());
    // Each server's request: when it came, and how long it waited.
    let mut serving = [(0_u64, 0_u64); SERVERS];
    let mut free: Vec<u32> = (0..SERVERS as u32).collect();
    let mut queue: VecDeque<u64> = (0..queued).map(|_| 0).collect();
    calendar.at(generator.exponential(SECOND / 9.99), ARRIVAL);
    while let Some(server) = free.pop_if(|_| !queue.is_empty()) {
        serving[server as usize] = (queue.pop_front().expect("it is not empty"), 0);
        calendar.at(generator.exponential(SECOND), server);
    }
    while kept.latency.count() < requests {
        let (now, what) = calendar.next();
        if what == ARRIVAL {
            calendar.at(now + generator.exponential(SECOND / 9.99), ARRIVAL);
            match free.pop() {
                Some(server) => {
                    serving[server as usize] = (now, 0);
                    calendar.at(now + generator.exponential(SECOND), server);
                }
                None => queue.push_back(now),
            }
            continue;
        }
        let (came, waited) = serving[what as usize];
        kept.record(now - came, waited);
        match queue.pop_front() {
            Some(came) => {
                serving[what as usize] = (came, now - came);
                calendar.at(now + generator.exponential(SECOND), what);
            }
            None => free.push(what),
        }
    }
    kept
}
