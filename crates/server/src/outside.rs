//! What is neither HTTP nor the record.

pub mod documents;
pub mod engine;
pub mod faces;
pub mod status_lists;
