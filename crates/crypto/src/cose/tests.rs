use super::*;
use crate::cbor;
use crate::entropy::SeededEntropy;
use crate::key::{Algorithm, PublicKey, Signer, SoftwareKey};

mod akp;

const CONTENT: &[u8] = b"This is the content.";

fn key_for(algorithm: Algorithm) -> SoftwareKey {
    SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new(algorithm.as_jose()))
}

fn key() -> SoftwareKey {
    key_for(Algorithm::Es256)
}

fn read(message: &Value) -> Result<Sign1, CoseError> {
    Sign1::parse(&message.to_bytes(), &Limits::default())
}

/// A message with these parts of a header, signed by [`key`].
fn signed(protected: Value, unprotected: Value) -> Result<Sign1, CoseError> {
    let protected = protected.to_bytes();
    let signature = key().sign(&structure("Signature1", &protected, &[], CONTENT)).expect("the key signs");
    read(&Value::Array(vec![protected.into(), unprotected, CONTENT.to_vec().into(), signature.into()]))
}

fn alg(number: i64) -> Value {
    Value::labels([(ALG, number.into())])
}

fn nothing() -> Value {
    Value::labels([])
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let key = key_for(algorithm);
        let message = read(&sign1(Vec::new(), Payload::Attached(CONTENT), &key).expect("signed")).expect("our own");
        assert_eq!(message.algorithm(), algorithm);
        assert_eq!(message.payload(), Some(CONTENT));
        assert_eq!(message.verify(key.public_key(), &[]), Ok(()));
    }
}

#[test]
fn the_fully_specified_name_of_the_same_algorithm_is_taken() {
    let message = signed(alg(-9), nothing()).expect("a message");
    assert_eq!(message.verify(key().public_key(), &[]), Ok(()));
}

#[test]
fn a_detached_payload_verifies_and_only_where_it_is_expected() {
    let message = read(&sign1(Vec::new(), Payload::Detached(CONTENT), &key()).expect("signed")).expect("our own");
    let key = key();
    assert_eq!(message.verify_detached(key.public_key(), CONTENT, &[]), Ok(()));
    assert_eq!(message.verify_detached(key.public_key(), b"other", &[]), Err(CoseError::Signature));
    assert_eq!(message.verify(key.public_key(), &[]), Err(CoseError::NoPayload));
    let attached = read(&sign1(Vec::new(), Payload::Attached(CONTENT), &key).expect("signed")).expect("our own");
    assert_eq!(attached.verify_detached(key.public_key(), CONTENT, &[]), Err(CoseError::UnexpectedPayload));
}

#[test]
fn external_data_belongs_to_what_is_signed() {
    let key = key();
    let draft = Draft::new(Algorithm::Es256, Vec::new(), Vec::new(), Payload::Attached(CONTENT));
    let signature = key.sign(&draft.to_be_signed(b"outside")).expect("the key signs");
    let message = read(&draft.attach(signature)).expect("our own");
    assert_eq!(message.verify(key.public_key(), b"outside"), Ok(()));
    assert_eq!(message.verify(key.public_key(), &[]), Err(CoseError::Signature));
}

#[test]
fn another_key_is_refused() {
    let message = signed(alg(-7), nothing()).expect("a message");
    let other = SoftwareKey::generate(&mut SeededEntropy::new("other"));
    assert_eq!(message.verify(other.public_key(), &[]), Err(CoseError::Signature));
}

#[test]
fn a_key_of_another_algorithm_is_refused() {
    let message = signed(alg(-35), nothing()).expect("a message");
    assert_eq!(message.verify(key().public_key(), &[]), Err(CoseError::KeyMismatch));
    let message = signed(alg(-8), nothing()).expect("a message");
    assert_eq!(message.verify(key().public_key(), &[]), Err(CoseError::KeyMismatch));
}

#[test]
fn an_algorithm_that_is_not_spoken_is_refused() {
    // ES512, PS256, RS256, HMAC, ML-DSA-44 and -87, and a number for private use.
    for number in [-36, -37, -257, 5, 0, -48, -50, i64::MAX] {
        assert_eq!(signed(alg(number), nothing()).err(), Some(CoseError::Algorithm));
    }
    assert_eq!(signed(Value::labels([(ALG, "ES256".into())]), nothing()).err(), Some(CoseError::Algorithm));
}

#[test]
fn an_algorithm_outside_of_the_signature_is_refused() {
    assert_eq!(signed(nothing(), alg(-7)).err(), Some(CoseError::NoAlgorithm));
    assert_eq!(signed(nothing(), nothing()).err(), Some(CoseError::NoAlgorithm));
}

#[test]
fn a_parameter_in_both_parts_is_refused() {
    assert_eq!(signed(alg(-7), alg(-7)).err(), Some(CoseError::DuplicateParameter));
}

#[test]
fn a_critical_parameter_is_refused() {
    let crit = || (2, Value::Array(vec![4.into()]));
    assert_eq!(signed(Value::labels([(ALG, (-7).into()), crit()]), nothing()).err(), Some(CoseError::Critical));
    assert_eq!(signed(alg(-7), Value::labels([crit()])).err(), Some(CoseError::Critical));
}

#[test]
fn a_protected_header_with_a_parameter_twice_is_refused() {
    let twice = Value::Encoded(b"\xa2\x01\x26\x01\x26".to_vec());
    assert_eq!(signed(twice, nothing()).err(), Some(CoseError::Protected(CborError::DuplicateKey)));
}

#[test]
fn a_protected_header_of_indefinite_length_is_refused() {
    let endless = Value::Encoded(b"\xbf\x01\x26\xff".to_vec());
    assert_eq!(signed(endless, nothing()).err(), Some(CoseError::Protected(CborError::Indefinite)));
}

#[test]
fn a_deep_protected_header_is_refused() {
    let deep = Value::labels([(ALG, (-7).into()), (99, Value::Encoded(b"\x81\x81\x81\x81\x01".to_vec()))]);
    assert_eq!(signed(deep, nothing()).err(), Some(CoseError::Protected(CborError::TooDeep)));
}

#[test]
fn headers_that_are_no_maps_are_refused() {
    assert_eq!(signed(Value::Array(Vec::new()), nothing()).err(), Some(CoseError::Form));
    assert_eq!(signed(alg(-7), Value::Array(Vec::new())).err(), Some(CoseError::Form));
}

#[test]
fn parameters_of_the_wrong_type_are_refused() {
    let typ = Value::labels([(ALG, (-7).into()), (TYP, 16.into())]);
    assert_eq!(signed(typ, nothing()).err(), Some(CoseError::Parameter("typ")));
    let kid = Value::labels([(KID, "11".into())]);
    assert_eq!(signed(alg(-7), kid).err(), Some(CoseError::Parameter("kid")));
}

#[test]
fn certificates_of_the_wrong_form_are_refused() {
    let chain = |value: Value| signed(alg(-7), Value::labels([(X5CHAIN, value)])).err();
    let malformed = Some(CoseError::Parameter("x5chain"));
    assert_eq!(chain("text".into()), malformed);
    assert_eq!(chain(Value::Array(Vec::new())), malformed);
    assert_eq!(chain(Value::Array(vec![vec![1].into()])), malformed);
    assert_eq!(chain(Value::Array(vec![vec![1].into(), 2.into()])), malformed);
    assert_eq!(chain(Value::Array(vec![vec![1].into(); 9])), malformed);
}

#[test]
fn one_certificate_stands_alone_and_several_in_an_array() {
    for certificates in [vec![vec![1]], vec![vec![1], vec![2]]] {
        let unprotected = Value::labels([(X5CHAIN, x5chain(&certificates))]);
        let message = signed(alg(-7), unprotected).expect("a message");
        assert_eq!(message.header().x5chain(), certificates);
    }
    assert_eq!(x5chain(&[vec![1]]).to_bytes(), b"\x41\x01");
}

#[test]
fn the_tag_of_another_message_is_refused() {
    let message = sign1(Vec::new(), Payload::Attached(CONTENT), &key()).expect("signed");
    let tagged = |tag| read(&Value::Tag(tag, Box::new(message.clone()))).err();
    assert_eq!(tagged(TAG_SIGN1), None);
    assert_eq!(tagged(TAG_MAC0), Some(CoseError::WrongTag));
    assert_eq!(tagged(98), Some(CoseError::WrongTag));
}

#[test]
fn what_has_not_four_parts_is_refused() {
    assert_eq!(read(&Value::Array(vec![Value::Null; 3])).err(), Some(CoseError::Form));
    assert_eq!(read(&Value::Array(vec![Value::Null; 5])).err(), Some(CoseError::Form));
    assert_eq!(read(&Value::Null).err(), Some(CoseError::Form));
}

#[test]
fn parts_of_the_wrong_type_are_refused() {
    let with = |payload: Value, signature: Value| {
        read(&Value::Array(vec![alg(-7).to_bytes().into(), nothing(), payload, signature])).err()
    };
    assert_eq!(with("text".into(), vec![0; 64].into()), Some(CoseError::Form));
    assert_eq!(with(Value::Null, "text".into()), Some(CoseError::Form));
}

#[test]
fn a_signature_of_the_wrong_length_is_refused() {
    let protected = alg(-7).to_bytes();
    let message = Value::Array(vec![protected.into(), nothing(), CONTENT.to_vec().into(), vec![1; 63].into()]);
    let message = read(&message).expect("a message");
    assert_eq!(message.verify(key().public_key(), &[]), Err(CoseError::Signature));
}

#[test]
fn a_code_verifies_under_its_key_alone() {
    let message = mac0(Payload::Detached(CONTENT), &[7; 32]).to_bytes();
    let message = Mac0::parse(&message, &Limits::default()).expect("our own");
    assert_eq!(message.verify_detached(&[7; 32], CONTENT, &[]), Ok(()));
    assert_eq!(message.verify_detached(&[8; 32], CONTENT, &[]), Err(CoseError::Signature));
    assert_eq!(message.verify_detached(&[7; 32], b"other", &[]), Err(CoseError::Signature));
    assert_eq!(message.verify(&[7; 32], &[]), Err(CoseError::NoPayload));
}

#[test]
fn a_shortened_code_is_refused() {
    // HMAC 256/64 (4), and a code of eight bytes under the name of the long one.
    let with = |number: i64| {
        Value::Array(vec![alg(number).to_bytes().into(), nothing(), CONTENT.to_vec().into(), vec![1; 8].into()])
    };
    assert_eq!(Mac0::parse(&with(4).to_bytes(), &Limits::default()).err(), Some(CoseError::Algorithm));
    let short = Mac0::parse(&with(5).to_bytes(), &Limits::default()).expect("a message");
    assert_eq!(short.verify(&[7; 32], &[]), Err(CoseError::Signature));
}

#[test]
fn a_signature_is_no_code() {
    let message = sign1(Vec::new(), Payload::Attached(CONTENT), &key()).expect("signed").to_bytes();
    assert_eq!(Mac0::parse(&message, &Limits::default()).err(), Some(CoseError::Algorithm));
    let code = mac0(Payload::Attached(CONTENT), &[7; 32]);
    assert_eq!(read(&code).err(), Some(CoseError::Algorithm));
}

fn read_key(value: &Value) -> Result<PublicKey, CoseKeyError> {
    PublicKey::from_cose_key(&cbor::parse(&value.to_bytes(), &Limits::default()).expect("our own encoding"))
}

/// Our key's parameters, some of them replaced or added.
fn key_with(changes: &[(i64, Value)]) -> Result<PublicKey, CoseKeyError> {
    let Value::Map(members) = key().public_key().to_cose_key() else { panic!("a key is a map") };
    let kept = members.into_iter().filter(|(label, _)| !changes.iter().any(|(own, _)| Value::from(*own) == *label));
    let added = changes.iter().filter(|(_, value)| *value != Value::Null);
    read_key(&Value::Map(kept.chain(added.map(|(label, value)| (Value::from(*label), value.clone()))).collect()))
}

#[test]
fn keys_of_every_algorithm_survive() {
    for algorithm in Algorithm::ALL {
        let key = key_for(algorithm);
        assert_eq!(read_key(&key.public_key().to_cose_key()).as_ref(), Ok(key.public_key()));
    }
}

#[test]
fn a_key_with_parameters_that_fit_is_taken() {
    let known = [(3, (-7).into()), (4, Value::Array(vec![2.into()])), (2, vec![1].into()), (-70, "x".into())];
    assert_eq!(key_with(&known).as_ref(), Ok(key().public_key()));
}

#[test]
fn a_private_key_is_refused() {
    assert_eq!(key_with(&[(-4, vec![1; 32].into())]), Err(CoseKeyError::Private));
}

#[test]
fn a_compressed_point_is_refused() {
    assert_eq!(key_with(&[(-3, true.into())]), Err(CoseKeyError::Compressed));
}

#[test]
fn a_point_that_is_not_on_the_curve_is_refused() {
    assert_eq!(key_with(&[(-3, vec![1; 32].into())]), Err(PublicKeyError::NotOnCurve.into()));
}

#[test]
fn a_coordinate_of_the_wrong_length_is_refused() {
    assert_eq!(key_with(&[(-2, vec![1; 31].into())]), Err(PublicKeyError::Coordinate.into()));
}

#[test]
fn a_key_with_parts_missing_is_refused() {
    for (label, name) in [(1, "kty"), (-1, "crv"), (-2, "x"), (-3, "y")] {
        assert_eq!(key_with(&[(label, Value::Null)]), Err(CoseKeyError::Parameter(name)));
    }
    assert_eq!(read_key(&Value::Null), Err(CoseKeyError::Parameter("kty")));
}

#[test]
fn a_key_of_another_curve_or_kind_is_refused() {
    // P-521, secp256k1, and Ed25519 as EC2.
    for crv in [3, 8, 6] {
        assert_eq!(key_with(&[(-1, crv.into())]), Err(PublicKeyError::Unsupported.into()));
    }
    assert_eq!(key_with(&[(1, 4.into())]), Err(PublicKeyError::Unsupported.into()));
}

#[test]
fn a_key_that_is_meant_for_something_else_is_refused() {
    assert_eq!(key_with(&[(3, (-35).into())]), Err(PublicKeyError::WrongUse.into()));
    assert_eq!(key_with(&[(4, Value::Array(vec![3.into()]))]), Err(PublicKeyError::WrongUse.into()));
    assert_eq!(key_with(&[(4, 2.into())]), Err(CoseKeyError::Parameter("key_ops")));
}
