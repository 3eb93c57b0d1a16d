//! Offers' own codes redeemed with a key: refresh tokens for whoever proves again what was proved then.

use mibun_crypto::base64url;
use mibun_issuing::credential::RequestKey;
use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::grant::{Access, AccessError, OfferSecrets, REFRESH_GRACE, RedeemError, Redeemer, Step};
use mibun_issuing::refresh::Claimed;
use mibun_issuing::secret::Secret;
use mibun_issuing::thumbprint::Thumbprint;
use mibun_issuing::token::{PreAuthorizedRequest, TokenResponse};

use crate::desk::{CONFIGURATION, Desk};

const CLIENT: &str = "https://wallet.example";
const GRANT: [u8; 16] = [7; 16];

fn key(byte: u8) -> Thumbprint {
    Thumbprint::parse(&base64url::encode(&[byte; 32])).expect("32 bytes")
}

fn nobody() -> Redeemer<'static> {
    Redeemer { client: None, key: key(1), instance: None, grant: GRANT }
}

fn attested() -> Redeemer<'static> {
    Redeemer { client: Some(CLIENT), instance: Some(key(9)), ..nobody() }
}

/// A client that is registered, and proves nothing but its key.
fn public() -> Redeemer<'static> {
    Redeemer { client: Some(CLIENT), ..nobody() }
}

/// A desk with an open offer.
struct World {
    desk: Desk,
    secrets: OfferSecrets,
}

impl World {
    fn new() -> Self {
        let (desk, secrets) = Desk::open(true);
        Self { desk, secrets }
    }

    fn of(redeemer: &Redeemer<'_>) -> (Self, Access) {
        let mut world = Self::new();
        let access = world.redeem(Some(redeemer)).expect("the code is good");
        (world, access)
    }

    fn redeem(&mut self, redeemer: Option<&Redeemer<'_>>) -> Result<Access, RedeemError> {
        let (code, tx_code) = (self.secrets.code.clone(), self.secrets.tx_code.clone());
        let Desk { grant, policy, now, entropy, .. } = &mut self.desk;
        let step = grant.redeem(&PreAuthorizedRequest { code, tx_code }, redeemer, policy, *now, entropy);
        self.keep(step)
    }

    fn refresh(&mut self, number: u32, redeemer: &Redeemer<'_>) -> Result<Access, RedeemError> {
        let Desk { grant, policy, now, entropy, .. } = &mut self.desk;
        let step = grant.refresh(number, redeemer, policy, *now, entropy);
        self.keep(step)
    }

    /// Refuses to refresh, changing nothing.
    fn refuses(&mut self, number: u32, redeemer: &Redeemer<'_>) -> RedeemError {
        let before = (self.desk.grant.clone(), self.desk.writes);
        let refusal = self.refresh(number, redeemer).expect_err("it must be refused");
        assert_eq!((self.desk.grant.clone(), self.desk.writes), before);
        refusal
    }

    fn keep<T, E>(&mut self, step: Step<T, E>) -> Result<T, E> {
        if let Some(grant) = step.store {
            let text = serde_json::to_string(&grant).expect("a grant can be stored");
            self.desk.grant = serde_json::from_str(&text).expect("a stored grant can be read");
            self.desk.writes += 1;
        }
        step.answer
    }

    /// Asks for copies; answers whether they are more of a card that is there.
    fn collect(&mut self, token: &Secret, configuration: &str) -> Result<bool, AccessError> {
        let request = RequestKey::of(token, configuration, &[]);
        let Desk { grant, now, entropy, .. } = &mut self.desk;
        let step = grant.reserve(token, configuration, request, *now, entropy);
        self.keep(step).map(|reservation| reservation.sibling.is_some())
    }
}

#[test]
fn a_code_redeemed_with_a_key_gives_a_bound_token_and_a_refresh_token() {
    let (world, access) = World::of(&nobody());
    assert!(access.bound);
    assert_eq!(world.desk.grant.check_binding(Some(key(1))), Ok(()));
    assert_eq!(world.desk.grant.check_binding(Some(key(2))), Err(AccessError::Bound));
    assert_eq!(world.desk.grant.check_binding(None), Err(AccessError::Bound));
    let claimed = world.desk.policy.refresh_key.open(access.refresh.as_ref().expect("there is one"));
    assert_eq!(claimed, Some(Claimed { grant: GRANT, number: 1 }));
    let answer = serde_json::to_value(TokenResponse::of(access)).expect("JSON");
    assert!(answer["token_type"] == "DPoP" && answer["refresh_token"].is_string(), "{answer}");
}

#[test]
fn a_bearer_token_has_no_refresh_token_and_none_refreshes_it() {
    let mut world = World::new();
    let access = world.redeem(None).expect("the code is good");
    assert_eq!((access.bound, access.refresh), (false, None));
    for redeemer in [nobody(), attested(), public()] {
        let refusal = world.refuses(1, &redeemer);
        assert_eq!((refusal, refusal.code()), (RedeemError::UnknownRefresh, Code::InvalidGrant));
    }
}

#[test]
fn two_formats_come_under_one_token_and_more_copies_after_refreshing() {
    let (mut world, first) = World::of(&nobody());
    assert_eq!(world.collect(&first.token, CONFIGURATION), Ok(false));
    assert_eq!(world.collect(&first.token, "another format"), Ok(true));
    let second = world.refresh(1, &nobody()).expect("it is the last one");
    assert_eq!(world.collect(&first.token, CONFIGURATION), Err(AccessError::UnknownToken));
    assert_eq!(world.collect(&second.token, CONFIGURATION), Ok(true));
    assert_eq!(world.collect(&second.token, "another format"), Ok(true));
}

#[test]
fn an_anonymous_family_is_its_keys_alone() {
    let (mut world, _) = World::of(&nobody());
    for thief in [nobody(), attested(), public()].map(|redeemer| Redeemer { key: key(2), ..redeemer }) {
        let refusal = world.refuses(1, &thief);
        assert_eq!((refusal, refusal.code()), (RedeemError::OtherKey, Code::InvalidDpopProof));
    }
    world.refresh(1, &nobody()).expect("it is the last one");
    world.refresh(2, &attested()).expect("who proves more has the key all the same");
}

#[test]
fn an_attested_family_is_not_refreshed_by_somebody_who_proves_less() {
    let (mut world, _) = World::of(&attested());
    for redeemer in [nobody(), public()] {
        let refusal = world.refuses(1, &redeemer);
        assert_eq!((refusal, refusal.code()), (RedeemError::MissingAuthentication, Code::InvalidClient));
    }
    let others = [
        (Redeemer { client: Some("https://other.example"), ..attested() }, RedeemError::OtherClient),
        (Redeemer { instance: Some(key(8)), ..attested() }, RedeemError::OtherInstance),
        (Redeemer { key: key(2), ..attested() }, RedeemError::OtherKey),
    ];
    for (redeemer, expected) in others {
        assert_eq!(world.refuses(1, &redeemer), expected);
    }
    assert!(world.refresh(1, &attested()).is_ok());
}

#[test]
fn a_refreshed_family_is_bound_as_the_first_was() {
    let (mut world, _) = World::of(&attested());
    world.refresh(1, &attested()).expect("it is the last one");
    assert_eq!(world.refuses(2, &nobody()), RedeemError::MissingAuthentication);
    let (mut world, _) = World::of(&nobody());
    world.refresh(1, &attested()).expect("it is the last one");
    assert!(world.refresh(2, &nobody()).is_ok(), "what was proved later binds nobody");
}

#[test]
fn a_registered_clients_family_is_refreshed_by_whoever_names_it_and_has_the_key() {
    let (mut world, _) = World::of(&public());
    assert_eq!(world.refuses(1, &nobody()), RedeemError::MissingAuthentication);
    let other = Redeemer { client: Some("https://other.example"), ..public() };
    assert_eq!(world.refuses(1, &other), RedeemError::OtherClient);
    assert_eq!(world.refuses(1, &Redeemer { key: key(2), ..public() }), RedeemError::OtherKey);
    assert!(world.refresh(1, &public()).is_ok());
}

#[test]
fn an_older_refresh_token_ends_the_family() {
    let (mut world, _) = World::of(&nobody());
    world.refresh(1, &nobody()).expect("it is the last one");
    let last = world.refresh(2, &nobody()).expect("it is the last one");
    assert_eq!(world.refresh(1, &nobody()), Err(RedeemError::RefreshReused));
    assert_eq!(world.desk.grant.state(), "revoked");
    assert_eq!(world.collect(&last.token, CONFIGURATION), Err(AccessError::UnknownToken));
    assert_eq!(world.refuses(3, &nobody()), RedeemError::UnknownRefresh);
}

#[test]
fn the_last_token_but_one_is_taken_for_a_minute() {
    let (mut world, _) = World::of(&nobody());
    world.refresh(1, &nobody()).expect("it is the last one");
    world.desk.later(REFRESH_GRACE - 1);
    world.refresh(1, &nobody()).expect("the answer may have been lost");
    world.desk.later(REFRESH_GRACE);
    assert_eq!(world.refresh(2, &nobody()), Err(RedeemError::RefreshReused));
    assert_eq!(world.desk.grant.state(), "revoked");
}

#[test]
fn a_used_code_of_an_offer_ends_nothing() {
    let (mut world, _) = World::of(&nobody());
    let before = (world.desk.grant.clone(), world.desk.writes);
    for redeemer in [None, Some(&nobody()), Some(&attested())] {
        assert_eq!(world.redeem(redeemer), Err(RedeemError::Used));
    }
    assert_eq!((world.desk.grant.clone(), world.desk.writes), before);
    assert!(world.refresh(1, &nobody()).is_ok());
}

#[test]
fn a_wrong_transaction_code_gives_no_family() {
    let mut world = World::new();
    world.secrets.tx_code = Some(Secret::new("not digits"));
    assert_eq!(world.redeem(Some(&nobody())), Err(RedeemError::WrongTxCode { tries_left: 4 }));
    assert_eq!(world.desk.grant.state(), "offered");
    assert_eq!(world.refuses(1, &nobody()), RedeemError::UnknownRefresh);
}

#[test]
fn a_token_that_ended_unused_is_refreshed_while_the_family_lasts() {
    let (mut world, access) = World::of(&nobody());
    world.desk.later(300);
    assert_eq!(world.collect(&access.token, CONFIGURATION), Err(AccessError::Expired));
    assert_eq!(world.desk.grant.state(), "redeemed");
    let second = world.refresh(1, &nobody()).expect("it is the last one");
    assert_eq!(world.collect(&second.token, CONFIGURATION), Ok(false));
    world.desk.later(2700);
    assert_eq!(world.refuses(2, &nobody()), RedeemError::UnknownRefresh);
}
