//! Whole readings against the chip in software.

mod access;
mod faults;
mod garbage;
mod specimen;
