//! What is fuzzed: every reader of bytes from outside that is worth more than a few lines. A reader may refuse anything; it
//! may not panic, overflow, loop or grow.

pub mod seeds;
mod trust;

use mibun_card::kb_jwt::KeyBinding;
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
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jws;
use mibun_crypto::x509::Certificate;
use mibun_crypto::x509::icao::{IcaoCertificate, RevocationList};
use mibun_issuing::credential::CredentialRequest;
use mibun_issuing::form::Form;
use mibun_issuing::offer::CredentialOffer;
use mibun_presenting::dcql::Query;
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
pub const TARGETS: [Target; 24] = [
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
    target("offer", 8_192, |bytes| drop(CredentialOffer::parse(bytes))),
    target("form", 4_096, |bytes| drop(Form::parse(bytes))),
    target("status_list", 8_192, status_list),
    target("client_attestation", 4_096, trust::client_attestation),
    target("attestation_pop", 2_048, trust::attestation_pop),
    target("key_attestation", 8_192, trust::key_attestation),
    target("registration", 16_384, trust::registration),
    target("trust_list", 16_384, trust::trust_list),
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
