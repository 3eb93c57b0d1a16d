use super::*;
use crate::verdict::{Check, Outcome, Verdict};

mod accepted;
mod algorithms;
mod binding;
pub(crate) mod fixture;
mod form;
mod issuer;
mod properties;
mod scene;
mod standing;
