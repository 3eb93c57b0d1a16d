use mibun_crypto::cbor::{CborError, Value};
use mibun_crypto::cose::{self, CoseError, Draft, Payload, TYP, X5CHAIN};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::chain::ChainError;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};

use super::{MEDIA_TYPE, encode, verify, verify_accepting};
use crate::Status;
use crate::list::{ListError, StatusList};
use crate::token::{Claims, MAX_TOKEN_BYTES, TokenError, VerifiedList};

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

fn signer() -> Authority {
    authority(Purpose::StatusSigner)
}

fn claims() -> Claims {
    Claims { subject: URI.into(), issued_at: NOW, expires_at: Some(NOW.plus_seconds(1000)), ttl: Some(900) }
}

fn list() -> StatusList {
    StatusList::from_entries(2, 1024, [(77, Status::Invalid), (78, Status::Suspended)]).expect("a list")
}

fn packed(bits: i64, lst: Vec<u8>) -> Value {
    Value::object([("bits", bits.into()), ("lst", lst.into())])
}

impl Authority {
    fn token(&self) -> Vec<u8> {
        encode(&claims(), &list(), &[self.leaf.der().to_vec()], &self.key).expect("signs")
    }

    fn verify(&self, token: &[u8]) -> Result<VerifiedList, TokenError> {
        verify(token, URI, std::slice::from_ref(&self.root), NOW)
    }

    fn protected(&self) -> Vec<(i64, Value)> {
        vec![(TYP, MEDIA_TYPE.into()), (X5CHAIN, cose::x5chain(&[self.leaf.der().to_vec()]))]
    }

    /// A token with this header and payload, properly signed by `key`.
    fn signed(&self, protected: Vec<(i64, Value)>, payload: &[u8], key: &SoftwareKey) -> Vec<u8> {
        let draft = Draft::new(key.algorithm(), protected, Vec::new(), Payload::Attached(payload));
        let signature = key.sign(&draft.to_be_signed(&[])).expect("signs");
        draft.attach(signature).to_bytes()
    }

    /// The refusal of a token in which these claims are replaced, or left out where they are null.
    fn refusal(&self, changes: &[(i64, Value)]) -> TokenError {
        let mut members = vec![
            (2, URI.into()),
            (6, NOW.0.into()),
            (4, (NOW.0 + 1000).into()),
            (65_534, 900.into()),
            (65_533, packed(2, list().compress())),
        ];
        members.retain(|(label, _)| !changes.iter().any(|(own, _)| own == label));
        members.extend(changes.iter().filter(|(_, value)| *value != Value::Null).cloned());
        let token = self.signed(self.protected(), &Value::labels(members).to_bytes(), &self.key);
        self.verify(&token).expect_err("must be refused")
    }
}

#[test]
fn a_signed_list_is_read_back() {
    let signer = signer();
    let verified = signer.verify(&signer.token()).expect("our own token");
    assert_eq!(verified.claims, claims());
    assert_eq!(verified.list, list());
}

#[test]
fn a_list_without_end_and_ttl_is_read_back() {
    let signer = signer();
    let open = Claims { expires_at: None, ttl: None, ..claims() };
    let token = encode(&open, &list(), &[signer.leaf.der().to_vec()], &signer.key).expect("signs");
    assert_eq!(signer.verify(&token).map(|verified| verified.claims), Ok(open));
}

#[test]
fn certificates_in_the_unprotected_header_are_taken() {
    let signer = signer();
    let payload =
        Value::labels([(2, URI.into()), (6, NOW.0.into()), (65_533, packed(2, list().compress()))]).to_bytes();
    let unprotected = vec![(X5CHAIN, cose::x5chain(&[signer.leaf.der().to_vec()]))];
    let typ = vec![(TYP, MEDIA_TYPE.into())];
    let draft = Draft::new(Algorithm::Es256, typ, unprotected, Payload::Attached(&payload));
    let signature = signer.key.sign(&draft.to_be_signed(&[])).expect("signs");
    assert!(signer.verify(&draft.attach(signature).to_bytes()).is_ok());
}

#[test]
fn another_type_is_refused() {
    let signer = signer();
    for typ in ["statuslist+cwt", "application/statuslist+jwt", "application/cwt"] {
        let mut protected = signer.protected();
        protected[0].1 = typ.into();
        assert_eq!(signer.verify(&signer.signed(protected, b"\xa0", &signer.key)), Err(TokenError::WrongType));
    }
    let untyped = vec![signer.protected().remove(1)];
    assert_eq!(signer.verify(&signer.signed(untyped, b"\xa0", &signer.key)), Err(TokenError::WrongType));
}

#[test]
fn a_type_that_is_not_protected_is_refused() {
    let signer = signer();
    let unprotected = vec![(TYP, MEDIA_TYPE.into())];
    let draft = Draft::new(Algorithm::Es256, Vec::new(), unprotected, Payload::Attached(b"\xa0"));
    let signature = signer.key.sign(&draft.to_be_signed(&[])).expect("signs");
    assert_eq!(signer.verify(&draft.attach(signature).to_bytes()), Err(TokenError::WrongType));
}

#[test]
fn a_signer_of_cards_may_not_sign_lists() {
    let signer = authority(Purpose::DocumentSigner);
    assert_eq!(signer.verify(&signer.token()), Err(TokenError::Chain(ChainError::WrongPurpose(0))));
}

#[test]
fn a_token_without_certificates_is_refused() {
    let signer = signer();
    let token = signer.signed(vec![(TYP, MEDIA_TYPE.into())], b"\xa0", &signer.key);
    assert_eq!(signer.verify(&token), Err(TokenError::Chain(ChainError::Empty)));
}

#[test]
fn an_anchor_that_comes_along_is_refused() {
    let signer = signer();
    let chain = [signer.leaf.der().to_vec(), signer.root.der().to_vec()];
    let token = encode(&claims(), &list(), &chain, &signer.key).expect("signs");
    assert_eq!(signer.verify(&token), Err(TokenError::Chain(ChainError::AnchorIncluded)));
}

#[test]
fn another_key_is_refused() {
    let signer = signer();
    let other = SoftwareKey::generate(&mut SeededEntropy::new("other"));
    let token = signer.signed(signer.protected(), b"\xa0", &other);
    assert_eq!(signer.verify(&token), Err(TokenError::Cose(CoseError::Signature)));
}

#[test]
fn lists_of_the_usual_algorithms_are_accepted() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let signer = authority_of(algorithm, Purpose::StatusSigner);
        let verified = signer.verify(&signer.token()).expect("our own token");
        assert_eq!(verified.list.get(77), Ok(Status::Invalid), "{algorithm}");
    }
}

#[test]
fn a_list_of_ml_dsa_is_accepted_only_where_it_is_named() {
    let signer = authority_of(Algorithm::MlDsa65, Purpose::StatusSigner);
    let token = signer.token();
    assert_eq!(signer.verify(&token), Err(TokenError::Chain(ChainError::Algorithm(0))));
    let named = Accepted::HAIP.and(Algorithm::MlDsa65);
    let verified = verify_accepting(&token, URI, std::slice::from_ref(&signer.root), NOW, named);
    assert_eq!(verified.expect("it is named").list.get(77), Ok(Status::Invalid));
}

#[test]
fn another_algorithm_is_refused() {
    let signer = signer();
    let other = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("other"));
    let token = signer.signed(signer.protected(), b"\xa0", &other);
    assert_eq!(signer.verify(&token), Err(TokenError::Cose(CoseError::KeyMismatch)));
}

#[test]
fn a_code_instead_of_a_signature_is_refused() {
    let code = cose::mac0(Payload::Attached(b"\xa0"), &[1; 32]);
    let signer = signer();
    assert_eq!(signer.verify(&code.to_bytes()), Err(TokenError::Cose(CoseError::Algorithm)));
    let tagged = Value::Tag(cose::TAG_MAC0, Box::new(code)).to_bytes();
    assert_eq!(signer.verify(&tagged), Err(TokenError::Cose(CoseError::WrongTag)));
}

#[test]
fn a_detached_list_is_refused() {
    let signer = signer();
    let draft = Draft::new(Algorithm::Es256, signer.protected(), Vec::new(), Payload::Detached(b"\xa0"));
    let signature = signer.key.sign(&draft.to_be_signed(&[])).expect("signs");
    assert_eq!(signer.verify(&draft.attach(signature).to_bytes()), Err(TokenError::Cose(CoseError::NoPayload)));
}

#[test]
fn the_list_of_another_address_is_refused() {
    assert_eq!(signer().refusal(&[(2, "https://issuer.example/status/2".into())]), TokenError::WrongSubject);
}

#[test]
fn a_list_out_of_its_time_is_refused() {
    assert_eq!(signer().refusal(&[(4, (NOW.0 - 60).into())]), TokenError::Expired);
    assert_eq!(signer().refusal(&[(6, (NOW.0 + 61).into())]), TokenError::NotYetValid);
}

#[test]
fn a_list_that_wants_to_be_fetched_for_every_check_is_refused() {
    assert_eq!(signer().refusal(&[(65_534, 59.into())]), TokenError::ShortTtl);
}

#[test]
fn claims_that_are_missing_or_malformed_are_refused() {
    for (label, value, name) in [
        (2, Value::Null, "sub"),
        (2, 1.into(), "sub"),
        (6, Value::Null, "iat"),
        (6, Value::Float(1.0), "iat"),
        (4, "soon".into(), "exp"),
        (65_534, 0.into(), "ttl"),
        (65_534, (-1).into(), "ttl"),
        (65_533, Value::Null, "status_list"),
        (65_533, Value::object([("lst", vec![0].into())]), "bits"),
        (65_533, packed(256, vec![0]), "bits"),
        (65_533, Value::object([("bits", 1.into())]), "lst"),
        (65_533, Value::object([("bits", 1.into()), ("lst", "text".into())]), "lst"),
    ] {
        assert_eq!(signer().refusal(&[(label, value)]), TokenError::Member(name));
    }
}

#[test]
fn a_list_that_does_not_unpack_is_refused() {
    assert_eq!(signer().refusal(&[(65_533, packed(3, list().compress()))]), TokenError::List(ListError::Bits));
    assert_eq!(signer().refusal(&[(65_533, packed(2, vec![0; 8]))]), TokenError::List(ListError::Compression));
}

#[test]
fn a_bomb_is_refused() {
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut bomb, &vec![0; 8 << 20]).expect("memory");
    let bomb = bomb.finish().expect("memory");
    assert!(bomb.len() < 16_384, "small as it travels");
    assert_eq!(signer().refusal(&[(65_533, packed(1, bomb))]), TokenError::List(ListError::TooLarge));
}

#[test]
fn a_payload_that_is_not_read_strictly_is_refused() {
    let signer = signer();
    let found = |payload: &[u8]| signer.verify(&signer.signed(signer.protected(), payload, &signer.key));
    assert_eq!(found(b"\xa2\x02\x61a\x02\x61b"), Err(TokenError::Cbor(CborError::DuplicateKey)));
    assert_eq!(found(b"\xbf\xff"), Err(TokenError::Cbor(CborError::Indefinite)));
    assert_eq!(found(&[0x81; 64]), Err(TokenError::Cbor(CborError::TooDeep)));
    assert_eq!(found(b""), Err(TokenError::Cbor(CborError::CutOff)));
    assert_eq!(found(b"\x01"), Err(TokenError::Member("sub")));
}

#[test]
fn a_token_that_is_too_long_is_refused() {
    let found = signer().verify(&vec![0; MAX_TOKEN_BYTES + 1]);
    assert_eq!(found, Err(TokenError::Cose(CoseError::Cbor(CborError::TooLong))));
}

#[test]
fn a_token_in_json_is_refused() {
    let found = signer().verify(b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA");
    assert_eq!(found, Err(TokenError::Cose(CoseError::Cbor(CborError::Trailing))));
}

#[test]
fn any_flipped_bit_is_refused() {
    let signer = signer();
    let good = signer.token();
    for bit in 0..8 * good.len() {
        let mut changed = good.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(signer.verify(&changed).is_err(), "bit {bit}");
    }
}
