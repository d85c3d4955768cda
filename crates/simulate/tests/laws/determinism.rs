//! The same program and seed give the same bytes.

use plimsoll_simulate::run::{Detail, EventList, Traces};
use plimsoll_simulate::{Nanos, Options, Run, Seed, replicate, run};
use proptest::prelude::*;

use super::any_program::{any_program, program_of};

const RUN: Nanos = Nanos::from_secs(10);

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_event_list_gives_the_same_run(program in any_program(), seed: u64) {
        let by = |events| run(&program, Seed(seed), &Options { events, ..Options::until(RUN) }).expect("it can be run");
        let heap = by(EventList::Heap);
        prop_assert_eq!(&heap, &by(EventList::Ladder));
        prop_assert_eq!(&heap, &by(EventList::Automatic));
    }

    #[test]
    fn stopping_on_the_way_changes_nothing(program in any_program(), seed: u64) {
        let options = Options { window: Some(Nanos::from_secs(1)), ..Options::until(RUN) };
        let whole = run(&program, Seed(seed), &options).expect("it can be run");
        let mut run = Run::new(&program, Seed(seed), &options).expect("it can be run");
        for second in 0..=10_000 {
            run.advance(Nanos::from_millis(second));
        }
        prop_assert_eq!(whole, run.measurements());
    }

    #[test]
    fn looking_changes_nothing(program in any_program(), seed: u64) {
        let with = |detail, traces| {
            run(&program, Seed(seed), &Options { detail, traces, ..Options::until(RUN) }).expect("it can be run")
        };
        let plain = with(Detail::Everything, Traces::None);
        let traced = with(Detail::Everything, Traces::OneIn { every: 3, most: 10_000 });
        let brief = with(Detail::Journeys, Traces::None);
        prop_assert_eq!(plain.trace, traced.trace);
        prop_assert_eq!(plain.trace, brief.trace);
        prop_assert_eq!(&plain.journeys, &brief.journeys);
        for span in &traced.spans {
            prop_assert!(span.start <= span.end);
        }
    }

    #[test]
    fn threads_change_nothing(program in any_program(), seed: u64) {
        let seeds: Vec<Seed> = (0..5).map(|n| Seed(seed.wrapping_add(n))).collect();
        let on = |threads| replicate(&program, &seeds, &Options::until(Nanos::from_secs(2)), threads).expect("it can be run");
        let one = on(1);
        prop_assert_eq!(&one, &on(2));
        prop_assert_eq!(&one, &on(16));
        // And merging is adding, in any order.
        let merged = |order: &mut dyn Iterator<Item = &plimsoll_simulate::measurements::Measurements>| {
            let mut all = order.next().expect("there are five").clone();
            order.for_each(|each| all.merge(each));
            (all.events, all.trace, all.journeys[0].offered, all.journeys[0].latency.sum(), all.measured)
        };
        prop_assert_eq!(merged(&mut one.iter()), merged(&mut one.iter().rev()));
    }
}

/// A hash of every event of a run, recorded: it changes only when what is simulated changes, and then on purpose.
#[track_caller]
fn check_trace(choices: &str, events: u64, trace: u64) {
    let program = program_of(choices.bytes().cycle().take(200).collect());
    let measured = run(&program, Seed(1), &Options::until(RUN)).expect("it can be run");
    assert_eq!((measured.events, measured.trace), (events, trace));
}

#[test]
fn recorded_traces() {
    check_trace("a", 513, 4_553_356_750_088_251_247);
    check_trace("the quick brown fox", 964, 1_172_391_074_940_402_168);
    check_trace("jumps over the lazy dog", 1_338, 9_922_884_045_763_497_889);
    check_trace("0123456789", 443, 13_507_016_868_991_758_504);
}
