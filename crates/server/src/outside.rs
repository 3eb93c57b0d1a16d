//! What is neither HTTP nor the record.

pub mod engine;
pub mod faces;
