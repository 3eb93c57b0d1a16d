use std::collections::BTreeSet;

use super::*;

#[test]
fn every_code_is_what_serde_writes() {
    for refusal in Refusal::ALL {
        assert_eq!(serde_json::to_value(refusal).expect("plain data"), refusal.code());
    }
}

#[test]
fn codes_and_sentences_are_all_different() {
    let codes: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    let english: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.message().en).collect();
    let japanese: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.message().ja).collect();
    let chinese: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.message().zh_hans).collect();
    let count = Refusal::ALL.len();
    assert_eq!([codes.len(), english.len(), japanese.len(), chinese.len()], [count; 4]);
}

#[test]
fn every_sentence_may_be_shown() {
    for refusal in Refusal::ALL {
        assert_eq!(refusal.message().check(), Ok(()), "{refusal}");
    }
}

#[test]
fn a_light_card_is_told_how_to_become_a_full_one() {
    let message = Refusal::LevelTooLow.message();
    assert!(message.en.contains("needs a full card") && message.en.contains("upgraded"));
}
