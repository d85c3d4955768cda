//! Each mechanism by itself, in a system so small that what must come out follows from arithmetic.

mod calls;
mod elastic;
mod faults;
mod shared;
mod small;
