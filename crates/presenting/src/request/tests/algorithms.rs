//! What a request may be signed with: ES256, unless the wallet says otherwise.

use mibun_crypto::policy::Accepted;

use super::*;

/// The wallet's verdict on a request of an organisation with a key of this algorithm.
fn asked_with(algorithm: Algorithm, algorithms: Accepted) -> Option<RequestError> {
    let asker = authority().admit("Hotel Sakura", Purpose::AccessCertificate, algorithm);
    let mut payload = payload();
    payload["client_id"] = asker.client_id().into();
    verdict(&asker, &asker.sign(&payload, |_| {}), algorithms)
}

fn verdict(asker: &Organisation, object: &str, algorithms: Accepted) -> Option<RequestError> {
    let anchors = [authority().root];
    let by = Authentication {
        link: &asker.link(FetchMethod::Get),
        wallet_nonce: None,
        accepting: Accepting { algorithms, ..Accepting::haip(&anchors) },
        policy: UriPolicy::Https,
        now: NOW,
    };
    verify(object, &by).err().map(|refused| refused.error)
}

/// A good request of the hotel under this name of an algorithm, without signing again.
fn lying(name: &str) -> Option<RequestError> {
    let object = hotel().sign(&payload(), |_| {});
    let (header, rest) = object.split_once('.').expect("three parts");
    let mut header: Value = serde_json::from_slice(&base64url::decode(header).expect("base64url")).expect("JSON");
    header["alg"] = name.into();
    let forged = format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()));
    let all = Accepted::CLASSICAL.and(Algorithm::MlDsa65);
    verdict(hotel(), &forged, all)
}

#[test]
fn nothing_but_es256_is_accepted_by_default() {
    assert_eq!(asked_with(Algorithm::Es256, Accepted::default()), None);
    for algorithm in [Algorithm::Es384, Algorithm::EdDsa, Algorithm::MlDsa65] {
        let refused = Some(RequestError::WrongAlgorithm);
        assert_eq!(asked_with(algorithm, Accepted::default()), refused, "{algorithm}");
    }
}

#[test]
fn another_algorithm_is_accepted_where_it_is_named() {
    for algorithm in Algorithm::ALL {
        assert_eq!(asked_with(algorithm, Accepted::HAIP.and(algorithm)), None, "{algorithm}");
    }
}

#[test]
fn naming_one_algorithm_lets_no_other_in() {
    let named = Accepted::HAIP.and(Algorithm::Es384);
    for algorithm in [Algorithm::EdDsa, Algorithm::MlDsa65] {
        assert_eq!(asked_with(algorithm, named), Some(RequestError::WrongAlgorithm), "{algorithm}");
    }
}

#[test]
fn a_key_on_p_256_signs_for_no_other_algorithm() {
    for name in ["ES384", "EdDSA", "ML-DSA-65"] {
        assert_eq!(lying(name), Some(RequestError::Jws(JwsError::KeyMismatch)), "{name}");
    }
    for name in ["none", "HS256", "ES512", "ML-DSA-44"] {
        assert_eq!(lying(name), Some(RequestError::Jws(JwsError::Algorithm)), "{name}");
    }
}
