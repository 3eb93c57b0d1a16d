//! Revocation lists and master lists of a made-up state.

use mibun_crypto::asn1::{self, Oid, write, write_unsigned};
use mibun_crypto::time::Timestamp;

use super::document::{Message, signed_message};
use super::pki::{extension, sealed, time};
use super::{CertificateSpec, Country, Holder, Name, Signing};

impl Country {
    /// The authority's list of revoked certificates, good for 90 days.
    ///
    /// # Panics
    /// When a certificate was made to be unreadable.
    pub fn revocation_list(&mut self, revoked: &[&Holder], at: Timestamp) -> Vec<u8> {
        let entries: Vec<u8> = revoked
            .iter()
            .flat_map(|holder| write(asn1::SEQUENCE, &[&write(asn1::INTEGER, &[holder.read().serial()]), &time(at)]))
            .collect();
        let entries = if entries.is_empty() { entries } else { write(asn1::SEQUENCE, &[&entries]) };
        let number = extension("2.5.29.20", false, &write_unsigned(&[1]));
        let algorithm = self.authority.scheme.to_identifier();
        let parts = [
            write_unsigned(&[1]),
            algorithm.clone(),
            self.authority.name.to_der(),
            time(at),
            time(at.plus_days(90)),
            entries,
            write(asn1::context(0), &[&write(asn1::SEQUENCE, &[&number])]),
        ];
        let tbs = write(asn1::SEQUENCE, &[&parts.concat()]);
        let signature = self.authority.key.sign(self.authority.scheme, &tbs, &mut self.entropy);
        sealed(&tbs, &algorithm, &signature)
    }

    /// A master list of these certificates, by a signer of master lists below the present authority.
    pub fn master_list(&mut self, certificates: &[Vec<u8>], at: Timestamp) -> Vec<u8> {
        let purpose = Some(Oid::new_unwrap("2.23.136.1.1.3"));
        let subject = Name::new(&self.code, &format!("{} Master List Signer", self.code));
        let spec = CertificateSpec { subject, purpose, ..self.signer_spec() };
        let signer = self.certify(Signing::P256, spec);
        self.master_list_by(&signer, certificates, at)
    }

    /// The same by a signer of the caller's choice.
    pub fn master_list_by(&mut self, signer: &Holder, certificates: &[Vec<u8>], at: Timestamp) -> Vec<u8> {
        let set = write(asn1::SET, &[&certificates.concat()]);
        let content = write(asn1::SEQUENCE, &[&write_unsigned(&[0]), &set]);
        let content_type = Oid::new_unwrap("2.23.136.1.1.2");
        let message = Message { content_type, content: &content, others: &[], at };
        signed_message(signer, &message, &mut self.entropy)
    }
}
