//! The wallet against an authority and an organisation, without and with a network, and as a command.

mod asker;
mod collecting;
mod command;
mod dc_api;
mod network;
mod presenting;
mod presenting_refusals;
mod resuming;
mod world;
