//! The server from outside: over HTTP, with a record and a clock of its own for every test.

mod answers;
mod command_line;
mod connections;
mod console;
mod counter;
mod credentials;
mod demo;
mod enrolment;
mod judged;
mod models;
mod offers;
mod openapi;
mod operating;
mod origins;
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
mod tokens;
mod walk;
