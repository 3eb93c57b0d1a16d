//! The holder's side without a browser: cards kept in a sealed file, collected and shown over the standard protocols.
//!
//! [`Wallet`] is for tests, load and kiosks; the command `mibun-wallet` wraps it for people at a terminal. It knows an
//! authority only by its root certificates and talks to nobody but the issuer and whoever asks.

pub mod browser;
pub mod clock;
pub mod entropy;
pub mod failure;
pub mod held;
pub mod http;
pub mod provider;
pub mod store;
mod wallet;

pub use failure::{Failure, Fault};
pub use wallet::{Choice, Gathered, JourneyAccess, Prepared, PreparedCall, Presented, Resumed, Wallet};
