//! What an operation does: a list of steps, one after the other unless they say otherwise.
//!
//! A step is a mapping whose one leading key says what it is (`spend`, `call`, `query` …).

use super::distribution::{Distribution, Pause, Wait};
use super::language::{Form, Names, Placed, Reading, Said, described};
use super::near::{listed, nearest};
use super::quantity::{Count, Duration, Limit, Number, Rate, Share, Size};
use super::reference::{Failure, Name, OperationRef, Refusal};
use super::table::{Shape, section};
use super::words::{Awaited, Balancing, Jitter};
use crate::tree::Node;

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Work of the component itself.
    Spend(Box<SpendStep>),
    /// Asks another component and waits for the answer.
    Call(Box<CallStep>),
    /// Asks a store.
    Query(Box<QueryStep>),
    /// Looks into a cache.
    Cache(Box<CacheStep>),
    /// Sends a message.
    Publish(Box<PublishStep>),
    /// Waits without doing anything.
    Sleep(SleepStep),
    /// Holds something that only one may hold.
    Lock(Box<LockStep>),
    /// One way of several, by odds.
    Branch(BranchStep),
    /// All at once; goes on when all are done.
    All(AllStep),
    /// One after the other.
    Seq(SeqStep),
    /// All at once; goes on when the first has succeeded.
    Any(AnyStep),
    /// All at once; goes on when so many have succeeded.
    First(u64, Vec<Placed<Step>>),
    /// Ends with a failure.
    Fail(FailStep),
    /// Ends with an answer; what follows goes on after it.
    Return(ReturnStep),
}

/// The leading keys of steps; `first N of` stands apart.
const KINDS: [&str; 13] =
    ["spend", "call", "query", "cache", "publish", "sleep", "lock", "branch", "all", "seq", "any", "fail", "return"];

impl Form for Step {
    fn shape() -> Shape {
        Shape::Either(vec![
            SpendStep::shape(),
            CallStep::shape(),
            QueryStep::shape(),
            CacheStep::shape(),
            PublishStep::shape(),
            SleepStep::shape(),
            LockStep::shape(),
            BranchStep::shape(),
            AllStep::shape(),
            SeqStep::shape(),
            AnyStep::shape(),
            FirstStep::shape(),
            FailStep::shape(),
            ReturnStep::shape(),
        ])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if !node.is_mapping() {
            let message = format!(
                "this is {}, and a step is wanted; write what it does, like `call: orders.place`",
                described(node)
            );
            reading.problem(node.at, message);
            return None;
        }
        let boxed = |kind: &str| node.get(kind).is_some().then_some(kind.to_owned());
        let kinds: Vec<String> = KINDS.iter().filter_map(|kind| boxed(kind)).collect();
        let first = node.entries().iter().find(|entry| first_of(&entry.key).is_some());
        match (kinds.as_slice(), first) {
            ([kind], None) => read_kind(kind, node, reading),
            ([], Some(entry)) => {
                let number = first_of(&entry.key)?;
                let steps = reading.under(entry.key.clone(), |reading| Vec::read(&entry.value, reading))?;
                for other in node.entries().iter().filter(|other| other.key != entry.key) {
                    reading.problem(
                        other.key_at,
                        format!("`{}` says nothing beside `{}`; leave it out", other.key, entry.key),
                    );
                }
                if number == 0 || number > steps.len() as u64 {
                    let message =
                        format!("the first {number} are asked for of {} that are listed; ask for fewer", steps.len());
                    reading.problem(entry.key_at, message);
                }
                Some(Self::First(number, steps))
            }
            ([], None) => {
                unknown(node, reading);
                None
            }
            _ => {
                let message = format!(
                    "it is {} at once; write a step for each, after a `- ` of its own",
                    listed(kinds.iter().map(String::as_str))
                );
                reading.problem(node.at, message);
                None
            }
        }
    }
}

fn read_kind(kind: &str, node: &Node, reading: &mut Reading) -> Option<Step> {
    Some(match kind {
        "spend" => Step::Spend(Box::new(Form::read(node, reading)?)),
        "call" => Step::Call(Box::new(Form::read(node, reading)?)),
        "query" => Step::Query(Box::new(Form::read(node, reading)?)),
        "cache" => Step::Cache(Box::new(Form::read(node, reading)?)),
        "publish" => Step::Publish(Box::new(Form::read(node, reading)?)),
        "sleep" => Step::Sleep(Form::read(node, reading)?),
        "lock" => Step::Lock(Box::new(Form::read(node, reading)?)),
        "branch" => Step::Branch(Form::read(node, reading)?),
        "all" => Step::All(Form::read(node, reading)?),
        "seq" => Step::Seq(Form::read(node, reading)?),
        "any" => Step::Any(Form::read(node, reading)?),
        "fail" => Step::Fail(Form::read(node, reading)?),
        _ => Step::Return(Form::read(node, reading)?),
    })
}

/// The number of a key such as `first 2 of`.
fn first_of(key: &str) -> Option<u64> {
    key.strip_prefix("first ")?.strip_suffix(" of")?.trim().parse().ok()
}

fn unknown(node: &Node, reading: &mut Reading) {
    let Some(entry) = node.entries().first() else {
        reading.problem(node.at, "the step is empty; write what it does, like `call: orders.place`, or leave it out");
        return;
    };
    let near = node.entries().iter().find_map(|entry| Some((entry, nearest(&entry.key, KINDS)?)));
    let (entry, cure) = match near {
        Some((entry, near)) => (entry, format!("did you mean `{near}`?")),
        None => (entry, format!("a step is one of {}, or `first 2 of`", listed(KINDS))),
    };
    reading.problem(entry.key_at, format!("`{}` does not say what the step does; {cure}", entry.key));
}

section! {
    /// Work of the component itself.
    SpendStep "a spending step" {
        /// What it takes.
        spend: Placed<Spend> = "{ cpu: 20ms }";
    }
}

section! {
    /// What work takes: `cpu` competes with other requests for the cores of its copy; `hold` only keeps its place (a
    /// slot or worker) for that long. Under `environments` the whole is replaced.
    Spend "`spend`" {
        /// Time on one core at full speed.
        cpu: Said<Distribution> = "{ mean: 20ms, distribution: exponential }";
        /// Time that passes whatever the cores do, in addition to `cpu`.
        hold: Said<Distribution> = "{ mean: 20ms, cv: 0.25 }";
        /// Memory that it keeps meanwhile.
        memory: Said<Size> = "4MiB";
        /// What it takes instead in an environment.
        environments: Names<SpendHere> = "{ local: { hold: 40ms } }";
    }
}

section! {
    /// What work takes in one environment, instead.
    SpendHere "`spend`" {
        /// Time on one core at full speed.
        cpu: Said<Distribution> = "{ mean: 20ms, distribution: exponential }";
        /// Time that passes whatever the cores do, in addition to `cpu`.
        hold: Said<Distribution> = "40ms";
        /// Memory that it keeps meanwhile.
        memory: Said<Size> = "4MiB";
    }
}

section! {
    /// Asks another component and waits for the answer. How it waits, tries again and gives up stands beside it.
    CallStep "a call" {
        /// Who is asked what.
        call: Placed<OperationRef> = "payments.charge";
        /// How often it is asked for each request, on average; 1 where left out.
        times: Said<Number> = "2.5";
        with guards: Guards;
        with waits: Answer;
    }
}

section! {
    /// How a call reaches one of several copies, and whether its answer matters.
    Answer "a call" {
        /// Whether the answer is awaited; `awaited` where left out.
        answer: Said<Awaited> = "ignored";
        /// How the copy that answers is chosen; overrides what the callee `serves` with.
        balancing: Said<Balancing> = "sticky";
        /// When a copy that fails is left out.
        outlier: Said<Outlier> = "{ after: 5, for: 30s, at_most: 50% }";
    }
}

section! {
    /// What protects a caller from whom it asks.
    Guards "a call" {
        /// How long one attempt waits for its answer.
        timeout: Said<Duration> = "800ms";
        /// How long all attempts and pauses may take together.
        within: Said<Duration> = "1.5s";
        /// When it tries again.
        retries: Said<Retries> = "{ max: 2, on: [503] }";
        /// When it stops asking for a while.
        breaker: Said<Breaker> = "{ opens_at: 50%, over: 10s, for: 5s }";
        /// When it asks a second copy without giving up the first.
        hedge: Said<Hedge> = "{ after: 50ms }";
        /// The pool of connections that it takes one from.
        pool: Said<Name> = "main";
        /// How many of these calls one copy makes at once (a bulkhead).
        at_most: Said<Count> = "20";
        /// How many of these calls one copy lets through.
        rate_limit: Said<RateLimit> = "{ rate: 50/s, burst: 10, then: refuse }";
        /// What it does instead when the call has failed for good; the request then goes on.
        fallback: Vec<Placed<Step>> = "[{ spend: { cpu: 1ms } }]";
    }
}

section! {
    /// When a caller tries again.
    Retries "a rule for retries" {
        /// How often it tries again at most: 2 are three attempts in all.
        max: Placed<Limit> = "2";
        /// After which failures; all where left out.
        on: Vec<Placed<Failure>> = "[503, timeout]";
        /// The pause before another attempt; none where left out.
        backoff: Said<Pause> = "{ first: 100ms, factor: 2, most: 2s }";
        /// How the pause is spread; `none` where left out.
        jitter: Said<Jitter> = "full";
        /// Retries are at most this share of the first attempts.
        budget: Said<Share> = "10%";
    }
}

section! {
    /// When a caller stops asking for a while (a circuit breaker).
    Breaker "a breaker" {
        /// The share of failures at which it opens.
        opens_at: Placed<Share> = "50%";
        /// Over how long failures are counted.
        over: Placed<Duration> = "10s";
        /// How long it stays open before it lets probes through.
        for_ "for": Placed<Duration> = "5s";
        /// How many calls it must have seen before it opens.
        at_least: Said<Count> = "20";
        /// How many calls it lets through to find out; 1 where left out.
        probes: Said<Count> = "1";
        /// An answer slower than this counts as a failure.
        slow: Said<Duration> = "2s";
    }
}

section! {
    /// A second attempt beside a slow first one; the first answer counts.
    Hedge "a hedge" {
        /// How long the first attempt is given alone.
        after: Placed<Duration> = "50ms";
        /// How many more attempts at most; 1 where left out.
        max: Said<Count> = "1";
        /// Hedges are at most this share of the first attempts.
        budget: Said<Share> = "5%";
    }
}

section! {
    /// A token bucket: how many are let through. Without a burst, how many may come at once is an unknown.
    RateLimit "a rate limit" {
        /// How many in the long run.
        rate: Placed<Rate> = "50/s";
        /// How many at once.
        burst: Said<Count> = "10";
        /// What happens to the others; `refuse` where left out.
        then: Said<Refusal> = "refuse with 429";
    }
}

section! {
    /// When a copy that fails is left out for a while.
    Outlier "an outlier rule" {
        /// After how many failures in a row.
        after: Placed<Count> = "5";
        /// For how long.
        for_ "for": Placed<Duration> = "30s";
        /// The share of copies that may be left out at once.
        at_most: Said<Share> = "50%";
    }
}

section! {
    /// Asks a store.
    QueryStep "a query" {
        /// What is asked of which store.
        query: Placed<Query> = "{ store: orders-db, write: true, pool: main, hold: 125ms }";
    }
}

section! {
    /// What is asked of a store and what it takes there.
    Query "a query" {
        /// The store.
        store: Placed<Name> = "orders-db";
        /// Whether it changes data; a write goes to the primary.
        write: Said<bool> = "true";
        /// How often for each request, on average; 1 where left out.
        times: Said<Number> = "3";
        /// Time on one core of the store.
        cpu: Said<Distribution> = "{ mean: 8ms, distribution: exponential }";
        /// How long the connection is kept, the time at the store included; that time alone where left out.
        hold: Said<Distribution> = "125ms";
        with guards: Guards;
    }
}

section! {
    /// Looks into a cache.
    CacheStep "a cache step" {
        /// Which cache, how often it has the answer, and what follows when not.
        cache: Placed<CacheLook> = "{ store: catalog-cache, hit: 95%, hold: 1ms }";
    }
}

section! {
    /// A look into a cache. Give `hit`, or `keys` with `entries` so that the share of hits comes out of the run.
    CacheLook "a look into a cache" {
        /// The cache.
        store: Placed<Name> = "catalog-cache";
        /// The share of looks that find the answer.
        hit: Said<Share> = "95%";
        /// How many different things are asked for.
        keys: Said<Count> = "100000";
        /// How uneven they are asked for: the exponent of Zipf's law; 0 is even.
        skew: Said<Number> = "1.1";
        /// How many the cache keeps.
        entries: Said<Count> = "20000";
        /// How long an entry is kept.
        expiry: Said<Duration> = "5m";
        /// How long a look takes.
        hold: Said<Distribution> = "1ms";
        /// How long a look may take; then it counts as not found.
        timeout: Said<Duration> = "50ms";
        /// Whether only one request fetches what is missing while the others wait (a guard against stampedes).
        single_flight: Said<bool> = "true";
        /// What follows when the answer is not there.
        on_miss: Vec<Placed<Step>> = "[{ query: { store: catalog-db } }]";
    }
}

section! {
    /// Sends a message.
    PublishStep "a publishing step" {
        /// The topic.
        publish: Placed<Name> = "orders.placed";
        /// How often for each request, on average; 1 where left out.
        times: Said<Number> = "1";
        /// How large a message is.
        size: Said<Size> = "2KiB";
        /// How long it takes until the broker has taken it; nobody waits where left out.
        hold: Said<Distribution> = "3ms";
        /// Whether it is written with the data and sent afterwards (a transactional outbox), and how long until then.
        outbox: Said<Distribution> = "200ms";
    }
}

section! {
    /// Waits without doing anything.
    SleepStep "a sleeping step" {
        /// How long: exactly, or drawn each time.
        sleep: Placed<Wait> = "1s";
    }
}

section! {
    /// Holds something that only one request may hold, while the steps under it run.
    LockStep "a lock step" {
        /// What is locked and what is done meanwhile.
        lock: Placed<Lock> = "{ of: stock-row, keys: 5000, does: [{ spend: { hold: 5ms } }] }";
    }
}

section! {
    /// Something that only one request may hold.
    Lock "a lock" {
        /// Its name; the same name is the same lock everywhere.
        of: Placed<Name> = "stock-row";
        /// How many there are of it, such as rows; 1 where left out.
        keys: Said<Count> = "5000";
        /// How uneven they are asked for: the exponent of Zipf's law; 0 is even.
        skew: Said<Number> = "1.1";
        /// How many may hold it at once; 1 where left out.
        holders: Said<Count> = "1";
        /// How long a request waits for it.
        wait: Said<Wait> = "2s";
        /// What is done while it is held.
        does: Vec<Placed<Step>> = "[{ query: { store: orders-db, write: true } }]";
    }
}

section! {
    /// One way of several, by odds; what is left of 100% does nothing.
    BranchStep "a branch" {
        /// The ways.
        branch: Vec<Way> = "[{ odds: 60%, does: [{ call: two.visit }] }]";
    }
}

section! {
    /// One way of a branch.
    Way "a way of a branch" {
        /// How likely it is taken.
        odds: Placed<Share> = "60%";
        /// What is done.
        does: Vec<Placed<Step>> = "[{ call: two.visit }]";
    }
}

section! {
    /// All at once; goes on when all are done.
    AllStep "a step that does all at once" {
        /// What is done.
        all: Vec<Placed<Step>> = "[{ call: pricing.quote }, { call: stock.reserve }]";
    }
}

section! {
    /// One after the other; stands inside steps that run at once.
    SeqStep "a step that does one after the other" {
        /// What is done.
        seq: Vec<Placed<Step>> = "[{ call: pricing.quote }, { call: stock.reserve }]";
    }
}

section! {
    /// All at once; goes on when the first has succeeded.
    AnyStep "a step of which one must succeed" {
        /// What is done.
        any: Vec<Placed<Step>> = "[{ call: search.ask }, { call: mirror.ask }]";
    }
}

section! {
    /// All at once; goes on when so many have succeeded.
    FirstStep "a step of which some must succeed" {
        open /// What is done; the key says how many must succeed.
        first: Vec<Placed<Step>> [r"^first [0-9]+ of$"] = "[{ call: a.read }, { call: b.read }, { call: c.read }]";
    }
}

section! {
    /// Ends with a failure.
    FailStep "a failing step" {
        /// Which one.
        fail: Placed<Failure> = "503";
        /// How likely; always where left out.
        odds: Said<Share> = "0.1%";
    }
}

section! {
    /// Gives the answer; what follows is done after it (and no longer waited for).
    ReturnStep "a returning step" {
        /// The answer: `ok`, or a status.
        return_ "return": Placed<Name> = "ok";
    }
}
