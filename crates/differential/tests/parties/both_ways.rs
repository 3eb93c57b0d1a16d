//! What we write is read by other makers' libraries, what they write by us.

mod jwe;
mod jws;
mod mdoc;
mod sd_jwt;
