//! M/M/1 at 0.8 in nexosim on one thread: one model that schedules its own arrivals and departures.

mod clock;
mod kept;
mod math;
mod ziggurat;

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use kept::{Generator, Kept};
use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

/// What is waiting: when it came, in nanoseconds; the first is being served, since `began`.
#[derive(Serialize, Deserialize)]
struct Station {
    came: VecDeque<i64>,
    began: i64,
    left: u64,
}

/// What cannot be stored.
struct Beside {
    arrivals: Generator,
    services: Generator,
    kept: Kept,
    requests: u64,
    done: Sender<(u64, f64)>,
}

fn nanos(time: MonotonicTime) -> i64 {
    time.as_secs() * 1_000_000_000 + i64::from(time.subsec_nanos())
}

/// At least a nanosecond, since an event must be in the future.
fn after(seconds: f64) -> Duration {
    Duration::from_nanos(((seconds * 1e9) as u64).max(1))
}

#[Model(type Env = Beside)]
impl Station {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, beside: &mut Beside) {
        let first = after(beside.arrivals.exponential(1.25));
        context.schedule_event(first, schedulable!(Self::arrive), ()).expect("it is in the future");
    }

    #[nexosim(schedulable)]
    async fn arrive(&mut self, _: (), context: &Context<Self>, beside: &mut Beside) {
        self.left -= 1;
        if self.left > 0 {
            let next = after(beside.arrivals.exponential(1.25));
            context.schedule_event(next, schedulable!(Self::arrive), ()).expect("it is in the future");
        }
        let now = nanos(context.time());
        self.came.push_back(now);
        if self.came.len() == 1 {
            self.begin(now, context, beside);
        }
    }

    #[nexosim(schedulable)]
    async fn leave(&mut self, _: (), context: &Context<Self>, beside: &mut Beside) {
        let now = nanos(context.time());
        let came = self.came.pop_front().expect("somebody was served");
        beside.kept.record((now - came) as f64 * 1e-9, (self.began - came) as f64 * 1e-9);
        if !self.came.is_empty() {
            self.begin(now, context, beside);
        }
        if beside.kept.count == beside.requests {
            beside.done.send((beside.kept.count, beside.kept.mean())).expect("somebody listens");
        }
    }

    fn begin(&mut self, now: i64, context: &Context<Self>, beside: &mut Beside) {
        self.began = now;
        let time = after(beside.services.exponential(1.0));
        context.schedule_event(time, schedulable!(Self::leave), ()).expect("it is in the future");
    }
}

struct Proto(Station, Beside);

impl ProtoModel for Proto {
    type Model = Station;

    fn build(self, _: &mut BuildContext<Self>) -> (Station, <Station as Model>::Env) {
        (self.0, self.1)
    }
}

fn main() {
    let (requests, seed) = kept::asked();
    let (done, result) = channel();
    let station = Station { came: VecDeque::new(), began: 0, left: requests };
    let beside = Beside {
        arrivals: Generator::new(seed),
        services: Generator::new(!seed),
        kept: Kept::new(),
        requests,
        done,
    };
    let started = clock::worked();
    let mut simulation = SimInit::with_num_threads(1)
        .add_model(Proto(station, beside), Mailbox::new(), "station")
        .init(MonotonicTime::EPOCH)
        .expect("it can be started");
    simulation.run().expect("it runs to its end");
    let took = clock::worked() - started;
    let (count, mean) = result.recv().expect("it has ended");
    println!("{} {mean}", took * 1e9 / count as f64);
}
