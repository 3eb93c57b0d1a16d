//! The server: configuration, work, HTTP, jobs and the command line of the one binary `mibun`.
//!
//! `http` turns requests into values, `work` loads, lets the pure crates decide and saves, `outside` reaches what is
//! neither: the face engine. See ARCHITECTURE.md for a walk of one enrolment and one check.

pub mod app;
pub mod authority;
pub mod boot;
pub mod cli;
pub mod clock;
pub mod config;
pub mod entropy;
pub mod events;
pub mod http;
pub mod jobs;
pub mod outside;
pub mod record;
pub mod registered;
pub mod safe;
pub mod scenes;
pub mod serve;
pub mod shown;
pub mod vault;
pub mod work;
