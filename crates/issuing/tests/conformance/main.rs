//! What the OpenID Foundation's conformance suite asks of a wallet that collects, each test by the name of its module.

mod checks;
mod conformance_wallet;
mod desk;
mod our_wallet;
mod refusals;
mod resumed;
mod suite_issuer;

use mibun_card::CardFormat;

/// How a run differs from another (`immediate`/`deferred`, `plain`/`encrypted`, the format, who begins).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Variant {
    format: CardFormat,
    beginning: Beginning,
    deferred: bool,
    encrypted: bool,
    /// Whether keys come with an attestation.
    attested: bool,
}

/// Who begins, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Wallet,
    OfferByValue,
    OfferByReference,
}

impl Variant {
    const PLAIN: Self = Self {
        format: CardFormat::SdJwtVc,
        beginning: Beginning::Wallet,
        deferred: false,
        encrypted: false,
        attested: false,
    };

    /// Every variant that the plan of HAIP runs: each setting with each format and each beginning.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for format in [CardFormat::SdJwtVc, CardFormat::Mdoc] {
            for beginning in [Beginning::Wallet, Beginning::OfferByValue, Beginning::OfferByReference] {
                for (deferred, encrypted) in [(false, false), (true, false), (false, true), (true, true)] {
                    for attested in [false, true] {
                        all.push(Self { format, beginning, deferred, encrypted, attested });
                    }
                }
            }
        }
        all
    }
}
