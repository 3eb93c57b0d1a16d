//! Whom chips are believed by: master lists, single authorities, and what an officer sees of it.

use mibun_chip::testing::country::{Country, Signing};
use mibun_chip::testing::specimen::Abilities;
use mibun_server::work::WorkError;
use mibun_server::work::trust;

use crate::support::Town;
use crate::support::reader::{by_zone, kenzaburo, passport, utopia};
use crate::support::wire::send;

#[tokio::test(flavor = "multi_thread")]
async fn a_master_list_is_taken_on_the_word_of_its_signers_authority() {
    let town = Town::open().await;
    let (mut country, now) = (utopia(&town), town.app.clock.now());
    let mut lister = Country::found("XP", Signing::P256, now.plus_days(-30), "a lister");
    let signer = lister.signer.certificate.clone();
    let list = lister.master_list(&[country.authority.certificate.clone(), signer], now.plus_days(-1));
    let alone = trust::import_master_list(&town.app, &list, "world", None).await;
    assert!(matches!(alone, Err(WorkError::Refused("master_list_refused", _))), "nobody vouches for it");
    let anchor = lister.authority.certificate.clone();
    let imported = trust::import_master_list(&town.app, &list, "world", Some(&anchor)).await.expect("imported");
    assert_eq!((imported.found, imported.new, imported.known, imported.refused.len()), (2, 1, 0, 1));
    assert_eq!(imported.refused[0].place, 2);
    let again = trust::import_master_list(&town.app, &list, "world", Some(&anchor)).await.expect("imported");
    assert_eq!((again.new, again.known), (0, 1));
    let overview = trust::overview(&town.app).await.expect("an overview");
    assert_eq!((overview.certificates, overview.sources.len()), (1, 1), "the anchor itself is not believed");
    let under = town.upgrading().await;
    let last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_eq!(last["type"], "done", "{last}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_from_an_authority_that_is_believed() {
    let town = Town::open().await;
    let (mut country, now) = (utopia(&town), town.app.clock.now());
    let first = country.authority.certificate.clone();
    let link = country.renew(Signing::P256, now.plus_days(-10));
    let early = trust::import_certificates(&town.app, &link, "link.cer").await.expect("looked at");
    assert_eq!((early.new, early.refused.len()), (0, 1), "from nowhere");
    assert_eq!(trust::import_certificates(&town.app, &first, "first.cer").await.expect("imported").new, 1);
    assert_eq!(trust::import_certificates(&town.app, &link, "link.cer").await.expect("imported").new, 1);
    assert_eq!(trust::store(&town.app).await.expect("a store").len(), 2);
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_counts_and_sources() {
    let town = Town::open().await;
    let officer = town.console(&town.officer("Ogata").await).await;
    town.trusts(&utopia(&town)).await;
    assert_eq!(send(town.get("/api/console/trust")).await.told(), (401, "unauthorized".to_owned()));
    let reply = send(town.get("/api/console/trust").header("cookie", officer)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = reply.json();
    assert_eq!((&view["certificates"], &view["revocation_lists"]), (&1.into(), &0.into()));
    assert_eq!(view["countries"][0], serde_json::json!({ "country": "UT", "certificates": 1 }));
    assert_eq!(view["sources"][0]["source"], "utopia.cer");
    assert_eq!(view["sources"][0]["imported_at"], town.app.clock.now().to_rfc3339());
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_authority_is_believed_no_more() {
    let town = Town::open().await;
    let mut country = utopia(&town);
    town.trusts(&country).await;
    let known = town.app.registry.read().await.expect("the record").cscas().await.expect("certificates").remove(0);
    let typed = trust::in_digits(&known.fingerprint).to_uppercase();
    assert_eq!(trust::from_digits(&typed), Some(known.fingerprint));
    assert!(trust::remove(&town.app, &known.fingerprint).await.expect("removed"));
    assert!(!trust::remove(&town.app, &known.fingerprint).await.expect("looked for"), "once");
    let under = town.upgrading().await;
    let passport = passport(&mut country, Abilities::ALL);
    town.refuses_chip(&under, by_zone(&kenzaburo()), passport, "not_signed_by_a_trusted_country").await;
    for typed in ["", "12", "zz", &typed[2..]] {
        assert_eq!(trust::from_digits(typed), None, "{typed}");
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_somebody_else_revokes_nothing() {
    let town = Town::open().await;
    let now = town.app.clock.now();
    town.trusts(&utopia(&town)).await;
    let mut other = Country::found("UT", Signing::P256, now.plus_days(-400), "another");
    let list = other.revocation_list(&[], now);
    let refused = trust::import_revocations(&town.app, &list).await;
    assert!(matches!(refused, Err(WorkError::Refused("revocation_list_refused", _))));
    let nonsense = trust::import_certificates(&town.app, b"nonsense", "nonsense").await.expect("looked at");
    assert_eq!((nonsense.found, nonsense.new, nonsense.refused.len()), (1, 0, 1));
    town.stop().await;
}
