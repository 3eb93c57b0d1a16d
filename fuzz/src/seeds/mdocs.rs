//! A made-up mdoc, an answer that shows it, and a status list in CBOR.

use mibun_card::mdoc::annex_c::{self, EncryptionInfo};
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{
    DeviceRequest, DocumentRequest, Edition, EditionSpec, IssuerSigned, ItemsRequest, KeyAuthorizations,
    SessionTranscript, Showing,
};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, Subject, Validity, issue_root};
use mibun_status::cwt;
use mibun_status::list::StatusList;
use mibun_status::token::Claims;

use super::NOW;

pub fn write(write: &dyn Fn(&str, &str, &[u8])) {
    let mut entropy = SeededEntropy::new("fuzz");
    let [issuer, device] = [0; 2].map(|_| SoftwareKey::generate(&mut entropy));
    let copy = document(&issuer, &device);
    let session = SessionTranscript::openid4vp("client", "nonce", None, "https://a.example");
    let showing = Showing::new(IssuerSigned::parse(&copy).expect("our own"), Vec::new(), &session);
    let signed = showing.sign(&device).expect("the key signs");
    write("issuer_signed", "document", &copy);
    write("device_response", "signed", &signed);
    write("device_response", "authenticated", &showing.authenticate(&[7; 32]));
    for target in ["cbor", "cose"] {
        write(target, "document", &copy);
    }
    let paths: [(&[&str], bool); 2] = [(&["family_name"], true), (&["age_equal_or_over", "18"], false)];
    let items = ItemsRequest::for_claims(&PID, paths).expect("a PID has them");
    let request = DocumentRequest::signed(items, &session, &[vec![0x30, 0]], &issuer).expect("the key signs");
    write("device_response", "request", &DeviceRequest { documents: vec![request] }.to_bytes());
    let list = list(&issuer);
    write("status_cwt", "token", &list);
    write("cose", "token", &list);
    write("cbor", "key", &device.public_key().to_cose_key().to_bytes());
    let reader = EphemeralKey::generate(&mut entropy);
    let info = EncryptionInfo::new(&reader, &mut entropy);
    write("annex_c", "request", info.to_base64url().as_bytes());
    let answer = annex_c::seal(&signed, &info, &session, &mut entropy).expect("a key on P-256");
    write("annex_c", "answer", answer.as_bytes());
}

fn document(issuer: &SoftwareKey, device: &SoftwareKey) -> Vec<u8> {
    let claims = serde_json::json!({
        "family_name": "AOKI",
        "given_name": "KEN",
        "birthdate": "1980-01-02",
        "nationalities": ["JP"],
        "place_of_birth": { "country": "JP" },
        "picture": "data:image/jpeg;base64,/9j/4A==",
        "issuing_authority": "Registry",
        "issuing_country": "UT",
        "assurance_level": "light",
        "evidence": [{ "check_details": [{ "false_match_rate": 1e-5 }] }],
    });
    let elements = PID.elements_of(claims.as_object().expect("an object")).expect("a person's claims");
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &KeyAuthorizations::default(),
        issued_at: NOW,
        expires_at: NOW.plus_days(2),
        x5chain: &[certificate(issuer)],
    };
    let status = serde_json::json!({ "status_list": { "idx": 1, "uri": "https://a.example" } });
    let edition = Edition::new(&spec, issuer).expect("a document");
    edition.copy(device.public_key(), &status, &mut SeededEntropy::new("copy")).expect("a copy")
}

fn certificate(key: &SoftwareKey) -> Vec<u8> {
    let subject = Subject { common_name: "fuzz".to_owned(), organisation: None, country: None };
    let validity = Validity { not_before: NOW, not_after: NOW.plus_days(1) };
    let spec = AuthoritySpec { subject, validity, path_length: None };
    issue_root(&spec, key, &mut SeededEntropy::new("root")).expect("a certificate").der().to_vec()
}

fn list(signer: &SoftwareKey) -> Vec<u8> {
    let claims =
        Claims { subject: "https://a.example".to_owned(), issued_at: NOW, expires_at: Some(NOW), ttl: Some(60) };
    let list = StatusList::new(1, 64).expect("a list");
    cwt::encode(&claims, &list, &[vec![0x30, 0]], signer).expect("the key signs")
}
