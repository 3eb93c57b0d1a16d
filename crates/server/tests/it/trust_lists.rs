//! Lists of trusted entities on the command line's side of the server, and the authority's further roles.

use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_server::authority::roles::{self, Role};
use mibun_server::work::WorkError;
use mibun_server::work::trust::lists::{self, Publication};
use mibun_trust::TrustAnchors;
use mibun_trust::attestation::{Attesters, Profile, client};
use mibun_trust::list::{Address, ListKind, PostalAddress};
use mibun_trust::localised::LocalUri;

use crate::support::Town;

fn publication(kind: ListKind) -> Publication {
    let postal = PostalAddress {
        lang: "en".to_owned(),
        street: "1 Main Street".to_owned(),
        locality: Some("Utopia".to_owned()),
        region: None,
        postal_code: None,
        country: "UT".to_owned(),
    };
    let electronic = vec![LocalUri::english("mailto:registry@utopia.example")];
    let address = Address { postal: vec![postal], electronic };
    Publication { kind, address, information: "https://utopia.example".to_owned(), days: 30 }
}

#[tokio::test]
async fn the_authority_s_own_lists_make_it_an_anchor_for_every_purpose() {
    let town = Town::open().await;
    let roots = [town.app.keys.root.clone()];
    let mut anchors = TrustAnchors::default();
    for kind in ListKind::ALL {
        let (sequence, text) = lists::write(&town.app, &publication(kind)).await.expect("a list");
        assert_eq!(sequence, 1);
        anchors.add(&lists::read(&town.app, &text, kind, &roots).await.expect("accepted"));
    }
    let TrustAnchors { issuers, status, access, attesters, registrars, .. } = &anchors;
    for set in [issuers, status, access, attesters, registrars] {
        assert_eq!(set.as_slice(), roots);
    }
    town.stop().await;
}

#[tokio::test]
async fn numbers_count_up_and_an_older_list_is_refused() {
    let town = Town::open().await;
    let roots = [town.app.keys.root.clone()];
    let kind = ListKind::AccessCertificateProviders;
    let (_, first) = lists::write(&town.app, &publication(kind)).await.expect("a list");
    let (sequence, second) = lists::write(&town.app, &publication(kind)).await.expect("a list");
    assert_eq!(sequence, 2);
    lists::read(&town.app, &second, kind, &roots).await.expect("accepted");
    let refused = lists::read(&town.app, &first, kind, &roots).await;
    assert!(matches!(refused, Err(WorkError::Refused("list_unfit", why)) if why.contains("older")));
    assert!(lists::read(&town.app, &second, kind, &roots).await.is_ok(), "the same list again");
    town.stop().await;
}

#[tokio::test]
async fn a_list_for_more_than_half_a_year_is_not_written() {
    let town = Town::open().await;
    let publication = Publication { days: 400, ..publication(ListKind::PidProviders) };
    let refused = lists::write(&town.app, &publication).await;
    assert!(matches!(refused, Err(WorkError::Refused("list_unfit", _))));
    town.stop().await;
}

#[tokio::test]
async fn the_authority_vouches_for_wallets_with_a_key_of_its_own_that_stays() {
    let town = Town::open().await;
    let provider = roles::of(&town.app, Role::WalletProvider).await.expect("a key");
    let again = roles::of(&town.app, Role::WalletProvider).await.expect("a key");
    assert_eq!(provider.certificate, again.certificate);
    let (now, server) = (town.app.clock.now(), town.app.config.server.public_url.as_str());
    let instance = SoftwareKey::generate(&mut *town.app.entropy());
    let attestation = client::Attestation {
        profile: Profile::Haip10,
        issuer: server,
        client_id: "https://wallet.example",
        key: instance.public_key(),
        issued_at: now,
        expires_at: now.plus_days(1),
        wallet_name: None,
        status: None,
    };
    let pop = client::Pop {
        profile: Profile::Haip10,
        client_id: "https://wallet.example",
        audience: server,
        jti: "1",
        issued_at: now,
        challenge: None,
    };
    let attestation = client::sign(&attestation, &provider.x5c(), &*provider.signer).expect("signed");
    let pop = client::sign_pop(&pop, &instance).expect("signed");
    let attesters = &Attesters::of_any_client(town.app.anchors.attesters.clone());
    let expected = client::Expected { attesters, audience: server, client_id: None, challenge: false, now };
    let verified = client::verify(&attestation, &pop, &expected).expect("accepted");
    assert_eq!(&verified.key, instance.public_key());
    town.stop().await;
}
