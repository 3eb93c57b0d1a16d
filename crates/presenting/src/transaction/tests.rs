use mibun_crypto::entropy::SeededEntropy;

use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000);
const STATE: &str = "s-9fKq2LmZ7TtR5vYwB8nPx";
const WALLET: &str = "w-Q7xE3rTy8UiO2pAs5dFgH";
const SESSION: &[u8] = b"browser session";

fn terms(way: Way) -> Terms {
    Terms {
        nonce: Secret::from("n-0S6_WzA2Mj1aXbk39dkQ2"),
        state: Secret::from(STATE),
        sealed_response_key: Some(vec![1, 2, 3]),
        way,
        expires_at: at(300),
    }
}

fn same_device() -> Way {
    Way::SameDevice { session: session_hash(SESSION) }
}

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

fn fetched(way: Way) -> Transaction {
    Transaction::open(terms(way)).fetch(Some(WALLET), NOW).expect("the first fetch")
}

fn entropy() -> SeededEntropy {
    SeededEntropy::new("transaction")
}

fn answer(
    transaction: &Transaction,
    state: &str,
    seconds: i64,
) -> Result<(Transaction, Option<Secret>), TransactionError> {
    transaction.answer(Some(state), Outcome::Accepted, at(seconds), &mut entropy())
}

fn answered() -> (Transaction, String) {
    let (transaction, code) = answer(&fetched(same_device()), STATE, 1).expect("the first answer");
    (transaction, code.expect("a code on the same device").reveal().to_owned())
}

#[test]
fn the_whole_way_on_the_same_device() {
    let (transaction, code) = answered();
    assert_eq!(transaction.redeem(&code, SESSION, at(2)), Ok(Transaction::Done { outcome: Outcome::Accepted }));
}

#[test]
fn at_a_window_the_answer_is_the_end() {
    let (transaction, code) = answer(&fetched(Way::Window), STATE, 1).expect("the first answer");
    assert_eq!((transaction, code), (Transaction::Done { outcome: Outcome::Accepted }, None));
}

#[test]
fn a_refused_card_gets_no_code() {
    let ended = fetched(same_device()).answer(Some(STATE), Outcome::Refused, NOW, &mut entropy());
    assert_eq!(ended, Ok((Transaction::Done { outcome: Outcome::Refused }, None)));
}

#[test]
fn a_holder_who_declines_still_comes_back() {
    let ended = fetched(same_device()).answer(Some(STATE), Outcome::Declined, NOW, &mut entropy());
    assert!(matches!(ended, Ok((Transaction::Answered { outcome: Outcome::Declined, .. }, Some(_)))));
}

#[test]
fn a_wallet_may_fetch_twice() {
    let again = fetched(Way::Window).fetch(Some(WALLET), at(1));
    assert_eq!(again, Ok(fetched(Way::Window)));
}

#[test]
fn a_transaction_survives_storage() {
    for transaction in [Transaction::open(terms(same_device())), fetched(Way::Window), answered().0] {
        let stored = serde_json::to_string(&transaction).expect("plain data");
        assert_eq!(serde_json::from_str::<Transaction>(&stored).expect("our own JSON"), transaction);
    }
}

#[test]
fn another_wallet_is_refused() {
    let other = fetched(Way::Window).fetch(Some("w-another0wallets1nonce"), at(1));
    assert_eq!(other, Err(TransactionError::AnotherWallet));
}

#[test]
fn a_wallet_that_suddenly_has_no_nonce_is_refused() {
    assert_eq!(fetched(Way::Window).fetch(None, at(1)), Err(TransactionError::AnotherWallet));
}

#[test]
fn a_guessable_wallet_nonce_is_refused() {
    let fetched = Transaction::open(terms(Way::Window)).fetch(Some("1234"), NOW);
    assert_eq!(fetched, Err(TransactionError::WeakWalletNonce));
}

#[test]
fn an_endless_wallet_nonce_is_refused() {
    let fetched = Transaction::open(terms(Way::Window)).fetch(Some(&WALLET.repeat(100)), NOW);
    assert_eq!(fetched, Err(TransactionError::WeakWalletNonce));
}

#[test]
fn an_answer_before_the_fetch_is_refused() {
    assert_eq!(answer(&Transaction::open(terms(Way::Window)), STATE, 1), Err(TransactionError::NotFetched));
}

#[test]
fn a_second_answer_is_refused() {
    assert_eq!(answer(&answered().0, STATE, 2), Err(TransactionError::AlreadyAnswered));
}

#[test]
fn an_answer_after_the_end_is_refused() {
    let done = Transaction::Done { outcome: Outcome::Accepted };
    assert_eq!(answer(&done, STATE, 2), Err(TransactionError::AlreadyDone));
}

#[test]
fn a_fetch_after_the_answer_is_refused() {
    assert_eq!(answered().0.fetch(Some(WALLET), at(2)), Err(TransactionError::AlreadyAnswered));
}

#[test]
fn a_wrong_state_is_refused() {
    assert_eq!(answer(&fetched(Way::Window), "another-state", 1), Err(TransactionError::WrongState));
}

#[test]
fn a_missing_state_is_refused() {
    let refused = fetched(Way::Window).answer(None, Outcome::Accepted, NOW, &mut entropy());
    assert_eq!(refused, Err(TransactionError::WrongState));
}

#[test]
fn the_last_second_counts() {
    assert!(answer(&fetched(Way::Window), STATE, 299).is_ok());
}

#[test]
fn an_answer_too_late_is_refused() {
    assert_eq!(answer(&fetched(Way::Window), STATE, 300), Err(TransactionError::Expired));
}

#[test]
fn a_fetch_too_late_is_refused() {
    let late = Transaction::open(terms(Way::Window)).fetch(None, at(300));
    assert_eq!(late, Err(TransactionError::Expired));
}

#[test]
fn a_code_in_another_session_is_refused() {
    let (transaction, code) = answered();
    assert_eq!(transaction.redeem(&code, b"thief", at(2)), Err(TransactionError::WrongSession));
}

#[test]
fn a_wrong_code_is_refused() {
    assert_eq!(answered().0.redeem("guess", SESSION, at(2)), Err(TransactionError::WrongCode));
}

#[test]
fn an_empty_code_is_refused() {
    assert_eq!(answered().0.redeem("", SESSION, at(2)), Err(TransactionError::WrongCode));
}

#[test]
fn a_code_works_once() {
    let (transaction, code) = answered();
    let done = transaction.redeem(&code, SESSION, at(2)).expect("the first time");
    assert_eq!(done.redeem(&code, SESSION, at(3)), Err(TransactionError::AlreadyDone));
}

#[test]
fn a_code_too_late_is_refused() {
    let (transaction, code) = answered();
    assert_eq!(transaction.redeem(&code, SESSION, at(121)), Err(TransactionError::Expired));
}

#[test]
fn a_code_before_the_answer_is_refused() {
    assert_eq!(fetched(same_device()).redeem("code", SESSION, NOW), Err(TransactionError::NotAnswered));
}

#[test]
fn codes_differ_between_transactions() {
    let code = |seed: &str| {
        let mut entropy = SeededEntropy::new(seed);
        let ended = fetched(same_device()).answer(Some(STATE), Outcome::Accepted, NOW, &mut entropy);
        ended.expect("the first answer").1.expect("a code")
    };
    assert_ne!(code("one"), code("two"));
}

#[test]
fn what_is_over_stays_over() {
    let done = Transaction::Done { outcome: Outcome::Refused };
    assert_eq!(done.clone().at(at(10_000)), done);
}

#[test]
fn what_waits_too_long_expires() {
    assert_eq!(fetched(Way::Window).at(at(299)), fetched(Way::Window));
    assert_eq!(fetched(Way::Window).at(at(300)), Transaction::Expired);
    assert_eq!(Transaction::Expired.fetch(None, NOW), Err(TransactionError::Expired));
}

#[test]
fn a_transaction_does_not_print_its_secrets() {
    let printed = format!("{:?}", fetched(same_device()));
    assert!(!printed.contains(STATE) && !printed.contains(WALLET), "{printed}");
}

fn on_a_page() -> Transaction {
    Transaction::open(terms(Way::Page { session: session_hash(SESSION) }))
}

#[test]
fn a_page_brings_the_answer_back_itself() {
    let page = on_a_page();
    assert_eq!(
        page.answerable_from_page(SESSION, at(1)).map(|terms| terms.nonce.reveal()),
        Ok("n-0S6_WzA2Mj1aXbk39dkQ2")
    );
    let done = page.answer_from_page(SESSION, Outcome::Accepted, at(1));
    assert_eq!(done, Ok(Transaction::Done { outcome: Outcome::Accepted }));
}

#[test]
fn a_page_of_another_session_is_refused() {
    assert_eq!(on_a_page().answer_from_page(b"thief", Outcome::Accepted, at(1)), Err(TransactionError::WrongSession));
}

#[test]
fn a_page_has_no_part_in_the_other_ways() {
    for way in [same_device(), Way::Window] {
        let refused = fetched(way).answer_from_page(SESSION, Outcome::Accepted, at(1));
        assert_eq!(refused, Err(TransactionError::WrongSession));
    }
}

#[test]
fn an_answer_posted_past_the_page_is_refused() {
    assert_eq!(answer(&on_a_page(), STATE, 1), Err(TransactionError::NotFetched));
}

#[test]
fn a_page_that_is_too_late_is_refused() {
    let late = on_a_page().answer_from_page(SESSION, Outcome::Accepted, at(300));
    assert_eq!(late, Err(TransactionError::Expired));
}

#[test]
fn a_page_answers_once() {
    let done = on_a_page().answer_from_page(SESSION, Outcome::Refused, at(1)).expect("the first answer");
    let again = done.answer_from_page(SESSION, Outcome::Accepted, at(2));
    assert_eq!(again, Err(TransactionError::AlreadyDone));
}
