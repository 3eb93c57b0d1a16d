//! OpenID4VP 1.0 sections B.2.6.1 and B.2.6.2.

use mibun_card::mdoc::SessionTranscript;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_vectors::{Test, from_hex, read_json};
use serde_json::Value;

use super::{Checked, same, test, text};

pub fn tests() -> Vec<Test> {
    vec![
        test("openid4vp::redirect", redirect),
        test("openid4vp::dc_api", dc_api),
        test("openid4vp::the_thumbprint_is_that_of_the_key", thumbprint_of_key),
        test("openid4vp::an_answer_in_the_open_has_another_transcript", in_the_open),
    ]
}

fn file() -> Value {
    read_json("vectors/openid4vp/mdoc_session_transcript.json")
}

fn member<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    value[name].as_str().ok_or_else(|| format!("no {name}"))
}

fn thumbprint() -> Result<[u8; 32], String> {
    from_hex(member(&file(), "jwk_thumbprint_sha256")?)?.try_into().map_err(|_| "not 32 bytes".to_owned())
}

fn redirect() -> Checked {
    let vector = &file()["redirect"];
    let [client, nonce, uri] = ["client_id", "nonce", "response_uri"].map(|name| member(vector, name));
    let made = SessionTranscript::openid4vp(client?, nonce?, Some(&thumbprint()?), uri?);
    same(&made.as_bytes().to_vec(), &from_hex(member(vector, "SessionTranscript")?)?)
}

fn dc_api() -> Checked {
    let vector = &file()["dcapi"];
    let [origin, nonce] = ["origin", "nonce"].map(|name| member(vector, name));
    let made = SessionTranscript::openid4vp_dc_api(origin?, nonce?, Some(&thumbprint()?));
    same(&made.as_bytes().to_vec(), &from_hex(member(vector, "SessionTranscript")?)?)
}

fn thumbprint_of_key() -> Checked {
    let mut jwk = Jwk::from_value(&file()["jwk"]).map_err(text)?;
    // Thumbprints are over the public numbers alone; this key is for encryption, ours for signatures.
    (jwk.alg, jwk.public_key_use) = (None, None);
    same(&PublicKey::from_jwk(&jwk).map_err(text)?.thumbprint(), &thumbprint()?)
}

fn in_the_open() -> Checked {
    let open = SessionTranscript::openid4vp("client", "nonce", None, "https://example.com");
    let encrypted = SessionTranscript::openid4vp("client", "nonce", Some(&thumbprint()?), "https://example.com");
    if open == encrypted { Err("the same transcript".to_owned()) } else { Ok(()) }
}
