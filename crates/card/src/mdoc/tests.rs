use super::*;

mod annex_c;
mod answers;
mod device;
pub(super) mod fixture;
mod issue;
mod issuer;
mod properties;
mod reading;
mod request;
mod transcript;
