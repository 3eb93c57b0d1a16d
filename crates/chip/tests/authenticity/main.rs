//! What is genuine is accepted, and what is not is refused for the right reason: passive and active authentication and
//! master lists, with documents of made-up states.

mod active;
mod flips;
mod hostile;
mod master_lists;
mod passive;
mod refusals;
mod world;
