//! How a request finds its replica, and how long its way there takes.

use super::code::{Purpose, bits};
use super::engine::Engine;
use super::frame::{Flags, Frame, NEVER, NO_CODE, NONE};
use super::image::{CallAt, Image};
use super::random::{Bits, mix};
use super::replica::Phase;
use crate::program::{Balancing, PlaceId, ServedBy};

impl Engine {
    /// The replica that an attempt goes to; `None` if callers know of none.
    #[inline(always)]
    pub(super) fn choose(&mut self, image: &Image, at: u32, called: &CallAt) -> Option<u32> {
        if called.to_primary {
            return self.primary(called.component);
        }
        let listed = &self.components[called.component as usize].listed;
        match listed.as_slice() {
            [] => None,
            [only] => Some(*only),
            _ => {
                let attempt = self.frames[at];
                self.choose_of_several(image, &attempt, called)
            }
        }
    }

    fn primary(&self, component: u32) -> Option<u32> {
        let primary = self.components[component as usize].primary;
        (primary != NONE).then_some(primary)
    }

    /// A run of a job goes to any replica, in turn.
    pub(super) fn choose_for_job(&mut self, image: &Image, operation: u16) -> Option<u32> {
        let component = image.operations[operation as usize].component as usize;
        let state = &mut self.components[component];
        state.turn = state.turn.wrapping_add(1);
        let count = state.listed.len();
        state.listed.get(state.turn as usize % count.max(1)).copied()
    }

    pub(super) fn choose_of_several(&mut self, image: &Image, attempt: &Frame, called: &CallAt) -> Option<u32> {
        let component = called.component as usize;
        let mut chance = bits(attempt.key, Purpose::Balance);
        let reads = image.components[component].served_by == ServedBy::ReplicasForReads;
        let primary = if reads { self.components[component].primary } else { NONE };
        let out = called.outlier.is_some();
        if !out && primary == NONE && called.balancing == Balancing::Random {
            let listed = &self.components[component].listed;
            return Some(listed[chance.below(listed.len() as u32) as usize]);
        }
        let first = image.components[component].first;
        let guard = called.guards.map(|base| {
            let member = called.caller.map_or(0, |caller| attempt.replica - caller);
            &self.guards[(base + member) as usize]
        });
        let now = self.now;
        let is_in = |replica: &u32| {
            let left_out = guard.and_then(|guard| guard.outliers.get((replica - first) as usize));
            *replica != primary && left_out.is_none_or(|(_, until)| *until <= now)
        };
        let listed = &self.components[component].listed;
        // Where all are left out, all are asked again.
        let some = listed.iter().filter(|replica| is_in(replica)).count();
        let fits = |replica: &u32| some == 0 || is_in(replica);
        let count = if some == 0 { listed.len() } else { some } as u32;
        let fitting = || listed.iter().copied().filter(|replica| fits(replica));
        let nth = |n: u32| fitting().nth(n as usize);
        let open = |replica: &u32| self.replicas[*replica as usize].opened;
        match called.balancing {
            Balancing::Random | Balancing::SharedQueue => nth(chance.below(count)),
            Balancing::RoundRobin => {
                let turn = self.components[component].turn;
                let chosen = nth(turn % count);
                self.components[component].turn = turn.wrapping_add(1);
                chosen
            }
            Balancing::LeastRequests => {
                let least = fitting().map(|replica| open(&replica)).min()?;
                let equals = fitting().filter(|replica| open(replica) == least);
                let among = chance.below(equals.clone().count() as u32);
                equals.into_iter().nth(among as usize)
            }
            Balancing::TwoChoices => {
                let one = chance.below(count);
                let other = (one + 1 + chance.below(count.max(2) - 1)) % count;
                let (one, other) = (nth(one)?, nth(other)?);
                Some(if open(&other) < open(&one) { other } else { one })
            }
            Balancing::ConsistentHash => {
                let key = self.requests[attempt.request].key;
                fitting().max_by_key(|replica| mix(key, u64::from(*replica)))
            }
            Balancing::PerConnection { connections } => {
                let connection = chance.below(connections);
                let key = self.connection_key(attempt, called, connection);
                fitting().max_by_key(|replica| mix(key, u64::from(*replica)))
            }
            Balancing::Sticky => {
                let key = self.connection_key(attempt, called, 0);
                fitting().max_by_key(|replica| mix(key, u64::from(*replica)))
            }
            Balancing::ZoneAware => {
                let place = |replica: u32| image.replicas[replica as usize].place;
                let home = image.replicas.get(attempt.replica as usize).map(|replica| replica.place);
                let near = fitting().filter(|replica| Some(place(*replica)) == home);
                match near.clone().count() as u32 {
                    0 => nth(chance.below(count)),
                    nearby => near.into_iter().nth(chance.below(nearby) as usize),
                }
            }
        }
    }

    /// A connection of a caller's replica to a component; each user has one of their own.
    fn connection_key(&self, attempt: &Frame, called: &CallAt, connection: u32) -> u64 {
        let caller = match attempt.replica {
            NONE => self.requests[attempt.request].key,
            replica => u64::from(replica),
        };
        let key = mix(self.seed ^ Purpose::Connection as u64, caller);
        mix(key, u64::from(called.component) << 32 | u64::from(connection))
    }

    /// The replica of a shared queue that is least in use, among those that serve and have room.
    pub(super) fn least_used(&self, image: &Image, component: u32, limit: u32) -> u32 {
        let own = &image.components[component as usize];
        let mut chosen = (own.first, u32::MAX);
        for replica in own.first..own.first + own.count {
            let used = self.in_use[replica as usize];
            if used < chosen.1 && used < limit && self.gives_room(image, replica) {
                chosen = (replica, used);
                if used == 0 {
                    break;
                }
            }
        }
        chosen.0
    }

    /// How long the way to a replica takes; `NEVER` if the request gets lost, `None` if it takes no time for certain.
    pub(super) fn way(&self, image: &Image, frame: &Frame, to: u32, purpose: Purpose) -> Option<u64> {
        let from = image.replicas.get(frame.replica as usize)?;
        let to = image.replicas.get(to as usize)?;
        self.way_between(image, frame.key, (from.place, from.component), (to.place, to.component), purpose)
    }

    /// How long the way back to its caller takes.
    pub(super) fn way_back(&self, image: &Image, at: u32) -> Option<u64> {
        let frame = &self.frames[at];
        let parent = if frame.parent == NONE { return None } else { &self.frames[frame.parent] };
        if !frame.flags.has(Flags::PLACED) && frame.call == NO_CODE {
            return None;
        }
        let to = image.replicas.get(parent.replica as usize)?;
        let from = image.replicas.get(frame.replica as usize)?;
        self.way_between(image, frame.key, (from.place, from.component), (to.place, to.component), Purpose::Back)
    }

    fn way_between(&self, image: &Image, key: u64, from: (u32, u32), to: (u32, u32), purpose: Purpose) -> Option<u64> {
        let link = image.network.link(PlaceId(from.0), PlaceId(to.0));
        let cuts = self.cuts.iter().filter(|cut| cut.parts(from, to)).map(|cut| cut.loss);
        let kept = cuts.fold(1.0 - link.loss, |kept, loss| kept * (1.0 - loss));
        let mut chance: Bits = bits(key, purpose);
        if kept < 1.0 && chance.uniform() >= kept {
            return Some(NEVER);
        }
        let index = (from.0 * image.network.places + to.0) as usize;
        let draw = *image.link_delays.get(index)?;
        draw.is_some().then(|| self.draw_by(image, mix(key, purpose as u64), draw))
    }

    /// Whether a replica of a shared queue takes requests now.
    pub(super) fn gives_room(&self, image: &Image, replica: u32) -> bool {
        let state = &self.replicas[replica as usize];
        let component = image.replicas[replica as usize].component as usize;
        let serves = match image.components[component].served_by {
            ServedBy::Primary => self.components[component].primary == replica,
            ServedBy::Any | ServedBy::ReplicasForReads => true,
        };
        state.phase == Phase::Up && !state.warming && serves
    }
}
