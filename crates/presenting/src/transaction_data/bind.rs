//! Which credential authorises what, and whether an answer does.

use std::collections::BTreeMap;

use mibun_card::kb_jwt::TransactionHashes;

use super::{SHA_256, TransactionData, TransactionDataError};

/// The pieces of transaction data that each shown credential authorises, by credential query id.
pub type Assignment<'a> = BTreeMap<&'a str, Vec<&'a TransactionData>>;

/// Gives each piece to the first of its credentials that is shown; `is_shown` tells by credential query id.
///
/// # Errors
/// [`TransactionDataError::NotAvailable`].
pub fn assign<'a>(
    all: &'a [TransactionData],
    is_shown: impl Fn(&str) -> bool,
) -> Result<Assignment<'a>, TransactionDataError> {
    let mut assignment = Assignment::new();
    for data in all {
        let signer = data.signers.iter().find(|id| is_shown(id)).ok_or(TransactionDataError::NotAvailable)?;
        assignment.entry(signer).or_default().push(data);
    }
    Ok(assignment)
}

/// What goes into the key binding of a credential that authorises `data`.
pub fn hashes(data: &[&TransactionData]) -> TransactionHashes {
    TransactionHashes {
        // Named where the asker listed algorithms; then it must be.
        algorithm: data.iter().any(|one| one.names_algorithm).then(|| SHA_256.to_owned()),
        hashes: data.iter().map(|one| one.hash()).collect(),
    }
}

/// Whether an answer authorises all that was asked, each piece with one of its credentials, and nothing else. `bound` is
/// what each key binding says, by credential query id. The signatures are judged elsewhere.
///
/// # Errors
/// [`TransactionDataError::NotBound`], [`TransactionDataError::BoundTwice`], [`TransactionDataError::NotAsked`],
/// [`TransactionDataError::WrongAlgorithm`].
pub fn verify(
    asked: &[TransactionData],
    bound: &[(&str, Option<&TransactionHashes>)],
) -> Result<(), TransactionDataError> {
    let mut covered = vec![0_usize; asked.len()];
    for (query, said) in bound {
        let Some(said) = said else { continue };
        for hash in &said.hashes {
            let is_it = |data: &TransactionData| data.hash() == *hash && data.signers.iter().any(|id| id == query);
            let found = asked.iter().position(is_it).ok_or(TransactionDataError::NotAsked)?;
            check_algorithm(&asked[found], said)?;
            covered[found] += 1;
        }
    }
    match covered.into_iter().find(|times| *times != 1) {
        None => Ok(()),
        Some(0) => Err(TransactionDataError::NotBound),
        Some(_) => Err(TransactionDataError::BoundTwice),
    }
}

fn check_algorithm(data: &TransactionData, said: &TransactionHashes) -> Result<(), TransactionDataError> {
    match said.algorithm.as_deref() {
        Some(SHA_256) => Ok(()),
        None if !data.names_algorithm => Ok(()),
        _ => Err(TransactionDataError::WrongAlgorithm),
    }
}
