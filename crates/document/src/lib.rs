//! Reading physical documents: what is printed on them, checked as far as the print allows.
//!
//! A [`reader`] turns a photograph into a [`Document`](reader::Document): a [`resident_card`] or a machine-readable zone
//! ([`mrz`]). Every [`field`] says what stands behind it; what has no check digit is for a person to confirm.

pub mod field;
pub mod mrz;
pub mod reader;
pub mod resident_card;
pub mod resident_number;

mod geometry;
mod rectify;
mod regions;
mod text;
