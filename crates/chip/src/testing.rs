//! A made-up state, for tests and the virtual chip. Nothing in here is secure.

pub mod country;
pub mod specimen;
