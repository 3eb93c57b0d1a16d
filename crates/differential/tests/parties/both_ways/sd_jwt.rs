//! Cards as SD-JWT VC, shown with key binding.

use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::base64url;
use mibun_crypto::key::Signer;
use sd_jwt_payload::{Hasher, KeyBindingJwt, RequiredKeyBinding, SdJwtBuilder, Sha256Hasher};
use serde_json::{Map, Value, json};

use crate::crates_io::{Es256, encoding_key, now, sd_jwt_payload};
use crate::ours;
use crate::program::PYTHON;
use crate::world::{AUDIENCE, ISSUER, LIMITS, NONCE, NOW, status, world};

/// What the fixture's presentation shows of the person, and not what it hides.
#[track_caller]
fn shows_what_was_chosen(claims: &Map<String, Value>) {
    assert_eq!(claims.get("family_name"), Some(&"YAMADA".into()));
    assert_eq!(claims.get("birthdate"), Some(&"1990-04-01".into()));
    assert_eq!(claims.get("address"), Some(&json!({ "country": "JP" })));
    assert_eq!(claims.get("nationalities"), Some(&json!(["JP", "CN"])));
    assert_eq!(claims.get("status"), Some(&status()));
    for hidden in ["given_name", "personal_administrative_number", "evidence", "_sd", "_sd_alg"] {
        assert_eq!(claims.get(hidden), None, "{hidden}");
    }
}

/// Claims that stand in the open in a card of another maker.
fn open() -> Value {
    json!({
        "iss": ISSUER, "vct": vc::CARD_VCT, "iat": NOW.0, "nbf": NOW.0, "exp": NOW.0 + 86_400, "status": status(),
    })
}

fn person() -> Value {
    json!({ "family_name": "YAMADA", "given_name": "HANAKO", "nationalities": ["JP", "CN"] })
}

#[track_caller]
fn we_believe(presentation: &str) {
    ours::sd_jwt(presentation).expect("a card of another maker");
    let card = vc::read(&SdJwt::parse(presentation, &LIMITS).expect("a card")).expect("a card");
    let claims = &card.claims.claims;
    assert_eq!(claims.get("family_name"), Some(&"YAMADA".into()));
    assert_eq!(claims.get("nationalities"), Some(&json!(["CN"])));
    assert_eq!(claims.get("given_name"), None);
    assert_eq!(card.holder_key, *world().holder.public_key());
}

#[test]
fn ours_is_read_by_sd_jwt_payload_and_jsonwebtoken() {
    let claims = sd_jwt_payload(&world().presentation, world().issuer.public_key()).expect("our presentation");
    shows_what_was_chosen(&claims);
}

#[test]
fn ours_is_read_by_sd_jwt() {
    let claims = PYTHON.must(json!({
        "do": "read-sd-jwt",
        "token": world().presentation,
        "issuer": world().issuer.to_private_jwk(),
        "audience": AUDIENCE,
        "nonce": NONCE,
    }));
    shows_what_was_chosen(claims.as_object().expect("claims"));
}

#[test]
fn the_card_of_sd_jwt_payload_is_read_by_us() {
    let [issuer, holder] = [&world().issuer, &world().holder].map(|key| Es256(encoding_key(key)));
    let Value::Object(jwk) = world().holder.public_key().to_jwk().to_value() else { panic!("a JWK is an object") };
    let mut claims = open();
    claims.as_object_mut().expect("an object").extend(person().as_object().expect("an object").clone());
    let hidden = ["/nationalities/0", "/nationalities/1", "/nationalities", "/given_name", "/family_name"];
    let builder = SdJwtBuilder::new(claims).and_then(|builder| builder.header("typ", vc::TYP).add_decoys("", 3));
    let builder = hidden.iter().try_fold(builder.expect("an object"), |builder, path| builder.make_concealable(path));
    let builder = builder.expect("claims that are there").require_key_binding(RequiredKeyBinding::Jwk(jwk));
    let card = now(builder.finish(&issuer, "ES256")).expect("jsonwebtoken signs");
    let shown = card.into_presentation(&Sha256Hasher::new()).and_then(|card| card.conceal("/given_name"));
    let (mut shown, _) = shown.and_then(|card| card.conceal("/nationalities/0")).expect("claims to hide").finish();
    let proof = KeyBindingJwt::builder().iat(NOW.0).aud(AUDIENCE).nonce(NONCE);
    let proof = now(proof.finish(&shown, &Sha256Hasher::new() as &dyn Hasher, "ES256", &holder));
    shown.attach_key_binding_jwt(proof.expect("jsonwebtoken signs"));
    we_believe(&shown.presentation());
}

#[test]
fn the_card_of_sd_jwt_is_read_by_us() {
    let presentation = PYTHON.text(json!({
        "do": "make-sd-jwt",
        "open": open(),
        "hidden": person(),
        "show": { "family_name": true, "nationalities": [false, true] },
        "x5c": [base64url::encode_standard(world().leaf.der())],
        "issuer": world().issuer.to_private_jwk(),
        "holder": world().holder.to_private_jwk(),
        "audience": AUDIENCE,
        "nonce": NONCE,
    }));
    we_believe(&presentation);
}
