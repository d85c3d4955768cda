//! Caches: by a share of hits, or by the keys that are asked for, the least recently used making room.
//!
//! A cache of keys is an array over all keys with the order of use as a list through it: a look costs no search and no
//! allocation.

use super::code::Instruction;
use super::engine::Engine;
use super::frame::{NEVER, NONE, Outcome, State};
use super::image::Image;
use super::random::Bits;
use super::zipf::Zipf;
use crate::measurements::CacheUse;
use crate::program::{Cache, CacheContent, Fetch, Warmth};

/// A cache in a run.
#[derive(Debug)]
pub(super) struct CacheState {
    content: Content,
    /// Per key: who fetches it, and the last of those who wait for it. Empty where each fetches.
    fetches: Vec<(u32, u32)>,
    pub(super) used: CacheUse,
}

#[derive(Debug)]
enum Content {
    Ratio { hit: f64, refill: u64, missing: u64 },
    Keys { zipf: Zipf, lru: Lru, expiry: u64 },
}

impl CacheState {
    pub(super) fn new(cache: &Cache) -> Self {
        let (content, keys) = match cache.content {
            CacheContent::Ratio { hit, refill } => (Content::Ratio { hit, refill, missing: 0 }, 0),
            CacheContent::Keys { keys, skew, entries, expiry, at_start } => {
                let mut lru = Lru::new(keys, entries);
                if at_start == Warmth::Warm {
                    // Of all ages, or they would all expire at once: each is put at some time of the first life of an entry.
                    let age = |key: u32| f64::from(key) * 0.618_033_988_749_894_9 % 1.0;
                    let put = |key| expiry.map_or(0, |expiry| (age(key) * expiry.0 as f64) as u64);
                    // The most asked for last, so that it is the most recent.
                    (0..entries.min(keys)).rev().for_each(|key| lru.put(key, put(key)));
                }
                let expiry = expiry.map_or(NEVER, |expiry| expiry.0);
                (Content::Keys { zipf: Zipf::new(keys, skew), lru, expiry }, keys)
            }
        };
        let fetches = if cache.fetch == Fetch::Single { vec![(NONE, NONE); keys as usize] } else { Vec::new() };
        Self { content, fetches, used: CacheUse::default() }
    }

    /// Forgets everything.
    pub(super) fn flush(&mut self) {
        match &mut self.content {
            Content::Ratio { refill, missing, .. } => *missing = *refill,
            Content::Keys { lru, .. } => lru.clear(),
        }
    }

    /// Looks for something; gives its key and whether it is there.
    fn look(&mut self, now: u64, mut chance: Bits) -> (u32, bool) {
        match &mut self.content {
            Content::Ratio { hit, refill, missing } => {
                let full = if *refill == 0 { 1.0 } else { 1.0 - *missing as f64 / *refill as f64 };
                (0, chance.uniform() < *hit * full)
            }
            Content::Keys { zipf, lru, expiry } => {
                let key = zipf.draw(&mut chance);
                (key, lru.get(key, now, *expiry))
            }
        }
    }

    fn put(&mut self, key: u32, now: u64) {
        match &mut self.content {
            Content::Ratio { missing, .. } => *missing = missing.saturating_sub(1),
            Content::Keys { lru, .. } => lru.put(key, now),
        }
    }
}

/// The least recently used makes room.
#[derive(Debug)]
struct Lru {
    /// Per key: the next more recent, the next less recent, when it was put.
    keys: Vec<(u32, u32, u64)>,
    most_recent: u32,
    least_recent: u32,
    held: u32,
    room: u32,
}

impl Lru {
    fn new(keys: u32, room: u32) -> Self {
        Self { keys: vec![(NONE, NONE, NEVER); keys as usize], most_recent: NONE, least_recent: NONE, held: 0, room }
    }

    fn get(&mut self, key: u32, now: u64, expiry: u64) -> bool {
        let put = self.keys[key as usize].2;
        if put == NEVER {
            return false;
        }
        self.take(key);
        if expiry < now.saturating_sub(put) {
            return false;
        }
        self.push(key, put);
        true
    }

    fn put(&mut self, key: u32, now: u64) {
        if self.keys[key as usize].2 != NEVER {
            self.take(key);
        }
        if self.room == 0 {
            return;
        }
        if self.held == self.room {
            self.take(self.least_recent);
        }
        self.push(key, now);
    }

    fn push(&mut self, key: u32, put: u64) {
        self.keys[key as usize] = (NONE, self.most_recent, put);
        match self.most_recent {
            NONE => self.least_recent = key,
            most => self.keys[most as usize].0 = key,
        }
        self.most_recent = key;
        self.held += 1;
    }

    fn take(&mut self, key: u32) {
        let (more, less, _) = self.keys[key as usize];
        match more {
            NONE => self.most_recent = less,
            more => self.keys[more as usize].1 = less,
        }
        match less {
            NONE => self.least_recent = more,
            less => self.keys[less as usize].0 = more,
        }
        self.keys[key as usize] = (NONE, NONE, NEVER);
        self.held -= 1;
    }

    fn clear(&mut self) {
        self.keys.fill((NONE, NONE, NEVER));
        (self.most_recent, self.least_recent, self.held) = (NONE, NONE, 0);
    }
}

impl Engine {
    /// Looks into a cache; true if the answer is there at once, or known to be missing.
    pub(super) fn look(&mut self, image: &Image, at: u32, look: u32) -> bool {
        let look = image.code.looks[look as usize];
        let mut time = self.draw_time(image, at, look.hold);
        if self.cache_is_lost(image, look.cache) && look.timeout != NEVER {
            time = look.timeout;
        }
        let time = time.min(look.timeout);
        if time == 0 {
            return self.find(image, at);
        }
        self.sleep(at, time, State::Looking);
        false
    }

    fn cache_is_lost(&self, image: &Image, cache: u32) -> bool {
        image.caches[cache as usize].component.is_some_and(|keeper| self.components[keeper.index()].serving == 0)
    }

    /// What a look finds, when the cache has answered or was too slow; false if the frame waits for another's fetch.
    pub(super) fn find(&mut self, image: &Image, at: u32) -> bool {
        let position = self.frames[at].position;
        let Instruction::Look { look, site, found } = image.code.instructions[position as usize] else { return true };
        let look = image.code.looks[look as usize];
        let too_slow = self.draw_time(image, at, look.hold) > look.timeout;
        let chance = self.key_bits(at, site);
        let lost = self.cache_is_lost(image, look.cache);
        let state = &mut self.caches[look.cache as usize];
        let (key, there) = state.look(self.now, chance);
        if there && !lost && !too_slow {
            state.used.hits += 1;
            self.frames[at].position = found;
            return true;
        }
        state.used.misses += 1;
        self.frames[at].position = position + 1;
        if let Some((fetcher, last)) = state.fetches.get_mut(key as usize) {
            if *fetcher != NONE {
                // It waits behind those that wait for the same.
                state.used.joined += 1;
                let before = std::mem::replace(last, at);
                let frame = &mut self.frames[at];
                (frame.state, frame.next, frame.since) = (State::WaitFetch, before, self.now);
                self.cold(at).fetch = (look.cache, key);
                return false;
            }
            *fetcher = at;
        }
        self.cold(at).fetch = (look.cache, key);
        true
    }

    /// What was missing has been fetched, or its fetch has failed: those that wait for it go on.
    pub(super) fn filled(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let (cache, key) = std::mem::replace(&mut self.cold(at).fetch, (NONE, NONE));
        if cache == NONE {
            return;
        }
        if outcome.is_ok() && !self.cache_is_lost(image, cache) {
            self.caches[cache as usize].put(key, self.now);
        }
        let state_fetches = &mut self.caches[cache as usize].fetches;
        let Some(fetch) = state_fetches.get_mut(key as usize).filter(|fetch| fetch.0 == at) else { return };
        let mut waiting = fetch.1;
        *fetch = (NONE, NONE);
        while waiting != NONE {
            let next = self.frames[waiting].next;
            self.cold(waiting).fetch = (NONE, NONE);
            let now = self.now;
            let frame = &mut self.frames[waiting];
            frame.next = NONE;
            frame.waited += now - frame.since;
            match outcome {
                Ok(()) => {
                    // They stand behind their look; what follows a hit stands behind the end of the miss.
                    frame.position = found_of(image, frame.position - 1);
                    self.let_run(waiting);
                }
                Err(_) => {
                    // In its turn, since the failure of one may end the wait of another.
                    self.cold(waiting).outcome = outcome;
                    self.frames[waiting].state = State::Failing;
                    self.enlist(waiting);
                }
            }
            waiting = next;
        }
    }

    /// Takes a frame out of those that wait for a fetch.
    pub(super) fn leave_fetch(&mut self, at: u32) {
        let (cache, key) = std::mem::replace(&mut self.cold(at).fetch, (NONE, NONE));
        let behind = self.frames[at].next;
        let Some(fetch) = self.caches[cache as usize].fetches.get_mut(key as usize) else { return };
        if fetch.1 == at {
            fetch.1 = behind;
            return;
        }
        let mut before = fetch.1;
        while before != NONE && self.frames[before].next != at {
            before = self.frames[before].next;
        }
        if before != NONE {
            self.frames[before].next = behind;
        }
    }
}

fn found_of(image: &Image, position: u32) -> u32 {
    match image.code.instructions[position as usize] {
        Instruction::Look { found, .. } => found,
        _ => position + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Lru;

    #[test]
    fn the_least_recently_used_makes_room_and_old_entries_expire() {
        let mut lru = Lru::new(5, 2);
        lru.put(0, 0);
        lru.put(1, 0);
        assert!(lru.get(0, 1, 10), "now the most recent");
        lru.put(2, 1);
        assert!(!lru.get(1, 1, 10), "it made room");
        assert!(lru.get(0, 10, 10));
        assert!(!lru.get(0, 11, 10), "it is too old");
        assert_eq!(lru.held, 1);
        lru.clear();
        assert!(!lru.get(2, 1, 10));
    }
}
