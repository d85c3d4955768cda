//! Journeys over REST, from the outside: see `tests/`.
