//! Collecting: what is in the store, and what the issuer knows, after each end.

use mibun_issuing::collect::{CollectError, Exchange};
use mibun_issuing::error::Code;
use mibun_issuing::grant::Grant;
use mibun_issuing::notification;
use mibun_trust::TrustAnchors;
use mibun_wallet::store::Event;
use mibun_wallet::{Failure, Fault};

use crate::world::{Authority, ISSUER, World};

#[tokio::test]
async fn a_card_with_its_copies_is_kept_and_the_issuer_told() {
    let world = World::new();
    let mut wallet = world.wallet();
    let (link, tx_code) = world.offer();
    let gathered = wallet.collect(&link, Some(&tx_code)).await.expect("the card is collected");
    assert_eq!((gathered.copies, wallet.cards().len()), (3, 1));
    let card = &wallet.cards()[0];
    assert_eq!((card.issuer.as_str(), card.issuer_name.as_deref()), (ISSUER, Some("An authority")));
    assert!(card.copies.iter().all(|copy| card.copies.iter().filter(|other| other.key == copy.key).count() == 1));
    let Grant::Collected(collected) = &world.outside().grant else { panic!("collected") };
    assert_eq!(collected.served[0].event, Some(notification::Event::CredentialAccepted));
    let expected = Event::Collected { issuer: ISSUER.to_owned(), copies: 3 };
    assert_eq!(wallet.history().last().map(|entry| &entry.event), Some(&expected));
}

#[tokio::test]
async fn an_issuer_that_does_not_listen_changes_nothing() {
    let world = World::new();
    world.outside().unreachable.push("/notification");
    assert_eq!(world.wallet_with_card().await.cards().len(), 1);
}

#[tokio::test]
async fn without_transaction_code_nothing_is_redeemed() {
    let world = World::new();
    let mut wallet = world.wallet();
    let failure = wallet.collect(&world.offer().0, None).await.expect_err("the code is missing");
    assert!(matches!(failure, Failure::TxCodeNeeded));
    assert_eq!((failure.fault(), world.outside().grant.state()), (Fault::Usage, "offered"));
}

#[tokio::test]
async fn a_wrong_transaction_code_is_the_issuers_refusal() {
    let world = World::new();
    let mut wallet = world.wallet();
    let failure = wallet.collect(&world.offer().0, Some("wrong")).await.expect_err("the code is wrong");
    let expected = CollectError::Refused { at: Exchange::Token, code: Some(Code::InvalidGrant) };
    assert!(matches!(&failure, Failure::Collect(error) if *error == expected), "{failure}");
    assert_eq!((failure.fault(), wallet.cards().len(), wallet.history().len()), (Fault::RefusedByThem, 0, 0));
}

#[tokio::test]
async fn an_offer_used_twice_is_refused() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let (link, tx_code) = world.offer();
    let failure = wallet.collect(&link, Some(&tx_code)).await.expect_err("the offer is used");
    assert_eq!((failure.fault(), wallet.cards().len()), (Fault::RefusedByThem, 1));
}

#[tokio::test]
async fn cards_of_an_unknown_authority_are_not_kept_and_the_issuer_is_told() {
    let world = World::new();
    let stranger = TrustAnchors::single(&Authority::new("Another authority").root);
    let mut wallet = world.wallet().trusting(stranger);
    let (link, tx_code) = world.offer();
    let failure = wallet.collect(&link, Some(&tx_code)).await.expect_err("the authority is unknown");
    assert_eq!((failure.fault(), wallet.cards().len()), (Fault::RefusedByUs, 0));
    let Grant::Collected(collected) = &world.outside().grant else { panic!("collected") };
    assert_eq!(collected.served[0].event, Some(notification::Event::CredentialFailure));
}

#[tokio::test]
async fn an_issuer_out_of_reach_is_a_matter_of_the_network() {
    let world = World::new();
    world.outside().unreachable.push("/nonce");
    let (link, tx_code) = world.offer();
    let failure = world.wallet().collect(&link, Some(&tx_code)).await.expect_err("out of reach");
    assert_eq!(failure.fault(), Fault::Network);
}

#[tokio::test]
async fn a_deleted_card_is_gone_and_noted() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let id = wallet.cards()[0].id.clone();
    wallet.delete(&id).expect("the card is there");
    assert_eq!(wallet.cards().len(), 0);
    assert!(matches!(wallet.history().last().map(|entry| &entry.event), Some(Event::Deleted { .. })));
    assert!(matches!(wallet.delete(&id), Err(Failure::NoSuchCard)));
}
