//! `DeviceResponse`: documents as they are shown (ISO/IEC 18013-5 section 8.3.2.1.2.2).

use mibun_crypto::cbor::{self, Item};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;

use super::{
    DeviceSigned, IssuerSigned, LIMITS, MdocError, SessionTranscript, VerifyError, check_version, member, read,
};

/// An answer. We put exactly one document into one (HAIP 1.0 section 5.3.1); how many there are, the reader decides.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceResponse {
    /// The documents.
    pub documents: Vec<Document>,
}

/// One document as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The type that the device names; [`Document::verify_device`] compares it with what the issuer signed.
    pub doc_type: String,
    /// The issuer's part.
    pub issuer_signed: IssuerSigned,
    /// The device's part.
    pub device_signed: DeviceSigned,
}

impl DeviceResponse {
    /// Takes an answer apart.
    ///
    /// # Errors
    /// The first [`MdocError`]; an answer with a status other than 0 is one.
    pub fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        let item = cbor::parse(bytes, &LIMITS)?;
        check_version(&item)?;
        let status = read(&item, "status", |status| u64::try_from(status.integer()?).ok())?;
        if status != 0 {
            return Err(MdocError::Status(status));
        }
        let documents = match item.get("documents") {
            None => &[][..],
            Some(list) => list.array().ok_or(MdocError::Member("documents"))?,
        };
        Ok(Self { documents: documents.iter().map(Document::read).collect::<Result<_, _>>()? })
    }
}

impl Document {
    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        Ok(Self {
            doc_type: read(item, "docType", Item::text)?.to_owned(),
            issuer_signed: IssuerSigned::read(member(item, "issuerSigned")?)?,
            device_signed: DeviceSigned::read(member(item, "deviceSigned")?)?,
        })
    }

    /// Whether the device named a type and made a proof that both belong to what the issuer signed, in this session.
    /// `reader` is the key that a MAC was made for.
    ///
    /// # Errors
    /// [`VerifyError::DocType`], [`VerifyError::Algorithm`], [`VerifyError::Device`], [`VerifyError::NoReaderKey`],
    /// [`VerifyError::Unauthorised`].
    pub fn verify_device(
        &self,
        transcript: &SessionTranscript,
        reader: Option<&EphemeralKey>,
    ) -> Result<(), VerifyError> {
        let mso = self.issuer_signed.mso();
        if mso.doc_type != self.doc_type {
            return Err(VerifyError::DocType);
        }
        self.device_signed.verify(mso, transcript, reader)
    }

    /// Makes all checks: the issuer's side, then the device's.
    ///
    /// # Errors
    /// The first [`VerifyError`].
    pub fn verify(
        &self,
        anchors: &[Certificate],
        now: Timestamp,
        transcript: &SessionTranscript,
        reader: Option<&EphemeralKey>,
    ) -> Result<(), VerifyError> {
        self.issuer_signed.verify(anchors, now)?;
        self.verify_device(transcript, reader)
    }
}
