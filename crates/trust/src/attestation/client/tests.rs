mod attesters;
mod refused_attestations;
mod refused_proofs;

use mibun_crypto::key::{Signer, SoftwareKey};
use serde_json::{Value, json};

use super::*;
use crate::StatusReference;
use crate::testing::{NOW, Party, key, sign as sign_raw};

const SERVER: &str = "https://issuer.example";
const WALLET: &str = "https://wallet.example";

/// Both messages before they are signed, so that a test can spoil any part of them.
struct Case {
    attester: Party,
    attesters: Attesters,
    instance: SoftwareKey,
    header: Value,
    claims: Value,
    pop_header: Value,
    pop: Value,
    client_id: Option<&'static str>,
    challenge: bool,
}

impl Case {
    fn new() -> Self {
        Self::of(Party::new("attester", Purpose::WalletProvider))
    }

    /// Messages as draft -07 has them, written out by hand.
    fn of(attester: Party) -> Self {
        let instance = key("instance");
        Self {
            attesters: Attesters::of_any_client(attester.anchors().to_vec()),
            header: json!({ "typ": TYP, "x5c": attester.chain() }),
            claims: json!({
                "iss": "https://attester.example",
                "sub": WALLET,
                "iat": NOW.0 - 3600,
                "exp": NOW.0 + 3600,
                "cnf": { "jwk": instance.public_key().to_jwk().to_value() },
            }),
            pop_header: json!({ "typ": POP_TYP }),
            pop: json!({ "iss": WALLET, "aud": SERVER, "jti": "one", "iat": NOW.0 }),
            attester,
            instance,
            client_id: Some(WALLET),
            challenge: false,
        }
    }

    fn attestation(&self) -> String {
        sign_raw(&self.header, &self.claims, &self.attester.key)
    }

    fn proof(&self) -> String {
        sign_raw(&self.pop_header, &self.pop, &self.instance)
    }

    fn expected(&self) -> Expected<'_> {
        let Self { attesters, client_id, challenge, .. } = self;
        Expected { attesters, audience: SERVER, client_id: *client_id, challenge: *challenge, now: NOW }
    }

    fn verify(&self) -> Result<Verified, ClientAttestationError> {
        verify(&self.attestation(), &self.proof(), &self.expected())
    }
}

/// One named test per spoilt message and its exact refusal.
macro_rules! refused {
    ($($name:ident: $spoil:expr => $error:expr;)+) => {$(
        #[test]
        fn $name() {
            let mut case = Case::new();
            let spoil: fn(&mut Case) = $spoil;
            spoil(&mut case);
            assert_eq!(case.verify(), Err($error));
        }
    )+};
}
use refused;

fn without(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member);
}

#[test]
fn draft_07_is_accepted() {
    let case = Case::new();
    let verified = case.verify().expect("accepted");
    assert_eq!(verified.client_id, WALLET);
    assert_eq!(verified.profile, Profile::Haip10);
    assert_eq!(verified.issuer.as_deref(), Some("https://attester.example"));
    assert_eq!(&verified.key, case.instance.public_key());
    assert_eq!((verified.jti.as_str(), verified.pop_fresh_until), ("one", NOW.plus_seconds(300)));
}

#[test]
fn the_form_without_issuers_is_accepted() {
    let mut case = Case::new();
    without(&mut case.claims, "iss");
    without(&mut case.pop, "iss");
    let verified = case.verify().expect("accepted");
    assert_eq!((verified.profile, verified.issuer), (Profile::Latest, None));
}

#[test]
fn an_attester_that_names_itself_in_the_newer_form_does_no_harm() {
    let mut case = Case::new();
    without(&mut case.pop, "iss");
    assert_eq!(case.verify().expect("accepted").profile, Profile::Latest);
}

#[test]
fn members_that_are_not_known_are_ignored() {
    let mut case = Case::new();
    for object in [&mut case.claims, &mut case.pop, &mut case.header, &mut case.pop_header] {
        object["x-sprinkled"] = json!({ "a": [1, 2] });
    }
    assert!(case.verify().is_ok());
}

#[test]
fn a_proof_with_its_own_span_of_time_is_accepted() {
    let mut case = Case::new();
    case.pop["nbf"] = (NOW.0 - 5).into();
    case.pop["exp"] = (NOW.0 + 60).into();
    assert!(case.verify().is_ok());
}

#[test]
fn clocks_may_differ_by_ten_seconds_either_way() {
    for shift in [-10, 10] {
        let mut case = Case::new();
        case.pop["iat"] = (NOW.0 + shift).into();
        assert!(case.verify().is_ok(), "{shift}");
    }
}

#[test]
fn a_request_without_a_client_id_takes_the_attested_one() {
    let mut case = Case::new();
    case.client_id = None;
    assert_eq!(case.verify().expect("accepted").client_id, WALLET);
}

#[test]
fn a_challenge_is_handed_on() {
    let mut case = Case::new();
    case.challenge = true;
    case.pop["challenge"] = "c-1".into();
    assert_eq!(case.verify().expect("accepted").challenge.as_deref(), Some("c-1"));
}

#[test]
fn an_attester_below_another_authority_is_accepted() {
    assert!(Case::of(Party::below_another("deep", Purpose::WalletProvider)).verify().is_ok());
}

#[test]
fn a_status_reference_is_handed_on() {
    let mut case = Case::new();
    case.claims["status"] = json!({ "status_list": { "idx": 7, "uri": "https://s.example/1" } });
    let verified = case.verify().expect("accepted");
    let listed = StatusReference { uri: "https://s.example/1".into(), index: 7 };
    assert_eq!(verified.status, Some(Standing::Listed(listed)));
    assert_eq!(&verified.anchor, &case.attesters.roots()[0]);
    case.claims["status"] = json!({ "identifier_list": { "id": "AQ", "uri": "https://s.example/1" } });
    assert_eq!(case.verify().expect("accepted").status, Some(Standing::Otherwise));
}

#[test]
fn an_audience_in_an_array_of_one_is_accepted() {
    let mut case = Case::new();
    case.pop["aud"] = json!([SERVER]);
    assert!(case.verify().is_ok());
}

#[test]
fn what_is_signed_here_is_accepted_in_both_profiles() {
    let case = Case::new();
    let status = StatusReference { uri: "https://s.example/1".into(), index: 7 };
    for profile in [Profile::Haip10, Profile::Latest] {
        let attestation = Attestation {
            profile,
            issuer: "https://attester.example",
            client_id: WALLET,
            key: case.instance.public_key(),
            issued_at: NOW,
            expires_at: NOW.plus_days(1),
            wallet_name: Some("Mibun"),
            status: Some(&status),
        };
        let pop = Pop { profile, client_id: WALLET, audience: SERVER, jti: "j", issued_at: NOW, challenge: Some("c") };
        let attestation = sign(&attestation, &case.attester.x5c, &case.attester.key).expect("signed");
        let pop = sign_pop(&pop, &case.instance).expect("signed");
        let verified = verify(&attestation, &pop, &case.expected()).expect("accepted");
        assert_eq!((verified.profile, verified.issuer.is_some()), (profile, profile == Profile::Haip10));
        assert_eq!(
            (verified.status, verified.challenge.as_deref()),
            (Some(Standing::Listed(status.clone())), Some("c"))
        );
    }
}
