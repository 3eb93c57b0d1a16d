//! What the server does: each function loads, lets a pure crate decide, and saves, in one unit of work.

pub mod audit;
pub mod captures;
pub mod cards;
pub mod checks;
pub mod chips;
mod codes;
pub mod dataset;
pub mod grants;
pub mod holders;
pub mod issuing;
pub mod journeys;
pub mod lists;
pub mod officers;
pub mod passwords;
pub mod people;
pub mod portraits;
pub mod referrals;
pub mod registrar;
mod settings;
pub mod trust;
pub mod windows;

mod error;

pub use error::WorkError;
