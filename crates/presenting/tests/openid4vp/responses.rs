//! Answers of other formats, and the pieces of ours.
