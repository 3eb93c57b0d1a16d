//! High-level requirements of the EUDI Architecture and Reference Framework (annex 2) that concern what this project is: an
//! issuer, a verifier, a wallet, a registrar, lists and status. In our words, by their identifiers.
//!
//! Left out are those about what it is not: attestations of others and their rulebooks, signing, payments, pseudonyms,
//! wallets of legal persons, and duties of states and of the Commission.

#[path = "arf/provider.rs"]
mod provider;
#[path = "arf/registers.rs"]
mod registers;
#[path = "arf/verifier.rs"]
mod verifier;
#[path = "arf/wallet.rs"]
mod wallet;

/// Those of one actor.
pub struct Part {
    /// Who has to meet them.
    pub title: &'static str,
    /// The requirements.
    pub rows: &'static [Row],
}

/// One or several requirements that are met together.
pub struct Row {
    /// Their identifiers.
    pub ids: &'static str,
    /// What has to hold.
    pub says: &'static str,
    /// The tests: file and name, or the beginning of several names.
    pub tests: &'static [(&'static str, &'static str)],
    /// What no test holds, and why.
    pub lacks: Option<&'static str>,
}

/// Held by tests.
const fn held(ids: &'static str, says: &'static str, tests: &'static [(&'static str, &'static str)]) -> Row {
    Row { ids, says, tests, lacks: None }
}

/// Held by tests but for what `lacks` says.
const fn partly(
    ids: &'static str,
    says: &'static str,
    tests: &'static [(&'static str, &'static str)],
    lacks: &'static str,
) -> Row {
    Row { ids, says, tests, lacks: Some(lacks) }
}

/// Not held, and why.
const fn missing(ids: &'static str, says: &'static str, why: &'static str) -> Row {
    Row { ids, says, tests: &[], lacks: Some(why) }
}

/// All parts.
pub const PARTS: &[Part] = &[
    Part { title: "Issuer of a PID", rows: provider::ISSUING },
    Part { title: "What a PID is", rows: provider::PID },
    Part { title: "Status", rows: provider::STATUS },
    Part { title: "Relying party", rows: verifier::ROWS },
    Part { title: "Wallet", rows: wallet::ROWS },
    Part { title: "Registrar and access certificates", rows: registers::REGISTRAR },
    Part { title: "Lists of trusted entities", rows: registers::LISTS },
];
