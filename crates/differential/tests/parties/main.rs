//! Other makers' libraries and ours: each reads what the other writes, and none of them refuses a changed token that we
//! believe, but for a written reason.

mod both_ways;
mod changed;
mod crates_io;
mod differential;
mod ours;
mod program;
mod world;
