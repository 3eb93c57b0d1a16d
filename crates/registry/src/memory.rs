//! The record in memory.
