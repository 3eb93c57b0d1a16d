//! Offering and collecting, end to end without a network: what is answered, and what is stored before it is.

mod authorized;
mod collecting;
mod collecting_refusals;
mod credential_requests;
mod desk;
mod encryption;
mod families;
mod grants;
mod key_attestations;
mod metadata;
mod nonces;
mod notifications;
mod offers;
mod proofs;
mod repeats;
mod token_requests;
mod wallet;
