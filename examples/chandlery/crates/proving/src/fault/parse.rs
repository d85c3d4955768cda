//! Faults as people say them: `psp hang 37.5%`, `kill orders`, `slow catalog-db 200ms`, `cut events`.

use std::time::Duration;

/// Something that goes wrong, or ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A third party's stand-in behaves otherwise.
    ThirdParty {
        /// Which.
        who: ThirdParty,
        /// What it does.
        how: Misbehaviour,
    },
    /// A service's processes are killed (SIGKILL); the supervisor starts them again.
    Kill {
        /// Its name.
        service: String,
    },
    /// A service is replaced process by process, without a gap.
    Restart {
        /// Its name.
        service: String,
    },
    /// A store's answers come later.
    Slow {
        /// Its name.
        store: String,
        /// By so much.
        delay: Duration,
    },
    /// A store is cut off.
    Cut {
        /// Its name.
        store: String,
    },
    /// A cache loses all that it holds.
    Flush {
        /// Its name.
        store: String,
    },
    /// A store or a third party is as it was.
    Heal {
        /// Its name.
        what: String,
    },
}

/// A stand-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThirdParty {
    /// The payment provider.
    Psp,
    /// The mailer.
    Mailer,
}

/// What a third party does to its customers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Misbehaviour {
    /// So many percent of what it does is never answered.
    Hang(f64),
    /// So many percent are not done, and answered with an error.
    Fail(f64),
    /// So many percent are done, and answered with an error.
    LoseAnswer(f64),
    /// It answers so many times slower.
    Slow(f64),
    /// It takes so many a second.
    Quota(f64),
}

/// The words make no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{words}` is no fault; {}", HOW)]
pub struct NoFault {
    words: String,
}

const HOW: &str = "say one of: psp|mailer hang P% | fail P% | lose-answer P% | slow N x | quota N/s, kill SERVICE, \
                   restart SERVICE, slow STORE TIME, cut STORE, flush STORE, heal STORE|psp|mailer";

/// Reads the words of one fault.
///
/// # Errors
/// [`NoFault`] says what can be said.
pub fn parse(words: &[String]) -> Result<Fault, NoFault> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let named = |name: &&str| (*name).to_owned();
    let fault = match words.as_slice() {
        [who @ ("psp" | "mailer"), what, figure] => {
            let who = if *who == "psp" { ThirdParty::Psp } else { ThirdParty::Mailer };
            misbehaviour(what, figure).map(|how| Fault::ThirdParty { who, how })
        }
        ["kill", service] => Some(Fault::Kill { service: named(service) }),
        ["restart", service] => Some(Fault::Restart { service: named(service) }),
        ["slow", store, delay] => {
            humantime::parse_duration(delay).ok().map(|delay| Fault::Slow { store: named(store), delay })
        }
        ["cut", store] => Some(Fault::Cut { store: named(store) }),
        ["flush", store] => Some(Fault::Flush { store: named(store) }),
        ["heal", what] => Some(Fault::Heal { what: named(what) }),
        _ => None,
    };
    fault.ok_or_else(|| NoFault { words: words.join(" ") })
}

fn misbehaviour(what: &str, figure: &str) -> Option<Misbehaviour> {
    let percent = || figure.strip_suffix('%')?.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    let positive = |suffix| figure.strip_suffix(suffix)?.parse().ok().filter(|n: &f64| n.is_finite() && 0.0 < *n);
    match what {
        "hang" => percent().map(Misbehaviour::Hang),
        "fail" => percent().map(Misbehaviour::Fail),
        "lose-answer" => percent().map(Misbehaviour::LoseAnswer),
        "slow" => positive("x").map(Misbehaviour::Slow),
        "quota" => positive("/s").map(Misbehaviour::Quota),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<Fault>) {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        assert_eq!(parse(&words).ok(), expect, "{text}");
    }

    #[test]
    fn what_the_documents_say_is_understood() {
        let psp = |how| Some(Fault::ThirdParty { who: ThirdParty::Psp, how });
        check("psp hang 37.5%", psp(Misbehaviour::Hang(37.5)));
        check("psp slow 2x", psp(Misbehaviour::Slow(2.0)));
        check("psp quota 20/s", psp(Misbehaviour::Quota(20.0)));
        check("mailer fail 10%", Some(Fault::ThirdParty { who: ThirdParty::Mailer, how: Misbehaviour::Fail(10.0) }));
        check("kill orders", Some(Fault::Kill { service: "orders".into() }));
        let delay = Duration::from_millis(200);
        check("slow catalog-db 200ms", Some(Fault::Slow { store: "catalog-db".into(), delay }));
        check("cut events", Some(Fault::Cut { store: "events".into() }));
        check("heal events", Some(Fault::Heal { what: "events".into() }));
    }

    #[test]
    fn what_makes_no_sense_is_not() {
        for text in
            ["psp hang", "psp hang 137%", "psp slow -2x", "psp slow 2", "slow catalog-db soon", "kill", "hang psp 10%"]
        {
            check(text, None);
        }
    }

    #[test]
    fn a_mistake_is_answered_with_what_can_be_said() {
        let error = parse(&["explode".to_owned(), "orders".to_owned()]).unwrap_err().to_string();
        assert!(error.starts_with("`explode orders` is no fault; say one of: psp|mailer hang P%"), "{error}");
    }
}
