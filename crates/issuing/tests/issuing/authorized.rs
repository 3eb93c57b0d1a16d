//! The way over the browser: authorization codes and refresh tokens, each refusal with what is stored for it.

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::time::Timestamp;
use mibun_issuing::address::Transport;
use mibun_issuing::authorization::{AuthorizationRequest, Terms};
use mibun_issuing::credential::RequestKey;
use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::form;
use mibun_issuing::grant::{Access, AccessError, Grant, REFRESH_GRACE, RedeemError, Redeemer, Step};
use mibun_issuing::pkce;
use mibun_issuing::refresh::Claimed;
use mibun_issuing::secret::Secret;
use mibun_issuing::thumbprint::Thumbprint;
use mibun_issuing::token::CodeRequest;

use crate::desk::{CONFIGURATION, Desk};

const CLIENT: &str = "https://wallet.example";
const BACK: &str = "https://wallet.example/back";
const GRANT: [u8; 16] = [7; 16];

fn key(byte: u8) -> Thumbprint {
    Thumbprint::parse(&base64url::encode(&[byte; 32])).expect("32 bytes")
}

fn wallet() -> Redeemer<'static> {
    Redeemer { client: Some(CLIENT), key: key(1), instance: Some(key(9)), grant: GRANT }
}

/// A desk whose person said yes, the wallet's request, and what redeems the code.
struct World {
    desk: Desk,
    request: CodeRequest,
}

impl World {
    fn new(bound: Option<Thumbprint>) -> Self {
        let (mut desk, secrets) = Desk::open(true);
        let (verifier, challenge) = pkce::draw(&mut SeededEntropy::new("a wallet"));
        let parameters = [
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("scope", CONFIGURATION),
            ("code_challenge", &challenge.as_text()),
            ("code_challenge_method", "S256"),
        ];
        let terms = Terms {
            client: CLIENT,
            proven: bound,
            configurations: &[CONFIGURATION],
            transport: Transport::Https,
            registered: None,
        };
        let pushed = AuthorizationRequest::parse(form::encode(&parameters).as_bytes(), &terms).expect("a good request");
        let tx_code = secrets.tx_code.as_ref();
        let step = desk.grant.authorize(tx_code, &pushed, &desk.policy, desk.now, &mut desk.entropy);
        let code = step.answer.expect("the transaction code is right");
        desk.grant = step.store.expect("it changed");
        let request = CodeRequest {
            code,
            redirect_uri: Some(BACK.to_owned()),
            verifier: Some(verifier),
            client: Some(CLIENT.to_owned()),
        };
        Self { desk, request }
    }

    fn redeem(&mut self, request: &CodeRequest, redeemer: &Redeemer<'_>) -> Result<Access, RedeemError> {
        let Desk { grant, policy, now, entropy, .. } = &mut self.desk;
        let step = grant.redeem_code(request, redeemer, policy, *now, entropy);
        self.keep(step)
    }

    fn refresh(&mut self, number: u32, redeemer: &Redeemer<'_>) -> Result<Access, RedeemError> {
        let Desk { grant, policy, now, entropy, .. } = &mut self.desk;
        let step = grant.refresh(number, redeemer, policy, *now, entropy);
        self.keep(step)
    }

    fn keep<T, E>(&mut self, step: Step<T, E>) -> Result<T, E> {
        if let Some(grant) = step.store {
            let text = serde_json::to_string(&grant).expect("a grant can be stored");
            self.desk.grant = serde_json::from_str(&text).expect("a stored grant can be read");
            self.desk.writes += 1;
        }
        step.answer
    }

    fn redeemed(&mut self) -> Access {
        self.redeem(&self.request.clone(), &wallet()).expect("the code is good")
    }

    /// Refuses to redeem, leaving the code as it is.
    fn refuses(&mut self, request: &CodeRequest, redeemer: &Redeemer<'_>) -> RedeemError {
        let refusal = self.redeem(request, redeemer).expect_err("it must be refused");
        assert_eq!((self.desk.grant.state(), self.desk.writes), ("authorized", 0));
        refusal
    }

    fn collect(&mut self, token: &Secret, request: RequestKey) -> Result<bool, AccessError> {
        let Desk { grant, now, entropy, .. } = &mut self.desk;
        let step = grant.reserve(token, CONFIGURATION, request, *now, entropy);
        self.keep(step).map(|reservation| reservation.sibling.is_some())
    }
}

fn asked(token: &Secret) -> RequestKey {
    RequestKey::of(token, CONFIGURATION, &[])
}

#[test]
fn a_code_gives_a_bound_token_with_a_refresh_token() {
    let mut world = World::new(None);
    let access = world.redeemed();
    assert!(access.bound);
    assert_eq!(world.desk.grant.check_binding(Some(key(1))), Ok(()));
    let claimed = world.desk.policy.refresh_key.open(&access.refresh.expect("there is one"));
    assert_eq!(claimed, Some(Claimed { grant: GRANT, number: 1 }));
}

#[test]
fn a_bound_token_is_no_bearer_token_nor_good_with_another_key() {
    let mut world = World::new(None);
    world.redeemed();
    assert_eq!(world.desk.grant.check_binding(None), Err(AccessError::Bound));
    assert_eq!(world.desk.grant.check_binding(Some(key(2))), Err(AccessError::Bound));
    assert_eq!(AccessError::Bound.code(), Code::InvalidToken);
}

#[test]
fn a_bearer_token_is_not_taken_as_a_bound_one() {
    let (desk, _, _) = Desk::redeemed();
    assert_eq!(desk.grant.check_binding(Some(key(1))), Err(AccessError::NotBound));
    assert_eq!(desk.grant.check_binding(None), Ok(()));
}

#[test]
fn the_offers_own_code_is_used_up() {
    let (mut desk, secrets) = Desk::open(false);
    let world = World::new(None);
    desk.grant = world.desk.grant;
    let form = mibun_issuing::token::PreAuthorizedRequest { code: secrets.code, tx_code: None }.to_form();
    assert!(desk.token(&form).is_err());
}

#[test]
fn a_wrong_transaction_code_on_the_page_is_counted_too() {
    let (mut desk, _) = Desk::open(true);
    let request = World::new(None).desk.grant;
    let Grant::Authorized(authorized) = request else { panic!("authorized") };
    let pushed = AuthorizationRequest {
        client: authorized.client,
        redirect_uri: authorized.redirect_uri,
        state: None,
        challenge: authorized.challenge,
        key: None,
        wanted: authorized.wanted,
        offer: None,
    };
    let wrong = Secret::new("not digits");
    let step = desk.grant.authorize(Some(&wrong), &pushed, &desk.policy, desk.now, &mut desk.entropy);
    assert_eq!(step.answer, Err(RedeemError::WrongTxCode { tries_left: 4 }));
    assert_eq!(step.store.map(|grant| grant.wrong_tries()), Some(1));
}

#[test]
fn a_code_after_a_minute_is_refused_and_the_end_is_stored() {
    let mut world = World::new(None);
    world.desk.later(60);
    assert_eq!(world.redeem(&world.request.clone(), &wallet()), Err(RedeemError::Expired));
    assert_eq!(world.desk.grant.state(), "expired");
    assert_eq!(world.redeem(&world.request.clone(), &wallet()), Err(RedeemError::Expired));
}

#[test]
fn a_code_of_another_client_is_refused() {
    let mut world = World::new(None);
    let other = Redeemer { client: Some("https://other.example"), ..wallet() };
    let refusal = world.refuses(&world.request.clone(), &other);
    assert_eq!((refusal, refusal.code()), (RedeemError::OtherClient, Code::InvalidGrant));
}

#[test]
fn without_or_with_another_redirect_uri_the_code_is_refused() {
    let mut world = World::new(None);
    for redirect_uri in [None, Some("https://wallet.example/".to_owned())] {
        let request = CodeRequest { redirect_uri, ..world.request.clone() };
        assert_eq!(world.refuses(&request, &wallet()), RedeemError::OtherRedirect);
    }
}

#[test]
fn without_or_with_another_verifier_the_code_is_refused() {
    let mut world = World::new(None);
    for verifier in [None, Some(Secret::new("x".repeat(43)))] {
        let request = CodeRequest { verifier, ..world.request.clone() };
        let refusal = world.refuses(&request, &wallet());
        assert_eq!((refusal, refusal.code()), (RedeemError::WrongVerifier, Code::InvalidGrant));
    }
}

#[test]
fn a_code_bound_to_a_key_is_refused_for_another() {
    let mut world = World::new(Some(key(2)));
    let refusal = world.refuses(&world.request.clone(), &wallet());
    assert_eq!((refusal, refusal.code()), (RedeemError::OtherKey, Code::InvalidDpopProof));
    assert!(world.redeem(&world.request.clone(), &Redeemer { key: key(2), ..wallet() }).is_ok());
}

#[test]
fn an_unknown_code_is_refused() {
    let mut world = World::new(None);
    let request = CodeRequest { code: Secret::new("another"), ..world.request.clone() };
    assert_eq!(world.refuses(&request, &wallet()), RedeemError::UnknownCode);
}

#[test]
fn a_code_used_twice_ends_what_it_gave() {
    let mut world = World::new(None);
    let access = world.redeemed();
    assert_eq!(world.redeem(&world.request.clone(), &wallet()), Err(RedeemError::Used));
    assert_eq!(world.desk.grant.state(), "revoked");
    assert_eq!(world.collect(&access.token, asked(&access.token)), Err(AccessError::UnknownToken));
    assert_eq!(world.refresh(1, &wallet()), Err(RedeemError::UnknownRefresh));
}

#[test]
fn a_used_code_in_another_hand_ends_nothing() {
    let mut world = World::new(None);
    world.redeemed();
    let writes = world.desk.writes;
    for thief in [Redeemer { client: Some("https://other.example"), ..wallet() }, Redeemer { key: key(2), ..wallet() }]
    {
        assert_eq!(world.redeem(&world.request.clone(), &thief), Err(RedeemError::Used));
    }
    assert_eq!((world.desk.grant.state(), world.desk.writes), ("redeemed", writes));
}

#[test]
fn a_refresh_token_of_another_instance_of_the_wallet_is_refused_and_costs_nothing() {
    let mut world = World::new(None);
    world.redeemed();
    let other = Redeemer { instance: Some(key(8)), ..wallet() };
    let refusal = world.refresh(1, &other).expect_err("it is another instance's");
    assert_eq!((refusal, refusal.code()), (RedeemError::OtherInstance, Code::InvalidGrant));
    assert!(world.refresh(1, &wallet()).is_ok());
}

#[test]
fn refreshing_gives_new_tokens_and_ends_the_old_access_token() {
    let mut world = World::new(None);
    let old = world.redeemed();
    world.desk.later(299);
    let new = world.refresh(1, &wallet()).expect("it is the last one");
    assert_eq!(world.collect(&old.token, asked(&old.token)), Err(AccessError::UnknownToken));
    assert_eq!(world.collect(&new.token, asked(&new.token)), Ok(false));
    let claimed = world.desk.policy.refresh_key.open(&new.refresh.expect("there is one"));
    assert_eq!(claimed.map(|claimed| claimed.number), Some(2));
}

#[test]
fn after_collecting_and_refreshing_copies_of_the_same_card_are_had() {
    let mut world = World::new(None);
    let first = world.redeemed();
    assert_eq!(world.collect(&first.token, asked(&first.token)), Ok(false));
    let second = world.refresh(1, &wallet()).expect("it is the last one");
    assert_eq!(world.collect(&second.token, asked(&second.token)), Ok(true));
    let third = world.refresh(2, &wallet()).expect("it is the last one");
    assert_eq!(world.collect(&third.token, asked(&third.token)), Ok(true));
}

#[test]
fn a_lost_answer_can_be_fetched_again_for_a_minute() {
    let mut world = World::new(None);
    world.redeemed();
    world.refresh(1, &wallet()).expect("it is the last one");
    world.desk.later(REFRESH_GRACE - 1);
    let again = world.refresh(1, &wallet()).expect("the answer may have been lost");
    assert_eq!(world.collect(&again.token, asked(&again.token)), Ok(false));
}

#[test]
fn an_older_refresh_token_ends_the_family() {
    let mut world = World::new(None);
    world.redeemed();
    world.refresh(1, &wallet()).expect("it is the last one");
    let last = world.refresh(2, &wallet()).expect("it is the last one");
    let refusal = world.refresh(1, &wallet()).expect_err("it was used");
    assert_eq!((refusal, refusal.code()), (RedeemError::RefreshReused, Code::InvalidGrant));
    assert_eq!(world.desk.grant.state(), "revoked");
    assert_eq!(world.collect(&last.token, asked(&last.token)), Err(AccessError::UnknownToken));
    assert_eq!(world.refresh(3, &wallet()), Err(RedeemError::UnknownRefresh));
}

#[test]
fn the_last_token_but_one_after_a_minute_ends_the_family() {
    let mut world = World::new(None);
    world.redeemed();
    world.refresh(1, &wallet()).expect("it is the last one");
    world.desk.later(REFRESH_GRACE);
    assert_eq!(world.refresh(1, &wallet()), Err(RedeemError::RefreshReused));
    assert_eq!(world.desk.grant.state(), "revoked");
}

#[test]
fn a_refresh_token_of_another_client_or_key_is_refused_and_costs_nothing() {
    let mut world = World::new(None);
    world.redeemed();
    let writes = world.desk.writes;
    let other = Redeemer { client: Some("https://other.example"), ..wallet() };
    assert_eq!(world.refresh(1, &other), Err(RedeemError::OtherClient));
    assert_eq!(world.refresh(1, &Redeemer { key: key(2), ..wallet() }), Err(RedeemError::OtherKey));
    assert_eq!(world.desk.writes, writes);
    assert!(world.refresh(1, &wallet()).is_ok());
}

#[test]
fn a_family_ends_with_its_time_however_often_it_was_refreshed() {
    let mut world = World::new(None);
    world.redeemed();
    world.desk.later(2000);
    world.refresh(1, &wallet()).expect("it is the last one");
    assert_eq!(world.desk.grant.expires_at(), Timestamp(1_790_000_000 + 3000));
    world.desk.later(1000);
    assert_eq!(world.refresh(2, &wallet()), Err(RedeemError::UnknownRefresh));
}

#[test]
fn a_forged_refresh_token_says_nothing() {
    let world = World::new(None);
    let key = &world.desk.policy.refresh_key;
    let token = key.issue(&Claimed { grant: GRANT, number: 1 });
    for at in 0..token.expose().len() {
        let mut forged = token.expose().to_owned().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = Secret::new(String::from_utf8(forged).expect("letters"));
        assert_eq!(key.open(&forged), None);
    }
    assert_eq!(key.open(&Secret::new("")), None);
}
