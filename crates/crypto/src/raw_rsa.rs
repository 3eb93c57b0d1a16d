//! The bare private operation of RSA, for chips in software. **Not for secrets**: only test keys may come here.
//!
//! Active authentication signs in a form (ISO/IEC 9796-2) that no library of ours makes, so the chip in software needs the
//! operation itself. Nothing but tests and demonstrations turns the feature on.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// `input` to the power of `exponent` modulo `modulus`, all big-endian, in the modulus' length. `None` when the modulus
/// is even or empty, or a number is longer than it.
pub fn private_operation(modulus: &[u8], exponent: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
    let number = |bytes| BoxedUint::from_be_slice(bytes, bits).ok();
    let modulus_number: Odd<BoxedUint> = Option::from(Odd::new(number(modulus)?))?;
    let parameters = BoxedMontyParams::new(modulus_number);
    let power = BoxedMontyForm::new(number(input)?, &parameters).pow(&number(exponent)?);
    let bytes = power.retrieve().to_be_bytes();
    Some(bytes[bytes.len() - modulus.len()..].to_vec())
}

#[cfg(test)]
mod tests;
