//! Kinds of askers: which are accepted, and what each must prove.

use mibun_crypto::x509::AlternativeName;

use super::*;

const DNS: &str = "hotel.example";
const ATTESTED: &str = "verifier.example";
const ATTESTER: &str = "https://attester.example";

/// A wallet that accepts every kind of asker.
fn open_wallet<'a>(access: &'a [Certificate], attesters: &'a [Certificate]) -> Accepting<'a> {
    Accepting { prefixes: &ClientIdPrefix::ALL, attesters, ..Accepting::haip(access) }
}

/// What such a wallet makes of `object` under a link of `client_id`.
fn verified(client_id: &str, object: &str) -> Result<VerifiedRequest, RequestError> {
    verified_by(client_id, object, &[authority().root], &[attester_root()])
}

fn verified_by(
    client_id: &str,
    object: &str,
    access: &[Certificate],
    attesters: &[Certificate],
) -> Result<VerifiedRequest, RequestError> {
    let by = Authentication {
        link: &RequestLink { client_id: client_id.to_owned(), ..hotel().link(FetchMethod::Get) },
        wallet_nonce: None,
        accepting: open_wallet(access, attesters),
        policy: UriPolicy::Https,
        now: NOW,
    };
    verify(object, &by).map_err(|refused| refused.error)
}

fn attester_root() -> Certificate {
    Authority::new("Mibun test attesters").root
}

/// The hotel with a DNS name in its certificate.
fn named_hotel() -> Organisation {
    let names = vec![AlternativeName::Dns(DNS.into())];
    authority().admit_as("Hotel Sakura", Purpose::AccessCertificate, names)
}

fn attester() -> Organisation {
    let names = vec![AlternativeName::Uri(ATTESTER.into())];
    Authority::new("Mibun test attesters").admit_as("Attester", Purpose::VerifierAttester, names)
}

fn attested_key() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("attested"))
}

fn attestation(change: impl FnOnce(&mut AttestationSpec<'_>)) -> String {
    let (key, attester) = (attested_key(), attester());
    let mut spec = AttestationSpec {
        issuer: ATTESTER,
        subject: ATTESTED,
        key: key.public_key(),
        redirect_uris: &[],
        issued_at: NOW,
        expires_at: NOW.plus_days(30),
    };
    change(&mut spec);
    spec.sign(&attester.chain, &attester.key).expect("the attester signs")
}

/// The request of an attested asker, signed by the attested key, with this attestation.
fn attested_request(attestation: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut payload = payload();
    payload["client_id"] = format!("verifier_attestation:{ATTESTED}").into();
    change(&mut payload);
    let header = json!({ "typ": REQUEST_TYP, "jwt": attestation }).as_object().cloned().expect("an object");
    mibun_crypto::jws::sign(header, payload.to_string().as_bytes(), &attested_key()).expect("the key signs")
}

fn attested(attestation: &str) -> Result<VerifiedRequest, RequestError> {
    verified(&format!("verifier_attestation:{ATTESTED}"), &attested_request(attestation, |_| {}))
}

/// An attestation with changed claims, signed again by the attester, or by somebody else.
fn reworked(by: &Organisation, typ: &str, change: impl FnOnce(&mut Value)) -> String {
    let limits = mibun_crypto::json::Limits::default();
    let mut claims = mibun_crypto::jws::parse(&attestation(|_| {}), &limits)
        .and_then(|jws| jws.payload_json(&limits))
        .expect("our own attestation");
    change(&mut claims);
    by.sign(&claims, |header| drop(header.insert("typ".into(), typ.into())))
}

fn attestation_refusal(change: impl FnOnce(&mut Value)) -> RequestError {
    attested(&reworked(&attester(), ATTESTATION_TYP, change)).expect_err("the request must be refused")
}

#[test]
fn an_asker_known_by_its_host_is_accepted() {
    let hotel = named_hotel();
    let client_id = format!("x509_san_dns:{DNS}");
    let mut payload = payload();
    payload["client_id"] = client_id.clone().into();
    let request = verified(&client_id, &hotel.sign(&payload, |_| {})).expect("the request is fine");
    assert_eq!((request.client_id, request.organisation), (client_id, "Hotel Sakura".into()));
}

#[test]
fn an_asker_whose_certificate_lacks_the_host_is_refused() {
    let client_id = "x509_san_dns:other.example";
    let mut payload = payload();
    payload["client_id"] = client_id.into();
    let refused = verified(client_id, &named_hotel().sign(&payload, |_| {}));
    assert_eq!(refused.err(), Some(RequestError::CertificateMismatch));
}

#[test]
fn an_asker_known_by_its_host_may_listen_there_only() {
    let client_id = format!("x509_san_dns:{DNS}");
    let mut payload = payload();
    payload["client_id"] = client_id.clone().into();
    payload["response_uri"] = "https://elsewhere.example/vp".into();
    let refused = verified(&client_id, &named_hotel().sign(&payload, |_| {}));
    assert_eq!(refused.err(), Some(RequestError::ForeignResponseUri));
}

#[test]
fn an_asker_that_signs_as_an_address_is_refused() {
    let client_id = "redirect_uri:https://hotel.example/vp/responses/1";
    let mut payload = payload();
    payload["client_id"] = client_id.into();
    let refused = verified(client_id, &hotel().sign(&payload, |_| {}));
    assert_eq!(refused.err(), Some(RequestError::PrefixCannotSign));
}

#[test]
fn kinds_that_are_not_spoken_are_named() {
    for (client_id, error) in [
        ("origin:https://hotel.example", ClientIdError::Reserved),
        ("decentralized_identifier:did:example:1", ClientIdError::Unsupported("decentralized_identifier")),
        ("openid_federation:https://hotel.example", ClientIdError::Unsupported("openid_federation")),
        ("did:example:1", ClientIdError::Unknown),
        ("hotel", ClientIdError::Unknown),
        ("x509_hash:", ClientIdError::Empty),
        ("X509_hash:abc", ClientIdError::Unknown),
    ] {
        let refused = verified(client_id, &object(None)).expect_err("the request must be refused");
        assert_eq!((refused.code(), refused), ("invalid_request", RequestError::ClientId(error)), "{client_id}");
    }
}

#[test]
fn under_haip_only_the_hash_is_accepted() {
    let anchors = [authority().root];
    for prefix in [ClientIdPrefix::X509SanDns, ClientIdPrefix::RedirectUri, ClientIdPrefix::VerifierAttestation] {
        let client_id = format!("{}:https://x.example", prefix.name());
        let link = RequestLink { client_id, ..hotel().link(FetchMethod::Get) };
        let by = Authentication {
            link: &link,
            wallet_nonce: None,
            accepting: Accepting::haip(&anchors),
            policy: UriPolicy::Https,
            now: NOW,
        };
        let refused = verify(&object(None), &by).expect_err("the request must be refused").error;
        assert_eq!(refused, RequestError::ClientId(ClientIdError::NotAccepted(prefix)));
    }
}

#[test]
fn an_attested_asker_is_accepted() {
    let request = attested(&attestation(|_| {})).expect("the request is fine");
    assert_eq!(
        (request.client_id.as_str(), request.organisation.as_str()),
        ("verifier_attestation:verifier.example", ATTESTED)
    );
}

#[test]
fn an_attested_asker_makes_what_wallets_read() {
    let (query, key, attestation) = (query(), attested_key(), attestation(|_| {}));
    let uri = response_uri();
    let spec = spec(&query, &uri, AnswerBy::DirectPost);
    let identity = Identity::VerifierAttestation { name: ATTESTED, attestation: &attestation, signer: &key };
    let client_id = identity.client_id().expect("it has one");
    assert!(verified(&client_id, &spec.sign_as(&identity).expect("signed")).is_ok());
    let hotel = named_hotel();
    let identity = Identity::X509SanDns { name: DNS, access: hotel.identity() };
    let client_id = identity.client_id().expect("it has one");
    assert!(verified(&client_id, &spec.sign_as(&identity).expect("signed")).is_ok());
}

#[test]
fn an_attested_asker_may_be_bound_to_addresses() {
    let address = response_uri();
    let listed = attestation(|spec| spec.redirect_uris = &["https://hotel.example/vp/responses/1"]);
    assert_eq!(attested(&listed).map(|request| request.response_uri), Ok(address));
    let other = attestation(|spec| spec.redirect_uris = &["https://hotel.example/vp/responses/2"]);
    assert_eq!(attested(&other).err(), Some(RequestError::ForeignResponseUri));
}

#[test]
fn a_request_signed_by_another_key_than_the_attested_is_refused() {
    let client_id = format!("verifier_attestation:{ATTESTED}");
    let mut payload = payload();
    payload["client_id"] = client_id.clone().into();
    let header = json!({ "typ": REQUEST_TYP, "jwt": attestation(|_| {}) }).as_object().cloned().expect("an object");
    let thief = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    let object = mibun_crypto::jws::sign(header, payload.to_string().as_bytes(), &thief).expect("the key signs");
    assert_eq!(verified(&client_id, &object).err(), Some(RequestError::Jws(JwsError::Signature)));
}

#[test]
fn an_attestation_for_another_name_is_refused() {
    let other = attestation(|spec| spec.subject = "other.example");
    assert_eq!(attested(&other).err(), Some(RequestError::CertificateMismatch));
}

#[test]
fn an_attester_that_is_not_trusted_is_refused() {
    let object = attested_request(&attestation(|_| {}), |_| {});
    let client_id = format!("verifier_attestation:{ATTESTED}");
    // The roots of access certificates attest nobody.
    let refused = verified_by(&client_id, &object, &[attester_root()], &[authority().root]);
    let unknown = AttestationError::Chain(ChainError::UnknownAuthority);
    assert_eq!(refused.err(), Some(RequestError::Attestation(unknown)));
}

#[test]
fn an_asker_may_not_attest_others() {
    let asker = Authority::new("Mibun test attesters").admit_as("Shop", Purpose::AccessCertificate, vec![]);
    let forged = reworked(&asker, ATTESTATION_TYP, |_| {});
    let wrong = AttestationError::Chain(ChainError::WrongPurpose(0));
    assert_eq!(attested(&forged).err(), Some(RequestError::Attestation(wrong)));
}

#[test]
fn another_message_in_place_of_the_attestation_is_refused() {
    let refused = attested(&reworked(&attester(), "JWT", |_| {}));
    assert_eq!(refused.err(), Some(RequestError::Attestation(AttestationError::WrongType)));
}

#[test]
fn a_request_without_attestation_is_refused() {
    let client_id = format!("verifier_attestation:{ATTESTED}");
    let mut payload = payload();
    payload["client_id"] = client_id.clone().into();
    let refused = verified(&client_id, &hotel().sign(&payload, |_| {}));
    assert_eq!(refused.err(), Some(RequestError::Attestation(AttestationError::Absent)));
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            let refused = attestation_refusal($change);
            assert_eq!((refused.code(), refused), ("invalid_request", RequestError::Attestation($error)));
        })*
    };
}

refuses! {
    an_expired_attestation_is_refused: |c| c["exp"] = (NOW.0 - 60).into() => AttestationError::Expired;
    an_attestation_without_end_is_refused: |c| without(c, "exp") => AttestationError::Claim("exp");
    an_attestation_of_the_future_is_refused: |c| c["iat"] = (NOW.0 + 61).into() => AttestationError::NotYetValid;
    an_attestation_not_before_tomorrow_is_refused: |c| c["nbf"] = (NOW.0 + 61).into() => AttestationError::NotYetValid;
    an_attestation_without_issuer_is_refused: |c| without(c, "iss") => AttestationError::Claim("iss");
    an_attestation_of_another_issuer_is_refused:
        |c| c["iss"] = "https://other.example".into() => AttestationError::WrongIssuer;
    an_attestation_without_subject_is_refused: |c| without(c, "sub") => AttestationError::Claim("sub");
    an_attestation_without_key_is_refused: |c| without(c, "cnf") => AttestationError::Claim("cnf");
    an_attestation_with_a_private_key_is_refused: |c| c["cnf"]["jwk"]["d"] = "AAAA".into() => AttestationError::Claim("cnf");
    an_attestation_with_a_shared_secret_is_refused:
        |c| c["cnf"]["jwk"] = json!({ "kty": "oct", "k": "AAAA" }) => AttestationError::Claim("cnf");
    an_attestation_with_an_address_that_is_a_number_is_refused:
        |c| c["redirect_uris"] = json!([1]) => AttestationError::Claim("redirect_uris");
    an_attestation_with_its_end_as_text_is_refused: |c| c["exp"] = "never".into() => AttestationError::Claim("exp");
}
