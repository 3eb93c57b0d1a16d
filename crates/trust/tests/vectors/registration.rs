//! The registration certificate of the EU's reference library for verifiers. Its signer vouches for itself, so only what is
//! in it counts; as a certificate it is refused.

use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, ChainError};
use mibun_trust::SignedError;
use mibun_trust::registration::{self, AskedClaim, PathElement, Registration, RegistrationError};
use mibun_vectors::{Test, read_text};

const FOLDER: &str = "vectors/eudi/eudi-lib-jvm-openid4vp-kt/src/test/resources/certificates";
/// A day on which the sample's own certificate is good.
const THEN: Timestamp = Timestamp(1_784_700_000);

pub fn tests() -> Vec<Test> {
    let named = |name: &str, check: fn() -> Result<(), String>| -> Test {
        (format!("eudi::registration_certificate::{name}"), Box::new(check))
    };
    vec![
        named("its_signature_is_that_of_its_certificate", signature),
        named("its_members_are_read", members),
        named("what_it_registers_is_covered_and_nothing_else", coverage),
        named("its_self_signed_registrar_is_refused", refused),
        named("without_a_signature_it_is_refused", unsigned),
    ]
}

fn text() -> String {
    read_text(&format!("{FOLDER}/wrprc.txt")).trim().to_owned()
}

fn message() -> Result<Jws, String> {
    jws::parse(&text(), &Limits::default()).map_err(|error| error.to_string())
}

fn registration() -> Result<Registration, String> {
    let payload = message()?.payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    registration::read(&payload).map_err(|error| error.to_string())
}

fn signer(message: &Jws) -> Result<Certificate, String> {
    let der = message.header().x5c().first().ok_or("no certificate")?;
    Certificate::from_der(der).map_err(|error| error.to_string())
}

fn signature() -> Result<(), String> {
    let message = message()?;
    message.verify(signer(&message)?.public_key()).map_err(|error| error.to_string())
}

fn members() -> Result<(), String> {
    let registration = registration()?;
    same(registration.identifier.as_str(), "LEIEU-987654321")?;
    same(registration.trade_name.as_str(), "Verifier Dev")?;
    same(registration.legal_name.as_deref(), Some("Niscy"))?;
    same(registration.entitlements.as_slice(), [registration::SERVICE_PROVIDER.to_owned()].as_slice())?;
    same(registration.purpose[0].value.as_str(), "Person identification")?;
    same(registration.status.as_ref().map(|status| status.index), Some(910))?;
    let claims = |at: usize| registration.credentials[at].claims.as_ref().map(Vec::len);
    same([claims(0), claims(1)], [Some(25), Some(26)])
}

fn coverage() -> Result<(), String> {
    let registration = registration()?;
    let member = |name: &str| PathElement::Member(name.to_owned());
    let paths = [
        vec![member("family_name")],
        vec![member("nationalities")],
        vec![member("address"), member("locality")],
        vec![member("address")],
        vec![member("age_equal_or_over"), member("18")],
    ];
    let asked: Vec<AskedClaim<'_>> =
        paths.iter().map(|path| AskedClaim { format: "dc+sd-jwt", credential_type: "urn:eudi:pid:1", path }).collect();
    same(registration.outside(&asked), vec![&asked[3], &asked[4]])
}

fn refused() -> Result<(), String> {
    let anchors = [signer(&message()?)?];
    let verdict = registration::verify(&text(), &anchors, THEN);
    same(verdict, Err(RegistrationError::Signed(SignedError::Signer(ChainError::SelfSignedLeaf))))
}

fn unsigned() -> Result<(), String> {
    let text = read_text(&format!("{FOLDER}/wrprc_unsigned.txt"));
    let message = jws::parse(text.trim(), &Limits::default()).map_err(|error| error.to_string())?;
    same(message.verify(signer(&message)?.public_key()), Err(JwsError::Signature))?;
    let verdict = registration::verify(text.trim(), &[], THEN);
    same(verdict, Err(RegistrationError::Signed(SignedError::Signer(ChainError::SelfSignedLeaf))))
}

fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}
