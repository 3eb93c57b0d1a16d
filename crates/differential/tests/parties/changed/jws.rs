//! Signed messages, in every algorithm that is spoken.

use mibun_crypto::base64url;
use mibun_crypto::digest::hmac_sha256;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use serde_json::{Value, json};

use super::json::{self, Spelling};
use super::{Changed, Class, Dice, Expect, class, text};
use crate::world::key_of;

/// Classes that no key knows of.
pub const UNSIGNED: [Class; 10] = text::classes!(base);

/// Classes that are signed, and those about who signs.
pub const SIGNED: [Class; 17] = [
    class("spaced", Expect::Accept, |dice| spelt(Spelling::Spaced, dice)),
    class("members in another order", Expect::Accept, |dice| spelt(Spelling::Shuffled, dice)),
    class("escaped", Expect::Accept, |dice| spelt(Spelling::Escaped, dice)),
    class("a header member twice", Expect::Refuse, |dice| doubled(true, dice)),
    class("a payload member twice", Expect::Refuse, |dice| doubled(false, dice)),
    class("another header", Expect::Either, other_header),
    class("a header of registered names", Expect::Either, registered_header),
    class("another payload", Expect::Either, other_payload),
    class("a payload that is no object", Expect::Refuse, no_object),
    class("a payload that is no JSON", Expect::Refuse, no_json),
    class("another name of the algorithm", Expect::Either, other_algorithm),
    class("the other name of EdDSA", Expect::Accept, other_name),
    class("no algorithm and no signature", Expect::Refuse, none),
    class("a MAC under the public key", Expect::Refuse, mac),
    class("the signature of another key", Expect::Refuse, other_key),
    class("the signature of other content", Expect::Refuse, other_content),
    class("a signature of another length", Expect::Refuse, other_length),
];

/// Every member of a header that RFC 7515, 7797 and 8555 register, and what should not be in it.
const ODD_MEMBERS: &[(&str, &[&str])] = &[
    ("crit", &[r#"["exp"]"#, "[]", r#"["b64"]"#, r#"["alg"]"#, r#""exp""#, "null", r#"["x","x"]"#]),
    ("b64", &["false", "true", "0", "null"]),
    ("typ", &["1", "null", r#""""#, r#""at+jwt""#, r#"["JWT"]"#]),
    ("cty", &["1", r#""JWT""#, "null"]),
    ("kid", &["1", r#""another""#, "null", r#""../../key""#]),
    ("jku", &["1", r#""https://other.example/keys""#, "null"]),
    ("x5u", &["1", r#""https://other.example/chain""#, "null"]),
    ("x5t", &["1", r#""x""#, "null"]),
    ("x5t#S256", &["1", r#""x""#, "null"]),
    ("x5c", &["[]", r#"["x"]"#, r#"[1]"#, r#""MAo=""#, "null"]),
    ("jwk", &["{}", r#"{"kty":"oct","k":"AA"}"#, r#""x""#, "null", r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#]),
    ("zip", &[r#""DEF""#, "1", "null"]),
    ("enc", &[r#""A128GCM""#, "1"]),
    ("url", &["1", r#""https://other.example""#]),
    ("nonce", &["1", r#""x""#]),
    ("alg", &["null", "1", r#"["ES256"]"#, r#""ES256 ""#]),
];

/// The message of `header` and `payload` as they are written, signed by `key`.
pub fn signed(header: &str, payload: &[u8], key: &dyn Signer) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let signature = key.sign(input.as_bytes()).expect("the key signs");
    jws::attach(input, &signature)
}

/// The text of `header` with one more member of a registered name, which may be there already.
pub fn with_odd_member(header: &Value, dice: &mut Dice) -> String {
    let (name, values) = dice.pick(ODD_MEMBERS);
    let mut header = header.clone();
    header.as_object_mut().expect("an object").remove(name);
    let text = header.to_string();
    format!(r#"{},"{name}":{}}}"#, text.trim_end_matches('}'), dice.pick(values))
}

fn draw(dice: &mut Dice) -> Algorithm {
    dice.pick(&[Algorithm::Es256, Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa])
}

fn header(algorithm: Algorithm) -> Value {
    json!({ "alg": algorithm.as_jose(), "kid": "1", "typ": "JWT" })
}

fn payload() -> Value {
    json!({ "iss": "https://id.example", "sub": "山田", "iat": 1_800_000_000, "nested": { "list": [1, null, 2.5, true] } })
}

fn base(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    changed(&header(algorithm).to_string(), payload().to_string().as_bytes(), algorithm)
}

fn changed(header: &str, payload: &[u8], algorithm: Algorithm) -> Changed {
    Changed { token: signed(header, payload, &key_of(algorithm)), algorithm }
}

fn spelt(spelling: Spelling, dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let header = json::spell(&header(algorithm), spelling, dice);
    changed(&header, json::spell(&payload(), spelling, dice).as_bytes(), algorithm)
}

fn doubled(in_header: bool, dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let spelling = |this| if this { Spelling::Doubled } else { Spelling::Plain };
    let header = json::spell(&header(algorithm), spelling(in_header), dice);
    changed(&header, json::spell(&payload(), spelling(!in_header), dice).as_bytes(), algorithm)
}

fn other_header(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let mut header = header(algorithm);
    json::change(&mut header, dice);
    changed(&header.to_string(), payload().to_string().as_bytes(), algorithm)
}

fn registered_header(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let header = with_odd_member(&header(algorithm), dice);
    changed(&header, payload().to_string().as_bytes(), algorithm)
}

fn other_payload(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let mut payload = payload();
    json::change(&mut payload, dice);
    changed(&header(algorithm).to_string(), payload.to_string().as_bytes(), algorithm)
}

fn no_object(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let payload = dice.pick(&["[]", "null", "1", r#""text""#, "true", r#"[{"sub":"x"}]"#]);
    changed(&header(algorithm).to_string(), payload.as_bytes(), algorithm)
}

fn no_json(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let payloads: [&[u8]; 12] = [
        b"",
        b"{",
        b"{}{}",
        b"{} x",
        br#"{"a":NaN}"#,
        br#"{"a":1,}"#,
        br#"{'a':1}"#,
        br#"{"a":01}"#,
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"\xff\"}",
        br#"{"a":"\ud800"}"#,
        br#"{"a":1e999}"#,
    ];
    changed(&header(algorithm).to_string(), dice.pick(&payloads), algorithm)
}

fn other_algorithm(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let names = ["ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448", "RS256", "PS256", "HS256", "none"];
    let others: Vec<&str> = names.into_iter().filter(|name| *name != algorithm.as_jose()).collect();
    let lower = algorithm.as_jose().to_lowercase();
    let name = if dice.below(8) == 0 { lower.as_str() } else { dice.pick(&others) };
    let header = json!({ "alg": name, "typ": "JWT" });
    changed(&header.to_string(), payload().to_string().as_bytes(), algorithm)
}

fn other_name(_: &mut Dice) -> Changed {
    let header = json!({ "alg": "Ed25519", "typ": "JWT" });
    changed(&header.to_string(), payload().to_string().as_bytes(), Algorithm::EdDsa)
}

fn none(dice: &mut Dice) -> Changed {
    let header = json!({ "alg": dice.pick(&["none", "None", "NONE", "nOnE", ""]) });
    let parts = [header, payload()].map(|part| base64url::encode(part.to_string().as_bytes()));
    Changed { token: parts.join(".") + ".", algorithm: draw(dice) }
}

fn mac(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let parts = [json!({ "alg": "HS256" }), payload()].map(|part| base64url::encode(part.to_string().as_bytes()));
    let input = parts.join(".");
    let key = key_of(algorithm).public_key().clone();
    let secrets = [key.as_bytes().to_vec(), key.to_spki_der(), key.to_jwk().to_value().to_string().into_bytes()];
    let code = hmac_sha256(&dice.pick(&secrets), &[input.as_bytes()]);
    Changed { token: jws::attach(input, &code), algorithm }
}

fn other_key(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let other = SoftwareKey::generate_for(algorithm, dice.entropy());
    let mut header = header(algorithm);
    if dice.coin() {
        // Which reader believes the key that came along?
        header["jwk"] = other.public_key().to_jwk().to_value();
    }
    Changed { token: signed(&header.to_string(), payload().to_string().as_bytes(), &other), algorithm }
}

fn other_content(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let other = changed(&header(algorithm).to_string(), b"{}", algorithm).token;
    let (input, _) = base_of(algorithm);
    let (_, signature) = other.rsplit_once('.').expect("three parts");
    Changed { token: format!("{input}.{signature}"), algorithm }
}

fn other_length(dice: &mut Dice) -> Changed {
    let algorithm = draw(dice);
    let (input, signature) = base_of(algorithm);
    let mut bytes = base64url::decode(&signature).expect("our own base64url");
    match dice.below(4) {
        0 => bytes.push(0),
        1 => bytes.insert(0, 0),
        2 => bytes.truncate(dice.below(bytes.len())),
        _ => bytes = vec![0; bytes.len()],
    }
    Changed { token: jws::attach(input, &bytes), algorithm }
}

fn base_of(algorithm: Algorithm) -> (String, String) {
    let token = changed(&header(algorithm).to_string(), payload().to_string().as_bytes(), algorithm).token;
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    (input.to_owned(), signature.to_owned())
}
