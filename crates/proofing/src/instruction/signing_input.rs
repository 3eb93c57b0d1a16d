//! What a copy's key signs, in either format, and what of it goes back to the holder.

use mibun_crypto::base64url;
use mibun_crypto::jws;

/// The bytes that are signed, and the form in which the signature is of use.
///
/// Neither passes for the other: the bytes of a JWS are letters, those of a `Sig_structure` begin with 0x84.
#[derive(Clone, PartialEq, Eq)]
pub enum SigningInput {
    /// Header and payload of a JWS (RFC 7515).
    Jws(String),
    /// The `Sig_structure` of a `COSE_Sign1` (RFC 9052 section 4.4).
    Cose(Vec<u8>),
}

/// What a holder gets.
#[derive(Clone, PartialEq, Eq)]
pub enum Signed {
    /// A whole token, a compact JWS.
    Token(String),
    /// The signature alone, which the holder puts into the document: 64 bytes, r and s, in base64url.
    Signature(String),
}

impl SigningInput {
    /// The bytes themselves.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Jws(text) => text.as_bytes(),
            Self::Cose(bytes) => bytes,
        }
    }

    /// What the holder gets, with this signature over [`SigningInput::as_bytes`].
    pub fn attach(self, signature: &[u8]) -> Signed {
        match self {
            Self::Jws(text) => Signed::Token(jws::attach(text, signature)),
            Self::Cose(_) => Signed::Signature(base64url::encode(signature)),
        }
    }
}

impl Signed {
    /// The text of it, of either kind.
    pub fn into_text(self) -> String {
        match self {
            Self::Token(text) | Self::Signature(text) => text,
        }
    }
}

impl std::fmt::Debug for SigningInput {
    /// What is signed tells where the holder shows a card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jws(_) => "Jws([redacted])",
            Self::Cose(_) => "Cose([redacted])",
        })
    }
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token([redacted])",
            Self::Signature(_) => "Signature([redacted])",
        })
    }
}
