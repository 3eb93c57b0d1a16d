//! Client identifiers and their prefixes (OpenID4VP 1.0 section 5.9).

/// A kind of client identifier: how an asker is known, and how it proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientIdPrefix {
    /// `x509_hash`: by the hash of its certificate, which signs the request.
    X509Hash,
    /// `x509_san_dns`: by a DNS name in its certificate, which signs the request.
    X509SanDns,
    /// `redirect_uri`: by the address to which the answer goes; nothing is signed and nothing proven.
    RedirectUri,
    /// `verifier_attestation`: by the name that somebody trusted attests to the key that signs the request.
    VerifierAttestation,
}

impl ClientIdPrefix {
    /// All that are spoken.
    pub const ALL: [Self; 4] = [Self::X509Hash, Self::X509SanDns, Self::RedirectUri, Self::VerifierAttestation];

    /// The prefix, without its colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X509Hash => "x509_hash",
            Self::X509SanDns => "x509_san_dns",
            Self::RedirectUri => "redirect_uri",
            Self::VerifierAttestation => "verifier_attestation",
        }
    }

    /// Whether requests of such askers are signed.
    pub const fn signs(self) -> bool {
        !matches!(self, Self::RedirectUri)
    }
}

/// Why a client identifier is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// `origin:`, which only browsers may put into an audience.
    #[error("the client identifier uses the reserved prefix origin")]
    Reserved,
    /// A prefix of the standard that is not spoken: `openid_federation`, `decentralized_identifier`.
    #[error("the client identifier prefix {0} is not supported")]
    Unsupported(&'static str),
    /// No known prefix: a pre-registered client, of which there are none.
    #[error("the client identifier has no known prefix")]
    Unknown,
    /// Nothing after the prefix.
    #[error("the client identifier is empty after its prefix")]
    Empty,
    /// A prefix that this wallet's policy leaves out.
    #[error("client identifiers of the kind {} are not accepted here", .0.name())]
    NotAccepted(ClientIdPrefix),
}

/// Takes a client identifier apart: the kind, and the original identifier after the first colon. Prefixes are compared
/// letter by letter.
pub(super) fn split<'a>(
    client_id: &'a str,
    accepted: &[ClientIdPrefix],
) -> Result<(ClientIdPrefix, &'a str), ClientIdError> {
    let (prefix, original) = client_id.split_once(':').ok_or(ClientIdError::Unknown)?;
    if prefix == RESERVED {
        return Err(ClientIdError::Reserved);
    }
    if let Some(known) = UNSUPPORTED.into_iter().find(|known| *known == prefix) {
        return Err(ClientIdError::Unsupported(known));
    }
    let kind = ClientIdPrefix::ALL.into_iter().find(|kind| kind.name() == prefix).ok_or(ClientIdError::Unknown)?;
    if original.is_empty() {
        return Err(ClientIdError::Empty);
    }
    if accepted.contains(&kind) { Ok((kind, original)) } else { Err(ClientIdError::NotAccepted(kind)) }
}

const RESERVED: &str = "origin";
const UNSUPPORTED: [&str; 2] = ["openid_federation", "decentralized_identifier"];
