//! Cards that are not ready: what is kept of them, when they are asked for again, and what ends that.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use mibun_card::CardFormat;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::seal::SealingKey;
use mibun_crypto::time::Timestamp;
use mibun_issuing::collect::{CollectError, Exchange};
use mibun_issuing::error::Code;
use mibun_issuing::grant::Grant;
use mibun_issuing::notification;
use mibun_trust::TrustAnchors;
use mibun_wallet::store::{AwaitedCard, Event, Store, StoredCard, Unlock};
use mibun_wallet::{Failure, Fault, Resumed, Wallet};

use crate::world::{Authority, ISSUER, NOW, World};

/// When the issuer wants to be asked again.
const LATER: Timestamp = Timestamp(NOW.0 + 60);

/// A store on disk, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mibun-wallet-resuming-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn store(&self) -> Store {
        let unlock = Unlock::Key(SealingKey::from_bytes(&[1; 32]));
        Store::open(&self.0.join("wallet.json"), &unlock, &mut SeededEntropy::new("a store")).expect("the store")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A world whose authority has the card not ready so often.
fn world(deferrals: usize) -> World {
    let world = World::new();
    world.outside().deferrals = deferrals;
    world
}

/// Collects with a wallet that does not wait.
async fn stopped(world: &World, wallet: Wallet) -> (Wallet, AwaitedCard) {
    let mut wallet = wallet.waiting(0);
    let (link, tx_code) = world.offer();
    let failure = wallet.collect(&link, Some(&tx_code)).await.expect_err("the card is not ready");
    let [awaited] = wallet.awaited() else { panic!("one card is waited for") };
    let expected = format!("the card is not ready; it can be asked for again after {}", awaited.ask_after.to_rfc3339());
    assert_eq!((failure.to_string(), failure.fault()), (expected, Fault::Later));
    let awaited = awaited.clone();
    world.outside().calls.clear();
    (wallet, awaited)
}

/// The same wallet at another time.
fn at(world: &World, now: Timestamp, awaited: &AwaitedCard) -> Wallet {
    let mut store = Store::in_memory();
    store.wait(awaited.clone(), &mut SeededEntropy::new("another day")).expect("memory does not fail");
    world.wallet_at(now, store).waiting(0)
}

async fn resumed(wallet: &mut Wallet) -> Resumed {
    let mut resumed = wallet.resume(None).await.expect("whatever waits is asked for");
    assert_eq!(resumed.len(), 1);
    resumed.remove(0)
}

fn asked(world: &World) -> usize {
    world.outside().calls.iter().filter(|call| *call == "/deferred_credential").count()
}

fn told(world: &World) -> Option<notification::Event> {
    let Grant::Collected(collected) = &world.outside().grant else { panic!("collected") };
    collected.served[0].event
}

fn events(wallet: &Wallet) -> Vec<&Event> {
    wallet.history().iter().map(|entry| &entry.event).collect()
}

#[tokio::test]
async fn a_card_that_is_not_ready_is_kept_with_its_keys() {
    let world = world(1);
    let (wallet, awaited) = stopped(&world, world.wallet()).await;
    assert_eq!((awaited.keys.len(), awaited.waiting.issuer.as_str()), (3, ISSUER));
    assert_eq!((awaited.since, awaited.ask_after), (NOW, LATER));
    assert_eq!((wallet.cards().len(), events(&wallet)), (0, vec![&Event::Deferred { issuer: ISSUER.to_owned() }]));
    assert_eq!((asked(&world), told(&world)), (0, None));
}

#[tokio::test]
async fn the_card_comes_later_under_the_same_name() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = at(&world, LATER, &awaited);
    let gathered = resumed(&mut wallet).await.outcome.expect("the card");
    assert_eq!((gathered.id, gathered.copies), (awaited.id, 3));
    let card = &wallet.cards()[0];
    assert_eq!((card.copies.len(), card.collected_at, wallet.awaited().len()), (3, LATER, 0));
    assert!(card.copies.iter().all(|copy| awaited.keys.contains(&copy.key)));
    assert_eq!(told(&world), Some(notification::Event::CredentialAccepted));
    assert_eq!(events(&wallet), [&Event::Collected { issuer: ISSUER.to_owned(), copies: 3 }]);
}

#[tokio::test]
async fn nobody_is_asked_before_they_want_to_be() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = at(&world, LATER.plus_seconds(-1), &awaited);
    let early = resumed(&mut wallet).await;
    assert!(matches!(early.outcome, Err(Failure::NotReady { ask_after: LATER, .. })) && early.waits);
    assert_eq!(wallet.awaited(), [awaited]);
    assert!(world.outside().calls.is_empty());
}

#[tokio::test]
async fn an_issuer_that_is_still_not_ready_says_when() {
    let world = world(2);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = at(&world, LATER, &awaited);
    let again = resumed(&mut wallet).await;
    let next = LATER.plus_seconds(60);
    assert!(matches!(again.outcome, Err(Failure::NotReady { ask_after, .. }) if ask_after == next) && again.waits);
    assert_eq!(wallet.awaited(), [AwaitedCard { ask_after: next, ..awaited }]);
    assert_eq!((asked(&world), wallet.cards().len()), (1, 0));
}

#[tokio::test]
async fn who_has_the_patience_gets_the_card_at_once() {
    let world = world(2);
    world.outside().interval = 1;
    let mut wallet = world.wallet().waiting(2);
    let (link, tx_code) = world.offer();
    wallet.collect(&link, Some(&tx_code)).await.expect("the card");
    assert_eq!((wallet.cards().len(), wallet.awaited().len(), asked(&world)), (1, 0, 2));
}

#[tokio::test]
async fn the_last_word_of_the_issuer_ends_it_and_nothing_else() {
    for code in [Code::InvalidTransactionId, Code::CredentialRequestDenied, Code::InvalidToken] {
        let world = world(1);
        let (_, awaited) = stopped(&world, world.wallet()).await;
        world.outside().denial = Some(code);
        let other = AwaitedCard { id: "other".to_owned(), ..awaited.clone() };
        let mut store = Store::in_memory();
        for kept in [&awaited, &other] {
            store.wait(kept.clone(), &mut SeededEntropy::new("both")).expect("memory does not fail");
        }
        let mut wallet = world.wallet_at(LATER, store).waiting(0);
        let refused = wallet.resume(Some(&awaited.id)).await.expect("it is asked for").remove(0);
        let failure = refused.outcome.expect_err("refused");
        let expected = CollectError::Refused { at: Exchange::Deferred, code: Some(code) };
        assert!(matches!(&failure, Failure::Collect(error) if *error == expected), "{failure}");
        assert_eq!((refused.waits, failure.fault()), (false, Fault::RefusedByThem));
        assert_eq!((wallet.awaited(), wallet.cards().len()), (&[other][..], 0));
        let withheld = Event::Withheld { issuer: ISSUER.to_owned(), reason: code.as_str().to_owned() };
        assert_eq!(events(&wallet), [&withheld]);
    }
}

#[tokio::test]
async fn what_may_pass_ends_nothing() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = at(&world, LATER, &awaited);
    world.outside().unreachable.push("/deferred_credential");
    let failed = resumed(&mut wallet).await;
    assert!(matches!(failed.outcome, Err(Failure::Network(_))) && failed.waits);
    world.outside().unreachable.clear();
    world.outside().denial = Some(Code::InvalidCredentialRequest);
    let failed = resumed(&mut wallet).await;
    let expected = CollectError::Refused { at: Exchange::Deferred, code: Some(Code::InvalidCredentialRequest) };
    assert!(matches!(&failed.outcome, Err(Failure::Collect(error)) if *error == expected) && failed.waits);
    assert_eq!((wallet.awaited(), wallet.cards().len(), wallet.history().len()), (&[awaited][..], 0, 0));
}

/// A wallet with a card of this type, and fresh copies of it that are waited for.
fn renewing(world: &World, awaited: &AwaitedCard, card_type: &str) -> Wallet {
    let mut store = Store::in_memory();
    let mut entropy = SeededEntropy::new("a card");
    let card = StoredCard {
        id: "old".to_owned(),
        issuer: ISSUER.to_owned(),
        issuer_name: None,
        format: CardFormat::SdJwtVc,
        card_type: card_type.to_owned(),
        name: None,
        collected_at: NOW,
        copies: Vec::new(),
        used: 7,
        renewal: None,
    };
    store.add(card, &mut entropy).expect("memory does not fail");
    let fresh = AwaitedCard { renews: Some("old".to_owned()), ..awaited.clone() };
    store.wait(fresh, &mut entropy).expect("memory does not fail");
    world.wallet_at(LATER, store).waiting(0)
}

#[tokio::test]
async fn fresh_copies_that_were_not_ready_go_to_their_card() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = renewing(&world, &awaited, &awaited.waiting.card_type);
    assert_eq!(resumed(&mut wallet).await.outcome.expect("fresh copies").id, "old");
    let [card] = wallet.cards() else { panic!("one card") };
    assert_eq!((card.copies.len(), card.used, wallet.awaited().len()), (3, 7, 0));
}

#[tokio::test]
async fn copies_of_another_card_replace_nothing() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = renewing(&world, &awaited, "urn:example:another");
    let refused = resumed(&mut wallet).await;
    assert!(matches!(refused.outcome, Err(Failure::OtherCard)) && refused.waits);
    assert_eq!((wallet.cards()[0].copies.len(), told(&world)), (0, None));
}

#[tokio::test]
async fn fresh_copies_of_a_deleted_card_are_waited_for_no_longer() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let mut wallet = renewing(&world, &awaited, &awaited.waiting.card_type);
    wallet.delete("old").expect("it is there");
    assert_eq!((wallet.cards().len(), wallet.awaited().len()), (0, 0));
}

#[tokio::test]
async fn cards_of_an_unknown_authority_are_not_kept_and_the_issuer_is_told() {
    let world = world(1);
    let (_, awaited) = stopped(&world, world.wallet()).await;
    let stranger = TrustAnchors::single(&Authority::new("Another authority").root);
    let mut wallet = at(&world, LATER, &awaited).trusting(stranger);
    let refused = resumed(&mut wallet).await;
    let failure = refused.outcome.expect_err("the authority is unknown");
    assert!(matches!(failure, Failure::Collect(CollectError::Card { .. })), "{failure}");
    assert_eq!((failure.fault(), refused.waits, wallet.cards().len()), (Fault::RefusedByUs, true, 0));
    assert_eq!(told(&world), Some(notification::Event::CredentialFailure));
}

#[tokio::test]
async fn a_card_that_came_and_could_not_be_written_comes_again() {
    let (world, folder) = (world(1), Folder::new("unwritten"));
    let (wallet, awaited) = stopped(&world, world.wallet_at(NOW, folder.store())).await;
    drop(wallet);
    // A folder where the new file would be: from here on nothing can be written.
    let blocked = folder.0.join("wallet.json.new");
    let block = blocked.clone();
    world.outside().on_deferred = Some(Box::new(move || fs::create_dir(&block).expect("a folder in the way")));
    let mut wallet = world.wallet_at(LATER, folder.store()).waiting(0);
    let failed = resumed(&mut wallet).await;
    assert!(matches!(failed.outcome, Err(Failure::Store(_))) && failed.waits);
    assert_eq!((asked(&world), told(&world)), (1, None), "nobody is told of a card that is not kept");
    drop(wallet);
    fs::remove_dir(&blocked).expect("the folder is taken away");
    world.outside().on_deferred = None;
    let mut wallet = world.wallet_at(LATER, folder.store()).waiting(0);
    assert_eq!((wallet.awaited(), wallet.cards().len()), (&[awaited][..], 0));
    resumed(&mut wallet).await.outcome.expect("the card comes again");
    drop(wallet);
    let store = folder.store();
    assert_eq!((store.cards().len(), store.awaited().len(), store.cards()[0].copies.len()), (1, 0, 3));
    assert_eq!(told(&world), Some(notification::Event::CredentialAccepted));
}

#[tokio::test]
async fn a_wallet_that_is_ended_while_it_waits_has_everything() {
    let (world, folder) = (world(1), Folder::new("ended"));
    let mut wallet = world.wallet_at(NOW, folder.store()).waiting(3600);
    let (link, tx_code) = world.offer();
    let ended = tokio::time::timeout(Duration::from_millis(200), wallet.collect(&link, Some(&tx_code))).await;
    assert!(ended.is_err(), "it waits");
    drop(wallet);
    let mut wallet = world.wallet_at(LATER, folder.store()).waiting(0);
    resumed(&mut wallet).await.outcome.expect("the card");
    assert_eq!((wallet.cards().len(), wallet.awaited().len()), (1, 0));
}

#[tokio::test]
async fn nothing_personal_and_no_key_can_be_read_in_the_file() {
    let (world, folder) = (world(1), Folder::new("sealed"));
    drop(stopped(&world, world.wallet_at(NOW, folder.store())).await);
    let text = fs::read_to_string(folder.0.join("wallet.json")).expect("the file");
    for secret in ["transaction", "id.example", "token", "awaited"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn what_nobody_waits_for_cannot_be_asked_for() {
    let world = world(1);
    let (mut wallet, awaited) = stopped(&world, world.wallet()).await;
    let failure = wallet.resume(Some("nobody")).await.expect_err("no such card");
    assert!(matches!(failure, Failure::NothingAwaited));
    assert_eq!((failure.fault(), wallet.awaited()), (Fault::Usage, &[awaited][..]));
    assert!(world.outside().calls.is_empty());
}

#[tokio::test]
async fn what_is_deleted_is_waited_for_no_longer() {
    let world = world(1);
    let (mut wallet, awaited) = stopped(&world, world.wallet()).await;
    wallet.delete(&awaited.id).expect("it is there");
    assert_eq!(wallet.awaited(), []);
    assert_eq!(wallet.history().last().map(|entry| &entry.event), Some(&Event::Deleted { issuer: ISSUER.to_owned() }));
    assert!(matches!(wallet.resume(Some(&awaited.id)).await, Err(Failure::NothingAwaited)));
    assert!(matches!(wallet.delete(&awaited.id), Err(Failure::NoSuchCard)));
}
