//! Laws that hold for every program: conservation, Little's law, utilisation, scaling of time, idle components; and that
//! the same program and seed give the same bytes, whatever holds the events and however many threads run.

mod any_program;
mod determinism;
mod laws;
