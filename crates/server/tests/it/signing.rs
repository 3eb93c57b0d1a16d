//! An authority that signs cards with something else than ES256: those who opted in work with it, nobody else does.

use mibun_card::CardFormat;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::Algorithm;
use mibun_crypto::policy::Accepted;
use mibun_server::work::checks::{self, Asked, NewCheck};
use mibun_trust::TrustAnchors;
use mibun_wallet::Wallet;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::WALLET_NONCE;
use crate::support::wire::send;

const SCENE: &str = "hotel-checkin-jp";
const OTHERS: [Algorithm; 3] = [Algorithm::Es384, Algorithm::EdDsa, Algorithm::MlDsa65];
const FORMATS: [(CardFormat, checks::CardFormat); 2] =
    [(CardFormat::SdJwtVc, checks::CardFormat::SdJwtVc), (CardFormat::Mdoc, checks::CardFormat::Mdoc)];

async fn town(algorithm: Algorithm) -> Town {
    Town::with(|config| config.authority.card_algorithm = algorithm).await
}

fn accepting(town: &Town, algorithm: Algorithm) -> Wallet {
    let accepted = Accepted::HAIP.and(algorithm);
    town.wallet().trusting(TrustAnchors { accepted, ..TrustAnchors::single(&town.app.keys.root) })
}

/// Shows the card at a window in one format; answers the check's identifier.
async fn shown(town: &Town, wallet: &mut Wallet, format: checks::CardFormat) -> String {
    let new = NewCheck { scene: SCENE, asked: Asked::Window, encrypted: true, format };
    let opened = checks::open(&town.app, &town.window().await, new).await.expect("a check");
    wallet.present(&town.link_of(&opened.check)).await.expect("shown");
    opened.check.row.id.to_string()
}

#[tokio::test]
async fn cards_of_another_signature_are_collected_shown_and_judged_where_everybody_opted_in() {
    for algorithm in OTHERS {
        for (taken, asked) in FORMATS {
            let town = town(algorithm).await;
            let mut wallet = accepting(&town, algorithm).taking(vec![taken]);
            let (offer, tx_code) = town.offer().await;
            wallet.collect(&offer, Some(&tx_code)).await.expect("the card is collected");
            let check = town.look(&shown(&town, &mut wallet, asked).await).await;
            assert_eq!(check.stored.state().as_str(), "verified", "{algorithm:?} {taken:?}");
            town.stop().await;
        }
    }
}

#[tokio::test]
async fn a_wallet_that_did_not_opt_in_keeps_no_such_card() {
    for algorithm in OTHERS {
        let town = town(algorithm).await;
        let (offer, tx_code) = town.offer().await;
        let mut wallet = town.wallet();
        let refused = wallet.collect(&offer, Some(&tx_code)).await.expect_err("its signature is not accepted");
        assert_eq!(refused.fault(), mibun_wallet::Fault::RefusedByUs, "{algorithm:?}: {refused}");
        assert_eq!(wallet.cards().len(), 0);
        town.stop().await;
    }
}

#[tokio::test]
async fn the_authority_says_what_it_signs_with_and_what_it_reads() {
    for (algorithm, cose) in [(Algorithm::Es256, -7), (Algorithm::Es384, -35), (Algorithm::MlDsa65, -49)] {
        let town = town(algorithm).await;
        let metadata = serde_json::to_value(town.app.terms.issuer_metadata()).expect("metadata");
        let signs = |name: &str| {
            metadata["credential_configurations_supported"][name]["credential_signing_alg_values_supported"].clone()
        };
        assert_eq!(signs("mibun_card"), json!([algorithm.as_jose()]));
        assert_eq!(signs("mibun_card_mdoc"), json!([cose]));
        let asked = town.asks_as(json!({ "scene": SCENE, "way": "window", "format": "either" })).await;
        let reply = send(town.fetching(&asked, WALLET_NONCE)).await;
        let object = jws::parse(&reply.text(), &Limits::default()).expect("a request");
        let object: Value = serde_json::from_slice(object.payload()).expect("claims");
        let formats = &object["client_metadata"]["vp_formats_supported"];
        let holds = |list: &Value, one: Value| list.as_array().is_some_and(|list| list.contains(&one));
        assert!(holds(&formats["dc+sd-jwt"]["sd-jwt_alg_values"], json!(algorithm.as_jose())), "{formats}");
        assert!(holds(&formats["mso_mdoc"]["issuerauth_alg_values"], json!(cose)), "{formats}");
        assert_eq!(formats["dc+sd-jwt"]["kb-jwt_alg_values"], json!(["ES256"]), "holders' keys stay");
        town.stop().await;
    }
}

#[tokio::test]
async fn a_setting_that_changes_later_changes_no_key() {
    let town = town(Algorithm::Es384).await;
    let signer = town.app.keys.document_signer.certificate.clone();
    let town = town.restart_with(|config| config.authority.card_algorithm = Algorithm::Es256).await;
    assert_eq!(town.app.keys.document_signer.certificate, signer);
    assert!(town.app.anchors.accepted.allows(Algorithm::Es384), "what it issues, it reads");
    town.stop().await;
}
