//! `examples/queues`: systems with exact answers, each one plimsoll.yaml, from its file through survey and compile to the
//! engine like anybody's. None has code of its own: a row names the file, the figures to look at and their answers.
//!
//! Seeds are fixed, so that a run fails always or never; tolerances are three standard errors or more at these lengths.

use std::path::Path;

use plimsoll_read::source::Source;
use plimsoll_simulate::bound::ladder;
use plimsoll_simulate::compile::{Compiled, Options as Compile, compile};
use plimsoll_simulate::measurements::{Histogram, Measurements};
use plimsoll_simulate::program::JourneyId;
use plimsoll_simulate::{Nanos, Options, Seed, run};

/// Requests of a run: as many as keep the whole file within seconds.
const REQUESTS: f64 = 6e5;

/// The tolerances below are those of three million requests; errors grow with the root of what is left out.
const FEWER: f64 = 2.25;

/// A figure of a run.
#[derive(Clone, Copy, Debug)]
enum Figure {
    /// Seconds from request to answer, all journeys together.
    Mean,
    /// Seconds within which a share of the answers come.
    Quantile(f64),
    /// Seconds in queues, of one journey.
    Wait(usize),
    /// Seconds in queues within which a share gets through.
    WaitQuantile(f64),
    /// The share of requests that must wait.
    Waits,
    /// The share of requests that fail.
    Fails,
    /// Answers per second.
    Throughput,
    /// Requests at a component, waiting or at work.
    At(&'static str),
    /// Requests that wait there, per request of the load: the mean wait of all, those who go away included.
    QueueOf(&'static str),
    /// The share of time in which a component works.
    Works(&'static str),
}

use Figure::{At, Fails, Mean, Quantile, QueueOf, Throughput, Wait, WaitQuantile, Waits, Works};

fn compiled(folder: &str) -> Compiled {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/queues").join(folder);
    let model = plimsoll_read::survey::survey(Source::folders(&[path]), &plimsoll_read::survey::Options::default());
    assert_eq!((model.configuration_errors, model.problems.len()), (0, 0), "{folder}: {:#?}", model.problems);
    compile(&model, &Compile::default()).unwrap_or_else(|errors| panic!("{folder}: {errors:#?}"))
}

/// A run of so many requests, after a tenth as many that do not count.
fn measured(compiled: &Compiled, load: f64) -> Measurements {
    let rate: f64 = compiled.loads.iter().map(|load| load.unwrap_or(1.8)).sum::<f64>() * load;
    let length = REQUESTS / rate;
    let options = Options {
        warm_up: Nanos::from_secs_f64(length / 10.0),
        load,
        ..Options::until(Nanos::from_secs_f64(length * 1.1))
    };
    run(&compiled.program, Seed(2026), &options).expect("the program can be run")
}

fn figure(compiled: &Compiled, m: &Measurements, figure: Figure) -> f64 {
    let seconds = |nanos: Option<Nanos>| nanos.expect("something was measured").as_secs_f64();
    let component = |name: &str| {
        let index = compiled.names.components.iter().position(|each| each.word == name).expect("a component");
        &m.components[index]
    };
    let offered: u64 = m.journeys.iter().map(|flow| flow.offered).sum();
    match figure {
        Mean => {
            let total: f64 = m.journeys.iter().map(|flow| flow.latency.sum() as f64 / 1e9).sum();
            total / m.journeys.iter().map(|flow| flow.latency.count()).sum::<u64>() as f64
        }
        Quantile(share) => seconds(m.journeys[0].latency.quantile(share)),
        Wait(journey) => m.journeys[journey].waited.mean().as_secs_f64(),
        WaitQuantile(share) => seconds(m.journeys[0].waited.quantile(share)),
        Waits => share_above(&m.journeys[0].waited, Nanos(0)),
        Fails => 1.0 - m.journeys[0].success(),
        Throughput => m.journeys[0].completed as f64 / m.measured.as_secs_f64(),
        At(name) => component(name).queue.mean(m.measured) + component(name).busy.mean(m.measured),
        QueueOf(name) => component(name).queue.mean(m.measured) / (offered as f64 / m.measured.as_secs_f64()),
        Works(name) => component(name).works.mean(m.measured),
    }
}

/// The share of times that are longer.
fn share_above(times: &Histogram, limit: Nanos) -> f64 {
    times.above(limit) / times.count() as f64
}

/// Answers within a part of them.
#[track_caller]
fn check(folder: &str, answers: &[(Figure, f64, f64)]) {
    let compiled = compiled(folder);
    let m = measured(&compiled, 1.0);
    for (name, exact, within) in answers {
        let found = figure(&compiled, &m, *name);
        assert!((found / exact - 1.0).abs() <= *within * FEWER, "{folder}: {name:?} is {found}, exactly {exact}");
    }
}

/// The line of a pool lies within 2 % of the answer: below it the promise holds, above it it breaks.
#[track_caller]
fn check_line(slots: u32, folder: &str, share: f64, line: f64) {
    let compiled = compiled(folder);
    let bound = ladder(&compiled, JourneyId(0)).bound().expect("the slots").bound_per_s;
    assert!((bound - f64::from(slots) / 0.42).abs() < 1e-9, "{folder}: bound {bound}");
    let today = compiled.loads[0].expect("an open load");
    let late = |rate: f64| {
        let m = measured(&compiled, rate / today);
        share_above(&m.journeys[0].waited, Nanos::from_millis(500))
    };
    let (below, above) = (late(line * 0.98), late(line * 1.02));
    assert!(below < share && share < above, "{folder}: {below} below, {above} above {line}/s");
}

#[test]
fn a01_to_a05_one_queue() {
    check(
        "a01-one-server",
        &[
            (Mean, 5.0, 0.02),
            (Wait(0), 4.0, 0.02),
            (Quantile(0.99), 23.025_851, 0.03),
            (Quantile(0.999), 34.538_776, 0.06),
        ],
    );
    check(
        "a02-ten-servers",
        &[(Waits, 0.668_732, 0.01), (Mean, 1.668_732, 0.02), (WaitQuantile(0.99), 4.202_798, 0.05)],
    );
    check("a03-room-for-ten", &[(Fails, 0.230_024, 0.01), (Mean, 1.910_739, 0.01)]);
    check("a03-no-waiting", &[(Fails, 0.121_661, 0.01), (Mean, 1.0, 0.01)]);
    check("a04-fixed-service", &[(Wait(0), 2.0, 0.02), (Mean, 3.0, 0.02)]);
    check("a05-uneven-service", &[(Wait(0), 5.833_333, 0.05), (Mean, 6.833_333, 0.05)]);
}

#[test]
fn a06_to_a08_sharing_ranks_networks() {
    check("a06-processor-sharing", &[(Mean, 3.333_333, 0.03)]);
    check("a07-two-ranks", &[(Wait(0), 1.0, 0.02), (Wait(1), 3.333_333, 0.02)]);
    check(
        "a08-open-network",
        &[
            (At("one"), 0.913_043, 0.01),
            (At("two"), 1.235_566, 0.01),
            (At("three"), 0.934_066, 0.01),
            (Mean, 2.055_117, 0.01),
        ],
    );
}

#[test]
fn a09_to_a12_people_forks_failures() {
    check("a09-machine-repair", &[(Throughput, 1.654_791, 0.01), (Mean, 2.086_121, 0.01)]);
    check("a10-impatient", &[(Fails, 0.147_746, 0.01), (QueueOf("server"), 0.295_492, 0.01)]);
    check("a11-fork-and-join", &[(Mean, 3.562_500, 0.01)]);
    check("a12-breaks-while-busy", &[(Mean, 4.0, 0.02)]);
    check("a12-breaks-at-any-time", &[(Mean, 4.666_667, 0.02)]);
}

#[test]
fn a13_three_of_five_work() {
    check("a13-three-of-five", &[(Works("server"), 0.999_926_81, 2e-5)]);
}

#[test]
fn a14_to_a18_batches_closed_retrial_paced_cold() {
    check("a14-batches", &[(Mean, 7.5, 0.03)]);
    check("a15-closed-network", &[(Throughput, 1.971_435, 0.01), (Mean, 5.144_896, 0.02)]);
    check("a16-comes-again", &[(Mean, 5.5, 0.03)]);
    check("a17-paced", &[(Mean, 2.692_731, 0.01)]);
    check("a18-cold-start", &[(Mean, 12.0, 0.02)]);
}

#[test]
fn a19_the_peak_of_a_swinging_load_comes_late() {
    const PARTS: u64 = 64;
    let compiled = compiled("a19-swinging-load");
    let period = Nanos::from_secs_f64(4.0 * std::f64::consts::PI);
    let options = Options { window: Some(Nanos(period.0 / PARTS)), ..Options::until(Nanos(period.0 * 400)) };
    let m = run(&compiled.program, Seed(19), &options).expect("the program can be run");
    // The first harmonic of the number at work, after the first period.
    let windows = &m.windows[PARTS as usize..];
    let harmonic = |wave: fn(f64) -> f64| -> f64 {
        let at =
            |w: &plimsoll_simulate::measurements::Window| f64::midpoint(w.from.as_secs_f64(), w.until.as_secs_f64());
        2.0 * windows.iter().map(|w| w.busy[0] * wave(0.5 * at(w))).sum::<f64>() / windows.len() as f64
    };
    let (sine, cosine) = (harmonic(f64::sin), harmonic(f64::cos));
    let (amplitude, lag) = (sine.hypot(cosine), (-cosine).atan2(sine) / 0.5);
    assert!((amplitude / 53.665_631 - 1.0).abs() < 0.01, "amplitude {amplitude}");
    assert!((lag / 0.927_295 - 1.0).abs() < 0.02, "lag {lag}");
}

#[test]
fn lines_of_pools_by_erlang_c() {
    for (slots, five, one) in [(20, 42.83, 40.36), (10, 19.43, 17.27), (32, 71.18, 68.55)] {
        check_line(slots, &format!("line-{slots}-slots-one-in-twenty"), 0.05, five);
        check_line(slots, &format!("line-{slots}-slots-one-in-a-hundred"), 0.01, one);
    }
}

#[test]
fn every_file_has_its_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/queues");
    // A survey of the folder above lists the files that describe systems of their own.
    let all = plimsoll_read::survey::survey(Source::folders(&[folder]), &plimsoll_read::survey::Options::default());
    let files = all.not_read.iter().filter_map(|file| file.path.strip_suffix("/plimsoll.yaml"));
    let names: Vec<&str> = files.collect();
    assert_eq!(names.len(), 27, "{names:?}");
    let (this, readme) = (include_str!("queues.rs"), include_str!("../../../examples/queues/README.md"));
    for name in names {
        assert!(name.starts_with("line-") || this.contains(&format!("\"{name}\"")), "{name} is compared with nothing");
        assert!(readme.contains(&format!("({name}/plimsoll.yaml)")), "{name} is not in the README");
    }
}
