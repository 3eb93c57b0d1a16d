//! Blocks of entries that were taken for one batch of copies.

use crate::Reference;
use crate::permutation::Permutation;

/// Entries `first`, `first + 1` and so on of a list, `count` of them: one row of the record for a whole batch.
///
/// Leases of one list that do not overlap never name the same position, for a permutation is one to one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The address of the list.
    pub list: String,
    /// The first entry, in the order in which entries are taken.
    pub first: u32,
    /// How many entries.
    pub count: u32,
}

/// Why a lease has no positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    /// A lease of nothing.
    #[error("the lease is empty")]
    Empty,
    /// Entries past the end of the list. Wrapping around would give positions out twice.
    #[error("the lease goes beyond the end of the list")]
    Beyond,
}

impl Lease {
    /// Where the entries stand in the published list, in the order of the copies.
    ///
    /// # Errors
    /// [`LeaseError`].
    pub fn positions(&self, permutation: &Permutation) -> Result<Vec<u32>, LeaseError> {
        if self.count == 0 {
            return Err(LeaseError::Empty);
        }
        let end = self.first.checked_add(self.count).filter(|end| *end <= permutation.size());
        let end = end.ok_or(LeaseError::Beyond)?;
        Ok((self.first..end).map(|entry| permutation.apply(entry)).collect())
    }

    /// What the copies carry as their status, in their order.
    ///
    /// # Errors
    /// [`LeaseError`].
    pub fn references(&self, permutation: &Permutation) -> Result<Vec<Reference>, LeaseError> {
        let reference = |idx| Reference { idx, uri: self.list.clone() };
        Ok(self.positions(permutation)?.into_iter().map(reference).collect())
    }
}

#[cfg(test)]
mod tests;
