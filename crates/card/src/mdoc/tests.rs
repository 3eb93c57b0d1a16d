use super::*;

mod annex_c;
mod answers;
mod device;
mod fixture;
mod issue;
mod issuer;
mod properties;
mod reading;
mod request;
mod transcript;
