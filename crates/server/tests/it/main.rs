//! The server from outside: over HTTP, with a record and a clock of its own for every test.

mod answers;
mod chip_refusals;
mod chip_relays;
mod chips;
mod console;
mod counter;
mod credentials;
mod demo;
mod enrolment;
mod judged;
mod offers;
mod openapi;
mod operating;
mod persistence;
mod privacy;
mod proofs;
mod requests;
mod return_path;
mod scenes;
mod sign_in;
mod status;
mod support;
mod tokens;
mod trust;
mod walk;
