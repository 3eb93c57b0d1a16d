//! Whether a unit may go on.

use mibun_registry::StoreError;

/// The standing of a unit, moved on by every statement.
///
/// It closes a trap both databases have: after some errors the transaction is gone, or will be taken back silently at
/// commit, and the driver does not say so. A caller that stops waiting for a statement never even sees the error. So a
/// unit answers nothing and commits nothing unless its last statement is known to have gone well.
#[derive(Default)]
pub(crate) enum Standing {
    /// Every statement so far went well.
    #[default]
    Sound,
    /// A statement was sent and its answer has not been seen.
    Asking,
    /// A statement went wrong.
    Failed(StoreError),
}

impl Standing {
    /// Before a statement is sent.
    pub fn ask(&mut self) -> Result<(), StoreError> {
        self.check()?;
        *self = Self::Asking;
        Ok(())
    }

    /// After it was answered.
    pub fn answered<T>(&mut self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        *self = match &answer {
            Ok(_) => Self::Sound,
            Err(error) => Self::Failed(error.clone()),
        };
        answer
    }

    /// Before the unit commits.
    pub fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Sound => Ok(()),
            // Nothing of the unit is stored, so running it again is right.
            Self::Asking => Err(StoreError::Busy),
            Self::Failed(error) => Err(error.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
