use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::chain::ChainError;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use serde_json::{Map, Value, json};

use super::{Claims, MAX_TOKEN_BYTES, TYP, TokenError, encode, verify, verify_accepting};
use crate::Status;
use crate::list::{ListError, StatusList};

const NOW: Timestamp = Timestamp(1_800_000_000);
const URI: &str = "https://issuer.example/status/1";
const VALIDITY: Validity = Validity { not_before: Timestamp(1_790_000_000), not_after: Timestamp(1_810_000_000) };

struct Authority {
    root: Certificate,
    leaf: Certificate,
    key: SoftwareKey,
}

fn authority(purpose: Purpose) -> Authority {
    authority_of(Algorithm::Es256, purpose)
}

fn authority_of(algorithm: Algorithm, purpose: Purpose) -> Authority {
    let mut entropy = SeededEntropy::new("status authority");
    let subject = |name: &str| Subject { common_name: name.into(), organisation: None, country: Some("UT".into()) };
    let root_key = SoftwareKey::generate(&mut entropy);
    let spec = AuthoritySpec { subject: subject("Root"), validity: VALIDITY, path_length: None };
    let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
    let key = SoftwareKey::generate_for(algorithm, &mut entropy);
    let spec = LeafSpec {
        subject: subject("Signer"),
        alternative_names: Vec::new(),
        purpose,
        validity: VALIDITY,
        subject_key: key.public_key(),
    };
    let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
    Authority { root, leaf, key }
}

fn claims() -> Claims {
    Claims { subject: URI.into(), issued_at: NOW, expires_at: Some(NOW.plus_seconds(1000)), ttl: Some(900) }
}

fn list() -> StatusList {
    let mut list = StatusList::new(2, 1024).expect("a list");
    list.set(77, Status::Invalid).expect("an entry");
    list.set(78, Status::Suspended).expect("an entry");
    list
}

impl Authority {
    fn token(&self) -> String {
        encode(&claims(), &list(), &[self.leaf.der().to_vec()], &self.key).expect("signs")
    }

    fn verify(&self, token: &str) -> Result<super::VerifiedList, TokenError> {
        verify(token, URI, std::slice::from_ref(&self.root), NOW)
    }

    /// A token with another header or payload, properly signed.
    fn forge(&self, typ: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut payload = json!({
            "sub": URI, "iat": NOW, "exp": NOW.0 + 1000, "ttl": 900,
            "status_list": { "bits": 2, "lst": base64url::encode(&list().compress()) },
        });
        change(&mut payload);
        let mut header = Map::new();
        header.insert("typ".into(), typ.into());
        header.insert("x5c".into(), json!([base64url::encode_standard(self.leaf.der())]));
        jws::sign(header, payload.to_string().as_bytes(), &self.key).expect("signs")
    }

    fn refusal(&self, change: impl FnOnce(&mut Value)) -> TokenError {
        self.verify(&self.forge(TYP, change)).expect_err("must be refused")
    }
}

#[test]
fn a_signed_list_is_read_back() {
    let authority = authority(Purpose::StatusSigner);
    let verified = authority.verify(&authority.token()).expect("our own token");
    assert_eq!(verified.claims, claims());
    assert_eq!(verified.list.get(77), Ok(Status::Invalid));
    assert_eq!(verified.list.get(78), Ok(Status::Suspended));
    assert_eq!(verified.list.get(79), Ok(Status::Valid));
}

#[test]
fn lists_of_the_usual_algorithms_are_accepted() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let authority = authority_of(algorithm, Purpose::StatusSigner);
        let verified = authority.verify(&authority.token()).expect("our own token");
        assert_eq!(verified.list.get(77), Ok(Status::Invalid), "{algorithm}");
    }
}

#[test]
fn a_list_of_ml_dsa_is_accepted_only_where_it_is_named() {
    let authority = authority_of(Algorithm::MlDsa65, Purpose::StatusSigner);
    let token = authority.token();
    assert_eq!(authority.verify(&token), Err(TokenError::Chain(ChainError::Algorithm(0))));
    let named = Accepted::HAIP.and(Algorithm::MlDsa65);
    let verified = verify_accepting(&token, URI, std::slice::from_ref(&authority.root), NOW, named);
    assert_eq!(verified.expect("it is named").list.get(77), Ok(Status::Invalid));
}

#[test]
fn a_key_signs_for_no_other_algorithm_than_its_own() {
    let authority = authority(Purpose::StatusSigner);
    for name in ["ES384", "EdDSA", "ML-DSA-65", "none", "HS256"] {
        let token = authority.token();
        let (header, rest) = token.split_once('.').expect("three parts");
        let header = base64url::decode(header).expect("base64url");
        let mut header: Value = serde_json::from_slice(&header).expect("JSON");
        header["alg"] = name.into();
        let lying = format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()));
        let spoken = !matches!(name, "none" | "HS256");
        let expected = if spoken { JwsError::KeyMismatch } else { JwsError::Algorithm };
        assert_eq!(authority.verify(&lying), Err(TokenError::Jws(expected)), "{name}");
    }
}

#[test]
fn another_type_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    for typ in ["JWT", "status_list+jwt", "dc+sd-jwt"] {
        assert_eq!(authority.verify(&authority.forge(typ, |_| {})), Err(TokenError::WrongType));
    }
}

#[test]
fn a_signer_of_cards_may_not_sign_lists() {
    let authority = authority(Purpose::DocumentSigner);
    assert!(matches!(authority.verify(&authority.token()), Err(TokenError::Chain(_))));
}

#[test]
fn a_foreign_root_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let mut entropy = SeededEntropy::new("another");
    let key = SoftwareKey::generate(&mut entropy);
    let subject = Subject { common_name: "Other".into(), organisation: None, country: None };
    let spec = AuthoritySpec { subject, validity: VALIDITY, path_length: None };
    let other = issue_root(&spec, &key, &mut entropy).expect("a root");
    let refused = verify(&authority.token(), URI, &[other], NOW);
    assert_eq!(refused, Err(TokenError::Chain(ChainError::UnknownAuthority)));
}

#[test]
fn the_list_of_another_address_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    assert_eq!(
        authority.refusal(|payload| payload["sub"] = json!("https://issuer.example/status/2")),
        TokenError::WrongSubject
    );
}

#[test]
fn time_is_checked_to_the_second() {
    let authority = authority(Purpose::StatusSigner);
    let at = |change: fn(&mut Value)| authority.verify(&authority.forge(TYP, change)).map(|_| ());
    assert_eq!(at(|payload| payload["exp"] = json!(NOW.0 - 60)), Err(TokenError::Expired));
    assert_eq!(at(|payload| payload["exp"] = json!(NOW.0 - 59)), Ok(()));
    assert_eq!(at(|payload| payload["iat"] = json!(NOW.0 + 61)), Err(TokenError::NotYetValid));
    assert_eq!(at(|payload| payload["iat"] = json!(NOW.0 + 60)), Ok(()));
}

#[test]
fn missing_and_malformed_members_are_named() {
    let authority = authority(Purpose::StatusSigner);
    let remove = |name: &'static str| {
        authority.refusal(move |payload| {
            payload.as_object_mut().expect("an object").remove(name);
        })
    };
    assert_eq!(remove("sub"), TokenError::Member("sub"));
    assert_eq!(remove("iat"), TokenError::Member("iat"));
    assert_eq!(remove("status_list"), TokenError::Member("status_list"));
    assert_eq!(authority.refusal(|payload| payload["ttl"] = json!(0)), TokenError::Member("ttl"));
    assert_eq!(authority.refusal(|payload| payload["ttl"] = json!(90.5)), TokenError::Member("ttl"));
    assert_eq!(authority.refusal(|payload| payload["sub"] = json!([URI])), TokenError::Member("sub"));
    assert_eq!(authority.refusal(|payload| payload["iat"] = json!("now")), TokenError::Member("iat"));
    assert_eq!(authority.refusal(|payload| payload["status_list"] = json!([])), TokenError::Member("bits"));
    assert_eq!(authority.refusal(|payload| payload["status_list"]["bits"] = json!("1")), TokenError::Member("bits"));
    assert_eq!(authority.refusal(|payload| payload["status_list"]["lst"] = json!([1])), TokenError::Member("lst"));
    assert_eq!(authority.refusal(|payload| payload["exp"] = json!("soon")), TokenError::Member("exp"));
    assert_eq!(authority.refusal(|payload| payload["status_list"]["bits"] = json!(256)), TokenError::Member("bits"));
    assert_eq!(authority.refusal(|payload| payload["status_list"]["lst"] = json!("eN=")), TokenError::Member("lst"));
}

#[test]
fn a_list_of_odd_bits_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let refused = authority.refusal(|payload| payload["status_list"]["bits"] = json!(3));
    assert_eq!(refused, TokenError::List(ListError::Bits));
}

#[test]
fn any_changed_letter_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let token = authority.token();
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert!(changed == token || authority.verify(&changed).is_err(), "letter {at}");
    }
}

#[test]
fn a_list_that_wants_to_be_fetched_all_the_time_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    assert_eq!(authority.refusal(|payload| payload["ttl"] = json!(59)), TokenError::ShortTtl);
    assert!(authority.verify(&authority.forge(TYP, |payload| payload["ttl"] = json!(60))).is_ok());
}

#[test]
fn end_and_ttl_may_be_absent() {
    let authority = authority(Purpose::StatusSigner);
    let bare = Claims { expires_at: None, ttl: None, ..claims() };
    let token = encode(&bare, &list(), &[authority.leaf.der().to_vec()], &authority.key).expect("signs");
    assert_eq!(authority.verify(&token).map(|verified| verified.claims), Ok(bare));
}

/// The header and payload of a good token under another header, with the signature as it was.
fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').expect("three parts");
    format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
}

#[test]
fn an_unsigned_token_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let token = with_header(&authority.token(), &json!({ "alg": "none", "typ": TYP }));
    assert_eq!(authority.verify(&token), Err(TokenError::Jws(JwsError::Algorithm)));
}

#[test]
fn a_token_with_a_shared_secret_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let token = with_header(&authority.token(), &json!({ "alg": "HS256", "typ": TYP }));
    assert_eq!(authority.verify(&token), Err(TokenError::Jws(JwsError::Algorithm)));
}

#[test]
fn a_token_without_certificates_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let token = with_header(&authority.token(), &json!({ "alg": "ES256", "typ": TYP }));
    assert_eq!(authority.verify(&token), Err(TokenError::Chain(ChainError::Empty)));
}

#[test]
fn a_token_with_its_anchor_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let chain = [authority.leaf.der().to_vec(), authority.root.der().to_vec()];
    let token = encode(&claims(), &list(), &chain, &authority.key).expect("signs");
    assert_eq!(authority.verify(&token), Err(TokenError::Chain(ChainError::AnchorIncluded)));
}

#[test]
fn a_root_that_signs_lists_itself_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let token = encode(&claims(), &list(), &[authority.root.der().to_vec()], &authority.key).expect("signs");
    assert_eq!(authority.verify(&token), Err(TokenError::Chain(ChainError::SelfSignedLeaf)));
}

#[test]
fn a_signer_whose_certificate_has_ended_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let later = VALIDITY.not_after.plus_seconds(1);
    let refused = verify(&authority.token(), URI, std::slice::from_ref(&authority.root), later);
    assert_eq!(refused, Err(TokenError::Chain(ChainError::Expired(0))));
}

#[test]
fn another_key_than_the_certified_one_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let thief = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    let token = encode(&claims(), &list(), &[authority.leaf.der().to_vec()], &thief).expect("signs");
    assert_eq!(authority.verify(&token), Err(TokenError::Jws(JwsError::Signature)));
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let mut header = Map::new();
    header.insert("typ".into(), TYP.into());
    header.insert("x5c".into(), json!([base64url::encode_standard(authority.leaf.der())]));
    let token = jws::sign(header, b"[]", &authority.key).expect("signs");
    assert_eq!(authority.verify(&token), Err(TokenError::Jws(JwsError::PayloadNotAnObject)));
}

#[test]
fn a_payload_that_names_its_subject_twice_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let mut header = Map::new();
    header.insert("typ".into(), TYP.into());
    header.insert("x5c".into(), json!([base64url::encode_standard(authority.leaf.der())]));
    let payload = format!(r#"{{"sub":"{URI}","sub":"{URI}","iat":1}}"#);
    let token = jws::sign(header, payload.as_bytes(), &authority.key).expect("signs");
    let duplicate = mibun_crypto::json::JsonError::DuplicateMember;
    assert_eq!(authority.verify(&token), Err(TokenError::Jws(JwsError::PayloadJson(duplicate))));
}

#[test]
fn text_that_is_no_token_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    for text in ["", "a", "a.b", "{}", "not a token"] {
        assert_eq!(authority.verify(text), Err(TokenError::Jws(JwsError::Form)), "{text:?}");
    }
}

#[test]
fn a_token_that_is_too_long_is_not_even_read() {
    let authority = authority(Purpose::StatusSigner);
    assert_eq!(authority.verify(&"A".repeat(MAX_TOKEN_BYTES + 1)), Err(TokenError::Jws(JwsError::TooLong)));
}

fn packed(bytes: &[u8]) -> Value {
    json!(base64url::encode(bytes))
}

#[test]
fn a_signed_bomb_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let zeros = StatusList::new(8, crate::list::MAX_ENTRIES).expect("a list").compress();
    let refused = authority.refusal(|payload| payload["status_list"] = json!({ "bits": 1, "lst": packed(&zeros) }));
    assert_eq!(refused, TokenError::List(ListError::TooLarge));
}

#[test]
fn a_list_with_something_after_it_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let mut more = list().compress();
    more.push(0);
    let refused = authority.refusal(|payload| payload["status_list"]["lst"] = packed(&more));
    assert_eq!(refused, TokenError::List(ListError::Trailing));
}

#[test]
fn a_list_that_is_cut_off_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let mut less = list().compress();
    less.pop();
    let refused = authority.refusal(|payload| payload["status_list"]["lst"] = packed(&less));
    assert_eq!(refused, TokenError::List(ListError::Compression));
}

#[test]
fn an_empty_list_is_refused() {
    let authority = authority(Purpose::StatusSigner);
    let refused = authority.refusal(|payload| payload["status_list"]["lst"] = json!(""));
    assert_eq!(refused, TokenError::List(ListError::Compression));
    // zlib of nothing.
    let refused = authority.refusal(|payload| payload["status_list"]["lst"] = packed(&[0x78, 0x9c, 3, 0, 0, 0, 0, 1]));
    assert_eq!(refused, TokenError::List(ListError::Size));
}
