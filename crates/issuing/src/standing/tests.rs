use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_status::list::StatusList;

use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000);
const URI: &str = "https://provider.example/status/1";
const VALIDITY: Validity = Validity { not_before: Timestamp(1_790_000_000), not_after: Timestamp(1_810_000_000) };

/// Somebody whose status lists are signed with a certificate for this purpose.
struct Attester {
    root: Certificate,
    x5c: Vec<Vec<u8>>,
    key: SoftwareKey,
}

impl Attester {
    fn new(name: &str, purpose: Purpose) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let subject = |name: &str| Subject { common_name: name.into(), organisation: None, country: None };
        let (root_key, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let spec = AuthoritySpec { subject: subject(name), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let spec = LeafSpec {
            subject: subject("Signer"),
            alternative_names: Vec::new(),
            purpose,
            validity: VALIDITY,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, x5c: vec![leaf.der().to_vec()], key }
    }

    fn token(&self, claims: &Claims, list: &StatusList) -> String {
        token::encode(claims, list, &self.x5c, &self.key).expect("signs")
    }

    fn read(&self, token: &str) -> Result<VerifiedList, StandingError> {
        read(token, URI, std::slice::from_ref(&self.root), NOW)
    }
}

fn claims() -> Claims {
    Claims { subject: URI.into(), issued_at: NOW, expires_at: Some(NOW.plus_seconds(86_400)), ttl: Some(900) }
}

fn list() -> StatusList {
    let mut list = StatusList::new(4, 64).expect("a list");
    for (index, status) in [(1, Status::Invalid), (2, Status::Suspended), (3, Status::Other(12))] {
        list.set(index, status).expect("an entry");
    }
    list
}

#[test]
fn each_standing_has_its_own_answer() {
    let attester = Attester::new("attester", Purpose::StatusSigner);
    let list = attester.read(&attester.token(&claims(), &list())).expect("a good list");
    assert_eq!(judge(&list, 0), Ok(()));
    assert_eq!(judge(&list, 1), Err(StandingError::Revoked));
    assert_eq!(judge(&list, 2), Err(StandingError::Suspended));
    assert_eq!(judge(&list, 3), Err(StandingError::Unknown));
}

#[test]
fn an_entry_beyond_the_list_is_none() {
    let attester = Attester::new("attester", Purpose::StatusSigner);
    let list = attester.read(&attester.token(&claims(), &list())).expect("a good list");
    assert_eq!(judge(&list, 63), Ok(()));
    for index in [64, u64::from(u32::MAX) + 1, u64::MAX] {
        assert_eq!(judge(&list, index), Err(StandingError::NoEntry), "{index}");
    }
}

#[test]
fn whoever_may_attest_below_the_same_root_may_sign_the_list() {
    for (purpose, may) in [
        (Purpose::StatusSigner, true),
        (Purpose::WalletProvider, true),
        (Purpose::DocumentSigner, false),
        (Purpose::AccessCertificate, false),
        (Purpose::Registrar, false),
    ] {
        let attester = Attester::new("attester", purpose);
        let verified = attester.read(&attester.token(&claims(), &list()));
        assert_eq!(verified.err(), (!may).then_some(StandingError::Signer), "{purpose:?}");
    }
}

#[test]
fn the_list_of_another_attester_is_refused() {
    let (attester, other) =
        (Attester::new("attester", Purpose::StatusSigner), Attester::new("other", Purpose::StatusSigner));
    assert_eq!(attester.read(&other.token(&claims(), &list())), Err(StandingError::Signer));
    let nobody = read(&attester.token(&claims(), &list()), URI, &[], NOW);
    assert_eq!(nobody, Err(StandingError::Signer));
}

#[test]
fn another_list_an_old_one_and_none_are_refused() {
    let attester = Attester::new("attester", Purpose::StatusSigner);
    let refusal = |claims: Claims| attester.read(&attester.token(&claims, &list())).expect_err("refused");
    let other = Claims { subject: "https://provider.example/status/2".into(), ..claims() };
    assert_eq!(refusal(other), StandingError::Subject);
    let old = Claims { expires_at: Some(NOW.plus_seconds(-61)), ..claims() };
    assert_eq!(refusal(old), StandingError::Expired);
    assert_eq!(refusal(Claims { issued_at: NOW.plus_seconds(61), ..claims() }), StandingError::Malformed);
    let endless = Claims { issued_at: NOW.plus_seconds(-86_460), expires_at: None, ..claims() };
    assert_eq!(refusal(endless.clone()), StandingError::Expired, "it does not vouch for ever");
    let fresh = Claims { issued_at: NOW.plus_seconds(-86_459), ..endless };
    assert!(attester.read(&attester.token(&fresh, &list())).is_ok());
    for text in ["", "<html>", "a.b.c"] {
        assert_eq!(attester.read(text), Err(StandingError::Malformed), "{text}");
    }
}

#[test]
fn a_list_is_no_larger_than_it_has_to_be() {
    let attester = Attester::new("attester", Purpose::StatusSigner);
    let of = |bits, entries| attester.token(&claims(), &StatusList::new(bits, entries).expect("a list"));
    assert!(attester.read(&of(2, 1 << 24)).is_ok());
    assert_eq!(attester.read(&of(4, 1 << 24)), Err(StandingError::Malformed));
}

#[test]
fn a_list_is_kept_as_long_as_it_says_within_bounds() {
    let kept = |ttl, expires_at: Option<i64>| {
        let expires_at = expires_at.map(|seconds| NOW.plus_seconds(seconds));
        kept_until(&Claims { ttl, expires_at, ..claims() }, NOW).seconds_since(NOW)
    };
    assert_eq!(kept(Some(900), Some(86_400)), 900);
    assert_eq!(kept(None, None), 300);
    assert_eq!(kept(Some(u64::MAX), None), 3_600);
    assert_eq!(kept(Some(900), Some(10)), 70);
    assert_eq!(kept(Some(1), Some(86_400)), 60, "nobody is asked every second");
    assert_eq!(kept(Some(900), Some(-59)), 1, "what is still read is still kept");
}
