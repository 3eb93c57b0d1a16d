//! A value that was read, and what stands behind it.

/// What stands behind a value that was read from a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A check digit of its own, or a proven number that states the same.
    Own,
    /// Only a check digit over the whole.
    Composite,
    /// Nothing: a person has to confirm or correct it.
    None,
}

/// A value that was read. `Debug` shows what stands behind it, not the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// What stands behind it.
    pub proof: Proof,
    /// Whether a look-alike (O for 0) or missing fillers were put right.
    pub repaired: bool,
}

impl<T> Field<T> {
    /// A value with nothing behind it.
    pub const fn unproven(value: T) -> Self {
        Self { value, proof: Proof::None, repaired: false }
    }

    /// A value with something behind it.
    pub const fn proven(value: T, proof: Proof) -> Self {
        Self { value, proof, repaired: false }
    }

    /// Whether it may be taken without asking a person.
    pub fn is_proven(&self) -> bool {
        self.proof != Proof::None
    }
}

impl<T> std::fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field([redacted], {:?}, repaired: {})", self.proof, self.repaired)
    }
}
