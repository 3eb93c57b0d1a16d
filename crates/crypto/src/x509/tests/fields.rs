use super::*;

fn root() -> Certificate {
    Authority::root("Root", Some(1)).certificate
}

#[test]
fn a_root_says_what_it_was_told() {
    let root = root();
    assert_eq!((root.subject_cn(), root.subject_org()), (Some("Root"), Some("身分市")));
    assert_eq!(root.subject_country(), Some("JP"));
    assert_eq!((root.not_before(), root.not_after()), (years(1, 10).not_before, years(1, 10).not_after));
    assert!(root.is_self_signed() && root.is_authority());
    assert_eq!(root.subject_key_identifier(), root.authority_key_identifier());
    assert_eq!(root.serial().len(), 16);
    assert_eq!(root.public_key(), key("Root").public_key());
    assert_eq!(root.extended_key_usages(), [] as [String; 0]);
}

#[test]
fn a_leaf_says_what_it_was_told() {
    let root = Authority::root("Root", None);
    let leaf = Certificate::from_der(&root.leaf(Purpose::AccessCertificate)[0]).expect("a leaf");
    assert_eq!(leaf.extended_key_usages(), ["0.4.0.19411.8.1"]);
    assert_eq!(leaf.dns_names(), ["id.example.org"]);
    assert_eq!(leaf.uris(), ["https://id.example.org"]);
    assert!(!leaf.is_self_signed() && !leaf.is_authority());
    assert_eq!(leaf.authority_key_identifier(), root.certificate.subject_key_identifier());
    assert_ne!(leaf.subject_key_identifier(), leaf.authority_key_identifier());
    assert_eq!(leaf.issuer_der(), root.certificate.subject_der());
    assert_eq!(leaf.sha256_fingerprint(), crate::digest::sha256(leaf.der()));
}

#[test]
fn pem_leads_back_to_the_certificate() {
    let (one, two) = (root(), Authority::root("Two", None).certificate);
    assert_eq!(Certificate::from_pem(&one.to_pem()).as_ref(), Ok(&one));
    let both = format!("{}\n{}\n", one.to_pem(), two.to_pem());
    assert_eq!(Certificate::all_from_pem(&both), Ok(vec![one.clone(), two]));
    assert_eq!(Certificate::all_from_pem(" \n"), Ok(Vec::new()));
    for text in ["", "x", &one.to_pem()[..100], &one.to_pem().replace("CERTIFICATE", "PRIVATE KEY")] {
        assert_eq!(Certificate::from_pem(text).err(), Some(CertificateError::Pem), "{text}");
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    let der = root().der().to_vec();
    assert_eq!(Certificate::from_der(&der[..der.len() - 1]).err(), Some(CertificateError::Form));
    assert_eq!(Certificate::from_der(&[der.as_slice(), &[0]].concat()).err(), Some(CertificateError::Form));
    assert_eq!(Certificate::from_der(b"").err(), Some(CertificateError::Form));
    assert_eq!(Certificate::from_der(&vec![0x30; 20_000]).err(), Some(CertificateError::TooLong));
}

#[test]
fn names_that_no_certificate_should_carry_are_refused() {
    let (key, mut entropy) = (key("Root"), SeededEntropy::new("names"));
    let mut issue = |subject| {
        let spec = AuthoritySpec { subject, validity: years(0, 1), path_length: None };
        issue_root(&spec, &key, &mut entropy).err()
    };
    let good = subject("Root");
    assert_eq!(issue(Subject { organisation: None, country: None, ..good.clone() }), None);
    for name in ["", "a\0b", "line\nbreak", &"x".repeat(65)] {
        assert_eq!(issue(Subject { common_name: name.to_owned(), ..good.clone() }), Some(IssueError::Name), "{name:?}");
        let organisation = Some(name.to_owned());
        assert_eq!(issue(Subject { organisation, ..good.clone() }), Some(IssueError::Name), "{name:?}");
    }
    for country in ["", "jp", "JPN", "日"] {
        let country = Some(country.to_owned());
        assert_eq!(issue(Subject { country, ..good.clone() }), Some(IssueError::Country));
    }
}

#[test]
fn spans_of_time_must_fit_a_certificate() {
    let (key, mut entropy) = (key("Root"), SeededEntropy::new("validity"));
    let mut issue = |not_before, not_after| {
        let validity = Validity { not_before: Timestamp(not_before), not_after: Timestamp(not_after) };
        let spec = AuthoritySpec { subject: subject("Root"), validity, path_length: None };
        issue_root(&spec, &key, &mut entropy)
    };
    // 2050 is where the encoding of time changes.
    let long = issue(2_524_607_999, 2_524_608_000).expect("a certificate across the change");
    assert_eq!((long.not_before(), long.not_after()), (Timestamp(2_524_607_999), Timestamp(2_524_608_000)));
    assert_eq!(issue(10, 9).err(), Some(IssueError::Validity));
    assert_eq!(issue(-1, 9).err(), Some(IssueError::Validity));
    assert_eq!(issue(0, i64::MAX).err(), Some(IssueError::Validity));
}

#[test]
fn only_the_authority_itself_issues() {
    let root = Authority::root("Root", None);
    let stranger = key("stranger");
    let spec = leaf(stranger.public_key(), Purpose::Tls);
    let mut entropy = SeededEntropy::new("issue");
    assert_eq!(issue_leaf(&spec, &root.certificate, &stranger, &mut entropy).err(), Some(IssueError::Issuer));
    let leaf_certificate = Certificate::from_der(&root.leaf(Purpose::Tls)[0]).expect("a leaf");
    assert_eq!(issue_leaf(&spec, &leaf_certificate, &key("leaf"), &mut entropy).err(), Some(IssueError::Issuer));
}

#[test]
fn alternative_names_are_ascii() {
    let root = Authority::root("Root", None);
    let key = key("leaf");
    for name in ["", "身分.example", "two words", "nul\0"] {
        let alternative_names = vec![AlternativeName::Dns(name.to_owned())];
        let spec = LeafSpec { alternative_names, ..leaf(key.public_key(), Purpose::Tls) };
        let result = issue_leaf(&spec, &root.certificate, &root.key, &mut SeededEntropy::new("names"));
        assert_eq!(result.err(), Some(IssueError::AlternativeName), "{name:?}");
    }
}

#[test]
fn a_certificate_prints_its_name_only() {
    assert_eq!(format!("{:?}", root()), "Certificate { subject: Some(\"Root\"), .. }");
}
