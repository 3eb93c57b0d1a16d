//! The server from outside: over HTTP, with a record and a clock of its own for every test.

mod answers;
mod chip_refusals;
mod chip_relays;
mod chips;
mod command_line;
mod connections;
mod console;
mod counter;
mod credentials;
mod demo;
mod enrolment;
mod full_card;
mod full_walk;
mod instructions;
mod judged;
mod models;
mod offers;
mod openapi;
mod operating;
mod origins;
mod password;
mod persistence;
mod privacy;
mod proofs;
mod records;
mod requests;
mod return_path;
mod scenes;
mod sign_in;
mod status;
mod support;
#[cfg(feature = "pcsc")]
mod terminals;
mod tokens;
mod trust;
mod walk;
