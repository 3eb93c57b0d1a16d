use super::profile::{AccessSpec, DocumentSignerSpec, issue_access, issue_document_signer, issue_iaca};
use super::*;

const CONTACT: &str = "https://hotel.example/contact";
const LIST: &str = "https://id.example/crl";

fn access(key: &PublicKey) -> AccessSpec<'_> {
    AccessSpec {
        trade_name: "Hotel",
        legal_name: "Hotel Aoki KK",
        identifier: "NTRJP-0100-01-000001",
        country: "JP",
        contact: CONTACT,
        host: Some("hotel.example"),
        revocation_list: Some(LIST),
        issuer_certificate: Some("https://id.example/root.cer"),
        validity: years(0, 1),
        subject_key: key,
    }
}

fn issued_access(change: impl FnOnce(&mut AccessSpec<'_>)) -> Result<Certificate, IssueError> {
    let (root, key) = (Authority::root("Root", None), key("hotel"));
    let mut spec = access(key.public_key());
    change(&mut spec);
    issue_access(&spec, &root.certificate, &root.key, &mut SeededEntropy::new("access"))
}

fn iaca(subject: &Subject) -> Result<Certificate, IssueError> {
    issue_iaca(subject, years(0, 9), ("https://id.example", LIST), &key("iaca"), &mut SeededEntropy::new("iaca"))
}

fn issued_signer(change: impl FnOnce(&mut Subject, &mut Validity)) -> Result<Certificate, IssueError> {
    let (authority, key_pair) = (iaca(&subject("Authority")).expect("an authority"), key("signer"));
    let (mut name, mut validity) = (subject("Signer"), years(0, 1));
    change(&mut name, &mut validity);
    let spec = DocumentSignerSpec {
        subject: &name,
        issuer: "https://id.example",
        authority_uri: "https://id.example/about",
        revocation_list: LIST,
        validity,
        subject_key: key_pair.public_key(),
    };
    issue_document_signer(&spec, &authority, &key("iaca"), &mut SeededEntropy::new("signer"))
}

#[test]
fn an_access_certificate_says_who_asks() {
    let certificate = issued_access(|_| {}).expect("a certificate");
    assert_eq!((certificate.subject_cn(), certificate.subject_org()), (Some("Hotel"), Some("Hotel Aoki KK")));
    assert_eq!(certificate.organisation_identifier(), Some("NTRJP-0100-01-000001"));
    assert_eq!(certificate.subject_country(), Some("JP"));
    assert_eq!(certificate.uris(), [CONTACT]);
    assert_eq!(certificate.dns_names(), ["hotel.example"]);
    assert_eq!(certificate.extended_key_usages(), [Purpose::AccessCertificate.oid()]);
    assert_eq!(certificate.policies(), [profile::ACCESS_POLICY]);
    assert_eq!(certificate.revocation_lists(), [LIST]);
}

#[test]
fn an_access_certificate_is_accepted_in_a_chain() {
    let root = Authority::root("Root", None);
    let certificate = issued_access(|_| {}).expect("a certificate");
    let x5c = root.chain(&certificate);
    let verdict = chain::verify(&x5c, std::slice::from_ref(&root.certificate), NOW, Purpose::AccessCertificate);
    assert_eq!(verdict, Ok(certificate));
}

#[test]
fn an_access_certificate_needs_a_registered_identifier() {
    let refused = issued_access(|spec| spec.identifier = "");
    assert_eq!(refused, Err(IssueError::Missing("organizationIdentifier")));
}

#[test]
fn an_access_certificate_needs_a_contact() {
    assert_eq!(issued_access(|spec| spec.contact = ""), Err(IssueError::Missing("a contact")));
}

#[test]
fn an_access_certificate_needs_a_country() {
    assert_eq!(issued_access(|spec| spec.country = "Japan"), Err(IssueError::Country));
}

#[test]
fn a_contact_with_a_space_is_refused() {
    assert_eq!(issued_access(|spec| spec.contact = "call us"), Err(IssueError::AlternativeName));
}

#[test]
fn a_revocation_list_without_an_address_is_refused() {
    assert_eq!(issued_access(|spec| spec.revocation_list = Some("")), Err(IssueError::AlternativeName));
}

#[test]
fn an_endless_identifier_is_refused() {
    const LONG: &str = "NTRJP-00000000000000000000000000000000000000000000000000000000000";
    assert_eq!(LONG.len(), 65);
    assert_eq!(issued_access(|spec| spec.identifier = LONG), Err(IssueError::Name));
}

#[test]
fn a_document_signer_is_as_mobile_documents_want_it() {
    let certificate = issued_signer(|_, _| {}).expect("a certificate");
    assert_eq!(certificate.extended_key_usages(), [Purpose::DocumentSigner.oid()]);
    assert_eq!(certificate.revocation_lists(), [LIST]);
    assert_eq!(certificate.issuer_uris(), ["https://id.example/about"]);
    assert_eq!(certificate.uris(), ["https://id.example"]);
    let authority = iaca(&subject("Authority")).expect("an authority");
    let x5c = vec![certificate.der().to_vec()];
    assert!(chain::verify(&x5c, std::slice::from_ref(&authority), NOW, Purpose::DocumentSigner).is_ok());
}

#[test]
fn a_document_signer_of_457_days_is_issued_and_of_a_second_more_is_not() {
    let days = |_: &mut Subject, validity: &mut Validity| validity.not_after = validity.not_before.plus_days(457);
    assert!(issued_signer(days).is_ok());
    let more = issued_signer(|_, validity| validity.not_after = validity.not_before.plus_seconds(457 * 86_400 + 1));
    assert_eq!(more, Err(IssueError::TooLong));
}

#[test]
fn a_document_signer_of_another_country_than_its_authority_is_refused() {
    assert_eq!(issued_signer(|name, _| name.country = Some("DE".to_owned())), Err(IssueError::OtherCountry));
}

#[test]
fn a_document_signer_without_a_country_is_refused() {
    assert_eq!(issued_signer(|name, _| name.country = None), Err(IssueError::OtherCountry));
}

#[test]
fn an_authority_without_a_country_issues_no_document_signer() {
    let (pair, mut entropy) = (key("iaca"), SeededEntropy::new("no country"));
    let spec = AuthoritySpec { subject: Subject { country: None, ..subject("A") }, ..authority("A", None) };
    let issuer = issue_root(&spec, &pair, &mut entropy).expect("a root");
    let (name, signer) = (subject("Signer"), key("signer"));
    let spec = DocumentSignerSpec {
        subject: &name,
        issuer: "https://id.example",
        authority_uri: "https://id.example",
        revocation_list: LIST,
        validity: years(0, 1),
        subject_key: signer.public_key(),
    };
    let refused = issue_document_signer(&spec, &issuer, &pair, &mut entropy);
    assert_eq!(refused, Err(IssueError::Missing("the issuer's countryName")));
}

#[test]
fn an_issuing_authority_names_its_country_and_allows_no_authority_below() {
    let certificate = iaca(&subject("Authority")).expect("an authority");
    assert!(certificate.is_self_signed() && certificate.is_authority());
    assert_eq!((certificate.subject_country(), certificate.revocation_lists().len()), (Some("JP"), 1));
    assert_eq!(certificate.issuer_uris(), ["https://id.example"]);
    assert_eq!(certificate.extensions().constraints.as_ref().and_then(|limits| limits.path_len_constraint), Some(0));
    let nowhere = Subject { country: None, ..subject("Authority") };
    assert_eq!(iaca(&nowhere), Err(IssueError::Missing("countryName")));
}
