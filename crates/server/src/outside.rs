//! What is neither HTTP nor the record.
pub mod faces;
