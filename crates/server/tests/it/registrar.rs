//! Certificates of organisations: what is registered is what the organisation's requests ask for.

use mibun_card::vc::CARD_VCT;
use mibun_crypto::x509::{Purpose, chain};
use mibun_presenting::dcql::Query;
use mibun_presenting::request::VerifiedRequest;
use mibun_registry::OrganisationId;
use mibun_server::work::WorkError;
use mibun_server::work::registrar::{self, Application, Issued};
use mibun_trust::TrustAnchors;
use mibun_trust::registration::{self, AskedClaim, Identifier, OtherOrganisation, PathElement};

use crate::support::Town;

const IDENTIFIER: &str = "NTRUT-0100-01-000001";

async fn application(town: &Town) -> Application {
    Application {
        organisation: town.window().await.window.organisation,
        identifier: Identifier::parse(IDENTIFIER).expect("an identifier"),
        legal_name: Some("Utopia Grand Hotel Ltd".to_owned()),
        contact: "https://hotel.example/contact".to_owned(),
        privacy_policy: "https://hotel.example/privacy".to_owned(),
        supervisor: None,
        days: 90,
    }
}

async fn issue(town: &Town) -> Issued {
    registrar::issue(&town.app, &application(town).await).await.expect("certificates")
}

/// The paths that the requests of a scene ask for.
fn asked(town: &Town, scene: &str) -> Vec<Vec<PathElement>> {
    let scene = town.app.scene(scene).expect("a scene");
    let query = Query::for_scene(scene, &[CARD_VCT]).to_value();
    let claims = query["credentials"][0]["claims"].as_array().expect("claims").clone();
    let element = |element: &serde_json::Value| match element {
        serde_json::Value::Null => PathElement::Every,
        serde_json::Value::Number(index) => PathElement::Index(index.as_u64().expect("a place")),
        name => PathElement::Member(name.as_str().expect("a name").to_owned()),
    };
    claims.iter().map(|claim| claim["path"].as_array().expect("a path").iter().map(element).collect()).collect()
}

fn claims(paths: &[Vec<PathElement>]) -> Vec<AskedClaim<'_>> {
    paths.iter().map(|path| AskedClaim { format: "dc+sd-jwt", credential_type: CARD_VCT, path }).collect()
}

#[tokio::test]
async fn every_scene_is_registered_for_what_its_requests_ask_and_nothing_else() {
    let town = Town::open().await;
    let issued = issue(&town).await;
    let anchors = TrustAnchors::single(&town.app.keys.root);
    assert_eq!(issued.registrations.len(), town.app.scenes.len());
    for (scene, text) in &issued.registrations {
        let read = registration::verify(text, &anchors.registrars, town.app.clock.now()).expect("accepted");
        assert_eq!(read.intended_use.as_deref(), Some(scene.as_str()));
        assert_eq!(read.purpose.len(), 3, "in every language");
        let paths = asked(&town, scene.as_str());
        assert_eq!(read.outside(&claims(&paths)), [] as [&AskedClaim<'_>; 0], "{scene}");
        let more = [vec![PathElement::Member("biometric_template".to_owned())]];
        assert_eq!(read.outside(&claims(&more)).len(), 1, "{scene}");
    }
    town.stop().await;
}

#[tokio::test]
async fn the_access_certificate_carries_the_registered_identifier_for_the_same_key() {
    let town = Town::open().await;
    let organisation = town.window().await.window.organisation;
    let before = town.app.access.of(&*town.app.registry, &town.app.safe, organisation).await.expect("a certificate");
    let issued = issue(&town).await;
    assert_eq!(issued.access.organisation_identifier(), Some(IDENTIFIER));
    assert_eq!(issued.access.public_key(), before.certificate.public_key());
    let anchors = TrustAnchors::single(&town.app.keys.root);
    let (x5c, now) = (vec![issued.access.der().to_vec()], town.app.clock.now());
    assert!(chain::verify(&x5c, &anchors.access, now, Purpose::AccessCertificate).is_ok());
    let read = registration::verify(&issued.registrations[0].1, &anchors.registrars, now).expect("accepted");
    assert_eq!(read.belongs_to(&issued.access), Ok(()));
    assert_eq!(read.belongs_to(&before.certificate), Err(OtherOrganisation::NoIdentifier));
    town.stop().await;
}

#[tokio::test]
async fn after_a_restart_requests_are_signed_with_the_new_certificate() {
    let town = Town::open().await;
    let (organisation, issued) = (town.window().await.window.organisation, issue(&town).await);
    let town = town.restart().await;
    let now = town.app.access.of(&*town.app.registry, &town.app.safe, organisation).await.expect("a certificate");
    assert_eq!(now.certificate, issued.access);
    let mut wallet = town.wallet_with_card().await;
    let link = town.check("hotel-checkin-jp").await;
    let presented = wallet.present(&link.link).await.expect("shown to the newly certified hotel");
    assert_eq!(presented.organisation, "Utopia Grand Hotel Ltd", "its legal name");
    town.stop().await;
}

/// The registration certificates that come with a request.
fn registrations(request: &VerifiedRequest) -> Vec<String> {
    let statements = request.verifier_info.iter().filter(|statement| statement.format == "registration_cert");
    statements.map(|statement| statement.data.as_str().expect("a token").to_owned()).collect()
}

#[tokio::test]
async fn requests_carry_what_their_scene_is_registered_for_in_both_formats() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(registrations(&town.fetched(&asked).await).len(), 0, "nothing is registered yet");
    let issued = issue(&town).await;
    let town = town.restart().await;
    let anchors = TrustAnchors::single(&town.app.keys.root);
    for (format, kind) in [("dc+sd-jwt", CARD_VCT), ("mso_mdoc", "eu.europa.ec.eudi.pid.1")] {
        let new = serde_json::json!({ "scene": "hotel-checkin-jp", "way": "window", "format": format });
        let request = town.fetched(&town.asks_as(new).await).await;
        let statements = registrations(&request);
        let [text] = statements.as_slice() else { panic!("one statement") };
        let read = registration::verify(text, &anchors.registrars, town.app.clock.now()).expect("accepted");
        assert_eq!(read.belongs_to(&issued.access), Ok(()));
        let claims = request.query.to_value()["credentials"][0]["claims"].as_array().expect("claims").clone();
        let member = |name: &serde_json::Value| PathElement::Member(name.as_str().expect("a name").to_owned());
        let path = |claim: &serde_json::Value| claim["path"].as_array().expect("a path").iter().map(member).collect();
        let paths: Vec<Vec<PathElement>> = claims.iter().map(path).collect();
        let asked = paths.iter().map(|path| AskedClaim { format, credential_type: kind, path });
        assert_eq!(read.outside(&asked.collect::<Vec<_>>()), [] as [&AskedClaim<'_>; 0], "{format}");
    }
    town.stop().await;
}

#[tokio::test]
async fn registration_certificates_are_kept_and_replaced() {
    let town = Town::open().await;
    let organisation = town.window().await.organisation;
    let first = issue(&town).await;
    let (scene, text) = &first.registrations[0];
    let kept = registrar::registration(&town.app, &organisation.id, scene).await.expect("the record");
    assert_eq!(kept.as_ref(), Some(text));
    town.clock.advance_seconds(60);
    let second = issue(&town).await;
    let kept = registrar::registration(&town.app, &organisation.id, scene).await.expect("the record");
    assert_eq!(kept.as_ref(), Some(&second.registrations[0].1));
    assert_ne!(kept.as_ref(), Some(text));
    town.stop().await;
}

#[tokio::test]
async fn a_registration_that_was_believed_is_believed_for_its_own_time_organisation_and_words_only() {
    let town = Town::open().await;
    let organisation = town.window().await.window.organisation;
    let before = town.app.access.of(&*town.app.registry, &town.app.safe, organisation).await.expect("a certificate");
    let issued = issue(&town).await;
    let (text, other) = (&issued.registrations[0].1, &before.certificate);
    let anchors = TrustAnchors::single(&town.app.keys.root);
    let now = town.app.clock.now();
    let fits = |text: &str, access, now| town.app.registered.fits(text, access, &anchors.registrars, now);
    for _ in 0..2 {
        assert!(fits(text, &issued.access, now));
        assert!(!fits(text, other, now), "its certificate has no identifier");
        assert!(!fits(&text[..text.len() - 1], &issued.access, now), "cut short");
        assert!(!fits(text, &issued.access, now.plus_days(90)), "its time is over");
    }
    let remembered = town.app.registered.fits(text, &issued.access, &[], now.plus_seconds(299));
    assert!(remembered, "for five minutes nobody is asked");
    assert!(!town.app.registered.fits(text, &issued.access, &[], now.plus_seconds(300)));
    let last = now.plus_days(90).plus_seconds(-1);
    assert!(fits(text, &issued.access, last));
    assert!(!fits(text, &issued.access, now.plus_days(90)), "remembered no longer than it lasts");
    town.stop().await;
}

#[tokio::test]
async fn what_a_certificate_cannot_say_is_refused() {
    let town = Town::open().await;
    let good = application(&town).await;
    for days in [0, 366] {
        let refused = registrar::issue(&town.app, &Application { days, ..good.clone() }).await;
        assert!(matches!(refused, Err(WorkError::Refused("registration_days", _))), "{days}");
    }
    let privacy_policy = String::new();
    let refused = registrar::issue(&town.app, &Application { privacy_policy, ..good.clone() }).await;
    assert!(matches!(refused, Err(WorkError::Refused("registration_unfit", _))));
    let organisation = OrganisationId::generate(&mut *town.app.entropy());
    let refused = registrar::issue(&town.app, &Application { organisation, ..good }).await;
    assert!(matches!(refused, Err(WorkError::NotFound("organisation"))));
    town.stop().await;
}
