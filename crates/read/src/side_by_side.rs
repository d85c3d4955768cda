//! Work on several threads whose results stand in the order of the items, so that nobody can tell how many there were.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One thread for each core, or as many as the process may use.
#[allow(clippy::disallowed_methods, reason = "how many threads there are changes no result, which a test holds")]
pub(crate) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Maps items on at most so many threads; the results stand in the order of the items.
#[allow(clippy::disallowed_methods, reason = "what runs side by side is put in order again here, and nowhere else")]
pub(crate) fn map<T: Sync, R: Send>(threads: NonZeroUsize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.get().min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let mut own = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match items.get(index) {
                Some(item) => own.push((index, work(item))),
                None => return own,
            }
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        done.extend(others.into_iter().flat_map(|other| other.join().expect("readers do not panic")));
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items_whatever_the_number_of_threads() {
        let items: Vec<u32> = (0..1000).collect();
        let squares: Vec<u32> = items.iter().map(|item| item * item).collect();
        for threads in 1..=4 {
            let threads = NonZeroUsize::new(threads).unwrap();
            assert_eq!(map(threads, &items, |item| item * item), squares);
            assert!(map(threads, &items[..0], |item| item * item).is_empty());
        }
    }
}
