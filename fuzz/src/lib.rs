//! What is fuzzed: every reader of bytes from outside that is worth more than a few lines. A reader may refuse anything; it
//! may not panic, overflow, loop or grow.

mod issuing;
mod presenting;
pub mod seeds;
mod trust;

use std::sync::LazyLock;

use mibun_card::kb_jwt::KeyBinding;
use mibun_card::mdoc::annex_c::{self, EncryptionInfo};
use mibun_card::mdoc::elements::{MDL, PHOTO_ID, PID};
use mibun_card::mdoc::{DeviceRequest, DeviceResponse, IssuerSigned, SessionTranscript};
use mibun_card::sd_jwt::{Disclosure, SdJwt};
use mibun_card::vc;
use mibun_chip::apdu::{Command, Response};
use mibun_chip::lds::com::Com;
use mibun_chip::lds::face::Picture;
use mibun_chip::lds::optional::{DocumentDetails, PersonalDetails};
use mibun_chip::lds::{read_dg1, read_dg15};
use mibun_chip::security_info::SecurityInfos;
use mibun_chip::sod::Sod;
use mibun_chip::tlv::{Reader, Tlv};
use mibun_crypto::cbor::{self, Value};
use mibun_crypto::cose::{Mac0, Sign1};
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::jws;
use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};
use mibun_issuing::credential::CredentialRequest;
use mibun_issuing::form::Form;
use mibun_issuing::offer::CredentialOffer;
use mibun_presenting::dcql::Query;
use mibun_status::cwt;
use mibun_status::list::StatusList;

/// One reader.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name on the command line and of its corpus.
    pub name: &'static str,
    /// Longest input, in bytes.
    pub longest: usize,
    /// Reads.
    pub read: fn(&[u8]),
}

const fn target(name: &'static str, longest: usize, read: fn(&[u8])) -> Target {
    Target { name, longest, read }
}

/// Everything that is fuzzed.
pub const TARGETS: [Target; 41] = [
    target("tlv", 4_096, tlv),
    target("apdu", 4_096, apdu),
    target("sod", 16_384, |bytes| drop(Sod::parse(bytes))),
    target("dg1", 256, |bytes| drop(read_dg1(bytes))),
    target("dg2", 16_384, |bytes| drop(Picture::from_dg2(bytes))),
    target("dg11", 4_096, |bytes| drop(PersonalDetails::from_dg11(bytes))),
    target("dg12", 4_096, |bytes| drop(DocumentDetails::from_dg12(bytes))),
    target("dg14", 4_096, security_infos),
    target("dg15", 4_096, |bytes| drop(read_dg15(bytes))),
    target("com", 1_024, |bytes| drop(Com::parse(bytes))),
    target("certificate", 8_192, certificate),
    target("crl", 8_192, |bytes| drop(RevocationList::from_der(bytes))),
    target("json", 8_192, |bytes| drop(json::parse(bytes, &Limits::default()))),
    target("jws", 8_192, |bytes| text(bytes, |text| drop(jws::parse(text, &Limits::default())))),
    target("sd_jwt", 16_384, |bytes| text(bytes, sd_jwt)),
    target("dcql", 8_192, dcql),
    target("vp_request", 16_384, |bytes| text(bytes, presenting::request)),
    target("vp_fetch", 8_192, |bytes| text(bytes, presenting::fetch)),
    target("dc_api", 16_384, presenting::call),
    target("multisigned", 16_384, presenting::multisigned),
    target("transaction_data", 4_096, presenting::transaction_data),
    target("vp_answer", 16_384, |bytes| text(bytes, presenting::answer)),
    target("offer", 8_192, |bytes| drop(CredentialOffer::parse(bytes))),
    target("form", 4_096, |bytes| drop(Form::parse(bytes))),
    target("status_list", 8_192, status_list),
    target("cbor", 8_192, cbor),
    target("cose", 8_192, cose),
    target("issuer_signed", 16_384, issuer_signed),
    target("device_response", 16_384, device_response),
    target("annex_c", 8_192, |bytes| text(bytes, annex_c)),
    target("status_cwt", 8_192, status_cwt),
    target("client_attestation", 4_096, trust::client_attestation),
    target("attestation_pop", 2_048, trust::attestation_pop),
    target("key_attestation", 8_192, trust::key_attestation),
    target("registration", 16_384, trust::registration),
    target("trust_list", 16_384, trust::trust_list),
    target("par_form", 4_096, issuing::par_form),
    target("dpop", 4_096, issuing::dpop),
    target("jwe", 8_192, issuing::jwe),
    target("x5c", 8_192, issuing::x5c),
    target("collecting", 8_192, issuing::collecting),
];

/// The target of this name.
pub fn by_name(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

fn text(bytes: &[u8], read: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(text);
    }
}

fn tlv(bytes: &[u8]) {
    let _ = Tlv::parse(bytes);
    let mut reader = Reader::new(bytes);
    while let Ok(Some(_)) = reader.next() {}
}

fn apdu(bytes: &[u8]) {
    if let Ok(command) = Command::parse(bytes) {
        let encoded = command.encode().expect("what was read can be written");
        assert!(Command::parse(&encoded).is_ok_and(|again| again == command), "written and read again");
    }
    let _ = Response::parse(bytes);
}

fn security_infos(bytes: &[u8]) {
    let _ = SecurityInfos::parse(bytes);
    let _ = SecurityInfos::parse_dg14(bytes);
}

fn certificate(bytes: &[u8]) {
    let _ = Certificate::from_der(bytes);
    let _ = IcaoCertificate::from_der(bytes);
}

fn sd_jwt(text: &str) {
    let _ = KeyBinding::parse(text);
    let _ = Disclosure::parse(text, &Limits::default());
    let Ok(token) = SdJwt::parse(text, &Limits::default()) else { return };
    assert_eq!(token.to_string(), text, "kept as received");
    let _ = vc::read(&token);
}

fn dcql(bytes: &[u8]) {
    let Ok(value) = json::parse(bytes, &Limits::default()) else { return };
    if let Ok(query) = Query::from_value(&value) {
        assert_eq!(Query::from_value(&query.to_value()), Ok(query), "written and read again");
    }
    let _ = CredentialRequest::parse(bytes);
}

fn status_list(bytes: &[u8]) {
    for bits in [1, 2, 4, 8] {
        let _ = StatusList::inflate(bits, bytes);
    }
}

fn cbor(bytes: &[u8]) {
    let Ok(item) = cbor::parse(bytes, &Limits::default()) else { return };
    assert_eq!(item.raw(), bytes, "kept as received");
    assert_eq!(Value::from(&item).to_bytes(), bytes, "written as received");
    let _ = PublicKey::from_cose_key(&item);
    let _ = SessionTranscript::from_bytes(bytes);
}

fn cose(bytes: &[u8]) {
    if let Ok(message) = Sign1::parse(bytes, &Limits::default()) {
        assert!(message.verify(nobody(), &[]).is_err(), "nobody signed this");
    }
    if let Ok(message) = Mac0::parse(bytes, &Limits::default()) {
        assert!(message.verify(&[7; 32], &[]).is_err(), "nobody knows this key");
    }
}

fn issuer_signed(bytes: &[u8]) {
    let Ok(document) = IssuerSigned::parse(bytes) else { return };
    let again = IssuerSigned::parse(&document.to_bytes()).expect("what was read can be written");
    assert_eq!(again, document, "written and read again");
    for document_type in [&PID, &PHOTO_ID, &MDL] {
        let _ = document_type.claims_of(&document);
    }
    assert!(document.verify(&[], Timestamp(1_800_000_000)).is_err(), "nobody is trusted");
}

fn device_response(bytes: &[u8]) {
    if let Ok(request) = DeviceRequest::parse(bytes) {
        let again = DeviceRequest::parse(&request.to_bytes());
        assert!(again.is_ok_and(|again| again == request), "written and read again");
    }
    let Ok(response) = DeviceResponse::parse(bytes) else { return };
    let session = SessionTranscript::openid4vp("client", "nonce", None, "https://a.example");
    for document in &response.documents {
        let _ = document.verify_device(&session, None);
    }
}

fn annex_c(text: &str) {
    if let Ok(info) = EncryptionInfo::from_base64url(text) {
        let again = EncryptionInfo::from_base64url(&info.to_base64url());
        assert!(again.is_ok_and(|again| again == info), "written and read again");
    }
    let key = EphemeralKey::from_bytes(&[7; 32]).expect("a number of the curve");
    let session = SessionTranscript::iso_dc_api("info", "https://a.example");
    assert!(annex_c::open(text, &key, &session).is_err(), "nobody sealed this");
}

fn status_cwt(bytes: &[u8]) {
    assert!(cwt::verify(bytes, "https://a.example", &[], Timestamp(1_800_000_000)).is_err(), "nobody is trusted");
    let Ok(item) = cbor::parse(bytes, &Limits::default()) else { return };
    let _ = cwt::read_claims(&item);
    let _ = cwt::read_list(Some(&item));
}

/// A key that signed nothing.
fn nobody() -> &'static PublicKey {
    static KEY: LazyLock<PublicKey> =
        LazyLock::new(|| EphemeralKey::from_bytes(&[7; 32]).expect("a number of the curve").public_key());
    &KEY
}
