//! Why we accept what another party refuses.

use std::fmt;

use super::Kind;
use super::parties::Case;

/// A reason, and what it covers.
pub struct Reason {
    party: &'static str,
    kind: Kind,
    /// The classes in which the party may say this.
    classes: &'static [&'static str],
    /// In the party's own words, one of these.
    says: &'static [&'static str],
    because: &'static str,
}

const REGISTERED: &[&str] = &["a header of registered names", "a key binding's header of registered names"];
const COSE_HEADERS: &[&str] =
    &["another protected header", "another unprotected header", "a device's other header", "parameters of a header"];

/// Where anything may stand, be it known or not.
const ANYTHING: &[&str] = &[
    "another item",
    "another value of an element",
    "elements of the device",
    "another object",
    "another device key",
    "another keyInfo",
    "another response",
    "another protected header",
    "another unprotected header",
    "a device's other header",
    "parameters of a header",
];

pub const REASONS: &[Reason] = &[
    Reason {
        party: "jsonwebtoken",
        kind: Kind::Jws,
        classes: REGISTERED,
        says: &["expected a string"],
        because: NOT_FOLLOWED,
    },
    Reason {
        party: "sd-jwt-payload",
        kind: Kind::SdJwt,
        classes: REGISTERED,
        says: &["expected a string"],
        because: NOT_FOLLOWED,
    },
    Reason {
        party: "jsonwebtoken",
        kind: Kind::Jws,
        classes: &["the other name of EdDSA", "another name of the algorithm"],
        says: &["unknown variant `Ed25519`"],
        because: "Ed25519 is the fully specified name of EdDSA on the one curve that is spoken (RFC 9864 section 2.2)",
    },
    Reason {
        party: "jsonwebtoken",
        kind: Kind::Jws,
        classes: &["another payload"],
        says: &["expected `,` or `}`"],
        because: "it reads exp even where it was told not to; what a claim means is for the reader of the claims",
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: &["another expected update"],
        says: &["Expected to parse a CBOR tag", "Failed to parse date", "invalid type: simple"],
        because: "when a document may be updated is for its holder; a reader has no use for it",
    },
    Reason {
        party: "pymdoccbor",
        kind: Kind::Mdoc,
        classes: &["another expected update"],
        says: &["error decoding string-form date"],
        because: "when a document may be updated is for its holder; a reader has no use for it",
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: &["another keyInfo"],
        says: &["expected map", "expected integer"],
        because: "keyInfo has no meaning in ISO/IEC 18013-5, and nothing is read from it",
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: COSE_HEADERS,
        says: &["got ", "expected recognized IANA value"],
        because: UNUSED_PARAMETERS,
    },
    Reason {
        party: "pymdoccbor",
        kind: Kind::Mdoc,
        classes: COSE_HEADERS,
        says: &["KID should be", "object has no attribute 'identifier'"],
        because: UNUSED_PARAMETERS,
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: ANYTHING,
        says: &["invalid type: simple"],
        because: "simple values without a meaning are well-formed (RFC 8949 section 3.3); ciborium has no place for them",
    },
    Reason {
        party: "pymdoccbor",
        kind: Kind::Mdoc,
        classes: ANYTHING,
        says: &["error decoding string-form date"],
        because: "cbor2 reads dates wherever they stand; we read values where they are used, and refuse a date there",
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: &["another object", "other authorizations", "another response"],
        says: &["expected str or bytes", "could not serialize", "invalid type: map, expected enum"],
        because: UNKNOWN_MEMBERS,
    },
    Reason {
        party: "isomdl",
        kind: Kind::Mdoc,
        classes: &["another number of a digest"],
        says: &["expected i32"],
        because: "some issuers number digests past 31 bits; the number only brings an element and its digest together",
    },
    Reason {
        party: "pymdoccbor",
        kind: Kind::Mdoc,
        classes: &["another response"],
        says: &["unexpected keyword argument"],
        because: UNKNOWN_MEMBERS,
    },
];

const NOT_FOLLOWED: &str = "jku, x5u, x5t and what ACME adds are never followed, so that their form does not matter (RFC 7515 \
    section 4: what is not understood is ignored)";
const UNUSED_PARAMETERS: &str =
    "parameters of a header that a reader does not process are ignored (RFC 9052 section 3)";
const UNKNOWN_MEMBERS: &str = "members that are not known are passed over, whatever their key and value";

impl Reason {
    pub fn covers(&self, party: &str, case: &Case, why: &str) -> bool {
        let here = self.party == party && self.kind == case.kind && self.classes.contains(&case.class.name);
        here && self.says.iter().any(|words| why.contains(words))
    }
}

/// Reasons that no token needed: they are to be struck off.
pub fn unused(used: &[usize]) -> Vec<String> {
    let unused = REASONS.iter().zip(used).filter(|(_, times)| **times == 0);
    unused.map(|(reason, _)| format!("no token needs this reason: {reason}")).collect()
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {:?} ({}): {}", self.party, self.kind, self.says.join(", "), self.because)
    }
}
