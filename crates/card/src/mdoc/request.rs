//! `DeviceRequest`: what a reader asks for (ISO/IEC 18013-5 section 8.3.2.1.2.1), as annex C of ISO/IEC 18013-7 carries it.

use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::cose::{self, Payload, Sign1, X5CHAIN};
use mibun_crypto::key::{Algorithm, SignError, Signer};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};

use super::elements::DocumentType;
use super::{LIMITS, MdocError, SessionTranscript, VERSION, VerifyError, check_version, member, read};

/// A request for documents.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRequest {
    /// One for each document.
    pub documents: Vec<DocumentRequest>,
}

/// A request for one document, signed by the reader or not.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentRequest {
    /// What is asked for.
    pub items: ItemsRequest,
    /// `ItemsRequestBytes` as received, tag 24 included: what the reader signs.
    tagged: Vec<u8>,
    auth: Option<Sign1>,
    /// `readerAuth` as received.
    auth_bytes: Option<Vec<u8>>,
}

/// The elements that are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsRequest {
    /// The type of the document.
    pub doc_type: String,
    /// Namespace, name, and whether the reader intends to keep the value.
    pub elements: Vec<(String, String, bool)>,
}

impl ItemsRequest {
    /// Asks for the elements that carry these claims of the dataset, each with whether it is to be kept. Nothing if the
    /// type cannot carry one of them.
    pub fn for_claims<'p>(
        document_type: &DocumentType,
        paths: impl IntoIterator<Item = (&'p [&'p str], bool)>,
    ) -> Option<Self> {
        let mut elements: Vec<(String, String, bool)> = Vec::new();
        for (path, keep) in paths {
            let found = document_type.elements_for(path);
            if found.is_empty() {
                return None;
            }
            for element in found {
                let known =
                    elements.iter_mut().find(|(space, name, _)| space == element.namespace && name == element.name);
                match known {
                    Some((.., kept)) => *kept |= keep,
                    None => elements.push((element.namespace.to_owned(), element.name.to_owned(), keep)),
                }
            }
        }
        Some(Self { doc_type: document_type.doc_type.to_owned(), elements })
    }

    fn tagged(&self) -> Vec<u8> {
        let mut namespaces: Vec<(&str, Vec<(&str, Value)>)> = Vec::new();
        for (namespace, name, keep) in &self.elements {
            let element = (name.as_str(), Value::Bool(*keep));
            match namespaces.iter_mut().find(|(own, _)| own == namespace) {
                Some((_, elements)) => elements.push(element),
                None => namespaces.push((namespace, vec![element])),
            }
        }
        let namespaces = namespaces.into_iter().map(|(name, elements)| (name, Value::object(elements)));
        let members = [("docType", self.doc_type.as_str().into()), ("nameSpaces", Value::object(namespaces))];
        Value::embedded(Value::object(members).to_bytes()).to_bytes()
    }

    fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        let item = cbor::parse(bytes, &LIMITS)?;
        let doc_type = read(&item, "docType", Item::text)?.to_owned();
        Ok(Self { doc_type, elements: read(&item, "nameSpaces", asked)? })
    }
}

fn asked(namespaces: &Item<'_>) -> Option<Vec<(String, String, bool)>> {
    let mut elements = Vec::new();
    for (namespace, list) in namespaces.map().filter(|map| !map.is_empty())? {
        for (name, keep) in list.map().filter(|list| !list.is_empty())? {
            elements.push((namespace.text()?.to_owned(), name.text()?.to_owned(), keep.bool()?));
        }
    }
    Some(elements)
}

impl DocumentRequest {
    /// A request that nobody signs.
    pub fn unsigned(items: ItemsRequest) -> Self {
        Self { tagged: items.tagged(), items, auth: None, auth_bytes: None }
    }

    /// A request signed in this session under the reader's certificates, leaf first, without the anchor.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    ///
    /// # Panics
    /// Never: what was just written is read.
    pub fn signed(
        items: ItemsRequest,
        transcript: &SessionTranscript,
        x5chain: &[Vec<u8>],
        signer: &dyn Signer,
    ) -> Result<Self, SignError> {
        let tagged = items.tagged();
        let payload = reader_authentication(transcript, &tagged);
        let unprotected = vec![(X5CHAIN, cose::x5chain(x5chain))];
        let bytes = cose::sign1(unprotected, Payload::Detached(&payload), signer)?.to_bytes();
        let auth = Sign1::parse(&bytes, &LIMITS).expect("our own message");
        Ok(Self { items, tagged, auth: Some(auth), auth_bytes: Some(bytes) })
    }

    /// Whether the reader signed the request.
    pub fn is_signed(&self) -> bool {
        self.auth.is_some()
    }

    /// Who asks, if the certificate leads to an anchor, is for asking, and its key of ES256 signed this request in this
    /// session. Nobody if the request is not signed.
    ///
    /// # Errors
    /// [`VerifyError::Chain`], [`VerifyError::Algorithm`], [`VerifyError::Reader`].
    pub fn reader(
        &self,
        transcript: &SessionTranscript,
        anchors: &[Certificate],
        now: Timestamp,
    ) -> Result<Option<Certificate>, VerifyError> {
        let Some(auth) = &self.auth else { return Ok(None) };
        let leaf = chain::verify(auth.header().x5chain(), anchors, now, Purpose::AccessCertificate)?;
        self.verify_signature(transcript, &leaf)?;
        Ok(Some(leaf))
    }

    /// Whether the holder of this certificate signed the request, in this session.
    ///
    /// # Errors
    /// [`VerifyError::Algorithm`], [`VerifyError::Reader`].
    pub fn verify_signature(&self, transcript: &SessionTranscript, reader: &Certificate) -> Result<(), VerifyError> {
        if reader.public_key().algorithm() != Algorithm::Es256 {
            return Err(VerifyError::Algorithm);
        }
        let auth = self.auth.as_ref().ok_or(VerifyError::Reader(cose::CoseError::Signature))?;
        let payload = reader_authentication(transcript, &self.tagged);
        auth.verify_detached(reader.public_key(), &payload, &[]).map_err(VerifyError::Reader)
    }

    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let tagged = member(item, "itemsRequest")?;
        let inner = tagged.encoded().ok_or(MdocError::Member("ItemsRequestBytes"))?;
        let auth = item.get("readerAuth");
        Ok(Self {
            items: ItemsRequest::parse(inner)?,
            tagged: tagged.raw().to_vec(),
            auth: auth.map(Sign1::read).transpose()?,
            auth_bytes: auth.map(|auth| auth.raw().to_vec()),
        })
    }

    fn to_value(&self) -> Value {
        let items = [("itemsRequest", Value::Encoded(self.tagged.clone()))];
        let auth = self.auth_bytes.iter().map(|auth| ("readerAuth", Value::Encoded(auth.clone())));
        Value::object(items.into_iter().chain(auth))
    }
}

impl DeviceRequest {
    /// Takes a request apart. What it has besides documents (the second edition's `deviceRequestInfo`) is passed over.
    ///
    /// # Errors
    /// The first [`MdocError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        let item = cbor::parse(bytes, &LIMITS)?;
        check_version(&item)?;
        let list = read(&item, "docRequests", |list| list.array().filter(|list| !list.is_empty()))?;
        Ok(Self { documents: list.iter().map(DocumentRequest::read).collect::<Result<_, _>>()? })
    }

    /// The request in CBOR.
    pub fn to_bytes(&self) -> Vec<u8> {
        let documents = self.documents.iter().map(DocumentRequest::to_value).collect();
        Value::object([("version", VERSION.into()), ("docRequests", Value::Array(documents))]).to_bytes()
    }
}

/// `ReaderAuthenticationBytes` (section 9.1.4.5).
fn reader_authentication(transcript: &SessionTranscript, items: &[u8]) -> Vec<u8> {
    let transcript = Value::Encoded(transcript.as_bytes().to_vec());
    let parts = vec!["ReaderAuthentication".into(), transcript, Value::Encoded(items.to_vec())];
    Value::embedded(Value::Array(parts).to_bytes()).to_bytes()
}
