//! Certificates as Doc 9303-12 profiles them, and with one thing or another wrong.

use mibun_crypto::asn1::{self, Oid, write, write_oid, write_unsigned};
use mibun_crypto::digest;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::testing::TestKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Validity;

use super::{AUTHORITY_DAYS, Holder, SIGNER_DAYS, SIGNING_DAYS, Signing, span};

/// A name of country and common name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Two letters.
    pub country: String,
    /// Common name.
    pub common: String,
}

impl Name {
    /// A name of these two parts.
    pub fn new(country: &str, common: &str) -> Self {
        Self { country: country.to_owned(), common: common.to_owned() }
    }

    /// The DER `Name`.
    pub fn to_der(&self) -> Vec<u8> {
        let attribute = |oid: &str, tag: u8, text: &str| {
            let pair = [write_oid(Oid::new_unwrap(oid)), write(tag, &[text.as_bytes()])].concat();
            write(asn1::SET, &[&write(asn1::SEQUENCE, &[&pair])])
        };
        let parts = [attribute("2.5.4.6", 0x13, &self.country), attribute("2.5.4.3", 0x0c, &self.common)];
        write(asn1::SEQUENCE, &[&parts.concat()])
    }
}

/// What a certificate says, apart from keys and issuer.
#[derive(Debug, Clone)]
pub struct CertificateSpec {
    /// Whom it is about.
    pub subject: Name,
    /// When it is good.
    pub validity: Validity,
    /// Whether it is an authority.
    pub authority: bool,
    /// The byte of `keyUsage`: `80` signs documents, `06` certificates and lists.
    pub usage: u8,
    /// The one extended key usage.
    pub purpose: Option<Oid>,
    /// When the key may sign.
    pub private_use: Option<Validity>,
}

impl CertificateSpec {
    /// An authority with its usual rights.
    pub fn authority(code: &str, generation: u32, from: Timestamp) -> Self {
        Self {
            subject: Name::new(code, &format!("{code} CSCA {generation}")),
            validity: span(from, AUTHORITY_DAYS),
            authority: true,
            usage: 0x06,
            purpose: None,
            private_use: None,
        }
    }

    /// A document signer with its usual rights.
    pub fn signer(code: &str, from: Timestamp) -> Self {
        Self {
            subject: Name::new(code, &format!("{code} Document Signer")),
            validity: span(from, SIGNER_DAYS),
            authority: false,
            usage: 0x80,
            purpose: None,
            private_use: Some(span(from, SIGNING_DAYS)),
        }
    }

    /// The certificate for `key`, signed by `issuer`.
    pub fn sign(&self, key: &[u8], issuer: &Holder, entropy: &mut dyn Entropy) -> Vec<u8> {
        let issued_by = Issuer { key: &issuer.key, name: &issuer.name, signing: issuer.scheme.to_identifier() };
        let tbs = self.to_be_signed(key, &issued_by, entropy);
        let signature = issuer.key.sign(issuer.scheme, &tbs, entropy);
        sealed(&tbs, &issued_by.signing, &signature)
    }

    fn to_be_signed(&self, key: &[u8], issuer: &Issuer<'_>, entropy: &mut dyn Entropy) -> Vec<u8> {
        let mut serial: [u8; 12] = entropy.bytes();
        serial[0] = serial[0] & 0x7f | 0x40;
        let parts = [
            write(asn1::context(0), &[&write_unsigned(&[2])]),
            write_unsigned(&serial),
            issuer.signing.clone(),
            issuer.name.to_der(),
            write(asn1::SEQUENCE, &[&time(self.validity.not_before), &time(self.validity.not_after)]),
            self.subject.to_der(),
            key.to_vec(),
            write(asn1::context(3), &[&write(asn1::SEQUENCE, &[&self.extensions(key, issuer.key.spki_der())])]),
        ];
        write(asn1::SEQUENCE, &[&parts.concat()])
    }

    fn extensions(&self, key: &[u8], issuer_key: &[u8]) -> Vec<u8> {
        let identifier = |key: &[u8]| digest::sha1(key).to_vec();
        let unused = self.usage.trailing_zeros() as u8 % 8;
        let mut all = vec![
            extension("2.5.29.14", false, &write(asn1::OCTET_STRING, &[&identifier(key)])),
            extension("2.5.29.15", true, &write(asn1::BIT_STRING, &[&[unused], &[self.usage]])),
            extension(
                "2.5.29.35",
                false,
                &write(asn1::SEQUENCE, &[&write(asn1::context_primitive(0), &[&identifier(issuer_key)])]),
            ),
        ];
        if self.authority {
            let constraints = [write(asn1::BOOLEAN, &[&[0xff]]), write_unsigned(&[0])].concat();
            all.push(extension("2.5.29.19", true, &write(asn1::SEQUENCE, &[&constraints])));
        }
        if let Some(purpose) = self.purpose {
            all.push(extension("2.5.29.37", true, &write(asn1::SEQUENCE, &[&write_oid(purpose)])));
        }
        if let Some(private) = self.private_use {
            let bound = |number, at| write(asn1::context_primitive(number), &[generalized(at).as_bytes()]);
            let parts = [bound(0, private.not_before), bound(1, private.not_after)].concat();
            all.push(extension("2.5.29.16", false, &write(asn1::SEQUENCE, &[&parts])));
        }
        all.concat()
    }
}

struct Issuer<'a> {
    key: &'a TestKey,
    name: &'a Name,
    signing: Vec<u8>,
}

/// A self-signed authority.
pub fn authority(code: &str, generation: u32, signing: Signing, from: Timestamp, entropy: &mut dyn Entropy) -> Holder {
    let key = TestKey::generate(signing.key(), entropy);
    let spec = CertificateSpec::authority(code, generation, from);
    let own = Issuer { key: &key, name: &spec.subject, signing: signing.scheme().to_identifier() };
    let tbs = spec.to_be_signed(key.spki_der(), &own, entropy);
    let certificate = sealed(&tbs, &own.signing, &key.sign(signing.scheme(), &tbs, entropy));
    Holder { key, scheme: signing.scheme(), certificate, name: spec.subject }
}

/// A document signer below an authority.
pub fn signer(code: &str, authority: &Holder, signing: Signing, from: Timestamp, entropy: &mut dyn Entropy) -> Holder {
    let key = TestKey::generate(signing.key(), entropy);
    let spec = CertificateSpec::signer(code, from);
    let certificate = spec.sign(key.spki_der(), authority, entropy);
    Holder { key, scheme: signing.scheme(), certificate, name: spec.subject }
}

/// The old authority's word for the new one's key.
pub fn link(old: &Holder, new: &Holder, from: Timestamp, entropy: &mut dyn Entropy) -> Vec<u8> {
    let spec = CertificateSpec { subject: new.name.clone(), ..CertificateSpec::authority("", 0, from) };
    spec.sign(new.key.spki_der(), old, entropy)
}

/// A signed structure of RFC 5280: certificate or list.
pub fn sealed(tbs: &[u8], algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    write(asn1::SEQUENCE, &[tbs, algorithm, &write(asn1::BIT_STRING, &[&[0], signature])])
}

/// `Time` of RFC 5280: two digits of the year until 2049.
pub fn time(at: Timestamp) -> Vec<u8> {
    let text = generalized(at);
    if at.date().year() < 2050 {
        write(asn1::UTC_TIME, &[&text.as_bytes()[2..]])
    } else {
        write(asn1::GENERALIZED_TIME, &[text.as_bytes()])
    }
}

fn generalized(at: Timestamp) -> String {
    at.to_rfc3339().chars().filter(|letter| letter.is_ascii_digit() || *letter == 'Z').collect()
}

pub fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { write(asn1::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    let oid = write_oid(Oid::new_unwrap(oid));
    write(asn1::SEQUENCE, &[&oid, &flag, &write(asn1::OCTET_STRING, &[value])])
}
