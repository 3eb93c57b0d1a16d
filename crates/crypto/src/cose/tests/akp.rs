//! Keys of type `AKP` (RFC 9964), whose labels -1 and -2 are public and private key.

use super::*;

fn post_quantum() -> PublicKey {
    key_for(Algorithm::MlDsa65).public_key().clone()
}

fn akp(alg: Value, public: Value, more: &[(i64, Value)]) -> Result<PublicKey, CoseKeyError> {
    let members = [(1, 7.into()), (3, alg), (-1, public)].into_iter().chain(more.iter().cloned());
    read_key(&Value::labels(members.filter(|(_, value)| *value != Value::Null)))
}

fn bytes() -> Value {
    post_quantum().as_bytes().to_vec().into()
}

#[test]
fn a_key_is_type_algorithm_and_bytes() {
    assert_eq!(akp((-49).into(), bytes(), &[]), Ok(post_quantum()));
    assert_eq!(akp((-49).into(), bytes(), &[(4, Value::Array(vec![2.into()]))]), Ok(post_quantum()));
}

#[test]
fn a_private_key_of_the_family_is_refused() {
    assert_eq!(akp((-49).into(), bytes(), &[(-2, vec![1; 32].into())]), Err(CoseKeyError::Private));
}

#[test]
fn a_key_of_the_family_must_say_its_algorithm() {
    assert_eq!(akp(Value::Null, bytes(), &[]), Err(CoseKeyError::Parameter("alg")));
    // ML-DSA-44, ML-DSA-87, ES256, and one that nobody knows.
    for number in [-48, -50, -7, 0] {
        assert_eq!(akp(number.into(), bytes(), &[]), Err(PublicKeyError::Unsupported.into()), "{number}");
    }
}

#[test]
fn bytes_of_another_length_are_no_key() {
    assert_eq!(akp((-49).into(), Value::Null, &[]), Err(CoseKeyError::Parameter("pub")));
    assert_eq!(akp((-49).into(), 6.into(), &[]), Err(CoseKeyError::Parameter("pub")));
    for length in [0, 32, 1312, 1951, 1953, 2592] {
        let found = akp((-49).into(), vec![1; length].into(), &[]);
        assert_eq!(found, Err(PublicKeyError::Coordinate.into()), "{length} bytes");
    }
}

#[test]
fn a_key_on_a_curve_cannot_say_that_it_is_of_the_family() {
    assert_eq!(key_with(&[(3, (-49).into())]), Err(PublicKeyError::WrongUse.into()));
}

#[test]
fn no_header_makes_a_key_sign_for_another_algorithm() {
    for own in Algorithm::ALL {
        for named in Algorithm::ALL {
            let key = key_for(own);
            let draft = Draft::new(named, Vec::new(), Vec::new(), Payload::Attached(CONTENT));
            let signature = key.sign(&draft.to_be_signed(&[])).expect("the key signs");
            let message = read(&draft.attach(signature)).expect("a message");
            let expected = if named == own { Ok(()) } else { Err(CoseError::KeyMismatch) };
            assert_eq!(message.verify(key.public_key(), &[]), expected, "a key of {own} under {named}");
        }
    }
}
