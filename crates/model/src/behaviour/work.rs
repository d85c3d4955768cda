//! What operations do: steps, one after the other unless they say otherwise.

use super::demand::{Distribution, Pause, Wait};
use super::guard::{Failure, Guards, Reach};
use super::quantity::{Bytes, Count, Limit, Nanos, Number, Share};
use super::told::{choice, choice_of, object};
use super::{Claim, LockId, Scoped, WorkId};
use crate::noun::{ComponentId, OperationId, TopicId};

choice! {
    /// What becomes of the deadline that a caller has.
    Deadline {
        /// Every call gets what is left of it.
        HandedOn "handed on",
        /// Callees do not learn of it.
        Ignored "ignored",
    }
}

choice! {
    /// What happens to work that nobody waits for any more.
    LateWork {
        /// It is finished all the same.
        RunsOn "runs on",
        /// It is stopped.
        Stops "stops",
    }
}

choice! {
    /// Why asking twice has the effect of asking once.
    Idempotent {
        /// It changes nothing, or sets what is given.
        ByNature "by nature",
        /// The caller sends a key that is remembered.
        ByKey "by key",
        /// Messages that were handled are remembered.
        ByInbox "by inbox",
        /// Asking twice has the effect of twice.
        No "no",
    }
}

choice! {
    /// When a message counts as handled.
    Acknowledged {
        /// When its work is done: at least once.
        After "after",
        /// When it is handed out: at most once.
        Before "before",
    }
}

object! {
    /// What one operation of a component does.
    Work "work" {
        /// Whose operation.
        component: ComponentId;
        /// Its name, as its component names it.
        name: String;
        /// The operation that an interface declares under that name.
        operation: Option<OperationId>;
        /// How we know of it.
        evidence: crate::EvidenceId;
        /// What is said of it, by environment.
        says: Scoped<Doing>;
    }
}

object! {
    /// What is said of an operation.
    Doing "doing" Default {
        /// What it does; `None` where nobody says, which is not the same as nothing.
        does: Option<Vec<Claim<Step>>>;
        /// The share of requests that fail without a cause from outside, in parts per thousand million.
        fails: Option<Claim<Share>>;
        /// What becomes of its caller's deadline.
        deadline: Option<Claim<Deadline>>;
        /// What happens to its work when the caller has gone.
        late_work: Option<Claim<LateWork>>;
        /// Whether it may be asked twice with the effect of once.
        idempotent: Option<Claim<Idempotent>>;
        /// Its rank where the component serves by rank, whoever asks.
        priority: Option<Claim<Count>>;
        /// The messages that it handles.
        consumes: Option<Claim<Consumes>>;
        /// When it runs by itself.
        every: Option<Claim<Every>>;
    }
}

choice_of! {
    /// When an operation runs by itself.
    Every "every" {
        /// From one run to the next, in nanoseconds.
        Interval(Nanos) "interval",
        /// A cron expression of five fields.
        Cron(String) "cron",
    }
}

object! {
    /// The messages that an operation handles.
    Consumes "consumes" {
        /// The topic.
        topic: TopicId;
        /// Members of a group share the messages; the component's own name where nobody says.
        group: Option<String>;
        /// How many messages a copy takes at once.
        prefetch: Option<Count>;
        /// When a message counts as handled.
        acknowledged: Option<Acknowledged>;
        /// How often a message that failed is handed out again.
        redelivery: Option<Redelivery>;
        /// Where messages go that cannot be handled.
        dead_letters: Option<String>;
        /// Whether the order of messages of one key is kept.
        in_order: Option<bool>;
    }
}

object! {
    /// How often a message that failed is handed out again.
    Redelivery "redelivery" {
        /// How often at most.
        max: Limit;
        /// The pause before.
        after: Option<Pause>;
    }
}

choice_of! {
    /// One step.
    Step "step" {
        /// Work of the component itself.
        Spend(Scoped<Spend>) "spend",
        /// Asks another component.
        Call(Box<Call>) "call",
        /// Asks a store.
        Query(Box<Query>) "query",
        /// Looks into a cache.
        Cache(Box<Cache>) "cache",
        /// Sends a message.
        Publish(Publish) "publish",
        /// Waits without doing anything.
        Sleep(Wait) "sleep",
        /// Holds something that only some may hold.
        Lock(Box<Lock>) "lock",
        /// One way of several, by odds; what is left does nothing.
        Branch(Vec<Way>) "branch",
        /// All at once; goes on when all are done.
        All(Vec<Claim<Step>>) "all",
        /// One after the other.
        Seq(Vec<Claim<Step>>) "seq",
        /// All at once; goes on when so many have succeeded.
        First(First) "first",
        /// Ends with a failure.
        Fail(Fail) "fail",
        /// Gives the answer; what follows is done after it.
        Return(Answer) "return",
    }
}

object! {
    /// What work takes. Where nothing is said for an environment, what is said everywhere holds as a whole.
    Spend "spend" Default {
        /// Time on one core at full speed.
        cpu: Option<Claim<Distribution>>;
        /// Time that passes whatever the cores do, in addition to `cpu`.
        hold: Option<Claim<Distribution>>;
        /// Memory that it keeps meanwhile, in bytes.
        memory: Option<Claim<Bytes>>;
    }
}

object! {
    /// Asks another component.
    Call "step_call" {
        /// Who is asked.
        to: ComponentId;
        /// What is asked, where it is known.
        work: Option<WorkId>;
        /// How often for each request, on average; once where nobody says.
        times: Option<Claim<Number>>;
        /// What protects the caller.
        guards: Guards;
        /// How the copy is reached.
        reach: Reach;
    }
}

object! {
    /// Asks a store.
    Query "query" {
        /// The store.
        store: ComponentId;
        /// Whether it changes data.
        write: Option<Claim<bool>>;
        /// How often for each request, on average; once where nobody says.
        times: Option<Claim<Number>>;
        /// Time on one core of the store.
        cpu: Option<Claim<Distribution>>;
        /// How long the connection is kept, the time at the store included.
        hold: Option<Claim<Distribution>>;
        /// What protects the caller.
        guards: Guards;
    }
}

object! {
    /// Looks into a cache.
    Cache "cache" {
        /// The cache.
        store: ComponentId;
        /// The share of looks that find the answer, in parts per thousand million.
        hit: Option<Claim<Share>>;
        /// How many different things are asked for.
        keys: Option<Claim<Count>>;
        /// How uneven they are asked for: the exponent of Zipf's law.
        skew: Option<Claim<Number>>;
        /// How many the cache keeps.
        entries: Option<Claim<Count>>;
        /// How long an entry is kept, in nanoseconds.
        expiry: Option<Claim<Nanos>>;
        /// How long a look takes.
        hold: Option<Claim<Distribution>>;
        /// How long a look may take, in nanoseconds; then it counts as not found.
        timeout: Option<Claim<Nanos>>;
        /// Whether only one request fetches what is missing while the others wait.
        single_flight: Option<Claim<bool>>;
        /// What follows when the answer is not there.
        on_miss: Vec<Claim<Step>>;
    }
}

object! {
    /// Sends a message.
    Publish "publish" {
        /// The topic.
        topic: TopicId;
        /// How often for each request, on average; once where nobody says.
        times: Option<Claim<Number>>;
        /// How large a message is, in bytes.
        size: Option<Claim<Bytes>>;
        /// How long it takes until the broker has taken it; nobody waits where nobody says.
        hold: Option<Claim<Distribution>>;
        /// How long after the answer it is sent, where it is written with the data (an outbox).
        outbox: Option<Claim<Distribution>>;
    }
}

object! {
    /// Holds something that only some may hold, while the steps under it run.
    Lock "lock" {
        /// What is held.
        lock: LockId;
        /// How many there are of it, such as rows; one where nobody says.
        keys: Option<Claim<Count>>;
        /// How uneven they are asked for: the exponent of Zipf's law.
        skew: Option<Claim<Number>>;
        /// How many may hold one at once; one where nobody says.
        holders: Option<Claim<Count>>;
        /// How long a request waits for it.
        wait: Option<Claim<Wait>>;
        /// What is done while it is held.
        does: Vec<Claim<Step>>;
    }
}

object! {
    /// One way of a branch.
    Way "way" {
        /// How likely it is taken, in parts per thousand million.
        odds: Claim<Share>;
        /// What is done.
        does: Vec<Claim<Step>>;
    }
}

object! {
    /// All at once; goes on when so many have succeeded.
    First "first" {
        /// How many must succeed.
        needed: Count;
        /// What is done.
        of: Vec<Claim<Step>>;
    }
}

object! {
    /// Ends with a failure.
    Fail "fail" {
        /// Which one.
        with: Failure;
        /// How likely, in parts per thousand million; always where nobody says.
        odds: Option<Claim<Share>>;
    }
}

choice_of! {
    /// What is answered.
    Answer "answer" {
        /// It succeeds.
        Ok(bool) "ok",
        /// It fails.
        Failure(Failure) "failure",
    }
}

impl Step {
    /// The steps that stand directly inside of this one.
    pub fn inner(&self) -> Vec<&Claim<Self>> {
        match self {
            Self::Call(call) => call.guards.fallback.iter().collect(),
            Self::Query(query) => query.guards.fallback.iter().collect(),
            Self::Cache(cache) => cache.on_miss.iter().collect(),
            Self::Lock(lock) => lock.does.iter().collect(),
            Self::Branch(ways) => ways.iter().flat_map(|way| &way.does).collect(),
            Self::All(steps) | Self::Seq(steps) => steps.iter().collect(),
            Self::First(first) => first.of.iter().collect(),
            Self::Spend(_) | Self::Publish(_) | Self::Sleep(_) | Self::Fail(_) | Self::Return(_) => Vec::new(),
        }
    }
}
