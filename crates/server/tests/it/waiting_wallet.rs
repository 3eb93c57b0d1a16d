//! Our own wallet while an officer has not decided: it stops waiting, and asks again another day.

use std::sync::Arc;

use mibun_crypto::time::Timestamp;
use mibun_issuing::address::Transport;
use mibun_issuing::collect::{CollectError, Exchange};
use mibun_issuing::error::Code;
use mibun_registry::OfficerId;
use mibun_server::clock::{Clock, ManualClock};
use mibun_server::work::officers::SignedIn;
use mibun_server::work::{journeys, referrals};
use mibun_trust::TrustAnchors;
use mibun_trust::attestation::Profile;
use mibun_wallet::http::Http;
use mibun_wallet::store::Store;
use mibun_wallet::{Failure, Resumed, Wallet};

use crate::known_wallet::{Person, vouched};
use crate::support::Town;

/// The clock of the town, for a wallet that lives in it.
struct TownClock(Arc<ManualClock>);

impl mibun_wallet::clock::Clock for TownClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// A wallet that was told to wait and did not want to, and the journey that an officer has to decide.
async fn stopped(town: &Town) -> (Wallet, String) {
    let (id, token) = town.referred_journey().await;
    let journey = journeys::authorise(&town.app, &id, &token).await.expect("the token");
    let later = journeys::overview(&town.app, &journey).await.expect("a journey").later.expect("an offer");
    let person = Person { http: town.http.clone(), reference: later.reference, code: later.tx_code, decision: "allow" };
    let transport = Transport::HttpsOrLoopback;
    let network = Arc::new(Http::new(transport, None).expect("a network"));
    let entropy = Box::new(mibun_wallet::entropy::SystemEntropy);
    let wallet = Wallet::new(Store::in_memory(), network, Arc::new(TownClock(town.clock.clone())), entropy)
        .trusting(TrustAnchors::single(&town.app.keys.root))
        .over(transport)
        .asking_for(2)
        .waiting(0);
    let mut wallet = vouched(town, wallet, Profile::Haip10, person);
    let stopped = wallet.collect_from(town.app.terms.issuer.as_str(), None).await.expect_err("it is not ready");
    let expected = town.app.clock.now().plus_seconds(60);
    assert!(matches!(stopped, Failure::NotReady { ask_after, .. } if ask_after == expected), "{stopped}");
    assert_eq!((wallet.awaited().len(), wallet.cards().len(), town.cards().await), (1, 0, 0));
    (wallet, id)
}

async fn decides(town: &Town, journey: &str, accept: bool) {
    let officer = SignedIn { id: OfficerId::from_bytes([7; 16]), name: "inspector".to_owned() };
    referrals::decide(&town.app, &officer, journey, accept, "compared").await.expect("decided");
}

async fn resumed(wallet: &mut Wallet) -> Resumed {
    wallet.resume(None).await.expect("whatever waits is asked for").remove(0)
}

#[tokio::test]
async fn the_card_comes_when_the_officer_has_agreed_though_the_tokens_have_ended() {
    let town = Town::open().await;
    let (mut wallet, journey) = stopped(&town).await;
    // Each time after the token of the time before has ended.
    for _ in 0..2 {
        town.clock.advance_seconds(3600);
        let before = wallet.awaited()[0].waiting.clone();
        let early = resumed(&mut wallet).await;
        assert!(matches!(early.outcome, Err(Failure::NotReady { .. })) && early.waits, "{early:?}");
        let now = &wallet.awaited()[0].waiting;
        assert_ne!((&now.token, &now.refresh_token), (&before.token, &before.refresh_token));
        assert_eq!((&now.transaction, &now.keys), (&before.transaction, &before.keys));
    }
    decides(&town, &journey, true).await;
    town.clock.advance_seconds(60);
    let gathered = resumed(&mut wallet).await.outcome.expect("the card");
    assert_eq!((gathered.copies, wallet.cards().len(), wallet.awaited().len()), (2, 1, 0));
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2));
    let renewed = wallet.renew(&gathered.id).await.expect("more copies, with the token that came last");
    assert_eq!((renewed.copies, wallet.cards()[0].copies.len()), (2, 2));
}

#[tokio::test]
async fn an_officer_who_says_no_ends_it() {
    let town = Town::open().await;
    let (mut wallet, journey) = stopped(&town).await;
    decides(&town, &journey, false).await;
    town.clock.advance_seconds(60);
    let refused = resumed(&mut wallet).await;
    let expected = CollectError::Refused { at: Exchange::Deferred, code: Some(Code::CredentialRequestDenied) };
    assert!(matches!(&refused.outcome, Err(Failure::Collect(error)) if *error == expected), "{refused:?}");
    assert_eq!((refused.waits, wallet.awaited().len(), wallet.cards().len()), (false, 0, 0));
    assert_eq!((town.cards().await, town.entries_taken().await), (0, 0));
}
