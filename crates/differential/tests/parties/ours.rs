//! Our own verdicts, as weak as they come: what every reader of ours checks of the token itself. What only a verifier asks
//! for besides (the time, the scene, the status) would refuse more, and hide that a token was believed.

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::mdoc::DeviceResponse;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::jwe::{self, Enc};
use mibun_crypto::jws;
use mibun_crypto::key::{PublicKey, Signer};

use crate::world::{AUDIENCE, LIMITS, NONCE, NOW, session, world};

/// Accepted, or why not.
pub type Verdict = Result<(), String>;

pub fn jws(token: &str, key: &PublicKey) -> Verdict {
    let read = jws::parse(token, &LIMITS).and_then(|jws| {
        jws.verify(key)?;
        jws.payload_json(&LIMITS)
    });
    read.map(drop).map_err(|error| error.to_string())
}

pub fn jwe(token: &str) -> Verdict {
    let opened = jwe::decrypt(token, &world().receiver, &[Enc::A128Gcm, Enc::A256Gcm], &LIMITS);
    opened.map(drop).map_err(|error| error.to_string())
}

pub fn sd_jwt(presentation: &str) -> Verdict {
    let token = SdJwt::parse(presentation, &LIMITS).map_err(|error| error.to_string())?;
    let card = vc::read(&token).map_err(|error| error.to_string())?;
    token.jws().verify(world().issuer.public_key()).map_err(|error| error.to_string())?;
    let proof = KeyBinding::parse(token.key_binding().ok_or("no key binding")?).map_err(|error| error.to_string())?;
    proof.verify(&card.holder_key).map_err(|error| error.to_string())?;
    let expected = [(&proof.nonce, NONCE), (&proof.audience, AUDIENCE), (&proof.sd_hash, &token.sd_hash())];
    let fits = expected.iter().all(|(found, expected)| found == expected);
    if fits { Ok(()) } else { Err("the key binding is for another showing".into()) }
}

pub fn mdoc(response: &[u8]) -> Verdict {
    let response = DeviceResponse::parse(response).map_err(|error| error.to_string())?;
    if response.documents.is_empty() {
        return Err("no document".into());
    }
    let anchors = [world().root.clone()];
    let verified = response.documents.iter().try_for_each(|document| document.verify(&anchors, NOW, &session(), None));
    verified.map_err(|error| error.to_string())
}
