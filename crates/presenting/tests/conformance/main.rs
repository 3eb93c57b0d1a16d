//! The behaviours that the OpenID Foundation's conformance suite demands of a verifier and of a wallet under HAIP 1.0, one
//! test for each of its modules, under the module's name, in each way of asking that applies. The suite's part is played
//! here: a wallet that answers rightly or wrongly, and a verifier that asks so.

mod conformance_mdoc;
mod conformance_verifier;
mod conformance_wallet;
mod our_verifier;
mod our_wallet;
mod suite_verifier;
mod suite_wallet;
mod world;

use serde_json::Value;

/// How a request reaches the wallet and the answer the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `request_uri`, `direct_post.jwt`.
    Redirect,
    /// `openid4vp-v1-unsigned`, `dc_api.jwt`.
    Unsigned,
    /// `openid4vp-v1-signed`, `dc_api.jwt`.
    Signed,
    /// `openid4vp-v1-multisigned`, `dc_api.jwt`.
    Multisigned,
}

/// A request on its way.
pub enum Sent {
    /// What lies at the `request_uri` of a link.
    Object {
        /// The link.
        link: String,
        /// The request object.
        object: String,
    },
    /// A call of the browser's API.
    Call {
        /// The protocol.
        protocol: &'static str,
        /// The data.
        data: Value,
    },
}

/// An answer on its way.
#[derive(Debug, Clone)]
pub enum Posted {
    /// To the `response_uri`.
    Form(Vec<(String, String)>),
    /// Through the browser.
    Data {
        /// The protocol.
        protocol: &'static str,
        /// The data.
        data: Value,
    },
}

/// One test for each way that is named.
macro_rules! in_ways {
    ($($name:ident: $($way:ident)+ => $test:expr;)*) => {
        $(mod $name {
            $(#[test]
            #[expect(non_snake_case, reason = "named after the way")]
            fn $way() {
                use super::*;
                let test: fn(crate::Way) = $test;
                test(crate::Way::$way);
            })+
        })*
    };
}
pub(crate) use in_ways;
