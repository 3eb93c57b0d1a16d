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
fn a_light_card_is_told_by_the_names_that_the_pages_use_for_levels() {
    let message = Refusal::LevelTooLow.message();
    assert!(message.en.contains("full card") && message.en.contains("light one"), "{}", message.en);
    assert!(message.ja.contains("フルカード") && message.ja.contains("ライトカード"), "{}", message.ja);
    assert!(message.zh_hans.contains("完整卡") && message.zh_hans.contains("基础卡"), "{}", message.zh_hans);
}

#[test]
fn no_sentence_promises_a_renewal_or_an_upgrade_that_there_is_not() {
    for refusal in Refusal::ALL {
        let message = refusal.message();
        for (text, promise) in [
            (&message.en, "renew"),
            (&message.en, "upgrade"),
            (&message.ja, "更新でき"),
            (&message.ja, "格上げ"),
            (&message.zh_hans, "更新"),
            (&message.zh_hans, "升级"),
        ] {
            assert!(!text.contains(promise), "{refusal}: {text}");
        }
    }
}
