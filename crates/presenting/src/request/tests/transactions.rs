//! Transaction data from the asker's wish to its check.

use mibun_card::kb_jwt::{self, Binding, KeyBinding};
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::jws;

use super::*;
use crate::dcql::VpToken;
use crate::transaction_data::{
    self, Kind, Member, TransactionData, TransactionDataError, TransactionRules, TransactionType,
};

const ORDER: TransactionType<'_> =
    TransactionType { name: "urn:test:order", members: &[Member { name: "room", kind: Kind::Text, required: true }] };

fn bank_card() -> Query {
    let bank = json!({ "id": "bank", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:test:bank"] } });
    Query::from_value(&json!({ "credentials": [bank] })).expect("a valid query")
}

fn order() -> TransactionData {
    let members = json!({ "room": "Sakura 3" }).as_object().cloned().expect("an object");
    TransactionData::new("urn:test:order", &["bank"], members)
}

fn asked(data: &[TransactionData]) -> String {
    let (query, uri) = (bank_card(), response_uri());
    let spec = RequestSpec { transaction_data: data, ..spec(&query, &uri, AnswerBy::DirectPost) };
    spec.sign(&hotel().identity()).expect("the request is signed")
}

fn read(object: &str, types: &[TransactionType<'_>]) -> Result<VerifiedRequest, Refused> {
    let (hotel, anchors) = (hotel(), [authority().root]);
    let transactions = TransactionRules { types, ..TransactionRules::NONE };
    let by = Authentication {
        link: &hotel.link(FetchMethod::Get),
        wallet_nonce: None,
        accepting: Accepting { transactions, ..Accepting::haip(&anchors) },
        policy: UriPolicy::Https,
        now: NOW,
    };
    verify(object, &by)
}

/// The card that authorises; what it says does not matter here.
fn card() -> SdJwt {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("issuer"));
    let header = json!({ "typ": "dc+sd-jwt" }).as_object().cloned().expect("an object");
    let signed = jws::sign(header, br#"{"vct":"urn:test:bank"}"#, &key).expect("the key signs");
    SdJwt::parse(&format!("{signed}~"), &mibun_crypto::json::Limits::default()).expect("a card")
}

#[test]
fn an_order_is_authorised_with_the_card_that_is_shown() {
    let data = [order()];
    let request = read(&asked(&data), &[ORDER]).expect("the request is fine");
    assert_eq!(request.transaction_data, data);

    let assigned = transaction_data::assign(&request.transaction_data, |id| id == "bank").expect("the card is shown");
    let (card, holder) = (card(), SoftwareKey::generate(&mut SeededEntropy::new("holder")));
    let binding = Binding { audience: &request.client_id, nonce: &request.nonce, now: NOW };
    let hashes = transaction_data::hashes(&assigned["bank"]);
    let proof = kb_jwt::create_over(&card, &binding, &hashes, &holder).expect("the key signs");
    let token = VpToken::single("bank", card.with_key_binding(&proof));

    let limits = mibun_crypto::json::Limits::default();
    let shown = SdJwt::parse(&token.presentations("bank")[0], &limits).expect("a card");
    let proof = KeyBinding::parse(shown.key_binding().expect("it is bound")).expect("a proof");
    assert_eq!(transaction_data::verify(&data, &[("bank", proof.transaction_data.as_ref())]), Ok(()));
    let other = [TransactionData::new("urn:test:order", &["bank"], serde_json::Map::new())];
    let refused = transaction_data::verify(&other, &[("bank", proof.transaction_data.as_ref())]);
    assert_eq!(refused, Err(TransactionDataError::NotAsked));
}

#[test]
fn an_order_that_the_wallet_cannot_explain_is_refused_and_reported() {
    let refused = read(&asked(&[order()]), &[]).expect_err("the request must be refused");
    assert_eq!(refused.error, RequestError::TransactionData(TransactionDataError::UnknownType));
    assert_eq!((refused.error.code(), refused.report.is_some()), ("invalid_transaction_data", true));
}

#[test]
fn an_order_for_an_unasked_card_is_refused() {
    let members = json!({ "room": "Sakura 3" }).as_object().cloned().expect("an object");
    let data = TransactionData::new("urn:test:order", &["passport"], members);
    let refused = read(&asked(&[data]), &[ORDER]).expect_err("the request must be refused").error;
    let unknown = TransactionDataError::UnknownCredential("passport".into());
    assert_eq!(refused, RequestError::TransactionData(unknown));
}
