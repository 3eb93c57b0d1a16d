//! Is this the person? From the first frame to the decision, and from evidence to the level of a card.
//!
//! Pure: no clock, no randomness, no pixels. [`challenge`] draws what to ask for, [`capture`] follows the frames,
//! [`decision`] weighs the scores under a [`policy`], [`journey`] is the life cycle around it, [`attempts`] its limits,
//! and [`level`] what all of it is worth, and for how long. [`id_password`] is the second thing a full card rests on, and
//! [`instruction`] what the holder's device ([`device_proof`]) and that password together authorise.

#[cfg(test)]
mod actor;
pub mod attempts;
pub mod capture;
pub mod challenge;
pub mod chip;
pub mod decision;
pub mod device_proof;
pub mod id_password;
pub mod instruction;
pub mod journey;
pub mod level;
pub mod passkey;
pub mod policy;
