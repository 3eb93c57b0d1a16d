//! A full card as an mdoc: the authority's vault signs the device authentication that the holder agreed to.

use mibun_card::CardFormat;
use mibun_card::mdoc::{IssuerSigned, Showing, recognised_by};
use mibun_crypto::base64url;
use mibun_crypto::key::Algorithm;
use mibun_presenting::dc_api::Call;
use mibun_presenting::request::VerifiedRequest;
use mibun_presenting::session::Handover;
use mibun_proofing::id_password::IdPassword;
use mibun_proofing::instruction::{Confirmed, Consent};
use mibun_registry::CardStatus;
use mibun_server::work::audit::Actor;
use mibun_server::work::cards;
use mibun_wallet::{Choice, Failure, JourneyAccess, Wallet};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::instructions::neighbour;
use crate::mdoc::{MDOC, part, token, transcript};
use crate::passkeys::{added, assertion, signing, stated};
use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::calling::SIGNED;
use crate::support::holders::{Account, PASSWORD};
use crate::support::wire::send;

const BANK: &str = "bank-account";
const HOTEL: &str = "hotel-checkin-jp";

/// A holder of an mdoc whom somebody asks to show it.
struct Scene {
    town: Town,
    holder: Account,
    asked: Asked,
    request: VerifiedRequest,
}

impl Scene {
    async fn at(scene: &str) -> Self {
        Self::asked(json!({ "scene": scene, "way": "window", "format": "mso_mdoc" })).await
    }

    async fn asked(check: Value) -> Self {
        let town = Town::open().await;
        let account = town.account().await;
        let holder = town.collects_as(account, MDOC).await;
        let asked = town.asks_as(check).await;
        let request = town.fetched(&asked).await;
        Self { town, holder, asked, request }
    }

    /// What an honest holder agrees to.
    fn consent(&self) -> Consent {
        let Handover::Redirect { client_id, nonce, jwk_thumbprint, response_uri } = &self.request.handover else {
            panic!("asked by redirect")
        };
        Consent::DeviceAuthentication {
            doc_type: "eu.europa.ec.eudi.pid.1".to_owned(),
            client_id: client_id.clone(),
            nonce: nonce.clone(),
            response_uri: response_uri.clone(),
            key_thumbprint: *jwk_thumbprint,
        }
    }

    fn sending(&self, consent: &Consent) -> RequestBuilder {
        let copy = &self.holder.copies[0];
        let instruction = self.town.instruction(&self.holder, copy, consent);
        self.town.signing(&self.holder.session.exchange, &copy.id, &instruction)
    }

    /// The vault's signature for a consent.
    async fn signed(&self, consent: &Consent) -> Vec<u8> {
        signature(send(self.sending(consent)).await.json())
    }

    /// The answer with a signature under a copy, on its way.
    fn answering(&self, copy: usize, said: &[&str], signature: Vec<u8>) -> RequestBuilder {
        let document = document(&self.holder, copy);
        let shown = part(&document, &self.request.query);
        let showing = Showing::new(shown, recognised_by(said), &transcript(&self.request));
        self.town.answering_with(&self.request, &token(&showing.attach(Algorithm::Es256, signature)))
    }

    /// Refused without a trace and without a signature.
    async fn refuses(&self, request: RequestBuilder, status: u16, code: &str) {
        let before = self.town.vault.signatures();
        self.town.refuses(request, status, code).await;
        assert_eq!(self.town.vault.signatures(), before, "something was signed");
    }

    async fn is_verified(&self, answer: RequestBuilder) {
        let reply = send(answer).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let view = self.town.sees(&self.asked).await;
        assert_eq!((&view["state"], &view["verdict"]["level"]), (&json!("verified"), &json!("full")), "{view}");
        let fields = view["verdict"]["fields"].as_array().expect("fields");
        let family_name = fields.iter().find(|field| field["path"] == json!(["family_name"])).expect("it is asked for");
        assert_eq!(family_name["value"], "Aokigahara");
    }
}

fn document(holder: &Account, copy: usize) -> IssuerSigned {
    let bytes = base64url::decode(&holder.copies[copy].card).expect("base64url");
    IssuerSigned::parse(&bytes).expect("an mdoc")
}

/// The one member of the answer.
fn signature(reply: Value) -> Vec<u8> {
    let members = reply.as_object().expect("an object");
    assert_eq!(members.keys().collect::<Vec<_>>(), ["device_signature"], "{reply}");
    let signature = base64url::decode(reply["device_signature"].as_str().expect("a text")).expect("base64url");
    assert_eq!(signature.len(), 64);
    signature
}

const PWD: [&str; 1] = ["pwd"];

#[tokio::test]
async fn a_bank_accepts_an_mdoc_that_the_vault_signed_for_the_password() {
    let scene = Scene::at(BANK).await;
    assert_eq!(document(&scene.holder, 0).mso().device_key, scene.holder.copies[0].key);
    let before = scene.town.vault.signatures();
    let signature = scene.signed(&scene.consent()).await;
    assert_eq!(scene.town.vault.signatures(), before + 1);
    scene.is_verified(scene.answering(0, &PWD, signature)).await;
}

#[tokio::test]
async fn an_answer_in_the_open_has_no_thumbprint() {
    let check = json!({ "scene": BANK, "way": "window", "format": "mso_mdoc", "encrypted": false });
    let scene = Scene::asked(check).await;
    assert!(matches!(scene.consent(), Consent::DeviceAuthentication { key_thumbprint: None, .. }));
    let signature = scene.signed(&scene.consent()).await;
    scene.is_verified(scene.answering(0, &PWD, signature)).await;
}

/// The vault's signature for a consent that the device's passkey confirms.
async fn by_passkey(scene: &Scene) -> Vec<u8> {
    let passkey = added(&scene.town, &scene.holder).await;
    let statement = stated(&scene.town, &scene.holder, &scene.consent(), Confirmed::Passkey);
    let sending = async || {
        let assertion = assertion(&scene.town, &passkey, &statement);
        signing(&scene.town, &scene.holder, &statement, assertion).await
    };
    let signature = signature(send(sending().await).await.json());
    scene.refuses(sending().await, 409, "instruction_replayed").await;
    let lying = stated(&scene.town, &scene.holder, &scene.consent(), Confirmed::Password);
    let assertion = assertion(&scene.town, &passkey, &lying);
    scene.refuses(signing(&scene.town, &scene.holder, &lying, assertion).await, 422, "instruction_text").await;
    signature
}

#[tokio::test]
async fn a_passkey_shows_an_mdoc_at_a_hotel() {
    let scene = Scene::at(HOTEL).await;
    let signature = by_passkey(&scene).await;
    scene.is_verified(scene.answering(0, &["pop", "user"], signature)).await;
}

#[tokio::test]
async fn a_bank_does_not_accept_an_mdoc_by_passkey() {
    let scene = Scene::at(BANK).await;
    let signature = by_passkey(&scene).await;
    let answer = scene.answering(0, &["pop", "user"], signature);
    scene.town.judges(&scene.asked, answer, "missing_presence").await;
}

#[tokio::test]
async fn a_holder_cannot_write_the_password_into_what_a_passkey_signed() {
    let scene = Scene::at(BANK).await;
    let signature = by_passkey(&scene).await;
    scene.town.judges(&scene.asked, scene.answering(0, &PWD, signature), "invalid_device_proof").await;
}

#[tokio::test]
async fn a_holder_cannot_leave_out_what_the_vault_said() {
    let scene = Scene::at(HOTEL).await;
    let signature = scene.signed(&scene.consent()).await;
    let shown = part(&document(&scene.holder, 0), &scene.request.query);
    let showing = Showing::new(shown, Vec::new(), &transcript(&scene.request));
    let response = token(&showing.attach(Algorithm::Es256, signature));
    let answer = scene.town.answering_with(&scene.request, &response);
    scene.town.judges(&scene.asked, answer, "invalid_device_proof").await;
}

#[tokio::test]
async fn a_signature_under_another_copy_is_refused() {
    let scene = Scene::at(BANK).await;
    let signature = scene.signed(&scene.consent()).await;
    scene.town.judges(&scene.asked, scene.answering(1, &PWD, signature), "invalid_device_proof").await;
}

/// The vault signs for something else than this request; the bank refuses the answer.
async fn signed_for(member: &str, other: Value) {
    let scene = Scene::at(BANK).await;
    let mut consent = serde_json::to_value(scene.consent()).expect("JSON");
    assert_ne!(consent[member], other);
    consent[member] = other;
    let signature = scene.signed(&serde_json::from_value(consent).expect("a consent")).await;
    scene.town.judges(&scene.asked, scene.answering(0, &PWD, signature), "invalid_device_proof").await;
}

#[tokio::test]
async fn a_signature_for_another_nonce_is_refused() {
    signed_for("nonce", json!("another")).await;
}

#[tokio::test]
async fn a_signature_for_another_asker_is_refused() {
    signed_for("client_id", json!("x509_hash:Zm9v")).await;
}

#[tokio::test]
async fn a_signature_for_another_type_of_document_is_refused() {
    signed_for("doc_type", json!("org.iso.18013.5.1.mDL")).await;
}

#[tokio::test]
async fn a_signature_for_another_address_is_refused() {
    signed_for("response_uri", json!("https://shop.example/answers")).await;
}

#[tokio::test]
async fn a_signature_for_another_key_of_the_asker_is_refused() {
    signed_for("key_thumbprint", json!(base64url::encode(&[1; 32]))).await;
    signed_for("key_thumbprint", Value::Null).await;
}

#[tokio::test]
async fn an_instruction_for_an_mdoc_is_followed_once() {
    let scene = Scene::at(BANK).await;
    let request = scene.sending(&scene.consent());
    let again = request.try_clone().expect("a body in memory");
    let signature = signature(send(request).await.json());
    scene.refuses(again, 409, "instruction_replayed").await;
    scene.is_verified(scene.answering(0, &PWD, signature)).await;
}

#[tokio::test]
async fn an_instruction_about_another_copy_is_refused_and_not_spent() {
    let scene = Scene::at(BANK).await;
    let [own, other] = &scene.holder.copies[..] else { panic!("two copies") };
    let instruction = scene.town.instruction(&scene.holder, own, &scene.consent());
    let exchange = &scene.holder.session.exchange;
    scene.refuses(scene.town.signing(exchange, &other.id, &instruction), 422, "instruction_copy").await;
    let stranger = neighbour(&scene.town).await;
    let theirs = &stranger.copies[0].id;
    scene.refuses(scene.town.signing(exchange, theirs, &instruction), 422, "unknown_copy").await;
    signature(send(scene.town.signing(exchange, &own.id, &instruction)).await.json());
}

#[tokio::test]
async fn a_fresh_key_signs_no_device_authentication() {
    let town = Town::open().await;
    let account = town.account().await;
    let consent = Consent::DeviceAuthentication {
        doc_type: "eu.europa.ec.eudi.pid.1".to_owned(),
        client_id: "x509_hash:Zm9v".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        response_uri: "https://shop.example/answers".to_owned(),
        key_thumbprint: None,
    };
    let copy = &account.copies[0];
    let instruction = town.instruction(&account, copy, &consent);
    let request = town.signing(&account.session.exchange, &copy.id, &instruction);
    town.refuses(request, 409, "copy_not_usable").await;
    town.refuses(town.proving(&account, &consent), 422, "other_consent").await;
    assert_eq!(town.vault.signatures(), 0);
    let holder = town.collects_as(account, MDOC).await;
    let request = town.signing(&holder.session.exchange, &holder.copies[0].id, &instruction);
    signature(send(request).await.json());
}

#[tokio::test]
async fn a_card_that_is_not_valid_signs_no_device_authentication() {
    let scene = Scene::at(BANK).await;
    let card = scene.town.app.registry.read().await.expect("the record").cards_page(None, 1).await.expect("cards");
    let set = async |status| {
        cards::set_status(&scene.town.app, Actor::Operator, card[0].id, status, "test").await.expect("set");
    };
    let request = scene.sending(&scene.consent());
    let again = || request.try_clone().expect("a body in memory");
    set(CardStatus::Suspended).await;
    scene.refuses(again(), 409, "card_not_valid").await;
    set(CardStatus::Valid).await;
    signature(send(again()).await.json());
    set(CardStatus::Revoked).await;
    scene.refuses(scene.sending(&scene.consent()), 409, "card_not_valid").await;
}

#[tokio::test]
async fn malformed_members_are_refused() {
    let scene = Scene::at(BANK).await;
    let Consent::DeviceAuthentication { client_id, nonce, response_uri, key_thumbprint, .. } = scene.consent() else {
        panic!("a device authentication")
    };
    for doc_type in [String::new(), "x".repeat(256)] {
        let (client_id, nonce, response_uri) = (client_id.clone(), nonce.clone(), response_uri.clone());
        let consent = Consent::DeviceAuthentication { doc_type, client_id, nonce, response_uri, key_thumbprint };
        scene.refuses(scene.sending(&consent), 422, "instruction_malformed").await;
    }
}

/// The key of a copy in the other format signs, and no document names it.
#[tokio::test]
async fn what_a_key_of_the_other_format_signs_fits_no_document() {
    let scene = Scene::at(BANK).await;
    let other = neighbour(&scene.town).await;
    let copy = &other.copies[0];
    let instruction = scene.town.instruction(&other, copy, &scene.consent());
    let reply = send(scene.town.signing(&other.session.exchange, &copy.id, &instruction)).await;
    let answer = scene.answering(0, &PWD, signature(reply.json()));
    scene.town.judges(&scene.asked, answer, "invalid_device_proof").await;
}

/// Our own wallet with a full card as an mdoc, in the session in which it was collected.
async fn wallet(town: &Town) -> Wallet {
    let journey = town.full_journey().await;
    town.reads_chip(&journey).await;
    let address = town.app.url(&format!("/api/journeys/{}", journey.id));
    let password = IdPassword::enter(PASSWORD).expect("eight digits");
    let mut wallet = town.wallet().taking(vec![CardFormat::Mdoc]);
    let access = JourneyAccess { address: &address, token: &journey.token };
    wallet.set_password(access, &password).await.expect("the password is set");
    let (offer, tx_code) = town.accepts(&journey.id, &journey.token).await;
    wallet.collect_full(&offer, Some(&tx_code), &password).await.expect("a full card");
    assert_eq!(wallet.cards()[0].format, CardFormat::Mdoc);
    wallet
}

#[tokio::test]
async fn our_wallet_collects_and_shows_a_full_card_as_an_mdoc() {
    let town = Town::open().await;
    let mut wallet = wallet(&town).await;
    let asked = town.asks_as(json!({ "scene": BANK, "way": "window", "format": "mso_mdoc" })).await;
    wallet.present(&asked.link).await.expect("shown");
    let view = town.sees(&asked).await;
    assert_eq!((&view["state"], &view["verdict"]["level"]), (&json!("verified"), &json!("full")), "{view}");
    assert_eq!(wallet.cards()[0].used, 1);
}

#[tokio::test]
async fn our_wallet_shows_no_kept_document_through_a_browser_and_loses_no_copy() {
    let town = Town::open().await;
    let mut wallet = wallet(&town).await;
    let called = town.calls(json!({ "scene": BANK, "format": "mso_mdoc" })).await;
    let before = town.vault.signatures();
    let requests = town.requests(&called).await;
    let call = Call { origin: &town.origin(), protocol: SIGNED, data: &requests[0]["data"] };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    let refused = wallet.answer_call(prepared).await;
    assert!(matches!(refused, Err(Failure::KeptDocument)), "{refused:?}");
    assert_eq!((town.vault.signatures(), wallet.cards()[0].used), (before, 0));
}
