//! ICAO 9303 chips: reaching them through a relay that nobody trusts, and judging what they hold.
//!
//! Everything here is pure: bytes go in, the next bytes come out. The relay between a chip and this code is assumed to be
//! hostile, so every response is bounded and parsed strictly.

pub mod active;
pub mod apdu;
pub mod bac;
pub mod chip_authentication;
pub mod cms;
pub mod csca;
pub mod judgement;
pub mod lds;
pub mod master_list;
pub mod pace;
pub mod passive;
pub mod password;
pub mod reading;
pub mod secure_messaging;
pub mod security_info;
pub mod sod;
pub mod state;
#[cfg(feature = "virtual-chip")]
pub mod testing;
pub mod tlv;
pub mod verdict;
#[cfg(feature = "virtual-chip")]
pub mod virtual_chip;
