//! How long something takes, as a distribution. Shape moves the load line more than replicas do, so a bare duration is
//! the mean alone, and the shape is then a named assumption that the report prints.

use super::language::{Form, Placed, Reading, Said, described};
use super::quantity::{Duration, Number};
use super::reference::{Name, Text};
use super::table::{Shape, section};
use super::words::DistributionShape;
use crate::tree::Node;

section! {
    /// How long something takes. Give `mean` with `distribution` or `cv` (then lognormal, unless another shape is named),
    /// or `p50` and `p99` (lognormal), or `min` and `max` (uniform), or `samples`.
    Shaped "a distribution" {
        /// The mean.
        mean: Said<Duration> = "20ms";
        /// The coefficient of variation: standard deviation divided by mean.
        cv: Said<Number> = "0.25";
        /// The shape.
        distribution: Said<DistributionShape> = "exponential";
        /// The median.
        p50: Said<Duration> = "12ms";
        /// The value that one in a hundred exceeds.
        p99: Said<Duration> = "90ms";
        /// The least value of a uniform distribution.
        min: Said<Duration> = "5ms";
        /// The greatest value of a uniform distribution.
        max: Said<Duration> = "15ms";
        /// A file of measured values, one duration a line; they are drawn as they are.
        samples: Said<Text> = "load/charge.txt";
        /// Parts of one request that draw under the same name are slow together: one draw decides all of them.
        draw: Said<Name> = "charge";
    }
}

/// How long something takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// The mean; its shape is the assumption `default-shape`.
    Mean(Duration),
    /// By its parameters.
    Shaped(Box<Shaped>),
}

impl Form for Distribution {
    fn shape() -> Shape {
        Shape::Either(vec![Duration::shape(), Shaped::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if node.is_mapping() {
            return shaped(node, reading).map(|shaped| Self::Shaped(Box::new(shaped)));
        }
        if node.is_sequence() || node.is_null() {
            let message = format!(
                "this is {}, and a duration or a distribution is wanted; write it like `20ms` or \
                `{{ mean: 20ms, cv: 0.25 }}`",
                described(node)
            );
            reading.problem(node.at, message);
            return None;
        }
        Duration::read(node, reading).map(Self::Mean)
    }
}

fn shaped(node: &Node, reading: &mut Reading) -> Option<Shaped> {
    let shaped: Shaped = super::language::read_section(node, reading)?;
    match contradiction(&shaped) {
        Some(message) => {
            reading.problem(node.at, message);
            None
        }
        None => Some(shaped),
    }
}

/// Why the parameters do not give one distribution.
fn contradiction(shaped: &Shaped) -> Option<String> {
    use DistributionShape::{Exponential, Fixed, Gamma, Geometric, Lognormal, Uniform};
    let word = shaped.distribution.as_ref().map(|shape| shape.value);
    let quantiles = shaped.p50.is_some() || shaped.p99.is_some();
    let range = shaped.min.is_some() || shaped.max.is_some();
    let forms = [shaped.mean.is_some(), quantiles, range, shaped.samples.is_some()];
    match forms.iter().filter(|given| **given).count() {
        0 => {
            return Some(String::from(
                "it says no time; give `mean`, or `p50` and `p99`, or `min` and `max`, or `samples`",
            ));
        }
        1 => {}
        _ => {
            return Some(String::from(
                "it is given in two ways, which may disagree; keep one of `mean`, `p50` with `p99`, \
            `min` with `max`, and `samples`",
            ));
        }
    }
    let fits = match word {
        None => true,
        Some(Exponential | Fixed | Geometric | Gamma) => shaped.mean.is_some(),
        Some(Lognormal) => shaped.mean.is_some() || quantiles,
        Some(Uniform) => range,
    };
    if let Some(word) = word.filter(|_| !fits) {
        let wants = if word == Uniform { "`min` and `max`" } else { "`mean`" };
        return Some(format!("a distribution that is `{}` is given by {wants}; write that", word.word()));
    }
    if let Some(word) = word.filter(|w| shaped.cv.is_some() && !matches!(w, Lognormal | Gamma)) {
        return Some(format!(
            "a distribution that is `{}` has its own `cv`; leave `cv` out, or name another shape",
            word.word()
        ));
    }
    if let Some(word) = word.filter(|w| shaped.cv.is_none() && shaped.mean.is_some() && matches!(w, Lognormal | Gamma))
    {
        return Some(format!("a distribution that is `{}` needs `cv` beside `mean`; add it", word.word()));
    }
    if shaped.cv.is_some() && shaped.mean.is_none() {
        return Some(String::from("`cv` stands beside `mean` alone; leave it out, or give `mean`"));
    }
    if quantiles && (shaped.p50.is_none() || shaped.p99.is_none()) {
        return Some(String::from("one quantile does not give a shape; give both `p50` and `p99`"));
    }
    if range && (shaped.min.is_none() || shaped.max.is_none()) {
        return Some(String::from("a range has two ends; give both `min` and `max`"));
    }
    let nanos = |said: &Said<Duration>| said.as_ref().map(|placed| placed.value.nanos);
    let falls = |low: &Said<Duration>, high: &Said<Duration>| nanos(low) > nanos(high);
    if falls(&shaped.p50, &shaped.p99) || falls(&shaped.min, &shaped.max) {
        return Some(String::from("the lower figure is above the higher one; exchange them"));
    }
    None
}

/// A time limit: the bare duration is exactly that long; a distribution where patience differs.
#[derive(Clone, Debug, PartialEq)]
pub enum Wait {
    /// Exactly this long.
    Exactly(Duration),
    /// Drawn each time.
    Drawn(Box<Shaped>),
}

impl Form for Wait {
    fn shape() -> Shape {
        Shape::Either(vec![Duration::shape(), Shaped::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        Some(match Distribution::read(node, reading)? {
            Distribution::Mean(exactly) => Self::Exactly(exactly),
            Distribution::Shaped(shaped) => Self::Drawn(shaped),
        })
    }
}

section! {
    /// Pauses that grow from one attempt to the next.
    Growing "a growing pause" {
        /// The pause before the second attempt.
        first: Placed<Duration> = "100ms";
        /// How many times as long each further pause is; 2 where left out.
        factor: Said<Number> = "2";
        /// The longest pause.
        most: Said<Duration> = "5s";
    }
}

/// How long a caller pauses before it tries again.
#[derive(Clone, Debug, PartialEq)]
pub enum Pause {
    /// Exactly this long.
    Exactly(Duration),
    /// Drawn each time.
    Drawn(Box<Shaped>),
    /// Longer each time.
    Growing(Growing),
}

impl Form for Pause {
    fn shape() -> Shape {
        Shape::Either(vec![Duration::shape(), Growing::shape(), Shaped::shape()])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if node.get("first").is_some() {
            return Growing::read(node, reading).map(Self::Growing);
        }
        Some(match Wait::read(node, reading)? {
            Wait::Exactly(exactly) => Self::Exactly(exactly),
            Wait::Drawn(shaped) => Self::Drawn(shaped),
        })
    }
}

section! {
    /// How many arrive at once.
    BatchSize "a batch" {
        /// The mean number.
        mean: Placed<Number> = "3";
        /// `fixed` or `geometric`.
        distribution: Placed<DistributionShape> = "geometric";
    }
}
