//! Test support: whether other makers' libraries read what we write, write what we read, and refuse what we refuse.
//!
//! Everything is in the tests of this package; it exists so that those libraries are built for nothing else.
