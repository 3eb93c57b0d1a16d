//! Reading physical documents: what is printed on them, checked as far as the print allows.

pub mod resident_number;
