//! Places and the way between them.

use super::distribution::Draw;
use super::id::PlaceId;

/// How long a message takes from one place to another, and how many get lost. Users have no place: from and to them
/// nothing is added.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Network {
    /// How many places there are; at least the one that replicas have by default.
    pub places: u32,
    /// One way, row by row: from place `i` to place `j` stands at `i * places + j`. Empty is no time between any.
    pub links: Vec<Link>,
}

/// The way from one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Link {
    /// How long one way takes; `None` is no time.
    pub delay: Option<Draw>,
    /// The share of requests that do not arrive, 0 to 1; their caller waits until it gives up.
    pub loss: f64,
}

impl Network {
    /// The way between two places.
    pub fn link(&self, from: PlaceId, to: PlaceId) -> Link {
        let index = from.index() * self.places as usize + to.index();
        self.links.get(index).copied().unwrap_or_default()
    }
}
