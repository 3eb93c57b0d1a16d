//! Our own wallet as one that is known: attested, over the browser, with tokens bound to a key, in both formats.

use std::sync::Arc;

use async_trait::async_trait;
use mibun_card::CardFormat;
use mibun_server::work::checks::{self, Asked, NewCheck, State};
use mibun_trust::attestation::Profile;
use mibun_wallet::browser::Browser;
use mibun_wallet::provider::Provider as OwnProvider;
use mibun_wallet::{Failure, Wallet};
use serde_json::json;

use crate::support::Town;
use crate::support::wallets::BACK;
use crate::support::wire::send;

/// Somebody at a browser, who has an offer and decides.
pub(crate) struct Person {
    pub(crate) http: reqwest::Client,
    pub(crate) reference: String,
    pub(crate) code: String,
    pub(crate) decision: &'static str,
}

#[async_trait]
impl Browser for Person {
    async fn visit(&self, address: &str, _: &str) -> Result<String, Failure> {
        let page = send(self.http.get(address)).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let address = url::Url::parse(address).expect("an address");
        let mut fields: Vec<(String, String)> =
            address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let typed = [("reference", self.reference.as_str()), ("code", &self.code), ("decision", self.decision)];
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let mut form = address.clone();
        form.set_query(None);
        let reply = send(self.http.post(form).form(&fields)).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        Ok(reply.header("location").to_owned())
    }
}

/// A wallet that the town's provider vouches for, with a person who has an offer.
async fn known(town: &Town, profile: Profile, decision: &'static str) -> Wallet {
    let (reference, code) = town.named_offer().await;
    vouched(town, town.wallet(), profile, Person { http: town.http.clone(), reference, code, decision })
}

/// A wallet that the town's provider vouches for.
pub(crate) fn vouched(town: &Town, wallet: Wallet, profile: Profile, person: Person) -> Wallet {
    let provider = &town.provider;
    let key = mibun_crypto::key::SoftwareKey::from_pkcs8_der(&provider.key.to_pkcs8_der()).expect("a key");
    let names = ("https://wallet.example", BACK);
    let own = OwnProvider::new(names, profile, key, std::slice::from_ref(&provider.leaf)).expect("a provider");
    wallet.vouched_for(own).browsing(Arc::new(person))
}

async fn issuer(town: &Town) -> String {
    town.app.terms.issuer.as_str().to_owned()
}

/// Shows the card at a window that asks for it in this format.
async fn shown(town: &Town, wallet: &mut Wallet, format: checks::CardFormat) {
    let window = town.window().await;
    let new = NewCheck { scene: "hotel-checkin-jp", asked: Asked::Window, encrypted: true, format };
    let opened = checks::open(&town.app, &window, new).await.expect("a check");
    wallet.present(&town.link_of(&opened.check)).await.expect("the card is taken");
    let check = town.look(&opened.check.row.id.to_string()).await;
    assert_eq!(check.stored.state(), State::Verified);
    let verdict = check.stored.verdict.expect("a verdict");
    assert!(verdict.checks.iter().all(|(_, passed)| *passed), "{:?}", verdict.checks);
}

#[tokio::test]
async fn a_card_is_collected_over_the_browser_and_shown() {
    for profile in [Profile::Haip10, Profile::Latest] {
        let town = Town::open().await;
        let mut wallet = known(&town, profile, "allow").await;
        let gathered = wallet.collect_from(&issuer(&town).await, None).await.expect("the card is collected");
        assert_eq!((gathered.copies, wallet.cards()[0].format), (10, CardFormat::SdJwtVc));
        assert!(wallet.cards()[0].renewal.is_some());
        shown(&town, &mut wallet, checks::CardFormat::SdJwtVc).await;
    }
}

#[tokio::test]
async fn a_document_is_collected_over_the_browser_and_shown() {
    let town = Town::open().await;
    let mut wallet = known(&town, Profile::Haip10, "allow").await.taking(vec![CardFormat::Mdoc]);
    let gathered = wallet.collect_from(&issuer(&town).await, None).await.expect("the document is collected");
    assert_eq!((gathered.copies, wallet.cards()[0].card_type.as_str()), (10, "eu.europa.ec.eudi.pid.1"));
    shown(&town, &mut wallet, checks::CardFormat::Mdoc).await;
}

#[tokio::test]
async fn an_offer_with_a_code_binds_the_tokens_of_a_known_wallet() {
    let town = Town::open().await;
    let (offer, tx_code) = town.offer().await;
    let mut wallet = known(&town, Profile::Haip10, "allow").await.taking(vec![CardFormat::Mdoc, CardFormat::SdJwtVc]);
    wallet.collect(&offer, Some(&tx_code)).await.expect("the card is collected");
    assert_eq!(wallet.cards().len(), 1);
}

#[tokio::test]
async fn fresh_copies_take_the_place_of_those_that_are_left() {
    let town = Town::open().await;
    let mut wallet = known(&town, Profile::Haip10, "allow").await.asking_for(2);
    let first = wallet.collect_from(&issuer(&town).await, None).await.expect("the card is collected");
    shown(&town, &mut wallet, checks::CardFormat::SdJwtVc).await;
    assert_eq!(wallet.cards()[0].copies.len(), 1);
    for _ in 0..2 {
        let renewed = wallet.renew(&first.id).await.expect("more copies");
        assert_eq!((renewed.copies, wallet.cards().len(), wallet.cards()[0].copies.len()), (2, 1, 2));
    }
    assert_eq!(town.cards().await, 1, "it is the same card");
    shown(&town, &mut wallet, checks::CardFormat::SdJwtVc).await;
}

#[tokio::test]
async fn who_says_no_at_the_browser_gives_nothing() {
    let town = Town::open().await;
    let mut wallet = known(&town, Profile::Haip10, "deny").await;
    let refused = wallet.collect_from(&issuer(&town).await, None).await.expect_err("the person said no");
    let Failure::Collect(error) = &refused else { panic!("{refused:?}") };
    assert_eq!(error.to_string(), "the authorization was refused: access_denied");
    assert_eq!((wallet.cards().len(), town.cards().await), (0, 0));
}

#[tokio::test]
async fn keys_are_attested_where_the_issuer_wants_it() {
    let town = Town::with(|config| config.wallets.key_attestations = true).await;
    let mut wallet = known(&town, Profile::Haip10, "allow").await;
    wallet.collect_from(&issuer(&town).await, None).await.expect("the provider attests");
    let (offer, tx_code) = town.offer().await;
    let refused = town.wallet().collect(&offer, Some(&tx_code)).await.expect_err("nobody attests");
    assert_eq!(refused.to_string(), "nothing on offer can be collected by this wallet");
}

#[tokio::test]
async fn a_wallet_whose_provider_nobody_knows_is_refused() {
    let town = Town::open().await;
    let stranger = crate::support::wallets::Provider::new();
    let key = mibun_crypto::key::SoftwareKey::from_pkcs8_der(&stranger.key.to_pkcs8_der()).expect("a key");
    let names = ("https://wallet.example", BACK);
    let own = OwnProvider::new(names, Profile::Haip10, key, &[stranger.leaf]).expect("a provider");
    let mut wallet = town.wallet().vouched_for(own);
    let refused = wallet.collect_from(&issuer(&town).await, None).await.expect_err("nobody knows the provider");
    assert_eq!(refused.to_string(), "the pushed authorization request was refused: invalid_client");
    assert_eq!(json!([wallet.cards().len(), town.cards().await]), json!([0, 0]));
}
