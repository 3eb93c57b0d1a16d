//! Offering and collecting a card: both ends of OpenID4VCI 1.0 and of the OAuth it stands on.
//!
//! The issuer's end is a life cycle, [`grant::Grant`], and strict readers for what a wallet sends: [`token`],
//! [`credential`], [`notification`]. [`metadata`] and [`offer`] say what is on offer and where; [`nonce`] keeps proofs
//! fresh. The holder's end is [`collect`]: a machine that says which message it needs exchanged and is handed the answer.
//!
//! Spoken at both ends: the pre-authorized code with a transaction code; the authorization code with pushed requests, PKCE
//! and tokens bound to a key ([`authorization`], [`pkce`], [`dpop`], [`refresh`]); cards as `dc+sd-jwt` and `mso_mdoc`;
//! proofs of type `jwt` and `attestation`; encrypted requests and answers.
//! Which code of the wire a refusal has is in [`error`]; how a transport shows it is not known here.

pub mod address;
pub mod authorization;
pub mod collect;
pub mod credential;
pub mod dpop;
pub mod error;
pub mod exchange;
pub mod form;
pub mod grant;
pub mod metadata;
pub mod nonce;
pub mod notification;
pub mod offer;
pub mod pkce;
pub mod proof;
pub mod received;
pub mod refresh;
pub mod secret;
pub mod standing;
pub mod thumbprint;
pub mod token;
