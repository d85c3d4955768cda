//! What users come for, how often, and what they were promised.

use super::demand::{Distribution, DistributionShape, Wait};
use super::quantity::{Count, Nanos, Number, PerSecond, Share};
use super::told::{choice, choice_of, object};
use super::work::Step;
use super::{Claim, WorkId};
use crate::noun::{ComponentId, JourneyId};

object! {
    /// A journey: what is asked one after the other, how often, and what that is worth.
    Journey "journey" {
        /// Its name.
        id: JourneyId;
        /// What is asked, one after the other.
        steps: Vec<Claim<Step>>;
        /// How often users come.
        load: Option<Claim<Load>>;
        /// How often they will come at most, as the business foresees it, per second.
        expected_peak: Option<Claim<PerSecond>>;
        /// What one is worth.
        value: Option<Claim<Money>>;
        /// How long the business can be without it, in nanoseconds.
        tolerable_outage: Option<Claim<Nanos>>;
        /// Its rank where a component serves by rank: 1 is served first.
        priority: Option<Claim<Count>>;
        /// How long a user waits for the whole of it before going away.
        patience: Option<Claim<Wait>>;
    }
}

object! {
    /// An amount of money.
    Money "money" {
        /// In millionths of the currency.
        micros: u64;
        /// Three capital letters.
        currency: String;
    }
}

choice! {
    /// How single requests are spaced.
    Arrivals {
        /// At random, independent of each other.
        Poisson "poisson",
        /// At equal distances.
        Paced "paced",
    }
}

choice_of! {
    /// Who comes.
    Source "source" {
        /// Arrivals that do not wait for answers, per second.
        Open(PerSecond) "open",
        /// Users who come again after an answer and some thought.
        Closed(Closed) "closed",
        /// A load that grows or falls steadily, then stays.
        Ramp(Ramp) "ramp",
        /// A daily curve: straight lines from point to point.
        Daily(Vec<DailyPoint>) "daily",
        /// A load that changes its rate at random (a Markov-modulated Poisson process).
        Modes(Vec<Mode>) "modes",
        /// A recorded load.
        Profile(Profile) "profile",
    }
}

object! {
    /// A recorded load.
    Profile "profile" {
        /// The file that holds it.
        file: String;
        /// From each point on, until the next; none where the file could not be read.
        points: Vec<ProfilePoint>;
    }
}

object! {
    /// A point of a recorded load.
    ProfilePoint "profile_point" {
        /// From the beginning, in nanoseconds.
        at: Nanos;
        /// The load from then on, per second.
        rate: PerSecond;
    }
}

object! {
    /// How often users come.
    Load "load" {
        /// Who comes; `None` where only a burst is said.
        source: Option<Source>;
        /// How single requests are spaced; at random where nobody says.
        arrivals: Option<Arrivals>;
        /// Several that arrive at once; the rate then counts batches.
        batch: Option<Batch>;
        /// It swings like a sine.
        swing: Option<Swing>;
        /// A passing surge.
        burst: Option<Burst>;
    }
}

object! {
    /// A fixed number of users.
    Closed "closed" {
        /// How many.
        users: Count;
        /// How long a user thinks before coming again; not at all where nobody says.
        think: Option<Distribution>;
    }
}

object! {
    /// Several that arrive at once.
    Batch "batch" {
        /// The mean number.
        mean: Number;
        /// `fixed` or `geometric`.
        shape: DistributionShape;
    }
}

object! {
    /// A load that swings like a sine around its rate.
    Swing "swing" {
        /// How far it goes up and down, per second.
        by: PerSecond;
        /// From one peak to the next, in nanoseconds.
        every: Nanos;
    }
}

object! {
    /// A passing surge.
    Burst "burst" {
        /// How many times the load.
        factor: Number;
        /// For how long, in nanoseconds.
        lasts: Nanos;
        /// From one to the next, in nanoseconds; once where nobody says.
        every: Option<Nanos>;
    }
}

object! {
    /// A load that grows or falls steadily, then stays.
    Ramp "ramp" {
        /// At the beginning, per second.
        from: PerSecond;
        /// At the end, per second.
        to: PerSecond;
        /// For how long, in nanoseconds.
        over: Nanos;
    }
}

object! {
    /// One point of a daily curve.
    DailyPoint "daily_point" {
        /// Since midnight, in nanoseconds.
        at: Nanos;
        /// The load then, per second.
        rate: PerSecond;
    }
}

object! {
    /// One mode of a load that changes its rate at random; the modes follow each other in turn.
    Mode "mode" {
        /// The rate in this mode, per second.
        rate: PerSecond;
        /// The mean of its exponentially distributed length, in nanoseconds.
        lasts: Nanos;
    }
}

choice! {
    /// Which time a promise about latency counts.
    Measure {
        /// From the request to the answer.
        Latency "latency",
        /// What is spent waiting in queues alone.
        Wait "wait",
    }
}

choice_of! {
    /// What a promise is about.
    Promised "promised" {
        /// A journey.
        Journey(JourneyId) "journey",
        /// An operation.
        Operation(WorkId) "operation",
        /// A component.
        Component(ComponentId) "component",
    }
}

choice_of! {
    /// A figure that is promised.
    Target "target" {
        /// So many of the answers come within so long.
        Quantile(Quantile) "quantile",
        /// The share of requests that succeed, in parts per thousand million.
        Success(Share) "success",
        /// The share of time in which it works, in parts per thousand million.
        Availability(Share) "availability",
        /// After a disaster it works again within, in nanoseconds.
        RecoveryTime(Nanos) "recovery_time",
        /// A disaster loses at most what came in this time, in nanoseconds.
        DataLoss(Nanos) "data_loss",
    }
}

object! {
    /// So many of the answers come within so long.
    Quantile "quantile" {
        /// The share of answers, in parts per thousand million.
        share: Share;
        /// Within, in nanoseconds.
        within: Nanos;
    }
}

object! {
    /// What was promised. The figures hold together.
    Promise "promise" {
        /// Its name.
        name: String;
        /// What it is about.
        on: Claim<Promised>;
        /// Which time its quantiles count.
        measure: Option<Claim<Measure>>;
        /// The figures, each a promise of its own.
        targets: Vec<Claim<Target>>;
        /// Over how long it is counted, in nanoseconds.
        window: Option<Claim<Nanos>>;
    }
}
