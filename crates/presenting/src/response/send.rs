//! The wallet's side.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::jwe::{self, Enc, JweError, PartyInfo};
use mibun_crypto::key::Jwk;
use serde_json::{Value, json};

use super::{ErrorCode, Posting};
use crate::dcql::VpToken;
use crate::request::{Report, ResponseWay, VerifiedRequest};

/// The answer to `request`, as the request wants it to travel.
pub fn answer(request: &VerifiedRequest, token: &VpToken, entropy: &mut dyn Entropy) -> Result<Posting, JweError> {
    let form = match &request.response {
        ResponseWay::Plain => plain(request, token),
        ResponseWay::Encrypted { key, enc } => {
            let mut payload = json!({ "vp_token": token.to_value() });
            if let Some(state) = &request.state {
                payload["state"] = state.clone().into();
            }
            vec![("response", envelope(&payload, (key, *enc), &request.nonce, entropy)?)]
        }
    };
    Ok(Posting { uri: request.response_uri.clone(), form })
}

/// `payload` for the holder of the asker's key alone.
pub(crate) fn envelope(
    payload: &Value,
    (key, enc): (&Jwk, Enc),
    nonce: &str,
    entropy: &mut dyn Entropy,
) -> Result<String, JweError> {
    // The nonces bind the envelope to this exchange: the asker's as `apv`, one of ours as `apu`.
    let wallet_nonce = entropy.token(16);
    let party = PartyInfo { apu: Some(wallet_nonce.as_bytes()), apv: Some(nonce.as_bytes()) };
    jwe::encrypt(payload.to_string().as_bytes(), key, enc, party, entropy)
}

/// The refusal of a request whose asker is known.
pub fn decline(report: &Report, code: ErrorCode) -> Posting {
    let mut form = vec![("error", code.wire().to_owned())];
    form.extend(report.state.clone().map(|state| ("state", state)));
    Posting { uri: report.response_uri.clone(), form }
}

fn plain(request: &VerifiedRequest, token: &VpToken) -> Vec<(&'static str, String)> {
    let mut form = vec![("vp_token", token.to_value().to_string())];
    form.extend(request.state.clone().map(|state| ("state", state)));
    form
}
