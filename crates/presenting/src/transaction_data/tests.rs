use mibun_card::kb_jwt::TransactionHashes;
use mibun_crypto::json::JsonError;
use serde_json::json;

use super::*;
use crate::dcql::Query;

const PAYMENT: TransactionType<'_> = TransactionType {
    name: "urn:test:payment",
    members: &[
        Member { name: "amount", kind: Kind::Integer, required: true },
        Member { name: "payee", kind: Kind::Text, required: true },
        Member { name: "urgent", kind: Kind::Flag, required: false },
        Member { name: "lines", kind: Kind::Array, required: false },
        Member { name: "account", kind: Kind::Object, required: false },
    ],
};
const RULES: TransactionRules<'_> = TransactionRules { types: &[PAYMENT], never_sign: &IDENTITY_CARDS };

fn query() -> Query {
    let of = |id: &str, vct: &str| json!({ "id": id, "format": "dc+sd-jwt", "meta": { "vct_values": [vct] } });
    let licence = json!({ "id": "mdoc", "format": "mso_mdoc", "meta": { "doctype_value": "org.iso.18013.5.1.mDL" } });
    let mut ticket = of("ticket", "urn:test:ticket");
    ticket["require_cryptographic_holder_binding"] = false.into();
    let cards = [of("bank", "urn:test:bank"), of("pid", "urn:eudi:pid:1"), of("pid_de", "urn:eudi:pid:de:1")];
    let all: Vec<Value> = cards.into_iter().chain([licence, ticket]).collect();
    Query::from_value(&json!({ "credentials": all })).expect("a valid query")
}

fn payment() -> Value {
    json!({ "type": "urn:test:payment", "credential_ids": ["bank"], "amount": 5, "payee": "Sakura" })
}

fn encode(value: &Value) -> Value {
    base64url::encode(value.to_string().as_bytes()).into()
}

/// What becomes of the payment after `change`.
fn read_one(change: impl FnOnce(&mut Value)) -> Result<TransactionData, TransactionDataError> {
    let mut value = payment();
    change(&mut value);
    read(Some(&json!([encode(&value)])), &query(), &RULES).map(|mut all| all.remove(0))
}

fn read_value(value: Value) -> Result<Vec<TransactionData>, TransactionDataError> {
    read(Some(&value), &query(), &RULES)
}

#[test]
fn data_of_a_known_type_is_read() {
    let data = read_one(|_| {}).expect("it is fine");
    assert_eq!((data.kind(), data.content()["payee"].as_str()), ("urn:test:payment", Some("Sakura")));
    assert_eq!(data.credential_ids(), ["bank"]);
    assert_eq!(data.encoded(), encode(&payment()).as_str().expect("text"));
}

#[test]
fn the_hash_is_over_the_text_of_the_request() {
    let data = read_one(|_| {}).expect("it is fine");
    assert_eq!(data.hash(), base64url::encode(&sha256(data.encoded().as_bytes())));
}

#[test]
fn every_member_of_the_type_is_fine() {
    let all = json!({ "urgent": true, "lines": [1], "account": {}, "transaction_data_hashes_alg": ["x", "sha-256"] });
    let read = read_one(|value| {
        value.as_object_mut().expect("an object").extend(all.as_object().expect("an object").clone());
    });
    assert!(read.is_ok_and(|data| data.names_algorithm));
}

#[test]
fn no_transaction_data_is_none() {
    assert_eq!(read(None, &query(), &TransactionRules::NONE), Ok(vec![]));
}

#[test]
fn data_made_is_the_data_read() {
    let Value::Object(members) = json!({ "amount": 5, "payee": "Sakura" }) else { panic!("an object") };
    let made = TransactionData::new("urn:test:payment", &["bank"], members);
    assert_eq!(read_value(json!([made.encoded()])), Ok(vec![made]));
}

#[test]
fn a_wallet_that_knows_no_type_refuses_every_type() {
    let read = read(Some(&json!([encode(&payment())])), &query(), &TransactionRules::NONE);
    assert_eq!(read, Err(TransactionDataError::UnknownType));
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            let error = read_one($change).expect_err("the data must be refused");
            assert_eq!((error.code(), error), ("invalid_transaction_data", $error));
        })*
    };
}

refuses! {
    an_unknown_type_is_refused: |d| d["type"] = "urn:test:loan".into() => TransactionDataError::UnknownType;
    a_type_in_capitals_is_refused: |d| d["type"] = "URN:TEST:PAYMENT".into() => TransactionDataError::UnknownType;
    a_missing_type_is_refused: |d| without(d, "type") => TransactionDataError::Missing("type");
    a_type_that_is_a_number_is_refused: |d| d["type"] = 1.into() => TransactionDataError::WrongType("type");
    data_that_is_no_object_is_refused: |d| *d = json!([]) => TransactionDataError::NotAnObject;
    an_unknown_member_is_refused: |d| d["sprinkled"] = 1.into() => TransactionDataError::UnknownMember;
    a_missing_member_is_refused: |d| without(d, "payee") => TransactionDataError::MissingMember;
    an_amount_that_is_text_is_refused: |d| d["amount"] = "5".into() => TransactionDataError::WrongMember;
    an_amount_that_is_a_fraction_is_refused: |d| d["amount"] = json!(5.5) => TransactionDataError::WrongMember;
    a_payee_that_is_a_number_is_refused: |d| d["payee"] = 5.into() => TransactionDataError::WrongMember;
    a_flag_that_is_text_is_refused: |d| d["urgent"] = "yes".into() => TransactionDataError::WrongMember;
    lines_that_are_an_object_are_refused: |d| d["lines"] = json!({}) => TransactionDataError::WrongMember;
    an_account_that_is_null_is_refused: |d| d["account"] = json!(null) => TransactionDataError::WrongMember;
    data_for_no_credential_is_refused:
        |d| without(d, "credential_ids") => TransactionDataError::Missing("credential_ids");
    data_for_an_empty_list_is_refused:
        |d| d["credential_ids"] = json!([]) => TransactionDataError::WrongType("credential_ids");
    data_for_a_number_is_refused:
        |d| d["credential_ids"] = json!([1]) => TransactionDataError::WrongType("credential_ids");
    data_for_an_unasked_credential_is_refused:
        |d| d["credential_ids"] = json!(["bank", "loan"]) => TransactionDataError::UnknownCredential("loan".into());
    data_for_the_key_of_an_identity_card_is_refused:
        |d| d["credential_ids"] = json!(["pid"]) => TransactionDataError::MayNotSign;
    data_for_the_key_of_a_national_identity_card_is_refused:
        |d| d["credential_ids"] = json!(["pid_de"]) => TransactionDataError::MayNotSign;
    data_for_an_mdoc_is_refused: |d| d["credential_ids"] = json!(["mdoc"]) => TransactionDataError::MayNotSign;
    data_for_a_card_without_proof_is_refused:
        |d| d["credential_ids"] = json!(["ticket"]) => TransactionDataError::MayNotSign;
    another_hash_algorithm_is_refused:
        |d| d["transaction_data_hashes_alg"] = json!(["sha-512"]) => TransactionDataError::HashAlgorithm;
    hash_algorithms_as_text_are_refused: |d| d["transaction_data_hashes_alg"] = "sha-256".into()
        => TransactionDataError::WrongType("transaction_data_hashes_alg");
    an_empty_list_of_hash_algorithms_is_refused: |d| d["transaction_data_hashes_alg"] = json!([])
        => TransactionDataError::WrongType("transaction_data_hashes_alg");
}

fn without(value: &mut Value, member: &str) {
    value.as_object_mut().and_then(|object| object.remove(member)).expect("the member was there");
}

#[test]
fn what_is_no_array_of_texts_is_refused() {
    for value in [json!([]), json!("x"), json!({}), json!([1]), json!(["a+/="]), json!(vec![encode(&payment()); 17])] {
        assert_eq!(read_value(value), Err(TransactionDataError::Malformed));
    }
}

#[test]
fn a_piece_that_is_not_json_is_refused() {
    let refused = read_value(json!([base64url::encode(b"payment")])).expect_err("not JSON");
    assert!(matches!(refused, TransactionDataError::Json(JsonError::Syntax { .. })), "{refused:?}");
}

#[test]
fn a_piece_with_a_member_twice_is_refused() {
    let twice = payment().to_string().replacen('{', r#"{"amount":1,"#, 1);
    let refused = read_value(json!([base64url::encode(twice.as_bytes())]));
    assert_eq!(refused, Err(TransactionDataError::Json(JsonError::DuplicateMember)));
}

#[test]
fn an_oversized_piece_is_refused() {
    let refused = read_one(|data| data["payee"] = "x".repeat(20_000).into());
    assert_eq!(refused, Err(TransactionDataError::Json(JsonError::TooLong)));
}

#[test]
fn a_single_bad_piece_spoils_them_all() {
    let mut bad = payment();
    bad["type"] = "urn:test:loan".into();
    assert_eq!(read_value(json!([encode(&payment()), encode(&bad)])), Err(TransactionDataError::UnknownType));
}

/// Two payments: one for the bank card alone, one that names the identity card first.
fn two() -> Vec<TransactionData> {
    let other = json!({ "type": "urn:test:payment", "credential_ids": ["pid", "bank"], "amount": 6, "payee": "B" });
    read_value(json!([encode(&payment()), encode(&other)])).expect("both are fine")
}

#[test]
fn only_keys_that_may_sign_are_given_data() {
    let data = two();
    let assigned = assign(&data, |_| true).expect("both cards are shown");
    assert_eq!(assigned.keys().copied().collect::<Vec<_>>(), ["bank"]);
    assert_eq!(assigned["bank"].len(), 2);
}

#[test]
fn data_for_a_card_that_is_not_shown_is_refused() {
    let refused = assign(&two(), |id| id == "pid").map(|_| ());
    assert_eq!(refused, Err(TransactionDataError::NotAvailable));
}

fn bound(data: &[TransactionData]) -> TransactionHashes {
    hashes(&data.iter().collect::<Vec<_>>())
}

fn verified(asked: &[TransactionData], bound: &[(&str, &TransactionHashes)]) -> Result<(), TransactionDataError> {
    let bound: Vec<_> = bound.iter().map(|(id, hashes)| (*id, Some(*hashes))).collect();
    verify(asked, &bound)
}

#[test]
fn an_answer_that_covers_everything_is_fine() {
    let data = two();
    assert_eq!(verify(&data, &[("bank", Some(&bound(&data))), ("pid", None)]), Ok(()));
    assert_eq!(verify(&[], &[("bank", None)]), Ok(()));
}

#[test]
fn an_answer_that_leaves_a_piece_out_is_refused() {
    let data = two();
    assert_eq!(verified(&data, &[("bank", &bound(&data[..1]))]), Err(TransactionDataError::NotBound));
    assert_eq!(verify(&data, &[("bank", None)]), Err(TransactionDataError::NotBound));
}

#[test]
fn an_answer_that_covers_a_piece_twice_is_refused() {
    let data = two();
    let all = bound(&data);
    assert_eq!(verified(&data, &[("bank", &all), ("bank", &all)]), Err(TransactionDataError::BoundTwice));
}

#[test]
fn an_answer_by_a_card_that_was_not_asked_to_sign_is_refused() {
    let data = two();
    assert_eq!(verified(&data, &[("pid", &bound(&data))]), Err(TransactionDataError::NotAsked));
}

#[test]
fn an_answer_over_other_data_is_refused() {
    let data = two();
    assert_eq!(verified(&data[..1], &[("bank", &bound(&data))]), Err(TransactionDataError::NotAsked));
    assert_eq!(verified(&[], &[("bank", &bound(&data))]), Err(TransactionDataError::NotAsked));
}

#[test]
fn an_answer_with_another_algorithm_is_refused() {
    let data = vec![read_one(|_| {}).expect("it is fine")];
    let other = TransactionHashes { algorithm: Some("sha-512".into()), ..bound(&data) };
    assert_eq!(verified(&data, &[("bank", &other)]), Err(TransactionDataError::WrongAlgorithm));
}

#[test]
fn an_answer_that_does_not_name_the_algorithm_is_refused_where_some_were_listed() {
    let data = vec![read_one(|data| data["transaction_data_hashes_alg"] = json!(["sha-256"])).expect("it is fine")];
    assert_eq!(bound(&data).algorithm.as_deref(), Some("sha-256"));
    let silent = TransactionHashes { algorithm: None, ..bound(&data) };
    assert_eq!(verified(&data, &[("bank", &silent)]), Err(TransactionDataError::WrongAlgorithm));
}

#[test]
fn transaction_data_does_not_print_its_content() {
    let printed = format!("{:?}", two());
    assert!(printed.contains("urn:test:payment") && !printed.contains("Sakura"), "{printed}");
}
