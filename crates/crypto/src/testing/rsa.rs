//! RSA with the private number, from a seed.

use num_bigint::BigUint;

use crate::asn1::{self, Oid, write, write_oid, write_unsigned};
use crate::digest::Hash;
use crate::entropy::Entropy;
use crate::rsa::{PssParameters, padded, pkcs1, pss_encode};

const RSA_ENCRYPTION: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const EXPONENT: u32 = 65_537;

/// A private key of two primes.
pub struct RsaPrivateKey {
    modulus: BigUint,
    private: BigUint,
}

impl RsaPrivateKey {
    /// A key with a modulus of exactly `bits` bits.
    pub fn generate(bits: u64, entropy: &mut dyn Entropy) -> Self {
        let one = BigUint::from(1_u8);
        loop {
            let (p, q) = (prime(bits / 2, entropy), prime(bits / 2, entropy));
            let totient = (&p - &one) * (&q - &one);
            let modulus = p * q;
            if let Some(private) = BigUint::from(EXPONENT).modinv(&totient).filter(|_| modulus.bits() == bits) {
                return Self { modulus, private };
            }
        }
    }

    pub fn spki_der(&self) -> Vec<u8> {
        let numbers = [write_unsigned(&self.modulus.to_bytes_be()), write_unsigned(&EXPONENT.to_be_bytes())].concat();
        let key = write(asn1::SEQUENCE, &[&numbers]);
        let algorithm = write(asn1::SEQUENCE, &[&write_oid(RSA_ENCRYPTION), &[asn1::NULL, 0]]);
        write(asn1::SEQUENCE, &[&algorithm, &write(asn1::BIT_STRING, &[&[0], &key])])
    }

    pub fn apply(&self, block: &[u8]) -> Vec<u8> {
        let number = BigUint::from_bytes_be(block);
        assert!(number < self.modulus, "the block is below the modulus");
        padded(&number.modpow(&self.private, &self.modulus), self.size())
    }

    pub fn sign_pkcs1(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        self.apply(&pkcs1(hash, message, self.size()).expect("every hash fits into our keys"))
    }

    pub fn sign_pss(&self, with: PssParameters, message: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        let mut salt = vec![0; with.salt_length];
        entropy.fill(&mut salt);
        let bits = 8 * self.size() - 1;
        self.apply(&pss_encode(with, message, &salt, bits).expect("every hash fits into our keys"))
    }

    fn size(&self) -> usize {
        self.modulus.bits().div_ceil(8) as usize
    }
}

/// A probable prime of exactly `bits` bits, the two highest set.
fn prime(bits: u64, entropy: &mut dyn Entropy) -> BigUint {
    let mut bytes = vec![0; (bits / 8) as usize];
    loop {
        entropy.fill(&mut bytes);
        let mut candidate = BigUint::from_bytes_be(&bytes);
        for bit in [0, bits - 1, bits - 2] {
            candidate.set_bit(bit, true);
        }
        if is_probable_prime(&candidate) {
            return candidate;
        }
    }
}

/// Trial division, then Miller-Rabin with small bases: enough for numbers that nobody chose against us.
fn is_probable_prime(candidate: &BigUint) -> bool {
    const SMALL: [u32; 30] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109, 113, 127,
    ];
    if SMALL.iter().any(|small| candidate % small == BigUint::ZERO) {
        return false;
    }
    let one = BigUint::from(1_u8);
    let last = candidate - &one;
    let twos = last.trailing_zeros().unwrap_or(0);
    let odd = &last >> twos;
    [2_u32, 3, 5, 7, 11].into_iter().all(|base| {
        let mut power = BigUint::from(base).modpow(&odd, candidate);
        let mut found = power == one || power == last;
        for _ in 1..twos {
            power = &power * &power % candidate;
            found |= power == last;
        }
        found
    })
}
